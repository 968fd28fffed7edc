r"""Write the changes as JSON Lines: one object for each article that has any of the selected edits.

===========  =================================================================================================
``schema``   ``"clean-news/diff/1"``
``id``       the article's name within the run
``clean``    path of its clean file
``source``   if an edit is of the stage ``source``: the ``id``, ``origin`` and ``similarity`` of the article's source
``edits``    its selected edits in the order of the raw text, each with
===========  =================================================================================================

==============  ==============================================================================================
``id``          the edit's id, which decisions refer to
``stage``       the stage that proposed it
``rule``        the code of its rule
``state``       ``applied``, ``suggested`` or ``rejected``
``confidence``  0–1
``before``      the text it replaces, as its stage received it
``after``       the replacement
``raw``         its span in the raw text
``clean``       its span in the clean text; if it was not applied, of the text it would replace
``depends_on``  id of the edit that it follows from and falls with, or null
``evidence``    what its rule based it on
==============  ==============================================================================================

In ``raw`` and ``clean``, ``start`` and ``end`` are 0-based code point offsets, the end exclusive; ``line``, ``column``,
``end_line`` and ``end_column`` are 1-based, columns in code points. The raw text is the decoded one, without byte order
mark, its line ends ``\n`` unless they are mixed.
"""

from typing import Any

import msgspec

from clean_news.batch.clean_articles import CleanArticle
from clean_news.change_log.edit_places import Span, Trace, TracedEdit
from clean_news.printable_text import printable
from clean_news.review.beside_source import STAGE as SOURCE
from clean_news.review.diff.lines_and_columns import LineIndex
from clean_news.review.edit_filter import EditFilter
from clean_news.stages.source.facts import USED

SCHEMA = "clean-news/diff/1"


def json_line(article: CleanArticle, trace: Trace, edit_filter: EditFilter) -> bytes:
    """Return the line of an article; empty if none of its edits are selected."""
    selected = sorted(filter(edit_filter.matches, trace.edits), key=lambda each: (each.raw_span, each.clean_span))
    if not selected:
        return b""
    raw, clean = LineIndex(trace.raw), LineIndex(trace.clean)
    edits = [_edit_object(each, raw, clean) for each in selected]
    found: dict[str, Any] = {"schema": SCHEMA, "id": article.log.id, "clean": printable(article.path)}
    if USED in article.log.document and any(each.stage == SOURCE for each in selected):
        found["source"] = article.log.document[USED]
    found["edits"] = edits
    return msgspec.json.encode(found) + b"\n"


def _edit_object(traced: TracedEdit, raw: LineIndex, clean: LineIndex) -> dict[str, Any]:
    """Return the JSON object of an edit."""
    edit = traced.edit
    return {
        "id": edit.id,
        "stage": traced.stage,
        "rule": edit.rule,
        "state": edit.state,
        "confidence": edit.confidence,
        "before": edit.before,
        "after": edit.after,
        "raw": _span_object(traced.raw_span, raw),
        "clean": _span_object(traced.clean_span, clean),
        "depends_on": edit.depends_on,
        "evidence": edit.evidence,
    }


def _span_object(span: Span, lines: LineIndex) -> dict[str, int]:
    """Return the JSON object of a span."""
    (line, column), (end_line, end_column) = lines.locate(span[0]), lines.locate(span[1])
    return {
        "start": span[0],
        "end": span[1],
        "line": line,
        "column": column,
        "end_line": end_line,
        "end_column": end_column,
    }
