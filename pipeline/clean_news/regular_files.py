"""Open and read regular files only, and only up to a size.

A named pipe can block a reader for ever, a device can be endless, and whoever may put a file into a folder may put
these there too. Every file that somebody else may have written is therefore opened here: without waiting for a writer
(``O_NONBLOCK``), and its kind is taken from the open file, so that nothing can be exchanged in between.
"""

import errno
import hashlib
import os
import stat
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

MEGABYTE = 1 << 20
LINE_BYTES = 512  # longer than most lines of a list
# Dictionaries, protected terms and decisions. The largest dictionary that is shipped has 1 MB, and a decision takes
# 250 bytes: a million of them still fit. What is larger was named by mistake, and would take gigabytes once parsed.
MAX_LIST_BYTES = 256 * MEGABYTE
MAX_SETTINGS_BYTES = MEGABYTE // 2  # the settings take kilobytes, a large project's pyproject.toml a hundred of them
# A clean file of one article, or its log. An article has 64 MB by default (max-megabytes), and the log of one whose
# every word was changed some ten times its size.
MAX_ARTICLE_FILE_BYTES = 1024 * MEGABYTE

# At the system's level: do not wait for the writer of a pipe, do not make a terminal the controlling one.
_FLAGS = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0)
_KINDS = {
    stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFDIR: "a folder",
}


class UnsuitableFileError(OSError):
    """A file is not a regular one, or too large; ``strerror`` says what it is."""


def other_kind(mode: int) -> str:
    """Return what a file is that is not a regular one; empty for a regular file.

    Args:
        mode: ``st_mode`` of the file.

    >>> other_kind(stat.S_IFIFO | 0o644), other_kind(stat.S_IFREG | 0o644)
    ('a named pipe', '')
    """
    return "" if stat.S_ISREG(mode) else _KINDS.get(stat.S_IFMT(mode), "a special file")


def not_regular(path: str | Path, kind: str) -> UnsuitableFileError:
    """Return the exception to raise for a file of another kind; see :func:`other_kind`."""
    return UnsuitableFileError(errno.EINVAL, f"is {kind}, not a regular file", str(path))


def open_regular(path: str | Path, limit: int | None = None, *, buffering: int = -1) -> BinaryIO:
    """Open a regular file for reading.

    Args:
        path: the file.
        limit: maximum size in bytes; None for any size, of a file that is not read as a whole.
        buffering: as for ``open``.

    Raises:
        UnsuitableFileError: if it is not a regular file, or is larger.
        OSError: if it cannot be opened.
    """
    try:
        file = open(path, "rb", buffering, opener=_open)  # noqa: SIM115  # Path.open has no opener; returned
    except ValueError as error:  # a NUL in the name
        raise UnsuitableFileError(errno.EINVAL, "is not a file name", str(path)) from error
    except OSError as error:
        if kind := _other_kind_at(path):  # a folder, or a socket, whose error is "No such device"
            raise not_regular(path, kind) from error
        raise
    try:
        found = os.fstat(file.fileno())
        if kind := other_kind(found.st_mode):
            raise not_regular(path, kind)
        if limit is not None and found.st_size > limit:
            raise too_large(path, limit)
    except BaseException:
        file.close()
        raise
    return file


def read_regular(path: str | Path, limit: int) -> bytes:
    """Read a regular file.

    Args:
        path: the file.
        limit: maximum size in bytes.

    Raises:
        UnsuitableFileError: if it is not a regular file, or is larger.
        OSError: if it cannot be read.
    """
    with open_regular(path, limit) as file:
        content = file.read(limit + 1)
    if content is None or len(content) > limit:  # a file of the system, whose size is stated as 0
        raise too_large(path, limit)
    return content


def lines_of(path: str | Path, limit: int) -> Iterator[bytes]:
    """Yield the lines of a regular file, with their line feeds, without reading it as a whole.

    Args:
        path: the file.
        limit: maximum size in bytes.

    Raises:
        UnsuitableFileError: if it is not a regular file, or is larger.
        OSError: if it cannot be read.
    """
    size = 0
    with open_regular(path, limit) as file:
        while line := file.readline(limit + 1):
            size += len(line)
            if size > limit:  # a file of the system, whose size is stated as 0
                raise too_large(path, limit)
            yield line


def _other_kind_at(path: str | Path) -> str:
    """Return what kind of file is at a path that could not be opened; empty for a regular file or none."""
    try:
        return other_kind(os.stat(path).st_mode)  # noqa: PTH116  # as for open, a path may be a string
    except OSError:
        return ""


def _open(path: str, flags: int) -> int:
    """The opener of :func:`open_regular`."""
    return os.open(path, flags | _FLAGS)


def too_large(path: str | Path, limit: int) -> UnsuitableFileError:
    """Return the exception to raise for a file that is larger than ``limit`` bytes."""
    return UnsuitableFileError(errno.EINVAL, f"is larger than {limit / MEGABYTE:g} MB", str(path))


class LineIndex:
    """Finds lines of large files by the hashes of their keys, without keeping the lines in memory.

    The files are kept open: while a run replaces one, what was read stays what it is.

    Attributes:
        files: the files, open for reading.
        rows: the number of each line, in the order of the hashes.
    """

    def __init__(self, files: Sequence[BinaryIO]) -> None:
        self.files = files
        self._offsets, self._file_of, self._hashes = array("q"), array("H"), array("q")
        self.rows = array("q")

    def extend(self, key_hashes: Iterable[int], file: int, offsets: Sequence[int]) -> None:
        """Add lines: the hashes of their keys, the number of their file, and where each begins there in bytes."""
        self._hashes.extend(key_hashes)
        self._offsets.extend(offsets)
        self._file_of.extend([file] * len(offsets))

    def sort(self) -> None:
        """Sort the lines by the hashes; to be called once all are added."""
        order = sorted(range(len(self._hashes)), key=self._hashes.__getitem__)
        self._hashes = array("q", map(self._hashes.__getitem__, order))
        self.rows = array("q", order)

    def repeated(self) -> Iterator[list[int]]:
        """Yield the rows of the lines that have the same hash, in the order of the files, where there are several."""
        previous, seen = None, None
        for key_hash in self._hashes:
            if key_hash == previous != seen:
                seen = key_hash
                yield sorted(self.rows_of(key_hash))
            previous = key_hash

    def rows_of(self, key_hash: int) -> list[int]:
        """Return the rows of the lines whose keys have a hash."""
        begin = bisect_left(self._hashes, key_hash)
        end = begin
        if begin < len(self._hashes) and self._hashes[begin] == key_hash:
            end = bisect_right(self._hashes, key_hash, begin)
        return self.rows[begin:end].tolist()

    def line(self, row: int) -> tuple[int, bytes]:
        """Read a line; return the number of its file and its content."""
        number, offset = self._file_of[row], self._offsets[row]
        content = b""
        while not content.endswith(b"\n"):
            size = max(LINE_BYTES, len(content))
            # Not seek and read, since processes that were forked share the position.
            block = os.pread(self.files[number].fileno(), size, offset + len(content))
            if not block:
                break
            content += block[: block.find(b"\n") + 1 or None]
        return number, content

    def checksum(self) -> str:
        """Return the SHA-256 of the files, in hex."""
        whole = hashlib.sha256()
        for file in self.files:
            file.seek(0)
            while block := file.read(MEGABYTE):
                whole.update(block)
            whole.update(b"\0")
        return whole.hexdigest()
