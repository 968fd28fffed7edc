"""The columns of the server are those of the report, also after articles have changed; the cache changes nothing."""

import os
import random

import msgspec
import pytest

from clean_news.batch.stat_cache import CACHE_SUFFIX
from clean_news.review.report.article_body import placed_pieces
from clean_news.review.report.columns import SHARED, Columns
from clean_news.review.serve import article_index
from clean_news.review.serve.article_files import ArticleFiles
from clean_news.review.serve.article_index import ArticleIndex
from clean_news.review.traced_articles import traced_articles


def opened(clean, summaries):
    files, index = ArticleFiles(clean, summaries, 0.69), ArticleIndex(summaries, 0.69, 100)
    index.replace_files(dict(files.open_all(lambda _done, _all: None)))
    return files, index


def of_report(clean, summaries):
    """The columns that the report would have, and the ids."""
    columns = Columns(summaries, 0.69)
    for each in traced_articles(clean, (), pytest.fail):
        edits = [edit for piece in placed_pieces(each.trace) for edit in piece.edits]
        columns.add(each.log, edits, len(each.article.text))
    return columns.as_json(), columns.ids


def spelt_out(columns, ids):
    """What columns say of each article, without the numbers, which depend on the order of articles and pairs."""
    found, at = {}, 0
    articles, edits, pairs = columns["articles"], columns["edits"], columns["pairs"]
    for number, (name, count) in enumerate(zip(articles["name"], articles["edits"], strict=True)):
        facts = {key: values[number] for key, values in articles.items() if key not in {"name", *SHARED}}
        facts |= {key: columns[SHARED[key]][articles[key][number]] for key in SHARED}
        listed = []
        for edit in range(at, at + count):
            pair = edits["pair"][edit]
            code, stage, *others = columns["rules"][pairs["rule"][pair]]
            listed.append(
                [ids[edit], code, columns["stages"][stage], others, pairs["before"][pair], pairs["after"][pair]]
                + [edits[key][edit] for key in edits if key != "pair"]
            )
        found[name] = facts, listed
        at += count
    return found


def test_they_are_those_of_the_report(clean, summaries):
    _, index = opened(clean, summaries)
    columns, ids = of_report(clean, summaries)
    assert spelt_out(index.as_json(), index.ids()) == spelt_out(columns, ids)
    assert index.as_json().keys() == columns.keys()
    assert index.as_json()["articles"].keys() == columns["articles"].keys()


def test_a_page_that_takes_the_changes_has_the_columns_of_one_that_is_opened_later(clean, summaries):
    """Articles come, change and go in a random order; a page puts the changes into its columns as the contract says."""
    rng = random.Random(5)
    read = dict(ArticleFiles(clean, summaries, 0.69).open_all(lambda _done, _all: None))
    index = ArticleIndex(summaries, 0.69, 100)
    page = PageColumns(100)
    for _ in range(60):
        some = rng.sample(list(read), rng.randint(1, 3))
        index.replace_files({name: read[rng.choice(list(read))] if rng.random() < 0.7 else [] for name in some})
        if rng.random() < 0.5:
            page.take(index)
    page.take(index)
    rows = [page.rows[number] for number in sorted(page.rows)]
    whole = index.as_json()
    assert len(rows) == len(index.rows)
    assert [id_ for row in rows for id_ in row["ids"]] == index.ids()
    for key, values in whole["edits"].items():
        assert [value for row in rows for value in row[key]] == values
    for key, values in whole["articles"].items():
        assert key == "edits" or [row[key] for row in rows] == values
    assert page.pairs == whole["pairs"]
    assert {key: page.lists[key] for key in ("stages", "rules", *SHARED.values())} == {
        key: whole[key] for key in ("stages", "rules", *SHARED.values())
    }


class PageColumns:
    """What a page knows that takes the changes from time to time."""

    def __init__(self, generation):
        self.generation = generation
        self.rows = {}
        self.pairs = {"rule": [], "before": [], "after": []}
        self.lists = {}

    def take(self, index):
        changes = msgspec.json.decode(msgspec.json.encode(index.changes_since(self.generation)))
        assert changes["reload"] is False
        self.generation = changes["generation"]
        self.rows.update((row["article"], row) for row in changes["articles"])
        assert changes["pairs"]["from"] == len(self.pairs["rule"])
        for key, values in self.pairs.items():
            values.extend(changes["pairs"][key])
        self.lists = changes


