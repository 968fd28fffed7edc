"""Copies of CLEAN for commands that read it, and of what they write: reverted raw files."""

import shutil
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from fnmatch import fnmatchcase
from pathlib import Path

from clean_news.files.discovery import InputError
from clean_news.formats import LOG_SUFFIXES
from clean_news.formats.size_limit import MEGABYTE
from clean_news.printable_text import printable, shown_as
from clean_news.project_folder import PROJECT_FOLDER
from clean_news.stores.batches import TRANSFERS
from clean_news.stores.clean_places import OF_REVIEWERS
from clean_news.stores.raw_objects import may_be_read
from clean_news.stores.scratch import scratch_folder
from clean_news.stores.transfers import Found, Store, StoreError
from clean_news.stores.urls import has_usable_name, is_url

OF_PROJECT = (*OF_REVIEWERS, "summary.json")  # what reading commands look at


@contextmanager
def readable(word: str, wanted: Sequence[str] = ()) -> Iterator[tuple[Path, tuple[str, ...]]]:
    """Yield a folder of this machine with what is in a folder of a store; a path is yielded as it is.

    Args:
        word: a URL or path.
        wanted: which articles are needed, as for :func:`clean_news.batch.clean_articles.clean_articles`; all if empty.

    Yields:
        The folder or file, and the articles, named as in it.

    Raises:
        InputError: if there is nothing, or no room for it.
        StoreError: if it cannot be downloaded.
        MissingLibraryError: if the library of the store is not installed.
    """
    if not is_url(word):
        yield Path(word), tuple(wanted)
        return
    with ExitStack() as stack:
        store = Store(word)
        names = tuple(each.removeprefix(f"{store.url}/") for each in wanted)
        scratch = stack.enter_context(scratch_folder())
        folder = scratch / "copy"
        folder.mkdir()
        stack.enter_context(shown_as(folder, store.url))
        found = {name: each for name, each in objects_below(store) if may_be_needed(name)}
        if found:
            chosen = _selected(found, names)
            if not word.endswith(PROJECT_FOLDER):
                there = store.listing(PROJECT_FOLDER).objects
                chosen |= {f"{PROJECT_FOLDER}/{name}": there[name] for name in OF_PROJECT if name in there}
            copy(store, chosen, folder)
            yield folder, names
            return
        yield _single(store, folder), names


def _single(store: Store, folder: Path) -> Path:
    """Copy the clean file that a URL names, and its log; return its path.

    Raises:
        InputError: if it names none.
        StoreError: if it cannot be downloaded.
    """
    if (itself := store.object_itself()) is None:
        raise InputError(f"{printable(store.url)}: there is no object below this name; name a folder of clean articles")
    parent, _, name = store.url.rpartition("/")
    above = Store(parent)
    there = above.listing().objects
    chosen = {name: itself} | {name + each: there[name + each] for each in LOG_SUFFIXES if name + each in there}
    copy(above, chosen, folder)
    return folder / name


@contextmanager
def written(word: str, names: Callable[[], Sequence[str]]) -> Iterator[Path]:
    """Yield a folder of this machine, whose files are uploaded into a folder of a store; a path is yielded as it is.

    Objects that are there already are copied before, so that whoever writes sees them; they are never replaced.

    Args:
        word: a URL or path.
        names: returns the names that may be written.

    Raises:
        StoreError: if a file cannot be transferred.
    """
    if not is_url(word):
        yield Path(word)
        return
    store = Store(word)
    with scratch_folder() as scratch:
        folder = scratch / "copy"
        folder.mkdir()
        with shown_as(folder, store.url):
            may_be_written = set(names())
            there = {name: found for name, found in objects_below(store) if name in may_be_written}
            copy(store, there, folder)
            yield folder
            files = (path.relative_to(folder).as_posix() for path in sorted(folder.rglob("*")) if path.is_file())
            _in_threads(lambda name: store.upload(folder / name, name), [name for name in files if name not in there])


def objects_below(store: Store, folder: str = "") -> Iterator[tuple[str, Found]]:
    """Yield name and details of each object below a folder, sorted by name; those that are hidden are left out.

    Raises:
        StoreError: if a folder cannot be listed.
    """
    listing = store.listing(folder)
    for part in sorted({*listing.objects, *listing.folders}):
        if part.startswith(".") or not has_usable_name(part):
            continue
        name = f"{folder}/{part}" if folder else part
        if part in listing.objects:
            yield name, listing.objects[part]
        if part in listing.folders:
            yield from objects_below(store, name)


def may_be_needed(name: str) -> bool:
    """Whether a name is that of a clean file or of a log."""
    return name.endswith(LOG_SUFFIXES) or may_be_read(name.rpartition("/")[2])


def _selected(found: dict[str, Found], wanted: Sequence[str]) -> dict[str, Found]:
    """Return the wanted files and their logs; all files, if something wanted may be the id of an article."""
    chosen: dict[str, Found] = {}
    for each in wanted:
        names = [name for name in found if name == each or fnmatchcase(name, each)]
        if not names:
            return found
        for name in names:
            logs = {name + suffix: found[name + suffix] for suffix in LOG_SUFFIXES if name + suffix in found}
            chosen |= {name: found[name]} | logs
    return chosen if wanted else found


def copy(store: Store, chosen: dict[str, Found], folder: Path) -> None:
    """Download objects into a folder.

    Raises:
        InputError: if there is no room for them.
        StoreError, OSError: if one cannot be downloaded.
    """
    needed, free = sum(each.size for each in chosen.values()), shutil.disk_usage(folder).free
    if needed > free:
        raise InputError(
            f"{printable(store.url)}: {needed / MEGABYTE:,.0f} MB are needed in the folder for temporary files, which "
            f"has {free / MEGABYTE:,.0f} MB; name fewer articles, or another folder with the variable TMPDIR"
        )
    _in_threads(lambda name: store.download(name, folder / name, chosen[name].size), list(chosen))


def _in_threads(transfer: Callable[[str], None], names: Sequence[str]) -> None:
    """Make transfers, many at a time; after the first that fails, those that have not begun are left out.

    Raises:
        StoreError, OSError: of the first that fails.
    """
    with ThreadPoolExecutor(TRANSFERS, "transfer") as threads:
        transfers = [threads.submit(transfer, name) for name in names]
        try:
            for each in transfers:
                each.result()
        except (StoreError, OSError):
            threads.shutdown(wait=True, cancel_futures=True)
            raise
