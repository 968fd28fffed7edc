"""Sources in every format."""

import gzip
import io
import os

import pytest

from clean_news.sources import open_index, update

TEXT = "Ms Karlssen sold the foundry of Harwick to Mr Oduya for 4,711 crowns.\n\nHe had waited 23 years for it."
PARAGRAPHS = [*TEXT.split("\n\n"), *(f"It has {number} floors, said Ms Abara of Dunmore." for number in range(9))]
PAGE = f"<html><body><article><h1>Sold</h1>{''.join(f'<p>{each}</p>' for each in PARAGRAPHS)}</article></body></html>"


def warc(*records):
    """An archive with a response of each address and page."""
    from warcio.statusandheaders import StatusAndHeaders
    from warcio.warcwriter import WARCWriter

    target = io.BytesIO()
    writer = WARCWriter(target, gzip=True)
    for address, page in records:
        headers = StatusAndHeaders("200 OK", [("Content-Type", "text/html; charset=utf-8")], protocol="HTTP/1.1")
        writer.write_record(
            writer.create_warc_record(address, "response", payload=io.BytesIO(page.encode()), http_headers=headers)
        )
    return target.getvalue()


def parquet(path):
    import pyarrow
    from pyarrow import parquet as files

    files.write_table(pyarrow.table({"id": ["x"], "text": [TEXT]}), path)


@pytest.mark.parametrize(
    ("name", "content", "found"),
    [
        ("a.txt", TEXT.encode(), "a.txt"),
        ("a.txt", TEXT.replace("\n", "\r\n").encode("utf-16"), "a.txt"),
        ("a.html", PAGE.encode(), "a.html"),
        ("a.jsonl", b'{"id": "x", "text": "%s"}\n' % TEXT.replace("\n", "\\n").encode(), "a.jsonl#x"),
        ("a.jsonl.gz", gzip.compress(b'{"text": "%s"}\n' % TEXT.replace("\n", "\\r\\n").encode()), "a.jsonl.gz#1"),
        ("a.warc.gz", warc(("https://example.org/sold", PAGE)), "a.warc.gz#https://example.org/sold"),
        ("a.parquet", None, "a.parquet#x"),
    ],
    ids=["text", "UTF-16 with CR LF", "page", "JSON lines", "gzip", "WARC", "Parquet"],
)
def test_an_article_in_any_format(tmp_path, name, content, found):
    path = tmp_path / "in" / name
    path.parent.mkdir()
    if content is None:
        parquet(path)
    else:
        path.write_bytes(content)
    done = update(tmp_path / "index", [path.parent])
    assert (done.added, done.failures) == (1, ())
    index = open_index(tmp_path / "index")
    (hit,) = index.nearest(TEXT)
    assert hit.id == found
    assert hit.origin == ("https://example.org/sold" if "warc" in name else str(path))
    text = index.text(hit)
    assert "Ms Karlssen sold the foundry of Harwick to Mr Oduya for 4,711 crowns." in text
    assert "\r" not in text


def test_links_that_lead_out_are_not_followed_unless_asked_for(tmp_path):
    from clean_news.settings import Settings

    inside, outside = tmp_path / "in", tmp_path / "out"
    for folder in (inside, outside):
        folder.mkdir()
    (outside / "a.txt").write_text(TEXT, encoding="utf-8")
    (inside / "link.txt").symlink_to(outside / "a.txt")
    done = update(tmp_path / "index", [inside])
    assert done.added == 0
    assert "leads out" in str(done.failures[0])
    assert update(tmp_path / "index", [inside], Settings(follow_links=True)).added == 1


def test_names_that_are_not_utf_8(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / os.fsdecode(b"caf\xe9.txt")).write_text(TEXT, encoding="utf-8")
    (folder / os.fsdecode(b"rows\xff.jsonl")).write_text('{"id": "\\ud800", "text": "Mr Oduya \\udfff"}\n')
    assert update(tmp_path / "index", [folder])[:4] == (2, 0, 0, ())
    index = open_index(tmp_path / "index")
    assert index.text(index.nearest(TEXT, 1)[0]) == TEXT
    assert index.text(index.nearest("Mr Oduya and Mr Abara", 1)[0]) == "Mr Oduya \udfff"
    assert update(tmp_path / "index", [folder])[:3] == (0, 0, 2)
