"""Identify what produced a change log: version, settings and dictionaries, so that a rerun can detect changes."""

import hashlib
from functools import cache
from pathlib import Path
from typing import NamedTuple

import msgspec

from clean_news.change_log.detail import reduced_digests
from clean_news.dictionaries import MODELS, folder
from clean_news.language import model_checksum
from clean_news.language.neural import weights_file
from clean_news.language.neural.weights_file import NeuralModelError
from clean_news.protection import load_terms
from clean_news.settings import (
    FULL_DETAIL,
    NO_SECOND_OPINION,
    Settings,
    SettingsError,
    has_sources,
    stages_in_effect,
)
from clean_news.stages.spin import lexicon_sources, user_dictionary
from clean_news.version import version


class Provenance(NamedTuple):
    """What produced a log.

    Attributes:
        version: version of clean-news.
        settings_sha256: see :func:`settings_sha256`.
        dictionaries: see :func:`dictionary_digests`; one digest for all of them, unless the logs are full.
    """

    version: str
    settings_sha256: str
    dictionaries: dict[str, str]


def provenance(settings: Settings) -> Provenance:
    """Return the provenance of logs that are written now with these settings.

    Raises:
        SettingsError: if a file that the settings name cannot be read, or if a language model is damaged.
    """
    digests = reduced_digests(dictionary_digests(settings.dictionary), settings.log_detail)
    return Provenance(version(), settings_sha256(settings), digests)


def settings_sha256(settings: Settings) -> str:
    """Return the SHA-256, in hex, of the settings that can change a result.

    These are all but ``jobs``, ``max-megabytes``, ``follow-links`` and ``per-path``, which is applied to a file before.

    Files of protected terms are represented by their terms, not by their paths. User dictionaries are left out: the log
    has their digests among the dictionaries. So are sources, except whether there are any: the log of an article for
    which they were consulted has their digest among its facts. Of the learned lines, the counts are left out. The
    weights of the second opinion are represented by their SHA-256.

    Raises:
        SettingsError: if a file of protected terms, or of weights, cannot be read.
    """
    relevant = msgspec.structs.replace(
        settings, jobs=1, max_megabytes=64, protect_file=(), dictionary=(), stages=stages_in_effect(settings)
    )
    if settings.protect_file:
        relevant = msgspec.structs.replace(relevant, protect=(load_terms(settings).digest,))
    values = msgspec.to_builtins(relevant)
    values["learned-lines"] = [(source, line) for source, line, *_ in settings.learned_lines]
    if not settings.furniture:  # as in versions without this setting
        del values["furniture"], values["learned-lines"]
    of_sources = {"sources", "sources-index"} if has_sources(settings) else {"sources", "sources-index", "sources-for"}
    if settings.log_detail == FULL_DETAIL:  # as in versions without this setting
        del values["log-detail"]
    if settings.second_opinion == NO_SECOND_OPINION:  # as in versions without this setting
        del values["second-opinion"]
    else:
        try:
            values["second-opinion"] = weights_file.located(settings.second_opinion).sha256
        except NeuralModelError as error:
            raise SettingsError(str(error)) from error
    for key in ("follow-links", "per-path", *of_sources):
        del values[key]
    return hashlib.sha256(msgspec.json.encode(values)).hexdigest()


def dictionary_digests(user_dictionaries: tuple[str, ...] = ()) -> dict[str, str]:
    """Return the SHA-256 of every shipped dictionary and user dictionary, in hex, by name.

    Args:
        user_dictionaries: paths, as in the setting ``dictionary``.

    Raises:
        SettingsError: if a user dictionary cannot be read, or if a language model is damaged.
    """
    shipped = _shipped_digests()
    return {**shipped, **user_dictionary.digests(user_dictionaries)} if user_dictionaries else shipped


@cache
def _shipped_digests() -> dict[str, str]:
    """Return the SHA-256, in hex, of each folder and file in ``dictionaries/``, by name.

    ``spin`` covers all files that the spin lexicon is compiled from, including those outside its folder, and
    ``known-names`` the lists of names in it. The checksums of the language models are left out: they say nothing that
    the models' own digests do not.

    Raises:
        SettingsError: if a language model is damaged.
    """
    models = [folder() / name for name in MODELS]
    checksums = [model_checksum.checksum_file(model) for model in models]
    try:
        for model in models:
            model_checksum.check(model)
    except model_checksum.ModelError as error:
        raise SettingsError(str(error)) from error
    found = {}
    spin = lexicon_sources.files(folder())
    for path in sorted(folder().iterdir()):
        if path.name.startswith(".") or path in spin or path in checksums:
            continue
        if path.name == "spin":
            found[path.name] = lexicon_sources.digest(folder())
            found["known-names"] = _digest_of(lexicon_sources.known_name_files(folder()))
        elif path in models:
            found[path.name] = model_checksum.sha256_of(path)
        elif path.is_dir():
            found[path.name] = _digest_of(sorted(file for file in path.rglob("*") if file.is_file()))
        else:
            with path.open("rb") as file:
                found[path.name] = hashlib.file_digest(file, "sha256").hexdigest()
    return found


def _digest_of(files: list[Path]) -> str:
    """Return the SHA-256 of the files' names and contents, in hex."""
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()
