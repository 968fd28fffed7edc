"""The main text of web pages: whole paragraphs, no furniture, other ways of reading, what the page says of itself."""

import json

import pytest

from clean_news import Cleaner
from clean_news.batch.row_cleaning import Origin, clean_rows
from clean_news.formats import html
from clean_news.formats.main_text import main_text
from clean_news.formats.pages.edges import without_edges
from clean_news.formats.pages.metadata import iso_date
from clean_news.settings import Settings

pytest.importorskip("trafilatura")

FIRST = "The harbour board met on Tuesday and decided that the old ferry stays where it is for another year."
SECOND = "Its chairman said that the vote had been close, and that he would not say who had voted against it."
THIRD = "A second boat had been promised by the county three times, most recently before the last election."
ARTICLE = f"<p>{FIRST}</p><p>{SECOND}</p><p>{THIRD}</p>"


def page(body, head=""):
    return (
        f"<!DOCTYPE html><html lang='en'><head><meta charset='utf-8'>{head}</head><body>{body}</body></html>".encode()
    )


def paragraphs(body, head=""):
    return main_text(page(body, head)).text.split("\n\n")


@pytest.mark.parametrize(
    ("markup", "line"),
    [
        (
            "He said <q>not now</q>, and that <q>we <q>never</q> said so</q> was all that he would say to reporters.",
            "He said “not now”, and that “we ‘never’ said so” was all that he would say to reporters.",
        ),
        (
            "The cell should have read <code>=B12-B14</code>, and it read <kbd>=B12</kbd> for nine years, until March.",
            "The cell should have read =B12-B14, and it read =B12 for nine years, until March.",
        ),
        (
            "The ferry was built in 1931,\n      and\n\tcarries about ninety\r\n people on a good day in the summer.",
            "The ferry was built in 1931, and carries about ninety people on a good day in the summer.",
        ),
        (
            "<span class='cap-1'>T</span>he ferry <a href='/x'>was built</a> in <b>1931</b>; <i>nobody</i> knew why.",
            "The ferry was built in 1931; nobody knew why.",
        ),
    ],
)
def test_a_paragraph_stays_whole(markup, line):
    assert paragraphs(f"<article><h1>Ferry stays</h1>{ARTICLE}<p>{markup}</p></article>")[-1] == line


def test_preformatted_text_keeps_its_lines():
    found = main_text(page(f"<article>{ARTICLE}<pre>one\n  two\n    three</pre><p>{FIRST[:-1]}, again.</p></article>"))
    assert "one\n" in found.text.replace("\n\n", "\n")


@pytest.mark.parametrize(
    "around", ["<td>{}</td>", "<td><font size=2>{}</font></td>", "<td><b>By Ann Lee</b><br><br>{}</td>"]
)
def test_line_breaks_in_a_layout_table_separate_paragraphs(around):
    text = around.format("<br>\n<br/>".join([FIRST, SECOND, THIRD]))
    found = paragraphs(f"<table><tr><td><a href=/>Home</a><br><a href=/s>Sport</a></td>{text}</tr></table>")
    assert found[-3:] == [FIRST, SECOND, THIRD]


def test_a_table_of_data_stays_one():
    table = "<table><tr><th>Boat</th><th>Built</th></tr><tr><td>Old</td><td>1931</td></tr></table>"
    assert "| Old | 1931 |" in main_text(page(f"<article>{ARTICLE}{table}<p>{FIRST[:-1]}, again.</p></article>")).text


@pytest.mark.parametrize("name", ["drop-cap", "cap", "author-name", "timestamp", "related-link", "share", "caption"])
def test_words_of_a_sentence_stay_whatever_their_names(name):
    sentence = (
        f"<p><span class='{name}'>O</span>n Monday <span class='{name}'>Ann Lee</span> told the board that {FIRST}</p>"
    )
    assert paragraphs(f"<article>{ARTICLE}{sentence}</article>")[-1] == f"On Monday Ann Lee told the board that {FIRST}"


