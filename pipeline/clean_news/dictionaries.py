"""Locate the shipped dictionaries, in a checkout and in an installed wheel."""

from functools import cache
from pathlib import Path

LANGUAGE_MODEL = "news.lm"  # file name of the language model in the folder
PRINT_MODEL = "print.lm"  # that of the language model of old print
MODELS = (LANGUAGE_MODEL, PRINT_MODEL)


class DictionariesMissing(FileNotFoundError):
    """Neither the installed package nor a checkout contains the dictionaries."""


@cache
def folder() -> Path:
    """Return the folder of dictionaries: inside the package in a wheel, at the top level in a checkout.

    Raises:
        DictionariesMissing: if there is neither.
    """
    package = Path(__file__).resolve().parent
    for candidate in (package / "dictionaries", package.parents[1] / "dictionaries"):
        if candidate.is_dir():
            return candidate
    raise DictionariesMissing(f"no dictionaries for {package}; reinstall clean-news")
