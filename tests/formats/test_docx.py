"""DOCX: paragraphs are repaired in their runs, every other part stays, and the raw bytes come back."""

import io
import os
import random
import re
import tempfile
import zipfile
from pathlib import Path
from xml.etree import ElementTree
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from clean_news.change_log import LogError, TextChangedError
from clean_news.cleaner import Cleaner
from clean_news.formats import UnreadableError, format_of
from clean_news.formats.containers import docx, zip_container
from clean_news.formats.containers.container import MAX_MEMBERS
from clean_news.settings import Settings

MOJIBAKE = "The ministerâ€™s office closed the road."
REPAIRED = "The minister’s office closed the road."
COUNT = 30 if os.environ.get("CLEAN_NEWS_FULL") else 6  # of files of other writers
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
TYPES = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
BOLD = "<w:rPr><w:b/></w:rPr>"


def run(text, style="", space=' xml:space="preserve"'):
    return f"<w:r>{style}<w:t{space}>{text}</w:t></w:r>"


def paragraph(*runs, style=""):
    named = (
        f'<w:pPr><w:pStyle w:val="{style}"/><w:tabs><w:tab w:val="left" w:pos="9"/></w:tabs></w:pPr>' if style else ""
    )
    return f"<w:p>{named}{''.join(runs)}</w:p>"


def document(*paragraphs, root="document", prefix="w"):
    source = (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n'
        f'<w:{root} xmlns:w="{W}" xmlns:m="http://a.example/math" xmlns:mc="http://a.example/mc">'
        f"<w:body>{''.join(paragraphs)}<w:sectPr/></w:body></w:{root}>"
    )
    return (
        source if prefix == "w" else source.replace("w:", prefix and f"{prefix}:").replace("xmlns:w", f"xmlns:{prefix}")
    )


def package(body, others=None, method=zipfile.ZIP_DEFLATED, comment=b""):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        members = {"[Content_Types].xml": TYPES, "word/document.xml": body, "word/media/a.png": b"\x89PNG" * 99}
        for name, content in {**members, **(others or {})}.items():
            archive.writestr(name, content)
        archive.comment = comment
    return file.getvalue()


def part(content, name="word/document.xml"):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        return archive.read(name).decode()


def others(content):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return [
            (each.filename, archive.read(each), each.date_time, each.external_attr)
            for each in archive.infolist()
            if each.filename not in docx.PARTS
        ]


def test_only_the_text_of_its_runs_changes(round_trip):
    body = document(
        paragraph(run("A titleâ€™s"), style="Heading1"),
        paragraph(
            run("The ministerâ€"), "<w:proofErr/>", run("™s", BOLD), run(" office."), '<w:bookmarkEnd w:id="0"/>'
        ),
    )
    raw = package(body, comment=b"a comment")
    trip = round_trip(raw, "a.docx")
    clean = body.replace("titleâ€™s", "title’s").replace("ministerâ€<", "minister’<").replace(">™s<", ">s<")
    assert part(trip.clean) == clean
    assert others(trip.clean) == others(raw)
    assert trip.texts == ["A title’s\n\nThe minister’s office."]
    assert [log.id for log in trip.logs] == ["a.docx#document"]


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_notes_are_articles_too(round_trip, method):
    notes = {f"word/{name}.xml": document(paragraph(run(MOJIBAKE)), root=name) for name in ("footnotes", "endnotes")}
    trip = round_trip(package(document(paragraph(run("Fine."))), notes, method), "a.docx")
    assert trip.texts == ["Fine.", REPAIRED, REPAIRED]
    assert [log.id for log in trip.logs] == [f"a.docx#{name}" for name in ("document", "footnotes", "endnotes")]
    assert part(trip.clean, "word/endnotes.xml") == notes["word/endnotes.xml"].replace(MOJIBAKE, REPAIRED)


