"""The command line. It parses, calls and prints; everything else is elsewhere, imported when it is called."""

from pathlib import Path
from typing import Annotated

import typer

from clean_news.cli.clean import main_job
from clean_news.cli.cluster import cluster as cluster_command
from clean_news.cli.decisions import decisions as decision_commands
from clean_news.cli.dictionary import dictionary as dictionary_commands
from clean_news.cli.diff import diff as diff_command
from clean_news.cli.exits import DONE, WRONG, stop
from clean_news.cli.options import (
    Config,
    OfDictionary,
    OfDocument,
    OfLevel,
    OfProtect,
    OfQuotes,
    Only,
    RulesOff,
    RulesOnly,
    Skip,
    settings_of,
)
from clean_news.cli.report import report as report_command
from clean_news.cli.review import review as review_command
from clean_news.cli.root_group import MAIN_JOB, MainJobGroup
from clean_news.settings import SettingsError

app = typer.Typer(
    cls=MainJobGroup,
    no_args_is_help=True,
    rich_markup_mode=None,  # plain help: it shows in half the time
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
model = typer.Typer(help="Build the language model.", rich_markup_mode=None, no_args_is_help=True)
app.add_typer(model, name="model")
app.add_typer(dictionary_commands, name="dictionary")
app.add_typer(decision_commands, name="decisions")
app.command("cluster")(cluster_command)
app.command(MAIN_JOB, hidden=True)(main_job)
app.command("diff")(diff_command)
app.command("report")(report_command)
app.command("review")(review_command)


def run() -> None:
    """Parse the command line and do what it says."""
    app(prog_name="clean-news")


def _print_version(wanted: bool) -> None:
    """Print the version and leave, for ``--version``."""
    if wanted:
        from clean_news.version import version

        typer.echo(f"clean-news {version()}")
        raise typer.Exit


@app.callback(
    epilog="A path that is also the name of a command is written ./NAME. "
    "Exit codes: 0 done, 1 --check found something to repair, 2 something was wrong (all else is done)."
)
def root(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Repair scraped English news articles in RAW, into CLEAN, and log every change.

    RAW is never written to. Beside each clean file its log says what was changed and why; from both,
    "clean-news revert" makes the raw file again, byte by byte.
    """


@app.command()
def revert(
    clean: Annotated[Path, typer.Argument(metavar="CLEAN", help="A folder of clean articles, or a clean file.")],
    dest: Annotated[Path, typer.Argument(metavar="DEST", help="The folder for the raw articles, or the raw file.")],
) -> None:
    """Make the raw files again, byte by byte, from clean files and their logs.

    A file in DEST is never overwritten. A clean file that was changed since is refused.
    """
    from clean_news.batch.discovery import InputError
    from clean_news.batch.reversion import restore

    try:
        restored = restore(clean, dest, lambda failure: typer.echo(str(failure), err=True))
    except InputError as error:
        stop(str(error))
    already = f", {restored.there} already there" if restored.there else ""
    failed = f", {len(restored.failures)} failed" if restored.failures else ""
    typer.echo(f"{restored.written} restored{already}{failed}", err=True)
    raise typer.Exit(WRONG if restored.failures else DONE)


@app.command()
def explain(
    code: Annotated[
        str | None,
        typer.Argument(metavar="CODE", show_default=False, help="A rule, e.g. SPIN001; all if left out."),
    ] = None,
    config: Config = None,
) -> None:
    """Say what a rule does and where it comes from."""
    settings = settings_of(config, {})

    from clean_news.explanation import UnknownRuleError, all_rules, explanation

    try:
        typer.echo("\n".join(all_rules(settings)) if code is None else explanation(code, settings))
    except (UnknownRuleError, SettingsError) as error:
        stop(str(error))


@app.command()
def score(
    gold: Annotated[
        Path,
        typer.Argument(metavar="GOLD", help="Spun articles with what is accepted: .jsonl, .xz, .gz, or marked .txt."),
    ],
    misses: Annotated[
        int, typer.Option("--misses", metavar="N", min=0, help="List the N most frequent misses and wrong edits.")
    ] = 10,
    only: Only = None,
    skip: Skip = None,
    document: OfDocument = None,
    quotes: OfQuotes = None,
    level: OfLevel = None,
    rules_off: RulesOff = None,
    rules_only: RulesOnly = None,
    dictionary: OfDictionary = None,
    protect: OfProtect = None,
    config: Config = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Say how well spun articles whose originals are known are repaired: precision, recall, F0.5."""
    flags = {
        "document": document,
        "quotes": quotes,
        "level": level,
        "rules-off": rules_off,
        "rules-only": rules_only,
        "dictionary": dictionary,
        "protect-file": protect,
    }
    settings = settings_of(config, flags, only, skip)

    import json

    from clean_news.cleaner import Cleaner
    from clean_news.scoring import figures, report
    from clean_news.scoring.gold import GoldError, read

    try:
        scored = list(figures.score(read(gold), Cleaner(settings)))
    except (GoldError, SettingsError) as error:
        stop(str(error))
    if as_json:
        typer.echo(json.dumps(report.as_json(scored, misses), ensure_ascii=False))
    else:
        typer.echo("\n".join(report.as_text(scored, misses)))


@model.command("build")
def model_build(
    corpus: Annotated[
        list[Path],
        typer.Argument(
            metavar="CORPUS...",
            help='Files of genuine articles: JSON lines with a field "text", plain, .gz or .xz.',
        ),
    ],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="The model file to write.")],
) -> None:
    """Build a language model; minutes and some GB of memory for 70 million words."""
    for path in corpus:
        if not path.is_file():
            stop(f"{path}: there is no such file; name files of articles")

    from clean_news.language.model_building import build

    try:
        build(corpus, output, lambda line: typer.echo(line, err=True))
    except (
        OSError,
        ValueError,
        KeyError,
    ) as error:  # unreadable files, lines that are no JSON or lack a text
        stop(f'{error!r}; the corpus must be JSON lines with a field "text", and FILE writable')
