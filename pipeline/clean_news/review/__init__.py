"""What shows the changes of a folder of clean files: ``diff``, ``report`` and the terminal review."""
