"""Cleaning a folder of articles: found, worked on side by side, written whole or not at all, summed up."""
