"""The first pass over a scanned text: what the lattice reads otherwise, with its probability.

The lattice of all readings is decoded with the confusion table as the channel and the language model of the text's age.
"""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from clean_news.article import ScannedWord
from clean_news.edits import Edit, replace
from clean_news.language import change_selection, forward_backward, lattice, vocabulary
from clean_news.language.change_selection import TextSpan
from clean_news.language.model_mixture import ModelMixture
from clean_news.language.tokens import Sentence
from clean_news.protection import protected_token_indices
from clean_news.stages.ocr.readings import Reading, context_of, readings_of
from clean_news.stages.ocr.rule_of_change import rule_of
from clean_news.stages.ocr.scanner_confidence import ChangeCosts
from clean_news.stages.ocr.suspects import rare_forms
from clean_news.stages.spin.phrase_hashes import HashTable

MODEL_WEIGHT = 0.8  # of language model log probabilities relative to costs; 0.7 to 1 differ little on ocr-train
CONTEXT_CHARS = 30  # code points of context on either side in an edit's evidence
CASE_ODDS = 3.0  # how much likelier a text has to be that changes the case of the first letter
MIN_POSTERIOR = 0.001  # readings of lower probability are ignored
MIN_CHANGE_POSTERIOR = 0.02  # of a change; less likely ones are no suggestions either

Changes = dict[TextSpan, dict[str, float]]
"""For each span, the probabilities of its replacement texts."""


def scored_changes(
    text: str,
    sentences: Sequence[Sentence],
    model: ModelMixture,
    protected: Sequence[TextSpan],
    spun: HashTable,
    penalty: float,
    words: Sequence[ScannedWord] = (),
) -> Changes:
    """Compute the posterior probabilities of changes.

    Args:
        text: the text of the article.
        sentences: its sentences.
        model: the language model of its age.
        protected: protected spans, in order and without overlaps.
        spun: the forms that article spinners write.
        penalty: additional cost of each misreading, in nats.
        words: the words as the scanner read them, with its confidences.

    Returns:
        For each span, the probabilities of its replacement texts.
    """
    context = context_of(text, sentences, spun)
    spun.remember(rare_forms(context.counts, context.model))
    by_sentence = readings_of(sentences, context, protected_token_indices(sentences, protected))
    readings = [reading for own in by_sentence for reading in own]
    edges = lattice.edge_arrays(by_sentence)
    built = lattice.build([len(sentence.forms) for sentence in sentences], edges)
    scores = np.array([-reading.cost - penalty * (reading.text is not None) for reading in readings])
    if any(word.confidence is not None for word in words):
        scores -= _confidence_costs(text, words, sentences, readings)
    _, posterior = forward_backward.decode(built, model, scores, MODEL_WEIGHT)
    return _by_span(text, sentences, readings, posterior.edges.tolist())


def _confidence_costs(
    text: str, words: Sequence[ScannedWord], sentences: Sequence[Sentence], readings: Sequence[Reading]
) -> list[float]:
    """Return for each reading what the scanner's confidence in the words that it changes adds to its cost, in nats."""
    costs = ChangeCosts(text, words, vocabulary.standard().words)
    spans = [sentence.spans for sentence in sentences]
    return [
        0.0
        if reading.text is None
        else costs.of(spans[reading.sentence][reading.start][0], spans[reading.sentence][reading.end - 1][1])
        for reading in readings
    ]


def _by_span(
    text: str, sentences: Sequence[Sentence], readings: Sequence[Reading], posterior: Sequence[float]
) -> Changes:
    """Sum the probabilities of the readings of each span by replacement text."""
    changes: Changes = defaultdict(lambda: defaultdict(float))
    for reading, probability in zip(readings, posterior, strict=True):
        if reading.text is not None and probability > MIN_POSTERIOR:
            spans = sentences[reading.sentence].spans
            span = (spans[reading.start][0], spans[reading.end - 1][1])
            changes[span][reading.text] += probability
    return {span: _with_case_merged(text[slice(*span)], texts) for span, texts in changes.items()}


def _with_case_merged(read: str, texts: dict[str, float]) -> dict[str, float]:
    """Merge texts that differ only in case into the most likely one, with the sum of their probabilities.

    Otherwise a word whose letters are certain but whose case is not would not be corrected. Old print has more capital
    letters than a scan shows: the case of the first letter changes only if that is :data:`CASE_ODDS` as likely.

    >>> _with_case_merged("tbey", {"they": 0.5, "They": 0.25, "then": 0.125})
    {'they': 0.75, 'then': 0.125}
    >>> _with_case_merged("secre tary", {"secretary": 0.375, "Secretary": 0.625})
    {'secretary': 1.0}
    """

    def preference(text: str) -> float:
        """The probability of a text, more if its first letter has the case that was read."""
        return texts[text] * (CASE_ODDS if text[:1].islower() == read[:1].islower() else 1.0)

    together: dict[str, list[str]] = defaultdict(list)
    for text in texts:
        together[text.lower()].append(text)
    return {max(same, key=preference): sum(map(texts.__getitem__, same)) for same in together.values()}


def likeliest_edits(text: str, changes: Changes) -> list[Edit]:
    """Return the most likely change of each span as an edit without its confidence, without overlaps.

    Args:
        text: the text of the article.
        changes: see :func:`scored_changes`.
    """
    edits = [
        replace(
            text,
            *span,
            after,
            rule_of(text[slice(*span)], after),
            posterior=round(min(probability, 1.0), 6),
            candidates=change_selection.top_candidates(changes[span]),
            context=text[max(0, span[0] - CONTEXT_CHARS) : span[1] + CONTEXT_CHARS],
        )
        for span, after, probability in change_selection.likeliest_changes(changes, MIN_CHANGE_POSTERIOR)
    ]
    return sorted(edits, key=lambda edit: edit.span)
