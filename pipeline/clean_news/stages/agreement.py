"""Fix articles and sentence capitals next to the repairs of earlier stages.

``a settlement`` → ``a agreement`` needs the article ``an``, and a sentence must still begin with a capital letter.
Only words next to a repair are examined, so a genuine text is never changed.
"""

import re
from functools import cache
from typing import TYPE_CHECKING

from clean_news.dictionaries import folder
from clean_news.edits import Edit, replace, without_overlaps
from clean_news.stages import OCR_RULES, SOURCE_RULES, SPIN_RULES, Proposal, Rule

if TYPE_CHECKING:
    from clean_news.article import Article, Repair
    from clean_news.settings import Settings

RULES = (
    Rule(
        "AGR001",
        "The indefinite article (a, an) before a repaired word is made to agree with it.",
        before="It was a obvious mistake.",
        after="It was an obvious mistake.",
        keeps=("It was a European matter.", "She took an hour."),
        source="dictionaries/agreement/a-an.tsv",
    ),
    Rule(
        "AGR002",
        "A repaired word at the start of a sentence is capitalised.",
        before="It rained. shares fell.",
        after="It rained. Shares fell.",
        keeps=("Its maker, adidas, agreed.",),
    ),
)
FOLLOWS = True
WORD_REPAIRS = (
    SPIN_RULES,
    OCR_RULES,
    SOURCE_RULES,
)  # rule prefixes of the stages whose repairs can change a word's first sound
ARTICLE_BEFORE = re.compile(r"\b(an?)(\s+[“\"‘'(]?)$", re.IGNORECASE)
WORD = re.compile(r"[^\W_]+(?:[.'’][^\W_]+)*")
SENTENCE_START = re.compile(r"(?:\A|\n|\w\w[.!?][”\"’')]*\s+)[“\"‘'(]*\Z")
SPELLED_WITH_AN = frozenset("AEFHILMNORSX")  # letters whose names begin with a vowel


def propose(article: "Article", settings: "Settings") -> Proposal:
    """Propose changes to the articles and capitals next to earlier repairs."""
    found: dict[tuple[int, int], Edit] = {}
    for repair in article.repairs:
        if repair.rule.startswith(WORD_REPAIRS):
            for edit in (_article_edit(article.text, repair), _capital_edit(article.text, repair)):
                if edit:
                    found[edit.span] = edit  # if two stages repaired one word, the later one wins
    edits = without_overlaps(found.values())
    if not edits:
        return Proposal([])

    from clean_news.protection import overlaps_any, protected_spans

    protected = protected_spans(article.text, settings)
    return Proposal([edit for edit in edits if not overlaps_any(edit.span, protected)])


def _article_edit(text: str, repair: "Repair") -> Edit | None:
    """Return the edit that makes the article before a repair agree with it; None if it already does."""
    before = ARTICLE_BEFORE.search(text, max(0, repair.start - 12), repair.start)
    word = WORD.match(text, repair.start)
    if not before or not word:
        return None
    wanted = indefinite_article(word.group())
    if before[1].lower() == wanted:
        return None
    if before[1][0].isupper() and not SENTENCE_START.search(text[: before.start(1)]):
        return None  # "Plan A"
    after = wanted.capitalize() if before[1][0].isupper() else wanted
    return _dependent(replace(text, *before.span(1), after, "AGR001", word=word.group()), repair)


def _capital_edit(text: str, repair: "Repair") -> Edit | None:
    """Return the edit that capitalises a repair at the start of a sentence; None if none is needed."""
    first = text[repair.start : repair.start + 1]
    if not first.islower() or not SENTENCE_START.search(text[max(0, repair.start - 12) : repair.start]):
        return None
    return _dependent(replace(text, repair.start, repair.start + 1, first.upper(), "AGR002"), repair)


def _dependent(edit: Edit, repair: "Repair") -> Edit:
    """Return the edit with ``depends_on`` set to the repair."""
    from msgspec.structs import replace as with_fields

    return with_fields(edit, depends_on=repair.id)


@cache
def _article_by_prefix() -> dict[str, str]:
    """The article for each word prefix listed in ``dictionaries/agreement/a-an.tsv``."""
    lines = (folder() / "agreement" / "a-an.tsv").read_text(encoding="utf-8").splitlines()
    return dict(line.split("\t") for line in lines if line and not line.startswith("#"))


def indefinite_article(word: str) -> str:
    """Return ``a`` or ``an``, by the word's first sound.

    >>> [indefinite_article(word) for word in ("overseas", "foreign", "hour", "European", "FBI", "US", "unit")]
    ['an', 'a', 'an', 'a', 'an', 'a', 'a']
    """
    letters = word.split("-", maxsplit=1)[0].replace(".", "")
    if letters.isupper() and (len(letters) < 4 or not re.search(r"[AEIOU]", letters)):
        return "an" if letters[0] in SPELLED_WITH_AN else "a"
    lowered = letters.lower() + "."
    for length in range(min(len(lowered), 8), 0, -1):
        listed = _article_by_prefix().get(lowered[:length])
        if listed:
            return listed
    return "an" if lowered[0] in "aeiou" else "a"
