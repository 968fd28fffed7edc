"""A folder of pages in complete runs: cleaned, up to date, shown, verified, reverted; changed files and logs."""

import json
import shutil
from itertools import product

import page_writers
import pytest
from typer.testing import CliRunner

from clean_news.batch.clean_articles import articles_in
from clean_news.batch.reversion import restore
from clean_news.batch.run import run
from clean_news.batch.run_options import RunOptions
from clean_news.cli.app import app
from clean_news.formats import format_of
from clean_news.settings import Settings

OPTIONS = RunOptions(Settings(min_words=0))
SCAN = "Tho steamer was to leavo tlie wharf at noon, nnd the mail was put on board by tbe pilot of the port."
HYPHENATED = """Tho members ofthe coun-
cil met at tlie hall to hear

the re port of tbe mayor, nnd tho bridge was built."""
WRITERS = {
    "tesseract.xml": lambda text: page_writers.alto(text, "3"),
    "abbyy.xml": lambda text: page_writers.alto(text, "2", subs=True),
    "old.xml": lambda text: page_writers.alto(text, "1", hyp=False, confidence=lambda *_: None),
    "kraken.xml": lambda text: page_writers.alto(text, "4", decimals=1),
    "prefixed.xml": lambda text: page_writers.alto(text, prefix="ns0:"),
    "dashed.xml": lambda text: page_writers.alto(text.replace("-\n", "¬\n")),
    "transkribus.xml": lambda text: page_writers.page(text, "2013-07-15", words=False),
    "ocrd.xml": page_writers.page,
    "aletheia.xml": lambda text: page_writers.page(text, "2016-07-15", prefix="pc:"),
    "unordered.xml": lambda text: page_writers.page(text, ordered=False, confidence=lambda *_: None),
    "tesseract.hocr": page_writers.hocr,
    "italic.hocr": lambda text: page_writers.hocr(text, strong=True, quote='"'),
    "html5.html": lambda text: page_writers.hocr(text, xhtml=False),
}
ENCODINGS = ("utf-8-sig", "utf-16", "iso-8859-1")


def encoded(content, encoding):
    """A page in another encoding, which its declaration names."""
    return content.replace('encoding="UTF-8"', f'encoding="{encoding.removesuffix("-sig").upper()}"').encode(encoding)


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """RAW with 35 pages, and CLEAN after a run."""
    top = tmp_path_factory.mktemp("pages")
    raw, clean = top / "raw", top / "clean"
    for name, writer in WRITERS.items():
        for number, text in enumerate((SCAN, HYPHENATED)):
            folder = raw / str(number)
            folder.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(writer(text), encoding="utf-8")
    for encoding, name in product(ENCODINGS, ("tesseract.xml", "ocrd.xml", "tesseract.hocr")):
        (raw / encoding).mkdir(exist_ok=True)
        (raw / encoding / name).write_bytes(encoded(WRITERS[name](SCAN), encoding))
    (raw / "mets.xml").write_text('<mets:mets xmlns:mets="http://www.loc.gov/METS/"/>', encoding="utf-8")
    summary = run(raw, clean, OPTIONS)
    assert summary.failures == []
    return raw, clean, summary


def test_every_page_is_cleaned_once(folders):
    raw, clean, summary = folders
    count = sum(path.is_file() for path in raw.rglob("*")) - 1
    assert (summary.cleaned, count > 30) == (count, True)
    assert not (clean / "mets.xml").exists()
    assert run(raw, clean, OPTIONS).unchanged == count


def test_the_same_words_are_repaired_in_every_format(folders):
    _, clean, _ = folders
    for folder in (path for path in clean.iterdir() if path.name[0] != "." and path.is_dir()):
        pages = [path for path in folder.iterdir() if not path.name.endswith(".json")]
        found = {" ".join(article.text.split()) for path in pages for article in articles_in(path, pytest.fail)}
        assert len(found) == 1, found


