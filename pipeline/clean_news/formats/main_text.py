"""Extracts the main text of a web page.

trafilatura (A. Barbaresi, 2021, "Trafilatura: A Web Scraping Library and Command-Line Tool for Text Discovery and
Extraction", ACL-IJCNLP 2021, System Demonstrations) finds the text, set to favour recall over precision. Before that,
the paragraphs of the page are repaired and its furniture is removed (:mod:`clean_news.formats.pages`); after that,
what is left around the text. A page for which nothing is found is read in other ways, which the log names.
"""

import re
from copy import deepcopy
from typing import Any, NamedTuple

from clean_news.charsets.decoding import decode
from clean_news.formats import load_library
from clean_news.formats.pages.article_part import remove_after_article
from clean_news.formats.pages.edges import without_edges
from clean_news.formats.pages.furniture import remove_furniture
from clean_news.formats.pages.guard import NoMainTextError, guarded
from clean_news.formats.pages.measure import Element, is_prose
from clean_news.formats.pages.metadata import article_body, metadata_of, well_formed
from clean_news.formats.pages.readable_part import readable_part
from clean_news.formats.pages.repair import repair

MIN_SHARE = 0.5  # of the prose that another way of reading finds; with less, a text is incomplete


class MainText(NamedTuple):
    """The main text of a page.

    Attributes:
        text: the paragraphs, separated by blank lines.
        page: what is known about the page: title, author, date, url, language and sitename; authors, published and
            updated, see :func:`clean_news.formats.pages.metadata.metadata_of`; captions and credits of its pictures;
            charset, and charset_found, how it was found; extraction, how the text was found if not as usual.
    """

    text: str
    page: dict[str, Any]


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
    decoded, decoding = decode(page, charset or None)
    html = guarded(decoded.replace("\0", ""))
    try:
        tree = trafilatura.load_html(html)
        text, known = _read(tree, url) if tree is not None else ("", {})
    except (RecursionError, ValueError, AssertionError) as error:
        raise NoMainTextError(f"trafilatura cannot read the page ({type(error).__name__}: {error})") from error
    if not text.strip():
        raise NoMainTextError("trafilatura finds no main text in the page; extract it another way, or leave it out")
    known |= {"charset": decoding.codec, "charset_found": decoding.why}
    return MainText(separate_paragraphs(text), known)


def _read(tree: Element, url: str) -> tuple[str, dict[str, Any]]:
    """Return the text of a page, one paragraph a line, and what is known about the page."""
    known = metadata_of(deepcopy(tree), url)
    repaired = deepcopy(tree)
    repair(repaired)
    removed = remove_furniture(repaired)
    remove_after_article(repaired)
    text, way = _best_text(tree, repaired)
    captions = {"captions": removed.captions, "credits": removed.credits, "extraction": way}
    known |= {name: value for name, value in captions.items() if value}
    headings = {" ".join(heading.text_content().split()) for heading in repaired.iter("h2", "h3", "h4")}
    return without_edges(text, known.get("title", ""), headings), known


def _best_text(tree: Element, repaired: Element) -> tuple[str, str]:
    """Return the text of a page, and how it was found, if not as usual.

    Args:
        tree: the page as it was parsed.
        repaired: the page without its furniture.
    """
    text, part, body = _recalled(repaired), readable_part(repaired), article_body(tree)
    enough = MIN_SHARE * max(_prose(text), _prose(part), _prose(body))
    # trafilatura itself reads JSON-LD if the page has no text, but without its paragraphs.
    is_of_page = not body or _prose(part) >= MIN_SHARE * _prose(text)
    if enough and _prose(text) >= enough and is_of_page:
        return text, ""
    if enough:
        return (body, "the article in its JSON-LD") if _prose(body) >= enough else (part, "the part with most prose")
    if text.strip():  # without a sentence, e.g. a table
        return text, ""
    # What was taken for furniture may be all that there is.
    return _recalled(tree) or readable_part(tree), "with the page's furniture"


def _recalled(tree: Element) -> str:
    """Return the text that trafilatura finds in a page; empty if there is none."""
    found = load_library("trafilatura", "html").bare_extraction(
        deepcopy(tree), favor_recall=True, include_comments=False, include_tables=True
    )
    return well_formed((found.text if found else "") or "")


def _prose(text: str) -> int:
    """Return the number of characters in the paragraphs with sentences."""
    return sum(len(line) for line in text.split("\n") if is_prose(line))


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
