"""What ``clean-news verify`` can find: the kinds of damage, and which of them can be made good."""

from collections import Counter
from pathlib import Path
from typing import NamedTuple

# Of each kind, what it means. The command prints the kind and a message that names the place and the remedy.
KINDS = {
    "no-log": "a clean file without its change log",
    "no-clean-file": "a change log without its clean file",
    "not-a-file": "something else is in place of a clean file, a log or a folder: a link, a pipe, a folder",
    "bad-log": "a log that is no log, or that cannot be read together with its clean file",
    "changed-text": "a clean text that is not the one its log was written for",
    "irreversible": "a log that does not reproduce the raw bytes",
    "no-raw": "a clean file whose raw file is not in RAW",
    "raw-differs": "a raw file that is not the one its clean file was made from",
    "not-cleaned": "a raw file without clean file",
    "half-landed": "a pair of which a killed run put only the log in its place",
    "leftover": "a temporary file of a killed run",
    "bad-decisions": "a file of reviewers' decisions that cannot be read",
    "bad-protected": "a file of protected terms that cannot be read",
    "bad-dictionary": "a dictionary of reviewers that cannot be read",
    "bad-summary": "a summary that is no JSON",
    "damaged-index": "an index of sources in CLEAN that is not as it was written",
    "damaged-cache": "a file or an index of sources in the user's cache that is not as it was written",
    "damaged-model": "a language model that is not as it was built",
    "unreadable": "a file or folder that could not be checked",
}
UNCHECKED = "unreadable"
# A pair with one of these is no longer of use, and is made again from its raw file. "raw-differs" is not among them:
# only the user knows whether the raw file was changed or damaged.
MADE_AGAIN = frozenset(
    ("no-log", "no-clean-file", "not-a-file", "bad-log", "changed-text", "irreversible", "not-cleaned")
)


class Finding(NamedTuple):
    """One thing that is wrong.

    Attributes:
        kind: one of :data:`KINDS`.
        message: where it is, what is wrong, and what to do.
        clean: the clean file that it concerns; None if it concerns none.
    """

    kind: str
    message: str
    clean: Path | None = None

    def __str__(self) -> str:
        """Return the line that is printed."""
        return f"{self.kind}: {self.message}"


class Verified(NamedTuple):
    """The result of a verification.

    Attributes:
        files: number of clean files.
        articles: number of articles and other rows that were checked.
        findings: everything that is wrong.
    """

    files: int
    articles: int
    findings: list[Finding]

    @property
    def by_kind(self) -> dict[str, int]:
        """The number of findings of each kind, in the order of :data:`KINDS`."""
        counts = Counter(finding.kind for finding in self.findings)
        return {kind: counts[kind] for kind in KINDS if counts[kind]}
