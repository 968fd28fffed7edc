"""What is damaged costs only itself, as a user sees it: logs, pairs, the cache, the model, the time of texts.

Each test is a fault that somebody found from outside; all of them failed before it was mended. What a terminal and a
full disk get is tested in ``test_hostile_terminal`` and ``test_output_errors``, which heed ``CLEAN_NEWS_PYTHON`` too.
"""

import base64
import json
import os
import shutil
import subprocess
import zlib
from pathlib import Path

import pytest
from black_box import FAST, PYTHON, clean_news, on_terminal, write

full = pytest.mark.full
TWO_EDITS = "The harbour board didnâ€™t reply. The ferry didnâ€™t leave.\n"
SPUN = Path(__file__).parents[2] / "raw" / "02-spun-foreign-ministry.txt"
DEEP = "[" * 5_000 + "]" * 5_000
BOMB = base64.b64encode(zlib.compress(bytes(1 << 30), 9)).decode()  # 1 GB in 1.4 MB


# Logs


def decoding(**values):
    """Change how the raw file was decoded."""
    return lambda log: json.dumps({**log, "decoding": {**log["decoding"], **values}})


def edits(change):
    """Change the edits."""

    def changed(log):
        stages = [{**stage, "edits": change(stage["edits"])} for stage in log["stages"]]
        return json.dumps({**log, "stages": stages})

    return changed


LOGS = {
    "codec rot13": decoding(codec="rot13"),
    "codec unknown": decoding(codec="klingon"),
    "raw_zlib garbage": decoding(raw_zlib="!!!! no base64"),
    "raw_zlib bomb": decoding(raw_zlib=BOMB),
    "deep": lambda log: json.dumps({**log, "document": "HERE"}).replace('"HERE"', DEEP),
    "pipe": None,
    "edits out of order": edits(lambda found: found[::-1]),
    "edits out of range": edits(lambda found: [{**each, "span": [90_000, 90_003]} for each in found]),
}
READERS = {
    "revert": ("revert", "clean", "back"),
    "diff": ("diff", "clean"),
    "report": ("report", "clean", "-o", "report.html"),
    "decisions": ("decisions", "check", "clean", "decisions.jsonl"),
    "rerun": ("raw", "clean", *FAST),
    "review": ("review", "clean"),
}
DECISION = {
    "schema": "clean-news/decisions/1", "action": "reject", "scope": "everywhere", "id": "0", "article": "z.txt",
    "rule": "ENC001", "before": "â€™", "after": "’", "by": "Ada", "at": "2026-01-01T10:00:00+00:00",
}  # fmt: skip


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """Three articles, cleaned."""
    folder = tmp_path_factory.mktemp("whole")
    write(folder, {f"raw/{name}.txt": TWO_EDITS for name in ("a", "bad", "z")})
    write(folder, {"decisions.jsonl": json.dumps(DECISION) + "\n"})
    assert clean_news(folder, "raw", "clean", *FAST).code == 0
    return folder


@pytest.fixture
def here(whole, tmp_path):
    """A copy of them."""
    shutil.copytree(whole, tmp_path / "here")
    return tmp_path / "here"


# These never were at fault: edits out of range were always noticed where texts are restored.
RIGHT = {("edits out of range", reader) for reader in ("revert", "diff", "report", "review")}


@full
@pytest.mark.parametrize(("kind", "reader"), sorted({(kind, reader) for kind in LOGS for reader in READERS} - RIGHT))
def test_one_bad_log_costs_only_its_article(here, kind, reader):
    path = here / "clean" / "bad.txt.changes.json"
    log = json.loads(path.read_bytes())
    path.unlink()
    if LOGS[kind] is None:
        os.mkfifo(path)
    else:
        path.write_text(LOGS[kind](log))
    if reader == "review":
        done = on_terminal(here, *READERS[reader], keys=b"qqqq")
        assert "Traceback" not in done.out
    else:
        done = clean_news(here, *READERS[reader])
    assert "/a.txt" not in done.errors
    assert "/z.txt" not in done.errors
    assert "bad.txt" in done.errors + (done.out if reader == "review" else "")
    assert done.code == 2
    if reader == "rerun" and kind != "pipe":  # the article was cleaned again, which makes its log whole
        assert "(2 up to date)" in done.errors
        assert clean_news(here, *READERS[reader]).code == 0
        assert clean_news(here, "verify", "clean", "--raw", "raw").code == 0
    if reader == "revert":
        assert {each.name for each in (here / "back").iterdir()} == {"a.txt", "z.txt"}
    if reader == "diff":
        assert "a.txt" in done.out
        assert "z.txt" in done.out


