"""The command line: every command, registered. A command parses, calls and prints; what it calls is imported then."""

from typing import Annotated

import typer

from clean_news.cli.adopt import adopt
from clean_news.cli.clean import main_job
from clean_news.cli.cluster import cluster
from clean_news.cli.cluster_task import cluster_task
from clean_news.cli.decisions import decisions
from clean_news.cli.dictionary import dictionary
from clean_news.cli.diff import diff
from clean_news.cli.explain import explain
from clean_news.cli.model import model
from clean_news.cli.readability import readability
from clean_news.cli.report import report
from clean_news.cli.revert import revert
from clean_news.cli.review import review
from clean_news.cli.root_group import MAIN_JOB, MainJobCommand, MainJobGroup
from clean_news.cli.score import score
from clean_news.cli.serve import serve
from clean_news.cli.sources import sources
from clean_news.cli.terminal import echo
from clean_news.cli.verify import verify

app = typer.Typer(
    cls=MainJobGroup,
    no_args_is_help=True,
    rich_markup_mode=None,  # plain help: it shows in half the time
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command(MAIN_JOB, cls=MainJobCommand, hidden=True)(main_job)
for command in (cluster, diff, report, serve, review, adopt, revert, verify, explain, score, readability):
    app.command()(command)
app.command("cluster-task", hidden=True)(cluster_task)
for group, name in ((sources, "sources"), (model, "model"), (dictionary, "dictionary"), (decisions, "decisions")):
    app.add_typer(group, name=name)


def run() -> None:
    """Parse the command line and do what it says."""
    app(prog_name="clean-news")


def _print_version(wanted: bool) -> None:
    """Print the version and exit, for ``--version``."""
    if wanted:
        from clean_news.version import version

        echo(f"clean-news {version()}")
        raise typer.Exit


@app.callback(
    epilog="Write ./NAME for a path that is also the name of a command. "
    "Exit codes: 0 done, 1 --check found something to repair, 2 something was wrong (everything else was done)."
)
def root(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Repair scraped English news articles in RAW, into CLEAN, and log every change.

    RAW is never written to. The log beside each clean file says what was changed and why; from both,
    "clean-news revert" restores the raw file, byte for byte.
    """
