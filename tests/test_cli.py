"""The command line, run as a process: what it prints where, its exit codes, and what it writes."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from importlib.metadata import version
from pathlib import Path

import pytest

from clean_news.pipeline import load_stage
from clean_news.settings import STAGES

TEXT = "The overseas ministry mentioned it.\n"
CLEANED = "The foreign ministry mentioned it.\n"
COMMAND = [sys.executable, "-m", "clean_news"]
SETTINGS = "clean-news.toml"
WITHOUT_SETTINGS = ("--help", "--version", "revert", "model", "dictionary")


@pytest.fixture
def here(tmp_path, foreign):
    """A folder with a raw/ and a settings file, whose only stage puts "foreign" for "overseas"."""
    (tmp_path / "raw" / "a").mkdir(parents=True)
    (tmp_path / "raw" / "one.txt").write_text(TEXT, encoding="utf-8")
    (tmp_path / "raw" / "a" / "two.txt").write_text("The ferry left.\n", encoding="utf-8")
    (tmp_path / "clean-news.toml").write_text(f'stages = ["{foreign}"]\n', encoding="utf-8")
    return tmp_path


@pytest.fixture
def clean_news(here):
    """Runs the command line in that folder."""

    def start(*words, **options):
        # Settings that are merely found may not name a stage of one's own.
        own = () if not words or words[0] in WITHOUT_SETTINGS or "--config" in words else ("--config", SETTINGS)
        return subprocess.run(
            [*COMMAND, *map(str, words), *own],
            cwd=here,
            env=environment(),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            **options,
        )

    return start


def environment():
    """The environment, with the stages that the tests made."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "COLUMNS": "100"}


def files(folder):
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


# Starting


HEAVY = {
    "chardet",
    "editdistpy",
    "ftfy",
    "numpy",
    "platformdirs",
    "rapidfuzz",
    "rich",
    "spacy",
    "symspellpy",
    "textacy",
}


def test_the_command_line_imports_nothing_heavy():
    code = f"import sys, clean_news.cli.app; print(sorted({HEAVY!r} & set(sys.modules)))"
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "[]"
    code = f"import sys, clean_news; print(sorted({HEAVY | {'msgspec', 'typer'}!r} & set(sys.modules)))"
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "[]"


def test_a_rerun_with_nothing_to_do_imports_nothing_heavy(tmp_path):
    (tmp_path / "raw").mkdir()
    source = next(Path(__file__).parents[1].glob("raw/02-*.txt"))  # with edits, whose rules the summary explains
    (tmp_path / "raw" / "a.txt").write_bytes(source.read_bytes())
    wanted_not = HEAVY - {"platformdirs"}  # which finds what the first run kept
    code = (
        "import sys; from clean_news.cli.app import app; "
        f"app(['raw', 'clean', '-q'], standalone_mode=False); print(sorted({wanted_not!r} & set(sys.modules)))"
    )
    first, again = (
        subprocess.check_output([sys.executable, "-c", code], text=True, cwd=tmp_path).strip() for _ in range(2)
    )
    assert "numpy" in first
    assert again == "[]"


def test_the_root_help_shows_the_main_job(clean_news):
    done = clean_news("--help")
    assert done.returncode == 0
    assert "Usage: clean-news RAW... CLEAN [OPTIONS]" in done.stdout
    for part in ("--check", "--only STAGE", "--document", "--version", "revert ", "explain ", "model ", "dictionary "):
        assert f" {part}" in done.stdout
    assert "main-job" not in done.stdout


def test_the_version(clean_news):
    assert clean_news("--version").stdout == f"clean-news {version('clean-news')}\n"


def test_without_words_the_help_is_shown(clean_news):
    done = clean_news()
    assert done.returncode == 2
    assert "Usage: clean-news RAW... CLEAN [OPTIONS]" in done.stderr


