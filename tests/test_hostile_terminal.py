"""Nothing that files, articles or settings hold reaches a terminal as a control sequence, seen on a pseudo-terminal."""

import json
import os
import pty
import re
import subprocess
import sys

import pytest

COMMAND = [os.environ.get("CLEAN_NEWS_PYTHON", sys.executable), "-m", "clean_news"]
# A colour that we never use, a window title, the clipboard, a link, C1 controls, a right-to-left override, a line.
EVIL = "\x1b[66m\x1b]0;owned\x07\x1b]52;c;b3duZWQ=\x07\x1b]8;;x:\x07\x9b31m\x9d0;c1\x9c\u202e\nFORGED"
OURS = re.compile(r"\x1b\[(?!66)[0-9;?]*[A-Za-z]")  # colours and the progress bar
FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202e]|^FORGED", re.MULTILINE)
NEWS = "The overseas ministry mentioned it on Monday. It wasn&#8217;t clear why the governrnent left the old harbour.\n"
# By what they are about; every file of the folder is hostile, in its name or in what it holds.
COMMANDS = {
    "run": ["raw", "out"],
    "run with a progress bar, forced": ["raw", "clean", "--force"],
    "check": ["raw", "--check"],
    "run with hostile settings": ["raw", "out", "--config", "evil.toml"],
    "run with a hostile dictionary": ["raw", "out", "--dictionary", "evil.tsv"],
    "run with hostile decisions": ["raw", "out", "--decisions", "decisions.jsonl"],
    "run without a file": ["no" + EVIL, "out"],
    "run with a hostile option": ["raw", "out", "--no" + EVIL],
    "mistyped": ["diff" + EVIL],
    "diff": ["diff", "clean", "--no-pager"],
    "diff without its article": ["diff", "clean", "no" + EVIL],
    "patch": ["diff", "clean", "-f", "patch"],
    "json": ["diff", "clean", "-f", "json"],
    "sarif": ["diff", "clean", "-f", "sarif"],
    "revert": ["revert", "clean", "back"],
    "verify": ["verify", "clean", "--raw", "raw"],
    "decisions check": ["decisions", "check", "decisions.jsonl", "clean"],
    "decisions merge": ["decisions", "merge", "decisions.jsonl", "others.jsonl", "-o", "merged.jsonl"],
    "score": ["score", "gold.txt"],
    "score in JSON": ["score", "gold.txt", "--json"],
    "explain": ["explain", "no" + EVIL],
    "report": ["report", "clean", "-o", "report.html"],
    "dictionary explain": ["dictionary", "explain", "no" + EVIL],
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with hostile raw files, cleaned into ``clean``; one clean file and one log were damaged since."""
    folder = tmp_path_factory.mktemp("hostile")
    raw = folder / "raw"
    (raw / f"sub{EVIL.replace('/', '')}").mkdir(parents=True)
    name = EVIL.replace("/", "")
    (raw / f"a{name}.txt").write_text(NEWS)
    (raw / f"sub{name}" / "b.txt").write_text(NEWS + f"It was over{EVIL} by noon.\n" + NEWS)
    (raw / f"damaged{name}.txt").write_text(NEWS + f"It ended{EVIL}.\n")
    (raw / f"table{name}.csv").write_text("a,b\n")
    (raw / f"binary{name}.txt").write_bytes(bytes(range(256)))
    rows = [{"id": f"row{EVIL}", "text": NEWS}, {f"key{EVIL}": 1}, {"text": 7, f"id{EVIL}": EVIL}]
    (raw / f"rows{name}.jsonl").write_text("\n".join(map(json.dumps, rows)) + "\n")
    (raw / "empty\x1b]0;x\x07.txt").write_bytes(b"")
    subprocess.run([*COMMAND, "raw", "clean"], cwd=folder, capture_output=True, check=False)
    damaged = next(path for path in (folder / "clean").iterdir() if path.name.startswith("damaged"))
    damaged.write_text("changed" + EVIL)
    (folder / "evil.toml").write_text(f"{json.dumps('key' + EVIL)} = {json.dumps(EVIL)}\n")
    (folder / "evil.tsv").write_text(f"price{EVIL}\tnoun{EVIL}\n{EVIL}\n")
    decision = {"action": "reject", "scope": "everywhere", "rule": "SPIN001", "before": EVIL, "after": "x" + EVIL}
    lines = [decision | {"by": EVIL}, {**decision, "action": EVIL}, {EVIL: EVIL}]
    (folder / "decisions.jsonl").write_text(json.dumps(lines[0]) + "\n" + json.dumps(lines[2]) + "\n")
    (folder / "others.jsonl").write_text(json.dumps(lines[0] | {"action": "accept"}) + "\n")
    (folder / "gold.txt").write_text(f"## one{EVIL.replace(chr(10), '')}\nThe {{overseas{EVIL}|foreign}} office.\n")
    return folder


@pytest.mark.parametrize("name", COMMANDS)
def test_no_control_sequence_reaches_the_terminal(name, folder):
    shown = on_terminal(COMMANDS[name], folder).replace("\r\n", "\n").replace("\r", "\n")
    assert "Traceback" not in shown
    rest = OURS.sub("", shown)
    found = FORBIDDEN.search(rest)
    assert found is None, ascii(rest[max(0, found.start() - 60) : found.end() + 60])


def test_a_patch_in_a_file_stays_as_it_is(folder):
    done = subprocess.run([*COMMAND, "diff", "clean", "-f", "patch"], cwd=folder, capture_output=True, check=False)
    assert b"\x1b" in done.stdout
    assert "\\x1b" in on_terminal(COMMANDS["patch"], folder)


def on_terminal(arguments, folder):
    """What a command writes to a terminal, on stdout and stderr."""
    master, slave = pty.openpty()
    environment = {**os.environ, "TERM": "xterm-256color", "PAGER": "cat", "COLUMNS": "100000"}
    process = subprocess.Popen(
        [*COMMAND, *arguments], cwd=folder, env=environment, stdin=slave, stdout=slave, stderr=slave
    )
    os.close(slave)
    shown = b""
    while True:
        try:
            shown += os.read(master, 1 << 16)
        except OSError:  # the other end was closed
            break
    os.close(master)
    assert process.wait(60) in (0, 1, 2)
    return shown.decode("utf-8", "replace")
