"""Compiles the spin dictionaries into a lexicon, and keeps it in the user's cache.

The lines of ``dictionaries/spin/*.tsv`` map originals to spun forms; those of ``dictionaries/spin/families/*.tsv`` say
what a family of spinners writes, and ``*.counts.tsv`` beside them how often it did so in articles; what is in
``general.counts.tsv`` was written by an unknown family. The compiled lexicon is stored under the digest of the files,
so that a changed line takes effect at once, and with a checksum: a damaged cache is compiled again.
"""

import contextlib
import gc
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from clean_news.dictionaries import folder
from clean_news.language import language_model
from clean_news.language.language_model import LanguageModel
from clean_news.stages.spin import inflection, lexicon, user_dictionary
from clean_news.stages.spin.entries import Entry, EntryError, read_counts, read_entries
from clean_news.stages.spin.lexicon import DamagedCacheError, Lexicon
from clean_news.stages.spin.lexicon_columns import compile_columns
from clean_news.stages.spin.lexicon_inputs import Counts, Family, Sources
from clean_news.stages.spin.lexicon_sources import (
    FAMILY_COUNTS_SUFFIX,
    counts_file,
    family_files,
    general_files,
    inflection_file,
    lexicon_path,
    outdated_lexicons,
)
from clean_news.stages.spin.lexicon_weights import GENERAL
from clean_news.user_files import FileVersion


def sources(dictionaries: Path, entries: Iterable[Entry] = (), counts: Counts = MappingProxyType({})) -> Sources:
    """Read what a lexicon is compiled from.

    Args:
        dictionaries: the folder of the dictionaries.
        entries: the entries of user dictionaries.
        counts: the counts of user dictionaries, which count for every family.

    Raises:
        EntryError: if a line is malformed, or a family has the name of the general one.
    """
    inflections = inflection_file(dictionaries)
    return Sources(
        (entry for path in general_files(dictionaries) for entry in read_entries(path)),
        entries,
        inflection.read(inflections) if inflections.exists() else {},
        {path.stem: _family_in(path) for path in family_files(dictionaries)},
        _counts_in(counts_file(dictionaries, GENERAL)),
        counts,
    )


def _family_in(path: Path) -> Family:
    """Read the entries of a family, and the counts beside them if there are any.

    Raises:
        EntryError: if a line is malformed, or the file has the name of the general family.
    """
    if path.stem == GENERAL:
        raise EntryError(f"{path}: {GENERAL!r} is the family of spinners that nobody has seen; rename the file")
    return Family(read_entries(path), _counts_in(path.with_suffix(FAMILY_COUNTS_SUFFIX)))


def _counts_in(path: Path) -> dict[str, dict[str, float]]:
    """The counts in a file, if it exists."""
    return read_counts(path) if path.exists() else {}


@contextlib.contextmanager
def _no_garbage_collection() -> Iterator[None]:
    """Pause the collector of cyclic garbage: it would look at a million growing containers again and again.

    Compiling makes no reference cycles.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def compile_lexicon(of: Sources, model: LanguageModel) -> Lexicon:
    """Compile a lexicon, bypassing the cache.

    Args:
        of: what it is compiled from; see :func:`sources`.
        model: the language model.
    """
    with _temporary_folder(None) as temporary:
        return _compiled(of, model, temporary / "compiled")  # what is mapped remains readable after it is removed


def invert(
    entries: Sequence[Entry], table: inflection.Inflections, families: dict[str, Family] | None = None
) -> Lexicon:
    """Compile entries that are in memory.

    Args:
        entries: general entries.
        table: the inflections; see :func:`inflection.read`.
        families: what is known of families, by name.

    >>> lexicon = invert([Entry("announce", "verb", ("introduce", "unveil"))], {})
    >>> [original.text for original in lexicon.originals("introduced")]
    ['announced']
    """
    return compile_lexicon(Sources(entries, (), table, families or {}), language_model.standard())


def _compiled(of: Sources, model: LanguageModel, path: Path) -> Lexicon:
    """Compile a lexicon into a file, in whose folder there may be temporary files."""
    with _no_garbage_collection():
        columns = compile_columns(of, model, path.parent)
    lexicon.write(path, columns)
    return Lexicon(path)


@lru_cache(maxsize=2)
def standard(user_files: tuple[FileVersion, ...] = ()) -> Lexicon:
    """Return the lexicon of ``dictionaries/`` and of user dictionaries, from the user's cache if possible.

    Args:
        user_files: the user dictionaries.

    Raises:
        SettingsError: if a user dictionary cannot be read or has a malformed line.
    """
    cached = lexicon_path(user_files)
    with contextlib.suppress(OSError, DamagedCacheError):
        lexicon.check(cached)
        return Lexicon(cached)
    of = sources(folder(), user_dictionary.entries(user_files), user_dictionary.read(user_files).counts)
    with _temporary_folder(cached.parent) as temporary:
        compiled = _compiled(of, language_model.standard(), temporary / cached.name)
        # A cache that cannot be written only costs a second at the next start.
        with contextlib.suppress(OSError):
            for outdated in outdated_lexicons(cached):
                outdated.unlink(missing_ok=True)
            return Lexicon((temporary / cached.name).replace(cached))
        return compiled


@contextlib.contextmanager
def _temporary_folder(cache: Path | None) -> Iterator[Path]:
    """Create a temporary folder in the cache, else where the system has its own; it is removed at the end."""
    try:
        if cache:
            cache.mkdir(parents=True, exist_ok=True)
        temporary = tempfile.TemporaryDirectory(dir=cache, prefix="compiling-", ignore_cleanup_errors=True)
    except OSError:
        temporary = tempfile.TemporaryDirectory(prefix="clean-news-", ignore_cleanup_errors=True)
    with temporary as name:
        yield Path(name)
