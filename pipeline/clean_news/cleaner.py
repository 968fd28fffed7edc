"""Cleaning one article: bytes or text in, clean text and its change log out."""

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import msgspec

from clean_news import records as records_of
from clean_news.article import Article
from clean_news.change_log import KEPT, ChangeLog, sha256
from clean_news.charsets.decoding import Decoding, NotText, decode, decode_as
from clean_news.charsets.detection import Detection
from clean_news.decisions import Decisions
from clean_news.failures import of_our_fault
from clean_news.pipeline import Outcome, Pipeline
from clean_news.provenance import provenance
from clean_news.settings import Settings, from_mapping
from clean_news.visible import encodable

EMPTY = "the article is empty"


class Cleaned(NamedTuple):
    r"""A cleaned article.

    Attributes:
        text: the clean text; lines end in ``\n``.
        log: what was done, and the way back to the raw bytes.
    """

    text: str
    log: ChangeLog

    @property
    def metadata(self) -> dict[str, str]:
        """What was taken out of the text, by its kind: ``date``, ``image`` and so on."""
        return self.log.metadata


class Cleaner:
    """Cleans article after article with the same settings.

    Attributes:
        settings: the settings.
        decisions: what reviewers want of the edits.
        pipeline: the stages that they name.
    """

    def __init__(
        self,
        settings: Settings | Mapping[str, Any] | None = None,
        decisions: Decisions | None = None,
        **options: Any,  # noqa: ANN401  # the value of any setting
    ) -> None:
        """Load the stages.

        Args:
            settings: a :class:`clean_news.settings.Settings`, or a mapping of keys to values as in a settings file;
                the defaults if None.
            decisions: what reviewers want of the edits.
            options: settings as keywords, e.g. ``level="bold"``; they overrule those of a mapping.

        Raises:
            SettingsError: for an unknown setting or a value that is not allowed, or if a stage cannot be loaded.
            TypeError: if ``settings`` is of another type, or a ``Settings`` is given together with keywords.

        >>> Cleaner(level="bold").settings == Cleaner({"level": "bold"}).settings
        True
        """
        self.settings = _settings_of(settings, options)
        self.decisions = decisions or Decisions()
        self.pipeline = Pipeline(self.settings)

    def __reduce__(self) -> tuple[type["Cleaner"], tuple[Settings, Decisions]]:
        """What other processes make the same cleaner of; they load the stages themselves."""
        return type(self), (self.settings, self.decisions)

    def clean(
        self,
        article: str | bytes,
        id: str = "",  # noqa: A002  # its name in the log
        source: str = "",
        charset: str = "",
    ) -> Cleaned:
        """Clean one article.

        Args:
            article: its bytes as they were found, or its text.
            id: its name, for the log.
            source: where it came from, for the log.
            charset: what its source declares its bytes to be in, e.g. in an HTTP header; by default the
                settings'. It counts if the bytes bear it out.

        Returns:
            The clean text and the log. ``revert`` gives the bytes back; of a text, its UTF-8.

        Raises:
            decoding.NotText: if the bytes are binary data.
        """
        raw, (text, decoding) = decoded(article, charset or self.settings.charset)
        outcome = self.pipeline.run(Article(text, id, source), self.decisions) if text else Outcome(text, (), {}, {})
        log = ChangeLog(
            id=id,
            source=source,
            raw_sha256=sha256(raw),
            clean_sha256=sha256(outcome.text),
            **provenance(self.settings)._asdict(),
            decoding=decoding,
            document=outcome.document,
            metadata=outcome.metadata,
            stages=outcome.stages,
            decisions=self.decisions.digest((edit for stage in outcome.stages for edit in stage.edits), id),
            note="" if text else EMPTY,
        )
        return Cleaned(outcome.text, log)

    def clean_or_keep(
        self,
        article: str | bytes,
        id: str = "",  # noqa: A002  # its name in the log
        source: str = "",
        charset: str = "",
        carrier: Mapping[str, Any] = MappingProxyType({}),
    ) -> Cleaned:
        """Clean one article, or say in its log why it is kept as it is: no error costs other articles.

        Args:
            article: see :meth:`clean`.
            id: see :meth:`clean`.
            source: see :meth:`clean`.
            charset: see :meth:`clean`.
            carrier: what the log carries for the article's format.

        Returns:
            The clean text and the log. Of an article that was kept the text is empty and :func:`is_kept` holds for
            the log, whose note says why.
        """
        try:
            text, log = self.clean(article, id, source, charset)
        except NotText as error:
            return self.kept(str(error), id, source, carrier)
        except MemoryError:
            return self.kept("needs more memory than there is; free some, or use fewer jobs", id, source, carrier)
        except Exception as error:  # noqa: BLE001  # a fault of ours must not cost the other articles
            return self.kept(of_our_fault(error), id, source, carrier)
        return Cleaned(text, msgspec.structs.replace(log, carrier=dict(carrier)) if carrier else log)

    def kept(
        self,
        reason: str,
        id: str = "",  # noqa: A002  # its name in the log
        source: str = "",
        carrier: Mapping[str, Any] = MappingProxyType({}),
    ) -> Cleaned:
        """An empty text and the log of what is kept as it is, because it is no article or cannot be cleaned.

        Args:
            reason: why, and what to do; the log's note.
            id: its name.
            source: where it came from.
            carrier: what the log carries for the article's format.
        """
        nothing = sha256(b"")
        log = ChangeLog(
            id=id,
            source=source,
            raw_sha256=nothing,
            clean_sha256=nothing,
            **provenance(self.settings)._asdict(),
            decoding=Decoding("utf-8"),
            document={},
            metadata={},
            stages=(),
            note=encodable(reason),
            carrier={**carrier, KEPT: True},
        )
        return Cleaned("", log)

    def clean_records(
        self,
        records: Iterable[Mapping[str, Any]],
        text_field: str | None = None,
        id_field: str | None = None,
        changes_field: str | None = "changes",
    ) -> Iterator[dict[str, Any]]:
        """Clean records, one by one as they are asked for; one comes out for each that goes in, in order.

        A record whose text is missing, None or no ``str`` comes out with it as it is, and the ``note`` of its log says
        why; nothing is raised for it. The records that go in are not changed. What stood in ``changes_field``
        before goes into the log and comes back with :func:`clean_news.revert_record`.

        Args:
            records: dicts or other mappings; all their fields are kept.
            text_field: the field with the text; by default the settings' (``text``).
            id_field: the field with the article's id; by default the settings' (``id``). A record without one is
                called by its number, from 1.
            changes_field: where the log goes, as a dict of JSON values; None leaves it out, and then there is no
                way back.

        Raises:
            ValueError: if ``changes_field`` is the field of the text or of the id.

        >>> for record in Cleaner().clean_records([{"id": 1, "text": "It didnâ€™t reply."}, {"id": 2}]):
        ...     print(record["id"], record.get("text"), record["changes"].get("note"))
        1 It didn’t reply. None
        2 None the text is missing; give a str, or name another text_field
        """
        return records_of.clean_records(records, self, self.fields(text_field, id_field, changes_field))

    def clean_batch(
        self,
        columns: records_of.Columns,
        text_field: str | None = None,
        id_field: str | None = None,
        changes_field: str | None = "changes",
    ) -> dict[str, Any]:
        """Clean a batch of columns, as ``datasets.map(batched=True)`` and Ray's ``map_batches`` give them.

        A text that is missing, None or no ``str`` stays as it is, and the ``note`` of its log says why. The columns
        that go in are not changed.

        Args:
            columns: lists, NumPy arrays, pandas series or pyarrow columns by name; a pandas data frame, too.
            text_field: the column with the texts; by default the settings' (``text``).
            id_field: the column with the articles' ids; by default the settings' (``id``). There need be none.
            changes_field: the column where the logs go, each as JSON text, for a column has one type; None
                leaves it out, and then there is no way back.

        Returns:
            All the columns. The texts and the logs are lists, the others the very objects that went in.

        Raises:
            ValueError: if there is no column of texts, the columns differ in length, or ``changes_field`` is that of
                the texts or ids.

        >>> batch = Cleaner().clean_batch({"text": ["It didnâ€™t reply.", None], "site": ["a", "b"]})
        >>> batch["text"], batch["site"]
        (['It didn’t reply.', None], ['a', 'b'])
        >>> from clean_news import revert_batch
        >>> revert_batch(batch)
        {'text': ['It didnâ€™t reply.', None], 'site': ['a', 'b']}
        """
        return records_of.clean_batch(columns, self, self.fields(text_field, id_field, changes_field))

    def fields(self, text: str | None, id: str | None, changes: str | None) -> records_of.Fields:  # noqa: A002
        """The names of the fields that count, those of the settings where none are given.

        Raises:
            ValueError: if the log would overwrite the text or the id.
        """
        return records_of.Fields(text or self.settings.text_field, id or self.settings.id_field, changes).checked()


