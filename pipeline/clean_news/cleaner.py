"""Cleans one article: bytes or text in, clean text and its change log out."""

import warnings
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import msgspec

from clean_news import records as records_of
from clean_news.article import Article, ScannedWord
from clean_news.change_log import KEPT, PAGE, ChangeLog, Publication, sha256
from clean_news.change_log.detail import reduced
from clean_news.charsets.decoding import Decoding, NotText, decode, decode_as
from clean_news.charsets.detection import Detection
from clean_news.decisions import Decisions
from clean_news.failures import internal_error_message
from clean_news.hand_edits import decisions_digest
from clean_news.pipeline import Pipeline, PipelineResult
from clean_news.printable_text import encodable
from clean_news.provenance import provenance
from clean_news.settings import Settings, from_mapping
from clean_news.stages.publication import publication_of
from clean_news.stages.source.prepared_index import prepare

EMPTY = "the article is empty"


class Cleaned(NamedTuple):
    r"""A cleaned article.

    Attributes:
        text: the clean text; lines end in ``\n``.
        log: every edit, and what is needed to restore the raw bytes.
    """

    text: str
    log: ChangeLog

    @property
    def metadata(self) -> dict[str, str]:
        """What was removed from the text, by kind: ``date``, ``image`` and so on."""
        return self.log.metadata

    @property
    def publication(self) -> Publication:
        """Authors, dates of publication and of the last update, captions and credits, as far as known."""
        return self.log.publication or Publication()