def test_completion(here):
    def completed(*words):
        line = {
            "_CLEAN_NEWS_COMPLETE": "complete_bash",
            "COMP_WORDS": " ".join(words),
            "COMP_CWORD": str(len(words) - 1),
        }
        done = subprocess.run(
            COMMAND, cwd=here, env={**environment(), **line}, capture_output=True, text=True, check=False
        )
        return done.stdout.split()

    assert completed("clean-news", "ex") == ["explain"]
    assert completed("clean-news", "--che") == ["--check"]
    assert completed("clean-news", "raw", "--forc") == ["--force"]
    assert completed("clean-news", "--document", "sp") == ["spun"]


# The main job


def test_the_main_job_needs_no_command_word(clean_news, here):
    done = clean_news("raw", "clean")
    assert (done.returncode, done.stdout) == (0, "")
    assert re.fullmatch(
        r"Settings: clean-news\.toml\n"
        r"2 articles, 1 edit applied, 0 suggested in \d+\.\d s\nSummary: clean/\.clean-news/summary\.md\n",
        done.stderr,
    )
    assert (here / "clean" / "one.txt").read_text(encoding="utf-8") == CLEANED
    again = clean_news("raw", "clean")
    assert "2 articles (2 up to date), 0 edits applied, 1 already there, 0 suggested in" in again.stderr
    assert "2 articles, 1 edit" in clean_news("--force", "raw", "clean").stderr


def test_options_may_stand_anywhere(clean_news):
    for words in (("--quiet", "raw", "clean"), ("raw", "--quiet", "clean"), ("raw", "clean", "-q")):
        done = clean_news(*words)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_path_may_be_named_like_a_command(clean_news, here):
    (here / "raw").rename(here / "model")
    assert clean_news("./model", "clean").returncode == 0
    assert (here / "clean" / "one.txt").exists()


@pytest.mark.parametrize("flag", ["--check", "--dry-run"])
def test_check_and_dry_run_write_nothing(clean_news, here, flag):
    before = files(here)
    for words in (("raw", "clean", flag), (flag, "raw")):
        done = clean_news(*words)
        assert done.stdout == "one.txt: 1 edit\n"
        assert done.returncode == (1 if flag == "--check" else 0)
    assert files(here) == before
    (here / "raw" / "one.txt").unlink()
    assert clean_news("raw", flag).returncode == 0


def test_failures_are_told_and_the_rest_is_done(clean_news, here):
    (here / "raw" / "b.txt").write_bytes(bytes(100))
    for words in (("raw", "clean"), ("raw", "clean", "--quiet"), ("raw", "--check")):
        done = clean_news(*words)
        assert done.returncode == 2
        assert "raw/b.txt: 100 of 100 bytes are control characters" in done.stderr
    assert (here / "clean" / "one.txt").exists()
    assert "raw/b.txt" in (here / "clean" / ".clean-news" / "summary.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["gone", "clean"], "gone: there is no such file or folder"),
        (["raw", "raw"], "RAW and CLEAN are the same"),
        (["raw", "raw/clean"], "CLEAN is inside RAW"),
        (["raw"], "CLEAN is missing; name the folder for the clean articles, or use --check to write nothing"),
        (["raw", "clean", "--jobs", "-1"], "command line: jobs = -1 is not allowed; allowed: a whole number"),
        (["raw", "clean", "--only", "spinn"], "--only spinn: there is no such stage; there are: stages_of_a_test"),
        (["raw", "clean", "--skip", "spinn"], "--skip spinn: there is no such stage"),
        (["raw", "clean", "--config", "gone.toml"], "gone.toml: cannot be read"),
        (["raw", "clean", "--config", "wrong.toml"], "wrong.toml: min-words = 'few' is not allowed; allowed: a whole"),
        (["raw", "clean", "--config", "stage.toml"], "stages = 'spinn' is not allowed"),
        (["raw", "clean", "--document", "maybe"], "'--document'"),
        (["raw", "clean", "--chek"], "--chek"),
        (["raw", "one", "more.txt"], "more.txt: there is no such file or folder; the last of several names is CLEAN"),
        (["explain", "SPIN01"], "SPIN01: there is no such rule or stage; did you mean SPIN001"),
        (["revert", "gone", "back"], "gone: there is no such file or folder"),
        (["revert", "raw", "raw"], "raw: is the same as CLEAN"),
        (["model", "build", "gone.jsonl", "-o", "x.lm"], "gone.jsonl: there is no such file"),
        (["model", "build", "wrong.toml", "-o", "x.lm"], 'must be JSON lines with a field "text"'),
    ],
)
def test_usage_errors(clean_news, here, words, message):
    (here / "wrong.toml").write_text('min-words = "few"\n', encoding="utf-8")
    (here / "stage.toml").write_text('stages = ["spinn"]\n', encoding="utf-8")
    before = files(here)
    done = clean_news(*words)
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert "main-job" not in done.stderr
    assert files(here) == before


