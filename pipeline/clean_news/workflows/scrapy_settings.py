"""Reads the settings ``CLEAN_NEWS_…`` of a Scrapy project."""

from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from clean_news.decisions import Decisions, read_all
from clean_news.settings import Settings, SettingsError, from_mapping
from clean_news.settings_file import load

ALLOWED_VALUES = {
    "CLEAN_NEWS_ENABLED": "True or False",
    "CLEAN_NEWS_FIELD": "the name of an item field, or a list of names",
    "CLEAN_NEWS_CHANGES_FIELD": "the name of an item field, or an empty string for no change logs",
    "CLEAN_NEWS_ID_FIELD": "the name of an item field",
    "CLEAN_NEWS_CONFIG": "the path of a settings file",
    "CLEAN_NEWS_SETTINGS": "a dict of settings as in a settings file",
    "CLEAN_NEWS_DECISIONS": "the path of a file of decisions, or a list of paths",
    "CLEAN_NEWS_WORKERS": "a whole number from 0; 0 is one process per processor",
    "CLEAN_NEWS_PRIORITY": "a whole number, the pipeline's order in ITEM_PIPELINES",
}


class ScrapySettings(Protocol):
    """The part of ``scrapy.settings.BaseSettings`` that is used."""

    def keys(self) -> Iterable[Any]:
        """Return the names of the settings."""
        ...

    def get(self, name: Any, default: Any = None) -> Any:  # noqa: ANN401  # a setting has any type
        """Return the value of a setting."""
        ...

    def getbool(self, name: Any, default: bool = False) -> bool:  # noqa: ANN401  # Scrapy's
        """Return a setting as a Boolean; on the command line it is a string."""
        ...

    def getlist(self, name: Any, default: Any = None) -> list[Any]:  # noqa: ANN401
        """Return a setting as a list; a string is split at commas."""
        ...

    def getdict(self, name: Any, default: Any = None) -> dict[Any, Any]:  # noqa: ANN401
        """Return a setting as a dict; a string is parsed as JSON."""
        ...


class PipelineOptions(NamedTuple):
    """The options of the item pipeline.

    Attributes:
        fields: the item fields with the texts.
        changes_field: the item field for the change log; empty for none.
        id_field: the item field with the article's id.
        workers: number of processes; 0 is one per processor.
        settings: the settings of clean-news.
        decisions: the reviewers' decisions.
    """

    fields: tuple[str, ...]
    changes_field: str
    id_field: str
    workers: int
    settings: Settings
    decisions: Decisions


def is_enabled(settings: ScrapySettings) -> bool:
    """Whether the pipeline is enabled.

    Raises:
        SettingsError: if the setting is not a Boolean.
    """
    try:
        return settings.getbool("CLEAN_NEWS_ENABLED", True)  # Scrapy's
    except ValueError as error:
        raise _not_allowed("CLEAN_NEWS_ENABLED", settings) from error


def read_options(settings: ScrapySettings) -> PipelineOptions:
    """Read and validate the settings.

    Raises:
        SettingsError: for an unknown setting or a value that is not allowed.
        DecisionsError: if a file of decisions cannot be read.
    """
    _check_names(settings)
    cleaning = _cleaning_settings(settings)
    fields = tuple(settings.getlist("CLEAN_NEWS_FIELD", [cleaning.text_field]))
    changes = settings.get("CLEAN_NEWS_CHANGES_FIELD", "changes") or ""
    name = settings.get("CLEAN_NEWS_ID_FIELD", "url")
    if not fields or not all(isinstance(field, str) and field for field in fields) or len({*fields}) < len(fields):
        raise _not_allowed("CLEAN_NEWS_FIELD", settings)
    if not isinstance(changes, str):
        raise _not_allowed("CLEAN_NEWS_CHANGES_FIELD", settings)
    if not isinstance(name, str) or not name:
        raise _not_allowed("CLEAN_NEWS_ID_FIELD", settings)
    if changes in {*fields, name}:
        raise SettingsError(
            f"CLEAN_NEWS_CHANGES_FIELD = {changes!r} is also the field of the text or of the id; name another field"
        )
    workers = integer_setting("CLEAN_NEWS_WORKERS", settings, cleaning.jobs)
    if workers < 0:
        raise _not_allowed("CLEAN_NEWS_WORKERS", settings)
    decisions = read_all(Path(path) for path in settings.getlist("CLEAN_NEWS_DECISIONS"))
    return PipelineOptions(fields, changes, name, workers, cleaning, decisions)


def _cleaning_settings(settings: ScrapySettings) -> Settings:
    """Return the settings of clean-news: those of the settings file, overridden by CLEAN_NEWS_SETTINGS."""
    try:
        overrides = settings.getdict("CLEAN_NEWS_SETTINGS")
    except (TypeError, ValueError) as error:
        raise _not_allowed("CLEAN_NEWS_SETTINGS", settings) from error
    from_mapping(overrides, "CLEAN_NEWS_SETTINGS")  # so that an error names the Scrapy setting
    config = settings.get("CLEAN_NEWS_CONFIG")
    return load(Path(config) if config else None, Path.cwd(), overrides)


def _check_names(settings: ScrapySettings) -> None:
    """Reject unknown settings, since a misspelt one would be ignored silently.

    Raises:
        SettingsError: for the first unknown setting.
    """
    for name in settings.keys():  # noqa: SIM118  # Scrapy's settings are not a dict
        if isinstance(name, str) and name.startswith("CLEAN_NEWS_") and name not in ALLOWED_VALUES:
            near = get_close_matches(name, ALLOWED_VALUES, n=1)
            hint = f"did you mean {near[0]}?" if near else f"the settings are: {', '.join(ALLOWED_VALUES)}"
            raise SettingsError(f"there is no setting {name}; {hint}")


def integer_setting(name: str, settings: ScrapySettings, default: int) -> int:
    """Return a setting as an integer.

    Raises:
        SettingsError: if it is not an integer.
    """
    try:
        return int(settings.get(name, default))
    except (TypeError, ValueError) as error:
        raise _not_allowed(name, settings) from error


def _not_allowed(name: str, settings: ScrapySettings) -> SettingsError:
    """Return the error for a value that is not allowed."""
    return SettingsError(f"{name} = {settings.get(name)!r} is not allowed; allowed: {ALLOWED_VALUES[name]}")
