"""How files are cleaned, and the one cleaner of a process with its reviewers' decisions."""

from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import msgspec

from clean_news.cleaner import Cleaner
from clean_news.decisions import Decisions, read_all
from clean_news.pipeline import check
from clean_news.project_folder import DECISIONS, DICTIONARY, OUR_FOLDER, PROTECTED
from clean_news.provenance import Provenance, provenance
from clean_news.settings import Settings


class RunOptions(NamedTuple):
    """How files are cleaned.

    Attributes:
        settings: the settings.
        force: clean also what is up to date, and overwrite clean files that were changed by hand.
        decisions: files of reviewers' decisions.
    """

    settings: Settings
    force: bool = False
    decisions: tuple[Path, ...] = ()


def with_project_files(options: RunOptions, clean: Path | None) -> RunOptions:
    """The options, with what was decided and learned in reviewing CLEAN in front of the others."""
    if clean is None:
        return options
    own = (clean if clean.is_dir() else clean.parent) / OUR_FOLDER
    if (own / DECISIONS).exists():
        options = options._replace(decisions=(own / DECISIONS, *options.decisions))
    settings = options.settings
    if (own / PROTECTED).exists():
        settings = msgspec.structs.replace(settings, protect_file=(str(own / PROTECTED), *settings.protect_file))
    if (own / DICTIONARY).exists():
        settings = msgspec.structs.replace(settings, dictionary=(str(own / DICTIONARY), *settings.dictionary))
    return options._replace(settings=settings)


def validate(options: RunOptions) -> Decisions:
    """See that a run can begin: a wrong setting or decision is no article's fault. Gives the decisions, read anew.

    Raises:
        SettingsError: if a stage cannot be loaded, or a file that the settings name cannot be read.
        DecisionsError: if a file of decisions cannot be read.
    """
    for kept in (_decisions_in, expected_log_of, cleaner_for):
        kept.cache_clear()
    check(options.settings)
    return _decisions_in(options.decisions)


@lru_cache(maxsize=1)
def _decisions_in(paths: tuple[Path, ...]) -> Decisions:
    """The process's one set of decisions, read once in a run.

    Raises:
        DecisionsError: if a file of decisions cannot be read.
    """
    return read_all(paths)


class ExpectedLog(NamedTuple):
    """What a log must say for its article to be up to date.

    Attributes:
        provenance: the version, the settings and the dictionaries.
        decisions: the reviewers'.
    """

    provenance: Provenance
    decisions: Decisions


@lru_cache(maxsize=1)
def expected_log_of(options: RunOptions) -> ExpectedLog:
    """What this run would write into its logs."""
    return ExpectedLog(provenance(options.settings), _decisions_in(options.decisions))


@lru_cache(maxsize=1)
def cleaner_for(settings: Settings, decisions: tuple[Path, ...] = ()) -> Cleaner:
    """The process's one cleaner; loading the stages and their models costs seconds.

    Raises:
        SettingsError: if a stage cannot be loaded.
        DecisionsError: if a file of decisions cannot be read.
    """
    return Cleaner(settings, _decisions_in(decisions))