@pytest.mark.parametrize("prefix", ["w", "ns0", ""])
def test_any_prefix(round_trip, prefix):
    body = document(paragraph(run(MOJIBAKE)), prefix=prefix).replace("xmlns:=", "xmlns=")
    trip = round_trip(package(body), "a.docx")
    assert part(trip.clean) == body.replace(MOJIBAKE, REPAIRED)


@pytest.mark.parametrize(
    ("source", "seen"),
    [
        (
            paragraph(run("One"), "<w:r><w:tab/></w:r>", run("two"), "<w:r><w:br/></w:r>", run("three")),
            "One\ttwo\nthree",
        ),
        (paragraph(run("Norland"), "<w:r><w:noBreakHyphen/></w:r>", run("Vessia")), "Norland‑Vessia"),
        (paragraph(run("One &amp; &lt;two&gt; &#233;")), "One & <two> é"),
        (
            paragraph(run("One."), f"<w:del><w:r><w:delText>{MOJIBAKE}</w:delText></w:r></w:del>", run(" Two.")),
            "One. Two.",
        ),
        (paragraph(f"<w:moveFrom>{run('Gone.')}</w:moveFrom><w:ins>{run('Here.')}</w:ins>"), "Here."),
        (paragraph("<w:r><w:instrText> PAGE â€™ </w:instrText></w:r>", run("7")), "7"),
        (paragraph(run("Contentsâ€™"), "<w:r><w:tab/></w:r>", run("3"), style="TOC1") + paragraph(run("One.")), "One."),
        (paragraph(run("The "), "<m:oMath><m:r><m:t>â€™</m:t></m:r></m:oMath>", run(" is.")), "The \U0001d465 is."),
        (paragraph(f"<mc:Fallback>{run('Again.')}</mc:Fallback>", run("Once.")), "Once."),
        (
            paragraph(
                "<w:r><w:pict><w:txbxContent><w:p>" + run("Box.") + "</w:p></w:txbxContent></w:pict></w:r>", run("A.")
            ),
            "A.",
        ),
        (
            paragraph(run("Two "), run(" words ", space="")) + "<w:p/>" + paragraph(run("Three.")),
            "Two words\n\nThree.",
        ),
        (
            f"<w:tbl><w:tr><w:tc>{paragraph(run('One'))}</w:tc><w:tc>{paragraph(run('Two'))}</w:tc></w:tr></w:tbl>",
            "One\n\nTwo",
        ),
    ],
)
def test_what_a_reader_sees(round_trip, source, seen):
    body = document(source, paragraph(run(MOJIBAKE)))
    trip = round_trip(package(body), "a.docx")
    assert trip.texts[0].strip() == f"{seen}\n\n{REPAIRED}"
    assert part(trip.clean) == body[::-1].replace(MOJIBAKE[::-1], REPAIRED[::-1], 1)[::-1]


def test_a_word_is_not_torn_at_a_line_break(round_trip):
    body = document(
        paragraph(
            run("The govern-"), "<w:r><w:br/></w:r>", run("ment met the well-"), "<w:r><w:br/></w:r>", run("known men.")
        )
    )
    assert round_trip(package(body), "a.docx").texts == ["The govern-\nment met the well-\nknown men."]


def test_a_removed_paragraph_keeps_its_place(tmp_path, cleaned_file):
    raw = tmp_path / "a.docx"
    body = document(paragraph(run(MOJIBAKE)), paragraph(run("Share this article", BOLD)), paragraph(run("The end.")))
    raw.write_bytes(package(body))
    cleaner = Cleaner(Settings(stages=("encoding", "characters", "layout", "boilerplate")))
    trip = cleaned_file(raw, tmp_path / "clean", cleaner)
    assert part(trip.clean) == body.replace(MOJIBAKE, REPAIRED).replace("Share this article", "")


