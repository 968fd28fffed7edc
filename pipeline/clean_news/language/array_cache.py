"""Keeps arrays that are computed from the dictionaries in the user's cache, for the next process.

A file of the cache is an uncompressed NumPy archive, whose name has the digest of what the arrays were computed from: a
changed dictionary takes effect at once. The archive has a checksum of each array; a damaged one is computed again.
"""

import contextlib
import tempfile
import tokenize
import zipfile
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

FOLDER = "arrays"  # in the user's cache
SUFFIX = ".npz"
# What NumPy raises for a damaged archive; from Python 3.13 on the tokeniser of its header is strict.
DAMAGED = (OSError, ValueError, EOFError, KeyError, SyntaxError, tokenize.TokenError, zipfile.BadZipFile, zlib.error)

Arrays = Mapping[str, NDArray[Any]]


def cached(name: str, digest: str, compute: Callable[[], Arrays]) -> Arrays:
    """Return arrays from the user's cache; compute and keep them if they are not there.

    Args:
        name: what the arrays are, for the name of the file.
        digest: SHA-256 of what they are computed from, in hex.
        compute: computes them; they must not contain Python objects. Called again if the cache is damaged.
    """
    from platformdirs import user_cache_path

    place = user_cache_path("clean-news") / FOLDER / f"{name}-{digest[:16]}{SUFFIX}"
    with contextlib.suppress(*DAMAGED):
        return _read(place)
    arrays = compute()
    with contextlib.suppress(OSError):  # a cache that cannot be written only costs time at the next start
        _write(place, arrays)
        for outdated in place.parent.glob(f"{name}-*{SUFFIX}"):
            if outdated != place:
                outdated.unlink(missing_ok=True)
    return arrays


def _read(place: Path) -> Arrays:
    """Read an archive, which compares the checksums.

    Raises:
        OSError: if there is none, or it cannot be read.
        ValueError, SyntaxError and others: if it is damaged; see :data:`DAMAGED`.
    """
    with np.load(place, allow_pickle=False) as archive:
        return {name: archive[name] for name in archive.files}


def _write(place: Path, arrays: Arrays) -> None:
    """Write an archive and put it in its place at once.

    Raises:
        OSError: if it cannot be written.
    """
    place.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=place.parent, prefix="writing-", delete=False) as file:
        temporary = Path(file.name)
        try:
            columns: dict[str, Any] = dict(arrays)
            np.savez(file, **columns)
            file.close()
            temporary.replace(place)
        finally:
            temporary.unlink(missing_ok=True)
