"""PDF: the text comes out as text, layout and all, and ``revert`` gives the bytes of the PDF."""

import importlib.util
import io
import json
import os
import random
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from clean_news.batch.clean_articles import articles_in
from clean_news.batch.reversion import restore
from clean_news.batch.run import run
from clean_news.batch.run_options import RunOptions
from clean_news.batch.verification import verify
from clean_news.cli.app import app
from clean_news.files.discovery import InputError
from clean_news.formats import UnreadableError, clean_name, format_of
from clean_news.formats.pdf import extraction, pdf_files
from clean_news.formats.pdf.extraction import PageLine, page_text
from clean_news.settings import Settings

if importlib.util.find_spec("pypdfium2") is None:
    pytest.skip("needs the extra pdf", allow_module_level=True)

COUNT = 30 if os.environ.get("CLEAN_NEWS_FULL") else 6  # of files of other writers
STAGES = ("encoding", "characters", "layout")
PARAGRAPH = [
    "The council met on Monday to talk about the bridge",
    "over the harbour, which engineers had declared un-",
    "safe after the winter storms. Members agreed that",
    "the repairs could not wait.",
]
WHOLE = (
    "The council met on Monday to talk about the bridge over the harbour, which engineers had declared unsafe after "
    "the winter storms. Members agreed that the repairs could not wait."
)
SECOND = [
    "The ferry left its berth an hour late, and nobody",
    "was at the quay when it came in at noon. Its crew",
    "had waited for the tide until the morning, the",
    "captain said.",
]


def pdf(*pages, header=b"%PDF-1.4\n"):
    """A PDF with pages of texts: (x, y, size, text) each."""
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b""]
    objects.append(b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>")
    kids = []
    for page in pages:
        content = b"".join(
            b"BT /F1 %d Tf %d %d Td (%s) Tj ET\n" % (size, x, y, text.encode("cp1252", "replace").replace(b"(", b"\\("))
            for x, y, size, text in page
        )
        objects.append(b"<< /Length %d >> stream\n" % len(content) + content + b"endstream")
        kids.append(len(objects) + 1)
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Resources << /Font << /F1 3 0 R >> >> "
            b"/Contents %d 0 R >>" % len(objects)
        )
    shown = b" ".join(b"%d 0 R" % kid for kid in kids)
    objects[1] = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (shown, len(kids))
    out, places = bytearray(header), []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    return bytes(out) + b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)


def lines(texts, x=50, y=700, size=10, step=12):
    return [(x, y - step * at, size, text) for at, text in enumerate(texts)]


@pytest.fixture
def text_of(tmp_path):
    """A function that returns the text of a PDF."""

    def text(content):
        (tmp_path / "a.pdf").write_bytes(content)
        (row,) = pdf_files.read(tmp_path / "a.pdf", Settings())
        return row.article

    return text


def cleaned(tmp_path, content, name="a.pdf", stages=STAGES):
    raw, clean = tmp_path / "raw", tmp_path / "clean"
    raw.mkdir(exist_ok=True)
    (raw / name).write_bytes(content)
    summary = run(raw, clean, RunOptions(Settings(stages=stages)))
    return raw, clean, summary


def test_the_layout_of_columns_and_pages_is_repaired(tmp_path):
    def page(number, *columns):
        running = [(50, 780, 9, "The Harbour Post"), (300, 20, 9, f"Page {number}")]
        return [*running, *(each for x, y, column in columns for each in lines(column, x, y))]

    content = pdf(
        page(1, (50, 700, [*PARAGRAPH, *SECOND[:1]]), (320, 700, SECOND[1:])),
        page(
            2,
            (
                50,
                700,
                ["The mayor asked for help, and the board, whose", "chairman had not been told, will meet to talk"],
            ),
        ),
        page(3, (50, 700, ["about it before the end of the week, he said."]), (50, 660, ["It rained all the day."])),
    )
    _, clean, summary = cleaned(tmp_path, content)
    assert summary.failures == []
    found = [line for line in (clean / "a.pdf.txt").read_text(encoding="utf-8").split("\n") if line]
    assert found == [
        WHOLE,
        " ".join(SECOND),
        "The mayor asked for help, and the board, whose chairman had not been told, will meet to talk about it before "
        "the end of the week, he said.",
        "It rained all the day.",
    ]


def test_paragraphs_are_found_by_gaps_indents_and_sizes(text_of):
    indented = [
        (62 if at in {0, 4} else 50, y, size, text) for at, (_, y, size, text) in enumerate(lines(PARAGRAPH + SECOND))
    ]
    joined = "\n".join(PARAGRAPH), "\n".join(SECOND)
    assert text_of(pdf(indented)) == "\n\n".join(joined)
    assert text_of(pdf(lines(PARAGRAPH) + lines(SECOND, y=700 - 4 * 12 - 8))) == "\n\n".join(joined)
    assert text_of(pdf([(50, 720, 18, "A storm"), *lines(PARAGRAPH)])) == f"A storm\n\n{joined[0]}"


