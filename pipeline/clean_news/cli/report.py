"""The command ``clean-news report``."""

from pathlib import Path
from typing import Annotated

import typer

from clean_news.cli.exits import DONE, WRONG, stop
from clean_news.cli.object_stores import CleanOrUrl, reading
from clean_news.cli.options import Config
from clean_news.cli.terminal import echo

REPORT = Path("report.html")


def report(
    clean: CleanOrUrl,
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="The report, an HTML file.")] = REPORT,
    config: Config = None,
) -> None:
    """Write a report of every change, to read and review in a browser.

    It is one self-contained HTML file; decisions made in it are downloaded as decisions.jsonl. It contains the text
    that was removed: treat it like the raw files.
    """
    from clean_news.batch.atomic_writing import replacing
    from clean_news.batch.summary import counted
    from clean_news.failures import Failure, failure_from_os_error
    from clean_news.files.discovery import InputError
    from clean_news.pipeline import rules_by_stage
    from clean_news.review.report.report_file import write
    from clean_news.review.traced_articles import traced_articles
    from clean_news.settings import SettingsError
    from clean_news.settings_file import load

    failures: list[Failure] = []

    def failed(failure: Failure) -> None:
        failures.append(failure)
        echo(str(failure), err=True)

    def noted(note: Failure) -> None:
        echo(str(note), err=True)

    try:
        settings = load(config, Path.cwd(), {})
        rules = rules_by_stage(settings)
        with reading(clean) as (folder, _), replacing(output) as (file,):
            articles = ((each.trace, each.log) for each in traced_articles(folder, (), failed, noted))
            summaries = {rule.code: rule.summary for each in rules.values() for rule in each}
            columns = write(articles, file, Path(clean).resolve().name, summaries, settings.apply_from)
    except (InputError, SettingsError) as error:
        stop(str(error))
    except OSError as error:
        stop(str(failure_from_os_error(output, error)))
    left_out = f", {counted(len(failures), 'file')} left out" if failures else ""
    echo(f"{output}: {counted(columns.edits, 'edit')} in {counted(columns.articles, 'article')}{left_out}", err=True)
    raise typer.Exit(WRONG if failures else DONE)
