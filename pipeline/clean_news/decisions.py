"""A reviewer's decisions: what becomes of an edit, there and wherever it comes again.

``decisions.jsonl`` holds one decision a line; a later line overrules an earlier one about the same thing. A decision
is found by the edit it is about: ``once`` by the edit's id, which survives reruns and re-scrapes (see
:func:`clean_news.edits.identify`); ``article`` and ``everywhere`` by its rule and the text before and after. The
narrower scope counts.
"""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

import msgspec

from clean_news.change_log import sha256
from clean_news.edits import Edit

Action = Literal["accept", "reject", "replace"]
Scope = Literal["once", "article", "everywhere"]
Key = tuple[str, ...]  # what a decision is about; see key_of

SCHEMA = "clean-news/decisions/1"


class Decision(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One decision; its fields are those of a line.

    Attributes:
        schema: name and version of this schema.
        action: ``accept`` applies the edit, however sure it is; ``reject`` keeps what was there; ``replace``
            puts the reviewer's own text.
        scope: where it holds: this ``once``, in this ``article``, ``everywhere``.
        id: of the edit that was decided on.
        article: id of its article.
        rule: code of its rule.
        before: what it replaces.
        after: what it proposed.
        text: the reviewer's own text, for ``replace``.
        by: who decided.
        at: when, as ISO 8601 with the time zone, e.g. ``2026-11-22T19:45:00+00:00``.
        note: why, for people.
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
    """A file of decisions cannot be read; the message names file and line and says what to do."""


class Conflict(NamedTuple):
    """Two decisions about the same thing that say different things.

    Attributes:
        kept: the one that counts, the later one.
        overruled: the other.
    """

    kept: Decision
    overruled: Decision

    def __str__(self) -> str:
        """Both, in one line."""
        kept, overruled = (f"{said(each)}{f' ({each.by})' if each.by else ''}" for each in self)
        where = {"once": f"edit {self.kept.id} in {self.kept.article}", "article": self.kept.article}
        return f"{where.get(self.kept.scope, 'everywhere')}: {change(self.kept)}: {kept} counts, not {overruled}"


def said(decision: Decision) -> str:
    """What was decided, in words."""
    return f"replace by {decision.text!r}" if decision.action == "replace" else decision.action


def change(decision: Decision) -> str:
    """What was decided on, in words."""
    return f"{decision.rule} {decision.before!r} → {decision.after!r}"


def in_words(decision: Decision) -> str:
    """The decision in one line."""
    where = {"once": f"once, in {decision.article}", "article": f"in {decision.article}"}.get(
        decision.scope, "everywhere"
    )
    return f"{change(decision)}: {said(decision)} {where}{f' ({decision.by})' if decision.by else ''}"


def key_of(decision: Decision) -> Key:
    """What a decision is about."""
    return about(decision.scope, decision.id, decision.article, decision.rule, decision.before, decision.after)


def about(scope: Scope, id: str, article: str, rule: str, before: str, after: str) -> Key:  # noqa: A002
    """The key of whatever is decided in a scope about an edit."""
    if scope == "once":
        return (scope, id)
    return (scope, article, rule, before, after) if scope == "article" else (scope, rule, before, after)


class Decisions:
    """The decisions of a project.

    Attributes:
        by_key: each by what it is about.
        conflicts: those that others overruled, but not by changing one's own mind.
    """

    def __init__(self, decisions: Iterable[Decision] = ()) -> None:
        """Gather decisions; of two about the same thing the later counts, by its time, then by its place here."""
        self.by_key: dict[Key, Decision] = {}
        self.conflicts: list[Conflict] = []
        for decision in sorted(decisions, key=lambda each: each.at):
            key = key_of(decision)
            other = self.by_key.get(key)
            if other is not None and said(other) != said(decision) and other.by != decision.by:
                self.conflicts.append(Conflict(decision, other))
            self.by_key[key] = decision

    def __bool__(self) -> bool:
        """Whether there are any."""
        return bool(self.by_key)

    def about(self, edit: Edit, article: str) -> Decision | None:
        """The decision about an edit, if there is one; the narrowest scope counts.

        Args:
            edit: as it was proposed, or as it stands in a log.
            article: id of its article.
        """
        proposed = proposed_text(edit)
        for scope in ("once", "article", "everywhere"):
            found = self.by_key.get(about(scope, edit.id, article, edit.rule, edit.before, proposed))
            if found:
                return found
        return None

    def met(self, edits: Iterable[Edit], article: str) -> frozenset[Key]:
        """The keys of the decisions that are about any of these edits, overruled by a narrower one or not."""
        scopes: tuple[Scope, ...] = ("once", "article", "everywhere")
        keys = (
            about(scope, edit.id, article, edit.rule, edit.before, proposed_text(edit))
            for edit in edits
            for scope in scopes
        )
        return frozenset(key for key in keys if key in self.by_key)

    def digest(self, edits: Iterable[Edit], article: str) -> str:
        """Digest of what was decided about these edits, in hex; empty if nothing was."""
        if not self:
            return ""
        found = sorted({(*key, said(self.by_key[key])) for key in self.met(edits, article)})
        return sha256(msgspec.json.encode(found)) if found else ""

    def unmet(self, met: Iterable[Key]) -> list[Decision]:
        """The decisions that are about nothing any more."""
        seen = set(met)
        return [decision for key, decision in self.by_key.items() if key not in seen]


PROPOSED = "proposed"  # in the evidence of an edit that a reviewer replaced: what the stage proposed


def proposed_text(edit: Edit) -> str:
    """What a stage proposed, where a reviewer's own text may stand instead."""
    text: str = edit.evidence.get(PROPOSED, edit.after)
    return text


def decided(edit: Edit, decision: Decision) -> Edit:
    """The edit as a reviewer wants it."""
    if decision.action == "reject":
        return msgspec.structs.replace(edit, state="rejected")
    if decision.action == "accept":
        return msgspec.structs.replace(edit, state="applied")
    evidence = {**edit.evidence, PROPOSED: proposed_text(edit)}
    return msgspec.structs.replace(edit, state="applied", after=decision.text, evidence=evidence)


def decision_on(  # what a line says
    edit: Edit, article: str, action: Action, scope: Scope, text: str = "", by: str = "", at: str = ""
) -> Decision:
    """The decision about an edit of a log.

    Args:
        edit: as it stands in the log.
        article: id of its article.
        action: what becomes of it.
        scope: where that holds.
        text: for ``replace``.
        by: who decides.
        at: when.
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
    """The decisions of a file, in order; empty lines are passed over.

    Raises:
        DecisionsError: if it cannot be read, or a line is no decision.
    """
    try:
        # Only at line feeds: a text may hold U+2028 and the other ends that splitlines knows.
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise DecisionsError(f"{path}: {error}; name a file of decisions in UTF-8") from error
    return list(_parsed(lines, str(path)))


def _parsed(lines: Sequence[str], where: str) -> Iterator[Decision]:
    """The decisions in lines of JSON.

    Raises:
        DecisionsError: for a line that is none.
    """
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                decision = msgspec.json.decode(line, type=Decision)
            except msgspec.MsgspecError as error:
                raise DecisionsError(
                    f"{where}, line {number}: is no decision ({error}); correct or remove it"
                ) from error
            if decision.schema != SCHEMA:
                raise DecisionsError(
                    f"{where}, line {number}: is of schema {decision.schema!r}, this version reads {SCHEMA!r}"
                )
            yield decision


def read_all(paths: Iterable[Path]) -> Decisions:
    """The decisions of several files, together.

    Raises:
        DecisionsError: see :func:`read`.
    """
    return Decisions(decision for path in paths for decision in read(path))


def write(decisions: Iterable[Decision]) -> bytes:
    """The decisions as lines of JSON in UTF-8."""
    return b"".join(msgspec.json.encode(decision) + b"\n" for decision in decisions)
