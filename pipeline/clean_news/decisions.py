"""Represent, look up, read and write reviewers' decisions about edits.

``decisions.jsonl`` contains one decision per line; a later decision overrides an earlier one with the same key. A
decision of scope ``once`` matches an edit by its id, which survives reruns and new scrapes (see
:func:`clean_news.edits.identify`); scopes ``article`` and ``everywhere`` match by rule, text before and text after. If
several decisions match an edit, the one with the narrowest scope wins.
"""

import itertools
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator, Mapping, ValuesView
from pathlib import Path
from typing import BinaryIO, Literal, NamedTuple

import msgspec

from clean_news.change_log import sha256
from clean_news.edits import Edit
from clean_news.parse_errors import fault_of, schema_shown
from clean_news.printable_text import visible
from clean_news.project_folder import DECISIONS, project_folder
from clean_news.regular_files import MAX_LIST_BYTES, LineIndex, open_regular, too_large

Action = Literal["accept", "reject", "replace"]
Scope = Literal["once", "article", "everywhere"]
Key = tuple[str, ...]  # what a decision matches; see key_of

SCHEMA = "clean-news/decisions/1"
BLOCK_BYTES = 1 << 19
MAX_IN_MEMORY = 5000  # decisions; of more, only the hashes of their keys and their places are kept


class Decision(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True, gc=False):
    """One decision about an edit; the fields are those of a line.

    Attributes:
        schema: name and version of this schema.
        action: ``accept`` applies the edit, whatever its confidence; ``reject`` keeps the original text; ``replace``
            applies the edit with the reviewer's own text.
        scope: edits that it applies to: ``once`` to this edit, ``article`` to equal edits in this article,
            ``everywhere`` to equal edits in all articles.
        id: id of the edit.
        article: id of its article.
        rule: code of its rule.
        before: the text that it replaces.
        after: the replacement that the stage proposed.
        text: the reviewer's own text, for ``replace``.
        by: name of the reviewer.
        at: time of the decision as ISO 8601 with time zone, e.g. ``2026-11-22T19:45:00+00:00``.
        note: reason, for people.
    """

    schema: str = SCHEMA
    action: Action
    scope: Scope
    id: str
    article: str
    rule: str
    before: str
    after: str
    text: str = ""
    by: str = ""
    at: str = ""
    note: str = ""


DECODER = msgspec.json.Decoder(Decision)


class DecisionsError(ValueError):
    """A decisions file cannot be read; the message names the file and the line and says what to do."""


class Conflict(NamedTuple):
    """Two decisions of different reviewers with the same key but different actions.

    Attributes:
        kept: the later one, which is in effect.
        overridden: the earlier one.
    """

    kept: Decision
    overridden: Decision

    def __str__(self) -> str:
        """Describe both decisions in one line, with control characters escaped."""
        kept, overridden = (f"{action_text(each)}{f' ({each.by})' if each.by else ''}" for each in self)
        where = {"once": f"edit {self.kept.id} in {self.kept.article}", "article": self.kept.article}
        place = where.get(self.kept.scope, "everywhere")
        return visible(f"{place}: {_edit_text(self.kept)}: {kept} overrides {overridden}")


def action_text(decision: Decision) -> str:
    """Describe the action of a decision. Digests in change logs are computed from this text, so it must not change."""
    return f"replace by {decision.text!r}" if decision.action == "replace" else decision.action


def _edit_text(decision: Decision) -> str:
    """Describe the edit that a decision is about."""
    return f"{decision.rule} {decision.before!r} → {decision.after!r}"


def describe(decision: Decision) -> str:
    """Describe a decision in one line, with control characters escaped."""
    places = {"once": f"once, in {decision.article}", "article": f"in {decision.article}"}
    where = places.get(decision.scope, "everywhere")
    by = f" ({decision.by})" if decision.by else ""
    return visible(f"{_edit_text(decision)}: {action_text(decision)} {where}{by}")


def key_of(decision: Decision) -> Key:
    """Return the key of a decision; of two decisions with the same key, the later one is in effect."""
    return _make_key(decision.scope, decision.id, decision.article, decision.rule, decision.before, decision.after)


def _make_key(scope: Scope, id: str, article: str, rule: str, before: str, after: str) -> Key:  # noqa: A002
    """Return the key of decisions of a scope about an edit."""
    if scope == "once":
        return (scope, id)
    return (scope, article, rule, before, after) if scope == "article" else (scope, rule, before, after)


