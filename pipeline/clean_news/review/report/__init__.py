"""Write the HTML report: one self-contained file with every edit of a folder of clean articles, to review."""
