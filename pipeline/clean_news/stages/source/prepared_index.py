"""Makes the index that the settings of a run ask for, and opens it once in each process.

Whoever starts a run calls :func:`prepare` once, before any worker starts. From then on the settings name the index
instead of the sources, so that no worker looks at the sources again: each maps the files of the index into memory,
which the processes share. The index itself needs NumPy, which is imported only if there are sources.
"""

import os
import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from clean_news.failures import Failure
from clean_news.files.discovery import InputError, is_same, real_path
from clean_news.files.folder_lock import LOCK_FILE
from clean_news.printable_text import printable
from clean_news.settings import Settings, SettingsError, has_sources

if TYPE_CHECKING:
    from clean_news.sources import ArticleIndex, Progress, Spread

MANIFEST = "index.json"  # see clean_news.sources.manifest
# Names of everything that is in the folder of an index.
_OWN_NAME = re.compile(
    rf"{re.escape(MANIFEST)}(\.tmp)?|(segment|features|squares|scales|files)-.*|{re.escape(LOCK_FILE)}"
)
_OWN_MANIFEST = re.compile(rb"[0-9a-f]{8}\n\{")  # how a manifest begins
MAX_OPENINGS = 3  # while another process replaces the index again and again


class Prepared(NamedTuple):
    """The settings of a run whose index is complete.

    Attributes:
        settings: the settings, which name the index and no sources.
        articles: number of articles in the index; 0 if there is none.
        failures: source files and rows that could not be read; the index has all the others.
    """

    settings: Settings
    articles: int = 0
    failures: tuple[Failure, ...] = ()


def prepare(
    settings: Settings, progress: "Progress" = lambda _files, _total, _articles: None, spread: "Spread" = map
) -> Prepared:
    """Bring the index of the sources up to date, and check that it can be opened.

    Args:
        settings: the settings; nothing is done for those without sources and without an index.
        progress: see :func:`clean_news.sources.update`.
        spread: see there.

    Raises:
        SettingsError: if a source does not exist, or the index cannot be written or opened.
    """
    place = index_place(settings)
    if place is None:
        return Prepared(msgspec.structs.replace(settings, sources=(), sources_index=""))
    failures: tuple[Failure, ...] = ()
    check_sources(settings)
    if settings.sources:
        failures = _updated(place, [Path(source) for source in settings.sources], settings, progress, spread)
    index = opened(str(place))
    return Prepared(msgspec.structs.replace(settings, sources=(), sources_index=str(place)), len(index), failures)


def check_sources(settings: Settings) -> None:
    """Check that the sources exist.

    Raises:
        SettingsError: if one does not.
    """
    for source in settings.sources if has_sources(settings) else ():
        try:
            found = os.path.lexists(source)
        except ValueError:  # a NUL in the name
            found = False
        if not found:
            raise SettingsError(
                f"{printable(source)}: there is no such file or folder; name a folder or a file of articles as a source"
            )


def index_place(settings: Settings) -> Path | None:
    """Return the absolute path of the index that the settings ask for; None if no stage needs one."""
    if not has_sources(settings):
        return None
    if settings.sources_index:
        return Path(settings.sources_index).absolute()
    from clean_news.sources import index_path

    return index_path([Path(source) for source in settings.sources]).absolute()


def check_apart(settings: Settings, raws: Sequence[Path], clean: Path | None) -> None:
    """Check that the index is not inside RAW, which is never written to, nor among the clean files.

    Args:
        settings: the settings, prepared or not.
        raws: folders of articles, and files.
        clean: CLEAN, a folder or a file; None if nothing is written.

    Raises:
        InputError: if it is.
    """
    place = index_place(settings)
    if place is None:
        return
    inside = [real_path(place), *real_path(place).parents]
    for raw in raws:
        if raw.is_dir() and any(is_same(raw, each) for each in inside):
            raise InputError(
                f"{printable(place)}: the index of the sources is inside RAW ({printable(raw)}), which is never "
                "written to; name another folder with --sources-index"
            )
    if clean is not None and any(is_same(clean, each) for each in inside):
        within = real_path(place).relative_to(real_path(clean))
        if not any(part.startswith(".") for part in within.parts):
            raise InputError(
                f"{printable(place)}: the index of the sources is among the clean files ({printable(clean)}); name "
                "another folder with --sources-index"
            )


