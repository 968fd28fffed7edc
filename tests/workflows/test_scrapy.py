"""Scrapy: real spiders crawl a local site, in a separate process."""

import asyncio
import html
import re
from collections import Counter
from pathlib import Path

import pytest

from clean_news import log_of, revert, revert_record
from clean_news.cleaner import Cleaner
from clean_news.scoring import marked_text
from clean_news.settings import Settings
from clean_news.workflows.cleaning_processes import CleaningProcesses, WorkerDiedError
from clean_news.workflows.scrapy import CleanNewsPipeline
from clean_news.workflows.scrapy_settings import is_enabled, read_options


def page(title, text, kind=""):
    paragraphs = "".join(f"<p>{html.escape(part)}</p>" for part in text.split("\n\n") if part)
    return f"<html><body><h1>{html.escape(title)}</h1><article class='{kind}'>{paragraphs}</article></body></html>"


ScrapySettings = pytest.importorskip("scrapy.settings").Settings
GOLD = Path(__file__).parents[1] / "gold" / "spin.txt"
_, SPUN, _ = next(iter(marked_text.articles(GOLD.read_text(encoding="utf-8"))))
BROKEN = "The ministry didnâ€™t reply.\n\nIts â€œspokesmanâ€\x9d was away."
REPAIRED = "The ministry didn’t reply.\n\nIts “spokesman” was away."
GENUINE = "The harbour reopened on Tuesday.\n\nShips had waited outside it for two days."
PAGES = {
    "broken": page("Ministry", BROKEN),
    "spun": page("Bank", SPUN),
    "genuine": page("Harbour", GENUINE),
    "empty": page("Nothing", ""),
    "list": page("A list", GENUINE, kind="list"),
}
ADDONS = {"ADDONS": {"clean_news.workflows.scrapy.CleanNewsAddon": 500}}
PIPELINE = {"ITEM_PIPELINES": {"clean_news.workflows.scrapy.CleanNewsPipeline": 300}}
LIGHT = {"stages": ["encoding", "characters"]}
REACTORS = {"asyncio": {}, "default": {"TWISTED_REACTOR": None}}


@pytest.mark.parametrize(
    ("kind", "how", "reactor"),
    [
        ("dict", ADDONS, "asyncio"),
        ("dataclass", PIPELINE, "default"),
        ("attrs", ADDONS, "default"),
        ("scrapy", PIPELINE, "asyncio"),
    ],
)
def test_a_crawl(crawl, kind, how, reactor):
    crawled = crawl(PAGES, kind, **how, **REACTORS[reactor])
    assert crawled.status == 0, crawled.said
    assert set(crawled.items) == set(PAGES)
    broken, spun, genuine = (crawled.items[name] for name in ("broken", "spun", "genuine"))
    assert broken["text"] == REPAIRED
    assert "â" not in spun["text"] != SPUN
    assert genuine["text"] == GENUINE
    for item, raw in ((broken, BROKEN), (spun, SPUN), (genuine, GENUINE)):
        assert item["changes"]["id"] == item["url"]
        assert revert(item["text"], log_of(item["changes"])).decode() == raw
        assert revert_record(item) == {"url": item["url"], "title": item["title"], "text": raw}
    assert crawled.items["empty"].get("text") is None
    assert crawled.items["list"]["text"] == GENUINE.split("\n\n")
    assert crawled.counted("articles") == 3
    assert crawled.counted("without_field") == crawled.counted("not_text") == 1
    assert crawled.said.count("has no text in text and is passed on unchanged; it has the fields 'url', 'title'") == 1
    assert crawled.counted("spun") == 1
    assert crawled.counted("scanned") == crawled.counted("failures") == 0
    logs = [log_of(item["changes"]) for item in (broken, spun, genuine)]
    for state in ("applied", "suggested"):
        for stage in ("encoding", "spin"):
            expected = [edit for log in logs for each in log.stages if each.name == stage for edit in each.edits]
            assert crawled.counted(f"edits/{state}/{stage}") == sum(edit.state == state for edit in expected)
    assert crawled.counted("edits/applied/encoding") > 0 < crawled.counted("edits/applied/spin")
    assert "Deprecat" not in crawled.said
    assert "list: its field text is a list, not a str" in crawled.said


