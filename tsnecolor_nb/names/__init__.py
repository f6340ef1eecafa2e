"""Names for the regions of a map, and where each may stand."""
