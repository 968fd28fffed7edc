"""ARC archives: pages and texts are cleaned, other records and every raw byte are preserved, damage is contained."""

import base64
import gzip
import io
import json
import os
import subprocess
import sys
import zlib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clean_news.batch.row_cleaning import Origin, clean_rows
from clean_news.batch.run import run
from clean_news.batch.run_options import RunOptions
from clean_news.batch.verification import verify
from clean_news.change_log import LogError, TextChangedError
from clean_news.cleaner import Cleaner
from clean_news.formats import UnreadableError, arc_archive, format_of
from clean_news.settings import Settings

pytest.importorskip("fastwarc")
pytest.importorskip("trafilatura")

SETTINGS = Settings(stages=("encoding", "characters", "layout"))
PARAGRAPHS = [
    "The harbour board met on Tuesday and decided that the old ferry stays where it is for another year.",
    "The café on the quay, which lost £5,000 last winter, will open again in May and stay open until autumn.",
]
TEXT = "\n\n".join(PARAGRAPHS)
BODY = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
PAGE = f"<html><head><title>Ferry</title></head><body><article>{BODY}</article></body></html>"


def record(url, block, media_type="text/html", gap=b"\n", ip="192.0.2.7", end=b"\n"):
    return f"{url} {ip} 20040131235959 {media_type} {len(block)}".encode() + end + block + gap


def answer(body, media_type="text/html; charset=utf-8", status="200 OK", more=""):
    head = f"HTTP/1.1 {status}\r\n" + (f"Content-Type: {media_type}\r\n" if media_type else "") + more
    return head.encode() + b"\r\n" + body


def description(version="1 1 InternetArchive", gap=b"\n"):
    block = f"{version}\nURL IP-address Archive-date Content-type Archive-length\n<arcmetadata/>\n".encode()
    return record("filedesc://crawl.arc", block, "text/plain", gap, "0.0.0.0")


INFO = description()
OTHERS = [
    record("dns:news.example", b"20040131235959\nnews.example. 86400 IN A 192.0.2.7\n", "text/dns"),
    record("http://news.example/a.png", answer(b"\x89PNG\r\n\x1a\n", "image/png"), "image/png"),
    record("http://news.example/gone", answer(b"<p>gone</p>", status="404 Not Found")),
    record("http://news.example/bare", b"<p>no headers</p>"),
    record("http://news.example/none", b"", "no-type"),
    record("ftp://news.example/data", b"\0\1", "application/octet-stream"),
    record("http://news.example/caf\u00e9", answer(b"moved", status="302 Found"), "text/html; charset=utf-8"),
]


def page(number, text=PAGE, **more):
    return record(f"http://news.example/{number}", answer(text.encode()), **more)


def cleaned(data, folder, name="raw.arc", cleaner=None):
    raw, clean = folder / name, folder / f"clean-{name}"
    logs = clean.with_name(clean.name + arc_archive.LOG_SUFFIX)
    raw.write_bytes(data)
    cleaner = cleaner or Cleaner(SETTINGS)
    rows = (row for row, _ in clean_rows(arc_archive.read(raw, cleaner.settings), cleaner, Origin(name, str(raw))))
    with clean.open("wb") as target, logs.open("wb") as log_target:
        arc_archive.write(rows, raw, target, log_target)
    return clean, logs


def restored(clean, logs):
    target = io.BytesIO()
    arc_archive.restore(clean, logs, target)
    return target.getvalue()


def read_by_others(path):
    """URL, media type of the server and body of each record, as warcio reads them."""
    iterator = pytest.importorskip("warcio.archiveiterator").ArchiveIterator
    found = []
    with path.open("rb") as file:
        for each in iterator(file):
            sent = each.http_headers.get_header("Content-Type") if each.http_headers else None
            found.append((each.rec_headers.get_header("uri"), sent, each.content_stream().read()))
    return found


