"""Tests in a real front end and a real browser."""
