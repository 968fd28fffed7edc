"""A folder of files of all formats, with bad ones among them: one run, and every raw byte comes back."""

import csv
import gzip
import importlib.util
import io
import json
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


def table(rng):
    file = io.StringIO(newline="")
    writer = csv.writer(file, delimiter=rng.choice(",;"), quoting=rng.choice([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]))
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
    return zipped({"a.txt": text(rng), "b/c.jsonl": jsonl(rng), "d.docx": word(rng), "photo.jpg": rng.randbytes(500)})


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
    "json": json_document, "md": markdown, "rss": feed, "html": page, "xml": alto, "docx": word, "epub": book,
    "zip": bundle, "tar": tape, "tar.gz": lambda rng: gzip.compress(tape(rng), mtime=0), "pdf": report, "db": None,
    "arc": old_archive,
}  # fmt: skip
NEEDED = {"arc": "fastwarc", "html": "trafilatura", "pdf": "reportlab"}
# Files that are not what their names say: each fails with a message of its own, and costs only itself.
BAD = {
    "bad.txt": b"\x89PNG\r\n\x1a\n\0\0", "bad.docx": b"PK\x03\x04", "bad.pdf": b"%PDF-", "bad.zip": b"x",
    "bad.epub": b"x", "bad.tar": b"x" * 99, "bad.sqlite": b"x", "bad.rss": b"<rss", "empty.jsonl": b"",
    "bad.tar.gz": b"\x1f\x8b", "bad.arc": b"x",
}  # fmt: skip


def test_a_mixed_folder(tmp_path):
    rng = random.Random(19)
    raw, clean = tmp_path / "raw", tmp_path / "clean"
    kinds = [kind for kind in WRITERS if kind not in NEEDED or importlib.util.find_spec(NEEDED[kind])]
    for number in range(FILES - len(BAD)):
        kind = kinds[number % len(kinds)]
        path = raw / f"folder {number % 7}" / f"{number}.{kind}"
        path.parent.mkdir(parents=True, exist_ok=True)
        if kind == "db":
            database(rng, path)
        else:
            path.write_bytes(WRITERS[kind](rng))
    for name, content in BAD.items():
        (raw / name).write_bytes(content)
    (raw / "photo.jpg").write_bytes(b"\xff\xd8\xff")
    options = RunOptions(Settings(stages=("encoding", "characters", "layout"), jobs=2 if IS_FULL else 1))
    summary = run(raw, clean, options)
    assert (summary.cleaned, summary.failed) == (FILES - len(BAD), len(BAD))
    assert all(any(f"/{name}: " in str(failure) for failure in summary.failures) for name in BAD)
    for path in clean_files(clean):
        texts = [each.text for each in articles_in(path, pytest.fail)]
        assert texts
        assert "ministerâ€" not in "".join(texts)
    assert {each.kind for each in verify(clean, raw, Settings()).findings} == {"not-cleaned"}
    again = run(raw, clean, options)
    assert (again.unchanged, again.failed) == (FILES - len(BAD), len(BAD))
    assert restore(clean, tmp_path / "back").failures == []
    back = [path for path in (tmp_path / "back").rglob("*") if path.is_file()]
    assert len(back) == FILES - len(BAD)
    for path in back:
        one, other = path.read_bytes(), (raw / path.relative_to(tmp_path / "back")).read_bytes()
        if path.name.endswith(".gz"):
            one, other = gzip.decompress(one), gzip.decompress(other)
        assert one == other, path.name
    assert {raw_name(path) for path in clean_files(clean)} == {path.name for path in back}
