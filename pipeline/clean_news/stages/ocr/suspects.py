"""Select the words of a scanned text that may have been misread.

Numbers, abbreviations, known words and names, rare words that article spinners write, and forms that the article
repeats are not suspects, or are compared with very common words only.
"""

import re
from collections import Counter
from collections.abc import Container, Iterable, Iterator
from typing import NamedTuple

from clean_news.language.language_model import LanguageModel
from clean_news.language.tokens import Sentence
from clean_news.language.vocabulary import SHORT_WORD_LETTERS, Vocabulary
from clean_news.stages.ocr.candidates import COMMON
from clean_news.stages.ocr.stray_marks import NOISE_MARKS, is_noise_mark

FUNCTION_WORD = -7.5  # minimum natural log probability of function words and the like; 140 words
ANY_WORD = -100.0  # minimum for all words
MAX_REAL_WORD_LETTERS = 5  # of a known word that may be a misreading: tile for the, hold for held
MAX_SPLIT_LETTERS, MAX_FRAGMENT_LETTERS = 16, 4  # of a word split in two, and of its shorter part
MIN_FORM_REPETITIONS = 3  # occurrences in the article from which a form is taken as intended
MIN_LETTER_REPETITIONS = 15  # the same for a single letter
MIN_SPUN_LETTERS = 4  # shorter words that only spinners write (tho) are rarer than misreadings that look like them
MAX_ABBREVIATION_LETTERS = 4  # a longer word before a full stop is not an abbreviation

BEFORE_WORD, AFTER_WORD = frozenset("(\"“‘'["), frozenset(".,;:!?\"'”’“‘()[]")
POSSESSIVE = frozenset({"'s", "’s"})
UNCONFUSABLE_DIGITS = frozenset("23456789")  # digits that OCR rarely reads for letters
HYPHENS = frozenset("-–—/")
INITIALS = re.compile(r"[^\W\d_](?:\.[^\W\d_])+")  # p.m, l.b.w
NAME_PREFIX = re.compile(r"Ma?c[A-Z]|De[A-Z]|La[A-Z]|Fitz[A-Z]|[A-Z]['’][A-Z]")


class ScanContext(NamedTuple):
    """An article and the language resources for its words.

    Attributes:
        text: the text of the article.
        counts: count of each form in the article.
        known: the vocabulary.
        model: the language model.
        apostrophe: the apostrophe that the article uses.
        spun: the forms that article spinners write, in lower case.
        is_dialect: whether people speak dialect in it: short words are not what they look like (*oot*).
    """

    text: str
    counts: Counter[str]
    known: Vocabulary
    model: LanguageModel
    apostrophe: str
    spun: Container[str] = ()
    is_dialect: bool = False


class Suspect(NamedTuple):
    """A span of tokens that may be one misread word.

    Attributes:
        start: index of the first token in its sentence.
        end: exclusive end.
        form: the text as read; a gap between tokens is a space.
        min_log_probability: minimum natural log probability of candidates.
        unknown: whether the form is neither a known word nor a name.
    """

    start: int
    end: int
    form: str
    min_log_probability: float = ANY_WORD
    unknown: bool = True

    @property
    def common(self) -> bool:
        """Whether only very common words are candidates."""
        return self.min_log_probability >= COMMON


def suspects(sentence: Sentence, context: ScanContext) -> Iterator[Suspect]:
    """Yield the words of a sentence that may have been misread, including words split in two."""
    unknown: dict[int, Suspect] = {}
    for start, end in word_spans(sentence):
        found = _suspect(sentence, start, end, context)
        if found:
            yield found
            if found.unknown:
                unknown[start] = found
    for index in range(len(sentence.forms) - 1):
        if index in unknown or index + 1 in unknown or is_noise_mark(sentence, index):
            split = _split_word_suspect(sentence, index, context.text, unknown)
            if split:
                yield split


def _split_word_suspect(sentence: Sentence, index: int, text: str, unknown: dict[int, Suspect]) -> Suspect | None:
    """Return two tokens that may be one misread word split in two, or a word after noise; else None."""
    forms, spans = sentence.forms, sentence.spans
    end = unknown[index + 1].end if index + 1 in unknown else index + 2
    if index in unknown and unknown[index].end != index + 1:
        return None
    first = forms[index]
    second = text[spans[index + 1][0] : spans[end - 1][1]]
    gap = text[spans[index][1] : spans[index + 1][0]]
    if not gap.isspace() or not second[0].islower():
        return None
    if first not in NOISE_MARKS and not (
        first.isalpha() and 2 * SHORT_WORD_LETTERS < len(first) + len(second) <= MAX_SPLIT_LETTERS
    ):
        return None
    if min(len(first), len(second)) > MAX_FRAGMENT_LETTERS:
        return None
    return Suspect(index, end, f"{first} {second}")


