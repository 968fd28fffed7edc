"""Views of the edits of cleaned articles: ``diff``, ``report`` and the terminal review."""
