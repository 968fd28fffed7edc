"""ZIP archives as containers (PKWARE's APPNOTE 6.3): any other writer's bytes are kept, only changed members are new.

The standard library reads the directory and the contents. The segment of a member is everything from its local header
to the next one, and the tail is the central directory. In a new tail, the sizes, checksums and offsets are replaced.
"""

import io
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, NamedTuple, cast

from clean_news.formats import UnreadableError
from clean_news.formats.containers.container import (
    CHUNK_BYTES,
    MAX_MEMBER_BYTES,
    Member,
    NewSegment,
    check_count,
    check_size,
)
from clean_news.regular_files import open_regular

LOCAL = struct.Struct("<4s5H3I2H")
CENTRAL = struct.Struct("<4s6H3I5H2I")
END = struct.Struct("<4s4H2IH")
LOCAL_MAGIC, CENTRAL_MAGIC, END_MAGIC = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
IN_ZIP64 = 0xFFFFFFFF  # the value is in an additional field
ZIP64_FIELD = 1
ENCRYPTED, IN_DESCRIPTOR = 1, 8  # flags of a member
MAX_DIRECTORY_BYTES = 16 << 20  # 100,000 members with long names
MAX_COMMENT_BYTES = 65_535
LEVEL = 6  # of zlib
METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}  # the only ones of packages; LZMA may ask for 4 GB of memory
DAMAGED = "is not a sound ZIP archive ({}); copy or pack it again"


class _Entry(NamedTuple):
    """An entry of the central directory.

    Attributes:
        at: its offset in the tail.
        info: what the standard library says of it.
        data_start: offset of the compressed content in the file.
    """

    at: int
    info: zipfile.ZipInfo
    data_start: int


