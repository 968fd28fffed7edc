"""The steps of a cluster run: clean a shard of the raw files; add up what the shards report."""

import os
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from datatrove.data import Document, DocumentsPipeline
from datatrove.pipeline.base import PipelineStep

from clean_news.batch.atomic_writing import remove_leftovers
from clean_news.batch.run import new_summary, reports, write_summary
from clean_news.batch.run_options import RunOptions, validate
from clean_news.batch.summary import Summary
from clean_news.batch.workers import Workers
from clean_news.decisions import Key, describe
from clean_news.failures import Failure
from clean_news.visible import printable
from clean_news.workflows.shards import NO_PLAN, folder_of, part_in, plan_in, shard_of, store_part

AGAIN = "see there what was wrong, then give the same command again: finished tasks are skipped"


class CleanShard(PipelineStep):  # type: ignore[misc]  # datatrove ships no type information
    """Cleans the raw files of the task's shard, each as ``clean-news RAW CLEAN`` does.

    It reads and writes whole files: a row comes out of the reader, through the cleaner, into the writer, then the next.
    datatrove's readers leave out empty and malformed rows, and its writers write under the final name, so a task
    that is killed leaves half a file that looks whole.

    Gives one document for each file: its id, and in the metadata what became of it.
    """

    type = "🧽 - CLEANER"
    name = "clean-news, by file"

    def __init__(self, raw: Path, clean: Path, run_options: RunOptions, jobs: int = 1) -> None:
        """Take note of what is wanted.

        Args:
            raw: RAW, as it was given.
            clean: CLEAN, as it was given.
            run_options: how.
            jobs: processes of a task.
        """
        super().__init__()
        self.raw, self.clean, self.run_options, self.jobs = raw, clean, run_options, jobs
        self.working_folder = Path.cwd()

    def run(self, data: DocumentsPipeline = None, rank: int = 0, world_size: int = 1) -> DocumentsPipeline:  # noqa: ARG002
        """Clean the shard and write_summary what it did.

        Args:
            data: not looked at; this is the first step.
            rank: the task's number: that of the shard.
            world_size: the number of tasks.

        Raises:
            OSError: if the shard's list cannot be read, or its report not be written.
            SettingsError, DecisionsError: if a file that the run_options name is gone since the run was laid out.
        """
        os.chdir(self.working_folder)  # elsewhere a task begins in another one, and RAW and CLEAN may be relative
        began = time.monotonic()
        validate(self.run_options)  # here too: a process may work on tasks of one run after the other
        folder = folder_of(self.clean)
        summary = new_summary(self.raw, self.clean, self.run_options)
        decided: set[Key] = set()
        workers = Workers(self.jobs)
        try:
            with closing(reports(shard_of(folder, rank), self.run_options, workers, lambda _: None)) as stream:
                for report in stream:
                    summary.add(report)
                    decided |= report.decided
                    self.stat_update("files", report.outcome)
                    self.stat_update("articles", value=report.tally.articles, unit="file")
                    yield Document("", report.id, metadata={"outcome": report.outcome})
        finally:
            workers.close()
        summary.seconds = round(time.monotonic() - began, 1)
        store_part(folder, rank, summary, decided)


class Summarise(PipelineStep):  # type: ignore[misc]  # datatrove ships no type information
    """Adds up what the shards reported, into CLEAN/.clean-news/summary.md and .json; a run's last step."""

    type = "📊 - SUMMARY"
    name = "clean-news"

    def __init__(self, raw: Path, clean: Path, run_options: RunOptions) -> None:
        """Take note of the run, as :class:`CleanShard` does."""
        super().__init__()
        self.raw, self.clean, self.run_options = raw, clean, run_options
        self.working_folder = Path.cwd()

    def run(self, data: DocumentsPipeline = None, rank: int = 0, world_size: int = 1) -> Iterator[Document]:  # noqa: ARG002
        """Write the summary; gives no document."""
        os.chdir(self.working_folder)
        summarise(self.raw, self.clean, self.run_options)
        yield from ()


def summarise(raw: Path, clean: Path, run_options: RunOptions) -> Summary:
    """Add up what the tasks reported, write it into CLEAN and remove what killed tasks left there.

    Args:
        raw: RAW, as it was given.
        clean: CLEAN, as it was given.
        run_options: how the files were cleaned.

    Returns:
        The summary. It is not finished if a task has not reported.

    Raises:
        FileNotFoundError: if there is no run.
    """
    folder = folder_of(clean)
    plan = plan_in(folder)
    if plan is None:
        raise FileNotFoundError(f"{printable(folder)}: {NO_PLAN}")
    summary = new_summary(raw, clean, run_options)
    summary.passed_over += plan.passed_over
    summary.failures += plan.failures
    summary.failed += len(plan.failures)
    decided: set[Key] = set()
    for rank in range(plan.tasks):
        part = part_in(folder, rank)
        if part is None:
            summary.finished = False
            log = folder / "logs" / f"task_{rank:05d}.log"
            summary.failures.append(Failure(printable(log), f"task {rank} did not come to its end; {AGAIN}"))
            continue
        summary.add_part(part.summary)
        decided.update(part.decided)
    decisions = validate(run_options)
    if summary.finished:
        summary.unmet += map(describe, decisions.unmatched(decided))
        remove_leftovers(clean, resumable=True)
    summary.conflicts += map(str, decisions.conflicts)
    summary.seconds = round(time.time() - plan.began, 1)
    write_summary(summary, clean, run_options, lambda _: None)
    return summary
