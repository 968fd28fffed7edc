"""Which words of a scanned text may have been misread, and what may be proposed for them.

The guards stand here: numbers, abbreviations, words with an apostrophe or a hyphen, names, and words that the
article insists on are never asked, or only for the commonest words of all.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from clean_news.channel.language_model import LanguageModel
from clean_news.channel.misreading_candidates import (
    Candidate,
    candidates,
    name_candidates,
    reading_cost,
)
from clean_news.channel.tokens import Sentence
from clean_news.channel.vocabulary import SHORT, Vocabulary

# Log probabilities: of function words and the like (140 words), and of words common enough to be misread as
# another word, not only as a non-word (1,300).
FUNCTION, COMMON = -7.5, -9.0
WORD_FOR_WORD = 8.0  # nats; the dearest misreading of a word as another word
LONGEST_WORD = 5  # letters of a word that may be another one misread: tile for the, hold for held
NAME_FOR_NAME = 6.0  # nats; the dearest misreading of an unknown name as a common one
INSISTENT = 3  # times that a form stands in an article that means it
INSISTENT_LETTER = 15  # the same for a single letter
ABBREVIATION = 4  # letters; a longer word before a full stop is no abbreviation

BEFORE_WORD, BEHIND_WORD = frozenset("(\"“‘'["), frozenset(".,;:!?\"'”’“‘()[]")
# A word in which signs or figures were read for letters: no white space, punctuation, hyphen or money inside.
RUN = re.compile(r"[^\s.,;:!?\"'”’“‘()\[\]\-–—¬/&%+=$£#@]+")
SIGN = re.compile(r"[^\w]|\d")
NAME_PREFIX = re.compile(r"Ma?c|De|La|Fitz")


class Page(NamedTuple):
    """What the words of an article are judged by.

    Attributes:
        text: the article.
        counts: how often each form stands in it.
        known: the vocabulary.
        model: the language model.
    """

    text: str
    counts: Counter[str]
    known: Vocabulary
    model: LanguageModel


class Suspect(NamedTuple):
    """Tokens that may be one misread word.

    Attributes:
        start: index of the first token in its sentence.
        end: index behind the last.
        proposals: words in the model's spelling, what would stand there, and the misreading's cost in nats.
    """

    start: int
    end: int
    proposals: "list[Proposal]"


class Proposal(NamedTuple):
    """A word that may have been misread, in the model's spelling and as it would stand, and the cost in nats."""

    word: str
    text: str
    cost: float


def as_they_are(found: Iterable[Candidate]) -> list[Proposal]:
    """The candidates, written as they are."""
    return [Proposal(word, word, cost) for word, cost in found]


def capitalised(found: Iterable[Candidate]) -> list[Proposal]:
    """The candidates, written with a capital, as at the beginning of a sentence."""
    return [Proposal(word, word[0].upper() + word[1:], cost) for word, cost in found]


def is_free(text: str, start: int, end: int) -> bool:
    """Whether white space or ordinary punctuation stands on both sides: no hyphen, figure or stop inside "a.m"."""
    before, behind, beyond = text[start - 1 : start], text[end : end + 1], text[end + 1 : end + 2]
    if before and not before.isspace() and before not in BEFORE_WORD:
        return False
    return not behind or behind.isspace() or (behind in BEHIND_WORD and not beyond.isalnum())


def is_non_word(form: str, known: Vocabulary) -> bool:
    """Whether a form in small letters is in no dictionary."""
    return form.isalpha() and form.islower() and form not in known.words


def is_abbreviation(sentence: Sentence, place: int) -> bool:
    """Whether a full stop behind a short word does not end the sentence."""
    forms, spans = sentence.forms, sentence.spans
    stopped = place + 2 < len(forms) and forms[place + 1] == "." and spans[place + 1][0] == spans[place][1]
    return stopped and len(forms[place]) <= ABBREVIATION


def suspects(sentence: Sentence, page: Page) -> Iterator[Suspect]:
    """The words of a sentence that may have been misread, with what they may have been."""
    for place, form in enumerate(sentence.forms):
        if form.isalpha() and is_free(page.text, *sentence.spans[place]):
            found = proposals(sentence, place, page)
            if found:
                yield Suspect(place, place + 1, found)
    for start, end in signed_words(sentence, page.text):
        form = page.text[sentence.spans[start][0] : sentence.spans[end - 1][1]]
        found = as_they_are(candidates(form))
        if found:
            yield Suspect(start, end, found)


