"""The table of techniques, and running them on an embedding."""
