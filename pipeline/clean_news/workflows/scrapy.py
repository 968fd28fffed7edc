"""An item pipeline for Scrapy that cleans articles, and the add-on that enables it.

    ADDONS = {"clean_news.workflows.scrapy.CleanNewsAddon": 500}

The settings are described in :mod:`clean_news.workflows.scrapy_settings` and docs/plugging-in.md. Cleaning happens in
subprocesses, so that it does not block the reactor. Items are never dropped: those that cannot be cleaned are passed on
unchanged, logged, and counted in the stats.
"""

import asyncio
import logging
from collections import Counter
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from clean_news.change_log import ChangeLog, is_kept
from clean_news.cleaner import Cleaner
from clean_news.printable_text import visible
from clean_news.records import name_of, plain
from clean_news.stages.source.prepared_index import prepare
from clean_news.workflows.cleaning_processes import CleanedValue, CleaningProcesses
from clean_news.workflows.scrapy_settings import PipelineOptions, integer_setting, is_enabled, read_options

if TYPE_CHECKING:
    from itemadapter import ItemAdapter
    from scrapy.crawler import Crawler
    from scrapy.settings import BaseSettings

PIPELINE = "clean_news.workflows.scrapy.CleanNewsPipeline"
PRIORITY = 300  # the middle of the usual range: after validation, before storage
MIN_JUDGED_PROBABILITY = 0.5  # a document counts as spun or scanned from this probability on
MISSING = object()
Item = TypeVar("Item")
logger = logging.getLogger(__name__)


class Stats(Protocol):
    """The part of Scrapy's stats collector that is used."""

    def inc_value(self, key: str, count: int = 1) -> None:
        """Increase a counter."""
        ...


class CleanNewsAddon:
    """Scrapy add-on: adds the pipeline to ``ITEM_PIPELINES`` with the order ``CLEAN_NEWS_PRIORITY`` (300)."""

    def update_settings(self, settings: "BaseSettings") -> None:
        """Add the pipeline, unless it is there already.

        Raises:
            NotConfigured: if ``CLEAN_NEWS_ENABLED`` is off.
            SettingsError: if the priority is not an integer.
        """
        raise_if_disabled(settings)
        pipelines = settings["ITEM_PIPELINES"]
        if PIPELINE not in pipelines and CleanNewsPipeline not in pipelines:
            pipelines[PIPELINE] = integer_setting("CLEAN_NEWS_PRIORITY", settings, PRIORITY)


class CleanNewsPipeline:
    """Scrapy item pipeline: cleans the text of each item and adds its change log to the item."""

    def __init__(self, options: PipelineOptions, stats: Stats) -> None:
        """Load the stages and make the index of the sources; invalid settings stop the crawl before it begins.

        Args:
            options: the project's options.
            stats: the stats collector.

        Raises:
            SettingsError: if a stage cannot be loaded, or the settings name an unknown rule or an unreadable file.
        """
        self.options = options
        self.stats = stats
        self.has_warned = False
        prepared = prepare(options.settings)
        for failure in prepared.failures:
            logger.warning("a source cannot be read: %s", visible(str(failure)))
        self.processes = CleaningProcesses(Cleaner(prepared.settings, options.decisions), options.workers)

    @classmethod
    def from_crawler(cls, crawler: "Crawler") -> "CleanNewsPipeline":
        """Create the pipeline of a crawl.

        Raises:
            NotConfigured: if ``CLEAN_NEWS_ENABLED`` is off.
            SettingsError, DecisionsError: if a setting is invalid; this stops the crawl.
        """
        raise_if_disabled(crawler.settings)
        assert crawler.stats is not None  # created before the pipelines
        return cls(read_options(crawler.settings), crawler.stats)

    async def process_item(self, item: Item, spider: object = None) -> Item:  # noqa: ARG002  # passed by older Scrapy
        """Clean an item, in place.

        Args:
            item: a dict, a ``scrapy.Item``, or an instance of a dataclass, attrs class or Pydantic model.
            spider: unused.

        Returns:
            The item, in any case.
        """
        from itemadapter import ItemAdapter

        try:
            await self.clean(ItemAdapter(item))
        except Exception as error:  # noqa: BLE001  # the item must not be lost
            self.fail(item, f"{type(error).__name__}: {error}")
        return item

    async def clean(self, adapter: "ItemAdapter") -> None:
        """Clean an item's fields.

        Raises:
            ValueError: if the item has no field for the change log.
            Exception: any error that setting a field raises; the item is then unchanged.
        """
        texts = {field: adapter[field] for field in self.options.fields if adapter.get(field) is not None}
        if not texts:
            self.stats.inc_value("clean_news/without_field")
            self.warn_of_missing_field(adapter)
            return
        _check_changes_field(adapter, self.options.changes_field)
        name = name_of(adapter.get(self.options.id_field), "")
        earlier = adapter.get(self.options.changes_field)
        under_way: dict[str, Future[CleanedValue]] = {}
        for field, text in texts.items():
            if isinstance(text, str):
                # The earlier value of the field is stored in the first log only.
                under_way[field] = self.processes.submit(text, name, None if under_way else plain(earlier))
            else:
                self.stats.inc_value("clean_news/not_text")
                found = type(text).__name__
                logger.warning(
                    "%s: its field %s is a %s, not a str; left unchanged", visible(str(name or "an item")), field, found
                )
        cleaned = {field: await _result_of(future) for field, future in under_way.items()}
        for field, clean in cleaned.items():
            if is_kept(clean.log):
                self.fail(adapter.item, f"{field}: {clean.log.note}")
        self.put(adapter, {field: clean for field, clean in cleaned.items() if not is_kept(clean.log)})

    def warn_of_missing_field(self, adapter: "ItemAdapter") -> None:
        """Warn of the first item without a text: if its field has another name, no item is ever cleaned."""
        if not self.has_warned:
            self.has_warned = True
            logger.warning(
                "an item (%s) has no text in %s and is passed on unchanged; it has the fields %s. If one of them is "
                "the text, name it with CLEAN_NEWS_FIELD. Further such items are only counted "
                "(clean_news/without_field)",
                type(adapter.item).__name__,
                " or ".join(self.options.fields),
                ", ".join(map(repr, adapter.keys())) or "(none)",
            )

    def put(self, adapter: "ItemAdapter", cleaned: dict[str, CleanedValue]) -> None:
        """Set the clean texts and change logs of an item, and update the stats."""
        if not cleaned:
            return
        values: dict[str, Any] = {field: clean.text for field, clean in cleaned.items()}
        if self.options.changes_field:
            logs = {field: clean.changes for field, clean in cleaned.items()}
            values[self.options.changes_field] = logs if len(self.options.fields) > 1 else logs[self.options.fields[0]]
        _set_fields(adapter, values)
        self.stats.inc_value("clean_news/articles")
        for clean in cleaned.values():
            for key, number in _counts(clean.log).items():
                self.stats.inc_value(f"clean_news/{key}", number)

    def fail(self, item: object, why: str) -> None:
        """Count and log an item that is passed on unchanged."""
        from itemadapter import ItemAdapter

        name = ItemAdapter(item).get(self.options.id_field) if ItemAdapter.is_item(item) else None
        self.stats.inc_value("clean_news/failures")
        logger.error(
            "%s was not cleaned and is passed on unchanged: %s",
            visible(str(name or f"an item ({type(item).__name__})")),
            visible(why),
        )

    def close_spider(self, spider: object = None) -> None:  # noqa: ARG002  # passed by older Scrapy
        """End the processes, which are idle when Scrapy calls this."""
        self.processes.close()