def _unspaced_runs(sentence: Sentence) -> Iterator[tuple[int, int]]:
    """Yield the start and exclusive end of each run of tokens without white space between them."""
    begin = 0
    for index in range(1, len(sentence.spans) + 1):
        if index == len(sentence.spans) or sentence.spans[index][0] != sentence.spans[index - 1][1]:
            yield begin, index
            begin = index


def word_spans(sentence: Sentence) -> Iterator[tuple[int, int]]:
    """Yield the token spans of words: runs of tokens without the punctuation around them.

    The parts of hyphenated words are yielded separately, then the whole word.
    """
    forms = sentence.forms
    for first, last in _unspaced_runs(sentence):
        start, end = first, last
        while start < end and forms[start] in BEFORE_WORD:
            start += 1
        while start < end and (forms[end - 1] in AFTER_WORD or (end - start > 1 and forms[end - 1] in POSSESSIVE)):
            end -= 1
        begin = start
        for index in range(start, end + 1):
            if index == end or forms[index] in HYPHENS:
                if index > begin:
                    yield begin, index
                begin = index + 1
        if any(forms[index] in HYPHENS for index in range(start + 1, end - 1)):
            yield start, end


def _suspect(sentence: Sentence, start: int, end: int, context: ScanContext) -> Suspect | None:
    """Return the suspect for a span of tokens; None if it is taken as correct."""
    form = context.text[sentence.spans[start][0] : sentence.spans[end - 1][1]]
    if form.endswith(".") or INITIALS.fullmatch(form):  # a full stop that ends a sentence is a separate token
        return None
    if end - start > 1 or not form.isalpha():
        return Suspect(start, end, form) if _is_word_with_symbols(form) and not _is_contraction(form, context) else None
    found = _letter_suspect(sentence, start, context) if len(form) == 1 else _word_suspect(sentence, start, context)
    if found and found.min_log_probability < FUNCTION_WORD and context.counts[form] >= MIN_FORM_REPETITIONS:
        return found._replace(min_log_probability=FUNCTION_WORD)  # "tho" is always "the"
    return found


def _word_suspect(sentence: Sentence, index: int, context: ScanContext) -> Suspect | None:
    """Return the suspect for a token that consists of letters; None if it is taken as correct."""
    form, known = sentence.forms[index], context.known
    if is_only_spun(form, context):
        return None
    lowered = form.lower()
    here = Suspect(index, index + 1, form)
    if form == lowered:
        if form in known.words:
            return None if context.is_dialect else _known_word_suspect(here, known)
        return None if is_abbreviation(sentence, index) or is_clipped(sentence, index, known) else here
    if form in context.model.ids or (lowered in known.words and (form.istitle() or form.isupper())):
        return _capitalised_suspect(sentence, index, context)
    in_case = form.istitle() or form.isupper()  # fIreworks is a suspect although Fireworks is a name
    if NAME_PREFIX.match(form) or (in_case and lowered in known.names and len(form) > SHORT_WORD_LETTERS):
        return None
    if form.isupper() and len(form) <= SHORT_WORD_LETTERS:
        return None
    return None if is_abbreviation(sentence, index) and form[1:].islower() else here


def _known_word_suspect(here: Suspect, known: Vocabulary) -> Suspect | None:
    """Return the suspect for a short known word, which may be a misread common word (a real-word error)."""
    if len(here.form) > MAX_REAL_WORD_LETTERS:
        return None
    minimum = max(COMMON, known.log_probability(here.form))
    return here._replace(min_log_probability=minimum, unknown=False)


def _capitalised_suspect(sentence: Sentence, index: int, context: ScanContext) -> Suspect | None:
    """Return the suspect for a capitalised known word: short and sentence-initial, or with I for another letter."""
    form, known = sentence.forms[index], context.known
    lowered = form.lower()
    if not form[1:].islower() or lowered not in known.words:
        return None
    if is_capital_position(sentence, index):
        short = len(form) <= SHORT_WORD_LETTERS + 1
        return Suspect(index, index + 1, form, FUNCTION_WORD, unknown=False) if short else None
    if form[0] == "I" and _follows_word(sentence, index) and lowered in known.model_log_probability:
        return Suspect(index, index + 1, form, FUNCTION_WORD, unknown=False)  # "seen In the street"
    return None


