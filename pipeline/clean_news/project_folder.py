"""Locate ``CLEAN/.clean-news``, which holds the summary, reviewers' decisions, protected terms and learned entries."""

from pathlib import Path

PROJECT_FOLDER = ".clean-news"  # name of the folder within CLEAN
DECISIONS, PROTECTED, DICTIONARY = "decisions.jsonl", "protected.txt", "dictionary.tsv"  # files in it


def project_folder(clean: Path) -> Path:
    """Return the project folder of a folder of clean files, or of one clean file."""
    return (clean if clean.is_dir() else clean.parent) / PROJECT_FOLDER
