"""A folder of files of all formats, with bad and hostile ones among them: one run, and every raw byte comes back."""

import csv
import gzip
import importlib.util
import io
import json
import lzma
import os
import random
import sqlite3
import tarfile
import zipfile
from contextlib import closing

import pytest

from clean_news.batch.clean_articles import articles_in
from clean_news.batch.reversion import restore
from clean_news.batch.run import run
from clean_news.batch.run_options import RunOptions
from clean_news.batch.verification import verify
from clean_news.files.discovery import clean_files
from clean_news.formats import raw_name
from clean_news.settings import Settings

IS_FULL = bool(os.environ.get("CLEAN_NEWS_FULL"))
FILES = 500 if IS_FULL else 28
TEXTS = [
    "The ministerâ€™s office closed the road to the bridge on Monday, and nobody knew why.",
    "The ferry left its berth an hour late. Its captain said that it waited for the tide.",
    "The cafÃ© in the square will open again in spring, its owners said.",
    "“We have no choice,” the mayor said.",
]
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def article(rng):
    return " ".join(rng.choice(TEXTS) for _ in range(rng.randint(1, 4)))


def text(rng):
    codec = rng.choice(["utf-8", "utf-8-sig", "utf-16", "cp1252"])
    return "\n\n".join(article(rng) for _ in range(3)).encode(codec, "replace")


def jsonl(rng):
    return "".join(
        json.dumps({"text": article(rng), "n": n}, ensure_ascii=rng.random() < 0.5) + "\n" for n in range(5)
    ).encode()


def table(rng, delimiters=",;"):
    file = io.StringIO(newline="")
    writer = csv.writer(file, delimiter=rng.choice(delimiters), quoting=rng.choice([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]))
    writer.writerows([("id", "body"), *((n, article(rng)) for n in range(5))])
    return file.getvalue().encode()


def json_document(rng):
    return json.dumps([{"text": article(rng)} for _ in range(3)], indent=rng.choice([None, 2])).encode()


def markdown(rng):
    return f"# A title\n\n{article(rng)}\n\n    code â€™\n\n- {article(rng)}\n".encode()


def feed(rng):
    items = "".join(f"<item><description>&lt;p&gt;{article(rng)}&lt;/p&gt;</description></item>" for _ in range(3))
    return f"<rss version='2.0'><channel>{items}</channel></rss>".encode()


def page(rng):
    paragraphs = "".join(f"<p>{article(rng)}</p>" for _ in range(5))
    return f"<html><body><nav>Menu</nav><article><h1>News</h1>{paragraphs}</article></body></html>".encode()


def old_archive(rng):
    head = b"1 0 nobody\nURL IP-address Archive-date Content-type Archive-length\n"
    blocks = [(b"filedesc://crawl", head), *((b"ftp://news.example/%d" % n, article(rng).encode()) for n in range(4))]
    return b"".join(b"%s 0.0.0.0 20040131235959 text/plain %d\n%s\n" % (url, len(b), b) for url, b in blocks)


def alto(rng):
    words = "".join(f'<String CONTENT="{word}"/>' for word in article(rng).split())
    block = f"<TextBlock><TextLine>{words}</TextLine></TextBlock>"
    return f"<alto><Layout><Page><PrintSpace>{block}</PrintSpace></Page></Layout></alto>".encode()


def page_xml(rng):
    namespace = "http://schema.primaresearch.org/PAGE/gts/pagecontent/2019-07-15"
    words = "".join(f"<Word><TextEquiv><Unicode>{word}</Unicode></TextEquiv></Word>" for word in article(rng).split())
    region = f"<TextRegion><TextLine>{words}</TextLine></TextRegion>"
    return f'<PcGts xmlns="{namespace}"><Page>{region}</Page></PcGts>'.encode()


def hocr(rng):
    words = " ".join(f"<span class='ocrx_word'>{word}</span>" for word in article(rng).split())
    return f"<html><body><div class='ocr_page'><span class='ocr_line'>{words}</span></div></body></html>".encode()


def columns(rng):
    pyarrow, writer = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    file = io.BytesIO()
    writer.write_table(pyarrow.table({"id": range(5), "text": [article(rng) for _ in range(5)]}), file)
    return file.getvalue()


