"""Nothing that files, articles or settings hold reaches a terminal as a control sequence, seen on a pseudo-terminal."""

import json
import os
import re
import shutil
import subprocess
import sys

import pytest

COMMAND = [os.environ.get("CLEAN_NEWS_PYTHON", sys.executable), "-m", "clean_news"]
# A colour that we never use, a window title, the clipboard, a link, C1 controls, a right-to-left override, a line.
EVIL = "\x1b[66m\x1b]0;owned\x07\x1b]52;c;b3duZWQ=\x07\x1b]8;;x:\x07\x9b31m\x9d0;c1\x9c\u202e\nFORGED"
NAME = EVIL.replace("/", "")
OURS = re.compile(r"\x1b\[(?!66)[0-9;?]*[A-Za-z]")  # colours and the progress bar
FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202e]|^FORGED", re.MULTILINE)
NEWS = "The overseas ministry mentioned it on Monday. It wasn&#8217;t clear why the governrnent left the old harbour.\n"
# By what they are about; every file of the folder is hostile, in its name or in what it holds. None of them mends what
# another one needs: what is damaged in ``clean`` stays so.
COMMANDS = {
    "run": ["raw", "out"],
    "run with a progress bar, forced": ["raw", "forced", "--force"],
    "rerun": ["raw", "clean"],
    "check": ["raw", "--check"],
    "run with hostile settings": ["raw", "out", "--config", f"settings{NAME}.toml"],
    "run with a hostile dictionary": ["raw", "out", "--dictionary", f"words{NAME}.tsv"],
    "run with hostile decisions": ["raw", "decided", "--decisions", "decisions.jsonl"],
    "run with decisions that are none": ["raw", "out", "--decisions", f"broken{NAME}.jsonl"],
    "run without a file": ["no" + EVIL, "out"],
    "run with a hostile option": ["raw", "out", "--no" + EVIL],
    "mistyped": ["dif" + EVIL, "clean"],
    "diff": ["diff", "clean", "--no-pager"],
    "diff without its article": ["diff", "clean", "no" + EVIL],
    "patch": ["diff", "clean", "-f", "patch"],
    "json": ["diff", "clean", "-f", "json"],
    "sarif": ["diff", "clean", "-f", "sarif"],
    "revert": ["revert", "clean", "back"],
    "verify": ["verify", "clean", "--raw", "raw"],
    "decisions check": ["decisions", "check", "readable", "decisions.jsonl"],
    "decisions check with what was changed": ["decisions", "check", "clean", "decisions.jsonl"],
    "decisions check with a broken file": ["decisions", "check", "readable", f"broken{NAME}.jsonl"],
    "decisions merge": ["decisions", "merge", "decisions.jsonl", "others.jsonl", "-o", f"merged{NAME}.jsonl"],
    "score": ["score", "gold.txt"],
    "score in JSON": ["score", "gold.txt", "--json"],
    "explain": ["explain", "no" + EVIL],
    "report": ["report", "clean", "-o", "report.html"],
    "dictionary explain": ["dictionary", "explain", "no" + EVIL],
}


DECISION = {
    "schema": "clean-news/decisions/1", "action": "reject", "scope": "article", "id": "0",
    "at": "2026-01-01T10:00:00+00:00",
}  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with hostile raw files, cleaned into ``clean``; a clean text, a row and a log were changed since.

    ``readable`` is a copy from before that, and ``forced`` from after it.
    """
    folder = tmp_path_factory.mktemp("hostile")
    raw, name = folder / "raw", NAME
    (raw / f"sub{name}").mkdir(parents=True)
    (raw / f"a{name}.txt").write_text(NEWS)
    (raw / f"log{name}.txt").write_text(NEWS)
    (raw / f"sub{name}" / "b.txt").write_text(NEWS + f"It was over{EVIL} by noon.\n" + NEWS)
    (raw / f"damaged{name}.txt").write_text(NEWS + f"It ended{EVIL}.\n")
    (raw / f"table{name}.xlsx").write_text("a,b\n")
    (raw / f"binary{name}.txt").write_bytes(bytes(range(256)))
    rows = [{"id": f"row{EVIL}", "text": NEWS}, {f"key{EVIL}": 1}, {"text": 7, f"id{EVIL}": EVIL}]
    rows.append({"id": f"changed{EVIL}", "text": NEWS})
    (raw / f"rows{name}.jsonl").write_text("\n".join(map(json.dumps, rows)) + "\n")
    (raw / "empty\x1b]0;x\x07.txt").write_bytes(b"")
    subprocess.run([*COMMAND, "raw", "clean"], cwd=folder, capture_output=True, check=False)
    clean = folder / "clean"
    shutil.copytree(clean, folder / "readable")
    (clean / f"damaged{name}.txt").write_text("changed" + EVIL)
    (clean / f"log{name}.txt.changes.json").write_text("{" + EVIL)
    lines = (clean / f"rows{name}.jsonl").read_text().splitlines(keepends=True)
    changed = lines[-1].replace("Monday", "Friday")
    assert changed != lines[-1]
    (clean / f"rows{name}.jsonl").write_text("".join([*lines[:-1], changed]))
    shutil.copytree(clean, folder / "forced")
    (folder / f"settings{name}.toml").write_text(f"{json.dumps('key' + EVIL)} = {json.dumps(EVIL)}\n")
    (folder / f"words{name}.tsv").write_text(f"price{EVIL}\tnoun{EVIL}\n{EVIL}\n")
    decision = {**DECISION, "rule": f"SPIN{EVIL}", "article": f"a{EVIL}.txt", "before": EVIL, "after": "x" + EVIL}
    (folder / "decisions.jsonl").write_text(json.dumps(decision | {"by": f"Ada{EVIL}"}) + "\n")
    (folder / "others.jsonl").write_text(json.dumps(decision | {"action": "accept", "by": f"Bob{EVIL}"}) + "\n")
    (folder / f"broken{name}.jsonl").write_text(json.dumps({**decision, "action": EVIL, EVIL: EVIL}) + "\n")
    (folder / "gold.txt").write_text(f"## one{EVIL.replace(chr(10), '')}\nThe {{overseas{EVIL}|foreign}} office.\n")
    return folder


@pytest.fixture
def shown(on_terminal):
    """A function that returns what a command writes to a terminal."""
    variables = {"TERM": "xterm-256color", "PAGER": "cat", "COLUMNS": "100000"}

    def show(arguments, folder):
        written = on_terminal([*COMMAND, *arguments], folder, codes=(0, 1, 2), **variables)
        return written.decode("utf-8", "replace")

    return show


@pytest.mark.parametrize("name", COMMANDS)
def test_no_control_sequence_reaches_the_terminal(name, folder, shown):
    seen = shown(COMMANDS[name], folder).replace("\r\n", "\n").replace("\r", "\n")
    assert "Traceback" not in seen
    rest = OURS.sub("", seen)
    found = FORBIDDEN.search(rest)
    assert found is None, ascii(rest[max(0, found.start() - 60) : found.end() + 60])


def test_a_patch_in_a_file_stays_as_it_is(folder, shown):
    done = subprocess.run([*COMMAND, "diff", "clean", "-f", "patch"], cwd=folder, capture_output=True, check=False)
    assert b"\x1b" in done.stdout
    assert "\\x1b" in shown(COMMANDS["patch"], folder)
