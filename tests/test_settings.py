"""The settings: reading, overriding, and errors with the key, the value and the allowed values."""

import inspect
import re
from pathlib import Path
from typing import get_args

import msgspec
import pytest

from clean_news import settings
from clean_news.provenance import settings_sha256
from clean_news.settings import ALLOWED, LEVELS, Settings, SettingsError, from_mapping, select_stages
from clean_news.settings_file import find_file, load


def test_every_setting_is_documented_with_its_allowed_values():
    keys = {field.encode_name for field in msgspec.structs.fields(Settings)}
    assert set(ALLOWED) == keys
    documented = set(re.findall(r"^    ([a-z-]+): ", inspect.getdoc(Settings), re.MULTILINE))
    assert documented == keys


def test_error_messages_name_the_allowed_words():
    for key, kind in (("document", settings.Document), ("quotes", settings.Quotes), ("level", settings.Level)):
        assert re.findall(r"\w+", ALLOWED[key].replace(" or", "")) == list(get_args(kind))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("charset", 1252),
        ("charset", "klingon"),
        ("document", "maybe"),
        ("quotes", 1),
        ("level", "brave"),
        ("apply-from", 2),
        ("apply-from", "high"),
        ("suggest-from", -0.1),
        ("min-words", -1),
        ("max-words", 1.5),
        ("protect", "Kuril"),
        ("protect-file", "terms.txt"),
        ("dictionary", [1]),
        ("stages", "spin"),
        ("rules-off", [1]),
        ("rules-only", "SPIN"),
        ("apply-from-rules", {"SPIN": 2}),
        ("apply-from-rules", ["SPIN"]),
        ("suggest-rules", {}),
        ("jobs", -1),
    ],
)
def test_a_wrong_value_is_refused(key, value):
    with pytest.raises(SettingsError) as error:
        from_mapping({key.replace("-", "_"): value}, "here.toml")
    assert str(error.value) == f"here.toml: {key} = {value!r} is not allowed; allowed: {ALLOWED[key]}"


def test_a_suggestion_threshold_above_apply_from_is_refused():
    with pytest.raises(SettingsError, match=r"suggest-from = 0\.9 is not allowed; .* not above apply-from"):
        from_mapping({"apply-from": 0.8, "suggest-from": 0.9})


def test_a_level_sets_thresholds_and_explicit_ones_override_it(tmp_path):
    assert set(LEVELS) == set(get_args(settings.Level))
    for level, pair in LEVELS.items():
        assert thresholds(Settings(level=level)) == thresholds(from_mapping({"level": level})) == pair
        assert thresholds(Settings(level=level, apply_from=0.05)) == (0.05, 0.05)
    assert thresholds(Settings()) == LEVELS["normal"]
    assert LEVELS["safe"] > LEVELS["normal"] > LEVELS["bold"]
    assert thresholds(from_mapping({"level": "bold", "suggest-from": 0.3})) == (LEVELS["bold"].apply_from, 0.3)
    with pytest.raises(SettingsError, match=r"suggest-from = 0\.6 is not allowed"):
        from_mapping({"level": "bold", "suggest-from": 0.6})

    (tmp_path / "clean-news.toml").write_text('level = "safe"\n', encoding="utf-8")
    assert thresholds(load(None, tmp_path, {"level": "bold"})) == LEVELS["bold"]
    (tmp_path / "clean-news.toml").write_text('level = "safe"\napply_from = 0.7\n', encoding="utf-8")
    assert thresholds(load(None, tmp_path, {"level": "bold"})) == (0.7, LEVELS["bold"].suggest_from)


def thresholds(found):
    return found.apply_from, found.suggest_from


def test_an_unknown_key_is_refused_with_a_hint():
    with pytest.raises(SettingsError, match=r"there is no setting aply-from .*; did you mean apply-from\?"):
        from_mapping({"aply-from": 0.5})
    with pytest.raises(SettingsError, match=r"there is no setting xyzzy .*; allowed keys: stages, "):
        from_mapping({"xyzzy": 1})


def test_a_file_is_found_in_the_folder_or_above_and_options_override_it(tmp_path):
    (tmp_path / "clean-news.toml").write_text('document = "spun"\njobs = 2\n', encoding="utf-8")
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    found = load(None, inner, {"document": "genuine", "quotes": None})
    assert (found.document, found.quotes, found.jobs) == ("genuine", "auto", 2)
    with pytest.raises(SettingsError, match="command line: jobs = 999 is not allowed"):
        load(None, inner, {"jobs": 999})


def test_a_project_file_is_used_if_it_has_a_table(tmp_path):
    project = tmp_path / "pyproject.toml"
    project.write_text("[project]\nname = 'x'\n", encoding="utf-8")
    assert find_file(tmp_path) != project
    project.write_text("[tool.clean-news]\nmin-words = 5\n", encoding="utf-8")
    assert load(None, tmp_path, {}).min_words == 5


def test_a_named_file_that_is_missing_or_broken_is_refused(tmp_path):
    with pytest.raises(SettingsError, match=r"gone\.toml: cannot be read"):
        load(tmp_path / "gone.toml", tmp_path, {})
    broken = tmp_path / "broken.toml"
    broken.write_text("document = \n", encoding="utf-8")
    with pytest.raises(SettingsError, match=r"broken\.toml: is not valid TOML"):
        load(broken, tmp_path, {})


def test_paths_are_relative_to_the_settings_file_and_those_of_options_are_added(tmp_path):
    (tmp_path / "clean-news.toml").write_text(
        'dictionary = ["words/user.tsv"]\nprotect_file = ["a.txt", "/b.txt"]\nrules-off = ["OCR"]\n', encoding="utf-8"
    )
    found = load(None, tmp_path / "inner", {"protect-file": [Path("c.txt")], "rules-off": ["SPIN"]})
    assert found.dictionary == (str(tmp_path / "words" / "user.tsv"),)
    assert found.protect_file == (str(tmp_path / "a.txt"), "/b.txt", "c.txt")
    assert found.rules_off == ("SPIN",)
    assert load(None, tmp_path, {}).rules_off == ("OCR",)


def test_selected_stages_keep_the_order_of_the_settings():
    chosen = Settings(stages=("layout", "ocr", "spin"))
    assert select_stages(chosen, ["spin", "layout"], []).stages == ("layout", "spin")
    assert select_stages(chosen, [], ["ocr", "encoding"]).stages == ("layout", "spin")
    for only, skip in ((["encoding"], []), ([], ["spinn"])):
        with pytest.raises(SettingsError, match=r"there is no such stage; .*there are: layout, ocr, spin"):
            select_stages(chosen, only, skip)


def test_the_digest_changes_with_what_changes_a_result():
    assert settings_sha256(Settings()) == settings_sha256(Settings(jobs=8))
    assert settings_sha256(Settings()) != settings_sha256(Settings(apply_from=0.61))
