"""Hostile sources and indexes: nothing is written elsewhere, nothing is quoted, nobody waits, the other sources count.

What is planted lies in a folder of sources, or in an index; a run is then a process of its own. ``CLEAN_NEWS_FULL=1``
plants each case by itself, and all into indexes.
"""

import gzip
import json
import os
import pickle
import shutil
import signal
import subprocess
import sys
import time
import zlib
from pathlib import Path

import numpy as np
import pytest

SAMPLES = Path(__file__).parents[2]
SPUN = SAMPLES / "raw" / "02-spun-foreign-ministry.txt"
ORIGINAL = SAMPLES / "clean" / "02-spun-foreign-ministry.txt"
GENUINE = SAMPLES / "clean" / "09-hard-wrapped-bridges.txt"
SECRET = "root:$6$salt$hash:19000:0:99999:7:::"
FULL = bool(os.environ.get("CLEAN_NEWS_FULL"))
EACH = 1 if FULL else 5  # every so many hostile indexes; odd, so that both ways are met
MOST_SECONDS = 60  # on the clock, on a busy machine; a run takes one or two
COMMAND = [sys.executable, "-m", "clean_news"]


@pytest.fixture
def site(tmp_path):
    """RAW with a spun and a genuine article, an archive with the original, and a folder that nobody named."""
    for name in ("raw", "archive", "elsewhere"):
        (tmp_path / name).mkdir()
    shutil.copy(SPUN, tmp_path / "raw" / "a-spun.txt")
    shutil.copy(GENUINE, tmp_path / "raw" / "z-genuine.txt")
    shutil.copy(ORIGINAL, tmp_path / "archive" / "original.txt")
    (tmp_path / "elsewhere" / "secret.txt").write_text(f"{SECRET}\n{ORIGINAL.read_text(encoding='utf-8')}")
    return tmp_path


def run(site, *words):
    return subprocess.run(
        [*COMMAND, *words], cwd=site, capture_output=True, text=True, timeout=MOST_SECONDS, check=False
    )


def clean(site, *words):
    return run(site, "raw", "clean", "--sources", "archive", "--sources-index", "index", *words)


def source_of(site):
    """The source that the spun article was given, by its log; None if it was not cleaned with one."""
    log = json.loads((site / "clean" / "a-spun.txt.changes.json").read_bytes())
    return log["document"].get("source", {}).get("id")


def snapshot(folder):
    return {path: path.lstat().st_size if path.is_symlink() else path.read_bytes()
            for path in folder.rglob("*") if path.is_symlink() or path.is_file()}  # fmt: skip


def link(place, name, target):
    (place / name).symlink_to(target)


def bomb(place):
    (place / "bomb.jsonl.gz").write_bytes(gzip.compress(b'{"text": "' + b"a " * (40 << 20) + b'"}\n'))


def sparse(place):
    (place / "huge.txt").touch()
    os.truncate(place / "huge.txt", 1 << 34)


def write(name, content):
    return lambda place: (place / name).write_bytes(content)


SOURCES = {
    "a link that leads out": lambda place: link(place, "out.txt", "../elsewhere/secret.txt"),
    "a folder that leads out": lambda place: link(place, "out", "../elsewhere"),
    "a loop of links": lambda place: link(place, "loop", "."),
    "a dangling link": lambda place: link(place, "gone.txt", "nowhere"),
    "a device": lambda place: link(place, "zero.txt", "/dev/zero"),
    "a named pipe": lambda place: os.mkfifo(place / "pipe.txt"),
    "a huge file": sparse,
    "a bomb": bomb,
    "binary data": write("binary.txt", bytes(range(256)) * 100),
    "a truncated archive": write("cut.jsonl.gz", gzip.compress(b'{"text": "a b"}\n' * 999)[:-20]),
    "no gzip": write("not.jsonl.gz", b"no gzip"),
    "no Parquet": write("not.parquet", b"PAR1 no"),
    "no WARC": write("not.warc.gz", gzip.compress(b"no WARC")),
    "deep JSON": write("deep.jsonl", b'{"text": ' + b"[" * 100_000 + b"\n"),
    "JSON of other things": write("other.jsonl", b'[]\n1\nnull\n{"text": 1}\n{"title": "a"}\n\xff\n'),
}
QUIET = {  # nothing is wrong with these, they are only odd
    "an empty folder": lambda place: (place / "empty").mkdir(),
    "a hidden file": write(".hidden.txt", SECRET.encode()),
    "a lone surrogate": write("lone.jsonl", b'{"text": "The \\ud800 ferry"}\n'),
    "an id that leads out": write("id.jsonl", b'{"id": "../../\\u001b[2J", "text": "The ferry of Ostrand"}\n'),
    "a name of control characters": write("\x1b[2J\n.txt", b"The ferry of Ostrand was late."),
    "a name of bytes": lambda place: (place / os.fsdecode(b"\xff.txt")).write_text("The ferry was late."),
    "a long line": write("long.txt", b"ostrand " * 200_000),
    "an unknown type": write("table.xlsx", b"a,b\n"),
}


