"""Keeps the list of failures short: ten of a kind are named, the others are counted, with what to do about them.

Of a folder with thousands of empty or binary files, a list of them all would hide the one failure that is different.
``summary.json`` has them all.
"""

import re
from collections.abc import Iterable, Iterator

import msgspec

from clean_news.failures import Failure

MAX_NAMED = 10  # failures of a kind
MAX_EXAMPLES = 3  # files that are named of those that are counted
MAX_KINDS = 1_000  # to bound memory; failures of further kinds are all named
# Counts and sizes differ within a kind; figures in a path do not count, since another path is another message.
COUNT = re.compile(r"(?<![\w./-])\d[\d,]*(?:\.\d+)?(?![\w/-])")


class _Counted(msgspec.Struct):
    """The failures of a kind.

    Attributes:
        number: how many there are.
        message: the message of those that were not named; with ``N`` for its counts if they differ.
        examples: the files of the first that were not named.
    """

    number: int = 0
    message: str = ""
    examples: list[str] = []


class FailureLines:
    """The lines that show failures as they happen."""

    def __init__(self) -> None:
        """Start with no failures."""
        self._kinds: dict[str, _Counted] = {}

    def add(self, failures: Iterable[Failure]) -> Iterator[str]:
        """Yield a line for each failure that is named; the others are counted."""
        for failure in failures:
            kind = COUNT.sub("N", failure.message)
            if kind not in self._kinds and len(self._kinds) >= MAX_KINDS:
                yield str(failure)
                continue
            counted = self._kinds.setdefault(kind, _Counted())
            counted.number += 1
            if counted.number <= MAX_NAMED or not failure.file:
                yield str(failure)
                continue
            counted.message = failure.message if counted.message in ("", failure.message) else kind
            if len(counted.examples) < MAX_EXAMPLES:
                counted.examples.append(failure.file)

    def rest(self) -> Iterator[str]:
        """Yield a line for each kind of which not all were named: how many more, where, and what to do."""
        for counted in self._kinds.values():
            if counted.examples:
                more = counted.number - MAX_NAMED
                names = ", ".join(counted.examples) + (", …" if more > len(counted.examples) else "")
                yield str(Failure(f"{more:,} more ({names})", counted.message))


def lines_of(failures: Iterable[Failure]) -> Iterator[str]:
    """Yield the lines that show all failures of a run."""
    lines = FailureLines()
    yield from lines.add(failures)
    yield from lines.rest()
