"""Score a gold file: clean and judge each article, and compute precision, recall and F0.5 over all of them."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from clean_news.cleaner import Cleaner
from clean_news.scoring.gold import GoldRow
from clean_news.scoring.judgement import Judgement, judge


class Figures(NamedTuple):
    """The totals over all articles.

    Attributes:
        documents: the number of articles.
        words: the number of words of the spun texts.
        hits, misses, wrong: counts, see :class:`clean_news.scoring.judgement.Judgement`.
    """

    documents: int
    words: int
    hits: int
    misses: int
    wrong: int

    @property
    def precision(self) -> float:
        """The share of hits among hits and wrong edits; 0 if there are none."""
        return self.hits / (self.hits + self.wrong or 1)

    @property
    def recall(self) -> float:
        """The share of required spans that were repaired; 0 if there are none."""
        return self.hits / (self.hits + self.misses or 1)

    @property
    def f_half(self) -> float:
        """F0.5, which weights precision twice as much as recall."""
        weighted = 0.25 * self.precision + self.recall
        return 1.25 * self.precision * self.recall / weighted if weighted else 0.0

    @property
    def wrong_per_10k_words(self) -> float:
        """Wrong edits per 10,000 words; 0 if there are no words."""
        return 1e4 * self.wrong / (self.words or 1)


def score(rows: Iterable[GoldRow], cleaner: Cleaner) -> Iterator[tuple[str, Judgement]]:
    """Clean and judge each spun article; yields its id and its judgement."""
    for row in rows:
        yield row.id, judge(row, cleaner.clean(row.spun, row.id).text)


def totals(judgements: Iterable[Judgement]) -> Figures:
    """Add up the judgements of all articles.

    >>> totals([Judgement(3, [], [], 50)]).recall
    1.0
    """
    found = list(judgements)
    return Figures(
        len(found),
        sum(judgement.words for judgement in found),
        sum(judgement.hits for judgement in found),
        sum(len(judgement.missed) for judgement in found),
        sum(len(judgement.wrong) for judgement in found),
    )
