"""How likely a text is as English news, by its characters above ASCII: what tells codecs apart.

The wrong codec makes ``Dvoøák`` of ``Dvořák`` and ``100 ¤`` of ``100 €``. A sign is likely where English puts
it (a ``’`` between letters, a ``£`` before a digit), a letter in the names of a language that has all letters of
its word (``dictionaries/encoding/letters.tsv``), and most words of an article are likely of one language.
"""

import math
import re
import sys
from collections import Counter
from functools import cache
from typing import NamedTuple

from clean_news.dictionaries import folder

# Natural log probabilities, by our own estimate: that each place has its sign, and that chance put one there.
EXPECTED_MARK_LOG = {3: -1.5, 2: -3.0, 1: -4.5}
UNEXPECTED_MARK_LOG = -9.0
UNLISTED_LETTER_LOG = -8.0  # of a letter that no name of the language has
SHAPE_FAULT_LOG = -6.0  # of a capital inside a word and the like
MAIN_LANGUAGE_SHARE = 0.75  # share of words that are of the article's chief foreign language
# A letter that is a word by itself, but for à, counts as a sign out of place.
MARK_CONTEXTS = (
    (3, re.compile(r"(?<=[^\W\d_])’(?=(?:s|t|re|ve|ll|d|m)(?!\w))|(?<![^\W\d_][^\W\d_])(?<=[A-Za-z])’(?=[A-Z])")),
    (2, re.compile(r"(?<![^\s(\[—–/“‘])[“‘«](?=[\w.…$£€])|(?<=[\w.,!?;:…)%])[”’»](?!\w)|(?<=\s)’(?=\d0s)")),
    (2, re.compile(r"[£€¥](?=\d)|(?<=\d )€|(?<=\d)[£€¢°½¼¾²³](?![^\W\d_]{3})|(?<=\w)[™®](?!\w)|(?<!\w)[©§•](?!\w)")),
    (2, re.compile(r"(?<=\s)[½¼¾–…](?=\s)|(?<=\s)—(?=[\s\w])|(?<=\w\w)—(?=\w\w)|(?<=[.,”’)])—(?=\w)")),
    (2, re.compile(r"(?<=\d)–(?=\d)|(?<=[a-z\d])…|(?<!\w)[¿¡](?=\w)|(?<=[.,!?])’(?=”)|(?<=“)‘(?=\w)")),
    (1, re.compile(r"(?<=\w)–(?=\w)|(?<=\s)…(?=\w)|(?<=[^\W\d_])’(?=[a-z]{3})|\xa0|\xad|(?<=\s)·(?=\s)|×(?=\d)")),
)
# Where letters do not stand, a letter with its neighbours.
IMPLAUSIBLE_TRIGRAM = re.compile(
    "|".join(
        (
            r"[^aeıioöuüâAEIİOÖUÜ][ğß].",  # both follow a vowel
            r"[eiöü]ğ[aıou]|[aıou]ğ[eiöü]",  # Turkish joins no front vowel to a back one
            r" [ðğ].| [ÏÌÒÙÈÊË].",  # these begin hardly any name
            r".[ìòù][^\W\d_]|.æ ",  # Italian has the first ones at the end; no word ends in æ
            r".ã[^\Woes]|[Aa]ã.|.ñ[^aeiouáéíóú]",  # Portuguese ão, ãe, ãs; Spanish ñ before a vowel
        )
    ),
    re.DOTALL,
)
UNUSUAL_FAULT = 0.4  # of a fault: a small letter above ASCII that begins a word, or stands beside another one
ABOVE_ASCII = re.compile(r"[^\x00-\x7f]")
LETTER_RUN = re.compile(r"[^\W\d_]+")  # superscripts and fractions among them, which are no letters


class Likelihood(NamedTuple):
    """How likely a text is.

    Attributes:
        log: natural log probability of its characters above ASCII.
        language: whose letters it has; empty if it has only signs.
    """

    log: float
    language: str


class Language(NamedTuple):
    """A language's names: the log of its share in English news, and of each of its letters."""

    name: str
    share: float
    letters: dict[str, float]


@cache
def languages() -> tuple[Language, ...]:
    """The languages of ``dictionaries/encoding/letters.tsv``."""
    rows = (folder() / "encoding" / "letters.tsv").read_text(encoding="utf-8").splitlines()
    found = []
    for name, share, letters in (row.split("\t") for row in rows if not row.startswith("#")):
        pairs = letters.split()
        shares = {letter: math.log(float(part) / 100) for letter, part in zip(pairs[::2], pairs[1::2], strict=True)}
        found.append(Language(name, math.log(float(share) / 100), shares))
    return tuple(found)


def likelihood(text: str) -> Likelihood:
    """How likely a text's characters above ASCII are; a text without any is certain.

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
    mixed = [sum(math.exp(language.share + one) for language, one in zip(languages(), logs, strict=True))
             for _, logs in by_word]  # fmt: skip
    best, language = max(
        (
            chief.share
            + sum(
                # A "word" of hundreds of strange letters is too unlikely for a float: its log is the smallest's.
                times
                * math.log(
                    max(
                        MAIN_LANGUAGE_SHARE * math.exp(logs[number]) + (1 - MAIN_LANGUAGE_SHARE) * other,
                        sys.float_info.min,
                    )
                )
                for (times, logs), other in zip(by_word, mixed, strict=True)
            ),
            chief.name,
        )
        for number, chief in enumerate(languages())
    )
    return Likelihood(log + best, language)


def _marks_log(text: str, marks: int) -> float:
    """The log probability of a text's signs above ASCII, which are so many."""
    log, left = 0.0, marks
    for importance, context in MARK_CONTEXTS:
        expected = min(left, len(context.findall(text)))
        log += EXPECTED_MARK_LOG[importance] * expected
        left -= expected
    return log + UNEXPECTED_MARK_LOG * left


def _is_letter_above(character: str) -> bool:
    """Whether a character is a letter above ASCII."""
    return character > "\x7f" and character.isalpha()


def _has_letters_above(word: str) -> bool:
    """Whether a word has a letter above ASCII."""
    return not word.isascii() and any(map(_is_letter_above, word))


def _word_log_likelihoods(word: str) -> list[float]:
    """The log probability of a word's letters above ASCII in each language."""
    shape = _shape_faults(word) * SHAPE_FAULT_LOG
    lowered = [letter if letter == "İ" else letter.lower() for letter in word if _is_letter_above(letter)]
    return [
        shape + sum(language.letters.get(letter, UNLISTED_LETTER_LOG) for letter in lowered) for language in languages()
    ]


def _shape_faults(word: str) -> float:
    """How many letters above ASCII stand where no word has them; fractions where few words do."""
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
