"""``per-path``: settings for some of the raw files, by their paths."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from clean_news.batch.run_options import RunOptions, options_for, validate
from clean_news.cli.app import app
from clean_news.files.path_settings import check_patterns, settings_for
from clean_news.settings import LEVELS, PER_PATH, Settings, SettingsError, from_mapping
from clean_news.settings_file import load

TABLES = """\
level = "normal"
rules-off = ["LAY004"]
protect = ["Wall Road"]

[per-path."archive/**"]
level = "safe"
document = "genuine"
protect = ["Ostrand"]

[per-path."*.csv"]
text-field = "body"
rules-off = ["OCR"]

[per-path."archive/1900/"]
document = "auto"
apply-from = 0.95
"""


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A folder with a settings file, which is the working folder; returns the settings of a path in it."""
    monkeypatch.chdir(tmp_path)
    Path("clean-news.toml").write_text(TABLES, encoding="utf-8")

    def settings_of(path, **given):
        return settings_for(
            load(None, Path.cwd(), {key.replace("_", "-"): each for key, each in given.items()}), Path(path)
        )

    return settings_of


def chosen(settings):
    return settings.document, settings.apply_from, settings.text_field, settings.rules_off


def test_tables_apply_by_path_and_a_later_one_overrules(project):
    normal, safe = (LEVELS[level].apply_from for level in ("normal", "safe"))
    assert chosen(project("a.txt")) == ("auto", normal, "text", ("LAY004",))
    assert chosen(project("archive/a.txt")) == ("genuine", safe, "text", ("LAY004",))
    assert chosen(project("archive/b/a.CSV")) == ("genuine", safe, "text", ("LAY004",)), "as .gitignore: case counts"
    assert chosen(project("archive/b/a.csv")) == ("genuine", safe, "body", ("OCR",))
    assert chosen(project("archive/1900/a.csv")) == ("auto", 0.95, "body", ("OCR",))
    assert chosen(project("news/archive/a.txt")) == ("auto", normal, "text", ("LAY004",))
    assert project("archive/a.txt").protect == ("Wall Road", "Ostrand"), "protected terms are added up"
    assert project("archive/a.txt").per_path == ()


def test_paths_are_relative_to_the_settings_file(project, tmp_path, monkeypatch):
    (tmp_path / "archive" / "1900").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "archive")
    for path in ("a.txt", tmp_path / "archive" / "a.txt", "../archive/a.txt", "1900/../a.txt"):
        assert project(path).document == "genuine", path
    assert project("../a.txt").document == "auto"
    assert project(tmp_path.parent / "archive" / "a.txt").document == "auto", "not in the folder of the settings file"


def test_a_link_to_the_folder_does_not_matter(project, tmp_path):
    (tmp_path / "archive").mkdir()
    (tmp_path.parent / f"{tmp_path.name}-link").symlink_to(tmp_path)
    assert project(tmp_path.parent / f"{tmp_path.name}-link" / "archive" / "a.txt").document == "genuine"


def test_the_command_line_overrules_tables(project):
    assert project("archive/a.txt", document="spun").document == "spun"
    bold = project("archive/a.txt", level="bold")
    assert (bold.level, bold.apply_from, bold.document) == ("bold", LEVELS["bold"].apply_from, "genuine")
    assert project("archive/1900/a.txt", level="bold").apply_from == 0.95, "set explicitly, as for a whole run"
    assert project("archive/a.txt", apply_from=0.6).apply_from == 0.6
    assert project("archive/a.txt", protect=["Vessia"]).protect == ("Vessia", "Ostrand")


def test_thresholds_stay_in_order():
    table = {"apply-from": 0.9, "suggest-from": 0.8, "per-path": {"*": {"apply-from": 0.5}}}
    found = settings_for(from_mapping(table), Path("a.txt"))
    assert (found.apply_from, found.suggest_from) == (0.5, 0.5)


def test_files_of_protected_terms_are_relative_to_the_settings_file(tmp_path, monkeypatch):
    (tmp_path / "sub").mkdir()
    monkeypatch.chdir(tmp_path / "sub")
    text = 'protect-file = ["a.txt"]\n[per-path."*"]\nprotect-file = ["b.txt"]\n'
    (tmp_path / "clean-news.toml").write_text(text, encoding="utf-8")
    found = settings_for(load(None, Path.cwd(), {"protect-file": ["c.txt"]}), Path("x.txt"))
    assert found.protect_file == (str(tmp_path / "a.txt"), "c.txt", str(tmp_path / "b.txt"))


