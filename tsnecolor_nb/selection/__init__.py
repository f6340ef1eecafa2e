"""Description of selected points, and search."""
