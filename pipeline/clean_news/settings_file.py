"""Find and read the settings of a run: a file, with overrides from the command line.

Settings are read from ``clean-news.toml``, or from ``[tool.clean-news]`` in ``pyproject.toml``. A file that was found,
not named, is trusted less: it must belong to the user, runs no code, and reads and writes no articles elsewhere.
"""

import os
import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from clean_news.printable_text import quoted
from clean_news.regular_files import MAX_SETTINGS_BYTES, read_regular
from clean_news.settings import (
    ADDED,
    NO_SECOND_OPINION,
    PATH_SETTINGS,
    UNSET,
    PathSettings,
    Settings,
    SettingsError,
    UnknownNameError,
    from_mapping,
)

TOML_PLACE = re.compile(r"\(((?:at line [0-9]+, column [0-9]+)|at end of document)\)\Z")  # in the messages of tomllib
# The time that tomllib takes for a key grows with the square of its parts: 1000 take 30 ms, 8000 take 1.5 s.
MAX_LINE_DOTS = 1000


def load(path: Path | None, folder: Path, overrides: dict[str, Any]) -> Settings:
    """Load the settings of a run from a file, with overrides from the command line.

    Args:
        path: the settings file; None for the one that :func:`find_file` finds, if any.
        folder: the working directory.
        overrides: values by key from the command line; values that are None are ignored. Lists of files are
            appended to those of the settings file, whose paths are relative to that file.

    Raises:
        SettingsError: if the file cannot be read, or for a key or value that is not allowed. A file that was found, not
            named, must not belong to another user, nor name a stage by a dotted path, since that runs code.
    """
    found = path or find_file(folder)
    from_file = _read_table(found) if found else {}
    if found and path is None:
        _check_found_table(from_file, found)
    given = {key: value for key, value in overrides.items() if value is not None}
    # Each source is validated by itself first, so that an error names it.
    file_values = msgspec.structs.asdict(from_mapping(from_file, str(found)))
    given_values = msgspec.structs.asdict(from_mapping(given, "command line"))
    # Merged before defaults are filled in: a level on the command line must not meet thresholds of the file's level.
    merged = {key.replace("_", "-"): value for table in (from_file, given) for key, value in table.items()}
    for key, field in PATH_SETTINGS.items():
        merged[key] = (*(str(found.parent / name) for name in file_values[field] if found), *given_values[field])
    if found and file_values["per_path"]:
        merged["per-path"] = _located_tables(file_values["per_path"], found.parent, given)
    if found and file_values["sources_index"]:
        merged["sources-index"] = given_values["sources_index"] or str(found.parent / file_values["sources_index"])
    own_opinion = from_file.get("second-opinion", from_file.get("second_opinion"))
    if found and own_opinion not in (None, NO_SECOND_OPINION, "auto"):
        merged["second-opinion"] = given.get("second-opinion", str(found.parent / own_opinion))
    return from_mapping(merged, f"command line and {found}")


def _located_tables(tables: Iterable[PathSettings], folder: Path, given: Mapping[str, Any]) -> tuple[PathSettings, ...]:
    """Return the tables of ``per-path`` with their folder, and without what the command line overrules.

    Args:
        tables: the tables, as read.
        folder: the folder of the settings file.
        given: values by key from the command line. Protected terms of a table are added to them.
    """
    overruled = {key.replace("-", "_") for key in given} - {*ADDED}
    located = []
    for table in tables:
        values = {name: value for name, value in table.values if name not in overruled}
        if "level" not in values:  # its thresholds go with it
            values = {name: value for name, value in values.items() if value != UNSET}
        if "protect_file" in values:
            values["protect_file"] = tuple(str(folder / name) for name in values["protect_file"])
        located.append(PathSettings(str(folder), table.pattern, tuple(sorted(values.items()))))
    return tuple(located)


def located(error: UnknownNameError, path: Path | None, folder: Path, overrides: dict[str, Any]) -> SettingsError:
    """Return an error with the origin of the wrong setting in its message.

    Args:
        error: what is wrong with the settings that :func:`load` returned for the other arguments.
        path: see :func:`load`.
        folder: see :func:`load`.
        overrides: see :func:`load`.
    """
    found = path or find_file(folder)
    if overrides.get(error.key) is not None or found is None:
        return SettingsError(error.message("command line"))
    if path is None and _leads_elsewhere(found):
        return _unquoted(found)
    return SettingsError(error.message(str(found)))


def _read_table(path: Path) -> dict[str, Any]:
    """Read the keys and values that a TOML file sets.

    Args:
        path: a ``pyproject.toml``, of which the table ``[tool.clean-news]`` is read, or another TOML file.

    Raises:
        SettingsError: if the file cannot be read or is not TOML.
    """
    try:
        text = read_regular(path, MAX_SETTINGS_BYTES).decode()
        _check_dots(text, path)
        document = tomllib.loads(text)
    except OSError as error:
        raise SettingsError(f"{path}: cannot be read ({error.strerror}); name an existing settings file") from error
    except RecursionError as error:
        raise SettingsError(f"{path}: is nested too deeply; the README has an example") from error
    except ValueError as error:  # of tomllib, or because it is not UTF-8, or a number has too many digits
        raise SettingsError(f"{path}: is not valid TOML ({_fault_of(error)}); the README has an example") from error
    if path.name == "pyproject.toml":
        for name in ("tool", "clean-news"):
            document = document.get(name, {})
            if not isinstance(document, dict):
                raise SettingsError(f"{path}: {name} is not a table; the README has an example")
    return document


