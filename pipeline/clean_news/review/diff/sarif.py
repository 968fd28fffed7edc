"""The changes as SARIF 2.1.0, which editors and code hosts show beside the raw files.

A result is an edit. An applied one is a ``warning``: the raw file has a fault that clean-news repairs; a suggested one
is a ``note``; a rejected one is suppressed. Its fix replaces the place in the raw file. Where edits of several stages
made one change, the last of them has the fix for all.
"""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import msgspec

from clean_news.batch.clean_articles import CleanArticle
from clean_news.edits import State
from clean_news.explanation import explanation
from clean_news.pipeline import rules_by_stage
from clean_news.review.diff.lines_and_columns import Places
from clean_news.review.diff.raw_changes import RawChange, raw_changes
from clean_news.review.edit_filter import Choice
from clean_news.review.edit_places import Span, Traced, TracedEdit
from clean_news.settings import Settings
from clean_news.version import version
from clean_news.visible import visible

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
LEVELS: dict[State, dict[str, Any]] = {
    "applied": {"level": "warning"},
    "suggested": {"level": "note"},
    "rejected": {
        "level": "none",
        "kind": "informational",
        "suppressions": [{"kind": "external", "status": "accepted", "justification": "rejected by a reviewer"}],
    },
}
OUTER_END = b"}]}"


def opening(settings: Settings) -> bytes:
    """The log up to its first result.

    Args:
        settings: may name stages of the user's own, whose rules are described too.

    Raises:
        SettingsError: if a stage of the settings cannot be loaded.
    """
    rules = [
        described(rule.code, stage, rule.summary, settings)
        for stage, all_ in rules_by_stage(settings).items()
        for rule in all_
    ]
    run = {
        "tool": {"driver": {"name": "clean-news", "version": version(), "rules": rules}},
        "originalUriBaseIds": {"RAW": {"description": {"text": "The folder of the raw files."}}},
        "columnKind": "unicodeCodePoints",
        "newlineSequences": ["\r\n", "\n", "\r"],
    }
    frame = msgspec.json.encode({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]})
    return frame.removesuffix(OUTER_END) + b',"results":['


def closing() -> bytes:
    """The log behind its last result."""
    return b"]" + OUTER_END + b"\n"


def described(code: str, stage: str, summary: str, settings: Settings) -> dict[str, Any]:
    """The object of a rule."""
    return {
        "id": code,
        "shortDescription": {"text": summary},
        "help": {"text": explanation(code, settings)},
        "properties": {"tags": [stage]},
    }


def results(article: CleanArticle, trace: Traced, choice: Choice) -> Iterator[bytes]:
    """The results of an article, in the order of the raw text."""
    location = {"uri": quote(article.log.id), "uriBaseId": "RAW"}
    places = Places(trace.raw)
    fixes = {_key_of(change.edits[-1]): fix(change, location, places) for change in raw_changes(trace, choice).changes}
    for each in sorted(filter(choice.takes, trace.edits), key=lambda each: (each.raw_span, each.clean_span)):
        yield msgspec.json.encode(result(each, location, places, trace.raw, fixes.get(_key_of(each))))


def _key_of(traced: TracedEdit) -> tuple[str, str]:
    """What tells an edit from the others of its article."""
    return traced.stage, traced.edit.id


def result(
    traced: TracedEdit, location: dict[str, str], places: Places, raw: str, offered: dict[str, Any] | None
) -> dict[str, Any]:
    """The object of an edit.

    Args:
        traced: the edit.
        location: of the raw file.
        places: of the raw text.
        raw: the raw text.
        offered: its fix, if it has one.
    """
    edit = traced.edit
    snippet = {"text": raw[slice(*traced.raw_span)]}
    physical = {"artifactLocation": location, "region": {**_region(traced.raw_span, places), "snippet": snippet}}
    message = f"“{visible(edit.before)}” → “{visible(edit.after)}” ({edit.state}, confidence {edit.confidence:.2f})"
    return {
        "ruleId": edit.rule,
        **LEVELS[edit.state],
        "message": {"text": message},
        "locations": [{"physicalLocation": physical}],
        **({"fixes": [offered]} if offered else {}),
        "partialFingerprints": {"cleanNewsEdit/v1": edit.id},
        "properties": {"stage": traced.stage, "state": edit.state, "confidence": edit.confidence},
    }


def fix(change: RawChange, location: dict[str, str], places: Places) -> dict[str, Any]:
    """The object of a fix."""
    replacement = {"deletedRegion": _region(change.span, places), "insertedContent": {"text": change.after}}
    return {
        "description": {"text": " and ".join(dict.fromkeys(each.edit.rule for each in change.edits))},
        "artifactChanges": [{"artifactLocation": location, "replacements": [replacement]}],
    }


def _region(span: Span, places: Places) -> dict[str, int]:
    """The region of a span; the end is the column behind it."""
    (line, column), (end_line, end_column) = places.of(span[0]), places.of(span[1])
    return {"startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column}
