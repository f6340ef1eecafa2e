"""Scores: how much of the data a coloring shows."""
