"""Makes the repair of a part of a name costly unless the repaired name is known.

In *White Home* the repair *House* is supported by its neighbour: the language model has *White House*. In *Irving
Scholar* or *Messier 87* no repair is: a spinner's word beside a capitalised word, a number or a hyphen is then part of
a name that nobody changed.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from clean_news.language.language_model import LanguageModel
from clean_news.language.tokens import Sentence
from clean_news.stages.spin.readings import Readings

MIN_SUPPORT = 3.0  # pointwise mutual information, in nats, of a repaired word and its neighbour in the model's bigrams
# Source: in 37 spun articles, right repairs have 5 and more (Rowe Price 6.3, Getty Images 9.9), wrong ones 2 and less.
UNSUPPORTED_COST = 6.0  # nats
HYPHENS = {"-", "–"}

Word = int


def with_name_costs(
    readings: Readings, sentences: Sequence[Sentence], capitals: Sequence[Sequence[bool]], model: LanguageModel
) -> Readings:
    """Return the readings, those that repair a part of a name without support at a higher cost.

    Args:
        readings: all readings of the document.
        sentences: its sentences.
        capitals: what :func:`readings.unreliable_capitals` gives for them.
        model: the language model.
    """
    neighbours = _neighbours_of_names(sentences, capitals)
    single = (readings.edges.end - readings.edges.start) == 1
    wanted = {token for token, beside in neighbours.items() for token in (token, *filter(None, beside))}
    chosen = np.flatnonzero(single & np.isin(readings.token, list(wanted)))
    first, last = _outer_words(readings)
    by_token: dict[int, list[int]] = defaultdict(list)
    for row in chosen.tolist():
        by_token[int(readings.token[row])].append(row)
    repairs = [row for token in neighbours for row in by_token[token] if readings.text[row] >= 0]
    pairs: list[tuple[int, Word, Word]] = []  # row, word, the word that follows it
    for row in repairs:
        left, right = neighbours[int(readings.token[row])]
        pairs += [(row, last[other], first[row]) for other in by_token.get(left, ())] if left is not None else []
        pairs += [(row, last[row], first[other]) for other in by_token.get(right, ())] if right is not None else []
    support = dict.fromkeys(repairs, -np.inf)
    if pairs:
        rows, before, after = zip(*pairs, strict=True)
        follows = np.array(after, np.uint16)
        log_probability, held = model.bigrams(np.array(before, np.uint16), follows)
        information = np.where(held, log_probability - model.unigram[follows], -np.inf)
        for row, value in zip(rows, information.tolist(), strict=True):
            support[row] = max(support[row], value)
    unsupported = [row for row, value in support.items() if value < MIN_SUPPORT]
    unsupported += _of_kept_names(readings, sentences, support)
    unsupported += np.flatnonzero(_splits_name(readings, sentences)).tolist()
    cost = readings.cost.copy()
    cost[unsupported] += UNSUPPORTED_COST
    return readings._replace(cost=cost)


def _of_kept_names(readings: Readings, sentences: Sequence[Sentence], support: Mapping[int, float]) -> list[int]:
    """The repairs of words that are elsewhere in the document a part of a name without support: *Scholar said*.

    Args:
        readings: all readings.
        sentences: the document's sentences.
        support: the support of the repairs beside a capitalised word, a number or a hyphen.
    """
    forms = [form for sentence in sentences for form in sentence.forms]
    best: dict[str, float] = defaultdict(lambda: -np.inf)
    for row, value in support.items():
        form = forms[readings.token[row]]
        best[form] = max(best[form], value)
    kept = {form for form, value in best.items() if value < MIN_SUPPORT}
    tokens = [token for token, form in enumerate(forms) if form in kept]
    single = (readings.edges.end - readings.edges.start) == 1
    rows = np.flatnonzero(single & (readings.text >= 0) & np.isin(readings.token, tokens)).tolist()
    return [row for row in rows if row not in support]


def _splits_name(readings: Readings, sentences: Sequence[Sentence]) -> NDArray[np.bool_]:
    """Whether each reading of several tokens takes a capitalised word away from the name that goes on beside it."""
    capital = np.array([form[0].isupper() for sentence in sentences for form in sentence.forms])
    lower = np.array([form[0].islower() for sentence in sentences for form in sentence.forms])
    lengths = np.array([len(sentence.forms) for sentence in sentences])
    ends_sentence, begins_sentence = np.zeros((2, len(capital)), np.bool_)
    ends = np.cumsum(lengths)
    ends_sentence[ends - 1] = True
    begins_sentence[ends - lengths] = True
    goes_on = capital & ~ends_sentence & np.append(capital[1:], False)  # with the token after it
    went_on = capital & ~begins_sentence & np.append(False, capital[:-1])
    first, last = readings.token, readings.token + readings.edges.end - readings.edges.start - 1
    several = (first < last) & (readings.text >= 0)
    found: NDArray[np.bool_] = several & ((goes_on[last] & lower[first]) | (went_on[first] & lower[last]))
    return found


def _outer_words(readings: Readings) -> tuple[list[Word], list[Word]]:
    """First and last word id of each reading."""
    ends = np.cumsum(readings.edges.lengths)
    words = readings.edges.words
    return words[ends - readings.edges.lengths].tolist(), words[ends - 1].tolist()


def _neighbours_of_names(
    sentences: Sequence[Sentence], capitals: Sequence[Sequence[bool]]
) -> dict[int, tuple[int | None, int | None]]:
    """The capitalised tokens beside a capitalised word, a number or a hyphen.

    Returns:
        By index in the document, the indices of the words or numbers before and after it; None if there is none there,
        or only a hyphen.
    """
    found: dict[int, tuple[int | None, int | None]] = {}
    offset = 0
    for sentence, unreliable in zip(sentences, capitals, strict=True):
        forms = sentence.forms
        named = [form[0].isupper() and not without for form, without in zip(forms, unreliable, strict=True)]
        for index, form in enumerate(forms):
            if not (named[index] or (form[0].isupper() and not sentence.title_case)):
                continue
            left = index - 1 if index and forms[index - 1][0].isupper() else None
            right = (
                index + 1
                if index + 1 < len(forms) and (forms[index + 1][0].isupper() or forms[index + 1][0].isdigit())
                else None
            )
            hyphen = (index and forms[index - 1] in HYPHENS) or (index + 1 < len(forms) and forms[index + 1] in HYPHENS)
            if left is not None or right is not None or (hyphen and named[index]):
                found[offset + index] = (
                    None if left is None else offset + left,
                    None if right is None else offset + right,
                )
        offset += len(forms)
    return found
