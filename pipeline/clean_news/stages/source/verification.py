"""Decides whether an article was spun from the source that it was compared with."""

import numpy as np

from clean_news.language.language_model import LanguageModel
from clean_news.stages.source.comparison import Comparison
from clean_news.stages.source.phrase_pairs import Bounds
from clean_news.stages.source.tokenised import Tokenised

# What a source and its spun copy have in common. Source: as in comparison.py. Of 1,871 pairs of reports of one event,
# the nearest by names and numbers, six are above both, all copies of one agency's report; of 140 sources that were cut,
# all; if the lexicon lacks 40% of the pairs, 96%.
MIN_COVERAGE = 0.5  # of the article or of the source, whichever is covered more
MIN_COVERAGES = 0.95  # of both together
# Share of the similar sentences with a word or two more or less: at most .04 of a source, .28 of one that was cut; .43
# and more of articles that another paper made from the same agency's report.
MAX_EDITED = 0.35
# Phrases that the lexicon calls spun forms of the source's: 6% of the words and more where a spinner swapped a fifth of
# what it can, 4% if the lexicon lacks 40% of the pairs. Reports of one event by two papers reach 2%.
MIN_SWAPS = 4
MIN_SWAP_RATE = 0.03
# Mean gain in log probability, in nats, of the source's phrase in its context over the article's in its own. Source:
# 163 spun articles, forward-spun and real, and their originals: at least 2.4; the other way round at most -3.1.
MIN_GAIN = 1.5
ORDER = 3  # of the n-grams


def is_source(compared: Comparison, model: LanguageModel) -> bool:
    """Whether the article was spun from the source, and not the source from the article.

    Args:
        compared: the two.
        model: the language model.
    """
    return (
        max(compared.similarity, compared.source_coverage) >= MIN_COVERAGE
        and compared.similarity + compared.source_coverage >= MIN_COVERAGES
        and compared.edited <= MAX_EDITED
        and compared.swaps >= MIN_SWAPS
        and compared.swaps >= MIN_SWAP_RATE * (compared.swaps + compared.equal)
        and mean_gain(compared, model) >= MIN_GAIN
    )


def mean_gain(compared: Comparison, model: LanguageModel) -> float:
    """Return how much more probable the source's phrases are than the spun ones, in nats for each of these.

    Args:
        compared: an article and its source.
        model: the language model.
    """
    swaps = [(pair, segment) for pair in compared.pairs for segment in pair.segments if segment.kind == "known"]
    ours = [(segment.spun, pair.spun) for pair, segment in swaps]
    theirs = [(segment.original, pair.original) for pair, segment in swaps]
    gain = _log_probability(compared.source, theirs, model) - _log_probability(compared.article, ours, model)
    return gain / max(len(swaps), 1)


def _log_probability(tokens: Tokenised, phrases: list[tuple[Bounds, Bounds]], model: LanguageModel) -> float:
    """The natural log probability of phrases and of the two tokens after each, all in their contexts.

    Args:
        tokens: the text.
        phrases: the tokens of each phrase, and those of its sentence.
        model: the language model.
    """
    rows = []
    for (begin, end), (first, last) in phrases:
        ids = [0, 0, 0] + [model.id_of(form) for form in tokens.forms[max(first, begin - 2) : min(last, end + 2)]]
        known = begin - max(first, begin - 2)
        rows += [ids[at : at + 4] for at in range(known, len(ids) - 3)]
    return float(model.log_probability(np.array(rows, np.uint16), ORDER).sum()) if rows else 0.0
