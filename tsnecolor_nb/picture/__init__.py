"""Points to pixels: Datashader's pass, shading, still pictures."""
