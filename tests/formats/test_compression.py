"""Packed files: read to the end or a clear error, and always in little memory."""

import gzip
import io
import tracemalloc

import pytest

from clean_news.formats import UnreadableError, compression
from clean_news.formats.compression import compressing, open_decompressed

zstandard = pytest.importorskip("zstandard")

LINES = b"".join(b"The harbour reopened on day %d of the month.\n" % day for day in range(20_000))
PACKED = ["a.gz", "a.zst"]
NAMES = ["a.jsonl", *PACKED]


def packed(data, name):
    target = io.BytesIO()
    with compressing(target, name) as archive:
        archive.write(data)
    return target.getvalue()


def unpacked(path, guarded=True):
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
def test_what_is_packed_is_unpacked(tmp_path, name):
    (tmp_path / name).write_bytes(packed(LINES, name))
    assert unpacked(tmp_path / name) == (LINES, "")


@pytest.mark.parametrize("name", NAMES)
def test_an_empty_file_has_no_lines(tmp_path, name):
    (tmp_path / name).touch()
    assert unpacked(tmp_path / name) == (b"", "")


@pytest.mark.parametrize("name", PACKED)
def test_archives_are_the_same_each_time(name, monkeypatch):
    before = packed(LINES, name)
    monkeypatch.setattr("time.time", lambda: 7.0)
    assert packed(LINES, name) == before


@pytest.mark.parametrize("name", PACKED)
def test_archives_in_a_row_are_one(tmp_path, name):
    (tmp_path / name).write_bytes(packed(LINES, name) + packed(b"", name) + packed(b"Another.\n", name))
    assert unpacked(tmp_path / name) == (LINES + b"Another.\n", "")


def test_a_skippable_frame_is_skipped(tmp_path):
    frame = b"\x50\x2a\x4d\x18" + (5).to_bytes(4, "little") + b"index"
    (tmp_path / "a.zst").write_bytes(frame + packed(LINES, "a.zst") + frame)
    assert unpacked(tmp_path / "a.zst") == (LINES, "")


def test_what_other_programs_packed_is_read(tmp_path):
    (tmp_path / "a.gz").write_bytes(gzip.compress(LINES, 9))
    (tmp_path / "a.zst").write_bytes(zstandard.ZstdCompressor(level=19, write_content_size=True).compress(LINES))
    assert [unpacked(tmp_path / name) for name in PACKED] == [(LINES, "")] * 2


@pytest.mark.parametrize("name", PACKED)
@pytest.mark.parametrize("left", [0.5, 0.99])
def test_a_broken_archive_gives_its_beginning_and_an_error(tmp_path, name, left):
    data = packed(LINES * 20, name)
    (tmp_path / name).write_bytes(data[: int(len(data) * left)])
    text, error = unpacked(tmp_path / name)
    assert "is truncated" in error
    assert len(text) > 100_000
    assert (LINES * 20).startswith(text)


@pytest.mark.parametrize("name", PACKED)
def test_an_archive_that_lacks_only_its_end_is_an_error(tmp_path, name):
    (tmp_path / name).write_bytes(packed(LINES, name)[:-2])
    assert "is truncated" in unpacked(tmp_path / name)[1]


@pytest.mark.parametrize("name", PACKED)
def test_a_damaged_archive_is_an_error(tmp_path, name):
    data = bytearray(packed(LINES, name))
    data[len(data) // 2] ^= 0xFF
    (tmp_path / name).write_bytes(data)
    assert "cannot be decompressed" in unpacked(tmp_path / name)[1]
    (tmp_path / name).write_bytes(LINES)
    text, error = unpacked(tmp_path / name)
    assert text == b""
    assert "cannot be decompressed" in error


@pytest.mark.parametrize("name", PACKED)
def test_a_bomb_is_stopped_in_little_memory(tmp_path, name, monkeypatch):
    monkeypatch.setattr(compression, "MIN_BOMB_BYTES", 200 << 20)
    (tmp_path / name).write_bytes(packed(b"\0" * (20 << 20), name) * 15)
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
@pytest.mark.parametrize("name", PACKED)
def test_a_bomb_of_real_size_is_stopped(tmp_path, name):
    (tmp_path / name).write_bytes(packed(b"\0" * (64 << 20), name) * 64)
    with (
        open_decompressed(tmp_path / name, guarded=True) as file,
        pytest.raises(UnreadableError, match="more than 500 times"),
    ):
        exhaust(file)


@pytest.mark.parametrize("name", PACKED)
def test_what_clean_news_wrote_itself_is_never_taken_for_a_bomb(tmp_path, name, monkeypatch):
    monkeypatch.setattr(compression, "MIN_BOMB_BYTES", 1 << 20)
    data = b"\n" * (4 << 20)
    (tmp_path / name).write_bytes(packed(data, name))
    assert unpacked(tmp_path / name, guarded=False) == (data, "")
    assert "more than 500 times" in unpacked(tmp_path / name)[1]


def test_without_the_package_the_extra_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "zstandard", None)
    (tmp_path / "a.zst").touch()
    with pytest.raises(UnreadableError, match=r"pip install 'clean-news\[zstd\]'"):
        open_decompressed(tmp_path / "a.zst", guarded=True)
