"""Web pages: the main text is cleaned, the clean page is read back exactly, and hostile pages are rejected."""

import io
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clean_news.batch.row_cleaning import Origin, clean_rows
from clean_news.change_log import TextChangedError
from clean_news.cleaner import Cleaner
from clean_news.formats import UnreadableError, format_of, html
from clean_news.formats.main_text import main_text, separate_paragraphs
from clean_news.formats.pages.guard import NoMainTextError, guarded
from clean_news.settings import Settings

pytest.importorskip("trafilatura")

SETTINGS = Settings(stages=("encoding", "characters", "layout"))
PARAGRAPHS = [
    "The harbour board met on Tuesday and decided that the old ferry stays where it is for another year.",
    "“We have no choice,” said Zoë Dvořák, who has led the board since spring. “The quay is not ours to sell.”",
    "The café on the quay, which lost £5,000 last winter, will open again in May & stay open until autumn.",
]
WESTERN = [paragraph.replace("ř", "r") for paragraph in PARAGRAPHS]
EASTERN = [
    paragraph.replace("ë", "e").replace("£", "$").replace("“", '"').replace("”", '"') for paragraph in PARAGRAPHS
]


JAPANESE = [
    f"Sign {n} on the quay says 港の食堂は五月に開きます。ご来店をお待ちしております。, and no more." for n in "123"
]


def page_with(paragraphs, head=""):
    body = "".join(f"<p>{paragraph.replace('&', '&amp;')}</p>\n" for paragraph in paragraphs)
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head>{head}<title>Ferry stays</title>'
        '<meta name="author" content="Ann Lee"><link rel="canonical" href="https://example.org/ferry"></head>'
        '<body><nav><ul><li><a href="/">Home</a></li><li><a href="/sport">Sport</a></li></ul></nav>'
        f"<article><h1>Ferry stays</h1>\n{body}</article>"
        '<div class="comments"><p>First! What a waste of money this is, and who is to pay for it?</p></div>'
        "<footer>Copyright Example</footer></body></html>"
    )


def cleaned(page, folder, cleaner=None):
    raw, clean, logs = folder / "raw.html", folder / "clean.html", folder / "clean.html.changes.json"
    raw.write_bytes(page)
    cleaner = cleaner or Cleaner(SETTINGS)
    rows = (row for row, _ in clean_rows(html.read(raw, cleaner.settings), cleaner, Origin("raw.html", str(raw))))
    with clean.open("wb") as target, logs.open("wb") as log_target:
        html.write(rows, raw, target, log_target)
    return clean, logs


@pytest.mark.parametrize("cleaner", [Cleaner(SETTINGS), Cleaner()], ids=["some stages", "all stages"])
def test_a_page_is_cleaned(tmp_path, cleaner):
    spoilt = [paragraph.replace("é", "Ã©") for paragraph in PARAGRAPHS]
    clean, logs = cleaned(page_with(spoilt).encode(), tmp_path, cleaner)
    [(text, log)] = html.read_clean(clean, logs)
    assert text.split("\n\n") == ["Ferry stays", *PARAGRAPHS]
    said = log.carrier["page"]
    assert (said["title"], said["author"], said["url"]) == ("Ferry stays", "Ann Lee", "https://example.org/ferry")
    target = io.BytesIO()
    html.restore(clean, logs, target)
    assert target.getvalue() == page_with(spoilt).encode()


def test_the_clean_page_is_valid_html(tmp_path):
    from lxml import html as parser

    clean, _ = cleaned(page_with(PARAGRAPHS).encode(), tmp_path)
    assert format_of(clean) is html
    tree = parser.fromstring(clean.read_bytes())
    assert clean.read_bytes().startswith(b"<!DOCTYPE html>")
    assert tree.findtext(".//title") == "Ferry stays"
    assert [each.text_content() for each in tree.findall(".//article/p") if each.text] == ["Ferry stays", *PARAGRAPHS]
    assert main_text(clean.read_bytes()).text.split("\n\n")[-3:] == PARAGRAPHS


HARD = st.sampled_from(
    [
        "</article>\n",
        "<p>",
        "</p>\n",
        "&amp;",
        "&#0;",
        '<data value="0">\ufffd</data>',
        "\0",
        "\u2028",
        "\r",
        "\n",
        " ",
        "<script>",
        "\x85",
        "\ufffe",
    ]
)


@given(
    st.lists(HARD | st.text(st.characters(exclude_categories=["Cs"]))).map("".join),
    st.text(st.characters(exclude_categories=["Cs"])),
)
@settings(deadline=None, max_examples=300)
def test_any_text_round_trips(text, title):
    page = html.page_of(text, {"title": title, "language": title})
    assert html.text_of(page.encode().decode()) == text
    assert not html.FORBIDDEN.search(page)


@pytest.mark.parametrize(
    ("codec", "label", "paragraphs"),
    [
        ("utf-8", "utf-8", PARAGRAPHS),
        ("cp1252", "windows-1252", WESTERN),
        ("cp1252", "iso-8859-1", WESTERN),
        ("iso-8859-2", "iso-8859-2", EASTERN),
        ("utf-16", "utf-16", PARAGRAPHS),
        ("utf-16-le", "utf-16", PARAGRAPHS),
        (
            "shift_jis",
            "shift_jis",
            JAPANESE,
        ),
    ],
)
@pytest.mark.parametrize("where", ["meta", "header", "nowhere"])
def test_charsets(codec, label, paragraphs, where):
    page = page_with(paragraphs, f'<meta charset="{label}">' if where == "meta" else "").encode(codec)
    assert main_text(page, label if where == "header" else "").text.split("\n\n")[1:][:1] == paragraphs[:1]