def _letter_suspect(sentence: Sentence, index: int, context: ScanContext) -> Suspect | None:
    """Return the suspect for a single letter in running text, which may be a misread function word."""
    form, end = sentence.forms[index], sentence.spans[index][1]
    running = _follows_word(sentence, index) and context.text[end : end + 1].isspace()
    if not form.islower() or form in context.known.words or not running:
        return None
    if context.counts[form] >= MIN_LETTER_REPETITIONS:
        return None
    return Suspect(index, index + 1, form, FUNCTION_WORD)


def is_free_standing(text: str, start: int, end: int) -> bool:
    """Whether a span has white space or ordinary punctuation on both sides: no hyphen or digit, not part of "a.m"."""
    before, after, beyond = text[start - 1 : start], text[end : end + 1], text[end + 1 : end + 2]
    if before and not before.isspace() and before not in BEFORE_WORD:
        return False
    return not after or after.isspace() or (after in AFTER_WORD and not beyond.isalnum())


def is_non_word(form: str, known: Vocabulary) -> bool:
    """Whether a form is an unknown lower-case word."""
    return form.isalpha() and form.islower() and form not in known.words


def is_known(form: str, context: ScanContext) -> bool:
    """Whether a form is a known word or name."""
    return form.lower() in context.known.words or form in context.model.ids


def is_only_spun(form: str, context: ScanContext) -> bool:
    """Whether a form is a rare word that spinners write (*workfellow*, *jap*): it is no misreading."""
    lowered = form.lower()
    return len(form) >= MIN_SPUN_LETTERS and lowered not in context.model.ids and lowered in context.spun


def rare_forms(counts: Iterable[str], model: LanguageModel) -> set[str]:
    """Return the forms, in lower case, that :func:`is_only_spun` may look for among those of spinners."""
    lowered = {form.lower() for form in counts if len(form) >= MIN_SPUN_LETTERS and form.isalpha()}
    return {form for form in lowered if form not in model.ids}


def is_abbreviation(sentence: Sentence, index: int) -> bool:
    """Whether a short word is followed by a full stop that does not end the sentence."""
    forms, spans = sentence.forms, sentence.spans
    stopped = index + 2 < len(forms) and forms[index + 1] == "." and spans[index + 1][0] == spans[index][1]
    return stopped and len(forms[index]) <= MAX_ABBREVIATION_LETTERS


def is_clipped(sentence: Sentence, index: int, known: Vocabulary) -> bool:
    """Whether an apostrophe replaces the final g of a word: ``tellin'``."""
    form, spans = sentence.forms[index], sentence.spans
    return (
        form.endswith("in")
        and form not in known.words
        and f"{form}g" in known.words
        and sentence.forms[index + 1 : index + 2] in (["'"], ["’"])
        and spans[index + 1][0] == spans[index][1]
    )


def is_capital_position(sentence: Sentence, index: int) -> bool:
    """Whether a capital letter is expected of any word here: at the start of a sentence, or in a headline."""
    return sentence.title_case or index == sentence.first_word


def follows_stop(sentence: Sentence, index: int) -> bool:
    """Whether a word is at the start of a sentence or after a full stop; its capital may have been misread."""
    before = index - 1
    while before >= 0 and sentence.forms[before] in BEFORE_WORD:
        before -= 1
    return before < 0 or sentence.forms[before] in ".!?"


def _follows_word(sentence: Sentence, index: int) -> bool:
    """Whether the previous token is a word."""
    return index > 0 and sentence.forms[index - 1].isalpha()


def _is_contraction(form: str, context: ScanContext) -> bool:
    """Whether a form with an apostrophe is a known word or name: didn’t, O'Neill."""
    plain = form.replace("’", "'")
    return plain.lower() in context.known.words or plain in context.model.ids or bool(NAME_PREFIX.match(plain))


def _is_word_with_symbols(form: str) -> bool:
    """Whether a run of characters is more likely a word with symbols than a number or a unit.

    >>> [_is_word_with_symbols(form) for form in ("wa«", "3hort", "w,is", "fel1", "10s", "2nd", "MP3", "U.S")]
    [True, True, True, True, False, False, False, False]
    """
    letters = [character for character in form if character.isalpha()]
    digits = sum(character.isdigit() for character in form)
    lower = sum(map(str.islower, letters))
    if len(form) < 2 or len(letters) * 2 <= len(form) or (lower < 2 and len(letters) <= SHORT_WORD_LETTERS):
        return False
    if digits == 0 or (form[0].isalpha() and UNCONFUSABLE_DIGITS.isdisjoint(form)):
        return True
    return digits * 3 <= len(letters) and len(letters) > SHORT_WORD_LETTERS
