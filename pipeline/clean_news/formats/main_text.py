"""The main text of a web page, by trafilatura, with a guard against pages made to break whoever reads them.

trafilatura: A. Barbaresi (2021), "Trafilatura: A Web Scraping Library and Command-Line Tool for Text Discovery and
Extraction", ACL-IJCNLP 2021, System Demonstrations. It is set to precision, as what it takes for the article must be
news; comments of readers are left out, tables stay.
"""

import re
from typing import NamedTuple

from clean_news.charsets.decoding import decode
from clean_news.formats import load_library

# A comment, a script or a style with all that is in it, or a tag. What is not closed goes on to the end, as in a
# browser, and nothing is tried twice, so the time is in proportion to the page's length.
TAG = re.compile(
    r"""
    <!-- (?>.*?-->|.*)
    | <(script|style)\b (?>.*?</\1|.*)
    | <(/?) ([a-zA-Z][^\s/<>]*+) ((?:[^<>"']++|"[^"]*+"|'[^']*+')*+)
    """,
    re.DOTALL | re.IGNORECASE | re.VERBOSE,
)
# What may stay unclosed, so that one behind the other is not one within the other.
UNCLOSED = re.compile(
    "area|base|body|br|col|colgroup|dd|dt|embed|head|hr|html|img|input|li|link|meta|optgroup|option|p|rp|rt|source|tbody"
    "|td|tfoot|th|thead|tr|track|wbr",
    re.IGNORECASE,
)
LONGEST_TAG = 4000  # characters; a longer one, as with a picture in it, loses its attributes: they have no text
# A long news page, e.g. that of a live blog, has some thousand tags. What takes a minute is no such page: on a slow
# processor 30,000 cells of a table took 6 s, and 4 MB of attributes took 10 s.
MOST_TAGS = 30_000
MOST_MARKUP = 4_000_000  # characters
DEEPEST = 1000  # libxml2 itself reads no further than 256, quickly; but then trafilatura finds nothing
METADATA = ("title", "author", "date", "url", "language", "sitename")


class NoMainTextError(ValueError):
    """A page has no text that can be an article; the message says why, and what to do."""


class MainText(NamedTuple):
    """The main text of a page.

    Attributes:
        text: its paragraphs, with a blank line between two.
        page: what the page says of itself: title, author, date, url, language and sitename, as far as known.
    """

    text: str
    page: dict[str, str]


def main_text(page: bytes, charset: str = "", url: str = "") -> MainText:
    """The main text of a page.

    Args:
        page: the HTML.
        charset: what is declared of it outside, e.g. in the HTTP header; see
            :func:`clean_news.charsets.decoding.decode`.
        url: the page's address, if known.

    Raises:
        NoMainTextError: if there is none, or if the page is not like one that people read.
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
        raise NoMainTextError(
            "the page has no main text that trafilatura finds; extract it another way, or leave it out"
        )
    said = {name: getattr(found, name, None) for name in METADATA}
    # lxml has lone surrogates for references such as &#xD800;, which no file can hold.
    known = {name: _as_text(str(value)) for name, value in said.items() if value}
    return MainText(apart(_as_text(text)), known)


def _as_text(found: str) -> str:
    """A text without lone surrogates."""
    return found.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def apart(text: str) -> str:
    """The text with a blank line between paragraphs; rows of a table and items of a list stay together.

    A paragraph of a page is one line here. Without the blank line the layout stage would have to guess from the
    lengths of lines that they are not those of a page set at a fixed width; headlines and short paragraphs can look so.
    """
    lines = [line.rstrip() for line in text.strip("\n").split("\n")]
    pieces = []
    for before, line in zip(["", *lines], lines, strict=False):
        together = line[:2] in {"| ", "|-", "- "} and before[:1] == line[:1]
        pieces.append(("\n" if together else "\n\n") + line)
    return re.sub(r"\n{3,}", "\n\n", "".join(pieces)).strip("\n")


def guarded(html: str) -> str:
    """A page that can be parsed in bounded time: overlong tags without their attributes.

    Raises:
        NoMainTextError: if its tags are too many, or nested too deep.
    """
    depth = tags = markup = copied = 0
    pieces = []
    for tag in TAG.finditer(html):
        _, ends, name, attributes = tag.groups()
        if name is None:
            continue
        tags += 1
        if len(attributes) > LONGEST_TAG:
            pieces += [html[copied : tag.start(4)], " "]
            copied = tag.end(4)
        else:
            markup += len(attributes)
        if not UNCLOSED.fullmatch(name) and not attributes.endswith("/"):
            depth = max(0, depth - 1) if ends else depth + 1
        if depth > DEEPEST or tags > MOST_TAGS or markup > MOST_MARKUP:
            raise NoMainTextError(
                f"the page is not made for readers: over {MOST_TAGS} tags, {MOST_MARKUP} characters in them, or "
                f"{DEEPEST} of them nested; extract its text another way, or leave it out"
            )
    return "".join([*pieces, html[copied:]])
