"""Streams: each line is written before the next is read, bad lines are reported, and stopping is graceful."""

import io
import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from clean_news.change_log import ChangeLog, revert
from clean_news.change_log import read as read_log
from clean_news.cleaner import Cleaner
from clean_news.settings import Settings, SettingsError
from clean_news.streams import stream

MOJIBAKE = "The ministerâ€™s office closed the road."
REPAIRED = "The minister’s office closed the road."
STAGES = ("encoding", "characters", "layout")
# Calls ``stream`` like the command line, with a cleaner that is slow for some lines.
DRIVER = """
import sys, time
from clean_news.cleaner import Cleaner
from clean_news.settings import Settings
from clean_news.streams import stream
class Slow(Cleaner):
    def clean(self, article, *others):
        if "slowly" in article:
            print("under way", file=sys.stderr, flush=True)
            time.sleep(1)
        return super().clean(article, *others)
log = open(sys.argv[1], "wb") if sys.argv[1:] else None
ended = stream(sys.stdin.buffer, sys.stdout.buffer, Slow(Settings(stages=("encoding",))), log,
               lambda fault: print(fault, file=sys.stderr, flush=True))
print(*ended, file=sys.stderr)
sys.stderr.flush()
"""


@pytest.fixture(scope="module")
def quick():
    return Cleaner(Settings(stages=STAGES))


def through(lines, cleaner, with_log=True):
    """The output of a stream, its log, the errors reported for bad lines, and the result."""
    target, log, errors = io.BytesIO(), io.BytesIO() if with_log else None, []
    ended = stream(io.BytesIO(lines), target, cleaner, log, errors.append)
    return target.getvalue(), log and log.getvalue(), errors, ended


def line_of(text, **others):
    return json.dumps({**others, "text": text}, ensure_ascii=False).encode() + b"\n"


def test_one_line_out_per_line_in_in_order(quick):
    lines = [line_of(f"{MOJIBAKE} {number}", id=number) for number in range(20)]
    out, log, errors, ended = through(b"".join(lines), quick)
    assert out == b"".join(line_of(f"{REPAIRED} {number}", id=number) for number in range(20))
    assert [json.loads(line)["id"] for line in log.splitlines()] == [f"-#{number}" for number in range(20)]
    assert (errors, ended) == ([], (20, 0, ""))


def test_bad_lines_are_reported_and_the_others_cleaned():
    small = Cleaner(Settings(stages=STAGES, max_megabytes=1))
    lines = [
        b"\n",
        b"nonsense\n",
        line_of(MOJIBAKE),
        b" \r\n",
        line_of("x" * (2 << 20)),
        b'{"text": 1}\n',
        line_of("A."),
    ]
    out, log, errors, ended = through(b"".join(lines), small)
    assert out == line_of(REPAIRED) + line_of("A.")
    assert log.count(b"\n") == 2
    assert [fault.split(":")[0] for fault in errors] == ["line 2", "line 5", "line 6"]
    assert ended == (2, 3, "")


def test_the_last_line_gets_a_line_end(quick):
    assert through(b'{"text": "A."}', quick)[0] == b'{"text": "A."}\n'


def test_without_a_file_the_log_is_in_the_record(quick):
    before = b'\xef\xbb\xbf{ "id": 1.0, "text" : "Caf\\u00c3\\u00a9 open.", "changes": {"old": 1}, "z": [ ] } \r\n'
    out, _, _, _ = through(before, quick, with_log=False)
    start, end = b'\xef\xbb\xbf{ "id": 1.0, "text" : "Caf\\u00e9 open.", "z": [ ],"changes":{', b"} } \r\n"
    assert out.startswith(start)
    assert out.endswith(end)
    found = json.loads(out.decode("utf-8-sig"))
    assert list(found) == ["id", "text", "z", "changes"]
    log = read_log(json.dumps(found["changes"]), "the record")
    assert isinstance(log, ChangeLog)
    assert revert(found["text"], log).decode() == "CafÃ© open."


