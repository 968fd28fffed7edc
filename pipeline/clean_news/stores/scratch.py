"""The folder of this machine for the copies of a run, which is removed at its end, or by the next run after a kill."""

import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from clean_news.batch.atomic_writing import is_running

NAME = re.compile(r"clean-news-store-(\d+)-.+")


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """Yield a new folder in the system's folder for temporary files (``TMPDIR``), which only this user can read.

    Raises:
        OSError: if it cannot be created.
    """
    folder = Path(tempfile.mkdtemp(prefix=f"clean-news-store-{os.getpid()}-"))
    _remove_abandoned(folder.parent)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _remove_abandoned(parent: Path) -> None:
    """Remove the folders of this user's runs that were killed."""
    if not hasattr(os, "getuid"):
        return
    for place in parent.glob("clean-news-store-*"):
        found = NAME.fullmatch(place.name)
        if found is None or int(found[1]) == os.getpid() or is_running(int(found[1])):
            continue
        with suppress(OSError):
            if place.lstat().st_uid == os.getuid() and not place.is_symlink():
                shutil.rmtree(place, ignore_errors=True)
