"""Show an article's sentence beside that of its source, for the edits of the stage ``source``.

Everything comes from the log: the index and the sources may be gone.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from clean_news.change_log import ChangeLog, stage_texts
from clean_news.edits import Edit
from clean_news.language.tokens import sentences
from clean_news.printable_text import visible
from clean_news.stages.source.excerpts import AROUND, around, end_of, start_of
from clean_news.stages.source.facts import USED

STAGE = "source"
_SHOWN_EVIDENCE = {
    AROUND,
    "source",
    "similarity",
    "original",
    "by",
    "differs",
}
REASONS = {
    "lexicon": "the dictionaries call it a possible original",
    "alignment": "the alignment leaves no doubt",
}


class Excerpt(NamedTuple):
    """Words in their sentence.

    Attributes:
        left: the text before them.
        words: the words.
        right: the text after them.
    """

    left: str
    words: str
    right: str

    def shortened(self, side: int) -> "Excerpt":
        """Return the excerpt with at most this many code points on either side, and twice as many in the middle.

        >>> Excerpt("The harbour board of Port Aller ", "said", " so.").shortened(10)
        Excerpt(left='… Aller ', words='said', right=' so.')
        """
        return Excerpt(end_of(self.left, side), start_of(self.words, 2 * side), start_of(self.right, side))


class BesideSource(NamedTuple):
    """An edit of the stage ``source``: the article beside the source.

    Attributes:
        article: the words to be replaced, in the text that the stage received.
        source: the words of the source.
        why: why they are taken, or what differs.
    """

    article: Excerpt
    source: Excerpt
    why: str


def used_source(log: ChangeLog) -> str:
    """Return the origin, id and similarity of an article's source, as shown to users; nothing if it has none."""
    used = log.document.get(USED)
    if not isinstance(used, dict):
        return ""
    origin, name, similarity = (used.get(key) for key in ("origin", "id", "similarity"))
    if not isinstance(origin, str) or not isinstance(name, str):
        return ""
    named = f"{visible(origin)} ({visible(name)})" if name != origin else visible(origin)
    is_number = isinstance(similarity, int | float) and not isinstance(similarity, bool)
    return f"{named}, similarity {similarity:.2f}" if is_number else named


def beside_source(text: str, log: ChangeLog) -> dict[str, BesideSource]:
    """Return the article beside its source, by the ids of the edits of the stage ``source``.

    An edit whose evidence is not that of the stage is left out.

    Args:
        text: the clean text.
        log: its log.

    Raises:
        LogError: if the log cannot be inverted.
    """
    number = next((at for at, stage in enumerate(log.stages) if stage.name == STAGE and stage.edits), None)
    if number is None:
        return {}
    edits = log.stages[number].edits
    sources = {edit.id: found for edit in edits if (found := _source_excerpt(edit.evidence))}
    if not sources:
        return {}
    received = stage_texts(text, log)[number]
    bounds = [(each.spans[0][0], each.spans[-1][1]) for each in sentences(received) if each.spans]
    return {
        edit.id: BesideSource(_article_excerpt(received, bounds, edit), sources[edit.id], _why(edit.evidence))
        for edit in edits
        if edit.id in sources
    }


def _source_excerpt(evidence: dict[str, Any]) -> Excerpt | None:
    """The words of the source in their sentence; None if the evidence has none."""
    words, sides = evidence.get("original"), evidence.get(AROUND)
    if not isinstance(words, str) or not isinstance(sides, list | tuple) or list(map(type, sides)) != [str, str]:
        return None
    return Excerpt(sides[0], " ".join(words.split()), sides[1])


def _article_excerpt(text: str, bounds: Sequence[tuple[int, int]], edit: Edit) -> Excerpt:
    """The words of an edit in their sentence.

    Args:
        text: the text that the stage received.
        bounds: (start, exclusive end) of its sentences.
        edit: the edit.
    """
    at = bisect_right(bounds, (edit.start, len(text))) - 1
    start, end = bounds[at] if at >= 0 else edit.span
    left, right = around(text, (min(start, edit.start), max(end, edit.end)), edit.span)
    return Excerpt(left, edit.before, right)


def _why(evidence: dict[str, Any]) -> str:
    """Why the words are taken, or what differs."""
    if isinstance(fact := evidence.get("differs"), str):
        return f"the {visible(fact)} differs: facts are never taken from a source by themselves"
    by = evidence.get("by")
    return REASONS.get(by, visible(by)) if isinstance(by, str) else ""


def without_shown(evidence: dict[str, Any]) -> dict[str, Any]:
    """Return the evidence of an edit without what is shown beside the source."""
    return {name: value for name, value in evidence.items() if name not in _SHOWN_EVIDENCE}


def lines_of(beside: BesideSource, side: int) -> Iterator[str]:
    """Yield the article's line and the source's, with the words between ``>>`` and ``<<``, one below the other.

    Args:
        beside: the edit.
        side: number of code points on either side of the words.
    """
    article, source = beside.article.shortened(side), beside.source.shortened(side)
    shown = [[visible(part, "⏎") for part in each] for each in (article, source)]
    width = max(len(left) for left, *_ in shown)
    for name, (left, words, right) in zip(("article", "source"), shown, strict=True):
        yield f"{name:7}  {left:>{width}}>>{words}<<{right}".rstrip()
