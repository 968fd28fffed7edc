"""Says which words of an article came from its source, and which facts differ, for ``clean-news explain``."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from clean_news import edits as splicing
from clean_news.change_log import ChangeLog, stage_texts
from clean_news.edits import Edit
from clean_news.printable_text import visible
from clean_news.review.beside_source import STAGE, BesideSource, beside_source, lines_of, used_source
from clean_news.review.explaining.text_views import Span, TextView

SIDE_CHARS = 40  # code points of a sentence on either side of the words


class FromSource(NamedTuple):
    """An edit of the stage ``source``.

    Attributes:
        span: its span in the text that the explained stage received.
        edit: the edit.
        beside: the article beside the source; None if the log does not have it.
    """

    span: Span
    edit: Edit
    beside: BesideSource | None

    def overlaps(self, spans: Iterable[Span]) -> bool:
        """Whether it overlaps one of these spans."""
        return any(start < self.span[1] and self.span[0] < end for start, end in spans)


class SourceWords(NamedTuple):
    """What an article has from its source.

    Attributes:
        edits: the edits, in the order of the log.
        received: the text that the stage ``source`` received.
        later: the edits from it to the explained stage, by stage.
        used: origin, id and similarity of the source.
    """

    edits: list[FromSource]
    received: str
    later: list[Sequence[Edit]]
    used: str

    def mapped(self, spans: Sequence[Span]) -> list[Span]:
        """Map spans of the text that the stage received to the one that the explained stage received."""
        for edits in self.later:
            spans = splicing.map_spans(spans, edits)
        return list(spans)


def words_from_source(text: str, log: ChangeLog, number: int) -> SourceWords:
    """Return what an article has from its source.

    Args:
        text: the clean text.
        log: its log.
        number: index of the explained stage; edits of later stages are ignored.

    Raises:
        LogError: if the log cannot be inverted.
    """
    at = next((at for at, stage in enumerate(log.stages[:number]) if stage.name == STAGE and stage.edits), None)
    if at is None:
        return SourceWords([], "", [], "")
    edits, *others = [stage.edits for stage in log.stages[at:number]]
    words = SourceWords([], stage_texts(text, log)[at], [edits, *others], used_source(log))
    beside = beside_source(text, log)
    spans = words.mapped([edit.span for edit in edits])
    found = [
        FromSource(span, edit, beside.get(edit.id))
        for span, edit in zip(spans, edits, strict=True)
        if edit.state != "rejected"
    ]
    return words._replace(edits=found)


def source_blocks(edits: Sequence[FromSource], view: TextView) -> Iterator[str]:
    """Yield the lines about the words that came from a source.

    Args:
        edits: the edits.
        view: where they are.
    """
    places = view.locate([each.span for each in edits])
    for (line, column), (_, edit, beside) in zip(places, edits, strict=True):
        before, after = (visible(each.strip()) or "nothing" for each in (edit.before, edit.after))
        yield ""
        if edit.state == "applied":
            yield f"{line}:{column} {before}: changed to {after}, from its source, confidence {edit.confidence:g}"
        else:
            yield f"{line}:{column} {before}: kept; its source has {after}"
        if beside is not None:
            yield from (f"  {each}" for each in lines_of(beside, SIDE_CHARS))
            yield from ([f"  {beside.why}"] if beside.why else [])
