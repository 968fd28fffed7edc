"""Spell the words that a form may be a misreading of like the form, and score them: capitals, hyphens, channel costs.

All pairs of forms and words of an article are spelled and scored at once, as arrays.
"""

from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from clean_news.language import vocabulary
from clean_news.language.vocabulary import SHORT_WORD_LETTERS
from clean_news.stages.ocr import word_table
from clean_news.stages.ocr.costs import Ints, Texts, pair_costs, texts_of

# Minimum natural log probability of a candidate for a form of up to three letters; 2,400 words have it.
COMMON_SHORT = -9.5
WORD, NAME, TITLED_WORD, CAPITALS = range(4)  # spellings: the, Sydney, The, THE

Flags = NDArray[np.bool_]


class Forms(NamedTuple):
    """Forms as read, and what their spelling says about the spelling of the word that was printed.

    Attributes:
        forms: including symbols and capital letters read for letters, and a space where a word was split.
        normalised: in lower case, without spaces, with straight apostrophes.
        texts: the forms with straight apostrophes, as code points.
        compared: the normalised forms, as code points.
        is_short: whether a form has at most three characters.
        is_capitals: whether it is in capital letters.
        is_title: whether it has another capital first letter.
        may_be_lower: first letter in lower case; of a title, a word that begins with another letter may be in lower
            case: a capital may be misread too. 0 for any word.
        is_hyphenated: whether it has a hyphen, but not at its start.
    """

    forms: list[str]
    normalised: list[str]
    texts: Texts
    compared: Texts
    is_short: Flags
    is_capitals: Flags
    is_title: Flags
    may_be_lower: NDArray[np.uint32]
    is_hyphenated: Flags


class Scored(NamedTuple):
    """Scored spellings of words in place of forms; all arrays have shape (spellings,).

    Attributes:
        form: index of the form.
        word: index of the word in the table.
        spelling: :data:`WORD`, :data:`NAME`, :data:`TITLED_WORD` or :data:`CAPITALS`.
        cost: channel cost: negative log probability of reading the text as the form, in nats.
        score: the cost minus the natural log probability of the word or name.
    """

    form: Ints
    word: Ints
    spelling: Ints
    cost: NDArray[np.float64]
    score: NDArray[np.float64]

    def joined(self, others: "Scored") -> "Scored":
        """Return these spellings and others."""
        own = zip(self, others, strict=True)
        form, word, spelling, cost, score = (np.concatenate(columns) for columns in own)
        return Scored(form, word, spelling, cost, score)


def forms_of(forms: Collection[str]) -> Forms:
    """Return what is needed of each form."""
    own = sorted(forms)
    straight = [form.replace("’", "'") for form in own]
    normalised = [form.lower().replace(" ", "") for form in straight]
    is_capitals = np.array([form.isupper() and len(form) > 1 for form in own], np.bool_)
    is_title = np.array([form[0].isupper() for form in own], np.bool_) & ~is_capitals
    may_be_lower = np.array([0 if form[0] == "I" else ord(form[0].lower()[0]) for form in own], np.uint32)
    return Forms(
        own,
        normalised,
        texts_of(straight),
        texts_of(normalised),
        np.array([len(form) <= SHORT_WORD_LETTERS for form in own], np.bool_),
        is_capitals,
        is_title,
        may_be_lower,
        np.array([form.find("-") > 0 for form in own], np.bool_),
    )


def scored(forms: Forms, form: Ints, word: Ints, max_cost: float) -> Scored:
    """Spell words in place of forms, and score them.

    Args:
        forms: the forms.
        form: index of the form of each pair.
        word: index of its word in the table.
        max_cost: in nats; costlier ones are left out, as is the form itself.
    """
    table = word_table.standard()
    row, spelling = _spellings(forms, form, word)
    form, word = form[row], word[row]
    points, lengths = table.texts.points[word], table.texts.lengths[word]
    first = (spelling == NAME) | (spelling == TITLED_WORD)
    points[first, 0] = table.capitals[word[first], 0]
    points[spelling == CAPITALS] = table.capitals[word[spelling == CAPITALS]]
    printed = _with_hyphens(forms, form, word, spelling, Texts(points, lengths))
    read = Texts(forms.texts.points[form], forms.texts.lengths[form])
    cost = pair_costs(read, printed)
    score = cost - np.where(is_spelled_as_name(word, spelling), table.name_score[word], table.word_score[word])
    kept = np.flatnonzero((cost <= max_cost) & ~_is_equal(read, printed))
    return Scored(form[kept], word[kept], spelling[kept], cost[kept], score[kept])


