"""The command ``clean-news cluster``. It parses, calls and prints, as :mod:`clean_news.cli.app` does."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from subprocess import CalledProcessError
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from clean_news.cli.clean import tell, wrong_input_stops
from clean_news.cli.exits import DONE, STOPPED, WRONG, stop
from clean_news.cli.options import JUDGING, READING, Force, OfDecisions, with_settings
from clean_news.optional_library import MissingLibraryError, load_optional
from clean_news.settings import Settings

if TYPE_CHECKING:
    from clean_news.batch.summary import Summary

GO_ON = "the run was stopped; give the same command again to go on, finished tasks are skipped"


class ExecutorName(StrEnum):
    """Where the tasks run."""

    local = "local"
    slurm = "slurm"
    ray = "ray"


@with_settings(JUDGING, READING)
def cluster(
    raw: Annotated[Path, typer.Argument(metavar="RAW", help="A folder of articles.")],
    clean: Annotated[
        Path, typer.Argument(metavar="CLEAN", help="The folder for the clean articles; all machines must see both.")
    ],
    executor: Annotated[ExecutorName, typer.Option("--executor", help="Where the tasks run.")] = ExecutorName.local,
    tasks: Annotated[
        int, typer.Option("--tasks", metavar="N", min=1, max=100_000, help="How many tasks share the files.")
    ] = 8,
    workers: Annotated[
        int | None,
        typer.Option("--workers", metavar="N", min=1, help="Tasks at a time; local: by default one a processor."),
    ] = None,
    cpus_per_task: Annotated[
        int, typer.Option("--cpus-per-task", metavar="N", min=1, help="slurm, ray: processors of a task.")
    ] = 1,
    mem_per_cpu: Annotated[
        int, typer.Option("--mem-per-cpu", metavar="GB", min=1, help="slurm, ray: memory of each of them.")
    ] = 2,
    ray_address: Annotated[
        str | None,
        typer.Option(
            "--ray-address", metavar="ADDRESS", help="ray: the cluster; by default RAY_ADDRESS, or a new one."
        ),
    ] = None,
    partition: Annotated[str | None, typer.Option("--partition", metavar="NAME", help="slurm: the partition.")] = None,
    time: Annotated[
        str, typer.Option("--time", metavar="TIME", help="slurm: the limit of a task, e.g. 12:00:00.")
    ] = "12:00:00",
    qos: Annotated[str, typer.Option("--qos", metavar="NAME", help="slurm: the quality of service.")] = "",
    venv: Annotated[
        Path | None,
        typer.Option("--venv", metavar="FOLDER", help="slurm: the virtual environment that clean-news is in."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="slurm: print the script and submit nothing.")] = False,
    summarise: Annotated[
        bool, typer.Option("--summarise", help="Only add up what the tasks of the last run have done so far.")
    ] = False,
    *,
    settings: Settings,
    decisions: OfDecisions = None,
    force: Force = False,
) -> None:
    """Repair the articles in RAW, into CLEAN, on many machines.

    What comes out is what "clean-news RAW CLEAN" gives. A run that was stopped goes on with the same command.
    """
    if executor is ExecutorName.slurm and partition is None and not summarise:
        stop("the partition is missing; name one of those that sinfo lists with --partition")
    if dry_run and executor is not ExecutorName.slurm:
        stop("--dry-run prints Slurm's script; add --executor slurm, or look with clean-news RAW --dry-run")

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
        job = on_cluster.laid_out(raw, clean, run_options, tasks, workers or -1)
        if executor is ExecutorName.local:
            show(on_cluster.run_locally(job), clean)
        if executor is ExecutorName.ray:
            show(on_cluster.run_on_ray(job, cpus_per_task, mem_per_cpu, ray_address), clean)
        options = on_cluster.SlurmOptions(str(partition), time, cpus_per_task, mem_per_cpu, venv, qos)
        if dry_run:
            typer.echo(on_cluster.slurm_executor(job, options).script(), nl=False)
        else:
            last = on_cluster.submit(job, options)
            typer.echo(
                f"Submitted; job {last} writes {clean / '.clean-news' / 'summary.md'} when all is over", err=True
            )


@contextmanager
def stopping(clean: Path) -> Iterator[None]:
    """End the program with one line if the run cannot be begun, or is stopped."""
    from clean_news.failures import of_os_error

    try:
        with wrong_input_stops():
            yield
    except KeyboardInterrupt:
        typer.echo(f"clean-news: {GO_ON}", err=True)
        os._exit(STOPPED)  # the tasks' processes end with this one; what they were writing is not there
    except MissingLibraryError as error:
        stop(str(error))
    except FileNotFoundError as error:
        if error.filename == "sbatch":
            stop("there is no sbatch here; give the command on a machine from which Slurm jobs are submitted")
        stop(str(of_os_error(clean, error)) if error.filename else str(error))
    except ConnectionError as error:
        stop(f"{error}; start the Ray cluster, or name another with --ray-address")
    except CalledProcessError as error:
        stop(f"sbatch refused the job ({error}); see what it says above")
    except OSError as error:
        stop(str(of_os_error(clean, error)))


def show(summary: "Summary", clean: Path) -> NoReturn:
    """Print a summary and leave with its exit code."""
    for failure in summary.failures:
        typer.echo(str(failure), err=True)
    tell(summary, clean, quiet=False)
    raise typer.Exit(WRONG if summary.failures else DONE)