# A clean file and its log


def test_a_name_that_is_too_long_for_its_log_leaves_no_clean_file(tmp_path):
    name = "n" * 241 + ".txt"
    write(tmp_path, {f"raw/{name}": TWO_EDITS, "raw/a.txt": TWO_EDITS})
    done = clean_news(tmp_path, "raw", "clean", *FAST)
    assert done.code == 2
    assert {path.name for path in (tmp_path / "clean").iterdir()} == {"a.txt", "a.txt.changes.json", ".clean-news"}


KILLER = """\
import os, signal
def killing(rename):
    def renaming(source, target, **folders):
        rename(source, target, **folders)
        if os.fspath(target).split("/")[-1] in ("a.txt", "a.txt.changes.json"):
            os.kill(os.getpid(), signal.SIGKILL)
    return renaming
os.replace, os.rename = killing(os.replace), killing(os.rename)
"""


@pytest.mark.parametrize("before", ["nothing", pytest.param("another pair", marks=full)])
def test_a_kill_between_the_two_renames_needs_no_force(tmp_path, before):
    """The process is killed as soon as the first file of the pair is in its place; the next run has other settings."""
    write(tmp_path, {"raw/a.txt": TWO_EDITS, "hook/sitecustomize.py": KILLER})
    if before == "another pair":
        assert clean_news(tmp_path, "raw", "clean", "--only", "characters").code == 0
    assert clean_news(tmp_path, "raw", "clean", *FAST, env={"PYTHONPATH": str(tmp_path / "hook")}).code == -9
    done = clean_news(tmp_path, "raw", "clean", *FAST, "--rules-off", "ENC")
    assert done.code == 0, done.errors
    assert (tmp_path / "clean" / "a.txt").read_text() == TWO_EDITS
    assert clean_news(tmp_path, "revert", "clean", "back").code == 0
    assert {path.name for path in (tmp_path / "clean").iterdir()} == {"a.txt", "a.txt.changes.json", ".clean-news"}


def test_verify_finds_damage_and_repairs_it(here):
    assert clean_news(here, "verify", "clean", "--raw", "raw").code == 0
    (here / "clean" / "z.txt").write_text("Another.\n")
    done = clean_news(here, "verify", "clean", "--raw", "raw")
    assert done.code == 1
    assert "z.txt" in done.out + done.errors
    clean_news(here, "verify", "clean", "--raw", "raw", "--repair", *FAST)
    assert (here / "clean" / "z.txt").read_text() == TWO_EDITS.replace("â€™", "’")


# The cache and the model


def flip_bit(path, at):
    content = bytearray(path.read_bytes())
    content[at] ^= 4
    path.write_bytes(content)


