"""Runs over an S3 server with faults, killed again and again: nothing is lost, and nothing differs from a local run.

``CLEAN_NEWS_FULL=1`` takes 20,000 articles and 30 kills.
"""

import gzip
import hashlib
import os
import random
import signal
import sys
import time

from clean_news.batch.run import run
from clean_news.batch.run_options import RunOptions
from clean_news.settings import Settings

FULL = bool(os.environ.get("CLEAN_NEWS_FULL"))
ARTICLES, KILLS, FAULTS = (20_000, 30, 0.02) if FULL else (90, 1, 0.02)
REQUESTS = 3.2 * ARTICLES  # of a run that is not killed, about
MAX_REQUESTS_PER_ARTICLE = 6
MAX_SHARE = 1.5 if FULL else 0.5  # of a run's requests that are made before all kills


def local_run(folder, contents):
    """What a run of local folders makes of articles, with the sources of the store: clean files and logs by name."""
    raw, clean = folder / "raw", folder / "clean"
    for name, data in contents.items():
        place = raw / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
    assert run(raw, clean, RunOptions(Settings(jobs=2 if FULL else 1))).failures == []
    found = (path for path in clean.rglob("*.*") if ".clean-news" not in path.parts and path.is_file())
    own = f"{raw}/".encode()
    return {path.relative_to(clean).as_posix(): path.read_bytes().replace(own, b"s3://crawl/raw/") for path in found}


def is_gzip(data):
    return data.startswith(b"\x1f\x8b")


def kill_after(process, s3, requests):
    """Kill a process when it has made some requests; returns whether it was still running."""
    while process.poll() is None:
        if sum(s3.counts().values()) >= requests:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            return True
        time.sleep(0.02)
    return False


def test_killed_again_and_again_over_a_faulty_server(s3, articles, tmp_path):
    contents = articles(ARTICLES)
    expected = local_run(tmp_path, contents)
    s3.put("raw", contents)
    before = s3.counts()
    s3.own(f"faults/{FAULTS}", "PUT")
    chosen, kills = random.Random(21), 0
    jobs = ("-j2",) if FULL else ()
    for _ in range(KILLS):
        reached = sum(s3.counts().values())
        process = s3.start("s3://crawl/raw", "s3://crawl/clean", "-q", *jobs)
        kills += kill_after(process, s3, reached + chosen.uniform(0.01, MAX_SHARE / KILLS) * REQUESTS)
    code, output = s3.run("s3://crawl/raw", "s3://crawl/clean", *jobs)
    s3.own("faults/0", "PUT")
    assert code == 0, output
    spent = {kind: number - before.get(kind, 0) for kind, number in s3.counts().items()}
    per_article = sum(spent.values()) / ARTICLES
    sys.stdout.write(f"{kills} kills, {per_article:.2f} requests an article: {spent}; {output}\n")
    assert s3.digests("clean") == {name: hashlib.md5(data).hexdigest() for name, data in expected.items()}
    if not FULL:  # 40,000 objects take a quarter of an hour
        assert s3.contents("clean") == expected
    assert kills > KILLS / 2
    written = s3.files.cat(s3.files.find("crawl/clean/.clean-news")).values()
    secret = s3.variables["AWS_SECRET_ACCESS_KEY"]
    assert secret not in output
    assert not any(secret.encode() in each for each in (*written, *map(gzip.decompress, filter(is_gzip, written))))
    if FULL:  # the lists and the manifest are too much of a short run
        assert per_article <= MAX_REQUESTS_PER_ARTICLE
    before = s3.counts()
    code, output = s3.run("s3://crawl/raw", "s3://crawl/clean")
    assert code == 0
    assert f"({ARTICLES:,} up to date)" in output
    spent = {kind: number - before.get(kind, 0) for kind, number in s3.counts().items()}
    assert sum(spent.values()) < 0.05 * ARTICLES + 20, spent