def test_spaces_at_the_ends_of_a_run_are_preserved(round_trip):
    body = document(paragraph(run("One", space=""), run("two", space=""), run(" \n three\u200b \u200b\n ", space="")))
    trip = round_trip(package(body.replace(">two<", "> \u200b two \u200b <")), "a.docx")
    runs = re.findall(r"<w:t([^>]*)>([^<]*)<", part(trip.clean))
    assert "preserve" in runs[1][0]
    assert "".join(text if "preserve" in tag else text.strip() for tag, text in runs) == trip.texts[0]


def truncated(raw):
    return raw[: len(raw) // 2]


def damaged(raw):
    at = raw.index(b"word/document.xml") + 60
    return raw[:at] + bytes(each ^ 0xFF for each in raw[at : at + 8]) + raw[at + 8 :]


def encrypted(raw):
    """Set the flag in the local header and in the directory."""
    content = bytearray(raw)
    for magic, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = -1
        while (place := raw.find(magic, place + 1)) >= 0:
            content[place + at] |= 1
    return bytes(content)


def overlapping(raw):
    """Let two entries of the directory name the same local header."""
    content = bytearray(raw)
    first = raw.index(b"PK\x01\x02")
    second = raw.index(b"PK\x01\x02", first + 1)
    content[second + 42 : second + 46] = content[first + 42 : first + 46]
    return bytes(content)


SMALL = package(document(paragraph(run(MOJIBAKE))))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (docx.COMPOUND_FILE + b"\0" * 600, "is encrypted, or a file of Word before 2007"),
        (b"PK\x03\x04", "not a sound ZIP"),
        (b"text", "not a sound ZIP"),
        (truncated(SMALL), "not a sound ZIP"),
        (overlapping(SMALL), "not a sound ZIP"),
        (b"#!/bin/sh\n" + SMALL, "unpack themselves"),
        (SMALL + b"\0" * 100, "not a sound ZIP"),
        (
            package(document(), {"word/document.xml": b""}).replace(b"word/document.xml", b"word/documint.xml"),
            "missing",
        ),
        (package(document(paragraph("<w:r><w:drawing/></w:r>"))), "has no text outside"),
    ],
)
def test_a_file_that_cannot_be_read(tmp_path, content, message):
    (tmp_path / "a.docx").write_bytes(content)
    with pytest.raises(UnreadableError, match=message):
        list(docx.FORMAT.read(tmp_path / "a.docx", Settings()))


def declared(name, value):
    return package(
        f"<!DOCTYPE a [<!ENTITY {name} {value}>]>" + document(paragraph(run(f"&{name};"))).partition("?>")[2]
    )


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (encrypted(SMALL), "document: is encrypted; unpack"),
        (damaged(SMALL), "document: is damaged in its archive"),
        (declared("b", '"bbbb"'), "declares entities"),
        (declared("b", 'SYSTEM "file:///etc/passwd"'), "declares entities"),
        (package(document("<w:p>")), "not well-formed"),
        (package(document(paragraph(run("<![CDATA[a]]>")))), "CDATA"),
        (package(document(paragraph(run("a"))).replace(W, "http://other.example")), "not WordprocessingML"),
        (package(document("<w:p>" * 200 + "</w:p>" * 200)), "nested deeper"),
        (package(b""), "document: is empty"),
    ],
)
def test_a_part_that_cannot_be_read_is_kept_and_explained(round_trip, content, message):
    trip = round_trip(content, "a.docx")
    assert message in trip.faults[0]
    assert trip.clean == content


def test_a_part_with_too_many_elements_is_kept(round_trip, monkeypatch):
    monkeypatch.setattr("clean_news.formats.page_xml.xml_bytes.MAX_ELEMENTS", 100)
    assert "too many" in round_trip(package(document("<w:p/>" * 101)), "a.docx").faults[0]


def test_a_part_that_is_too_large_is_kept(round_trip):
    trip = round_trip(package(document(paragraph(run("a" * (3 << 20))))), "a.docx", max_megabytes=1)
    assert "larger than 1 MB" in trip.faults[0]


