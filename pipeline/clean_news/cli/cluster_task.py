"""The hidden command ``clean-news cluster-task``, which the job scripts of ``clean-news cluster`` run."""

from pathlib import Path
from typing import Annotated

import typer

from clean_news.cli.exits import stop
from clean_news.cli.run_outcome import wrong_input_stops
from clean_news.failures import failure_from_os_error


def cluster_task(
    stored: Annotated[Path, typer.Argument(metavar="EXECUTOR", help="The executor that datatrove stored.")],
    sha256: Annotated[str, typer.Argument(metavar="SHA256", help="Its SHA-256 when the job was submitted.")],
) -> None:
    """Run a task of "clean-news cluster" within a Slurm job."""
    from clean_news.workflows.stored_executor import run_stored

    with wrong_input_stops():
        try:
            run_stored(stored, sha256)
        except FileNotFoundError as error:
            stop(str(failure_from_os_error(stored, error)))
