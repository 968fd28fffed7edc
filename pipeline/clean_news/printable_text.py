"""Escape text so that it can be printed, stored and read whatever it contains."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_COPIES: dict[str, str] = {}  # what people see in place of folders with copies


def visible(text: str, line_end: str = r"\n") -> str:
    r"""Escape the characters that are invisible or that would control a terminal.

    Args:
        text: any text.
        line_end: replacement for ``\n``.

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
    r"""Return a path as text that can be printed and stored; bytes that are not UTF-8 become ``\xe9``."""
    text = os.fsencode(path).decode("utf-8", "backslashreplace")
    for folder, original in _COPIES.items():
        if text == folder or text.startswith(f"{folder}/"):
            return original + text.removeprefix(folder)
    return text


@contextmanager
def shown_as(folder: Path, original: str) -> Iterator[None]:
    """Let :func:`printable` show what a folder has copies of, during the block.

    Args:
        folder: the folder of copies.
        original: the path or URL of what was copied.
    """
    place = folder.as_posix()
    _COPIES[place] = original
    try:
        yield
    finally:
        del _COPIES[place]


def encodable(text: str) -> str:
    """Escape lone surrogates, which UTF-8 cannot encode."""
    return text.encode("utf-8", "backslashreplace").decode()


def quoted(value: object, limit: int = 200) -> str:
    """Return a value as a message quotes it: its ``repr``, of which the middle is left out if it is long.

    >>> quoted("a" * 1000, 9)
    "'aaa…aaa'"
    """
    text = repr(value)
    return text if len(text) <= limit else f"{text[: limit // 2]}…{text[-(limit // 2) :]}"
