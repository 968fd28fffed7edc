"""Documents, archives and databases are cleaned again at once after a decision, as text files are."""

import importlib.util
import sqlite3
import zipfile
from contextlib import closing

import pytest

from clean_news.batch.run import run
from clean_news.batch.run_options import RunOptions
from clean_news.settings import Settings

TEXT, CLEAN = "The bridgeâ€™s open.", "The bridge’s open."


def letter(path):
    w = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    source = f'<w:document xmlns:w="{w}"><w:p><w:r><w:t xml:space="preserve">{TEXT}</w:t></w:r></w:p></w:document>'
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("[Content_Types].xml", "x")
        archive.writestr("word/document.xml", source)


def bundle(path):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.txt", TEXT)
        archive.writestr("photo.jpg", "x")


def database(path):
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE news (text)")
        connection.execute("INSERT INTO news VALUES (?)", (TEXT,))
        connection.commit()


def report(path):
    canvas = pytest.importorskip("reportlab.pdfgen.canvas").Canvas(str(path))
    canvas.drawString(60, 700, TEXT)
    canvas.save()


FILES = {
    "letter.docx": (letter, "letter.docx#document"),
    "bundle.zip": (bundle, "bundle.zip#a.txt"),
    "news.db": (database, "news.db#1"),
    "report.pdf": (report, "report.pdf"),
}


@pytest.mark.parametrize("with_raw", [False, True], ids=["", "raw named"])
@pytest.mark.parametrize("name", FILES)
def test_a_decision_takes_effect_at_once(opened, tmp_path, name, with_raw):
    if name.endswith(".pdf") and importlib.util.find_spec("pypdfium2") is None:
        pytest.skip("needs the extra pdf")
    raw, clean = tmp_path / "files" / "raw", tmp_path / "files" / "clean"
    raw.mkdir(parents=True)
    make, article = FILES[name]
    make(raw / name)
    assert run(raw, clean, RunOptions(Settings())).failures == []
    page = opened(clean, raw=raw) if with_raw else opened(clean)
    assert page.text(article) == CLEAN
    page.decide({"action": "reject", "scope": "once", **page.edits(article)[0]})
    page.settled()
    assert page.text(article) == TEXT
    assert run(raw, clean, RunOptions(Settings())).unchanged == 1
