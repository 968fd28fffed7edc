"""Cleaning one article: bytes or text in, clean text and its change log out."""

from typing import NamedTuple

from clean_news.article import Article
from clean_news.change_log import ChangeLog, sha256
from clean_news.codec_detection import Detection
from clean_news.decisions import Decisions
from clean_news.decoding import Decoding, decode, decode_as
from clean_news.dictionary_digests import digests
from clean_news.pipeline import Outcome, Pipeline
from clean_news.settings import Settings
from clean_news.version import version

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

    def __init__(self, settings: Settings | None = None, decisions: Decisions | None = None) -> None:
        """Load the stages.

        Args:
            settings: the defaults if None.
            decisions: what reviewers want of the edits.

        Raises:
            SettingsError: if a stage cannot be loaded, or ``rules-off`` names a rule that no stage has.
        """
        self.settings = settings or Settings()
        self.decisions = decisions or Decisions()
        self.pipeline = Pipeline(self.settings)

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
            version=version(),
            settings_sha256=self.settings.sha256(),
            dictionaries=digests(self.settings.dictionary),
            decoding=decoding,
            document=outcome.document,
            metadata=outcome.metadata,
            stages=outcome.stages,
            decisions=self.decisions.digest((edit for stage in outcome.stages for edit in stage.edits), id),
            note="" if text else EMPTY,
        )
        return Cleaned(outcome.text, log)


def clean(article: str | bytes, id: str = "", source: str = "") -> Cleaned:  # noqa: A002  # its name in the log
    """Clean one article with the default settings; see :meth:`Cleaner.clean`."""
    return Cleaner().clean(article, id, source)


def raw_bytes(article: str | bytes) -> bytes:
    """The raw bytes of an article: of a text, its UTF-8."""
    return article if isinstance(article, bytes) else article.encode("utf-8", "surrogatepass")


def decoded(article: str | bytes, charset: str) -> tuple[bytes, tuple[str, Decoding]]:
    """The raw bytes, and what :func:`clean_news.decoding.decode` returns for them.

    Of a text the codec is known, so nothing is detected; lone surrogates become U+FFFD.
    """
    if isinstance(article, bytes):
        return article, decode(article, charset or None)
    raw = raw_bytes(article)
    return raw, decode_as(raw, Detection("utf-8", 1.0, "given as text"))