def web_archive(rng, kind="response"):
    file = io.BytesIO()
    writer = pytest.importorskip("warcio.warcwriter").WARCWriter(file, gzip=False)
    for at in range(3):
        if kind == "response":
            payload = b"HTTP/1.0 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + page(rng)
            media = "application/http; msgtype=response"
        else:
            payload, media = article(rng).encode(), "text/plain"
        writer.write_record(
            writer.create_warc_record(
                f"http://a.example/{at}", kind, payload=io.BytesIO(payload), warc_content_type=media
            )
        )
    return file.getvalue()


def zstandard(content):
    return pytest.importorskip("zstandard").compress(content)


def zipped(members):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


def word(rng):
    paragraphs = "".join(f"<w:p><w:r><w:t>{article(rng)}</w:t></w:r></w:p>" for _ in range(4))
    source = f'<w:document xmlns:w="{W}"><w:body>{paragraphs}</w:body></w:document>'
    return zipped({"[Content_Types].xml": "x", "word/document.xml": source, "word/media/a.png": rng.randbytes(900)})


def book(rng):
    items = [f"c{n}" for n in range(3)]
    manifest = "".join(f'<item id="{name}" href="{name}.xhtml" media-type="application/xhtml+xml"/>' for name in items)
    spine = "".join(f'<itemref idref="{name}"/>' for name in items)
    chapters = {f"{name}.xhtml": f"<html><body><p>{article(rng)}</p></body></html>" for name in items}
    return zipped(
        {
            "mimetype": "application/epub+zip",
            "META-INF/container.xml": '<container><rootfile full-path="a.opf"/></container>',
            "a.opf": f"<package><manifest>{manifest}</manifest><spine>{spine}</spine></package>",
            **chapters,
        }
    )


def bundle(rng):
    return zipped(
        {
            "a.txt": text(rng),
            "b/c.jsonl": jsonl(rng),
            "d.docx": word(rng),
            "e.hocr": hocr(rng),
            "photo.jpg": rng.randbytes(500),
        }
    )


def tape(rng):
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        for name, content in {"a.csv": table(rng), "b.md": markdown(rng), "c.xml": alto(rng)}.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return file.getvalue()


def report(rng):
    canvas_module = pytest.importorskip("reportlab.pdfgen.canvas")
    file = io.BytesIO()
    canvas = canvas_module.Canvas(file)
    for at, line in enumerate(article(rng).split(". ")):
        canvas.drawString(60, 700 - 14 * at, line)
    canvas.save()
    return file.getvalue()


def database(rng, path):
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE news (id INTEGER PRIMARY KEY, body TEXT)")
        connection.executemany("INSERT INTO news (body) VALUES (?)", [(article(rng),) for _ in range(20)])
        connection.commit()


WRITERS = {
    "txt": text, "jsonl": jsonl, "jsonl.gz": lambda rng: gzip.compress(jsonl(rng), mtime=0), "csv": table,
    "tsv": lambda rng: table(rng, "\t"), "csv.zst": lambda rng: zstandard(table(rng)), "json": json_document,
    "md": markdown, "rss": feed, "html": page, "xml": lambda rng: rng.choice([alto, page_xml, feed])(rng), "hocr": hocr,
    "docx": word, "epub": book, "zip": bundle, "tar": tape, "tar.gz": lambda rng: gzip.compress(tape(rng), mtime=0),
    "tar.xz": lambda rng: lzma.compress(tape(rng)), "pdf": report, "db": None, "parquet": columns, "warc": web_archive,
    "wet.gz": lambda rng: gzip.compress(web_archive(rng, "conversion"), mtime=0),
}  # fmt: skip
NEEDED = {
    "html": "trafilatura", "pdf": "reportlab", "parquet": "pyarrow", "warc": "warcio", "wet.gz": "warcio",
    "csv.zst": "zstandard",
}  # fmt: skip
ENTITIES = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 9))
LAUGHS = f'<!DOCTYPE x [<!ENTITY e0 "ha">{ENTITIES}]>'
# Files that are not what their names say, or attack who reads them: each fails with a message, and costs only itself.
BAD = {
    "bad.txt": b"\x89PNG\r\n\x1a\n\0\0", "bad.docx": b"PK\x03\x04", "bad.pdf": b"%PDF-", "bad.zip": b"x",
    "bad.epub": b"x", "bad.tar": b"x" * 99, "bad.sqlite": b"x", "bad.rss": b"<rss", "empty.jsonl": b"",
    "bad.tar.gz": b"\x1f\x8b", "bad.parquet": b"PAR1PAR1", "bad.warc": b"x" * 99,
    "laughs.rss": f"{LAUGHS}<rss><channel><item><description>&e8;</description></item></channel></rss>".encode(),
    "laughs.xml": f'{LAUGHS}<alto><Layout><Page><PrintSpace><TextBlock><TextLine><String CONTENT="&e8;"/>'.encode(),
    "file.hocr": b'<!DOCTYPE html [<!ENTITY a SYSTEM "file:///etc/passwd">]><html><p class="ocrx_word">&a;</p></html>',
    "deep.json": b'{"text":' * 5_000, "deep.xml": b"<alto>" * 5_000,
}  # fmt: skip
# Files of which some articles are hostile: these are kept and named, and the others are cleaned.
PARTLY = {
    "deep.jsonl": b'{"text":"It didn\xc3\xa2\xe2\x82\xac\xe2\x84\xa2t."}\n{"text":' + b"[" * 5_000 + b"\n",
    "quotes.csv": b'id,text\n1,It left.\n2,"' + b'""' * 5_000 + b"\n3,never closed\n",
    "out.zip": zipped({"../../out.txt": b"It left.", "/etc/out.txt": b"It left.", "a.txt": b"It left."}),
    "laughs.docx": zipped({"[Content_Types].xml": "x", "word/document.xml": f"{LAUGHS}<w:document/>"}),
    "nested.zip": zipped({"a.zip": zipped({"a.txt": b"It left."}), "a.txt": b"It left."}),
}


