"""ZIP and tar: members of every format are cleaned, all others kept, and no name of a member is a path."""

import gzip
import io
import json
import lzma
import os
import random
import tarfile
import tempfile
import warnings
import zipfile
from pathlib import Path

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
from clean_news.change_log import LogError, TextChangedError
from clean_news.cli.app import app
from clean_news.formats import UnreadableError, format_of
from clean_news.formats.containers import tar_container, tar_files, zip_container, zip_files
from clean_news.settings import Settings

MOJIBAKE = "The ministerâ€™s office closed the road."
REPAIRED = "The minister’s office closed the road."
ARTICLES = {
    "a/one.txt": MOJIBAKE.encode(),
    "lines.jsonl": json.dumps({"text": MOJIBAKE, "id": "x"}).encode() + b"\n" + b'{"text": "Fine."}\n',
    "lines.jsonl.gz": gzip.compress(json.dumps({"text": MOJIBAKE}).encode(), mtime=7),
    "table.csv": f"id,text\n1,{MOJIBAKE}\n".encode(),
    "page.md": f"# Titleâ€™s\n\n{MOJIBAKE}\n".encode(),
    "news.json": json.dumps([{"text": MOJIBAKE}], ensure_ascii=False).encode(),
    "feed.xml": f"<rss><channel><item><description>{MOJIBAKE}</description></item></channel></rss>".encode(),
}
OTHERS = {
    "photo.jpg": b"\xff\xd8\xff" * 40,
    "data.xml": b"<mets/>",
    "settings.json": b'{"size": 4}',
    ".hidden.txt": MOJIBAKE.encode(),
    "__MACOSX/a.txt": MOJIBAKE.encode(),
    "old.txt.changes.json": b"{}",
}
TARS = ("a.tar", "a.tar.gz", "a.tgz", "a.tar.xz", "a.txz", "a.tar.zst")


def zipped(members, method=zipfile.ZIP_DEFLATED):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of members of the same name
        for name, content in members:
            archive.writestr(name, content)
    return file.getvalue()


def tarred(members, form=tarfile.PAX_FORMAT, pax_headers=None):
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w", format=form, pax_headers=pax_headers) as archive:
        for name, content in members:
            info = name if isinstance(name, tarfile.TarInfo) else tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return file.getvalue()


def packed(name, members):
    content = zipped(members) if name.endswith(".zip") else tarred(members)
    if name.endswith((".gz", ".tgz")):
        return gzip.compress(content, mtime=0, compresslevel=6)
    if name.endswith((".xz", ".txz")):
        return lzma.compress(content)
    if name.endswith(".zst"):
        return pytest.importorskip("zstandard").ZstdCompressor(level=3, write_checksum=True).compress(content)
    return content


