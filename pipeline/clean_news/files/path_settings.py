"""Applies the setting ``per-path``: the settings of one raw file, by its path."""

import os
import re
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from clean_news.settings import ADDED, PathSettings, Settings, SettingsError, not_allowed_message

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec


def settings_for(settings: Settings, raw: Path) -> Settings:
    """Return the settings of a raw file, in which ``per-path`` is empty.

    Args:
        settings: the settings of the run.
        raw: path of the file. Links in it are followed only if they lead into the folder of the settings file.
    """
    if not settings.per_path:
        return settings
    return _with_tables(settings, tuple(table for table in settings.per_path if _matches(table, raw)))


def settings_of_table(settings: Settings, table: PathSettings) -> Settings:
    """Return the settings of a file that one table of ``per-path`` matches."""
    return _with_tables(settings, (table,))


def check_patterns(settings: Settings) -> None:
    """Check the patterns of ``per-path``.

    Raises:
        SettingsError: if one is no pattern.
    """
    for table in settings.per_path:
        try:
            is_pattern = all(each.include for each in _spec(table.pattern).patterns)
        except (ValueError, re.error):
            is_pattern = False
        if not is_pattern:
            raise SettingsError(not_allowed_message("settings", "per-path", table.pattern))


@lru_cache(maxsize=64)
def _with_tables(settings: Settings, tables: tuple[PathSettings, ...]) -> Settings:
    """Return settings that tables overrule, the last one first; kept, since most files have the same."""
    values: dict[str, Any] = {}
    for name, value in (pair for table in tables for pair in table.values):
        values[name] = (*values.get(name, getattr(settings, name)), *value) if name in ADDED else value
    found = msgspec.structs.replace(settings, **values, per_path=())
    return msgspec.structs.replace(found, suggest_from=min(found.suggest_from, found.apply_from))


def _matches(table: PathSettings, raw: Path) -> bool:
    """Whether a pattern matches a file."""
    folder = os.path.abspath(table.folder or ".")  # noqa: PTH100  # keeps links
    for base, path in ((folder, os.path.abspath(raw)), (os.path.realpath(folder), os.path.realpath(raw))):  # noqa: PTH100
        if path.startswith(os.path.join(base, "")):  # noqa: PTH118  # strings: this is done for every file
            return _spec(table.pattern).match_file(path[len(os.path.join(base, "")) :])  # noqa: PTH118
    return False


@lru_cache(maxsize=256)
def _spec(pattern: str) -> "GitIgnoreSpec":
    """Return a pattern, compiled.

    Raises:
        ValueError, re.error: if it is no pattern.
    """
    from pathspec import GitIgnoreSpec  # only where it is needed: it takes a tenth of the start

    return GitIgnoreSpec.from_lines([pattern])
