"""EPUB: the documents of the spine are repaired between their tags, and the raw bytes come back."""

import io
import os
import random
import re
import tempfile
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from clean_news.change_log import LogError, TextChangedError
from clean_news.cleaner import Cleaner
from clean_news.formats import UnreadableError, format_of
from clean_news.formats.containers import epub
from clean_news.formats.markup_views import REMOVED
from clean_news.settings import Settings

MOJIBAKE = "The ministerâ€™s office closed the road."
REPAIRED = "The minister’s office closed the road."
COUNT = 30 if os.environ.get("CLEAN_NEWS_FULL") else 6  # of files of other writers
CONTAINER = (
    '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles><rootfile '
    'full-path="OEBPS/book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>'
)


def page(body, head="<title>A titleâ€™s</title><style>p { â€™ }</style>"):
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.1//EN" "xhtml11.dtd">\n'
        f'<html xmlns="http://www.w3.org/1999/xhtml"><head>{head}</head>\n<body>\n{body}\n</body></html>'
    )


def item(name, properties="", media="application/xhtml+xml"):
    href = name.replace(" ", "%20")
    return f'<item id="{name}" href="text/{href}.xhtml" properties="{properties}" media-type="{media}"/>'


def package(chapters, guide="", extra_items="", spine=None):
    refs = "".join(f'<itemref idref="{name}"/>' for name in (chapters if spine is None else spine))
    items = "".join(map(item, chapters)) + extra_items
    return (
        '<package xmlns="http://www.idpf.org/2007/opf" version="3.0"><metadata><title>Newsâ€™</title></metadata>'
        f'<manifest><item id="nav" href="nav.xhtml" properties="scripted nav" media-type="application/xhtml+xml"/>'
        f'{items}</manifest><spine><itemref idref="nav"/>{refs}</spine>{guide}</package>'
    )


def book(chapters, opf=None, others=None, mimetype="application/epub+zip"):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("mimetype", mimetype)
        members = {"META-INF/container.xml": CONTAINER, "OEBPS/book.opf": opf or package(chapters)}
        members["OEBPS/nav.xhtml"] = page(f"<nav><p>{MOJIBAKE}</p></nav>")
        members |= {f"OEBPS/text/{name}.xhtml": content for name, content in chapters.items()}
        for name, content in {**members, "OEBPS/a.jpg": b"\xff\xd8" * 99, **(others or {})}.items():
            archive.writestr(name, content, zipfile.ZIP_DEFLATED)
    return file.getvalue()


def members(content):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        assert archive.infolist()[0].compress_type == zipfile.ZIP_STORED
        assert content[38:58] == b"application/epub+zip", "where readers look for it"
        return {info.filename: archive.read(info).decode("latin-1") for info in archive.infolist()}


def test_only_the_text_of_the_spine_changes(round_trip):
    body = (
        f'<h1 title="â€™">Oneâ€™s</h1><p class="x">The ministerâ€<b>™s</b> caf&#195;&#169;&nbsp;&amp; road.</p>'
        f"<pre>â€™</pre><!-- â€™ --><p>{MOJIBAKE}<br/>x</p><svg><text>â€™</text></svg>"
    )
    chapters = {"c 1": page(body), "c2": page("<p>Fine.</p>"), "cover": page('<img src="a.jpg"/>')}
    raw = book(chapters)
    trip = round_trip(raw, "a.epub")
    clean = body.replace("Oneâ€™s", "One’s").replace("ministerâ€<b>™s", "minister’<b>s")
    clean = clean.replace("caf&#195;&#169;&nbsp;&amp;", "café &amp;").replace(MOJIBAKE, REPAIRED)
    before, after = members(raw), members(trip.clean)
    assert after.pop("OEBPS/text/c 1.xhtml").encode("latin-1").decode() == page(clean)
    before.pop("OEBPS/text/c 1.xhtml")
    assert after == before
    assert [log.id for log in trip.logs] == [f"a.epub#OEBPS/text/{name}.xhtml" for name in ("c 1", "c2", "cover")]
    assert trip.texts == [f"One’s\n\nThe minister’s café & road.\n\nâ€™\n\n{REPAIRED}\nx", "Fine."]


