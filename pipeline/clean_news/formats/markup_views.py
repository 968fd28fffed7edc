"""Views of marked-up text: what a reader sees of XML content and of HTML, and where each part of it is in the source.

A view is a list of runs. Markup between two runs is in none of them, so that replacing text leaves it as it is. Where a
tag begins a new block, the view has a separator, which is fixed: it stands for markup. So is the text of code.
"""

import html as entities
import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from clean_news.formats.composed_edits import Replacement

SPACE = " \t\n\r\f"
LINE_END = re.compile("\r\n?")
XML_TOKEN = re.compile(r"&(?:amp|lt|gt|quot|apos|#[0-9]{1,7}|#x[0-9a-fA-F]{1,6});|\r\n?|<")
HTML_TOKEN = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});|\r\n?|<")
# A tag never spans a "<", not even in an attribute, as far as feeds and books are concerned; what does is left alone.
TAG = re.compile(r"""</?([A-Za-z][A-Za-z0-9:-]*+)(?>[^<>"']+|"[^"<]*"|'[^'<]*')*>""")
CDATA, CDATA_END = "<![CDATA[", "]]>"
BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "center",
        "dd",
        "details",
        "dialog",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "head",
        "header",
        "hr",
        "html",
        "li",
        "main",
        "nav",
        "ol",
        "option",
        "p",
        "pre",
        "section",
        "select",
        "summary",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "ul",
    ]
)
HIDDEN = frozenset(
    [
        "audio",
        "iframe",
        "math",
        "noscript",
        "object",
        "script",
        "select",
        "style",
        "svg",
        "template",
        "textarea",
        "title",
        "video",
    ]
)
CODE = frozenset(["code", "kbd", "pre", "samp", "tt", "var"])
SEPARATOR = "\n\n"
# Stands in a block whose text was removed, since the separators around an empty block would else become one.
REMOVED = "<!--removed-->"


class Run(NamedTuple):
    """A part of a view.

    Attributes:
        at: offset in the text.
        start: offset in the source.
        end: exclusive end in the source.
        text: the text.
        is_plain: whether source and text are the same, so that it can be divided.
        is_fixed: whether it must not be changed.
    """

    at: int
    start: int
    end: int
    text: str
    is_plain: bool = True
    is_fixed: bool = False


class View:
    """What a reader sees of a source.

    Attributes:
        text: the text.
        runs: the runs, in order.
        escape: writes a text in the source.
    """

    def __init__(self, runs: list[Run], escape: Callable[[str], str]) -> None:
        """Join the runs to a text.

        Args:
            runs: the runs, whose offsets in the text are not yet set.
            escape: writes a text in the source.
        """
        self.runs: list[Run] = []
        at = 0
        for run in runs:
            self.runs.append(run._replace(at=at))
            at += len(run.text)
        self.text = "".join(run.text for run in runs)
        self.escape = escape
        self._starts = [run.at for run in self.runs]

    @property
    def fixed(self) -> tuple[tuple[int, int], ...]:
        """The spans of the text that must not be changed."""
        return tuple((run.at, run.at + len(run.text)) for run in self.runs if run.is_fixed and run.text)

    @property
    def spans(self) -> list[tuple[int, int]]:
        """The span of each code point of the text in the source: of a reference, or of markup, all of it."""
        return [
            (run.start + at, run.start + at + 1) if run.is_plain else (run.start, run.end)
            for run in self.runs
            for at in range(len(run.text))
        ]

    def in_source(self, replacements: Iterable[Replacement]) -> list[Replacement]:
        """Return replacements in the text as replacements in the source.

        Raises:
            ValueError: if one would change a fixed run.
        """
        found: list[Replacement] = []
        for start, end, after in replacements:
            found += self._insertion(start, after) if start == end else self._replacement(start, end, after)
        return found

    def with_removed_blocks(self, replacements: Sequence[Replacement]) -> list[Replacement]:
        """Return replacements in the source with :data:`REMOVED` where they remove all text between two separators."""
        found = list(replacements)
        runs: list[Run] = []
        number = 0
        for run in (*self.runs, None):
            if run and not (run.is_fixed and run.text):
                runs.append(run)
                continue
            first = number
            while runs and number < len(found) and found[number].start < runs[-1].end:
                number += 1
            removed = sum(each.end - each.start for each in found[first:number] if not each.after)
            if removed and removed == sum(each.end - each.start for each in runs if each.text):
                found[first] = found[first]._replace(after=REMOVED)
            runs = []
        return found

    def _replacement(self, start: int, end: int, after: str) -> Iterator[Replacement]:
        """Yield the replacements for one of a span: the first run gets the text, the others lose theirs."""
        new = self.escape(after)
        for run in self.runs[bisect_right(self._starts, start) - 1 :]:
            if run.at >= end:
                return
            if not run.text:
                continue
            if run.is_fixed:
                raise ValueError("a fixed part of the text was changed")
            first, last = max(start - run.at, 0), min(end - run.at, len(run.text))
            if run.is_plain:
                yield Replacement(run.start + first, run.start + last, new)
            elif last - first == len(run.text):
                yield Replacement(run.start, run.end, new)
            else:
                raise ValueError("a part of a reference was changed")
            new = ""

    def _insertion(self, at: int, after: str) -> Iterator[Replacement]:
        """Yield the replacement for an insertion: after the run before it, or else before the run after it."""
        number = bisect_right(self._starts, at) - 1
        if number < 0:
            raise ValueError("there is no text beside which to insert another")
        run = self.runs[number]
        if run.at == at and number and not self.runs[number - 1].is_fixed:
            run = self.runs[number - 1]
        inside = at - run.at
        if (run.is_fixed or not run.is_plain) and 0 < inside < len(run.text):
            raise ValueError("a fixed part of the text was changed")
        place = run.start + inside if run.is_plain else (run.end if inside else run.start)
        yield Replacement(place, place, self.escape(after))


