"""An object store by fsspec: lists, downloads and uploads, each again with growing pauses if it fails.

Every transfer is one request for an object of ordinary size. The libraries of the stores have retries of their own for
what they know; those here also cover what reaches us as another error, and bodies that are shorter than announced.
"""

import base64
import errno
import hashlib
import random
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from clean_news.files.discovery import InputError
from clean_news.optional_library import MissingLibraryError, load_optional
from clean_news.printable_text import printable
from clean_news.stores.urls import checked_url, mask

Result = TypeVar("Result")

EXTRAS = {"gs": "gcs", "gcs": "gcs", "az": "azure", "abfs": "azure", "abfss": "azure", "adl": "azure"}
OTHERS_EXTRA = "s3"  # which installs fsspec, too
ATTEMPTS = 5
FIRST_PAUSE_SECONDS = 0.2  # before the second attempt; doubled before each further one
# Another attempt would not help.
FINAL = (FileNotFoundError, PermissionError, IsADirectoryError, NotADirectoryError, MissingLibraryError)
FINAL_NUMBERS = {errno.ENOSPC, errno.EDQUOT, errno.ENAMETOOLONG, errno.EROFS, errno.EINVAL}
# In the details of listings: another content, another tag. Google's etag also differs for other metadata.
CONTENT_TAGS = ("ETag", "generation", "etag", "md5Hash")
MD5_TAGS = ("ETag", "etag", "md5Hash")
MD5_IN_HEX = re.compile(r"[0-9a-fA-F]{32}")


class StoreError(Exception):
    """A request failed at every attempt; the message is without credentials."""


class Found(NamedTuple):
    """An object in a listing.

    Attributes:
        size: in bytes.
        tag: what differs if the content differs; None if the store lists nothing of the kind, only times.
        digests: tags that may be the MD5 of the content, in hex. Under some encryptions they are not.
    """

    size: int
    tag: str | None
    digests: tuple[str, ...] = ()


class Listing(NamedTuple):
    """What is directly in a folder.

    Attributes:
        objects: by name.
        folders: names of the folders.
    """

    objects: dict[str, Found]
    folders: frozenset[str]


class Store:
    """A folder of an object store.

    Attributes:
        url: its URL, without a slash at the end.
    """

    def __init__(self, url: str) -> None:
        """Prepare the access; no request is made.

        Raises:
            InputError: if the URL holds credentials, or fsspec does not know its scheme.
            MissingLibraryError: if the library of the store is not installed.
        """
        self.url = checked_url(url)
        scheme = self.url.partition("://")[0]
        extra = EXTRAS.get(scheme, OTHERS_EXTRA)
        core = load_optional("fsspec.core", extra)
        try:
            # Listings must be those of the store: another run may write, and a cache of 100M names would not fit.
            self.files, root = core.url_to_fs(self.url, use_listings_cache=False, skip_instance_cache=True)
        except ImportError as error:
            raise MissingLibraryError(
                f"{scheme}:// needs a library that is not installed ({mask(str(error))}); install it with: pip install "
                f"'clean-news[{extra}]'"
            ) from error
        except ValueError as error:
            raise InputError(f"{printable(self.url)}: {mask(str(error))}; name a URL that fsspec knows") from error
        self.root = str(root).rstrip("/")

    def shown(self, name: str) -> str:
        """Return the URL of an object, for people and logs."""
        return f"{self.url}/{name}" if name else self.url

    def _path(self, name: str) -> str:
        """Return the path of an object for fsspec."""
        return f"{self.root}/{name}" if name else self.root

    def listing(self, folder: str = "") -> Listing:
        """Return what is in a folder; nothing if there is no such folder.

        Raises:
            StoreError: if it cannot be listed.
        """
        path = self._path(folder)
        try:
            details = self._persistently(lambda: self.files.ls(path, detail=True), self.shown(folder))
        except FileNotFoundError:
            details = []
        objects, folders = dict[str, Found](), set[str]()
        for each in details:
            name = str(each["name"]).removeprefix("/" if not path.startswith("/") else "")
            if not name.startswith(f"{path}/"):
                continue  # the folder itself
            within = name[len(path) + 1 :]
            if each["type"] == "directory":
                folders.add(within.removesuffix("/"))  # empty for names with two slashes
            elif not name.endswith("/"):  # else a folder's marker
                objects[within] = found_in(each)
        return Listing(objects, frozenset(folders))

    def object_itself(self) -> Found | None:
        """Return the object that the URL names; None if it names a folder or nothing.

        Raises:
            StoreError: if the store does not answer.
        """
        try:
            details = self._persistently(lambda: self.files.info(self.root), self.url)
        except FileNotFoundError:
            return None
        return None if details["type"] == "directory" else found_in(details)

    def download(self, name: str, target: Path, size: int | None = None) -> None:
        """Download an object into a new file.

        Args:
            name: name of the object.
            target: the file.
            size: its expected size in bytes.

        Raises:
            StoreError: if it cannot be downloaded, or has another size at each attempt.
            FileNotFoundError: if it is gone.
            OSError: if the file cannot be written.
        """

        def attempt() -> None:
            self.files.get_file(self._path(name), str(target))
            if size is not None and target.stat().st_size != size:
                raise TimeoutError(f"{target.stat().st_size:,} of {size:,} bytes came; the object is being replaced")

        target.parent.mkdir(parents=True, exist_ok=True)
        self._persistently(attempt, self.shown(name))

    def upload(self, source: Path, name: str) -> None:
        """Upload a file, which replaces an object of that name at once.

        Raises:
            StoreError: if it cannot be uploaded.
        """
        self._persistently(lambda: self.files.put_file(str(source), self._path(name)), self.shown(name))

    def remove(self, name: str) -> None:
        """Remove an object, if it is there.

        Raises:
            StoreError: if it cannot be removed.
        """
        try:
            self._persistently(lambda: self.files.rm_file(self._path(name)), self.shown(name))
        except FileNotFoundError:
            return

    def _persistently(self, request: Callable[[], Result], what: str) -> Result:
        """Make a request, again if it fails for a reason that may pass.

        Raises:
            FileNotFoundError: if there is no such object.
            StoreError: if it failed at every attempt.
            OSError: if a file of this machine cannot be read or written.
        """
        last: Exception | None = None
        for pause in (*_pauses(), None):
            try:
                return request()
            except FileNotFoundError:
                raise
            except Exception as error:  # each store's library has classes of its own
                last = error
                number = getattr(error, "errno", None)
                if number in FINAL_NUMBERS and isinstance(error, OSError) and error.filename:
                    raise
                if isinstance(error, FINAL) or pause is None:
                    break
                time.sleep(pause)
        assert last is not None, "there is at least one attempt"
        raise StoreError(f"{printable(what)}: {_reason(last)}") from None


