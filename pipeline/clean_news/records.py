"""Cleans records and columns, the units of data sets, streams and scrapers.

A record is a mapping with the article's text in one field; a batch has the same data as columns. The input is never
modified: new records and columns come out in the same order, one for one. A text that cannot be cleaned stays
unchanged, and its log says why.
"""

import math
import reprlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, Protocol, cast

import msgspec

from clean_news import change_log
from clean_news.change_log import ChangeLog, is_kept
from clean_news.printable_text import encodable

EARLIER = "earlier"  # key in a log's carrier: the earlier value of the field of changes


class ArticleCleaner(Protocol):
    """The part of :class:`clean_news.Cleaner` that is used here."""

    def clean_or_keep(
        self,
        article: str,
        id: str = "",  # noqa: A002  # its name in the log
        source: str = "",
        charset: str = "",
        carrier: Mapping[str, Any] = ...,
    ) -> tuple[str, ChangeLog]:
        """Clean an article, or say in its log why not."""
        ...

    def kept(
        self,
        reason: str,
        id: str = "",  # noqa: A002  # its name in the log
        source: str = "",
        carrier: Mapping[str, Any] = ...,
    ) -> tuple[str, ChangeLog]:
        """The log of an article that is kept as it is."""
        ...


class Columns(Protocol):
    """Columns by name: a mapping or a data frame."""

    def keys(self) -> Iterable[str]:
        """The names."""
        ...

    def __getitem__(self, name: str, /) -> Any:  # noqa: ANN401  # lists, arrays, series …
        """The column of a name."""
        ...


class Fields(NamedTuple):
    """The names of the fields, or columns.

    Attributes:
        text: the field of the text.
        id: the field of the article's id, which is written to the log.
        changes: the field for the log; None writes no log, and then nothing can be reverted.
    """

    text: str
    id: str
    changes: str | None

    def checked(self) -> "Fields":
        """These fields, if they are valid.

        Raises:
            ValueError: if the log would overwrite the text or the id.
        """
        if self.changes in (self.text, self.id):
            raise ValueError(f"changes_field = {self.changes!r} is the field of the text or the id; name another one")
        return self


def clean_records(
    records: Iterable[Mapping[str, Any]], cleaner: ArticleCleaner, fields: Fields
) -> Iterator[dict[str, Any]]:
    """Yield the records with clean texts; see :meth:`clean_news.Cleaner.clean_records`.

    Raises:
        TypeError: if something is not a record.
    """
    if isinstance(records, Mapping):
        raise TypeError("clean_records takes an iterable of records, not one record; pass [record]")
    for number, record in enumerate(records, 1):
        if not isinstance(record, Mapping):
            raise TypeError(f"record {number} is of type {type(record).__name__}; pass dicts or other mappings")
        name = record.get(fields.id)
        earlier = record.get(fields.changes) if fields.changes else None
        text, log = clean_value(record.get(fields.text), name_of(name, str(number)), earlier, cleaner)
        clean = dict(record)
        if fields.text in record:
            clean[fields.text] = text
        if fields.changes:
            clean[fields.changes] = plain(log)
        yield clean


def clean_batch(columns: Columns, cleaner: ArticleCleaner, fields: Fields) -> dict[str, Any]:
    """The columns with clean texts; see :meth:`clean_news.Cleaner.clean_batch`.

    Raises:
        TypeError: if these are not columns.
        ValueError: if there is no column of texts, or the columns differ in length.
    """
    if not hasattr(columns, "keys"):
        raise TypeError(f"columns are of type {type(columns).__name__}; pass a dict of columns, or a data frame")
    batch = {name: columns[name] for name in columns.keys()}  # noqa: SIM118  # a data frame goes through keys()
    texts = _values_of(batch, fields.text)
    nothing = [None] * len(texts)
    names = _values_of(batch, fields.id) if fields.id in batch else nothing
    earlier = _values_of(batch, fields.changes) if fields.changes in batch else nothing
    if not len(texts) == len(names) == len(earlier):
        raise ValueError(f"the columns of the batch differ in length: {fields.text} has {len(texts)} values")
    cleaned = [
        clean_value(text, name_of(name, ""), before, cleaner)
        for text, name, before in zip(texts, names, earlier, strict=True)
    ]
    batch[fields.text] = [text for text, _ in cleaned]
    if fields.changes:
        batch[fields.changes] = [as_json(log) for _, log in cleaned]
    return batch


def clean_value(value: object, name: str, earlier: object, cleaner: ArticleCleaner) -> tuple[Any, ChangeLog]:
    """The clean text, or the original value if it cannot be cleaned, and the log.

    Args:
        value: the text, or whatever the field contains.
        name: the article's id.
        earlier: the present value of the field for the log, e.g. the log of an earlier run. It is kept in the new
            log; None for nothing.
        cleaner: the cleaner.
    """
    try:
        carrier = {} if _is_absent(earlier) else {EARLIER: plain(earlier)}
    except (TypeError, ValueError, RuntimeError) as error:  # RuntimeError: not JSON, or nested too deeply
        reason = f"the value of the field of changes cannot be kept ({error}); name another changes_field"
        return value, cleaner.kept(reason, name)[1]
    if not isinstance(value, str):
        found = "missing" if _is_absent(value) else f"no string but {reprlib.repr(value)} ({type(value).__name__})"
        reason = f"the text is {found}; give a str, or name another text_field"
        return value, cleaner.kept(reason, name, carrier=carrier)[1]
    text, log = cleaner.clean_or_keep(value, name, carrier=carrier)
    return value if is_kept(log) else text, log


