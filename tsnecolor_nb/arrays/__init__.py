"""Row-wise work in chunks, argument checks, neighbors; knows nothing of color."""
