"""Every format in a complete run: cleaned, up to date, changed outside the texts, displayed, reverted."""

import csv
import gzip
import io
import json
import shutil
import sqlite3
import tarfile
import zipfile
from contextlib import closing

import pytest
from typer.testing import CliRunner

from clean_news.batch.clean_articles import articles_in
from clean_news.batch.reversion import restore
from clean_news.batch.run import run
from clean_news.batch.run_options import RunOptions
from clean_news.batch.summary import one_line
from clean_news.batch.verification import verify
from clean_news.cli.app import app
from clean_news.settings import Settings

TEXTS = ("The overseas ministry did not reply.", "Nothing new.", "An overseas bank, said the ministerâ€™s aide.")


def jsonl(path, paper):
    path.write_text("".join(json.dumps({"text": each, "paper": paper}) + "\n" for each in TEXTS), encoding="utf-8")


def gzipped(path, paper):
    lines = "".join(json.dumps({"text": each, "paper": paper}) + "\n" for each in TEXTS)
    path.write_bytes(gzip.compress(lines.encode(), mtime=0))


def zstandard(path, paper):
    zstd = pytest.importorskip("zstandard")
    lines = "".join(json.dumps({"text": each, "paper": paper}) + "\n" for each in TEXTS)
    path.write_bytes(zstd.ZstdCompressor().compress(lines.encode()))


def table(path, paper):
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, csv.excel_tab if path.suffix == ".tsv" else csv.excel)
        writer.writerow(("id", "text", "paper"))
        writer.writerows((number, text, paper) for number, text in enumerate(TEXTS))


def json_document(path, paper):
    path.write_text(json.dumps([{"text": each, "paper": paper} for each in TEXTS], indent=2), encoding="utf-8")


def feed(path, paper):
    items = "".join(f"<item><description>{each}</description><author>{paper}</author></item>" for each in TEXTS)
    path.write_text(f"<rss version='2.0'><channel>{items}</channel></rss>", encoding="utf-8")


def parquet(path, paper):
    pyarrow = pytest.importorskip("pyarrow")
    writer = pytest.importorskip("pyarrow.parquet")
    rows = [{"id": number, "text": text, "paper": paper} for number, text in enumerate(TEXTS)]
    writer.write_table(pyarrow.Table.from_pylist(rows), path)


def wet(path, paper):
    pytest.importorskip("fastwarc")
    records = []
    for number, text in enumerate(TEXTS):
        block = text.encode()
        head = (
            "WARC/1.0\r\nWARC-Type: conversion\r\n"
            f"WARC-Target-URI: http://news.example/{number}\r\nWARC-Date: 2026-01-01T00:00:00Z\r\n"
            f"WARC-Record-ID: <urn:uuid:00000000-0000-0000-0000-00000000000{number}>\r\nX-Paper: {paper}\r\n"
            f"Content-Type: text/plain\r\nContent-Length: {len(block)}\r\n\r\n"
        )
        records.append(head.encode() + block + b"\r\n\r\n")
    path.write_bytes(b"".join(records))


def word_document(path, paper):
    """A Word document whose text and notes are the articles."""
    name = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", paper)
        for part, text in zip(("document", "footnotes", "endnotes"), TEXTS, strict=True):
            source = f'<w:{part} xmlns:w="{name}"><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:{part}>'
            archive.writestr(zipfile.ZipInfo(f"word/{part}.xml"), source, zipfile.ZIP_DEFLATED)


def archive(path, paper):
    """An archive with a text file for each article, and another file."""
    members = {"paper.bin": paper, **{f"texts/{number}.txt": text for number, text in enumerate(TEXTS)}}
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
            for name, content in members.items():
                packed.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
        return
    with tarfile.open(path, "w:gz") as packed:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content.encode())
            packed.addfile(info, io.BytesIO(content.encode()))


def database(path, paper):
    path.unlink(missing_ok=True)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE news (text TEXT, paper TEXT)")
        connection.executemany("INSERT INTO news VALUES (?, ?)", [(text, paper) for text in TEXTS])
        connection.commit()


MANY = {
    "news.jsonl": jsonl,
    "news.ndjson.gz": gzipped,
    "news.jsonl.zst": zstandard,
    "news.csv": table,
    "news.tsv": table,
    "news.json": json_document,
    "feed.rss": feed,
    "feed.xml": feed,
    "news.parquet": parquet,
    "crawl.wet": wet,
    "letter.docx": word_document,
    "bundle.zip": archive,
    "bundle.tar.gz": archive,
    "news.db": database,
}