def test_bombs_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("clean_news.formats.containers.container.MIN_BOMB_BYTES", 1 << 20)
    raw = tmp_path / "a.docx"
    raw.write_bytes(package(document(), {"word/media/b.bin": b"\0" * (8 << 20)}))
    with pytest.raises(UnreadableError, match="decompression bomb"):
        list(docx.FORMAT.read(raw, Settings()))


def test_many_members_are_refused(tmp_path, monkeypatch):
    assert MAX_MEMBERS > 65_535  # more than a ZIP archive without ZIP64 has
    monkeypatch.setattr("clean_news.formats.containers.container.MAX_MEMBERS", 2)
    (tmp_path / "a.docx").write_bytes(SMALL)
    with pytest.raises(UnreadableError, match="more than 2 members"):
        list(docx.FORMAT.read(tmp_path / "a.docx", Settings()))


def test_two_parts_of_one_name_are_refused(tmp_path):
    twice = package(document(), {"word/documenu.xml": document()}).replace(b"word/documenu", b"word/document")
    (tmp_path / "a.docx").write_bytes(twice)
    with pytest.raises(UnreadableError, match="two parts of the same name"):
        list(docx.FORMAT.read(tmp_path / "a.docx", Settings()))


PIECES = ["<w:p>", "</w:p><w:p>", "</w:p>", "<w:r><w:t>", "</w:t></w:r>", "<w:r><w:tab/></w:r>", "â€™", "a", " ",
          "&amp;", "\n", "€™", "\u200b", "&#226;", "x-\n", "<w:br/>", "<!-- x -->", "<w:t xml:space='preserve'>",
          "</w:t>", "<w:p/>"]  # fmt: skip


@hypothesis_settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.lists(st.tuples(st.sampled_from(["", BOLD]), st.text("aâ€™™ \u200b-&\n.éÃ©", max_size=8)), max_size=4),
        max_size=4,
    ),
    st.booleans(),
)
def test_any_runs_are_restored(repairing, cleaned_file, paragraphs, is_preserved):
    space = ' xml:space="preserve"' if is_preserved else ""
    body = document(*(paragraph(*(run(escape(text), style, space) for style, text in each)) for each in paragraphs))
    with tempfile.TemporaryDirectory() as folder:
        raw = Path(folder, "a.docx")
        raw.write_bytes(package(body, {"word/footnotes.xml": document(paragraph(run("A note.")))}))
        trip = cleaned_file(raw, Path(folder, "clean"), repairing)
    assert markup(part(trip.clean)) == markup(body)


def markup(source):
    return re.findall(r"<[^>]*>", source.replace(' xml:space="preserve"', ""))


@hypothesis_settings(max_examples=30, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=12))
def test_any_source_is_kept_or_restored(repairing, cleaned_file, pieces):
    with tempfile.TemporaryDirectory() as folder:
        raw = Path(folder, "a.docx")
        raw.write_bytes(package(document("".join(pieces), paragraph(run(MOJIBAKE)))))
        cleaned_file(raw, Path(folder, "clean"), repairing)


@pytest.mark.parametrize(
    "unit", ["<w:p/>", "<w:t>a</w:t>", "a ", "&amp;", "<w:tab/>", "<w:p><w:r><w:t>a b</w:t></w:r></w:p>"]
)
def test_time_of_views_grows_with_the_length(seconds_of, unit):
    def seconds(times):
        source = document(f"<w:r>{unit * times}</w:r>")
        return seconds_of(lambda: docx.PART_FORMAT.view_of(zip_document(source)))

    assert seconds(2_400) < 8 * seconds(600) + 0.05


def zip_document(source):
    from clean_news.formats.page_xml.xml_bytes import parse

    return parse(source.encode())


