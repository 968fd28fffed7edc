"""Learning from articles beside their sources: the words of a made-up spinner, as a diff of dictionaries."""

import sys
from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner

from clean_news.change_log import StageLog
from clean_news.cleaner import Cleaner
from clean_news.cli import learn_sources
from clean_news.cli.app import app
from clean_news.edits import apply, identify, replace
from clean_news.language import language_model
from clean_news.lexicography import file_changes
from clean_news.lexicography.entry_files import AddingError
from clean_news.lexicography.file_changes import family_file_changes
from clean_news.lexicography.learning_from_sources import MIN_ARTICLES, learn

sys.path.insert(0, str(Path(__file__).parents[1] / "review"))
from log_making import log_of

# What the made-up spinner writes: its choice of what any spinner may write, and words that no dictionary has.
SPINNER = {
    "said": "mentioned",
    "company": "corporate",
    "last": "final",
    "year": "yr",
    "government": "authorities",
    "told": "instructed",
    "money": "cash",
    "people": "folks",
    "buy": "purchase",
    "bridge": "gangway",
    "harbour": "anchorage",
    "minister": "vicar",
}
NEW = {"bridge": "gangway", "harbour": "anchorage", "minister": "vicar"}  # which our dictionary lacks
PLACES = ("Aller", "Brunn", "Corve", "Dorle", "Esker", "Fenn", "Garth", "Holm", "Inver", "Jarrow")
NAMES = ("Anna Weiss", "Tom Harker", "Ruth Olsen", "Paul Meyer", "Ida Brandt")
SENTENCES = (
    "The company that owns the bridge in Port {place} said on Monday that it would close in {number} weeks.",
    "{name} told the harbour board last year that there was no money left for it.",
    "The government wanted to buy the land around the harbour for ${number} million, the minister said.",
    "About {number} people signed a letter to the minister, who said that he would answer it in May.",
    "“We need the bridge,” said {name}, “and the government has the money.”",
    "The people of {place} have waited for a decision since last year, the company said.",
    "The harbour has been empty since {year}, and most people have left the town.",
    "The minister told the company that the money would come from the government.",
    "Nobody wants to buy a bridge that is closed, {name} said.",
)


def story(number):
    """A report written for these tests: the same sentences in another order, with other names and numbers."""
    order = [SENTENCES[(number + at * 2) % len(SENTENCES)] for at in range(len(SENTENCES))]
    filled = [
        each.format(place=PLACES[number % 10], name=NAMES[number % 5], number=17 + 13 * number, year=1950 + number)
        for each in order
    ]
    return " ".join(filled[:5]) + "\n\n" + " ".join(filled[5:]) + "\n"


def spun(text):
    """The text as the made-up spinner writes it."""
    for original, form in SPINNER.items():
        text = text.replace(f" {original}", f" {form}").replace(f"”{original}", f"”{form}")
    return text


@pytest.fixture
def crawl(tmp_path):
    """Spun copies of twenty stories, and the stories."""
    for name in ("spun", "archive"):
        (tmp_path / name).mkdir()
    for number in range(20):
        (tmp_path / "spun" / f"{number}.txt").write_text(spun(story(number)), encoding="utf-8")
        (tmp_path / "archive" / f"{number}.txt").write_text(story(number), encoding="utf-8")
    return tmp_path


def clean_news(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments], prog_name="clean-news")


def repaired(text, original, **settings):
    """How many of the words that the spinner swapped are the original's again."""
    cleaned = Cleaner(**settings).clean(text).text
    ours, before, theirs = cleaned.split(), text.split(), original.split()
    assert len(ours) == len(before) == len(theirs), "the spinner swaps words one by one"
    swapped = [at for at, word in enumerate(before) if word != theirs[at]]
    return sum(ours[at] == theirs[at] for at in swapped), len(swapped)


