"""Write the changes as CSV for spreadsheets: one row for each selected edit, in the order of the raw text.

UTF-8 with a byte order mark, by which Excel knows it; otherwise as RFC 4180 says. What a spreadsheet would take for a
formula has an apostrophe before it, as OWASP recommends (CSV Injection): an article must not run anything.
"""

import csv
import io
from collections.abc import Iterable, Mapping

from clean_news.batch.clean_articles import CleanArticle
from clean_news.change_log.edit_places import Trace, TracedEdit
from clean_news.review.diff.lines_and_columns import LineIndex
from clean_news.review.edit_filter import EditFilter

COLUMNS = (
    "article", "stage", "rule", "what", "state", "confidence", "before", "after", "raw line", "raw column",
    "clean line", "clean column", "decided by", "decided at", "note", "id",
)  # fmt: skip
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
ABOUT_DECISION = ("by", "at", "note")  # in the evidence of edits by hand


def heading() -> bytes:
    """Return the byte order mark and the names of the columns."""
    return BYTE_ORDER_MARK + _lines([COLUMNS])


def rows(article: CleanArticle, trace: Trace, edit_filter: EditFilter, summaries: Mapping[str, str]) -> bytes:
    """Return the rows of an article; empty if none of its edits are selected.

    Args:
        article: the article.
        trace: its edits.
        edit_filter: selects the edits.
        summaries: summary of each rule, by code.
    """
    selected = sorted(filter(edit_filter.matches, trace.edits), key=lambda each: (each.raw_span, each.clean_span))
    raw, clean = LineIndex(trace.raw), LineIndex(trace.clean)
    return _lines(_row(article.log.id, each, raw, clean, summaries) for each in selected)


def _row(name: str, traced: TracedEdit, raw: LineIndex, clean: LineIndex, summaries: Mapping[str, str]) -> list[str]:
    """Return the row of an edit."""
    edit = traced.edit
    about = [edit.evidence.get(key) for key in ABOUT_DECISION]
    numbers = (*raw.locate(traced.raw_span[0]), *clean.locate(traced.clean_span[0]))
    texts = (name, traced.stage, edit.rule, summaries.get(edit.rule, ""), edit.state)
    decided = (value if isinstance(value, str) else "" for value in about)
    return [
        *map(no_formula, texts),
        f"{edit.confidence:.4f}",
        no_formula(edit.before),
        no_formula(edit.after),
        *map(str, numbers),
        *map(no_formula, decided),
        no_formula(edit.id),
    ]


def no_formula(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula.

    >>> no_formula("=1+1"), no_formula("vessel")
    ("'=1+1", 'vessel')
    """
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def _lines(values: Iterable[Iterable[str]]) -> bytes:
    """Return rows as lines of CSV; a NUL, which the format does not have, becomes its picture."""
    lines = io.StringIO(newline="")
    csv.writer(lines).writerows([value.replace("\0", "\u2400") for value in row] for row in values)
    return lines.getvalue().encode("utf-8", "backslashreplace")
