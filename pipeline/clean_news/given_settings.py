"""The settings that a command line asks for."""

from pathlib import Path
from typing import Any

from clean_news.exits import stop
from clean_news.settings import Settings, SettingsError, load, select_stages


def settings_of(
    config: Path | None,
    flags: dict[str, Any],
    only: list[str] | None = None,
    skip: list[str] | None = None,
) -> Settings:
    """The settings of the file and the flags; a wrong one ends the program."""
    given = {key: value for key, value in flags.items() if value is not None and value != []}
    try:
        return select_stages(load(config, Path.cwd(), given), only or (), skip or ())
    except SettingsError as error:
        stop(str(error))
