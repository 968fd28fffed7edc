"""What turns a file back into an earlier version of it: the blocks that differ, compressed."""

import base64
import zlib
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import IO, Any

from clean_news.stored_bytes import decompress

BLOCK_BYTES = 4096  # the usual size of a page
RUN_BLOCKS = 4096  # blocks that are compressed together, at most
SIZE, RUNS = "size", "blocks"


def difference(old: IO[bytes], new: IO[bytes]) -> dict[str, Any]:
    """Return what :func:`applied` needs to make the old content of a file from the new one.

    Args:
        old: the earlier version, from its beginning.
        new: the later one, from its beginning.

    Returns:
        The size of the old content in bytes, and runs of blocks: the number of the first, and their content.
    """
    size = 0

    def differing() -> Iterator[tuple[int, bytes]]:
        nonlocal size
        number = 0
        while block := old.read(BLOCK_BYTES):
            if block != new.read(BLOCK_BYTES):
                yield number, block
            size += len(block)
            number += 1

    runs = [_packed(run) for run in _runs(differing())]
    return {SIZE: size, RUNS: runs}


def _runs(blocks: Iterable[tuple[int, bytes]]) -> Iterator[list[tuple[int, bytes]]]:
    """Yield blocks that follow each other together, up to :data:`RUN_BLOCKS` of them."""
    numbered = ((number - count, number // RUN_BLOCKS, number, block) for count, (number, block) in enumerate(blocks))
    for _, run in groupby(numbered, key=lambda each: each[:2]):
        yield [(number, block) for _, _, number, block in run]


def _packed(run: list[tuple[int, bytes]]) -> list[Any]:
    """Return a run as a log has it."""
    content = zlib.compress(b"".join(block for _, block in run), 9)
    return [run[0][0], base64.b64encode(content).decode("ascii")]


def applied(new: IO[bytes], stored: Any) -> Iterator[bytes]:  # noqa: ANN401  # whatever is in the log
    """Yield the old content of a file.

    Args:
        new: the later version, seekable.
        stored: what :func:`difference` returned.

    Raises:
        ValueError: if it is something else.
    """
    runs = _checked_runs(stored)
    size: int = stored[SIZE]
    position = 0
    for first, packed in [*runs, (None, "")]:
        start = size if first is None else first * BLOCK_BYTES
        if not position <= start <= size:
            raise ValueError("its blocks are not in order")
        new.seek(position)
        while position < start:
            chunk = new.read(min(RUN_BLOCKS * BLOCK_BYTES, start - position))
            if not chunk:
                raise ValueError("the clean file is shorter")
            position += len(chunk)
            yield chunk
        if first is not None:
            content = decompress(packed, min(RUN_BLOCKS * BLOCK_BYTES, size - position))
            position += len(content)
            yield content


def _checked_runs(stored: Any) -> list[tuple[int, str]]:  # noqa: ANN401  # whatever is in the log
    """Return the runs of blocks.

    Raises:
        ValueError: if they are none.
    """
    if not isinstance(stored, dict) or type(stored.get(SIZE)) is not int or not isinstance(stored.get(RUNS), list):
        raise ValueError("it does not have the blocks of the raw file")
    for run in stored[RUNS]:
        if not (isinstance(run, list) and len(run) == 2 and type(run[0]) is int and isinstance(run[1], str)):
            raise ValueError("it does not have the blocks of the raw file")
    return [(run[0], run[1]) for run in stored[RUNS]]