@pytest.fixture
def folders(tmp_path):
    (tmp_path / "raw").mkdir()
    return tmp_path / "raw", tmp_path / "clean"


def texts(path):
    return [article.text for article in articles_in(path, pytest.fail)]


def verified(clean, raw):
    return verify(clean, raw, Settings()).findings


@pytest.mark.parametrize("name", MANY)
def test_a_multi_article_file(folders, foreign, name):
    raw, clean = folders
    MANY[name](raw / name, "Post")
    options = RunOptions(Settings(stages=("encoding", foreign)))
    summary = run(raw, clean, options)
    assert (summary.articles, summary.cleaned, summary.failures) == (3, 1, [])
    found = texts(clean / name)
    assert found[0] == "The foreign ministry did not reply."
    assert found[2] == "An foreign bank, said the minister’s aide."
    before = (clean / name).read_bytes(), (clean / f"{name}.changes.jsonl").read_bytes()
    again = run(raw, clean, options)
    assert (again.unchanged, again.edits) == (1, summary.edits)
    assert run(raw, clean, options._replace(force=True)).cleaned == 1
    assert ((clean / name).read_bytes(), (clean / f"{name}.changes.jsonl").read_bytes()) == before


@pytest.mark.parametrize("name", MANY)
def test_changes_outside_the_texts_are_carried_over(folders, foreign, name):
    raw, clean = folders
    options = RunOptions(Settings(stages=(foreign,)))
    MANY[name](raw / name, "Post")
    run(raw, clean, options)
    MANY[name](raw / name, "Tide")
    run(raw, clean, options)
    fresh = clean.with_name("fresh")
    run(raw, fresh, options)
    assert (clean / name).read_bytes() == (fresh / name).read_bytes()


@pytest.mark.parametrize("name", MANY)
def test_texts_are_reverted(folders, foreign, tmp_path, name):
    raw, clean = folders
    MANY[name](raw / name, "Post")
    run(raw, clean, RunOptions(Settings(stages=("encoding", foreign))))
    restored = restore(clean, tmp_path / "back")
    assert (restored.written, restored.failures) == (1, [])
    shutil.rmtree(raw)
    shutil.copytree(tmp_path / "back", raw)
    second = tmp_path / "second"
    run(raw, second, RunOptions(Settings(stages=())))
    assert texts(second / name) == list(TEXTS)
    assert restore(clean, tmp_path / "back").failures == [], "what is there already is recognised"


def test_a_web_page(folders, foreign, tmp_path):
    pytest.importorskip("trafilatura")
    raw, clean = folders
    paragraphs = "".join(
        f"<p>{each} {'The council met on Monday to talk about the bridge. ' * 4}</p>" for each in TEXTS
    )
    page = f"<html><head><title>One</title></head><body><nav>Menu</nav><article>{paragraphs}</article></body></html>"
    (raw / "page.html").write_text(page, encoding="utf-8")
    (raw / "empty.htm").write_text("<html><body></body></html>", encoding="utf-8")
    summary = run(raw, clean, RunOptions(Settings(stages=(foreign,))))
    assert (summary.articles, summary.failed) == (1, 1)
    assert "empty.htm: " in str(summary.failures[0])
    [text] = texts(clean / "page.html")
    assert text.startswith("The foreign ministry")
    assert "Menu" not in text
    assert run(raw, clean, RunOptions(Settings(stages=(foreign,)))).unchanged == 1
    restore(clean, tmp_path / "back")
    assert (tmp_path / "back" / "page.html").read_text(encoding="utf-8") == page


def test_all_formats_are_in_the_report_and_the_diff(folders, foreign):
    raw, clean = folders
    for name, write in MANY.items():
        write(raw / name, "Post")
    run(raw, clean, RunOptions(Settings(stages=(foreign,))))
    shown = CliRunner().invoke(app, ["diff", str(clean), "--format", "json"])
    assert shown.exit_code == 0
    assert {json.loads(line)["id"].partition("#")[0] for line in shown.stdout.splitlines()} == set(MANY)
    made = CliRunner().invoke(app, ["report", str(clean), "-o", str(clean / "report.html")])
    assert (made.exit_code, f"{2 * len(MANY)} edits in {3 * len(MANY)} articles" in made.stderr) == (0, True), (
        made.stderr
    )