@pytest.mark.parametrize("key", ["jobs", "sources", "stages", "furniture", "follow-links", "dictionary", "per-path"])
def test_what_concerns_the_whole_run_is_refused(key):
    assert key not in PER_PATH
    with pytest.raises(SettingsError, match=rf"x\.toml: per-path\.'a/\*': {key} concerns the whole run"):
        from_mapping({"per-path": {"a/*": {key: 1}}}, "x.toml")


@pytest.mark.parametrize(
    ("tables", "message"),
    [
        (
            {"a/*": {"document": "x"}},
            r"per-path\.'a/\*': document = 'x' is not allowed; allowed: auto, spun or genuine",
        ),
        ({"a/*": {"dokument": "x"}}, r"per-path\.'a/\*': there is no setting dokument .*; did you mean document\?"),
        ({"a/*": "spun"}, r"per-path\.'a/\*' is not allowed"),
        ({"!a/*": {"document": "spun"}}, r"per-path\.'!a/\*' is not allowed"),
        ({" ": {"document": "spun"}}, r"per-path\.' ' is not allowed"),
        ("archive", r"per-path = 'archive' is not allowed; allowed: tables of settings by pattern"),
        ([1], r"per-path = \[1\] is not allowed"),
        ({"a": {"apply-from": 0.1, "suggest-from": 0.4}}, r"suggest-from = 0\.4 is not allowed"),
    ],
)
def test_wrong_tables_are_named(tables, message):
    with pytest.raises(SettingsError, match=message):
        from_mapping({"per-path": tables}, "x.toml")


def test_found_settings_run_no_code_by_path_and_quote_no_other_folder_s_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("clean-news.toml").write_text('[per-path."*"]\nstages = ["planted.stage"]\n', encoding="utf-8")
    with pytest.raises(SettingsError, match="stages concerns the whole run"):
        load(None, Path.cwd(), {})
    Path("elsewhere").mkdir()
    Path("clean-news.toml").rename("elsewhere/secret.toml")
    Path("clean-news.toml").symlink_to("elsewhere/secret.toml")
    with pytest.raises(SettingsError) as error:
        load(None, Path.cwd(), {})
    assert "nothing of it is quoted" in str(error.value)
    assert "planted" not in str(error.value)


def test_wrong_rules_are_named_before_the_run():
    settings = from_mapping({"per-path": {"a/*": {"rules-off": ["NONE999"]}}})
    with pytest.raises(SettingsError, match=r'per-path\."a/\*": rules-off = \'NONE999\' is not allowed'):
        validate(RunOptions(settings))


@pytest.mark.parametrize("pattern", ["/", "\\", "[z-a]", "a ["])
def test_a_pattern_that_is_none_is_refused(pattern):
    with pytest.raises(SettingsError, match=r"per-path = .* is not allowed; allowed: tables of settings by pattern"):
        check_patterns(from_mapping({"per-path": {pattern: {"document": "spun"}}}))


def test_settings_without_tables_stay_the_same():
    settings = Settings()
    assert settings_for(settings, Path("a.txt")) is settings
    options = RunOptions(settings)
    assert options_for(options, Path("a.txt")) is options


def test_a_run_uses_them_and_a_change_concerns_only_the_files_of_the_table(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("a.txt", "archive/b.txt", "c.csv"):
        path = Path("raw", name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("id,body\n1,The over\u00adseas ship.\n", encoding="utf-8")

    def run(tables, *words):
        Path("clean-news.toml").write_text(tables, encoding="utf-8")
        done = CliRunner().invoke(app, ["raw", "clean", *words])
        assert done.exit_code == 0, done.output
        return done.stderr, {
            path.name: "\u00ad" in path.read_text(encoding="utf-8")
            for path in Path("clean").rglob("*.*")
            if path.suffix in {".txt", ".csv"}
        }

    of_table = '[per-path."*.csv"]\ntext-field = "body"\n'
    for words in ((), ("--jobs", "2", "--force")):
        assert run(of_table, *words)[1] == {"a.txt": False, "b.txt": False, "c.csv": False}
    more = f'{of_table}[per-path."raw/archive/"]\nrules-off = ["CHAR"]\n'
    stderr, soft = run(more)
    assert "2 up to date" in stderr
    assert soft == {"a.txt": False, "b.txt": True, "c.csv": False}
    assert "3 up to date" in run(more)[0]
    done = CliRunner().invoke(app, ["--check", "raw", "--format", "json"])
    assert {each["file"] for each in json.loads(done.stdout)} == {"raw/a.txt", "raw/c.csv"}