def unpacked(name, content):
    """The members of an archive: names and contents, in order."""
    if name.endswith(".zip"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            assert archive.testzip() is None
            return [(info.filename, archive.read(info)) for info in archive.infolist()]
    if name.endswith(".zst"):
        content = pytest.importorskip("zstandard").ZstdDecompressor().decompressobj().decompress(content)
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        return [(info.name, archive.extractfile(info).read() if info.isreg() else b"") for info in archive]


@pytest.mark.parametrize("name", ["a.zip", *TARS])
def test_members_of_all_formats_are_cleaned_and_the_others_kept(tmp_path, name):
    raw, clean = tmp_path / "raw", tmp_path / "clean"
    raw.mkdir()
    members = [*OTHERS.items(), *ARTICLES.items()]
    (raw / name).write_bytes(packed(name, members))
    options = RunOptions(Settings(stages=("encoding", "characters", "layout")))
    summary = run(raw, clean, options)
    assert (summary.failures, summary.articles) == ([], len(ARTICLES) + 1)
    found = unpacked(name, (clean / name).read_bytes())
    assert [each for each, _ in found] == [each for each, _ in members]
    contents = dict(found)
    assert all(contents[each] == content for each, content in OTHERS.items())
    for each, content in ARTICLES.items():
        text = gzip.decompress(contents[each]) if each.endswith(".gz") else contents[each]
        assert "â€™" not in text.decode()
        assert "minister’s" in text.decode() or "minister\\u2019s" in text.decode()
        assert contents[each] != content
    ids = [article.log.id for article in articles_in(clean / name, pytest.fail)]
    assert ids[:3] == [f"{name}#a/one.txt", f"{name}#lines.jsonl#x", f"{name}#lines.jsonl#2"]
    assert list(verify(clean, raw, Settings()).findings) == []
    assert run(raw, clean, options).unchanged == 1
    assert restore(clean, tmp_path / "back").failures == []
    back = (tmp_path / "back" / name).read_bytes()
    assert unpacked(name, back) == members
    if name in {"a.zip", "a.tar"}:
        assert back == (raw / name).read_bytes()
    for command in (["diff"], ["report", "-o", str(tmp_path / "report.html")], ["diff", "--format", "sarif"]):
        done = CliRunner().invoke(app, [command[0], str(clean), *command[1:]])
        assert done.exit_code == 0, done.output
    done = CliRunner().invoke(app, ["--check", str(raw / name), "--only", "encoding"])
    assert done.exit_code == 1, done.output


def test_a_document_in_an_archive(round_trip):
    w = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    source = f'<w:document xmlns:w="{w}"><w:p><w:r><w:t>{MOJIBAKE}</w:t></w:r></w:p></w:document>'
    document = zipped([("[Content_Types].xml", "x"), ("word/document.xml", source)])
    for name in ("a.zip", "a.tar"):
        trip = round_trip(packed(name, [("b/letter.docx", document), ("one.txt", MOJIBAKE.encode())]), name)
        assert trip.texts == [REPAIRED, REPAIRED]
        assert [log.id for log in trip.logs] == [f"{name}#b/letter.docx#document", f"{name}#one.txt"]
        inner = dict(unpacked(name, trip.clean))["b/letter.docx"]
        assert dict(unpacked("a.zip", inner))["word/document.xml"].decode() == source.replace(MOJIBAKE, REPAIRED)


@pytest.mark.parametrize("name", ["a.zip", "a.tar"])
@pytest.mark.parametrize(
    ("member", "content", "message"),
    [
        ("in.zip", zipped([("a.txt", b"a")]), "archive in an archive"),
        ("in.tar.gz", b"x", "archive in an archive"),
        ("in.pdf", b"%PDF-1.4", "is a PDF in an archive"),
        ("../up.txt", b"a", "leads out of the archive"),
        ("a/../../up.txt", b"a", "leads out of the archive"),
        ("/etc/up.txt", b"a", "leads out of the archive"),
        ("C:\\up.txt", b"a", "leads out of the archive"),
        ("..\\up.txt", b"a", "leads out of the archive"),
        ("empty.txt", b"", "is empty"),
        ("bad.docx", b"PK", "not a sound ZIP"),
        ("bad.jsonl.gz", b"text" * 9, "cannot be decompressed"),
        ("half.jsonl.gz", gzip.compress(b'{"text": "a"}\n' * 999, mtime=0)[:-9], "is truncated"),
        ("bad.txt", b"\x89PNG\r\n\x1a\n\0\0", "PNG"),
        ("bad.jsonl", b"{\n", "line 1: "),
    ],
)
def test_members_that_cannot_be_cleaned(round_trip, name, member, content, message):
    raw = packed(name, [(member, content), ("one.txt", MOJIBAKE.encode())])
    trip = round_trip(raw, name)
    notes = [log.note for log in trip.logs if log.note]
    assert len(notes) == 1
    assert message in notes[0]
    assert trip.texts == [REPAIRED]
    found = unpacked(name, trip.clean)
    assert found[1] == ("one.txt", REPAIRED.encode())
    assert found[0][1] == content


def test_nothing_is_written_outside_of_clean(tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    raw = tmp_path / "raw"
    raw.mkdir()
    names = ["../outside/a.txt", str(outside / "b.txt"), "a/../../outside/c.txt", "link/d.txt"]
    (raw / "a.zip").write_bytes(zipped([(name, MOJIBAKE.encode()) for name in names]))
    link = tarfile.TarInfo("link")
    link.type, link.linkname = tarfile.SYMTYPE, str(outside)
    (raw / "a.tar").write_bytes(tarred([(link, b""), *((name, MOJIBAKE.encode()) for name in names)]))
    summary = run(raw, tmp_path / "clean", RunOptions(Settings(stages=("encoding",))))
    assert summary.articles == 2
    assert len(summary.failures) == 6
    restore(tmp_path / "clean", tmp_path / "back")
    assert list(outside.iterdir()) == []
    assert {path.name for path in tmp_path.iterdir()} == {"outside", "raw", "clean", "back"}


def special(name, kind, link=""):
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, link
    return info


def test_links_devices_and_folders_of_tar_are_copied(round_trip):
    members = [
        (special("a.txt", tarfile.SYMTYPE, "/etc/passwd"), b""),
        (special("b.txt", tarfile.LNKTYPE, "one.txt"), b""),
        (special("c.txt", tarfile.CHRTYPE), b""),
        (special("d.txt", tarfile.FIFOTYPE), b""),
        (special("e.txt", tarfile.DIRTYPE), b""),
        ("one.txt", MOJIBAKE.encode()),
    ]
    trip = round_trip(tarred(members), "a.tar")
    assert (trip.texts, trip.faults) == ([REPAIRED], [])
    with tarfile.open(fileobj=io.BytesIO(trip.clean)) as archive:
        found = [(info.name, info.type, info.linkname) for info in archive]
    assert found[:2] == [("a.txt", tarfile.SYMTYPE, "/etc/passwd"), ("b.txt", tarfile.LNKTYPE, "one.txt")]


def test_a_link_in_zip_is_copied(round_trip):
    link = zipfile.ZipInfo("a.txt")
    link.create_system, link.external_attr = 3, 0o120777 << 16
    trip = round_trip(zipped([(link, "/etc/passwd"), ("one.txt", MOJIBAKE)]), "a.zip")
    assert (trip.texts, trip.faults) == ([REPAIRED], [])


@pytest.mark.parametrize("name", ["a.zip", "a.tar"])
def test_members_of_the_same_name(round_trip, name):
    trip = round_trip(packed(name, [("a.txt", MOJIBAKE.encode()), ("a.txt", b"Fine."), ("a.txt", b"Good.")]), name)
    assert [log.id for log in trip.logs] == [f"{name}#a.txt", f"{name}#a.txt [2]", f"{name}#a.txt [3]"]
    assert trip.texts == [REPAIRED, "Fine.", "Good."]


@pytest.mark.parametrize("form", [tarfile.PAX_FORMAT, tarfile.GNU_FORMAT, tarfile.USTAR_FORMAT])
def test_dialects_of_tar(round_trip, form):
    long = "a" * 90 + "/" + "é" * 40 + ".txt" if form != tarfile.USTAR_FORMAT else "a.txt"
    headers = {"comment": "as git archive has it"} if form == tarfile.PAX_FORMAT else None
    trip = round_trip(tarred([(long, MOJIBAKE.encode()), ("b.txt", b"Fine.")], form, headers), "a.tar")
    assert trip.texts == [REPAIRED, "Fine."]
    assert unpacked("a.tar", trip.clean) == [(long, REPAIRED.encode()), ("b.txt", b"Fine.")]


def test_a_size_in_a_pax_header_is_not_guessed(round_trip):
    info = tarfile.TarInfo("a.txt")
    info.pax_headers = {"size": str(len(MOJIBAKE.encode()))}
    trip = round_trip(tarred([(info, MOJIBAKE.encode()), ("b.txt", MOJIBAKE.encode())]), "a.tar")
    assert "size in a pax header" in trip.faults[0]
    assert trip.texts == [REPAIRED]


TAR = tarred([("a.txt", MOJIBAKE.encode()), ("b.txt", b"Fine.")])


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.zip", b"text", "not a sound ZIP"),
        ("a.zip", zipped([("photo.jpg", b"x"), (".a.txt", b"x")]), "contains no file of articles"),
        ("a.zip", zipped([]), "contains no file of articles"),
        ("a.tar", b"text" * 400, "not a sound tar"),
        ("a.tar", TAR[:1200], "not a sound tar|truncated"),
        ("a.tar", TAR[:2048], "truncated"),
        ("a.tar", TAR + TAR, "something else, perhaps another archive"),
        ("a.tar", TAR[:1024] + b"x" * 512 + TAR[1536:], "something else"),
        ("a.tar", tarred([("photo.jpg", b"x")]), "contains no file of articles"),
        ("a.tar.gz", gzip.compress(TAR, mtime=0)[:-20], "is truncated"),
        ("a.tar.gz", TAR, "cannot be decompressed"),
        ("a.tar.xz", lzma.compress(TAR)[:-20], "is truncated"),
        ("a.tar.xz", lzma.compress(TAR)[:-40] + b"x" * 40, "cannot be decompressed"),
        ("a.tar.zst", TAR, "cannot be decompressed"),
    ],
)
def test_an_archive_that_cannot_be_read(tmp_path, name, content, message):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(UnreadableError, match=message):
        list(format_of(path).read(path, Settings()))


