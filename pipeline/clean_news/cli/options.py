"""The options that several commands share, and the settings that they make together with the settings file."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from clean_news.cli.exits import stop
from clean_news.settings import Document, Level, Quotes, Settings, SettingsError, load, select_stages


class StateName(StrEnum):
    """The states of edits; Typer takes a list of an enumeration, but not of a Literal."""

    applied = "applied"
    suggested = "suggested"
    rejected = "rejected"


Config = Annotated[
    Path | None,
    typer.Option(
        "--config",
        metavar="FILE",
        help="Settings file. Without it: clean-news.toml, or [tool.clean-news] in pyproject.toml, "
        "here or in a folder above.",
    ),
]
OfDecisions = Annotated[
    list[Path] | None,
    typer.Option(
        "--decisions",
        metavar="FILE",
        help="Reviewers' decisions; repeatable. CLEAN/.clean-news/decisions.jsonl counts without being named.",
    ),
]
OfDictionary = Annotated[
    list[Path] | None,
    typer.Option("--dictionary", metavar="FILE", help="Spin entries of your own, beside the shipped ones; repeatable."),
]
OfProtect = Annotated[
    list[Path] | None,
    typer.Option(
        "--protect",
        metavar="FILE",
        help="Words and phrases that are never changed, one a line; repeatable. CLEAN/.clean-news/protected.txt "
        "counts without being named.",
    ),
]
RulesOff = Annotated[
    list[str] | None,
    typer.Option("--rules-off", metavar="CODE", help="Leave out a rule, or all whose codes begin so; repeatable."),
]
RulesOnly = Annotated[
    list[str] | None,
    typer.Option("--rules-only", metavar="CODE", help="Only this rule, or those whose codes begin so; repeatable."),
]
Only = Annotated[list[str] | None, typer.Option("--only", metavar="STAGE", help="Run this stage only; repeatable.")]
Skip = Annotated[list[str] | None, typer.Option("--skip", metavar="STAGE", help="Leave this stage out; repeatable.")]
OfCharset = Annotated[
    str | None,
    typer.Option("--charset", metavar="NAME", help="The raw files' charset, if you know it, e.g. windows-1250."),
]
OfTextField = Annotated[
    str | None,
    typer.Option("--text-field", metavar="NAME", help="Where the text is in JSON lines and Parquet; by default text."),
]
OfIdField = Annotated[
    str | None,
    typer.Option("--id-field", metavar="NAME", help="Where the id is in them; by default id, else the row's number."),
]
OfDocument = Annotated[Document | None, typer.Option("--document", help="Whether the articles were spun.")]
OfQuotes = Annotated[
    Quotes | None, typer.Option("--quotes", help="Whether quotations are repaired where articles were spun.")
]
OfLevel = Annotated[
    Level | None, typer.Option("--level", help="How sure an edit must be: safe puts precision first, bold recall.")
]
OfStage = Annotated[
    list[str] | None, typer.Option("--stage", metavar="STAGE", help="Edits of this stage only; repeatable.")
]
OfRule = Annotated[
    list[str] | None,
    typer.Option("--rule", metavar="CODE", help="Edits of this rule, or of all that begin so, e.g. OCR; repeatable."),
]
OfState = Annotated[list[StateName] | None, typer.Option("--state", help="Edits in this state only; repeatable.")]
MinConfidence = Annotated[
    float, typer.Option("--min-confidence", metavar="P", min=0.0, max=1.0, help="Edits at least this sure.")
]


def settings_of(
    config: Path | None,
    flags: dict[str, Any],
    only: list[str] | None = None,
    skip: list[str] | None = None,
) -> Settings:
    """The settings of the file and the flags; a wrong one ends the program."""
    given = {key: value for key, value in flags.items() if value is not None and value != []}
    try:
        return select_stages(load(config, Path.cwd(), given), only or (), skip or ())
    except SettingsError as error:
        stop(str(error))
