"""Imported by the process that workers are forked from: what it has loaded and read, they share."""

import gc

# Loading makes hundreds of thousands of objects and no garbage. Frozen, they are never looked at again, so that their
# pages stay shared. Source: the documentation of gc.freeze.
gc.disable()

from clean_news.batch import file_cleaning  # noqa: E402  # from here on
from clean_news.cleaner import Cleaner  # noqa: E402

__all__ = ["file_cleaning"]

# Long enough that no stage leaves it alone before it has loaded its models and dictionaries.
Cleaner().clean("The council said on Monday that it would repair the bridge over the river before the winter. " * 6)

gc.freeze()
gc.enable()
