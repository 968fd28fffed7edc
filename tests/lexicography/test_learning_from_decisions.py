"""Learning from decisions: counts, pairs, protected terms, and idempotent file changes."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from clean_news.batch.run import run
from clean_news.batch.run_options import RunOptions
from clean_news.cli import learn_decisions
from clean_news.cli.app import app
from clean_news.decisions import Decision, write
from clean_news.language import language_model, vocabulary
from clean_news.lexicography import file_changes
from clean_news.lexicography.entry_files import AddingError
from clean_news.lexicography.learning_from_decisions import Reference, learn
from clean_news.settings import Settings
from clean_news.stages.spin import lexicon_building

RAW = Path(__file__).parents[2] / "raw"


@pytest.fixture
def reference(words):
    return Reference(words, language_model.standard(), vocabulary.standard())


def on(action, before, after, text="", rule="SPIN001", scope="once", article="a.txt", number=[0]):  # noqa: B006
    number[0] += 1
    return Decision(
        action=action,
        scope=scope,
        id=f"{number[0]:012}",
        article=article,
        rule=rule,
        before=before,
        after=after,
        text=text,
        at=f"2026-11-22T19:{number[0] // 60:02}:{number[0] % 60:02}+00:00",
    )


def test_accepted_and_rejected_edits_are_counted(reference):
    made = [
        *(on("accept", "Inventory", "Stock") for _ in range(2)),
        on("accept", "lender", "bank"),
        on("reject", "lender", "bank"),
        on("reject", "stock", "shares"),
        on("accept", "Overseas Workplace", "Foreign Office"),
        on("accept", "tbe", "the", rule="OCR001"),
        on("reject", "a", "an", rule="AGR001"),
    ]
    assert learn(made, reference).counts == {
        ("stock", "inventory"): 2,
        ("bank", "lender"): 1,
        ("bank", "!lender"): 1,
        ("shares", "!stock"): 1,
        ("stock", "="): 1,
        ("Foreign Office", "Overseas Workplace"): 1,
    }


def test_the_last_decision_about_an_edit_is_effective(reference):
    first = on("accept", "inventory", "stock")
    later = Decision(**{**{name: getattr(first, name) for name in first.__struct_fields__}, "action": "reject"})
    assert learn([first, later], reference).counts == {("stock", "!inventory"): 1}


def test_a_replacement_is_a_new_pair_unless_it_is_known(reference):
    made = [
        on("replace", "vessel", "ship", "ferry"),
        on("replace", "inventory", "supply", "stock"),
        on("replace", "lender", "bank", "lender"),
        on("replace", "overseas", "foreign", ""),
        on("replace", "overseas", "foreign", "a\tb"),
    ]
    learned = learn(made, reference)
    assert learned.pairs == [("ferry", "vessel")]
    assert learned.counts == {
        ("ferry", "vessel"): 1,
        ("ship", "!vessel"): 1,
        ("stock", "inventory"): 1,
        ("supply", "!inventory"): 1,
        ("bank", "!lender"): 1,
        ("foreign", "!overseas"): 2,
    }
    assert learned.notes == [f"{text!r} cannot be written to a dictionary and is ignored" for text in ("", "a\tb")]


def test_words_changed_by_hand_teach_what_a_replacement_teaches(reference):
    made = [
        on("accept", "inventory", "stock", rule="HAND"),
        on("accept", "lender", "moneybags", rule="HAND"),
        on("replace", " lender ", "x", " banker ", rule="HAND"),
        on("accept", "wibbIewalk", "wibblewalk", rule="HAND"),
        on("reject", "overseas", "foreign", rule="HAND", scope="everywhere"),
        on("accept", "noon", "midnight", rule="HAND"),
        on("accept", ".", ";", rule="HAND"),
        on("accept", "lender", "", rule="HAND"),
        on("accept", "lender", "a bank that has lent it all of the money", rule="HAND"),
        on("accept", "the lender", "the\nlender", rule="HAND"),
    ]
    learned = learn(made, reference)
    assert learned.counts == {
        ("stock", "inventory"): 1,
        ("moneybags", "lender"): 1,
        ("banker", "lender"): 1,
    }
    assert learned.pairs == [("banker", "lender"), ("moneybags", "lender")]
    assert learned.words == ["wibblewalk"]
    assert learned.terms == []


def test_what_is_rejected_everywhere_or_in_three_articles_is_protected(reference):
    three = [on("reject", "Provide Line", "supply line", article=f"{number}.txt") for number in range(3)]
    two = [on("reject", "vitality", "energy", article=f"{number}.txt") for number in range(2)]
    made = [
        *three,
        *two,
        on("reject", "overseas", "foreign", scope="everywhere"),
        on("reject", "tho", "the", scope="everywhere", rule="OCR001"),
        on("reject", ".home", "home", scope="everywhere", rule="OCR004"),
        on("reject", "an", "a", scope="everywhere", rule="AGR001"),
        on("reject", "final", "last", scope="everywhere"),
        on("accept", "Final", "Last", article="b.txt"),
    ]
    assert learn(made, reference).terms == ["overseas", "provide line", "tho"]
    assert learn([*three, on("accept", "provide line", "supply line")], reference).terms == []


def test_a_replacement_in_a_scan_adds_words_and_reports_the_misreading(reference):
    made = [
        on("replace", "tbe", "he", "the", rule="OCR001"),
        on("replace", "wibbIewalk", "walk", "wibblewalk", rule="OCR001"),
        on("reject", "yabbering", "jabbering", scope="everywhere", rule="OCR001"),
    ]
    learned = learn(made, reference)
    assert learned.words == ["wibblewalk", "yabbering"]
    assert learned.counts == {}
    assert "misread: tbe for the: b for h (1 times; not learned, see dictionaries/ocr/confusions.tsv)" in learned.notes


def test_user_files_stay_sorted_and_without_duplicates(reference, tmp_path):
    dictionary, terms = tmp_path / "words.tsv", tmp_path / "terms.txt"
    dictionary.write_text("# Mine.\nquay\tnoun\tboat wall\nferry\t-\tsea shuttle\n", encoding="utf-8")
    terms.write_text("# Names.\nWarrigal\nOverseas\n", encoding="utf-8")
    (tmp_path / "words.tsv.weights").write_text("stock\tinventory\t5\n", encoding="utf-8")
    made = [
        on("replace", "vessel", "ship", "ferry"),
        on("accept", "inventory", "stock"),
        on("reject", "overseas", "foreign", scope="everywhere"),
        on("reject", "Harbour Line", "supply line", scope="everywhere"),
    ]
    changes = file_changes.user_file_changes(learn(made, reference), dictionary, terms)
    file_changes.write(changes)
    assert dictionary.read_text(encoding="utf-8") == "# Mine.\nferry\t-\tsea shuttle | vessel\nquay\tnoun\tboat wall\n"
    assert terms.read_text(encoding="utf-8") == "# Names.\nharbour line\nOverseas\nWarrigal\n"
    weights = (tmp_path / "words.tsv.weights").read_text(encoding="utf-8").splitlines()
    assert [line for line in weights if line[0] != "#"] == [
        "ferry\tvessel\t1",
        "foreign\t!overseas\t1",
        "ship\t!vessel\t1",
        "stock\tinventory\t5",
        "supply line\t!harbour line\t1",
    ]
    assert file_changes.user_file_changes(learn(made, reference), dictionary, terms) == []


def test_a_malformed_line_is_not_lost(reference, tmp_path):
    dictionary = tmp_path / "words.tsv"
    dictionary.write_text("quay, boat wall\n", encoding="utf-8")
    learned = learn([on("replace", "vessel", "ship", "ferry")], reference)
    with pytest.raises(AddingError, match=r"words\.tsv, line 1: 'quay, boat wall' is malformed; correct it"):
        file_changes.user_file_changes(learned, dictionary, tmp_path / "terms.txt")


def test_shipped_dictionaries_receive_pairs_counts_and_words(reference, small):
    (small / "ocr").mkdir()
    general = small / "spin/families/general.counts.tsv"
    general.write_text("# Mine.\nstock\tinventory\t6\n", encoding="utf-8")
    (small / "ocr" / "words-old.txt").write_text("# Old.\nacre\nwaggon\n", encoding="utf-8")
    made = [
        on("replace", "vessel", "ship", "ferry"),
        on("replace", "workplace abroad", "x", "Foreign Office"),
        on("accept", "inventory", "stock"),
        on("reject", "yabbering", "jabbering", scope="everywhere", rule="OCR001"),
    ]
    file_changes.write(file_changes.shipped_file_changes(learn(made, reference), small))
    assert "ferry\t-\tvessel\n" in (small / "spin" / "learned.tsv").read_text(encoding="utf-8")
    assert "Foreign Office\t-\tOverseas Workplace | workplace abroad\n" in (small / "spin" / "politics.tsv").read_text(
        encoding="utf-8"
    )
    assert (small / "ocr" / "words-old.txt").read_text(encoding="utf-8") == "# Old.\nacre\nwaggon\nyabbering\n"
    weights = (small / "spin/families/general.counts.tsv").read_text(encoding="utf-8")
    assert weights.startswith("# Mine.\n")
    assert "!" not in weights
    assert "stock\tinventory\t6\n" in weights, "the existing count is higher"
    assert file_changes.shipped_file_changes(learn(made, reference), small) == []


def test_counts_of_decisions_belong_to_no_family(reference, small, words):
    made = [on("accept", "lender", "bank") for _ in range(9)]
    file_changes.write(file_changes.shipped_file_changes(learn(made, reference), small))
    learned = lexicon_building.compile_lexicon(lexicon_building.sources(small), language_model.standard())
    number = words.inverse["lender"]
    row = words.rows.begin[number]
    before, after = words.rows.family_cost[row].tolist(), learned.rows.family_cost[row].tolist()
    assert learned.families == words.families == ("general", "a", "b")
    assert after[0] < before[0] - 1
    assert after[1:] == before[1:]


# The command over the shipped dictionaries


def learn_from(*arguments):
    done = CliRunner().invoke(app, ["dictionary", "learn", *map(str, arguments)])
    return done.exit_code, done.stdout, done.stderr


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A cleaned folder and the file of its decisions."""
    raw, clean = tmp_path / "raw", tmp_path / "clean"
    raw.mkdir()
    name = "02-spun-foreign-ministry.txt"
    (raw / name).write_bytes((RAW / name).read_bytes())
    run(raw, clean, RunOptions(Settings()))
    monkeypatch.chdir(tmp_path)
    return raw, clean, clean / ".clean-news" / "decisions.jsonl"


