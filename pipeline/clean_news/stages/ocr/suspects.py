"""Which words of a scanned text may have been misread, and as what they are asked about.

The guards stand here: numbers, abbreviations, words and names that are known, and words that the article insists
on are never asked, or only for the commonest words of all.
"""

import re
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from clean_news.language.language_model import LanguageModel
from clean_news.language.tokens import Sentence
from clean_news.language.vocabulary import SHORT_WORD_LETTERS, Vocabulary
from clean_news.stages.ocr.candidates import COMMON
from clean_news.stages.ocr.stray_marks import SPECKS, is_speck

FUNCTION = -7.5  # log probability of function words and the like; 140 words
ANY = -100.0  # the same of whatever word
LONGEST_WORD = 5  # letters of a word that may be another one misread: tile for the, hold for held
LONGEST_TORN, FRAGMENT = 16, 4  # letters of a word torn in two, and of its shorter part
INSISTENT = 3  # times that a form stands in an article that means it
INSISTENT_LETTER = 15  # the same for a single letter
ABBREVIATION = 4  # letters; a longer word before a full stop is no abbreviation

BEFORE_WORD, BEHIND_WORD = frozenset("(\"“‘'["), frozenset(".,;:!?\"'”’“‘()[]")
POSSESSIVE = frozenset({"'s", "’s"})
FIGURES = frozenset("23456789")  # that are seldom read for letters
HYPHENS = frozenset("-–—/")
INITIALS = re.compile(r"[^\W\d_](?:\.[^\W\d_])+")  # p.m, l.b.w
NAME_PREFIX = re.compile(r"Ma?c[A-Z]|De[A-Z]|La[A-Z]|Fitz[A-Z]|[A-Z]['’][A-Z]")


class Page(NamedTuple):
    """What the words of an article are judged by.

    Attributes:
        text: the article.
        counts: how often each form stands in it.
        known: the vocabulary.
        model: the language model.
        apostrophe: the one that the article has.
    """

    text: str
    counts: Counter[str]
    known: Vocabulary
    model: LanguageModel
    apostrophe: str


class Suspect(NamedTuple):
    """Tokens that may be one misread word.

    Attributes:
        start: index of the first token in its sentence.
        end: index behind the last.
        form: what was read; a gap between tokens is a space.
        least: log probability that a word must have to be proposed.
        unknown: whether what was read is neither a word nor a name.
    """

    start: int
    end: int
    form: str
    least: float = ANY
    unknown: bool = True

    @property
    def common(self) -> bool:
        """Whether only very common words come into question."""
        return self.least >= COMMON


def suspects(sentence: Sentence, page: Page) -> Iterator[Suspect]:
    """The words of a sentence that may have been misread, as wholes and torn in two."""
    unknown: dict[int, Suspect] = {}
    for start, end in words_of(sentence):
        found = _suspect(sentence, start, end, page)
        if found:
            yield found
            if found.unknown:
                unknown[start] = found
    for place in range(len(sentence.forms) - 1):
        if place in unknown or place + 1 in unknown or is_speck(sentence, place):
            torn = _torn_word(sentence, place, page.text, unknown)
            if torn:
                yield torn


def _torn_word(sentence: Sentence, place: int, text: str, unknown: dict[int, Suspect]) -> Suspect | None:
    """Two tokens that may be one word torn in two and misread besides, or a word behind a speck."""
    forms, spans = sentence.forms, sentence.spans
    behind = unknown[place + 1].end if place + 1 in unknown else place + 2
    if place in unknown and unknown[place].end != place + 1:
        return None
    first = forms[place]
    second = text[spans[place + 1][0] : spans[behind - 1][1]]
    gap = text[spans[place][1] : spans[place + 1][0]]
    if not gap.isspace() or not second[0].islower():
        return None
    if first not in SPECKS and not (
        first.isalpha() and 2 * SHORT_WORD_LETTERS < len(first) + len(second) <= LONGEST_TORN
    ):
        return None
    if min(len(first), len(second)) > FRAGMENT:
        return None
    return Suspect(place, behind, f"{first} {second}")


