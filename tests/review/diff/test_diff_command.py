"""``clean-news diff`` as a process: output, exit codes, colour, pager."""

import json
import os
import pty
import re
import subprocess
import sys

import msgspec
import pytest

from clean_news import change_log

COMMAND = [sys.executable, "-m", "clean_news", "diff"]


@pytest.fixture
def here(tmp_path, by_stages):
    """A folder with a CLEAN of three articles, and their RAW."""
    articles = {
        "one.txt": by_stages("The overseas ministry wrote.\n", spin=[("overseas", "foreign")]),
        "a/two.txt": by_stages("Tbe ferry will go.\n", ocr=[("Tbe", "The")], spin=[("will", "would", "suggested")]),
        "a/same.txt": by_stages("Nothing to repair.\n"),
    }
    for name, (raw, clean, log) in articles.items():
        write(tmp_path, name, raw, clean, msgspec.structs.replace(log, id=name, source=f"raw/{name}"))
    return tmp_path


def write(folder, name, raw, clean, log):
    for top, content in (("raw", raw), ("clean", clean.encode())):
        file = folder / top / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    (folder / "clean" / f"{name}.changes.json").write_bytes(change_log.write(log))


@pytest.fixture
def diff(here):
    """Runs the command in that folder."""

    def run(*words, **variables):
        return subprocess.run(
            [*COMMAND, *words],
            cwd=here,
            env=environment(**variables),
            capture_output=True,
            encoding="utf-8",
            timeout=60,
            check=False,
        )

    return run


@pytest.fixture
def in_terminal(here):
    """Runs the command in a terminal of 80 × 10, and returns its exit code and its output."""

    def run(*words, **variables):
        ours, its = pty.openpty()
        with subprocess.Popen(
            [*COMMAND, *words],
            cwd=here,
            env=environment(COLUMNS="80", LINES="10", TERM="xterm", **variables),
            stdin=its,
            stdout=its,
            stderr=subprocess.STDOUT,
        ) as process:
            os.close(its)
            seen = b""
            try:
                while part := os.read(ours, 4096):
                    seen += part
            except OSError:  # the process has ended
                pass
            finally:
                os.close(ours)
        return process.returncode, seen.decode().replace("\r\n", "\n")

    return run


def environment(**variables):
    return {key: value for key, value in os.environ.items() if key not in {"NO_COLOR", "PAGER", "LESS"}} | variables


def articles_in(done):
    return re.findall(r"^clean/(\S+)  ", done.stdout, re.MULTILINE)


def test_all_articles_with_edits_are_shown(diff):
    done = diff("clean")
    assert (done.returncode, done.stderr) == (0, "")
    assert articles_in(done) == ["one.txt", "a/two.txt"]
    assert "1 │ The [-overseas-]{+foreign+} ministry wrote.\n" in done.stdout
    assert "1 │ [-Tbe-]{+The+} ferry {?will→would?} go.\n" in done.stdout


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["clean", "one.txt"], ["one.txt"]),
        (["clean", "clean/a/two.txt"], ["a/two.txt"]),
        (["clean", "a/*"], ["a/two.txt"]),
        (["clean/a/two.txt"], ["a/two.txt"]),
        (["clean", "--rule", "ocr"], ["a/two.txt"]),
        (["clean", "--stage", "ocr", "--stage", "layout"], ["a/two.txt"]),
        (["clean", "--state", "suggested"], ["a/two.txt"]),
        (["clean", "--rule", "SPIN", "--state", "applied"], ["one.txt"]),
    ],
)
def test_articles_and_edits_are_selected(diff, words, expected):
    done = diff(*words)
    assert (done.returncode, articles_in(done)) == (0, expected)


def test_an_article_is_found_by_its_id(here, diff, by_stages):
    raw, clean, log = by_stages("The overseas trip.\n", spin=[("overseas", "foreign")])
    write(here, "moved.txt", raw, clean, msgspec.structs.replace(log, id="before/named.txt"))
    assert articles_in(diff("clean", "before/named.txt")) == ["moved.txt"]


def test_an_empty_diff_is_reported(diff):
    for words in (["clean", "a/same.txt"], ["clean", "--stage", "layout"], ["clean", "--min-confidence", "0.95"]):
        done = diff(*words)
        assert (done.returncode, done.stdout) == (0, "")
        assert "nothing to show" in done.stderr


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["nowhere"], "nowhere: there is no such file or folder; name a folder of clean articles"),
        (["clean", "three.txt"], "three.txt: no such article in clean; give its path, its id or a glob"),
        (["raw/one.txt"], "raw/one.txt: has no change log"),
    ],
)
def test_missing_files_are_reported(diff, words, message):
    done = diff(*words)
    assert done.returncode == 2
    assert message in done.stderr