def _spellings(forms: Forms, form: Ints, word: Ints) -> tuple[Ints, Ints]:
    """Return the indices of the pairs that a word can be spelled for, and the spelling; a pair may have two.

    A form that is neither in capitals nor a title may be a word, or a name whose capital was misread.
    """
    table = word_table.standard()
    has_word, has_name = table.word_id[word] >= 0, table.name_id[word] >= 0
    is_short, is_capitals, is_title = forms.is_short[form], forms.is_capitals[form], forms.is_title[form]
    is_usual = has_word & (table.word_score[word] >= COMMON_SHORT)
    possible = ~is_short | is_usual
    plain = ~is_capitals & ~is_title
    lower = forms.may_be_lower[form] != table.texts.points[word, 0]
    flags = (
        possible
        & has_word
        & ((plain & ((table.out_of_vocabulary_cost[word] == 0.0) | ~has_name)) | (is_title & lower)),
        possible & has_name & ((plain & ~is_short) | is_title),
        possible & is_title & has_word & ~has_name,
        possible & is_capitals & (has_word | has_name),
    )
    rows = [np.flatnonzero(flag) for flag in flags]
    return np.concatenate(rows), np.repeat(np.arange(len(rows)), [len(some) for some in rows])


def is_spelled_as_name(word: Ints, spelling: Ints) -> Flags:
    """Whether each spelling is that of a name, not of the word that is spelled like it."""
    found: Flags = (spelling == NAME) | ((spelling == CAPITALS) & (word_table.standard().word_id[word] < 0))
    return found


def _with_hyphens(forms: Forms, form: Ints, word: Ints, spelling: Ints, printed: Texts) -> Texts:
    """Return the printed texts, with the hyphen of the form where such a spelling exists."""
    rows = np.flatnonzero(forms.is_hyphenated[form])
    if not len(rows):
        return printed
    texts = texts_of(spelled(forms, form[rows].tolist(), word[rows].tolist(), spelling[rows].tolist()))
    width = max(printed.points.shape[1], texts.points.shape[1])
    points = np.pad(printed.points, ((0, 0), (0, width - printed.points.shape[1])))
    lengths = printed.lengths.copy()
    points[rows] = np.pad(texts.points, ((0, 0), (0, width - texts.points.shape[1])))
    lengths[rows] = texts.lengths
    return Texts(points, lengths)


def spelled(forms: Forms, form: Sequence[int], word: Sequence[int], spelling: Sequence[int]) -> list[str]:
    """Return the spelling of each word in place of a form; indices as in :class:`Scored`."""
    words = word_table.standard().words
    is_hyphenated, is_title = forms.is_hyphenated.tolist(), forms.is_title.tolist()
    texts = []
    for number, index, kind in zip(form, word, spelling, strict=True):
        text = words[index]
        if is_hyphenated[number] and (kind != NAME or is_title[number]):
            text = _hyphenated(forms.forms[number], text)
        if kind != WORD:
            text = text.upper() if kind == CAPITALS else text[0].upper() + text[1:]
        texts.append(text)
    return texts


@lru_cache(maxsize=10_000)
def _hyphenated(form: str, word: str) -> str:
    """Return the word with the hyphen of the form if this spelling exists, else the word.

    >>> _hyphenated("to-niorrow", "tomorrow"), _hyphenated("tomor-row", "tomorrow")
    ('to-morrow', 'tomorrow')
    """
    at = form.find("-")
    older = f"{word[:at]}-{word[at:]}"
    return older if at > 0 and older in vocabulary.standard().words else word


def _is_equal(one: Texts, other: Texts) -> Flags:
    """Whether the texts of each pair are equal."""
    width = min(one.points.shape[1], other.points.shape[1])
    same: Flags = (one.lengths == other.lengths) & (one.points[:, :width] == other.points[:, :width]).all(1)
    return same