def _pauses() -> Iterator[float]:
    """Yield the pauses between attempts, in seconds; they vary, so that many workers do not come back together."""
    for number in range(ATTEMPTS - 1):
        yield FIRST_PAUSE_SECONDS * 2**number * random.uniform(0.5, 1.5)  # noqa: S311  # no secret


def _reason(error: Exception) -> str:
    """Describe the last error, and what to do."""
    said = mask(str(error)).strip() or type(error).__name__
    if isinstance(error, PermissionError) or "credential" in said.lower():
        return (
            f"access is denied ({said}); give this machine access by environment variables, a profile or a role, then "
            "run the same command again"
        )
    return f"failed {ATTEMPTS} times ({said}); run the same command again, finished articles are skipped"


def found_in(details: dict[str, Any]) -> Found:
    """Return what the details of a listing say of an object.

    Args:
        details: of fsspec; each store has names of its own: ``ETag`` is that of S3, ``etag`` of Azure and Google,
            ``generation`` and ``md5Hash`` of Google, ``content_settings`` of Azure.
    """
    tag = next((f"{name}={details[name]}" for name in CONTENT_TAGS if details.get(name)), None)
    digests = [_as_hex(str(details[name]).strip('"')) for name in MD5_TAGS if details.get(name)]
    content_md5 = getattr(details.get("content_settings"), "content_md5", None)
    digests += [bytes(content_md5).hex()] if content_md5 else []
    return Found(int(details.get("size") or 0), tag, tuple(each for each in digests if each))


def _as_hex(tag: str) -> str:
    """Return what may be an MD5 in hex, also if it is in base64; empty if it cannot be one.

    >>> _as_hex("1B2M2Y8AsgTpgAmY7PhCfg=="), _as_hex("d41d8cd98f00b204e9800998ecf8427e-2")
    ('d41d8cd98f00b204e9800998ecf8427e', '')
    """
    if MD5_IN_HEX.fullmatch(tag):
        return tag.lower()
    try:
        decoded = base64.b64decode(tag, validate=True)
    except ValueError:
        return ""
    return decoded.hex() if len(decoded) == hashlib.md5(usedforsecurity=False).digest_size else ""
