"""Row-wise work in chunks, argument checks, neighbors; independent of color."""
