"""What the server answers about articles, words, people and sources, and the files that it gives away."""

import csv
import io
import json
import zipfile
from urllib.parse import quote

import pytest
from served_pages import TOKEN

from clean_news.decisions import Decision, read, write
from clean_news.review.report.report_file import page as empty_page
from clean_news.review.serve.by_source import folder_of


def test_the_page_is_the_report_s_with_columns_and_without_articles(reading):
    html = reading.client.get("/", params={"token": TOKEN}).content
    head, foot, policy = empty_page(is_served=True)
    assert html.startswith(head)
    assert html.endswith(foot)
    assert policy.endswith("; connect-src 'self'")
    elements = html[len(head) : -len(foot)].decode()
    data = {}
    for element in elements.splitlines():
        name = element.partition('data-name="')[2].partition('"')[0]
        data[name] = json.loads(element.partition(">")[2].removesuffix("</script>"))
    assert set(data) == {"server", "ids", "columns"}
    again = reading.get("/api/columns")
    assert (data["columns"], data["ids"]) == (again["columns"], again["ids"])
    assert data["server"] == {
        "server": True,
        "token": TOKEN,
        "by": "Ada",
        "generation": again["generation"],
        "articles_read": 5,
        "clean": str(reading.review.source.clean),
        "raw": "",
        "can_clean": True,
        "why_not": "",
    }


def test_an_article_is_what_the_report_has_of_it(reading):
    number = reading.number("echo/pier.txt")
    answer = reading.get(f"/api/articles/{number}")
    assert answer["text"] == "The new pier will open in May.\n\nIts café will open in June, said Ines Okafor.\n"
    shown = "".join(piece if isinstance(piece, str) else piece[-2] for piece in answer["body"]["pieces"])
    assert shown == answer["text"]
    assert answer["columns"]["name"] == answer["name"] == "echo/pier.txt"
    assert len(answer["columns"]["ids"]) == len(answer["body"]["evidence"]) == 2


def test_search_finds_names_texts_and_changes(reading):
    def found(query):
        answer = reading.get("/api/search", q=query)
        assert (answer["q"], answer["total"], answer["more"]) == (query, len(answer["articles"]), False)
        return {each["name"]: each for each in answer["articles"]}

    in_text = found("INES  okafor")
    assert set(in_text) == {"echo/harbour.txt", "echo/pier.txt"}
    pier = in_text["echo/pier.txt"]
    assert (pier["in"], pier["count"]) == (["text"], 1)
    (snippet,) = pier["snippets"]
    assert snippet == {
        "left": "Its café will open in June, said ",
        "match": "Ines Okafor",
        "right": ".\n",
        "start": 65,
    } | {"left": reading.text("echo/pier.txt")[25:65]}
    assert found("market.txt")["post/market.txt"]["in"] == ["name"]
    assert found("Ã©")["echo/pier.txt"]["in"] == ["change"]  # what stood there before
    assert found("board met on monday.")["echo/harbour.txt"]["snippets"][0]["start"] == 12
    assert found("May.\nIts") == found("May. Its")  # any white space
    assert found("(+*[") == {}


def test_a_search_lists_as_many_articles_as_are_wanted(reading):
    answer = reading.get("/api/search", q="e", limit="2")
    assert (answer["total"], answer["more"], len(answer["articles"])) == (5, True, 2)


