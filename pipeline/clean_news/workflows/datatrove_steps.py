"""A pipeline step for datatrove that cleans documents."""

from pathlib import Path

from datatrove.data import DocumentsPipeline
from datatrove.pipeline.base import PipelineStep
from datatrove.utils.logging import logger

from clean_news import change_log
from clean_news.batch.run_options import cleaner_for
from clean_news.batch.tally import Tally
from clean_news.change_log import ChangeLog
from clean_news.printable_text import visible
from clean_news.settings import Settings
from clean_news.stages.source.prepared_index import prepare

CHANGES = "changes"  # metadata key of a document's change log


class CleanNews(PipelineStep):  # type: ignore[misc]  # datatrove ships no type information
    """Cleans the text of each document; all documents are passed on, in order.

    The change log of a document is a line of JSON in ``metadata["changes"]``, as a string, since its structure varies
    from document to document, which Parquet does not allow. ``clean_news.change_log.read`` parses it. A document that
    cannot be cleaned is passed on unchanged with an empty change log; the task's log says why.

    Statistics: ``articles``, ``edits/STAGE`` (applied edits), ``spun``, ``scanned``, ``failed`` (documents that could
    not be cleaned), ``failed/STAGE`` (documents in which the stage failed and the others succeeded).

    The models are loaded at the first document, in the process that cleans it; the step itself pickles small.
    """

    type = "🧽 - CLEANER"
    name = "clean-news"

    def __init__(self, settings: Settings | None = None, decisions: tuple[Path, ...] = ()) -> None:
        """Store the options, and bring the index of the sources up to date, if there are any: once, for all tasks.

        Args:
            settings: the settings; None for the defaults. If the tasks run on other machines, ``sources_index`` must
                be a folder that these have access to.
            decisions: files of reviewers' decisions.

        Raises:
            SettingsError: if a source does not exist, or their index cannot be written.
        """
        super().__init__()
        prepared = prepare(settings or Settings())
        for failure in prepared.failures:
            logger.warning(visible(str(failure)))
        self.settings = prepared.settings
        self.decisions = decisions

    def run(self, data: DocumentsPipeline, rank: int = 0, world_size: int = 1) -> DocumentsPipeline:  # noqa: ARG002
        """Clean documents, one at a time.

        Args:
            data: the documents; the ``url`` in a document's metadata, if any, is written into its change log.
            rank: rank of the task (unused).
            world_size: number of tasks (unused).

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
                except Exception as error:  # noqa: BLE001  # a bug of ours must not affect other documents
                    logger.error(visible(f"clean-news failed on {document.id} ({type(error).__name__}: {error})"))
                    self.stat_update("articles", "failed")
                    document.metadata[CHANGES] = ""
                else:
                    self.count(log)
                    document.text, document.metadata[CHANGES] = text, line
            yield document

    def count(self, log: ChangeLog) -> None:
        """Update the statistics with a document's change log."""
        tally = Tally()
        tally.add_log(log)
        self.stat_update("articles")
        for stage, rules in tally.edits.items():
            if applied := sum(states.get("applied", 0) for states in rules.values()):
                self.stat_update(f"edits/{stage}", value=applied)
        self.stat_update(*(["spun"] * len(tally.spun)), *(["scanned"] * len(tally.scanned)))
        self.stat_update(*(f"failed/{stage.name}" for stage in log.stages if stage.failed))
