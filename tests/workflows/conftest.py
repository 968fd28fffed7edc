"""Fixtures: a local news site, and crawls of it in a separate process."""

import json
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple

import pytest

collect_ignore = ["crawl.py"]  # a script, which doctest collection must not import
CRAWL = Path(__file__).with_name("crawl.py")


class Crawled(NamedTuple):
    """The result of a crawl: items by the last part of their URL, stats, output, exit status."""

    items: dict[str, dict[str, Any]]
    stats: dict[str, Any]
    said: str
    status: int

    def counted(self, name):
        return self.stats.get(f"clean_news/{name}", 0)


@pytest.fixture
def crawl(tmp_path):
    """Serves pages by name and crawls them with the given settings; returns the result."""
    servers = []

    def run(pages, kind="dict", **settings):
        links = "".join(f"<li><a href='/{name}'>{name}</a></li>" for name in pages)
        answers = {"/": f"<html><body><ul>{links}</ul></body></html>"} | {f"/{name}": pages[name] for name in pages}

        class Site(BaseHTTPRequestHandler):
            def do_GET(self):
                body = answers.get(self.path, "").encode()
                self.send_response(200 if body else 404)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
        servers.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        feed, stats = tmp_path / "items.jsonl", tmp_path / "stats.json"
        settings = {
            "FEEDS": {str(feed): {"format": "jsonlines", "overwrite": True}},
            "ROBOTSTXT_OBEY": False,
        } | settings
        address = f"http://127.0.0.1:{server.server_port}/"
        done = subprocess.run(
            [sys.executable, CRAWL, address, kind, json.dumps(settings), stats],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        lines = feed.read_text(encoding="utf-8").splitlines() if feed.exists() else []
        items = {item["url"].rpartition("/")[2]: item for item in map(json.loads, lines)}
        assert len(items) == len(lines)
        counted = json.loads(stats.read_text(encoding="utf-8")) if stats.exists() else {}
        return Crawled(items, counted, done.stdout + done.stderr, done.returncode)

    yield run
    for server in servers:
        server.shutdown()
        server.server_close()