class Decisions:
    """The decisions of a project.

    Attributes:
        by_key: decisions in effect, by key.
        conflicts: decisions that a later one of another reviewer contradicts.
    """

    def __init__(self, decisions: Iterable[Decision] = ()) -> None:
        """Index decisions; of two with the same key, the later one is in effect: by time, then by order here."""
        self.by_key: Mapping[Key, Decision] = {}
        self.conflicts: list[Conflict] = []
        by_key: dict[Key, Decision] = {}
        for decision in sorted(decisions, key=lambda each: each.at):
            key = key_of(decision)
            other = by_key.get(key)
            if other is not None and _disagree(other, decision):
                self.conflicts.append(Conflict(decision, other))
            by_key[key] = decision
        self.by_key = by_key

    def __bool__(self) -> bool:
        """Whether there are any decisions."""
        return bool(self.by_key)

    def decision_for(self, edit: Edit, article: str) -> Decision | None:
        """Return the decision with the narrowest scope that matches an edit; None if there is none.

        Args:
            edit: an edit as it was proposed, or from a log.
            article: id of its article.
        """
        proposed = proposed_text(edit)
        for scope in ("once", "article", "everywhere"):
            found = self.by_key.get(_make_key(scope, edit.id, article, edit.rule, edit.before, proposed))
            if found:
                return found
        return None

    def matching_keys(self, edits: Iterable[Edit], article: str) -> frozenset[Key]:
        """Return the keys of all decisions that match any of the edits, in whatever scope."""
        scopes: tuple[Scope, ...] = ("once", "article", "everywhere")
        keys = (
            _make_key(scope, edit.id, article, edit.rule, edit.before, proposed_text(edit))
            for edit in edits
            for scope in scopes
        )
        return frozenset(key for key in keys if key in self.by_key)

    def digest(self, edits: Iterable[Edit], article: str) -> str:
        """Return the SHA-256, in hex, of the decisions that match any of the edits; empty if none does."""
        if not self:
            return ""
        found = sorted({(*key, action_text(self.by_key[key])) for key in self.matching_keys(edits, article)})
        return sha256(msgspec.json.encode(found)) if found else ""

    def unmatched(self, matched: Iterable[Key]) -> Iterator[Decision]:
        """Yield the decisions whose keys are not among the matched ones: their edits no longer occur."""
        seen = set(matched)
        return (decision for decision in self.by_key.values() if key_of(decision) not in seen)

    def digest_of_all(self) -> str:
        """Return the SHA-256, in hex, of all decisions: of what they do, or of their files if they stay there."""
        if isinstance(self.by_key, _StoredDecisions):
            return self.by_key.checksum
        found = sorted((*key, action_text(decision)) for key, decision in self.by_key.items())
        return sha256(msgspec.json.encode(found))


def _disagree(one: Decision, other: Decision) -> bool:
    """Whether two decisions with the same key conflict."""
    return action_text(one) != action_text(other) and one.by != other.by


class _StoredDecisions(Mapping[Key, Decision]):
    """The decisions in effect, by key, of files with very many of them.

    In memory are the hashes of the keys and the places of the lines.

    Attributes:
        conflicts: see :class:`Decisions`.
        checksum: SHA-256 of the lines of all files, in hex.
    """

    def __init__(self, paths: tuple[Path, ...]) -> None:
        self._paths = paths
        self._index = LineIndex([_opened(path) for path in paths])
        for number, (path, file) in enumerate(zip(paths, self._index.files, strict=True)):
            for offsets, decisions in _blocks(file, path):
                self._index.extend(map(hash, map(key_of, decisions)), number, offsets)
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
            in_effect: dict[Key, tuple[int, Decision]] = {}
            for row, decision in sorted(((row, self._read(row)) for row in rows), key=lambda pair: pair[1].at):
                key = key_of(decision)
                if key in in_effect:
                    overridden, other = in_effect[key]
                    self._overridden.add(overridden)
                    if _disagree(other, decision):
                        conflicts.append((decision.at, row, Conflict(decision, other)))
                in_effect[key] = row, decision
            self._of_several.update((key, decision) for key, (_, decision) in in_effect.items())
        self.conflicts = [conflict for _, _, conflict in sorted(conflicts, key=lambda each: each[:2])]

    def _read(self, row: int) -> Decision:
        """Read the decision of a row again."""
        file, line = self._index.line(row)
        return _parsed(line.removeprefix(BOM_UTF8), str(self._paths[file]))

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
    """The decisions of a :class:`_StoredDecisions`, each read once."""

    _mapping: _StoredDecisions

    def __iter__(self) -> Iterator[Decision]:
        """Yield the decisions in the order of the files."""
        return self._mapping.read_in_order()


def _opened(path: Path) -> BinaryIO:
    """Open a file of decisions; a DecisionsError if it cannot be opened."""
    try:
        return open_regular(path, MAX_LIST_BYTES)
    except OSError as error:
        raise _unreadable(path, error) from error


PROPOSED = "proposed"  # evidence key: the proposal of the stage, in an edit that has the reviewer's own text


def proposed_text(edit: Edit) -> str:
    """Return the replacement that the stage proposed, even if the edit has the reviewer's own text."""
    text = edit.evidence.get(PROPOSED)
    return text if isinstance(text, str) else edit.after


def apply_decision(edit: Edit, decision: Decision) -> Edit:
    """Set the state of an edit, and for ``replace`` its text, as a decision demands."""
    if decision.action == "reject":
        return msgspec.structs.replace(edit, state="rejected")
    if decision.action == "accept":
        return msgspec.structs.replace(edit, state="applied")
    evidence = {**edit.evidence, PROPOSED: proposed_text(edit)}
    return msgspec.structs.replace(edit, state="applied", after=decision.text, evidence=evidence)


