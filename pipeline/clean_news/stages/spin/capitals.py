"""The capitals of a form, given to what it was swapped for."""

from collections.abc import Sequence
from enum import IntEnum


class Capitals(IntEnum):
    """Which letters of a form are capitals."""

    OWN = 0  # of no pattern: what stands in for it keeps its own
    FIRST = 1
    TITLE = 2  # of every word that is longer than three letters
    ALL = 3


def capitals_of(observed: Sequence[str]) -> Capitals:
    """The capitals of a form, given by its tokens.

    >>> [capitals_of(form.split()).name for form in ("the firm", "The firm", "Wall Road", "PM", "3")]
    ['OWN', 'FIRST', 'TITLE', 'ALL', 'OWN']
    """
    words = [form for form in observed if form[0].isalpha()]
    if not words or not words[0][0].isupper():
        return Capitals.OWN
    if all(form.isupper() for form in words) and sum(map(len, words)) > 1:
        return Capitals.ALL
    if len(words) > 1 and all(form[0].isupper() for form in words if len(form) > 3):
        return Capitals.TITLE
    return Capitals.FIRST


def with_capitals(capitals: Capitals, original: str) -> str:
    """The original with these capitals; one that has its own keeps them.

    >>> with_capitals(capitals_of(["Functions", "Worldwide"]), "applications international")
    'Applications International'
    >>> with_capitals(capitals_of(["Financial", "institution"]), "bank")
    'Bank'
    """
    if capitals is Capitals.OWN or original != original.lower():
        return original
    if capitals is Capitals.ALL:
        return original.upper()
    if capitals is Capitals.TITLE:
        return " ".join(word[0].upper() + word[1:] if len(word) > 3 else word for word in original.split(" "))
    return original[0].upper() + original[1:]
