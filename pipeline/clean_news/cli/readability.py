"""The command ``clean-news readability``."""

from typing import Annotated

import typer

from clean_news.cli.exits import DONE, WRONG, stop
from clean_news.cli.options import Clean
from clean_news.cli.terminal import echo


def readability(
    clean: Clean, as_json: Annotated[bool, typer.Option("--json", help="Print one JSON line per article.")] = False
) -> None:
    """Compare how readable the articles are before and after their words were repaired.

    Flesch's reading ease, from 0 to 100, and lexical diversity (MTLD), by textacy: on Python 3.11 and 3.12.
    """
    import json

    from clean_news.failures import Failure
    from clean_news.files.discovery import InputError
    from clean_news.optional_library import MissingLibraryError
    from clean_news.review.readability import as_text, compared, textacy_measure
    from clean_news.review.traced_articles import traced_articles

    failures: list[Failure] = []

    def failed(failure: Failure) -> None:
        failures.append(failure)
        echo(str(failure), err=True)

    try:
        found = compared(traced_articles(clean, (), failed), textacy_measure())
        if as_json:
            for each in found:
                figures = {"before": each.before._asdict(), "after": each.after._asdict()}
                echo(json.dumps({"article": each.place, "group": each.group, **figures}, ensure_ascii=False))
        else:
            echo("\n".join(as_text(list(found))))
    except (InputError, MissingLibraryError) as error:
        stop(str(error))
    raise typer.Exit(WRONG if failures else DONE)
