"""Training data: noise over sentences of our own, and pairs of a scan and its correction."""

import random

import numpy as np
import pytest

from clean_news.dictionaries import folder
from clean_news.stages.ocr import confusion
from clean_news.stages.ocr.character_model import samples
from clean_news.stages.ocr.character_model.noise import Noise
from clean_news.stages.ocr.character_model.pieces import KEEP, apply

PRINTED = (
    "The harbour master told the council that two of the old coal barges would have to be moved from the inner basin "
    "before the winter, since their moorings had been cut by the ice and no watchman was paid to look after them. The "
    "committee agreed, and the difficult work was given to a contractor from the north shore. "
) * 3
SCAN = "Tho harbour inaster told\nthe coun cil that twoof the old coal barges, 'would have"
CORRECTION = "The harbour master told\nthe council that two of the old coal barges would have"


@pytest.fixture(scope="module")
def noise() -> Noise:
    return Noise(confusion.read_table(folder() / "ocr" / "confusions.tsv"))


def corrected(sample: samples.Sample) -> str:
    return "".join(apply(edit, character) for character, edit in zip(*sample, strict=True))


def test_noise_is_reproducible_and_varies(noise: Noise) -> None:
    texts = ["".join(each.read for each in noise.misreadings(PRINTED, random.Random(seed))) for seed in (1, 1, 2, 3)]
    assert texts[0] == texts[1]
    assert len(set(texts)) == 3


def test_noise_is_of_the_printed_text(noise: Noise) -> None:
    for seed in range(20):
        assert "".join(each.printed for each in noise.misreadings(PRINTED, random.Random(seed))) == PRINTED


def test_the_level_of_noise_varies_from_text_to_text(noise: Noise) -> None:
    shares = [
        sum(each.printed != each.read for each in noise.misreadings(PRINTED, random.Random(seed))) / len(PRINTED)
        for seed in range(60)
    ]
    assert min(shares) == 0
    assert max(shares) > 0.08
    assert 0.01 < sum(shares) / len(shares) < 0.1


def test_a_scan_is_aligned_with_its_correction() -> None:
    (sample,) = samples.scan_samples([(CORRECTION, SCAN)])
    assert sample[0] == SCAN
    assert corrected(sample) == CORRECTION
    assert sum(edit != KEEP for edit in sample[1]) <= 8


@pytest.fixture
def sampler(noise: Noise) -> samples.Sampler:
    pairs = samples.scan_samples([((CORRECTION + " ") * 6, (SCAN + " ") * 6)])
    return samples.Sampler([PRINTED], [PRINTED], pairs, noise, seed=5)


def test_a_batch_has_samples_of_equal_length_and_their_edits(sampler: samples.Sampler) -> None:
    alphabet = sampler.alphabet()
    batch = sampler.batch(9, alphabet)
    assert batch.read.shape == batch.edits.shape == (9, samples.WINDOW_CHARS)
    assert batch.histories.shape[:2] == batch.read.shape
    assert ((batch.edits >= samples.IGNORED) & (batch.edits < len(alphabet.edits))).all()
    kept = batch.edits[:, 1:-1] == 0  # where the character before was kept, it is the latest of the history
    before = batch.edits[:, :-2] == 0
    spaces = np.isin(batch.read[:, :-2], alphabet.ids_of("\n"))
    assert (batch.histories[:, 1:-1, -1] == batch.read[:, :-2])[kept & before & ~spaces].all()


def test_a_sampler_continues_from_its_state(sampler: samples.Sampler) -> None:
    state = sampler.state()
    drawn = [sampler.draw() for _ in range(5)]
    sampler.restore(state)
    assert [sampler.draw() for _ in range(5)] == drawn
