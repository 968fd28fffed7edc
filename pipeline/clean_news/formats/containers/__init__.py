"""Formats whose files contain other files: ZIP and tar archives, and DOCX and EPUB, which are packages in ZIP.

A container is a sequence of segments, one for each member, and a tail. A member whose text changed gets another
segment; all other segments are copied. The change logs have the raw segments of the members that may change, and the
tail, so that the raw file can be put together again.
"""