def test_the_next_run_uses_what_was_learned(project):
    raw, clean, decisions = project
    made = [on("reject", "mentioned", "said") for _ in range(5)]
    made += [on("reject", "overseas", "foreign", scope="everywhere")]
    made += [on("replace", "settlement", "agreement", "pact")]
    decisions.write_bytes(write(made))
    code, diff, said = learn_from("--decisions", decisions)
    assert code == 0
    assert "+said\t!mentioned\t5\n" in diff
    assert "+overseas\n" in diff
    assert "write them with --apply" in said
    folder = decisions.parent
    assert not (folder / "dictionary.tsv").exists()

    assert learn_from("--decisions", decisions, "--apply")[0] == 0
    assert (folder / "protected.txt").read_text(encoding="utf-8").endswith("\noverseas\n")
    decisions.unlink()
    summary = run(raw, clean, RunOptions(Settings()))
    assert summary.unchanged == 0
    text = next(clean.glob("*.txt")).read_text(encoding="utf-8")
    assert "overseas ministry mentioned on Tuesday that it will" in text
    assert "its embassy in Vessia next month" in text, "the rest is repaired as before"
    assert run(raw, clean, RunOptions(Settings())).unchanged == 1

    decisions.write_bytes(write(made))
    code, diff, said = learn_from("--decisions", decisions, "--apply")
    assert (code, diff, said) == (0, "", "nothing new to learn\n")


