"""Modules as files, three languages side by side: read, loaded into pages, written back."""
