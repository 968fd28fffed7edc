"""What speaks for a text that may stand at a place: the sources, the context, its words and how it differs."""

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from rapidfuzz.distance import Levenshtein

from clean_news.language import vocabulary
from clean_news.language.context_fit import Place as WordsInContext
from clean_news.language.context_fit import fits, tokens_around
from clean_news.stages.ocr import names
from clean_news.stages.ocr.character_model import confidence as letters
from clean_news.stages.ocr.names import WORD, Page
from clean_news.stages.ocr.second_opinion.places import Place

MIN_PROBABILITY = 1e-4  # of a text by a source, or by all of them, as far as it matters
TYPICAL_SHARE, MIN_SHARE = 0.06, 0.003  # unknown words of a page: the median of the scans; as far as it matters
MAX_FIT = 15.0  # nats, as far as they matter
MAX_OPINION = 15.0  # nats of the neural model; a difference saturates there
SHORT_LETTERS = 3
MAX_UNKNOWN = 3
OUTER_MARKS = ".,;:!?\"'()-“”‘’"


class Evidence(NamedTuple):
    """What speaks for a text of a place, or the weight of each. All of the neural model is 0 where it is not asked.

    Attributes:
        kept: 1 if it is the text as it stands. The next six are 0 for others.
        kept_unknown: 1 if that has an unknown word.
        kept_share: log of the page's share of unknown words, relative to the typical one.
        kept_unknown_share: the same if it has an unknown word, else 0.
        kept_capital: 1 if it begins with a capital letter.
        kept_short: 1 if it has at most three characters.
        kept_digit: 1 if it has a digit.
        kept_marks: 1 if it has marks other than around it.
        unknown: number of its unknown words that do not stand there, at most three.
        lattice: log probability by the lattice.
        lattice_lacks: 1 if the lattice lacks it.
        reread, reread_lacks: the same of the character model, from what the first pass leaves.
        read, read_lacks: the same of the character model, from the text itself.
        output: 1 if both passes together write it.
        output_confidence: their confidence in that.
        fit: how much better it fits its context than nothing, in fives; see :class:`.context_fit.Fit`.
        same_letters: 1 if only marks and spaces change.
        words: by how many words it is longer or shorter.
        edits: edit distance from the text as it stands.
        edit_share: that relative to its length.
        elsewhere: 1 if a word that it writes stands elsewhere in the article.
        digit: 1 if a digit is changed.
        short: 1 if the words that it writes have at most three letters.
        prior: log probability without the neural model.
        neural: log probability by the neural model less that of the best text that was asked about, bounded.
        kept_neural: the same of the text as it stands, less that of the best other one; 0 for others.
    """

    kept: float
    kept_unknown: float
    kept_share: float
    kept_unknown_share: float
    kept_capital: float
    kept_short: float
    kept_digit: float
    kept_marks: float
    unknown: float
    lattice: float
    lattice_lacks: float
    reread: float
    reread_lacks: float
    read: float
    read_lacks: float
    output: float
    output_confidence: float
    fit: float
    same_letters: float
    words: float
    edits: float
    edit_share: float
    elsewhere: float
    digit: float
    short: float
    prior: float = 0.0
    neural: float = 0.0
    kept_neural: float = 0.0


def evidence(
    places: Sequence[Place], spans: Sequence[tuple[int, int]], output: str, confidences: Sequence[float], page: Page
) -> list[dict[str, Evidence]]:
    """Collect the evidence of every text of every place, without the neural model's.

    Args:
        places: the places.
        spans: their spans in the text after both passes.
        output: that text.
        confidences: of the edits that are applied at each place, the highest; 0 if there are none.
        page: the article.
    """
    asked: list[WordsInContext] = []
    for place, span in zip(places, spans, strict=True):
        before, after = tokens_around(output, *span)
        asked += [WordsInContext(before, words, after) for words in ("", *place.texts)]
    scored = iter(fits(asked, page.model))
    found = []
    for place, confidence in zip(places, confidences, strict=True):
        nothing, of_texts = next(scored), [next(scored) for _ in place.texts]
        found.append(
            {
                text: _of_text(text, place, page, confidence, fit.gain - nothing.log_probability)
                for text, fit in zip(place.texts, of_texts, strict=True)
            }
        )
    return found


def _of_text(text: str, place: Place, page: Page, confidence: float, fit: float) -> Evidence:
    """The evidence for a text; ``confidence`` is that of the output of the passes, ``fit`` in nats."""
    before, sources = place.kept, place.texts[text]
    kept, new = text == before, names.new_words(before, text)
    unknown = kept and any(map(_is_unknown, WORD.findall(text)))
    share = log_share(page)
    is_output = text == place.output
    distance = Levenshtein.distance(text, before)
    return Evidence(
        kept,
        unknown,
        kept * share,
        unknown * share,
        kept and text[:1].isupper(),
        kept and len(text) <= SHORT_LETTERS,
        kept and any(map(str.isdigit, text)),
        kept and not text.strip(OUTER_MARKS).isalpha(),
        min(sum(map(_is_unknown, new)), MAX_UNKNOWN),
        _log(sources.lattice),
        not sources.lattice,
        _log(sources.reread),
        not sources.reread,
        _log(sources.read),
        not sources.read,
        is_output,
        is_output * confidence,
        _bounded(fit, MAX_FIT) / 5,
        not kept and _letters(text) == _letters(before),
        abs(len(text.split()) - len(before.split())),
        distance,
        distance / max(len(before), 1),
        any(page.counts[word] for word in new),
        letters.digits(text) != letters.digits(before),
        bool(new) and max(map(len, new)) <= SHORT_LETTERS,
    )


def with_scores(
    found: Mapping[str, Evidence], priors: Mapping[str, float], scores: Mapping[str, float], kept: str
) -> dict[str, Evidence]:
    """Add what the neural model says to the evidence of the texts that it was asked about.

    Args:
        found: the evidence of the texts of a place.
        priors: their probabilities without the neural model.
        scores: natural log probability of each text that was asked about.
        kept: the text as it stands, which is one of them.
    """
    best = max(scores.values())
    best_other = max((score for text, score in scores.items() if text != kept), default=best)
    return {
        text: found[text]._replace(
            prior=_log(priors[text]),
            neural=_bounded(score - best, MAX_OPINION),
            kept_neural=_bounded(score - best_other, MAX_OPINION) if text == kept else 0.0,
        )
        for text, score in scores.items()
    }


def log_share(page: Page) -> float:
    """The natural logarithm of a page's share of unknown words, relative to the typical one."""
    return math.log(max(page.share, MIN_SHARE) / TYPICAL_SHARE)


def _is_unknown(word: str) -> bool:
    """Whether a word of several letters stands in no dictionary."""
    return len(word) > 1 and not vocabulary.is_word(word)


def _log(probability: float) -> float:
    """The natural logarithm of a probability, as far as it matters."""
    return math.log(max(probability, MIN_PROBABILITY))


def _bounded(nats: float, most: float) -> float:
    """A difference of log probabilities, bounded smoothly."""
    return most * math.tanh(nats / most)


def _letters(text: str) -> str:
    """The letters of a text in lower case, without spaces and hyphens."""
    return "".join(text.lower().split()).replace("-", "")
