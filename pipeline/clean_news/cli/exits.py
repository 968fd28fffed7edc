"""The exit codes, and how a command ends with an error message."""

import sys
from typing import NoReturn

import typer

DONE, FOUND, WRONG, STOPPED = 0, 1, 2, 130  # success; --check found something; an error; Ctrl-C


def stop(message: str) -> NoReturn:
    """Print an error message and end the program with exit code ``WRONG``."""
    typer.echo(f"clean-news: {message}", err=True)
    sys.exit(WRONG)
