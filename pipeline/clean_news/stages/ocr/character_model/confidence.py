"""How sure a correction by the character model is: a logistic function of what the model and the dictionaries say."""

import math
import re
from collections.abc import Container, Mapping
from typing import NamedTuple

from clean_news.language import vocabulary
from clean_news.stages.ocr import scan_gate

TITLES = frozenset({"Mr", "Mrs", "Messrs", "Dr", "St", "Rev", "Capt", "Col", "Gen"})  # some papers print no full stop
MAX_LOGIT = 7.0  # of the model's probabilities, beyond which they say no more
MAX_CONFIDENCE = 0.999
MIN_SHARE = 0.003  # unknown words of a page, as far as it matters
WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")


class Evidence(NamedTuple):
    """What speaks for and against a correction; the features of :data:`COEFFICIENTS`, in their order.

    Attributes:
        constant: 1.
        reading: logit of the model's probability of the reading.
        keeping: logit of its probability of the text as it stands.
        was_unknown: 1 if the text as it stands has a word that no dictionary has, else 0.
        becomes_unknown: the same of the reading, if none of its words stand elsewhere in the text.
        same_letters: 1 if only marks and spaces change.
        same_but_case: 1 if only the case of letters changes.
        stop: 1 if only a full stop is added.
        name: 1 if the reading has a new capitalised word that news does not write in lower case.
        digit: 1 if a digit is changed.
        ruin: natural logarithm of the page's share of unknown words; see :func:`.scan_gate.unknown_share`.
    """

    constant: float
    reading: float
    keeping: float
    was_unknown: float
    becomes_unknown: float
    same_letters: float
    same_but_case: float
    stop: float
    name: float
    digit: float
    ruin: float


# Fitted by benchmarks/character_model.py to 908 corrections in 36 scans (every fourth of shared/bench/ocr-train) and 30
# news articles with noise, none of them seen in training. Of 559 others, in shared/bench/ocr-dev, those of .5 to .6
# were right in 58 cases of 100, of .6 to .67 in 60, of .67 to .75 in 68, of .75 to .85 in 76.
COEFFICIENTS = Evidence(
    constant=0.43,
    reading=0.35,
    keeping=-0.21,
    was_unknown=-0.11,
    becomes_unknown=-0.46,
    same_letters=-0.18,
    same_but_case=-0.9,
    stop=0.02,
    name=-0.39,
    digit=-0.36,
    ruin=0.15,
)


def evidence(before: str, after: str, readings: Mapping[str, float], text: str) -> Evidence:
    """Collect the evidence for a correction.

    Args:
        before: the text as it stands.
        after: the reading.
        readings: the model's probability of each reading.
        text: the whole text, as the first pass leaves it.
    """
    old, new = WORD.findall(before), WORD.findall(after)
    added = [word for word in new if word not in old and not re.search(rf"\b{re.escape(word)}\b", text)]
    # The frequency list has names in lower case; the language model's vocabulary has not.
    known = vocabulary.standard().model_log_probability
    return Evidence(
        1.0,
        _logit(readings[after]),
        _logit(readings.get(before, 0.0)),
        float(any(len(word) > 1 and not vocabulary.is_word(word) for word in old)),
        float(any(len(word) > 1 and not vocabulary.is_word(word) for word in added)),
        float("".join(old) == "".join(new)),
        float(before != after and before.lower() == after.lower()),
        float(after.rstrip(".") == before),
        float(any(word[0].isupper() and word.lower() not in known for word in added)),
        float(digits(before) != digits(after)),
        math.log(max(scan_gate.unknown_share(text), MIN_SHARE)),
    )


def is_plausible(before: str, after: str, spun: Container[str] = ()) -> bool:
    """Whether a correction may be right at all.

    Known words do not become unknown ones, titles stay as printed, and unknown words that spinners write are theirs.

    Args:
        before: the text as it stands.
        after: the reading.
        spun: the forms that article spinners write, in lower case.

    >>> is_plausible("oxide of", "exide of"), is_plausible("Mr", "Mr."), is_plausible("oxidc of", "oxide of")
    (False, False, True)
    """
    if before in TITLES and after == f"{before}.":
        return False
    old, new = WORD.findall(before), WORD.findall(after)
    if any(word.lower() in spun and not vocabulary.is_word(word) for word in old):
        return False
    are_known = bool(old) and all(map(vocabulary.is_word, old))
    return not are_known or all(word in old or vocabulary.is_word(word) for word in new)


def is_other_word(before: str, after: str) -> bool:
    """Whether known words become others: the language model of the first pass knows better which one was printed.

    >>> is_other_word("wore", "were"), is_other_word("wore", "wore."), is_other_word("wcre", "were")
    (True, False, False)
    """
    old, new = WORD.findall(before), WORD.findall(after)
    return bool(old) and "".join(old).lower() != "".join(new).lower() and all(map(vocabulary.is_word, old))


def confidence(found: Evidence) -> float:
    """Return the probability that a correction is right, 0–1."""
    logit = sum(weight * value for weight, value in zip(COEFFICIENTS, found, strict=True))
    return round(min(1 / (1 + math.exp(-logit)), MAX_CONFIDENCE), 4)


def digits(text: str) -> str:
    """The digits of a text."""
    return "".join(filter(str.isdigit, text))


def _logit(probability: float) -> float:
    """The logit of a probability, within ±:data:`MAX_LOGIT`."""
    clipped = min(max(probability, 1e-9), 1 - 1e-9)
    return min(max(math.log(clipped / (1 - clipped)), -MAX_LOGIT), MAX_LOGIT)
