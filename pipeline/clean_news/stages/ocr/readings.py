"""What a scanned text may have said: the readings that a scanner's mistakes put into the lattice.

Every token may be kept. A suspect word may stand for each of its candidates; a word that no dictionary has may be
two words run together or, with its neighbour, one word torn in two; a speck may be dropped.
"""

import math
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from clean_news.language import language_model, vocabulary
from clean_news.language.tokens import CAPITALS, NAME, UNKNOWN, Sentence
from clean_news.language.vocabulary import SHORT_WORD_LETTERS
from clean_news.stages.ocr.candidates import Candidate, candidates
from clean_news.stages.ocr.costs import kept_cost, reading_costs
from clean_news.stages.ocr.letter_model import surprise
from clean_news.stages.ocr.stray_marks import glued, strays
from clean_news.stages.ocr.suspects import (
    ANY,
    FUNCTION,
    INSISTENT,
    Page,
    Suspect,
    follows_stop,
    is_clipped,
    is_free,
    is_known,
    is_non_word,
    is_opening,
    suspects,
)

# Costs in nats, set on shared/bench/ocr-train and on modern news with synthetic noise; 2 more or less changes little.
NON_WORD, LETTERS = 9.0, 0.6  # of a non-word that was printed so, and the share of its letters' surprise that counts
UNKNOWN_NAME, NAME_LETTERS = 1.0, 0.7  # the same of one name among all that the model lacks
COMPOUND = 18.0  # of a non-word that two longer words make up: chambermaid
SHORTEST_PART = 4  # letters of each of these
RUN_TOGETHER = 5.3  # of a space not read; as in the confusion table
FRAGMENT = -11.0  # log probability below which a token may be part of a word torn in two, though it is a word
TORN = 8.3  # of a space read where none is
GLUED = 9.0  # of printing no space behind punctuation
SPECK, LETTER_SPECK = 6.0, 6.0  # of dirt beside a word read as a sign, or as a letter
STRAY = 6.0  # of printing such a sign
SMALL_OPENING = 3.0  # of a small letter behind a full stop


class Reading(NamedTuple):
    """One reading of a span of tokens: an edge of the lattice and what it means.

    Attributes:
        sentence: index of the sentence.
        start: index of its first token in the sentence.
        end: index behind its last token.
        words: the model's ids of the words that stand there.
        text: what would stand there; None where the token is kept.
        cost: minus the log probability that this was read for it, and, for a word that the model lacks, that it
            was this one of them; in nats.
    """

    sentence: int
    start: int
    end: int
    words: tuple[int, ...]
    text: str | None
    cost: float


def page_of(text: str, sentences: Sequence[Sentence]) -> Page:
    """What an article's words are judged by."""
    counts = Counter(form for sentence in sentences for form in sentence.forms)
    apostrophe = "’" if text.count("’") > text.count("'") else "'"
    return Page(text, counts, vocabulary.standard(), language_model.standard(), apostrophe)


def readings_of(
    sentences: Sequence[Sentence], page: Page, guarded: Sequence[Collection[int]] = ()
) -> list[list[Reading]]:
    """All readings of a page, by sentence.

    Args:
        sentences: the page's sentences.
        page: what its words are judged by.
        guarded: by sentence the indices of tokens that are never taken as misread; none if empty.
    """
    guarded = guarded or [()] * len(sentences)
    asked = [
        [suspect for suspect in suspects(sentence, page) if _is_apart(range(suspect.start, suspect.end), places)]
        for sentence, places in zip(sentences, guarded, strict=True)
    ]
    common, other = (
        candidates((suspect.form for own in asked for suspect in own if suspect.common is common), common=common)
        for common in (True, False)
    )
    return [
        [
            *kept(number, sentence, {place for suspect in own for place in range(suspect.start, suspect.end)}, page),
            *(
                reading
                for suspect in own
                for reading in restored(number, sentence, suspect, (common if suspect.common else other), page)
            ),
            *_parted_or_joined(number, sentence, page, places),
            *_without_strays(number, sentence, page, places),
        ]
        for number, (sentence, own, places) in enumerate(zip(sentences, asked, guarded, strict=True))
    ]


def _is_apart(covered: range, guarded: Collection[int]) -> bool:
    """Whether none of these places is guarded."""
    return not guarded or not any(place in guarded for place in covered)


def kept(number: int, sentence: Sentence, asked: set[int], page: Page) -> Iterator[Reading]:
    """The readings that keep a token, in its own and in its true case.

    Args:
        number: the sentence's index.
        sentence: its tokens.
        asked: the places of its suspects; what is not asked was read correctly.
        page: what its words are judged by.
    """
    true = page.model.true_forms(sentence)
    for place, form in enumerate(sentence.forms):
        read = kept_cost(form) if place in asked else 0.0
        word, cost = _kept_word(form)
        yield Reading(number, place, place + 1, (word,), None, read + cost)
        if true[place] != form:
            word, cost = _kept_word(true[place])
            yield Reading(number, place, place + 1, (word,), None, read + cost)


@lru_cache(maxsize=100_000)
def _kept_word(form: str) -> tuple[int, float]:
    """The model's word for a token as it stands, and minus its log probability among those of its class, in nats."""
    model, known = language_model.standard(), vocabulary.standard()
    word = model.id_of(form)
    if word == model.ids[UNKNOWN]:
        if form in known.words:
            return word, known.out_of_vocabulary_cost(form)
        cost = NON_WORD + LETTERS * surprise(form)
        return word, min(cost, COMPOUND) if _is_compound(form) else cost
    if word in {model.ids[NAME], model.ids[CAPITALS]}:
        return word, UNKNOWN_NAME + NAME_LETTERS * surprise(form)
    return word, 0.0


