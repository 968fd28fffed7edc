"""PAGE XML is repaired in place: words, the texts of lines and regions, reading order, lines without words."""

import page_writers
import pytest
from lxml import etree

from clean_news.change_log import StageLog
from clean_news.edits import replace
from clean_news.formats.page_xml import page, xml_bytes
from clean_news.formats.page_xml.word_changes import changes_of

SCAN = """Tho steamer was to leavo tlie wharf at noon, nnd the mail was put on
board by tbe pilot.

The members ofthe coun-
cil met at tlie hall to hear the re port of the bridge."""
SPACE = {"p": "http://schema.primaresearch.org/PAGE/gts/pagecontent/2019-07-15"}


def texts(content, path, version="2019-07-15"):
    """The texts of the elements at a path: a list of (index, text) for each."""
    space = {"p": page_writers.PAGE_NAMESPACE.format(version)}
    found = etree.fromstring(content if isinstance(content, bytes) else content.encode()).findall(path, space)
    return [
        [
            (each.get("index"), each.findtext("p:Unicode", namespaces=space))
            for each in element.findall("p:TextEquiv", space)
        ]
        for element in found
    ]


def edited(content, before, after):
    found = page.read(xml_bytes.parse(content.encode()))
    at = found.text.index(before)
    stages = (StageLog("ocr", (replace(found.text, at, at + len(before), after, "OCR001"),)),)
    return found.document.with_replacements(page.replacements(found, changes_of(found, stages))).decode()


def test_a_scanned_page(clean_page):
    clean = clean_page(page_writers.page(SCAN))
    assert texts(clean.content, ".//p:Word[@id='w0']") == [[("0", "The"), ("1", "Tho")]]
    assert texts(clean.content, ".//p:Word[@id='w1']") == [[(None, "steamer")]]
    assert texts(clean.content, ".//p:TextLine[@id='l1']") == [[(None, "board by the pilot.")]]
    [[(_, region)]] = texts(clean.content, ".//p:TextRegion[@id='r0']")
    assert region.startswith("The steamer was to leave the wharf at noon, and")
    assert region.endswith("\nboard by the pilot.")


def test_regions_in_the_order_of_the_file_s_list():
    for ordered in (True, False):
        found = page.read(xml_bytes.parse(page_writers.page("One.\n\nTwo.", ordered=ordered).encode()))
        assert found.text == "One.\n\nTwo."


def test_one_word():
    content = page_writers.page("met at tlie hall")
    old = '<TextEquiv conf="0.96"><Unicode>tlie'
    new = '<TextEquiv index="0"><Unicode>the</Unicode></TextEquiv>\n'
    new += '          <TextEquiv conf="0.96" index="1"><Unicode>tlie'
    expected = content.replace(old, new).replace("<Unicode>met at tlie hall", "<Unicode>met at the hall")
    assert edited(content, "tlie", "the") == expected


def test_the_text_of_lowest_index_is_read():
    content = page_writers.page("met at tlie hall", ordered=False).replace(
        '<TextEquiv conf="0.96"><Unicode>tlie',
        '<TextEquiv index="3"><Unicode>tile</Unicode></TextEquiv><TextEquiv index="2"><Unicode>tlie',
    )
    clean = edited(content, "tlie", "the")
    assert texts(clean, ".//p:Word[@id='w2']") == [[("0", "the"), ("2", "tile"), ("1", "tlie")]]


def test_old_versions_have_one_text():
    content = page_writers.page("met at tlie hall", "2013-07-15")
    assert edited(content, "tlie", "the") == content.replace("tlie", "the")


def test_joined_and_split():
    clean = edited(page_writers.page("hear the re port of it"), "re port", "report")
    assert texts(clean, ".//p:Word[@id='w2']") == [[("0", "report"), ("1", "re port")]]
    assert 'points="190,0 260,0 260,20 190,20"' in clean
    assert texts(clean, ".//p:Word[@id='w3']") == []
    assert texts(clean, ".//p:TextLine") == [[(None, "hear the report of it")]]
    clean = edited(page_writers.page("members ofthe hall"), "ofthe", "of the")
    assert texts(clean, ".//p:Word[@id='w1']") == [[("0", "of"), ("1", "ofthe")]]
    assert texts(clean, ".//p:Word[@id='w1_2']") == [[("0", "the")]]
    assert texts(clean, ".//p:TextRegion") == [[(None, "members of the hall")]]


def test_a_hyphen_that_was_not_read():
    for words in (True, False):
        clean = edited(page_writers.page("the re\nport of", words=words), "re\nport", "report")
        assert texts(clean, ".//p:TextRegion") == [[(None, "the re-\nport of")]]


def test_lines_without_words():
    content = page_writers.page("met at tlie\nhall of tbe town", words=False)
    clean = edited(content, "tlie\nhall of tbe", "the\nhall of the")
    found = [[("0", "met at the"), ("1", "met at tlie")], [("0", "hall of the town"), ("1", "hall of tbe town")]]
    assert texts(clean, ".//p:TextLine") == found
    assert texts(clean, ".//p:TextRegion") == [[(None, "met at the\nhall of the town")]]


def test_a_text_of_a_region_that_is_not_that_of_its_words_stays():
    content = page_writers.page("met at tlie hall").replace("<Unicode>met at tlie hall", "<Unicode>met et tlie hall")
    assert edited(content, "tlie", "the").count("<Unicode>met et tlie hall") == 2


@pytest.mark.parametrize("points", ["", "1,2", "a,b c,d", "1,2 3", "9" * 99 + ",1 2,3", "-1,-2 30,40"])
def test_odd_points(points):
    content = page_writers.page("members ofthe hall").replace(
        'points="180,0 230,0 230,20 180,20"', f'points="{points}"'
    )
    assert texts(edited(content, "ofthe", "of the"), ".//p:Word[@id='w1_2']") == [[("0", "the")]]
