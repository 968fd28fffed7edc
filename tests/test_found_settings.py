"""Settings that merely lie around: they run no code, belong to the user, and messages quote no other folder's files."""

import json
import os
import re
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest

from clean_news import change_log, decisions
from clean_news.batch.run import run
from clean_news.batch.run_options import RunOptions
from clean_news.cli.options import settings_of
from clean_news.pipeline import load_stage
from clean_news.settings import Settings, SettingsError
from clean_news.settings_file import find_file, load

SECRET = "root:$6$salt$hash:19000:0:99999:7:::"
STRANGER = 54321  # a user id
FOUND = {
    "clean-news.toml": "stages = [{}]\n",
    "pyproject.toml": "[tool.clean-news]\nstages = [{}]\n",
}
PLANTED = """\
from pathlib import Path
Path(__file__).with_name("it-ran").touch()
RULES = ()
def propose(article, settings): ...
"""


@pytest.fixture
def folder(tmp_path):
    """A folder with an article, a spun one for score, and a package that leaves a file when it is imported."""
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "a.txt").write_text("It was a text, and it didnâ€™t reply.\n", encoding="utf-8")
    (tmp_path / "planted").mkdir()
    (tmp_path / "planted" / "__init__.py").write_text(PLANTED, encoding="utf-8")
    (tmp_path / "planted" / "stage.py").write_text(PLANTED, encoding="utf-8")
    (tmp_path / "planted" / "no_stage.py").write_text(PLANTED.replace("RULES", "RULE"), encoding="utf-8")
    return tmp_path


def command(*arguments, cwd):
    """Run a command with the folder on the module path, so that a planted module could be imported."""
    return subprocess.run(
        [sys.executable, "-m", "clean_news", *arguments],
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        input='{"text": "a"}\n',
    )


@pytest.mark.parametrize("name", FOUND)
@pytest.mark.parametrize("stage", ["planted.stage", "venv.__main__", "..stage"])
def test_found_settings_name_no_module(folder, name, stage):
    (folder / name).write_text(FOUND[name].format(repr(stage)), encoding="utf-8")
    with pytest.raises(SettingsError) as error:
        load(None, folder / "raw", {})
    assert str(error.value) == (
        f"{folder / name}: stages = [{stage!r}] names a module, which would run; settings that were found run no code. "
        f"If you trust them, run again with --config {folder / name}"
    )


@pytest.mark.parametrize(
    "arguments",
    [
        ["raw", "clean"],
        ["raw", "--check"],
        ["-", "-"],
        ["explain"],
        ["explain", "SPIN001"],
        ["score", "gold.txt"],
        ["diff", "clean", "-f", "sarif"],
        ["report", "clean"],
        ["cluster", "raw", "clean", "--tasks", "1"],
    ],
)
def test_no_command_runs_what_found_settings_name(folder, arguments):
    (folder / "clean-news.toml").write_text('stages = ["planted.stage"]\n', encoding="utf-8")
    ran = command(*arguments, cwd=folder)
    assert ran.returncode == 2
    assert "settings that were found run no code" in ran.stderr
    assert not (folder / "planted" / "it-ran").exists()
    assert not (folder / "clean").exists()