class Cleaner:
    """Cleans articles with the same settings.

    Attributes:
        settings: the settings, which name the index of the sources instead of them.
        decisions: the reviewers' decisions.
        pipeline: the stages that the settings name.
    """

    def __init__(
        self,
        settings: Settings | Mapping[str, Any] | None = None,
        decisions: Decisions | None = None,
        **options: Any,  # noqa: ANN401  # the value of any setting
    ) -> None:
        """Load the stages, and bring the index of the sources up to date, if there are any.

        A source file that cannot be read is a warning.

        Args:
            settings: a :class:`clean_news.settings.Settings`, or a mapping of keys to values as in a settings file;
                the defaults if None.
            decisions: the reviewers' decisions.
            options: settings as keywords, e.g. ``level="bold"``; they overrule those of a mapping.

        Raises:
            SettingsError: for an unknown setting or a value that is not allowed, if a stage cannot be loaded, or if
                the language model is damaged; or if a source does not exist or the index cannot be written.
            TypeError: if ``settings`` or ``decisions`` has another type, or a ``Settings`` is given with keywords.

        >>> Cleaner(level="bold").settings == Cleaner({"level": "bold"}).settings
        True
        """
        if decisions is not None and not isinstance(decisions, Decisions):
            raise TypeError(
                "decisions must be a Decisions object; read files with clean_news.decisions.read_all(paths)"
            )
        prepared = prepare(_settings_of(settings, options))
        for failure in prepared.failures:
            warnings.warn(str(failure), stacklevel=2)
        self.settings = prepared.settings
        self.decisions = decisions or Decisions()
        self.pipeline = Pipeline(self.settings)
        provenance(self.settings)  # a damaged language model is found here, not by each article

    def __reduce__(self) -> tuple[type["Cleaner"], tuple[Settings, Decisions]]:
        """Pickle the settings and decisions; the receiving process loads the stages itself."""
        return type(self), (self.settings, self.decisions)

    def clean(
        self,
        article: str | bytes,
        id: str = "",  # noqa: A002  # its name in the log
        source: str = "",
        charset: str = "",
        words: tuple[ScannedWord, ...] = (),
        fixed: tuple[tuple[int, int], ...] = (),
    ) -> Cleaned:
        """Clean one article.

        Args:
            article: its raw bytes, or its text.
            id: its name, for the log.
            source: where it came from, for the log.
            charset: the charset that its source declares, e.g. in an HTTP header; by default that of the settings.
                It is ignored if the bytes contradict it.
            words: the words that a scanner read, in the order of the text; the log says which an edit changes, and
                their confidences are evidence for ``ocr``.
            fixed: spans of the text, in order and disjoint, that stand for markup or code; no stage changes them.

        Returns:
            The clean text and the log, from which ``revert`` restores the bytes (of a text, its UTF-8).

        Raises:
            decoding.NotText: if the bytes are binary data.
            TypeError: if it is neither bytes nor str.
        """
        raw, (text, decoding) = decoded(article, charset or self.settings.charset)
        outcome = (
            self.pipeline.run(Article(text, id, source, words=words, fixed=fixed), self.decisions)
            if text or self.decisions
            else PipelineResult(text, (), {}, {})
        )
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
            decisions=decisions_digest(self.decisions, outcome.text, outcome.stages, id),
            note="" if text else EMPTY,
            publication=publication_of(outcome.stages),
        )
        return Cleaned(outcome.text, reduced(log, self.settings.log_detail))

    def clean_or_keep(
        self,
        article: str | bytes,
        id: str = "",  # noqa: A002  # its name in the log
        source: str = "",
        charset: str = "",
        carrier: Mapping[str, Any] = MappingProxyType({}),
        words: tuple[ScannedWord, ...] = (),
        fixed: tuple[tuple[int, int], ...] = (),
    ) -> Cleaned:
        """Clean one article, or say in its log why it is kept unchanged; nothing is raised.

        Args:
            article: see :meth:`clean`.
            id: see :meth:`clean`.
            source: see :meth:`clean`.
            charset: see :meth:`clean`.
            carrier: what the log carries for the article's format.
            words: see :meth:`clean`.
            fixed: see :meth:`clean`.

        Returns:
            The clean text and the log. Of an article that was kept the text is empty and :func:`is_kept` holds for
            the log, whose note says why.
        """
        try:
            text, log = self.clean(article, id, source, charset, words, fixed)
        except NotText as error:
            return self.kept(str(error), id, source, carrier)
        except MemoryError:
            return self.kept("needs more memory than there is; free some, or use fewer jobs", id, source, carrier)
        except Exception as error:  # noqa: BLE001  # a fault of ours must not cost the other articles
            return self.kept(internal_error_message(error), id, source, carrier)
        return self.as_carried(Cleaned(text, log), id, source, carrier) if carrier else Cleaned(text, log)

    @staticmethod
    def as_carried(cleaned: Cleaned, id: str, source: str, carrier: Mapping[str, Any]) -> Cleaned:  # noqa: A002
        """Return the result of cleaning an article as that of another one with the same text.

        Args:
            cleaned: the result.
            id: name of the other article.
            source: where it came from.
            carrier: what its log carries for its format.
        """
        log = cleaned.log
        publication = publication_of(log.stages, carrier.get(PAGE)) if PAGE in carrier else log.publication
        changed = msgspec.structs.replace(log, id=id, source=source, carrier=dict(carrier), publication=publication)
        return Cleaned(cleaned.text, changed)

    def kept(
        self,
        reason: str,
        id: str = "",  # noqa: A002  # its name in the log
        source: str = "",
        carrier: Mapping[str, Any] = MappingProxyType({}),
    ) -> Cleaned:
        """An empty text and the log of something that is kept unchanged: it is not an article, or cannot be cleaned.

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
        """Clean records lazily: yield one record for each input record, in order.

        A record whose text is missing, None or not a ``str`` is yielded unchanged, and the ``note`` of its log says
        why; nothing is raised. Input records are not modified. An earlier value of ``changes_field`` is kept in the
        log and restored by :func:`clean_news.revert_record`.

        Args:
            records: dicts or other mappings; all their fields are kept.
            text_field: the field of the text; by default that of the settings (``text``).
            id_field: the field of the article's id; by default that of the settings (``id``). A record without an id
                is identified by its number, from 1.
            changes_field: the field for the log, a dict of JSON values; None writes no log, and then the record cannot
                be reverted.

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
        """Clean a batch of columns, as ``datasets.map(batched=True)`` and Ray's ``map_batches`` pass them.

        A text that is missing, None or not a ``str`` stays unchanged, and the ``note`` of its log says why. Input
        columns are not modified.

        Args:
            columns: lists, NumPy arrays, pandas series or pyarrow columns by name; or a pandas data frame.
            text_field: the column of the texts; by default that of the settings (``text``).
            id_field: the column of the articles' ids; by default that of the settings (``id``). It may be missing.
            changes_field: the column for the logs, each as JSON text, since a column has one type; None writes no
                logs, and then the batch cannot be reverted.

        Returns:
            All columns. The texts and the logs are lists, the others are the input objects.

        Raises:
            ValueError: if there is no column of texts, the columns differ in length, or ``changes_field`` is the
                column of the texts or ids.

        >>> batch = Cleaner().clean_batch({"text": ["It didnâ€™t reply.", None], "site": ["a", "b"]})
        >>> batch["text"], batch["site"]
        (['It didn’t reply.', None], ['a', 'b'])
        >>> from clean_news import revert_batch
        >>> revert_batch(batch)
        {'text': ['It didnâ€™t reply.', None], 'site': ['a', 'b']}
        """
        return records_of.clean_batch(columns, self, self.fields(text_field, id_field, changes_field))

    def fields(self, text: str | None, id: str | None, changes: str | None) -> records_of.Fields:  # noqa: A002
        """The names of the fields, by default those of the settings.

        Raises:
            ValueError: if the log would overwrite the text or the id.
        """
        return records_of.Fields(text or self.settings.text_field, id or self.settings.id_field, changes).checked()


def _settings_of(settings: Settings | Mapping[str, Any] | None, options: Mapping[str, Any]) -> Settings:
    """The settings, from any form that :class:`Cleaner` accepts.

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
    if not isinstance(article, str):
        raise TypeError(f"an article is bytes or str, not {type(article).__name__}; pass the raw bytes or the text")
    raw = raw_bytes(article)
    return raw, decode_as(raw, Detection("utf-8", 1.0, "given as text"))