def test_a_removed_paragraph_keeps_its_place(tmp_path, cleaned_file):
    raw = tmp_path / "a.epub"
    raw.write_bytes(book({"c": page(f"<p>{MOJIBAKE}</p><p>Share this article</p><p>The end.</p>")}))
    cleaner = Cleaner(Settings(stages=("encoding", "characters", "layout", "boilerplate")))
    trip = cleaned_file(raw, tmp_path / "clean", cleaner)
    assert f"<p>{REMOVED}</p><p>The end.</p>" in members(trip.clean)["OEBPS/text/c.xhtml"]


def test_navigation_and_other_items_are_not_cleaned(round_trip):
    text = page(f"<p>{MOJIBAKE}</p>")
    chapters = dict.fromkeys(("toc", "notes", "image", "unread", "c"), text)
    guide = '<guide><reference type="toc" href="text/toc.xhtml#x"/><reference type="text" href="text/c.xhtml"/></guide>'
    image = item("picture", media="image/svg+xml").replace("picture.xhtml", "image.xhtml")
    opf = package(["toc", "notes", "unread", "c"], guide, image, spine=["toc", "picture", "c", "missing"])
    trip = round_trip(book(chapters, opf), "a.epub")
    assert [log.id for log in trip.logs] == ["a.epub#OEBPS/text/c.xhtml"]


def encryption(*uris):
    data = "".join(
        f'<EncryptedData><CipherData><CipherReference URI="{uri}"/></CipherData></EncryptedData>' for uri in uris
    )
    return {"META-INF/encryption.xml": f'<encryption xmlns="urn:oasis">{data}</encryption>'}


CHAPTERS = {"c": page(f"<p>{MOJIBAKE}</p>")}


def test_encrypted_fonts_do_not_matter(round_trip):
    trip = round_trip(book(CHAPTERS, others=encryption("OEBPS/fonts/a.otf")), "a.epub")
    assert trip.texts == [REPAIRED]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"text", "not a sound ZIP"),
        (book(CHAPTERS)[:900], "not a sound ZIP"),
        (book(CHAPTERS, mimetype="application/zip"), "not an EPUB"),
        (book(CHAPTERS, others=encryption("OEBPS/fonts/a.otf", "OEBPS/text/c.xhtml")), "protected by DRM"),
        (book(CHAPTERS, others=encryption("OEBPS/text/%63.xhtml")), "protected by DRM"),
        (book(CHAPTERS, others={"META-INF/encryption.xml": "<a"}), "encryption.xml is not well-formed"),
        (book(CHAPTERS, "<package/>"), "its spine names no document"),
        (book(CHAPTERS, "<package"), "book.opf is not well-formed"),
        (book(CHAPTERS, '<!DOCTYPE a [<!ENTITY b "c">]><package>&b;</package>'), "declares entities"),
        (book(CHAPTERS, others={"META-INF/container.xml": "<container/>"}), "names no package document"),
        (book(CHAPTERS, others={"META-INF/container.xml": CONTAINER.replace("book.opf", "x.opf")}), "x.opf is missing"),
        (book({"c": page("<img/>")}), "has no text in its documents"),
    ],
)
def test_a_book_that_cannot_be_read(tmp_path, content, message):
    (tmp_path / "a.epub").write_bytes(content)
    with pytest.raises(UnreadableError, match=message):
        list(epub.FORMAT.read(tmp_path / "a.epub", Settings()))


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (page("<p>").replace("</body>", ""), "not well-formed"),
        (page("<p><![CDATA[a]]></p>"), "CDATA"),
        ('<!DOCTYPE html [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><html><p>&b;</p></html>', "declares entities"),
        ('<!DOCTYPE html [<!ENTITY a SYSTEM "file:///etc/passwd">]><html><p>&a;</p></html>', "declares entities"),
        (page("<b>" * 200 + "</b>" * 200), "nested deeper"),
        ("", "is empty"),
    ],
)
def test_a_document_that_cannot_be_read_is_kept_and_explained(round_trip, source, message):
    trip = round_trip(book({"a": source, **CHAPTERS}), "a.epub")
    assert message in trip.faults[0]
    assert trip.texts == [REPAIRED]


def test_a_large_package_document_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(epub, "MAX_XML_BYTES", 100)
    (tmp_path / "a.epub").write_bytes(book(CHAPTERS))
    with pytest.raises(UnreadableError, match="too large"):
        list(epub.FORMAT.read(tmp_path / "a.epub", Settings()))


