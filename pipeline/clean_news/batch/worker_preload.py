"""Preloads modules and models in the fork server, so that all workers share the memory."""

import gc
from contextlib import suppress

# Loading creates hundreds of thousands of objects and no garbage. The collector never visits frozen objects, so that
# their memory pages stay shared. Source: the documentation of gc.freeze.
gc.disable()

from clean_news.batch import file_cleaning  # noqa: E402  # from here on
from clean_news.cleaner import Cleaner  # noqa: E402
from clean_news.settings import SettingsError  # noqa: E402
from clean_news.stages.spin import known_names  # noqa: E402

__all__ = ["file_cleaning"]

# Long enough that no stage skips it before it has loaded its models and dictionaries, with such lines as make the
# stage boilerplate compile its patterns: .12 s, which each worker would otherwise take at its first article.
_PARAGRAPH = "The council said on Monday that it would repair the bridge over the river before the winter. " * 6
_LINES = (
    "By Ann Example",
    "Photo: Ann Example",
    _PARAGRAPH,
    "Home | News | Sport",
    "Read more: the bridge",
    _PARAGRAPH,
)
# A damaged language model is reported by the run itself, once.
with suppress(SettingsError):
    Cleaner().clean("\n\n".join(_LINES).encode())
known_names.standard()  # .03 s, which each worker would take at its first spun article

gc.freeze()
gc.enable()
