"""From a corpus file to log probabilities, on a corpus of a few sentences."""

import json
from pathlib import Path

import numpy as np
import pytest

from clean_news.language import language_model, model_building
from clean_news.language.tokens import sentences

TEXTS = [
    "The ferry left the harbor on Monday. The crew of the ferry said the sea was calm.",
    "The mayor said on Monday that the ferry was late. An officer said the crew left.",
    "On Monday the crew said that the harbor was closed. The ferry left on Monday.",
    "The council said that the ferry would leave the harbor on Monday. The crew was late.",
    "The sea was calm. An officer closed the harbor late.",
]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> language_model.LanguageModel:
    folder = tmp_path_factory.mktemp("model")
    corpus = folder / "corpus.jsonl"
    corpus.write_text("".join(json.dumps({"text": text}) + "\n" for text in TEXTS), encoding="utf-8")
    model_building.build([corpus], folder / "tiny.lm", lambda _: None)
    return language_model.LanguageModel(folder / "tiny.lm")


def probability(model: language_model.LanguageModel, *words: str) -> float:
    ids = [0] * 4 + [model.id_of(word) for word in words]
    return float(model.log_probability(np.array([ids[-4:]], np.uint16))[0])


def test_observed_n_grams_are_more_probable_than_others(model: language_model.LanguageModel) -> None:
    assert probability(model, "the", "ferry", "left") > probability(model, "the", "ferry", "harbor") + 1


@pytest.mark.parametrize("context", [("the", "crew", "said"), ("on", "Monday", "the"), ("sea", "harbor", "was")])
def test_probabilities_sum_to_one(model: language_model.LanguageModel, context: tuple[str, ...]) -> None:
    grams = np.zeros((len(model.words), 4), np.uint16)
    grams[:, :3] = [model.id_of(word) for word in context]
    grams[:, 3] = np.arange(len(model.words))
    total = np.exp(model.log_probability(grams).astype(float)).sum()
    assert total == pytest.approx(1, abs=0.08)  # 6-bit values


def test_lower_orders_use_fewer_words_of_context(model: language_model.LanguageModel) -> None:
    one, two = (np.array([[model.id_of(word) for word in words.split()]], np.uint16)
                for words in ("crew of the ferry", "sea was the ferry"))  # fmt: skip
    assert model.log_probability(one, order=2) == model.log_probability(two, order=2)


def test_true_case(model: language_model.LanguageModel) -> None:
    (sentence,) = sentences("The Monday ferry left.")
    assert model.true_forms(sentence) == ["the", "Monday", "ferry", "left", "."]


def test_unknown_words_have_their_class(model: language_model.LanguageModel) -> None:
    classes = [model.words[model.id_of(word)] for word in ("zeppelin", "Zeppelin", "ZEPPELIN", "1,000")]
    assert classes == ["<unknown>", "<Name>", "<CAPITALS>", "<number>"]


def test_another_file_is_rejected(tmp_path: Path) -> None:
    path = tmp_path / "not.lm"
    path.write_bytes(b"something else entirely, long enough to hold a header")
    with pytest.raises(language_model.ModelError, match="model build"):
        language_model.LanguageModel(path)


def test_the_shipped_model_knows_news_english() -> None:
    model = language_model.standard()
    assert (
        probability(model, "foreign", "ministry", "said") > probability(model, "foreign", "ministry", "mentioned") + 3
    )
