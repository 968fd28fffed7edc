"""The view of WordprocessingML: the text of the paragraphs of a document or of its notes, and where it is there.

A paragraph is a paragraph of the view. Tabs, line breaks, no-break hyphens and formulas stand for themselves and are
fixed. Deleted and moved text, field codes, text boxes and tables of contents are not in the view.
"""

import html as entities
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from clean_news.formats import UnreadableError
from clean_news.formats.composed_edits import Replacement
from clean_news.formats.markup_views import SEPARATOR, SPACE, XML_TOKEN, Run, View, spliced
from clean_news.formats.page_xml.xml_bytes import Document

# The namespace of WordprocessingML, transitional or strict.
NAMESPACE = re.compile(
    r"""\bxmlns(?::([\w.-]+))?\s*=\s*["']http://(?:schemas\.openxmlformats\.org/wordprocessingml/2006"""
    r"""|purl\.oclc\.org/ooxml/wordprocessingml)/main["']"""
)
# Comments and instructions, or a tag; the document is known to be well-formed.
TOKEN = re.compile(
    r"""<!--.*?(?:-->|\Z)|<\?.*?(?:\?>|\Z)|<(/?)([\w:.-]++)((?:[^<>"']++|"[^"<]*+"|'[^'<]*+')*+)>""", re.DOTALL
)
STYLE = re.compile(r"""\bval\s*=\s*["'](?:TOC|Contents|TableofContents)""", re.IGNORECASE)  # of tables of contents
PRESERVED = re.compile(r"""\bxml:space\s*=\s*["']preserve["']""")
FORMULA = "\U0001d465"  # an italic x: no stage takes the spaces beside it, as they do those beside U+FFFC
MARKS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "\u2011", "sym": FORMULA}  # in runs
# A colon stands for the prefix of another namespace. Fallback is the second form of what has two.
SKIPPED = frozenset({"moveFrom", "txbxContent", "del", ":Fallback", ":oMath"})
PRESERVE = ' xml:space="preserve"'


class _Trimmed(NamedTuple):
    """An element with text at whose ends white space does not count.

    Attributes:
        tag_end: exclusive end of its start tag.
        start: offset of its text without that white space.
        end: exclusive end of this text.
        content_end: exclusive end of its content.
    """

    tag_end: int
    start: int
    end: int
    content_end: int


