"""Color spaces, palettes, gamut, color vision: pure functions."""
