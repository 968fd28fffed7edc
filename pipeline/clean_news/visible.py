"""Text that can be read and printed whatever is in it."""

import os
from pathlib import Path


def visible(text: str, line_end: str = r"\n") -> str:
    r"""The text with all that cannot be seen, or would command a terminal, written as escapes.

    Args:
        text: any text.
        line_end: what ``\n`` is written as.

    >>> visible("mini\u200bstry")
    'mini\\u200bstry'
    """
    if text.isprintable():
        return text
    return "".join(
        line_end if character == "\n" else character if character.isprintable() else ascii(character)[1:-1]
        for character in text
    )


def printable(path: Path | str) -> str:
    r"""A path as text that can be printed and stored: bytes that are not UTF-8 as ``\xe9``."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def encodable(text: str) -> str:
    """The text with lone surrogates, which UTF-8 cannot encode, as escapes."""
    return text.encode("utf-8", "backslashreplace").decode()
