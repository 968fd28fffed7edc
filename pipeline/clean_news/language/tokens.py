"""Tokenisation and sentence splitting for the language model, with token classes for open vocabularies.

The model must be built and queried with the same version of these functions.
"""

import re
from typing import NamedTuple

TOKEN = re.compile(
    r"""
      (?:[A-Z]\.){2,}                                      # U.S., D.C.
    | (?:Mrs?|Ms|Dr|St|Inc|Corp|Co|Ltd|Jr|Sr|Gov|Sens?|Reps?|Gen|Lt|Col|Sgt|Capt|Prof|Rev|vs|Jan|Feb|Aug
         |Sept?|Oct|Nov|Dec|Sq|Bros|Pte|Cpl)\.(?!\w)       # abbreviations include their full stop
    | \d+(?:st|nd|rd|th)\b                                 # 15th
    | \d+(?:[.,]\d+)*
    | ['’]s\b                                              # Russia|'s
    | [^\W\d_]+(?:['’](?!s\b)[^\W\d_]+)*                   # words, don't, O'Neill
    | \.{2,} | --+
    | [^\w\s]
    """,
    re.VERBOSE,
)
SENTENCE_END = frozenset(".!?")
CLOSING_MARKS = frozenset("\"”’')]")
OPENING_MARKS = frozenset("\"“‘'([")
FOLDED_PUNCTUATION = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "—": "–"})
KEPT_NUMBERS = frozenset(str(number) for number in range(32))

START, END, UNKNOWN, NAME, CAPITALS, NUMBER, YEAR, ORDINAL, SYMBOL = (
    "<s>", "</s>", "<unknown>", "<Name>", "<CAPITALS>", "<number>", "<year>", "<ordinal>", "<symbol>",
)  # fmt: skip
CLASSES = (START, END, UNKNOWN, NAME, CAPITALS, NUMBER, YEAR, ORDINAL, SYMBOL)


class Sentence(NamedTuple):
    """The tokens of one sentence.

    Attributes:
        forms: the tokens as written.
        spans: (start, exclusive end) of each token in the text, in code points.
        first_word: index of the first word, whose initial capital carries no information; -1 if there is no word.
        title_case: whether every word of more than three letters is capitalised, as in a headline, so that no capital
            carries information.
    """

    forms: list[str]
    spans: list[tuple[int, int]]
    first_word: int
    title_case: bool


def sentences(text: str) -> list[Sentence]:
    """Split a text into sentences; a line break always ends a sentence.

    >>> [sentence.forms for sentence in sentences("He left. “Why?” asked Russia's envoy.")]
    [['He', 'left', '.'], ['“', 'Why', '?', '”', 'asked', 'Russia', "'s", 'envoy', '.']]
    """
    found: list[Sentence] = []
    at = 0
    for line in text.splitlines(keepends=True):
        forms: list[str] = TOKEN.findall(line)
        spans: list[tuple[int, int]] = []
        end = 0
        for form in forms:  # between tokens are only white space and underscores, which no token has
            start = line.find(form, end)
            end = start + len(form)
            spans.append((at + start, at + end))
        begin = 0
        for cut in _sentence_cuts(forms, spans):
            found.append(_sentence_of(forms[begin:cut], spans[begin:cut]))
            begin = cut
        if begin < len(forms):
            found.append(_sentence_of(forms[begin:], spans[begin:]))
        at += len(line)
    return found


def _sentence_cuts(forms: list[str], spans: list[tuple[int, int]]) -> list[int]:
    """Indices of the tokens that begin a new sentence within a line, except the first token."""
    cuts = []
    for index in [at for at, form in enumerate(forms[:-1]) if form in SENTENCE_END]:
        following = index + 1
        while (
            following < len(forms)
            and forms[following] in CLOSING_MARKS
            and spans[following][0] == spans[following - 1][1]
        ):
            following += 1
        if following >= len(forms) or spans[following][0] == spans[following - 1][1]:
            continue
        opening = forms[following]
        if opening in OPENING_MARKS and following + 1 < len(forms):
            opening = forms[following + 1]
        if opening[0].isupper() or opening[0].isdigit():
            cuts.append(following)
    return cuts


def _sentence_of(forms: list[str], spans: list[tuple[int, int]]) -> Sentence:
    """Build the sentence of these tokens."""
    first = next((index for index, form in enumerate(forms) if form[0].isalpha()), -1)
    return Sentence(forms, spans, first, _is_title_case(forms))


def _is_title_case(forms: list[str]) -> bool:
    """Whether there are words of more than three letters, at least three, and all of them are capitalised."""
    long_words = 0
    for form in forms:
        if len(form) > 3 and form[0].isalpha():
            if not form[0].isupper():
                return False
            long_words += 1
    return long_words > 2


def key_of(phrase: str) -> str:
    """Return a phrase as tokens separated by spaces, the format of the lexicon's keys.

    >>> key_of("sell-off in Russia’s")
    "sell - off in Russia 's"
    """
    if phrase.isascii() and phrase.isalpha():  # one token, as most are
        return phrase
    return " ".join(token.translate(FOLDED_PUNCTUATION) for token in TOKEN.findall(phrase))


def normal_form(form: str) -> str:
    """Normalise a token for the model: straight quotes, number classes, ``an`` as ``a``.

    >>> [normal_form(form) for form in ("an", "1,500", "1998", "12", "3rd", "don’t", "°")]
    ['a', '<number>', '<year>', '12', '<ordinal>', "don't", '<symbol>']
    """
    head = form[0]
    if head.isalpha():
        if form in {"an", "An"}:
            return form[0]
        return form.translate(FOLDED_PUNCTUATION)
    if head.isdigit():
        if form in KEPT_NUMBERS:
            return form
        if form[-1].isalpha():
            return ORDINAL
        return YEAR if len(form) == 4 and form[:2] in {"19", "20"} and form.isdigit() else NUMBER
    if form[-1] == "s":
        return "'s"
    form = form.translate(FOLDED_PUNCTUATION)
    return form if form[0] in ".,;:!?\"'()[]$%£€&/–-+#@*" else SYMBOL


def class_of_unknown(form: str) -> str:
    """Return the token class of an out-of-vocabulary word, given in normal form."""
    if not form[0].isalpha():
        return SYMBOL
    if form[0].isupper():
        return CAPITALS if len(form) > 1 and form.isupper() else NAME
    return UNKNOWN
