"""A crawl started by a script without a ``__main__`` guard; the tests run it.

Arguments: the site's address, the kind of item, the settings as JSON, the file for the stats.
"""

import json
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import attrs
import scrapy
from scrapy.crawler import CrawlerProcess

SITE, KIND, SETTINGS, STATS = sys.argv[1:]
TICK = 0.02  # seconds


@dataclass
class DataclassArticle:
    url: str
    title: str
    text: Any = None
    changes: dict[str, Any] | None = None


@dataclass(frozen=True)
class FrozenArticle:
    url: str
    title: str
    text: str
    changes: dict[str, Any] | None = None


@dataclass
class ArticleWithoutRoom:
    url: str
    title: str
    text: str


@attrs.define
class AttrsArticle:
    url: str
    title: str
    text: Any = None
    changes: dict[str, Any] | None = None


class ScrapyArticle(scrapy.Item):
    url = scrapy.Field()
    title = scrapy.Field()
    text = scrapy.Field()
    changes = scrapy.Field()


KINDS = {
    "dict": dict,
    "dataclass": DataclassArticle,
    "frozen": FrozenArticle,
    "without room": ArticleWithoutRoom,
    "attrs": AttrsArticle,
    "scrapy": ScrapyArticle,
}


class Articles(scrapy.Spider):
    name = "articles"
    start_urls = (SITE,)

    def tick(self):
        """Create the file that the settings name, when as many items are done as they say."""
        if self.crawler.stats.get_value("item_scraped_count", 0) >= self.settings.getint("TEST_RELEASE_AFTER"):
            Path(self.settings["TEST_RELEASE"]).touch()

    def parse(self, response):
        from twisted.internet.task import LoopingCall  # imported here because the import installs a reactor

        if self.settings["TEST_RELEASE"]:
            LoopingCall(self.tick).start(TICK)
        yield from response.follow_all(css="li a", callback=self.parse_article)

    def parse_article(self, response):
        paragraphs = response.css("article p::text").getall()
        found = {"url": response.url, "title": response.css("h1::text").get()}
        if paragraphs:
            found["text"] = paragraphs if response.css(".list") else "\n\n".join(paragraphs)
        yield KINDS[KIND](**found)


process = CrawlerProcess(settings={"TELNETCONSOLE_ENABLED": False, "RETRY_ENABLED": False, **json.loads(SETTINGS)})
crawler = process.create_crawler(Articles)
process.crawl(crawler)
process.start()
with suppress(RuntimeError):  # a crawl that did not start has no stats
    Path(STATS).write_text(json.dumps(crawler.stats.get_stats(), default=str), encoding="utf-8")
sys.exit(process.bootstrap_failed)
