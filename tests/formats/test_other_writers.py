"""Files of programs that people use: cleaned and restored. In full only, and only where the programs are installed.

python-docx, EbookLib and ReportLab are in the tests of their formats, Tesseract in ``page_xml``.
"""

import gzip
import html
import io
import os
import random
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from clean_news.batch.reversion import restore
from clean_news.batch.run import run
from clean_news.batch.run_options import RunOptions
from clean_news.batch.verification import verify
from clean_news.settings import Settings

pytestmark = pytest.mark.skipif(not os.environ.get("CLEAN_NEWS_FULL"), reason="takes a minute; CLEAN_NEWS_FULL=1")

COUNT = 30  # files of each writer and format
TEXTS = [
    "The ministerâ€™s office closed the road.",
    "cafÃ© and <b>more</b>",
    "Words â€œquotedâ€ now.",
    "One & two",
    "Fine.",
]
BLOCKS = ["<h2>{}</h2>", "<p>{}</p>", "<ul><li>{}</li><li>Two</li></ul>", "<blockquote>{}</blockquote>",
          "<table border=1><tr><td>{}</td><td>b</td></tr></table>", "<pre>{}</pre>",
          "<p>{}<br>next <i>line</i><sup>2</sup></p>"]  # fmt: skip


PAGES = sorted((Path(__file__).parents[1] / "gold" / "pages").glob("*.html"))


def page_of(rng):
    """A web page of some blocks."""
    body = "".join(rng.choice(BLOCKS).format(rng.choice(TEXTS)) for _ in range(rng.randint(1, 12)))
    return f"<html><head><meta charset=utf-8><title>A page</title></head><body>{body}</body></html>"


def unpacked(path):
    """The content of a file that may be compressed with gzip."""
    content = path.read_bytes()
    return gzip.decompress(content) if path.name.endswith(".gz") else content


def round_trip(tmp_path, same=lambda one, other: unpacked(one) == unpacked(other)):
    """Clean all files of a folder, and restore them; return the summary."""
    raw, clean, back = (tmp_path / name for name in ("raw", "clean", "back"))
    options = RunOptions(Settings(stages=("encoding", "characters", "layout"), jobs=2))
    summary = run(raw, clean, options)
    assert summary.failures == []
    applied = sum(states.get("applied", 0) for rules in summary.edits.values() for states in rules.values())
    assert applied > 0
    assert list(verify(clean, raw, Settings()).findings) == []
    assert run(raw, clean, options).unchanged == len(list(raw.iterdir()))
    assert restore(clean, back).failures == []
    assert sorted(path.name for path in back.iterdir()) == sorted(path.name for path in raw.iterdir())
    assert [path.name for path in raw.iterdir() if not same(path, back / path.name)] == []
    return summary


@pytest.mark.parametrize("kind", ["docx", "epub", "pdf"])
def test_files_of_libreoffice(tmp_path, kind):
    office = shutil.which("soffice") or pytest.skip("LibreOffice is not installed")
    rng = random.Random(19)
    pages, documents, raw = (tmp_path / name for name in ("pages", "documents", "raw"))
    pages.mkdir()
    for number in range(COUNT):
        (pages / f"{number}.html").write_text(page_of(rng), encoding="utf-8")

    def convert(into, folder, *options):
        command = [office, f"-env:UserInstallation={(tmp_path / 'office').as_uri()}", "--headless", *options]
        files = sorted(map(str, folder.iterdir()))
        target = documents if into.startswith("docx") and kind != "docx" else raw
        subprocess.run(
            [*command, "--convert-to", into, "--outdir", str(target), *files], check=True, capture_output=True
        )

    convert("docx:Office Open XML Text", pages, "--infilter=HTML (StarWriter)")
    if kind != "docx":
        convert(kind, documents)
    assert len(list(raw.iterdir())) == COUNT
    assert round_trip(tmp_path).articles >= COUNT


@pytest.mark.parametrize("kind", ["csv", "tsv", "csv.gz", "json", "jsonl", "db", "parquet"])
def test_files_of_pandas(tmp_path, kind):
    pandas = pytest.importorskip("pandas")
    rng = random.Random(19)
    raw = tmp_path / "raw"
    raw.mkdir()
    for number in range(COUNT):
        rows = [
            {"id": at, "text": f'{rng.choice(TEXTS)}, "{at}";\n{rng.choice(TEXTS)}', "score": at / 3} for at in range(9)
        ]
        frame, path = pandas.DataFrame(rows), raw / f"{number}.{kind}"
        if kind in {"csv", "tsv", "csv.gz"}:
            separator = "\t" if kind == "tsv" else rng.choice(",;")
            frame.to_csv(path, sep=separator, index=rng.choice([True, False]), quoting=rng.choice([0, 1, 2]))
        elif kind == "db":
            with closing(sqlite3.connect(path)) as connection:
                frame.to_sql("news", connection, index=rng.choice([True, False]))
        elif kind == "parquet":
            frame.to_parquet(path)
        else:
            frame.to_json(path, orient="records", lines=kind == "jsonl", force_ascii=rng.choice([True, False]))
    if kind == "parquet":  # the same table; its bytes depend on the program that wrote them
        found = round_trip(tmp_path, lambda one, other: pandas.read_parquet(one).equals(pandas.read_parquet(other)))
    else:
        found = round_trip(tmp_path)
    assert found.articles == 9 * COUNT


