"""Which dictionaries a run used: part of every log, and what tells a rerun that a dictionary was changed."""

import hashlib
from functools import cache
from pathlib import Path

from clean_news.dictionaries import folder
from clean_news.stages.spin import lexicon_sources, user_dictionary


def digests(own: tuple[str, ...] = ()) -> dict[str, str]:
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
            found[path.name] = digest_of(sorted(file for file in path.rglob("*") if file.is_file()))
        else:
            with path.open("rb") as file:
                found[path.name] = hashlib.file_digest(file, "sha256").hexdigest()
    return found


def digest_of(files: list[Path]) -> str:
    """SHA-256 of the files' names and contents, in hex."""
    whole = hashlib.sha256()
    for file in files:
        whole.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return whole.hexdigest()
