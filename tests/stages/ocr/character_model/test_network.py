"""The network in NumPy, its weights file and its training, on networks too small to be of use."""

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from clean_news.cli.app import app
from clean_news.stages.ocr.character_model import network, weights
from clean_news.stages.ocr.character_model.pieces import HISTORY_CHARS, KEEP, Alphabet, histories

ALPHABET = Alphabet(" etaoinshrdlu.", (KEEP, "-", "~e", "+ ", "~rn"))
CHANNELS, HIDDEN = 8, 12


@pytest.fixture(scope="module")
def arrays() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(3)
    characters = len(ALPHABET.characters) + 2
    shapes: dict[str, tuple[int, ...]] = {
        "embedding": (characters, CHANNELS),
        "context": (CHANNELS, HIDDEN),
        "context_bias": (HIDDEN,),
        "history": (HISTORY_CHARS, characters, HIDDEN),
        "edits": (HIDDEN, len(ALPHABET.edits)),
        "edits_bias": (len(ALPHABET.edits),),
    }
    for number in range(len(weights.DILATIONS)):
        shapes[f"convolution{number}"] = (weights.WIDTH_CHARS, CHANNELS, CHANNELS)
        shapes[f"convolution{number}_bias"] = (CHANNELS,)
    return {name: rng.normal(0, 0.4, shape).astype(np.float32) for name, shape in shapes.items()}


@pytest.fixture(scope="module")
def small(arrays: dict[str, np.ndarray], tmp_path_factory: pytest.TempPathFactory) -> weights.Weights:
    path = tmp_path_factory.mktemp("weights") / "small.npz"
    weights.write(path, ALPHABET, arrays)
    return weights.read(path)


def test_a_weights_file_keeps_the_alphabet_and_the_weights_within_half_a_step(
    arrays: dict[str, np.ndarray], small: weights.Weights
) -> None:
    assert small.alphabet == ALPHABET
    step = np.abs(arrays["edits"]).max(axis=0) / weights.MAX_INT8
    assert (np.abs(small.edits - arrays["edits"]) <= step / 2 + 1e-6).all()
    assert (small.edits_bias == arrays["edits_bias"]).all()


def test_a_text_longer_than_a_chunk_is_encoded_as_a_whole(
    small: weights.Weights, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = small.alphabet.ids_of("the sea had risen. " * 9)
    whole = network.encode(ids, small)
    monkeypatch.setattr(network, "CHUNK_CHARS", 32)
    assert whole.shape == (len(ids), HIDDEN)
    assert network.encode(ids, small) == pytest.approx(whole, abs=1e-5)


def test_an_empty_text_is_encoded_as_nothing(small: weights.Weights) -> None:
    assert network.encode(small.alphabet.ids_of(""), small).shape == (0, HIDDEN)


def test_the_encoding_of_a_character_depends_on_its_neighbours_only(small: weights.Weights) -> None:
    texts = ["the sea had risen and the tide turned in the soul." + end for end in ("t", "h")]
    one, other = (network.encode(small.alphabet.ids_of(text), small) for text in texts)
    far = len(texts[0]) - 1 - network.RECEPTIVE_CHARS
    assert (one[:far] == other[:far]).all()
    assert (one[far:] != other[far:]).any()


def test_edits_are_a_distribution_that_depends_on_the_history(small: weights.Weights) -> None:
    ids = small.alphabet.ids_of("the sea")
    encoded = network.encode(ids, small)
    seen = histories(ids, range(len(ids)))
    scores = network.edit_log_probabilities(encoded, seen, small)
    assert np.exp(scores).sum(axis=1) == pytest.approx(1, abs=1e-5)
    assert network.keep_probabilities(encoded, seen, small) == pytest.approx(np.exp(scores[:, 0]))
    other = network.edit_log_probabilities(encoded, np.zeros_like(seen), small)
    assert (np.abs(other - scores) > 1e-3).any()


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    text = "The tide turned at noon, and the ferry came in with the mail and two sacks of oats for the island. " * 8
    path = tmp_path / "print.jsonl"
    path.write_text("".join(json.dumps({"text": text}) + "\n" for _ in range(3)), encoding="utf-8")
    return path


def test_training_names_the_extra_that_it_needs(corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "torch", None)
    words = ["model", "train-ocr", "--print", str(corpus), "-o", str(tmp_path / "ocr.npz")]
    ran = CliRunner().invoke(app, words)
    assert ran.exit_code != 0
    assert "clean-news[train]" in ran.output


def test_training_names_a_file_that_is_not_there(tmp_path: Path) -> None:
    words = ["model", "train-ocr", "--print", str(tmp_path / "none.jsonl"), "-o", str(tmp_path / "ocr.npz")]
    ran = CliRunner().invoke(app, words)
    assert ran.exit_code != 0
    assert "none.jsonl: there is no such file" in ran.output


def test_training_resumes_and_numpy_computes_what_torch_does(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    torch = pytest.importorskip("torch")
    from clean_news.dictionaries import folder
    from clean_news.stages.ocr import confusion
    from clean_news.stages.ocr.character_model import samples, training
    from clean_news.stages.ocr.character_model.noise import Noise

    monkeypatch.setattr(samples, "ALPHABET_SAMPLES", 50)
    monkeypatch.setattr(training, "BATCH_SAMPLES", 2)
    monkeypatch.setattr(training, "BATCH_CHARS", 2 * samples.WINDOW_CHARS)
    noise = Noise(confusion.read_table(folder() / "ocr" / "confusions.tsv"))
    passages = samples.read_passages([corpus])
    lines: list[str] = []

    def trained(name: str, *batches: int) -> Path:
        for number in batches:
            plan = training.TrainingPlan(
                number * training.BATCH_CHARS, 1, tmp_path / f"{name}.checkpoint", tmp_path / f"{name}.npz"
            )
            training.train(samples.Sampler(passages, [], [], noise, 1), plan, lines.append)
        return plan.output

    monkeypatch.setattr(training, "learning_rate", lambda *_: 1e-3)
    at_once, resumed = weights.read(trained("at-once", 6)), weights.read(trained("resumed", 3, 6))
    assert "resumed at batch 3" in lines
    assert at_once.alphabet == resumed.alphabet
    assert (at_once.edits == resumed.edits).all()

    state = torch.load(tmp_path / "at-once.checkpoint", weights_only=False)
    model = training.EditTagger(torch, len(at_once.alphabet.characters) + 2, len(at_once.alphabet.edits))
    model.layers.load_state_dict(state["model"])
    ids = at_once.alphabet.ids_of("the tide tumed at noon.")
    seen = histories(ids, range(len(ids)))
    with torch.no_grad():
        encoded = model.encode(torch.from_numpy(ids).long()[None])[0]
        expected = torch.log_softmax(model.logits(encoded, torch.from_numpy(seen).long()), 1).numpy()
    own = network.edit_log_probabilities(network.encode(ids, at_once), seen, at_once)
    assert own == pytest.approx(expected, abs=0.05)  # int8