def runs(sentence: Sentence) -> Iterator[tuple[int, int]]:
    """First token and token behind the last of each run of tokens that no white space parts."""
    begin = 0
    for place in range(1, len(sentence.spans) + 1):
        if place == len(sentence.spans) or sentence.spans[place][0] != sentence.spans[place - 1][1]:
            yield begin, place
            begin = place


def words_of(sentence: Sentence) -> Iterator[tuple[int, int]]:
    """The spans of tokens that stand where one word would: runs without the punctuation around them.

    Hyphens part words; the run is given as a whole, too.
    """
    forms = sentence.forms
    for first, last in runs(sentence):
        start, end = first, last
        while start < end and forms[start] in BEFORE_WORD:
            start += 1
        while start < end and (forms[end - 1] in BEHIND_WORD or (end - start > 1 and forms[end - 1] in POSSESSIVE)):
            end -= 1
        begin = start
        for place in range(start, end + 1):
            if place == end or forms[place] in HYPHENS:
                if place > begin:
                    yield begin, place
                begin = place + 1
        if any(forms[place] in HYPHENS for place in range(start + 1, end - 1)):
            yield start, end


def _suspect(sentence: Sentence, start: int, end: int, page: Page) -> Suspect | None:
    """What the tokens are to be asked about; None if they are right."""
    form = page.text[sentence.spans[start][0] : sentence.spans[end - 1][1]]
    if form.endswith(".") or INITIALS.fullmatch(form):  # what ends a sentence is a token of its own
        return None
    if end - start > 1 or not form.isalpha():
        return Suspect(start, end, form) if _is_signed_word(form) and not _is_contraction(form, page) else None
    found = letter(sentence, start, page) if len(form) == 1 else _whole_word(sentence, start, page)
    if found and found.least < FUNCTION and page.counts[form] >= INSISTENT:
        return found._replace(least=FUNCTION)  # "tho" is always "the"
    return found


def _whole_word(sentence: Sentence, place: int, page: Page) -> Suspect | None:
    """What a token of letters only is to be asked about."""
    form, known = sentence.forms[place], page.known
    lowered = form.lower()
    here = Suspect(place, place + 1, form)
    if form == lowered:
        if form in known.words:
            return _other_word(here, known)
        return None if is_abbreviation(sentence, place) or is_clipped(sentence, place, known) else here
    if form in page.model.ids or (lowered in known.words and (form.istitle() or form.isupper())):
        return _capital_word(sentence, place, page)
    in_case = form.istitle() or form.isupper()  # not fIreworks, because somebody is called Fireworks
    if NAME_PREFIX.match(form) or (in_case and lowered in known.names and len(form) > SHORT_WORD_LETTERS):
        return None
    if form.isupper() and len(form) <= SHORT_WORD_LETTERS:
        return None
    return None if is_abbreviation(sentence, place) and form[1:].islower() else here


def _other_word(here: Suspect, known: Vocabulary) -> Suspect | None:
    """A short word, to be asked whether it is a misreading of a common one."""
    if len(here.form) > LONGEST_WORD:
        return None
    least = max(COMMON, known.log_probability(here.form))
    return here._replace(least=least, unknown=False)


def _capital_word(sentence: Sentence, place: int, page: Page) -> Suspect | None:
    """A known word with a capital: a misread small letter, or a short word that begins a sentence."""
    form, known = sentence.forms[place], page.known
    lowered = form.lower()
    if not form[1:].islower() or lowered not in known.words:
        return None
    if is_opening(sentence, place):
        small = len(form) <= SHORT_WORD_LETTERS + 1
        return Suspect(place, place + 1, form, FUNCTION, unknown=False) if small else None
    if form[0] == "I" and _follows_word(sentence, place) and lowered in known.model_log_probability:
        return Suspect(place, place + 1, form, FUNCTION, unknown=False)  # "seen In the street"
    return None


