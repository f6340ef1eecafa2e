"""Times of our code against the original's."""
