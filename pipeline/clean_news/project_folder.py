"""``CLEAN/.clean-news``: where reviewers' decisions, protected terms and the summary are kept."""

from pathlib import Path

OUR_FOLDER = ".clean-news"  # in CLEAN: the summary, and what reviewers decided
DECISIONS, PROTECTED, DICTIONARY = "decisions.jsonl", "protected.txt", "dictionary.tsv"  # in there


def our_folder(clean: Path) -> Path:
    """Where what reviewers decided about a folder of clean files, or about one clean file, is kept."""
    return (clean if clean.is_dir() else clean.parent) / OUR_FOLDER