@full
def test_a_damaged_cache_is_made_again_silently(tmp_path):
    write(tmp_path, {"raw/a.txt": SPUN.read_bytes()})
    cache = {"XDG_CACHE_HOME": str(tmp_path / "cache")}
    assert clean_news(tmp_path, "raw", "clean", env=cache, timeout=60).code == 0
    (cached,) = [path for path in (tmp_path / "cache").rglob("lexicon*") if path.is_file()]
    written = cached.read_bytes()
    for at in (len(written) // 2, len(written) - 1):
        flip_bit(cached, at)
        damaged = cached.read_bytes()
        done = clean_news(tmp_path, "raw", f"again-{at}", env=cache, timeout=60)
        assert done.code == 0
        assert "a.txt" not in done.errors
        assert (tmp_path / f"again-{at}" / "a.txt").read_bytes() == (tmp_path / "clean" / "a.txt").read_bytes()
        assert cached.read_bytes() != damaged
        assert len(cached.read_bytes()) == len(written)


@full
def test_a_damaged_model_is_a_clear_error(tmp_path):
    """In a copy of the installation."""
    where = subprocess.check_output([PYTHON, "-c", "import clean_news; print(clean_news.__file__)"], cwd=tmp_path)
    package = Path(os.fsdecode(where.strip())).parent
    shutil.copytree(package, tmp_path / "site" / "pipeline" / "clean_news")
    shutil.copytree(package.parents[1] / "dictionaries", tmp_path / "site" / "dictionaries")
    write(tmp_path, {"raw/a.txt": SPUN.read_bytes()})
    model = tmp_path / "site" / "dictionaries" / "news.lm"
    flip_bit(model, model.stat().st_size // 2)
    done = clean_news(tmp_path, "raw", "clean", env={"PYTHONPATH": str(tmp_path / "site" / "pipeline")}, timeout=60)
    assert done.code == 2
    assert "news.lm" in done.errors
    assert "damaged" in done.errors


# Tracebacks, and what costs much


@full
@pytest.mark.parametrize(
    ("name", "content", "option"),
    [
        ("deep.toml", f"a = {DEEP}\n", "--config"),
        ("deep.jsonl", f'{{"more": {DEEP}}}\n', "--decisions"),
        ("dots.toml", 'stages = ["..x"]\n', "--config"),
    ],
)
def test_hostile_settings_and_decisions_are_a_message(here, name, content, option):
    (here / name).write_text(content)
    done = clean_news(here, "raw", "new", option, name)
    assert done.code == 2
    assert name in done.errors


@full
def test_a_dictionary_of_300_000_lines_is_cheap(here):
    """It took 100 s and 900 MB."""
    lines = (f"harbour {letters(number)}\tnoun\tsea {letters(number)} port\n" for number in range(300_000))
    write(here, {"large.tsv": "".join(lines), "raw/spun.txt": SPUN.read_bytes()})
    done = clean_news(here, "raw", "new", "--dictionary", "large.tsv", timeout=300, preexec_fn=None)
    assert done.code == 0, done.errors
    assert done.seconds < 25  # on the machine where it took 100 s


def letters(number):
    """A number as a word."""
    return "".join(chr(ord("a") + int(digit)) for digit in str(number))


# Time that grows with the length

SCANNED = (SPUN.parent / "04-scanned-harbour.txt").read_text(encoding="utf-8")
RUNS = {
    "letters": "a", "digits": "7", "soft hyphens": "a\u00ad", "zero-width": "a\u200b", "ESC": "a\x1b", "NUL": "a\0",
}  # fmt: skip
PATTERNS = {"BEFORE": "a'", "PAGE_OF": "-", "DASHED": "-", "END_MARK": "-", "LIST_ITEM": "("}


@full
def test_mojibake_of_mojibake_costs_little_a_character(tmp_path):
    """It took 0.3 ms a character, eight seconds here."""
    seconds = []
    for size in (0, 24_000):
        write(tmp_path, {f"{size}.txt": f"{SCANNED}\n{'ÃƒÂ' * (size // 3)}\n{SCANNED}\n"})
        seconds.append(clean_news(tmp_path, f"{size}.txt", "--check", timeout=120).seconds)
    assert seconds[1] - seconds[0] < 2.4, seconds


@full
@pytest.mark.parametrize("name", RUNS)
def test_time_grows_with_the_length(tmp_path, name):
    seconds = []
    for size in (0, 12_000, 48_000):
        run = RUNS[name] * (size // len(RUNS[name]))
        row = json.dumps({"text": f"{SCANNED}\n{run}\n{SCANNED}\n"})  # a text file with NUL would be binary
        write(tmp_path, {f"{size}.jsonl": row + "\n"})
        seconds.append(clean_news(tmp_path, f"{size}.jsonl", "--check", timeout=120).seconds)
    least, once, longer = seconds
    assert longer - least <= 8 * max(once - least, 0.2), seconds


ALONE = """\
import importlib, pkgutil, re, sys, time, clean_news
name, repeated = sys.argv[1:]
modules = [importlib.import_module(each.name) for each in pkgutil.walk_packages(clean_news.__path__, "clean_news.")
           if each.name.split(".")[-1] in ("dehyphenation", "page_furniture", "text_lines")]
(pattern,) = {value for each in modules for value in [vars(each).get(name)] if isinstance(value, re.Pattern)}
for size in (5000, 20000):
    text, began = repeated * (size // len(repeated)) + "\\0", time.process_time()
    sum(1 for _ in pattern.finditer(text))
    print(time.process_time() - began)
"""


@full
@pytest.mark.parametrize("name", PATTERNS)
def test_a_pattern_alone_takes_linear_time(tmp_path, name):
    command = [PYTHON, "-c", ALONE, name, PATTERNS[name]]
    once, longer = map(float, subprocess.check_output(command, cwd=tmp_path, timeout=120).split())
    assert longer <= 8 * max(once, 0.0005)