def spliced(source: str, replacements: Iterable[Replacement]) -> str:
    """Return a source with replacements."""
    pieces: list[str] = []
    position = 0
    for start, end, after in replacements:
        pieces += (source[position:start], after)
        position = end
    return "".join((*pieces, source[position:]))


def xml_view(source: str) -> View:
    """Return the view of the content of an XML element without elements in it.

    Raises:
        ValueError: if it is partly a CDATA section and partly not.
    """
    begin = source.find(CDATA)
    if begin < 0:
        return View(list(_xml_runs(source)), lambda text: entities.escape(text, quote=False))
    end = source.rfind(CDATA_END)
    inner = source[begin + len(CDATA) : end]
    if CDATA in inner or CDATA_END in inner or (source[:begin] + source[end + len(CDATA_END) :]).strip(SPACE):
        raise ValueError("it is divided into CDATA sections; write one, or none")
    return View(list(_plain_runs(source, begin + len(CDATA), end)), lambda text: text)


def plain_view(source: str) -> View:
    """Return the view of a text without markup."""
    return View(list(_plain_runs(source, 0, len(source))), lambda text: text)


def _plain_runs(source: str, start: int, end: int) -> Iterator[Run]:
    """Yield the runs of text without references; a line end is a line feed."""
    for found in LINE_END.finditer(source, start, end):
        if found.start() > start:
            yield Run(0, start, found.start(), source[start : found.start()])
        yield Run(0, *found.span(), "\n", is_plain=False)
        start = found.end()
    if end > start:
        yield Run(0, start, end, source[start:end])


def _xml_runs(source: str) -> Iterator[Run]:
    """Yield the runs of XML content."""
    at = 0
    while found := XML_TOKEN.search(source, at):
        if found.start() > at:
            yield Run(0, at, found.start(), source[at : found.start()])
        at = found.end()
        if found[0] == "<":  # a comment or an instruction
            closing = "-->" if source.startswith("<!--", found.start()) else "?>"
            end = source.find(closing, at)
            at = len(source) if end < 0 else end + len(closing)
        else:
            text = "\n" if found[0][0] == "\r" else entities.unescape(found[0])
            yield Run(0, *found.span(), text, is_plain=False)
    if len(source) > at:
        yield Run(0, at, len(source), source[at:])


class _Gap(NamedTuple):
    """Markup of HTML; its separator is empty if it is within a line."""

    start: int
    end: int
    separator: str


def html_view(source: str) -> View:
    r"""Return the view of HTML.

    >>> html_view("<p>One &amp; <b>two</b>.</p> <p>Three.</p>").text
    'One & two.\n\nThree.'
    """
    page = _Page()
    for part in _html_parts(source):
        if isinstance(part, _Gap):
            page.add_gap(part, len(source))
        else:
            page.add_run(part)
    page.trim_end(len(source))
    return View(page.runs, lambda text: entities.escape(text, quote=False))


