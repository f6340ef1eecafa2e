"""The zoomable picture in a page, with its still PNG."""
