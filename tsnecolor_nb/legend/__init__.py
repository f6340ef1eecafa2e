"""What the colors of a map mean."""
