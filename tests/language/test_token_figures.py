"""Splitting an article once gives what each judge of its words would find by searching the whole text."""

import random
import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from itertools import chain

import numpy as np
import pytest

from clean_news.language import english, token_figures, vocabulary
from clean_news.language.token_figures import TokenFigures, Tokens, numbered_tokens
from clean_news.stages.ocr import scan_gate
from clean_news.stages.spin import lexicon_building, prefilter

PIECES = [
    *("the", "said", "It", "mentioned", "additionally", "tho", "nnd", "zqx", "de", "la", "well-known", "a.m", "1st"),
    *("’s", "'", "''", "’", "‘", "“", "”", '"', "(", ")", ",", ".", ";", "…", "-", "—", "¬", "\u00ad", "½", "①", "3"),
    *(" ", " ", " ", " ", " ", "\n", "-\n", "\t", "\xa0", "\u2009", "\u3000", "\x1c", "\r", "\u200b"),
    *("René", "ÀÞ", "×÷", "ß", "ª", "Łódź", "ΟΔΟΣ", "Σ", "İ", "Москва", "漢字", "e\u0301", "ﬁ", "\ud800", "\U0001f600"),
]


def random_texts(count: int) -> list[str]:
    choose = random.Random(2)
    return ["", " ", "\n", *("".join(choose.choices(PIECES, k=choose.randrange(40))) for _ in range(count))]


def words_of(text: str) -> list[str]:
    return english.WORD.findall(text.lower().replace("’", "'"))


def free_words_of(text: str) -> list[str]:
    return scan_gate.FREE_WORD.findall(" " + scan_gate.BROKEN_WORD.sub(" ", text))


def mean_log_ratio_of(text: str) -> float:
    lexicon = lexicon_building.standard()
    counts = Counter(words_of(text))
    sums = np.zeros(len(lexicon.families))
    for word, count in counts.items():
        row = lexicon.word_log_ratios.find(word)
        if row is not None:
            sums += count * lexicon.log_ratios[row].astype(np.float64)
    return float(sums.max()) / max(counts.total(), 1)


@pytest.mark.parametrize("repeated", [False, True])
def test_each_judge_says_the_same_as_of_the_whole_text(repeated: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if repeated:  # tokens are forgotten all the time
        monkeypatch.setattr(token_figures, "MAX_CHARACTERS", 100)
    for text in random_texts(1_500):
        words, free = words_of(text), free_words_of(text)
        assert english.word_count(text) == len(text.split())
        english_words, foreign = (sum(w in s for w in words) for s in (english.ENGLISH_WORDS, english.FOREIGN_WORDS))
        assert english.counted_words(text) == (len(words), english_words, foreign)
        found = scan_gate.unknown(text)
        assert found.words == set(free) - set(vocabulary.standard().words)
        weight = sum(0.5 if len(word) > 4 else 1.0 for word in found.words)
        assert found.share == weight / (len(free) + scan_gate.SMOOTHING_WORDS)
        assert prefilter.mean_log_ratio(text, lexicon_building.standard()) == mean_log_ratio_of(text)


def test_white_space_is_that_of_the_patterns() -> None:
    assert all(bool(re.match(r"\s", char)) == (not char.split()) for char in map(chr, range(0x110000)))


def test_sums_of_log_ratios_do_not_depend_on_the_order() -> None:
    ratios = lexicon_building.standard().log_ratios.astype(np.float64)
    assert np.array_equal(ratios * 2**34, np.round(ratios * 2**34))


def test_tokens_with_the_same_slot_get_their_own_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(token_figures, "NUMBER_BITS", 2)
    monkeypatch.setattr(token_figures, "NUMBER_MASK", 3)
    tokens = Tokens()
    texts = [f"“token{number}”" for number in range(20)]
    for _ in range(3):
        assert tokens.numbers_of(texts).tolist() == list(range(20))
    assert tokens.is_full()


def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(token_figures, "MAX_CHARACTERS", 100)
    for number in range(30):
        tokens = numbered_tokens(f"a{number} b{number} c{number}").tokens
        assert tokens.characters == sum(map(len, tokens.texts)) <= 110


def test_threads_get_the_figures_of_their_own_tokens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(token_figures, "MAX_CHARACTERS", 3_000)
    lengths = TokenFigures(lambda tokens: np.array([[float(len(token))] for token in tokens]).reshape(-1, 1), 1)
    choose = random.Random(3)
    texts = [" ".join("x" * choose.randrange(1, 90) for _ in range(50)) for _ in range(400)]

    def length_of(text: str) -> list[float]:
        return lengths.sums(token_figures.numbered_tokens.__wrapped__(text))

    with ThreadPoolExecutor(8) as threads:
        found = list(chain.from_iterable(threads.map(length_of, texts)))
    assert found == [len(text.replace(" ", "")) for text in texts]
