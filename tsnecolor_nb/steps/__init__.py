"""The scikit-learn steps that turn rows of numbers into colors."""
