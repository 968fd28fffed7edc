"""Names that are words: spun articles of six families in twelve subjects, in which no name may be damaged.

A file of ``tests/gold/names`` is a gold article in marked text (:mod:`clean_news.scoring.marked_text`) with names in
square brackets as well; its name begins with the family's. To add one, write a genuine article, spin it, and mark it:

    ## g-schools
    [Irving Scholar] {expressed|said} that the {youngsters|children} were {protected|safe} at [Reading].
"""

import re
from collections import defaultdict
from itertools import accumulate
from pathlib import Path
from typing import NamedTuple

from msgspec.structs import replace

from clean_news import Cleaner, edits
from clean_news.cleaner import Cleaned
from clean_news.scoring import marked_text
from clean_news.scoring.figures import totals
from clean_news.scoring.gold import GoldRow, row_of
from clean_news.scoring.judgement import judge

FOLDER = Path(__file__).parent / "gold" / "names"
NAME = re.compile(r"\[([^\[\]]+)\]")
BRACKET = re.compile(r"[\[\]]")

# What holds at the level "normal". Raise the floors when the engine improves.
MIN_F_HALF = {"a": 0.89, "g": 0.76, "n": 0.88, "o": 0.36, "s": 0.69}  # measured .902, .773, .884, .370, .697


class NamesArticle(NamedTuple):
    """A gold article, and the spans of the names in its spun text."""

    row: GoldRow
    names: list[tuple[int, int]]


def articles_of(source: str) -> list[NamesArticle]:
    """The articles of a file."""
    found = []
    for article in marked_text.articles(source):
        bracketed = row_of(*article)
        text = bracketed.spun
        removed = list(accumulate((character in "[]" for character in text), initial=0))

        def moved(offset: int, removed: list[int] = removed) -> int:
            return offset - removed[offset]

        spans = [replace(span, start=moved(span.start), end=moved(span.end)) for span in bracketed.edits]
        names = [(moved(match.start(1)), moved(match.end(1))) for match in NAME.finditer(text)]
        found.append(NamesArticle(GoldRow(bracketed.id, BRACKET.sub("", text), spans), names))
    return found


def damaged(article: NamesArticle, cleaned: Cleaned) -> list[str]:
    """The names that are not what they were, each with what it became."""
    text, spans = article.row.spun, article.names
    for stage in cleaned.log.stages:
        text, spans = edits.apply(text, stage.edits), edits.map_spans(spans, stage.edits)
    assert text == cleaned.text.removesuffix("\n")
    before = [article.row.spun[start:end] for start, end in article.names]
    after = [text[start:end] for start, end in spans]
    return [f"{article.row.id}: {one} → {other}" for one, other in zip(before, after, strict=True) if one != other]


ARTICLES = [found for path in sorted(FOLDER.glob("*.txt")) for found in articles_of(path.read_text(encoding="utf-8"))]


def test_the_marks_are_read() -> None:
    (article,) = articles_of("A comment.\n## a-one\n[Reading] {mentioned|said} in [New Scientist] {?that|}.\n")
    assert article.row.spun == "Reading mentioned in New Scientist that."
    assert [article.row.spun[start:end] for start, end in article.names] == ["Reading", "New Scientist"]
    assert [article.row.spun[edit.start : edit.end] for edit in article.row.edits] == ["mentioned", "that"]


def test_there_are_enough_names_of_every_family() -> None:
    assert sum(len(article.names) for article in ARTICLES) >= 500
    assert {article.row.id[0] for article in ARTICLES} >= set("agnos")
    for row, names in ARTICLES:
        assert len(names) >= 10
        assert not any(start < edit.end and edit.start < end for start, end in names for edit in row.edits)
        assert all(row.spun[edit.start : edit.end] == edit.spun for edit in row.edits)


def test_names_are_not_damaged() -> None:
    cleaner = Cleaner(document="spun")  # the gate shall not hide what would be damaged
    found = [name for article in ARTICLES for name in damaged(article, cleaner.clean(article.row.spun))]
    assert not found, "\n".join(found)


def test_figures_of_every_family_stay_above_their_minima() -> None:
    cleaner, by_family = Cleaner(), defaultdict(list)
    for row, _ in ARTICLES:
        by_family[row.id[0]].append(judge(row, cleaner.clean(row.spun).text))
    found = {family: totals(by_family[family]).f_half for family in MIN_F_HALF}
    assert all(found[family] >= minimum for family, minimum in MIN_F_HALF.items()), found
