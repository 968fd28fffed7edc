"""Lists what a check finds: the edits that a run would apply, each with its place in the raw file."""

import hashlib
import os
from pathlib import Path
from typing import NamedTuple

from clean_news import change_log
from clean_news.change_log.edit_places import Span, Trace, TracedEdit, trace_edits
from clean_news.formats import CleanRow, Format
from clean_news.formats.compression import is_compressed
from clean_news.formats.file_places import ArticlePlaces, Fix, Region, places_in
from clean_news.printable_text import printable

CONTEXT_CHARS = 60  # before and after an edit, of which whole words count
CONTEXT_WORDS = 3
DIGEST_CHARS = 10  # 40 bits; a collision hides one new repair of a file


class NeededRepair(NamedTuple):
    """An edit that a run would apply.

    Attributes:
        file: path of the raw file, as it was named or found.
        article: name of the article within the file; empty if the file is one article.
        stage: the stage that proposes it.
        rule: the code of its rule.
        confidence: 0-1.
        before: the text it replaces, as its stage receives it.
        after: the replacement.
        region: where that is in the file; None if it cannot be told, e.g. in a web page or a compressed file.
        change: digest of the rule and both texts.
        words_before: digest of the words before it, which tells apart equal changes of a file.
        words_after: digest of the words after it.
        fix: what makes the repair in the file, together with those of other stages that changed the same text before
            it; None if a later one of these has it, or if no replacement at one place makes it.
    """

    file: str
    article: str
    stage: str
    rule: str
    confidence: float
    before: str
    after: str
    region: Region | None
    change: str
    words_before: str
    words_after: str
    fix: Fix | None = None

    @property
    def fingerprint(self) -> str:
        """What identifies it in its file, wherever it moves."""
        return f"{self.change}-{self.words_before}-{self.words_after}"


def needed_repairs(form: Format, raw: Path, cleaned: CleanRow) -> list[NeededRepair]:
    """Return the applied edits of a row in the order of its raw text.

    Args:
        form: the format of the raw file.
        raw: the raw file.
        cleaned: the row after cleaning.
    """
    log = change_log.read(cleaned.log, printable(raw))
    if change_log.is_kept(log):
        return []
    trace = trace_edits(cleaned.text, log)
    applied = sorted((each for each in trace.edits if each.edit.state == "applied"), key=lambda each: each.raw_span)
    places = None if is_compressed(raw) else places_in(form, cleaned.row, trace.raw, log.decoding)
    fixes = _fixes(trace, places) if places else {}
    return [
        NeededRepair(
            os.fspath(raw),
            cleaned.row.name,
            each.stage,
            each.edit.rule,
            each.edit.confidence,
            each.edit.before,
            each.edit.after,
            places.region(each.raw_span) if places else None,
            _digest(each.edit.rule, each.edit.before, each.edit.after),
            *_context_of(trace.raw, each),
            fixes.get(_key(each)),
        )
        for each in applied
    ]


def _fixes(trace: Trace, places: ArticlePlaces) -> dict[tuple[str, str], Fix | None]:
    """Return the fix of each changed part of an article, by the last of its edits."""
    changes: dict[Span, tuple[str, TracedEdit]] = {}
    for segment in trace.segments:
        if segment.edits:
            before = changes[segment.raw_span][0] if segment.raw_span in changes else ""  # two insertions at one offset
            changes[segment.raw_span] = before + segment.after, segment.edits[-1]
    return {_key(last): places.fix(span, after) for span, (after, last) in changes.items()}


def _key(traced: TracedEdit) -> tuple[str, str]:
    """Return what identifies an edit within its article."""
    return traced.stage, traced.edit.id


def _context_of(raw: str, traced: TracedEdit) -> tuple[str, str]:
    """Return the digests of the words before and after an edit; white space does not count, so lines may move."""
    start, end = traced.raw_span
    before = raw[max(0, start - CONTEXT_CHARS) : start].split()[-CONTEXT_WORDS:]
    return _digest(*before), _digest(*raw[end : end + CONTEXT_CHARS].split()[:CONTEXT_WORDS])


def _digest(*texts: str) -> str:
    """Return a short digest of texts, in hex."""
    joined = "\0".join(texts).encode("utf-8", "surrogatepass")
    return hashlib.sha256(joined).hexdigest()[:DIGEST_CHARS]