def test_bombs(tmp_path, round_trip, monkeypatch):
    monkeypatch.setattr("clean_news.formats.containers.container.MIN_BOMB_BYTES", 1 << 20)
    monkeypatch.setattr("clean_news.formats.compression.MIN_BOMB_BYTES", 1 << 20)
    for name in ("a.zip", "a.tar.gz", "a.tar.xz"):
        path = tmp_path / name
        path.write_bytes(packed(name, [("a.txt", b" " * (8 << 20))]))
        with pytest.raises(UnreadableError, match="decompression bomb"):
            list(format_of(path).read(path, Settings()))
    for module in ("zip_container", "tar_container"):
        monkeypatch.setattr(f"clean_news.formats.containers.{module}.MAX_MEMBER_BYTES", 100)
    for name in ("a.zip", "a.tar"):
        trip = round_trip(packed(name, [("a.txt", os.urandom(200)), ("b.txt", MOJIBAKE.encode())]), name)
        assert trip.texts == [REPAIRED]
        assert "is larger than" in trip.faults[0]
    monkeypatch.setattr(tar_container, "MAX_ARCHIVE_BYTES", 100)
    with pytest.raises(UnreadableError, match="when it is decompressed"):
        list(tar_files.FORMAT.read(tmp_path / "a.tar.gz", Settings()))