@pytest.mark.parametrize("reactor", REACTORS)
def test_the_reactor_is_not_blocked_while_an_article_is_cleaned(crawl, make_stage, reactor, tmp_path):
    """The article keeps a process busy until the reactor says that all other pages are done."""
    release = tmp_path / "release"
    busy = make_stage(
        f"""
        if "heavy" in text:
            until = time.monotonic() + 60
            while not os.path.exists({str(release)!r}):
                sum(range(1000))
                if time.monotonic() > until:
                    raise RuntimeError("the reactor is blocked")
        return Proposal([])
        """
    )
    pages = {"heavy": page("Heavy", "A heavy article.")} | {str(n): page("Light", "A light one.") for n in range(30)}
    crawled = crawl(
        pages,
        **ADDONS,
        **REACTORS[reactor],
        CLEAN_NEWS_SETTINGS={"stages": [busy]},
        CLEAN_NEWS_WORKERS=2,
        CONCURRENT_REQUESTS=2,
        TEST_RELEASE=str(release),
        TEST_RELEASE_AFTER=30,
    )
    assert crawled.counted("articles") == 31, crawled.said
    assert ("AsyncioSelectorReactor" in crawled.said) == (reactor == "asyncio")
    assert crawled.counted("failures") == 0, crawled.said
    assert next(reversed(crawled.items)) == "heavy"  # the others were finished meanwhile


def test_a_process_that_dies_loses_no_item(crawl, make_stage):
    deadly = make_stage(
        """
        if "poison" in text:
            os._exit(9)
        print("what a stage prints disturbs nothing")
        return Proposal([replace(text, 0, 1, "The", "TEST001")])
        """
    )
    pages = {"poison": page("Poison", "A poison article.")} | {str(n): page("Good", "A good one.") for n in range(5)}
    crawled = crawl(pages, **ADDONS, CLEAN_NEWS_SETTINGS={"stages": [deadly]})
    assert crawled.status == 0
    assert crawled.items["poison"]["text"] == "A poison article."
    assert "changes" not in crawled.items["poison"]
    assert [crawled.items[str(n)]["text"] for n in range(5)] == ["The good one."] * 5
    assert (crawled.counted("failures"), crawled.counted("articles")) == (1, 5)
    message = "/poison was not cleaned and is passed on unchanged: WorkerDiedError: the process that cleaned it"
    assert message in crawled.said


def test_a_stage_that_fails_is_counted(crawl, make_stage):
    failing = make_stage("raise ValueError('no')")
    settings = {"stages": ["encoding", failing]}
    crawled = crawl({"broken": page("Ministry", BROKEN)}, **ADDONS, CLEAN_NEWS_SETTINGS=settings)
    assert crawled.items["broken"]["text"] == REPAIRED
    assert crawled.counted(f"stage_failures/{failing}") == 1


@pytest.mark.parametrize(
    ("kind", "why"), [("frozen", "FrozenInstanceError"), ("without room", "has no field 'changes'")]
)
def test_an_item_that_cannot_be_changed_is_passed_on_unchanged(crawl, kind, why):
    crawled = crawl({"broken": page("Ministry", BROKEN)}, kind, **ADDONS, CLEAN_NEWS_SETTINGS=LIGHT)
    assert crawled.items["broken"]["text"] == BROKEN
    assert crawled.items["broken"].get("changes") is None
    assert (crawled.counted("failures"), crawled.counted("articles")) == (1, 0)
    assert why in crawled.said