FURNITURE = [
    "<nav><a href=/>Home</a> <a href=/s>Sport</a></nav>",
    "<div class='articleShareBar'><span>Share this story with your friends</span></div>",
    "<div id='newsletter-signup'><p>Get the news of the harbour in your inbox, every day at seven o’clock.</p></div>",
    "<div role='dialog'><p>We use cookies to give you the best experience of the harbour on our website.</p></div>",
    "<section hidden><p>This was written for those who cannot see it, and they do not read it either.</p></section>",
    "<div style='display: none'><p>This was written for those who cannot see it, and do not read it either.</p></div>",
    "<ul><li><a href=/1>Boat sinks</a></li><li><a href=/2>Boat found</a></li><li><a href=/3>Boat sold</a></li></ul>",
    "<p><b>READ MORE: <a href=/1>Captain to retire</a></b></p>",
    "<p><a href=/1>Captain to retire after a long dispute</a></p>",
    "<form><label>Search the archive of the harbour and of its boats, from 1931 until today.</label></form>",
    "<div class='comments'><p>I have waited for this for a long time, and so has everybody in our street.</p></div>",
]


@pytest.mark.parametrize("furniture", FURNITURE)
def test_furniture_is_left_out(furniture):
    assert paragraphs(f"<article><h1>Ferry stays</h1><p>{FIRST}</p>{furniture}<p>{SECOND}</p></article>")[1:] == [
        FIRST,
        SECOND,
    ]


@pytest.mark.parametrize(
    "box",
    [
        "<div class='imgright'><img src='/q.jpg'><br><span>The quay, seen from the ferry</span></div>",
        "<div class='m'><div><a href='/q'><img src='/q.jpg'></a></div><div>The quay, seen from the ferry</div></div>",
        "<table><tr><td><img src='/q.jpg'></td></tr><tr><td>The quay, seen from the ferry</td></tr></table>",
    ],
)
def test_a_short_text_in_the_box_of_a_picture_is_its_caption(box):
    found = main_text(page(f"<article><h1>Ferry stays</h1><p>{FIRST}</p>{box}<p>{SECOND}</p></article>"))
    assert found.text.split("\n\n")[1:] == [FIRST, SECOND]
    assert found.page["captions"] == ["The quay, seen from the ferry"]


def test_pictures_in_a_table_of_data_are_no_captions():
    rows = "".join(
        f"<tr><td><img src='/{n}.png'>{team}</td><td>{n}</td></tr>" for n, team in enumerate(("Ely", "Orrin"))
    )
    text = main_text(page(f"<article>{ARTICLE}<table>{rows}</table><p>{FIRST[:-1]}, again.</p></article>")).text
    assert "Orrin" in text


@pytest.mark.parametrize(
    "body",
    [
        f"<div class='share-root'>{ARTICLE}</div>",
        f"<div class='newsletter related modal'>{ARTICLE}</div>",
        "".join(f"<p class='caption'>{each}</p>" for each in (FIRST, SECOND, THIRD)),
        f"<form id='aspnetForm'><div>{ARTICLE}</div></form>",
        f"<div style='display:none'>{ARTICLE}</div>",
        f"<article class='post hentry tag-newsletter category-comments'>{ARTICLE}</article>",
        f"<div class='sponsored' itemprop='articleBody'>{ARTICLE}</div>",
        f"<div class='comments'>{ARTICLE}</div>",
        f"<div class='comments'><h1>Ferry stays</h1>{ARTICLE}</div>",
    ],
)
def test_a_name_that_misleads_costs_nothing(body):
    assert paragraphs(f"<main>{body}</main>")[-3:] == [FIRST, SECOND, THIRD]


def test_an_article_in_several_parts_is_whole():
    part = "<div class='article-body'><p>{}</p></div>"
    body = part.format(f"{FIRST} {SECOND} " * 3) + "<div class='ad'>Advertisement</div>" + part.format(THIRD)
    assert (
        paragraphs(
            f"<main>{body}<div class='x'>All rights to this page are the board’s, as they always were.</div></main>"
        )[-1]
        == THIRD
    )


def test_text_from_json_ld_if_the_page_has_none():
    data = {"@graph": [{"@type": ["NewsArticle"], "articleBody": f"{FIRST}\n\n<p>{SECOND}</p>{THIRD}"}]}
    found = main_text(page("<div>Loading</div>", f"<script type='application/ld+json'>{json.dumps(data)}</script>"))
    assert found.text.split("\n\n") == [FIRST, SECOND, THIRD]
    assert found.page["extraction"] == "the article in its JSON-LD"


