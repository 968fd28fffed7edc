"""A family of one's own: proposed from two articles that a made-up spinner spun, weighed, and recognised in a third."""

import pytest

from clean_news.language import language_model
from clean_news.language.tokens import sentences
from clean_news.lexicography.check import check_files
from clean_news.lexicography.entry_files import AddingError, read
from clean_news.lexicography.proposed_family import MIN_KEPT, check_name, propose
from clean_news.stages.spin import lexicon_building, swap_rate
from clean_news.stages.spin.entries import Entry
from clean_news.stages.spin.readings import parts_of, readings_of, unreliable_capitals
from clean_news.stages.spin.spun_forms import SpunForms

# The spinner writes moneylender, cargo and spake; other spinners know "lender" and "inventory".
ARTICLES = {
    "one.txt": (
        "The moneylenders spake on Monday that the cargo of coal was low. The company would pay the moneylender.",
        "The banks said on Monday that the stock of coal was low. The company would pay the bank.",
    ),
    "two.txt": (
        "A moneylender spake that the company had sold its cargo. The company would pay, the minister spake.",
        "A bank said that the company had sold its stock. The company would pay, the minister said.",
    ),
}
THIRD = "The moneylender spake on Friday that the company had a large cargo. Both moneylenders would wait, he spake."


@pytest.fixture
def spun(tmp_path, small, dictionary, monkeypatch):  # noqa: ARG001  # its lexicon is replaced
    """The folders of the spun articles and of the originals; the dictionary knows the words in other forms."""
    general = "bank\tnoun\tlender | moneylender\ncompany\tnoun\tfirm\nstock\tnoun\tinventory\n"
    (small / "spin/money.tsv").write_text(general, encoding="utf-8")
    compiled = lexicon_building.compile_lexicon(lexicon_building.sources(small), language_model.standard())
    monkeypatch.setattr(lexicon_building, "standard", lambda: compiled)
    for number, folder in enumerate(("spun", "originals")):
        (tmp_path / folder).mkdir()
        for name, texts in ARTICLES.items():
            (tmp_path / folder / name).write_text(texts[number], encoding="utf-8")
    return tmp_path / "spun", tmp_path / "originals"


def decoded(folder):
    """The third article, decoded with the dictionaries of a folder: probabilities of families, and of originals."""
    model = language_model.standard()
    lexicon = lexicon_building.compile_lexicon(lexicon_building.sources(folder), model)
    found = sentences(THIRD)
    forms = SpunForms(lexicon, model)
    capitals = unreliable_capitals(found)
    readings = readings_of(found, parts_of(THIRD, found, capitals), forms, capitals)
    words = sum(form[0].isalpha() for sentence in found for form in sentence.forms)
    result = swap_rate.decode([len(sentence.forms) for sentence in found], readings, words, model, lexicon)
    originals = {}
    for number, text, probability in zip(readings.original, readings.text, result.posterior, strict=True):
        if text >= 0:
            word = forms.ids.interned[int(number)]
            originals[word] = originals.get(word, 0.0) + float(probability)
    return result.families, originals


def test_two_articles_make_a_family(dictionary, small, spun):
    families, originals = decoded(small)
    assert "pirate" not in families
    assert "said" not in originals

    path = small / "spin/families/pirate.tsv"
    done = dictionary("learn", *spun, "--family", "pirate", "-o", path)
    assert done.exit_code == 0, done.output
    file = read(path)
    assert [line.entry for line in file.lines] == [
        Entry("bank", "noun", ("moneylender",)),
        Entry("company", "-", ("=",)),
        Entry("said", "-", ("spake",)),
        Entry("stock", "-", ("cargo",)),
    ]
    assert "pirate" in file.comments[0]
    assert "said\tspake\t3\n" in (small / "spin/families/pirate.counts.tsv").read_text(encoding="utf-8")
    assert {finding.code for finding in check_files([path], small)} <= {"DICT010"}, "only spake is no word of the model"

    families, originals = decoded(small)
    assert max(families, key=families.__getitem__) == "pirate"
    assert families["pirate"] > 0.5
    assert originals["said"] > 1.5, "of two places"
    assert originals["banks"] > 0.5, "in the base form, the entry has the plural"


def test_what_the_file_has_is_not_proposed_again(dictionary, small, spun):
    path = small / "spin/families/pirate.tsv"
    path.write_text("bank\tnoun\tmoneylender | =\nsaid\t-\tspake\n", encoding="utf-8")
    done = dictionary("learn", *spun, "--family", "pirate")
    assert [line for line in done.stdout.splitlines() if line[0] != "#"] == ["company\t-\t=", "stock\t-\tcargo"]
    refused = dictionary("learn", *spun, "--family", "pirate", "-o", path)
    assert refused.exit_code == 2
    assert "exists; name a new file" in refused.output


def test_what_was_swapped_and_kept_is_ranked_by_count(small):
    seen = {("bank", "lender"): 1.0, ("bank", "="): 2.0, ("stock", "goods"): 4.0, ("stock", "="): 1.0}
    kept = {("ferry", "="): float(MIN_KEPT), ("port", "="): MIN_KEPT - 1.0}
    assert propose({**seen, **kept}, small, "own") == [
        Entry("bank", "noun", ("=", "lender")),
        Entry("ferry", "-", ("=",)),
        Entry("stock", "-", ("goods", "=")),
    ]


@pytest.mark.parametrize("name", ["", "general", "My family", "../a", "a.counts"])
def test_a_family_has_a_plain_name(name):
    with pytest.raises(AddingError, match="is not the name of a family"):
        check_name(name)


def test_weighing_changes_the_counts_of_one_family_only(dictionary, small, spun, tmp_path):
    path = small / "spin/families/pirate.tsv"
    assert dictionary("learn", *spun, "--family", "pirate", "-o", path).exit_code == 0
    more = tmp_path / "more"
    more.mkdir()
    (more / "three.txt").write_text(THIRD * 3, encoding="utf-8")
    before = (small / "spin/families/a.counts.tsv").read_bytes()
    counts = small / "spin/families/pirate.counts.tsv"
    done = dictionary("weigh", more, "--family", "pirate", "-o", counts)
    assert done.exit_code == 0, done.output
    assert "said\tspake\t" in counts.read_text(encoding="utf-8")
    assert (small / "spin/families/a.counts.tsv").read_bytes() == before
    unknown = dictionary("weigh", more, "--family", "corsair", "-o", tmp_path / "x")
    assert unknown.exit_code == 2
    assert "unknown family 'corsair'; available: a, b, pirate" in unknown.output
