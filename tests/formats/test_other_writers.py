"""Files of programs that people use: cleaned and restored. In full only, and only where the programs are installed.

python-docx, EbookLib and ReportLab are in the tests of their formats.
"""

import os
import random
import shutil
import sqlite3
import subprocess
from contextlib import closing

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


def round_trip(tmp_path, same=lambda one, other: one.read_bytes() == other.read_bytes()):
    """Clean all files of a folder, and restore them; return the summary."""
    raw, clean, back = (tmp_path / name for name in ("raw", "clean", "back"))
    options = RunOptions(Settings(stages=("encoding", "characters", "layout"), jobs=2))
    summary = run(raw, clean, options)
    assert summary.failures == []
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
        body = "".join(rng.choice(BLOCKS).format(rng.choice(TEXTS)) for _ in range(rng.randint(1, 12)))
        page = f"<html><head><meta charset=utf-8></head><body>{body}</body></html>"
        (pages / f"{number}.html").write_text(page, encoding="utf-8")

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
    same = None
    if kind == "csv.gz":
        import gzip

        def same(one, other):
            return gzip.decompress(one.read_bytes()) == gzip.decompress(other.read_bytes())

    if kind == "parquet":

        def same(one, other):
            return pandas.read_parquet(one).equals(pandas.read_parquet(other))

    assert (round_trip(tmp_path, same) if same else round_trip(tmp_path)).articles == 9 * COUNT


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
