"""The change log of an article: its schema, reading and writing it, and reverting a clean text to the raw bytes.

A log is one line of JSON. Inverting the edits of its stages in reverse order, and then the decoding, restores the raw
bytes; the log therefore contains everything that was removed from the text.
"""

import hashlib
from collections.abc import Iterable
from typing import Any, NamedTuple

import msgspec

from clean_news import edits
from clean_news.charsets.decoding import Decoding, encode
from clean_news.edits import Edit, State
from clean_news.parse_errors import fault_of, schema_shown
from clean_news.printable_text import visible

SCHEMA_NAME = "clean-news/changes/"
SCHEMA = f"{SCHEMA_NAME}1"
# More stages than that are not a pipeline: locating the edits of each in the texts of all others would take minutes.
MAX_STAGES = 256
MAX_DEPTH = 200  # of lists and objects in evidence and facts; the limit of JSON lines, see formats.json_scanning
MIN_INTEGER, MAX_INTEGER = -(1 << 63), (1 << 64) - 1  # in evidence and facts; others cannot become a float
PAGE = "page"  # key in ``carrier`` with what a web page says of itself
FULL = "full"  # detail of a log that has everything
KEPT = "kept"  # key in ``carrier`` that marks the log of a row that was kept unchanged
WRITTEN = "written"  # key in ``carrier`` with what became known only when the clean file was written


class StageLog(msgspec.Struct, frozen=True, omit_defaults=True):
    """The result of one stage.

    Attributes:
        name: name of the stage in the setting ``stages``.
        edits: its edits in all states, sorted by position in the text that it received.
        held_off: reason why it skipped the article; None if it did not.
        failed: the exception that it raised; None if it raised none. A stage that fails changes nothing.
    """

    name: str
    edits: tuple[Edit, ...] = msgspec.field(default_factory=lambda: ())
    held_off: str | None = None
    failed: str | None = None


class Publication(msgspec.Struct, frozen=True, omit_defaults=True):
    """What an article's page and text say of its publication; see :mod:`clean_news.stages.publication`.

    Attributes:
        authors: their names, or those of agencies.
        published: when it was published, in ISO 8601: a date, or a date and a time, which without an offset from UTC is
            the local time of the publisher; empty if unknown.
        updated: when it was last updated, likewise.
        captions: captions of its pictures and films.
        credits: whose they are.
    """

    authors: tuple[str, ...] = ()
    published: str = ""
    updated: str = ""
    captions: tuple[str, ...] = ()
    credits: tuple[str, ...] = ()


class BriefEdit(Edit, frozen=True, omit_defaults=True, gc=False):
    """An edit as it is written in logs that are not full: without a state if it was applied, or a confidence of 1."""

    confidence: float = 1.0
    state: State = "applied"


class BriefStageLog(StageLog, frozen=True, omit_defaults=True):
    """The result of a stage as it is written in such logs: without edits if there are none."""

    edits: tuple[Edit, ...] = ()