@pytest.mark.parametrize("names", [*([name] for name in SOURCES), [*SOURCES]] if FULL else [[*SOURCES]], ids=len)
def test_broken_sources_are_named_and_the_others_are_used(site, names):
    for name in names:
        SOURCES[name](site / "archive")
    before = snapshot(site / "elsewhere")
    done = clean(site)
    assert done.returncode == 2
    assert source_of(site) == "original.txt"
    assert (site / "clean" / "z-genuine.txt").read_bytes() == GENUINE.read_bytes()
    odd = {path.name for path in (site / "archive").iterdir()} - {"original.txt"}
    assert {name for name in odd if f"archive/{name}" in done.stderr} == odd
    check_harmless(site, done, before)


@pytest.mark.parametrize("names", [*([name] for name in QUIET), [*QUIET]] if FULL else [[*QUIET]], ids=len)
def test_odd_sources_are_no_error(site, names):
    for name in names:
        QUIET[name](site / "archive")
    done = clean(site)
    assert (done.returncode, source_of(site)) == (0, "original.txt"), done.stderr
    check_harmless(site, done, snapshot(site / "elsewhere"))
    assert clean(site).returncode == 0


def check_harmless(site, done, before):
    assert "Traceback" not in done.stderr
    assert "\x1b" not in done.stderr
    assert "salt" not in done.stderr
    assert snapshot(site / "elsewhere") == before
    assert not any("secret" in path.name for path in (site / "index").rglob("*"))
    assert {path.name for path in site.iterdir()} == {"raw", "archive", "elsewhere", "clean", "index"}


def edited(place, change):
    """Change the manifest of an index as its author could: with the checksum of the changed one."""
    _, body = (place / "index.json").read_bytes().split(b"\n", 1)
    manifest = json.loads(body)
    change(manifest)
    content = json.dumps(manifest, separators=(",", ":")).encode()
    (place / "index.json").write_bytes(b"%08x\n%s\n" % (zlib.crc32(content), content))


def rename_file(name):
    def change(manifest):
        files = manifest["files"]
        first = next(iter(files))
        files[name] = files.pop(first)

    return lambda place: edited(place, change)


def instead(pattern, make):
    def plant(place):
        path = next(place.rglob(pattern))
        path.unlink()
        make(path)

    return plant


def deep(place):
    content = b'{"format":' + b"[" * 200_000
    (place / "index.json").write_bytes(b"%08x\n%s\n" % (zlib.crc32(content), content))


def planted_pickle(place):
    for path in place.rglob("*.npy"):
        np.save(path, np.array([Planted()], object), allow_pickle=True)
    edited(place, lambda manifest: recount(place, manifest))


def recount(place, manifest):
    for folder, files in ((place, manifest["files"]), *((place / s["name"], s["files"]) for s in manifest["segments"])):
        for name in files:
            content = (folder / name).read_bytes()
            files[name] = [len(content), zlib.crc32(content)]


class Planted:
    def __reduce__(self):
        return os.mkdir, ("canary",)


