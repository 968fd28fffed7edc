"""The settings ``CLEAN_NEWS_…`` of a Scrapy project."""

from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from clean_news import settings as own_settings
from clean_news.decisions import Decisions, read_all
from clean_news.settings import Settings, SettingsError

MEANINGS = {
    "CLEAN_NEWS_ENABLED": "True or False",
    "CLEAN_NEWS_FIELD": "the name of an item field, or a list of names",
    "CLEAN_NEWS_CHANGES_FIELD": "the name of an item field, or an empty text for no logs",
    "CLEAN_NEWS_ID_FIELD": "the name of an item field",
    "CLEAN_NEWS_CONFIG": "the path of a settings file",
    "CLEAN_NEWS_SETTINGS": "a dict of settings as in a settings file",
    "CLEAN_NEWS_DECISIONS": "the path of a file of decisions, or a list of paths",
    "CLEAN_NEWS_WORKERS": "a whole number from 0; 0 is one process for each processor",
    "CLEAN_NEWS_PRIORITY": "a whole number, the pipeline's place among ITEM_PIPELINES",
}


class ScrapySettings(Protocol):
    """What is needed of ``scrapy.settings.BaseSettings``."""

    def keys(self) -> Iterable[Any]:
        """The names of the settings."""
        ...

    def get(self, name: Any, default: Any = None) -> Any:  # noqa: ANN401  # a setting has any type
        """The value of a setting."""
        ...

    def getbool(self, name: Any, default: bool = False) -> bool:  # noqa: ANN401  # Scrapy's
        """The same as a truth value; of the command line it is a text."""
        ...

    def getlist(self, name: Any, default: Any = None) -> list[Any]:  # noqa: ANN401
        """The same as a list; a text is split at its commas."""
        ...

    def getdict(self, name: Any, default: Any = None) -> dict[Any, Any]:  # noqa: ANN401
        """The same as a dict; a text is read as JSON."""
        ...


class Wanted(NamedTuple):
    """What a project wants.

    Attributes:
        fields: the item fields with the texts.
        changes_field: the one for the log; empty for none.
        id_field: the one with the article's id.
        workers: number of processes; 0 is one for each processor.
        settings: how to clean.
        decisions: what reviewers want of the edits.
    """

    fields: tuple[str, ...]
    changes_field: str
    id_field: str
    workers: int
    settings: Settings
    decisions: Decisions


def is_enabled(settings: ScrapySettings) -> bool:
    """Whether items are to be cleaned at all.

    Raises:
        SettingsError: if the setting is no truth value.
    """
    try:
        return settings.getbool("CLEAN_NEWS_ENABLED", True)  # Scrapy's
    except ValueError as error:
        raise refused("CLEAN_NEWS_ENABLED", settings) from error


def wanted(settings: ScrapySettings) -> Wanted:
    """What the settings say.

    Raises:
        SettingsError: for a setting that there is not or a value that is not allowed.
        DecisionsError: if a file of decisions cannot be read.
    """
    _check_names(settings)
    cleaning = own(settings)
    fields = tuple(settings.getlist("CLEAN_NEWS_FIELD", [cleaning.text_field]))
    changes = settings.get("CLEAN_NEWS_CHANGES_FIELD", "changes") or ""
    name = settings.get("CLEAN_NEWS_ID_FIELD", "url")
    if not fields or not all(isinstance(field, str) and field for field in fields) or len({*fields}) < len(fields):
        raise refused("CLEAN_NEWS_FIELD", settings)
    if not isinstance(changes, str):
        raise refused("CLEAN_NEWS_CHANGES_FIELD", settings)
    if not isinstance(name, str) or not name:
        raise refused("CLEAN_NEWS_ID_FIELD", settings)
    if changes in {*fields, name}:
        raise SettingsError(
            f"CLEAN_NEWS_CHANGES_FIELD = {changes!r} is the field of the text or of the id, too; name another one"
        )
    workers = whole_number("CLEAN_NEWS_WORKERS", settings, cleaning.jobs)
    if workers < 0:
        raise refused("CLEAN_NEWS_WORKERS", settings)
    decisions = read_all(Path(path) for path in settings.getlist("CLEAN_NEWS_DECISIONS"))
    return Wanted(fields, changes, name, workers, cleaning, decisions)


def own(settings: ScrapySettings) -> Settings:
    """The settings of clean-news itself: those of the file, overruled by CLEAN_NEWS_SETTINGS."""
    try:
        overruled = settings.getdict("CLEAN_NEWS_SETTINGS")
    except (TypeError, ValueError) as error:
        raise refused("CLEAN_NEWS_SETTINGS", settings) from error
    own_settings.from_mapping(overruled, "CLEAN_NEWS_SETTINGS")  # so that an error says where
    config = settings.get("CLEAN_NEWS_CONFIG")
    return own_settings.load(Path(config) if config else None, Path.cwd(), overruled)


def _check_names(settings: ScrapySettings) -> None:
    """Refuse a setting that there is not: a misspelt one would be passed over.

    Raises:
        SettingsError: for the first such.
    """
    for name in settings.keys():  # noqa: SIM118  # Scrapy's settings are no dict
        if isinstance(name, str) and name.startswith("CLEAN_NEWS_") and name not in MEANINGS:
            near = get_close_matches(name, MEANINGS, n=1)
            hint = f"did you mean {near[0]}?" if near else f"there are: {', '.join(MEANINGS)}"
            raise SettingsError(f"there is no setting {name}; {hint}")


def whole_number(name: str, settings: ScrapySettings, default: int) -> int:
    """The setting's value as a number.

    Raises:
        SettingsError: if it is none.
    """
    try:
        return int(settings.get(name, default))
    except (TypeError, ValueError) as error:
        raise refused(name, settings) from error


def refused(name: str, settings: ScrapySettings) -> SettingsError:
    """The error for a value that is not allowed."""
    return SettingsError(f"{name} = {settings.get(name)!r} is not allowed; allowed: {MEANINGS[name]}")