def letter(sentence: Sentence, place: int, page: Page) -> Suspect | None:
    """A single letter, to be asked whether it is a misread function word, in running text."""
    form, end = sentence.forms[place], sentence.spans[place][1]
    running = _follows_word(sentence, place) and page.text[end : end + 1].isspace()
    if not form.islower() or form in page.known.words or not running or page.counts[form] >= INSISTENT_LETTER:
        return None
    return Suspect(place, place + 1, form, FUNCTION)


def is_free(text: str, start: int, end: int) -> bool:
    """Whether white space or ordinary punctuation stands on both sides: no hyphen, figure or stop inside "a.m"."""
    before, behind, beyond = text[start - 1 : start], text[end : end + 1], text[end + 1 : end + 2]
    if before and not before.isspace() and before not in BEFORE_WORD:
        return False
    return not behind or behind.isspace() or (behind in BEHIND_WORD and not beyond.isalnum())


def is_non_word(form: str, known: Vocabulary) -> bool:
    """Whether a form in small letters is in no dictionary."""
    return form.isalpha() and form.islower() and form not in known.words


def is_known(form: str, page: Page) -> bool:
    """Whether a form is a word or a name."""
    return form.lower() in page.known.words or form in page.model.ids


def is_abbreviation(sentence: Sentence, place: int) -> bool:
    """Whether a full stop behind a short word does not end the sentence."""
    forms, spans = sentence.forms, sentence.spans
    stopped = place + 2 < len(forms) and forms[place + 1] == "." and spans[place + 1][0] == spans[place][1]
    return stopped and len(forms[place]) <= ABBREVIATION


def is_clipped(sentence: Sentence, place: int, known: Vocabulary) -> bool:
    """Whether an apostrophe stands for the g of a word: ``tellin'``."""
    form, spans = sentence.forms[place], sentence.spans
    return (
        form.endswith("in")
        and f"{form}g" in known.words
        and sentence.forms[place + 1 : place + 2] in (["'"], ["’"])
        and spans[place + 1][0] == spans[place][1]
    )


def is_opening(sentence: Sentence, place: int) -> bool:
    """Whether a capital says nothing here: at the beginning of a sentence, in a headline."""
    return sentence.title_case or place == sentence.first_word


def follows_stop(sentence: Sentence, place: int) -> bool:
    """Whether a word stands where a sentence begins, though its capital may have been misread."""
    before = place - 1
    while before >= 0 and sentence.forms[before] in BEFORE_WORD:
        before -= 1
    return before < 0 or sentence.forms[before] in ".!?"


def _follows_word(sentence: Sentence, place: int) -> bool:
    """Whether the token before is a word."""
    return place > 0 and sentence.forms[place - 1].isalpha()


def _is_contraction(form: str, page: Page) -> bool:
    """Whether a form with an apostrophe is a word or a name: didn’t, O'Neill."""
    plain = form.replace("’", "'")
    return plain.lower() in page.known.words or plain in page.model.ids or bool(NAME_PREFIX.match(plain))


def _is_signed_word(form: str) -> bool:
    """Whether a run of characters is rather a word with signs than a number or a sign.

    >>> [_is_signed_word(form) for form in ("wa«", "3hort", "w,is", "fel1", "10s", "2nd", "MP3", "U.S")]
    [True, True, True, True, False, False, False, False]
    """
    letters = [character for character in form if character.isalpha()]
    figures = sum(character.isdigit() for character in form)
    small = sum(map(str.islower, letters))
    if len(form) < 2 or len(letters) * 2 <= len(form) or (small < 2 and len(letters) <= SHORT_WORD_LETTERS):
        return False
    if figures == 0 or (form[0].isalpha() and FIGURES.isdisjoint(form)):
        return True
    return figures * 3 <= len(letters) and len(letters) > SHORT_WORD_LETTERS
