"""Large files are shared out among the tasks of a cluster run; the clean file has the bytes of a run in one process."""

import gzip
import json
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("datatrove")

from clean_news.batch.run import run
from clean_news.batch.run_options import RunOptions
from clean_news.files.discovery import Task
from clean_news.formats import json_lines as json_format
from clean_news.settings import Settings
from clean_news.workflows import pieces
from clean_news.workflows.cluster import ClusterRun, _step_of, prepare, run_locally, run_on_ray
from clean_news.workflows.pieces import Piece, pieces_of
from clean_news.workflows.shard_steps import summarise
from clean_news.workflows.shards import cluster_folder, make_shards
from clean_news.workflows.stored_pieces import in_order

ROWS = 337  # no multiple of a block
RAW, CLEAN, OTHER = Path("raw"), Path("clean"), Path("other")


def texts() -> list[str | None]:
    """Texts of which some are garbled, one is empty, and some are missing."""
    found: list[str | None] = [f"It didnâ€™t reply to letter {number}." for number in range(ROWS)]
    found[3] = found[200] = None
    found[70] = ""
    return found


def json_lines(path: Path) -> None:
    """Write the texts as lines with other fields; one is no JSON."""
    lines = [json.dumps({"n": number, "text": text, "x": [1, 2]}) + "\n" for number, text in enumerate(texts())]
    lines[100] = "{broken\n"
    content = "".join(lines).encode()
    if path.suffix == ".gz":
        content = gzip.compress(content, mtime=0)
    elif path.suffix == ".zst":
        content = pytest.importorskip("zstandard").ZstdCompressor().compress(content)
    path.write_bytes(content)


def table(path: Path) -> None:
    """Write the texts as a table of several row groups."""
    arrow, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    columns = {"text": texts(), "site": [f"s{number % 7}" for number in range(ROWS)], "n": list(range(ROWS))}
    parquet.write_table(arrow.table(columns), path, row_group_size=100, compression="zstd")


def archive(path: Path) -> None:
    """Write a web archive of pages, texts and other records."""
    pytest.importorskip("fastwarc")
    pytest.importorskip("trafilatura")
    paragraph = "<p>The overseas ministry said on Monday that it didnâ€™t shut the embassy, and nobody asked.</p>"
    records = []
    for number in range(ROWS):
        uri = f"https://example.org/{number}"
        if number % 3 == 0:
            page = f"<html><body><article><h1>Page {number}</h1>{paragraph * 4}</article></body></html>".encode()
            block = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + page
            kind, of = "response", "application/http; msgtype=response"
        else:
            block, kind, of = f"It didnâ€™t reply to letter {number}.".encode(), "conversion", "text/plain"
            if number % 5 == 0:
                kind = "metadata"
        head = (
            f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-{number:012d}>\r\n"
            f"WARC-Target-URI: {uri}\r\nWARC-Date: 2026-11-30T00:00:00Z\r\nContent-Type: {of}\r\n"
            f"Content-Length: {len(block)}\r\n\r\n"
        ).encode()
        records.append(head + block + b"\r\n\r\n")
    whole = b"".join(gzip.compress(each, mtime=0) if path.suffix == ".gz" else each for each in records)
    path.write_bytes(whole)


def old_archive(path: Path) -> None:
    """Write an ARC archive of texts and other records."""
    pytest.importorskip("fastwarc")
    blocks = [
        (b"filedesc://crawl", "text/plain", b"1 0 nobody\nURL IP-address Archive-date Content-type Archive-length\n")
    ]
    for number in range(ROWS):
        kind = "image/gif" if number % 5 == 0 else "text/plain"
        blocks.append((f"ftp://example.org/{number}".encode(), kind, f"It didnâ€™t reply to letter {number}.".encode()))
    records = [
        b"%s 0.0.0.0 20040131235959 %s %d\n%s\n" % (url, kind.encode(), len(block), block)
        for url, kind, block in blocks
    ]
    path.write_bytes(b"".join(gzip.compress(each, mtime=0) for each in records))


WRITERS: dict[str, Callable[[Path], None]] = {
    "a.jsonl": json_lines,
    "a.jsonl.gz": json_lines,
    "a.jsonl.zst": json_lines,
    "a.parquet": table,
    "a.warc": archive,
    "a.warc.gz": archive,
    "a.arc.gz": old_archive,
}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder; files of any size are divided."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(pieces, "MIN_PIECE_BYTES", 1)
    RAW.mkdir()
    return tmp_path