def test_a_page_of_furniture_only_is_read_with_it():
    found = main_text(page(f"<div class='comments'>{ARTICLE}</div>"))
    assert FIRST in found.text
    assert found.page["extraction"] == "with the page's furniture"
    assert "extraction" not in main_text(page(f"<article>{ARTICLE}</article>")).page


def test_the_title_of_the_page_is_not_in_the_text():
    assert "Orrin" not in main_text(page(f"<article>{ARTICLE}</article>", "<title>Ferry stays | Orrin</title>")).text


def test_the_charset_is_logged_with_how_it_was_found():
    found = main_text(page(f"<article>{ARTICLE}<p>“{FIRST}”</p></article>")).page
    assert (found["charset"], found["charset_found"]) == ("utf-8", "declared as utf-8 in the text; valid UTF-8")


def test_stray_bytes_are_decoded_before_the_page_is_parsed():
    raw = page(
        f"<article>{ARTICLE}<p>The café’s owner said that “the quay” was not hers to sell, now or later.</p></article>"
    )
    mixed = raw.replace("café’s".encode(), b"caf\xe9\x92s")
    assert main_text(mixed).text == main_text(raw).text


HEAD = """<script type="application/ld+json">{"@type": "NewsArticle", "author": [{"@type": "Person", "name": "Ann Lee"},
 {"name": "Bo Kim"}], "datePublished": "2025-03-03T09:14:00+01:00", "dateModified": "2025-03-03 11:14"}</script>
<meta name="author" content="The desk"><meta property="article:published_time" content="2025-03-01">"""


def test_what_a_page_says_of_its_article_becomes_typed_fields(tmp_path):
    figure = "<figure><img src='/q.jpg'><figcaption>The quay on Monday. Photograph: Cy Day/Agency</figcaption></figure>"
    (tmp_path / "a.html").write_bytes(page(f"<article>{ARTICLE}{figure}</article>", HEAD))
    rows = html.read(tmp_path / "a.html", Settings())
    [(_, log)] = clean_rows(rows, Cleaner(), Origin("a.html", "a.html"))
    found = log.publication
    assert found.authors == ("Ann Lee", "Bo Kim")
    assert (found.published, found.updated) == ("2025-03-03T09:14:00+01:00", "2025-03-03T11:14:00")
    assert (found.captions, found.credits) == (("The quay on Monday.",), ("Cy Day/Agency",))


def test_authors_and_dates_from_meta_elements():
    head = '<meta name="author" content="By Ann Lee and Bo Kim"><meta name="pubdate" content="2025-03-01">'
    found = main_text(page(f"<article>{ARTICLE}</article>", head)).page
    assert (found["authors"], found["published"]) == (["Ann Lee", "Bo Kim"], "2025-03-01")


@pytest.mark.parametrize(
    "script", ["{", "[" * 10_000, '{"@type": 7, "author": 3}', '"a"', '{"@graph": {"@type": "Article"}}']
)
def test_damaged_json_ld_is_no_error(script):
    assert (
        paragraphs(f"<article>{ARTICLE}</article>", f"<script type='application/ld+json'>{script}</script>")[-1]
        == THIRD
    )


def test_dates_in_iso_8601():
    assert [iso_date(each) for each in ("2025-99-03", "2025-03-03T25:00", None, " 2025-03-03T09:14Z ")] == [
        "",
        "",
        "",
        "2025-03-03T09:14:00Z",
    ]


def test_short_lines_around_the_text_are_left_out():
    lines = [
        "Ferry stays",
        "3 March 2025",
        "By Ann Lee",
        "Why",
        FIRST,
        "What next",
        SECOND,
        "- a list item",
        "Share",
        "More",
    ]
    kept = without_edges("\n".join(lines), "Ferry stays | Orrin", {"Why"}).split("\n")
    assert kept == ["Ferry stays", "Why", FIRST, "What next", SECOND, "- a list item"]


def test_a_text_without_sentences_stays():
    assert without_edges("One\nTwo\nThree", "") == "One\nTwo\nThree"
