r"""Finds the lines and columns of a file that a span of an article's text is written at.

Lines are those of git, grep and code hosts: they end at ``\n``, as do those that end at ``\r\n``. Columns count code
points from 1, a tab as one, a byte order mark not at all. A format whose texts can be found in its files has a function
``source_of(row)``, which returns a :class:`Source`.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
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


class Source(NamedTuple):
    """How the text of a row is written in its file.

    Attributes:
        line: the line at which it begins, from 1.
        column: the column at which it begins, from 1.
        written: the part of the file, e.g. the literal of a string; None if the article is the whole file.
        spans: (start, exclusive end) in ``written`` of each code point of the article.
    """

    line: int = 1
    column: int = 1
    written: str | None = None
    spans: Sequence[Span] = ()


WHOLE_FILE = Source()


def regions_of(form: Format, row: Row, raw: str, decoding: Decoding, spans: Iterable[Span]) -> list[Region | None]:
    """Return where spans of an article's raw text are in its file; None for each if that cannot be told.

    Args:
        form: the format of the file.
        row: the row with the article, as the format read it.
        raw: the decoded raw text.
        decoding: how it was decoded.
        spans: (start, exclusive end) in ``raw``, in code points.
    """
    find = getattr(form, "source_of", None)
    source: Source | None = find(row) if find else None
    if source is None:
        return [None for _ in spans]
    line_end = LINE_BREAKS[decoding.line_ends]
    breaks = [at for at, character in enumerate(raw) if character == "\n"] if len(line_end) > 1 else []
    article = _Lines(raw.replace("\n", line_end) if source.written is None else source.written, source)
    found: list[Region | None] = []
    for start, end in spans:
        # A code point of the text is one of the article, but for line ends that are two.
        first, last = start + bisect_left(breaks, start), end + bisect_left(breaks, end)
        if source.written is None:
            found.append(article.region(first, last))
            continue
        mark = int(decoding.bom)
        written = _written_span(source.spans, first + mark, last + mark)
        found.append(article.region(*written) if written else None)
    return found


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

    def _end_of_last_line(self) -> int:
        """Return the offset after the last character that is not part of the last line end."""
        if not self._text.endswith("\n") or self._source.written is not None:
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
