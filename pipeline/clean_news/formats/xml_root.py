"""Tells which format an XML file has, by its root element."""

import re
from pathlib import Path

from clean_news.regular_files import open_regular

HEAD_BYTES = 8192  # the root element begins within them
PAGES = "page_xml.page_files"
FEEDS = "feeds"
MODULES = {
    "alto": PAGES,
    "PcGts": PAGES,
    "html": PAGES,
    "rss": FEEDS,
    "RDF": FEEDS,
    "feed": FEEDS,
}  # by the name of the root element, without its prefix
# White space, comments, instructions and declarations may precede the root element, also those within a DOCTYPE: a file
# of a known kind that declares entities is refused as such, and not taken for one of another kind.
BEFORE_ROOT = re.compile(r"\s+|<!--(?:[^<-]|-(?!->)|<(?!!--))*-->|<\?[^<>]*>|<!(?!--)[^<>\[]*[>\[]|\]\s*>")
ROOT = re.compile(r"<(?:[\w.-]+:)?([\w.-]+)")


def module_of(path: Path) -> str | None:
    """Return the module of this folder that reads an XML file; None if no module reads XML of its kind.

    A file that is not there yet, or cannot be read, has the format of a page: reading it gives the error.
    """
    try:
        with open_regular(path, buffering=0) as file:
            head = file.read(HEAD_BYTES)
    except OSError:
        return PAGES
    return MODULES.get(root_name(head))


def root_name(head: bytes) -> str:
    """Return the name of the root element without its prefix; empty if there is none in the first bytes.

    >>> root_name(b'<?xml version="1.0"?><!-- a page --><a:alto xmlns:a="http://www.loc.gov/standards/alto/ns-v4#">')
    'alto'
    >>> root_name(b"<!DOCTYPE rss [<!ENTITY a 'b'> ]><rss>")
    'rss'
    """
    codec = "utf-16" if head.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    text, position = head.decode(codec, "replace"), 0
    while passed := BEFORE_ROOT.match(text, position):
        position = passed.end()
    found = ROOT.match(text, position)
    return found[1] if found else ""
