"""The source files of the spin lexicon, and the digest by which a stale compiled lexicon is recognised.

A module of its own, because every run needs the digest, and a run with nothing to do needs nothing else of the lexicon.
"""

import hashlib
from pathlib import Path

import msgspec

from clean_news.dictionaries import LANGUAGE_MODEL
from clean_news.stages.spin.user_dictionary import NO_USER_DICTIONARY, UserDictionary

CACHE_FORMAT = 9  # part of the digest: increase it when the compiled format changes
MODEL_PREFIX_BYTES = 1 << 16  # header and part of the vocabulary: enough to tell language models apart


def files(dictionaries: Path) -> list[Path]:
    """Return the files that the lexicon is compiled from, whether or not they exist."""
    return [
        dictionaries / "inflections.tsv",
        dictionaries / "first-choices.tsv",
        dictionaries / "spin-weights.tsv",
        *sorted((dictionaries / "spin").glob("*.tsv")),
    ]


def digest(dictionaries: Path, user: UserDictionary = NO_USER_DICTIONARY) -> str:
    """Return the SHA-256 of those files and of the user dictionaries' entries and counts, in hex.

    Args:
        dictionaries: the folder of the shipped dictionaries.
        user: the user dictionaries.
    """
    whole = hashlib.sha256(str(CACHE_FORMAT).encode())
    whole.update(msgspec.json.encode((user.entries, user.counts)))
    for path in files(dictionaries):
        if path.exists():
            whole.update(path.name.encode() + b"\0" + path.read_bytes())
    model = dictionaries / LANGUAGE_MODEL
    if model.exists():
        with model.open("rb") as file:
            whole.update(file.read(MODEL_PREFIX_BYTES))
    return whole.hexdigest()
