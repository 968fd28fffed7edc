"""CLEAN: in a store, with copies of what a batch needs on this machine, or a folder of this machine."""

import contextlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import NamedTuple, Protocol

from clean_news.batch.atomic_writing import remove_leftovers, replacing
from clean_news.batch.half_landed import finish_half_landed
from clean_news.formats import LOG_SUFFIXES, clean_name
from clean_news.project_folder import DECISIONS, DICTIONARY, PROJECT_FOLDER, PROTECTED
from clean_news.stores.manifest import PART_SUFFIX, content_of
from clean_news.stores.transfers import Found, Listing, Store

MANIFEST_FOLDER = f"{PROJECT_FOLDER}/manifest"
OF_REVIEWERS = (DECISIONS, PROTECTED, DICTIONARY)


class FoundPair(NamedTuple):
    """What is in CLEAN for an article.

    Attributes:
        clean: the clean file; None if there is none.
        log: the file of its logs; None if there is none.
        log_name: the name of the latter; empty if there is none.
    """

    clean: Found | None
    log: Found | None
    log_name: str


class Clean(Protocol):
    """CLEAN.

    Attributes:
        url: its URL or path, as shown to users.
        is_remote: whether files are written into a folder of the batch, and uploaded.
        project: a folder of this machine that contains ``.clean-news``.
    """

    url: str
    is_remote: bool
    project: Path

    def forget_listings(self) -> None:
        """Let :meth:`found` ask the store again."""
        ...

    def found(self, raw_name: str) -> FoundPair:
        """Return what is there for a raw object; asked in the order of the walk.

        Raises:
            StoreError: if the folder cannot be listed.
        """
        ...

    def folder(self, batch: Path) -> Path:
        """Return the folder that a batch is cleaned into; the argument is the batch's own."""
        ...

    def fetch(self, name: str, found: Found, folder: Path) -> None:
        """Copy a file of CLEAN into a batch's folder, unless it is there.

        Raises:
            StoreError, OSError: if it cannot be downloaded.
        """
        ...

    def land(self, name: str, folder: Path) -> None:
        """Put a file of a batch's folder into CLEAN.

        Raises:
            StoreError: if it cannot be uploaded.
        """
        ...

    def begin(self) -> None:
        """Make the project folder of this machine as that of CLEAN is, and put CLEAN in order."""
        ...

    def parts(self, folder: Path) -> Iterator[Path]:
        """Yield the parts of the manifest, copied into a folder."""
        ...

    def put_part(self, part: Path) -> None:
        """Put a part of the manifest into CLEAN."""
        ...

    def remove_part(self, name: str) -> None:
        """Remove a part of the manifest."""
        ...

    def put_project_file(self, name: str) -> None:
        """Put a file of the project folder into CLEAN, if there is one."""
        ...


