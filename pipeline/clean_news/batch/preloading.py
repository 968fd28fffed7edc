"""Imported by the process that workers are forked from: what it has loaded, they share."""

from clean_news.batch import file_cleaning
from clean_news.pipeline import load_stage
from clean_news.settings import STAGES

__all__ = ["file_cleaning"]

for name in STAGES:
    load_stage(name)
