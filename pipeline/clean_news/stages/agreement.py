"""What a repair leaves to be mended around it.

``a overseas energy`` → ``a foreign power`` is right by itself, ``a settlement`` → ``a agreement`` needs another
article, and a sentence keeps its capital.

Only words beside a repair are looked at, so a genuine text is never touched.
"""

import re
from functools import cache
from typing import TYPE_CHECKING

from clean_news.dictionaries import folder
from clean_news.edits import Edit, replace, without_overlaps
from clean_news.stages import Proposal, Rule

if TYPE_CHECKING:
    from clean_news.article import Article, Repair
    from clean_news.settings import Settings

RULES = (
    Rule(
        "AGR001",
        "a or an made to agree with the repaired word behind it",
        before="It was a obvious mistake.",
        after="It was an obvious mistake.",
        keeps=("It was a European matter.", "She took an hour."),
        source="dictionaries/agreement/a-an.tsv",
    ),
    Rule(
        "AGR002",
        "a sentence that begins with a repair begins with a capital",
        before="It rained. shares fell.",
        after="It rained. Shares fell.",
        keeps=("Its maker, adidas, agreed.",),
    ),
)
FOLLOWS = True
REPAIRING = ("SPIN", "OCR")  # the stages whose repairs change a word's sound
ARTICLE_BEFORE = re.compile(r"\b(an?)(\s+[“\"‘'(]?)$", re.IGNORECASE)
WORD = re.compile(r"[^\W_]+(?:[.'’][^\W_]+)*")
SENTENCE_START = re.compile(r"(?:\A|\n|\w\w[.!?][”\"’')]*\s+)[“\"‘'(]*\Z")
SPELLED_WITH_AN = frozenset("AEFHILMNORSX")  # letters whose names begin with a vowel


def propose(article: "Article", settings: "Settings") -> Proposal:
    """The articles and capitals to change beside earlier repairs."""
    found: dict[tuple[int, int], Edit] = {}
    for repair in article.repairs:
        if repair.rule.startswith(REPAIRING):
            for edit in (_article_edit(article.text, repair), _capital_edit(article.text, repair)):
                if edit:
                    found[edit.span] = edit  # where two stages repaired one word, the later decides what stands there
    edits = without_overlaps(found.values())
    if not edits:
        return Proposal([])

    from clean_news.protection import guarded_spans, meets

    guarded = guarded_spans(article.text, settings)
    return Proposal([edit for edit in edits if not meets(edit.span, guarded)])


def _article_edit(text: str, repair: "Repair") -> Edit | None:
    """The edit that makes the article in front of a repair agree with it, if it does not."""
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
    return _depending(replace(text, *before.span(1), after, "AGR001", word=word.group()), repair)


def _capital_edit(text: str, repair: "Repair") -> Edit | None:
    """The edit that gives a repair at a sentence's start its capital, if it lacks it."""
    first = text[repair.start : repair.start + 1]
    if not first.islower() or not SENTENCE_START.search(text[max(0, repair.start - 12) : repair.start]):
        return None
    return _depending(replace(text, repair.start, repair.start + 1, first.upper(), "AGR002"), repair)


def _depending(edit: Edit, repair: "Repair") -> Edit:
    """The edit, marked as following from a repair."""
    from msgspec.structs import replace as with_fields

    return with_fields(edit, depends_on=repair.id)


@cache
def beginnings() -> dict[str, str]:
    """The article of each listed beginning of a word."""
    lines = (folder() / "agreement" / "a-an.tsv").read_text(encoding="utf-8").splitlines()
    return dict(line.split("\t") for line in lines if line and not line.startswith("#"))


def indefinite_article(word: str) -> str:
    """``a`` or ``an``, by the word's first sound.

    >>> [indefinite_article(word) for word in ("overseas", "foreign", "hour", "European", "FBI", "US", "unit")]
    ['an', 'a', 'an', 'a', 'an', 'a', 'a']
    """
    letters = word.split("-", maxsplit=1)[0].replace(".", "")
    if letters.isupper() and (len(letters) < 4 or not re.search(r"[AEIOU]", letters)):
        return "an" if letters[0] in SPELLED_WITH_AN else "a"
    lowered = letters.lower() + "."
    for length in range(min(len(lowered), 8), 0, -1):
        listed = beginnings().get(lowered[:length])
        if listed:
            return listed
    return "an" if lowered[0] in "aeiou" else "a"
