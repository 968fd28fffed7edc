"""The command ``clean-news cluster``."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from subprocess import CalledProcessError
from typing import TYPE_CHECKING, Annotated, NamedTuple, NoReturn

import typer

from clean_news.cli.exits import DONE, STOPPED, WRONG, stop
from clean_news.cli.object_stores import folder_of_this_machine, names_store, store_errors_stop
from clean_news.cli.options import JUDGING, LOGGING, READING, Force, OfDecisions, with_settings
from clean_news.cli.run_outcome import tell, tell_conflicts, wrong_input_stops
from clean_news.cli.terminal import echo
from clean_news.optional_library import MissingLibraryError, load_optional
from clean_news.printable_text import printable
from clean_news.project_folder import PROJECT_FOLDER
from clean_news.settings import Settings

if TYPE_CHECKING:
    from clean_news.batch.summary import Summary

GO_ON = "the run was stopped; run the same command again to continue, finished tasks are skipped"

NOT_IN_STORES = (
    "with RAW or CLEAN in an object store there is no --summarise and no --dry-run: the same command, run again, "
    "continues and summarises; docs/object-stores.md"
)


class RayOptions(NamedTuple):
    """What is requested from Ray; see :func:`clean_news.workflows.cluster.run_on_ray`."""

    cpus_per_task: int
    mem_per_cpu: int
    address: str | None


class ExecutorName(StrEnum):
    """Where the tasks run."""

    local = "local"
    slurm = "slurm"
    ray = "ray"


@with_settings(JUDGING, READING, LOGGING)
def cluster(
    raw: Annotated[
        str, typer.Argument(metavar="RAW", help="A folder of articles; one only. Also a URL such as s3://…")
    ],
    clean: Annotated[
        str,
        typer.Argument(
            metavar="CLEAN",
            help="The folder for the clean articles; every machine must have access to both. Also a URL such as s3://…",
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
    in_store = names_store([raw, clean])
    if in_store and (summarise or dry_run):
        stop(NOT_IN_STORES)
    if executor is ExecutorName.slurm and partition is None and not summarise:
        stop("the partition is missing; name one with --partition (sinfo lists them)")
    if dry_run and executor is not ExecutorName.slurm:
        stop(
            f"--dry-run prints the job script of --executor slurm, and {executor.value} has no job script to print; "
            f"to see what would be repaired, use clean-news {printable(raw)} --dry-run"
        )
    if executor is ExecutorName.local:
        workers = workers or os.cpu_count() or 1
    on_ray = RayOptions(cpus_per_task, mem_per_cpu, ray_address) if executor is ExecutorName.ray else None
    on_slurm = (str(partition), time, cpus_per_task, mem_per_cpu, venv, qos) if executor is ExecutorName.slurm else None
    if in_store:
        _in_stores((raw, clean), (settings, force, tuple(decisions or ())), tasks, workers or -1, on_ray, on_slurm)
        return
    place, target = folder_of_this_machine(Path(raw)), Path(clean)
    with stopping(target):
        load_optional("datatrove", "cluster")
        from clean_news.batch.run_options import RunOptions, with_project_files
        from clean_news.workflows import cluster as on_cluster
        from clean_news.workflows import shard_steps

        run_options = RunOptions(settings, force, tuple(decisions or ()))
        if summarise:
            show(shard_steps.summarise(place, target, with_project_files(run_options, target)), clean)
        job = on_cluster.prepare(place, target, run_options, tasks, workers or -1, keep=not dry_run)
        if executor is ExecutorName.local:
            show(on_cluster.run_locally(job), clean)
        if on_ray:
            show(on_cluster.run_on_ray(job, *on_ray), clean)
        assert on_slurm, "the others have ended"
        options = on_cluster.SlurmOptions(*on_slurm)
        if dry_run:
            echo(on_cluster.slurm_executor(job, options).script(), nl=False)
        else:
            tell_submitted(on_cluster.submit(job, options), clean)


def _in_stores(
    places: tuple[str, str],
    given: tuple[Settings, bool, tuple[Path, ...]],
    tasks: int,
    workers: int,
    on_ray: RayOptions | None,
    on_slurm: tuple[str, str, int, int, Path | None, str] | None,
) -> None:
    """Run the command for URLs of object stores.

    Args:
        places: RAW and CLEAN.
        given: settings, whether to clean what is up to date, and files of decisions.
        tasks: number of tasks.
        workers: number of tasks at a time; -1 for all.
        on_ray: what is requested from Ray; None if the tasks do not run there.
        on_slurm: what is requested from Slurm; see :class:`clean_news.workflows.cluster.SlurmOptions`.
    """
    with stopping(Path(places[1])), store_errors_stop():
        load_optional("datatrove", "cluster")
        from clean_news.batch.run_options import RunOptions
        from clean_news.workflows import store_cluster
        from clean_news.workflows.cluster import SlurmOptions

        run = store_cluster.StoreRun(*places, RunOptions(*given), tasks, workers)
        if on_slurm:
            tell_submitted(store_cluster.submit(run, SlurmOptions(*on_slurm)), run.clean)
        else:
            show(store_cluster.run_on_ray(run, *on_ray) if on_ray else store_cluster.run_locally(run), run.clean)


def tell_submitted(job: str, clean: str) -> None:
    """Print which job will write the summary.

    Args:
        job: id of the job; empty if there was nothing to submit.
        clean: CLEAN, a folder or a URL.
    """
    place = _place_of_summary(clean)
    if job:
        echo(f"Submitted; job {job} writes {place} when all tasks have ended", err=True)
    else:
        echo(f"Everything is up to date; summary: {place}", err=True)


def _place_of_summary(clean: str) -> str:
    """Return the path or URL of the summary."""
    folder = clean.rstrip("/") if names_store([clean]) else str(Path(clean))
    return f"{folder}/{PROJECT_FOLDER}/summary.md"


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


def show(summary: "Summary", clean: str) -> NoReturn:
    """Print a summary and exit with its exit code.

    Args:
        summary: the summary.
        clean: CLEAN, a folder or a URL.
    """
    from clean_news.batch.failure_lines import lines_of

    for line in lines_of(summary.failures):
        echo(line, err=True)
    tell_conflicts(summary, quiet=False)
    tell(summary, None, quiet=False)
    echo(f"Summary: {_place_of_summary(clean)}", err=True)
    raise typer.Exit(WRONG if summary.failures else DONE)
