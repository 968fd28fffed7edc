"""How sure a correction of the first pass is: a logistic function of its posterior, its kind and the page.

The decoder weighs only the readings that it has, so its posteriors are too high, most of all where a word is short,
costly to explain, or a name. The weights are in ``dictionaries/ocr/confidence.tsv``; benchmarks/ocr_reliability.py fits
them and prints the reliability by page quality.
"""

import math
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from msgspec import structs

from clean_news.dictionaries import folder
from clean_news.edits import Edit
from clean_news.language import vocabulary
from clean_news.stages.ocr import long_s
from clean_news.stages.ocr.names import (
    WORD,
    Page,
    excess_cost,
    log_probability,
    new_words,
    written_name,
)

CONFIDENCE_FILE = "confidence.tsv"
HEADER = """\
# Confidence of a correction by the first pass over a scan: logit(c) is the sum of these weights times the evidence,
# which pipeline/clean_news/stages/ocr/confidence.py defines.
# Fitted by: python benchmarks/ocr_reliability.py --fit PAIRS...
# Columns: evidence, weight.
"""
TURN = 4.0  # logit of a posterior from which it says less
MAX_LOGIT = 13.8  # of a posterior; that of a millionth
MIN_SECOND = 1e-4  # posterior of the second reading, as far as it matters
TYPICAL_SHARE = 0.06  # median of the scans
MIN_SHARE = 0.003  # unknown words of a page, as far as it matters
MAX_LETTER_COST = 6.0  # nats per letter, as far as it matters
TYPICAL_LOG_PROBABILITY = -10.0  # of a word
MAX_SHORT_LETTERS = 3
MIN_ODDS, MAX_ODDS = -5.0, 12.0  # nats, as far as they matter
MAX_CONFIDENCE = 0.999
MIXED = re.compile(r"[a-z][A-Z]")


class ConfidenceError(ValueError):
    """The file of weights is malformed; the message names it and the expected format."""


class Evidence(NamedTuple):
    """What speaks for and against a correction, or the weight of each.

    Attributes:
        constant: 1.
        posterior: logit of the posterior, up to :data:`TURN`.
        surety: the rest of it.
        second: log posterior of the second reading, in steps of 4 nats.
        single: 1 if there is no second reading.
        share: log of the page's share of unknown words, relative to the typical one.
        letter_cost: channel cost per letter, above that of reading the letters correctly, in nats.
        length: log of the number of characters that are replaced.
        splits: 1 if a word becomes two.
        joins: 1 if only spaces within a word go.
        mark: 1 if a mark beside a word goes.
        mixed: 1 if a capital follows a letter in lower case.
        symbols: 1 if what stands there has other characters than letters and spaces.
        digits: 1 if it has digits.
        known: 1 if dictionaries have it, unless a mark goes.
        rarity: log probability of the rarest new word, relative to a typical one, in steps of 4 nats.
        short: 1 if at most three characters are written.
        line_end: 1 if it stands at the end of a line.
        unknown: 1 if a word is written that no dictionary has.
        case: 1 if only the case of letters changes.
        name: 1 if a name is written; see :func:`.names.written_name`. The rest is 0 otherwise.
        name_standing, name_odds, name_lower_case, name_elsewhere, name_among, name_repeated: see :class:`.names.Name`;
            the odds only where a word stands there, in steps of 5 nats.
    """

    constant: float
    posterior: float
    surety: float
    second: float
    single: float
    share: float
    letter_cost: float
    length: float
    splits: float
    joins: float
    mark: float
    mixed: float
    symbols: float
    digits: float
    known: float
    rarity: float
    short: float
    line_end: float
    unknown: float
    case: float
    name: float
    name_standing: float
    name_odds: float
    name_lower_case: float
    name_elsewhere: float
    name_among: float
    name_repeated: float


def calibrated(edits: Iterable[Edit], page: Page) -> Iterator[Edit]:
    """Yield the edits with their confidences.

    Those of the long s keep their posterior: none of the scans that the weights were fitted to has it. So do those that
    only change spaces beside marks or between known words, in which the transcripts of these scans are not consistent.

    Args:
        edits: edits with ``posterior`` and ``candidates`` in their evidence.
        page: the article.
    """
    weights = standard()
    for edit in edits:
        if edit.rule == long_s.RULE or _is_of_spaces(edit):
            yield structs.replace(edit, confidence=round(edit.evidence["posterior"], 4))
        else:
            yield structs.replace(edit, confidence=confidence(evidence(edit, page), weights))


