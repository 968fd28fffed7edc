"""The format of feeds: the description and the content of each item of RSS 0.9–2.0, RSS 1.0 (RDF) and Atom (RFC 4287).

feedparser and lxml give the texts of a feed, but not where they are in its bytes; so the elements come from expat with
their places. Within them, only text changes: tags, attributes, code and every other byte of the file are preserved.
"""

import base64
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any

from clean_news import change_log
from clean_news.change_log import ChangeLog, LogError
from clean_news.charsets.decoding import MAX_STORED_BYTES
from clean_news.formats import CleanRow, Row, UnreadableError, documents
from clean_news.formats.composed_edits import composed
from clean_news.formats.documents import MAX_PASSAGES, Document, Notation, Passage
from clean_news.formats.file_places import Source, Span
from clean_news.formats.markup_views import View, html_view, spliced, xml_view
from clean_news.formats.page_xml.xml_bytes import FORBIDDEN, Element, NotXmlError
from clean_news.formats.page_xml.xml_bytes import Document as XmlDocument
from clean_news.formats.page_xml.xml_bytes import parse as parse_xml
from clean_news.settings import Settings
from clean_news.stored_bytes import decompress

LOG_SUFFIX = ".changes.jsonl"
MANY = True

ITEMS = frozenset({"item", "entry"})
TEXTS = frozenset({"description", "encoded", "content", "summary"})
OTHER_PREFIXES = frozenset(
    {"media:", "itunes:", "dc:", "g:"}
)  # their elements of these names are captions and the like
NAMES = ("guid", "id", "link")  # of an item, the surest first
# How the content of an element is written: HTML within XML text, XML text, or elements of XHTML.
HTML, TEXT, XHTML = "html", "text", "xhtml"
UNWRITABLE = (
    "the clean text cannot be written between the tags of the raw one; report this, or clean the text as .html or .txt"
)


def _parse(raw: bytes, _field: str, _id_field: str) -> Document:
    """Parse a feed.

    Raises:
        UnreadableError: if it is not well-formed XML, declares entities, or has too many items.
    """
    try:
        found = parse_xml(raw)
    except NotXmlError as error:
        raise UnreadableError(str(error)) from error
    passages: list[Passage] = []
    for number, item in enumerate(_items(found.root), 1):
        name = _name_of(item) or str(number)
        passages += [_passage(found, element, name) for element in item.children if _has_text(element)]
        if len(passages) > MAX_PASSAGES:
            raise UnreadableError(f"has more than {MAX_PASSAGES:,} texts, too many for a feed; split it")
    return Document(found.content, passages, found.mark, found.codec)


def _items(root: Element) -> Iterator[Element]:
    """Yield the items of a feed, but not what looks like one within an item."""
    waiting = [root]
    while waiting:
        element = waiting.pop()
        if element.name in ITEMS:
            yield element
        else:
            waiting += element.children[::-1]


def _name_of(item: Element) -> str:
    """Return the name of an item: its id or its address."""
    for name in NAMES:
        for child in item.children:
            if child.name == name and child.prefix not in OTHER_PREFIXES:
                text = "".join(run.text for run in child.runs).strip() or child.attributes.get("href", "").strip()
                if text:
                    return text
    return item.attributes.get("rdf:about", "").strip()


def _has_text(element: Element) -> bool:
    """Whether a child of an item may be an article."""
    return element.name in TEXTS and element.prefix not in OTHER_PREFIXES and _kind_of(element) is not None


def _kind_of(element: Element) -> str | None:
    """Return how the content of an element is written; None if it is not text, or is elsewhere."""
    if element.children:
        return XHTML
    if element.name in {"description", "encoded"}:
        return HTML
    kind = element.attributes.get("type", "text").strip().lower()
    if "src" in element.attributes:
        return None
    return {"text": TEXT, "text/plain": TEXT, "html": HTML, "text/html": HTML, "xhtml": XHTML}.get(kind)