def test_a_changed_article_does_not_affect_the_others(here, diff):
    (here / "clean" / "one.txt").write_text("Somebody was here.\n", encoding="utf-8")
    done = diff("clean", "-f", "json")
    assert done.returncode == 0
    assert done.stderr.count("was changed by hand") == 1
    shown = {line["id"]: line for line in map(json.loads, done.stdout.splitlines())}
    assert sorted(shown) == ["a/two.txt", "one.txt"]
    assert "HAND" in {edit["rule"] for edit in shown["one.txt"]["edits"]}


def test_a_changed_article_without_its_raw_file_does_not_affect_the_others(here, diff):
    (here / "clean" / "one.txt").write_text("Somebody was here.\n", encoding="utf-8")
    (here / "raw" / "one.txt").unlink()
    done = diff("clean", "-f", "json")
    assert done.returncode == 2
    assert done.stderr.count("was changed by hand after clean-news wrote it") == 1
    assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == ["a/two.txt"]


def test_the_patch_turns_raw_into_clean(here, diff):
    done = diff("clean", "--format", "patch")
    assert (done.returncode, done.stderr) == (0, "")
    subprocess.run(["git", "apply"], cwd=here / "raw", input=done.stdout.encode(), check=True)
    for name in ("one.txt", "a/two.txt", "a/same.txt"):
        assert (here / "raw" / name).read_bytes() == (here / "clean" / name).read_bytes()


def test_unpatchable_files_are_reported_and_the_others_patched(here, diff, by_stages):
    wide = by_stages("The overseas trip.\n".encode("utf-16"), spin=[("overseas", "foreign")])
    write(here, "wide.txt", *wide[:2], msgspec.structs.replace(wide[2], id="wide.txt"))
    builds = by_stages("The ovcrseas trip.\n", ocr=[("ovcrseas", "overseas")], spin=[("overseas", "foreign")])
    write(here, "builds.txt", *builds[:2], msgspec.structs.replace(builds[2], id="builds.txt"))
    done = diff("clean", "--format", "patch", "--stage", "spin")
    assert done.returncode == 2
    assert "wide.txt: is not in the patch: it is in utf-16" in done.stderr
    assert "builds.txt: 1 edit not in the patch because of dependencies on unselected edits" in done.stderr
    assert re.findall(r"^\+\+\+ b/(\S+)", done.stdout, re.MULTILINE) == ["one.txt"]


def test_sarif_is_one_object_whatever_goes_wrong(here, diff):
    (here / "clean" / "one.txt").write_text("Somebody was here.\n", encoding="utf-8")
    (here / "raw" / "one.txt").unlink()
    done = diff("clean", "--format", "sarif")
    assert done.returncode == 2
    assert [each["ruleId"] for each in json.loads(done.stdout)["runs"][0]["results"]] == ["OCR001", "SPIN001"]


def test_colour_is_for_terminals(diff, in_terminal):
    assert "\x1b[" not in diff("clean").stdout
    assert "\x1b[1;4;32mforeign" in diff("clean", "--color", "always", NO_COLOR="1").stdout
    assert "\x1b[1;4;32mforeign" in in_terminal("clean", "one.txt", PAGER="false")[1]
    assert "\x1b[" not in in_terminal("clean", "one.txt", NO_COLOR="1")[1]
    assert "\x1b[" not in in_terminal("clean", "one.txt", "--color", "never")[1]


@pytest.fixture
def long_article(here, by_stages):
    raw, clean, log = by_stages("The overseas trip.\n" + "A line.\n" * 50, spin=[("overseas", "foreign")])
    write(here, "long.txt", raw, clean, msgspec.structs.replace(log, id="long.txt"))


@pytest.mark.usefixtures("long_article")
def test_long_text_goes_through_the_pager(in_terminal, diff):
    pager = f"{sys.executable} -c \"import sys; print('paged', len(sys.stdin.readlines()))\""
    shown = ["clean", "long.txt", "--context", "40"]
    assert in_terminal(*shown, PAGER=pager) == (0, "paged 44\n")
    for words, variables in (
        (["clean", "one.txt"], {"PAGER": pager}),
        ([*shown, "--no-pager"], {"PAGER": pager}),
        ([*shown, "--format", "json"], {"PAGER": pager}),
        (shown, {"PAGER": "cat"}),
        (shown, {"PAGER": "no-such-pager"}),
    ):
        code, seen = in_terminal(*words, **variables)
        assert (code, "paged" in seen, "foreign" in seen) == (0, False, True)
    assert "paged" not in diff(*shown, PAGER=pager).stdout


@pytest.mark.usefixtures("long_article")
def test_quitting_the_pager_is_not_an_error(here, in_terminal, by_stages):
    raw, clean, log = by_stages("The overseas trip.\n" + "A line.\n" * 50_000, spin=[("overseas", "foreign")])
    write(here, "longest.txt", raw, clean, msgspec.structs.replace(log, id="longest.txt"))
    code, seen = in_terminal("clean", "longest.txt", "--context", "50000", PAGER="true")
    assert (code, seen) == (0, "")
