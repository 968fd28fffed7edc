"""Divides the objects of a store among the tasks of a cluster run: each gets its share, and returns a summary.

What is not up to date is found by the listings and the manifest, as in any run over a store, and divided in the order
of the names, so that few tasks list the same folder of CLEAN. The shares and the results of the tasks are kept in
``CLEAN/.clean-news/cluster`` while a run lasts; nothing of it is needed to resume a run, since the next one divides
whatever is not up to date then.

Shares are not trusted when they are read back: each task knows the SHA-256 of its own, and takes only names below RAW.
"""

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import msgspec

from clean_news.files.discovery import InputError
from clean_news.printable_text import printable
from clean_news.project_folder import PROJECT_FOLDER
from clean_news.stores.mirror import objects_below
from clean_news.stores.raw_objects import Raw, RawObject, Walk, may_be_read
from clean_news.stores.transfers import Store
from clean_news.stores.urls import has_usable_name
from clean_news.workflows.shards import Part

FOLDER = f"{PROJECT_FOLDER}/cluster"
OF_SHARES, OF_PARTS = "shares", "parts"  # folders of a run
OBJECT_BYTES = 8 << 10  # what the requests for an object take, compared with cleaning it
DIGEST_CHARS = 16  # of the name of a run's folder
OBJECT_DECODER = msgspec.json.Decoder(RawObject)
PART_DECODER = msgspec.json.Decoder(Part)
AGAIN = "run the same command again"


class Shares(NamedTuple):
    """The shares of a run.

    Attributes:
        url: URL of the run's folder in CLEAN.
        digests: SHA-256 of each share, in hex.
    """

    url: str
    digests: tuple[str, ...]


class SharedRaw:
    """The share of a task in RAW; see :class:`clean_news.stores.raw_objects.Raw`.

    Attributes:
        url: see there.
        is_remote: see there.
    """

    def __init__(self, raw: Raw, objects: list[RawObject]) -> None:
        """Note RAW and the objects of the share."""
        self.raw, self.share = raw, objects
        self.url, self.is_remote = raw.url, raw.is_remote
        self.fetch, self.shown = raw.fetch, raw.shown

    def objects(self, walk: Walk) -> Iterator[RawObject]:  # noqa: ARG002
        """Yield the objects of the share."""
        yield from self.share


def divide(objects: Iterable[RawObject], number: int, folder: Path) -> list[Path]:
    """Divide objects among at most ``number`` shares of about equal size, each of neighbours; return their files.

    Memory does not grow with the number of objects.

    Args:
        objects: the objects, in the order of a walk.
        number: maximum number of shares.
        folder: where to write the files.
    """
    whole = folder / "all.jsonl"
    size = 0
    with whole.open("wb") as file:
        for each in objects:
            file.write(msgspec.json.encode(each) + b"\n")
            size += each.size + OBJECT_BYTES
    paths: list[Path] = []
    seen = 0
    with whole.open("rb") as file:
        for line in file:
            weight = OBJECT_DECODER.decode(line).size + OBJECT_BYTES
            place = folder / f"{(seen + weight // 2) * number // size:05d}.jsonl"
            seen += weight
            paths += [place] if place not in paths[-1:] else []
            with place.open("ab") as share:
                share.write(line)
    whole.unlink()
    return paths


def put_shares(clean: str, paths: list[Path]) -> Shares:
    """Put shares into CLEAN, after removing what an earlier run left; there may be none.

    Args:
        clean: URL of CLEAN.
        paths: the files of the shares.

    Raises:
        StoreError: if they cannot be uploaded.
    """
    digests = tuple(hashlib.sha256(path.read_bytes()).hexdigest() for path in paths)
    name = hashlib.sha256("".join(digests).encode()).hexdigest()[:DIGEST_CHARS]
    remove_state(clean)
    store = Store(f"{clean.rstrip('/')}/{FOLDER}/{name}")
    for rank, path in enumerate(paths):
        store.upload(path, f"{OF_SHARES}/{rank:05d}.jsonl")
    return Shares(store.url, digests)


def remove_state(clean: str) -> None:
    """Remove the shares and results of runs from CLEAN.

    Raises:
        StoreError: if they cannot be removed.
    """
    store = Store(f"{clean.rstrip('/')}/{FOLDER}")
    for name, _ in list(objects_below(store)):
        store.remove(name)


def read_share(shares: Shares, rank: int) -> list[RawObject]:
    """Return the objects of a task.

    Args:
        shares: the shares.
        rank: the rank of the task.

    Raises:
        InputError: if the share is not the planned one, or names what no walk finds.
        StoreError: if it cannot be read.
    """
    place = f"{shares.url}/{OF_SHARES}/{rank:05d}.jsonl"
    content = _contents(shares, OF_SHARES, f"{rank:05d}.jsonl").get(f"{rank:05d}.jsonl", b"")
    if hashlib.sha256(content).hexdigest() != shares.digests[rank]:
        raise InputError(f"{printable(place)}: was changed or removed after the run was planned; {AGAIN}")
    found = [OBJECT_DECODER.decode(line) for line in content.splitlines()]
    for each in found:
        if not _is_found_by_walks(each.name):
            raise InputError(f"{printable(place)}: names {each.name!r}, which is not an object of RAW; {AGAIN}")
    return found


def _is_found_by_walks(name: str) -> bool:
    """Whether a name is one that a walk over RAW yields.

    >>> [_is_found_by_walks(name) for name in ("a/b.txt", "../b.txt", "/b.txt", ".hidden/b.txt", "b.exe")]
    [True, False, False, False, False]
    """
    parts = name.split("/")
    return has_usable_name(name) and not any(part.startswith(".") for part in parts) and may_be_read(parts[-1])


def write_part(shares: Shares, rank: int, part: Part) -> None:
    """Put the result of a task into CLEAN.

    Raises:
        StoreError: if it cannot be uploaded.
    """
    with TemporaryDirectory() as folder:
        path = Path(folder) / "part.json"
        path.write_bytes(msgspec.json.encode(part))
        Store(shares.url).upload(path, f"{OF_PARTS}/{rank:05d}.json")


def read_parts(shares: Shares) -> dict[int, Part]:
    """Return the results of the tasks that have finished, by rank.

    Raises:
        StoreError: if the store does not answer.
    """
    found = {}
    for name, content in _contents(shares, OF_PARTS).items():
        with suppress(ValueError, RecursionError):  # no UTF-8, or another type; else nested too deeply
            found[int(name.removesuffix(".json"))] = PART_DECODER.decode(content)
    return found


def _contents(shares: Shares, folder: str, only: str = "") -> dict[str, bytes]:
    """Return the contents of the objects in a folder of a run, by name.

    Args:
        shares: the shares, which tell the run.
        folder: the folder.
        only: the only name to look for; all if empty.

    Raises:
        StoreError: if one cannot be downloaded.
    """
    store = Store(f"{shares.url}/{folder}")
    contents = {}
    with TemporaryDirectory() as place:
        for name, found in store.listing().objects.items():
            path = Path(place) / "object"
            if only in {"", name}:
                with suppress(FileNotFoundError):
                    store.download(name, path, found.size)
                    contents[name] = path.read_bytes()
    return contents