def tree(top: Path) -> dict[str, bytes]:
    """The files of a folder without the run's own."""
    paths = (path for path in top.rglob("*") if path.is_file() and ".clean-news" not in path.parts)
    return {path.relative_to(top).as_posix(): path.read_bytes() for path in paths}


def prepared(tasks: int = 3, *, force: bool = False) -> ClusterRun:
    """A run over RAW, ready to start."""
    return prepare(RAW, CLEAN, RunOptions(Settings(jobs=1), force), tasks, 2)


def done_here(cluster: ClusterRun, *ranks: int) -> None:
    """Run some tasks in this process."""
    for rank in ranks:
        for _ in _step_of(cluster).run(rank=rank):
            pass


def stored() -> list[Path]:
    """The pieces that are stored."""
    return sorted(path for path in cluster_folder(CLEAN).glob("pieces/*/*") if path.is_file())


@pytest.mark.parametrize("name", WRITERS)
def test_the_bytes_and_figures_are_those_of_one_process(name: str) -> None:
    WRITERS[name](RAW / name)
    expected = run(RAW, OTHER, RunOptions(Settings(jobs=1)))
    cluster = prepared()
    done_here(cluster, *range(cluster.tasks))
    assert len(stored()) == 3
    found = summarise(RAW, CLEAN, cluster.run_options)
    assert tree(CLEAN) == tree(OTHER)
    assert found.finished
    for figure in ("articles", "edits", "notes", "held_off", "cleaned", "failed", "unchanged"):
        assert getattr(found, figure) == getattr(expected, figure), figure
    assert sorted(map(str, found.failures)) == sorted(map(str, expected.failures))
    assert stored() == []


def test_a_run_on_this_machine_and_what_comes_after() -> None:
    json_lines(RAW / "a.jsonl")
    (RAW / "b.txt").write_text("It didnâ€™t reply.", encoding="utf-8")
    run(RAW, OTHER, RunOptions(Settings(jobs=1)))
    found = run_locally(prepared())
    assert (found.cleaned, tree(CLEAN)) == (2, tree(OTHER))
    assert summarise(RAW, CLEAN, RunOptions(Settings(jobs=1))).articles == found.articles
    again = run_locally(prepared())
    assert (again.cleaned, again.unchanged) == (0, 2)
    forced = run_locally(prepared(force=True))
    assert (forced.cleaned, tree(CLEAN)) == (2, tree(OTHER))


@pytest.mark.full
@pytest.mark.parametrize("name", ["a.jsonl.zst", "a.parquet", "a.warc.gz", "a.arc.gz"])
def test_the_bytes_are_the_same_on_ray(name: str) -> None:
    ray = pytest.importorskip("ray")
    WRITERS[name](RAW / name)
    expected = run(RAW, OTHER, RunOptions(Settings(jobs=1)))
    try:
        found = run_on_ray(prepared(), mem_per_cpu=1)
    finally:
        ray.shutdown()
    assert tree(CLEAN) == tree(OTHER)
    assert (found.articles, found.edits, found.finished) == (expected.articles, expected.edits, True)
    assert stored() == []


def test_what_is_stored_is_not_cleaned_again_and_is_counted() -> None:
    json_lines(RAW / "a.jsonl")
    expected = run(RAW, OTHER, RunOptions(Settings(jobs=1)))
    cluster = prepared()
    done_here(cluster, 0, 1)
    unfinished = summarise(RAW, CLEAN, cluster.run_options)
    assert not unfinished.finished
    assert not (CLEAN / "a.jsonl").exists()
    before = {path: path.stat().st_mtime_ns for path in stored()}
    (cluster_folder(CLEAN) / "parts" / "00001.json").unlink()  # it was killed between its pieces and its summary
    again = prepared()
    assert again.plan == cluster.plan
    found = run_locally(again)
    assert (tree(CLEAN), found.articles, found.edits) == (tree(OTHER), expected.articles, expected.edits)
    assert len(before) == 2


