"""How the rows of a file are dealt to several readers: equally, and a repeated row to the reader that has had it."""

from pathlib import Path

import pytest

from clean_news.formats import web_archive
from clean_news.formats.row_places import ALL_PLACES, BLOCK_ROWS, RowPlaces
from clean_news.settings import Settings


def owners(contents: list[bytes | None], total: int) -> list[int]:
    """The reader of each row; there is exactly one."""
    dealings = [RowPlaces(number, total).dealing() for number in range(total)]
    found = []
    for content in contents:
        (owner,) = [number for number, dealing in enumerate(dealings) if dealing.takes(content)]
        found.append(owner)
    return found


@pytest.mark.parametrize("total", [2, 3, 7])
def test_new_rows_are_dealt_in_blocks(total: int) -> None:
    expected = [index // BLOCK_ROWS % total for index in range(1000)]
    assert owners([None] * 1000, total) == expected
    assert owners([b""] * 1000, total) == expected
    assert owners([b"%d" % index for index in range(1000)], total) == expected
    assert all(ALL_PLACES.dealing().takes(content) for content in (None, b"a", b"a"))


def test_a_repeated_row_goes_to_the_same_reader() -> None:
    pages: list[bytes | None] = [b"page %d" % number for number in range(96)]
    once = owners(pages, 8)
    assert {once.count(number) for number in range(8)} == {12}
    again = owners([*pages, *reversed(pages), None, *pages], 8)
    assert again[:192] == once + once[::-1]
    moved = sum(a != b for a, b in zip(again[193:], once, strict=True))
    assert moved == 0
    often = owners(pages * 20, 8)
    assert len({*zip(pages * 20, often, strict=True)}) < 2.5 * len(pages)


def test_records_with_the_same_payload_go_to_the_same_reader(tmp_path: Path) -> None:
    path = tmp_path / "a.warc"
    pytest.importorskip("fastwarc")
    digests = [number * 7 % 30 if number % 4 else 100 + number for number in range(120)]
    records = [
        f"WARC/1.0\r\nWARC-Type: conversion\r\nWARC-Record-ID: <urn:uuid:{number}>\r\n"
        f"WARC-Payload-Digest: sha1:{digest}\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nHello\r\n\r\n"
        for number, digest in enumerate(digests)
    ]
    path.write_bytes("".join(records).encode())
    mine = [
        [index for index, _ in web_archive.read_places(path, Settings(), RowPlaces(number, 3))] for number in range(3)
    ]
    assert sorted(index for each in mine for index in each) == list(range(120))
    readers = [{digests[index] for index in each} for each in mine]
    assert sum(map(len, readers)) == len(set(digests))


@pytest.mark.parametrize("rows", [400, 20_000])
def test_what_half_the_file_repeats_is_dealt_to_all(rows: int) -> None:
    contents = [each for number in range(rows) for each in (b"the same", b"new %d" % number)]
    found = owners(list(contents), 4)
    for part in (found[::2], found[1::2]):
        loads = [part.count(number) for number in range(4)]
        assert max(loads) <= 1.3 * sum(loads) / len(loads)


@pytest.mark.parametrize("tasks", [2, 3, 4, 6, 8, 9, 16])
@pytest.mark.parametrize("period", [1, 2, 3, 4, 5])
def test_articles_that_every_few_records_have_are_dealt_equally(tasks: int, period: int) -> None:
    found = owners([None] * 100 * period * tasks, tasks)[::period]  # a hundred articles for each task
    loads = [found.count(number) for number in range(tasks)]
    assert max(loads) <= 1.3 * sum(loads) / len(loads)