def decision_on(
    edit: Edit, article: str, action: Action, scope: Scope, text: str = "", by: str = "", at: str = ""
) -> Decision:
    """Create a decision about an edit; for the arguments see :class:`Decision`.

    Args:
        edit: the edit, from a log.
        article: id of its article.
        action: what to do with the edit.
        scope: edits that the decision applies to.
        text: the reviewer's own text, for ``replace``.
        by: name of the reviewer.
        at: time of the decision.
    """
    return Decision(
        action=action,
        scope=scope,
        id=edit.id,
        article=article,
        rule=edit.rule,
        before=edit.before,
        after=proposed_text(edit),
        text=text,
        by=by,
        at=at,
    )


def read(path: Path) -> list[Decision]:
    """Read the decisions of a file, in order; blank lines are ignored.

    Raises:
        DecisionsError: if the file cannot be read, or a line is not a decision.
    """
    return list(iterate(path))


def iterate(path: Path) -> Iterator[Decision]:
    """Yield the decisions of a file, one at a time; see :func:`read`.

    Raises:
        DecisionsError: if the file cannot be read, or a line is not a decision.
    """
    with _opened(path) as file:
        for _, decisions in _blocks(file, path):
            yield from decisions


def _unreadable(path: Path, error: OSError | UnicodeDecodeError, before: int = 0) -> DecisionsError:
    """The exception to raise for a file that cannot be read; ``before`` bytes of it could be."""
    why = error.strerror if isinstance(error, OSError) else f"it is not UTF-8 at byte {before + error.start}"
    return DecisionsError(f"{path}: cannot be read ({why}); name a decisions file in UTF-8")


def _blocks(file: BinaryIO, path: Path) -> Iterator[tuple[list[int], list[Decision]]]:
    """Yield the decisions of an open file in blocks, with the offsets of their lines in bytes.

    Args:
        file: the file, from its beginning.
        path: its path, for error messages.

    Raises:
        DecisionsError: if the file cannot be read, or a line is not a decision.
    """
    offset, number = 0, 0
    while True:
        try:
            block = file.read(BLOCK_BYTES) + file.readline(MAX_LIST_BYTES)
            if offset + len(block) > MAX_LIST_BYTES:
                raise too_large(path, MAX_LIST_BYTES)
            block.decode()
        except (OSError, UnicodeDecodeError) as error:
            raise _unreadable(path, error, offset) from error
        if not block:
            return
        # Split only at line feeds: a text may contain U+2028 and the other line ends of str.splitlines.
        lines = block.removesuffix(b"\n").split(b"\n")
        offsets = list(itertools.accumulate((len(line) + 1 for line in lines[:-1]), initial=offset))
        if number == 0:
            lines[0] = lines[0].removeprefix(BOM_UTF8)
        try:
            found = DECODER.decode_lines(block)
        except (RecursionError, msgspec.MsgspecError):
            found = []
        if len(found) == len(lines) and all(decision.schema == SCHEMA for decision in found):
            yield offsets, found
        else:  # a blank line, a byte-order mark, or a fault
            places = [index for index, line in enumerate(lines) if line.strip()]
            decisions = [_parsed(lines[index], f"{path}, line {number + index + 1}") for index in places]
            yield [offsets[index] for index in places], decisions
        offset += len(block)
        number += len(lines)


def _parsed(line: bytes, where: str) -> Decision:
    """The decision of a line of JSON, or a DecisionsError that says where the line is."""
    try:
        decision = DECODER.decode(line)
    except RecursionError as error:
        raise DecisionsError(f"{where}: is nested too deeply; correct or remove it") from error
    except msgspec.MsgspecError as error:
        raise DecisionsError(f"{where}: is not a decision ({fault_of(error)}); correct or remove it") from error
    if decision.schema != SCHEMA:
        raise DecisionsError(
            f"{where}: is of schema {schema_shown(decision.schema)}, but this version reads {SCHEMA!r}"
        )
    return decision


def read_all(paths: Iterable[Path]) -> Decisions:
    """Read and index the decisions of several files.

    If there are more than :data:`MAX_IN_MEMORY`, they stay in their files, which are kept open, and are read when they
    are asked for.

    Raises:
        DecisionsError: see :func:`read`.
    """
    listed = tuple(paths)
    all_of_them = itertools.chain.from_iterable(map(iterate, listed))
    some = list(itertools.islice(all_of_them, MAX_IN_MEMORY + 1))
    if len(some) <= MAX_IN_MEMORY:
        return Decisions(some)
    del some
    found, stored = Decisions(), _StoredDecisions(listed)
    found.by_key, found.conflicts = stored, stored.conflicts
    return found


def decisions_of(clean: Path) -> Decisions:
    """Read the decisions of a CLEAN folder, or of the folder of a clean file: those that every run into it applies.

    Raises:
        DecisionsError: if its file cannot be read; if there is none, there are no decisions.
    """
    own = project_folder(clean) / DECISIONS
    return read_all([own] if own.exists() else [])


def write(decisions: Iterable[Decision]) -> bytes:
    """Encode decisions as lines of JSON in UTF-8."""
    return b"".join(msgspec.json.encode(decision) + b"\n" for decision in decisions)
