"""Write the changes as SARIF 2.1.0, which editors and code hosts show next to the raw files.

Each edit is a result: an applied one is a ``warning``, because the raw file has a fault that clean-news repairs; a
suggested one is a ``note``; a rejected one is suppressed. Its fix replaces the text in the raw file. Where edits of
several stages form one change, the last of them carries the fix for all.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

import msgspec

from clean_news.batch.clean_articles import CleanArticle
from clean_news.change_log.edit_places import Span, Trace, TracedEdit
from clean_news.edits import State
from clean_news.explanation import explanation
from clean_news.pipeline import rules_by_stage
from clean_news.printable_text import visible
from clean_news.review.beside_source import STAGE as SOURCE
from clean_news.review.beside_source import used_source
from clean_news.review.diff.lines_and_columns import LineIndex
from clean_news.review.diff.raw_changes import RawChange, raw_changes
from clean_news.review.edit_filter import EditFilter
from clean_news.settings import Settings
from clean_news.version import version

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


def opening(
    settings: Settings, bases: Mapping[str, Any] | None = None, newlines: Sequence[str] = ("\r\n", "\n", "\r")
) -> bytes:
    """Return the SARIF log up to its first result.

    Args:
        settings: may name user stages, whose rules are described too.
        bases: the folders that paths are relative to, by name; by default RAW.
        newlines: the line ends that are counted.

    Raises:
        SettingsError: if a user stage cannot be loaded.
    """
    rules = [
        _rule_object(rule.code, stage, rule.summary, settings)
        for stage, all_ in rules_by_stage(settings).items()
        for rule in all_
    ]
    run = {
        "tool": {"driver": {"name": "clean-news", "version": version(), "rules": rules}},
        "originalUriBaseIds": bases or {"RAW": {"description": {"text": "The folder of the raw files."}}},
        "columnKind": "unicodeCodePoints",
        "newlineSequences": newlines,
    }
    frame = msgspec.json.encode({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]})
    return frame.removesuffix(OUTER_END) + b',"results":['


def closing(more: Mapping[str, Any] | None = None) -> bytes:
    """Return the SARIF log after its last result, with more properties of the run."""
    properties = (
        b",%b:%b" % (msgspec.json.encode(name), msgspec.json.encode(value)) for name, value in (more or {}).items()
    )
    return b"]" + b"".join(properties) + OUTER_END + b"\n"


def _rule_object(code: str, stage: str, summary: str, settings: Settings) -> dict[str, Any]:
    """Return the ``reportingDescriptor`` of a rule."""
    return {
        "id": code,
        "shortDescription": {"text": summary},
        "help": {"text": explanation(code, settings)},
        "properties": {"tags": [stage]},
    }


def results(article: CleanArticle, trace: Trace, edit_filter: EditFilter) -> Iterator[bytes]:
    """Yield the results of an article, encoded, in the order of the raw text."""
    location = {"uri": quote(article.log.id), "uriBaseId": "RAW"}
    lines = LineIndex(trace.raw)
    fixes = {
        _edit_key(change.edits[-1]): _fix_of(change, location, lines)
        for change in raw_changes(trace, edit_filter).changes
    }
    used = used_source(article.log)
    for each in sorted(filter(edit_filter.matches, trace.edits), key=lambda each: (each.raw_span, each.clean_span)):
        result = _result_object(each, location, lines, trace.raw, fixes.get(_edit_key(each)))
        if used and each.stage == SOURCE:
            result["message"]["text"] += f"; source: {used}"
        yield msgspec.json.encode(result)


def _edit_key(traced: TracedEdit) -> tuple[str, str]:
    """Return the key that identifies an edit within its article."""
    return traced.stage, traced.edit.id


def _result_object(
    traced: TracedEdit, location: dict[str, str], lines: LineIndex, raw: str, fix: dict[str, Any] | None
) -> dict[str, Any]:
    """Return the ``result`` object of an edit.

    Args:
        traced: the edit.
        location: of the raw file.
        lines: line index of the raw text.
        raw: the raw text.
        fix: its fix, if it has one.
    """
    edit = traced.edit
    snippet = {"text": raw[slice(*traced.raw_span)]}
    physical = {"artifactLocation": location, "region": {**_region(traced.raw_span, lines), "snippet": snippet}}
    message = f"“{visible(edit.before)}” → “{visible(edit.after)}” ({edit.state}, confidence {edit.confidence:.2f})"
    return {
        "ruleId": edit.rule,
        **LEVELS[edit.state],
        "message": {"text": message},
        "locations": [{"physicalLocation": physical}],
        **({"fixes": [fix]} if fix else {}),
        "partialFingerprints": {"cleanNewsEdit/v1": edit.id},
        "properties": {"stage": traced.stage, "state": edit.state, "confidence": edit.confidence},
    }


def _fix_of(change: RawChange, location: dict[str, str], lines: LineIndex) -> dict[str, Any]:
    """Return the ``fix`` object of a change."""
    rules = " and ".join(dict.fromkeys(each.edit.rule for each in change.edits))
    return fix_object(rules, location, _region(change.span, lines), change.after)


def fix_object(description: str, location: Mapping[str, str], region: Mapping[str, int], text: str) -> dict[str, Any]:
    """Return a ``fix`` object.

    Args:
        description: what it is for.
        location: the ``artifactLocation`` of the file.
        region: the ``region`` that is replaced.
        text: the replacement.
    """
    replacement = {"deletedRegion": region, "insertedContent": {"text": text}}
    return {
        "description": {"text": description},
        "artifactChanges": [{"artifactLocation": location, "replacements": [replacement]}],
    }


def _region(span: Span, lines: LineIndex) -> dict[str, int]:
    """Return the ``region`` object of a span; ``endColumn`` is exclusive."""
    (line, column), (end_line, end_column) = lines.locate(span[0]), lines.locate(span[1])
    return {"startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column}
