"""ALTO is repaired in place: words, joined and split words, hyphens; everything else keeps its bytes."""

import re

import page_writers
import pytest
from lxml import etree
from page_schemas import faults

from clean_news.change_log import StageLog
from clean_news.edits import replace
from clean_news.formats.page_xml import alto, page_files, xml_bytes
from clean_news.formats.page_xml.word_changes import changes_of

SCAN = """Tho steamer was to leavo tlie wharf at noon, nnd the mail was put on
board by tbe pilot. The members ofthe coun-
cil met at tlie hall to hear the re port of the
com mittee on the bridge, nnd tho mayor was in
the chair."""


def as_bytes(content):
    return content.encode() if isinstance(content, str) else content


def elements(content, name):
    return [each for each in etree.fromstring(as_bytes(content)).iter() if etree.QName(each).localname == name]


def strings(content):
    """The String elements by ID."""
    return {each.get("ID"): each for each in elements(content, "String")}


def alternatives(element):
    return [child.text for child in element if etree.QName(child).localname == "ALTERNATIVE"]


def edited(content, *edits):
    """A page after edits of its text: pairs of before and after."""
    page = alto.read(xml_bytes.parse(content.encode()))
    made = []
    for before, after in edits:
        at = page.text.index(before)
        made.append(replace(page.text, at, at + len(before), after, "OCR001"))
    stages = (StageLog("ocr", tuple(sorted(made, key=lambda edit: edit.span))),)
    return page.document.with_replacements(alto.replacements(page, changes_of(page, stages))).decode()


def test_a_scanned_page(clean_page):
    content = page_writers.alto(SCAN)
    clean = clean_page(content)
    assert "The steamer was to leave the wharf at noon, and the mail was put on board by the pilot." in clean.text
    assert clean.shown.split() == clean.text.split()
    found = strings(clean.content)
    assert (found["string_0"].get("CONTENT"), alternatives(found["string_0"])) == ("The", ["Tho"])
    words = [edit.evidence["word_ids"] for stage in clean.log.stages for edit in stage.edits if edit.before == "Tho"]
    assert words == [["string_0"]]


def test_only_changed_words_have_other_bytes(clean_page):
    content = page_writers.alto(SCAN)
    before, after = content.splitlines(), clean_page(content).content.decode().splitlines()
    left = [line for line in before if line not in after]
    assert left
    assert all("<String" in line or "<SP" in line for line in left)
    assert len(left) < 25


def test_one_word():
    content = page_writers.alto("met at tlie hall")
    assert edited(content, ("tlie", "the")) == content.replace(
        'CC="0000" CONTENT="tlie"/>', 'CONTENT="the"><ALTERNATIVE PURPOSE="OCR">tlie</ALTERNATIVE></String>'
    ).replace('CC="0000" CONTENT="hall"', 'CC="0000" CONTENT="hall"')


def test_a_word_of_the_same_length_keeps_its_figures():
    assert 'CC="000" CONTENT="the"><ALTERNATIVE' in edited(page_writers.alto("by tbe pilot"), ("tbe", "the"))


def test_words_that_are_joined():
    content = edited(page_writers.alto("the re port of"), ("re port", "report"))
    found = strings(content)
    assert list(found) == ["string_0", "string_1", "string_3"]
    joined = found["string_1"]
    assert (joined.get("CONTENT"), alternatives(joined)) == ("report", ["re port"])
    assert [joined.get(name) for name in ("HPOS", "VPOS", "WIDTH", "HEIGHT")] == ["140", "0", "70", "20"]
    assert len(elements(content, "SP")) == 2


def test_references_to_a_joined_word():
    refs = ["string_1 string_2", "string_2", "string_0 string_3"]
    elements_of = "".join(f'<ElementRef ID="ref_{at}" REF="{ref}"/>' for at, ref in enumerate(refs))
    order = f'<ReadingOrder><OrderedGroup ID="group">{elements_of}</OrderedGroup></ReadingOrder>'
    content = page_writers.alto("the re port of").replace("  <Layout>", f"{order}<Layout>")
    assert faults(content) == []
    clean = edited(content, ("re port", "report"))
    assert faults(clean) == []
    assert [each.get("REF") for each in elements(clean, "ElementRef")] == ["string_1", "string_1", "string_0 string_3"]
    assert faults(clean.replace('REF="string_1"', 'REF="string_2"', 1))


@pytest.mark.parametrize("decimals", [0, 2])
def test_a_word_that_is_split(decimals):
    content = edited(page_writers.alto("members ofthe hall", decimals=decimals), ("ofthe", "of the"))
    found = strings(content)
    assert list(found) == ["string_0", "string_1", "string_1_2", "string_2"]
    first, second = found["string_1"], found["string_1_2"]
    assert (first.get("CONTENT"), alternatives(first)) == ("of", ["ofthe"])
    assert (second.get("CONTENT"), alternatives(second)) == ("the", [])
    left, right = float(first.get("HPOS")), float(second.get("HPOS"))
    assert left == 180
    assert left + float(first.get("WIDTH")) < right
    assert right + float(second.get("WIDTH")) == 230
    space = first.getnext()
    assert etree.QName(space).localname == "SP"
    assert float(space.get("HPOS")) == pytest.approx(left + float(first.get("WIDTH")))
    assert space.getnext() is second


