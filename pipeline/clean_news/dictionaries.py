"""Where the dictionaries are, in a checkout and in an installed wheel alike."""

from functools import cache
from pathlib import Path

LANGUAGE_MODEL = "news.lm"  # its file in the folder


class DictionariesMissing(FileNotFoundError):
    """Neither the installed package nor a checkout has the dictionaries."""


@cache
def folder() -> Path:
    """The folder of dictionaries: beside the package in a wheel, at the top of a checkout.

    Raises:
        DictionariesMissing: if there is neither.
    """
    package = Path(__file__).resolve().parent
    for candidate in (package / "dictionaries", package.parents[1] / "dictionaries"):
        if candidate.is_dir():
            return candidate
    raise DictionariesMissing(f"no dictionaries beside {package}; install clean-news again")
