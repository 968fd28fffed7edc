"""A step that cleans documents in any datatrove pipeline."""

from pathlib import Path

from datatrove.data import DocumentsPipeline
from datatrove.pipeline.base import PipelineStep
from datatrove.utils.logging import logger

from clean_news import change_log
from clean_news.batch.run_options import cleaner_for
from clean_news.batch.tally import Tally
from clean_news.change_log import ChangeLog
from clean_news.settings import Settings

CHANGES = "changes"  # in a document's metadata: its log


class CleanNews(PipelineStep):  # type: ignore[misc]  # datatrove ships no type information
    """Cleans the text of each document; every document that comes in goes out, in order.

    The log of a document is one line of JSON in ``metadata["changes"]``: text, because its shape varies from document
    to document, which a Parquet file does not bear. ``clean_news.change_log.read`` reads it. A document that cannot be
    cleaned goes on unchanged, its log is empty, and the task's log says why.

    Its statistics: ``articles``, ``edits/STAGE`` (applied ones), ``spun``, ``scanned``, ``failed`` (documents that
    could not be cleaned), ``failed/STAGE`` (in documents that the other stages have cleaned).

    The models are loaded by the first document, in the process that works on it; the step itself is small.
    """

    type = "🧽 - CLEANER"
    name = "clean-news"

    def __init__(self, settings: Settings | None = None, decisions: tuple[Path, ...] = ()) -> None:
        """Take note of what is wanted.

        Args:
            settings: the defaults if None.
            decisions: files of reviewers' decisions.
        """
        super().__init__()
        self.settings = settings or Settings()
        self.decisions = decisions

    def run(self, data: DocumentsPipeline, rank: int = 0, world_size: int = 1) -> DocumentsPipeline:  # noqa: ARG002
        """Clean documents, one at a time.

        Args:
            data: the documents; the ``url`` in the metadata of one, if it has any, goes into its log.
            rank: the task's number, as everywhere in datatrove.
            world_size: the number of tasks.

        Raises:
            SettingsError: if a stage cannot be loaded.
            DecisionsError: if a file of decisions cannot be read.
        """
        cleaner = cleaner_for(self.settings, self.decisions)
        for document in data or ():
            with self.track_time():
                try:
                    text, log = cleaner.clean(document.text, document.id, str(document.metadata.get("url") or ""))
                    line = change_log.write(log).decode().rstrip("\n")
                except Exception as error:  # noqa: BLE001  # a fault of ours must not cost the other documents
                    logger.error(f"clean-news failed on {document.id} ({type(error).__name__}: {error})")
                    self.stat_update("articles", "failed")
                    document.metadata[CHANGES] = ""
                else:
                    self.count(log)
                    document.text, document.metadata[CHANGES] = text, line
            yield document

    def count(self, log: ChangeLog) -> None:
        """Count a document in."""
        tally = Tally()
        tally.add_log(log)
        self.stat_update("articles")
        for stage, rules in tally.edits.items():
            if applied := sum(states.get("applied", 0) for states in rules.values()):
                self.stat_update(f"edits/{stage}", value=applied)
        self.stat_update(*(["spun"] * len(tally.spun)), *(["scanned"] * len(tally.scanned)))
        self.stat_update(*(f"failed/{stage.name}" for stage in log.stages if stage.failed))