def test_markdown(folders, foreign, tmp_path):
    raw, clean = folders
    page = "# The overseas ministry\r\n\r\nThe `overseas` ministry, an overseas [bank](overseas.html).\r\n"
    (raw / "page.md").write_bytes(page.encode())
    options = RunOptions(Settings(stages=(foreign,)))
    summary = run(raw, clean, options)
    assert (summary.articles, summary.failures) == (1, [])
    wanted = "# The foreign ministry\r\n\r\nThe `overseas` ministry, an foreign [bank](overseas.html).\r\n"
    assert (clean / "page.md").read_bytes().decode() == wanted
    assert run(raw, clean, options).unchanged == 1
    assert list(verified(clean, raw)) == []
    restore(clean, tmp_path / "back")
    assert (tmp_path / "back" / "page.md").read_bytes() == page.encode()


@pytest.mark.parametrize("name", MANY)
def test_a_clean_file_changed_by_hand_is_adopted_and_verified(folders, foreign, tmp_path, name):
    raw, clean = folders
    MANY[name](raw / name, "Post")
    options = RunOptions(Settings(stages=("encoding", foreign)))
    run(raw, clean, options)
    assert list(verified(clean, raw)) == []
    changed = (clean / name).read_bytes().replace(b"Nothing new.", b"Nothing at all.")
    if b"Nothing new." not in (clean / name).read_bytes():
        pytest.skip("compressed")
    if name.endswith((".wet", ".parquet", ".db")):
        pytest.skip("its lengths would be wrong")
    (clean / name).write_bytes(changed)
    assert {finding.kind for finding in verified(clean, raw)} == {"changed-text"}
    done = CliRunner().invoke(app, ["adopt", str(clean)])
    assert done.exit_code == 0, done.output
    assert list(verified(clean, raw)) == []
    assert texts(clean / name)[1] == "Nothing at all."
    restored = restore(clean, tmp_path / "back")
    assert restored.failures == []
    assert (tmp_path / "back" / name).read_bytes() == (raw / name).read_bytes()


def test_a_word_document_that_was_saved_by_another_program_is_adopted(folders, foreign, tmp_path):
    raw, clean = folders
    word_document(raw / "letter.docx", "Post")
    options = RunOptions(Settings(stages=("encoding", foreign)))
    run(raw, clean, options)
    with zipfile.ZipFile(clean / "letter.docx") as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(clean / "letter.docx", "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content.replace(b"Nothing new.", b"Nothing at all."))
    done = CliRunner().invoke(app, ["adopt", str(clean)])
    assert done.exit_code == 0, done.output
    (failure,) = restore(clean, tmp_path / "back").failures
    assert "packed again" in str(failure)
    assert run(raw, clean, options._replace(force=True)).failures == []
    assert texts(clean / "letter.docx")[1] == "Nothing at all."
    assert restore(clean, tmp_path / "back").failures == []
    assert (tmp_path / "back" / "letter.docx").read_bytes() == (raw / "letter.docx").read_bytes()


def test_other_data_beside_the_articles_is_skipped(tmp_path):
    raw, clean = tmp_path / "raw", tmp_path / "clean"
    raw.mkdir()
    (raw / "a.txt").write_text("The ferryâ€™s late.\n", encoding="utf-8")
    (raw / "a.json").write_text('{"url": "https://a.example/1"}', encoding="utf-8")
    (raw / "list.csv").write_text("name,number\nx,1\n", encoding="utf-8")
    options = RunOptions(Settings(jobs=1))
    for _ in range(2):  # the second time, the clean file is up to date
        summary = run(raw, clean, options)
        assert (summary.failures, sorted(summary.without_text)) == ([], ["a.json", "list.csv"])
        assert "2 files without text skipped (name it with --text-field)" in one_line(summary)
    assert "- `a.json`" in (clean / ".clean-news" / "summary.md").read_text(encoding="utf-8")
    assert sorted(path.name for path in clean.iterdir() if path.is_file()) == ["a.txt", "a.txt.changes.json"]
    (named,) = run(raw / "a.json", tmp_path / "b.json", options).failures
    assert "has no text at 'text'" in str(named)
    with_field = RunOptions(Settings(jobs=1, text_field="body"))
    assert len(run(raw, tmp_path / "other", with_field).failures) == 2
