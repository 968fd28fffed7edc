"""Reads and repairs the pages of scanners in place: ALTO, PAGE XML and hOCR.

The words of a page become the text of an article, in reading order and with its lines. After cleaning, each changed
word is written back into its element; every byte that does not belong to a changed word stays as it is.
"""
