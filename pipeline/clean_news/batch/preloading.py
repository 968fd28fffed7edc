"""Imported by the process that workers are forked from: what it has loaded and read, they share."""

from clean_news.batch import file_cleaning
from clean_news.cleaner import Cleaner

__all__ = ["file_cleaning"]

# Long enough that no stage leaves it alone before it has loaded its models and dictionaries.
Cleaner().clean("The council said on Monday that it would repair the bridge over the river before the winter. " * 6)