class RemoteClean:
    """CLEAN in a store; see :class:`Clean`."""

    is_remote = True

    def __init__(self, url: str, project: Path) -> None:
        """See the attributes."""
        self.store = Store(url)
        self.url, self.project = self.store.url, project
        self.listings: dict[str, Listing] = {}

    def forget_listings(self) -> None:
        """See :meth:`Clean.forget_listings`."""
        self.listings = {}

    def found(self, raw_name: str) -> FoundPair:
        """See :meth:`Clean.found`."""
        path = PurePosixPath(clean_name(raw_name))
        objects = self._listing(path.parent.as_posix().removeprefix(".")).objects
        log_name = next((name for each in LOG_SUFFIXES if (name := path.name + each) in objects), "")
        full_name = path.with_name(log_name).as_posix() if log_name else ""
        return FoundPair(objects.get(path.name), objects.get(log_name), full_name)

    def _listing(self, folder: str) -> Listing:
        """Return the listing of a folder; those of the folders that contain it are kept, and tell if it exists."""
        if (known := self.listings.get(folder)) is not None:
            return known
        listing = Listing({}, frozenset())
        parent, _, name = folder.rpartition("/")
        if not folder or name in self._listing(parent).folders:
            listing = self.store.listing(folder)
        above = {each.as_posix().removeprefix(".") for each in PurePosixPath(folder).parents}
        self.listings = {each: found for each, found in self.listings.items() if each in above} | {folder: listing}
        return listing

    def folder(self, batch: Path) -> Path:
        """See :meth:`Clean.folder`."""
        return batch / "clean"

    def fetch(self, name: str, found: Found, folder: Path) -> None:
        """See :meth:`Clean.fetch`."""
        self.store.download(name, folder / name, found.size)

    def land(self, name: str, folder: Path) -> None:
        """See :meth:`Clean.land`."""
        self.store.upload(folder / name, name)

    def begin(self) -> None:
        """See :meth:`Clean.begin`."""
        own = self.project / PROJECT_FOLDER
        own.mkdir(parents=True, exist_ok=True)
        there = self.store.listing(PROJECT_FOLDER).objects
        for name in OF_REVIEWERS:
            if name in there:
                self.store.download(f"{PROJECT_FOLDER}/{name}", own / name, there[name].size)

    def parts(self, folder: Path) -> Iterator[Path]:
        """See :meth:`Clean.parts`."""
        for name, found in sorted(self.store.listing(MANIFEST_FOLDER).objects.items()):
            if name.endswith(PART_SUFFIX):
                place = folder / name
                with contextlib.suppress(FileNotFoundError):  # another run has joined it with others
                    self.store.download(f"{MANIFEST_FOLDER}/{name}", place, found.size)
                    yield place
                place.unlink(missing_ok=True)

    def put_part(self, part: Path) -> None:
        """See :meth:`Clean.put_part`."""
        self.store.upload(part, f"{MANIFEST_FOLDER}/{part.name}")

    def remove_part(self, name: str) -> None:
        """See :meth:`Clean.remove_part`."""
        self.store.remove(f"{MANIFEST_FOLDER}/{name}")

    def put_project_file(self, name: str) -> None:
        """See :meth:`Clean.put_project_file`."""
        if (place := self.project / PROJECT_FOLDER / name).exists():
            self.store.upload(place, f"{PROJECT_FOLDER}/{name}")


class LocalClean:
    """CLEAN in a folder of this machine; see :class:`Clean`."""

    is_remote = False

    def __init__(self, clean: Path) -> None:
        """See the attributes."""
        self.project = clean
        self.url = str(clean)

    def forget_listings(self) -> None:
        """Do nothing: files are looked at each time."""

    def found(self, raw_name: str) -> FoundPair:
        """See :meth:`Clean.found`."""
        path = self.project / clean_name(raw_name)
        log = next((each for suffix in LOG_SUFFIXES if (each := path.with_name(path.name + suffix)).is_file()), None)
        log_name = log.relative_to(self.project).as_posix() if log else ""
        return FoundPair(_found(path), _found(log) if log else None, log_name)

    def folder(self, batch: Path) -> Path:  # noqa: ARG002
        """See :meth:`Clean.folder`."""
        return self.project

    def fetch(self, name: str, found: Found, folder: Path) -> None:
        """Do nothing: it is there."""

    def land(self, name: str, folder: Path) -> None:
        """Do nothing: it is there."""

    def begin(self) -> None:
        """See :meth:`Clean.begin`."""
        self.project.mkdir(parents=True, exist_ok=True)
        finish_half_landed(self.project)
        remove_leftovers(self.project, resumable=False)

    def parts(self, folder: Path) -> Iterator[Path]:  # noqa: ARG002
        """See :meth:`Clean.parts`."""
        yield from sorted((self.project / MANIFEST_FOLDER).glob(f"*{PART_SUFFIX}"))

    def put_part(self, part: Path) -> None:
        """See :meth:`Clean.put_part`."""
        with replacing(self.project / MANIFEST_FOLDER / part.name, within=self.project) as (file,):
            file.write(part.read_bytes())

    def remove_part(self, name: str) -> None:
        """See :meth:`Clean.remove_part`."""
        (self.project / MANIFEST_FOLDER / name).unlink(missing_ok=True)

    def put_project_file(self, name: str) -> None:
        """Do nothing: it is there."""


def _found(path: Path) -> Found | None:
    """Return what a listing would say of a file; None if there is none, or a link."""
    if path.is_symlink() or not path.is_file():
        return None
    content = content_of(path)
    return Found(content.size, None, (content.md5,))
