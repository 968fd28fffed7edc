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

CACHE_FORMAT = 13  # part of the file's name: increase it when the compiled format changes
CACHE_SUFFIX = ".lexicon"
LEXICON, OWN_LEXICON = "lexicon", "own-lexicon"  # begin the names of lexicons without and with user dictionaries
MODEL_PREFIX_BYTES = 1 << 16  # header and part of the vocabulary: enough to tell language models apart
FAMILIES = "families"  # the folder of the families' files, in dictionaries/spin
FAMILY_COUNTS_SUFFIX = ".counts.tsv"


def inflection_file(dictionaries: Path) -> Path:
    """Return the file of irregular inflections, whether or not it exists."""
    return dictionaries / "inflections.tsv"


def general_files(dictionaries: Path) -> list[Path]:
    """Return the files of synonyms that any spinner may write."""
    return sorted((dictionaries / "spin").glob("*.tsv"))


def family_files(dictionaries: Path) -> list[Path]:
    """Return the files of what the families of spinners write; the stem of each is the family's name."""
    found = (dictionaries / "spin" / FAMILIES).glob("*.tsv")
    return sorted(path for path in found if not path.name.endswith(FAMILY_COUNTS_SUFFIX))


def counts_file(dictionaries: Path, family: str) -> Path:
    """Return the file of what was counted in articles of a family, whether or not it exists."""
    return dictionaries / "spin" / FAMILIES / f"{family}{FAMILY_COUNTS_SUFFIX}"


def counts_files(dictionaries: Path) -> list[Path]:
    """Return the files of what was counted in articles, of all families."""
    return sorted((dictionaries / "spin" / FAMILIES).glob(f"*{FAMILY_COUNTS_SUFFIX}"))


def family_of_counts(path: Path) -> str:
    """Return the name of the family whose counts a file has.

    >>> family_of_counts(Path("a.counts.tsv"))
    'a'
    """
    return path.name.removesuffix(FAMILY_COUNTS_SUFFIX)


def known_name_files(dictionaries: Path) -> list[Path]:
    """Return the lists of known names; the lexicon is not compiled from them."""
    return sorted((dictionaries / "spin" / "known-names").glob("*.txt"))


def files(dictionaries: Path) -> list[Path]:
    """Return the existing files that the lexicon is compiled from."""
    lines = [*general_files(dictionaries), *family_files(dictionaries), *counts_files(dictionaries)]
    everything = [inflection_file(dictionaries), *lines]
    return [path for path in everything if path.exists()]


def digest(dictionaries: Path, user: Iterable[str] = ()) -> str:
    """Return the SHA-256 of those files and of user dictionaries, in hex.

    Args:
        dictionaries: the folder of the shipped dictionaries.
        user: the digests of the user dictionaries and of their weights.
    """
    whole = hashlib.sha256(str(CACHE_FORMAT).encode())
    whole.update(msgspec.json.encode(list(user)))
    for path in files(dictionaries):
        whole.update(path.relative_to(dictionaries).as_posix().encode() + b"\0" + path.read_bytes())
    model = dictionaries / LANGUAGE_MODEL
    if model.exists():
        with model.open("rb") as file:
            whole.update(file.read(MODEL_PREFIX_BYTES))
    return whole.hexdigest()


def lexicon_path(user_files: tuple[FileVersion, ...] = ()) -> Path:
    """Return the place of the compiled lexicon in the user's cache.

    Raises:
        SettingsError: if a user dictionary cannot be read.
    """
    from platformdirs import user_cache_path

    whole = digest(folder(), user_dictionary.digests_of(user_files).values())
    kind = OWN_LEXICON if user_files else LEXICON
    return user_cache_path("clean-news") / f"{kind}-{CACHE_FORMAT}-{whole[:16]}{CACHE_SUFFIX}"


def cached_lexicons(cache: Path) -> list[Path]:
    """Return the compiled lexicons in the user's cache that this version can read, of either kind.

    Args:
        cache: the folder.
    """
    names = (f"{kind}-{CACHE_FORMAT}-*{CACHE_SUFFIX}" for kind in (LEXICON, OWN_LEXICON))
    return sorted(path for name in names for path in cache.glob(name))


def outdated_lexicons(compiled: Path) -> list[Path]:
    """Return the lexicons in the cache that a compiled one replaces: those of its kind, and those of other versions.

    Args:
        compiled: see :func:`lexicon_path`. A lexicon with user dictionaries does not replace the one without.
    """
    kind = compiled.name.rpartition("-")[0]
    current = cached_lexicons(compiled.parent)
    everything = (path for kind_of in (LEXICON, OWN_LEXICON) for path in compiled.parent.glob(f"{kind_of}-*"))
    return [path for path in everything if path not in current or path.name.rpartition("-")[0] == kind]
