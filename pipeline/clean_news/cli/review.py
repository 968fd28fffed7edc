"""The command ``clean-news review``."""

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from clean_news.cli.exits import DONE, WRONG, stop
from clean_news.cli.filter_names import check_names
from clean_news.cli.options import Clean, Config, MinConfidence, OfRule, OfStage, OfState, edit_filter_of
from clean_news.cli.reviewer_name import login_name
from clean_news.cli.terminal import echo
from clean_news.optional_library import MissingLibraryError, load_optional

if TYPE_CHECKING:
    from clean_news.review.terminal.session import Session

Order = Literal["place", "doubt"]


def review(
    clean: Clean,
    stage: OfStage = None,
    rule: OfRule = None,
    state: OfState = None,
    min_confidence: MinConfidence = 0.0,
    undecided: Annotated[bool, typer.Option("--undecided", help="Skip edits that have a decision.")] = False,
    order: Annotated[
        Order,
        typer.Option("--order", help="The order of an article's edits: by position, or by confidence, lowest first."),
    ] = "place",
    by: Annotated[
        str | None,
        typer.Option("--by", metavar="NAME", show_default=False, help="The reviewer; by default the login name."),
    ] = None,
    config: Config = None,
) -> None:
    """Review the edits in the terminal: accept, reject or replace them.

    Each decision is written to CLEAN/.clean-news/decisions.jsonl at once, so that a review can be resumed.
    """
    try:
        load_optional("textual", "review")
    except MissingLibraryError as error:
        stop(str(error))
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        stop("review needs a terminal; run it in one, or look at the edits with: clean-news diff CLEAN")

    from clean_news.decisions import DecisionsError, read
    from clean_news.failures import Failure
    from clean_news.files.discovery import InputError
    from clean_news.pipeline import rules_by_stage
    from clean_news.project_folder import DECISIONS, PROTECTED, project_folder
    from clean_news.review.terminal.articles import open_articles
    from clean_news.review.terminal.filtering import ReviewFilter
    from clean_news.review.terminal.lines_file import LinesFile
    from clean_news.review.terminal.screen import ReviewApp
    from clean_news.review.terminal.session import Reviewer, Session, utc_now
    from clean_news.settings import SettingsError
    from clean_news.settings_file import load
    from clean_news.user_files import read_lines

    failures: list[Failure] = []

    def failed(failure: Failure) -> None:
        failures.append(failure)
        echo(str(failure), err=True)

    edit_filter = edit_filter_of(stage, rule, state, min_confidence)
    check_names(clean, edit_filter)
    shown = ReviewFilter(edit_filter, undecided)
    decided, protected = project_folder(clean) / DECISIONS, project_folder(clean) / PROTECTED
    try:
        rules = rules_by_stage(load(config, Path.cwd(), {}))
        session = Session(
            open_articles(clean, failed),
            read(decided) if decided.exists() else [],
            [term for _, term in read_lines(protected)] if protected.exists() else [],
            LinesFile(decided),
            LinesFile(protected),
            Reviewer(login_name() if by is None else by, utc_now),
            shown,
            order,
        )
    except (InputError, SettingsError, DecisionsError, OSError) as error:
        stop(str(error))
    if session.cursor is None:
        stop(f"{clean}: there is no edit to review{f' with the filter: {shown}' if str(shown) else ''}")
    ReviewApp(session, {each.code: each.summary for some in rules.values() for each in some}).run(mouse=False)
    for failure in failures:  # again: the screen has cleared them
        echo(str(failure), err=True)
    report(session, clean, decided)
    raise typer.Exit(WRONG if failures else DONE)


def report(session: "Session", clean: Path, decided: Path) -> None:
    """Print the number of decisions and the command that applies them."""
    from clean_news.batch.summary import counted
    from clean_news.review.terminal.articles import common_raw_root

    made = len(session.decision_index.decisions.by_key)
    terms = sum(1 for step in session.steps if step.term)
    protected = f", {counted(terms, 'term')} protected now" if terms else ""
    raw = common_raw_root(session.articles)
    command = shlex.join(["clean-news", "RAW" if raw is None else raw, str(clean)])
    echo(f"{decided}: {counted(made, 'decision')}{protected}, {counted(session.left, 'edit')} undecided")
    echo(f"Apply them with: {command}")
