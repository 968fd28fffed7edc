"""Makes the repair of a name costly unless the repaired name is known.

In *White Home* the repair *House* is supported by its neighbour: the language model has *White House*. In *Irving
Scholar* or *Messier 87* no repair is: a spinner's word with a capital inside a sentence, or with one beside another
capitalised word or a number, is then part of a name that nobody changed.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from clean_news.language.growable_arrays import ranges
from clean_news.language.language_model import LanguageModel
from clean_news.language.tokens import Sentence
from clean_news.stages.spin.readings import Readings

MIN_SUPPORT = 3.0  # pointwise mutual information, in nats, of a repaired word and its neighbour in the model's bigrams
# Source: in 37 spun articles, right repairs have 5 and more (Rowe Price 6.3, Getty Images 9.9), wrong ones 2 and less.
UNSUPPORTED_COST = 6.0  # nats

Flags = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class _Tokens(NamedTuple):
    """What the tokens of a document look like; all arrays have shape (tokens,).

    Attributes:
        forms: the tokens.
        upper: whether each begins with a capital.
        lower: whether it begins in lower case.
        named: whether it begins with a capital that carries information.
        left: whether the token before it is a capitalised word, in the same sentence.
        right: whether the token after it is a capitalised word or a number, in the same sentence.
    """

    forms: list[str]
    upper: Flags
    lower: Flags
    named: Flags
    left: Flags
    right: Flags


def with_name_costs(
    readings: Readings,
    sentences: Sequence[Sentence],
    capitals: Sequence[Sequence[bool]],
    model: LanguageModel,
    bonus: Floats | None = None,
) -> Readings:
    """Return the readings, those that repair a part of a name without support at a higher cost.

    Args:
        readings: all readings of the document.
        sentences: its sentences.
        capitals: what :func:`readings.unreliable_capitals` gives for them.
        model: the language model.
        bonus: nats by which the reading as a known name lowers each cost; see :mod:`.name_readings`.
    """
    bonus = np.zeros(len(readings.text)) if bonus is None else bonus
    tokens = _tokens_of(sentences, capitals)
    if not tokens.upper.any():
        return readings
    in_name = tokens.named | (tokens.upper & (tokens.left | tokens.right))
    swapped = readings.text >= 0
    single = (readings.edges.end - readings.edges.start) == 1
    repairs = np.flatnonzero(single & swapped & in_name[readings.token])
    support = _support(readings, repairs, np.flatnonzero(single), tokens, model)
    unsupported = np.zeros(len(swapped), np.bool_)
    unsupported[repairs] = support < MIN_SUPPORT
    unsupported |= swapped & ~single & (_splits_name(readings, tokens) | _swallows_name(readings, tokens, model))
    return readings._replace(cost=readings.cost + np.where(bonus > 0, -bonus, UNSUPPORTED_COST * unsupported))


def _tokens_of(sentences: Sequence[Sentence], capitals: Sequence[Sequence[bool]]) -> _Tokens:
    """What the tokens look like."""
    forms = [form for sentence in sentences for form in sentence.forms]
    first = [form[0] for form in forms]
    lengths = np.array([len(sentence.forms) for sentence in sentences])
    follows = np.ones(len(forms) + 1, np.bool_)  # whether a token follows one of the same sentence
    follows[np.cumsum(lengths)] = follows[0] = False
    upper = np.array(list(map(str.isupper, first)))
    number = np.array(list(map(str.isdigit, first)))
    informative = ~np.array([without for unreliable in capitals for without in unreliable])
    in_headline = np.repeat([sentence.title_case for sentence in sentences], lengths)
    after, before = follows[1:], follows[:-1]
    return _Tokens(
        forms,
        upper & ~(in_headline & ~informative),
        np.array(list(map(str.islower, first))),
        upper & informative,
        before & np.append(False, upper[:-1]),
        after & np.append((upper | number)[1:], False),
    )


def _support(readings: Readings, repairs: Ints, singles: Ints, tokens: _Tokens, model: LanguageModel) -> Floats:
    """The highest mutual information of each repair and a reading of a neighbour; minus infinity without a bigram.

    Args:
        readings: all readings.
        repairs: indices of the repairs of single tokens in names.
        singles: indices of all readings of single tokens.
        tokens: the tokens.
        model: the language model.
    """
    ends = np.cumsum(readings.edges.lengths)
    words = readings.edges.words
    first, last = words[ends - readings.edges.lengths], words[ends - 1]
    singles = singles[np.argsort(readings.token[singles], kind="stable")]
    count = np.bincount(readings.token[singles], minlength=len(tokens.forms))
    begin = np.cumsum(count) - count
    found = np.full(len(repairs), -np.inf)
    for beside, step in ((tokens.left, -1), (tokens.right, 1)):
        chosen = np.flatnonzero(beside[readings.token[repairs]])
        neighbour = readings.token[repairs[chosen]] + step
        owner = np.repeat(chosen, count[neighbour])
        others = singles[ranges(begin[neighbour], count[neighbour])]
        pair = (last[others], first[repairs[owner]]) if step < 0 else (last[repairs[owner]], first[others])
        if len(owner):
            log_probability, held = model.bigrams(*pair)
            information = np.where(held, log_probability - model.unigram[pair[1]], -np.inf)
            np.maximum.at(found, owner, information)
    return found


def _splits_name(readings: Readings, tokens: _Tokens) -> Flags:
    """Whether each reading takes a capitalised word away from the name that goes on beside it."""
    first, last = readings.token, readings.token + readings.edges.end - readings.edges.start - 1
    after = tokens.upper & np.append(tokens.left[1:] & tokens.upper[1:], False)
    before = tokens.upper & tokens.left
    found: Flags = (after[last] & tokens.lower[first]) | (before[first] & tokens.lower[last])
    return found


def _swallows_name(readings: Readings, tokens: _Tokens, model: LanguageModel) -> Flags:
    """Whether each reading begins in lower case and puts a word in lower case where the text has a name at its end."""
    last_token = readings.token + readings.edges.end - readings.edges.start - 1
    chosen = np.flatnonzero(tokens.lower[readings.token] & tokens.named[last_token])
    last_word = readings.edges.words[np.cumsum(readings.edges.lengths)[chosen] - 1]
    found = np.zeros(len(last_token), np.bool_)
    found[chosen] = [model.words[word].islower() for word in last_word.tolist()]
    return found
