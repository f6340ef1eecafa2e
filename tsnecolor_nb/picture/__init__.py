"""Points to pixels: one pass over the points, shading, still pictures."""
