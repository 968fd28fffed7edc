"""Add OCR noise to printed text, as training data of the character model.

The misreadings are drawn from the confusion table, at rates that vary from text to text and from word to word: real
pages have clean passages and ruined ones.
"""

import bisect
import itertools
import random
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from clean_news.stages.ocr.character_model.pieces import Misreading

MAX_PRINTED_CHARS = 3  # of a printed string in the table
SPREAD = 0.9  # standard deviation of the logarithm of a text's noise level
MAX_LEVEL = 4.0  # maximum noise level of a text; 1 is that of the table
BURSTINESS = 0.6  # shape of the gamma distribution of a word's noise level; lower is more uneven
CLEAN_SHARE = 0.12  # of texts without noise
MAX_PROBABILITY = 0.6  # of a misreading of one printed string, in the worst words
FREE_SUBSTITUTION = 0.002  # probability that a letter is read as any other, at level 1: confusions the table lacks

# Gaps beside ligatures and torn words, which the table of up to four characters lacks, with their probabilities at
# level 1; estimated by eye from the development scans.
GAPS: Mapping[str, tuple[tuple[str, float], ...]] = {
    "ffi": ((" ffi ", 0.004), ("ffi ", 0.004), (" ff ", 0.004), ("ff", 0.004), ("f fi", 0.002), ("fli", 0.003)),
    "ffl": ((" ffl ", 0.004), ("ff ", 0.004), ("f fl", 0.002)),
    "fi": (("fi ", 0.002), (" fi", 0.001), ("ti", 0.002), ("li", 0.001)),
    "fl": (("fl ", 0.002), (" fl", 0.001), ("ll", 0.001)),
    "ff": (("ff ", 0.002), (" ff ", 0.002), ("tf", 0.001), ("lf", 0.001)),
    "": ((" - ", 0.0002), ("- ", 0.0004), (". ", 0.0002), (" .", 0.0003), (" '", 0.0003)),
}
LETTERS = "etaoinsrhldcumfpgwybvk" * 3 + "ETAOINSRHLDCUMFPGWYBVKxjqz1.,'"


class _Outcomes(NamedTuple):
    """What may be read for a printed string.

    Attributes:
        probability: the sum of their probabilities, at level 1.
        reads: the strings.
        cumulative: their cumulative probabilities.
    """

    probability: float
    reads: tuple[str, ...]
    cumulative: tuple[float, ...]


class Noise:
    """Misreadings in proportion to a confusion table.

    Args:
        counts: counts of (printed, read), as of :func:`clean_news.stages.ocr.confusion.read_table`.
    """

    def __init__(self, counts: Mapping[tuple[str, str], int]) -> None:
        total: dict[str, int] = defaultdict(int)
        for (printed, _), count in counts.items():
            total[printed] += count
        total[""] = sum(count for printed, count in total.items() if len(printed) == 1)
        reads: dict[str, list[tuple[str, float]]] = defaultdict(list)
        for (printed, read), count in counts.items():
            if printed != read and len(printed) <= MAX_PRINTED_CHARS:
                reads[printed].append((read, count / total[printed]))
        for printed, gaps in GAPS.items():
            reads[printed].extend(gaps)
        self._outcomes = {
            printed: _Outcomes(
                sum(probability for _, probability in own),
                tuple(read for read, _ in own),
                tuple(itertools.accumulate(probability for _, probability in own)),
            )
            for printed, own in reads.items()
        }

    def misreadings(self, text: str, rng: random.Random) -> list[Misreading]:
        """Draw a noise level and misread a text at it.

        Args:
            text: the printed text.
            rng: the random number generator.

        Returns:
            The text as a sequence of misreadings; characters that were read correctly have equal sides.
        """
        if rng.random() < CLEAN_SHARE:
            return [Misreading(character, character) for character in text]
        return list(self._at_level(text, min(rng.lognormvariate(0.0, SPREAD), MAX_LEVEL), rng))

    def _at_level(self, text: str, level: float, rng: random.Random) -> Iterator[Misreading]:
        """Misread a text at a noise level."""
        outcomes, inserted = self._outcomes, self._outcomes[""]
        own = level
        position = 0
        while position < len(text):
            if text[position].isspace() or not position:
                own = level * rng.gammavariate(BURSTINESS, 1 / BURSTINESS)
            if rng.random() < inserted.probability * own:
                yield Misreading("", _drawn(inserted, rng))
            for length in (3, 2, 1):
                printed = text[position : position + length]
                possible = outcomes.get(printed)
                if possible and rng.random() < min(possible.probability * own, MAX_PROBABILITY):
                    yield Misreading(printed, _drawn(possible, rng))
                    position += len(printed)
                    break
            else:
                printed = text[position]
                substituted = printed.isalpha() and rng.random() < FREE_SUBSTITUTION * own
                yield Misreading(printed, rng.choice(LETTERS) if substituted else printed)
                position += 1


def _drawn(outcomes: _Outcomes, rng: random.Random) -> str:
    """Draw one of the outcomes."""
    drawn = bisect.bisect(outcomes.cumulative, rng.random() * outcomes.probability)
    return outcomes.reads[min(drawn, len(outcomes.reads) - 1)]