@pytest.mark.parametrize("damage", ["gone", "cut", "noise", "another"])
def test_a_damaged_piece_is_cleaned_again(damage: str) -> None:
    json_lines(RAW / "a.jsonl")
    run(RAW, OTHER, RunOptions(Settings(jobs=1)))
    cluster = prepared()
    done_here(cluster, *range(cluster.tasks))
    first, second = stored()[:2]
    content = first.read_bytes()
    if damage == "gone":
        first.unlink()
    else:
        changed = {"cut": content[: len(content) // 2], "noise": content[:99] + b"\0" * 50 + content[149:]}
        first.write_bytes(changed.get(damage, second.read_bytes()))
    failed = summarise(RAW, CLEAN, cluster.run_options)
    assert any("run the same command again" in failure.message for failure in failed.failures)
    assert not (CLEAN / "a.jsonl").exists()
    for _ in range(2):  # the first finds that the piece is damaged
        if (CLEAN / "a.jsonl").exists():
            break
        run_locally(prepared())
    assert tree(CLEAN) == tree(OTHER)


def test_a_truncated_file_is_cleaned_to_where_it_breaks_off() -> None:
    json_lines(RAW / "a.jsonl.gz")
    path = RAW / "a.jsonl.gz"
    path.write_bytes(path.read_bytes()[:-200])
    expected = run(RAW, OTHER, RunOptions(Settings(jobs=1)))
    found = run_locally(prepared())
    assert tree(CLEAN) == tree(OTHER)
    assert (found.failed, found.articles) == (expected.failed, expected.articles) == (1, found.articles)


def test_a_file_that_is_changed_meanwhile_is_not_put_together() -> None:
    json_lines(RAW / "a.jsonl")
    cluster = prepared()
    done_here(cluster, *range(cluster.tasks))
    with (RAW / "a.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"text": "It didnâ€™t reply to the last letter."}\n')
    failed = summarise(RAW, CLEAN, cluster.run_options)
    assert any("was changed meanwhile; run the same command again" in each.message for each in failed.failures)
    assert not (CLEAN / "a.jsonl").exists()
    run(RAW, OTHER, RunOptions(Settings(jobs=1)))
    run_locally(prepared())
    assert tree(CLEAN) == tree(OTHER)


def test_lines_that_are_too_long_for_memory_are_copied() -> None:
    lines = [json.dumps({"text": f"It didnâ€™t reply to letter {number}."}) for number in range(ROWS)]
    for at in (0, 1, 150, ROWS - 1):
        lines[at] = json.dumps({"text": "It didnâ€™t reply. " * 90_000})
    (RAW / "a.jsonl").write_text("\n".join(lines), encoding="utf-8")
    options = RunOptions(Settings(jobs=1, max_megabytes=1))
    expected = run(RAW, OTHER, options)
    found = run_locally(prepare(RAW, CLEAN, options, 3, 2))
    assert tree(CLEAN) == tree(OTHER)
    assert len(found.failures) == len(expected.failures) == 4


class Killed(BaseException):
    """Stands for SIGKILL: nothing that handles errors handles it."""


def test_a_run_that_is_killed_while_it_puts_a_file_together_is_resumed(monkeypatch: pytest.MonkeyPatch) -> None:
    json_lines(RAW / "a.jsonl")
    run(RAW, OTHER, RunOptions(Settings(jobs=1)))
    cluster = prepared()
    done_here(cluster, *range(cluster.tasks))
    before = stored()

    def killed(*given: Any) -> Iterator[bytes]:
        yield from islice(in_order(*given), 9)
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(pieces, "in_order", killed)
        with pytest.raises(Killed):
            summarise(RAW, CLEAN, cluster.run_options)
    assert (tree(CLEAN), stored()) == ({}, before)
    summarise(RAW, CLEAN, cluster.run_options)
    assert tree(CLEAN) == tree(OTHER)


@pytest.mark.full
def test_a_killed_run_of_a_large_file_is_resumed() -> None:
    texts = [f"It didnâ€™t reply to letter {number}. Nobody asked. " * 40 for number in range(50)]
    with (RAW / "a.jsonl").open("w", encoding="utf-8") as file:
        file.writelines(json.dumps({"n": number, "text": texts[number % 50]}) + "\n" for number in range(14_000))
    assert (RAW / "a.jsonl").stat().st_size > 26 << 20  # this process's minimum is not that of others
    run(RAW, OTHER, RunOptions(Settings(jobs=1)))
    command = [sys.executable, "-m", "clean_news", "cluster", "raw", "clean", "--tasks", "3", "--workers", "2"]
    began = time.monotonic()
    subprocess.run(command, capture_output=True, check=True)
    duration = time.monotonic() - began
    chance = random.Random(4)
    for _ in range(5):
        shutil.rmtree(CLEAN)
        killed = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        time.sleep(chance.uniform(0.3, 1) * duration)
        killed.send_signal(signal.SIGKILL)
        killed.wait()
        found = tree(CLEAN) if CLEAN.exists() else {}
        assert all(found[name] == tree(OTHER)[name] for name in found if ".clean-news-" not in name)
        subprocess.run(command, capture_output=True, check=True)
        assert tree(CLEAN) == tree(OTHER)


def test_a_file_of_others_in_its_place_is_not_overwritten() -> None:
    json_lines(RAW / "a.jsonl")
    cluster = prepared()
    done_here(cluster, *range(cluster.tasks))
    (CLEAN / "a.jsonl").write_text("mine", encoding="utf-8")
    found = summarise(RAW, CLEAN, cluster.run_options)
    assert "did not write it" in str(found.failures)
    assert (CLEAN / "a.jsonl").read_text(encoding="utf-8") == "mine"


def test_a_repeated_row_is_cleaned_once() -> None:
    lines = [json.dumps({"text": f"It didnâ€™t reply to letter {number % 5}."}) + "\n" for number in range(ROWS)]
    (RAW / "a.jsonl").write_text("".join(lines), encoding="utf-8")
    for name in ("b.txt", "c.txt"):
        (RAW / name).write_text("It didnâ€™t reply to letter 1.", encoding="utf-8")
    run(RAW, OTHER, RunOptions(Settings(jobs=1)))
    cluster = prepared()
    done_here(cluster, *range(cluster.tasks))  # each has results of its own, as on other machines
    found = summarise(RAW, CLEAN, cluster.run_options)
    assert tree(CLEAN) == tree(OTHER)
    assert found.repeated >= ROWS - 5 - 2 * cluster.tasks
    here = run_locally(prepared(force=True))
    assert tree(CLEAN) == tree(OTHER)
    assert here.repeated >= found.repeated  # tasks of one machine share their results


def test_an_error_of_ours_costs_only_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    json_lines(RAW / "a.jsonl")
    (RAW / "b.txt").write_text("It didnâ€™t reply.", encoding="utf-8")
    cluster = prepared()
    with monkeypatch.context() as patched:
        patched.setattr(json_format, "read_places", lambda *_: 1 / 0)
        done_here(cluster, *range(cluster.tasks))
    found = summarise(RAW, CLEAN, cluster.run_options)
    assert (found.cleaned, found.failed, found.finished) == (1, 1, True)
    assert any("ZeroDivisionError" in failure.message for failure in found.failures)
    assert set(tree(CLEAN)) == {"b.txt", "b.txt.changes.json"}
    run(RAW, OTHER, RunOptions(Settings(jobs=1)))
    run_locally(prepared())
    assert tree(CLEAN) == tree(OTHER)


@pytest.mark.parametrize(
    "sizes",
    [(1000, 300, 20), (100,), (9 * 16,), (12 * 16,), (17 * 16, 3), (50, 50, 50), (7, 300, 300, 300, 290), (90,) * 9],
)
def test_shards_of_a_few_large_files_are_equal(sizes: tuple[int, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pieces, "MIN_PIECE_BYTES", 6)
    tasks = [Task(Path(f"{at}.jsonl"), None, str(at), size) for at, size in enumerate(sizes)]
    found = pieces_of(tasks, 8)
    loads = [sum(piece.size for piece in shard) for shard in make_shards(found, 8)]
    assert len(loads) == 8
    assert max(loads) <= 1.3 * sum(loads) / len(loads)
    assert max(loads) <= pieces.largest_load(found, 8) <= max(loads) + len(found)
    if len(sizes) == 1:  # each task reads the file once
        assert [piece.total for piece in found] == [8] * 8


def test_other_formats_small_files_and_clean_ones_are_not_divided(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pieces, "MIN_PIECE_BYTES", 100)
    (CLEAN / "done.jsonl").parent.mkdir()
    (CLEAN / "done.jsonl").touch()
    names = {"a.txt": 1000, "b.jsonl": 100, "done.jsonl": 1000}
    tasks = [Task(Path(name), CLEAN / name, name, size) for name, size in names.items()]
    assert pieces_of(tasks, 8) == [Piece(task) for task in tasks]
    forced = pieces_of(tasks, 8, force=True)
    assert {piece.task.id: piece.total > 1 for piece in forced} == {
        "a.txt": False,
        "b.jsonl": False,
        "done.jsonl": True,
    }
