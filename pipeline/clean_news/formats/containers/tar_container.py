"""Tar archives as containers (POSIX 1003.1-1988 and pax, GNU): only changed members are new.

The segment of a member is its headers, its content and the padding after it. In a new segment, the size and the
checksum of the header are replaced. An archive that is compressed as a whole is decompressed into a temporary file.
"""

import io
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Self

from clean_news.formats import UnreadableError
from clean_news.formats.compression import is_compressed, open_decompressed
from clean_news.formats.containers.container import (
    CHUNK_BYTES,
    MAX_MEMBER_BYTES,
    Member,
    NewSegment,
    check_count,
    part_of,
)

BLOCK_BYTES = 512
SIZE, CHECKSUM = slice(124, 136), slice(148, 156)  # fields of a header
MAX_OCTAL = 8**11 - 1  # 8 GB: the largest size of a field in octal digits
MAX_ARCHIVE_BYTES = 8 << 30  # decompressed, on the disk
MAX_END_BYTES = 16 << 20  # of zeros after the last member; tape records are at most 1 MB
DAMAGED = "is not a sound tar archive ({}); copy or pack it again"
MAX_HEADER_BYTES = 1 << 20  # of a header that names a member or has its attributes; tarfile reads it whole
EXTENSIONS = frozenset(
    (
        tarfile.XHDTYPE,
        tarfile.XGLTYPE,
        tarfile.SOLARIS_XHDTYPE,
        tarfile.GNUTYPE_LONGNAME,
        tarfile.GNUTYPE_LONGLINK,
    )
)
PLAIN = frozenset({tarfile.REGTYPE, tarfile.AREGTYPE})


class _BoundedHeader(tarfile.TarInfo):
    """A header whose extensions have a bounded size."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> Self:
        """Parse a header.

        Raises:
            tarfile.TarError: if it is not one, or is too long.
        """
        found = super().frombuf(buf, encoding, errors)
        if found.type in EXTENSIONS and found.size > MAX_HEADER_BYTES:
            raise tarfile.ReadError("a header is too long")
        return found


class TarContainer:
    """An open tar archive; see :class:`clean_news.formats.containers.container.Container`."""

    def __init__(self, file: IO[bytes]) -> None:
        """Read its headers.

        Args:
            file: the archive, decompressed and seekable.

        Raises:
            UnreadableError: if it is not a sound one.
        """
        self.file = file
        self.size = file.seek(0, io.SEEK_END)
        self.members: list[Member] = []
        self._data: list[int] = []  # offset of the content of each member
        file.seek(0)
        try:
            with tarfile.open(fileobj=file, mode="r:", tarinfo=_BoundedHeader) as archive:
                while info := archive.next():
                    self._add(info)
                    archive.members.clear()  # type: ignore[attr-defined]  # else they are all kept
        except UnreadableError:
            raise
        except (tarfile.TarError, ValueError, OverflowError, EOFError, RecursionError) as error:
            raise UnreadableError(DAMAGED.format(str(error).rstrip("."))) from error
        self._check_end()

    def _check_end(self) -> None:
        """Check that only zeros follow the last member, as at a damaged header tarfile just stops.

        Raises:
            UnreadableError: if that is not so.
        """
        start = self.members[-1].end if self.members else 0
        if self.size - start < BLOCK_BYTES:
            raise UnreadableError("is truncated; copy or pack it again")
        if self.size - start > MAX_END_BYTES or any(chunk.strip(b"\0") for chunk in part_of(self, start, self.size)):
            raise UnreadableError(DAMAGED.format("after a member there is something else, perhaps another archive"))

    def _add(self, info: tarfile.TarInfo) -> None:
        """Add a member.

        Raises:
            UnreadableError: if it does not follow the one before it, or goes beyond the file.
        """
        check_count(len(self.members) + 1)
        start = self.members[-1].end if self.members else 0
        # As tarfile does: members of unknown types have contents, links and devices have not.
        stored = info.size if info.isreg() or info.type not in tarfile.SUPPORTED_TYPES else 0
        end = info.offset_data + -(-stored // BLOCK_BYTES) * BLOCK_BYTES
        if info.issparse():  # its size is that of the file, not of what the archive has
            raise UnreadableError("has a file with holes, as of a database; pack it again without --sparse")
        if info.offset < start or end > self.size:
            raise UnreadableError(DAMAGED.format("a member is truncated"))
        fault = ""
        if info.size > MAX_MEMBER_BYTES:
            fault = f"is larger than {MAX_MEMBER_BYTES >> 20} MB; unpack the archive and clean the file"
        elif "size" in info.pax_headers:
            fault = "has its size in a pax header; pack the archive again with --format=gnu"
        self.members.append(Member(info.name, start, end, info.size, info.type in PLAIN, fault))
        self._data.append(info.offset_data)

    def content(self, number: int) -> Iterator[bytes]:
        """Yield the content of a member in chunks; see :class:`Container`."""
        start = self._data[number]
        yield from part_of(self, start, start + self.members[number].size)

    def new_segment(self, number: int, content: IO[bytes], target: IO[bytes]) -> NewSegment:
        """Write the segment of a member with another content; see :class:`Container`."""
        start, header_at = self.members[number].start, self._data[number] - BLOCK_BYTES
        size = content.seek(0, io.SEEK_END)
        content.seek(0)
        for chunk in part_of(self, start, header_at):  # headers with a long name
            target.write(chunk)
        target.write(_with_size(b"".join(part_of(self, header_at, self._data[number])), size))
        checksum = 0
        while chunk := content.read(CHUNK_BYTES):
            checksum = zlib.crc32(chunk, checksum)
            target.write(chunk)
        padding = -size % BLOCK_BYTES
        target.write(b"\0" * padding)
        return NewSegment(self._data[number] - start + size + padding, checksum, size, size)

    def new_tail(self, _: dict[int, NewSegment]) -> bytes:
        """Return the tail, which is the same whatever the members are; see :class:`Container`."""
        return b"".join(part_of(self, self.members[-1].end, self.size))


def _with_size(header: bytes, size: int) -> bytes:
    """Return a header with another size.

    Raises:
        UnreadableError: if it is too large for its field.
    """
    if size > MAX_OCTAL:
        raise UnreadableError("becomes larger than 8 GB in a tar archive; unpack it and clean the files")
    new = bytearray(header)
    new[SIZE] = b"%011o\0" % size
    new[CHECKSUM] = b" " * 8
    new[CHECKSUM] = b"%06o\0 " % sum(new)
    return bytes(new)


@contextmanager
def open_tar(path: Path) -> Iterator[TarContainer]:
    """Open a tar archive, compressed or not.

    Raises:
        OSError: if it cannot be read.
        UnreadableError: if it is not a sound one, looks like a bomb, or the library for its compression is missing.
    """
    with open_decompressed(path, guarded=True) as source:
        if not is_compressed(path):
            yield TarContainer(source)
            return
        with TemporaryFile(prefix="clean-news-") as file:
            size = 0
            while chunk := source.read(CHUNK_BYTES):
                size += len(chunk)
                if size > MAX_ARCHIVE_BYTES:
                    raise UnreadableError(
                        f"is larger than {MAX_ARCHIVE_BYTES >> 30} GB when it is decompressed; unpack it and clean the "
                        "files"
                    )
                file.write(chunk)
            yield TarContainer(file)
