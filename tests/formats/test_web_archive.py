"""Web archives: pages and texts become conversions, other records are preserved, damage and bombs are contained."""

import base64
import gzip
import hashlib
import io
import os
import re
import subprocess
import sys

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clean_news.batch.row_cleaning import Origin, clean_rows
from clean_news.change_log import LogError, TextChangedError
from clean_news.cleaner import Cleaner
from clean_news.formats import UnreadableError, format_of, web_archive
from clean_news.settings import Settings

warc = pytest.importorskip("fastwarc.warc")
pytest.importorskip("trafilatura")

SETTINGS = Settings(stages=("encoding", "characters", "layout"))
PARAGRAPHS = [
    "The harbour board met on Tuesday and decided that the old ferry stays where it is for another year.",
    "The café on the quay, which lost £5,000 last winter, will open again in May and stay open until autumn.",
]
BODY = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
PAGE = f"<html><head><title>Ferry</title></head><body><article>{BODY}</article></body></html>"


def record(kind, block, uri="", media_type="", digest=False, **headers):
    number = f"<urn:uuid:{hashlib.md5(block + kind.encode()).hexdigest()}>"
    said = {"WARC-Type": kind, "WARC-Target-URI": uri, "WARC-Date": "2026-03-01T10:00:00Z", "WARC-Record-ID": number}
    if digest:
        said["WARC-Block-Digest"] = "sha1:" + base64.b32encode(hashlib.sha1(block).digest()).decode()
    said |= {"Content-Type": media_type, **{name.replace("_", "-"): value for name, value in headers.items()}}
    head = "".join(f"{name}: {value}\r\n" for name, value in said.items() if value)
    return f"WARC/1.0\r\n{head}Content-Length: {len(block)}\r\n\r\n".encode() + block + b"\r\n\r\n"


def response(body, media_type="text/html; charset=utf-8", status="200 OK", uri="https://example.org/a", **headers):
    more = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    block = f"HTTP/1.1 {status}\r\nContent-Type: {media_type}\r\n{more}\r\n".encode() + body
    return record("response", block, uri, "application/http; msgtype=response")


INFO = record("warcinfo", b"software: a crawler\r\n", media_type="application/warc-fields")
ASKED = record("request", b"GET / HTTP/1.1\r\n\r\n", "https://example.org/a", "application/http; msgtype=request")
OTHERS = [
    ASKED,
    response(b"\x89PNG\r\n\x1a\n", "image/png"),
    response(b"<p>gone</p>", status="404 Not Found"),
    response(b"<p>moved</p>", status="301 Moved"),
    record("metadata", b"fetchTimeMs: 5\r\n", media_type="application/warc-fields"),
    record("revisit", b"HTTP/1.1 200 OK\r\n\r\n", "https://example.org/b", "application/http; msgtype=response"),
    record("resource", b"\0\1", "https://example.org/c", "image/png"),
    record("response", b"example.org. A", "dns:example.org", "text/dns"),
    record("klingon", b"?"),
    record("response", b"x" * (1 << 17), "https://example.org/d", "application/http; msgtype=response"),  # no HTTP
    record("metadata", b"", "https://example.org/\u00e9"),
]
WET = [
    INFO,
    record(
        "conversion", "The cafÃ© on the quay closed.\n".encode(), "https://example.org/1", "text/plain", digest=True
    ),
    record(
        "conversion",
        "  Two boats\u200b left.".encode(),
        "https://example.org/2",
        "text/plain",
        WARC_Refers_To="<urn:x>",
    ),
    record("conversion", b"", "https://example.org/3", "text/plain"),
    record(
        "conversion",
        b"Sold at \xa35.",
        "https://example.org/4",
        "text/plain; charset=iso-8859-1",
        digest=True,
        WARC_Payload_Digest="sha1:X",
    ),
]


def cleaned(data, folder, name="raw.warc", cleaner=None):
    raw, clean = folder / name, folder / f"clean-{name}"
    logs = clean.with_name(clean.name + web_archive.LOG_SUFFIX)
    raw.write_bytes(data)
    cleaner = cleaner or Cleaner(SETTINGS)
    rows = (row for row, _ in clean_rows(web_archive.read(raw, cleaner.settings), cleaner, Origin(name, str(raw))))
    with clean.open("wb") as target, logs.open("wb") as log_target:
        web_archive.write(rows, raw, target, log_target)
    return clean, logs


def restored(clean, logs):
    target = io.BytesIO()
    web_archive.restore(clean, logs, target)
    return target.getvalue()


