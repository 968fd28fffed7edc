"""How the program ends: its exit codes, and the message where it cannot go on."""

import sys
from typing import NoReturn

import typer

DONE, FOUND, WRONG, STOPPED = 0, 1, 2, 130


def stop(message: str) -> NoReturn:
    """Say what is wrong and end the program."""
    typer.echo(f"clean-news: {message}", err=True)
    sys.exit(WRONG)
