"""The change log: what was done to one article, and the way back.

One line of JSON for each article. Walking its stages backwards over the clean text, and then its decoding,
gives the raw bytes back. The log therefore contains everything that was taken out of the text.
"""

import hashlib
from typing import Any

import msgspec

from clean_news import edits
from clean_news.charsets.decoding import Decoding, encode
from clean_news.edits import Edit

SCHEMA = "clean-news/changes/1"
KEPT = "kept"  # in the carrier of a log: its row is no article


class StageLog(msgspec.Struct, frozen=True, omit_defaults=True):
    """What one stage did.

    Attributes:
        name: the stage, as the setting ``stages`` names it.
        edits: its edits by position in the text that it received, those not applied among them.
        held_off: why it left the article alone; None where it worked on it.
        failed: what went wrong inside it; None where nothing did. It then changed nothing.
    """

    name: str
    edits: tuple[Edit, ...] = msgspec.field(default_factory=lambda: ())
    held_off: str | None = None
    failed: str | None = None


class ChangeLog(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Everything that was done to one article; its fields are those of a log line.

    Attributes:
        schema: name and version of this schema.
        id: the article's name within the run, e.g. the path relative to ``raw/``.
        source: where it came from, for people.
        raw_sha256: SHA-256 of its raw bytes, in hex.
        clean_sha256: SHA-256 of its clean text in UTF-8, in hex.
        version: the version of clean-news that made the log.
        settings_sha256: see :func:`clean_news.provenance.settings_sha256`.
        dictionaries: digest of each dictionary, in hex, by name.
        decoding: how its bytes became text.
        document: what the stages found out about it as a whole, e.g. ``{"spun": 0.99}``.
        metadata: what was taken out of the text: ``date``, ``image``, …
        stages: what each stage did, in the order they ran.
        decisions: digest of the reviewers' decisions about its edits, in hex; empty if there were none.
        note: what else there is to say, e.g. that the article is empty.
        carrier: what the file's format needs to make the article's row again, e.g. the field that its text was in;
            with the key ``kept`` for a row that is no article and was kept as it is.
    """

    schema: str = msgspec.field(default_factory=lambda: SCHEMA)
    id: str
    source: str
    raw_sha256: str
    clean_sha256: str
    version: str
    settings_sha256: str
    dictionaries: dict[str, str]
    decoding: Decoding
    document: dict[str, Any]
    metadata: dict[str, str]
    stages: tuple[StageLog, ...]
    decisions: str = ""
    note: str = ""
    carrier: dict[str, Any] = {}


class LogError(ValueError):
    """A log cannot be read, or does not belong to its text; the message says what to do."""


class TextChangedError(LogError):
    """The clean text is not the one that the log was written for."""


def is_kept(log: ChangeLog) -> bool:
    """Whether a log is that of a row that was kept as it is, because it is no article or could not be cleaned."""
    return KEPT in log.carrier


def sha256(data: str | bytes) -> str:
    """SHA-256 in hex; of a text, of its UTF-8."""
    return hashlib.sha256(data.encode() if isinstance(data, str) else data).hexdigest()


def write(log: ChangeLog) -> bytes:
    """The log as one line of JSON in UTF-8, its line end included."""
    return msgspec.json.encode(log, enc_hook=plain_number) + b"\n"


def plain_number(value: Any) -> Any:  # noqa: ANN401  # msgspec hands over whatever JSON does not know
    """The number in a NumPy scalar, which a stage may have put into an edit's evidence.

    Raises:
        NotImplementedError: for anything else, as msgspec wants it.
    """
    if hasattr(value, "item"):
        return value.item()
    raise NotImplementedError(f"{type(value).__name__} is not a JSON value")


def read(line: bytes | str, where: str) -> ChangeLog:
    """The log in a line of JSON.

    Args:
        line: what :func:`write` made.
        where: what to call it in an error: its file.

    Raises:
        LogError: if it is not a log, or one of another version of the schema.
    """
    try:
        log = msgspec.json.decode(line, type=ChangeLog)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        schema = _schema_of(line)
        if schema == SCHEMA:
            raise LogError(
                f"{where}: is not a whole change log ({error}); clean the raw file again with --force"
            ) from error
    else:
        schema = log.schema
        if schema == SCHEMA:
            return log
    raise LogError(
        f"{where}: is a log of schema {schema!r}, this version of clean-news reads {SCHEMA!r}; "
        "use the version that wrote it, or clean the raw file again with --force"
    )


def _schema_of(line: bytes | str) -> Any:  # noqa: ANN401  # of what may be any JSON
    """The schema that a line says it is of; None if it is JSON and says nothing, ours if it is not even that."""
    try:
        return msgspec.json.decode(line, type=dict[str, Any]).get("schema")
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return SCHEMA


def verify(clean_text: str, log: ChangeLog, where: str = "") -> None:
    """Check that a clean text is the one that the log was written for.

    Args:
        clean_text: the text as it is stored.
        log: its log.
        where: what to call the text in an error: its file; the article's id if empty.

    Raises:
        TextChangedError: if it is another text.
    """
    if sha256(clean_text) != log.clean_sha256:
        raise TextChangedError(
            f"{where or log.id}: was changed after clean-news wrote it; undo the change, "
            "or clean the raw file again with --force (the change is then lost)"
        )


def revert(clean_text: str, log: ChangeLog, where: str = "") -> bytes:
    """The raw bytes that a clean text was made from.

    Args:
        clean_text: the text as it is stored.
        log: its log.
        where: what to call the text in an error: its file; the article's id if empty.

    Raises:
        TextChangedError: if the text was changed since.
        LogError: if the log was changed, so that it does not lead back to the raw bytes.
    """
    verify(clean_text, log, where)
    decoded = texts(clean_text, log, where)[0]
    try:
        raw = encode(decoded, log.decoding)
    except ValueError as error:
        raise not_leading_back(where or log.id, str(error)) from error
    if sha256(raw) != log.raw_sha256:
        raise not_leading_back(where or log.id, "the bytes have another SHA-256")
    return raw


def texts(clean_text: str, log: ChangeLog, where: str = "") -> list[str]:
    """The text that each stage received, the decoded raw text first, and at the end the clean text.

    Args:
        clean_text: the text that the log was written for; see :func:`verify`.
        log: its log.
        where: what to call the text in an error: its file; the article's id if empty.

    Raises:
        LogError: if the log was changed, so that its edits do not lead back.
    """
    chain = [clean_text]
    try:
        for stage in reversed(log.stages):
            chain.append(edits.apply(chain[-1], edits.invert(stage.edits)))
    except ValueError as error:  # edits.Overlap, edits.Mismatch
        raise not_leading_back(where or log.id, str(error)) from error
    return chain[::-1]


def not_leading_back(where: str, why: str) -> LogError:
    """The error for a log that does not lead back to the raw bytes."""
    return LogError(
        f"{where}: its log does not lead back to the raw bytes ({why}), so the log was changed; "
        "restore the log, or clean the raw file again with --force"
    )