@pytest.mark.parametrize("cleaner", [Cleaner(SETTINGS), Cleaner()], ids=["some stages", "all stages"])
@pytest.mark.parametrize("name", ["raw.arc", "raw.arc.gz"])
def test_a_page_becomes_a_text_at_the_same_address(tmp_path, name, cleaner):
    data = [INFO, OTHERS[0], page("a", PAGE.replace("é", "Ã©")), page("b")]
    pack = gzip.compress if name.endswith("gz") else bytes
    clean, logs = cleaned(b"".join(map(pack, data)), tmp_path, name, cleaner)
    assert format_of(clean) is arc_archive
    found = read_by_others(clean)
    assert [url for url, _, _ in found[1:]] == ["dns:news.example", "http://news.example/a", "http://news.example/b"]
    assert found[2][1:] == found[3][1:] == ("text/plain; charset=utf-8", TEXT.encode())
    content = gzip.decompress(clean.read_bytes()) if name.endswith("gz") else clean.read_bytes()
    assert content.startswith(INFO + OTHERS[0] + b"http://news.example/a 192.0.2.7 20040131235959 text/plain ")
    texts = list(arc_archive.read_clean(clean, logs))
    assert [text for text, _ in texts] == ["", "", TEXT, TEXT]
    assert texts[2][1].id == f"{name}#http://news.example/a"
    assert texts[2][1].carrier["page"]["title"] == "Ferry"
    back = restored(clean, logs)
    assert (gzip.decompress(back) if name.endswith("gz") else back) == b"".join(data)


def test_a_clean_archive_is_one_that_can_be_cleaned(tmp_path):
    clean, _ = cleaned(INFO + page("a"), tmp_path)
    again, logs = cleaned(clean.read_bytes(), tmp_path, "again.arc")
    assert again.read_bytes() == clean.read_bytes() == restored(again, logs)
    assert [text for text, _ in arc_archive.read_clean(again, logs)] == ["", TEXT]


def test_other_records_are_preserved(tmp_path):
    data = INFO + b"".join(OTHERS)
    clean, logs = cleaned(data, tmp_path)
    assert clean.read_bytes() == data == restored(clean, logs)
    assert [(text, log.note) for text, log in arc_archive.read_clean(clean, logs)] == [("", "")] * (len(OTHERS) + 1)


def test_whatever_lies_between_records_comes_back(tmp_path):
    gaps = [b"\n", b"", b"\n\n\n", b"\r\n", b"\n\r\n", b"\n" * 1000, b""]
    data = b"".join(page(number, gap=gap, end=b"\r\n" if number % 2 else b"\n") for number, gap in enumerate(gaps))
    clean, logs = cleaned(description(gap=b"\n\n") + data, tmp_path)
    assert restored(clean, logs) == description(gap=b"\n\n") + data
    assert [text for text, _ in arc_archive.read_clean(clean, logs)][1:] == [TEXT] * len(gaps)


def test_charsets_addresses_and_media_types(tmp_path):
    western = PAGE.encode("cp1252")
    packed = gzip.compress(PAGE.encode())
    data = [
        record("http://news.example/1", answer(western, "text/html; charset=windows-1252")),
        record("http://news.example/2", answer(packed, more="Content-Encoding: gzip\r\n")),
        record("http://news.example/3", answer(PAGE.encode(), "", more="Server: x\r\n")),  # the archive says what it is
        record("HTTP://news.example/a b c", answer(PAGE.encode()), "text/html; charset=utf-8"),
        record("http://[2001:db8::7]/5", answer(PAGE.encode()), ip="2001:db8::7"),
        record("http://news.example/6", answer(TEXT.encode("cp1252"), "text/plain; charset=windows-1252")),
        record("ftp://news.example/7", TEXT.encode("utf-16"), "text/plain"),
        record("file:///8", PAGE.encode(), "text/html"),
    ]
    clean, logs = cleaned(INFO + b"".join(data), tmp_path)
    found = list(arc_archive.read_clean(clean, logs))[1:]
    assert [text for text, _ in found] == [TEXT] * len(data)
    assert found[3][1].id == "raw.arc#HTTP://news.example/a b c"
    assert restored(clean, logs) == INFO + b"".join(data)