def test_files_come_from_the_options_the_settings_or_the_folder_of_the_decisions(project, tmp_path):
    _, _, decisions = project
    decisions.write_bytes(write([on("reject", "overseas", "foreign", scope="everywhere")]))
    (tmp_path / "clean-news.toml").write_text('protect-file = ["team.txt"]\n', encoding="utf-8")
    (tmp_path / "team.txt").write_text("Vessia\n", encoding="utf-8")
    _, diff, said = learn_from("--decisions", decisions, "--own", tmp_path / "mine.tsv", "-o", tmp_path / "x.diff")
    assert diff == ""
    assert "--dictionary" in said
    shown = (tmp_path / "x.diff").read_text(encoding="utf-8")
    assert f"--- {tmp_path / 'team.txt'}\n" in shown
    assert f"--- /dev/null\n+++ {tmp_path / 'mine.tsv'}\n" in shown


def test_errors_are_reported(project, tmp_path, monkeypatch):
    _, _, decisions = project
    assert learn_from()[0] == 2
    assert learn_from("x.jsonl", "--decisions", decisions)[0] == 2
    code, _, said = learn_from("--decisions", tmp_path / "gone.jsonl")
    assert code == 2
    assert "gone.jsonl" in said
    decisions.write_bytes(b"")
    assert learn_from("--decisions", decisions) == (0, "", "nothing new to learn\n")
    monkeypatch.setattr(learn_decisions, "folder", lambda: tmp_path / "somewhere" / "dictionaries")
    code, _, said = learn_from("--decisions", decisions, "--shipped")
    assert code == 2
    assert "--own FILE" in said
