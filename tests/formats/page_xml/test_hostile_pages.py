"""Hostile pages: they are refused with a reason in bounded time, or cleaned and restored to the byte."""

import time

import page_writers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from page_schemas import faults, misplaced

from clean_news import edits as splicing
from clean_news.batch.run import run
from clean_news.batch.run_options import RunOptions
from clean_news.change_log import StageLog
from clean_news.formats import UnreadableError
from clean_news.formats.page_xml import alto, hocr, page, page_files, xml_bytes
from clean_news.formats.page_xml.word_changes import changes_of
from clean_news.settings import Settings as Limits

KINDS = {"alto": (alto, page_writers.alto), "hocr": (hocr, page_writers.hocr), "page": (page, page_writers.page)}
BOMB = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (f'<!DOCTYPE alto [<!ENTITY e0 "ha">{BOMB}]><alto>&e9;</alto>', "DOCTYPE"),
        ('<!DOCTYPE alto [<!ENTITY x SYSTEM "file:///etc/passwd">]><alto>&x;</alto>', "DOCTYPE"),
        ('<!DOCTYPE alto [<!ENTITY % x SYSTEM "http://127.0.0.1:9/x"> %x;]><alto/>', "DOCTYPE"),
        ('<!DOCTYPE alto [<!ATTLIST String CONTENT CDATA "x">]><alto><String/></alto>', "DOCTYPE"),
        ("<alto>" * 200 + "</alto>" * 200, "nested"),
        ("<alto><TextBlock></alto>", "well-formed"),
        ("<alto>", "well-formed"),
        ("", "well-formed"),
        ('<alto a="1" a="2"/>', "well-formed"),
        ("<alto>\x00</alto>", "well-formed"),
        ("<alto/>", "no words"),
        ("<PcGts/>", "no words"),
        ("<html/>", "not a scanned page"),
        ("<mets/>", "not a scanned page"),
        ('<?xml version="1.0" encoding="punycode"?><alto/>', "encoding"),
        ('<?xml version="1.0" encoding="rot13"?><alto/>', "encoding"),
        ('<?xml version="1.0" encoding="UTF-16"?><alto/>', "encoding"),
        (b"<alto>\xff</alto>", "utf-8"),
        (b"\xff\xfe<\x00a", "utf-16"),
    ],
    ids=range(19),
)
def test_what_is_no_page_is_refused(content, why):
    began = time.process_time()
    with pytest.raises(UnreadableError, match=why):
        page_files.row_of(content if isinstance(content, bytes) else content.encode())
    assert time.process_time() - began < 6


def test_too_many_elements(monkeypatch):
    monkeypatch.setattr(xml_bytes, "MAX_ELEMENTS", 1000)
    with pytest.raises(UnreadableError, match="more than 1,000 elements"):
        page_files.row_of(b"<alto>" + b"<a/>" * 1000 + b"</alto>")


def test_an_external_dtd_is_not_opened(tmp_path):
    path = tmp_path / "x.dtd"
    path.write_text('<!ENTITY e "opened">', encoding="utf-8")
    content = page_writers.alto("met at tbe hall").replace("?>\n", f'?>\n<!DOCTYPE alto SYSTEM "{path.as_uri()}">\n')
    assert page_files.row_of(content.replace('"tbe"', '"tbe&e;"').encode()).article == "met at tbe hall"


def test_broken_pages():
    """Words without attributes, strings outside lines, names of elements where they do not belong."""
    content = page_writers.alto("met at tbe hall")
    for old, new in (
        ('CONTENT="tbe"', ""),
        ('CONTENT="tbe"', 'CONTENT=""'),
        ('CONTENT="tbe"', 'CONTENT="&#9;&#10; "'),
        ('ID="string_2" ', ""),
        ("<SP ", "<String "),
        ("TextLine", "Line"),
        ("TextBlock", "TextLine"),
        ('CONTENT="tbe"', 'CONTENT="t&#x2028;e"'),
        ('CONTENT="tbe"', "CONTENT='t\"&lt;&amp;>e'"),
        ('WC="0.96"', 'WC="' + "9" * 10_000 + '"'),
        ('WC="0.96"', 'WC="-nan"'),
        ('CONTENT="tbe"', 'CONTENT="tbe" SUBS_TYPE="HypPart1"'),
        ('CONTENT="tbe"', 'CONTENT="tbe" SUBS_TYPE="HypPart1" SUBS_CONTENT="x y"'),
        ('CONTENT="hall"', 'CONTENT="hall" SUBS_TYPE="HypPart1" SUBS_CONTENT="hallo"'),
    ):
        found = content.replace(old, new)
        assert found != content, old
        document = xml_bytes.parse(found.encode())
        assert document.with_replacements([]) == found.encode()
        words = alto.read(document)
        for start, end in words.spans:
            stages = (StageLog("ocr", (splicing.replace(words.text, start, end, "x < \ud7ff", "OCR001"),)),)
            clean = document.with_replacements(alto.replacements(words, changes_of(words, stages)))
            etree.fromstring(clean)