class _Page:
    """Collects the runs of HTML; white space beside a separator belongs to it.

    Attributes:
        runs: the runs.
        gap: the markup that separates blocks after the last run; its end is not known yet.
    """

    def __init__(self) -> None:
        """Begin without runs."""
        self.runs: list[Run] = []
        self.gap: _Gap | None = _Gap(0, 0, SEPARATOR)

    def add_gap(self, part: _Gap, length: int) -> None:
        """Add markup; the length is that of the source."""
        if self.gap:
            self.gap = _Gap(self.gap.start, part.end, max(self.gap.separator, part.separator))
        elif part.separator:
            self.gap = _Gap(min(part.start, self.trim_end(length)), part.end, part.separator)

    def add_run(self, run: Run) -> None:
        """Add text."""
        if self.gap and not run.is_fixed:
            rest = run.text.lstrip(SPACE)
            if not rest:
                self.gap = self.gap._replace(end=run.end)
                return
            if run.is_plain:
                run = run._replace(start=run.end - len(rest), text=rest)
        if self.gap and self.runs:
            self.runs.append(Run(0, self.gap.start, run.start, self.gap.separator, is_plain=False, is_fixed=True))
        self.gap = None
        self.runs.append(run)

    def trim_end(self, otherwise: int) -> int:
        """Remove the white space after the last text; return where it began, or the given offset if there is none."""
        while not self.gap and self.runs and not self.runs[-1].is_fixed:
            run = self.runs[-1]
            rest = run.text.rstrip(SPACE)
            if len(rest) == len(run.text):
                break
            otherwise = run.start + (len(rest) if run.is_plain else 0)
            self.runs.pop()
            if rest and run.is_plain:
                self.runs.append(run._replace(end=otherwise, text=rest))
                break
        return otherwise


def _html_parts(source: str) -> Iterator[Run | _Gap]:
    """Yield the runs of HTML, and the markup between them."""
    at = 0
    while found := HTML_TOKEN.search(source, at):
        if found.start() > at:
            yield Run(0, at, found.start(), source[at : found.start()])
        at = found.end()
        if found[0] != "<":
            text = "\n" if found[0][0] == "\r" else entities.unescape(found[0])
            yield Run(0, *found.span(), text, is_plain=text == found[0])
            continue
        tag = TAG.match(source, found.start())
        if tag:
            at, parts = _after_tag(source, tag)
            yield from parts
        elif source.startswith(REMOVED, found.start()):
            at = found.start() + len(REMOVED)
            yield Run(0, found.start(), at, "", is_plain=False, is_fixed=True)
        elif source.startswith(("<!", "<?"), found.start()):
            closing = "-->" if source.startswith("<!--", found.start()) else ">"
            end = source.find(closing, at)
            at = len(source) if end < 0 else end + len(closing)
            yield _Gap(found.start(), at, "")
        elif source[at : at + 1].isalpha() or source.startswith("/", at):  # a tag that does not end: nothing is safe
            yield _Gap(found.start(), len(source), "")
            return
        else:
            yield Run(0, found.start(), at, "<")
    if len(source) > at:
        yield Run(0, at, len(source), source[at:])


def _after_tag(source: str, tag: re.Match[str]) -> tuple[int, Sequence[Run | _Gap]]:
    """Return the offset after a tag, and after the element if its content is hidden or code; and their parts."""
    name = tag[1].lower()
    separator = SEPARATOR if name in BLOCKS else "\n" if name == "br" else ""
    gap = _Gap(*tag.span(), separator)
    if (name not in HIDDEN and name not in CODE) or source.startswith("</", tag.start()) or tag[0].endswith("/>"):
        return tag.end(), (gap,)
    closing = re.compile(rf"</{re.escape(name)}\s*>", re.IGNORECASE).search(source, tag.end())
    if not closing:
        return len(source), (_Gap(tag.start(), len(source), separator),)
    if name in HIDDEN:
        return closing.end(), (_Gap(tag.start(), closing.end(), separator),)
    code = entities.unescape(LINE_END.sub("\n", re.sub("<[^<>]*>", "", source[tag.end() : closing.start()])))
    fixed = Run(0, tag.end(), closing.start(), code, is_plain=False, is_fixed=True)
    return closing.end(), (gap, *((fixed,) if code else ()), _Gap(*closing.span(), separator))
