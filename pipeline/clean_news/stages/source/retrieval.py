"""Finds the article of an index that a text was spun from."""

from typing import TYPE_CHECKING, NamedTuple

from clean_news.stages.source.comparison import Comparison, compare, shared
from clean_news.stages.source.tokenised import Tokenised, tokenise
from clean_news.stages.source.verification import is_source

if TYPE_CHECKING:
    from clean_news.language.language_model import LanguageModel
    from clean_news.settings import Settings
    from clean_news.sources import ArticleIndex
    from clean_news.stages.source.possible_originals import PossibleOriginals

MAX_HITS = 12  # articles that are looked at: other spun copies of the same source may be the nearest ones
MAX_COMPARED = 3  # of these, with which the words are aligned
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
    article = tokenise(text)
    candidates: list[tuple[float, str, str, Tokenised]] = []
    for hit in index.nearest(text, MAX_HITS):
        source = tokenise(index.text(hit))
        if source.forms != article.forms:
            candidates.append((shared(article, source), hit.id, hit.origin, source))
    candidates.sort(key=lambda each: -each[0])
    found = [
        FoundSource(id_, origin, compare(article, source, possible))
        for share, id_, origin, source in candidates[:MAX_COMPARED]
        if share >= MIN_SHARED
    ]
    for each in sorted(found, key=lambda each: -each.compared.similarity):
        if is_source(each.compared, model) and not _is_spun(each.compared.source.text, settings):
            return each
    return None


def _is_spun(text: str, settings: "Settings") -> bool:
    """Whether a text would itself be treated as spun."""
    from clean_news.stages.spin import lexicon_building, prefilter, user_dictionary
    from clean_news.stages.spin.stage import SPUN_FROM, examine

    lexicon = lexicon_building.standard(user_dictionary.files(settings.dictionary))
    if prefilter.mean_log_ratio(text, lexicon) < prefilter.decoding_threshold(text):
        return False
    return examine(text, settings).decoded.spun >= SPUN_FROM
