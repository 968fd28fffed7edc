"""The decisions of files with so many that they are not kept in memory."""

import itertools
from array import array
from codecs import BOM_UTF8
from collections.abc import Iterator, Mapping, ValuesView
from pathlib import Path

from clean_news.decisions.decision import (
    HAND,
    Conflict,
    Decision,
    Key,
    concerned_article,
    key_of,
    with_place_of,
)
from clean_news.decisions.disagreements import conflicts_of
from clean_news.decisions.lines import blocks, opened, parsed
from clean_news.regular_files import LineIndex


class StoredDecisions(Mapping[Key, Decision]):
    """The decisions in effect, by key, of files with very many of them.

    In memory are the hashes of the keys and the places of the lines.

    Attributes:
        conflicts: see :class:`Decisions`.
        checksum: SHA-256 of the lines of all files, in hex.
    """

    def __init__(self, paths: tuple[Path, ...]) -> None:
        self._paths = paths
        self._by_hand: dict[str | None, array[int]] = {}  # rows of the decisions of the rule HAND, by article
        count = 0
        self._index = LineIndex([opened(path) for path in paths])
        for number, (path, file) in enumerate(zip(paths, self._index.files, strict=True)):
            for offsets, decisions in blocks(file, path):
                for row, decision in enumerate(decisions, count):
                    if decision.rule == HAND:
                        self._by_hand.setdefault(concerned_article(decision), array("q")).append(row)
                self._index.extend(map(hash, map(key_of, decisions)), number, offsets)
                count += len(decisions)
        self._index.sort()
        self.checksum = self._index.checksum()
        self.conflicts: list[Conflict] = []
        self._of_several: dict[Key, Decision] = {}  # in effect, where several lines have the same key or its hash
        self._overridden: set[int] = set()  # rows of the other lines
        self._resolve()

    def _resolve(self) -> None:
        """Of the decisions with the same key, find the later one, and note the conflicts."""
        conflicts: list[tuple[str, int, Conflict]] = []
        for rows in self._index.repeated():
            by_key: dict[Key, list[tuple[int, Decision]]] = {}
            for row, decision in sorted(((row, self._read(row)) for row in rows), key=lambda pair: pair[1].at):
                by_key.setdefault(key_of(decision), []).append((row, decision))
            for key, lines in by_key.items():
                in_effect = lines[0][1]
                for _, decision in lines[1:]:
                    in_effect = with_place_of(decision, in_effect)
                self._of_several[key] = in_effect
                self._overridden.update(row for row, _ in lines[:-1])
                found = conflicts_of([decision for _, decision in lines])
                conflicts += ((conflict.kept.at, lines[-1][0], conflict) for conflict in found)
        self.conflicts = [conflict for _, _, conflict in sorted(conflicts, key=lambda each: each[:2])]

    def _read(self, row: int) -> Decision:
        """Read the decision of a row again."""
        file, line = self._index.line(row)
        return parsed(line.removeprefix(BOM_UTF8), str(self._paths[file]))

    def by_hand(self, article: str) -> list[Decision]:
        """Return the decisions of the rule ``HAND`` that concern an article; see :meth:`Decisions.by_hand`."""
        rows = itertools.chain(self._by_hand.get(article, ()), self._by_hand.get(None, ()))
        found = (self._read(row) for row in rows if row not in self._overridden)
        return [self._of_several.get(key_of(decision), decision) for decision in found]

    def __getitem__(self, key: Key) -> Decision:
        """Return the decision with a key."""
        rows = self._index.rows_of(hash(key))
        if len(rows) != 1:
            return self._of_several[key]
        decision = self._read(rows[0])
        if key_of(decision) != key:
            raise KeyError(key)
        return decision

    def __len__(self) -> int:
        """Return the number of decisions in effect."""
        return len(self._index.rows) - len(self._overridden)

    def read_in_order(self) -> Iterator[Decision]:
        """Yield the decisions in effect in the order of the files."""
        return (self._read(row) for row in range(len(self._index.rows)) if row not in self._overridden)

    def __iter__(self) -> Iterator[Key]:
        """Yield the keys in the order of the files."""
        return map(key_of, self.read_in_order())

    def values(self) -> "_StoredValues":
        """Return the decisions in the order of the files."""
        return _StoredValues(self)

    def __reduce__(self) -> tuple[type, tuple[dict[Key, Decision]]]:
        """Pickle the decisions themselves: another process may not reach the files."""
        return dict, ({key_of(decision): decision for decision in self.values()},)


class _StoredValues(ValuesView[Decision]):
    """The decisions of a :class:`StoredDecisions`, each read once."""

    _mapping: StoredDecisions

    def __iter__(self) -> Iterator[Decision]:
        """Yield the decisions in the order of the files."""
        return self._mapping.read_in_order()
