"""The converted network: its log-probabilities are those of the weights, alone and in a tree."""

import numpy as np
import pytest
import tiny_model

from clean_news.language.neural import conversion, network, weights_file
from clean_news.language.neural.variant_scores import log_probabilities
from clean_news.language.neural.variant_tree import Place

TEXT = (
    "The mayor mentioned on Monday that 12 bridges would shut. Residents of the harbour said it’s the third winter in "
    "which the ferry was the only way across the river, and the council had promised repairs – twice."
)
MANY_ROWS = 150  # more than the last layer takes at once


def alone(model, tokens):
    """The log-probability of each token of a text after the start token, run by itself."""
    ids = np.array([model.network.contents.start_token, *tokens])
    size = len(ids)
    return model.network.log_probabilities(ids, np.arange(size), np.tri(size, dtype=bool), np.arange(size - 1), ids[1:])


def test_log_probabilities_are_those_in_single_precision(tiny) -> None:
    tokens = tiny.encode(TEXT).ids[:MANY_ROWS]
    expected = tiny_model.log_probabilities(tiny_model.random_weights(), [0, *tokens])
    expected = expected[np.arange(len(tokens)), tokens]
    found = alone(tiny, tokens)
    assert expected.std() > 1.5, "the weights would hide mistakes"
    assert np.abs(found - expected).mean() < 0.06 * expected.std()
    assert np.corrcoef(found, expected)[0, 1] > 0.995


@pytest.mark.parametrize("unsigned", [False, True])
def test_both_kinds_of_weights_give_the_same(tiny_file, tiny, unsigned) -> None:
    if not unsigned and not network.multiplies_exactly():
        pytest.skip("this processor's products of unsigned and signed bytes saturate")
    folder, contents = conversion.converted(weights_file.located(str(tiny_file)), unsigned)
    other = tiny._replace(network=network.Network(folder, contents, 1))
    tokens = tiny.encode(TEXT).ids
    assert alone(other, tokens) == pytest.approx(alone(tiny, tokens), abs=1e-4)


def test_threads_change_nothing(tiny_file, tiny) -> None:
    tokens = tiny.encode(TEXT).ids
    several = tiny._replace(network=network.opened(weights_file.located(str(tiny_file)), 2))
    assert alone(several, tokens).tolist() == alone(tiny, tokens).tolist()


def scored_alone(model, text, place, variant):
    """The score of a variant, from a run of its own."""
    whole = text[: place.start] + variant + text[place.end :]
    encoded = model.encode(whole)
    word = max(whole.rfind(" ", 0, place.start), 0)
    first = next(at for at, end in enumerate(encoded.ends) if end > word)
    end = place.start + len(variant)
    last = next((at for at, start in enumerate(encoded.starts) if start >= end), len(encoded.ids)) + 10
    return alone(model, encoded.ids)[first:last].sum()


@pytest.mark.parametrize("model_name", ["tiny", "smollm"])
def test_a_tree_scores_every_variant_as_if_it_were_alone(request, model_name) -> None:
    model = request.getfixturevalue(model_name)
    wanted = [
        ("mentioned", ("said", "told reporters")),
        ("12", ("twelve",)),
        ("it’s", ("it is", "its")),
        ("third winter", ("3rd winter", "third summer", "third")),
        ("twice.", ("two times.", "2x.")),
    ]
    places = [Place(at := TEXT.index(own), at + len(own), variants) for own, variants in wanted]
    found = log_probabilities(TEXT, places, model)
    for place, scores in zip(places, found, strict=True):
        own = TEXT[place.start : place.end]
        expected = [scored_alone(model, TEXT, place, variant) for variant in (own, *place.variants)]
        # The scales of quantised activations are those of a token, so a run of others changes the last digits only.
        assert scores == pytest.approx(expected, abs=0.02)


def test_a_long_text_is_scored_in_passages(tiny) -> None:
    text = " ".join([TEXT] * 12)
    places = [Place(at, at + 5, ("river",)) for at in range(len(text)) if text.startswith("ferry", at)]
    found = log_probabilities(text, places, tiny)
    assert len(found) == 12
    assert all(len(scores) == 2 for scores in found)
    assert log_probabilities(text, places, tiny) == found


def test_places_in_what_is_no_text_are_not_scored_or_scored(tiny) -> None:
    text = "\U0001f6a2" * 3000 + " ferry " + "\U0001f6a2" * 3000
    at = text.index("ferry")
    ship = Place(3000 - 1, 3000, ("\U0001f6a2" * 500,))
    assert log_probabilities(text, [ship, Place(at, at + 5, ("boat",))], tiny)[0] == ()
    assert log_probabilities("", [], tiny) == []
    assert len(log_probabilities("x", [Place(0, 1, ("y",))], tiny)[0]) == 2


def test_the_real_model_knows_english(smollm) -> None:
    text = "The capital of France is Rome"
    ((rome, paris, tuesday),) = log_probabilities(text, [Place(len(text) - 4, len(text), ("Paris", "Tuesday"))], smollm)
    assert paris > rome > tuesday
    tokens = smollm.encode(TEXT).ids
    assert 2.0 < -alone(smollm, tokens).mean() < 4.5  # nats


def test_digits_are_tokens_of_their_own(smollm, tiny) -> None:
    for model in (smollm, tiny):
        _, starts, ends = model.encode("In 2019, 45%")
        assert list(zip(starts, ends, strict=True))[-9:-4] == [(3, 4), (4, 5), (5, 6), (6, 7), (7, 8)]
