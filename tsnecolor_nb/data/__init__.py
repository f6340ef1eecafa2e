"""The embedding: loading, checking and saving it."""