def test_a_page_of_an_earlier_server_must_read_everything_again(clean, summaries, monkeypatch):
    files, index = opened(clean, summaries)
    assert index.changes_since(7) == {"generation": 101, "reload": True}
    assert index.changes_since(102)["reload"] is True
    monkeypatch.setattr(article_index, "MAX_REMEMBERED_GENERATIONS", 3)
    first = index.generation
    read = {name: files.read_again(name) for name in list(files.known)}
    for number in range(6):
        index.replace_files({"quiet.txt": [] if number % 2 == 0 else read["quiet.txt"]})
    assert index.changes_since(first)["reload"] is True
    assert index.changes_since(index.generation)["articles"] == []


def test_what_has_not_changed_makes_no_generation(clean, summaries):
    files, index = opened(clean, summaries)
    before = index.generation
    assert index.replace_files({name: files.read_again(name) for name in list(files.known)}) == []
    assert index.generation == before


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "clean-news" / "review"


def test_the_cache_is_used_and_changes_nothing(clean, summaries, cache, monkeypatch):
    _, index = opened(clean, summaries)
    (place,) = cache.glob(f"*{CACHE_SUFFIX}")
    path = clean / "echo" / "pier.txt"
    os.utime(path)  # this file must be read again
    asked = []
    monkeypatch.setattr(ArticleFiles, "_read", spying(ArticleFiles._read, asked))
    _, again = opened(clean, summaries)
    assert asked == ["echo/pier.txt"]
    assert spelt_out(again.as_json(), again.ids()) == spelt_out(index.as_json(), index.ids())
    assert place.exists()


def spying(function, asked):
    def spy(self, file, *others):
        asked.append(file)
        return function(self, file, *others)

    return spy


@pytest.mark.parametrize("damage", ["cut", "changed", "empty", "other"])
def test_a_damaged_cache_is_made_again(clean, summaries, cache, damage):
    _, index = opened(clean, summaries)
    (place,) = cache.glob(f"*{CACHE_SUFFIX}")
    whole = place.read_bytes()
    place.write_bytes(
        {
            "cut": whole[: len(whole) // 2],
            "changed": whole.replace(b"harbour", b"HARBOUR"),
            "empty": b"",
            "other": b'"x"\n[1]\n',
        }[damage]
    )
    _, again = opened(clean, summaries)
    assert spelt_out(again.as_json(), again.ids()) == spelt_out(index.as_json(), index.ids())
    assert place.read_bytes() == whole


@pytest.mark.usefixtures("cache")
def test_other_rules_or_thresholds_do_not_use_the_cache(clean, summaries):
    opened(clean, summaries)
    files = ArticleFiles(clean, {"SPIN001": "other words"}, 0.69)
    index = ArticleIndex({"SPIN001": "other words"}, 0.69, 100)
    index.replace_files(dict(files.open_all(lambda _done, _all: None)))
    assert next(rule for rule in index.rules if rule[0] == "SPIN001")[2] == "other words"


def test_what_cannot_be_read_is_left_out_and_told(clean, summaries):
    (clean / "quiet.txt.changes.json").write_text("{}")
    (clean / "post" / "market.txt.changes.json").unlink()
    files, index = opened(clean, summaries)
    assert {row.name for _, row in index.articles} == {"echo/harbour.txt", "echo/pier.txt", "spun.txt"}
    assert set(files.failures) == {"quiet.txt", "post/market.txt"}


def test_a_file_that_does_not_fit_its_log_yet_is_looked_at_twice(clean, summaries):
    """A run renames the log, then the clean file: in between they do not fit."""
    files, _ = opened(clean, summaries)
    path, log = clean / "quiet.txt", clean / "quiet.txt.changes.json"
    text, line = path.read_bytes(), log.read_bytes()
    log.write_bytes(line.replace(b'"clean_sha256":"', b'"clean_sha256":"0'))
    assert files.changed() == {}
    log.write_bytes(line)
    (articles,) = files.changed().values()
    assert [each.name for each in articles] == ["quiet.txt"]
    path.write_bytes(text + b"More.\n")
    assert files.changed() == {}
    assert list(files.changed()) == ["quiet.txt"]  # it stays as it is: it was changed by hand


@pytest.mark.usefixtures("cache")
def test_names_that_are_not_utf_8_are_served_and_not_cached(clean, summaries):
    odd = os.fsdecode(b"caf\xe9.txt")
    for suffix in ("", ".changes.json"):
        (clean / f"quiet.txt{suffix}").rename(clean / f"{odd}{suffix}")
    for _ in range(2):
        files, index = opened(clean, summaries)
        assert len(index.rows) == 5
        assert files.path_of(odd).exists()