def test_a_stage_of_a_named_settings_file_runs(folder):
    (folder / "mine.toml").write_text('stages = ["encoding", "planted.stage"]\njobs = 2\n', encoding="utf-8")
    ran = command("raw", "clean", "--config", "mine.toml", cwd=folder)
    assert (folder / "planted" / "it-ran").exists()
    assert "Settings: mine.toml\n" in ran.stderr
    assert "didn’t" in (folder / "clean" / "a.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["venv.__main__", "..stage", "planted..stage", "planted.no_stage", "planted.gone", ""])
def test_what_is_no_stage_is_not_run(folder, name):
    (folder / "mine.toml").write_text(f"stages = [{name!r}]\n", encoding="utf-8")
    ran = command("raw", "clean", "--config", "mine.toml", cwd=folder)
    assert ran.returncode == 2
    assert f"stages = {name!r} is not allowed" in ran.stderr
    assert "Traceback" not in ran.stderr
    assert not (folder / "planted" / "it-ran").exists()
    assert not (folder / "clean").exists()
    assert {each.name for each in (folder / "raw").iterdir()} == {"a.txt"}, "venv.__main__ would build one here"


@pytest.mark.parametrize("source", ["RULES = (\n", "from elsewhere import *\n", "\0", "(" * 5000, "RULES = ()\n"])
def test_a_module_whose_source_defines_no_stage(folder, monkeypatch, source):
    monkeypatch.syspath_prepend(folder)
    (folder / "planted" / "broken.py").write_text(source, encoding="utf-8")
    with pytest.raises(SettingsError, match="is not a stage"):
        load_stage("planted.broken")
    assert not (folder / "planted" / "it-ran").exists()


def test_a_log_that_names_a_module_as_its_stage_does_not_run_it(folder, monkeypatch):
    monkeypatch.syspath_prepend(folder)
    options = RunOptions(Settings(stages=("encoding",)))
    clean = folder / "clean"
    assert run(folder / "raw", clean, options).failures == []
    place = clean / "a.txt.changes.json"
    log = json.loads(place.read_bytes())
    log["stages"][0]["name"] = "planted.stage"
    place.write_text(json.dumps(log), encoding="utf-8")
    run(folder / "raw", clean, options)
    assert "planted" not in sys.modules
    assert not (folder / "planted" / "it-ran").exists()


@pytest.fixture
def make_foreign(monkeypatch):
    """Give a file, or a link itself, to another user; who is not root becomes another user instead."""

    def give(path):
        if os.geteuid() == 0:
            os.chown(path, STRANGER, STRANGER, follow_symlinks=False)
        else:
            monkeypatch.setattr(os, "geteuid", lambda: STRANGER)

    return give


@pytest.mark.parametrize("name", FOUND)
def test_found_settings_of_another_user_are_refused(folder, make_foreign, name):
    (folder / name).write_text(FOUND[name].format("'encoding'"), encoding="utf-8")
    assert load(None, folder, {}).stages == ("encoding",)
    make_foreign(folder / name)
    with pytest.raises(SettingsError, match="belong to another user") as error:
        load(None, folder / "raw", {})
    assert f"--config {folder / name}" in str(error.value)
    assert load(folder / name, folder, {}).stages == ("encoding",), "named, not found"


def test_a_link_of_another_user_is_refused(folder, make_foreign):
    (folder / "mine.toml").write_text("jobs = 2\n", encoding="utf-8")
    (folder / "clean-news.toml").symlink_to("mine.toml")
    assert load(None, folder, {}).jobs == 2
    make_foreign(folder / "clean-news.toml")
    with pytest.raises(SettingsError, match="belong to another user"):
        load(None, folder, {})


def test_settings_of_who_called_sudo_count(folder, monkeypatch):
    (folder / "clean-news.toml").write_text("jobs = 2\n", encoding="utf-8")
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(Path, "lstat", lambda _: os.stat_result((0, 0, 0, 0, STRANGER, 0, 0, 0, 0, 0)))
    with pytest.raises(SettingsError, match="belong to another user"):
        load(None, folder, {})
    monkeypatch.setenv("SUDO_UID", str(STRANGER))
    assert load(None, folder, {}).jobs == 2


@pytest.mark.parametrize("quiet", [False, True])
def test_the_run_says_which_settings_it_uses(folder, quiet):
    (folder / "clean-news.toml").write_text('stages = ["encoding"]\n', encoding="utf-8")
    for arguments in (["a.txt", "--check"], [".", "../clean"]):
        ran = command(*arguments, *(["-q"] if quiet else []), cwd=folder / "raw")
        assert (f"Settings: {folder / 'clean-news.toml'}\n" in ran.stderr) is not quiet
    ran = command("-", "-", cwd=folder)
    assert "Settings: " in ran.stderr
    assert "Settings" not in ran.stdout


QUOTING = [
    ("dictionary", SECRET + "\n"),
    ("dictionary", "one two three four five six seven eight nine\t-\t" + SECRET + "\n"),
    ("dictionary", SECRET.encode() + b"\xff\n"),
    ("protect-file", SECRET.encode() + b"\xff\n"),
]


@pytest.mark.parametrize(("key", "content"), QUOTING)
def test_errors_quote_nothing_of_a_file_that_settings_name(tmp_path, folder, key, content):
    secret = tmp_path / "elsewhere" / "secret"
    secret.parent.mkdir()
    secret.write_bytes(content if isinstance(content, bytes) else content.encode())
    (folder / "clean-news.toml").write_text(f"{key} = [{str(secret)!r}]\n", encoding="utf-8")
    ran = command("raw", "clean", cwd=folder)
    assert ran.returncode == 2
    assert str(secret) in ran.stderr
    assert not {"root", "salt", "three"} & {*ran.stderr.replace("$", " ").replace(":", " ").split()}


def test_errors_quote_nothing_of_weights(folder):
    (folder / "words.tsv").write_text("ferry\tnoun\tsea shuttle\n", encoding="utf-8")
    (folder / "words.tsv.weights").write_text(f"{SECRET}\n", encoding="utf-8")
    ran = command("raw", "clean", "--dictionary", "words.tsv", cwd=folder)
    assert "words.tsv.weights, line 1: is not a count" in ran.stderr
    assert "salt" not in ran.stderr


@pytest.mark.parametrize(
    "content", [f"{SECRET}\n", 'token = "salt"\n', "[salt]\na = 1\n", "salt = 1\nsalt = 2\n", "[a.salt]\n[a.salt]\n"]
)
def test_errors_quote_nothing_of_a_link_that_was_found(tmp_path, folder, content):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "credentials.toml").write_text(content, encoding="utf-8")
    (folder / "clean-news.toml").symlink_to("elsewhere/credentials.toml")
    with pytest.raises(SettingsError) as error:
        load(None, folder, {})
    assert "salt" not in str(error.value).replace(str(tmp_path), "")


