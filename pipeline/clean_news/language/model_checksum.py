"""The checksum of a language model: ``news.lm.sha256`` beside ``news.lm``, in the format of ``sha256sum``.

One flipped bit in a model makes the stages that use it fail, or changes their output without a word. The checksum is
compared once in each process. That costs nothing extra in a run, since every change log records the same digest:
hashing the 45 MB of both takes 30 ms. A module of its own, because a run with nothing to do needs nothing else of the
models.
"""

import hashlib
from functools import cache
from pathlib import Path

SUFFIX = ".sha256"  # appended to the model's file name


class ModelError(ValueError):
    """The file is not a whole language model of a format that this version reads; the message names the remedy."""


def checksum_file(model: Path) -> Path:
    """Return the path of a model's checksum."""
    return model.with_name(model.name + SUFFIX)


@cache
def sha256_of(model: Path) -> str:
    """Return the SHA-256 of a model file, in hex; computed once in each process.

    Raises:
        OSError: if it cannot be read.
    """
    with model.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def recorded_sha256(model: Path) -> str | None:
    """Return the SHA-256 that was recorded when a model was built, in hex; None if there is no record of it."""
    try:
        return (checksum_file(model).read_text(encoding="ascii").split() or [""])[0]
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError):
        return ""


def check(model: Path) -> None:
    """Check a model file against its checksum; a model without one, which an older version built, passes.

    Raises:
        ModelError: if the model is missing, cannot be read or was damaged.
    """
    remedy = "install clean-news again, or build the model again with: clean-news model build"
    try:
        found = sha256_of(model)
    except OSError as error:
        raise ModelError(f"{model}: the language model cannot be read ({error.strerror}); {remedy}") from error
    recorded = recorded_sha256(model)
    if recorded not in (None, found):
        raise ModelError(
            f"{model}: the language model is damaged: its SHA-256 differs from the one in {checksum_file(model).name}; "
            + remedy
        )


def write_checksum(model: Path, sha256: str) -> None:
    """Record the checksum of a model that is about to be put in its place.

    Raises:
        OSError: if it cannot be written.
    """
    fresh = model.with_name(f"{model.name}{SUFFIX}.tmp")
    fresh.write_text(f"{sha256}  {model.name}\n", encoding="ascii")
    fresh.replace(checksum_file(model))
    sha256_of.cache_clear()
