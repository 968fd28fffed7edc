"""The command ``clean-news cluster``."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from subprocess import CalledProcessError
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from clean_news.cli.exits import DONE, STOPPED, WRONG, stop
from clean_news.cli.object_stores import folder_of_this_machine
from clean_news.cli.options import JUDGING, LOGGING, READING, Force, OfDecisions, with_settings
from clean_news.cli.run_outcome import tell, tell_conflicts, wrong_input_stops
from clean_news.cli.terminal import echo
from clean_news.optional_library import MissingLibraryError, load_optional
from clean_news.printable_text import printable
from clean_news.settings import Settings

if TYPE_CHECKING:
    from clean_news.batch.summary import Summary

GO_ON = "the run was stopped; run the same command again to continue, finished tasks are skipped"


class ExecutorName(StrEnum):
    """Where the tasks run."""

    local = "local"
    slurm = "slurm"
    ray = "ray"


@with_settings(JUDGING, READING, LOGGING)
def cluster(
    raw: Annotated[
        Path,
        typer.Argument(metavar="RAW", help="A folder of articles; one only.", callback=folder_of_this_machine),
    ],
    clean: Annotated[
        Path,
        typer.Argument(
            metavar="CLEAN", help="The folder for the clean articles; every machine must have access to both."
        ),
    ],
    executor: Annotated[ExecutorName, typer.Option("--executor", help="Where the tasks run.")] = ExecutorName.local,
    tasks: Annotated[
        int, typer.Option("--tasks", metavar="N", min=1, max=100_000, help="Number of tasks that share the files.")
    ] = 8,
    workers: Annotated[
        int | None,
        typer.Option(
            "--workers", metavar="N", min=1, help="Number of tasks at a time; local: by default one per processor."
        ),
    ] = None,
    cpus_per_task: Annotated[
        int, typer.Option("--cpus-per-task", metavar="N", min=1, help="slurm, ray: processors per task.")
    ] = 1,
    mem_per_cpu: Annotated[
        int, typer.Option("--mem-per-cpu", metavar="GB", min=1, help="slurm, ray: memory per processor.")
    ] = 2,
    ray_address: Annotated[
        str | None,
        typer.Option(
            "--ray-address", metavar="ADDRESS", help="ray: the cluster; by default RAY_ADDRESS, or a new one."
        ),
    ] = None,
    partition: Annotated[str | None, typer.Option("--partition", metavar="NAME", help="slurm: the partition.")] = None,
    time: Annotated[
        str, typer.Option("--time", metavar="TIME", help="slurm: the time limit of a task, e.g. 12:00:00.")
    ] = "12:00:00",
    qos: Annotated[str, typer.Option("--qos", metavar="NAME", help="slurm: the quality of service.")] = "",
    venv: Annotated[
        Path | None,
        typer.Option(
            "--venv", metavar="FOLDER", help="slurm: the virtual environment in which clean-news is installed."
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="slurm: print the job script without submitting it.")
    ] = False,
    summarise: Annotated[
        bool, typer.Option("--summarise", help="Only summarise what the tasks of the last run have done so far.")
    ] = False,
    *,
    settings: Settings,
    decisions: OfDecisions = None,
    force: Force = False,
) -> None:
    """Repair the articles in RAW on many machines and write them to CLEAN.

    The result is that of "clean-news RAW CLEAN". The same command resumes a run that was stopped.
    """
    if executor is ExecutorName.slurm and partition is None and not summarise:
        stop("the partition is missing; name one with --partition (sinfo lists them)")
    if dry_run and executor is not ExecutorName.slurm:
        stop(
            f"--dry-run prints the job script of --executor slurm, and {executor.value} has no job script to print; "
            f"to see what would be repaired, use clean-news {printable(raw)} --dry-run"
        )

    with stopping(clean):
        load_optional("datatrove", "cluster")
        from clean_news.batch.run_options import RunOptions, with_project_files
        from clean_news.workflows import cluster as on_cluster
        from clean_news.workflows import shard_steps

        run_options = RunOptions(settings, force, tuple(decisions or ()))
        if summarise:
            show(shard_steps.summarise(raw, clean, with_project_files(run_options, clean)), clean)
        if executor is ExecutorName.local:
            workers = workers or os.cpu_count() or 1
        job = on_cluster.prepare(raw, clean, run_options, tasks, workers or -1, keep=not dry_run)
        if executor is ExecutorName.local:
            show(on_cluster.run_locally(job), clean)
        if executor is ExecutorName.ray:
            show(on_cluster.run_on_ray(job, cpus_per_task, mem_per_cpu, ray_address), clean)
        options = on_cluster.SlurmOptions(str(partition), time, cpus_per_task, mem_per_cpu, venv, qos)
        if dry_run:
            echo(on_cluster.slurm_executor(job, options).script(), nl=False)
        else:
            last = on_cluster.submit(job, options)
            echo(
                f"Submitted; job {last} writes {clean / '.clean-news' / 'summary.md'} when all tasks have ended",
                err=True,
            )


@contextmanager
def stopping(clean: Path) -> Iterator[None]:
    """End the program with one line if the run cannot start or is stopped."""
    from clean_news.failures import failure_from_os_error

    try:
        with wrong_input_stops():
            yield
    except KeyboardInterrupt:
        echo(f"clean-news: {GO_ON}", err=True)
        os._exit(STOPPED)  # ends the tasks' processes too; unfinished files were never renamed into place
    except MissingLibraryError as error:
        stop(str(error))
    except FileNotFoundError as error:
        if error.filename == "sbatch":
            stop("sbatch was not found; run the command on a machine from which Slurm jobs can be submitted")
        stop(str(failure_from_os_error(clean, error)) if error.filename else str(error))
    except ConnectionError as error:
        stop(f"{error}; start the Ray cluster, or name another one with --ray-address")
    except CalledProcessError as error:
        stop(f"sbatch rejected the job ({error}); its message is above")
    except OSError as error:
        stop(str(failure_from_os_error(clean, error)))


def show(summary: "Summary", clean: Path) -> NoReturn:
    """Print a summary and exit with its exit code."""
    from clean_news.batch.failure_lines import lines_of

    for line in lines_of(summary.failures):
        echo(line, err=True)
    tell_conflicts(summary, quiet=False)
    tell(summary, clean, quiet=False)
    raise typer.Exit(WRONG if summary.failures else DONE)
