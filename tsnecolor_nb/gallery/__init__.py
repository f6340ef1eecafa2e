"""All techniques side by side, and the page that the command writes."""