def test_cleaning_is_deterministic_with_a_member_for_each_record(tmp_path):
    data = b"".join(map(gzip.compress, [INFO, page("a"), *OTHERS]))
    first = [path.read_bytes() for path in cleaned(data, tmp_path, "raw.arc.gz")]
    assert first == [path.read_bytes() for path in cleaned(data, tmp_path, "raw.arc.gz")]
    assert first[0].count(b"\x1f\x8b\x08\x00\0\0\0\0") == 2 + len(OTHERS)


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_a_truncated_archive_is_reported_after_its_complete_rows(tmp_path, pack):
    last = record("http://news.example/b", answer(os.urandom(500).hex().encode(), "text/plain"))
    whole = b"".join(map(pack, [INFO, page("a"), last]))
    first_two = len(b"".join(map(pack, [INFO, page("a")])))
    for end in (first_two + 15, first_two + 100, len(whole) - 60):
        (tmp_path / "a.arc").write_bytes(whole[:end])
        rows = arc_archive.read(tmp_path / "a.arc", SETTINGS)
        assert [next(rows).article, next(rows).article] == [None, TEXT]
        with pytest.raises(UnreadableError, match="truncated at record 3"):
            next(rows)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "it is empty"),
        (b"hello world\n" * 20, "does not begin with a URL"),
        (gzip.compress(b"hello", mtime=0), "has no end"),
        (page("a"), "does not begin with filedesc"),
        (INFO + b"garbage\n\n" + page("a"), "record 2"),
        (INFO.replace(b"text/plain 9", b"text/plain -9"), "does not begin with a URL"),
        (INFO + b"http://a.example/ 0.0.0.0 20040131235959 text/html " + b"9" * 5000 + b"\n", "record 2"),
        (INFO + b"http://a.example/" + b"a" * 100_000 + b" 0.0.0.0 20040131235959 text/html 0\n", "has no end"),
        (INFO + b"\n" * 5000 + page("a"), "empty lines"),
        (description("2 0 Alexa Internet"), "not an ARC archive of version 1"),
        (b"WARC/1.0\r\nWARC-Type: warcinfo\r\n\r\n", "does not begin with a URL"),
    ],
)
def test_files_that_are_not_archives_are_reported(tmp_path, data, why):
    (tmp_path / "a.arc").write_bytes(data)
    with pytest.raises(UnreadableError, match=why):
        list(arc_archive.read(tmp_path / "a.arc", SETTINGS))


def test_decompression_bombs_are_kept_with_a_fault(tmp_path):
    cleaner = Cleaner(Settings(stages=SETTINGS.stages, max_megabytes=1))
    large = b"a " * (1 << 20)
    data = [
        INFO,
        record("http://news.example/1", answer(large, "text/plain")),
        record("http://news.example/2", answer(gzip.compress(large), more="Content-Encoding: gzip\r\n")),
        page("a"),
    ]
    clean, logs = cleaned(b"".join(map(gzip.compress, data)), tmp_path, "raw.arc.gz", cleaner)
    notes = [log.note for _, log in arc_archive.read_clean(clean, logs)]
    assert ["larger than 1 MB" in note for note in notes] == [False, True, True, False]
    assert gzip.decompress(clean.read_bytes()).startswith(b"".join(data[:3]))
    assert gzip.decompress(restored(clean, logs)) == b"".join(data)


def test_edited_clean_files_are_rejected(tmp_path):
    clean, logs = cleaned(INFO + page("a") + page("b"), tmp_path)
    lines, whole = logs.read_bytes().splitlines(keepends=True), clean.read_bytes()
    logs.write_bytes(b"".join(lines[:-1]))
    with pytest.raises(LogError, match="belong together"):
        restored(clean, logs)
    logs.write_bytes(b"".join(lines))
    for changed in (whole.replace(b"quay", b"dock"), whole[:-12], b"", b"gone" * 9, whole + b"\n" * 2000):
        clean.write_bytes(changed)
        with pytest.raises(LogError):
            restored(clean, logs)
    clean.write_bytes(whole.replace(b"quay", b"dock"))
    with pytest.raises(TextChangedError):
        restored(clean, logs)


@pytest.mark.parametrize(
    "kept",
    [7, {}, {"zlib": "!"}, {"zlib": base64.b64encode(zlib.compress(b"another")).decode(), "sha256": "0" * 64}, "bomb"],
)
def test_a_damaged_record_in_the_log_is_reported(tmp_path, kept):
    if kept == "bomb":
        kept = {"zlib": base64.b64encode(zlib.compress(bytes(80 << 20), 9)).decode(), "sha256": "0" * 64}
    clean, logs = cleaned(INFO + page("a"), tmp_path)
    lines = logs.read_bytes().splitlines(keepends=True)
    log = json.loads(lines[1])
    log["carrier"]["raw"] = kept
    logs.write_bytes(lines[0] + json.dumps(log).encode() + b"\n")
    with pytest.raises(LogError, match="record 2"):
        restored(clean, logs)