def _updated(
    place: Path, sources: list[Path], settings: Settings, progress: "Progress", spread: "Spread"
) -> tuple[Failure, ...]:
    """Bring an index up to date; return the failures.

    Raises:
        SettingsError: if a source is of an unknown type, or the index cannot be written.
    """
    from clean_news.sources import IndexDamaged, update

    try:
        _check_ours(place)
        return update(place, sources, settings, progress, spread).failures
    except (InputError, IndexDamaged) as error:
        raise SettingsError(str(error)) from error
    except OSError as error:
        raise SettingsError(
            f"{printable(place)}: the index of the sources cannot be written ({error.strerror}); name a folder that "
            "can be written with --sources-index, or leave out the sources to use an index as it is"
        ) from error


def _check_ours(place: Path) -> None:
    """Check that writing an index would overwrite nothing but an index.

    Raises:
        SettingsError: if there is a file, or a folder with something else in it, e.g. a symbolic link.
        OSError: if the folder cannot be read.
    """
    if not os.path.lexists(place):
        return
    _refuse_strange_files(place)
    if place.is_dir():
        names = {each.name for each in place.iterdir()}
        if names == {MANIFEST}:
            with (place / MANIFEST).open("rb") as file:
                is_ours = _OWN_MANIFEST.match(file.read(16)) is not None
        else:
            is_ours = all(map(_OWN_NAME.fullmatch, names))
        if is_ours:
            return
    raise SettingsError(
        f"{printable(place)}: is not an index of sources, and nothing else is overwritten; name a new or an empty "
        "folder with --sources-index"
    )


def _refuse_strange_files(place: Path) -> None:
    """Check that an index is made of files and folders: a link may lead anywhere, and a pipe blocks who reads it.

    Raises:
        SettingsError: if there is something else.
        OSError: if a folder cannot be read.
    """
    if not place.is_dir():
        return
    folders = [place]
    while folders:
        with os.scandir(folders.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    folders.append(Path(entry.path))
                elif not entry.is_file(follow_symlinks=False):
                    raise SettingsError(
                        f"{printable(entry.path)}: is neither a file nor a folder, so this is not an index of sources "
                        "that was made here; delete that folder, or name another with --sources-index"
                    )


def opened(path: str) -> "ArticleIndex":
    """Return the index at a path, opened for reading once in each process, and again after it was replaced.

    Args:
        path: the setting ``sources-index`` of a prepared run.

    Raises:
        SettingsError: if there is none, or it is damaged or of another version; the message says what to do.
    """
    from clean_news.sources import IndexDamaged

    for attempt in range(1, MAX_OPENINGS + 1):
        version = _version(path)
        try:
            return _opened(path, version)
        except IndexDamaged as error:
            if attempt == MAX_OPENINGS or _version(path) == version:
                raise SettingsError(str(error)) from error
    raise AssertionError("unreachable")


def _version(path: str) -> tuple[int, int, int]:
    """Return what identifies a version of an index: mtime in ns, size and inode of its manifest."""
    try:
        found = os.stat(os.path.join(path, MANIFEST))  # noqa: PTH116, PTH118  # called for every suspected article
    except (OSError, ValueError):
        return (0, 0, 0)
    return (found.st_mtime_ns, found.st_size, found.st_ino)


@lru_cache(maxsize=2)
def _opened(path: str, version: tuple[int, int, int]) -> "ArticleIndex":
    """Open a version of an index.

    Raises:
        IndexDamaged: if it cannot be opened.
    """
    from clean_news.sources import open_index

    del version
    try:
        _refuse_strange_files(Path(path))
    except OSError as error:
        raise SettingsError(f"{printable(path)}: the index of the sources cannot be read ({error.strerror})") from error
    return open_index(Path(path))


def sources_digest(settings: Settings) -> str:
    """Return the digest of the sources of a prepared run, in hex; empty if it has none.

    Raises:
        SettingsError: if the index cannot be opened.
    """
    place = index_place(settings)
    return "" if settings.sources or place is None else opened(str(place)).digest
