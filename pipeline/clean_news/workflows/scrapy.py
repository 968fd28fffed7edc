"""Scrapy: an item pipeline that cleans articles, and the add-on that switches it on.

    ADDONS = {"clean_news.workflows.scrapy.CleanNewsAddon": 500}

The settings are in :mod:`clean_news.workflows.scrapy_settings`, and in docs/plugging-in.md. Cleaning happens in other
processes, so the reactor goes on. No item is ever dropped: what cannot be cleaned goes on unchanged, with a line in
the log and a count in the stats.
"""

import asyncio
import logging
from collections import Counter
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from clean_news.change_log import ChangeLog, is_kept
from clean_news.cleaner import Cleaner
from clean_news.records import name_of, plain
from clean_news.workflows.cleaning_processes import CleanedValue, CleaningProcesses
from clean_news.workflows.scrapy_settings import Wanted, is_enabled, wanted, whole_number

if TYPE_CHECKING:
    from itemadapter import ItemAdapter
    from scrapy.crawler import Crawler
    from scrapy.settings import BaseSettings

PIPELINE = "clean_news.workflows.scrapy.CleanNewsPipeline"
PRIORITY = 300  # the middle of the customary range: after what validates, before what stores
MIN_JUDGED_PROBABILITY = 0.5  # a document counts as spun or scanned from this probability on
ABSENT = object()
Item = TypeVar("Item")
logger = logging.getLogger(__name__)


class Stats(Protocol):
    """What is needed of Scrapy's stats collector."""

    def inc_value(self, key: str, count: int = 1) -> None:
        """Count."""
        ...


class CleanNewsAddon:
    """Scrapy's add-on: puts the pipeline among ``ITEM_PIPELINES``, at the place ``CLEAN_NEWS_PRIORITY`` (300)."""

    def update_settings(self, settings: "BaseSettings") -> None:
        """Add the pipeline, if it is not there already.

        Raises:
            NotConfigured: if ``CLEAN_NEWS_ENABLED`` is off.
            SettingsError: if the priority is no number.
        """
        raise_if_disabled(settings)
        pipelines = settings["ITEM_PIPELINES"]
        if PIPELINE not in pipelines and CleanNewsPipeline not in pipelines:
            pipelines[PIPELINE] = whole_number("CLEAN_NEWS_PRIORITY", settings, PRIORITY)


class CleanNewsPipeline:
    """Scrapy's item pipeline: cleans the text of each item and puts the log beside it."""

    def __init__(self, asked: Wanted, stats: Stats) -> None:
        """Load the stages, so that a fault in the settings ends the crawl before it begins.

        Args:
            asked: what the project wants.
            stats: where to count.

        Raises:
            SettingsError: if a stage cannot be loaded, or the settings name a rule that no stage has, or a file
                that cannot be read.
        """
        self.asked = asked
        self.stats = stats
        self.processes = CleaningProcesses(Cleaner(asked.settings, asked.decisions), asked.workers)

    @classmethod
    def from_crawler(cls, crawler: "Crawler") -> "CleanNewsPipeline":
        """The pipeline of a crawl.

        Raises:
            NotConfigured: if ``CLEAN_NEWS_ENABLED`` is off.
            SettingsError, DecisionsError: if a setting is wrong; that ends the crawl.
        """
        raise_if_disabled(crawler.settings)
        assert crawler.stats is not None  # there before the pipelines
        return cls(wanted(crawler.settings), crawler.stats)

    async def process_item(self, item: Item, spider: object = None) -> Item:  # noqa: ARG002  # older Scrapy gives it
        """Clean an item, in place.

        Args:
            item: a dict, or an instance of ``scrapy.Item``, of a dataclass, of an attrs or a Pydantic class.
            spider: not needed.

        Returns:
            The item, whatever happens.
        """
        from itemadapter import ItemAdapter

        try:
            await self.clean(ItemAdapter(item))
        except Exception as error:  # noqa: BLE001  # whatever happens, the item is not lost
            self.fail(item, f"{type(error).__name__}: {error}")
        return item

    async def clean(self, adapter: "ItemAdapter") -> None:
        """Clean an item's fields.

        Raises:
            ValueError: if the item has no room for the log.
            Exception: whatever the item raises; it is then as it was.
        """
        texts = {field: adapter[field] for field in self.asked.fields if adapter.get(field) is not None}
        if not texts:
            self.stats.inc_value("clean_news/without_field")
            return
        check_room(adapter, self.asked.changes_field)
        name = name_of(adapter.get(self.asked.id_field), "")
        earlier = adapter.get(self.asked.changes_field)
        under_way: dict[str, Future[CleanedValue]] = {}
        for field, text in texts.items():
            if isinstance(text, str):
                # Of several logs the first keeps what stood there.
                under_way[field] = self.processes.submit(text, name, None if under_way else plain(earlier))
            else:
                self.stats.inc_value("clean_news/not_text")
                found = type(text).__name__
                logger.warning("%s: its field %s is no str but a %s: left unchanged", name or "an item", field, found)
        cleaned = {field: await result_of(future) for field, future in under_way.items()}
        for field, clean in cleaned.items():
            if is_kept(clean.log):
                self.fail(adapter.item, f"{field}: {clean.log.note}")
        self.put(adapter, {field: clean for field, clean in cleaned.items() if not is_kept(clean.log)})

    def put(self, adapter: "ItemAdapter", cleaned: dict[str, CleanedValue]) -> None:
        """Put clean texts and logs into the item, and count."""
        if not cleaned:
            return
        values: dict[str, Any] = {field: clean.text for field, clean in cleaned.items()}
        if self.asked.changes_field:
            logs = {field: clean.changes for field, clean in cleaned.items()}
            values[self.asked.changes_field] = logs if len(self.asked.fields) > 1 else logs[self.asked.fields[0]]
        put_all(adapter, values)
        self.stats.inc_value("clean_news/articles")
        for clean in cleaned.values():
            for key, number in counts(clean.log).items():
                self.stats.inc_value(f"clean_news/{key}", number)

    def fail(self, item: object, why: str) -> None:
        """Count and log an item that goes on unchanged."""
        from itemadapter import ItemAdapter

        name = ItemAdapter(item).get(self.asked.id_field) if ItemAdapter.is_item(item) else None
        self.stats.inc_value("clean_news/failures")
        logger.error("%s was not cleaned and goes on unchanged: %s", name or f"an item ({type(item).__name__})", why)

    def close_spider(self, spider: object = None) -> None:  # noqa: ARG002  # older Scrapy gives it
        """End the processes; they are idle when Scrapy calls this."""
        self.processes.close()