def name_of(value: object, otherwise: str) -> str:
    """The article's id as text that can be written to a log."""
    return otherwise if _is_absent(value) else encodable(str(value))


def _is_absent(value: object) -> bool:
    """Whether a value is missing: None, or the NaN that pandas uses for it."""
    return value is None or (isinstance(value, float) and math.isnan(value))


def _values_of(batch: Mapping[str, Any], name: str | None) -> Sequence[Any]:
    """The values of a column as Python objects.

    Raises:
        ValueError: if there is no such column.
    """
    if name is None or name not in batch:
        raise ValueError(f"the batch has no column {name!r}, only {', '.join(batch)}; name the column of the text")
    column = batch[name]
    for method in ("to_pylist", "tolist"):  # of pyarrow; of NumPy and pandas
        if hasattr(column, method):
            return cast("Sequence[Any]", getattr(column, method)())
    return list(column)


def plain(value: object) -> Any:  # noqa: ANN401  # JSON has several types
    """The value after a round trip through JSON: dicts, lists, strings, numbers."""
    return msgspec.json.decode(msgspec.json.encode(value, enc_hook=change_log.encode_numpy_scalar))


def as_json(log: ChangeLog) -> str:
    """The log as one line of JSON without line end."""
    return change_log.write(log).decode().removesuffix("\n")


def log_of(changes: ChangeLog | Mapping[str, Any] | str | bytes, where: str = "changes") -> ChangeLog:
    """Read the log from a record's field of changes, in any form.

    Args:
        changes: the dict of a record, the JSON text of a batch, or a log.
        where: the name of its place for error messages.

    Raises:
        LogError: if it is not a log.
    """
    if isinstance(changes, ChangeLog):
        return changes
    line = changes if isinstance(changes, str | bytes) else msgspec.json.encode(changes)
    return change_log.read(line, where)


def _revert_value(value: object, changes: ChangeLog | Mapping[str, Any] | str | bytes) -> Any:  # noqa: ANN401
    """The raw text of a clean one; a text that was kept is returned unchanged.

    Args:
        value: the value of the field of the text.
        changes: its log.

    Raises:
        LogError: if the text or the log was changed since.
    """
    log = log_of(changes)
    if is_kept(log):
        return value
    if not isinstance(value, str):
        raise change_log.LogError(f"{log.id}: the clean text is gone; restore it, or clean the raw record again")
    return change_log.revert(value, log).decode("utf-8", "surrogatepass")


def revert_record(
    record: Mapping[str, Any], text_field: str = "text", changes_field: str = "changes"
) -> dict[str, Any]:
    """Restore a record as it was before :meth:`clean_news.Cleaner.clean_records` or ``clean_batch``.

    Args:
        record: a clean record; its log may be a dict or JSON text.
        text_field: the field of the clean text.
        changes_field: the field of the log, which is removed.

    Raises:
        LogError: if there is no log, or it or the text was changed since.

    >>> from clean_news import Cleaner, revert_record
    >>> clean = next(Cleaner().clean_records([{"id": 7, "text": "It didnâ€™t reply."}]))
    >>> clean["text"]
    'It didn’t reply.'
    >>> revert_record(clean)
    {'id': 7, 'text': 'It didnâ€™t reply.'}
    """
    if record.get(changes_field) is None:
        raise change_log.LogError(f"the record has no log in the field {changes_field!r}; name the field that has it")
    log = log_of(record[changes_field])
    raw = {field: value for field, value in record.items() if field != changes_field}
    if text_field in record:
        raw[text_field] = _revert_value(record[text_field], log)
    if EARLIER in log.carrier:
        raw[changes_field] = log.carrier[EARLIER]
    return raw


def revert_batch(columns: Columns, text_field: str = "text", changes_field: str = "changes") -> dict[str, Any]:
    """Restore columns as they were before :meth:`clean_news.Cleaner.clean_batch`.

    Args:
        columns: clean columns.
        text_field: the column of the clean texts.
        changes_field: the column of the logs, which is removed.

    Raises:
        LogError: if a log or a text was changed since.
        ValueError: if a column is missing.
    """
    batch = {name: columns[name] for name in columns.keys()}  # noqa: SIM118  # a data frame goes through keys()
    texts = _values_of(batch, text_field)
    logs = [log_of(changes) for changes in _values_of(batch, changes_field)]
    batch[text_field] = [_revert_value(text, log) for text, log in zip(texts, logs, strict=True)]
    del batch[changes_field]
    if any(EARLIER in log.carrier for log in logs):
        batch[changes_field] = [log.carrier.get(EARLIER) for log in logs]
    return batch
