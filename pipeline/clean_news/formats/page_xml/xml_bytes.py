"""Parses XML and records the bytes of each element, so that single elements can be replaced.

The parser is expat, of the standard library. It opens no other file, and a document that declares entities, or anything
else in a DTD of its own, is refused.
"""

import codecs
import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple
from xml.parsers import expat

from clean_news.charsets.declared import is_article_codec

MAX_DEPTH = 100  # of elements; PAGE allows regions in regions, real files have about ten levels
MAX_ELEMENTS = 400_000  # a page of a newspaper with a Glyph for each letter has about 100,000
MAX_INDENT_BYTES = 200
# Values of attributes cannot contain <, so that a search from one tag never goes beyond the next.
TAG = re.compile(rb"""<[^<>"']*(?:"[^"<]*"[^<>"']*|'[^'<]*'[^<>"']*)*>""")
ATTRIBUTE = re.compile(rb"""(?<=\s)([^\s=/>"'<]+)(\s*=\s*)("[^"<]*"|'[^'<]*')""")
DECLARED = re.compile(rb"""<\?xml[^<>]{0,200}?encoding\s{0,9}=\s{0,9}["']([A-Za-z0-9._-]{1,40})["']""")
MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
# Elements of HTML without an end tag, and declarations.
VOID = re.compile(rb"<(?:meta|link|br|hr|img|input|!doctype)\b[^<>]*>", re.IGNORECASE)
# What XML 1.0 does not allow, not even as a reference.
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\t": "&#9;", "\n": "&#10;", "\r": "&#13;"}


class NotXmlError(ValueError):
    """A document cannot be read as XML; the message says why, and what to do."""


class Run(NamedTuple):
    """Character data between two tags.

    Attributes:
        start: offset of its first byte.
        end: exclusive end.
        text: the text, with its references resolved.
    """

    start: int
    end: int
    text: str


class Element:
    """An element with its place in the bytes of the document.

    Attributes:
        name: name without its prefix.
        prefix: prefix of the name, with the colon; empty if there is none.
        attributes: values by name, with their references resolved.
        parent: the element that contains it; None for the root.
        start: offset of its first byte.
        tag_end: exclusive end of the start tag.
        content_end: exclusive end of the content.
        end: exclusive end of the element.
        children: the elements in it, in order.
        runs: its own character data, in order.
    """

    __slots__ = (
        "attributes",
        "children",
        "content_end",
        "end",
        "name",
        "parent",
        "prefix",
        "runs",
        "start",
        "tag_end",
    )

    def __init__(
        self, qualified: str, attributes: dict[str, str], parent: "Element | None", start: int, tag_end: int
    ) -> None:
        prefix, colon, name = qualified.rpartition(":")
        self.prefix, self.name, self.attributes, self.parent = prefix + colon, name, attributes, parent
        self.start, self.tag_end, self.content_end, self.end = start, tag_end, tag_end, tag_end
        self.children: list[Element] = []
        self.runs: list[Run] = []

    def all(self, name: str) -> "Iterable[Element]":
        """Yield the elements of a name in it, at any depth, in the order of the file."""
        return (element for element in self.descendants() if element.name == name)

    def first(self, name: str) -> "Element | None":
        """Return its first child of a name; None if there is none."""
        return next((child for child in self.children if child.name == name), None)

    def all_runs(self) -> list[Run]:
        """Return the character data of the element and of all elements in it, in order."""
        runs = [*self.runs, *(run for inner in self.descendants() for run in inner.runs)]
        return sorted(runs)

    def descendants(self) -> "Iterable[Element]":
        """Yield all elements in it, in the order of the file."""
        waiting = self.children[::-1]
        while waiting:
            element = waiting.pop()
            yield element
            waiting += element.children[::-1]


