"""What is recomputed for ``clean-news explain`` is what the stage itself weighed."""

from pathlib import Path

import numpy as np
import pytest

from clean_news.article import Article
from clean_news.settings import Settings
from clean_news.stages.spin import kept_words, stage

RAW = Path(__file__).parents[3] / "raw"
SPUN = (RAW / "02-spun-foreign-ministry.txt").read_text(encoding="utf-8")
GENUINE = (RAW / "01-genuine-lighthouse.txt").read_text(encoding="utf-8")


def words_of(text, **settings):
    return kept_words.weigh(text, Settings(**settings)).words


@pytest.mark.parametrize("settings", [{}, {"document": "spun", "level": "bold"}, {"quotes": "repair"}])
def test_candidates_have_the_edits_and_confidences_of_the_stage(settings):
    proposed = stage.propose(Article(SPUN), Settings(**settings)).edits
    candidates = {
        each.edit.span: each for word in words_of(SPUN, **settings) for each in word.candidates if each.edit is not None
    }
    assert len(proposed) > 20
    assert {span: (each.edit, round(each.confidence, 4)) for span, each in candidates.items()} == {
        edit.span: (edit, edit.confidence) for edit in proposed
    }


def test_what_displaced_a_candidate_overlaps_it_and_is_more_probable():
    displaced = [each for word in words_of(SPUN) for each in word.candidates if each.displaced_by is not None]
    assert displaced
    for each in displaced:
        assert each.displaced_by.start < each.span[1]
        assert each.span[0] < each.displaced_by.end
        assert (each.confidence or 0.0) <= each.displaced_by.confidence + 1e-4


def test_the_probability_of_keeping_a_word_is_the_decoder_s():
    examined = stage.examine(SPUN, Settings())
    readings, posterior = examined.readings, examined.decoded.posterior
    keeps = readings.text < 0
    of_token = np.bincount(readings.token[keeps], posterior[keeps])
    spans = [span for sentence in examined.sentences for span in sentence.spans]
    decoder = dict(zip(spans, of_token.tolist(), strict=True))
    words = words_of(SPUN)
    assert [word.text for word in words] == [SPUN[slice(*word.span)] for word in words]
    assert all(word.kept > decoder[word.span] - 1e-6 for word in words)
    # A longer reading may leave a word as it is, which the decoder does not count as keeping it.
    longer = np.flatnonzero(~keeps & (readings.edges.end - readings.edges.start > 1))
    covered = {
        spans[readings.token[row] + step]
        for row in longer
        for step in range(readings.edges.end[row] - readings.edges.start[row])
    }
    alone = [word for word in words if word.span not in covered]
    assert len(alone) > 50
    assert all(abs(word.kept - decoder[word.span]) < 1e-6 for word in alone)


def test_a_genuine_article_has_the_figures_of_the_log():
    weighed, facts = kept_words.weigh(GENUINE, Settings()), stage.propose(Article(GENUINE), Settings()).document
    assert not weighed.verdict.is_spun
    assert facts["verdict"] == "genuine"
    assert "family" not in facts
    assert weighed.verdict.decoded.share < weighed.verdict.min_share
    if "suspicion" in facts:
        assert round(weighed.verdict.first_look.mean_log_ratio, 4) == facts["suspicion"]
    else:
        assert round(weighed.verdict.decoded.share, 4) == facts["swapped_share"]


def test_the_log_of_a_spun_article_names_the_family():
    facts = stage.propose(Article(SPUN), Settings()).document
    families = kept_words.weigh(SPUN, Settings()).verdict.decoded.families
    ((family, share),) = facts["family"].items()
    assert facts["verdict"] == "spun"
    assert families[family] == max(families.values()) == pytest.approx(share, abs=0.001)


def test_a_protected_word_is_barred():
    barred = {word.text for word in words_of(SPUN, protect=("overseas",)) if word.barred == kept_words.PROTECTED}
    assert "overseas" in barred
    assert "ministry" not in barred


def test_a_quotation_is_barred_if_it_is_to_be_kept():
    barred = [word.text for word in words_of(SPUN, quotes="keep") if word.barred == kept_words.QUOTED]
    assert barred[:3] == ["We", "have", "waited"]
    assert not any(word.barred for word in words_of(SPUN))


@pytest.mark.parametrize(
    ("text", "settings", "reason"),
    [
        (SPUN, {"document": "genuine"}, "declared genuine"),
        ("The overseas ministry mentioned it.", {}, "only 5 words"),
        ("Der Hafen wurde am Montag für die Fähre gesperrt, sagte die Behörde. " * 9, {}, "not English"),
    ],
)
def test_an_article_that_was_not_judged_has_a_reason_and_no_words(text, settings, reason):
    weighed = kept_words.weigh(text, Settings(**settings))
    assert reason in weighed.verdict.reason
    assert not weighed.verdict.is_spun
    assert weighed.words == ()
