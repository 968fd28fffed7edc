"""The report: one HTML file with every change of a folder of clean articles, for people to read and decide on."""
