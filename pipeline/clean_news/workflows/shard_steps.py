"""The pipeline steps of a cluster run: clean a shard of the raw files, and summarise the shards."""

import os
import time
from collections.abc import Iterator
from contextlib import closing, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from datatrove.data import Document, DocumentsPipeline
from datatrove.pipeline.base import PipelineStep

from clean_news.batch.atomic_writing import remove_leftovers
from clean_news.batch.half_landed import finish_half_landed, finish_half_landed_of
from clean_news.batch.known_results import sharing_results, write_results
from clean_news.batch.row_dispatch import row_cleaner
from clean_news.batch.run import new_summary, reports, write_summary
from clean_news.batch.run_options import RunOptions, validate
from clean_news.batch.summary import Summary
from clean_news.batch.workers import Workers
from clean_news.failures import Failure
from clean_news.printable_text import printable
from clean_news.workflows.pieces import clean_piece, put_together
from clean_news.workflows.shards import (
    MISSING_PLAN,
    Folders,
    cluster_folder,
    divided_files,
    planned,
    read_part,
    read_plan,
    read_shard,
    write_part,
)

if TYPE_CHECKING:
    from clean_news.decisions import Key

RETRY_HINT = "see this log for the reason, then run the same command again; finished tasks are skipped"


class CleanShard(PipelineStep):  # type: ignore[misc]  # datatrove ships no type information
    """Cleans the raw files of the task's shard, each as ``clean-news RAW CLEAN`` does.

    It does not use datatrove's readers, which omit empty and malformed rows, nor its writers, which write to the final
    path, so that a killed task leaves a partial file that looks complete. Rows are still processed one at a time.

    Yields one document for each file, with its id, and the outcome in the metadata.
    """

    type = "🧽 - CLEANER"
    name = "clean-news, by file"

    def __init__(self, raw: Path, clean: Path, run_options: RunOptions, plan: str, jobs: int = 1) -> None:
        """Store the options.

        Args:
            raw: RAW, as given.
            clean: CLEAN, as given.
            run_options: the options of the run.
            plan: digest of the plan.
            jobs: number of processes of a task.
        """
        super().__init__()
        self.raw, self.clean, self.run_options, self.plan, self.jobs = raw, clean, run_options, plan, jobs
        self.working_folder = Path.cwd()

    def run(self, data: DocumentsPipeline = None, rank: int = 0, world_size: int = 1) -> DocumentsPipeline:  # noqa: ARG002
        """Clean the shard and write its summary.

        Args:
            data: unused, since this is the first step.
            rank: rank of the task, which is the number of its shard.
            world_size: number of tasks (unused).

        Raises:
            InputError: if the plan or the shard is not that of this run.
            OSError: if the shard's file list cannot be read, or its summary cannot be written.
            SettingsError, DecisionsError: if a file named in the options was removed since the run was prepared.
        """
        os.chdir(self.working_folder)  # RAW and CLEAN may be relative; other machines start in another folder
        began = time.monotonic()
        validate(self.run_options)  # in each task, since a process may run tasks of successive runs
        folder = cluster_folder(self.clean)
        folders = Folders(self.raw, self.clean, self.run_options.settings.follow_links)
        pieces = read_shard(folder, planned(folder, self.plan), rank, folders)
        tasks = [piece.task for piece in pieces if piece.total == 1]
        # This task may have been killed before; the pairs of other tasks, which may be running, are theirs.
        finish_half_landed_of({task.clean for task in tasks if task.clean is not None})
        summary = new_summary(self.raw, self.clean, self.run_options)
        decided: set[Key] = set()
        workers = Workers(self.jobs)
        # The tasks of one machine share a file of results; on others, the processes of a task have their own.
        sharing = nullcontext(self.run_options) if self.run_options.results else sharing_results(self.run_options)
        try:
            with sharing as options:
                with closing(reports(tasks, options, workers, lambda _: None)) as stream:
                    for report in stream:
                        summary.add(report)
                        decided |= report.decided
                        self.stat_update("files", report.outcome)
                        self.stat_update("articles", value=report.tally.articles, unit="file")
                        yield Document("", report.id, metadata={"outcome": report.outcome})
                for piece in pieces:
                    if piece.total > 1:
                        report = clean_piece(piece, folder, options, row_cleaner(workers))
                        summary.add_piece(report)
                        decided |= report.decided
                        self.stat_update("articles", value=report.tally.articles, unit="piece")
                write_results(options)
        finally:
            workers.close()
        summary.seconds = round(time.monotonic() - began, 1)
        write_part(folder, rank, summary, decided)


class Summarise(PipelineStep):  # type: ignore[misc]  # datatrove ships no type information
    """Writes the summary of all shards to CLEAN/.clean-news/summary.md and .json; the last step of a run."""

    type = "📊 - SUMMARY"
    name = "clean-news"

    def __init__(self, raw: Path, clean: Path, run_options: RunOptions) -> None:
        """Store the options, as :class:`CleanShard` does."""
        super().__init__()
        self.raw, self.clean, self.run_options = raw, clean, run_options
        self.working_folder = Path.cwd()

    def run(self, data: DocumentsPipeline = None, rank: int = 0, world_size: int = 1) -> Iterator[Document]:  # noqa: ARG002
        """Write the summary; yields no documents."""
        os.chdir(self.working_folder)
        summarise(self.raw, self.clean, self.run_options)
        yield from ()


def summarise(raw: Path, clean: Path, run_options: RunOptions) -> Summary:
    """Combine the summaries of the tasks, write the result into CLEAN, and remove leftovers of killed tasks.

    Args:
        raw: RAW, as given.
        clean: CLEAN, as given.
        run_options: the options of the run.

    Returns:
        The summary; ``finished`` is False if a task has not written its own.

    Raises:
        FileNotFoundError: if there is no plan of a run.
    """
    folder = cluster_folder(clean)
    plan = read_plan(folder)
    if plan is None:
        raise FileNotFoundError(f"{printable(folder)}: {MISSING_PLAN}")
    summary = new_summary(raw, clean, run_options)
    summary.sources = plan.sources
    summary.passed_over += plan.passed_over
    summary.failures += plan.failures
    summary.failed += len(plan.failures)
    decided: set[Key] = set()
    for rank in range(plan.tasks):
        part = read_part(folder, rank)
        if part is None:
            summary.finished = False
            log = folder / "logs" / f"task_{rank:05d}.log"
            summary.failures.append(Failure(printable(log), f"task {rank} did not finish; {RETRY_HINT}"))
            continue
        summary.add_part(part.summary)
        decided.update(part.decided)
    decisions = validate(run_options)
    if summary.finished:
        for task, total in divided_files(folder, plan, Folders(raw, clean, run_options.settings.follow_links)).items():
            summary.add(put_together(task, total, folder, run_options))
        summary.add_unmet(decisions, decided)
        finish_half_landed(clean)  # of raw files that are gone
        remove_leftovers(clean, resumable=True)
    summary.decisions = len(decisions.by_key)
    summary.conflicts += map(str, decisions.conflicts)
    summary.seconds = round(time.time() - plan.began, 1)
    write_summary(summary, clean, run_options, lambda _: None)
    return summary