def _is_compound(form: str) -> bool:
    """Whether two words of at least four letters make up a form.

    >>> _is_compound("chambermaids"), _is_compound("inthestreet")
    (True, False)
    """
    words = vocabulary.standard().words
    cuts = range(SHORTEST_PART, len(form) - SHORTEST_PART + 1)
    return any(form[:cut] in words and form[cut:] in words for cut in cuts)


def restored(
    number: int, sentence: Sentence, suspect: Suspect, found: dict[str, tuple[Candidate, ...]], page: Page
) -> Iterator[Reading]:
    """The readings that put a word for a misread one.

    Args:
        number: the sentence's index.
        sentence: its tokens.
        suspect: those in question.
        found: what forms may have been.
        page: what its words are judged by.
    """
    at_stop = opens = None
    for entry, text, cost in found[suspect.form]:
        if entry.commonness < suspect.least:
            continue
        if at_stop is None:
            at_stop, opens = follows_stop(sentence, suspect.start), is_opening(sentence, suspect.start)
        word = entry.id
        if opens and not entry.word.islower():
            word = page.model.id_of(page.model.true_case(entry.word))
        written = text.replace("'", page.apostrophe)
        if at_stop and text.islower():
            title = written[0].upper() + written[1:]
            if title != suspect.form:
                (titled,) = reading_costs([(suspect.form, text[0].upper() + text[1:])])
                yield Reading(number, suspect.start, suspect.end, (word,), title, titled + entry.outside)
        small = SMALL_OPENING if at_stop and text.islower() else 0.0
        yield Reading(number, suspect.start, suspect.end, (word,), written, cost + entry.outside + small)


def _parted_or_joined(number: int, sentence: Sentence, page: Page, guarded: Collection[int]) -> Iterator[Reading]:
    """The readings of words that ran together, and of words torn in two, with every letter right."""
    free = [place for place in range(len(sentence.forms)) if place not in guarded and _is_open(sentence, place, page)]
    non_words = {place for place in free if is_non_word(sentence.forms[place], page.known)}
    for place in free:
        if place in non_words or _is_new_opening(sentence, place, page):
            yield from parted(number, sentence, place, page)
    for place, behind in pairwise(free):
        if behind == place + 1 and any(
            at in non_words or page.known.log_probability(sentence.forms[at].lower()) < FRAGMENT
            for at in (place, behind)
        ):
            yield from joined(number, sentence, place, page)


def _is_open(sentence: Sentence, place: int, page: Page) -> bool:
    """Whether a token may be part of a word torn in two, or two run together."""
    form = sentence.forms[place]
    in_case = form.isalpha() and form[1:] == form[1:].lower()
    return in_case and is_free(page.text, *sentence.spans[place]) and not is_clipped(sentence, place, page.known)


def _is_new_opening(sentence: Sentence, place: int, page: Page) -> bool:
    """Whether a token begins a sentence and is neither a word nor a name."""
    form = sentence.forms[place]
    return form.istitle() and is_opening(sentence, place) and not is_known(form, page)


def parted(number: int, sentence: Sentence, place: int, page: Page) -> Iterator[Reading]:
    """The readings that part a non-word into two words of the model, the first a very common one behind a capital."""
    form, modelled = sentence.forms[place], page.known.model_log_probability
    if len(form) <= SHORT_WORD_LETTERS or page.counts[form] >= INSISTENT:
        return
    least = FUNCTION if form.istitle() else ANY  # Atwood is a name
    for cut in range(1, len(form)):
        first, second = form[:cut], form[cut:]
        seen = modelled.get(first.lower(), -math.inf) >= least and second in modelled
        if seen and (len(second) > 1 or second == "a"):
            words = page.model.id_of(first.lower()), page.model.id_of(second)
            yield Reading(number, place, place + 1, words, f"{first} {second}", kept_cost(form) + RUN_TOGETHER)


def joined(number: int, sentence: Sentence, place: int, page: Page) -> Iterator[Reading]:
    """The reading that joins a token and the next one into one word."""
    first, second = sentence.forms[place : place + 2]
    gap = page.text[sentence.spans[place][1] : sentence.spans[place + 1][0]]
    whole = first.lower() + second
    if gap.isspace() and second.islower() and len(whole) > SHORT_WORD_LETTERS and whole in page.known.words:
        cost = kept_cost(whole) + TORN + page.known.out_of_vocabulary_cost(whole)
        yield Reading(number, place, place + 2, (page.model.id_of(whole),), first + second, cost)


def _without_strays(number: int, sentence: Sentence, page: Page, guarded: Collection[int]) -> Iterator[Reading]:
    """The readings that drop a speck beside a word, or part a sign from the word behind it.

    What such a sign costs where it was printed is taken off their costs, rather than put on that of keeping it.
    """
    for stray in strays(sentence):
        if _is_apart(range(stray.start, stray.end), guarded):
            word = sentence.forms[stray.word]
            cost = LETTER_SPECK if sentence.forms[stray.place].isalpha() else SPECK - STRAY
            yield Reading(number, stray.start, stray.end, (page.model.id_of(word),), word, cost)
    for place in glued(sentence):
        sign, behind = sentence.forms[place : place + 2]
        known = is_known(sentence.forms[place - 1], page) and is_known(behind, page)
        if known and _is_apart(range(place, place + 2), guarded):
            words = page.model.id_of(sign), page.model.id_of(behind)
            yield Reading(number, place, place + 2, words, f"{sign} {behind}", RUN_TOGETHER - GLUED)