def _check_dots(text: str, path: Path) -> None:
    """Check that no line can be a key of so many parts that parsing it takes minutes.

    Raises:
        SettingsError: if one has more than :data:`MAX_LINE_DOTS` dots.
    """
    for number, line in enumerate(text.split("\n"), 1):
        if line.count(".") > MAX_LINE_DOTS:
            raise SettingsError(f"{path}, line {number}: has more than {MAX_LINE_DOTS} dots; put a list on several")


def _fault_of(error: ValueError) -> str:
    """What is wrong with a TOML file, and where; nothing of the file is quoted, as it may be any file.

    >>> _fault_of(tomllib.TOMLDecodeError("Unclosed array (at end of document)"))
    'Unclosed array (at end of document)'
    >>> _fault_of(tomllib.TOMLDecodeError("Illegal character 's' (at line 1, column 5)"))
    'at line 1, column 5'
    """
    if not {"'", '"'} & {*str(error).replace("'='", "")}:  # the equals sign that is expected
        return str(error)
    place = TOML_PLACE.search(str(error))
    return place.group(1) if place else "it is not UTF-8, or a value is out of range"


def find_file(folder: Path) -> Path | None:
    """Find the settings file for a run in ``folder``: in it, or in the nearest parent folder that has one.

    Raises:
        SettingsError: if the file belongs to another user, or a ``pyproject.toml`` cannot be read.
    """
    for parent in (folder, *folder.parents):
        for place in (parent / "clean-news.toml", parent / "pyproject.toml"):
            if os.path.lexists(place) and (place.name != "pyproject.toml" or _has_settings(place)):
                _check_owner(place)
                return place
    return None


def _has_settings(project: Path) -> bool:
    """Whether a ``pyproject.toml`` has settings; one that cannot be read has none."""
    try:
        return b"[tool.clean-news]" in read_regular(project, MAX_SETTINGS_BYTES)
    except OSError:
        return False


def _check_owner(found: Path) -> None:
    """Check that a settings file that was found belongs to the user or to root, as git checks its ``safe.directory``.

    What lies in a folder that others may write to must not steer the user's runs.

    Raises:
        SettingsError: if the file, or the link that leads to it, belongs to another user.
    """
    if not hasattr(os, "geteuid"):  # Windows
        return
    trusted = {os.geteuid(), 0}
    if os.geteuid() == 0 and os.environ.get("SUDO_UID", "").isdecimal():
        trusted.add(int(os.environ["SUDO_UID"]))  # the user who called sudo
    try:
        owners = {found.lstat().st_uid, found.stat().st_uid}
    except OSError as error:
        raise SettingsError(
            f"{found}: cannot be read ({error.strerror}); remove it, or name a file with --config"
        ) from error
    if not owners <= trusted:
        raise SettingsError(
            f"{found}: these settings belong to another user, so they are not used; if you trust them, "
            f"run again with --config {found}, else remove them or run in another folder"
        )


def _check_found_table(table: dict[str, Any], found: Path) -> None:
    """Check the settings of a file that was found: they run no code, and errors quote no other folder's file.

    Nor do they name sources or an index outside their folder: words of the sources get into CLEAN and its logs, and an
    index is written.

    Raises:
        SettingsError: if a stage is named by a dotted path, or a source is elsewhere; or, without quoting it, for a
            wrong key or value of a file that is a link to another folder.
    """
    stages = table.get("stages")
    dotted = [name for name in stages if isinstance(name, str) and "." in name] if isinstance(stages, list) else []
    is_foreign = _leads_elsewhere(found)
    if dotted:
        what = "stages" if is_foreign else f"stages = [{quoted(dotted[0])}]"
        raise SettingsError(
            f"{found}: {what} names a module, which would run; settings that were found run no code. "
            f"If you trust them, run again with --config {found}"
        )
    if is_foreign:
        try:
            from_mapping(table)
        except SettingsError as error:
            raise _unquoted(found) from error
    for key, option in (
        ("sources", "--sources PATH"),
        ("sources-index", "--sources-index PATH"),
        ("second-opinion", "--second-opinion PATH"),
    ):
        named = table.get(key, table.get(key.replace("-", "_"), ()))
        for name in named if isinstance(named, list) else [named] if named else []:
            if isinstance(name, str) and not _is_below(found.parent / name, found.parent):
                raise SettingsError(
                    f"{found}: {key} names a place outside the folder of this file, and settings that were found read "
                    f"and write none there; if you trust them, run again with --config {found}, or give {option}"
                )


def _is_below(path: Path, folder: Path) -> bool:
    """Whether a path, with its links resolved, is in a folder, or is the folder."""
    try:
        return Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder))
    except ValueError:  # a NUL in the name
        return False


def _leads_elsewhere(found: Path) -> bool:
    """Whether a settings file that was found is a link to another folder."""
    return Path(os.path.realpath(found)).parent != Path(os.path.realpath(found.parent))


def _unquoted(found: Path) -> SettingsError:
    """Return the exception to raise for a wrong key or value of a file that is a link to another folder."""
    return SettingsError(
        f"{found}: has a key or a value that is not allowed. It is a link to another folder, so nothing of it "
        f"is quoted; see more with --config {os.path.realpath(found)}"
    )