def test_headers_and_directories_are_bounded(tmp_path, monkeypatch):
    long = tarfile.TarInfo("x")
    long.type = tarfile.XHDTYPE
    (tmp_path / "a.tar").write_bytes(tarred([(long, b"1" * (2 << 20)), ("a.txt", b"One.")]))
    nested = [special("x", tarfile.XHDTYPE) for _ in range(4_000)]
    (tmp_path / "b.tar").write_bytes(tarred([*((each, b"") for each in nested), ("a.txt", b"One.")]))
    (tmp_path / "a.zip").write_bytes(zipped([("a.txt", b"One.")]))
    monkeypatch.setattr(zip_container, "MAX_DIRECTORY_BYTES", 20)
    for name, message in (
        ("a.tar", "a header is too long"),
        ("b.tar", "not a sound tar"),
        ("a.zip", "too long a directory"),
    ):
        with pytest.raises(UnreadableError, match=message):
            list(format_of(tmp_path / name).read(tmp_path / name, Settings()))


def test_an_article_that_is_too_large_costs_only_itself(round_trip):
    members = [("a.txt", b"a" * (2 << 20)), ("b.txt", MOJIBAKE.encode())]
    trip = round_trip(zipped(members), "a.zip", max_megabytes=1)
    assert "a.txt: is larger than 1 MB" in trip.faults[0]
    assert trip.texts == [REPAIRED]


def test_several_streams_of_xz():
    middle = len(TAR) // 2
    raw = lzma.compress(TAR[:middle]) + b"\0" * 8 + lzma.compress(TAR[middle:])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "a.tar.xz")
        path.write_bytes(raw)
        assert [row.name for row in tar_files.FORMAT.read(path, Settings())] == ["a.txt", "b.txt"]


def test_an_archive_that_was_changed_while_it_was_cleaned(tmp_path):
    path = tmp_path / "a.zip"
    path.write_bytes(zipped([("a.txt", b"One.")]))
    from clean_news.batch.row_cleaning import Origin, clean_rows
    from clean_news.cleaner import Cleaner

    cleaner = Cleaner(Settings(stages=("encoding",)))
    rows = list(clean_rows(zip_files.FORMAT.read(path, cleaner.settings), cleaner, Origin("a.zip", "a.zip")))
    path.write_bytes(zipped([("a.txt", b"Two.")]))
    with pytest.raises(UnreadableError, match="changed while it was being cleaned"):
        zip_files.FORMAT.write((row for row, _ in rows), path, io.BytesIO(), io.BytesIO())