def test_words_within_words(tmp_path):
    """Of hOCR the outer word is read; a PAGE whose texts contain texts is reported when both are changed."""
    content = page_writers.hocr("met at tbe hall").replace(">tbe<", "><span class='ocrx_word'>tbe</span><")
    assert page_files.row_of(content.encode()).article == "met at tbe hall"
    text = "Tho steamer was to leavo tlie wharf at noon, nnd the mail was put on board by tbe pilot."
    outer = page_writers.page(text, "2013-07-15", words=False, ordered=False)
    inner = outer[outer.index("    <TextRegion") : outer.index("  </Page>")].replace('id="', 'id="x')
    (tmp_path / "raw").mkdir()
    nested = outer.replace("</Unicode>", f"{inner}</Unicode>", 1)
    (tmp_path / "raw" / "a.xml").write_text(nested, encoding="utf-8")
    summary = run(tmp_path / "raw", tmp_path / "clean", RunOptions(Limits(min_words=0)))
    assert "within others" in str(summary.failures[0])
    assert list((tmp_path / "clean").glob("a.xml*")) == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_large_page_takes_linear_time(kind):
    times = [min(seconds_for(*KINDS[kind], size) for _ in range(3)) for size in (500, 4000)]
    assert times[1] < 8 * 4 * max(times[0], 0.02)


def seconds_for(module, writer, size):
    """Processor time for reading a page of so many words and writing it with one in five replaced."""
    content = writer("\n".join(f"tho coun-\ncil {number} ofthe town" for number in range(size // 5))).encode()
    began = time.process_time()
    found = module.read(xml_bytes.parse(content))
    made = [splicing.replace(found.text, *at, "the big", "OCR002") for at in found.spans[::5]]
    changes = changes_of(found, (StageLog("ocr", tuple(made)),))
    clean = found.document.with_replacements(module.replacements(found, changes))
    assert clean.count(b"big") >= size // 5
    return time.process_time() - began


WORDS = st.text(st.sampled_from("ab<>&\"'-¬é\u0416𝔄"), min_size=1, max_size=6)
LINES = st.lists(WORDS, min_size=1, max_size=5).map(" ".join)
TEXTS = st.lists(st.lists(LINES, min_size=1, max_size=4).map("\n".join), min_size=1, max_size=3).map("\n\n".join)
AFTER = st.text(st.sampled_from("xy -&<\n\u00a0"), max_size=8)


@st.composite
def edited_texts(draw, text):
    """Two stages of random edits of a text."""
    stages = []
    for name in ("layout", "ocr"):
        cuts = sorted(draw(st.lists(st.integers(0, len(text)), max_size=8, unique=True)))
        made = [
            splicing.replace(text, start, end, draw(AFTER), "OCR001")
            for start, end in zip(cuts[::2], cuts[1::2], strict=False)
        ]
        stages.append(StageLog(name, tuple(made)))
        text = splicing.apply(text, made)
    return tuple(stages)


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=120, deadline=None)
@given(data=st.data())
def test_any_edits_of_any_page(kind, data):
    module, writer = KINDS[kind]
    content = writer(data.draw(TEXTS)).encode()
    found = module.read(xml_bytes.parse(content))
    stages = data.draw(edited_texts(found.text))
    changes = changes_of(found, stages)
    assert [(each.first, each.last) for each in changes] == sorted((each.first, each.last) for each in changes)
    clean = found.document.with_replacements(module.replacements(found, changes))
    root = etree.fromstring(clean)
    assert (faults(clean), misplaced(clean)) == ([], [])
    assert numbered_as_the_schemas_cannot_say(root)
    again = module.read(xml_bytes.parse(clean))
    if not changes:
        assert clean == content
    untouched = {word.id for at, word in enumerate(found.words) if not any(c.first <= at <= c.last for c in changes)}
    before = {word.id: word.text for word in found.words if word.id in untouched}
    assert {word.id: word.text for word in again.words if word.id in before} == before


def numbered_as_the_schemas_cannot_say(root):
    """Whether the texts of an element are numbered from 0, and no line ends in a space."""
    for element in root.iter():
        indexes = [child.get("index") for child in element if etree.QName(child).localname == "TextEquiv"]
        if len(indexes) > 1 and sorted(map(int, indexes)) != list(range(len(indexes))):
            return False
        name = etree.QName(element).localname
        if name == "TextLine" and [etree.QName(child).localname for child in element][-1:] == ["SP"]:
            return False
    return True


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=120, deadline=None)
@given(data=st.data())
def test_damaged_pages(kind, data):
    """A page with some bytes replaced is refused, or read and written back."""
    content = bytearray(KINDS[kind][1]("Tho coun-\ncil met at tlie hall.\n\nIt was ofthe town.").encode())
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(content) - 1))
        content[start : start + data.draw(st.integers(0, 40))] = data.draw(st.binary(max_size=6))
    try:
        row = page_files.row_of(bytes(content))
    except UnreadableError:
        return  # the reason is checked above
    else:
        assert row.raw_record.document.with_replacements([]) == bytes(content)
        assert all(row.article[word.start : word.end] for word in row.words)
        row.article.encode()


def test_a_page_above_the_limit(tmp_path):
    path = tmp_path / "a.xml"
    path.write_bytes(b"<alto>" + b" " * (1 << 20) + b"</alto>")
    with pytest.raises(UnreadableError, match="larger than 1 MB"):
        list(page_files.read(path, Limits(max_megabytes=1)))
