"""Transfers the capitalisation of a form to its original."""

from collections.abc import Sequence
from enum import IntEnum


class Capitals(IntEnum):
    """Capitalisation pattern of a form."""

    AS_IS = 0  # no pattern: the original keeps its own capitals
    FIRST = 1  # the first letter
    TITLE = 2  # the first letter of every word of more than three letters
    ALL = 3  # all letters


def capitals_of(observed: Sequence[str]) -> Capitals:
    """Return the capitalisation pattern of a form, given by its tokens.

    >>> [capitals_of(form.split()).name for form in ("the firm", "The firm", "Wall Road", "PM", "3")]
    ['AS_IS', 'FIRST', 'TITLE', 'ALL', 'AS_IS']
    """
    words = [form for form in observed if form[0].isalpha()]
    if not words or not words[0][0].isupper():
        return Capitals.AS_IS
    if all(form.isupper() for form in words) and sum(map(len, words)) > 1:
        return Capitals.ALL
    if len(words) > 1 and all(form[0].isupper() for form in words if len(form) > 3):
        return Capitals.TITLE
    return Capitals.FIRST


def with_capitals(capitals: Capitals, original: str) -> str:
    """Return the original with a capitalisation pattern applied; one with capitals of its own keeps them.

    >>> with_capitals(capitals_of(["Functions", "Worldwide"]), "applications international")
    'Applications International'
    >>> with_capitals(capitals_of(["Financial", "institution"]), "bank")
    'Bank'
    """
    if capitals is Capitals.AS_IS or original != original.lower():
        return original
    if capitals is Capitals.ALL:
        return original.upper()
    if capitals is Capitals.TITLE:
        return " ".join(word[0].upper() + word[1:] if len(word) > 3 else word for word in original.split(" "))
    return original[0].upper() + original[1:]
