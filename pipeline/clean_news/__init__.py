"""Repairs scraped English news text and proves every change.

>>> import clean_news
>>> result = clean_news.clean("The ministry didnâ€™t reply.")
>>> result.text
'The ministry didn’t reply.'
>>> clean_news.revert(result.text, result.log).decode()
'The ministry didnâ€™t reply.'
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from clean_news.article import Article
    from clean_news.change_log import ChangeLog, revert
    from clean_news.cleaner import Cleaner, clean
    from clean_news.edits import Edit
    from clean_news.records import log_of, revert_batch, revert_record

    __version__: str

__all__ = [
    "Article",
    "ChangeLog",
    "Cleaner",
    "Edit",
    "__version__",
    "clean",
    "log_of",
    "revert",
    "revert_batch",
    "revert_record",
]

_MODULES = {
    "Article": "article",
    "ChangeLog": "change_log",
    "Cleaner": "cleaner",
    "Edit": "edits",
    "clean": "cleaner",
    "log_of": "records",
    "revert": "change_log",
    "revert_batch": "records",
    "revert_record": "records",
}


def __dir__() -> list[str]:
    """The public names."""
    return sorted(__all__)


def __getattr__(name: str) -> object:
    """A public name, imported on first use, so that the command line starts fast."""
    if name == "__version__":
        return import_module("clean_news.version").version()
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
