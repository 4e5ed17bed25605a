"""Reads records and predictions, and says in Markdown, CSV and plain text what they hold."""
