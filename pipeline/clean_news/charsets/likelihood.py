"""Likelihood of a text as English news, from its characters above ASCII; used to select a codec.

The wrong codec turns ``Dvořák`` into ``Dvoøák`` and ``100 €`` into ``100 ¤``. A punctuation mark or symbol is probable
in its usual contexts (a ``’`` between letters, a ``£`` before a digit). A letter is probable in a name of a language
that has all letters of the word (``dictionaries/encoding/letters.tsv``). Most names in an article are assumed to be
from one language.
"""

import math
import re
import sys
from collections import Counter
from functools import cache
from typing import NamedTuple

from clean_news.dictionaries import folder

# Natural log probabilities, by our own estimate: of a mark in each class of MARK_CONTEXTS, and of one anywhere else.
EXPECTED_MARK_LOG = {3: -1.5, 2: -3.0, 1: -4.5}
UNEXPECTED_MARK_LOG = -9.0
UNLISTED_LETTER_LOG = -8.0  # of a letter that names in the language do not have
SHAPE_FAULT_LOG = -6.0  # per fault, e.g. a capital inside a word
MAIN_LANGUAGE_SHARE = 0.75  # share of an article's foreign words that are in its main foreign language
# (class, contexts) of marks and symbols. A single letter other than à counts as a mark outside these contexts.
MARK_CONTEXTS = (
    (3, re.compile(r"(?<=[^\W\d_])’(?=(?:s|t|re|ve|ll|d|m)(?!\w))|(?<![^\W\d_][^\W\d_])(?<=[A-Za-z])’(?=[A-Z])")),
    (2, re.compile(r"(?<![^\s(\[—–/“‘])[“‘«](?=[\w.…$£€])|(?<=[\w.,!?;:…)%])[”’»](?!\w)|(?<=\s)’(?=\d0s)")),
    (2, re.compile(r"[£€¥](?=\d)|(?<=\d )€|(?<=\d)[£€¢°½¼¾²³](?![^\W\d_]{3})|(?<=\w)[™®](?!\w)|(?<!\w)[©§•](?!\w)")),
    (2, re.compile(r"(?<=\s)[½¼¾–…](?=\s)|(?<=\s)—(?=[\s\w])|(?<=\w\w)—(?=\w\w)|(?<=[.,”’)])—(?=\w)")),
    (2, re.compile(r"(?<=\d)–(?=\d)|(?<=[a-z\d])…|(?<!\w)[¿¡](?=\w)|(?<=[.,!?])’(?=”)|(?<=“)‘(?=\w)")),
    (1, re.compile(r"(?<=\w)–(?=\w)|(?<=\s)…(?=\w)|(?<=[^\W\d_])’(?=[a-z]{3})|\xa0|\xad|(?<=\s)·(?=\s)|×(?=\d)")),
)
# A letter above ASCII and its neighbours, where it does not occur; a space is the word boundary.
IMPLAUSIBLE_TRIGRAM = re.compile(
    "|".join(
        (
            r"[^aeıioöuüâAEIİOÖUÜ][ğß].",  # these follow a vowel
            r"[eiöü]ğ[aıou]|[aıou]ğ[eiöü]",  # Turkish vowel harmony: front vowels with front, back with back
            r" [ðğ].| [ÏÌÒÙÈÊË].",  # hardly ever at the start of a name
            r".[ìòù][^\W\d_]|.æ ",  # in Italian only at the end of a word; æ never at the end
            r".ã[^\Woes]|[Aa]ã.|.ñ[^aeiouáéíóú]",  # Portuguese ão, ãe, ãs; Spanish ñ before a vowel
        )
    ),
    re.DOTALL,
)
UNUSUAL_FAULT = 0.4  # in faults: a lower-case letter above ASCII at a word's start, or two in a row
ABOVE_ASCII = re.compile(r"[^\x00-\x7f]")
LETTER_RUN = re.compile(r"[^\W\d_]+")  # also matches superscripts and fractions, which are not letters


class Likelihood(NamedTuple):
    """Likelihood of a text.

    Attributes:
        log: natural log probability of its characters above ASCII.
        language: the most probable main language of its foreign words; empty if it has none.
    """

    log: float
    language: str