def test_places_of_words_are_whole_words_in_the_texts_before_the_edits_by_hand(page):
    number = page.number("echo/harbour.txt")
    start = page.text("echo/harbour.txt").index("Ines Okafor")
    answer = page.get("/api/places", article=number, start=start, end=start + 11)
    assert (answer["words"], answer["whole_words"], answer["more"]) == ("Ines Okafor", True, False)
    assert (answer["article"], answer["everywhere"]) == ({"edits": 1}, {"edits": 2, "articles": 2})
    assert [place["name"] for place in answer["places"]] == ["echo/harbour.txt", "echo/pier.txt"]
    assert answer["places"][0]["left"].endswith("said ")
    hand = {"article": number, "start": start, "end": start + 11, "words": "Ines Okafor", "after": "she"}
    page.decide({"scope": "once", "hand": hand})
    page.settled()
    other = page.text("echo/pier.txt").index("Ines Okafor")
    again = page.get("/api/places", article=page.number("echo/pier.txt"), start=other, end=other + 11)
    assert again["everywhere"] == {"edits": 2, "articles": 2}
    half = page.get("/api/places", article=number, start=4, end=8)
    assert (half["whole_words"], half["places"], half["everywhere"]) == (False, [], {"edits": 0, "articles": 0})


def both_decide(page):
    """Ada and Bob decide on the edits of the spun article; they differ on one. Returns this edit."""
    edits = [each for each in page.edits("spun.txt") if each["rule"] == "SPIN001"][:4]
    page.decide(*({"action": "accept", "scope": "once", **each} for each in edits), by="Ada")
    page.decide({"action": "reject", "scope": "once", "note": "British", **edits[0]}, by="Bob")
    page.decide(*({"action": "accept", "scope": "once", **each} for each in edits[1:]), by="Bob")
    return edits[0]


def test_people_and_how_far_they_agree(reading):
    both_decide(reading)
    answer = reading.get("/api/people")
    assert [(each["name"], each["decisions"], each["steps"]) for each in answer["people"]] == [
        ("Ada", 4, 1),
        ("Bob", 4, 2),
    ]
    assert all(0 <= each["colour"] < 12 and each["speed"] is None for each in answer["people"])
    assert answer["agreement"] == [{"one": "Ada", "other": "Bob", "edits": 4, "agree": 3, "kappa": 0.0}]


def test_a_disagreement_is_settled_by_a_verdict(reading):
    edit = both_decide(reading)
    answer = reading.get("/api/disagreements")
    (item,) = answer["open"]
    assert {key: item[key] for key in edit} == edit
    assert (item["scope"], item["edits"], item["articles"], answer["settled"]) == ("once", 1, 1, 0)
    assert [(each["by"], each["action"], each.get("note")) for each in item["decisions"]] == [
        ("Ada", "accept", None),
        ("Bob", "reject", "British"),
    ]
    assert item["in_effect"] == 1
    about = {key: item[key] for key in ("scope", "id", "article", "rule", "before", "after")}
    (verdict,) = reading.decide({**about, "action": "accept", "verdict": True, "note": "house style"}, by="Cem")[
        "decisions"
    ]
    assert verdict["verdict"] is True
    assert reading.get("/api/disagreements") == {"open": [], "settled": 1}
    assert reading.get("/api/people")["agreement"][0]["agree"] == 3  # a verdict is not a judgement of one's own


def test_disagreements_about_most_edits_come_first(reading):
    spaces = next(each for each in reading.edits("echo/harbour.txt") if each["rule"] == "CHAR009")
    both_decide(reading)
    for name, action in (("Ada", "accept"), ("Bob", "reject")):
        reading.decide({"action": action, "scope": "everywhere", **spaces}, by=name)
    answer = reading.get("/api/disagreements")
    assert [(each["scope"], each["edits"], each["articles"]) for each in answer["open"]] == [
        ("everywhere", 3, 3),
        ("once", 1, 1),
    ]


def test_sources_are_counted_by_folder_and_host(reading):
    answer = reading.get("/api/sources")
    groups = {group["name"]: group for group in answer["groups"]}
    assert list(groups) == [".", "echo", "post"]
    assert (groups["echo"]["articles"], groups["echo"]["spun"], groups["echo"]["charsets"]) == (2, 0, {"utf-8": 2})
    assert (groups["."]["spun"], sum(groups["."]["families"].values())) == (1, 1)
    assert groups["echo"]["edits"] == {"applied": 3, "suggested": 0, "rejected": 0}
    assert 0 < groups["."]["boilerplate"] < 1
    assert sum(month["articles"] for month in groups["."]["months"]) <= groups["."]["articles"]
    assert reading.get("/api/sources", by="folder")["groups"][0]["name"] == "."


