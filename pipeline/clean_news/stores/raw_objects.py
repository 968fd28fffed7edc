"""The objects of RAW: those of a store, found folder by folder, or the files of a folder of this machine."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, Protocol

from clean_news.failures import Failure
from clean_news.files.discovery import TAKEN, InputError, discover
from clean_news.files.unsupported_files import MAX_NAMED_SINGLY, unsupported
from clean_news.formats import KINDS, LOG_SUFFIXES, clean_name, is_raw_only
from clean_news.printable_text import printable
from clean_news.stores.manifest import content_of
from clean_news.stores.transfers import Store, StoreError
from clean_news.stores.urls import has_usable_name

UNUSABLE = "no file can have this name (an empty part, . or ..); copy the objects to names without"


class RawObject(NamedTuple):
    """One object to clean.

    Attributes:
        name: its name below RAW, with ``/`` between folders.
        size: in bytes.
        tag: what differs if the content differs; None if that is not known without reading it.
    """

    name: str
    size: int
    tag: str | None


class Walk(NamedTuple):
    """What a walk finds beside the objects to clean, sorted by name.

    Attributes:
        passed_over: names of objects of unknown type.
        failures: what could not be listed or cannot be read.
    """

    passed_over: list[str]
    failures: list[Failure]


class Raw(Protocol):
    """RAW.

    Attributes:
        url: its URL or path, as shown to users.
        is_remote: whether each object has to be downloaded.
    """

    url: str
    is_remote: bool

    def objects(self, walk: Walk) -> Iterator[RawObject]:
        """Yield the objects of known types, sorted by name within each folder.

        Raises:
            InputError: if there is nothing under RAW.
        """
        ...

    def fetch(self, name: str, size: int, folder: Path) -> Path:
        """Return the file of an object, which is downloaded into the folder if it is remote.

        Raises:
            StoreError, FileNotFoundError, OSError: if it cannot be downloaded.
        """
        ...

    def shown(self, name: str) -> str:
        """Return the path or URL of an object, for people and logs."""
        ...


class RemoteRaw:
    """RAW in a store; see :class:`Raw`."""

    is_remote = True

    def __init__(self, url: str) -> None:
        """See :class:`Store`."""
        self.store = Store(url)
        self.url = self.store.url
        self.itself: RawObject | None = None  # if RAW is an object; the store is then the folder that has it

    def objects(self, walk: Walk) -> Iterator[RawObject]:
        """See :meth:`Raw.objects`."""
        if self.itself is not None:
            yield self.itself
            return
        is_empty = True
        for each in self._below("", walk):
            is_empty = False
            yield each
        if not is_empty or walk.failures:
            return
        if walk.passed_over:
            walk.failures.extend(self._nothing_readable(walk.passed_over))
        elif (itself := self._named_object()) is not None:
            self.itself = itself
            yield itself
        else:
            raise InputError(
                f"{printable(self.url)}: there is no object below this name; name the folder of articles, and look "
                "with the store's own tools whether it has any"
            )

    def _named_object(self) -> RawObject | None:
        """Return the object that RAW names, if it is one; its name is then below the folder that has it."""
        found = self.store.object_itself()
        if found is None:
            return None
        folder, _, name = self.url.rpartition("/")
        if not may_be_read(name):
            raise InputError(f"{printable(self.url)}: {unsupported(name)}")
        self.store = Store(folder)
        return RawObject(name, found.size, found.tag)

    def _below(self, folder: str, walk: Walk) -> Iterator[RawObject]:
        """Yield the objects below a folder, and note what else is there."""
        try:
            listing = self.store.listing(folder)
        except StoreError as error:
            walk.failures.append(Failure("", str(error)))
            return
        for part in sorted({*listing.objects, *listing.folders}):
            name = f"{folder}/{part}" if folder else part
            if not has_usable_name(part):
                walk.failures.append(Failure(printable(self.shown(f"{name}/")), UNUSABLE))
                continue
            if part.startswith("."):
                continue
            if (found := listing.objects.get(part)) is not None:
                if not may_be_read(part):
                    walk.passed_over.append(printable(name))
                elif is_raw_only(part) and clean_name(part) in listing.objects:
                    why = TAKEN.format(clean_name(printable(part)))
                    walk.failures.append(Failure(printable(self.shown(name)), why))
                else:
                    yield RawObject(name, found.size, found.tag)
            if part in listing.folders:
                yield from self._below(name, walk)

    def _nothing_readable(self, names: list[str]) -> Iterator[Failure]:
        """Yield the failures of a RAW with nothing that can be read."""
        for name in names[:MAX_NAMED_SINGLY]:
            yield Failure(printable(self.shown(name)), unsupported(name))
        if len(names) > MAX_NAMED_SINGLY:
            more = len(names) - MAX_NAMED_SINGLY
            yield Failure(printable(self.url), f"{more:,} more objects are of no supported type")

    def fetch(self, name: str, size: int, folder: Path) -> Path:
        """See :meth:`Raw.fetch`."""
        target = folder / name
        self.store.download(name, target, size)
        return target

    def shown(self, name: str) -> str:
        """See :meth:`Raw.shown`."""
        return self.store.shown(name)


class LocalRaw:
    """RAW in a folder of this machine, or one file; see :class:`Raw`. Its files are read where they are."""

    is_remote = False

    def __init__(self, raw: Path, follow_links: bool) -> None:
        """See :func:`clean_news.files.discovery.discover`."""
        self.raw, self.follow_links = raw, follow_links
        self.url = str(raw)

    def objects(self, walk: Walk) -> Iterator[RawObject]:
        """See :meth:`Raw.objects`."""
        found = discover(self.raw, None, self.follow_links)
        walk.passed_over.extend(found.passed_over)
        walk.failures.extend(found.failures)
        for task in found.tasks:
            name = task.raw.relative_to(self.raw).as_posix() if self.raw.is_dir() else task.raw.name
            try:
                content = content_of(task.raw)
            except OSError:  # the cleaning itself will say why
                yield RawObject(name, task.size, None)
            else:
                yield RawObject(name, content.size, f"md5={content.md5}")

    def fetch(self, name: str, size: int, folder: Path) -> Path:  # noqa: ARG002
        """See :meth:`Raw.fetch`."""
        return self._path(name)

    def shown(self, name: str) -> str:
        """See :meth:`Raw.shown`."""
        return self._path(name).as_posix()

    def _path(self, name: str) -> Path:
        """Return the path of a file."""
        return self.raw / name if self.raw.is_dir() else self.raw


def may_be_read(name: str) -> bool:
    """Whether the type of a file may be one that clean-news reads; of XML and databases the content says it.

    >>> [may_be_read(name) for name in ("a.TXT", "b.xml", "c.bin", "d.txt.changes.json", ".txt")]
    [True, True, False, False, False]
    """
    lower = name.lower()
    return not lower.endswith(LOG_SUFFIXES) and any(lower.endswith(each) and lower != each for each in KINDS)
