"""The manifest of an index: which files belong to it, with their checksums; replaced as a whole, so always one state.

All files but the manifest are written once and never changed. A process that is killed while it writes leaves files
that no manifest names, which the next update removes.
"""

import re
import zlib
from collections.abc import Iterator
from pathlib import Path

import msgspec

from clean_news.printable_text import printable
from clean_news.regular_files import MAX_LIST_BYTES, read_regular

INDEX_FORMAT = 1  # increment it when the files change
MANIFEST = "index.json"
READ_BYTES = 1 << 20
_NAME = re.compile(r"[\w-][\w.-]*", re.ASCII)  # of a file or folder of an index
REMEDY = "build it again: delete that folder and run the same command"


class IndexDamaged(ValueError):  # says what happened
    """An index is not as it was written, or of another version; the message names its folder and the remedy."""


class FileSum(msgspec.Struct, frozen=True, array_like=True):
    """Size in bytes and CRC-32 of a file."""

    size: int
    crc: int


class SegmentEntry(msgspec.Struct, frozen=True):
    """A segment: a folder of files that hold some of the articles.

    Attributes:
        name: name of the folder.
        articles: number of articles in it, removed ones included.
        files: its files.
    """

    name: str
    articles: int
    files: dict[str, FileSum]


class Manifest(msgspec.Struct, frozen=True):
    """What an index consists of.

    Attributes:
        format: :data:`INDEX_FORMAT`.
        reading: digest of all that decides what is read from a source: the settings, the version of the features.
        digest: digest of all articles, in hex; independent of their order and of the segments.
        articles: number of articles, without those that were removed.
        generation: number of the last update that changed it, in the names of the files that this wrote.
        segments: the segments, in order.
        files: the files of this generation.
    """

    format: int
    reading: str
    digest: str
    articles: int
    generation: int
    segments: tuple[SegmentEntry, ...]
    files: dict[str, FileSum]


def sum_of(path: Path) -> FileSum:
    """Return the size and the checksum of a file.

    Raises:
        OSError: if it cannot be read.
    """
    size = crc = 0
    with path.open("rb") as file:
        while block := file.read(READ_BYTES):
            crc = zlib.crc32(block, crc)
            size += len(block)
    return FileSum(size, crc)


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Replace the manifest of an index.

    Raises:
        OSError: if it cannot be written.
    """
    content = msgspec.json.encode(manifest)
    temporary = folder / f"{MANIFEST}.tmp"
    temporary.write_bytes(b"%08x\n%s\n" % (zlib.crc32(content), content))
    temporary.replace(folder / MANIFEST)


def read_manifest(folder: Path) -> Manifest:
    """Read and check the manifest of an index; the files that it names are not read.

    Raises:
        IndexDamaged: if there is none, or it is damaged, or of another version.
    """
    where = printable(folder)
    try:
        content = read_regular(folder / MANIFEST, MAX_LIST_BYTES)
    except FileNotFoundError as error:
        raise IndexDamaged(f"{where}: there is no complete index of sources; run the command that builds it") from error
    except OSError as error:
        raise IndexDamaged(f"{where}: the index of sources cannot be read ({error.strerror}); {REMEDY}") from error
    crc, _, rest = content.partition(b"\n")
    body = rest.removesuffix(b"\n")
    if crc != b"%08x" % zlib.crc32(body) or not rest.endswith(b"\n"):
        raise damaged(folder, MANIFEST)
    try:
        form = msgspec.json.decode(body, type=_Format).format
        if form == INDEX_FORMAT:
            manifest = msgspec.json.decode(body, type=Manifest)
            if all(map(_is_name, _names_in(manifest))):
                return manifest
            raise damaged(folder, MANIFEST)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise damaged(folder, MANIFEST) from error
    raise IndexDamaged(
        f"{where}: the index of sources has format {form}, this version of clean-news reads {INDEX_FORMAT}; {REMEDY}"
    )


def _names_in(manifest: Manifest) -> Iterator[str]:
    """Yield the names of all files and folders that a manifest names."""
    yield from manifest.files
    for segment in manifest.segments:
        yield from (segment.name, *segment.files)


def _is_name(name: str) -> bool:
    """Whether a name stays in the folder of the index, whoever wrote the manifest.

    >>> _is_name("idf-1.npy"), _is_name("../idf-1.npy"), _is_name(".."), _is_name("/dev/zero")
    (True, False, False, False)
    """
    return _NAME.fullmatch(name) is not None


class _Format(msgspec.Struct):
    """The part of a manifest that all versions have."""

    format: int


def damaged(folder: Path, name: str) -> IndexDamaged:
    """Return the error for a file of an index that is not as it was written."""
    return IndexDamaged(f"{printable(folder / name)}: the index of sources is damaged; {REMEDY}")


def files_of(folder: Path, manifest: Manifest) -> Iterator[tuple[Path, FileSum]]:
    """Yield the files that a manifest names, with their checksums."""
    for name, expected in manifest.files.items():
        yield folder / name, expected
    for segment in manifest.segments:
        for name, expected in segment.files.items():
            yield folder / segment.name / name, expected


def check_files(folder: Path, manifest: Manifest, only_size: str = "") -> None:
    """Compare the files of an index with their checksums.

    Args:
        folder: the folder of the index.
        manifest: its manifest.
        only_size: name of files whose size only is compared, as their parts have checksums of their own.

    Raises:
        IndexDamaged: if one is missing, cannot be read or differs.
    """
    for path, expected in files_of(folder, manifest):
        try:
            found = FileSum(path.stat().st_size, expected.crc) if path.name == only_size else sum_of(path)
        except OSError as error:
            raise damaged(path.parent, path.name) from error
        if found != expected:
            raise damaged(path.parent, path.name)
