"""How sure a correction by the character model is: a logistic function of what the model and the dictionaries say."""

import math
import re
from collections.abc import Container, Mapping
from typing import NamedTuple

from clean_news.language import vocabulary
from clean_news.language.context_fit import Fit
from clean_news.stages.ocr import names
from clean_news.stages.ocr.names import WORD, Page

TITLES = frozenset({"Mr", "Mrs", "Messrs", "Dr", "St", "Rev", "Capt", "Col", "Gen"})  # some papers print no full stop
MAX_LOGIT = 7.0  # of the model's probabilities, beyond which they say no more
MAX_CONFIDENCE = 0.999
MIN_SHARE = 0.003  # unknown words of a page, as far as it matters
MAX_FIT, MIN_IN_CONTEXT, MAX_ODDS = 25.0, -40.0, 15.0  # nats, as far as they matter
FIT_WEIGHT = 0.3  # in the rank of a reading; .1 to .5 differ little
MIN_RANKED_FIT, MAX_RANKED_FIT = -8.0, 12.0
SHORT_LETTERS = 3
MAX_MARKS = 3
OUTER_MARKS = ".,;:!?\"'()-“”‘’"
QUOTATION_MARK = re.compile("['\"‘’“”]")
ABBREVIATION = re.compile(r"\w\.[,;:]")


class Evidence(NamedTuple):
    """What speaks for and against a correction; the features of :data:`COEFFICIENTS`, in their order.

    Attributes:
        constant: 1.
        reading: logit of the model's probability of the reading.
        keeping: logit of its probability of the text as it stands.
        fit: how well the reading fits its context; see :attr:`Context.fit`.
        fit_before: the same of the text as it stands.
        in_context: natural log probability of the reading in its context above that of nothing there, in tens.
        odds: log odds that a misread word stands there and not a rare name, in fives; see
            :func:`.names.misreading_odds`.
        was_unknown: 1 if the text as it stands has a word that no dictionary has, else 0.
        elsewhere: 1 if a new word of the reading stands elsewhere in the text.
        short: 1 if the new words of the reading have at most three letters.
        words: by how many words the reading is longer.
        marks: number of marks inside the text as it stands, at most three.
        same_letters: 1 if only marks and spaces change.
        same_but_case: 1 if only the case of letters changes.
        stop: 1 if only a full stop is added.
        digit: 1 if a digit is changed.
        length: by how many characters the reading is longer or shorter.
        lower_case: 1 if the text as it stands is in lower case.
        ruin: natural logarithm of the page's share of unknown words; see :func:`.scan_gate.unknown_share`.
    """

    constant: float
    reading: float
    keeping: float
    fit: float
    fit_before: float
    in_context: float
    odds: float
    was_unknown: float
    elsewhere: float
    short: float
    words: float
    marks: float
    same_letters: float
    same_but_case: float
    stop: float
    digit: float
    length: float
    lower_case: float
    ruin: float


class Context(NamedTuple):
    """How a reading and the text as it stands fit their context; see :class:`.context_fit.Fit`.

    Attributes:
        reading: the fit of the reading.
        standing: that of the text as it stands.
        nothing: that of no word at all.
    """

    reading: Fit
    standing: Fit
    nothing: Fit

    @property
    def fit(self) -> float:
        """How much better the reading fits than nothing, without what the frequency of its words says."""
        return self.reading.gain - self.nothing.log_probability

    @property
    def fit_before(self) -> float:
        """The same of the text as it stands; 0 for words that the language model lacks."""
        return self.standing.gain - self.nothing.log_probability if self.standing.known else 0.0


# Fitted by benchmarks/character_model.py to 2,169 corrections in 66 scans that the model was not trained on (those of
# shared/bench/ocr-dev and every fourth of ocr-train). By coefficients of other documents, those of .5 to .6 were right
# in 48 cases of 100, of .6 to .69 in 61, of .69 to .75 in 72, of .75 to .85 in 80, of .85 to .9 in 87, above in 89.
COEFFICIENTS = Evidence(
    constant=-0.631,
    reading=0.443,
    keeping=-0.119,
    fit=0.135,
    fit_before=-0.127,
    in_context=0.202,
    odds=0.235,
    was_unknown=0.608,
    elsewhere=0.569,
    short=-0.828,
    words=-0.397,
    marks=0.422,
    same_letters=-0.329,
    same_but_case=-0.111,
    stop=0.342,
    digit=0.384,
    length=0.531,
    lower_case=0.606,
    ruin=0.075,
)


