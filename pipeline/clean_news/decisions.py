"""Represent, look up, read and write reviewers' decisions about edits.

``decisions.jsonl`` contains one decision per line; a later decision overrides an earlier one with the same key. A
decision of scope ``once`` matches an edit by its id, which survives reruns and new scrapes (see
:func:`clean_news.edits.identify`); scopes ``article`` and ``everywhere`` match by rule, text before and text after. If
several decisions match an edit, the one with the narrowest scope wins.
"""

from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

import msgspec

from clean_news.change_log import sha256
from clean_news.edits import Edit
from clean_news.parse_errors import fault_of, schema_shown
from clean_news.project_folder import DECISIONS, project_folder
from clean_news.regular_files import MAX_LIST_BYTES, read_regular

Action = Literal["accept", "reject", "replace"]
Scope = Literal["once", "article", "everywhere"]
Key = tuple[str, ...]  # what a decision matches; see key_of

SCHEMA = "clean-news/decisions/1"


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
        """Describe both decisions in one line."""
        kept, overridden = (f"{action_text(each)}{f' ({each.by})' if each.by else ''}" for each in self)
        where = {"once": f"edit {self.kept.id} in {self.kept.article}", "article": self.kept.article}
        return f"{where.get(self.kept.scope, 'everywhere')}: {_edit_text(self.kept)}: {kept} overrides {overridden}"


def action_text(decision: Decision) -> str:
    """Describe the action of a decision. Digests in change logs are computed from this text, so it must not change."""
    return f"replace by {decision.text!r}" if decision.action == "replace" else decision.action


def _edit_text(decision: Decision) -> str:
    """Describe the edit that a decision is about."""
    return f"{decision.rule} {decision.before!r} → {decision.after!r}"


def describe(decision: Decision) -> str:
    """Describe a decision in one line."""
    where = {"once": f"once, in {decision.article}", "article": f"in {decision.article}"}.get(
        decision.scope, "everywhere"
    )
    return f"{_edit_text(decision)}: {action_text(decision)} {where}{f' ({decision.by})' if decision.by else ''}"


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
        self.by_key: dict[Key, Decision] = {}
        self.conflicts: list[Conflict] = []
        for decision in sorted(decisions, key=lambda each: each.at):
            key = key_of(decision)
            other = self.by_key.get(key)
            if other is not None and action_text(other) != action_text(decision) and other.by != decision.by:
                self.conflicts.append(Conflict(decision, other))
            self.by_key[key] = decision

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

    def unmatched(self, matched: Iterable[Key]) -> list[Decision]:
        """Return the decisions whose keys are not among the matched ones: their edits no longer occur."""
        seen = set(matched)
        return [decision for key, decision in self.by_key.items() if key not in seen]


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
    try:
        content = read_regular(path, MAX_LIST_BYTES).removeprefix(BOM_UTF8)
        content.decode()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else f"it is not UTF-8 at byte {error.start}"
        raise DecisionsError(f"{path}: cannot be read ({why}); name a decisions file in UTF-8") from error
    # Split only at line feeds: a text may contain U+2028 and the other line ends of str.splitlines.
    return list(_parsed(content.split(b"\n"), str(path)))


def _parsed(lines: Sequence[bytes], where: str) -> Iterator[Decision]:
    """Parse decisions from lines of JSON.

    Args:
        lines: the lines.
        where: name of their file in error messages.

    Raises:
        DecisionsError: for a line that is not a decision.
    """
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                decision = msgspec.json.decode(line, type=Decision)
            except RecursionError as error:
                raise DecisionsError(f"{where}, line {number}: is nested too deeply; correct or remove it") from error
            except msgspec.MsgspecError as error:
                raise DecisionsError(
                    f"{where}, line {number}: is not a decision ({fault_of(error)}); correct or remove it"
                ) from error
            if decision.schema != SCHEMA:
                raise DecisionsError(
                    f"{where}, line {number}: is of schema {schema_shown(decision.schema)}, "
                    f"but this version reads {SCHEMA!r}"
                )
            yield decision


def read_all(paths: Iterable[Path]) -> Decisions:
    """Read and index the decisions of several files.

    Raises:
        DecisionsError: see :func:`read`.
    """
    return Decisions(decision for path in paths for decision in read(path))


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
