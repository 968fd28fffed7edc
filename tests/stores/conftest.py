"""Fixtures: articles, an S3 server, and a store in memory that lists digests as S3 does."""

import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import fsspec
import pytest
from fsspec.implementations.memory import MemoryFileSystem

SERVER = Path(__file__).with_name("s3_server.py")
START_SECONDS = 60
BEGINNINGS = (
    "The council said on Monday that it would repair the old bridge over the river before the winter.",
    "Shares of the shipping company fell on Tuesday after it had cut its forecast for the year.",
    "The minister told reporters that the talks with the neighbouring country would go on next week.",
    "Firefighters were called to a warehouse near the harbour early on Thursday, and nobody was hurt.",
)
ENDINGS = (
    "â€œWe had expected more,â€� a spokesman said.",
    "A spokes-\nwoman said that the work would take three weeks.",
    "The caf\u00c3\u00a9 across the street stayed open.",
    "Read more: Ten things to know",
    "The cost is put at 1.2&nbsp;million pounds.",
)


def article(number):
    """A short article of its own, with something to repair."""
    chosen = random.Random(number)
    sentences = [chosen.choice(BEGINNINGS) for _ in range(3)]
    return f"{' '.join(sentences)}\n\nIt was number {number} of the day.\n\n{chosen.choice(ENDINGS)}\n".encode()


@pytest.fixture(scope="session")
def articles():
    """Returns a number of articles by name, in folders of a thousand."""
    return lambda number: {f"{each // 1000:03d}/{each:06d}.txt": article(each) for each in range(number)}


class DigestMemory(MemoryFileSystem):
    """A store in memory, ``digests://``, whose listings have an ETag as those of S3; it can fail and break off."""

    protocol = "digests"
    store, pseudo_dirs = {}, [""]  # of the class, as in the parent
    requests, before_upload = [], None

    @classmethod
    def _strip_protocol(cls, path):
        return MemoryFileSystem._strip_protocol(path.removeprefix("digests://"))

    def ls(self, path, detail=True, **kwargs):
        self.requests.append("LIST")
        found = super().ls(path, detail=True, **kwargs)
        for each in found:
            if each["type"] == "file":
                each["ETag"] = f'"{hashlib.md5(self.store[each["name"]].getvalue()).hexdigest()}"'
        return found if detail else [each["name"] for each in found]

    def get_file(self, rpath, lpath, **_):
        self.requests.append("GET")
        Path(lpath).write_bytes(self.cat_file(rpath))

    def put_file(self, lpath, rpath, **_):
        data = Path(lpath).read_bytes()
        self.requests.append("PUT")
        if type(self).before_upload is not None:
            data = type(self).before_upload(rpath, data)
        self.pipe_file(rpath, data)


@pytest.fixture
def digests(monkeypatch):
    """The store ``digests://``, empty."""
    fsspec.register_implementation("digests", DigestMemory, clobber=True)
    monkeypatch.setattr(DigestMemory, "store", {})
    monkeypatch.setattr(DigestMemory, "pseudo_dirs", [""])
    monkeypatch.setattr(DigestMemory, "requests", [])
    monkeypatch.setattr(DigestMemory, "before_upload", None)
    monkeypatch.setattr("clean_news.stores.transfers.FIRST_PAUSE_SECONDS", 0.001)
    return DigestMemory()


class S3:
    """The S3 server, with a bucket ``crawl``."""

    def __init__(self, folder):
        self.process = subprocess.Popen([sys.executable, SERVER, folder], stderr=subprocess.DEVNULL)
        address = folder / "address"
        deadline = time.monotonic() + START_SECONDS
        while not address.exists():
            assert self.process.poll() is None, "the server did not start"
            assert time.monotonic() < deadline
            time.sleep(0.05)
        self.url = address.read_text()
        self.variables = {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "not-a-secret-of-anybody",
            "AWS_DEFAULT_REGION": "us-east-1",
            "FSSPEC_S3": json.dumps({"config_kwargs": {"read_timeout": 1.5, "connect_timeout": 1.5}}),
        }
        own = {"key": "testing", "secret": "testing", "endpoint_url": self.url, "skip_instance_cache": True}
        self.files = fsspec.filesystem("s3", use_listings_cache=False, **own)
        self.files.mkdir("crawl")

    def own(self, path, method="GET"):
        request = urllib.request.Request(f"{self.url}/-/{path}", method=method)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def counts(self):
        """Number of requests so far by kind, without faults."""
        return {kind: number for kind, number in self.own("counts").items() if kind != "faults"}

    def put(self, folder, contents):
        self.files.pipe({f"crawl/{folder}/{name}": data for name, data in contents.items()})

    def contents(self, folder):
        """What is in a folder, by name, without the project folder."""
        places = [each for each in self.files.find(f"crawl/{folder}") if "/.clean-news/" not in each]
        found = self.files.cat(places) if places else {}
        return {place.removeprefix(f"crawl/{folder}/"): data for place, data in found.items()}

    def digests(self, folder):
        """The MD5 of what is in a folder, as the server lists it, by name; without the project folder."""
        found = self.files.find(f"crawl/{folder}", detail=True).items()
        return {
            place.removeprefix(f"crawl/{folder}/"): details["ETag"].strip('"')
            for place, details in found
            if "/.clean-news/" not in place
        }

    def start(self, *arguments):
        """Start the command line as a process group of its own."""
        return subprocess.Popen(
            [sys.executable, "-m", "clean_news", *arguments],
            env={**os.environ, **self.variables},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            text=True,
        )

    def run(self, *arguments):
        process = self.start(*arguments)
        output, _ = process.communicate()
        return process.returncode, output


def kill(process):
    """Kill a process with all of its own."""
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


@pytest.fixture(scope="session")
def s3(tmp_path_factory):
    """The S3 server; without moto and s3fs, the test is skipped."""
    for library in ("s3fs", "moto", "flask", "flask_cors"):
        pytest.importorskip(library)
    server = S3(tmp_path_factory.mktemp("s3"))
    yield server
    server.process.kill()
    server.process.wait()
