"""The command ``clean-news serve``."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from clean_news.cli.exits import stop
from clean_news.cli.options import JUDGING, LOGGING, READING, SHARING, with_settings
from clean_news.cli.reviewer_name import login_name
from clean_news.cli.terminal import echo
from clean_news.http_server.addresses import LOOPBACK
from clean_news.optional_library import MissingLibraryError, load_optional
from clean_news.settings import Settings, SettingsError
from clean_news.workflows.http_api.limits import Limits

if TYPE_CHECKING:
    from clean_news.review.serve.review import Review, Source


@with_settings(JUDGING, READING, SHARING, LOGGING)
def serve(
    clean: Annotated[
        Path | None,
        typer.Argument(
            metavar="CLEAN",
            show_default=False,
            help="A folder of clean articles, or a clean file; with --api optional: its decisions and terms are used.",
        ),
    ] = None,
    port: Annotated[
        int, typer.Option("--port", metavar="N", min=0, max=65535, help="The port; 0 for any that is free.")
    ] = 0,
    by: Annotated[
        str | None,
        typer.Option("--by", metavar="NAME", show_default=False, help="The reviewer; by default the login name."),
    ] = None,
    no_browser: Annotated[
        bool, typer.Option("--no-browser", help="Do not open a browser; the address is printed in any case.")
    ] = False,
    raw: Annotated[
        Path | None,
        typer.Option("--raw", metavar="RAW", help="The raw files, if they are not where the logs say."),
    ] = None,
    api: Annotated[
        bool, typer.Option("--api", help="Clean the articles that programs send over HTTP, in place of a review.")
    ] = False,
    host: Annotated[
        str,
        typer.Option(
            "--host", metavar="ADDRESS", help="With --api: the address to listen on; others may reach any but this one."
        ),
    ] = LOOPBACK,
    max_kilobytes: Annotated[
        int, typer.Option("--max-kilobytes", metavar="N", min=1, max=65536, help="With --api: size of an article.")
    ] = Limits().kilobytes,
    max_seconds: Annotated[
        float, typer.Option("--max-seconds", metavar="S", min=0.1, max=3600, help="With --api: time for an article.")
    ] = Limits().seconds,
    *,
    settings: Settings,
) -> None:
    """Review CLEAN in the browser: decisions take effect at once, until Ctrl-C. With --api: clean what programs send.

    The page is that of "clean-news report", served to this computer only, at an address with a secret. Each decision is
    written to CLEAN/.clean-news/decisions.jsonl, and the article is cleaned again with it. Runs into CLEAN, --watch
    included, may go on beside it. Give the options of the run that made CLEAN: an article that was made with others is
    left to the next run. With --api, POST an article to /clean, as text or JSON; the answer has its clean text and its
    log. GET /openapi.json describes it, GET /health says how it is. It asks for no password.
    """
    try:
        load_optional("starlette", "serve")
        load_optional("uvicorn", "serve")
    except MissingLibraryError as error:
        stop(str(error))

    if api:
        from clean_news.cli.serve_api import serve_api

        limits = Limits(max_kilobytes, max_seconds, settings.jobs or os.cpu_count() or 1)
        serve_api(clean, settings, port, host, limits)
        return
    if clean is None:
        stop("CLEAN is missing; name a folder of clean articles to review, or use --api to clean what programs send")
    if host != LOOPBACK:
        stop("--host is for --api; a review is served to this computer only")

    from clean_news.batch.summary import counted
    from clean_news.decisions import DecisionsError
    from clean_news.files.discovery import InputError
    from clean_news.http_server.listening import PortError, bound
    from clean_news.review.serve.server import serve as run_server

    try:
        listening = bound(port)  # before the articles are read, which may take a while
        review = _opened(_source(clean, raw, settings))
    except (InputError, SettingsError, DecisionsError, PortError) as error:
        stop(str(error))

    def opened(address: str) -> None:
        echo(f"Review: {address}")
        echo("Keep the address to yourself; Ctrl-C ends the review.", err=True)
        if not no_browser:
            import threading
            import webbrowser

            # In a thread, since some browsers return only when they are closed, and wait for the page before that.
            threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()

    run_server(review, listening, login_name() if by is None else by, opened)
    echo(f"{review.log.path}: {counted(len(review.log.decisions), 'decision')}", err=True)


def _source(clean: Path, raw: Path | None, settings: Settings) -> "Source":
    """What is reviewed; wrong input ends the program.

    Raises:
        SettingsError: if a stage cannot be loaded, or a source or index cannot be used.
    """
    from clean_news.batch.run_options import RunOptions
    from clean_news.pipeline import rules_by_stage
    from clean_news.printable_text import printable
    from clean_news.review.serve.review import Source
    from clean_news.stages.source.prepared_index import prepare

    if raw is not None and not raw.exists():
        stop(f"{printable(raw)}: there is no such file or folder; name the raw files that CLEAN was made from")
    rules = rules_by_stage(settings)
    summaries = {each.code: each.summary for some in rules.values() for each in some}
    options = RunOptions(prepare(settings).settings)
    return Source(clean, raw, options, summaries, settings.apply_from)


def _opened(source: "Source") -> "Review":
    """Read the articles, with a line of progress on a terminal, and say what could not be read.

    Raises:
        InputError: if there is no clean file.
        DecisionsError: if the decisions cannot be read.
    """
    import sys

    from clean_news.batch.summary import counted
    from clean_news.printable_text import printable
    from clean_news.review.serve.review import Review

    is_shown = sys.stderr.isatty()

    def progress(done: int, total: int) -> None:
        if is_shown and (done % 100 == 0 or done == total):
            sys.stderr.write(f"\r{done:,} of {total:,} files read{' ' if done < total else chr(10)}")
            sys.stderr.flush()

    review = Review(source, progress)
    for failures in review.files.failures.values():
        for failure in failures:
            echo(str(failure), err=True)
    index = review.index
    if not index.rows:
        stop(f"{printable(source.clean)}: has no article with a change log; name the folder that clean-news wrote")
    edits = sum(len(row.ids) for row in index.rows)
    echo(f"{counted(len(index.rows), 'article')}, {counted(edits, 'edit')}", err=True)
    why_not = review.why_not_cleaned()
    if why_not:
        echo(why_not, err=True)
    return review
