"""Extracts the main text of a web page with trafilatura, and rejects pages that would take too long to parse.

trafilatura: A. Barbaresi (2021), "Trafilatura: A Web Scraping Library and Command-Line Tool for Text Discovery and
Extraction", ACL-IJCNLP 2021, System Demonstrations. It is configured to favour precision over recall; reader comments
are left out, tables are kept.
"""

import re
from typing import NamedTuple

from clean_news.charsets.decoding import decode
from clean_news.formats import load_library

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
METADATA = ("title", "author", "date", "url", "language", "sitename")


class NoMainTextError(ValueError):
    """A page has no text that can be an article; the message says why, and names the remedy."""


class MainText(NamedTuple):
    """The main text of a page.

    Attributes:
        text: the paragraphs, separated by blank lines.
        page: metadata of the page: title, author, date, url, language and sitename, as far as known.
    """

    text: str
    page: dict[str, str]


def main_text(page: bytes, charset: str = "", url: str = "") -> MainText:
    """Extract the main text of a page.

    Args:
        page: the HTML.
        charset: the charset declared outside the page, e.g. in the HTTP header; see
            :func:`clean_news.charsets.decoding.decode`.
        url: the page's address, if known.

    Raises:
        NoMainTextError: if there is none, or if the page is too complex to parse in bounded time.
        clean_news.charsets.decoding.NotText: if the bytes are binary data.
        clean_news.formats.UnreadableError: if trafilatura is not installed.
    """
    trafilatura = load_library("trafilatura", "html")
    html = guarded(decode(page, charset or None)[0].replace("\0", ""))
    try:
        found = trafilatura.bare_extraction(
            html, url=url or None, favor_precision=True, include_comments=False, include_tables=True, with_metadata=True
        )
    except (RecursionError, ValueError, AssertionError) as error:
        raise NoMainTextError(f"trafilatura cannot read the page ({type(error).__name__}: {error})") from error
    text = found.text if found else ""
    if not text or not text.strip():
        raise NoMainTextError("trafilatura finds no main text in the page; extract it another way, or leave it out")
    said = {name: getattr(found, name, None) for name in METADATA}
    # lxml returns lone surrogates for references such as &#xD800;, which UTF-8 cannot encode.
    known = {name: _as_text(str(value)) for name, value in said.items() if value}
    return MainText(separate_paragraphs(_as_text(text)), known)


def _as_text(found: str) -> str:
    """Replace lone surrogates in a text."""
    return found.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def separate_paragraphs(text: str) -> str:
    """Insert blank lines between paragraphs, but not between the rows of a table or the items of a list.

    Each paragraph of the page is one line of the text. Without blank lines the layout stage would have to infer from
    line lengths that the text is not hard-wrapped, which headlines and short paragraphs can look like.
    """
    lines = [line.rstrip() for line in text.strip("\n").split("\n")]
    pieces = []
    for before, line in zip(["", *lines], lines, strict=False):
        together = line[:2] in {"| ", "|-", "- "} and before[:1] == line[:1]
        pieces.append(("\n" if together else "\n\n") + line)
    return re.sub(r"\n{3,}", "\n\n", "".join(pieces)).strip("\n")


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