def test_hosts_and_folders_of_rows():
    name = "crawl/all.warc#https://Echo.example/a/b.html"
    assert folder_of(name) == "crawl/all.warc"


@pytest.mark.parametrize("wanted", [None, "echo/pier.txt"])
def test_changes_as_csv(reading, wanted):
    query = "" if wanted is None else f"?article={reading.number(wanted)}"
    answer = reading.client.get(f"/api/export/changes.csv{query}")
    name = "changes.csv" if wanted is None else "echo-pier-txt-changes.csv"
    assert answer.headers["content-disposition"] == f'attachment; filename="{name}"'
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
    names = {row["article"] for row in rows}
    assert names == (
        {"echo/harbour.txt", "echo/pier.txt", "post/market.txt", "spun.txt"} if wanted is None else {wanted}
    )
    assert {row["id"] for row in rows if row["article"] == "echo/pier.txt"} == {
        edit["id"] for edit in reading.edits("echo/pier.txt")
    }


def test_changes_as_a_word_document(reading):
    answer = reading.client.get("/api/export/changes.docx")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        document = archive.read("word/document.xml").decode()
    assert document.count("Heading1") == 4
    assert '<w:del w:id="1" w:author="clean-news ' in document


def test_decisions_and_texts_are_given_away(reading):
    both_decide(reading)
    answer = reading.client.get("/api/export/decisions.jsonl")
    assert answer.content == write(read(reading.review.log.path)) == reading.review.log.path.read_bytes()
    text = reading.client.get(f"/api/export/text?article={reading.number('quiet.txt')}")
    assert text.content == b"Nothing was wrong with this article.\n"
    assert text.headers["content-disposition"] == 'attachment; filename="quiet-txt-clean.txt"'


def test_an_article_with_a_hostile_name_gets_a_harmless_file_name(opened, tmp_path):
    from clean_news.batch.run import run
    from clean_news.batch.run_options import RunOptions
    from clean_news.settings import Settings

    raw = tmp_path / "hostile"
    raw.mkdir()
    name = 'x";\r\nSet-Cookie: a=b; <script>alert(1)</script> ../é.txt'.replace("/", "∕")
    (raw / name).write_text("Two  spaces.\n")
    run(raw, tmp_path / "clean", RunOptions(Settings()))
    page = opened(tmp_path / "clean", started=False)
    answer = page.client.get("/api/export/changes.csv?article=0")
    assert answer.headers["content-disposition"].isascii()
    assert answer.headers["content-disposition"].count('"') == 2
    assert "set-cookie" not in answer.headers
    html = page.client.get("/", params={"token": TOKEN}).text
    assert "<script>alert" not in html
    assert page.get("/api/search", q="<script>")["total"] == 1
    assert page.client.get(f"/api/search?q={quote('Set-Cookie')}").json()["total"] == 1


def test_the_agreement_of_three(reading):
    edits = [each for each in reading.edits("spun.txt") if each["rule"] == "SPIN001"][:6]
    for name, actions in (("Ada", "aaarrr"), ("Bob", "aarrrr"), ("Cem", "rrraaa")):
        decisions = (
            {"action": "accept" if action == "a" else "reject", "scope": "once", **edit}
            for action, edit in zip(actions, edits, strict=True)
        )
        reading.decide(*decisions, by=name)
    found = {(each["one"], each["other"]): each["kappa"] for each in reading.get("/api/people")["agreement"]}
    assert found == {("Ada", "Bob"): 0.6667, ("Ada", "Cem"): -1.0, ("Bob", "Cem"): -0.6667}
    assert all(isinstance(each, Decision) for each in reading.review.log.decisions)