INDEXES = {
    "a pipe as manifest": instead("index.json", os.mkfifo),
    "a device as manifest": instead("index.json", lambda path: path.symlink_to("/dev/zero")),
    "a pipe as array": instead("digests.npy", os.mkfifo),
    "a device as records": instead("records.bin", lambda path: path.symlink_to("/dev/zero")),
    "a file that leads out": rename_file("../elsewhere/secret.txt"),
    "a device by name": rename_file("/dev/zero"),
    "a segment that leads out": lambda place: edited(
        place, lambda manifest: manifest["segments"][0].update(name="../elsewhere")
    ),
    "a deep manifest": deep,
    "numbers that are too large": lambda place: edited(
        place, lambda manifest: manifest.update(articles=1 << 62, generation=1 << 62)
    ),
    "a pickle": planted_pickle,
    "a huge manifest": lambda place: os.truncate(place / "index.json", 1 << 34),
    "another format": lambda place: edited(place, lambda manifest: manifest.update(format=99)),
    "a link for the next manifest": lambda place: link(place, "index.json.tmp", "../elsewhere/secret.txt"),
    "a link for the next weights": lambda place: link(place, "scales-99.npy", "../elsewhere/secret.txt"),
    "a link for the next segment": lambda place: link(place, "segment-9-0", "../elsewhere"),
}


CASES = [(name, sources) for name in INDEXES for sources in (True, False)]


@pytest.mark.parametrize(("name", "sources"), CASES[::EACH])
def test_a_hostile_index_is_made_again_or_refused(site, name, sources):
    assert run(site, "sources", "update", "--sources", "archive", "--sources-index", "index").returncode == 0
    INDEXES[name](site / "index")
    (site / "archive" / "more.txt").write_text("The ferry of Ostrand was late.", encoding="utf-8")
    before = snapshot(site / "elsewhere")
    done = clean(site) if sources else run(site, "raw", "clean", "--sources-index", "index")
    assert snapshot(site / "elsewhere") == before
    assert not (site / "canary").exists(), "a pickle was loaded"
    assert "Traceback" not in done.stderr
    if done.returncode == 0:
        assert source_of(site) == "original.txt"
    else:
        assert done.returncode == 2
        assert "index" in done.stderr
        assert "salt" not in done.stderr
        if not (site / "clean").exists():
            remedies = ("delete that folder", "name another", "name a new")
            assert any(remedy in done.stderr for remedy in remedies), done.stderr


def test_the_canary_would_be_seen(site):
    (site / "planted").write_bytes(pickle.dumps(Planted()))
    os.chdir(site)
    pickle.loads((site / "planted").read_bytes())
    assert (site / "canary").exists()


def test_found_settings_cannot_have_an_index_written_elsewhere(site):
    (site / "raw" / "clean-news.toml").write_text(
        f'sources = ["."]\nsources-index = "{site / "elsewhere" / "index"}"\n', encoding="utf-8"
    )
    done = subprocess.run(
        [*COMMAND, ".", "../clean"], cwd=site / "raw", capture_output=True, text=True, timeout=MOST_SECONDS, check=False
    )
    assert done.returncode == 2
    assert "sources-index names a place outside the folder of this file" in done.stderr
    assert not (site / "elsewhere" / "index").exists()


def test_a_run_that_is_killed_while_it_reads_the_sources_is_made_good_by_the_next(site):
    text = ORIGINAL.read_text(encoding="utf-8")
    with (site / "archive" / "many.jsonl").open("w", encoding="utf-8") as file:
        for number in range(3_000):
            file.write(
                json.dumps({"id": number, "text": f"Bulletin {number} of Harbour {number % 97}. {text[:600]}"}) + "\n"
            )
    words = ["raw", "clean", "--sources", "archive", "--sources-index", "index"]
    killed = 0
    for _ in range(6 if FULL else 2):
        process = subprocess.Popen([*COMMAND, *words], cwd=site, stderr=subprocess.DEVNULL)
        while process.poll() is None and not list((site / "index").glob("segment-*/*")):
            time.sleep(0.002)
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
            killed += 1
        process.wait()
        shutil.rmtree(site / "clean", ignore_errors=True)
        for manifest in (site / "index").glob("index.json"):
            manifest.unlink()  # as if it had been killed before
    assert killed
    assert clean(site).returncode == 0
    assert source_of(site) == "original.txt"
    other = run(site, "sources", "update", "--sources", "archive", "--sources-index", "other")
    assert other.returncode == 0
    assert digest(site / "index") == digest(site / "other")
    assert len(list((site / "index").glob("segment-*"))) == len(list((site / "other").glob("segment-*"))), "leftovers"


def digest(place):
    return json.loads((place / "index.json").read_bytes().split(b"\n", 1)[1])["digest"]
