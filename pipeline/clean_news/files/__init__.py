"""Finds files that can be read, by their names and kinds, and locks folders."""
