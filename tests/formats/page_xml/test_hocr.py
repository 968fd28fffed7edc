"""hOCR is repaired in place, under any name; other web pages stay web pages."""

import re

import page_writers
import pytest
from lxml import etree

from clean_news.batch.reversion import restore
from clean_news.batch.run import run
from clean_news.batch.run_options import RunOptions
from clean_news.change_log import StageLog
from clean_news.edits import replace
from clean_news.formats import UnreadableError
from clean_news.formats.page_xml import hocr, page_files, xml_bytes
from clean_news.formats.page_xml.word_changes import changes_of
from clean_news.settings import Settings

SCAN = """Tho steamer was to leavo tlie wharf at noon, nnd the mail was put on
board by tbe pilot. The members ofthe coun-
cil met at tlie hall to hear the re port of the bridge."""


def words(content):
    """Text, title and data-ocr of the words by id."""
    root = etree.fromstring(content if isinstance(content, bytes) else content.encode())
    return {
        each.get("id"): ("".join(each.itertext()), each.get("title"), each.get("data-ocr"))
        for each in root.iter()
        if each.get("class") == "ocrx_word"
    }


def edited(content, before, after):
    page = hocr.read(xml_bytes.parse(content.encode()))
    at = page.text.index(before)
    stages = (StageLog("ocr", (replace(page.text, at, at + len(before), after, "OCR001"),)),)
    return page.document.with_replacements(hocr.replacements(page, changes_of(page, stages))).decode()


def test_a_scanned_page(clean_page):
    clean = clean_page(page_writers.hocr(SCAN))
    found = words(clean.content)
    assert found["word_1_0"] == ("The", "bbox 100 0 130 20; x_wconf 96", "Tho")
    assert found["word_1_1"] == ("steamer", "bbox 140 0 210 20; x_wconf 96", None)
    assert "The steamer was to leave the wharf at noon" in clean.text


@pytest.mark.parametrize("quote", ["'", '"'])
@pytest.mark.parametrize("xhtml", [True, False])
def test_one_word(quote, xhtml):
    content = page_writers.hocr("met at tlie hall", quote=quote, xhtml=xhtml)
    tag = re.search("<[^<]*>(?=tlie<)", content)[0]
    assert edited(content, "tlie", "the") == content.replace(f"{tag}tlie", tag[:-1] + ' data-ocr="tlie">the')


def test_joined_and_split():
    found = words(edited(page_writers.hocr("hear the re port of it"), "re port", "report"))
    assert found["word_1_2"] == ("report", "bbox 190 0 260 20; x_wconf 96", "re port")
    assert "word_1_3" not in found
    found = words(edited(page_writers.hocr("members ofthe hall"), "ofthe", "of the"))
    assert found["word_1_1"] == ("of", "bbox 180 0 197 20; x_wconf 96", "ofthe")
    assert found["word_1_1_2"] == ("the", "bbox 205 0 230 20; x_wconf 96", None)


def test_marked_up_words():
    content = page_writers.hocr("met at tlie hall", strong=True)
    assert "><strong><em>the</em></strong></span>" in edited(content, "tlie", "the")
    letters = "".join(f"<span class='ocrx_cinfo'>{letter}</span>" for letter in "tbe")
    content = page_writers.hocr("at tbe hall").replace(">tbe<", f">{letters}<")
    assert letters.replace(">b<", ">h<") in edited(content, "tbe", "the")
    assert words(edited(content, "tbe", "them"))["word_1_1"][0] == "them"


def test_a_hyphenated_word_stays_on_both_lines():
    found = words(edited(page_writers.hocr("the irapor-\ntaut town"), "irapor-\ntaut", "important"))
    assert [found[f"word_1_{number}"][::2] for number in (1, 2)] == [("impor-", "irapor-"), ("tant", "taut")]


def test_a_hyphen_that_was_not_read():
    found = words(edited(page_writers.hocr("the re\nport of"), "re\nport", "report"))
    assert [found[f"word_1_{number}"][::2] for number in (1, 2)] == [("re-", "re"), ("port", None)]


def test_entities_of_html():
    content = page_writers.hocr("at tbe hall").replace(">at<", ">a&nbsp;&eacute;<")
    page = hocr.read(xml_bytes.parse(content.encode()))
    assert page.text == "a\xa0é tbe hall"
    assert "a&nbsp;&eacute;" in edited(content, "tbe", "the")


def test_html_that_is_no_xml():
    """Elements without end tags, and entities of HTML without a DOCTYPE."""
    content = page_writers.hocr("at tbe hall of it", xhtml=False).replace("'/>", "'>").replace(" />", ">")
    content = content.replace("</title>", "</title><META name=a><br>").replace(">of<", ">o&shy;f<")
    with pytest.raises(xml_bytes.NotXmlError):
        xml_bytes.parse(content.encode())
    row = page_files.row_of(content.encode())
    assert (row.article, row.carrier["scan"]) == ("at tbe hall o\u00adf it", "hocr")
    document = row.raw_record.document
    assert document.with_replacements([]) == content.encode()
    with pytest.raises(UnreadableError, match="well-formed"):
        page_files.row_of(content.replace("</p>", "").encode())


@pytest.mark.parametrize("name", ["a.hocr", "a.html", "a.htm", "a.xml"])
def test_runs(tmp_path, name):
    raw, clean, options = tmp_path / "raw", tmp_path / "clean", RunOptions(Settings(min_words=0))
    raw.mkdir()
    (raw / name).write_text(page_writers.hocr(SCAN), encoding="utf-8")
    assert (run(raw, clean, options).cleaned, run(raw, clean, options).unchanged) == (1, 1)
    assert words((clean / name).read_bytes())["word_1_0"][2] == "Tho"
    assert restore(clean, tmp_path / "back").failures == []
    assert (tmp_path / "back" / name).read_bytes() == (raw / name).read_bytes()


def test_a_web_page_about_hocr_is_a_web_page(tmp_path):
    pytest.importorskip("trafilatura")
    raw, clean = tmp_path / "raw", tmp_path / "clean"
    raw.mkdir()
    text = "The council met on Monday and read about &lt;span class='ocrx_word'&gt; all the afternoon. " * 4
    (raw / "a.html").write_text(f"<html><body><article><p>{text}</p></article></body></html>", encoding="utf-8")
    run(raw, clean, RunOptions(Settings(stages=())))
    assert "<article>\n<p>The council met" in (clean / "a.html").read_text(encoding="utf-8")
