"""The widget in which a person explores an embedding by color."""