class _Reader:
    """Reads the source of a part, tag by tag.

    Attributes:
        source: the source.
        prefix: prefix of the names of WordprocessingML, with the colon.
        runs: the runs of the view so far.
        trimmed: the elements with text at whose ends white space does not count.
    """

    def __init__(self, source: str, prefix: str) -> None:
        self.source, self.prefix = source, prefix
        self.runs: list[Run] = []
        self._skipped: list[str] = []  # the open elements whose content is not in the view, outermost first
        self.trimmed: list[_Trimmed] = []
        self._depth = 0  # of runs
        self._text_start = -1
        self._is_preserved = False
        self._has_text = False  # the current paragraph
        self._is_first = True  # no paragraph had text yet
        self._is_contents = False  # the current paragraph is of a table of contents

    def view(self) -> View:
        """Read it all."""
        for tag in TOKEN.finditer(self.source):
            if tag[2]:
                self._read(tag, is_empty=tag[3].endswith("/"))
        return View(self.runs, lambda text: entities.escape(text, quote=False))

    def _read(self, tag: re.Match[str], *, is_empty: bool) -> None:
        """Read a tag."""
        prefix, colon, local = tag[2].rpartition(":")
        name = local if prefix + colon == self.prefix else f":{local}"
        is_end = bool(tag[1])
        if self._skipped or name in SKIPPED:
            if not is_empty and name == (self._skipped or [name])[-1]:
                self._skip(tag, name, is_end=is_end)
        else:
            self._read_shown(tag, name, is_end=is_end, is_empty=is_empty)

    def _read_shown(self, tag: re.Match[str], name: str, *, is_end: bool, is_empty: bool) -> None:
        """Read a tag outside of what is skipped."""
        if name == "p":
            self._has_text = self._is_contents = False
        elif name == "pStyle":
            self._is_contents = bool(STYLE.search(tag[3]))
        elif name == "r":
            self._depth += 0 if is_empty else -1 if is_end else 1
        elif name == "t" and not is_empty:
            self._read_text(tag, is_end=is_end)
        elif name in MARKS and self._depth > 0 and not is_end:
            self._add_mark(tag, MARKS[name])

    def _skip(self, tag: re.Match[str], name: str, *, is_end: bool) -> None:
        """Enter or leave an element that is skipped."""
        if is_end:
            self._skipped.pop()
            return
        if name == ":oMath" and not self._skipped:
            self._add_mark(tag, FORMULA)
        self._skipped.append(name)

    def _read_text(self, tag: re.Match[str], *, is_end: bool) -> None:
        """Read a tag of an element with text."""
        if not is_end:
            self._text_start, self._is_preserved = tag.end(), bool(PRESERVED.search(tag[3]))
        elif not self._is_contents:
            start, end = self._text_start, tag.start()
            if not self._is_preserved:
                content = self.source[start:end]
                start += len(content) - len(content.lstrip(SPACE))
                end = max(start, end - (len(content) - len(content.rstrip(SPACE))))
                self.trimmed.append(_Trimmed(self._text_start, start, end, tag.start()))
            self._separate(start)
            self.runs += _text_runs(self.source, start, end)

    def _add_mark(self, tag: re.Match[str], text: str) -> None:
        """Add what stands for an element."""
        if self._has_text and not self._is_contents:
            self.runs.append(Run(0, *tag.span(), text, is_plain=False, is_fixed=True))

    def _separate(self, at: int) -> None:
        """Begin the text of a paragraph, if it has not begun yet."""
        if not self._has_text and not self._is_first:
            self.runs.append(Run(0, at, at, SEPARATOR, is_plain=False, is_fixed=True))
        self._has_text, self._is_first = True, False


def _text_runs(source: str, start: int, end: int) -> Iterator[Run]:
    """Yield the runs of the content of an element with text; an empty run if it has none."""
    at = start
    while found := XML_TOKEN.search(source, at, end):
        if found.start() > at:
            yield Run(0, at, found.start(), source[at : found.start()])
        at = found.end()
        if found[0] == "<":  # a comment or an instruction
            closing = "-->" if source.startswith("<!--", found.start()) else "?>"
            at = min(end, source.find(closing, at, end) + len(closing))
        else:
            yield Run(0, *found.span(), "\n" if found[0][0] == "\r" else entities.unescape(found[0]), is_plain=False)
    if end > at:
        yield Run(0, at, end, source[at:end])


def _reader_of(source: str) -> _Reader:
    """Return the reader of a source.

    Raises:
        UnreadableError: if it is not WordprocessingML.
    """
    found = NAMESPACE.search(source)
    if not found:
        raise UnreadableError("is not WordprocessingML; save the document as .docx again")
    return _Reader(source, f"{found[1]}:" if found[1] else "")


def view_of(document: Document) -> View:
    """Return the view of a part.

    Raises:
        UnreadableError: if it is not WordprocessingML.
    """
    return _reader_of(document.content.decode()).view()


def with_spaces_preserved(source: str, _: View, replacements: Sequence[Replacement]) -> list[Replacement]:
    """Return replacements in a source with those that keep white space at the ends of an element with text.

    Raises:
        UnreadableError: if it is not WordprocessingML.
    """
    reader = _reader_of(source)
    reader.view()
    found = list(replacements)
    for tag_end, start, end, content_end in reader.trimmed:
        first = bisect_left(replacements, start, key=lambda each: each.start)
        last = bisect_right(replacements, end, key=lambda each: each.start)
        inside = [Replacement(each.start - start, each.end - start, each.after) for each in replacements[first:last]]
        text = spliced(source[start:end], inside)
        if inside and text != text.strip(SPACE):
            found.append(Replacement(tag_end - 1, tag_end - 1, PRESERVE))
            found += [Replacement(*span, "") for span in ((tag_end, start), (end, content_end)) if span[0] < span[1]]
    return sorted(found)