def test_a_record_that_its_log_does_not_keep_becomes_its_text(tmp_path):
    clean, logs = cleaned(INFO + page("a", gap=b"\n\n") + OTHERS[0], tmp_path)
    lines = logs.read_bytes().splitlines(keepends=True)
    log = json.loads(lines[1])
    del log["carrier"]["raw"]  # as of a page over 64 MB
    logs.write_bytes(lines[0] + json.dumps(log).encode() + b"\n" + lines[2])
    assert restored(clean, logs) == clean.read_bytes()


def test_run_rerun_verify_and_revert(tmp_path):
    raw, clean = tmp_path / "raw", tmp_path / "clean"
    raw.mkdir()
    data = INFO + page("a", PAGE.replace("é", "Ã©")) + page("b") + b"".join(OTHERS)
    (raw / "a.arc").write_bytes(data)
    (raw / "b.ARC.gz").write_bytes(gzip.compress(data))
    options = RunOptions(Settings(jobs=1))
    assert (run(raw, clean, options).cleaned, run(raw, clean, options).unchanged) == (2, 2)
    assert verify(clean, raw, options.settings).findings == []
    for name in ("a.arc", "b.ARC.gz"):
        back = tmp_path / name
        with back.open("wb") as target:
            arc_archive.restore(clean / name, clean / f"{name}.changes.jsonl", target)
        found = back.read_bytes()
        assert (gzip.decompress(found) if name.endswith("gz") else found) == data
    (raw / "a.arc").write_bytes(data.replace(b"192.0.2.7", b"192.0.2.8"))  # beside the texts
    again = run(raw, clean, options)
    assert (again.cleaned, again.unchanged) == (1, 1)
    assert b"192.0.2.8" in (clean / "a.arc").read_bytes()


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["http://x/", "ftp://x/", "dns:x", "https://x/a b"]),
            st.sampled_from(["text/plain", "text/html", "image/gif", "", "text/html; charset=x"]),
            st.binary(max_size=200)
            | st.text(st.characters(exclude_categories=["Cs"])).map(str.encode)
            | st.binary(max_size=200).map(lambda body: answer(body, "text/plain")),
            st.text("\r\n", max_size=4).map(str.encode),
        ),
        max_size=5,
    )
)
@settings(deadline=None, max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_archive_round_trips(tmp_path, parts):
    data = INFO + b"".join(record(url, block, kind, gap) for url, kind, block, gap in parts)
    clean, logs = cleaned(data, tmp_path)
    assert len(list(arc_archive.read_clean(clean, logs))) == len(parts) + 1
    assert restored(clean, logs) == data


MEASURED = """
import resource, sys
from pathlib import Path
from clean_news.formats import CleanRow, arc_archive
from clean_news.settings import Settings
raw = Path(sys.argv[1])
list(zip(range(3), arc_archive.read(raw, Settings())))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
rows = (CleanRow(row, "a text" * bool(row.article), b"{}\\n") for row in arc_archive.read(raw, Settings()))
with open(raw.with_suffix(".clean"), "wb") as clean, open(raw.with_suffix(".log"), "wb") as logs:
    arc_archive.write(rows, raw, clean, logs)
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) >> 10)
"""


@pytest.mark.parametrize("megabytes", [40, pytest.param(1000, marks=pytest.mark.full)])
def test_memory_use_is_bounded(tmp_path, megabytes):
    with (tmp_path / "big.arc").open("wb") as file:
        file.write(INFO)
        for number in range(megabytes):
            file.write(record(f"ftp://x/{number}", os.urandom(1 << 19).hex().encode(), "text/plain"))
        file.write(record("ftp://x/large", b"x" * (megabytes << 20), "image/png"))  # streamed, not held
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, tmp_path / "big.arc"], capture_output=True, text=True, check=True
    )
    assert int(done.stdout) < 40, done.stdout
