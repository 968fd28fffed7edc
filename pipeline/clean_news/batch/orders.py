"""How files are cleaned, and the one cleaner of a process."""

from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import msgspec

from clean_news.batch.discovery import DECISIONS, DICTIONARY, OUR_FOLDER, PROTECTED
from clean_news.cleaner import Cleaner
from clean_news.decisions import read_all
from clean_news.settings import Settings


class Orders(NamedTuple):
    """How files are cleaned.

    Attributes:
        settings: the settings.
        force: clean also what is up to date, and overwrite clean files that were changed by hand.
        decisions: files of reviewers' decisions.
    """

    settings: Settings
    force: bool = False
    decisions: tuple[Path, ...] = ()


def with_project(orders: Orders, clean: Path | None) -> Orders:
    """The orders, with what was decided and learned in reviewing CLEAN in front of the others."""
    if clean is None:
        return orders
    own = (clean if clean.is_dir() else clean.parent) / OUR_FOLDER
    if (own / DECISIONS).exists():
        orders = orders._replace(decisions=(own / DECISIONS, *orders.decisions))
    settings = orders.settings
    if (own / PROTECTED).exists():
        settings = msgspec.structs.replace(settings, protect_file=(str(own / PROTECTED), *settings.protect_file))
    if (own / DICTIONARY).exists():
        settings = msgspec.structs.replace(settings, dictionary=(str(own / DICTIONARY), *settings.dictionary))
    return orders._replace(settings=settings)


@lru_cache(maxsize=1)
def cleaner_for(settings: Settings, decisions: tuple[Path, ...] = ()) -> Cleaner:
    """The process's one cleaner; loading the stages and their models costs seconds.

    Raises:
        SettingsError: if a stage cannot be loaded.
        DecisionsError: if a file of decisions cannot be read.
    """
    return Cleaner(settings, read_all(decisions))