def test_an_id_of_a_split_word_is_unused():
    content = page_writers.alto("members ofthe hall").replace('"string_2"', '"string_1_2"')
    assert "string_1_3" in strings(edited(content, ("ofthe", "of the")))


@pytest.mark.parametrize("hyphen", ["-", "¬"])
def test_a_hyphenated_word(hyphen):
    content = page_writers.alto(f"the coun{hyphen}\ncil met")
    found = strings(edited(content, (f"coun{hyphen}\ncil", "council")))
    parts = [found["string_1"], found["string_2"]]
    assert [part.get("CONTENT") for part in parts] == ["coun", "cil"]
    assert [part.get("SUBS_TYPE") for part in parts] == ["HypPart1", "HypPart2"]
    assert {part.get("SUBS_CONTENT") for part in parts} == {"council"}
    assert not any(map(alternatives, parts))


def test_a_misread_hyphenated_word():
    content = page_writers.alto("the irapor-\ntaut town", subs=True)
    assert alto.read(xml_bytes.parse(content.encode())).text == "the iraportaut\ntown"
    found = strings(edited(content, ("iraportaut", "important")))
    parts = [found["string_1"], found["string_2"]]
    assert [part.get("CONTENT") for part in parts] == ["impor", "tant"]
    assert {part.get("SUBS_CONTENT") for part in parts} == {"important"}
    assert [alternatives(part) for part in parts] == [["irapor"], ["taut"]]


def test_a_hyphen_in_the_word():
    found = strings(edited(page_writers.alto("the irapor-\ntant town", hyp=False), ("irapor-\ntant", "important")))
    assert [found[f"string_{number}"].get("CONTENT") for number in (1, 2)] == ["impor-", "tant"]


def test_a_hyphen_that_stays():
    found = strings(edited(page_writers.alto("a wcll-\nknown man"), ("wcll-\nknown", "well-known")))
    assert [found[f"string_{number}"].get("CONTENT") for number in (1, 2)] == ["well", "known"]
    assert found["string_1"].get("SUBS_CONTENT") == "well-known"


def test_removed_lines_stay_on_the_page():
    content = page_writers.alto("Share this article\n\nThe hall was full.")
    assert edited(content, ("Share this article\n\n", "")) == content


def test_noise_is_joined_to_the_word_beside_it():
    for text in ("sold his ' wheat", "' wheat was sold", "it was '\nsold", "it was\n' sold"):
        content = edited(page_writers.alto(text), ("' " if "' " in text else " '", ""))
        assert "'" not in [each.get("CONTENT") for each in elements(content, "String")], text


def test_a_page_without_errors_keeps_its_bytes(clean_page):
    content = page_writers.alto("The council met at the hall on Monday to hear the report of the mayor on the bridge.")
    assert clean_page(content).content == content.encode()


def test_text_of_the_page():
    content = page_writers.alto("One two-\nthree.\n\nFour &amp; <five>.")
    assert alto.read(xml_bytes.parse(content.encode())).text == "One two-\nthree.\n\nFour &amp; <five>."


@pytest.mark.parametrize("version", ["1", "2", "3", "4"])
@pytest.mark.parametrize("prefix", ["", "alto:"])
def test_versions_and_prefixes(clean_page, version, prefix):
    prefix = prefix if version != "1" else ""
    clean = clean_page(page_writers.alto(SCAN, version, prefix=prefix))
    assert f"<{prefix}ALTERNATIVE" in clean.content.decode()
    assert clean.shown.split() == clean.text.split()


def test_children_of_a_word_stay_in_order():
    shape = '<Shape><Polygon POINTS="0,0 1,0 1,1"/></Shape>'
    content = page_writers.alto("by tbe pilot").replace(
        'CONTENT="tbe"/>', f'CONTENT="tbe">{shape}<ALTERNATIVE>tbc</ALTERNATIVE><Glyph CONTENT="t"/></String>'
    )
    found = strings(edited(content, ("tbe", "the")))["string_1"]
    assert [etree.QName(child).localname for child in found] == ["Shape", "ALTERNATIVE", "ALTERNATIVE", "Glyph"]
    assert alternatives(found) == ["tbe", "tbc"]


def test_boxes_that_are_no_boxes_are_left_alone():
    content = page_writers.alto("the ofthe hall")
    for value in ("", "abc", "1e400", "9" * 400, "NaN", "-5"):
        odd = re.sub(r'(ID="string_1" HPOS=")[^"]*', rf"\g<1>{value}", content)
        found = strings(edited(odd, ("ofthe", "of the")))
        assert (found["string_1"].get("CONTENT"), found["string_1_2"].get("CONTENT")) == ("of", "the")


def test_the_standard_settings_change_nothing_in_it_twice(clean_page):
    clean = clean_page(page_writers.alto(SCAN))
    again = clean_page(clean.content)
    assert again.shown == clean.shown
    assert page_files.row_of(clean.content).carrier["scan"] == "alto"