NAMES = st.sampled_from(
    ["a.txt", "b/a.txt", "../x.txt", "a.jsonl", "é.md", "a.csv", "photo.jpg", "a.json", "f/", "a.rss"]
)
CONTENTS = st.one_of(
    st.sampled_from(list(ARTICLES.values())),
    st.binary(max_size=40),
    st.text('aâ€™ \n{}",:<>[]textid', max_size=60).map(str.encode),
)


@hypothesis_settings(max_examples=200 if os.environ.get("CLEAN_NEWS_FULL") else 25, deadline=None)
@given(st.lists(st.tuples(NAMES, CONTENTS), min_size=1, max_size=6), st.sampled_from(["a.zip", "a.tar"]))
def test_any_members_are_restored(repairing, cleaned_file, members, name):
    with tempfile.TemporaryDirectory() as folder:
        raw = Path(folder, name)
        raw.write_bytes(packed(name, [*members, ("one.txt", MOJIBAKE.encode())]))
        trip = cleaned_file(raw, Path(folder, "clean"), repairing)
    found = unpacked(name, trip.clean)
    assert [each.rstrip("/") for each, _ in found] == [*(each.rstrip("/") for each, _ in members), "one.txt"]
    assert found[-1][1] == REPAIRED.encode()


def test_damage_is_found(tmp_path, repairing, cleaned_file):
    rng = random.Random(19)
    for name in ("a.zip", "a.tar"):
        content = packed(name, list(ARTICLES.items()))
        for _ in range(100 if os.environ.get("CLEAN_NEWS_FULL") else 6):
            damaged = bytearray(content)
            for _ in range(rng.randint(1, 20)):
                damaged[rng.randrange(len(damaged))] = rng.randrange(256)
            (tmp_path / name).write_bytes(damaged)
            try:
                cleaned_file(tmp_path / name, tmp_path / "clean", repairing)
            except UnreadableError as error:
                assert str(error)  # noqa: PT017  # either will do


@pytest.mark.parametrize("name", ["a.zip", "a.tar"])
def test_a_clean_archive_or_a_log_that_was_changed(round_trip, name):
    trip = round_trip(packed(name, [("photo.jpg", b"x" * 9), *ARTICLES.items()]), name)
    form, logs = format_of(trip.path), trip.log_path.read_bytes()
    members = dict(unpacked(name, trip.clean))

    def restored():
        form.restore(trip.path, trip.log_path, io.BytesIO())

    def rewritten(**changes):
        trip.path.write_bytes(packed(name, [*{**members, **changes}.items()]))

    rewritten(**{"a/one.txt": b"By hand."})
    texts = [text for text, _ in form.read_clean(trip.path, trip.log_path)]
    assert (texts[0], texts[2]) == ("By hand.", "Fine.")
    with pytest.raises(TextChangedError, match=r"a/one\.txt"):
        restored()
    rewritten(**{"photo.jpg": b"other"})
    with pytest.raises(TextChangedError, match="packed again, or a member"):
        restored()
    rewritten(**{"lines.jsonl": b"{}\n"})
    found = list(form.read_clean(trip.path, trip.log_path))
    assert len(found) == len(trip.logs)
    assert [isinstance(log, LogError) for _, log in found].count(True) == 2, "the others are read"
    assert all("clean-news-" not in str(log) for _, log in found if isinstance(log, LogError)), "no temporary names"
    rewritten(**{"feed.xml": b"<mets/>"})
    assert [isinstance(log, LogError) for _, log in form.read_clean(trip.path, trip.log_path)].count(True) == 1
    trip.path.write_bytes(trip.clean)
    lines = logs.splitlines(keepends=True)
    for changed in (
        lines[:-1],
        lines[1:],
        lines[::-1],
        [*lines, lines[-1]],
        [b"{\n", *lines[1:]],
        [lines[0], b"\n", *lines[2:]],
    ):
        trip.log_path.write_bytes(b"".join(changed))
        with pytest.raises(LogError):
            restored()
    trip.log_path.write_bytes(logs)
    restored()


def test_names():
    assert all(format_of(Path(name)) is tar_files.FORMAT for name in TARS)
    assert format_of(Path("a.ZIP")) is zip_files.FORMAT
