"""Read gold files: spun articles with the repairs that an editor would accept for each spun span.

A row of a JSON lines file is ``{"id", "spun", "edits": [{"start", "end", "spun", "accept": […], "optional"}]}``;
``start`` and ``end`` are offsets in ``spun`` in code points, ``end`` is exclusive.
"""

import gzip
import lzma
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

import msgspec

from clean_news.scoring import marked_text

ROW = '{"id", "spun", "edits": [{"start", "end", "spun", "accept": […], "optional"}]}'
NO_MARKS = (
    "has no marks, so there is nothing to score. A marked file has a heading for each article, "
    '"## its name" on a line of its own, and below it the spun text with marks such as '
    "{spun words|original|another that would do}, or {?spun words|original} where they may also stay"
)


class GoldError(ValueError):
    """A gold file cannot be read; the message names the file, the line and the expected format."""


class GoldSpan(msgspec.Struct, frozen=True):
    """A span that was spun.

    Attributes:
        start, end: offsets in the spun text in code points; ``end`` is exclusive.
        spun: the text of the span.
        accept: the accepted repairs, the original first.
        optional: whether the spun text is acceptable, too.
    """

    start: int
    end: int
    spun: str
    accept: list[str]
    optional: bool = False


class GoldRow(msgspec.Struct, frozen=True):
    """A spun article.

    Attributes:
        id: its name.
        spun: its text.
        edits: the spans that were spun, in text order, without overlaps.
    """

    id: str
    spun: str
    edits: list[GoldSpan]


def read(path: Path) -> list[GoldRow]:
    """Read a gold file: JSON lines (plain, ``.gz`` or ``.xz``) or marked text (``.txt``).

    Raises:
        GoldError: if the file cannot be read or has nothing to score, or a row is invalid.
    """
    try:
        if path.suffix == ".txt":
            rows = [row_of(*article) for article in marked_text.articles(path.read_text(encoding="utf-8"))]
            if not rows:  # a genuine article has a heading, and no marks
                raise GoldError(f"{path}: {NO_MARKS}")
        else:
            rows = list(_rows(path))
            if not rows:
                raise GoldError(f"{path}: has no articles; expected: {ROW}")
        return rows
    except OSError as error:
        raise GoldError(f"{path}: cannot be read ({error.strerror or error}); expected a gold file") from error
    except (UnicodeDecodeError, EOFError, lzma.LZMAError) as error:
        raise GoldError(f"{path}: is damaged or not UTF-8 ({error}); expected a gold file") from error
    except marked_text.MarkError as error:
        raise GoldError(f"{path}: {error}") from error


def _rows(path: Path) -> Iterator[GoldRow]:
    """Read the rows of a JSON lines file.

    Raises:
        GoldError: if a line is not a valid row.
        OSError, UnicodeDecodeError, EOFError, lzma.LZMAError: if the file cannot be read.
    """
    openers: dict[str, Callable[..., IO[str]]] = {".gz": gzip.open, ".xz": lzma.open}
    with openers.get(path.suffix, open)(path, "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            if line.strip():
                try:
                    yield _validated(msgspec.json.decode(line, type=GoldRow))
                except (msgspec.DecodeError, ValueError) as error:
                    raise GoldError(f"{path}, line {number}: {error}; expected: {ROW}") from error


def _validated(row: GoldRow) -> GoldRow:
    """The row with its edits sorted.

    Raises:
        ValueError: if the text of an edit is not that of its span, or it accepts nothing, or it overlaps another.
    """
    at = 0
    edits = sorted(row.edits, key=lambda edit: edit.start)
    for edit in edits:
        if row.spun[edit.start : edit.end] != edit.spun:
            raise ValueError(
                f"{row.id}: the text at {edit.start} is {row.spun[edit.start : edit.end]!r}, not {edit.spun!r}"
            )
        if not edit.accept:
            raise ValueError(f"{row.id}: nothing is accepted for {edit.spun!r} at {edit.start}")
        if edit.start < at:
            raise ValueError(f"{row.id}: {edit.spun!r} at {edit.start} overlaps the edit before it")
        at = edit.end
    return msgspec.structs.replace(row, edits=edits)


def row_of(name: str, text: str, marks: list[marked_text.Mark]) -> GoldRow:
    """Convert an article of marked text to a gold row."""
    return GoldRow(name, text, [GoldSpan(mark.start, mark.end, *mark.reading) for mark in marks])
