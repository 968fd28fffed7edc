"""Names the files of a check as the place where it is read needs them: relative to a folder, or as URIs."""

import os
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from clean_news.printable_text import printable

WORKSPACE = "GITHUB_WORKSPACE"  # set on runners: the folder of the repository's checkout


class FileNames(NamedTuple):
    """Names of files relative to a folder.

    Attributes:
        base: the folder, absolute.
    """

    base: Path

    def name(self, file: str | Path) -> str:
        """Return the path from the folder, with ``/``, to be printed; of a file that is not in it the absolute path."""
        return printable((self._within(file) or _absolute(file)).as_posix())

    def uri(self, file: str | Path) -> str:
        """Return the path from the folder as a URI reference; of a file that is not in it the absolute URI."""
        within = self._within(file)
        return quote(os.fsencode(within.as_posix())) if within else _absolute(file).as_uri()

    def _within(self, file: str | Path) -> Path | None:
        """Return the path from the folder; None if the file is not in it."""
        for resolve in (_absolute, _real):  # the second if the folder was named by a link
            base, found = resolve(self.base), resolve(file)
            if found.is_relative_to(base):
                return found.relative_to(base)
        return None


def _absolute(path: str | Path) -> Path:
    """Return an absolute path without ``..``; links stay."""
    return Path(os.path.abspath(path))  # noqa: PTH100  # Path.absolute keeps the ".."


def _real(path: str | Path) -> Path:
    """Return an absolute path without links in its folders; a file that is a link stays one."""
    found = _absolute(path)
    return Path(os.path.realpath(found.parent), found.name)


def working_folder() -> FileNames:
    """Names relative to the working folder."""
    return FileNames(Path.cwd())


def repository() -> FileNames:
    """Names relative to the checkout, on a runner whose working folder is in it; else to the working folder."""
    here = Path.cwd()
    checkout = os.environ.get(WORKSPACE, "")
    if checkout and here.resolve().is_relative_to(Path(checkout).resolve()):
        return FileNames(Path(checkout))
    return FileNames(here)