class ZipContainer:
    """An open ZIP archive; see :class:`clean_news.formats.containers.container.Container`."""

    def __init__(self, file: IO[bytes]) -> None:
        """Read its directory.

        Args:
            file: the archive, which must be seekable.

        Raises:
            UnreadableError: if it is not a sound one, or looks like a bomb.
        """
        self.file = file
        self.size = file.seek(0, io.SEEK_END)
        self._check_directory_size()
        try:
            self.archive = zipfile.ZipFile(file)
        except (zipfile.BadZipFile, NotImplementedError, ValueError, UnicodeDecodeError, struct.error) as error:
            raise UnreadableError(DAMAGED.format(str(error).rstrip("."))) from error
        self.tail = self._read_tail()
        self.entries = self._entries()
        check_count(len(self.entries))
        check_size(sum(each.info.file_size for each in self.entries), self.size)
        self.members = [self._member(each, end) for each, end in self._with_ends(self.entries)]

    def _check_directory_size(self) -> None:
        """Check the size of the directory before it is read as a whole.

        Raises:
            UnreadableError: if it is too long.
        """
        self.file.seek(max(0, self.size - END.size - MAX_COMMENT_BYTES))
        found = self.file.read()
        at = found.rfind(END_MAGIC)
        if 0 <= at <= len(found) - END.size and END.unpack_from(found, at)[5] > MAX_DIRECTORY_BYTES:
            raise UnreadableError("has too long a directory for an archive of articles; unpack it and clean the files")

    def _read_tail(self) -> bytes:
        """Return the central directory and what follows it.

        Raises:
            UnreadableError: if it is too long, or is not where it should be.
        """
        start = self.archive.start_dir
        self.file.seek(start)
        tail = self.file.read()
        at = tail.rfind(END_MAGIC)
        end = END.unpack_from(tail, at) if 0 <= at <= len(tail) - END.size else None
        if not end or at + END.size + end[7] != len(tail) or end[6] != start or end[5] != at:
            raise UnreadableError(
                DAMAGED.format(
                    "its directory is elsewhere, as in archives over 4 GB or programs that unpack themselves"
                )
            )
        return tail

    def _entries(self) -> list[_Entry]:
        """Return the entries of the directory, in the order of their segments.

        Raises:
            UnreadableError: if they overlap or do not fit the file.
        """
        found = []
        at = 0
        for info in self.archive.infolist():
            fields = CENTRAL.unpack_from(self.tail, at)
            if fields[0] != CENTRAL_MAGIC or IN_ZIP64 in (fields[8], fields[9], fields[16]):
                raise UnreadableError(DAMAGED.format("its directory has sizes of ZIP64"))
            found.append(_Entry(at, info, self._data_start(info)))
            at += CENTRAL.size + sum(fields[10:13])
        found.sort(key=lambda each: each.info.header_offset)
        for each, end in self._with_ends(found):
            if each.data_start + each.info.compress_size > end:
                raise UnreadableError(DAMAGED.format("its members overlap"))
        if found and found[0].info.header_offset != 0:
            raise UnreadableError(DAMAGED.format("it does not begin with a member, as programs that unpack themselves"))
        return found

    def _with_ends(self, entries: list[_Entry]) -> Iterator[tuple[_Entry, int]]:
        """Yield sorted entries with the exclusive ends of their segments."""
        starts = [each.info.header_offset for each in entries]
        yield from zip(entries, [*starts[1:], self.archive.start_dir], strict=False)

    def _data_start(self, info: zipfile.ZipInfo) -> int:
        """Return the offset of the compressed content of a member.

        Raises:
            UnreadableError: if its local header is not there.
        """
        header = self._local_header(info)
        return info.header_offset + LOCAL.size + header[9] + header[10]

    def _local_header(self, info: zipfile.ZipInfo) -> tuple[bytes, int, int, int, int, int, int, int, int, int, int]:
        """Return the fields of the local header of a member.

        Raises:
            UnreadableError: if it is not there.
        """
        self.file.seek(info.header_offset)
        found = self.file.read(LOCAL.size)
        if len(found) < LOCAL.size or not found.startswith(LOCAL_MAGIC):
            raise UnreadableError(DAMAGED.format("a member is not where its directory says"))
        return cast("tuple[bytes, int, int, int, int, int, int, int, int, int, int]", LOCAL.unpack(found))

    def _member(self, entry: _Entry, end: int) -> Member:
        """Return the member of an entry."""
        info = entry.info
        fault = ""
        if info.flag_bits & ENCRYPTED:
            fault = "is encrypted; unpack the archive with its password and clean the files"
        elif info.compress_type not in METHODS:
            fault = "is compressed in a way that is not supported; pack the archive again as an ordinary ZIP"
        elif info.file_size > MAX_MEMBER_BYTES:
            fault = f"is larger than {MAX_MEMBER_BYTES >> 20} MB; unpack the archive and clean the file"
        is_link = (info.external_attr >> 28) == 0o12 and info.create_system == 3  # of Unix
        is_file = not info.is_dir() and not is_link
        return Member(info.filename, info.header_offset, end, info.file_size, is_file, fault)

    def content(self, number: int) -> Iterator[bytes]:
        """Yield the content of a member in chunks; see :class:`Container`."""
        try:
            with self.archive.open(self.entries[number].info) as file:
                left = self.members[number].size
                while chunk := file.read(CHUNK_BYTES):
                    left -= len(chunk)
                    yield chunk
                if left:
                    raise UnreadableError("is truncated in its archive; pack it again")
        except UnreadableError:
            raise
        except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, ValueError) as error:
            raise UnreadableError(f"is damaged in its archive ({error}); pack it again") from error

    def new_segment(self, number: int, content: IO[bytes], target: IO[bytes]) -> NewSegment:
        """Write the segment of a member with another content; see :class:`Container`.

        The name, the date and the attributes stay. The content is deflated, or stored if the raw one was.
        """
        info = self.entries[number].info
        with tempfile.TemporaryFile() as packed:
            checksum = size = 0
            compressor = zlib.compressobj(LEVEL, zlib.DEFLATED, -15)
            is_stored = info.compress_type == zipfile.ZIP_STORED
            while chunk := content.read(CHUNK_BYTES):
                checksum, size = zlib.crc32(chunk, checksum), size + len(chunk)
                packed.write(chunk if is_stored else compressor.compress(chunk))
            if not is_stored:
                packed.write(compressor.flush())
            compressed = packed.tell()
            header = self._new_header(info, checksum, compressed, size)
            target.write(header)
            packed.seek(0)
            while chunk := packed.read(CHUNK_BYTES):
                target.write(chunk)
        return NewSegment(len(header) + compressed, checksum, compressed, size)

    def _new_header(self, info: zipfile.ZipInfo, checksum: int, compressed: int, size: int) -> bytes:
        """Return the local header of a member with another content."""
        header = self._local_header(info)
        name_length, extra_length = header[9], header[10]
        name, extra = self.file.read(name_length), _without_zip64(self.file.read(extra_length))
        version, flags, method, time, date = header[1:6]
        packed = LOCAL.pack(
            LOCAL_MAGIC, version, flags & ~IN_DESCRIPTOR, _new_method(method), time, date, checksum, compressed, size,
            name_length, len(extra),
        )  # fmt: skip
        return packed + name + extra

    def new_tail(self, segments: dict[int, NewSegment]) -> bytes:
        """Return the directory of the archive with new segments; see :class:`Container`."""
        tail = bytearray(self.tail)
        shift = 0
        for number, (entry, member) in enumerate(zip(self.entries, self.members, strict=True)):
            fields = list(CENTRAL.unpack_from(tail, entry.at))
            fields[16] = member.start + shift
            if new := segments.get(number):
                fields[3] &= ~IN_DESCRIPTOR
                fields[4] = _new_method(fields[4])
                fields[7:10] = new.checksum, new.compressed, new.size
                shift += new.length - (member.end - member.start)
            CENTRAL.pack_into(tail, entry.at, *fields)
        at = tail.rfind(END_MAGIC)
        end = list(END.unpack_from(tail, at))
        end[6] += shift
        END.pack_into(tail, at, *end)
        return bytes(tail)


def _new_method(method: int) -> int:
    """Return how a member with another content is compressed."""
    return zipfile.ZIP_STORED if method == zipfile.ZIP_STORED else zipfile.ZIP_DEFLATED


def _without_zip64(extra: bytes) -> bytes:
    """Return the additional fields of a local header without the sizes that ZIP64 has there."""
    kept, at = b"", 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<2H", extra, at)
        if kind != ZIP64_FIELD:
            kept += extra[at : at + 4 + length]
        at += 4 + length
    return kept


@contextmanager
def open_zip(path: Path) -> Iterator[ZipContainer]:
    """Open a ZIP archive.

    Raises:
        OSError: if it cannot be read.
        UnreadableError: if it is not a sound one, or looks like a bomb.
    """
    with open_regular(path) as file:
        yield ZipContainer(file)
