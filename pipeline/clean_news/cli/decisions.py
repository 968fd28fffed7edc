"""The commands of ``clean-news decisions``. They parse, call and print, as :mod:`clean_news.cli.app` does."""

from pathlib import Path
from typing import Annotated

import typer

from clean_news.cli.exits import FOUND, WRONG, stop
from clean_news.cli.options import Clean

decisions = typer.Typer(help="Look after reviewers' decisions.", rich_markup_mode=None, no_args_is_help=True)


@decisions.command("merge")
def decisions_merge(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Files of decisions, of one person or many.")],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="For all; may be one of them.")],
) -> None:
    """Put files of decisions together; exit code 1 if two people decided differently.

    Of two decisions about the same thing the later one counts. Each conflict is listed, so that it can be talked over.
    """
    from clean_news.batch.atomic_writing import replacing
    from clean_news.decisions import DecisionsError, read_all, write

    try:
        merged = read_all(files)
        with replacing(output) as (file,):
            file.write(write(merged.by_key.values()))
    except (DecisionsError, OSError) as error:
        stop(str(error))
    for conflict in merged.conflicts:
        typer.echo(str(conflict))
    typer.echo(f"{output}: {len(merged.by_key)} decisions, {len(merged.conflicts)} conflicts", err=True)
    if merged.conflicts:
        raise typer.Exit(FOUND)


@decisions.command("check")
def decisions_check(
    clean: Clean,
    files: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[FILE]...", help="Files of decisions; without them CLEAN/.clean-news/decisions.jsonl."),
    ] = None,
) -> None:
    """List the decisions that are about no edit in the logs of CLEAN; exit code 1 if there are any."""
    from clean_news.batch.clean_articles import clean_articles
    from clean_news.batch.discovery import InputError
    from clean_news.decisions import DecisionsError, describe, read_all
    from clean_news.failures import Failure
    from clean_news.project_folder import DECISIONS, PROJECT_FOLDER

    paths = files or [(clean if clean.is_dir() else clean.parent) / PROJECT_FOLDER / DECISIONS]
    met: set[tuple[str, ...]] = set()
    failures: list[Failure] = []
    try:
        known = read_all(paths)
        for article in clean_articles(clean, (), failures.append):
            met |= known.matching_keys((edit for stage in article.log.stages for edit in stage.edits), article.log.id)
    except (DecisionsError, InputError, OSError) as error:
        stop(str(error))
    for failure in failures:
        typer.echo(str(failure), err=True)
    unmet = known.unmatched(met)
    for decision in unmet:
        typer.echo(describe(decision))
    typer.echo(f"{len(known.by_key)} decisions, {len(unmet)} about nothing that is there", err=True)
    if failures:
        raise typer.Exit(WRONG)
    if unmet:
        raise typer.Exit(FOUND)