def test_a_whole_run(tmp_path):
    content = pdf(lines(["The headâ€™s", "", "A line."]), lines(["More."]))
    raw, clean, summary = cleaned(tmp_path, content)
    assert (summary.articles, summary.failures) == (1, [])
    assert sorted(path.name for path in clean.iterdir() if path.is_file()) == ["a.pdf.txt", "a.pdf.txt.changes.json"]
    assert "The head’s" in (clean / "a.pdf.txt").read_text(encoding="utf-8")
    (article,) = articles_in(clean / "a.pdf.txt", pytest.fail)
    assert article.log.id == "a.pdf"
    assert article.log.carrier["pdf"] == {"pages": 2, "without_text": 0}
    assert list(verify(clean, raw, Settings()).findings) == []
    assert run(raw, clean, RunOptions(Settings(stages=STAGES))).unchanged == 1
    assert restore(clean, tmp_path / "back").failures == []
    assert (tmp_path / "back" / "a.pdf").read_bytes() == content
    (tmp_path / "one").mkdir()
    assert restore(clean / "a.pdf.txt", tmp_path / "one").written == 1
    assert (tmp_path / "one" / "a.pdf").read_bytes() == content
    (raw / "b.pdf").write_bytes(pdf(lines(["Other."])))
    assert {finding.kind for finding in verify(clean, raw, Settings()).findings} == {"not-cleaned"}
    (raw / "a.pdf").write_bytes(pdf(lines(["Other."])))
    assert {finding.kind for finding in verify(clean, raw, Settings()).findings} == {"not-cleaned", "raw-differs"}


def test_a_text_that_was_changed_by_hand_is_adopted(tmp_path):
    content = pdf(lines(["The headâ€™s", "A line."]))
    raw, clean, _ = cleaned(tmp_path, content)
    (clean / "a.pdf.txt").write_text("The head’s new line.", encoding="utf-8")
    for with_raw in ((), ("--raw", str(raw))):
        done = CliRunner().invoke(app, ["adopt", str(clean), *with_raw])
        assert done.exit_code == 0, done.output
    assert list(verify(clean, raw, Settings()).findings) == []
    assert run(raw, clean, RunOptions(Settings(stages=STAGES))).failures == []
    assert (clean / "a.pdf.txt").read_text(encoding="utf-8") == "The head’s new line."
    assert restore(clean, tmp_path / "back").failures == []
    assert (tmp_path / "back" / "a.pdf").read_bytes() == content


def test_texts_with_the_name_of_a_clean_file(tmp_path):
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "b.pdf.txt").write_text("By pdftotext, itâ€™s.", encoding="utf-8")
    raw, clean, summary = cleaned(tmp_path, pdf(lines(["One."])))
    assert (summary.failures, summary.articles) == ([], 2)
    assert restore(clean, tmp_path / "back").written == 2
    assert sorted(path.name for path in (tmp_path / "back").iterdir()) == ["a.pdf", "b.pdf.txt"]
    assert list(verify(clean, raw, Settings()).findings) == []
    (raw / "b.pdf").write_bytes(pdf(lines(["Two."])))
    (failure,) = run(raw, clean, RunOptions(Settings(stages=STAGES))).failures
    assert "its text would become b.pdf.txt, as b.pdf.txt beside it does" in str(failure)


def test_one_file(tmp_path):
    (tmp_path / "a.pdf").write_bytes(pdf(lines(["One."])))
    options = RunOptions(Settings(stages=STAGES))
    assert run(tmp_path / "a.pdf", tmp_path / "b.txt", options).articles == 1
    assert (tmp_path / "b.txt").read_text(encoding="utf-8") == "One."
    assert restore(tmp_path / "b.txt", tmp_path / "back.pdf").written == 1
    assert (tmp_path / "back.pdf").read_bytes() == (tmp_path / "a.pdf").read_bytes()
    with pytest.raises(InputError, match=r"is text; name it a.pdf.txt, or name a folder"):
        run(tmp_path / "a.pdf", tmp_path / "b.pdf", options)


def encrypted(content, password):
    pypdf = pytest.importorskip("pypdf")
    writer = pypdf.PdfWriter(io.BytesIO(content))
    writer.encrypt(password, "owner", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


SMALL = pdf(lines(["One."]))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (encrypted(SMALL, "secret"), "is encrypted; remove its password"),
        (b"text", "not a sound PDF"),
        (SMALL[:200], "not a sound PDF"),
        (SMALL.replace(b"/Catalog", b"/Kata_og").replace(b"/Pages", b"/Paper"), "not a sound PDF"),
        (pdf([], []), "no text on its 2 pages, only pictures, as a scan has; run OCR"),
        (pdf(lines([". . ."])), "no text on its 1 page"),
    ],
)
def test_a_file_that_has_no_text_for_us(text_of, content, message):
    with pytest.raises(UnreadableError, match=message):
        text_of(content)


