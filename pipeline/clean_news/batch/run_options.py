"""The options of a run, and the cleaner and decisions that each process loads once."""

from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import msgspec

from clean_news.cleaner import Cleaner
from clean_news.decisions import Decisions, read_all
from clean_news.files.path_settings import check_patterns, settings_for, settings_of_table
from clean_news.pipeline import check_settings
from clean_news.project_folder import DECISIONS, DICTIONARY, PROTECTED, project_folder
from clean_news.provenance import Provenance, provenance
from clean_news.settings import Settings, SettingsError, UnknownNameError
from clean_news.stages.source.prepared_index import check_sources, sources_digest

MAX_SETTINGS = 32  # that a process keeps ready: one, or those that per-path makes


class RunOptions(NamedTuple):
    """How a run cleans files.

    Attributes:
        settings: the settings.
        force: also clean what is up to date, and overwrite clean files that were changed by hand.
        decisions: files of reviewers' decisions.
        lists_needed: whether the report of a file lists each repair, with its place, if nothing is written.
        keep_results: whether the next run finds what became of this run's articles.
        results: file of the results that the run's processes share; see :mod:`clean_news.batch.known_results`.
    """

    settings: Settings
    force: bool = False
    decisions: tuple[Path, ...] = ()
    lists_needed: bool = False
    keep_results: bool = False
    results: Path | None = None


def with_project_files(options: RunOptions, clean: Path | None) -> RunOptions:
    """Return the options with the decisions, protected terms and dictionary of CLEAN's reviewers put first."""
    if clean is None:
        return options
    own = project_folder(clean)
    if (own / DECISIONS).exists():
        options = options._replace(decisions=(own / DECISIONS, *options.decisions))
    settings = options.settings
    if (own / PROTECTED).exists():
        settings = msgspec.structs.replace(settings, protect_file=(str(own / PROTECTED), *settings.protect_file))
    if (own / DICTIONARY).exists():
        settings = msgspec.structs.replace(settings, dictionary=(str(own / DICTIONARY), *settings.dictionary))
    return options._replace(settings=settings)


def options_for(options: RunOptions, raw: Path) -> RunOptions:
    """Return the options for one raw file: with the settings that apply to its path."""
    if not options.settings.per_path:
        return options
    return options._replace(settings=settings_for(options.settings, raw))


def validate(options: RunOptions) -> Decisions:
    """Check that a run can begin, and read the decisions again; errors here concern no single article.

    Returns:
        The decisions.

    Raises:
        SettingsError: if a stage cannot be loaded, a file that the settings name cannot be read, a source or an index
            that they name does not exist, or the language model is damaged.
        DecisionsError: if a file of decisions cannot be read.
    """
    for cached in (_decisions_in, expected_log_of, cleaner_for):
        cached.cache_clear()
    check_patterns(options.settings)
    check_settings(options.settings)
    for table in options.settings.per_path:
        try:
            check_settings(settings_of_table(options.settings, table))
        except UnknownNameError as error:
            raise SettingsError(error.message(f'per-path."{table.pattern}"')) from error
    check_sources(options.settings)
    return expected_log_of(options).decisions


@lru_cache(maxsize=1)
def _decisions_in(paths: tuple[Path, ...]) -> Decisions:
    """The decisions, read once in each process.

    Raises:
        DecisionsError: if a file of decisions cannot be read.
    """
    return read_all(paths)


class ExpectedLog(NamedTuple):
    """What a change log must record for its article to be up to date.

    Attributes:
        provenance: version, settings and dictionaries.
        decisions: the reviewers' decisions.
        sources: digest of the sources in hex, which only the log of an article for which they were consulted has.
    """

    provenance: Provenance
    decisions: Decisions
    sources: str = ""


@lru_cache(maxsize=MAX_SETTINGS)
def expected_log_of(options: RunOptions) -> ExpectedLog:
    """Return what this run would record in its change logs."""
    settings = options.settings
    return ExpectedLog(provenance(settings), _decisions_in(options.decisions), sources_digest(settings))


@lru_cache(maxsize=MAX_SETTINGS)
def cleaner_for(settings: Settings, decisions: tuple[Path, ...] = ()) -> Cleaner:
    """Return the process's cleaner for some settings; they share the models, whose loading takes seconds.

    Raises:
        SettingsError: if a stage cannot be loaded.
        DecisionsError: if a file of decisions cannot be read.
    """
    return Cleaner(settings, _decisions_in(decisions))
