"""Measures how readable articles are before and after their words were repaired, with textacy's text statistics.

A spinner's synonyms are longer and rarer than the words that they replace, so undoing them makes a text easier to read:
docs/measurements.md has by how much. textacy imports spaCy, which takes seconds; only ``clean-news readability`` does.
"""

from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from statistics import median
from typing import NamedTuple

from clean_news.change_log import ChangeLog, stage_texts
from clean_news.optional_library import MissingLibraryError
from clean_news.review.traced_articles import TracedArticle

WORD_STAGES = ("ocr", "source", "spin")  # which replace words; those before them repair characters and layout
SPUN, OTHERS = "spun", "others"  # groups of articles
NO_TEXTACY = (
    "textacy is not installed, which measures readability; install clean-news with Python 3.11 or 3.12: "
    "floret, which textacy requires, has no wheels for later ones"
)


class Figures(NamedTuple):
    """What is measured of a text.

    Attributes:
        ease: Flesch reading ease (Flesch 1948): 206.835 − 1.015 · words a sentence − 84.6 · syllables a word; 0 for
            scholarly articles, 100 for simple ones.
        diversity: MTLD (McCarthy and Jarvis 2010): mean number of words in a row of which at least 72% are different.
    """

    ease: float
    diversity: float


class Compared(NamedTuple):
    """An article whose words were changed.

    Attributes:
        place: the clean file and, if it has several articles, the id.
        group: :data:`SPUN` or :data:`OTHERS`.
        before: the figures of the text that the first of :data:`WORD_STAGES` received.
        after: those of the clean text.
    """

    place: str
    group: str
    before: Figures
    after: Figures


Measure = Callable[[str], Figures | None]


def compared(articles: Iterable[TracedArticle], measure: Measure) -> Iterator[Compared]:
    """Yield the figures of the articles whose words were changed; those without a word are left out.

    Args:
        articles: the articles.
        measure: measures a text; None if it has no word.
    """
    for traced in articles:
        received = _text_before_words_changed(traced.article.text, traced.log)
        if received is None:
            continue
        before, after = measure(received), measure(traced.article.text)
        if before and after:
            group = SPUN if traced.log.document.get("verdict") == SPUN else OTHERS
            yield Compared(traced.article.place, group, before, after)


def _text_before_words_changed(clean: str, log: ChangeLog) -> str | None:
    """Return the text that the first stage received that changed a word; None if there is none."""
    for stage, text in zip(log.stages, stage_texts(clean, log), strict=False):  # the last text is the clean one
        if stage.name in WORD_STAGES and any(edit.state == "applied" for edit in stage.edits):
            return text
    return None


def textacy_measure() -> Measure:
    """Return the function that measures a text.

    Raises:
        MissingLibraryError: if textacy is not installed.
    """
    try:
        spacy, statistics = import_module("spacy"), import_module("textacy.text_stats")
    except ImportError as error:
        raise MissingLibraryError(NO_TEXTACY, name="textacy") from error
    tokenizer = spacy.blank("en")
    tokenizer.add_pipe("sentencizer")
    tokenizer.max_length = 1 << 62  # the limit is for parsers, which need much memory

    def measure(text: str) -> Figures | None:
        document = tokenizer(text)
        if not statistics.basics.n_words(document):
            return None
        ease = statistics.readability.flesch_reading_ease(document, lang="en")
        return Figures(ease, statistics.diversity.mtld(document))

    return measure


def medians(found: Iterable[Compared]) -> dict[str, tuple[int, Figures, Figures]]:
    """Return for each group the number of its articles and their median figures, before and after."""
    by_group: dict[str, list[Compared]] = {}
    for each in found:
        by_group.setdefault(each.group, []).append(each)
    return {
        group: (len(all_), _median([each.before for each in all_]), _median([each.after for each in all_]))
        for group, all_ in sorted(by_group.items(), reverse=True)
    }


def _median(figures: list[Figures]) -> Figures:
    """Return the median of each figure."""
    return Figures(*map(median, zip(*figures, strict=True)))


def as_text(found: list[Compared]) -> Iterator[str]:
    """Yield the lines of a table: the medians of each group."""
    if not found:
        yield "no article's words were changed"
        return
    yield f"{'':8}{'articles':>10}{'reading ease':>22}{'diversity':>20}"
    for group, (count, before, after) in medians(found).items():
        ease = f"{before.ease:.1f} → {after.ease:.1f}"
        diversity = f"{before.diversity:.1f} → {after.diversity:.1f}"
        yield f"{group:8}{count:>10}{ease:>22}{diversity:>20}"
