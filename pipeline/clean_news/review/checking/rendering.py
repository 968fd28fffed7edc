"""Shows what a check finds: as text, as annotations of GitHub, as SARIF, or as JSON; one file at a time."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal, NamedTuple

import msgspec

from clean_news.batch.needed_repairs import NeededRepair
from clean_news.failures import Failure
from clean_news.formats.file_places import Region
from clean_news.printable_text import encodable, visible
from clean_news.review.checking.file_names import FileNames
from clean_news.settings import Settings

CheckFormat = Literal["text", "github", "sarif", "json"]
MAX_SHOWN_CHARS = 80  # of the text before or after an edit, in a message
SARIF_BASE = "%SRCROOT%"  # the name that code hosts give the folder of the repository


class Rendering(NamedTuple):
    """The output of one format.

    Attributes:
        opening: written before the first repair.
        repair: returns the output for a repair.
        separator: written between two repairs.
        closing: returns what is written after the last repair, given what could not be checked.
    """

    opening: str
    repair: Callable[[NeededRepair], str]
    separator: str
    closing: Callable[[Iterable[Failure]], str]


def rendering_of(form: CheckFormat, names: FileNames, summaries: Mapping[str, str], settings: Settings) -> Rendering:
    """Return how a format is written.

    Args:
        form: the format.
        names: names the files.
        summaries: summary of each rule, by code.
        settings: may name user stages, whose rules are described in SARIF.

    Raises:
        SettingsError: if a user stage cannot be loaded.
    """
    match form:
        case "text":
            return Rendering("", lambda each: _line(each, names), "", lambda _: "")
        case "github":
            return Rendering(
                "",
                lambda each: _annotation(each, names, summaries),
                "",
                lambda failures: "".join(map(_failure_annotation, failures)),
            )
        case "json":
            return Rendering("[", lambda each: "\n" + _object(each, names), ",", lambda _: "\n]\n")
        case "sarif":
            return _sarif(names, settings)


def _message(needed: NeededRepair) -> str:
    """Return what is repaired, in one line."""
    if not needed.after:
        return f"“{_short(needed.before)}” to be removed"
    if not needed.before:
        return f"“{_short(needed.after)}” to be inserted"
    return f"“{_short(needed.before)}” → “{_short(needed.after)}”"


def _short(text: str) -> str:
    """Return the beginning of a text, to be shown."""
    return visible(text if len(text) <= MAX_SHOWN_CHARS else text[: MAX_SHOWN_CHARS - 1] + "…")


def _line(needed: NeededRepair, names: FileNames) -> str:
    """Return the line of a repair, as compilers write it."""
    place = f":{needed.region.line}:{needed.region.column}" if needed.region else ""
    if not place and needed.article:
        place = f"#{needed.article}"
    return f"{visible(names.name(needed.file) + place)}: {needed.rule} {_message(needed)}\n"


def _annotation(needed: NeededRepair, names: FileNames, summaries: Mapping[str, str]) -> str:
    """Return the command of a workflow that annotates a file.

    Source: GitHub Docs, Workflow commands for GitHub Actions. Columns are for annotations of one line only.
    """
    properties: dict[str, object] = {"file": names.name(needed.file)}
    region = needed.region
    if region:
        properties |= {"line": region.line, "endLine": region.end_line}
        if region.line == region.end_line:
            properties |= {"col": region.column, "endColumn": region.end_column}
    summary = summaries.get(needed.rule, "")
    properties["title"] = f"{needed.rule}: {summary}" if summary else needed.rule
    return _command("warning", properties, _message(needed))


def _failure_annotation(failure: Failure) -> str:
    """Return the command of a workflow for what could not be checked."""
    return _command("error", {"title": "clean-news"}, str(failure))


def _command(kind: str, properties: Mapping[str, object], message: str) -> str:
    """Return a workflow command; what a file holds cannot add another."""
    given = ",".join(f"{name}={_escaped(visible(str(value)), ',:')}" for name, value in properties.items())
    return f"::{kind} {given}::{_escaped(visible(message))}\n"


def _escaped(text: str, more: str = "") -> str:
    """Return a text as workflow commands take it."""
    for character in ("%", "\r", "\n", *more):
        text = text.replace(character, f"%{ord(character):02X}")
    return text


def _object(needed: NeededRepair, names: FileNames) -> str:
    """Return a repair as a JSON object."""
    region = needed.region
    found: dict[str, Any] = {
        "file": names.name(needed.file),
        "article": needed.article or None,
        "line": region and region.line,
        "column": region and region.column,
        "end_line": region and region.end_line,
        "end_column": region and region.end_column,
        "stage": needed.stage,
        "rule": needed.rule,
        "confidence": needed.confidence,
        "before": encodable(needed.before),
        "after": encodable(needed.after),
        "fingerprint": needed.fingerprint,
    }
    return msgspec.json.encode(found).decode()


def _region_object(region: Region) -> dict[str, int]:
    """Return the ``region`` object of SARIF; ``endColumn`` is exclusive."""
    return {
        "startLine": region.line,
        "startColumn": region.column,
        "endLine": region.end_line,
        "endColumn": region.end_column,
    }


def _sarif(names: FileNames, settings: Settings) -> Rendering:
    """Return how SARIF is written: with paths that a code host finds in its checkout."""
    from clean_news.review.diff import sarif

    # Without a URI: a code host puts its checkout there, and a viewer the folder that is open.
    base = {SARIF_BASE: {"description": {"text": "The folder of the repository."}}}
    opening = sarif.opening(settings, base, newlines=("\r\n", "\n"))

    def result(needed: NeededRepair) -> str:
        uri = names.uri(needed.file)
        location: dict[str, str] = {"uri": uri} if uri.startswith("file:") else {"uri": uri, "uriBaseId": SARIF_BASE}
        region = needed.region
        place: dict[str, Any] = {"artifactLocation": location}
        if region:
            place["region"] = _region_object(region)
        where: dict[str, Any] = {"physicalLocation": place}
        if needed.article:
            where["logicalLocations"] = [{"name": needed.article, "kind": "article"}]
        found = {
            "ruleId": needed.rule,
            "level": "warning",
            "message": {"text": _message(needed)},
            "locations": [where],
            "partialFingerprints": {"cleanNewsRepair/v1": needed.fingerprint},
            "properties": {"stage": needed.stage, "confidence": needed.confidence},
        }
        if needed.fix and needed.fix.text == encodable(needed.fix.text):
            replaced = _region_object(needed.fix.region)
            description = f"Write “{_short(needed.fix.text)}”" if needed.fix.text else "Remove it"
            found["fixes"] = [sarif.fix_object(description, location, replaced, needed.fix.text)]
        return msgspec.json.encode(found).decode()

    def closing(failures: Iterable[Failure]) -> str:
        notes = [{"level": "error", "message": {"text": encodable(str(failure))}} for failure in failures]
        invocation: dict[str, Any] = {"executionSuccessful": not notes}
        if notes:
            invocation["toolExecutionNotifications"] = notes
        return sarif.closing({"invocations": [invocation]}).decode()

    return Rendering(opening.decode(), result, ",\n", closing)