def test_twenty_articles_help_on_another_one_of_the_same_spinner_without_a_source(crawl):
    own = crawl / "own.tsv"
    given = ("--sources", crawl / "archive", "--sources-index", crawl / "index", "--own", own, "--apply")
    done = clean_news("dictionary", "learn", crawl / "spun", *given)
    assert done.exit_code == 0, done.output
    for original, form in NEW.items():
        assert f"\n+{original}\t-\t{form}\n" in done.stdout
    assert "\n+said\tmentioned\t" in done.stdout
    assert "20 articles with a source" in done.stderr

    original = story(20)
    before, swapped = repaired(spun(original), original)
    after, _ = repaired(spun(original), original, dictionary=[str(own)])
    assert before < 0.8 * swapped
    assert after > 0.9 * swapped


def test_the_logs_of_a_run_teach_the_same_without_the_sources(crawl):
    given = ("--sources", crawl / "archive", "--sources-index", crawl / "index")
    run = clean_news(crawl / "spun", crawl / "clean", *given)
    assert run.exit_code == 0, run.output
    (crawl / "index").rename(crawl / "gone")
    own = crawl / "clean" / ".clean-news" / "dictionary.tsv"
    done = clean_news("dictionary", "learn", "--logs", crawl / "clean")
    assert "\n+bridge\t-\tgangway\n" in done.stdout
    assert "write them with --apply" in done.stderr
    assert not own.exists(), "only shown"
    assert clean_news("dictionary", "learn", "--logs", crawl / "clean", "--apply").exit_code == 0
    assert "bridge\t-\tgangway\n" in own.read_text(encoding="utf-8")
    assert "said\tmentioned\t" in own.with_name("dictionary.tsv.weights").read_text(encoding="utf-8")
    again = clean_news("dictionary", "learn", "--logs", crawl / "clean", "--apply")
    assert (again.stdout, "nothing new to learn" in again.stderr) == ("", True), "nothing counts twice"


def logged(text, *pairs, state="applied", rule="SRC001", name="source", by="alignment"):
    """An article in whose log a stage replaced words by others."""
    found = []
    for before, original in pairs:
        start = text.index(before)
        edit = replace(text, start, start + len(before), original, rule, 0.9, original=original, by=by)
        found.append(msgspec.structs.replace(edit, state=state))
    edits = tuple(identify(text, sorted(found, key=lambda edit: edit.span)))
    clean = apply(text, edits)
    return clean, log_of(text, clean, [StageLog(name, edits)])


def test_swaps_and_what_was_kept_in_their_sentences_are_counted(words):
    text = "The lender kept its inventory of coal. The bank left the stock."
    learned = learn([logged(text, ("lender", "bank"))], words, language_model.standard())
    assert learned.counts == {("bank", "lender"): 1.0}, "the second sentence is perhaps not in the source"
    text = "The lender kept the bank and its stock."
    learned = learn([logged(text, ("lender", "bank"))], words, language_model.standard())
    assert learned.counts == {("bank", "lender"): 1.0, ("bank", "="): 1.0, ("stock", "="): 1.0}
    assert learned.articles == 1


def test_a_pair_that_no_dictionary_has_is_learned_from_several_articles(words):
    article = logged("A lender spake, and spake again.", ("lender", "bank"), ("spake", "said"))
    once = learn([article], words, language_model.standard())
    assert (once.counts, once.unsure) == ({("bank", "lender"): 1.0}, 1)
    twice = learn([article] * MIN_ARTICLES, words, language_model.standard())
    assert (twice.counts[("said", "spake")], twice.unsure) == (MIN_ARTICLES, 0)
    of_phrase = logged("A lender spake, and spake again.", ("spake", "said"), by="lexicon")
    assert learn([of_phrase] * MIN_ARTICLES, words, language_model.standard()).counts == {}, "a part of a longer pair"


@pytest.mark.parametrize(
    "article",
    [
        logged("A lender left.", ("lender", "bank"), state="rejected"),
        logged("A lender left.", ("lender", "bank"), rule="SRC002"),
        logged("A lender left.", ("lender", "bank"), name="spin"),
        logged("A lender left.", ("lender", "ba|nk")),
        logged("A lender left.", ("lender", "#")),
        logged("A lender left.", ("lender", "\t")),
    ],
)
def test_nothing_else_teaches_anything(words, article):
    assert learn([article], words, language_model.standard()).counts == {}


