"""User dictionaries and their weights: in the spin stage, in the log, and in the check for unchanged articles."""

import hashlib
from pathlib import Path

import pytest

from clean_news import change_log
from clean_news.article import Article
from clean_news.batch.run import run
from clean_news.batch.run_options import RunOptions
from clean_news.pipeline import Pipeline
from clean_news.settings import Settings, SettingsError
from clean_news.stages.spin import lexicon_building, stage, user_dictionary

RAW = Path(__file__).parents[3] / "raw"
pytestmark = pytest.mark.usefixtures("small_dictionaries")
SPUN = (RAW / "02-spun-foreign-ministry.txt").read_text(encoding="utf-8")
MORE = (
    "\n\nThe sea shuttles shipwalked from the port on Monday, and Sea Shuttles Ltd. closed. "
    "A zinc watersplitter maker mentioned the sea shuttle would sail.\n"
)


@pytest.fixture
def user_file(tmp_path):
    """The path of a user dictionary."""
    path = tmp_path / "words.tsv"
    path.write_text(
        "\ufeff# Ours.\nferry\tnoun\tsea shuttle\nsail\tverb\tshipwalk\nelectrolyser\tnoun\twatersplitter\n",
        encoding="utf-8",
    )
    return path


def settings(path):
    return Settings(dictionary=(str(path),))


def changes(text, chosen):
    """The highest confidence of each pair of before and after that the stage proposes."""
    found: dict[tuple[str, str], float] = {}
    for edit in stage.propose(Article(text), chosen).edits:
        pair = edit.before, edit.after
        found[pair] = max(edit.confidence, found.get(pair, 0.0))
    return found


def test_user_entries_are_inflected_and_extend_the_shipped_ones(user_file):
    found = changes(SPUN + MORE, settings(user_file))
    assert found["sea shuttles", "ferries"] > 0.8
    assert found["sea shuttle", "ferry"] > 0.8
    assert found["Sea Shuttles", "Ferries"] > 0.3
    assert found["shipwalked", "sailed"] > 0.5, "inflected by the regular rules"
    assert found["mentioned", "said"] > 0.9, "shipped entries are used, too"
    assert not {"ferry", "ferries", "sailed"} & {after for _, after in changes(SPUN + MORE, Settings())}


def test_an_original_may_be_out_of_vocabulary(user_file):
    assert changes(SPUN + MORE, settings(user_file))["watersplitter", "electrolyser"] > 0.5


def test_a_genuine_article_is_not_changed(user_file):
    genuine = (RAW / "01-genuine-lighthouse.txt").read_text(encoding="utf-8")
    assert stage.propose(Article(genuine), settings(user_file)).edits == []


def write_weights(user_file, *rows):
    path = user_file.with_name(user_file.name + ".weights")
    path.write_text("# Learned.\n" + "".join("\t".join(map(str, row)) + "\n" for row in rows), encoding="utf-8")


def test_a_pair_that_was_rejected_five_times_is_no_longer_proposed(user_file):
    bold = Settings(dictionary=(str(user_file),), level="bold")
    before = changes(SPUN, bold)
    pairs = ("mentioned", "said"), ("commerce", "trade"), ("choice", "decision"), ("our bodies", "entities")
    assert all(before[pair] > 0.7 for pair in pairs)
    write_weights(user_file, *((original, f"!{form}", 5) for form, original in pairs))
    after = changes(SPUN, bold)
    assert not set(pairs) & set(after)
    assert {pair: sure for pair, sure in before.items() if pair not in after}.keys() == set(pairs)
    write_weights(user_file, ("said", "!mentioned", 5), ("said", "mentioned", 5))
    assert changes(SPUN, bold)["mentioned", "said"] > 0.9, "as often accepted as rejected"
    write_weights(user_file, ("said", "!mentioned", 1))
    assert changes(SPUN, bold)["mentioned", "said"] > 0.9, "one rejection is not enough"


def test_accepting_a_pair_raises_its_confidence(user_file):
    before = changes(SPUN, settings(user_file))
    pairs = ("together", "along"), ("wished", "wanted"), ("nations", "countries")
    write_weights(user_file, *((original, form, 4) for form, original in pairs))
    after = changes(SPUN, settings(user_file))
    assert all(after[pair] > before[pair] for pair in pairs)


def test_errors_name_file_and_line_before_anything_is_processed(user_file):
    user_file.write_text("ferry\tnoun\tsea shuttle\nferry, boat\n", encoding="utf-8")
    with pytest.raises(SettingsError, match=r"words\.tsv, line 2: is not an entry; expected: "):
        Pipeline(settings(user_file))
    user_file.write_text("one two three four five six seven eight nine\t-\tten\n", encoding="utf-8")
    with pytest.raises(SettingsError, match=r"words\.tsv, line 1: the original has more than 8 words"):
        Pipeline(settings(user_file))
    user_file.write_bytes(b"caf\xe9\tnoun\tcoffeehouse\n")
    with pytest.raises(SettingsError, match=r"words\.tsv: cannot be read"):
        Pipeline(settings(user_file))
    user_file.write_text("", encoding="utf-8")
    write_weights(user_file, ("ferry", "boat", "many"))
    with pytest.raises(SettingsError, match=r"words\.tsv\.weights, line 2: is not a count; expected"):
        Pipeline(settings(user_file))
    with pytest.raises(SettingsError, match=r"gone\.tsv: cannot be read"):
        Pipeline(settings(user_file.with_name("gone.tsv")))


def test_changed_user_dictionaries_make_articles_outdated(user_file, tmp_path):
    raw, clean = tmp_path / "raw", tmp_path / "clean"
    raw.mkdir()
    (raw / "a.txt").write_text(SPUN + MORE, encoding="utf-8")
    orders = RunOptions(settings(user_file))
    assert run(raw, clean, orders).unchanged == 0
    assert run(raw, clean, orders).unchanged == 1
    log = change_log.read((clean / "a.txt.changes.json").read_bytes(), "log")
    assert log.dictionaries["own/words.tsv"] == hashlib.sha256(user_file.read_bytes()).hexdigest()
    assert "all" in log.dictionaries

    moved = tmp_path / "elsewhere" / "words.tsv"
    moved.parent.mkdir()
    moved.write_bytes(user_file.read_bytes())
    assert run(raw, clean, RunOptions(settings(moved))).unchanged == 1, "the path of the file is irrelevant"
    write_weights(user_file, ("said", "!mentioned", 5))
    assert run(raw, clean, orders).unchanged == 0
    assert "ministry mentioned" in (clean / "a.txt").read_text(encoding="utf-8")
    assert run(raw, clean, RunOptions(Settings())).unchanged == 0
    assert run(raw, clean, RunOptions(Settings())).unchanged == 1


def test_two_files_of_the_same_name_have_separate_digests(user_file, tmp_path):
    other = tmp_path / "other" / "words.tsv"
    other.parent.mkdir()
    other.write_text("quay\tnoun\tboat wall\n", encoding="utf-8")
    assert list(user_dictionary.digests((str(user_file), str(other)))) == ["own/words.tsv", "own/words.tsv (2)"]
    both = lexicon_building.standard(user_dictionary.files((str(user_file), str(other))))
    assert [both.originals(form)[0].text for form in ("boat walls", "sea shuttles")] == ["quays", "ferries"]