PIECES = ["<p>", "</p>", " ", "\n", "â€™", "a", "&amp;", "&lt;", "<b>", "</b>", "<br/>", "<code>", "</code>", "&nbsp;",
          "<!-- x -->", "&#226;", "€™", "\u200b", "\r\n", "x-\n", '<a href="â€™">', "</a>", "<p/>"]  # fmt: skip


@hypothesis_settings(max_examples=300 if os.environ.get("CLEAN_NEWS_FULL") else 25, deadline=None)
@given(st.lists(st.lists(st.sampled_from(PIECES), max_size=9), max_size=3))
def test_any_documents_are_restored(repairing, cleaned_file, chapters):
    sources = {str(number): page(f"<div>{''.join(pieces)}</div>") for number, pieces in enumerate(chapters)}
    raw_bytes = book({**sources, **CHAPTERS})
    with tempfile.TemporaryDirectory() as folder:
        raw = Path(folder, "a.epub")
        raw.write_bytes(raw_bytes)
        trip = cleaned_file(raw, Path(folder, "clean"), repairing)
    before, after = members(raw_bytes), members(trip.clean)
    assert [tags(each) for each in before.values()] == [tags(each.replace(REMOVED, "")) for each in after.values()]


def tags(source):
    return re.findall(r"<[^>]*>", source)


def test_a_clean_file_or_a_log_that_was_changed(round_trip):
    trip = round_trip(book(CHAPTERS), "a.epub")
    clean, logs = trip.path.read_bytes(), trip.log_path.read_bytes()

    def restored():
        epub.FORMAT.restore(trip.path, trip.log_path, io.BytesIO())

    trip.path.write_bytes(book({"c": page("<p>By hand.</p>")}))
    assert [text for text, _ in epub.FORMAT.read_clean(trip.path, trip.log_path)] == ["By hand."]
    with pytest.raises(TextChangedError):
        restored()
    trip.path.write_bytes(book({"c": page(f"<p>{REPAIRED}")}))
    with pytest.raises(TextChangedError, match="not well-formed"):
        restored()
    trip.path.write_bytes(book({"d": page(f"<p>{REPAIRED}</p>")}, package(["d"])))
    with pytest.raises(TextChangedError):
        restored()
    trip.path.write_bytes(book({"c": CHAPTERS["c"]}, "<package/>"))
    with pytest.raises(TextChangedError, match="spine"):
        restored()
    trip.path.write_bytes(clean)
    for old in (b'"segment":"', b'"tail":"', b'"package":{', b'"sha256":"'):
        trip.log_path.write_bytes(logs.replace(old, old.replace(b":", b"x:").replace(b'"x', b'x"'), 1))
        with pytest.raises(LogError):
            restored()


def test_files_of_ebooklib(tmp_path, repairing, cleaned_file):
    writer = pytest.importorskip("ebooklib.epub", reason="EbookLib writes the files")
    rng = random.Random(19)
    texts = [MOJIBAKE, "Fine.", "One &amp; two &lt; three â€™.", "cafÃ©", "<i>â€œQuoted</i>", ""]
    for number in range(COUNT):
        made = writer.EpubBook()
        made.set_identifier(str(number))
        made.set_title("A bookâ€™s title")
        chapters = [writer.EpubHtml(title="One", file_name=f"c {at}.xhtml") for at in range(rng.randint(1, 4))]
        for chapter in chapters:
            chapter.content = "<h1>One</h1>" + "".join(f"<p>{rng.choice(texts)}</p>" for _ in range(rng.randint(1, 5)))
            made.add_item(chapter)
        made.toc = chapters
        for extra in (writer.EpubNcx(), writer.EpubNav()):
            made.add_item(extra)
        made.spine = ["nav", *chapters]
        raw = tmp_path / f"{number}.epub"
        writer.write_epub(str(raw), made)
        trip = cleaned_file(raw, tmp_path / "clean", repairing)
        assert (trip.faults, len(trip.articles)) == ([], len(chapters))
        again = writer.read_epub(str(trip.path))
        assert again.title == "A bookâ€™s title"
        for chapter in chapters:
            before, after = (
                book_.get_item_with_href(chapter.file_name).content for book_ in (writer.read_epub(str(raw)), again)
            )
            assert tags(before.decode()) == tags(after.decode().replace(REMOVED, ""))
            assert "â€™" not in after.decode()


def test_the_format_of_a_name():
    assert format_of(Path("a.EPUB")) is epub.FORMAT
