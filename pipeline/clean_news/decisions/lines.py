"""Read and write the lines of decisions files."""

import itertools
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

import msgspec

from clean_news.decisions.decision import SCHEMA, Decision
from clean_news.parse_errors import fault_of, schema_shown
from clean_news.regular_files import MAX_LIST_BYTES, open_regular, too_large

BLOCK_BYTES = 1 << 19
DECODER = msgspec.json.Decoder(Decision)


class DecisionsError(ValueError):
    """A decisions file cannot be read; the message names the file and the line and says what to do."""


def opened(path: Path) -> BinaryIO:
    """Open a file of decisions; a DecisionsError if it cannot be opened."""
    try:
        return open_regular(path, MAX_LIST_BYTES)
    except OSError as error:
        raise _unreadable(path, error) from error


def read(path: Path) -> list[Decision]:
    """Read the decisions of a file, in order; blank lines are ignored.

    Raises:
        DecisionsError: if the file cannot be read, or a line is not a decision.
    """
    return list(iterate(path))


def iterate(path: Path) -> Iterator[Decision]:
    """Yield the decisions of a file, one at a time; see :func:`read`.

    Raises:
        DecisionsError: if the file cannot be read, or a line is not a decision.
    """
    with opened(path) as file:
        for _, decisions in blocks(file, path):
            yield from decisions


def _unreadable(path: Path, error: OSError | UnicodeDecodeError, before: int = 0) -> DecisionsError:
    """The exception to raise for a file that cannot be read; ``before`` bytes of it could be."""
    why = error.strerror if isinstance(error, OSError) else f"it is not UTF-8 at byte {before + error.start}"
    return DecisionsError(f"{path}: cannot be read ({why}); name a decisions file in UTF-8")


def blocks(file: BinaryIO, path: Path) -> Iterator[tuple[list[int], list[Decision]]]:
    """Yield the decisions of an open file in blocks, with the offsets of their lines in bytes.

    Args:
        file: the file, from its beginning.
        path: its path, for error messages.

    Raises:
        DecisionsError: if the file cannot be read, or a line is not a decision.
    """
    offset, number = 0, 0
    while True:
        try:
            block = file.read(BLOCK_BYTES) + file.readline(MAX_LIST_BYTES)
            if offset + len(block) > MAX_LIST_BYTES:
                raise too_large(path, MAX_LIST_BYTES)
            block.decode()
        except (OSError, UnicodeDecodeError) as error:
            raise _unreadable(path, error, offset) from error
        if not block:
            return
        # Split only at line feeds: a text may contain U+2028 and the other line ends of str.splitlines.
        lines = block.removesuffix(b"\n").split(b"\n")
        offsets = list(itertools.accumulate((len(line) + 1 for line in lines[:-1]), initial=offset))
        if number == 0:
            lines[0] = lines[0].removeprefix(BOM_UTF8)
        try:
            found = DECODER.decode_lines(block)
        except (RecursionError, msgspec.MsgspecError):
            found = []
        if len(found) == len(lines) and all(decision.schema == SCHEMA for decision in found):
            yield offsets, found
        else:  # a blank line, a byte-order mark, or a fault
            places = [index for index, line in enumerate(lines) if line.strip()]
            decisions = [parsed(lines[index], f"{path}, line {number + index + 1}") for index in places]
            yield [offsets[index] for index in places], decisions
        offset += len(block)
        number += len(lines)


def parsed(line: bytes, where: str) -> Decision:
    """The decision of a line of JSON, or a DecisionsError that says where the line is."""
    try:
        decision = DECODER.decode(line)
    except RecursionError as error:
        raise DecisionsError(f"{where}: is nested too deeply; correct or remove it") from error
    except msgspec.MsgspecError as error:
        raise DecisionsError(f"{where}: is not a decision ({fault_of(error)}); correct or remove it") from error
    if decision.schema != SCHEMA:
        raise DecisionsError(
            f"{where}: is of schema {schema_shown(decision.schema)}, but this version reads {SCHEMA!r}"
        )
    return decision


def write(decisions: Iterable[Decision]) -> bytes:
    """Encode decisions as lines of JSON in UTF-8."""
    return b"".join(msgspec.json.encode(decision) + b"\n" for decision in decisions)