@pytest.mark.parametrize(
    "content",
    [
        "a = " + "[" * 20_000 + "]" * 20_000,
        "protect = " + "[" * 200 + "]" * 200,
        "a = " + "{b = " * 5000 + "1" + "}" * 5000,
        "jobs = " + "9" * 5000,
        "a" + ".a" * 100_000 + " = 1",
        "jobs = 2022-13-45",
        "\0",
        "stages = 1",
        "stages = [1]",
    ],
)
def test_hostile_toml_is_a_message(tmp_path, content):
    (tmp_path / "clean-news.toml").write_text(content, encoding="utf-8")
    with pytest.raises(SettingsError, match=r"clean-news\.toml"):
        load(None, tmp_path, {})


@pytest.mark.parametrize("content", ["tool = 1 # [tool.clean-news]", "[tool]\nclean-news = 1 # [tool.clean-news]"])
def test_a_pyproject_whose_table_is_none(tmp_path, content):
    (tmp_path / "pyproject.toml").write_text(content, encoding="utf-8")
    with pytest.raises(SettingsError, match="is not a table"):
        load(None, tmp_path, {})


def test_a_pyproject_that_cannot_be_read_is_passed_over(tmp_path):
    os.mkfifo(tmp_path / "pyproject.toml")
    assert find_file(tmp_path) is None


@pytest.mark.parametrize(
    "setting",
    [
        "rules-off = ['NONE']",
        "rules-only = ['NONE']",
        "suggest-rules = ['NONE']",
        "apply-from-rules = {NONE = 0.5}",
        "stages = ['NONE']",
        "stages = ['planted.no_stage']",
    ],
)
def test_an_error_about_a_stage_or_a_rule_names_the_settings_file(folder, monkeypatch, setting):
    monkeypatch.chdir(folder)
    monkeypatch.syspath_prepend(folder)
    monkeypatch.setattr("sys.stderr", StringIO())
    (folder / "my.toml").write_text(f"{setting}\n", encoding="utf-8")
    with pytest.raises(SystemExit):
        settings_of(config=folder / "my.toml")
    key = setting.partition(" ")[0]
    assert f"{folder / 'my.toml'}: {key} = " in sys.stderr.getvalue()
    if "." not in setting.replace("0.5", ""):
        found = folder / "found"
        (found / "below").mkdir(parents=True)
        (found / "clean-news.toml").symlink_to(folder / "my.toml")
        monkeypatch.chdir(found / "below")
        with pytest.raises(SystemExit):
            settings_of()
        message = sys.stderr.getvalue().splitlines()[-1]
        assert "NONE" not in message
        assert f"{found / 'clean-news.toml'}: has a key or a value that is not allowed" in message


def test_an_error_about_an_option_does_not_blame_the_settings_file(folder, monkeypatch):
    monkeypatch.chdir(folder)
    monkeypatch.setattr("sys.stderr", StringIO())
    (folder / "clean-news.toml").write_text("rules-off = ['SPIN']\n", encoding="utf-8")
    with pytest.raises(SystemExit):
        settings_of(rules_off=["NONE"])
    assert "command line: rules-off = 'NONE' is not allowed" in sys.stderr.getvalue()


DECISION = {"schema": decisions.SCHEMA, "action": "accept", "scope": "once", "id": "", "article": "", "rule": ""}


@pytest.mark.parametrize(
    "line",
    [
        SECRET,
        json.dumps(SECRET),
        json.dumps([SECRET]),
        *(json.dumps({**DECISION, key: SECRET, "before": 1}) for key in ("schema", "action", "scope", SECRET)),
        json.dumps({**DECISION, "schema": SECRET, "before": "", "after": ""}),
        json.dumps({**DECISION, "action": f"a' - at `$.x`{SECRET}"}),
        json.dumps({**DECISION, "before": {SECRET: SECRET}}),
        json.dumps({"schema": "clean-news/changes/1", "id": [SECRET]}),
        json.dumps({"schema": SECRET}),
    ],
)
def test_errors_quote_nothing_of_what_is_no_decision_and_no_log(tmp_path, line):
    (tmp_path / "decisions.jsonl").write_text(f"{line}\n", encoding="utf-8")
    with pytest.raises(decisions.DecisionsError) as error:
        decisions.read(tmp_path / "decisions.jsonl")
    assert not {"salt", "19000"} & set(re.split(r"[^a-z0-9]+", str(error.value)))
    with pytest.raises(change_log.LogError) as log_error:
        change_log.read(line, "a.json")
    assert not {"salt", "19000"} & set(re.split(r"[^a-z0-9]+", str(log_error.value)))
    assert "line 1: is " in str(error.value)


def test_what_msgspec_says_of_our_own_fields_is_told(tmp_path):
    (tmp_path / "decisions.jsonl").write_text(json.dumps({**DECISION, "rule": 1}), encoding="utf-8")
    with pytest.raises(decisions.DecisionsError, match=r"Expected `str`, got `int` - at `\$.rule`"):
        decisions.read(tmp_path / "decisions.jsonl")
    (tmp_path / "decisions.jsonl").write_text(json.dumps({**DECISION, "action": "maybe"}), encoding="utf-8")
    with pytest.raises(decisions.DecisionsError, match=r"a value that is not allowed at \$\.action"):
        decisions.read(tmp_path / "decisions.jsonl")
