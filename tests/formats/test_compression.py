"""Compressed files: read to the end or to a clear error, always with little memory."""

import gzip
import io
import tracemalloc

import pytest

from clean_news.formats import UnreadableError, compression
from clean_news.formats.compression import compressing, open_decompressed

zstandard = pytest.importorskip("zstandard")

LINES = b"".join(b"The harbour reopened on day %d of the month.\n" % day for day in range(20_000))
COMPRESSED = ["a.gz", "a.zst"]
NAMES = ["a.jsonl", *COMPRESSED]


def compress(data, name):
    target = io.BytesIO()
    with compressing(target, name) as archive:
        archive.write(data)
    return target.getvalue()


def decompress(path, guarded=True):
    """The lines that can be read, and the error at the end."""
    lines = []
    with open_decompressed(path, guarded=guarded) as file:
        try:
            for line in file:
                lines.append(line)  # noqa: PERF402  # those before the error count
        except UnreadableError as error:
            return b"".join(lines), str(error)
    return b"".join(lines), ""


def exhaust(file):
    while file.readline(1 << 20):
        pass


@pytest.mark.parametrize("name", NAMES)
def test_round_trip(tmp_path, name):
    (tmp_path / name).write_bytes(compress(LINES, name))
    assert decompress(tmp_path / name) == (LINES, "")


@pytest.mark.parametrize("name", NAMES)
def test_an_empty_file_has_no_lines(tmp_path, name):
    (tmp_path / name).touch()
    assert decompress(tmp_path / name) == (b"", "")


@pytest.mark.parametrize("name", COMPRESSED)
def test_compression_is_deterministic(name, monkeypatch):
    before = compress(LINES, name)
    monkeypatch.setattr("time.time", lambda: 7.0)
    assert compress(LINES, name) == before


@pytest.mark.parametrize("name", COMPRESSED)
def test_concatenated_archives_are_read(tmp_path, name):
    (tmp_path / name).write_bytes(compress(LINES, name) + compress(b"", name) + compress(b"Another.\n", name))
    assert decompress(tmp_path / name) == (LINES + b"Another.\n", "")


def test_a_skippable_frame_is_skipped(tmp_path):
    frame = b"\x50\x2a\x4d\x18" + (5).to_bytes(4, "little") + b"index"
    (tmp_path / "a.zst").write_bytes(frame + compress(LINES, "a.zst") + frame)
    assert decompress(tmp_path / "a.zst") == (LINES, "")


def test_archives_of_other_programs_are_read(tmp_path):
    (tmp_path / "a.gz").write_bytes(gzip.compress(LINES, 9))
    (tmp_path / "a.zst").write_bytes(zstandard.ZstdCompressor(level=19, write_content_size=True).compress(LINES))
    assert [decompress(tmp_path / name) for name in COMPRESSED] == [(LINES, "")] * 2


@pytest.mark.parametrize("name", COMPRESSED)
@pytest.mark.parametrize("left", [0.5, 0.99])
def test_a_truncated_archive_yields_its_beginning_and_an_error(tmp_path, name, left):
    data = compress(LINES * 20, name)
    (tmp_path / name).write_bytes(data[: int(len(data) * left)])
    text, error = decompress(tmp_path / name)
    assert "is truncated" in error
    assert len(text) > 100_000
    assert (LINES * 20).startswith(text)


@pytest.mark.parametrize("name", COMPRESSED)
def test_an_archive_without_its_last_bytes_is_an_error(tmp_path, name):
    (tmp_path / name).write_bytes(compress(LINES, name)[:-2])
    assert "is truncated" in decompress(tmp_path / name)[1]


@pytest.mark.parametrize("name", COMPRESSED)
def test_a_damaged_archive_is_an_error(tmp_path, name):
    data = bytearray(compress(LINES, name))
    data[len(data) // 2] ^= 0xFF
    (tmp_path / name).write_bytes(data)
    assert "cannot be decompressed" in decompress(tmp_path / name)[1]
    (tmp_path / name).write_bytes(LINES)
    text, error = decompress(tmp_path / name)
    assert text == b""
    assert "cannot be decompressed" in error


@pytest.mark.parametrize("name", COMPRESSED)
def test_a_decompression_bomb_is_stopped_with_little_memory(tmp_path, name, monkeypatch):
    monkeypatch.setattr(compression, "MIN_BOMB_BYTES", 200 << 20)
    (tmp_path / name).write_bytes(compress(b"\0" * (20 << 20), name) * 15)
    tracemalloc.start()
    with (
        open_decompressed(tmp_path / name, guarded=True) as file,
        pytest.raises(UnreadableError, match="more than 500 times"),
    ):
        exhaust(file)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 80 << 20


@pytest.mark.full
@pytest.mark.parametrize("name", COMPRESSED)
def test_a_decompression_bomb_of_realistic_size_is_stopped(tmp_path, name):
    (tmp_path / name).write_bytes(compress(b"\0" * (64 << 20), name) * 64)
    with (
        open_decompressed(tmp_path / name, guarded=True) as file,
        pytest.raises(UnreadableError, match="more than 500 times"),
    ):
        exhaust(file)


@pytest.mark.parametrize("name", COMPRESSED)
def test_clean_files_are_never_rejected_as_bombs(tmp_path, name, monkeypatch):
    monkeypatch.setattr(compression, "MIN_BOMB_BYTES", 1 << 20)
    data = b"\n" * (4 << 20)
    (tmp_path / name).write_bytes(compress(data, name))
    assert decompress(tmp_path / name, guarded=False) == (data, "")
    assert "more than 500 times" in decompress(tmp_path / name)[1]


def test_a_missing_library_is_named_with_its_extra(tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "zstandard", None)
    (tmp_path / "a.zst").touch()
    with pytest.raises(UnreadableError, match=r"pip install 'clean-news\[zstd\]'"):
        open_decompressed(tmp_path / "a.zst", guarded=True)
