"""Explain an article for ``clean-news explain``: its verdict, and why its words were kept or changed."""
