"""Cleans folders of articles: discovery, parallel cleaning, atomic writing, and a summary of the run."""