@pytest.mark.parametrize("original", [None, 7, ["bank"], {"bank": 1}])
def test_evidence_of_another_kind_is_ignored(words, original):
    clean, log = logged("A lender left.", ("lender", "bank"))
    log.stages[0].edits[0].evidence["original"] = original
    assert learn([(clean, log)], words, language_model.standard()).articles == 0


COUNTS = {("bank", "lender"): 3.0, ("bank", "="): 1.0, ("said", "spake"): 2.0}


def test_a_family_is_changed_as_a_diff_that_counts_nothing_twice(small):
    changes = family_file_changes(COUNTS, small, "pirate")
    assert [change.path.name for change in changes] == ["pirate.counts.tsv", "pirate.tsv"]
    assert "+bank\tnoun\tlender | =\n" in file_changes.diff(changes)
    assert not (small / "spin/families/pirate.tsv").exists()
    file_changes.write(changes)
    assert family_file_changes(COUNTS, small, "pirate") == []
    (more,) = family_file_changes({("bank", "lender"): 5.0}, small, "pirate")
    assert "bank\tlender\t5\n" in more.after
    assert "said\tspake\t2\n" in more.after


def test_forms_are_added_to_the_entries_of_a_family(small):
    path = small / "spin/families/b.tsv"
    changes = {change.path: change.after for change in family_file_changes(COUNTS, small, "b")}
    assert changes[path] == "# Family b.\nbank\tnoun\tborrower | lender\nsaid\t-\tspake\n"
    path.write_text("bank\tverb\n", encoding="utf-8")
    with pytest.raises(AddingError, match=r"b\.tsv, line 1: .* is malformed"):
        family_file_changes(COUNTS, small, "b")
    with pytest.raises(AddingError, match="is not the name of a family"):
        family_file_changes(COUNTS, small, "../b")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["{spun}", "--sources", "{archive}"], "name the family of spinners to change with --family NAME"),
        (["--sources", "{archive}"], "name spun articles and --sources PATH"),
        (["{spun}", "--logs", "{archive}"], "not both"),
        (["{spun}", "{archive}", "--sources", "{archive}"], "take no ORIGINAL"),
        (["{spun}", "--sources", "{archive}", "--shipped"], "take no ORIGINAL"),
        (["{spun}", "--sources", "{archive}/none", "--own", "x.tsv"], "there is no such file or folder"),
        (["{spun}/none", "--sources", "{archive}", "--own", "x.tsv"], "none"),
        (["--logs", "{archive}/none"], "there is no such file or folder"),
        (["{spun}", "--sources", "{archive}", "--family", "My"], "is not the name of a family"),
    ],
)
def test_wrong_arguments_are_told_what_is_expected(tmp_path, monkeypatch, arguments, message):
    for name in ("spun", "archive"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.txt").write_text("It left.\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    given = [each.format(spun=tmp_path / "spun", archive=tmp_path / "archive") for each in arguments]
    if "--sources" in given:
        given += ["--sources-index", str(tmp_path / "index")]
    done = clean_news("dictionary", "learn", *given)
    assert done.exit_code == 2, done.output
    assert message in done.stderr


def test_an_installation_changes_user_dictionaries_only(tmp_path, monkeypatch):
    monkeypatch.setattr(learn_sources, "is_checkout", lambda: False)
    done = clean_news("dictionary", "learn", "--logs", tmp_path, "--family", "pirate")
    assert done.exit_code == 2
    assert "--own FILE" in done.stderr


def test_articles_that_cannot_be_read_are_told_and_the_others_learned_from(crawl):
    (crawl / "spun" / "broken.jsonl").write_text("{\n", encoding="utf-8")
    for number in range(3, 20):
        (crawl / "spun" / f"{number}.txt").unlink()
    own = crawl / "own.tsv"
    done = clean_news(
        "dictionary", "learn", crawl / "spun", "--sources", crawl / "archive", "--sources-index", crawl / "index",
        "--own", own, "--apply",
    )  # fmt: skip
    assert done.exit_code == 2
    assert "broken.jsonl" in done.stderr
    assert "3 articles with a source" in done.stderr
    assert Path(own).exists()