def test_the_log_does_not_overwrite_the_text():
    cleaner = Cleaner(Settings(stages=STAGES, text_field="changes"))
    with pytest.raises(SettingsError, match="name a file for the log"):
        through(b'{"changes": "A."}\n', cleaner, with_log=False)
    assert through(b'{"changes": "A."}\n', cleaner)[0] == b'{"changes": "A."}\n'


def test_a_failing_stage_is_reported_and_the_line_written(make_stage):
    stage = make_stage("raise ValueError('full moon')")
    out, _, errors, ended = through(line_of(MOJIBAKE), Cleaner(Settings(stages=("encoding", stage))))
    assert out == line_of(REPAIRED)
    assert "line 1: the stage" in errors[0]
    assert "full moon" in errors[0]
    assert ended == (1, 0, "")


def test_an_internal_error_affects_one_line_only():
    class Faulty(Cleaner):
        def clean(self, article, *others):
            if "now" in article:
                raise KeyError("x")
            return super().clean(article, *others)

    out, _, errors, ended = through(line_of("Closed now.") + line_of(MOJIBAKE), Faulty(Settings(stages=STAGES)))
    assert out == line_of(REPAIRED)
    assert errors[0].startswith("line 1: clean-news itself failed")
    assert ended == (1, 1, "")


@pytest.fixture
def piped():
    """A function that starts a stream between pipes in a separate process."""
    started = []

    def start(*arguments):
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
        process = subprocess.Popen(
            [sys.executable, "-c", DRIVER, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment,
            bufsize=0,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def test_a_line_is_written_before_the_next_is_read(piped, tmp_path):
    process = piped(str(tmp_path / "log"))
    for number in range(5):
        line = line_of(f"{MOJIBAKE} {number}")
        process.stdin.write(line[:10])
        process.stdin.write(line[10:])
        assert process.stdout.readline() == line_of(f"{REPAIRED} {number}")
    process.stdin.write(b"nonsense\n")
    assert process.stderr.readline().startswith(b"line 6: is not JSON")
    out, err = process.communicate(timeout=30)
    assert (out, err, process.returncode) == (b"", b"5 1 \n", 0)
    assert Path(tmp_path / "log").read_bytes().count(b"\n") == 5


def test_ctrl_c_while_waiting_stops_at_once(piped):
    process = piped()
    process.stdin.write(line_of("A road."))
    assert process.stdout.readline()
    process.send_signal(signal.SIGINT)
    assert process.stderr.readline() == b"1 0 interrupt\n"
    assert process.wait(timeout=30) == 0


def test_ctrl_c_during_a_line_finishes_it_and_reads_no_more(piped):
    process = piped()
    process.stdin.write(line_of("Slowly, slowly.") + line_of("A road."))
    assert process.stderr.readline() == b"under way\n"
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert (out.count(b"\n"), err) == (1, b"1 0 interrupt\n")


def test_a_closed_pipe_stops_without_an_error(piped):
    process = piped()
    process.stdin.write(line_of("A road."))
    assert process.stdout.readline()
    process.stdout.close()
    process.stdin.write(line_of("A road.") * 3)
    assert process.stderr.readline() == b"1 0 closed\n"


def test_memory_stays_flat_for_an_endless_line(piped):
    process = piped()
    piece = b"x" * (1 << 20)
    process.stdin.write(b'{"text": "')
    for _ in range(400):
        process.stdin.write(piece)
    process.stdin.write(b'"}\n')
    assert process.stderr.readline().startswith(b"line 1: is larger than 64 MB")
    status = Path(f"/proc/{process.pid}/status")
    if status.exists():
        peak = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM")).split()[1]
        assert int(peak) < 400 << 10


def test_a_stream_may_run_outside_the_main_thread(quick):
    found = []
    thread = threading.Thread(target=lambda: found.append(through(line_of(MOJIBAKE), quick)[0]))
    thread.start()
    thread.join(30)
    assert found == [line_of(REPAIRED)]
