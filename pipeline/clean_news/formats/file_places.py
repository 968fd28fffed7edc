r"""Finds the lines and columns of a file that a span of an article's text is written at, and writes what replaces it.

Lines are those of git, grep and code hosts: they end at ``\n``, as do those that end at ``\r\n``. Columns count code
points from 1, a tab as one, a byte order mark not at all. A format whose texts can be found in its files has a function
``source_of(row)``, which returns a :class:`Source`.
"""

import codecs
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple

from clean_news.charsets.decoding import LINE_BREAKS, Decoding
from clean_news.formats import Format, Row

Span = tuple[int, int]


class Region(NamedTuple):
    """A part of a file.

    Attributes:
        line: its first line, from 1.
        column: the column at which it begins, from 1.
        end_line: its last line.
        end_column: the column after its last character.
    """

    line: int
    column: int
    end_line: int
    end_column: int


class Fix(NamedTuple):
    """A replacement in a file.

    Attributes:
        region: what is replaced; its end may be the beginning of the next line.
        text: the replacement, as it is written in the file.
    """

    region: Region
    text: str


class Source(NamedTuple):
    """How the text of a row is written in its file.

    Attributes:
        line: the line at which it begins, from 1.
        column: the column at which it begins, from 1.
        written: the part of the file, e.g. the literal of a string; None if the article is the whole file.
        spans: (start, exclusive end) in ``written`` of each code point of the article.
        rewrite: returns how another text is written in place of a part of it, or None if it cannot be written there;
            None if no text can, because what is around the place would have to change, too. Not for the whole file.
    """

    line: int = 1
    column: int = 1
    written: str | None = None
    spans: Sequence[Span] = ()
    rewrite: Callable[[str], str | None] | None = None


WHOLE_FILE = Source()


class ArticlePlaces:
    """The places of an article's raw text in its file."""

    def __init__(self, source: Source, raw: str, decoding: Decoding) -> None:
        """Look up the lines.

        Args:
            source: how the article is written in its file.
            raw: the decoded raw text.
            decoding: how it was decoded.
        """
        self._source = source
        self._mark = int(decoding.bom)
        self._line_end = LINE_BREAKS[decoding.line_ends]
        # A code point of the text is one of the article, but for line ends that are two.
        self._breaks = [at for at, character in enumerate(raw) if character == "\n"] if len(self._line_end) > 1 else []
        self._lines = _Lines(raw.replace("\n", self._line_end) if source.written is None else source.written, source)
        # Where bytes are not those of UTF-8, what another program sees there is not what was decoded.
        self._is_utf_8 = codecs.lookup(decoding.codec).name in {"utf-8", "ascii"} and not (
            decoding.undecodable or decoding.stray or decoding.raw_zlib
        )

    def region(self, span: Span) -> Region | None:
        """Return where a span of the text is; None if the article is another than the one that was written."""
        written = self._written(span)
        return written and self._lines.region(*written)

    def fix(self, span: Span, after: str) -> Fix | None:
        """Return the replacement in the file that replaces a span of the text; None if no replacement alone does."""
        written = self._written(span)
        if written is None or not self._is_utf_8:
            return None
        if self._source.written is None:
            return self._lines.fix(*written, after.replace("\n", self._line_end))
        text = self._source.rewrite(after) if self._source.rewrite else None
        return None if text is None else self._lines.fix(*written, text)

    def _written(self, span: Span) -> Span | None:
        """Return where a span of the text is in what is written."""
        first, last = (at + bisect_left(self._breaks, at) for at in span)
        if self._source.written is None:
            return first, last
        return _written_span(self._source.spans, first + self._mark, last + self._mark)


def places_in(form: Format, row: Row, raw: str, decoding: Decoding) -> ArticlePlaces | None:
    """Return the places of an article in its file; None if they cannot be told.

    Args:
        form: the format of the file.
        row: the row with the article, as the format read it.
        raw: the decoded raw text.
        decoding: how it was decoded.
    """
    find = getattr(form, "source_of", None)
    source: Source | None = find(row) if find else None
    return ArticlePlaces(source, raw, decoding) if source else None


def _written_span(spans: Sequence[Span], start: int, end: int) -> Span | None:
    """Return where a span of the article is written; None if the article is another than the one that was written."""
    if end > len(spans) or not spans:
        return None
    begin = spans[start][0] if start < len(spans) else spans[-1][1]
    return begin, spans[end - 1][1] if end > start else begin


class _Lines:
    """The lines of a part of a file."""

    def __init__(self, text: str, source: Source) -> None:
        self._text = text
        self._source = source
        self._starts = [0, *(at + 1 for at, character in enumerate(text) if character == "\n")]
        if len(self._starts) > 1 and self._starts[-1] == len(text) and source.written is None:
            self._starts.pop()  # there is no line after the last line end of a file

    def region(self, start: int, end: int) -> Region:
        """Return the region of a span; a line end at its end is left out, since the next line may not exist."""
        while end > start and self._text[end - 1] in "\r\n":
            end -= 1
        start = min(start, self._end_of_last_line()) if start == len(self._text) else start
        return Region(*self._place(start), *self._place(max(start, end)))

    def fix(self, start: int, end: int, text: str) -> Fix | None:
        """Return the replacement of a span; None if it would have to end in a line that does not exist."""
        while start < end and text and self._text[end - 1] == text[-1] and text[-1] in "\r\n":
            end, text = end - 1, text[:-1]
        if end == len(self._text) and self._ends_in_line_end():
            return None
        return Fix(Region(*self._place(start), *self._place(end)), text)

    def _ends_in_line_end(self) -> bool:
        """Whether there is no line after the last line end, as at the end of a file."""
        return self._source.written is None and self._text.endswith("\n")

    def _end_of_last_line(self) -> int:
        """Return the offset after the last character that is not part of the last line end."""
        if not self._ends_in_line_end():
            return len(self._text)
        return len(self._text) - (2 if self._text.endswith("\r\n") else 1)

    def _place(self, at: int) -> tuple[int, int]:
        """Return the line and the column of an offset."""
        line = bisect_right(self._starts, at)
        column = at - self._starts[line - 1] + (self._source.column if line == 1 else 1)
        return self._source.line + line - 1, column


def spans_of(pieces: Iterable[str], start: int) -> tuple[Span, ...]:
    """Return the spans of consecutive pieces, each of which stands for one code point.

    Args:
        pieces: the pieces.
        start: offset of the first.
    """
    ends = accumulate(map(len, pieces), initial=start)
    before = next(ends)
    found = []
    for end in ends:
        found.append((before, end))
        before = end
    return tuple(found)


def place_in_bytes(content: bytes, at: int) -> tuple[int, int]:
    """Return the line and the column of an offset in bytes of a text in UTF-8."""
    starts = _line_starts(content)
    line = bisect_right(starts, at)
    return line, len(content[starts[line - 1] : at].decode("utf-8", "replace").removeprefix("\ufeff")) + 1


@lru_cache(maxsize=1)
def _line_starts(content: bytes) -> tuple[int, ...]:
    """Return the offsets at which lines begin; kept for the next passage of the same document."""
    return tuple(_starts_in(content))


def _starts_in(content: bytes) -> Iterator[int]:
    """Yield the offsets at which lines begin."""
    at = 0
    while at >= 0:
        yield at
        at = content.find(b"\n", at) + 1 or -1