def test_tables_and_lists_stay_together():
    assert (
        separate_paragraphs("Head\n- One\n- Two\nText\n| a |\n|---|\n| b |\nEnd")
        == "Head\n\n- One\n- Two\n\nText\n\n| a |\n|---|\n| b |\n\nEnd"
    )


@pytest.mark.parametrize(
    "page", [b"", b"   ", b"<html></html>", b"just text", b"<html><body><nav></nav></body></html>"]
)
def test_a_page_without_text(tmp_path, page):
    (tmp_path / "a.html").write_bytes(page)
    with pytest.raises(UnreadableError, match="no main text"):
        list(html.read(tmp_path / "a.html", SETTINGS))


def test_bytes_that_are_not_a_page(tmp_path):
    (tmp_path / "a.html").write_bytes(bytes(range(256)) * 10)
    with pytest.raises(UnreadableError, match="text"):
        list(html.read(tmp_path / "a.html", SETTINGS))
    (tmp_path / "a.html").write_bytes(b"<p>" * (1 << 20))
    with pytest.raises(UnreadableError, match="max-megabytes"):
        list(html.read(tmp_path / "a.html", Settings(max_megabytes=1)))


BODY = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
HOSTILE = {
    "nested": "<html><body>" + "<div>" * 100_000 + BODY,
    "nested a little": "<html><body>" + "<div>" * 400 + BODY,
    "unclosed": "<html><body>" + BODY + "<b>" * 100_000,
    "attributes": "<html><body><div " + " ".join(f"a{n}=1" for n in range(500_000)) + ">" + BODY,
    "a long attribute": "<html><body><div a='" + "x" * 10_000_000 + "'>" + BODY,
    "unclosed attribute": "<html><body>" + BODY + "<a b='" * 20_000,
    "open tags": "<html><body>" + BODY + "<a " * 1_000_000,
    "comments": "<html><body>" + BODY + "<!-- " * 500_000,
    "entities": "<html><body><p>" + "&amp;" * 200_000 + "</p>" + BODY,
    "entity bomb": '<!DOCTYPE html [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]><html><body>'
    + "<p>&b;</p>"
    + BODY,
    "cells": "<html><body>" + BODY + "<table><tr>" + "<td>x</td>" * 100_000,
    "comment": "<html><body>" + BODY + "<!-- <div>" + "<div>" * 100_000,
    "scripts": "<html><body>" + BODY + "<script>" * 500_000,
    "less than": "<" * 3_000_000,
    "nested furniture": "<html><body>" + "<div class='share'>" * 240 + BODY + "<i>x</i>" * 14_000,
    "quotations": "<html><body>" + BODY + "<p>" + "<q>" * 900 + "x",
    "breaks": "<html><body>" + BODY + "<div>" + "a text<br><br>" * 14_000,
    "breaks in spans": "<html><body>" + BODY + "<span>a<br><br>b</span>" * 7_000,
    "links": "<html><body>" + BODY + "<div>" * 200 + "<a href=x>link</a> " * 14_000,
    "pictures": "<html><body>" + BODY + "<div>" * 200 + "<div><img src=x>a</div> " * 9_000,
    "lists in JSON-LD": "<html><body>" + BODY + "<script type='application/ld+json'>" + "[" * 100_000 + "</script>",
    "surrogates": "<html><body>" + BODY + "<p>&#xD800;&#xDFFF;&#0;&#x110000;</p>",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_pages_are_rejected_quickly(name):
    began = time.process_time()
    try:
        text = main_text(HOSTILE[name].encode()).text
        text.encode()
        assert "ferry" in text
    except NoMainTextError as error:
        assert "leave it out" in str(error) or "trafilatura" in str(error)  # noqa: PT017
    assert time.process_time() - began < 20


@pytest.mark.full
def test_fifty_megabytes_of_attributes():
    began = time.process_time()
    attributes = " ".join(f"a{number}='{number}'" for number in range(300))
    with pytest.raises(NoMainTextError, match="too complex"):
        main_text(("<html><body>" + f"<div {attributes}>x</div>" * 12_000 + BODY).encode())
    page = "<html><body><div " + "a='b' " * 8_000_000 + ">" + BODY
    assert PARAGRAPHS[0] in main_text(page.encode()).text
    assert time.process_time() - began < 60


def test_an_ordinary_page_passes_the_guard_unchanged():
    script = "<script>" + "if (a<b && c>d) { e = '<div>' }" * 20_000 + "</script>"
    for page in (
        page_with(PARAGRAPHS),
        page_with(PARAGRAPHS, script + "<!-- <div> -->" * 40_000 + "<style>a>b</style>"),
    ):
        assert guarded(page) == page
        assert main_text(page.encode()).text.split("\n\n")[1:] == PARAGRAPHS


def test_an_embedded_image_is_removed_by_the_guard():
    page = page_with([f'{PARAGRAPHS[0]}<img alt="x > y" src="data:image/png;base64,{"A" * 5000}">', *PARAGRAPHS[1:]])
    assert "AAAA" not in guarded(page)
    assert main_text(page.encode()).text.split("\n\n")[1:] == PARAGRAPHS


def test_an_edited_clean_page_is_rejected(tmp_path):
    clean, logs = cleaned(page_with(PARAGRAPHS).encode(), tmp_path)
    page = clean.read_bytes()
    for changed in (page.replace(b"ferry", b"bus"), page[:-20], b"", b"\xff"):
        clean.write_bytes(changed)
        with pytest.raises(TextChangedError):
            html.restore(clean, logs, io.BytesIO())
