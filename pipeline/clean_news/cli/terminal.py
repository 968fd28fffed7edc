"""Prints messages and results; whatever files, articles and settings hold cannot control the terminal.

File names, keys, paths and articles may hold escape sequences, which colour, erase or rename what a terminal shows, or
write into the clipboard. Messages are escaped wherever they go, since logs are read on terminals, too. Results are
escaped on a terminal only: in a file or a pipe they are for programs, and stay as they are to the byte.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import typer

from clean_news.printable_text import visible


def echo(message: object = "", *, err: bool = False, nl: bool = True) -> None:
    """Print a message on stderr, or a result on stdout.

    Args:
        message: its text. A message is one line, and line breaks in it are escaped; those of a result are ours, and
            foreign ones must be escaped before.
        err: whether it is a message, on stderr.
        nl: whether to end the line.
    """
    text = str(message)
    if err:
        text = visible(text)
    elif sys.stdout.isatty():
        text = escaped(text)
    typer.echo(text, err=err, nl=nl)


def escaped(text: str) -> str:
    r"""Escape the control characters and invisible characters of a text, except line breaks and tabs.

    >>> escaped("a\x1b[2J\nb")
    'a\\x1b[2J\nb'
    """
    return "\t".join(visible(part, "\n") for part in text.split("\t"))


def shown_safely(write: Callable[[bytes], object]) -> Callable[[bytes], object]:
    """Return what writes output for programs: as it is, or escaped if stdout is a terminal.

    Args:
        write: writes to stdout; it is called with whole lines of UTF-8, or of another charset in a patch.
    """
    if not sys.stdout.isatty():
        return write
    return lambda content: write(escaped(content.decode("utf-8", "backslashreplace")).encode("utf-8", "replace"))


@contextmanager
def usage_errors_escaped() -> Iterator[None]:
    """Escape the messages of usage errors of the block, which quote arguments; a shell's ``*`` may have filled them."""
    try:
        yield
    except Exception as error:
        message = getattr(error, "message", None)  # of click's exceptions, which typer keeps in a private module
        if isinstance(message, str):
            error.message = escaped(message)  # type: ignore[attr-defined]  # as above
        raise