def found_in(path):
    """Type, headers and block of each record; fastwarc and warcio must agree."""
    with path.open("rb") as file:
        found = [
            (each.headers.get("WARC-Type"), each.headers.to_dict(), each.reader.read())
            for each in warc.ArchiveIterator(file, parse_http=False)
            if "WARC-Block-Digest" not in each.headers or each.verify_block_digest()
        ]
    warcio = pytest.importorskip("warcio.archiveiterator")
    with path.open("rb") as file:
        assert [each.raw_stream.read() for each in warcio.ArchiveIterator(file, no_record_parse=True)] == [
            block for _, _, block in found
        ]
    return found


@pytest.mark.parametrize("cleaner", [Cleaner(SETTINGS), Cleaner()], ids=["some stages", "all stages"])
@pytest.mark.parametrize("name", ["raw.warc", "raw.warc.gz"])
def test_a_page_becomes_a_conversion(tmp_path, name, cleaner):
    data = [INFO, ASKED, response(PAGE.replace("é", "Ã©").encode())]
    pack = gzip.compress if name.endswith("gz") else bytes
    clean, logs = cleaned(b"".join(map(pack, data)), tmp_path, name, cleaner)
    assert format_of(clean) is web_archive
    found = found_in(clean)
    assert [kind for kind, *_ in found] == ["warcinfo", "request", "conversion"]
    headers = found[2][1]
    assert found[2][2].decode() == "\n\n".join(PARAGRAPHS)
    assert headers["Content-Type"] == "text/plain; charset=utf-8"
    assert headers["WARC-Target-URI"] == "https://example.org/a"
    assert headers["WARC-Refers-To"] == re.search(rb"<urn[^>]*>", data[2])[0].decode() != headers["WARC-Record-ID"]
    texts = list(web_archive.read_clean(clean, logs))
    assert [text for text, _ in texts] == ["", "", "\n\n".join(PARAGRAPHS)]
    assert texts[2][1].id == f"{name}#https://example.org/a"
    assert texts[2][1].carrier["page"]["title"] == "Ferry"
    back = restored(clean, logs)
    assert (gzip.decompress(back) if name.endswith("gz") else back) == b"".join(data)


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_a_wet_round_trips_byte_for_byte(tmp_path, pack):
    clean, logs = cleaned(b"".join(map(pack, WET)), tmp_path, "raw.wet")
    blocks = [block.decode() for _, _, block in found_in(clean)]
    assert blocks[1:] == ["The café on the quay closed.\n", "Two boats left.", "", "Sold at £5."]
    back = restored(clean, logs)
    assert (gzip.decompress(back) if pack is gzip.compress else back) == b"".join(WET)


def test_other_records_are_preserved(tmp_path):
    clean, logs = cleaned(b"".join(OTHERS), tmp_path)
    assert clean.read_bytes() == b"".join(OTHERS) == restored(clean, logs)
    assert [(text, log.note) for text, log in web_archive.read_clean(clean, logs)] == [("", "")] * len(OTHERS)


def test_a_page_without_text_is_kept_and_reported(tmp_path):
    empty = response(b"<html><body></body></html>")
    clean, logs = cleaned(empty + WET[1], tmp_path)
    assert clean.read_bytes().startswith(empty)
    assert "no main text" in next(web_archive.read_clean(clean, logs))[1].note


def test_charsets_and_content_encodings(tmp_path):
    western = PAGE.encode("cp1252")
    compressed = gzip.compress(PAGE.encode())
    chunked = b"%x\r\n%s\r\n0\r\n\r\n" % (len(compressed), compressed)
    data = [
        response(western, "text/html; charset=windows-1252"),
        response(western, 'TEXT/HTML; Charset="ISO-8859-1"'),
        response(compressed, Content_Encoding="gzip"),
        response(chunked, Content_Encoding="gzip", Transfer_Encoding="chunked"),
        response(PAGE.encode(), Content_Encoding="gzip"),  # decoded body, but the header was left
        response(PAGE.encode(), Transfer_Encoding="chunked"),
        response("\n\n".join(PARAGRAPHS).encode("cp1252"), "text/plain; charset=windows-1252"),
        record("resource", "\n\n".join(PARAGRAPHS).encode("utf-16"), "file:///a", "text/plain"),
        record("resource", PAGE.encode(), "file:///b", "text/html"),
    ]
    clean, logs = cleaned(b"".join(data), tmp_path)
    assert [text for text, _ in web_archive.read_clean(clean, logs)] == ["\n\n".join(PARAGRAPHS)] * len(data)
    assert {kind for kind, *_ in found_in(clean)} == {"conversion"}
    restored(clean, logs)


