"""What a set of points is, and search."""
