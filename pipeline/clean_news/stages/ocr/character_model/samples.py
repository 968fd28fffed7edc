"""Training samples of the character model: printed texts with noise, and real pairs of scan and correction."""

import json
import random
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from rapidfuzz.distance import Levenshtein

from clean_news.language.model_building import read_texts
from clean_news.stages.ocr import confusion
from clean_news.stages.ocr.character_model.noise import Noise
from clean_news.stages.ocr.character_model.pieces import (
    FOLDED,
    HISTORY_CHARS,
    KEEP,
    Alphabet,
    Misreading,
    apply,
    edits_of,
    frequent_edits,
    histories,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

WINDOW_CHARS = 192  # of a sample, as read
PRINTED_CHARS = 220  # of a printed text that becomes a sample; noise makes it shorter or longer
NEWS_SHARE = 0.15  # of the printed texts that are modern news
SCAN_SHARE = 0.08  # of samples that are real scans
PASSAGE_CHARS = 4000  # one is drawn with equal probability whatever the length of its article
MIN_TEXT_CHARS = 200  # of an article; shorter ones are headings and fragments
BROKEN_SHARE = 0.6  # of printed texts that are broken into lines
HYPHENATED_SHARE = 0.4  # of lines that end in a part of a word
UPPER_CASE_SHARE = 0.03  # of printed texts that are set in capitals, as headings are
MIN_LINE_CHARS, MAX_LINE_CHARS = 28, 70
MAX_UNLIKE_SHARE = 0.5  # of a scan's lines: those with more character errors are other text
ALPHABET_CHARACTERS = 122  # most frequent characters; with the two reserved ids 124
ALPHABET_SAMPLES = 16_000
IGNORED = -1  # the edit of a character whose true edit the alphabet lacks
SPACES = re.compile(r"\s+")


class Batch(NamedTuple):
    """Samples of equal length, as arrays.

    Attributes:
        read: ids of the characters that were read; shape (samples, WINDOW_CHARS).
        histories: ids of the corrected characters before each; shape (samples, WINDOW_CHARS, HISTORY_CHARS).
        edits: ids of the edits, or :data:`IGNORED`; shape (samples, WINDOW_CHARS).
    """

    read: "NDArray[np.uint8]"
    histories: "NDArray[np.uint8]"
    edits: "NDArray[np.int64]"


Sample = tuple[str, list[str]]
"""A text as read, and the edit of each of its characters."""


def scan_samples(pairs: Iterable[tuple[str, str]]) -> list[Sample]:
    """Align scans with their corrections.

    Args:
        pairs: pairs of a corrected text and its scan.
    """
    table = confusion.standard()
    return [edits_of(_aligned(printed.translate(FOLDED), read.translate(FOLDED), table)) for printed, read in pairs]


def _aligned(printed: str, read: str, table: confusion.Confusions) -> Iterator[Misreading]:
    """Align a corrected text with its scan; line breaks count as spaces and are kept."""
    flat_printed, flat_read = printed.replace("\n", " "), read.replace("\n", " ")
    for step in Levenshtein.opcodes(flat_printed, flat_read):
        as_read = read[step.dest_start : step.dest_end]
        if step.tag == "equal":
            yield from (Misreading(character, character) for character in as_read)
        else:
            span = flat_printed[step.src_start : step.src_end], flat_read[step.dest_start : step.dest_end]
            yield from (Misreading(*piece) for piece in confusion.align(*span, table)[1])


class Sampler:
    """Draws training samples.

    Args:
        period: printed texts of the scans' time.
        news: modern news.
        scans: aligned scans; see :func:`scan_samples`.
        noise: the noise added to printed texts.
        seed: of the random number generator.
    """

    def __init__(
        self, period: Sequence[str], news: Sequence[str], scans: Sequence[Sample], noise: Noise, seed: int
    ) -> None:
        self._period, self._news, self._noise = period, news, noise
        self._scans = [scan for scan in scans if len(scan[0]) > WINDOW_CHARS]
        self._rng = random.Random(seed)  # noqa: S311 -- training data, not secrets

    def state(self) -> object:
        """The state of the random number generator, for :meth:`restore`."""
        return self._rng.getstate()

    def restore(self, state: Any) -> None:  # noqa: ANN401 -- what Random.getstate returns
        """Continue from a :meth:`state`."""
        self._rng.setstate(state)

    def draw(self) -> Sample:
        """Draw a sample of at most :data:`WINDOW_CHARS` characters."""
        rng = self._rng
        if self._scans and rng.random() < SCAN_SHARE:
            while True:
                read, edits = rng.choice(self._scans)
                start = rng.randrange(len(read) - WINDOW_CHARS // 2)
                start = max(read.rfind(" ", 0, start), read.rfind("\n", 0, start)) + 1
                chosen = edits[start : start + WINDOW_CHARS]
                if sum(edit != KEEP for edit in chosen) < MAX_UNLIKE_SHARE * len(chosen):
                    return read[start : start + WINDOW_CHARS], chosen
        text = rng.choice(self._news if self._news and rng.random() < NEWS_SHARE else self._period)
        start = rng.randrange(max(1, len(text) - PRINTED_CHARS))
        start = text.rfind(" ", 0, start) + 1
        printed = SPACES.sub(" ", text[start : start + PRINTED_CHARS + 20].translate(FOLDED))
        read, edits = edits_of(self._noise.misreadings(self._set(printed), rng))
        return read[:WINDOW_CHARS], edits[:WINDOW_CHARS]

    def _set(self, text: str) -> str:
        """Set a text in lines, or in capitals."""
        rng = self._rng
        if rng.random() < UPPER_CASE_SHARE:
            text = text.upper()
        if rng.random() >= BROKEN_SHARE:
            return text
        width = rng.randint(MIN_LINE_CHARS, MAX_LINE_CHARS)
        lines = []
        rest = text[rng.randrange(width) :] if rng.random() < 0.1 else text
        first = rng.randint(1, width)
        while len(rest) > first:
            cut = rest.rfind(" ", 0, first)
            word = rest[cut + 1 : first]
            if len(word) > 2 and word.isalpha() and rest[first].islower() and rng.random() < HYPHENATED_SHARE:
                lines.append(rest[:first] + "-")
                rest = rest[first:]
            elif cut > 0:
                lines.append(rest[:cut])
                rest = rest[cut + 1 :]
            else:
                break
            first = width
        return "\n".join([*lines, rest])

    def alphabet(self) -> Alphabet:
        """The alphabet of :data:`ALPHABET_SAMPLES` samples."""
        characters: Counter[str] = Counter()
        edits: Counter[str] = Counter()
        for _ in range(ALPHABET_SAMPLES):
            read, own = self.draw()
            characters.update(read)
            edits.update(own)
        frequent = sorted(characters, key=lambda character: (-characters[character], character))
        return Alphabet("".join(sorted(frequent[:ALPHABET_CHARACTERS])), frequent_edits(edits))

    def batch(self, samples: int, alphabet: Alphabet) -> Batch:
        """Draw samples as arrays; shorter ones are padded with the boundary, whose edits are ignored."""
        read = np.zeros((samples, WINDOW_CHARS), np.uint8)
        context = np.zeros((samples, WINDOW_CHARS, HISTORY_CHARS), np.uint8)
        wanted = np.full((samples, WINDOW_CHARS), IGNORED, np.int64)
        ids = {edit: number for number, edit in enumerate(alphabet.edits)}
        for row in range(samples):
            text, edits = self.draw()
            length = len(text)
            read[row, :length] = alphabet.ids_of(text)
            wanted[row, :length] = [ids.get(edit, IGNORED) for edit in edits]
            context[row, :length] = _histories_of(text, edits, alphabet)
        return Batch(read, context, wanted)


def _histories_of(text: str, edits: Sequence[str], alphabet: Alphabet) -> "NDArray[np.uint8]":
    """The corrected characters before each character of a sample."""
    parts = [apply(edit, character) for character, edit in zip(text, edits, strict=True)]
    starts = np.cumsum([0, *map(len, parts)])[:-1]
    return histories(alphabet.ids_of("".join(parts)), starts)


def read_passages(paths: Iterable[Path]) -> list[str]:
    """Read the articles of a corpus, in passages of at most :data:`PASSAGE_CHARS` characters.

    Args:
        paths: files in the format of :func:`clean_news.language.model_building.read_texts`.
    """
    return [
        text[start : start + PASSAGE_CHARS]
        for path in paths
        for text in read_texts(path)
        if len(text) > MIN_TEXT_CHARS
        for start in range(0, len(text), PASSAGE_CHARS)
    ]


def read_pairs(path: Path) -> list[tuple[str, str]]:
    """Read pairs of a corrected text and its scan: JSON lines with the fields ``truth`` and ``ocr``."""
    rows = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    return [(row["truth"], row["ocr"]) for row in rows]