def bomb():
    """A compressed file of a line of 1.1 GB."""
    file = io.BytesIO()
    with gzip.GzipFile(fileobj=file, mode="wb", compresslevel=9, mtime=0) as archive:
        for _ in range(1_150):
            archive.write(bytes(1 << 20))
    return file.getvalue()


def same(one, other):
    """Whether two files have the same content; that of a compressed file is what is in it."""
    first, second = one.read_bytes(), other.read_bytes()
    if one.name.endswith(".parquet"):
        reader = pytest.importorskip("pyarrow.parquet")
        return reader.read_table(one).equals(reader.read_table(other))
    for suffix, unpack in ((".gz", gzip.decompress), (".xz", lzma.decompress), (".zst", unpacked_zst)):
        if one.name.endswith(suffix):
            return unpack(first) == unpack(second)
    return first == second


def unpacked_zst(content):
    return pytest.importorskip("zstandard").ZstdDecompressor().stream_reader(io.BytesIO(content)).read()


def test_a_mixed_folder(tmp_path):
    rng = random.Random(19)
    raw, clean, back = (tmp_path / name for name in ("raw", "clean", "back"))
    kinds = [kind for kind in WRITERS if kind not in NEEDED or importlib.util.find_spec(NEEDED[kind])]
    bad = BAD | ({"bomb.jsonl.gz": bomb()} if IS_FULL else {})
    good = 500 - len(bad) - len(PARTLY) if IS_FULL else len(kinds)
    for number in range(good):
        kind = kinds[number % len(kinds)]
        path = raw / f"folder {number % 7}" / f"{number}.{kind}"
        path.parent.mkdir(parents=True, exist_ok=True)
        if kind == "db":
            database(rng, path)
        else:
            path.write_bytes(WRITERS[kind](rng))
    for name, content in (bad | PARTLY).items():
        (raw / name).write_bytes(content)
    (raw / "photo.jpg").write_bytes(b"\xff\xd8\xff")
    options = RunOptions(Settings(stages=("encoding", "characters", "layout"), jobs=2 if IS_FULL else 1))
    summary = run(raw, clean, options)
    assert (summary.cleaned, summary.failed) == (good + len(PARTLY), len(bad))
    failed = {str(failure).partition(": ")[0].partition("#")[0].rpartition("/")[2] for failure in summary.failures}
    assert failed == set(bad | PARTLY)
    for path in clean_files(clean):
        texts = [each.text for each in articles_in(path, lambda *_: None)]
        assert texts or path.name == "laughs.docx", path
        assert "ministerâ€" not in "".join(texts)
    assert {each.kind for each in verify(clean, raw, Settings()).findings} == {"not-cleaned"}
    again = run(raw, clean, options)
    assert (again.unchanged, again.failed) == (good + len(PARTLY), len(bad))
    assert restore(clean, back).failures == []
    found = [path for path in back.rglob("*") if path.is_file()]
    assert len(found) == good + len(PARTLY)
    assert [path.name for path in found if not same(path, raw / path.relative_to(back))] == []
    assert {raw_name(path) for path in clean_files(clean)} == {path.name for path in found}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["back", "clean", "raw"]
