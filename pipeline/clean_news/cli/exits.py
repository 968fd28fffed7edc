"""The exit codes, and how a command ends with an error message."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NoReturn

from clean_news.cli.terminal import echo

DONE, FOUND, WRONG, STOPPED = 0, 1, 2, 130  # success; --check found something; an error; Ctrl-C


def stop(message: str) -> NoReturn:
    """Print an error message and end the program with exit code ``WRONG``."""
    with suppress(OSError):  # stderr may be closed or full, too
        echo(f"clean-news: {message}", err=True)
    sys.exit(WRONG)


@contextmanager
def output_errors_reported() -> Iterator[None]:
    """End the program with a message if the block cannot write its output, e.g. because the disk is full.

    If the reader of a pipe has closed it (``| head``), the program ends without a message.
    """
    try:
        try:
            yield
        finally:
            sys.stdout.flush()  # here, since an error at the interpreter's exit cannot be handled
    except BrokenPipeError:
        _discard_output()
        sys.exit(WRONG)
    except OSError as error:
        from clean_news.failures import failure_from_os_error

        _discard_output()
        if isinstance(error.filename, str | bytes):
            stop(str(failure_from_os_error(Path(os.fsdecode(error.filename)), error)))
        stop(f"the output cannot be written ({error.strerror or error}); write it to another place, or free some space")


def _discard_output() -> None:
    """Discard what stdout still holds; the interpreter would try to write it when it exits."""
    with suppress(OSError, ValueError):  # ValueError: stdout is closed, or is not a file
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
