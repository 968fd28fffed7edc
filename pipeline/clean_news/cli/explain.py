"""The command ``clean-news explain``."""

from collections.abc import Iterator
from typing import Annotated

import typer

from clean_news.cli.exits import stop
from clean_news.cli.options import JUDGING, READING, with_settings
from clean_news.cli.terminal import echo
from clean_news.settings import Settings, SettingsError


@with_settings(JUDGING, READING)
def explain(
    code: Annotated[
        str | None,
        typer.Argument(
            metavar="CODE|ARTICLE:WORD",
            show_default=False,
            help="A rule, e.g. SPIN001, or a stage, e.g. spin; a list of all if left out. Or a raw or clean article "
            "and a word in it, or LINE:COLUMN; without the word, all words of interest. In a file of many articles: "
            "FILE:ID:WORD.",
        ),
    ] = None,
    *,
    settings: Settings,
) -> None:
    """Explain a rule, or why spin kept or changed the words of an article.

    Of an article: how it was judged, with the figures, and of each word the originals that were considered, with their
    probabilities and the thresholds. The article is judged again, with the present settings.
    """
    from clean_news.explanation import UnknownRuleError, explanation, rule_list

    try:
        if code is None:
            echo("\n".join(rule_list(settings)))
        elif _is_article(code):
            for line in _article_lines(code, settings):
                echo(line)
        else:
            echo(explanation(code, settings))
    except (UnknownRuleError, SettingsError) as error:
        stop(str(error))


def _is_article(code: str) -> bool:
    """Whether the argument names an article."""
    from clean_news.review.explaining.named_articles import is_article

    return is_article(code)


def _article_lines(argument: str, settings: Settings) -> Iterator[str]:
    """Yield the explanation of an article; a wrong name ends the program."""
    from clean_news.change_log import LogError
    from clean_news.review.explaining.explained_words import explanation
    from clean_news.review.explaining.named_articles import ArticleNameError, named_article

    try:
        yield from explanation(named_article(argument, settings))
    except (ArticleNameError, LogError) as error:
        stop(str(error))
