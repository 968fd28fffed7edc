"""Prepares web pages for the extraction of their main text: repairs paragraphs, removes furniture, reads metadata."""