def test_change_logs_can_be_disabled(crawl):
    settings = {"CLEAN_NEWS_SETTINGS": LIGHT, "CLEAN_NEWS_CHANGES_FIELD": ""}
    crawled = crawl({"broken": page("Ministry", BROKEN)}, "without room", **ADDONS, **settings)
    assert crawled.items["broken"]["text"] == REPAIRED


def test_several_fields(crawl):
    pages = {"broken": page("It didnâ€™t", BROKEN), "empty": page("It didnâ€™t", "")}
    settings = {"CLEAN_NEWS_FIELD": ["title", "text"], "CLEAN_NEWS_CHANGES_FIELD": "log", "CLEAN_NEWS_SETTINGS": LIGHT}
    crawled = crawl(pages, **ADDONS, **settings)
    both, title_only = crawled.items["broken"], crawled.items["empty"]
    assert (both["title"], both["text"], title_only["title"]) == ("It didn’t", REPAIRED, "It didn’t")
    assert set(title_only["log"]) == {"title"}
    raw = {field: revert(both[field], log_of(log)).decode() for field, log in both["log"].items()}
    assert raw == {"title": "It didnâ€™t", "text": BROKEN}


def test_settings_and_decisions_files_are_read(crawl, tmp_path):
    (tmp_path / "own.toml").write_text('stages = ["encoding"]\ntext-field = "title"\n', encoding="utf-8")
    edit = Cleaner().clean("It didnâ€™t").log.stages[0].edits[0]
    decided = '{"action":"reject","scope":"everywhere","id":"","article":"","rule":"%s","before":"â€™","after":"%s"}\n'
    (tmp_path / "decided.jsonl").write_text(decided % (edit.rule, edit.after), encoding="utf-8")
    page_of_both = {"broken": page("It didnâ€™t “â€œ”", BROKEN)}
    config = {"CLEAN_NEWS_CONFIG": "own.toml"}
    assert crawl(page_of_both, **ADDONS, **config).items["broken"]["text"] == BROKEN
    assert crawl({"a": page("It didnâ€™t", BROKEN)}, **ADDONS, **config).items["a"]["title"] == "It didn’t"
    config["CLEAN_NEWS_DECISIONS"] = "decided.jsonl"
    item = crawl({"a": page("It didnâ€™t", BROKEN)}, **ADDONS, **config).items["a"]
    assert item["title"] == "It didnâ€™t"
    assert item["changes"]["stages"][0]["edits"][0]["state"] == "rejected"


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"CLEAN_NEWS_FEILD": "body"}, "there is no setting CLEAN_NEWS_FEILD; did you mean CLEAN_NEWS_FIELD?"),
        ({"CLEAN_NEWS_PRIORITY": "first"}, "CLEAN_NEWS_PRIORITY = 'first' is not allowed"),
        ({"CLEAN_NEWS_SETTINGS": {"stages": ["no.such.stage"]}}, "stages = 'no.such.stage' is not allowed"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_an_invalid_setting_stops_the_crawl_at_its_start(crawl, settings, message):
    crawled = crawl(PAGES, **ADDONS, **settings)
    assert re.search(message, crawled.said)
    assert crawled.status != 0
    assert crawled.items == {}
    assert "downloader/request_count" not in crawled.stats


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("FIELD", [], r"CLEAN_NEWS_FIELD = \[\] is not allowed; allowed: the name of an item field"),
        ("FIELD", ["text", "text"], "CLEAN_NEWS_FIELD = .* is not allowed"),
        ("FIELD", "changes", "CLEAN_NEWS_CHANGES_FIELD = 'changes' is also the field of the text"),
        ("CHANGES_FIELD", "url", "CLEAN_NEWS_CHANGES_FIELD = 'url' is also the field of the text or of the id"),
        ("CHANGES_FIELD", 5, "CLEAN_NEWS_CHANGES_FIELD = 5 is not allowed"),
        ("ID_FIELD", 5, "CLEAN_NEWS_ID_FIELD = 5 is not allowed"),
        ("WORKERS", "many", "CLEAN_NEWS_WORKERS = 'many' is not allowed; allowed: a whole number"),
        ("WORKERS", -1, "CLEAN_NEWS_WORKERS = -1 is not allowed"),
        ("SETTINGS", "level", "CLEAN_NEWS_SETTINGS = 'level' is not allowed; allowed: a dict"),
        ("SETTINGS", {"levle": "safe"}, "CLEAN_NEWS_SETTINGS: there is no setting levle .* mean level"),
        ("CONFIG", "gone.toml", "gone.toml: cannot be read"),
        ("DECISIONS", "gone.jsonl", "gone.jsonl.*name a decisions file"),
    ],
)
def test_an_invalid_value_is_named(name, value, message, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ValueError, match=message):
        read_options(ScrapySettings({f"CLEAN_NEWS_{name}": value}))