def test_stages_are_chosen(clean_news, here, foreign, make_stage):
    other = make_stage("return Proposal([replace(text, 0, 3, 'A', 'TEST002')])", "TEST002")
    (here / "clean-news.toml").write_text(f'stages = ["{foreign}", "{other}"]\n', encoding="utf-8")
    assert clean_news("raw", "c1").returncode == 0
    assert clean_news("raw", "c2", "--only", other).returncode == 0
    assert clean_news("raw", "c3", "--skip", other).returncode == 0
    assert [(here / name / "one.txt").read_text(encoding="utf-8") for name in ("c1", "c2", "c3")] == [
        CLEANED.replace("The", "A"), TEXT.replace("The", "A"), CLEANED,
    ]  # fmt: skip


def test_flags_reach_the_stages(clean_news, here, make_stage):
    stage = make_stage("return Proposal([], {'asked': [settings.document, settings.quotes, settings.min_words]})")
    (here / "mine.toml").write_text(f'stages = ["{stage}"]\nmin-words = 7\nquotes = "keep"\n', encoding="utf-8")
    clean_news("raw", "clean", "--config", "mine.toml", "--document", "spun")
    log = json.loads((here / "clean" / "one.txt.changes.json").read_bytes())
    assert log["document"] == {"asked": ["spun", "keep", 7]}


def test_a_charset_is_declared(clean_news, here):
    (here / "raw" / "one.txt").write_bytes("Mr Győri paid.\n".encode("cp1250"))
    assert clean_news("raw", "clean", "--charset", "windows-1250").returncode == 0
    assert (here / "clean" / "one.txt").read_text(encoding="utf-8") == "Mr Győri paid.\n"
    refused = clean_news("raw", "other", "--charset", "klingon")
    assert refused.returncode == 2
    assert "charset = 'klingon' is not allowed; allowed: the name of a charset" in refused.stderr


def test_rules_and_files_of_ones_own_are_named(clean_news, here):
    assert clean_news("raw", "off", "--rules-off", "TEST", "--rules-off", "OCR").returncode == 0
    assert (here / "off" / "one.txt").read_text(encoding="utf-8") == TEXT
    assert clean_news("raw", "only", "--rules-only", "TEST001").returncode == 0
    assert (here / "only" / "one.txt").read_text(encoding="utf-8") == CLEANED
    (here / "words.tsv").write_text("ferry\tnoun\tboat\nquay, wall\n", encoding="utf-8")
    for words, message in (
        (("--rules-off", "SPINN"), "rules-off = 'SPINN' is not allowed; "),
        (("--dictionary", "words.tsv"), "words.tsv, line 2: is not an entry; expected: "),
        (("--protect", "gone.txt"), "gone.txt: cannot be read (No such file or directory); "),
    ):
        refused = clean_news("raw", "clean", *words)
        assert refused.returncode == 2
        assert f"clean-news: {'command line: ' * words[0].startswith('--rules')}{message}" in refused.stderr
    assert not (here / "clean").exists()
    (here / "words.tsv").write_text("ferry\tnoun\tboat\n", encoding="utf-8")
    assert clean_news("raw", "clean", "--dictionary", "words.tsv", "--jobs", "2").returncode == 0
    log = json.loads((here / "clean" / "one.txt.changes.json").read_bytes())
    assert "own/words.tsv" in log["dictionaries"]


