"""Runs the main job over object stores with datatrove's executors: on this machine, on Ray, or on Slurm."""

import hashlib
import os
import shutil
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING, NamedTuple

import msgspec
from datatrove.data import Document, DocumentsPipeline
from datatrove.pipeline.base import PipelineStep

from clean_news.batch.run_options import RunOptions
from clean_news.batch.summary import Summary
from clean_news.failures import Failure
from clean_news.files.discovery import InputError
from clean_news.printable_text import printable
from clean_news.stores.raw_objects import Raw, RemoteRaw
from clean_news.stores.store_run import StoreJob, finish, opened, store_errors
from clean_news.stores.transfers import StoreError
from clean_news.stores.urls import is_url
from clean_news.workflows.cluster import LocalExecutor, SlurmOptions, connect_to_ray, submit_steps
from clean_news.workflows.shard_steps import RETRY_HINT
from clean_news.workflows.shards import Part
from clean_news.workflows.store_shares import (
    SharedRaw,
    Shares,
    divide,
    put_shares,
    read_parts,
    read_share,
    remove_state,
    write_part,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from clean_news.decisions import Key

SLURM_FOLDER = ".clean-news-cluster"  # in the current folder: job scripts and logs


class StoreRun(NamedTuple):
    """How a run over stores is distributed.

    Attributes:
        raw: RAW: a URL, or a folder that all machines see.
        clean: CLEAN, a URL.
        options: the options of the run.
        tasks: maximum number of tasks.
        workers: maximum number of concurrent tasks; -1 for all.
    """

    raw: str
    clean: str
    options: RunOptions
    tasks: int
    workers: int = -1


class CleanShare(PipelineStep):  # type: ignore[misc]  # datatrove ships no type information
    """Cleans a task's share of the objects, as ``clean-news RAW CLEAN`` does.

    Yields one document for the share, with its outcome in the metadata.
    """

    type = "🧽 - CLEANER"
    name = "clean-news, by object"

    def __init__(self, run: StoreRun, shares: Shares, jobs: int = 1) -> None:
        """Store the options.

        Args:
            run: the run.
            shares: the shares of all tasks.
            jobs: number of processes of a task.
        """
        super().__init__()
        self.raw, self.clean, self.options, self.shares, self.jobs = run.raw, run.clean, run.options, shares, jobs
        self.working_folder = Path.cwd()

    def run(self, data: DocumentsPipeline = None, rank: int = 0, world_size: int = 1) -> DocumentsPipeline:  # noqa: ARG002
        """Clean the share, and put its summary into CLEAN.

        Args:
            data: unused, since this is the first step.
            rank: rank of the task, which is the number of its share.
            world_size: number of tasks (unused).

        Raises:
            InputError: if the share is not that of this run, or the store is out of reach.
            SettingsError, DecisionsError: if a file named in the options was removed since the run was prepared.
        """
        with suppress(OSError):  # what is named relative to it must be where all machines see it; else it is not needed
            os.chdir(self.working_folder)
        began = time.monotonic()
        settings = msgspec.structs.replace(self.options.settings, jobs=self.jobs)
        with store_errors():
            objects = read_share(self.shares, rank)

            def share(source: Raw) -> Raw:
                return SharedRaw(source, objects)

            # The decisions of the options are in CLEAN since the run was prepared.
            options = self.options._replace(settings=settings, decisions=())
            with opened(self.raw, self.clean, options, share=share) as job:
                job.passes.run(job.scratch, joins=False)
                summary = job.summary
                summary.seconds = round(time.monotonic() - began, 1)
                write_part(self.shares, rank, Part(summary, sorted(job.passes.decided)))
        self.stat_update("articles", value=summary.articles, unit="share")
        yield Document("", f"share {rank}", metadata={"cleaned": summary.cleaned, "failed": summary.failed})


def run_locally(run: StoreRun) -> Summary:
    """Run all tasks on this machine, and summarise.

    Raises:
        InputError, SettingsError, DecisionsError, MissingLibraryError: see :func:`clean_news.stores.store_run.run`.
    """
    logs = _log_folder(run)

    def execute(run: StoreRun, shares: Shares) -> None:
        LocalExecutor(
            [CleanShare(run, shares)],
            tasks=len(shares.digests),
            workers=run.workers,
            logging_dir=str(logs),
        ).run()

    return _run(run, logs, execute)


def run_on_ray(run: StoreRun, cpus_per_task: int = 1, mem_per_cpu: float = 2, address: str | None = None) -> Summary:
    """Run all tasks on a Ray cluster, and summarise; see :func:`clean_news.workflows.cluster.run_on_ray`.

    Raises:
        InputError, ConnectionError: see there, or :func:`run_locally`.
        SettingsError, DecisionsError, MissingLibraryError: see :func:`run_locally`.
    """
    executor = connect_to_ray(address)
    # A place that every machine has; nobody can have put anything there. Each machine has the logs of its tasks.
    logs = Path(mkdtemp(prefix="clean-news-cluster-"))

    def execute(run: StoreRun, shares: Shares) -> None:
        elsewhere = run._replace(options=run.options._replace(results=None))  # on other machines
        executor(
            [CleanShare(elsewhere, shares, cpus_per_task)],
            tasks=len(shares.digests),
            workers=run.workers,
            logging_dir=str(logs),
            cpus_per_task=cpus_per_task,
            mem_per_cpu_gb=mem_per_cpu,
        ).run()

    summary = _run(run, logs, execute)
    if summary.finished:
        shutil.rmtree(logs, ignore_errors=True)
    return summary


def _log_folder(run: StoreRun) -> Path:
    """Return the folder for the logs of the tasks, in the cache of the user."""
    from platformdirs import user_cache_path

    return user_cache_path("clean-news") / "cluster" / _digest_of(run)


def _digest_of(run: StoreRun) -> str:
    """Return the name of the folder for the logs of a run."""
    return hashlib.sha256(f"{run.raw}\0{run.clean}".encode()).hexdigest()[:16]


def submit(run: StoreRun, options: SlurmOptions) -> str:
    """Submit the tasks to Slurm, and a job that summarises when they have ended.

    Args:
        run: the run.
        options: the resources requested.

    Returns:
        The id of the summary job; empty if everything is up to date, so that nothing was submitted.

    Raises:
        FileNotFoundError: if there is no ``sbatch``.
        subprocess.CalledProcessError: if ``sbatch`` rejects a job.
        InputError, SettingsError, DecisionsError, MissingLibraryError: see :func:`run_locally`.
    """
    began = time.time()
    folder = Path(SLURM_FOLDER) / _digest_of(run)  # the jobs start in this folder
    with _planned(run, folder) as plan:
        if plan.shares is None:
            plan.job.summary.add_unmet(plan.job.decisions, plan.job.passes.decided)
            finish(plan.job, round(time.time() - began, 1))
            return ""
        elsewhere = plan.run._replace(options=plan.run.options._replace(results=None))
        last = SummariseShares(elsewhere, plan.shares, plan.job.summary, plan.job.passes.decided, began, folder)
        tasks = CleanShare(elsewhere, plan.shares, options.cpus_per_task)
        return submit_steps(tasks, len(plan.shares.digests), last, options, folder, run.workers)


class SummariseShares(PipelineStep):  # type: ignore[misc]  # datatrove ships no type information
    """Writes the summary of all shares into CLEAN; the last step of a run on Slurm."""

    type = "📊 - SUMMARY"
    name = "clean-news"

    def __init__(
        self, run: StoreRun, shares: Shares, summary: Summary, decided: "set[Key]", began: float, logs: Path
    ) -> None:
        """Store what is known before the tasks run.

        Args:
            run: the run.
            shares: the shares of all tasks.
            summary: the summary of what was up to date.
            decided: the decisions that edits have met there.
            began: start time in seconds since 1970.
            logs: the folder of the tasks' logs.
        """
        super().__init__()
        self.of_run, self.shares, self.summary, self.decided = run, shares, summary, decided
        self.began, self.logs = began, logs
        self.working_folder = Path.cwd()

    def run(self, data: DocumentsPipeline = None, rank: int = 0, world_size: int = 1) -> DocumentsPipeline:  # noqa: ARG002
        """Write the summary; yields no documents."""
        with suppress(OSError):
            os.chdir(self.working_folder)
        options = self.of_run.options._replace(decisions=())  # they are in CLEAN
        with opened(self.of_run.raw, self.of_run.clean, options) as job, store_errors():
            known = job._replace(summary=self.summary)
            decided = self.decided | _add_parts(known.summary, self.shares, self.logs)
            remove_state(self.of_run.clean)
            known.summary.add_unmet(known.decisions, decided)
            finish(known, round(time.time() - self.began, 1))
        yield from ()


class Planned(NamedTuple):
    """A run over stores that is ready to start.

    Attributes:
        job: the run as the planning process sees it; its summary has what is up to date.
        run: the run as its tasks see it.
        shares: the shares of the tasks; None if everything is up to date.
    """

    job: StoreJob
    run: StoreRun
    shares: Shares | None


@contextmanager
def _planned(run: StoreRun, logs: Path) -> "Iterator[Planned]":
    """Divide what is not up to date among the tasks.

    Args:
        run: the run.
        logs: the folder for the tasks' logs, which is emptied.

    Raises:
        InputError, SettingsError, DecisionsError, MissingLibraryError: see :func:`run_locally`.
    """
    if not is_url(run.clean):
        raise InputError(
            f"{printable(run.clean)}: is a folder while RAW is a URL; name a URL for CLEAN, too, or use clean-news RAW "
            "CLEAN, which writes what is in a store into a folder"
        )
    shutil.rmtree(logs, ignore_errors=True)  # datatrove would take the tasks of an earlier run for these
    with opened(run.raw, run.clean, run.options, indexed=lambda _files, _total, _articles: None) as job:
        folder = job.scratch / "shares"
        folder.mkdir()
        with store_errors():
            paths = divide(job.passes.plan(job.scratch), run.tasks, folder)
            if isinstance(job.source, RemoteRaw) and job.source.itself is not None:
                raise InputError(f"{printable(run.raw)}: is one object; name a folder, or use clean-news RAW CLEAN")
            shares = put_shares(run.clean, paths) if paths else None
        prepared = job.options.settings  # the index of the sources is up to date
        settings = msgspec.structs.replace(
            run.options.settings, sources=prepared.sources, sources_index=prepared.sources_index
        )
        options = run.options._replace(settings=settings, results=job.results)
        yield Planned(job, run._replace(options=options), shares)


def _run(run: StoreRun, logs: Path, execute: "Callable[[StoreRun, Shares], None]") -> Summary:
    """Divide RAW, run the tasks, and summarise.

    Args:
        run: the run.
        logs: the folder for the tasks' logs.
        execute: runs the tasks of a run with its shares, and waits for them.

    Raises:
        InputError, SettingsError, DecisionsError, MissingLibraryError: see :func:`run_locally`.
    """
    began = time.monotonic()
    with _planned(run, logs) as plan:
        summary, decided = plan.job.summary, plan.job.passes.decided
        if plan.shares is not None:
            try:
                execute(plan.run, plan.shares)
                with store_errors():
                    decided |= _add_parts(summary, plan.shares, logs)
            finally:
                with suppress(StoreError):
                    remove_state(run.clean)
        summary.add_unmet(plan.job.decisions, decided)
        finish(plan.job, round(time.monotonic() - began, 1))
    return summary


def _add_parts(summary: Summary, shares: Shares, logs: Path) -> "set[Key]":
    """Add the summaries of the tasks; return the decisions that edits have met.

    Args:
        summary: the summary of the run.
        shares: the shares of the tasks.
        logs: the folder of their logs.

    Raises:
        StoreError: if the store is out of reach.
    """
    decided: set[Key] = set()
    parts = read_parts(shares)
    for rank in range(len(shares.digests)):
        part = parts.get(rank)
        if part is None:
            summary.finished = False
            log = logs / "logs" / f"task_{rank:05d}.log"
            summary.failures.append(Failure(printable(log), f"task {rank} did not finish; {RETRY_HINT}"))
            continue
        summary.add_part(part.summary)
        decided.update(part.decided)
    return decided
