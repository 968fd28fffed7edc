"""The command through a real terminal of 80×24 and 8 colours: keys go in, a terminal emulator reads what comes out."""

import fcntl
import json
import os
import pty
import re
import select
import shutil
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path

import pytest

pytest.importorskip("textual", reason="the terminal review needs textual: pip install 'clean-news[review]'")
pyte = pytest.importorskip("pyte", reason="pyte reads the terminal's screen: pip install 'clean-news[test]'")

TOP = Path(__file__).parents[3]
COMMAND = [sys.executable, "-m", "clean_news"]
# Queries of terminal capabilities, which pyte misinterprets.
PRIVATE = re.compile(rb"\x1b\[[<>=?][0-9;]*(?:u|\$p|t|c)|\x1b\[\?[0-9;]*\$p")
TIMEOUT = 60  # seconds; generous for a busy machine


class Terminal:
    """A command in a terminal of its own."""

    def __init__(self, folder, *words):
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        environment = {name: value for name, value in os.environ.items() if name not in {"COLORTERM", "NO_COLOR"}}
        environment |= {"TERM": "xterm", "LINES": "24", "COLUMNS": "80"}
        self.process = subprocess.Popen(
            [*COMMAND, *words], cwd=folder, env=environment, stdin=slave, stdout=slave, stderr=slave
        )
        os.close(slave)
        self.screen = pyte.Screen(80, 24)
        self.stream = pyte.ByteStream(self.screen)
        self.received = b""
        self.closed = False  # by the program when it ends

    def press(self, keys):
        os.write(self.master, keys.encode())

    def wait_for(self, *texts):
        """Read until all of these texts are on the screen, which is drawn in pieces."""
        self.read_until(lambda: self.closed or all(text in self.text for text in texts))
        missing = [text for text in texts if text not in self.text]
        assert not missing, f"{missing} not on the screen, which is:\n{self.text}"

    def wait(self):
        """Read until the program ends; returns its exit code and its output."""
        self.read_until(lambda: self.closed)
        return self.process.wait(TIMEOUT), self.received.decode(errors="replace")

    def read_until(self, reached):
        end = time.monotonic() + TIMEOUT
        while not reached():
            assert time.monotonic() < end, f"not reached; the screen is:\n{self.text}"
            if select.select([self.master], [], [], 0.2)[0]:
                try:
                    new = os.read(self.master, 1 << 16)
                except OSError:
                    self.closed, new = True, b""
                self.received += new
                self.stream.feed(PRIVATE.sub(b"", new))

    @property
    def text(self):
        return "\n".join(self.screen.display)


@pytest.fixture
def terminal():
    """Starts commands in terminals and kills them after the test."""
    started = []

    def start(folder, *words):
        started.append(Terminal(folder, *words))
        return started[-1]

    yield start
    for one in started:
        if one.process.poll() is None:
            one.process.kill()
            one.process.wait()
        os.close(one.master)


@pytest.fixture
def cleaned(tmp_path, cleaned_in):
    """Two samples, raw and cleaned."""
    (tmp_path / "raw").mkdir()
    for name in ("02-spun-foreign-ministry.txt", "03-spun-markets.txt"):
        shutil.copy(TOP / "raw" / name, tmp_path / "raw")
    cleaned_in(tmp_path)
    return tmp_path


def texts(folder):
    return {path.name: path.read_text(encoding="utf-8") for path in (folder / "clean").glob("*.txt")}


def decided(folder):
    lines = (folder / "clean" / ".clean-news" / "decisions.jsonl").read_text(encoding="utf-8").splitlines()
    return [(one["action"], one["scope"], one["before"], one["by"]) for one in map(json.loads, lines)]


def test_an_edit_rejected_everywhere_is_gone_after_the_next_run_and_nothing_else_changes(cleaned, cleaned_in, terminal):
    before = texts(cleaned)
    review = terminal(cleaned, "review", "clean", "--stage", "spin", "--by", "Ada")
    review.wait_for(">>[-overseas-]{+foreign+}<<", "SPIN001 (spin), confidence 0.99", "q quit")
    review.press("R")
    review.wait_for("e everywhere")
    review.press("e")
    review.wait_for("reject everywhere: SPIN001 overseas")
    assert decided(cleaned) == [("reject", "everywhere", "overseas", "Ada")]
    review.press("q")
    code, said = review.wait()
    assert code == 0
    assert "1 decision," in said
    assert "Apply them with: clean-news raw clean" in said
    cleaned_in(cleaned)
    assert texts(cleaned) == {
        name: text.replace("foreign ministry", "overseas ministry") for name, text in before.items()
    }
    assert texts(cleaned) != before


def test_only_palette_colours_and_no_mouse_capture(cleaned, terminal):
    review = terminal(cleaned, "review", "clean")
    review.wait_for("? shows all keys")
    review.press("a")
    review.wait_for("accept: ")
    review.press("q")
    review.wait()
    sent = review.received.decode(errors="replace")
    assert not re.findall(r"\x1b\[(?:[0-9;]*;)?[34]8;[25];[0-9;]*m", sent), "256 or more colours"
    assert not re.findall(r"\x1b\[\?(?:100[0-356]|1015)h", sent), "the mouse was taken from the terminal"


def test_an_interrupted_review_is_resumed(cleaned, terminal):
    review = terminal(cleaned, "review", "clean", "--stage", "spin")
    review.wait_for(">>[-overseas-]{+foreign+}<<")
    review.press("a")
    review.wait_for(">>[-mentioned-]{+said+}<<")
    review.process.kill()
    review.wait()
    assert [one[:3] for one in decided(cleaned)] == [("accept", "once", "overseas")]
    again = terminal(cleaned, "review", "clean", "--stage", "spin")
    again.wait_for(">>[-mentioned-]{+said+}<<")
    again.press("\x03")
    assert again.wait()[0] == 0


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["nowhere"], "there is no such file"),
        (["clean", "--rule", "ENC004"], "no edit to review with the filter: ENC004"),
    ],
)
def test_what_cannot_be_reviewed_is_reported(cleaned, terminal, words, message):
    code, said = terminal(cleaned, "review", *words).wait()
    assert code == 2
    assert message in said


def test_without_a_terminal_it_says_what_to_do(cleaned):
    done = subprocess.run(
        [*COMMAND, "review", "clean"],
        cwd=cleaned,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert "review needs a terminal" in done.stderr


def test_without_textual_it_says_how_to_install_it(cleaned):
    code = "import sys; sys.modules['textual'] = None; from clean_news.__main__ import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code, "review", "clean"], cwd=cleaned, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "install it with: pip install 'clean-news[review]'" in done.stderr
