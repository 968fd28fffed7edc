"""Gold rows: spun articles, and what an editor would accept in each place that was spun.

A row of a file of JSON lines is ``{"id", "spun", "edits": [{"start", "end", "spun", "accept": […], "optional"}]}``;
``start`` and ``end`` are code points in ``spun``, half-open.
"""

import gzip
import lzma
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

import msgspec

from clean_news.scoring import marked_text


class GoldError(ValueError):
    """A gold file cannot be read; the message names the file, the line and what is wanted."""


class Span(msgspec.Struct, frozen=True):
    """A place that was spun.

    Attributes:
        start, end: where, in code points of the spun text.
        spun: what stands there.
        accept: what may stand there after the repair, the original first.
        optional: whether it may as well stay as it is.
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
        edits: the places that were spun, in order; none overlaps another.
    """

    id: str
    spun: str
    edits: list[Span]


def read(path: Path) -> list[GoldRow]:
    """The rows of a gold file: JSON lines, plain, ``.gz`` or ``.xz``, or a ``.txt`` of marked text.

    Raises:
        GoldError: if there is no such file, or a row is not as it should be.
    """
    try:
        if path.suffix == ".txt":
            return [row_of(*article) for article in marked_text.articles(path.read_text(encoding="utf-8"))]
        return list(rows(path))
    except OSError as error:
        raise GoldError(f"{path}: cannot be read ({error.strerror or error}); name a file of gold rows") from error
    except (UnicodeDecodeError, EOFError, lzma.LZMAError) as error:
        raise GoldError(f"{path}: is damaged or not UTF-8 ({error}); name a file of gold rows") from error
    except marked_text.MarkError as error:
        raise GoldError(f"{path}: {error}") from error


def rows(path: Path) -> Iterator[GoldRow]:
    """The rows of a file of JSON lines.

    Raises:
        GoldError: for a line that is no row.
        OSError, UnicodeDecodeError, EOFError, lzma.LZMAError: if the file cannot be read.
    """
    openers: dict[str, Callable[..., IO[str]]] = {".gz": gzip.open, ".xz": lzma.open}
    with openers.get(path.suffix, open)(path, "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            if line.strip():
                try:
                    yield checked(msgspec.json.decode(line, type=GoldRow))
                except (msgspec.DecodeError, ValueError) as error:
                    raise GoldError(
                        f"{path}, line {number}: {error}; wanted: "
                        '{"id", "spun", "edits": [{"start", "end", "spun", "accept": […], "optional"}]}'
                    ) from error


def checked(row: GoldRow) -> GoldRow:
    """The row with its edits in order.

    Raises:
        ValueError: if an edit does not say what stands in its place, accepts nothing, or overlaps another.
    """
    at = 0
    edits = sorted(row.edits, key=lambda edit: edit.start)
    for edit in edits:
        if row.spun[edit.start : edit.end] != edit.spun:
            raise ValueError(f"{row.id}: at {edit.start} stands {row.spun[edit.start : edit.end]!r}, not {edit.spun!r}")
        if not edit.accept:
            raise ValueError(f"{row.id}: nothing is accepted for {edit.spun!r} at {edit.start}")
        if edit.start < at:
            raise ValueError(f"{row.id}: {edit.spun!r} at {edit.start} overlaps the edit before it")
        at = edit.end
    return msgspec.structs.replace(row, edits=edits)


def row_of(name: str, text: str, marks: list[marked_text.Mark]) -> GoldRow:
    """The row of an article of marked text."""
    return GoldRow(name, text, [Span(mark.start, mark.end, *mark.reading) for mark in marks])
