"""The commands of ``clean-news dictionary``: output, files written and exit codes."""

import json

from clean_news.lexicography import inflecting


def test_check_prints_findings_and_their_remedies(dictionary, small):
    done = dictionary("check")
    assert (done.exit_code, done.output) == (0, "")
    (small / "spin" / "money.tsv").write_text("stock\tnoun\tinventory\nbank\tnoun\tlender\n", encoding="utf-8")
    done = dictionary("check", small / "spin" / "money.tsv")
    assert done.exit_code == 1
    assert done.output.startswith(
        f"{small / 'spin' / 'money.tsv'}:2: DICT002 'bank' is out of order: it must come before 'stock' (sort"
    )
    assert dictionary("check", "--fix").exit_code == 0


def test_a_missing_file_is_named(dictionary):
    done = dictionary("check", "gone.tsv")
    assert done.exit_code == 2
    assert "gone.tsv" in done.output


def test_add_prints_the_line(dictionary):
    done = dictionary("add", "bank", "noun", "creditor")
    assert (done.exit_code, done.stdout) == (0, "bank\tnoun\tfinancial institution | lender | creditor\n")
    assert dictionary("add", "ferry", "noun", "boat").exit_code == 2
    assert dictionary("add", "ferry", "noun", "boat", "--subject", "money").exit_code == 0
    done = dictionary("add", "bank", "noun", "banks")
    assert done.exit_code == 0
    assert "DICT005" in done.output, "findings in the file are reported"


def test_add_takes_a_dash_for_the_kind(dictionary):
    assert dictionary("add", "on the other hand", "-", "alternatively", "--subject", "money").exit_code == 0


def test_add_to_a_family(dictionary, small):
    done = dictionary("add", "stock", "noun", "banal", "=", "--family", "b")
    assert (done.exit_code, done.stdout) == (0, "stock\tnoun\tbanal | =\n")
    assert "stock\tnoun\tbanal | =\n" in (small / "spin/families/b.tsv").read_text(encoding="utf-8")
    assert dictionary("add", "stock", "noun", "banal", "--family", "c").exit_code == 2
    assert dictionary("add", "stock", "noun", "banal", "--family", "b", "--subject", "money").exit_code == 2
    assert dictionary("add", "stock", "noun", "=").exit_code == 2


def test_explain(dictionary):
    assert "money.tsv:3" in dictionary("explain", "inventory").stdout
    done = dictionary("explain", "lighthouse")
    assert done.exit_code == 2
    assert "add it with: clean-news dictionary add" in done.output


def test_learn_and_weigh(dictionary, tmp_path):
    row = {
        "id": "one",
        "spun": "The vessel left.",
        "edits": [{"start": 4, "end": 10, "spun": "vessel", "accept": ["ferry"]}],
    }
    gold = tmp_path / "gold.jsonl"
    gold.write_text(json.dumps(row) + "\n", encoding="utf-8")
    done = dictionary("learn", gold)
    assert done.stdout.endswith("# seen: 1\nferry\t-\tvessel\n")
    assert "1 pairs are new, 0 are known" in done.stderr
    proposed = tmp_path / "proposed.tsv"
    assert dictionary("learn", gold, "-o", proposed).exit_code == 0
    assert proposed.read_text(encoding="utf-8").endswith("ferry\t-\tvessel\n")
    weights = tmp_path / "weights.tsv"
    assert dictionary("weigh", gold, f"{proposed}.weights", "-o", weights).exit_code == 0
    assert weights.read_text(encoding="utf-8").endswith("ferry\tvessel\t2\n")


def test_learn_and_weigh_report_errors(dictionary, tmp_path):
    assert dictionary("learn", tmp_path / "gone.jsonl").exit_code == 2
    assert dictionary("learn", tmp_path, tmp_path / "gone").exit_code == 2
    assert dictionary("weigh", tmp_path / "gone.txt", "-o", tmp_path / "x").exit_code == 2


def test_inflect_keeps_lines_whose_forms_are_words(dictionary, small, monkeypatch):
    monkeypatch.setattr(inflecting, "inflected", lambda word, _kind, _is_word: (f"{word}-made",))
    (small / "inflections.tsv").write_text("bank\tnoun\tbankses\nbill\tnoun\tbills\n", encoding="utf-8")
    done = dictionary("inflect")
    assert done.exit_code == 0, done.output
    text = (small / "inflections.tsv").read_text(encoding="utf-8")
    assert "bank\tnoun\tbank-made\nbill\tnoun\tbills\n" in text
