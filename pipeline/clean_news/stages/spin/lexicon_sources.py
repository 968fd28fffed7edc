"""The source files of the spin lexicon, and the digest by which a stale compiled lexicon is recognised.

A module of its own, because every run needs the digest, and a run with nothing to do needs nothing else of the lexicon.
"""

import hashlib
from collections.abc import Iterable
from pathlib import Path

import msgspec

from clean_news.dictionaries import LANGUAGE_MODEL, folder
from clean_news.stages.spin import user_dictionary
from clean_news.user_files import FileVersion

CACHE_FORMAT = 9  # part of the digest: increase it when the compiled format changes
CACHE_SUFFIX = ".lexicon"
OWN_LEXICON = "own-lexicon"  # begins the name of a lexicon with user dictionaries, which so does not evict the other
MODEL_PREFIX_BYTES = 1 << 16  # header and part of the vocabulary: enough to tell language models apart


def files(dictionaries: Path) -> list[Path]:
    """Return the files that the lexicon is compiled from, whether or not they exist."""
    return [
        dictionaries / "inflections.tsv",
        dictionaries / "first-choices.tsv",
        dictionaries / "spin-weights.tsv",
        *sorted((dictionaries / "spin").glob("*.tsv")),
    ]


def digest(dictionaries: Path, user: Iterable[str] = ()) -> str:
    """Return the SHA-256 of those files and of user dictionaries, in hex.

    Args:
        dictionaries: the folder of the shipped dictionaries.
        user: the digests of the user dictionaries and of their weights.
    """
    whole = hashlib.sha256(str(CACHE_FORMAT).encode())
    whole.update(msgspec.json.encode((list(user), {})))  # [[],{}] without them: logs have that digest
    for path in files(dictionaries):
        if path.exists():
            whole.update(path.name.encode() + b"\0" + path.read_bytes())
    model = dictionaries / LANGUAGE_MODEL
    if model.exists():
        with model.open("rb") as file:
            whole.update(file.read(MODEL_PREFIX_BYTES))
    return whole.hexdigest()


def own_lexicon_path(user_files: tuple[FileVersion, ...]) -> Path:
    """Return the place of the compiled lexicon with user dictionaries in the user's cache.

    Raises:
        SettingsError: if one of them cannot be read.
    """
    from platformdirs import user_cache_path

    whole = digest(folder(), user_dictionary.digests_of(user_files).values())
    return user_cache_path("clean-news") / f"{OWN_LEXICON}-{whole[:16]}{CACHE_SUFFIX}"