class ChangeLog(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Everything that was done to one article; the fields are those of a log line.

    In logs of versions before 0.2.0, the key ``context`` in the evidence of spin edits is called ``near``.

    Attributes:
        schema: name and version of this schema.
        id: name of the article within the run, e.g. its path relative to ``raw/``.
        source: origin of the article, for people: a path or a URL.
        raw_sha256: SHA-256 of the raw bytes, in hex.
        clean_sha256: SHA-256 of the clean text in UTF-8, in hex.
        version: version of clean-news that wrote the log.
        settings_sha256: see :func:`clean_news.provenance.settings_sha256`.
        detail: how much it has, see the setting ``log-detail``; logs of versions before 0.2.0 are full.
        dictionaries: SHA-256 of each dictionary, in hex, by name; only one for all of them unless the log is full.
        decoding: how the raw bytes were decoded.
        document: facts that the stages reported about the whole article, e.g. ``{"verdict": "spun", "spun": 0.99}``;
            docs/how-it-works.md lists those of the stages ``ocr`` and ``spin``.
        metadata: values extracted from the text: ``date``, ``image``, …
        publication: authors, dates, captions and credits; None if nothing is known.
        stages: result of each stage, in the order they ran.
        decisions: digest of the reviewers' decisions about the edits, in hex; empty if there were none.
        note: any other remark, e.g. that the article is empty.
        carrier: data that the file format needs to restore the article's row, e.g. the field that contained the text.
            The key ``kept`` marks a row that was kept unchanged because it is not an article or could not be cleaned.
    """

    schema: str = msgspec.field(default_factory=lambda: SCHEMA)
    id: str
    source: str
    raw_sha256: str
    clean_sha256: str
    version: str
    settings_sha256: str
    detail: str = FULL
    dictionaries: dict[str, str]
    decoding: Decoding
    document: dict[str, Any]
    metadata: dict[str, str]
    stages: tuple[StageLog, ...]
    decisions: str = ""
    note: str = ""
    carrier: dict[str, Any] = {}
    publication: Publication | None = None


class LogError(ValueError):
    """A log cannot be read or does not match its text; the message says what to do."""


class OtherSchemaError(LogError):
    """A log has another version of the schema: another version of clean-news wrote it."""


class Reversion(NamedTuple):
    """What a sound log restores.

    Attributes:
        raw: the raw bytes.
        texts: the text that each stage received, and at the end the clean text; see :func:`stage_texts`.
    """

    raw: bytes
    texts: list[str]


class TextChangedError(LogError):
    """The clean text was changed after its log was written."""


def is_kept(log: ChangeLog) -> bool:
    """Whether the row of a log was kept unchanged, because it is not an article or could not be cleaned."""
    return KEPT in log.carrier


def sha256(data: str | bytes) -> str:
    """Return the SHA-256 of bytes, or of a text in UTF-8, in hex."""
    # A clean text has no lone surrogates; a text that was changed since may have some.
    return hashlib.sha256(data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data).hexdigest()


def write(log: ChangeLog) -> bytes:
    """Encode a log as one line of JSON in UTF-8, including the line feed."""
    written = log if log.detail == FULL else _briefly(log)
    return msgspec.json.encode(written, enc_hook=encode_numpy_scalar) + b"\n"


def _briefly(log: ChangeLog) -> ChangeLog:
    """Return a log whose stages and edits are written without their defaults."""
    stages = (
        BriefStageLog(
            name=stage.name, edits=tuple(map(_brief, stage.edits)), held_off=stage.held_off, failed=stage.failed
        )
        for stage in log.stages
    )
    decoding = Decoding(**_without(log.decoding, confidence=1.0))
    return msgspec.structs.replace(log, decoding=decoding, stages=tuple(stages))


def _brief(edit: Edit) -> BriefEdit:
    """Return an edit that is written without its defaults."""
    return BriefEdit(**_without(edit, confidence=1.0, state="applied"))


def _without(struct: msgspec.Struct, **defaults: object) -> dict[str, Any]:
    """Return the fields of a struct without those that have their default: what is passed is written even then."""
    values = msgspec.structs.asdict(struct)
    return {name: value for name, value in values.items() if name not in defaults or value != defaults[name]}


def encode_numpy_scalar(value: Any) -> Any:  # noqa: ANN401  # msgspec passes any value that it cannot encode
    """Convert a NumPy scalar, e.g. in an edit's evidence, to a Python number: an ``enc_hook`` of msgspec.

    Raises:
        NotImplementedError: for a value of any other type, as msgspec requires.
    """
    if hasattr(value, "item"):
        return value.item()
    raise NotImplementedError(f"{type(value).__name__} is not a JSON value")


def read(line: bytes | str, where: str) -> ChangeLog:
    """Parse a log.

    Args:
        line: a line of JSON, as written by :func:`write`.
        where: name of the log in error messages, e.g. its file.

    Raises:
        LogError: if the line is not a log, or has another version of the schema.
    """
    try:
        log = msgspec.json.decode(line, type=ChangeLog)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        schema = _schema_of(line)
        if schema == SCHEMA:
            why = "it is nested too deeply" if isinstance(error, RecursionError) else fault_of(error)
            raise LogError(
                f"{where}: is not a valid change log ({why}); clean the raw file again with --force"
            ) from error
    else:
        schema = log.schema
        if schema == SCHEMA:
            return log
    kind = OtherSchemaError if schema.startswith(SCHEMA_NAME) else LogError
    raise kind(
        f"{where}: is a log of schema {schema_shown(schema)}, but this version of clean-news reads {SCHEMA!r}; "
        "use the version that wrote it, or clean the raw file again with --force"
    )


class _SchemaOnly(msgspec.Struct):
    """The only field of a change log that all versions of its schema have in common."""

    schema: str = ""


def _schema_of(line: bytes | str) -> str:
    """Return the schema that a line declares; empty for JSON without one, :data:`SCHEMA` if it is not a JSON object."""
    try:
        return msgspec.json.decode(line, type=_SchemaOnly).schema
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return SCHEMA


def verify(clean_text: str, log: ChangeLog, where: str = "") -> None:
    """Check that a clean text is the one that the log was written for.

    Args:
        clean_text: the clean text as it is stored.
        log: its log.
        where: name of the text in error messages, e.g. its file; the article's id if empty.

    Raises:
        TextChangedError: if it is not.
    """
    if sha256(clean_text) != log.clean_sha256:
        raise TextChangedError(
            f"{where or visible(log.id)}: was changed after clean-news wrote it; keep the change with clean-news adopt,"
            " undo it, or clean the raw file again with --force (the change is then lost)"
        )


def revert(clean_text: str, log: ChangeLog, where: str = "") -> bytes:
    """Restore the raw bytes of a clean text; for the arguments and the exceptions see :func:`check`."""
    return check(clean_text, log, where).raw


def is_sound(clean_text: str, log: ChangeLog) -> bool:
    """Whether :func:`check` accepts the log of a clean text that is known to be unchanged."""
    try:
        check(clean_text, log, is_unchanged=True)
    except LogError:
        return False
    return True


def check(clean_text: str, log: ChangeLog, where: str = "", *, is_unchanged: bool = False) -> Reversion:
    """Check that a clean text and its log are sound: unchanged, and restoring the raw bytes.

    Everything that reads logs relies on this check, so that none of it has to expect an edit outside its text.

    Args:
        clean_text: the clean text as it is stored.
        log: its log.
        where: name of the text in error messages, e.g. its file; the article's id if empty.
        is_unchanged: the text is known to have the checksum that the log records; it is not computed again.

    Raises:
        TextChangedError: if the text was changed after its log was written.
        LogError: if the log was changed, so that it does not reproduce the raw bytes or cannot be shown.
    """
    if not is_unchanged:
        verify(clean_text, log, where)
    texts = stage_texts(clean_text, log, where)
    where = where or visible(log.id)
    try:
        _check_values(log)
        _check_undecodable(texts[0], log.decoding)
        raw = encode(texts[0], log.decoding)
    except ValueError as error:
        raise irreversible_log_error(where, str(error)) from error
    if sha256(raw) != log.raw_sha256:
        raise irreversible_log_error(where, "their SHA-256 differs")
    return Reversion(raw, texts)


def _check_values(log: ChangeLog) -> None:
    """Check the values of the log that may be any JSON: evidence and facts.

    Raises:
        ValueError: if one is nested too deeply, or contains an integer of more than 64 bits.
    """
    evidence = (edit.evidence for stage in log.stages for edit in stage.edits)
    level: list[Any] = [log.document, *(values for values in evidence if values)]
    for _ in range(MAX_DEPTH):
        for value in level:
            if isinstance(value, int) and not MIN_INTEGER <= value <= MAX_INTEGER:
                raise ValueError("it contains an integer of more than 64 bits")
        level = [inner for value in level if isinstance(value, dict | list) for inner in _values_in(value)]
        if not level:
            return
    raise ValueError(f"its values are nested deeper than {MAX_DEPTH} levels")


def _values_in(value: dict[str, Any] | list[Any]) -> Iterable[Any]:
    """Return the values of an object or a list."""
    return value.values() if isinstance(value, dict) else value


def _check_undecodable(decoded: str, decoding: Decoding) -> None:
    """Check the positions of the undecodable bytes, also where the log has a copy of the raw bytes.

    Raises:
        ValueError: if they are not in order, or there is no U+FFFD at one.
    """
    last = -1
    for bytes_ in decoding.undecodable:
        if bytes_.at <= last or decoded[bytes_.at : bytes_.at + 1] != "\ufffd":
            raise ValueError(f"there is no U+FFFD at {bytes_.at}, or its bytes are not in order")
        last = bytes_.at


def stage_texts(clean_text: str, log: ChangeLog, where: str = "") -> list[str]:
    """Reconstruct the text at every step, from the decoded raw text to the clean text.

    Args:
        clean_text: the text that the log was written for; see :func:`verify`.
        log: its log.
        where: name of the text in error messages, e.g. its file; the article's id if empty.

    Returns:
        The text that each stage received, and at the end the clean text: one more than there are stages.

    Raises:
        LogError: if the log was changed, so that its edits cannot be inverted.
    """
    chain = [clean_text]
    try:
        if len(log.stages) > MAX_STAGES:
            raise ValueError(f"it has more than {MAX_STAGES} stages")
        for stage in reversed(log.stages):
            chain.append(edits.apply(chain[-1], edits.invert(stage.edits)) if stage.edits else chain[-1])
            edits.check_places(chain[-1], stage.edits)
    except ValueError as error:  # also edits.Overlap, edits.Mismatch, edits.Disorder
        raise irreversible_log_error(where or visible(log.id), str(error)) from error
    return chain[::-1]


def irreversible_log_error(where: str, why: str) -> LogError:
    """Return the exception to raise for a log that does not reproduce the raw bytes."""
    return LogError(
        f"{where}: its log does not reproduce the raw bytes ({why}), so the log was changed; "
        "restore the log, or clean the raw file again with --force"
    )