def proposals(sentence: Sentence, place: int, page: Page) -> list[Proposal]:
    """What one token, all letters, may have been."""
    form = sentence.forms[place]
    if len(form) == 1:
        return letter(sentence, place, page)
    if form.islower():
        if form in page.known.words:
            return insisted(form, as_they_are(other_words(form, page.known)), page)
        return [] if is_abbreviation(sentence, place) else insisted(form, as_they_are(candidates(form)), page)
    if form[1:].islower():
        return capital_word(sentence, place, page)
    if form.isupper() or form in page.model.ids or NAME_PREFIX.match(form):
        return []
    opens = form[0].isupper() and is_opening(sentence, place)
    found = candidates(form)  # a capital inside: waB, muBic
    return insisted(form, capitalised(found) if opens else as_they_are(found), page)


def is_opening(sentence: Sentence, place: int) -> bool:
    """Whether a capital says nothing here: at the beginning of a sentence, in a headline."""
    return sentence.titled or place == sentence.first_word


def follows_word(sentence: Sentence, place: int) -> bool:
    """Whether the token before is a word."""
    return place > 0 and sentence.forms[place - 1].isalpha()


def insisted(form: str, found: list[Proposal], page: Page) -> list[Proposal]:
    """The proposals; for a form that the article insists on only function words, as "tho" is always "the"."""
    if page.counts[form] < INSISTENT:
        return found
    return [proposal for proposal in found if page.known.commonness(proposal.word) >= FUNCTION]


def letter(sentence: Sentence, place: int, page: Page) -> list[Proposal]:
    """What a single letter may have been: a function word, in running text."""
    form, end = sentence.forms[place], sentence.spans[place][1]
    running = follows_word(sentence, place) and page.text[end : end + 1].isspace()
    if not form.islower() or form in page.known.words or not running or page.counts[form] >= INSISTENT_LETTER:
        return []
    return as_they_are(candidates(form, FUNCTION))


def other_words(form: str, known: Vocabulary) -> list[Candidate]:
    """The common words that a short word may be a misreading of."""
    if len(form) > LONGEST_WORD:
        return []
    found = candidates(form, max(COMMON, known.commonness(form)))
    return [candidate for candidate in found if candidate.cost <= WORD_FOR_WORD]


def capital_word(sentence: Sentence, place: int, page: Page) -> list[Proposal]:
    """What a word with a capital may have been."""
    form, known = sentence.forms[place], page.known
    lowered = form.lower()
    opening = is_opening(sentence, place)
    if lowered in known.words or form in page.model.ids:
        if form[0] == "I" and not opening and follows_word(sentence, place) and lowered in known.modelled:
            return [Proposal(lowered, lowered, reading_cost(form, lowered))]  # "seen In the street"
        if opening and len(form) <= SHORT + 1 and lowered in known.words:
            others = other_words(lowered, known)
            return capitalised(other for other in others if known.commonness(other.word) >= FUNCTION)
        return []
    if lowered in known.names and len(form) > SHORT:
        return []
    found = capitalised(candidates(lowered, FUNCTION))
    if len(form) > SHORT:
        # A name that stands here more than once is meant, unless the article has the other one, too.
        names = [name for name in name_candidates(form) if name.cost <= NAME_FOR_NAME]
        found += as_they_are(name for name in names if page.counts[form] == 1 or page.counts[name.word])
    return found


def signed_words(sentence: Sentence, text: str) -> Iterator[tuple[int, int]]:
    """First token and token behind the last of each word in which signs were read for letters: ``wa«``, ``3hort``."""
    if not sentence.spans:
        return
    starts = {start: place for place, (start, _) in enumerate(sentence.spans)}
    ends = {end: place + 1 for place, (_, end) in enumerate(sentence.spans)}
    for run in RUN.finditer(text, sentence.spans[0][0], sentence.spans[-1][1]):
        form = run.group()
        if SIGN.search(form) and is_signed_word(form) and is_free(text, *run.span()):
            start, end = starts.get(run.start()), ends.get(run.end())
            if start is not None and end is not None:
                yield start, end


def is_signed_word(form: str) -> bool:
    """Whether a run of characters is rather a word with signs than a number or a sign.

    >>> [is_signed_word(form) for form in ("wa«", "3hort", "10s", "2nd", "B12")]
    [True, True, False, False, False]
    """
    letters = [character for character in form if character.isalpha()]
    figures = sum(character.isdigit() for character in form)
    if len(form) < 2 or len(letters) * 2 < len(form) or not all(map(str.islower, letters)):
        return False
    return figures == 0 or (figures == 1 and len(letters) > SHORT)