def _settings_of(settings: Settings | Mapping[str, Any] | None, options: Mapping[str, Any]) -> Settings:
    """The settings in the forms that :class:`Cleaner` takes them.

    Raises:
        SettingsError: for an unknown setting or a value that is not allowed.
        TypeError: if they have another type.
    """
    if isinstance(settings, Settings):
        if options:
            raise TypeError("settings are given twice; pass a Settings object, or keywords such as level='bold'")
        return settings
    if settings is not None and not isinstance(settings, Mapping):
        raise TypeError(
            f"settings cannot be {type(settings).__name__}; write Cleaner(level='bold') or Cleaner({{'level': 'bold'}})"
        )
    return from_mapping({**(settings or {}), **options}, "Cleaner")


def clean(article: str | bytes, id: str = "", source: str = "") -> Cleaned:  # noqa: A002  # its name in the log
    """Clean one article with the default settings; see :meth:`Cleaner.clean`."""
    return Cleaner().clean(article, id, source)


def raw_bytes(article: str | bytes) -> bytes:
    """The raw bytes of an article: of a text, its UTF-8."""
    return article if isinstance(article, bytes) else article.encode("utf-8", "surrogatepass")


def decoded(article: str | bytes, charset: str) -> tuple[bytes, tuple[str, Decoding]]:
    """The raw bytes, and what :func:`clean_news.charsets.decoding.decode` returns for them.

    Of a text the codec is known, so nothing is detected; lone surrogates become U+FFFD.
    """
    if isinstance(article, bytes):
        return article, decode(article, charset or None)
    raw = raw_bytes(article)
    return raw, decode_as(raw, Detection("utf-8", 1.0, "given as text"))