def test_every_page_is_restored_to_the_byte(folders, tmp_path):
    raw, clean, _ = folders
    restored = restore(clean, tmp_path / "back")
    assert restored.failures == []
    for path in raw.rglob("*"):
        if path.is_file() and path.name != "mets.xml":
            assert (tmp_path / "back" / path.relative_to(raw)).read_bytes() == path.read_bytes(), path


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_clean_pages_keep_their_encoding(folders, encoding):
    _, clean, _ = folders
    content = (clean / encoding / "ocrd.xml").read_bytes()
    assert "<Unicode>The</Unicode>" in content.decode(encoding)
    assert content.startswith(encoded("<", encoding))


def test_commands(folders, tmp_path):
    raw, clean, _ = folders
    diff = CliRunner().invoke(app, ["diff", str(clean / "0" / "tesseract.xml"), "-f", "json"])
    edits = [edit for line in diff.stdout.splitlines() for edit in json.loads(line).get("edits", [json.loads(line)])]
    assert any(edit.get("before") == "Tho" for edit in edits), diff.stdout
    verified = CliRunner().invoke(app, ["verify", str(clean), "--raw", str(raw)])
    assert verified.exit_code == 0, verified.output
    report = CliRunner().invoke(app, ["report", str(clean), "-o", str(tmp_path / "report.html")])
    assert (report.exit_code, (tmp_path / "report.html").exists()) == (0, True), report.output


@pytest.fixture
def page(folders, tmp_path):
    """RAW and CLEAN with one page, and the clean page and its log."""
    raw, clean, _ = folders
    for source, target in ((raw, tmp_path / "raw"), (clean, tmp_path / "clean")):
        target.mkdir()
        for path in (source / "1").glob("tesseract.xml*"):
            shutil.copy(path, target)
    found = tmp_path / "clean" / "tesseract.xml"
    run(tmp_path / "raw", tmp_path / "clean", OPTIONS._replace(force=True))
    return tmp_path / "raw", tmp_path / "clean", found, found.with_name("tesseract.xml.changes.json")


def test_a_clean_page_that_was_changed_is_kept(page):
    raw, clean, found, _ = page
    changed = found.read_text(encoding="utf-8").replace('HPOS="100"', 'HPOS="101"', 1)
    found.write_text(changed, encoding="utf-8")
    summary = run(raw, clean, OPTIONS)
    assert "was changed" in str(summary.failures[0])
    assert found.read_text(encoding="utf-8") == changed
    assert restore(clean, clean / "back").failures
    assert run(raw, clean, OPTIONS._replace(force=True)).cleaned == 1
    assert run(raw, clean, OPTIONS).unchanged == 1


@pytest.mark.parametrize("key", ["zlib", "sha256"])
def test_a_log_that_was_changed(page, key):
    _, clean, _, logs = page
    log = json.loads(logs.read_text(encoding="utf-8"))
    log["carrier"]["raw"][key] = "eJwDAAAAAAE="
    logs.write_text(json.dumps(log), encoding="utf-8")
    assert "log was changed" in str(restore(clean, clean / "back").failures[0])


def test_a_page_that_changed_is_cleaned_again(page):
    raw, clean, found, _ = page
    path = raw / "tesseract.xml"
    path.write_text(path.read_text(encoding="utf-8").replace('WIDTH="3000"', 'WIDTH="3001"'), encoding="utf-8")
    assert run(raw, clean, OPTIONS).cleaned == 1
    assert 'WIDTH="3001"' in found.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "content", "is_read"),
    [
        ("a.xml", b"<alto/>", True),
        ("a.xml", b'<?xml version="1.0"?>\n<!-- a -> b --><?x y?>\n<a:alto>', True),
        ("a.xml", b'\xef\xbb\xbf<PcGts xmlns="x">', True),
        ("a.xml", "<alto/>".encode("utf-16"), True),
        ("a.XML", b"<html>", True),
        ("a.hocr", b"anything", True),
        ("a.xml", b"<mets/>", False),
        ("a.xml", b"<urlset/>", False),
        ("a.xml", b"", False),
        ("a.xml", b"no XML", False),
        ("a.xml", b"<!-- " * 4000, False),
    ],
)
def test_xml_is_recognised_by_its_root(tmp_path, name, content, is_read):
    (tmp_path / name).write_bytes(content)
    assert (format_of(tmp_path / name) is not None) == is_read
