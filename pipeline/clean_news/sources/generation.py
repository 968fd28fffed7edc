"""A generation of an index: what an update writes besides new segments, and what a reader opens.

Segments never change. The weights, the table of source files and the manifest, which names them all, are written again
with each update, the manifest last.
"""

import hashlib
import re
import shutil
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np

from clean_news.failures import Failure
from clean_news.files.discovery import Stamp
from clean_news.sources.features import FEATURES_VERSION
from clean_news.sources.manifest import (
    INDEX_FORMAT,
    MANIFEST,
    Manifest,
    SegmentEntry,
    damaged,
    sum_of,
    write_manifest,
)
from clean_news.sources.records import DIGEST_BYTES
from clean_news.sources.segment import Segment, mapped, open_segment
from clean_news.sources.weights import IndexWeights, Live, weights_of

WEIGHTS = ("features", "squares", "scales")  # the arrays of IndexWeights
FILE_TABLE = "files"
SEGMENT = "segment"
MAX_FILE_FAILURES = 100  # of one file, to bound the table of files
# Names of what an index consists of: with its generation each, and for a segment its number.
OWN_NAME = re.compile(rf"{re.escape(MANIFEST)}(\.tmp)?|(?:{'|'.join((*WEIGHTS, FILE_TABLE, SEGMENT))})-.*")


class KnownFile(msgspec.Struct, frozen=True, array_like=True):
    """A source file whose articles the index has.

    Attributes:
        number: its number, which the segments store for each article.
        stamp: its stamp when it was read; None if a later change may have the same.
        failures: what could not be read of it, at most :data:`MAX_FILE_FAILURES`; told again while it is unchanged.
    """

    number: int
    stamp: Stamp | None
    failures: tuple[Failure, ...] = ()


FileTable = dict[bytes, KnownFile]  # by the file's real path
_TABLE_DECODER = msgspec.msgpack.Decoder(FileTable)


class Contents(NamedTuple):
    """What an index contains.

    Attributes:
        entries: the entries of its segments in the manifest.
        live: for each segment, which of its articles were not removed.
        files: the source files.
    """

    entries: tuple[SegmentEntry, ...]
    live: list[Live]
    files: FileTable


def weights_file(kind: str, generation: int) -> str:
    """Return the name of the file of an array of weights."""
    return f"{kind}-{generation}.npy"


def file_table(generation: int) -> str:
    """Return the name of the file with the table of source files."""
    return f"{FILE_TABLE}-{generation}.msgpack"


def open_generation(folder: Path, manifest: Manifest) -> tuple[list[Segment], IndexWeights]:
    """Open the segments and the weights of an index whose files were checked.

    Raises:
        IndexDamaged: if a file cannot be read, or they do not belong together.
    """
    segments = [open_segment(folder, entry) for entry in manifest.segments]
    names = [weights_file(kind, manifest.generation) for kind in WEIGHTS]
    try:
        weights = IndexWeights(*(mapped(folder / name) for name in names))
    except (OSError, ValueError) as error:
        raise damaged(folder, names[0]) from error
    if len(weights.scales) != sum(segment.size for segment in segments):
        raise damaged(folder, names[-1])
    return segments, weights


def contents_of(folder: Path, manifest: Manifest) -> Contents:
    """Read what an index contains; its files were checked.

    Raises:
        IndexDamaged: if a file cannot be read, or they do not belong together.
    """
    segments, weights = open_generation(folder, manifest)
    ends = np.cumsum([segment.size for segment in segments], dtype=np.int64)
    live = [np.array(each) for each in np.split(weights.scales > 0, ends[:-1])] if segments else []
    name = file_table(manifest.generation)
    try:
        files = _TABLE_DECODER.decode((folder / name).read_bytes())
    except (OSError, msgspec.MsgspecError) as error:
        raise damaged(folder, name) from error
    return Contents(manifest.segments, live, files)


def write_generation(folder: Path, generation: int, reading: str, contents: Contents) -> None:
    """Write the weights and the table of source files, and then the manifest.

    Args:
        folder: the folder of the index.
        generation: number of the generation; no file of an earlier one has it.
        reading: see :class:`Manifest`.
        contents: what the index contains.

    Raises:
        OSError: if it cannot be written.
    """
    segments = [open_segment(folder, entry) for entry in contents.entries]
    names = [weights_file(kind, generation) for kind in WEIGHTS]
    for name, array in zip(names, weights_of(segments, contents.live), strict=True):
        np.save(folder / name, array)
    names.append(file_table(generation))
    (folder / names[-1]).write_bytes(msgspec.msgpack.encode(contents.files))
    manifest = Manifest(
        INDEX_FORMAT,
        reading,
        digest_of_all(segments, contents.live),
        sum(int(each.sum()) for each in contents.live),
        generation,
        contents.entries,
        {name: sum_of(folder / name) for name in names},
    )
    write_manifest(folder, manifest)


def digest_of_all(segments: Sequence[Segment], live: Sequence[Live]) -> str:
    """Return the digest of all articles, in hex.

    It is made from the sum of the articles' digests (a multiset hash), so it does not depend on their order.
    """
    total = 0
    for segment, alive in zip(segments, live, strict=True):
        digests = segment.digests[alive].tobytes()
        places = range(0, len(digests), DIGEST_BYTES)
        total += sum(int.from_bytes(digests[place : place + DIGEST_BYTES], "big") for place in places)
    return hashlib.sha256(f"{INDEX_FORMAT} {FEATURES_VERSION} {total}".encode()).hexdigest()


def remove_unnamed(folder: Path, manifest: Manifest | None) -> None:
    """Remove the files of an index that its manifest does not name: those of killed updates and earlier generations.

    Args:
        folder: the folder of the index, which no other process updates.
        manifest: its manifest; None if there is none that can be read.
    """
    named = {MANIFEST}
    if manifest is not None:
        named |= {*manifest.files, *(entry.name for entry in manifest.segments)}
    for found in folder.iterdir():
        if found.name in named or not OWN_NAME.fullmatch(found.name):
            continue
        if found.is_dir() and not found.is_symlink():
            shutil.rmtree(found, ignore_errors=True)
        else:
            with suppress(OSError):  # on Windows while a process has it open; the next update removes it
                found.unlink()