def test_a_clean_file_or_a_log_that_was_changed(round_trip):
    trip = round_trip(package(document(paragraph(run(MOJIBAKE)))), "a.docx")
    clean, logs = trip.path.read_bytes(), trip.log_path.read_bytes()

    def restored():
        docx.FORMAT.restore(trip.path, trip.log_path, io.BytesIO())

    trip.path.write_bytes(package(document(paragraph(run("By hand.")))))
    assert [text for text, _ in docx.FORMAT.read_clean(trip.path, trip.log_path)] == ["By hand."]
    with pytest.raises(TextChangedError):
        restored()
    trip.path.write_bytes(package(document(paragraph(run(REPAIRED))), {"word/media/a.png": b"other"}))
    with pytest.raises(TextChangedError, match="packed again, or a member"):
        restored()
    trip.path.write_bytes(clean[:-30])
    with pytest.raises(TextChangedError, match="not a sound ZIP"):
        restored()
    trip.path.write_bytes(clean)
    for old, new in (
        (b'"segment":"', b'"segment":"!'),
        (b'"segment":"', b'"other":"'),
        (b'"tail":"', b'"other":"'),
        (b'"number":1', b'"number":0'),
        (b'"number":1', b'"number":99'),
        (b'"number":1', b'"number":"1"'),
        (b'"package":{', b'"package":7,"x":{'),
        (b'"sha256":"', b'"sha256":"0'),
        (b'"carrier"', b'"carrie"'),
    ):
        assert old in logs
        trip.log_path.write_bytes(logs.replace(old, new, 1))
        with pytest.raises(LogError):
            restored()
    trip.log_path.write_bytes(logs)
    restored()


def test_files_of_python_docx(tmp_path, repairing, cleaned_file):
    writer = pytest.importorskip("docx", reason="python-docx writes the files")
    rng = random.Random(19)
    texts = [MOJIBAKE, "Fine.", "One & two < three â€™.", "cafÃ©\tand", "â€œQuotedâ€\x9d ".replace("\x9d", ""), "", " "]
    for number in range(COUNT):
        made = writer.Document()
        made.add_paragraph("The first.")
        for _ in range(rng.randint(1, 9)):
            added = made.add_paragraph(style=rng.choice(["Normal", "Heading 1", "List Bullet", "Quote"]))
            for text in rng.choice(texts).split(" "):
                added.add_run(text + " ").bold = rng.choice([True, None])
        if number % 3 == 0:
            table = made.add_table(2, 2, style="Table Grid")
            table.cell(1, 0).text = rng.choice(texts)
        made.sections[0].header.paragraphs[0].text = MOJIBAKE
        raw = tmp_path / f"{number}.docx"
        made.save(raw)
        trip = cleaned_file(raw, tmp_path / "clean", repairing)
        before, after = writer.Document(raw), writer.Document(trip.path)
        assert [each.style.name for each in before.paragraphs] == [each.style.name for each in after.paragraphs]
        runs = [[run.bold for each in made.paragraphs for run in each.runs] for made in (before, after)]
        assert runs[0] == runs[1]
        assert after.sections[0].header.paragraphs[0].text == MOJIBAKE
        assert "â€™" not in "".join(each.text for each in after.paragraphs)
        assert others(raw.read_bytes()) == others(trip.clean)


def test_the_format_of_a_name():
    assert format_of(Path("a.DOCX")) is docx.FORMAT


def test_a_member_without_its_size_in_its_header(round_trip):
    """As those written to a pipe are: the size follows the content."""

    class Pipe(io.RawIOBase):
        def __init__(self):
            self.written = b""

        def writable(self):
            return True

        def write(self, content):
            self.written += bytes(content)
            return len(content)

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (
            ("[Content_Types].xml", TYPES),
            ("word/document.xml", document(paragraph(run(MOJIBAKE)))),
        ):
            archive.writestr(name, content)
    trip = round_trip(pipe.written, "a.docx")
    assert trip.texts == [REPAIRED]
    with zipfile.ZipFile(trip.path) as archive:
        assert [bool(each.flag_bits & zip_container.IN_DESCRIPTOR) for each in archive.infolist()] == [True, False]
        ElementTree.fromstring(archive.read("word/document.xml"))
