"""Represent, look up, read and write reviewers' decisions about edits.

``decisions.jsonl`` contains one decision per line; a later decision overrides an earlier one with the same key. A
decision of scope ``once`` matches an edit by its id, which survives reruns and new scrapes (see
:func:`clean_news.edits.identify`); scopes ``article`` and ``everywhere`` match by rule, text before and text after. If
several decisions match an edit, the one with the narrowest scope wins. Decisions of the rule ``HAND`` make edits
themselves, see :mod:`clean_news.hand_edits`.
"""

from clean_news.decisions.decision import (
    HAND,
    SCHEMA,
    Action,
    Conflict,
    Decision,
    Key,
    Scope,
    action_text,
    apply_decision,
    decision_on,
    describe,
    key_of,
)
from clean_news.decisions.disagreements import Disagreement, disagreements, latest_of_each
from clean_news.decisions.in_effect import Decisions, decisions_of, read_all
from clean_news.decisions.lines import DecisionsError, iterate, read, write
from clean_news.edits import proposed_text

__all__ = [
    "HAND",
    "SCHEMA",
    "Action",
    "Conflict",
    "Decision",
    "Decisions",
    "DecisionsError",
    "Disagreement",
    "Key",
    "Scope",
    "action_text",
    "apply_decision",
    "decision_on",
    "decisions_of",
    "describe",
    "disagreements",
    "iterate",
    "key_of",
    "latest_of_each",
    "proposed_text",
    "read",
    "read_all",
    "write",
]
