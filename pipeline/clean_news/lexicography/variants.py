"""Checks for forms that are no synonyms: the original's own inflections, hyphens, and British spelling."""

import re
from collections.abc import Iterable, Iterator
from functools import cache

from clean_news.channel import inflection
from clean_news.channel.inflection import Inflections
from clean_news.lexicography.entry_files import Line
from clean_news.lexicography.findings import Finding, at
from clean_news.lexicography.knowledge import Knowledge

FUNCTION_INFLECTIONS = frozenset(
    {"am", "is", "are", "was", "were", "be", "been", "being", "has", "have", "had", "do", "does", "did", "can", "could"}
)
"""Spinners do swap these for one another: ``had been`` for ``has been``."""

AMERICAN = tuple(
    (re.compile(british), american)
    for british, american in (
        (r"(?<=[bdhlmnpvs])our(?=$|ed|ing|s$|ers?$|ite|abl|ful|ist|less|hood)", "or"),
        (r"is(?=e$|ed$|es$|ing$|er$|ers$|ations?$)", "iz"),
        (r"ys(?=e$|ed$|es$|ing$|er$|ers$)", "yz"),
        (r"(?<=[bt])re(?=$|s$)", "er"),
        (r"(?<=[ae])ll(?=ed$|ing$|ers?$|ors?$|ous$|ery$)", "l"),
        (r"(?<=[fcl])ence(?=$|s$)", "ense"),
        (r"ogue(?=s?$)", "og"),
        (r"amme(?=s?$)", "am"),
        (r"^grey", "gray"),
        (r"^plough", "plow"),
        (r"^sceptic", "skeptic"),
        (r"^mould", "mold"),
        (r"^tyre(?=s?$)", "tire"),
        (r"^kerb", "curb"),
        (r"^manoeuvr", "maneuver"),
        (r"gement", "gment"),
        (r"^ageing$", "aging"),
        (r"^(anaes|haem|paed|oes|foet)", lambda match: match.group().replace("ae", "e").replace("oe", "e")),
        (r"^aluminium$", "aluminum"),
    )
)


@cache
def american(word: str) -> str:
    """The word in American spelling, or nearly: two words that come to the same are spellings of one.

    >>> [american(word) for word in ("labour", "organisation", "centre", "travelled", "defence", "our")]
    ['labor', 'organization', 'center', 'traveled', 'defense', 'our']
    """
    for pattern, spelling in AMERICAN:
        word = pattern.sub(spelling, word)
    return word


def american_phrase(phrase: str) -> list[str]:
    """The words of the phrase in small letters and American spelling."""
    return [american(word) for word in phrase.lower().split()]


def hyphenless(phrase: str) -> str:
    """The phrase in small letters and without hyphens and blanks."""
    return re.sub(r"[-\s]", "", phrase.lower())


def differs_by_hyphen(original: str, form: str) -> bool:
    """Whether two phrases differ in capitals and hyphens alone; a blank in a word is a spinner's mark, no hyphen.

    >>> differs_by_hyphen("cease-fire", "ceasefire"), differs_by_hyphen("without", "with out")
    (True, False)
    """
    if original.lower() == form.lower():
        return True
    return "-" in original + form and hyphenless(original) == hyphenless(form)


def is_inflection(original: str, form: str, kind: str, table: Inflections) -> bool:
    """Whether the form is an inflection of the original, or the other way round, as a word of this kind.

    >>> is_inflection("share", "shares", "noun", {}), is_inflection("floor", "flooring", "noun", {})
    (True, False)
    """
    if kind != "-":
        return form in inflection.inflect(original, kind, table) or original in inflection.inflect(form, kind, table)
    if original.count(" ") != form.count(" "):
        return False
    pairs = zip(original.split(" "), form.split(" "), strict=True)
    different = [(one, other) for one, other in pairs if one != other]
    return all(
        not {one, other} <= FUNCTION_INFLECTIONS
        and any(is_inflection(one, other, each, table) for each in ("verb", "noun"))
        for one, other in different
    )


def variants(lines: Iterable[Line], known: Knowledge) -> Iterator[Finding]:
    """Forms that are only a variant of their original: DICT005, DICT006; known choices of the spinner are not."""
    for line in lines:
        original, kind, forms = line.entry
        for form in forms:
            if differs_by_hyphen(original, form) or is_inflection(original, form, kind, known.inflections):
                code, message = "DICT005", f"{original!r}: the form {form!r} is only a variant of it"
            elif american_phrase(original) == american_phrase(form):
                code, message = "DICT006", f"{original!r}: the form {form!r} is only another spelling of it"
            else:
                continue
            if not known.is_choice(original, form, kind):
                yield at(line, code, message)
