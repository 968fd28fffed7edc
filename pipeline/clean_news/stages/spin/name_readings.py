"""Favours the readings that make up a known name: *Encourage Medical Programs* as *Inspire Medical Systems*.

The language model has seen the commonest names only. The lists in ``dictionaries/spin/known-names`` have more, made of
words that a spinner swaps as if they were ordinary ones. Where a document can be read as the whole of such a name, each
of its repairs supports the others.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from clean_news.language.language_model import LanguageModel
from clean_news.language.tokens import Sentence, key_of
from clean_news.stages.spin.known_names import KnownNames, Name, Node
from clean_news.stages.spin.readings import Readings
from clean_news.stages.spin.swap_rate import MODEL_SCALE

MAX_TEXTS = 50_000  # whose tokens are remembered
NAME_COST = 12.0  # nats: minus the log probability of a listed name, about that of a rare word
HYPHENS = frozenset("-‐‑")
MAX_BETWEEN = 3  # tokens in lower case between those with a capital: *Bank of the West*

Floats = NDArray[np.float64]


class Support(NamedTuple):
    """What known names say of the readings of a document.

    Attributes:
        bonus: nats to be taken from the cost of each reading; shape (readings,).
        places: the single tokens that are repaired as part of a known name: index of the sentence, of the token in it,
            and exclusive end.
        names: the names that were found.
    """

    bonus: Floats
    places: frozenset[tuple[int, int, int]]
    names: list[str]


class _Option(NamedTuple):
    """A reading of some tokens.

    Attributes:
        number: its index in the readings.
        end: index in the document of the token after it.
        words: the tokens that it is read as.
        swapped: whether it repairs something.
    """

    number: int
    end: int
    words: Name
    swapped: bool


Path = tuple[_Option, ...]  # readings of successive tokens


class _Match(NamedTuple):
    """A name that some tokens can be read as.

    Attributes:
        start: index in the document of its first token.
        name: the name.
        paths: all the ways to read it.
    """

    start: int
    name: Name
    paths: list[Path]

    def repairs(self) -> list[set[int]]:
        """The readings that repair something, by path; the name stands in the text where there are none."""
        return [{each.number for each in path if each.swapped} for path in self.paths]

    def tokens(self) -> range:
        """The tokens that the name takes."""
        return range(self.start, self.paths[0][-1].end)


def support_of(
    readings: Readings, sentences: Sequence[Sentence], texts: Sequence[str], names: KnownNames, model: LanguageModel
) -> Support:
    """Find the known names that a document can be read as with at least one repair.

    A listed name has the probability of a rare word, not the product of its words' probabilities; the difference speaks
    for each of its repairs.

    Args:
        readings: all readings of the document.
        sentences: its sentences.
        texts: the replacements, which the readings name by number.
        names: the known names.
        model: the language model.
    """
    bonus = np.zeros(len(readings.text))
    forms = [form for sentence in sentences for form in sentence.forms]
    options = _options_by_token(readings, forms, texts, names)
    hyphens = {token for token, form in enumerate(forms) if form in HYPHENS}
    matches = list(_matches(options, hyphens, names))
    standing = {token for each in matches if not all(each.repairs()) for token in each.tokens()}
    repaired = [each for each in matches if all(each.repairs()) and not standing.issuperset(each.tokens())]
    for match in repaired:
        numbers = list(set.union(*match.repairs()))
        bonus[numbers] = np.maximum(bonus[numbers], _information(match.name, model))
    edges, supported = readings.edges, np.flatnonzero(bonus)
    columns = (edges.sentence, edges.start, edges.end)
    places = frozenset(zip(*(column[supported].tolist() for column in columns), strict=True))
    return Support(bonus, places, [" ".join(each.name) for each in repaired])


def _matches(options: Mapping[int, Sequence[_Option]], hyphens: set[int], names: KnownNames) -> Iterator[_Match]:
    """Yield the known names that tokens can be read as, by two readings or more: a single one needs no support.

    A name neither begins nor ends inside a compound: *Swift Transport* in *Knight-Swift Transport* does not count.

    Args:
        options: the readings by their first token.
        hyphens: the tokens that are hyphens.
        names: the known names.
    """
    for start in options:
        if start - 1 in hyphens:
            continue
        paths: dict[tuple[Name, int], list[Path]] = defaultdict(list)
        for path in _paths(start, names.root, options):
            if len(path) > 1:
                name = tuple(word for each in path for word in each.words)
                paths[name, path[-1].end].append(path)
        for (name, end), found in paths.items():
            if end not in hyphens:
                yield _Match(start, name, found)


def _information(name: Name, model: LanguageModel) -> float:
    """How much more probable a name is than its words without context, in nats."""
    words = [model.id_of(word) for word in name]
    return MODEL_SCALE * max(0.0, -float(model.phrase_log_probability([words])[0]) - NAME_COST)


def _options_by_token(
    readings: Readings, forms: Sequence[str], texts: Sequence[str], names: KnownNames
) -> dict[int, list[_Option]]:
    """The readings that may be part of a known name, by their first token.

    Only capitalised tokens are repaired, and no abbreviation: a spinner may have written *U.S.* for *United States* or
    *Transport* for *Transportation*, but so may anybody.
    """
    upper = np.array([form[0].isupper() for form in forms], np.bool_)
    joining = np.convolve(upper, np.ones(2 * MAX_BETWEEN + 1))[MAX_BETWEEN:][: len(forms)] > 0
    kept = readings.text < 0
    chosen = np.flatnonzero(np.where(kept, joining[readings.token], upper[readings.token]))
    found: dict[int, list[_Option]] = defaultdict(list)
    ends = readings.token + readings.edges.end - readings.edges.start
    columns = (chosen, readings.token[chosen], ends[chosen], readings.text[chosen])
    for number, token, end, text in zip(*(column.tolist() for column in columns), strict=True):
        form = forms[token]
        if text < 0:
            if form in names.words:
                found[token].append(_Option(number, end, (form,), swapped=False))
        elif names.words.issuperset(words := _tokens_of(texts[text])) and _is_no_abbreviation(form, texts[text]):
            found[token].append(_Option(number, end, words, swapped=True))
    return found


def _is_no_abbreviation(form: str, original: str) -> bool:
    """Whether a word is neither an acronym nor the beginning of another, or the other of it.

    >>> [_is_no_abbreviation(*pair) for pair in (("US", "States"), ("Transport", "Transportation"), ("Home", "House"))]
    [False, False, True]
    """
    return not (form.isupper() or original.startswith(form) or form.startswith(original))


@lru_cache(maxsize=MAX_TEXTS)
def _tokens_of(text: str) -> Name:
    """The tokens of a replacement."""
    return tuple(key_of(text).split())


def _paths(at: int, node: Node, options: Mapping[int, Sequence[_Option]]) -> Iterator[Path]:
    """Yield the ways to read the tokens from one on as a name, or as the rest of one that is known up to a node."""
    for option in options.get(at, ()):
        after: Node | None = node
        for word in option.words:
            after = after.next.get(word) if after else None
        if after:
            if after.is_end:
                yield (option,)
            for rest in _paths(option.end, after, options):
                yield (option, *rest)
