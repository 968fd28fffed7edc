"""What a log says of its making: the version, the settings and the dictionaries, by which a rerun sees what changed."""

import hashlib
from functools import cache
from pathlib import Path
from typing import NamedTuple

import msgspec

from clean_news.dictionaries import folder
from clean_news.protection import terms_of
from clean_news.settings import Settings
from clean_news.stages.spin import lexicon_sources, user_dictionary
from clean_news.version import version


class Provenance(NamedTuple):
    """What made a log.

    Attributes:
        version: of clean-news.
        settings_sha256: see :func:`settings_sha256`.
        dictionaries: see :func:`dictionary_digests`.
    """

    version: str
    settings_sha256: str
    dictionaries: dict[str, str]


def provenance(settings: Settings) -> Provenance:
    """The provenance of logs made now with these settings.

    Raises:
        SettingsError: if a file that the settings name cannot be read.
    """
    return Provenance(version(), settings_sha256(settings), dictionary_digests(settings.dictionary))


def settings_sha256(settings: Settings) -> str:
    """SHA-256, in hex, of every setting that can change a result; ``jobs`` and ``max-megabytes`` cannot.

    Files of protected terms count by their terms, not by their paths. Files of spin entries do not count: the log has
    their digests among the dictionaries.

    Raises:
        SettingsError: if a file of protected terms cannot be read.
    """
    relevant = msgspec.structs.replace(settings, jobs=1, max_megabytes=64, protect_file=(), dictionary=())
    if settings.protect_file:
        relevant = msgspec.structs.replace(relevant, protect=(terms_of(settings).digest,))
    return hashlib.sha256(msgspec.json.encode(relevant, order="deterministic")).hexdigest()


def dictionary_digests(own: tuple[str, ...] = ()) -> dict[str, str]:
    """SHA-256 of each dictionary, in hex, by its name: of the shipped ones, and of the user's own files.

    Raises:
        SettingsError: if a file of the user's cannot be read.
    """
    return {**shipped(), **user_dictionary.digests(own)} if own else shipped()


@cache
def shipped() -> dict[str, str]:
    """SHA-256 of each dictionary, in hex: of every folder and file in ``dictionaries/``, by its name.

    ``spin`` stands for all files that the spin lexicon is compiled from, those outside its folder among them.
    """
    found = {}
    spin = lexicon_sources.files(folder())
    for path in sorted(folder().iterdir()):
        if path.name.startswith(".") or path in spin:
            continue
        if path.name == "spin":
            found[path.name] = lexicon_sources.digest(folder())
        elif path.is_dir():
            found[path.name] = _digest_of(sorted(file for file in path.rglob("*") if file.is_file()))
        else:
            with path.open("rb") as file:
                found[path.name] = hashlib.file_digest(file, "sha256").hexdigest()
    return found


def _digest_of(files: list[Path]) -> str:
    """SHA-256 of the files' names and contents, in hex."""
    whole = hashlib.sha256()
    for file in files:
        whole.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return whole.hexdigest()
