"""Join words hyphenated at the end of a line, without the hyphen ("govern-/ment") or with it ("well-/known")."""

import re
from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import NamedTuple

from clean_news.dictionaries import folder

IsWord = Callable[[str], bool]


class WordTest(NamedTuple):
    """Word lookups for one article.

    Attributes:
        known: whether a lower-case word exists.
        compounds: lower-case words that are written with a hyphen.
    """

    known: IsWord
    compounds: frozenset[str]


HYPHENS = "-\u2010¬\u00ad"
BREAK_MARKS = "¬\u00ad"  # these only mark a line break and are always removed

# BEFORE and BROKEN match only from the start of a word or compound, or they would take quadratic time.
BEFORE = re.compile(r"(?<![^\W_])(?<![^\W_]['’-])((?>[^\W_]+(?:['’-][^\W_]+)*))[-\u2010¬\u00ad]$")
AFTER = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
TOKEN = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
BROKEN = re.compile(r"(?<![^\W_])[^\W_]++[-\u2010¬\u00ad][^\S\n]*+\n\s*+[^\W_]++")

# Within a compound ("day-to-/day") these are words, not syllables ("to-/day").
LINKING_WORDS = frozenset({"a", "and", "at", "by", "for", "in", "of", "on", "or", "the", "to", "up"})
# Suspended hyphen, "two-/and three-storey": the hyphen replaces a word that follows later.
SUSPENDING = frozenset({"and", "or", "to", "nor"})
# First parts that keep the hyphen even if the closed form is in the vocabulary ("wellknown").
HYPHENATED_FIRST = frozenset({"half", "self", "well"})
# Last parts of compound adjectives, whose closed form is not a word.
COMPOUND_LAST = frozenset(
    """affected aged awaited backed based born bound bred brokered built called centred centered century
    class controlled
    day dependent designed driven dominated educated elected era fashioned faced figure financed
    free friendly funded fuelled growing haired handed hearted held hour installed known lasting
    level life like made mile minded minute month needed occupied off old oriented owned page paid
    party per point pound powered price produced profile quality ranking range rated rate related
    resistant rich rule running scale seeking sized speaking sponsored standing storey story style
    supported term thirds time tonne trained type up used week wide winning
    year""".split()  # noqa: SIM905 - it reads best so
)
# Suffixes of simple words, which are exceptions to HYPHENATED_FIRST: "self-/ish", "half-/ling".
SUFFIXES = frozenset({"ing", "ington", "ish", "ishly", "ishness", "less", "ling", "ness", "s", "ves"})
# Sentence-initial words: before them the hyphen is a dash ("he stopped-/Then").
SENTENCE_OPENERS = frozenset(
    {"A", "And", "But", "He", "I", "If", "In", "It", "She", "So", "The", "Then", "They", "This", "We"}
)
# Prefixes that keep their hyphen if the closed form is not a word ("anti-/graft").
PREFIXES = frozenset(
    """al all anti co cross east el ex half inter mid multi neo non north post pre pro pseudo semi south sub
    trans ultra un west""".split()  # noqa: SIM905 - it reads best so
)


def hyphen_replacement(line: str, following: str, test: WordTest) -> str | None:
    """Return what replaces a line-end hyphen and the line break after it.

    Args:
        line: the first line, without trailing white space.
        following: the next line, without leading white space.
        test: the word lookups.

    Returns:
        ``""`` if the hyphen is removed, ``"-"`` if it is kept, ``"- "`` for a suspended hyphen ("two- and");
        None if the line does not end in a broken word.
    """
    before, after = BEFORE.search(line), AFTER.match(following)
    if not before or not after:
        return None
    left, right = before[1], after[0]
    if line[-1] in BREAK_MARKS:
        return ""
    if left[-1].isdigit() or right[0].isdigit():
        # "19-/year-old", "2010-/2015", "COVID-/19"; not a number or a score at the end of a sentence
        both = right[0].isdigit() and left[-1].isdigit()
        return "-" if both or right[0].islower() or left[-1].isupper() else None
    if len(left) == 1:  # words are not hyphenated after their first letter: "e-/mail", "R-/Ohio"
        return "-"
    if right[0].isupper() and not (left.isupper() and right.isupper()):
        return None if right in SENTENCE_OPENERS else "-"
    return _replacement_in_words(left.lower(), right.lower(), test)


def _replacement_in_words(left: str, right: str, test: WordTest) -> str:
    """Do the same for two lower-case parts without digits."""
    *_, last = left.rsplit("-", 1)
    whole = last + right
    if last != left:  # "state-of-the-/art"; a dash and a broken word: "at once-per-/haps"
        return "" if last not in LINKING_WORDS and right not in COMPOUND_LAST and test.known(whole) else "-"
    if f"{left}-{right}" in test.compounds or (left in HYPHENATED_FIRST and right not in SUFFIXES):
        return "-"
    if test.known(whole):
        return ""
    if right in SUSPENDING:
        return "- "
    # Two words, or a prefix and a word, whose closed form is not a word.
    both = right in COMPOUND_LAST or test.known(right)
    return "-" if both and (left in PREFIXES or test.known(left)) else ""


@cache
def _compounds() -> frozenset[str]:
    """The compounds of ``dictionaries/layout/compounds.txt``."""
    lines = (folder() / "layout" / "compounds.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))


@cache
def vocabulary() -> IsWord | None:
    """Return ``clean_news.language.vocabulary.is_word``; None if the vocabulary is not available."""
    try:
        is_word: IsWord = import_module("clean_news.language.vocabulary").is_word
    except (ImportError, AttributeError):
        return None
    return is_word


def word_test(text: str) -> WordTest:
    """Build the word lookups for one article.

    A word is known if the article has it unbroken elsewhere or the vocabulary has it. A hyphenated word is a compound
    if the article has it, or if the dictionary has it and the article does not have its closed form.
    """
    tokens = {token.lower() for token in TOKEN.findall(BROKEN.sub(" ", text))}
    is_word = vocabulary()

    def known(word: str) -> bool:
        return word in tokens or (is_word is not None and is_word(word))

    hyphenated = {token for token in tokens if "-" in token}
    hyphenated |= {word for word in _compounds() if word.replace("-", "") not in tokens}
    return WordTest(known, frozenset(hyphenated))
