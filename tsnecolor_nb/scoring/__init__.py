"""How much a coloring tells."""
