"""Maps positions of an article as a person sees it, raw or clean, to the text that one stage received, and back."""

import re
from typing import TYPE_CHECKING

from clean_news import edits as splicing
from clean_news.change_log import ChangeLog, stage_texts
from clean_news.review.diff.lines_and_columns import LineColumn, LineIndex

if TYPE_CHECKING:
    from collections.abc import Sequence

POSITION = re.compile(r"([0-9]{1,9}):([0-9]{1,9})")
Span = tuple[int, int]  # code points: start, exclusive end


class TextView:
    """The raw or the clean text of an article beside the text that one stage received.

    Attributes:
        text: the raw or the clean text.
        received: the text that the stage received.
    """

    def __init__(self, clean_text: str, log: ChangeLog, stage: int, is_clean: bool) -> None:
        """Reconstruct the texts.

        Args:
            clean_text: the clean text.
            log: its log.
            stage: index of the stage in the log.
            is_clean: whether the view is that of the clean text.

        Raises:
            LogError: if the log cannot be inverted.
        """
        texts = stage_texts(clean_text, log)
        self.text, self.received = texts[-1 if is_clean else 0], texts[stage]
        earlier, later = log.stages[:stage], log.stages[stage:]
        if is_clean:
            self._from_stage = [list(each.edits) for each in later]
            self._to_stage = [splicing.invert(each.edits) for each in reversed(later)]
        else:
            self._from_stage = [splicing.invert(each.edits) for each in reversed(earlier)]
            self._to_stage = [list(each.edits) for each in earlier]
        self._lines = LineIndex(self.text)

    def locate(self, spans: "Sequence[Span]") -> list[LineColumn]:
        """Return the line and column, in the raw or clean text, at which each span of the received text starts."""
        for edits in self._from_stage:
            spans = splicing.map_spans(spans, edits)
        return [self._lines.locate(start) for start, _ in spans]

    def received_span(self, line: int, column: int) -> Span | None:
        """Return the span in the received text of the character at a line and column; None if there is none there."""
        lines = self.text.split("\n")
        if not (1 <= line <= len(lines) and 1 <= column <= len(lines[line - 1])):
            return None
        start = sum(len(each) + 1 for each in lines[: line - 1]) + column - 1
        span = (start, start + 1)
        for edits in self._to_stage:
            (span,) = splicing.map_spans([span], edits)
        return span