def raise_if_disabled(settings: "BaseSettings") -> None:
    """Tell Scrapy that this component is disabled, if so.

    Raises:
        NotConfigured: if ``CLEAN_NEWS_ENABLED`` is off.
    """
    from scrapy.exceptions import NotConfigured

    if not is_enabled(settings):
        raise NotConfigured("CLEAN_NEWS_ENABLED is off")


def _check_changes_field(adapter: "ItemAdapter", changes_field: str) -> None:
    """Check that an item can store its change log, without which it could not be reverted.

    Raises:
        ValueError: if its class does not have the field.
    """
    names = adapter.get_field_names_from_class(type(adapter.item))  # None for a dict
    if changes_field and names is not None and changes_field not in names:
        raise ValueError(
            f"{type(adapter.item).__name__} has no field {changes_field!r} for the change log; declare it, or name "
            "another with CLEAN_NEWS_CHANGES_FIELD ('' for none: the changes cannot be reverted then)"
        )


def _set_fields(adapter: "ItemAdapter", values: dict[str, Any]) -> None:
    """Set all fields, or none.

    Raises:
        Exception: any error that setting a field raises, e.g. if the item is frozen; the item is then unchanged.
    """
    before = {field: adapter.get(field, MISSING) for field in values}
    done: list[str] = []
    try:
        for field, value in values.items():
            adapter[field] = value
            done.append(field)
    except Exception:
        for field in done:
            if before[field] is MISSING:
                del adapter[field]
            else:
                adapter[field] = before[field]
        raise


def _counts(log: ChangeLog) -> Counter[str]:
    """Return what a change log adds to the stats, by key without the prefix ``clean_news/``."""
    found = Counter(f"edits/{edit.state}/{stage.name}" for stage in log.stages for edit in stage.edits)
    found.update(f"stage_failures/{stage.name}" for stage in log.stages if stage.failed is not None)
    for judgement in ("spun", "scanned"):
        probability = log.document.get(judgement)
        if isinstance(probability, int | float) and probability >= MIN_JUDGED_PROBABILITY:
            found[judgement] += 1
    return found


async def _result_of(future: Future[CleanedValue]) -> CleanedValue:
    """Await a future's result, with asyncio or, if the reactor does not use it, with Twisted."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:  # the reactor does not use asyncio
        from twisted.internet import reactor
        from twisted.internet.defer import Deferred

        waiting: Deferred[None] = Deferred()
        future.add_done_callback(lambda _: reactor.callFromThread(waiting.callback, None))
        await waiting
        return future.result()
    return await asyncio.wrap_future(future)
