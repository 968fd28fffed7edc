"""How sure a correction by the character model is: a logistic function of what the model and the dictionaries say."""

import math
import re
from collections.abc import Container, Mapping
from functools import lru_cache
from typing import NamedTuple

from clean_news.language import vocabulary
from clean_news.stages.ocr import names, scan_gate
from clean_news.stages.ocr.names import WORD

TITLES = frozenset({"Mr", "Mrs", "Messrs", "Dr", "St", "Rev", "Capt", "Col", "Gen"})  # some papers print no full stop
MAX_LOGIT = 7.0  # of the model's probabilities, beyond which they say no more
MAX_CONFIDENCE = 0.999
MIN_SHARE = 0.003  # unknown words of a page, as far as it matters


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
        length: by how many characters the reading is longer or shorter.
        lower_case: 1 if the text as it stands is in lower case.
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
    length: float
    lower_case: float
    ruin: float


# Fitted by benchmarks/character_model.py to 1,233 corrections in 36 scans (every fourth of shared/bench/ocr-train) and
# 30 news articles with noise, none of them seen in training. Of 673 others, in shared/bench/ocr-dev, those of .5 to .6
# were right in 55 cases of 100, of .6 to .69 in 68, of .69 to .75 in 76, of .75 to .85 in 84, of .85 to 1 in 90.
COEFFICIENTS = Evidence(
    constant=-0.11,
    reading=0.43,
    keeping=-0.17,
    was_unknown=0.51,
    becomes_unknown=-0.92,
    same_letters=0.05,
    same_but_case=-1.35,
    stop=0.25,
    name=0.49,
    digit=0.03,
    length=0.14,
    lower_case=0.2,
    ruin=0.16,
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
        float(abs(len(after) - len(before))),
        float(before.islower()),
        _ruin(text),
    )


@lru_cache(maxsize=1)
def _ruin(text: str) -> float:
    """How damaged a page is; the same for all corrections of one, so that it is counted once."""
    return math.log(max(scan_gate.unknown_share(text), MIN_SHARE))


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


def is_other_name(before: str, after: str) -> bool:
    """Whether a capitalised word that is known, or that the letter model takes for a name, becomes another.

    >>> is_other_name("Kew,", "New,"), is_other_name("Kew", "Kew."), is_other_name("Wlien", "When")
    (True, False, False)
    """
    old, new = WORD.findall(before), WORD.findall(after)
    is_changed = "".join(old).lower() != "".join(new).lower()
    capitalised = [word for word in old if word[0].isupper()]
    if not is_changed or not capitalised:
        return False
    if all(map(vocabulary.is_word, old)):
        return True
    name = capitalised[0]
    is_single = len(old) == len(new) == 1 and len(name) >= names.MIN_NAME_LETTERS and name.istitle()
    return is_single and names.misreading_odds(name, new[0]) < names.MIN_SUPPORTED_ODDS


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
