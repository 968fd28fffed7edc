"""Rejects web pages that would take too long to parse, and drops overlong attributes."""

import re

# A comment, a script or style element with its content, or a tag. An unclosed one extends to the end, as in a browser,
# and there is no backtracking, so that the time is linear in the length of the page.
TAG = re.compile(
    r"""
    <!-- (?>.*?-->|.*)
    | <(script|style)\b (?>.*?</\1|.*)
    | <(/?) ([a-zA-Z][^\s/<>]*+) ((?>(?:[^<>"']++|"[^"]*+"|'[^']*+')*))
    """,
    re.DOTALL | re.IGNORECASE | re.VERBOSE,
)
# Void elements and those with optional end tags: a sequence of them is not nested.
OPTIONAL_END_TAGS = re.compile(
    "area|base|body|br|col|colgroup|dd|dt|embed|head|hr|html|img|input|li|link|meta|optgroup|option|p|rp|rt|source|tbody"
    "|td|tfoot|th|thead|tr|track|wbr",
    re.IGNORECASE,
)
MAX_TAG_CHARS = 4000  # a longer tag, e.g. with an embedded image, loses its attributes, which contain no text
# A long news page, e.g. a live blog, has some thousand tags. Pages that take a minute are not news: on a slow processor
# a table of 30,000 cells took 6 s, and 4 MB of attributes took 10 s.
MAX_TAGS = 30_000
MAX_MARKUP_CHARS = 4_000_000  # of all attributes
MAX_NESTING = 1000  # libxml2 stops at 256 levels, quickly, but then trafilatura finds nothing


class NoMainTextError(ValueError):
    """A page has no text that can be an article; the message says why, and names the remedy."""


def guarded(html: str) -> str:
    """Return a page that can be parsed in bounded time: overlong tags lose their attributes.

    Raises:
        NoMainTextError: if there are too many tags or attributes, or tags are nested too deeply.
    """
    depth = tags = markup = copied = 0
    pieces = []
    for tag in TAG.finditer(html):
        _, ends, name, attributes = tag.groups()
        if name is None:
            continue
        tags += 1
        if len(attributes) > MAX_TAG_CHARS:
            pieces += [html[copied : tag.start(4)], " "]
            copied = tag.end(4)
        else:
            markup += len(attributes)
        if not OPTIONAL_END_TAGS.fullmatch(name) and not attributes.endswith("/"):
            depth = max(0, depth - 1) if ends else depth + 1
        if depth > MAX_NESTING or tags > MAX_TAGS or markup > MAX_MARKUP_CHARS:
            raise NoMainTextError(
                f"the page is too complex: it has over {MAX_TAGS} tags, {MAX_MARKUP_CHARS} characters of attributes, "
                f"or {MAX_NESTING} nested tags; extract its text another way, or leave it out"
            )
    return "".join([*pieces, html[copied:]])