def test_command_line_values_are_parsed():
    given = ScrapySettings(
        {
            "CLEAN_NEWS_FIELD": "title,text",
            "CLEAN_NEWS_SETTINGS": '{"level": "safe", "jobs": 3}',
            "CLEAN_NEWS_ENABLED": "1",
        }
    )
    options = read_options(given)
    assert (options.fields, options.settings.level, options.workers) == (("title", "text"), "safe", 3)
    assert is_enabled(given)
    with pytest.raises(ValueError, match="CLEAN_NEWS_ENABLED = 'perhaps' is not allowed; allowed: True or False"):
        is_enabled(ScrapySettings({"CLEAN_NEWS_ENABLED": "perhaps"}))


@pytest.mark.parametrize(("how", "value"), [(ADDONS, False), (PIPELINE, "0")], ids=["add-on", "pipeline"])
def test_the_pipeline_can_be_disabled(crawl, how, value):
    crawled = crawl(PAGES, **how, CLEAN_NEWS_ENABLED=value)
    assert crawled.status == 0
    assert crawled.items["broken"]["text"] == BROKEN
    assert not [key for key in crawled.stats if key.startswith("clean_news/")]
    assert "CLEAN_NEWS_ENABLED is off" in crawled.said


def test_the_add_on_does_not_move_an_existing_pipeline(crawl):
    pages = {"broken": page("Ministry", BROKEN)}
    crawled = crawl(pages, **ADDONS, **PIPELINE, CLEAN_NEWS_SETTINGS=LIGHT)
    assert crawled.counted("articles") == 1
    assert crawled.items["broken"]["changes"].get("carrier") is None


def test_processes_end_with_the_crawl_and_are_replaced_if_they_die(make_stage):
    deadly = make_stage("os._exit(9) if 'poison' in text else None\nreturn Proposal([])")

    processes = CleaningProcesses(Cleaner(Settings(stages=(deadly,))), 1)
    assert processes.submit("good", "a").result().text == "good"
    with pytest.raises(WorkerDiedError, match="use fewer processes"):
        processes.submit("poison", "b").result()
    assert processes.submit("lone \ud800", "c").result().text.startswith("lone \ufffd")
    worker = processes.idle.get()
    processes.idle.put(worker)
    processes.close()
    assert worker.returncode == 0


def test_items_without_the_field_are_warned_of_once_with_the_fields_that_they_have(caplog):
    counts = Counter()

    class Stats:
        def inc_value(self, key, count=1):
            counts[key] += count

    pipeline = CleanNewsPipeline(read_options(ScrapySettings({"CLEAN_NEWS_SETTINGS": {"stages": []}})), Stats())
    for _ in range(3):
        assert asyncio.run(pipeline.process_item({"url": "x", "body": BROKEN})) == {"url": "x", "body": BROKEN}
    pipeline.close_spider()
    (warning,) = (record for record in caplog.records if record.levelname == "WARNING")
    assert "(dict) has no text in text" in warning.getMessage()
    assert "it has the fields 'url', 'body'" in warning.getMessage()
    assert "CLEAN_NEWS_FIELD" in warning.getMessage()
    assert counts["clean_news/without_field"] == 3