class Language(NamedTuple):
    """Letter statistics of a language's names.

    Attributes:
        name: the language's name in English.
        share: natural log of its share among the foreign names in English news.
        letters: natural log of the relative frequency of each letter above ASCII.
    """

    name: str
    share: float
    letters: dict[str, float]


@cache
def languages() -> tuple[Language, ...]:
    """Return the languages of ``dictionaries/encoding/letters.tsv``."""
    rows = (folder() / "encoding" / "letters.tsv").read_text(encoding="utf-8").splitlines()
    found = []
    for name, share, letters in (row.split("\t") for row in rows if not row.startswith("#")):
        pairs = letters.split()
        shares = {letter: math.log(float(part) / 100) for letter, part in zip(pairs[::2], pairs[1::2], strict=True)}
        found.append(Language(name, math.log(float(share) / 100), shares))
    return tuple(found)


def likelihood(text: str) -> Likelihood:
    """Compute the likelihood of a text's characters above ASCII; 0 nats if it has none.

    >>> likelihood("Dvořák").log > likelihood("Dvoøák").log
    True
    """
    words = Counter(
        word for word in LETTER_RUN.findall(text) if _has_letters_above(word) and (len(word) > 1 or word in "àÀ")
    )
    above = len(ABOVE_ASCII.findall(text))
    marks = above - sum(count * sum(_is_letter_above(letter) for letter in word) for word, count in words.items())
    log = _marks_log(text, marks)
    if not words:
        return Likelihood(log, "")
    by_word = [(count, _word_log_likelihoods(word)) for word, count in words.items()]
    mixed = [
        sum(math.exp(language.share + word_log) for language, word_log in zip(languages(), logs, strict=True))
        for _, logs in by_word
    ]
    best, main_language = max(
        (
            language.share
            + sum(
                # The probability of a "word" of hundreds of unlisted letters underflows, hence the minimum.
                times
                * math.log(
                    max(
                        MAIN_LANGUAGE_SHARE * math.exp(logs[number]) + (1 - MAIN_LANGUAGE_SHARE) * other,
                        sys.float_info.min,
                    )
                )
                for (times, logs), other in zip(by_word, mixed, strict=True)
            ),
            language.name,
        )
        for number, language in enumerate(languages())
    )
    return Likelihood(log + best, main_language)


def _marks_log(text: str, marks: int) -> float:
    """Log probability of a text's marks above ASCII, given their number."""
    log, left = 0.0, marks
    for strength, context in MARK_CONTEXTS:
        expected = min(left, len(context.findall(text)))
        log += EXPECTED_MARK_LOG[strength] * expected
        left -= expected
    return log + UNEXPECTED_MARK_LOG * left


def _is_letter_above(character: str) -> bool:
    """Whether a character is a letter above ASCII."""
    return character > "\x7f" and character.isalpha()


def _has_letters_above(word: str) -> bool:
    """Whether a word has a letter above ASCII."""
    return not word.isascii() and any(map(_is_letter_above, word))


def _word_log_likelihoods(word: str) -> list[float]:
    """Log probability of a word's letters above ASCII in each language."""
    shape = _shape_faults(word) * SHAPE_FAULT_LOG
    lowered = [letter if letter == "İ" else letter.lower() for letter in word if _is_letter_above(letter)]
    return [
        shape + sum(language.letters.get(letter, UNLISTED_LETTER_LOG) for letter in lowered) for language in languages()
    ]


def _shape_faults(word: str) -> float:
    """Number of letters above ASCII in impossible positions; unusual positions count fractionally."""
    faults = 0.0
    for before, letter, after in zip(f" {word}", word, f"{word[1:]} ", strict=False):
        if letter <= "\x7f":
            continue
        if letter.isupper():
            faults += before.islower()
        else:
            faults += before.isupper() and after.isupper()
            faults += UNUSUAL_FAULT * (before == " ")
        faults += UNUSUAL_FAULT * (before > "\x7f" and letter < "Ͱ")
        faults += IMPLAUSIBLE_TRIGRAM.fullmatch(f"{before}{letter}{after}") is not None
    return faults
