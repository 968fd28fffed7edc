"""The commands of ``clean-news sources``."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from clean_news.cli.exits import DONE, WRONG, stop
from clean_news.cli.options import INDEXING, READING, Config, with_settings
from clean_news.cli.run_outcome import wrong_input_stops
from clean_news.cli.terminal import echo
from clean_news.printable_text import printable, visible
from clean_news.settings import Settings

if TYPE_CHECKING:
    from clean_news.sources import SourceArticle
    from clean_news.stages.source.prepared_index import Prepared

NO_SOURCES = (
    "no sources are given; name a folder or file with --sources PATH, or their index with --sources-index FOLDER"
)

sources = typer.Typer(
    help="Find the sources of an article; make their index.", rich_markup_mode=None, no_args_is_help=True
)


@sources.command("find")
@with_settings(INDEXING, {"config": Config}, READING)
def sources_find(
    article: Annotated[
        str,
        typer.Argument(
            metavar="ARTICLE",
            help="A file with an article; of a file with many articles, FILE:ID.",
        ),
    ],
    number: Annotated[
        int, typer.Option("--number", "-n", metavar="N", min=1, max=1000, help="How many sources are listed.")
    ] = 5,
    *,
    settings: Settings,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object for each source.")] = False,
) -> None:
    """List the sources that are most similar to an article by names, numbers and rare words: the original first.

    The score is the cosine similarity, from 0 to 1. The index is brought up to date before.
    """
    import json

    from clean_news.stages.source.prepared_index import opened

    prepared = _prepared(settings, quiet=False)
    with wrong_input_stops():
        index = opened(prepared.settings.sources_index)
    asked = _article(article, settings)
    for hit in index.nearest(asked.text, number):
        note = "the same text" if index.text(hit) == asked.text else ""
        if as_json:
            echo(json.dumps({**hit._asdict(), "note": note}, ensure_ascii=False))
        else:
            echo(f"{hit.score:.3f}  {visible(_place(hit.id, hit.origin))}{f'  ({note})' if note else ''}")
    raise typer.Exit(WRONG if prepared.failures else DONE)


@sources.command("update")
@with_settings(INDEXING, {"config": Config}, READING)
def sources_update(
    *,
    settings: Settings,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress bar, only what went wrong.")] = False,
) -> None:
    """Make the index of the sources, or bring it up to date; runs with the same sources do this by themselves."""
    prepared = _prepared(settings, quiet)
    if not quiet:
        echo(f"{prepared.articles:,} articles in {visible(printable(prepared.settings.sources_index))}", err=True)
    raise typer.Exit(WRONG if prepared.failures else DONE)


def _prepared(settings: Settings, quiet: bool) -> "Prepared":
    """Bring the index of the sources up to date, and tell what could not be read."""
    from clean_news.batch.progress import watching
    from clean_news.batch.tally import Report
    from clean_news.settings import has_sources
    from clean_news.stages.source.prepared_index import prepare

    if not has_sources(settings):
        stop(NO_SOURCES)
    with watching(quiet) as watcher, wrong_input_stops():
        prepared = prepare(settings, watcher.indexed)
        for failure in prepared.failures:
            watcher.report(Report(failure.file, "failed", failures=(failure,)))
    return prepared


def _article(argument: str, settings: Settings) -> "SourceArticle":
    """Return the article that an argument names; a wrong one ends the program."""
    from clean_news.failures import Failure
    from clean_news.files.unsupported_files import unsupported
    from clean_news.formats import format_of
    from clean_news.sources.reading import SourceFile, articles_of

    path, name = _file_of(argument)
    if path.is_dir() or not path.is_file():
        stop(f"{printable(path)}: is not a file; name a file with an article")
    if format_of(path) is None:
        stop(f"{printable(path)}: {unsupported(path.name)}")
    wanted = f"{path.name}#{name}" if name else None
    found: SourceArticle | None = None
    for article in articles_of(SourceFile(path, path.name, None), settings):
        if isinstance(article, Failure):
            if not wanted:
                stop(str(article))
        elif wanted is None and found is not None:
            stop(f"{printable(path)}: has more than one article; name one: {printable(path)}:ID")
        elif wanted in (None, article.id):
            found = article
            if wanted:
                break
    if found is None:
        stop(f"{printable(path)}: has no article{f' {name!r}' if name else ''}; name another file, or the article's ID")
    return found


def _file_of(argument: str) -> tuple[Path, str]:
    """Split ``FILE:ID`` into the file, the longest there is, and the rest; no file ends the program."""
    ends = [at for at, character in enumerate(argument) if character == ":"]
    end = next((end for end in (len(argument), *reversed(ends)) if os.path.lexists(argument[:end])), 0)
    if not end:
        stop(f"{printable(argument)}: there is no such file; name a file with an article")
    return Path(argument[:end]), argument[end + 1 :]


def _place(name: str, origin: str) -> str:
    """Return where a source is, for people: its origin, and its name in a file of many articles.

    >>> _place("2022/a.jsonl#17", "archive/2022/a.jsonl"), _place("a.txt", "archive/a.txt")
    ('archive/2022/a.jsonl#17', 'archive/a.txt')
    >>> _place("a.warc#http://a.example/b", "http://a.example/b")
    'http://a.example/b'
    """
    _, many, row = name.partition("#")
    return f"{origin}#{row}" if many and row != origin else origin