def test_cleaning_is_deterministic(tmp_path):
    data = b"".join(map(gzip.compress, [INFO, response(PAGE.encode()), *WET]))
    first = [path.read_bytes() for path in cleaned(data, tmp_path, "raw.warc.gz")]
    assert first == [path.read_bytes() for path in cleaned(data, tmp_path, "raw.warc.gz")]
    members = first[0].count(b"\x1f\x8b\x08\x00\0\0\0\0")
    assert members == 7


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_a_truncated_archive_is_reported_after_its_complete_rows(tmp_path, pack):
    whole = b"".join(map(pack, [*WET[:2], record("conversion", os.urandom(500).hex().encode(), "x:", "text/plain")]))
    first_two = len(b"".join(map(pack, WET[:2])))
    for end in (first_two + 5, first_two + 100, len(whole) - 60):
        (tmp_path / "a.warc").write_bytes(whole[:end])
        rows = web_archive.read(tmp_path / "a.warc", SETTINGS)
        assert [next(rows).article, next(rows).name] == [None, "https://example.org/1"]
        with pytest.raises(UnreadableError, match="truncated at record 3"):
            next(rows)


@pytest.mark.parametrize(
    "data",
    [
        b"hello world\r\n" * 20,
        gzip.compress(b"hello", mtime=0),
        INFO + b"garbage\r\n\r\n" + WET[1],
        INFO.replace(b"Length: 21", b"Length: -1"),
    ],
)
def test_files_that_are_not_archives_are_reported(tmp_path, data):
    (tmp_path / "a.warc").write_bytes(data)
    with pytest.raises(UnreadableError, match="damaged"):
        list(web_archive.read(tmp_path / "a.warc", SETTINGS))


def test_decompression_bombs_are_kept_with_a_fault(tmp_path):
    cleaner = Cleaner(Settings(stages=SETTINGS.stages, max_megabytes=1))
    large = b"a " * (1 << 20)
    data = [
        record("conversion", large, "x:1"),
        response(gzip.compress(large), Content_Encoding="gzip", uri="x:2"),
        WET[1],
    ]
    clean, logs = cleaned(b"".join(map(gzip.compress, data)), tmp_path, "raw.warc.gz", cleaner)
    notes = [log.note for _, log in web_archive.read_clean(clean, logs)]
    assert ["larger than 1 MB" in note for note in notes] == [True, True, False]
    assert gzip.decompress(clean.read_bytes()).startswith(b"".join(data[:2]))


def test_edited_clean_files_are_rejected(tmp_path):
    clean, logs = cleaned(b"".join(WET), tmp_path)
    lines, whole = logs.read_bytes().splitlines(keepends=True), clean.read_bytes()
    logs.write_bytes(b"".join(lines[:-1]))
    with pytest.raises(LogError, match="belong together"):
        restored(clean, logs)
    logs.write_bytes(b"".join(lines))
    for changed in (whole.replace(b"quay", b"dock"), whole[:-12], b"", b"gone" * 9):
        clean.write_bytes(changed)
        with pytest.raises(LogError):
            restored(clean, logs)
    clean.write_bytes(whole.replace(b"quay", b"dock"))
    with pytest.raises(TextChangedError):
        restored(clean, logs)


@given(
    st.lists(st.binary(max_size=200) | st.text(st.characters(exclude_categories=["Cs"])).map(str.encode), max_size=5)
)
@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_wet_round_trips(tmp_path, blocks):
    data = b"".join(record("conversion", block, f"x:{number}", "text/plain") for number, block in enumerate(blocks))
    assert restored(*cleaned(data, tmp_path)) == data


@given(st.binary(max_size=300), st.sampled_from(["text/html", "text/plain", "image/gif", ""]))
@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_response_has_a_record_and_a_log(tmp_path, body, media_type):
    data = record("response", body, "x:1", "application/http") + response(body, media_type) + INFO
    clean, logs = cleaned(data, tmp_path)
    assert len(list(web_archive.read_clean(clean, logs))) == 3
    assert restored(clean, logs) == data


MEASURED = """
import resource, sys
from pathlib import Path
from clean_news.formats import CleanRow, web_archive
from clean_news.settings import Settings
raw = Path(sys.argv[1])
list(zip(range(3), web_archive.read(raw, Settings())))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
rows = (CleanRow(row, "a text" * bool(row.article), b"{}\\n") for row in web_archive.read(raw, Settings()))
with open(raw.with_suffix(".clean"), "wb") as clean, open(raw.with_suffix(".log"), "wb") as logs:
    web_archive.write(rows, raw, clean, logs)
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) >> 10)
"""


@pytest.mark.parametrize(
    "megabytes", [40, pytest.param(200, marks=pytest.mark.full), pytest.param(1000, marks=pytest.mark.full)]
)
def test_memory_use_is_bounded(tmp_path, megabytes):
    with (tmp_path / "big.warc").open("wb") as file:
        for number in range(megabytes):
            file.write(record("conversion", os.urandom(1 << 19).hex().encode(), f"x:{number}", "text/plain"))
        file.write(record("metadata", b"x" * (megabytes << 20), "x:large"))  # streamed, not held
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, tmp_path / "big.warc"], capture_output=True, text=True, check=True
    )
    assert int(done.stdout) < 40, done.stdout