def raise_if_disabled(settings: "BaseSettings") -> None:
    """Tell Scrapy that this component is not wanted, if so.

    Raises:
        NotConfigured: if ``CLEAN_NEWS_ENABLED`` is off.
    """
    from scrapy.exceptions import NotConfigured

    if not is_enabled(settings):
        raise NotConfigured("CLEAN_NEWS_ENABLED is off")


def check_room(adapter: "ItemAdapter", changes_field: str) -> None:
    """Refuse an item that cannot carry its log: without it there would be no way back.

    Raises:
        ValueError: if its class does not have the field.
    """
    names = adapter.get_field_names_from_class(type(adapter.item))  # None for a dict
    if changes_field and names is not None and changes_field not in names:
        raise ValueError(
            f"{type(adapter.item).__name__} has no field {changes_field!r} for the log; declare it, or name another "
            "with CLEAN_NEWS_CHANGES_FIELD ('' for none, and no way back)"
        )


def put_all(adapter: "ItemAdapter", values: dict[str, Any]) -> None:
    """Set all the fields, or none.

    Raises:
        Exception: whatever the item raises, e.g. one that is frozen; it is then as it was.
    """
    before = {field: adapter.get(field, ABSENT) for field in values}
    done: list[str] = []
    try:
        for field, value in values.items():
            adapter[field] = value
            done.append(field)
    except Exception:
        for field in done:
            if before[field] is ABSENT:
                del adapter[field]
            else:
                adapter[field] = before[field]
        raise


def counts(log: ChangeLog) -> Counter[str]:
    """What a log adds to the stats, by the keys' last part."""
    found = Counter(f"edits/{edit.state}/{stage.name}" for stage in log.stages for edit in stage.edits)
    found.update(f"stage_failures/{stage.name}" for stage in log.stages if stage.failed is not None)
    for judgement in ("spun", "scanned"):
        probability = log.document.get(judgement)
        if isinstance(probability, int | float) and probability >= MIN_JUDGED_PROBABILITY:
            found[judgement] += 1
    return found


async def result_of(future: Future[CleanedValue]) -> CleanedValue:
    """The future's result, waited for as the reactor that runs wants it."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:  # a reactor without asyncio
        from twisted.internet import reactor
        from twisted.internet.defer import Deferred

        waiting: Deferred[None] = Deferred()
        future.add_done_callback(lambda _: reactor.callFromThread(waiting.callback, None))
        await waiting
        return future.result()
    return await asyncio.wrap_future(future)
