"""How much better than others a word of the source fits its place: what tells it from a word that an editor chose."""

from math import log
from typing import TYPE_CHECKING

import numpy as np

from clean_news.stages.source.comparison import Comparison
from clean_news.stages.source.phrase_pairs import Segment
from clean_news.stages.source.possible_originals import PossibleOriginals
from clean_news.stages.source.sentence_pairs import SentencePair
from clean_news.stages.source.verification import ORDER
from clean_news.stages.spin.capitals import capitals_of, with_capitals

if TYPE_CHECKING:
    from clean_news.language.language_model import LanguageModel

CONTEXT_TOKENS = 2  # before a phrase and after it
# In nats. Source: forward-spun articles and their sources, whole and cut, and 200 reports of an agency beside other
# editions of them: 3 of 4,266 words that are taken from these are an editor's. Of the words of the articles' own
# sources 4% are lost.
MIN_ODDS = 8.0  # log odds of a spinner's swap against an editor's, and what the source's word gains over the article's
MIN_GAIN = 1.0  # of the source's word over other originals that the form may stand for


def is_certain(
    compared: Comparison, pair: SentencePair, segment: Segment, possible: PossibleOriginals, model: "LanguageModel"
) -> bool:
    """Whether a phrase that the lexicon calls possible is the original's, though editors were at work.

    The article's own phrase may be the original's, and so may others that the form stands for. If no editor changed
    anything, they are not asked for.

    Args:
        compared: the article and its source.
        pair: a pair of sentences.
        segment: a pair of phrases that the lexicon knows.
        possible: the possible originals of a form.
        model: the language model.
    """
    if not compared.editors_changes:
        return True
    source = compared.source
    (begin, end), (first, last) = segment.original, pair.original
    left = source.forms[max(first, begin - CONTEXT_TOKENS) : begin]
    right = source.forms[end : min(last, end + CONTEXT_TOKENS)]
    theirs = source.forms[begin:end]
    own = " ".join(compared.article.keys[slice(*segment.spun)])
    form = " ".join(compared.article.folded[slice(*segment.spun)])
    others = sorted(possible(form) - {own, " ".join(source.compared[begin:end])})
    capitals = capitals_of(theirs)
    phrases = [theirs, *(with_capitals(capitals, other).split(" ") for other in (own, *others))]
    fit, own_fit, *other_fits = _log_probabilities(left, phrases, right, model)
    odds = log(max(compared.swaps, 1) / compared.editors_changes)
    return fit - own_fit + odds >= MIN_ODDS and fit - max(other_fits, default=-np.inf) >= MIN_GAIN


def _log_probabilities(
    left: list[str], phrases: list[list[str]], right: list[str], model: "LanguageModel"
) -> list[float]:
    """The natural log probability of each phrase and of what follows, in a context."""
    rows, owners = [], []
    for owner, phrase in enumerate(phrases):
        ids = [0, 0, 0] + [model.id_of(form) for form in (*left, *phrase, *right)]
        rows += [ids[at : at + 4] for at in range(len(left), len(ids) - 3)]
        owners += [owner] * (len(ids) - 3 - len(left))
    values = model.log_probability(np.array(rows, np.uint16), ORDER)
    return [float(value) for value in np.bincount(owners, values, minlength=len(phrases))]