# Ctrl-C, pipes and terminals


@pytest.mark.parametrize("jobs", [1, 2])
def test_ctrl_c_ends_the_run_in_order(here, make_stage, jobs):
    slow = make_stage("time.sleep(0.3)\nreturn Proposal([])")
    (here / "clean-news.toml").write_text(f'stages = ["{slow}"]\n', encoding="utf-8")
    for number in range(40):
        (here / "raw" / f"{number}.txt").write_text(TEXT, encoding="utf-8")
    # Where the tests themselves run in the background Ctrl-C is ignored, and a child would inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    process = subprocess.Popen(
        [*COMMAND, "raw", "clean", f"--jobs={jobs}", "--config", SETTINGS],
        cwd=here, env=environment(), stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    until = time.monotonic() + 30
    while not list(here.glob("clean/*.changes.json")) and time.monotonic() < until:
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does it: to the worker processes too
    _, told = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "Traceback" not in told
    assert "\nstopped: " in told
    done = {path.name for path in (here / "clean").rglob("*.txt")}
    assert 0 < len(done) < 42
    assert {f"{name}.changes.json" for name in done} == {path.name for path in (here / "clean").rglob("*.changes.json")}
    assert not list((here / "clean").rglob("*.tmp"))
    assert json.loads((here / "clean" / ".clean-news" / "summary.json").read_bytes())["finished"] is False


