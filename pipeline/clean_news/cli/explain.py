"""The command ``clean-news explain``."""

from typing import Annotated

import typer

from clean_news.cli.exits import stop
from clean_news.cli.options import Config, settings_of
from clean_news.cli.terminal import echo
from clean_news.settings import SettingsError


def explain(
    code: Annotated[
        str | None,
        typer.Argument(
            metavar="CODE",
            show_default=False,
            help="A rule, e.g. SPIN001, or a stage, e.g. spin; a list of all if left out.",
        ),
    ] = None,
    config: Config = None,
) -> None:
    """Explain what a rule, or each rule of a stage, does and where it comes from."""
    from clean_news.explanation import UnknownRuleError, explanation, rule_list

    settings = settings_of(config=config)
    try:
        echo("\n".join(rule_list(settings)) if code is None else explanation(code, settings))
    except (UnknownRuleError, SettingsError) as error:
        stop(str(error))
