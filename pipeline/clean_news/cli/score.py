"""The command ``clean-news score``."""

from pathlib import Path
from typing import Annotated

import typer

from clean_news.cli.exits import stop
from clean_news.cli.options import JUDGING, with_settings
from clean_news.cli.terminal import echo
from clean_news.settings import Settings, SettingsError


@with_settings(JUDGING)
def score(
    gold: Annotated[
        Path,
        typer.Argument(metavar="GOLD", help="Spun articles with accepted originals: .jsonl, .xz, .gz, or marked .txt."),
    ],
    misses: Annotated[
        int, typer.Option("--misses", metavar="N", min=0, help="List the N most frequent misses and wrong edits.")
    ] = 10,
    *,
    settings: Settings,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Measure precision, recall and F0.5 on spun articles whose originals are known."""
    import json

    from clean_news.cleaner import Cleaner
    from clean_news.scoring import figures, report
    from clean_news.scoring.gold import GoldError, read

    try:
        scored = list(figures.score(read(gold), Cleaner(settings)))
    except (GoldError, SettingsError) as error:
        stop(str(error))
    if as_json:
        echo(json.dumps(report.as_json(scored, misses), ensure_ascii=False))
    else:
        echo("\n".join(report.as_text(scored, misses)))
