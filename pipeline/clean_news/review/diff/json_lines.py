r"""The changes as JSON: one line, one object, for each article that has any of the chosen edits.

===========  =================================================================================================
``schema``   ``"clean-news/diff/1"``
``id``       the article's name within the run
``clean``    path of its clean file
``edits``    its chosen edits in the order of the raw text, each with
===========  =================================================================================================

==============  ==============================================================================================
``id``          the edit's id, which decisions name
``stage``       the stage that proposed it
``rule``        the code of its rule
``state``       ``applied``, ``suggested`` or ``rejected``
``confidence``  0–1
``before``      what it replaces, in the text that its stage received
``after``       what it puts there, or would put there
``raw``         where that is in the raw text
``clean``       where that is in the clean text; of an edit that is not applied, where it would be
``depends_on``  id of the edit that it only follows from, or null
``evidence``    what its rule has to say for it
==============  ==============================================================================================

Of ``raw`` and ``clean``, ``start`` and ``end`` are code points from 0 on, the end is the first one behind; ``line``,
``column``, ``end_line`` and ``end_column`` count from 1 on, columns in code points. The raw text is the decoded one,
without byte order mark, its line ends ``\n`` unless they are mixed.
"""

from typing import Any

import msgspec

from clean_news.batch.clean_articles import CleanArticle
from clean_news.review.diff.lines_and_columns import Places
from clean_news.review.edit_filter import Choice
from clean_news.review.edit_places import Span, Traced, TracedEdit

SCHEMA = "clean-news/diff/1"


def json_line(article: CleanArticle, trace: Traced, choice: Choice) -> bytes:
    """The line of an article; empty if it has none of the chosen edits."""
    chosen = sorted(filter(choice.takes, trace.edits), key=lambda each: (each.raw_span, each.clean_span))
    if not chosen:
        return b""
    raw, clean = Places(trace.raw), Places(trace.clean)
    edits = [described(each, raw, clean) for each in chosen]
    found = {"schema": SCHEMA, "id": article.log.id, "clean": str(article.path), "edits": edits}
    return msgspec.json.encode(found) + b"\n"


def described(traced: TracedEdit, raw: Places, clean: Places) -> dict[str, Any]:
    """The object of an edit."""
    edit = traced.edit
    return {
        "id": edit.id,
        "stage": traced.stage,
        "rule": edit.rule,
        "state": edit.state,
        "confidence": edit.confidence,
        "before": edit.before,
        "after": edit.after,
        "raw": stretch(traced.raw_span, raw),
        "clean": stretch(traced.clean_span, clean),
        "depends_on": edit.depends_on,
        "evidence": edit.evidence,
    }


def stretch(span: Span, places: Places) -> dict[str, int]:
    """Where a span is."""
    (line, column), (end_line, end_column) = places.of(span[0]), places.of(span[1])
    return {
        "start": span[0],
        "end": span[1],
        "line": line,
        "column": column,
        "end_line": end_line,
        "end_column": end_column,
    }
