"""Finds the article of an index that a text was spun from."""

from typing import TYPE_CHECKING, NamedTuple

from clean_news.stages.source.comparison import Comparison, compare, shared
from clean_news.stages.source.tokenised import tokenise
from clean_news.stages.source.verification import is_source
from clean_news.stages.spin.first_look import first_look

if TYPE_CHECKING:
    from clean_news.language.language_model import LanguageModel
    from clean_news.settings import Settings
    from clean_news.sources import ArticleIndex, Hit
    from clean_news.stages.source.possible_originals import PossibleOriginals

MAX_HITS = 20  # articles that are looked at: other spun copies of the same source may be the nearest ones
FEW_HITS = 3
# Cosine of names and numbers. Source: 140 forward-spun articles among 7,215: their sources have at least .24, cut as an
# editor would at least .25; the nearest other article has .04 at the median and .14 in one case of ten.
MIN_SCORE = 0.15
MAX_COMPARED = 4  # articles with which the words are aligned: those that look least spun
MIN_SHARED = 0.6  # of the tokens of either text, in sentences that are similar enough, for the words to be aligned


class FoundSource(NamedTuple):
    """The source of a text.

    Attributes:
        id: its id in the index.
        origin: where it came from, for people.
        compared: the text beside it.
    """

    id: str
    origin: str
    compared: Comparison


def source_of(
    text: str, index: "ArticleIndex", possible: "PossibleOriginals", model: "LanguageModel", settings: "Settings"
) -> FoundSource | None:
    """Return the source of a text, the most similar one if the index has several; None if it has none.

    Args:
        text: the text.
        index: the index.
        possible: the possible originals of a form.
        model: the language model.
        settings: the run's settings.
    """
    texts = [(hit, index.text(hit)) for hit in _near(text, index)]
    others = [(hit, source_text) for hit, source_text in texts if source_text != text]
    if not others:
        return None
    article = tokenise(text)
    candidates = []
    for hit, source_text in others:
        source = tokenise(source_text)
        if source.forms != article.forms and shared(article, source) >= MIN_SHARED:
            candidates.append((first_look(source_text, settings).margin, hit, source))
    candidates.sort(key=lambda each: each[0])
    found = [
        (suspicion, FoundSource(hit.id, hit.origin, compare(article, source, possible)))
        for suspicion, hit, source in candidates[:MAX_COMPARED]
    ]
    for suspicion, each in sorted(found, key=lambda each: -each[1].compared.similarity):
        if is_source(each.compared, model) and (suspicion < 0 or not _is_spun(each.compared.source.text, settings)):
            return each
    return None


def _near(text: str, index: "ArticleIndex") -> "list[Hit]":
    """The articles that may be the source of a text; most texts have none, which a short list shows sooner."""
    for limit in (FEW_HITS, MAX_HITS):
        hits = index.nearest(text, limit)
        near = [hit for hit in hits if hit.score >= MIN_SCORE]
        if len(near) < limit:
            break
    return near


def _is_spun(text: str, settings: "Settings") -> bool:
    """Whether ``spin`` would treat a text as spun."""
    from clean_news.stages.spin.stage import SPUN_FROM, examine

    return examine(text, settings).decoded.spun >= SPUN_FROM
