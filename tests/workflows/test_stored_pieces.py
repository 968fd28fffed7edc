"""Stored pieces of divided files: they are put together in the order of the rows, and no damage goes unnoticed."""

import random
from collections import deque
from contextlib import ExitStack
from io import BytesIO
from pathlib import Path

import pytest

pytest.importorskip("datatrove")

from clean_news.batch.tally import Report, Tally
from clean_news.failures import Failure
from clean_news.formats import CleanRow, Row
from clean_news.workflows import stored_pieces
from clean_news.workflows.stored_pieces import End, MissingPieceError, PieceWriter, end_of, frames, in_order

HEAD = b"a piece\n"
REPORT = Report("a.jsonl", "cleaned", Tally(7), (Failure("a.jsonl", "line 3"),), decided=frozenset())


def write_piece(path: Path, mine: list[int], broken: str = "") -> None:
    """Store some rows of a file as a piece."""
    with path.open("wb") as stored:
        writer = PieceWriter(stored, HEAD)
        rows = (CleanRow(Row(None), f"text {index},", b"log %d\n" % index) for index in mine)
        for row in writer.in_blocks(rows, deque(mine)):
            writer.clean.write(row.text.encode())
            writer.logs.write(row.log)
        writer.end(broken, REPORT)


def written(folder: Path, total: int, rows: int) -> list[Path]:
    """Store all pieces of a file, whose rows are dealt at random."""
    owners = random.Random(total * 1000 + rows).choices(range(total), k=rows)
    paths = [folder / str(number) for number in range(total)]
    for number, path in enumerate(paths):
        write_piece(path, [index for index in range(rows) if owners[index] == number])
    return paths


def together(paths: list[Path]) -> tuple[bytes, bytes, list[str]]:
    """Read pieces in the order of the rows: the clean file, the log, and why the raw file broke off."""
    logs, broken = BytesIO(), list[str]()
    with ExitStack() as files:
        pieces = [frames(files.enter_context(path.open("rb")), HEAD) for path in paths]
        return b"".join(in_order(pieces, logs, broken)), logs.getvalue(), broken


@pytest.mark.parametrize("frame_bytes", [1, 20, 1 << 20])
@pytest.mark.parametrize("total", [2, 3, 8])
@pytest.mark.parametrize("rows", [0, 1, 11, 12, 13, 24, 36, 95, 96, 97, 100])
def test_the_rows_are_in_order(
    rows: int, total: int, frame_bytes: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stored_pieces, "FRAME_BYTES", frame_bytes)
    clean, logs, broken = together(written(tmp_path, total, rows))
    assert clean == b"".join(b"text %d," % index for index in range(rows))
    assert logs == b"".join(b"log %d\n" % index for index in range(rows))
    assert broken == []


def test_an_end_has_the_report_and_why_the_file_broke_off(tmp_path: Path) -> None:
    paths = [tmp_path / "0", tmp_path / "1"]
    write_piece(paths[0], [0, 1, 4, 5])
    write_piece(paths[1], [2, 3], "is truncated")
    with paths[1].open("rb") as stored:
        assert end_of(frames(stored, HEAD)) == End(4, "is truncated", REPORT)
    assert together(paths)[2] == ["is truncated"]


@pytest.mark.parametrize(
    "others", [[], [2, 3, 6], [2, 3, 6, 7, 8], [1, 2, 3, 6, 7], [2, 3, 5, 6, 7], [0, 2, 3, 6, 7], [3, 6, 7]]
)
def test_pieces_that_do_not_belong_together_are_noticed(others: list[int], tmp_path: Path) -> None:
    paths = [tmp_path / "0", tmp_path / "1"]
    write_piece(paths[0], [0, 1, 4, 5, 8, 9])
    write_piece(paths[1], others)
    with pytest.raises(MissingPieceError, match="do not belong together"):
        together(paths)


def test_any_damage_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "0"
    write_piece(path, [0, 1, 2, 5, 6, 9])
    content = path.read_bytes()
    damaged = [content[:at] for at in range(len(content))] + [content + b"x"]
    for bit in (1, 4, 128):
        damaged += [content[:at] + bytes([content[at] ^ bit]) + content[at + 1 :] for at in range(len(content))]
    for each in damaged:
        path.write_bytes(each)
        with path.open("rb") as stored, pytest.raises(MissingPieceError):
            end_of(frames(stored, HEAD))