class Document(NamedTuple):
    """A parsed document.

    Attributes:
        root: its root element.
        content: its text in UTF-8, to which all offsets refer.
        mark: its byte order mark.
        codec: the codec of its file.
    """

    root: Element
    content: bytes
    mark: bytes
    codec: str

    def tag(self, element: Element) -> bytes:
        """Return the start tag of an element."""
        return self.content[element.start : element.tag_end]

    def indent(self, element: Element) -> bytes:
        """Return the white space before an element, at most :data:`MAX_INDENT_BYTES` of it."""
        before = self.content[max(0, element.start - MAX_INDENT_BYTES) : element.start]
        return before[len(before.rstrip()) :]

    def with_replacements(self, replacements: Iterable[tuple[int, int, bytes]]) -> bytes:
        """Return the bytes of the file with some bytes replaced.

        Args:
            replacements: (start, exclusive end, new content in UTF-8).

        Raises:
            NotXmlError: if they overlap, because the document has elements where its format does not allow them.
        """
        pieces: list[bytes] = []
        position = 0
        for start, end, new in sorted(replacements):
            if start < position:
                raise NotXmlError("has words or texts within others, which its format does not allow; export it again")
            pieces += (self.content[position:start], new)
            position = end
        pieces.append(self.content[position:])
        return self.mark + b"".join(pieces).decode().encode(self.codec, "xmlcharrefreplace")


def parse(raw: bytes, *, is_html: bool = False) -> Document:
    """Parse a document.

    Args:
        raw: the bytes of its file.
        is_html: elements of HTML that have no end tag may lack it; they are passed over.

    Raises:
        NotXmlError: if it is not well-formed, declares entities, is nested too deeply or has too many elements.
    """
    mark, codec = _codec_of(raw)
    body = raw[len(mark) :]
    try:
        text = body.decode(codec)
        is_same = text.encode(codec) == body
        content = text.encode()
    except (UnicodeDecodeError, UnicodeEncodeError) as error:
        raise NotXmlError(
            f"is not valid {codec} ({error.reason}); correct the encoding in its XML declaration"
        ) from error
    if not is_same:
        raise NotXmlError(f"cannot be written in {codec} as it was; convert it to UTF-8")
    parsed = VOID.sub(lambda found: b" " * len(found[0]), content) if is_html else content
    return Document(_Builder(parsed).root(), content, mark, codec)


def _codec_of(raw: bytes) -> tuple[bytes, str]:
    """Return the byte order mark and the codec of a document.

    Raises:
        NotXmlError: if the codec is not one of text.
    """
    for mark, codec in MARKS:
        if raw.startswith(mark):
            return mark, codec
    found = DECLARED.match(raw[:400])
    if not found:
        return b"", "utf-8"
    name = found[1].decode("ascii")
    try:
        codec = codecs.lookup(name).name
    except LookupError:
        codec = ""
    if not is_article_codec(codec) or codec.startswith(("utf-16", "utf-32")):  # these would need a mark
        raise NotXmlError(f"declares the encoding {name!r}, which is not supported; convert it to UTF-8")
    return b"", codec


