"""The decisions of a project, and which of them is in effect for an edit."""

import itertools
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import msgspec

from clean_news.change_log import sha256
from clean_news.decisions.decision import (
    HAND,
    Conflict,
    Decision,
    Key,
    Scope,
    action_text,
    concerned_article,
    key_of,
    make_key,
    with_place_of,
)
from clean_news.decisions.disagreements import conflicts_of, in_order
from clean_news.decisions.lines import iterate
from clean_news.decisions.stored import StoredDecisions
from clean_news.edits import Edit, proposed_text
from clean_news.project_folder import DECISIONS, project_folder

MAX_IN_MEMORY = 5000  # decisions; of more, only the hashes of their keys and their places are kept


class Decisions:
    """The decisions of a project.

    Attributes:
        by_key: decisions in effect, by key.
        conflicts: decisions that a later one of another reviewer contradicts, and no verdict settles.
    """

    def __init__(self, decisions: Iterable[Decision] = ()) -> None:
        """Index decisions; of two with the same key, the later one is in effect: by time, then by order here."""
        self.by_key: Mapping[Key, Decision] = {}
        self.conflicts: list[Conflict] = []
        self._by_hand: dict[str | None, list[Decision]] | None = None  # by article; made when first asked for
        by_key: dict[Key, Decision] = {}
        repeated: dict[Key, list[Decision]] = {}  # all decisions of keys that have several
        for decision in in_order(decisions):
            key = key_of(decision)
            other = by_key.get(key)
            if other is not None:
                lines = repeated.pop(key, [other])
                lines.append(decision)
                repeated[key] = lines  # the last one: conflicts are in the order of the decisions in effect
            by_key[key] = decision if other is None else with_place_of(decision, other)
        self.conflicts = [conflict for lines in repeated.values() for conflict in conflicts_of(lines)]
        self.by_key = by_key

    def by_hand(self, article: str) -> list[Decision]:
        """Return the decisions of the rule ``HAND`` that concern an article, in order: its own, and those everywhere.

        Args:
            article: id of the article.
        """
        if isinstance(self.by_key, StoredDecisions):
            return self.by_key.by_hand(article)
        if self._by_hand is None:
            self._by_hand = {}
            for decision in self.by_key.values():
                if decision.rule == HAND:
                    self._by_hand.setdefault(concerned_article(decision), []).append(decision)
        return [*self._by_hand.get(article, ()), *self._by_hand.get(None, ())]

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
            found = self.by_key.get(make_key(scope, edit.id, article, edit.rule, edit.before, proposed))
            if found:
                return found
        return None

    def matching_keys(self, edits: Iterable[Edit], article: str) -> frozenset[Key]:
        """Return the keys of all decisions that match any of the edits, in whatever scope."""
        scopes: tuple[Scope, ...] = ("once", "article", "everywhere")
        keys = (
            make_key(scope, edit.id, article, edit.rule, edit.before, proposed_text(edit))
            for edit in edits
            for scope in scopes
        )
        return frozenset(key for key in keys if key in self.by_key)

    def digest(self, edits: Iterable[Edit], article: str, text: str = "") -> str:
        """Return the SHA-256, in hex, of the decisions that match any of the edits; empty if none does.

        Those of the rule ``HAND`` that concern the article count too, since they make their edits themselves.

        Args:
            edits: those of the article's log.
            article: its id.
            text: its text before the edits by hand, in which those made everywhere are looked for.
        """
        if not self:
            return ""
        matching = {(*key, action_text(self.by_key[key])) for key in self.matching_keys(edits, article)}
        matching |= {
            (*key_of(each), action_text(each), each.prefix, each.suffix, str(each.ordinal))
            for each in self.by_hand(article)
            if each.scope != "everywhere" or each.before in text
        }
        found = sorted(matching)
        return sha256(msgspec.json.encode(found)) if found else ""

    def unmatched(self, matched: Iterable[Key]) -> Iterator[Decision]:
        """Yield the decisions whose keys are not among the matched ones: their edits no longer occur."""
        seen = set(matched)
        return (decision for decision in self.by_key.values() if key_of(decision) not in seen)

    def digest_of_all(self) -> str:
        """Return the SHA-256, in hex, of all decisions: of what they do, or of their files if they stay there."""
        if isinstance(self.by_key, StoredDecisions):
            return self.by_key.checksum
        found = sorted((*key, action_text(decision)) for key, decision in self.by_key.items())
        return sha256(msgspec.json.encode(found))


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
    found, stored = Decisions(), StoredDecisions(listed)
    found.by_key, found.conflicts = stored, stored.conflicts
    return found


def decisions_of(clean: Path) -> Decisions:
    """Read the decisions of a CLEAN folder, or of the folder of a clean file: those that every run into it applies.

    Raises:
        DecisionsError: if its file cannot be read; if there is none, there are no decisions.
    """
    own = project_folder(clean) / DECISIONS
    return read_all([own] if own.exists() else [])