@pytest.mark.parametrize("program", ["zip", "tar", "7z", "python"])
def test_archives_of_programs(tmp_path, program):
    if program != "python" and shutil.which(program) is None:
        pytest.skip(f"{program} is not installed")
    rng = random.Random(19)
    raw = tmp_path / "raw"
    raw.mkdir()
    for number in range(COUNT):
        folder = tmp_path / "members" / str(number)
        (folder / "a folder").mkdir(parents=True)
        for at in range(rng.randint(1, 6)):
            (folder / "a folder" / f"é {at}.txt").write_text(rng.choice(TEXTS) * rng.randint(1, 50), encoding="utf-8")
        (folder / "photo.jpg").write_bytes(b"\xff\xd8" * 99)
        suffix = "tar" if program == "tar" else "zip"
        path = raw / f"{number}.{suffix}"
        commands = {
            "zip": ["zip", "-q", "-r", rng.choice(["-0", "-1", "-9"]), str(path), "."],
            "tar": ["tar", rng.choice(["--format=gnu", "--format=posix", "--format=ustar"]), "-cf", str(path), "."],
            "7z": ["7z", "a", "-tzip", "-bso0", str(path), "."],
        }
        if program == "python":
            shutil.make_archive(str(path.with_suffix("")), "zip", folder)
        else:
            subprocess.run(commands[program], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    assert round_trip(tmp_path).articles >= COUNT


@pytest.mark.parametrize("form", ["docx", "epub", "gfm", "markdown", "html"])
def test_files_of_pandoc(tmp_path, form):
    program = shutil.which("pandoc") or pytest.skip("pandoc is not installed")
    rng, raw, suffix = random.Random(19), tmp_path / "raw", {"gfm": "md", "markdown": "md"}.get(form, form)
    raw.mkdir()
    for number in range(COUNT):
        source = page_of(rng) if form != "html" else page_of(rng).replace("<body>", f"<body><p>{TEXTS[0] * 20}</p>")
        command = [
            program,
            "-f",
            "html",
            "-t",
            form,
            "-s",
            "--metadata=title:A title",
            "-o",
            raw / f"{number}.{suffix}",
        ]
        subprocess.run(command, input=source, check=True, text=True, capture_output=True)
    assert round_trip(tmp_path).articles >= COUNT


@pytest.mark.parametrize("kind", ["rss", "atom"])
def test_feeds_of_feedgen(tmp_path, kind):
    generator = pytest.importorskip("feedgen.feed").FeedGenerator
    rng, raw = random.Random(19), tmp_path / "raw"
    raw.mkdir()
    for number in range(COUNT):
        feed = generator()
        feed.load_extension("dc")
        feed.id("http://a.example/")
        feed.title("News")
        feed.link(href="http://a.example/", rel="alternate")
        feed.description("About the feed")
        for at in range(rng.randint(1, 6)):
            entry = feed.add_entry()
            entry.id(f"http://a.example/{at}")
            entry.title(f"Entry {at}")
            entry.link(href=f"http://a.example/{at}?a=1&b=2")
            entry.description(html.escape(rng.choice(TEXTS)), isSummary=True)
            if rng.random() < 0.5:
                content = f"<p>{html.escape(rng.choice(TEXTS))}</p><p>{html.escape(rng.choice(TEXTS))}</p>"
                entry.content(content, type=rng.choice(["CDATA", "html"]) if kind == "atom" else "CDATA")
        path = raw / f"{number}.{kind}"
        write = feed.rss_file if kind == "rss" else feed.atom_file
        write(str(path), pretty=rng.choice([True, False]), encoding=rng.choice(["UTF-8", "us-ascii"]))
    assert round_trip(tmp_path).articles >= COUNT


@pytest.mark.parametrize("suffix", ["warc", "warc.gz", "wet", "wet.gz"])
def test_archives_of_warcio(tmp_path, suffix):
    writers = pytest.importorskip("warcio.warcwriter")
    headers = pytest.importorskip("warcio.statusandheaders").StatusAndHeaders
    pytest.importorskip("trafilatura")
    rng, raw = random.Random(19), tmp_path / "raw"
    raw.mkdir()
    for number in range(COUNT):
        with (raw / f"{number}.{suffix}").open("wb") as file:
            writer = writers.WARCWriter(file, gzip=suffix.endswith("gz"))
            writer.write_record(writer.create_warcinfo_record("a.warc", {"software": "a crawler"}))
            for at in range(rng.randint(1, 4)):
                address, text = f"http://a.example/{at}", " ".join(rng.choice(TEXTS[:2]) for _ in range(20))
                if suffix.startswith("wet"):
                    record = writer.create_warc_record(
                        address, "conversion", payload=io.BytesIO(text.encode()), warc_content_type="text/plain"
                    )
                else:
                    http = headers("200 OK", [("Content-Type", "text/html; charset=utf-8")], protocol="HTTP/1.0")
                    page = f"<html><body><article><p>{html.escape(text)}</p></article></body></html>"
                    record = writer.create_warc_record(
                        address, "response", payload=io.BytesIO(page.encode()), http_headers=http
                    )
                writer.write_record(record)
                picture = io.BytesIO(b"\xff\xd8" * 99)
                writer.write_record(
                    writer.create_warc_record(address, "resource", payload=picture, warc_content_type="image/jpeg")
                )
    assert round_trip(tmp_path).articles >= COUNT


def test_pages_in_the_manner_of_news_sites(tmp_path):
    pytest.importorskip("trafilatura")
    (tmp_path / "raw").mkdir()
    for path in PAGES:
        garbled = path.read_bytes().replace(b"<p>", "<p>It wasnâ€™t much. ".encode(), 2)
        (tmp_path / "raw" / path.name).write_bytes(garbled)
    assert round_trip(tmp_path).articles == len(PAGES) > COUNT