class _Builder:
    """Builds the tree of elements while expat parses.

    Attributes:
        content: the document in UTF-8.
    """

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.parser = parser = expat.ParserCreate("utf-8")
        parser.UseForeignDTD(True)  # entities of HTML are skipped, not errors, without a DOCTYPE too
        parser.StartElementHandler, parser.EndElementHandler = self.start, self.end
        parser.CharacterDataHandler, parser.StartDoctypeDeclHandler = self.data, self.doctype
        parser.CommentHandler = parser.ProcessingInstructionHandler = self.other
        parser.StartCdataSectionHandler = parser.EndCdataSectionHandler = self.other
        parser.SkippedEntityHandler = self.skipped
        self.top: Element | None = None
        self.stack: list[Element] = []
        self.count = 0
        self.run_start = -1
        self.texts: list[str] = []

    def root(self) -> Element:
        """Parse the content and return the root element.

        Raises:
            NotXmlError: see :func:`parse`.
        """
        try:
            self.parser.Parse(self.content, True)  # the last part
        except expat.ExpatError as error:
            raise NotXmlError(f"is not well-formed XML ({error}); correct it, or export it again") from error
        assert self.top is not None, "a well-formed document has a root"
        return self.top

    def doctype(self, _name: str, _system: str | None, _public: str | None, has_subset: int) -> None:
        """Refuse declarations in the document; an external DTD is not opened."""
        if has_subset:
            raise NotXmlError("declares entities or attributes in its DOCTYPE; remove these declarations")

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Open an element."""
        self.flush()
        self.count += 1
        if len(self.stack) >= MAX_DEPTH:
            raise NotXmlError(f"has elements nested deeper than {MAX_DEPTH} levels, which no page has; export it again")
        if self.count > MAX_ELEMENTS:
            raise NotXmlError(f"has more than {MAX_ELEMENTS:,} elements, too many for a page; split it into pages")
        begin = self.parser.CurrentByteIndex
        tag = TAG.match(self.content, begin)
        assert tag, "the parser found a tag here"
        parent = self.stack[-1] if self.stack else None
        element = Element(name, attributes, parent, begin, tag.end())
        if parent:
            parent.children.append(element)
        else:
            self.top = element
        self.stack.append(element)

    def end(self, _name: str) -> None:
        """Close an element."""
        self.flush()
        element = self.stack.pop()
        if not self.content.endswith(b"/>", element.start, element.tag_end):
            element.content_end = self.parser.CurrentByteIndex
            element.end = self.content.index(b">", element.content_end) + 1

    def data(self, text: str) -> None:
        """Collect character data."""
        if self.run_start < 0:
            self.run_start = self.parser.CurrentByteIndex
        self.texts.append(text)

    def skipped(self, name: str, is_parameter: bool) -> None:  # expat passes it
        """Resolve an entity of HTML, which only an external DTD declares."""
        from html.entities import html5

        if not is_parameter:
            self.data(html5.get(name + ";", f"&{name};"))

    def other(self, *_: object) -> None:
        """End the character data."""
        self.flush()

    def flush(self) -> None:
        """Add the character data to the element that contains it."""
        if self.run_start >= 0:
            if self.stack:
                self.stack[-1].runs.append(Run(self.run_start, self.parser.CurrentByteIndex, "".join(self.texts)))
            self.run_start = -1
            self.texts.clear()


def escaped(text: str) -> bytes:
    r"""Escape a text for content; what XML does not allow becomes U+FFFD.

    >>> escaped("M'Leod & Co.\x00").decode()
    "M'Leod &amp; Co.�"
    """
    return "".join(ESCAPES.get(char, char) for char in FORBIDDEN.sub("\ufffd", text)).encode()


def with_attributes(tag: bytes, values: Mapping[str, str | None]) -> bytes:
    r"""Return a start tag with some attributes set or, where the value is None, removed.

    Attributes that the tag has stay in their places, and others are added at its end.

    >>> with_attributes(b"<String ID='a' CONTENT='tho' CC='123'/>", {"CONTENT": "the", "CC": None, "WC": "1"})
    b'<String ID=\'a\' CONTENT=\'the\' WC="1"/>'
    """
    pieces, position, missing = [], 0, dict(values)
    for found in ATTRIBUTE.finditer(tag):
        name = found[1].decode()
        if name not in missing:
            continue
        value = missing.pop(name)
        if value is None:
            pieces.append(tag[position : found.start()].rstrip())
        else:
            quote = found[3][:1]
            pieces += (tag[position : found.start(3)], _quoted(value, quote))
        position = found.end()
    rest = tag[position:]
    added = b"".join(b" " + name.encode() + b"=" + _quoted(value, b'"') for name, value in missing.items() if value)
    if added:
        closing = b"/>" if rest.endswith(b"/>") else b">"
        body = rest.removesuffix(closing)
        rest = body.rstrip() + added + body[len(body.rstrip()) :] + closing
    return b"".join([*pieces, rest])


def _quoted(value: str, quote: bytes) -> bytes:
    """Return a value of an attribute with its quotation marks."""
    return quote + escaped(value).replace(quote, b"&quot;" if quote == b'"' else b"&#39;") + quote