def confidence(found: Evidence, weights: Evidence) -> float:
    """Return the probability that a correction is right, 0–1."""
    logit = sum(weight * value for weight, value in zip(weights, found, strict=True))
    return round(min(1 / (1 + math.exp(-logit)), MAX_CONFIDENCE), 4)


def evidence(edit: Edit, page: Page) -> Evidence:
    """Collect the evidence for a correction; see :func:`calibrated`."""
    before, after = edit.before, edit.after
    logit = _logit(edit.evidence["posterior"])
    others = sorted(edit.evidence["candidates"].values(), reverse=True)[1:]
    mark = edit.rule == "OCR004"
    new, known = new_words(before, after), all(map(_is_word, WORD.findall(before)))
    name = written_name(edit, page)
    standing = name is not None and name.standing
    return Evidence(
        1.0,
        min(logit, TURN),
        max(logit - TURN, 0.0),
        math.log(max(others[0], MIN_SECOND) if others else MIN_SECOND) / 4,
        not others,
        math.log(max(page.share, MIN_SHARE) / TYPICAL_SHARE),
        min(excess_cost(before, after) / max(len(before), 1), MAX_LETTER_COST),
        math.log(max(len(before), 1)),
        " " in after,
        _has_same_letters(before, after) and " " not in after,
        mark,
        MIXED.search(before) is not None,
        not all(character.isalpha() or character.isspace() for character in before),
        any(map(str.isdigit, before)),
        not mark and known,
        (min(map(log_probability, new)) - TYPICAL_LOG_PROBABILITY) / 4 if new else 0.0,
        len(after) <= MAX_SHORT_LETTERS,
        page.text[edit.end : edit.end + 1] == "\n" or page.text[edit.end : edit.end + 2] in {"-\n", "¬\n"},
        any(len(word) > 1 and not _is_word(word) for word in WORD.findall(after)),
        before.lower() == after.lower(),
        name is not None,
        standing,
        min(max(name.odds, MIN_ODDS), MAX_ODDS) / 5 if name and standing else 0.0,
        name is not None and name.lower_case,
        name is not None and name.elsewhere,
        name is not None and name.among_names,
        name is not None and name.repeated,
    )


def _has_same_letters(before: str, after: str) -> bool:
    """Whether two texts differ in spaces only."""
    return before != after and "".join(before.split()) == "".join(after.split())


def _is_of_spaces(edit: Edit) -> bool:
    """Whether an edit only changes spaces beside marks or between known words."""
    return _has_same_letters(edit.before, edit.after) and all(map(_is_word, WORD.findall(edit.before)))


def _is_word(word: str) -> bool:
    """Whether dictionaries have a word, with whatever apostrophe."""
    return vocabulary.is_word(word.replace("’", "'"))


def _logit(probability: float) -> float:
    """The logit of a probability, within ±:data:`MAX_LOGIT`."""
    limit = 1 / (1 + math.exp(MAX_LOGIT))
    clipped = min(max(probability, limit), 1 - limit)
    return math.log(clipped / (1 - clipped))


def read(path: Path) -> Evidence:
    """Read a file of weights.

    Raises:
        OSError: if the file cannot be read.
        ConfidenceError: if it has not exactly one number for each kind of evidence.
    """
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    try:
        return Evidence(**{name: float(weight) for name, weight in (line.split("\t") for line in lines)})
    except (TypeError, ValueError) as error:
        expected = ", ".join(Evidence._fields)
        raise ConfidenceError(f"{path}: expected: evidence, tab, weight; one line each for {expected}") from error


def write(path: Path, weights: Evidence) -> None:
    """Write a file of weights."""
    rows = (f"{name}\t{weight:.2f}\n" for name, weight in weights._asdict().items())
    path.write_text(HEADER + "".join(rows), encoding="utf-8")


@lru_cache(maxsize=1)
def standard() -> Evidence:
    """Return the weights in ``dictionaries/ocr/confidence.tsv``."""
    return read(folder() / "ocr" / CONFIDENCE_FILE)
