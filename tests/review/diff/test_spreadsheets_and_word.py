"""The changes as CSV, and as a Word document with tracked changes."""

import csv
import io
import os
import shutil
import subprocess
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import msgspec
import pytest
from hypothesis import given, settings
from typer.testing import CliRunner

from clean_news.batch.clean_articles import CleanArticle
from clean_news.change_log import write
from clean_news.change_log.edit_places import trace_edits
from clean_news.cli.app import app
from clean_news.review.diff.csv_rows import COLUMNS
from clean_news.review.diff.rendering import as_csv, as_docx
from clean_news.review.edit_filter import EditFilter

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
TEXT, DC = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}", "{http://purl.org/dc/elements/1.1/}"
OFFICE = shutil.which("soffice")
RAW = "The vessel left.\nIt was  late.\n\nRead more here\nThe crew slept.\n"


def rendered(form, *articles):
    parts = [form.opening]
    for raw, clean, log in articles:
        del raw
        parts += form.article(CleanArticle(Path("clean", "one.txt"), clean, log), trace_edits(clean, log))
    return b"".join([*parts, form.closing()])


def table(content):
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def paragraphs(document):
    """Each paragraph of a document: its runs as (change, text), and the change of its mark."""
    with zipfile.ZipFile(io.BytesIO(document)) as archive:
        assert archive.testzip() is None
        for name in archive.namelist():
            ElementTree.fromstring(archive.read(name))  # each part is well-formed
        body = ElementTree.fromstring(archive.read("word/document.xml"))[0]
    for paragraph in body.iter(f"{W}p"):
        style = paragraph.find(f"{W}pPr/{W}pStyle")
        mark = next((each.tag.removeprefix(W) for each in paragraph.findall(f"{W}pPr/{W}rPr/*")), None)
        runs = []
        for child in paragraph:
            change = child.tag.removeprefix(W)
            if change in {"r", "ins", "del"}:
                texts = [
                    "\t" if each.tag == f"{W}tab" else each.text or ""
                    for each in child.iter()
                    if each.tag in {f"{W}t", f"{W}delText", f"{W}tab"}
                ]
                assert change == "del" or not list(child.iter(f"{W}delText"))
                assert change != "del" or not list(child.iter(f"{W}t"))
                runs.append((None if change == "r" else change, "".join(texts)))
        yield style is not None, runs, mark


def settled(document, without):
    """The text of a document once all changes are accepted (without "del") or rejected (without "ins")."""
    return "".join(
        "".join(text for change, text in runs if change != without) + ("" if mark == without else "\n")
        for is_heading, runs, mark in paragraphs(document)
        if not is_heading
    )


@pytest.fixture
def article(by_stages):
    return by_stages(
        RAW,
        boilerplate=[("\nRead more here", "")],
        characters=[("  ", " ")],
        spin=[("vessel", "ship"), ("slept", "rested", "suggested"), ("left", "departed", "rejected")],
    )


def test_csv_has_a_row_for_each_edit(article):
    rows = table(rendered(as_csv(EditFilter(), {"SPIN001": "Spun: a synonym."}), article))
    assert [(row["stage"], row["before"], row["after"], row["state"], row["raw line"]) for row in rows] == [
        ("spin", "vessel", "ship", "applied", "1"),
        ("spin", "left", "departed", "rejected", "1"),
        ("characters", "  ", " ", "applied", "2"),
        ("boilerplate", "'\nRead more here", "", "applied", "3"),
        ("spin", "slept", "rested", "suggested", "5"),
    ]
    assert tuple(rows[0]) == COLUMNS
    assert (rows[0]["what"], rows[0]["raw column"], rows[0]["confidence"]) == ("Spun: a synonym.", "5", "0.9000")


def test_csv_of_some_edits(article):
    rows = table(rendered(as_csv(EditFilter(states=("suggested",)), {}), article))
    assert [row["before"] for row in rows] == ["slept"]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_is_a_formula(by_stages, start):
    formula = f"{start}HYPERLINK(A1)"
    made = by_stages(f"a {formula} b, c\n", spin=[(formula, "x"), ("c", formula)])
    rows = table(rendered(as_csv(EditFilter(), {}), made))
    assert rows[0]["before"] == rows[1]["after"] == f"'{formula}"
    for row in rows:
        assert not any(value.startswith(("=", "+", "-", "@")) for value in row.values())


def test_notes_and_names_of_edits_by_hand_are_in_the_table(by_stages):
    raw, clean, log = by_stages(RAW, hand=[("crew", "men")])
    (stage,) = log.stages
    about = {"by": "Ada", "at": "2026-11-30T08:00:00+00:00", "note": "=asked them"}
    edit = msgspec.structs.replace(stage.edits[0], rule="HAND", evidence=about)
    log = msgspec.structs.replace(log, stages=(msgspec.structs.replace(stage, edits=(edit,)),))
    (row,) = table(rendered(as_csv(EditFilter(), {}), (raw, clean, log)))
    assert (row["decided by"], row["decided at"], row["note"]) == ("Ada", "2026-11-30T08:00:00+00:00", "'=asked them")
    document = rendered(as_docx(EditFilter()), (raw, clean, log))
    with zipfile.ZipFile(io.BytesIO(document)) as archive:
        content = archive.read("word/document.xml").decode()
    assert 'w:author="Ada" w:date="2026-11-30T08:00:00Z"' in content


def test_accepting_all_gives_the_clean_text_and_rejecting_all_the_raw_one(article):
    raw, clean, _ = article
    document = rendered(as_docx(EditFilter()), article)
    assert settled(document, "del") == clean
    assert settled(document, "ins") == raw.decode()


def test_suggestions_are_tracked_if_they_are_asked_for(article):
    _, clean, _ = article
    document = rendered(as_docx(EditFilter(states=("suggested",))), article)
    assert settled(document, "ins") == clean
    assert settled(document, "del") == clean.replace("slept", "rested")
    with zipfile.ZipFile(io.BytesIO(document)) as archive:
        assert b'w:author="clean-news spin (suggested)"' in archive.read("word/document.xml")


def test_every_change_has_an_author_a_date_and_its_own_number(article):
    with zipfile.ZipFile(io.BytesIO(rendered(as_docx(EditFilter()), article, article))) as archive:
        body = ElementTree.fromstring(archive.read("word/document.xml"))
    changes = [each for each in body.iter() if each.tag in {f"{W}ins", f"{W}del"}]
    assert len({each.get(f"{W}id") for each in changes}) == len(changes) >= 10
    assert {each.get(f"{W}author") for each in changes} == {
        f"clean-news {stage}" for stage in ("boilerplate", "characters", "spin")
    }
    assert all(each.get(f"{W}date").endswith("Z") for each in changes)


def test_equal_changes_are_equal_files(article):
    assert rendered(as_docx(EditFilter()), article) == rendered(as_docx(EditFilter()), article)


def test_any_article_can_be_written(articles):
    hostile = "ab é\n\t<&>\"'\x00\x0b\x1b\x7f\ufffe\u2028\U0001f600]"

    @settings(max_examples=200, deadline=None)
    @given(articles(letters=hostile))
    def check(made):
        raw, clean, log = made
        document = rendered(as_docx(EditFilter()), made)
        if any(edit.state == "applied" for stage in log.stages for edit in stage.edits):
            assert settled(document, "del").rstrip("\n") == in_word(clean).rstrip("\n")
            assert settled(document, "ins").rstrip("\n") == in_word(trace_edits(clean, log).raw).rstrip("\n")
        del raw

    check()


def in_word(text):
    """A text as a Word document can have it."""
    shown = {code: chr(0x2400 + code) for code in range(0x20) if chr(code) not in "\t\n"}
    return text.translate({**shown, 0x7F: "\u2421", 0xFFFE: "\ufffd"})


@pytest.fixture
def folder(article, tmp_path):
    """A CLEAN with two articles, one of which has a name that XML must escape."""
    raw, clean, log = article
    for name in ("one.txt", "two & <three>.txt"):
        path = tmp_path / "clean" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(clean, newline="")
        path.with_name(f"{name}.changes.json").write_bytes(write(msgspec.structs.replace(log, id=name)))
        os.utime(path, (1_800_000_000, 1_800_000_000))
    del raw
    return tmp_path / "clean"


def test_the_command_writes_both(folder):
    done = CliRunner().invoke(app, ["diff", str(folder), "--format", "csv"])
    assert (done.exit_code, len(table(done.stdout_bytes))) == (0, 10)
    done = CliRunner().invoke(app, ["diff", str(folder), "--format", "docx"])
    assert done.exit_code == 0
    assert [runs for is_heading, runs, _ in paragraphs(done.stdout_bytes) if is_heading] == [
        [(None, "one.txt")],
        [(None, "two & <three>.txt")],
    ]
    with zipfile.ZipFile(io.BytesIO(done.stdout_bytes)) as archive:
        assert b'w:date="2027-01-15T08:00:00Z"' in archive.read("word/document.xml")


@pytest.mark.skipif(OFFICE is None, reason="soffice is not installed (Debian: libreoffice-writer-nogui)")
def test_libreoffice_finds_the_tracked_changes(folder, article, tmp_path):
    done = CliRunner().invoke(app, ["diff", str(folder), "--format", "docx"])
    (tmp_path / "changes.docx").write_bytes(done.stdout_bytes)
    command = [OFFICE, "--headless", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--convert-to", "fodt"]
    subprocess.run(
        [*command, "--outdir", tmp_path, tmp_path / "changes.docx"], check=True, capture_output=True, timeout=120
    )
    tree = ElementTree.parse(tmp_path / "changes.fodt")
    names = {"clean-news spin", "clean-news characters", "clean-news boilerplate"}
    assert {each.text for each in tree.iter(f"{DC}creator")} & names == names
    assert all(each.text == "2027-01-15T08:00:00" for each in tree.find(f".//{TEXT}tracked-changes").iter(f"{DC}date"))
    texts = {without: in_libreoffice(tree, without) for without in ("deletion", "insertion")}
    _, clean, log = article
    assert texts["deletion"].splitlines() == ["one.txt", *clean.splitlines(), "two & <three>.txt", *clean.splitlines()]
    raw = trace_edits(clean, log).raw.splitlines()
    assert texts["insertion"].splitlines() == ["one.txt", *raw, "two & <three>.txt", *raw]


def in_libreoffice(tree, without):
    """The text that LibreOffice shows once all insertions or all deletions are gone."""
    kinds = {each.get(f"{TEXT}id"): each[0].tag.removeprefix(TEXT) for each in tree.iter(f"{TEXT}changed-region")}
    inside, parts = set(), []

    def add(text):
        if text and without not in {kinds[change] for change in inside}:
            parts.append(text)

    def walk(element):
        add(element.text)
        for child in element:
            if child.tag == f"{TEXT}change-start":
                inside.add(child.get(f"{TEXT}change-id"))
            elif child.tag == f"{TEXT}change-end":
                inside.discard(child.get(f"{TEXT}change-id"))
            elif child.tag == f"{TEXT}s":
                add(" " * int(child.get(f"{TEXT}c", "1")))
            else:
                walk(child)
            add(child.tail)

    for paragraph in tree.iter():
        if paragraph.tag in {f"{TEXT}p", f"{TEXT}h"}:
            walk(paragraph)
            add("\n")
    return "".join(parts)