def evidence(before: str, after: str, readings: Mapping[str, float], page: Page, context: Context) -> Evidence:
    """Collect the evidence for a correction.

    Args:
        before: the text as it stands.
        after: the reading.
        readings: the model's probability of each reading.
        page: the whole text, as the first pass leaves it.
        context: how the reading fits.
    """
    old, new = WORD.findall(before), WORD.findall(after)
    added = names.new_words(before, after)
    inside = before.strip(OUTER_MARKS)
    return Evidence(
        1.0,
        _logit(readings[after]),
        _logit(readings.get(before, 0.0)),
        min(max(context.fit, -MAX_FIT), MAX_FIT),
        context.fit_before,
        max(context.reading.log_probability - context.nothing.log_probability, MIN_IN_CONTEXT) / 10,
        min(max(names.misreading_odds(before, after) if new else 0.0, -MAX_ODDS), MAX_ODDS) / 5,
        float(any(len(word) > 1 and not vocabulary.is_word(word) for word in old)),
        float(any(page.counts[word] for word in added)),
        float(bool(added) and max(map(len, added)) <= SHORT_LETTERS),
        float(len(new) - len(old)),
        float(min(sum(not each.isalnum() and not each.isspace() for each in inside), MAX_MARKS)),
        float("".join(old) == "".join(new)),
        float(before != after and before.lower() == after.lower()),
        float(after.rstrip(".") == before),
        float(digits(before) != digits(after)),
        float(abs(len(after) - len(before))),
        float(before.islower()),
        math.log(max(page.share, MIN_SHARE)),
    )


def rank(probability: float, context: Context) -> float:
    """Score a reading among those of a part, by the character model and by the language model.

    Args:
        probability: of the reading, by the character model.
        context: how it fits.
    """
    return math.log(max(probability, 1e-9)) + FIT_WEIGHT * min(max(context.fit, MIN_RANKED_FIT), MAX_RANKED_FIT)


def becomes_unknown(before: str, after: str, page: Page) -> bool:
    """Whether a reading has a word that no dictionary has and that stands nowhere in the text."""
    return any(
        len(word) > 1 and not page.counts[word] and not vocabulary.is_word(word)
        for word in names.new_words(before, after)
    )


def writes_name(before: str, after: str, page: Page) -> bool:
    """Whether a reading has a new capitalised word that stands nowhere in the text and is no word in lower case."""
    # The frequency list has names in lower case; the language model's vocabulary has not.
    known = vocabulary.standard().model_log_probability
    return any(
        word[0].isupper() and not page.counts[word] and word.lower() not in known
        for word in names.new_words(before, after)
    )


def is_plausible(before: str, after: str, spun: Container[str] = ()) -> bool:
    """Whether a correction may be right at all.

    Known words do not become unknown ones; titles, quotation marks, elisions and full stops of abbreviations stay as
    printed, unknown words that spinners write are theirs.

    Args:
        before: the text as it stands.
        after: the reading.
        spun: the forms that article spinners write, in lower case.

    >>> is_plausible("oxide of", "exide of"), is_plausible("Mr", "Mr."), is_plausible("oxidc of", "oxide of")
    (False, False, True)
    >>> is_plausible("goin' home", "goin home"), is_plausible("goin' hmoe", "goin' home")
    (False, True)
    >>> is_plausible("treas.,", "treas,"), is_plausible("trcas.,", "treas.,")
    (False, True)
    """
    if before in TITLES and after == f"{before}.":
        return False
    if len(ABBREVIATION.findall(after)) < len(ABBREVIATION.findall(before)):
        return False  # no comma is read as both marks
    if len(QUOTATION_MARK.findall(after)) < len(QUOTATION_MARK.findall(before)) and _letters(before) == _letters(after):
        return False  # the first pass removes stray ones; it knows which are paired
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


def _letters(text: str) -> str:
    """The letters of a text."""
    return "".join(filter(str.isalpha, text))


def digits(text: str) -> str:
    """The digits of a text."""
    return "".join(filter(str.isdigit, text))


def _logit(probability: float) -> float:
    """Return the logit of a probability, within ±:data:`MAX_LOGIT`."""
    clipped = min(max(probability, 1e-9), 1 - 1e-9)
    return min(max(math.log(clipped / (1 - clipped)), -MAX_LOGIT), MAX_LOGIT)