def _passage(found: XmlDocument, element: Element, name: str) -> Passage:
    """Return the passage of an element."""
    kind = _kind_of(element) or TEXT
    place = f"{name}/{element.prefix}{element.name}"
    try:
        text, fixed = _seen(found.content[element.tag_end : element.content_end].decode(), kind)
    except ValueError as error:
        return Passage(element.tag_end, element.content_end, None, place, f"{place}: cannot be cleaned ({error})")
    return Passage(element.tag_end, element.content_end, text, place, "", kind, fixed)


def _views(source: str, kind: str) -> list[View]:
    """Return the views of the content of an element: of its XML, and of the HTML in that.

    Raises:
        ValueError: if it mixes CDATA sections and other text.
    """
    if kind == XHTML:
        return [html_view(source)]
    outer = xml_view(source)
    return [outer, html_view(outer.text)] if kind == HTML else [outer]


def _seen(source: str, kind: str) -> tuple[str, tuple[tuple[int, int], ...]]:
    """Return the text that a reader sees, and its fixed spans; see :func:`_views`."""
    view = _views(source, kind)[-1]
    return view.text, view.fixed


def _stored(document: Document, passage: Passage) -> dict[str, str]:
    """Return what restores the content of an element: the content itself."""
    content = document.content[passage.start : passage.end]
    return {"zlib": base64.b64encode(zlib.compress(content)).decode("ascii")}


def _written(document: Document, passage: Passage, row: CleanRow) -> bytes | None:
    """Return the content of an element with the clean text between its tags; None if that is not possible."""
    source = document.content[passage.start : passage.end].decode()
    assert passage.text is not None, "a passage without text is kept"
    replacements = composed(len(passage.text), change_log.read(row.log, passage.name).stages)
    if FORBIDDEN.search(row.text):
        return None
    try:
        views = _views(source, passage.notation)
        for view in reversed(views):
            replacements = view.in_source(replacements)
            if view is views[-1] and passage.notation != TEXT:
                replacements = view.with_removed_blocks(replacements)
        clean = spliced(source, replacements)
        is_as_wanted = _seen(clean, passage.notation)[0] == row.text
    except ValueError:
        return None
    return clean.encode() if is_as_wanted else None


def _restored(passage: Passage, text: str, stored: Any) -> bytes:  # noqa: ANN401  # whatever is in the log
    """Return the raw content of an element.

    Raises:
        ValueError: if it is not stored.
    """
    if not isinstance(stored, dict) or not isinstance(stored.get("zlib"), str):
        raise ValueError("it does not have the content of the element")
    content = decompress(stored["zlib"], MAX_STORED_BYTES)
    if _seen(content.decode(), passage.notation)[0] != text:
        raise ValueError("the stored content is that of another text")
    return content


def _spans(written: str, passage: Passage) -> list[Span]:
    """Return where each code point of a text is in the content of its element."""
    outer, *rest = (view.spans for view in _views(written, passage.notation))
    for inner in rest:
        outer = [(outer[start][0], outer[max(start, end - 1)][1]) for start, end in inner]
    return outer


NOTATION = Notation(_parse, _stored, _written, _restored, _spans)


def read(raw: Path, settings: Settings) -> Iterator[Row]:
    """Yield the texts of a feed as rows, in order; see :func:`clean_news.formats.documents.read`."""
    return documents.read(NOTATION, raw, settings)


def source_of(row: Row) -> Source | None:
    """Return where the text of a row is in the feed."""
    return documents.source_of(NOTATION, row)


def write(rows: Iterable[CleanRow], _: Path, clean: IO[bytes], logs: IO[bytes]) -> None:
    """Write the feed with the clean texts, and the change logs."""
    documents.write(NOTATION, rows, clean, logs, UNWRITABLE)


def read_clean(clean: Path, logs: Path) -> Iterator[tuple[str, ChangeLog | LogError]]:
    """Yield the clean texts and their change logs; see :func:`clean_news.formats.documents.read_clean`."""
    return documents.read_clean(NOTATION, clean, logs)


def restore(clean: Path, logs: Path, target: IO[bytes]) -> None:
    """Write the raw feed; see :func:`clean_news.formats.documents.restore`."""
    documents.restore(NOTATION, clean, logs, target)
