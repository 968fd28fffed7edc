"""The report file: a single page with safe, complete and reproducible data."""

import base64
import hashlib
import io
import json
import re
import zlib
from importlib.resources import files

import pytest

from clean_news.change_log import Publication
from clean_news.charsets.decoding import Decoding
from clean_news.pipeline import rules_by_stage
from clean_news.review.report.columns import document_kind
from clean_news.review.report.report_file import BLOCK_BYTES, write
from clean_news.settings import Settings


def report_of(articles, name="clean"):
    file = io.BytesIO()
    write(articles, file, name, {"SPIN001": "a synonym"})
    return file.getvalue().decode()


def data_of(report, name):
    return re.findall(rf'<script type="application/json" data-name="{name}">(.*?)</script>', report, re.DOTALL)


def columns_of(report):
    (found,) = data_of(report, "columns")
    return json.loads(found)


def bodies_of(report):
    packed = [base64.b64decode(each) for each in data_of(report, "block")]
    return [body for each in packed for body in json.loads(zlib.decompress(each, wbits=-15))]


@pytest.fixture
def ferry(article):
    changes = [
        {"before": "yr", "after": "year"},
        {"before": "big", "after": "large", "state": "suggested", "sure": 0.3},
    ]
    return article("A yr ago a big ferry left.", [("ocr", []), ("spin", changes)], document={"spun": 0.98})


def test_the_columns_have_every_edit_in_reading_order(ferry):
    columns = columns_of(report_of([ferry, ferry]))
    assert columns["edits"] == {"pair": [0, 1, 0, 1], "state": [0, 1, 0, 1], "confidence": [9000, 3000] * 2}
    assert columns["pairs"] == {"rule": [0, 0], "before": ["yr", "big"], "after": ["year", "large"]}
    assert columns["rules"] == [["SPIN001", 1, "a synonym"]]
    assert columns["articles"]["edits"] == [2, 2]
    assert [columns["kinds"][kind] for kind in columns["articles"]["kind"]] == ["spun", "spun"]
    assert [columns["families"][family] for family in columns["articles"]["family"]] == ["unnamed"] * 2
    assert (columns["articles"]["changed"], columns["articles"]["chars"]) == ([4, 4], [28, 28])


def test_the_columns_say_where_an_article_is_from_and_how_it_was_decoded(article):
    latin = Decoding("cp1252", line_ends="crlf", stray_codec="")
    away = {"source": "https://Harbour.example/a", "publication": Publication(published="2024-03-05T10:00:00")}
    made = [article("Ça va", decoding=latin, **away), article("Ça va", name="echo/two.txt")]
    columns = columns_of(report_of(made))
    of_articles = columns["articles"]
    assert [columns["decodings"][each] for each in of_articles["decoded"]] == [
        "decoded from windows-1252, CRLF line ends",
        "",
    ]
    assert [columns["sources"][each] for each in of_articles["source"]] == ["harbour.example", "echo"]
    assert [columns["charsets"][each] for each in of_articles["charset"]] == ["windows-1252", "utf-8"]
    assert of_articles["date"] == ["2024-03-05", ""]


def test_the_bodies_survive_compression(ferry):
    (body,) = bodies_of(report_of([ferry]))
    assert body["pieces"] == ["A ", ["yr", "year", 1], " ago a ", ["big", 1], " ferry left."]


def test_blocks_are_limited_in_size_and_have_every_article_once(article):
    articles = [article("word " * (BLOCK_BYTES // 20) + str(number)) for number in range(9)]
    report = report_of(articles)
    assert sum(columns_of(report)["blocks"]) == 9
    assert len(data_of(report, "block")) == len(columns_of(report)["blocks"]) > 1
    assert [body["pieces"][0][-1] for body in bodies_of(report)] == list("012345678")


def test_the_policy_allows_only_the_pages_own_script_and_style(ferry):
    report = report_of([ferry])
    (script,) = re.findall(r"<script>(.*)</script>", report, re.DOTALL)
    (style,) = re.findall(r"<style>(.*)</style>", report, re.DOTALL)
    names = [base64.b64encode(hashlib.sha256(each.encode()).digest()).decode() for each in (script, style)]
    (policy,) = re.findall(r'Content-Security-Policy" content="(.*?)"', report)
    assert policy.split("; ")[:3] == [
        "default-src 'none'",
        f"script-src 'sha256-{names[0]}'",
        f"style-src 'sha256-{names[1]}'",
    ]


def test_the_page_requests_nothing_and_parses_no_markup(ferry):
    report = report_of([ferry])
    assert re.findall(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function", report) == []
    assert re.findall(r"""(?:src|href)=|url\(|@import|XMLHttp|import\(|sendBeacon|WebSocket""", report) == []
    # To a server that serves the page; a report file has none, and its policy forbids them.
    assert sorted(re.findall(r"fetch\(|EventSource\(", report)) == ["EventSource(", "fetch("]
    assert "connect-src" not in report
    assert re.findall(r"https?://(?!www\.w3\.org/2000/svg)", report) == []


def test_no_text_closes_its_element(article):
    nasty = "</script><script>1</script><!--\u2028\u2029"
    changes = [{"before": "yr", "after": nasty, nasty: nasty}]
    report = report_of([article(f"A yr {nasty}", [("spin", changes)], name=nasty)], nasty)
    (columns,) = data_of(report, "columns")
    assert "<" not in columns
    assert not {"\u2028", "\u2029"} & set(columns)
    assert json.loads(columns)["pairs"]["after"] == [nasty]
    assert json.loads(columns)["name"] == nasty


def test_equal_articles_have_equal_digests_and_others_do_not(ferry, article):
    digests = [columns_of(report_of(each))["digest"] for each in ([ferry], [ferry], [article("A ferry.")])]
    assert digests[0] == digests[1] != digests[2]


def test_articles_are_consumed_one_by_one(article):
    alive = []

    def articles():
        for number in range(3):
            alive.append(file.tell())
            yield article("word " * BLOCK_BYTES, name=str(number))

    file = io.BytesIO()
    write(articles(), file, "clean", {})
    assert alive[0] < alive[1] < alive[2]  # each is written before the next is requested


@pytest.mark.parametrize(
    ("spun", "scanned", "kind"),
    [
        (0.9, 0.1, "spun"),
        (0.1, 0.5, "scanned"),
        (0.9, 0.9, "spun and scanned"),
        (None, None, "other"),
        (0.4, None, "other"),
    ],
)
def test_document_kind(spun, scanned, kind):
    assert document_kind(spun, scanned) == kind


def test_every_rule_has_a_name_in_words():
    script = files("clean_news.review.report").joinpath("page", "rule_names.js").read_text(encoding="utf-8")
    named = dict(re.findall(r'^  (\w+): "(.+)",$', script, re.MULTILINE))
    codes = {rule.code for rules in rules_by_stage(Settings()).values() for rule in rules}
    assert set(named) == codes
    assert len(set(named.values())) == len(named)
