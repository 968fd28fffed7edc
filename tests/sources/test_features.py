import numpy as np
import pytest

from clean_news.sources.features import feature_texts, features_of


@pytest.mark.parametrize(
    ("text", "features"),
    [
        ("They said that the year was long.", set()),
        ("A visit to Turkey in March", {"turkey", "march"}),
        ("turkey, 12.5 kg", {"turkey", "12.5"}),
        ("It took 1,250,000 and 47%", {"1250000", "47"}),
        ("Müller’s café in Åre", {"müller", "café", "åre"}),
        ("an ox", set()),
        ("", set()),
    ],
)
def test_names_numbers_and_rare_words(text, features):
    assert feature_texts(text) == features


def test_frequent_words_count_only_as_names():
    assert "house" not in feature_texts("House prices: the house was sold.")
    assert "house" in feature_texts("She works for the White House now.")


def test_a_text_of_other_frequent_words_has_the_same_features():
    one = "Ms Karlssen said on Tuesday that the 47 workers of Harwick would get more money."
    other = "Ms Karlssen stated on Tuesday that the 47 people of Harwick would have more time."
    assert feature_texts(one) - {"workers"} == feature_texts(other) - {"stated"}


def test_hashes_ascend_and_are_distinct():
    text = "Karlssen Oduya Brannigan 12 13 12 Karlssen reservoir, the foundry of Harwick"
    found = features_of(text)
    assert found.dtype == np.uint32
    assert (np.diff(found.astype(np.int64)) > 0).all()
    assert len(found) == len(
        feature_texts("Karlssen Oduya Brannigan 12 13 12 Karlssen reservoir, the foundry of Harwick")
    )


def test_lone_surrogates_are_no_error():
    assert len(features_of("Karls\ud800sen and Oduya")) >= 1
