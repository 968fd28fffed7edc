"""The interface of containers, and the limits that keep a hostile one from exhausting memory, disk or time."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import IO, NamedTuple, Protocol

from clean_news.formats import Format, UnreadableError
from clean_news.formats.compression import MAX_RATIO, MIN_BOMB_BYTES

CHUNK_BYTES = 1 << 18
MAX_MEMBERS = 100_000
MAX_MEMBER_BYTES = 1 << 30  # of one decompressed member


class Member(NamedTuple):
    """A member of a container.

    Attributes:
        name: its name; may be anything, so it is never used as a path.
        start: offset of its segment in bytes.
        end: exclusive end.
        size: size of its content in bytes.
        is_file: whether it is a file, not a folder, a link or a device.
        fault: why its content cannot be read, and what to do; empty if it can.
    """

    name: str
    start: int
    end: int
    size: int
    is_file: bool
    fault: str = ""


class Container(Protocol):
    """An open container.

    Attributes:
        file: its bytes, decompressed if the container as a whole is compressed.
        members: its members, in the order of their segments; the first begins at 0, and each where the last one ended.
        size: its size in bytes.
    """

    file: IO[bytes]
    members: list[Member]
    size: int

    def content(self, number: int) -> Iterator[bytes]:
        """Yield the content of a member in chunks.

        Raises:
            UnreadableError: if it is damaged.
        """
        ...

    def new_segment(self, number: int, content: IO[bytes], target: IO[bytes]) -> "NewSegment":
        """Write the segment of a member with another content.

        Args:
            number: number of the member, from 0.
            content: its new content.
            target: the file to write to, at its current position.
        """
        ...

    def new_tail(self, segments: "dict[int, NewSegment]") -> bytes:
        """Return what follows the last segment, given the new segments by the number of their members."""
        ...


class NewSegment(NamedTuple):
    """A segment that was written in place of a raw one.

    Attributes:
        length: its length in bytes.
        checksum: CRC-32 of the content.
        compressed: size of the compressed content.
        size: size of the content.
    """

    length: int
    checksum: int
    compressed: int
    size: int


class Part(NamedTuple):
    """A member that may contain articles.

    Attributes:
        number: its number in the container.
        name: name of its articles within the container.
        suffix: extension of its type.
        fault: why it cannot be cleaned, and what to do; empty if it can.
    """

    number: int
    name: str
    suffix: str
    fault: str = ""


class Kind(NamedTuple):
    """What a type of container has of its own.

    Attributes:
        key: key in the carriers of its articles; a package in an archive has another than the archive.
        open: opens a file of this type; raises UnreadableError.
        parts: finds the members that may contain articles, in order; raises UnreadableError.
        format_of: returns the format of a part that was extracted; None if it contains no articles.
        packing: returns a stream that packs what is written to a file of a name, and leaves the file open.
    """

    key: str
    open: Callable[[Path], AbstractContextManager[Container]]
    parts: Callable[[Container], list[Part]]
    format_of: Callable[[Path], Format | None]
    packing: Callable[[IO[bytes], str], AbstractContextManager[IO[bytes]]]


def tail_start(container: Container) -> int:
    """Return the offset of what follows the last segment."""
    return container.members[-1].end if container.members else 0


def part_of(container: Container, start: int, end: int) -> Iterator[bytes]:
    """Yield the bytes of a container from a start to an exclusive end, in chunks.

    Raises:
        UnreadableError: if the file has become shorter.
    """
    position = start
    while position < end:
        container.file.seek(position)  # each time: reading a member may have moved it
        chunk = container.file.read(min(CHUNK_BYTES, end - position))
        if not chunk:
            raise UnreadableError("became shorter while it was read; let no other program write to it")
        position += len(chunk)
        yield chunk


def sha256(container: Container) -> str:
    """Return the SHA-256 of a container, in hex."""
    digest = hashlib.sha256()
    for chunk in part_of(container, 0, container.size):
        digest.update(chunk)
    return digest.hexdigest()


def check_size(decompressed: int, compressed: int) -> None:
    """Refuse a container whose members would decompress to much more than it contains.

    Raises:
        UnreadableError: if it may be a decompression bomb.
    """
    if decompressed > MIN_BOMB_BYTES and decompressed > MAX_RATIO * compressed:
        raise UnreadableError(
            f"decompresses to more than {MAX_RATIO} times its size, {decompressed >> 20} MB, and may be a "
            "decompression bomb; if you trust it, unpack it and clean the files"
        )


def check_count(count: int) -> None:
    """Refuse a container with too many members.

    Raises:
        UnreadableError: if there are too many.
    """
    if count > MAX_MEMBERS:
        raise UnreadableError(f"has more than {MAX_MEMBERS:,} members; unpack it and clean the files")
