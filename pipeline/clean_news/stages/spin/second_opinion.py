"""Weighs unsure changes again, with a neural language model's opinion of them beside that of the n-grams.

A conditional logistic model chooses between a span's changes and keeping it. Its features are in :class:`Features`. The
neural model cannot know what a spinner does and prefers frequent words; so its opinion is bounded, a change has to be
better than the words in the text by some nats, and what may be a name is trusted to it less; see :mod:`asking`.

Source of the weights: maximum likelihood on 37 spun articles of eight families, by ``benchmarks/second_opinion.py
--fit``; docs/second-opinion.md has measurements with each article left out.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from clean_news.language.change_selection import TextSpan
from clean_news.language.neural.variant_scores import NeuralModel, log_probabilities
from clean_news.language.tokens import Sentence
from clean_news.stages.spin.opinion_places import SpanVariants, rendered
from clean_news.stages.spin.repetitions import TokenSpan
from clean_news.stages.spin.spacing import fitted

MAX_OPINION = 8.0  # nats; the difference of log-probabilities saturates there
CLIP = 1e-4  # least probability, and greatest less than 1, of the n-grams' opinion
Changes = Mapping[TextSpan, Mapping[str, float]]


class Features(NamedTuple):
    """What a change, or keeping the words, is judged by; also the weights of these features.

    Attributes:
        possible: log of its probability by the n-grams.
        sure: minus the log of the probability that it is wrong, by the n-grams.
        neural: natural log-probability of the text with it less that of the text with the words kept, by the neural
            model; bounded by :data:`MAX_OPINION`.
        elsewhere: the same of this change at other places of the document, less the fewer there are.
        kept: 1 for keeping the words.
    """

    possible: float
    sure: float
    neural: float
    elsewhere: float
    kept: float


WEIGHTS = Features(possible=0.07, sure=0.95, neural=0.74, elsewhere=0.25, kept=2.13)


class Opinion(NamedTuple):
    """Two opinions of a change.

    Attributes:
        n_grams: its probability by the n-grams.
        neural: nats by which the neural model finds it more probable than the words in the text.
    """

    n_grams: float
    neural: float


class SpanOpinions(NamedTuple):
    """A span with unsure changes.

    Attributes:
        span: in code points.
        changes: its changes, as they are written in the text.
        features: those of keeping the words, then those of each change.
        opinions: the opinions of each change.
    """

    span: TextSpan
    changes: list[str]
    features: list[Features]
    opinions: list[Opinion]


class Reconsidered(NamedTuple):
    """The changes of a document after a second opinion, by the tokens that they replace.

    Attributes:
        changes: the probabilities of all changes.
        opinions: the opinions of those that were unsure.
    """

    changes: dict[TokenSpan, dict[str, float]]
    opinions: dict[TokenSpan, dict[str, Opinion]]


def opinions_of(text: str, changes: Changes, model: NeuralModel) -> list[SpanOpinions]:
    """Ask the neural model about all unsure changes of a document.

    Args:
        text: the document.
        changes: its changes as they are written in the text, with their probabilities by the n-grams.
        model: the neural model.
    """
    document = rendered(text, changes)
    scores = log_probabilities(document.text, document.places, model)
    asked = [each for each in document.spans if scores[each.place]]
    elsewhere: dict[tuple[str, str], list[float]] = defaultdict(list)
    for each in asked:
        for change, difference in _differences(each, scores[each.place]).items():
            elsewhere[_key(text, each.span, change)].append(difference)
    return [_opinions_of_span(text, each, changes[each.span], scores[each.place], elsewhere) for each in asked]


def reconsidered(
    text: str,
    sentences: Sequence[Sentence],
    changes: Mapping[TokenSpan, Mapping[str, float]],
    trust: Callable[[TokenSpan, str], float],
    model: NeuralModel,
) -> Reconsidered:
    """Weigh the unsure changes of a document again.

    Args:
        text: the document.
        sentences: its sentences.
        changes: its changes, with their probabilities by the n-grams.
        trust: by which part of the difference a change may become more probable, from 0 to 1.
        model: the neural model.
    """
    found = {span: dict(afters) for span, afters in changes.items()}
    opinions: dict[TokenSpan, dict[str, Opinion]] = {}
    written = _as_written(text, sentences, changes)
    by_text = {
        span: {fit: probability for fit, (_, probability) in afters.items()} for span, (_, afters) in written.items()
    }
    for each in opinions_of(text, by_text, model):
        tokens, afters = written[each.span]
        opinions[tokens] = {}
        for change, probability, opinion in zip(each.changes, chosen(each.features)[1:], each.opinions, strict=True):
            after, before = afters[change]
            more = probability - before
            found[tokens][after] = before + (trust(tokens, after) * more if more > 0 else more)
            opinions[tokens][after] = opinion
    return Reconsidered(found, opinions)


def _as_written(
    text: str, sentences: Sequence[Sentence], changes: Mapping[TokenSpan, Mapping[str, float]]
) -> dict[TextSpan, tuple[TokenSpan, dict[str, tuple[str, float]]]]:
    """The changes by the place that they replace: its tokens, and by the text that is written there, the change.

    Those that cannot be written, of clitics, are left out.
    """
    found: dict[TextSpan, tuple[TokenSpan, dict[str, tuple[str, float]]]] = {}
    for tokens, afters in changes.items():
        number, start, end = tokens
        spans = sentences[number].spans
        span = spans[start][0], spans[end - 1][1]
        fits = {after: fitted(text, span, after) for after in afters}
        of_span = {fit: (after, afters[after]) for after, fit in fits.items() if fit is not None}
        if of_span:
            found[span] = tokens, of_span
    return found


def chosen(features: Sequence[Features], weights: Features = WEIGHTS) -> list[float]:
    """Return the probabilities of keeping the words of a span and of each change, of which they are the only choices.

    Args:
        features: of keeping, and of each change.
        weights: the weights of the features.

    >>> two = [Features(-1.2, 0.4, 0.0, 0.0, 1.0), Features(-0.4, 1.2, 6.0, 0.0, 0.0)]
    >>> [round(probability, 2) for probability in chosen(two)]
    [0.04, 0.96]
    """
    scores = [_product(each, weights) for each in features]
    largest = max(scores)
    odds = [math.exp(score - largest) for score in scores]
    total = math.fsum(odds)
    return [each / total for each in odds]


def _product(one: Sequence[float], other: Sequence[float]) -> float:
    """The sum of the products of two sequences."""
    return math.fsum(a * b for a, b in zip(one, other, strict=True))


def _bounded(nats: float) -> float:
    """A difference of log-probabilities, bounded smoothly by :data:`MAX_OPINION`."""
    return MAX_OPINION * math.tanh(nats / MAX_OPINION)


def _differences(span: SpanVariants, scores: Sequence[float]) -> dict[str, float]:
    """By change, the log-probability of its variant less that of the one in which the words are kept."""
    return {change: scores[number] - scores[span.kept] for change, number in span.changed.items()}


def _key(text: str, span: TextSpan, change: str) -> tuple[str, str]:
    """What the same change at other places has in common."""
    return text[slice(*span)].lower(), change.lower()


def _opinions_of_span(
    text: str,
    span: SpanVariants,
    probabilities: Mapping[str, float],
    scores: Sequence[float],
    elsewhere: Mapping[tuple[str, str], list[float]],
) -> SpanOpinions:
    """The features and opinions of a span's changes.

    Args:
        text: the document.
        span: the span.
        probabilities: of all its changes, by the n-grams.
        scores: of the variants of its place.
        elsewhere: the neural model's opinions of each change at all places.
    """
    kept = 1.0 - math.fsum(probabilities.values())
    features = [Features(*_of_n_grams(kept), 0.0, 0.0, 1.0)]
    opinions = []
    for change, difference in _differences(span, scores).items():
        everywhere = elsewhere[_key(text, span.span, change)]
        others = (math.fsum(map(_bounded, everywhere)) - _bounded(difference)) / len(everywhere)
        features.append(Features(*_of_n_grams(probabilities[change]), _bounded(difference), others, 0.0))
        opinions.append(Opinion(probabilities[change], difference))
    return SpanOpinions(span.span, list(span.changed), features, opinions)


def _of_n_grams(probability: float) -> tuple[float, float]:
    """The features ``possible`` and ``sure`` of a probability."""
    clipped = min(max(probability, CLIP), 1 - CLIP)
    return math.log(clipped), -math.log1p(-clipped)
