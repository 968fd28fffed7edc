"""The commands of ``clean-news decisions``."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from clean_news.cli.exits import FOUND, WRONG, stop
from clean_news.cli.options import Clean
from clean_news.cli.terminal import echo
from clean_news.printable_text import visible

if TYPE_CHECKING:
    from clean_news.failures import Failure

DecisionFiles = Annotated[
    list[Path] | None,
    typer.Argument(metavar="[FILE]...", help="Files of decisions; by default CLEAN/.clean-news/decisions.jsonl."),
]
decisions = typer.Typer(help="Merge and check reviewers' decisions.", rich_markup_mode=None, no_args_is_help=True)


@decisions.command("merge")
def decisions_merge(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help="Files of decisions, of one reviewer or several.")
    ],
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FILE", help="The merged file; may be one of them.")
    ],
) -> None:
    """Merge files of decisions; exit code 1 if reviewers disagree.

    If two decisions concern the same edit, the later one applies. Each conflict is listed with the notes, so that it
    can be resolved. The latest decision of each reviewer is kept, so that it is still seen who disagrees.
    """
    from clean_news.batch.atomic_writing import replacing
    from clean_news.batch.summary import counted
    from clean_news.decisions import DecisionsError, disagreements, iterate, key_of, latest_of_each, write
    from clean_news.failures import failure_from_os_error

    try:
        merged = latest_of_each(decision for path in files for decision in iterate(path))
        conflicts = disagreements(merged)
        with replacing(output) as (file,):
            file.write(write(merged))
    except DecisionsError as error:
        stop(str(error))
    except OSError as error:
        stop(str(failure_from_os_error(output, error)))
    for conflict in conflicts:
        echo(str(conflict))
    made, disputed = counted(len(set(map(key_of, merged))), "decision"), counted(len(conflicts), "conflict")
    echo(f"{output}: {made}, {disputed}", err=True)
    if conflicts:
        raise typer.Exit(FOUND)


@decisions.command("check")
def decisions_check(
    clean: Clean,
    files: DecisionFiles = None,
) -> None:
    """List the decisions that match no edit in the logs of CLEAN; exit code 1 if there are any."""
    from clean_news.batch.summary import counted
    from clean_news.decisions import DecisionsError, describe, read_all
    from clean_news.files.discovery import InputError
    from clean_news.project_folder import DECISIONS, project_folder
    from clean_news.review.traced_articles import traced_articles

    paths = files or [project_folder(clean) / DECISIONS]
    met: set[tuple[str, ...]] = set()
    failures: list[Failure] = []
    try:
        known = read_all(paths)
        for article in traced_articles(clean, (), failures.append):
            met |= known.matching_keys((edit for stage in article.log.stages for edit in stage.edits), article.log.id)
    except (DecisionsError, InputError, OSError) as error:
        stop(str(error))
    for failure in failures:
        echo(str(failure), err=True)
    unmet = len(known.by_key) - len(met)
    for decision in known.unmatched(met):
        echo(describe(decision))
    echo(f"{counted(len(known.by_key), 'decision')}, {unmet} without a matching edit", err=True)
    if failures:
        raise typer.Exit(WRONG)
    if unmet:
        raise typer.Exit(FOUND)


@decisions.command("agreement")
def decisions_agreement(
    clean: Clean,
    files: DecisionFiles = None,
) -> None:
    """Print how far reviewers agree on the edits of CLEAN, and how fast they decide.

    Agreement is Cohen's kappa over the edits that both of two people decided: 1 if they always agree, 0 if as often as
    by chance. Speed is in steps a minute at work; gaps of more than two minutes are pauses.
    """
    from clean_news.batch.summary import counted
    from clean_news.decisions import DecisionsError, disagreements, iterate, proposed_text
    from clean_news.decisions.agreement import DecidedEdit, Judgements, agreements, by_person, paces
    from clean_news.files.discovery import InputError
    from clean_news.project_folder import DECISIONS, project_folder
    from clean_news.review.traced_articles import traced_articles

    failures: list[Failure] = []
    try:
        made = [each for path in files or [project_folder(clean) / DECISIONS] for each in iterate(path)]
        groups = by_person(made)
        edits = (
            DecidedEdit(edit.id, article.log.id, edit.rule, edit.before, proposed_text(edit))
            for article in traced_articles(clean, (), failures.append, lambda _: None)
            for stage in article.log.stages
            for edit in stage.edits
        )
        found = agreements({name: Judgements(some) for name, some in groups.items()}, edits)
    except (DecisionsError, InputError, OSError) as error:
        stop(str(error))
    for failure in failures:
        echo(str(failure), err=True)
    shown = {name: visible(name) or "(no name)" for name in groups}
    for name, pace in paces(groups).items():
        speed = "" if pace.speed is None else f", {pace.speed:g} a minute"
        echo(f"{shown[name]}: {counted(pace.decisions, 'decision')} in {counted(pace.steps, 'step')}{speed}")
    for one, other, both, alike, kappa in found:
        value = "not defined" if kappa is None else f"{kappa:.2f}"
        echo(
            f"{shown[one]} and {shown[other]}: {counted(both, 'edit')} decided by both, {alike:,} alike, kappa {value}"
        )
    echo(f"{counted(len(disagreements(made)), 'disagreement')}; clean-news decisions merge lists them", err=True)
    if failures:
        raise typer.Exit(WRONG)
