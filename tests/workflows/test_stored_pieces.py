"""Stored pieces of divided files: they are put together in the order of the rows, and no damage goes unnoticed."""

from contextlib import ExitStack
from io import BytesIO
from pathlib import Path

import pytest

pytest.importorskip("datatrove")

from clean_news.batch.tally import Report, Tally
from clean_news.failures import Failure
from clean_news.formats import CleanRow, Row
from clean_news.formats.row_places import RowPlaces
from clean_news.workflows import stored_pieces
from clean_news.workflows.stored_pieces import End, MissingPieceError, PieceWriter, end_of, frames, in_order

HEAD = b"a piece\n"
REPORT = Report("a.jsonl", "cleaned", Tally(7), (Failure("a.jsonl", "line 3"),), decided=frozenset())


def write_piece(path: Path, number: int, total: int, rows: int, broken: str = "") -> None:
    """Store the rows of a file that belong to a piece."""
    with path.open("wb") as stored:
        writer = PieceWriter(stored, HEAD)
        mine = [index for index in range(rows) if index in RowPlaces(number, total)]
        for row in writer.in_blocks(CleanRow(Row(None), f"text {index},", b"log %d\n" % index) for index in mine):
            writer.clean.write(row.text.encode())
            writer.logs.write(row.log)
        writer.end(End(broken, REPORT))


def written(folder: Path, total: int, rows: int) -> list[Path]:
    """Store all pieces of a file."""
    paths = [folder / str(number) for number in range(total)]
    for number, path in enumerate(paths):
        write_piece(path, number, total, rows)
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
    paths = written(tmp_path, 2, 40)
    write_piece(paths[1], 1, 2, 40, "is truncated")
    with paths[1].open("rb") as stored:
        assert end_of(frames(stored, HEAD)) == End("is truncated", REPORT)
    assert together(paths)[2] == ["is truncated"]


@pytest.mark.parametrize("rows", [3, 20, 96])
def test_a_piece_of_another_length_is_noticed(rows: int, tmp_path: Path) -> None:
    paths = written(tmp_path, 3, 60)
    write_piece(paths[1], 1, 3, rows)
    with pytest.raises(MissingPieceError, match="do not belong together"):
        together(paths)


def test_any_damage_is_noticed(tmp_path: Path) -> None:
    (path,) = written(tmp_path, 1, 15)
    content = path.read_bytes()
    damaged = [content[:at] for at in range(len(content))] + [content + b"x"]
    damaged += [content[:at] + bytes([content[at] ^ 4]) + content[at + 1 :] for at in range(len(content))]
    for each in damaged:
        path.write_bytes(each)
        with path.open("rb") as stored, pytest.raises(MissingPieceError):
            end_of(frames(stored, HEAD))
