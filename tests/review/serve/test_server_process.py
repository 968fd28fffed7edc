"""The real server: its address, its end, events, and decisions while it is killed again and again."""

import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections import Counter
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import pytest
from served_pages import wait_for
from typer.testing import CliRunner

from clean_news.cli.app import app
from clean_news.decisions import read

COMMAND = (sys.executable, "-m", "clean_news", "serve")
DECISIONS, KILLS = 200, 4


class Server:
    """A server process and what it printed."""

    def __init__(self, clean, *options):
        self.process = subprocess.Popen(
            [*COMMAND, str(clean), "--no-browser", *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        line = self.process.stdout.readline()
        assert line.startswith("Review: http://127.0.0.1:"), self.process.communicate()[1]
        self.address, _, self.token = line.removeprefix("Review: ").strip().partition("/?token=")
        self.port = int(self.address.rpartition(":")[2])
        self.client = httpx.Client(base_url=self.address, headers={"X-Clean-News-Token": self.token}, timeout=30)

    def get(self, path):
        answer = self.client.get(path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def decide(self, step, *decisions, by="Ada"):
        answer = self.client.post("/api/decisions", json={"step": step, "by": by, "decisions": list(decisions)})
        assert answer.status_code == 200, answer.text
        return answer.json()

    def end(self, how=signal.SIGTERM):
        """End the process; return its exit code."""
        self.process.send_signal(how)
        self.process.communicate(timeout=30)
        self.client.close()
        return self.process.returncode

    def edits(self):
        """All edits, as decisions about them must say."""
        read_columns = self.get("/api/columns")
        columns, ids = read_columns["columns"], read_columns["ids"]
        names = [
            name
            for name, count in zip(columns["articles"]["name"], columns["articles"]["edits"], strict=True)
            for _ in range(count)
        ]
        pairs = columns["pairs"]
        return [
            {
                "id": id_,
                "article": name,
                "rule": columns["rules"][pairs["rule"][pair]][0],
                "before": pairs["before"][pair],
                "after": pairs["after"][pair],
            }
            for id_, name, pair in zip(ids, names, columns["edits"]["pair"], strict=True)
        ]


@contextmanager
def running(clean, *options):
    server = Server(clean, *options)
    try:
        yield server
    finally:
        if server.process.poll() is None:
            server.process.kill()
            server.process.communicate()


class Stream:
    """The events of a server, read in a thread."""

    def __init__(self, server):
        self.events = []
        self._server = server
        self._thread = threading.Thread(target=self._read)
        self._thread.start()

    def _read(self):
        with httpx.stream("GET", f"{self._server.address}/api/events?token={self._server.token}", timeout=60) as answer:
            assert answer.headers["content-type"].startswith("text/event-stream")
            name = ""
            try:
                for line in answer.iter_lines():
                    if line.startswith("event: "):
                        name = line.removeprefix("event: ")
                    elif line.startswith("data: "):
                        self.events.append((name, json.loads(line.removeprefix("data: "))))
            except httpx.RemoteProtocolError:  # cut off at the end
                return

    def of(self, name):
        return [data for kind, data in list(self.events) if kind == name]

    def ended(self):
        self._thread.join(timeout=30)
        return not self._thread.is_alive()


def test_the_pages_are_told_what_happens_and_the_server_ends_with_its_streams(clean):
    with running(clean, "--by", "Ada") as server:
        stream = Stream(server)
        wait_for(lambda: stream.of("hello"))
        edit = next(each for each in server.edits() if each["article"] == "echo/harbour.txt")
        made = server.decide("1" * 32, {"action": "reject", "scope": "once", **edit})
        wait_for(lambda: stream.of("changed"))
        (told,) = stream.of("decisions")
        assert told == {"version": made["version"], "added": made["decisions"], "removed": []}
        (changed,) = stream.of("changed")
        assert (changed["articles"], changed["because"]) == (made["cleaning"], "decision")
        assert changed["generation"] > made["generation"]
        assert stream.of("hello")[0]["generation"] == made["generation"]
        server.client.post("/api/undo", json={"step": "1" * 32})
        wait_for(lambda: len(stream.of("changed")) == 2)
        assert stream.of("decisions")[1]["removed"] == ["1" * 32]
        wait_for(lambda: stream.of("state") and stream.of("state")[-1]["cleaning"] == 0)
        assert server.end() == 0
        assert stream.ended()


def test_a_run_beside_the_server_is_told(clean, cleaned, cleaned_in):
    with running(clean) as server:
        stream = Stream(server)
        wait_for(lambda: stream.of("hello"))
        cleaned_in(clean.parent, str(cleaned / "raw"), "clean", "--skip", "characters", "--quiet")
        names = server.get("/api/columns")["columns"]["articles"]["name"]
        number = names.index("echo/harbour.txt")
        wait_for(lambda: any(number in event["articles"] for event in stream.of("changed")))
        assert {event["because"] for event in stream.of("changed")} == {"files"}
        assert "harbour  board" in server.get(f"/api/articles/{number}")["text"]
        assert server.end(signal.SIGINT) == 0
        assert stream.ended()


def test_watch_beside_the_server_goes_on_with_its_decisions(clean, cleaned, tmp_path):
    """--watch cleans what a scraper brings, while a decision about an earlier article is carried out and stays."""
    raw = tmp_path / "raw"
    shutil.copytree(cleaned / "raw", raw)
    command = [sys.executable, "-m", "clean_news", str(raw), str(clean), "--watch", "--quiet"]
    watching = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    try:
        with running(clean, "--raw", str(raw)) as server:
            stream = Stream(server)
            edit = next(each for each in server.edits() if each["article"] == "echo/harbour.txt")
            server.decide("2" * 32, {"action": "reject", "scope": "once", **edit})
            wait_for(lambda: "harbour  board" in (clean / "echo" / "harbour.txt").read_text(encoding="utf-8"))
            (raw / "post" / "new.txt").write_text("The new  lock is open.\n", encoding="utf-8")
            wait_for(lambda: "post/new.txt" in server.get("/api/columns")["columns"]["articles"]["name"])
            wait_for(lambda: "files" in {event["because"] for event in stream.of("changed")})
            assert "harbour  board" in (clean / "echo" / "harbour.txt").read_text(encoding="utf-8")
            assert server.end() == 0
            assert stream.ended()
    finally:
        errors = ended_by_ctrl_c(watching)
    assert "Traceback" not in errors


def ended_by_ctrl_c(process):
    """What a process wrote to stderr until it ended; an interrupt within a finaliser is dropped, and sent again."""
    for _ in range(6):
        process.send_signal(signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            return process.communicate(timeout=15)[1]
    pytest.fail("Ctrl-C does not end it")


def test_killed_again_and_again_no_decision_is_lost_and_none_is_doubled(clean):
    rng = random.Random(18)
    path = clean / ".clean-news" / "decisions.jsonl"
    servers = [Server(clean)]
    port = str(servers[0].port)
    edits = servers[0].edits()
    wanted = {
        f"{number:032x}": {"action": rng.choice(("accept", "reject")), "scope": "once", **edits[number % len(edits)]}
        for number in range(1, DECISIONS + 1)
    }
    answered = []

    def decide():
        for step, decision in wanted.items():
            while True:  # as the page does: until it is answered
                server = servers[-1]
                try:
                    server.decide(step, decision)
                    break
                except (httpx.HTTPError, AssertionError):
                    wait_for(lambda server=server: servers[-1] is not server)
            answered.append(step)

    page = threading.Thread(target=decide)
    page.start()
    for kill in range(KILLS):
        moment = kill * DECISIONS // KILLS + rng.randrange(5, DECISIONS // KILLS)
        wait_for(lambda moment=moment: len(answered) >= moment)
        assert servers[-1].end(signal.SIGKILL) == -signal.SIGKILL
        assert {each.step for each in read(path)} >= set(answered)  # what was answered is on disk, whole
        servers.append(Server(clean, "--port", port))
    page.join()
    kept = read(path)
    assert Counter(each.step for each in kept) == Counter(dict.fromkeys(wanted, 1))
    assert [each.step for each in kept] == list(wanted)
    assert all(wanted[each.step]["id"] == each.id and wanted[each.step]["action"] == each.action for each in kept)
    last = {each.id: each.action for each in kept}

    def states():
        columns = servers[-1].get("/api/columns")
        return dict(zip(columns["ids"], columns["columns"]["edits"]["state"], strict=True))

    wait_for(lambda: all(states()[id_] == (0 if action == "accept" else 2) for id_, action in last.items()))
    assert servers[-1].end() == 0


def sent(server, request):
    """The first line of the answer to a request as it is."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
        connection.sendall(request)
        return connection.makefile("rb").readline().decode("latin-1")


def test_requests_that_no_client_library_would_send(clean):
    with running(clean) as server:
        head = f"Host: 127.0.0.1:{server.port}\r\nX-Clean-News-Token: {server.token}\r\n".encode()
        for line, statuses in {
            b"GET /../../../etc/passwd HTTP/1.1": {"404"},
            b"GET /api/articles/../../../etc/passwd HTTP/1.1": {"404"},
            b"GET /%2e%2e/%2e%2e/etc/passwd HTTP/1.1": {"404"},
            b"GET file:///etc/passwd HTTP/1.1": {"400", "404"},
            b"GET http://attacker.example/api/columns HTTP/1.1": {"400", "404"},
            b"CONNECT attacker.example:80 HTTP/1.1": {"400", "404", "405"},
            b"\x16\x03\x01\x02\x00\x01\x00": {"400"},
        }.items():
            answer = sent(server, line + b"\r\n" + head + b"\r\n")
            assert answer.split()[1] in statuses, (line, answer)
        assert sent(server, b"GET / HTTP/1.1\r\n\r\n").split()[1] in {"400", "403"}
        assert sent(server, b"GET /api/columns HTTP/1.1\r\n" + head + b"\r\n").split()[1] == "200"


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="/proc/net/tcp is Linux's")
def test_it_listens_on_the_loopback_interface_only(clean):
    with running(clean) as server:
        listening = [line.split()[1:4] for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
        own = [local for local, _, state in listening if state == "0A" and local.endswith(f":{server.port:04X}")]
        assert own == [f"0100007F:{server.port:04X}"]
        assert not Path("/proc/net/tcp6").exists() or f":{server.port:04X} " not in Path("/proc/net/tcp6").read_text()


def test_wrong_input_ends_the_command_with_a_message(clean, tmp_path):
    def failed(*arguments):
        done = subprocess.run([*COMMAND, *map(str, arguments)], capture_output=True, text=True, check=False, timeout=60)
        assert done.returncode == 2
        assert "Traceback" not in done.stderr
        return done.stderr

    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert "choose another with --port" in failed(clean, "--no-browser", "--port", port)
    assert "there is no such file or folder" in failed(tmp_path / "nowhere", "--no-browser")
    assert "there is no such file or folder" in failed(clean, "--no-browser", "--raw", tmp_path / "nowhere")
    (clean / ".clean-news").mkdir(exist_ok=True)
    (clean / ".clean-news" / "decisions.jsonl").write_text("nonsense\n")
    assert "is not a decision" in failed(clean, "--no-browser")


def test_without_the_extra_the_command_says_how_to_install_it(clean, monkeypatch):
    for module in ("starlette", "uvicorn"):
        with monkeypatch.context() as patched:
            patched.setitem(sys.modules, module, None)
            done = CliRunner().invoke(app, ["serve", str(clean), "--no-browser"])
        assert done.exit_code == 2
        assert "pip install 'clean-news[serve]'" in done.stderr


@pytest.mark.skipif(os.name == "nt", reason="the browser is a script")
def test_the_browser_is_opened_at_the_address(clean, tmp_path):
    browser = tmp_path / "browser"
    browser.write_text(
        f'#!/bin/sh\nprintf "%s" "$1" > {tmp_path}/opened.new && mv {tmp_path}/opened.new {tmp_path}/opened\n'
    )
    browser.chmod(0o755)
    process = subprocess.Popen(
        [*COMMAND, str(clean)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "BROWSER": str(browser)},
    )
    try:
        address = process.stdout.readline().removeprefix("Review: ").strip()
        wait_for((tmp_path / "opened").exists)
        assert (tmp_path / "opened").read_text() == address
        assert httpx.get(address).status_code == 200
    finally:
        process.kill()
        process.communicate()


def test_a_folder_without_logs_is_no_clean_folder(cleaned):
    done = CliRunner().invoke(app, ["serve", str(cleaned / "raw"), "--no-browser"])
    assert done.exit_code == 2
    assert "raw: has no article with a change log; name the folder that clean-news wrote" in done.stderr
