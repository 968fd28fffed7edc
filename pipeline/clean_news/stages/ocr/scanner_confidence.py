"""The scanner's confidence in its words as evidence: to change a word of which it was sure costs more.

Programs measure confidence on scales of their own, and some say hardly anything with it. So only differences to the
other words of the page count, and only as much as confidence tells unknown words of the page, most of which were
misread, from known ones.
"""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Sequence
from statistics import median

from clean_news.article import ScannedWord

MIN_UNKNOWN, MIN_KNOWN = 5, 20  # words with a confidence; from fewer, its worth cannot be told
MIN_STANDARD_ERRORS = 2.0  # of the separation, from which it is no chance
# Below, confidence misleads as often as it helps: on 25 scans of shared/bench/ocr-train with simulated confidences,
# those with a separation of .75 removed .2 points more of the errors, those with .2 a tenth of a point less.
MIN_SEPARATION = 0.3
LIMIT = 0.99  # confidences beyond it, and below 1 - LIMIT, count as this one
MAX_COST = 2.0  # in nats, either way
PUNCTUATION = ".,;:!?()[]\"'“”‘’"


class ChangeCosts:
    """What it costs, in addition, to change the words of a page.

    Attributes:
        ends: exclusive ends of the words with a confidence, in order.
        costs: their starts and costs in nats; negative for words that the scanner doubted.
    """

    def __init__(self, text: str, words: Sequence[ScannedWord], known: Collection[str]) -> None:
        """Compare the confidences of a page's words.

        Args:
            text: the text of the page.
            words: its words as the scanner read them, in order.
            known: the words of the vocabulary, in lower case.
        """
        found = [(word, _log_odds(word.confidence)) for word in words if word.confidence is not None]
        known_odds: list[float] = []
        unknown_odds: list[float] = []
        for word, odds in found:
            form = text[word.start : word.end].strip(PUNCTUATION)
            if len(form) > 1 and form.isalpha() and form.islower():
                (known_odds if form in known else unknown_odds).append(odds)
        weight = separation(unknown_odds, known_odds)
        self.ends: list[int] = []
        self.costs: list[tuple[int, float]] = []
        if weight:
            middle = median(odds for _, odds in found)
            self.ends = [word.end for word, _ in found]
            for word, odds in found:
                self.costs.append((word.start, max(-MAX_COST, min(MAX_COST, weight * (odds - middle)))))

    def of(self, start: int, end: int) -> float:
        """Return the cost of changing ``text[start:end]``: that of the least certain word in it."""
        at = bisect_right(self.ends, start)
        lowest = math.inf
        while at < len(self.costs) and self.costs[at][0] < end:
            lowest = min(lowest, self.costs[at][1])
            at += 1
        return 0.0 if lowest == math.inf else lowest


def separation(lower: Sequence[float], higher: Sequence[float]) -> float:
    """Return how well a value tells two groups apart: 2 A - 1, where A is the area under the ROC curve.

    Returns:
        0 to 1; 0 below :data:`MIN_SEPARATION`, if the groups are small, or if chance explains the difference (by the
        standard error of the Mann–Whitney statistic).

    >>> separation([1, 2, 3, 4, 5], [6] * 20), separation([1, 2, 3, 4, 5], [3] * 20), separation([9] * 5, [1] * 20)
    (1.0, 0.0, 0.0)
    """
    if len(lower) < MIN_UNKNOWN or len(higher) < MIN_KNOWN:
        return 0.0
    ordered, pairs = sorted(higher), len(lower) * len(higher)
    above = sum(2 * len(ordered) - bisect_left(ordered, value) - bisect_right(ordered, value) for value in lower)
    error = math.sqrt((len(lower) + len(higher) + 1) / (3 * pairs))  # of 2 A - 1, if there is no difference
    found = above / pairs - 1
    return found if found > max(MIN_SEPARATION, MIN_STANDARD_ERRORS * error) else 0.0


def _log_odds(confidence: float) -> float:
    """Return the log odds of a confidence.

    >>> round(_log_odds(0.5), 2), round(_log_odds(1.0), 2)
    (0.0, 4.6)
    """
    bounded = max(1 - LIMIT, min(LIMIT, confidence))
    return math.log(bounded / (1 - bounded))
