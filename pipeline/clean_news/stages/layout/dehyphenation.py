"""Words broken at the end of a line: does the hyphen go ("govern-/ment") or stay ("well-/known")?"""

import re
from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import NamedTuple

from clean_news.dictionaries import folder

Known = Callable[[str], bool]


class WordTest(NamedTuple):
    """What an article's words are judged by.

    Attributes:
        known: whether a word, in small letters, exists.
        compounds: words that are written with a hyphen, in small letters.
    """

    known: Known
    compounds: frozenset[str]


HYPHENS = "-\u2010¬\u00ad"
DEFINITE = "¬\u00ad"  # these mark nothing but a break: the hyphen always goes

BEFORE = re.compile(r"([^\W_]+(?:['’-][^\W_]+)*)[-\u2010¬\u00ad]$")
AFTER = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
TOKEN = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
BROKEN = re.compile(r"[^\W_]+[-\u2010¬\u00ad]\s*\n\s*[^\W_]+")

# Within a compound ("day-to-/day") these are words, never syllables ("to-/day").
LINKS = frozenset({"a", "and", "at", "by", "for", "in", "of", "on", "or", "the", "to", "up"})
# "two-/and three-storey": the hyphen stands for the word that follows later.
SUSPENDING = frozenset({"and", "or", "to", "nor"})
# First parts that a hyphen follows even where the closed form passes for a word ("wellknown").
FIRST = frozenset({"half", "self", "well"})
# Last parts of compound adjectives, where the closed form is no word.
LAST = frozenset(
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
# Ends of simple words that FIRST must not catch: "self-/ish", "half-/ling".
ENDINGS = frozenset({"ing", "ington", "ish", "ishly", "ishness", "less", "ling", "ness", "s", "ves"})
# Words that open a sentence: before them the hyphen is a dash ("he stopped-/Then").
OPENERS = frozenset({"A", "And", "But", "He", "I", "If", "In", "It", "She", "So", "The", "Then", "They", "This", "We"})
# First parts that keep their hyphen where the closed form is no word ("anti-/graft").
PREFIXES = frozenset(
    """al all anti co cross east el ex half inter mid multi neo non north post pre pro pseudo semi south sub
    trans ultra un west""".split()  # noqa: SIM905 - it reads best so
)


def joint(line: str, following: str, test: WordTest) -> str | None:
    """What joins two lines of which the first ends in a hyphen.

    Args:
        line: the first line, its end stripped.
        following: the line that follows, its start stripped.
        test: what the words are judged by.

    Returns:
        ``""`` where the hyphen goes, ``"-"`` where it stays, ``"- "`` where it stands for a word that follows
        later ("two- and"); None where the line does not end in a broken word.
    """
    before, after = BEFORE.search(line), AFTER.match(following)
    if not before or not after:
        return None
    left, right = before[1], after[0]
    if line[-1] in DEFINITE:
        return ""
    if left[-1].isdigit() or right[0].isdigit():
        # "19-/year-old", "2010-/2015", "COVID-/19"; not a sum or a score at the end of a sentence
        both = right[0].isdigit() and left[-1].isdigit()
        return "-" if both or right[0].islower() or left[-1].isupper() else None
    if len(left) == 1:  # no word is broken behind its first letter: "e-/mail", "R-/Ohio"
        return "-"
    if right[0].isupper() and not (left.isupper() and right.isupper()):
        return None if right in OPENERS else "-"
    return _joint_of_words(left.lower(), right.lower(), test)


def _joint_of_words(left: str, right: str, test: WordTest) -> str:
    """The same for two parts in small letters, without figures."""
    *_, last = left.rsplit("-", 1)
    whole = last + right
    if last != left:  # "state-of-the-/art"; a dash and a broken word: "at once-per-/haps"
        return "" if last not in LINKS and right not in LAST and test.known(whole) else "-"
    if f"{left}-{right}" in test.compounds or (left in FIRST and right not in ENDINGS):
        return "-"
    if test.known(whole):
        return ""
    if right in SUSPENDING:
        return "- "
    # Two words, or a prefix and a word, that make none together.
    both = right in LAST or test.known(right)
    return "-" if both and (left in PREFIXES or test.known(left)) else ""


@cache
def compounds() -> frozenset[str]:
    """The compounds of ``dictionaries/layout/compounds.txt``."""
    lines = (folder() / "layout" / "compounds.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))


@cache
def vocabulary() -> Known | None:
    """Where the vocabulary is plugged in: ``clean_news.language.vocabulary.is_word``; None without it."""
    try:
        is_word: Known = import_module("clean_news.language.vocabulary").is_word
    except (ImportError, AttributeError):
        return None
    return is_word


def word_test(text: str) -> WordTest:
    """The word test for one article.

    A word is known if the article has it unbroken elsewhere, or if the vocabulary has it; a compound if the
    article has it, or if the dictionary has it and the article does not write it closed.
    """
    tokens = {token.lower() for token in TOKEN.findall(BROKEN.sub(" ", text))}
    general = vocabulary()

    def known(word: str) -> bool:
        return word in tokens or (general is not None and general(word))

    hyphenated = {token for token in tokens if "-" in token}
    hyphenated |= {word for word in compounds() if word.replace("-", "") not in tokens}
    return WordTest(known, frozenset(hyphenated))
