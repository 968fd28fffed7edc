"""Format scores as text and as JSON, with the most frequent misses and wrong edits."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from clean_news.scoring.figures import totals
from clean_news.scoring.judgement import Judgement

Scored = list[tuple[str, Judgement]]  # id and judgement of each article


def as_json(scored: Scored, listed: int) -> dict[str, Any]:
    """The contents of :func:`as_text` as JSON values."""
    figures = totals(judgement for _, judgement in scored)
    return {
        "documents": figures.documents,
        "words": figures.words,
        "precision": round(figures.precision, 4),
        "recall": round(figures.recall, 4),
        "f0.5": round(figures.f_half, 4),
        "wrong_edits_per_10k_words": round(figures.wrong_per_10k_words, 4),
        "articles": [
            {
                "id": name,
                "repaired": judgement.hits,
                "required": judgement.hits + len(judgement.missed),
                "wrong": len(judgement.wrong),
            }
            for name, judgement in scored
        ],
        "missed": [
            {"count": count, "spun": spun, "original": original, "left": left}
            for (spun, original, left), count in _most_missed(scored, listed)
        ],
        "wrong": [
            {"count": count, "before": before, "after": after} for (before, after), count in _most_wrong(scored, listed)
        ],
    }


def as_text(scored: Scored, listed: int) -> Iterator[str]:
    """Format the scores as lines of text.

    Args:
        scored: the scored articles.
        listed: the maximum number of misses, and of wrong edits, to list.
    """
    for name, judgement in scored:
        required = judgement.hits + len(judgement.missed)
        yield f"{name[:44]:44} repaired {judgement.hits:4} of {required:4}   wrong edits {len(judgement.wrong)}"
    if missed := _most_missed(scored, listed):
        yield "\nmissed: left unchanged (left) or changed to something else (else)"
        for (spun, original, left), count in missed:
            yield f"{count:5}  {'left' if left else 'else'}  {spun} → {original}"
    if wrong := _most_wrong(scored, listed):
        yield "\nwrong edits"
        for (before, after), count in wrong:
            yield f"{count:5}  {before or '(nothing)'} → {after or '(nothing)'}"
    figures = totals(judgement for _, judgement in scored)
    yield (
        f"\nprecision {figures.precision:.3f}   recall {figures.recall:.3f}   F0.5 {figures.f_half:.3f}   "
        f"wrong edits per 10,000 words {figures.wrong_per_10k_words:.1f}   "
        f"({figures.documents} articles, {figures.words:,} words)"
    )


def _most_missed(scored: Scored, listed: int) -> list[tuple[tuple[str, str, bool], int]]:
    """The most frequent misses, without case: spun text, original and whether it was left unchanged; their counts."""
    return Counter(
        (spun.lower(), original.lower(), left) for _, judgement in scored for spun, original, left in judgement.missed
    ).most_common(listed)


def _most_wrong(scored: Scored, listed: int) -> list[tuple[tuple[str, str], int]]:
    """The most frequent wrong edits: text before and after; their counts."""
    return Counter((wrong.before, wrong.after) for _, judgement in scored for wrong in judgement.wrong).most_common(
        listed
    )