def test_what_opens_without_a_password_is_read(text_of):
    assert text_of(encrypted(SMALL, "")) == "One."


def test_fonts_that_do_not_say_their_characters(text_of, monkeypatch):
    answer = {"texts": ["abcd"], "unmapped": 1}
    monkeypatch.setattr(pdf_files.subprocess, "run", lambda *_, **__: SimpleNamespace(stdout=json.dumps(answer)))
    with pytest.raises(UnreadableError, match="fonts that do not say"):
        text_of(SMALL)


@pytest.mark.skipif(sys.platform == "win32", reason="limits are those of Unix")
@pytest.mark.parametrize(
    "program", ["import os; os.abort()", "while True: pass", "x = bytes(8 << 30)", "print('no JSON')"]
)
def test_what_the_program_does_ends_with_it(text_of, tmp_path, monkeypatch, program):
    source = Path(extraction.__file__).read_text(encoding="utf-8").replace("SECONDS = 120", "SECONDS = 1")
    changed = tmp_path / "extraction.py"
    changed.write_text(source.replace("    _limit()\n", f"    _limit()\n    {program}\n"), encoding="utf-8")
    monkeypatch.setattr(extraction, "__file__", str(changed))
    with pytest.raises(UnreadableError, match="too much time or memory, or failed on it"):
        text_of(SMALL)


def test_too_many_pages_and_characters(text_of, tmp_path, monkeypatch):
    source = Path(extraction.__file__).read_text(encoding="utf-8")
    changed = tmp_path / "extraction.py"
    monkeypatch.setattr(extraction, "__file__", str(changed))
    for limit, message in (("MAX_PAGES = 20_000", "has 3 pages"), ("MAX_CHARS = 20_000_000", "20 million characters")):
        changed.write_text(source.replace(limit, limit.partition("=")[0] + "= 2"), encoding="utf-8")
        with pytest.raises(UnreadableError, match=message):
            text_of(pdf(*[lines(["One."])] * 3))


def test_a_file_that_is_too_large(tmp_path):
    (tmp_path / "a.pdf").write_bytes(SMALL + b"\0" * (1 << 20))
    with pytest.raises(UnreadableError, match="larger than 1 MB"):
        list(pdf_files.read(tmp_path / "a.pdf", Settings(max_megabytes=1)))


LINE = st.builds(PageLine, st.text("ab", min_size=1), st.floats(0, 600), st.floats(-100, 900), st.floats(0.1, 99))


@hypothesis_settings(max_examples=60, deadline=None)
@given(st.lists(LINE, max_size=12))
def test_no_line_is_lost(found):
    assert sorted(page_text(found).replace("\n\n", "\n").split("\n") if found else []) == sorted(
        line.text for line in found
    )


def test_any_damage_is_explained(text_of):
    rng = random.Random(19)
    content = pdf(lines(PARAGRAPH), lines(SECOND))
    for _ in range(40 if os.environ.get("CLEAN_NEWS_FULL") else 6):
        damaged = bytearray(content)
        for _ in range(rng.randint(1, 40)):
            damaged[rng.randrange(len(damaged))] = rng.randrange(256)
        try:
            assert text_of(bytes(damaged))
        except UnreadableError as error:
            assert str(error)  # noqa: PT017  # either will do


def test_names():
    assert format_of(Path("a.PDF")) is pdf_files is format_of(Path("a.pdf.txt"))
    assert clean_name("a.PDF") == "a.PDF.txt"


def test_files_of_reportlab(tmp_path):
    writer = pytest.importorskip("reportlab.pdfgen.canvas", reason="ReportLab writes the files")
    rng = random.Random(19)
    raw = tmp_path / "raw"
    raw.mkdir()
    for number in range(COUNT):
        canvas = writer.Canvas(str(raw / f"{number}.pdf"), pageCompression=number % 2)
        for _ in range(rng.randint(1, 3)):
            canvas.setFont(rng.choice(["Helvetica", "Times-Roman", "Courier"]), rng.choice([9, 11]))
            for at, text in enumerate(rng.choice([PARAGRAPH, SECOND, ["It is the mayorâ€™s cafÃ©."]])):
                canvas.drawString(60, 700 - 14 * at, text)
            canvas.showPage()
        canvas.save()
    summary = run(raw, tmp_path / "clean", RunOptions(Settings(stages=STAGES)))
    assert (summary.failures, summary.articles) == ([], COUNT)
    assert restore(tmp_path / "clean", tmp_path / "back").written == COUNT
    for number in range(COUNT):
        assert (tmp_path / "back" / f"{number}.pdf").read_bytes() == (raw / f"{number}.pdf").read_bytes()
    texts = [path.read_text(encoding="utf-8") for path in (tmp_path / "clean").glob("*.txt")]
    assert any("the mayor’s café" in text for text in texts)
    assert not any("un-\n" in text or "â€™" in text for text in texts)
