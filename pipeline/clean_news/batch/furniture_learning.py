"""The first pass of a run with ``--furniture``: counts the lines of the articles by source."""

from collections.abc import Iterable, Iterator
from functools import lru_cache

import msgspec

from clean_news.article import Article
from clean_news.batch.file_cleaning import FileJob
from clean_news.batch.row_cleaning import Origin, article_id
from clean_news.batch.run_options import RunOptions, options_for
from clean_news.batch.workers import Workers, in_batches
from clean_news.charsets.decoding import NotText
from clean_news.cleaner import decoded
from clean_news.files.discovery import Task
from clean_news.formats import Row, UnreadableError, format_of
from clean_news.pipeline import Pipeline
from clean_news.settings import Settings
from clean_news.stages.boilerplate.furniture import CountedLines, LineCounter, lines_to_count
from clean_news.stages.text_lines import lines_of

STAGE = "boilerplate"
MAX_BATCH_FILES = 32


def with_learned_lines(options: RunOptions, tasks: Iterable[Task], workers: Workers) -> RunOptions:
    """Return the options with the lines that recur over the articles of a source, if the settings ask for them.

    Files and rows that cannot be read are passed over: cleaning them reports why.

    Args:
        options: the options of the run.
        tasks: the files.
        workers: the worker processes.
    """
    if not options.settings.furniture or STAGE not in options.settings.stages:
        return options
    counter = LineCounter()
    batches = in_batches((FileJob(task, options) for task in tasks), lambda job: job.task.size, MAX_BATCH_FILES)
    for batch in workers.results(_count_files, batches, lambda _: []):
        for articles in batch:
            for article in articles:
                counter.add(article)
    settings = msgspec.structs.replace(options.settings, learned_lines=counter.furniture())
    return options._replace(settings=settings)


def _count_files(batch: list[FileJob]) -> list[list[CountedLines]]:
    """Return the counted lines of each file's articles; runs in a worker process."""
    return [list(_articles_of(job)) for job in batch]


def _articles_of(job: FileJob) -> Iterator[CountedLines]:
    """Yield the counted lines of each article of a file, up to where it cannot be read."""
    form = format_of(job.task.raw)
    assert form is not None, "discovery skips files of unknown type"
    origin = Origin.of_file(job.task.id, job.task.raw)
    settings = options_for(job.options, job.task.raw).settings
    try:
        for row in form.read(job.task.raw, settings):
            name = article_id(row, origin)
            text = _text_of(row, name, settings)
            if text:
                yield lines_to_count(name, text, lines_of(text))
    except (OSError, UnreadableError):
        return


def _text_of(row: Row, name: str, settings: Settings) -> str:
    """Return the text of a row's article as the stages before this one leave it; empty if it has no article."""
    if row.article is None:
        return ""
    try:
        _, (text, _) = decoded(row.article, row.charset or settings.charset)
    except NotText:
        return ""
    return _earlier_stages(settings).run(Article(text, name)).text


@lru_cache(maxsize=1)
def _earlier_stages(settings: Settings) -> Pipeline:
    """The stages that run before the lines are looked at."""
    return Pipeline(msgspec.structs.replace(settings, stages=settings.stages[: settings.stages.index(STAGE)]))
