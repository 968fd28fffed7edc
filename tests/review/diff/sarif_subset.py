"""A subset of SARIF 2.1.0, written by hand from the standard: the objects and properties that clean-news writes.

It is stricter than the official schema, because no other property is allowed; required properties, enumerations and
minimum values are the same. If CLEAN_NEWS_SARIF_SCHEMA names a file with the official schema and jsonschema is
installed, the tests validate against that too.
"""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

FromOne = Annotated[int, Meta(ge=1)]


class Strict(msgspec.Struct, forbid_unknown_fields=True, rename="camel"):
    pass


class Message(Strict):
    text: str


class ArtifactLocation(Strict):
    uri: Annotated[str, Meta(pattern=r"^[\w.~/%!$&'()*+,;=:@-]*$")]
    uri_base_id: str | None = None  # of an absolute URI


class Region(Strict):
    start_line: FromOne
    start_column: FromOne
    end_line: FromOne
    end_column: FromOne
    snippet: Message | None = None


class PhysicalLocation(Strict):
    artifact_location: ArtifactLocation
    region: Region | None = None


class LogicalLocation(Strict):
    name: str
    kind: str


class Location(Strict):
    physical_location: PhysicalLocation
    logical_locations: list[LogicalLocation] = []


class Replacement(Strict):
    deleted_region: Region
    inserted_content: Message


class ArtifactChange(Strict):
    artifact_location: ArtifactLocation
    replacements: Annotated[list[Replacement], Meta(min_length=1)]


class Fix(Strict):
    artifact_changes: Annotated[list[ArtifactChange], Meta(min_length=1)]
    description: Message


class Suppression(Strict):
    kind: Literal["inSource", "external"]
    status: Literal["accepted", "underReview", "rejected"]
    justification: str


class Result(Strict):
    message: Message
    rule_id: str
    locations: list[Location]
    level: Literal["none", "note", "warning", "error"]
    partial_fingerprints: dict[str, str]
    properties: dict[str, Any]
    kind: Literal["notApplicable", "pass", "fail", "review", "open", "informational"] = "fail"
    fixes: list[Fix] = []
    suppressions: list[Suppression] = []


class Rule(Strict):
    id: str
    short_description: Message
    help: Message
    properties: dict[str, list[str]]


class Driver(Strict):
    name: str
    version: str
    rules: list[Rule]


class Tool(Strict):
    driver: Driver


class BaseLocation(Strict):
    description: Message


class Notification(Strict):
    message: Message
    level: Literal["none", "note", "warning", "error"]


class Invocation(Strict):
    execution_successful: bool
    tool_execution_notifications: list[Notification] = []


class Run(Strict):
    tool: Tool
    original_uri_base_ids: dict[str, BaseLocation]
    column_kind: Literal["utf16CodeUnits", "unicodeCodePoints"]
    newline_sequences: Annotated[list[str], Meta(min_length=1)]
    results: list[Result]
    invocations: list[Invocation] = []


class Log(Strict):
    version: Literal["2.1.0"]
    runs: list[Run]
    schema: str = msgspec.field(name="$schema")