def test_a_bar_on_a_terminal_and_none_in_a_pipe(here, on_terminal):
    variables = {**environment(), "TERM": "xterm"}
    shown = on_terminal([*COMMAND, "raw", "clean", "--config", SETTINGS], here, streams=("stderr",), **variables)
    assert b"cleaning" in shown
    assert b"2/2" in shown
    done = subprocess.run(
        [*COMMAND, "raw", "clean", "--force", "--config", SETTINGS],
        cwd=here,
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    assert "cleaning" not in done.stderr
    assert "\x1b" not in done.stderr


# revert


RAW_BYTES = {
    "lf.txt": TEXT.encode(),
    "crlf.txt": TEXT.replace("\n", "\r\n").encode(),
    "bom.txt": b"\xef\xbb\xbf" + TEXT.encode(),
    "utf-16.txt": ("\ufeff" + TEXT).encode("utf-16-be"),
    "cp1252.txt": "The overseas ministry’s café – “closed”.\r\n".encode("cp1252"),
    "invalid.txt": b"The overseas ministry \xff\xfe \xe2\x82 mentioned \x81 it.\r\n",
    "mixed.txt": b"The overseas\rministry\r\nmentioned\nit.",
    "a folder/leer é.txt": b"\xef\xbb\xbf",
}


@pytest.fixture
def cleaned(clean_news, here):
    for name, raw in RAW_BYTES.items():
        path = here / "raw" / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(raw)
    assert clean_news("raw", "clean").returncode == 0
    return here / "clean"


def test_revert_gives_every_byte_back(clean_news, here, cleaned):
    assert b"foreign" in (cleaned / "invalid.txt").read_bytes()
    done = clean_news("revert", "clean", "back")
    assert (done.returncode, done.stderr) == (0, "10 restored\n")
    assert files(here / "back") == files(here / "raw")
    for name in files(here / "raw"):
        assert (here / "back" / name).read_bytes() == (here / "raw" / name).read_bytes()
    again = clean_news("revert", "clean", "raw")
    assert (again.returncode, again.stderr) == (0, "0 restored, 10 already there\n")


def test_revert_of_one_file(clean_news, here, cleaned):
    assert clean_news("revert", cleaned / "crlf.txt", "one_file.txt").returncode == 0
    assert (here / "one_file.txt").read_bytes() == RAW_BYTES["crlf.txt"]
    assert clean_news("revert", cleaned / "bom.txt", here).returncode == 0
    assert (here / "bom.txt").read_bytes() == RAW_BYTES["bom.txt"]


def test_revert_refuses_what_does_not_fit_and_does_the_rest(clean_news, here, cleaned):
    for name, mine in {"lf.txt": b"My own.\n", "bom.txt": b"\xff", "utf-16.txt.changes.json": b"{}"}.items():
        (cleaned / name).write_bytes(mine)
    (cleaned / "crlf.txt.changes.json").unlink()
    (here / "back").mkdir()
    (here / "back" / "cp1252.txt").write_text("Somebody else's.\n", encoding="utf-8")
    done = clean_news("revert", "clean", "back")
    assert done.returncode == 2
    for message in (
        "clean/lf.txt: was changed by hand, 2 places; keep them with clean-news adopt",
        "clean/bom.txt: was changed after clean-news wrote it ('utf-8' codec",
        "clean/crlf.txt: has no change log (crlf.txt.changes.json is missing from the same folder)",
        "clean/utf-16.txt.changes.json: is a log of schema ",
        "back/cp1252.txt: exists and differs from the raw file of clean/cp1252.txt",
        "6 restored, 4 failed",
    ):
        assert message in done.stderr
    assert (here / "back" / "cp1252.txt").read_text(encoding="utf-8") == "Somebody else's.\n"
    assert files(here / "back") == {
        "cp1252.txt",
        "lf.txt",
        "invalid.txt",
        "mixed.txt",
        "one.txt",
        "a/two.txt",
        "a folder/leer é.txt",
    }


# explain


def test_explain_lists_every_rule(clean_news):
    done = clean_news("explain")
    assert done.returncode == 0
    for stage in STAGES:
        assert f"{stage}\n" in done.stdout
        for rule in load_stage(stage).RULES:
            assert re.search(rf"^  {rule.code} +{re.escape(rule.summary)}$", done.stdout, re.MULTILINE)


def test_explain_says_what_a_rule_does(clean_news):
    done = clean_news("explain", "lay004")
    assert done.returncode == 0
    assert done.stdout.startswith("LAY004 (stage layout)\nPage numbers and running heads")
    assert "before:\n    The ferry left its berth in the old\n    \n    - 3 -\n" in done.stdout
    assert "not changed:\n    The ferry left an hour late." in done.stdout


def test_every_rule_can_be_explained():
    from clean_news.explanation import explanation
    from clean_news.settings import Settings

    codes = [rule.code for stage in STAGES for rule in load_stage(stage).RULES]
    assert len(codes) == len(set(codes)), "a code names one rule"
    for code in codes:
        text = explanation(code, Settings())
        assert text.startswith(f"{code} (stage ")
        assert re.search(r"\n\n(before|reported, not changed):\n    .", text)
        assert text.isprintable() or set(filter(lambda c: not c.isprintable(), text)) == {"\n"}


def test_a_stage_of_ones_own_is_explained(clean_news):
    assert "does something" in clean_news("explain", "TEST001").stdout


def test_a_model_is_built(clean_news, here):
    lines = [json.dumps({"text": f"The ferry left the harbour at {hour}. It was late."}) for hour in range(20)]
    (here / "corpus.jsonl").write_text("\n".join(lines), encoding="utf-8")
    done = clean_news("model", "build", "corpus.jsonl", "-o", "small.lm")
    assert done.returncode == 0, done.stderr
    assert Path(here, "small.lm").read_bytes().startswith(b"clean-news language model")
