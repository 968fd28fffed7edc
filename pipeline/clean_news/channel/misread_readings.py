"""What a scanned text may have said: the edges that a scanner's misreadings put into the lattice.

Every token may be kept. A suspect word may stand for each of its candidates; a word that no dictionary has may
be two words run together or, with its neighbour, one word torn in two.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from clean_news.channel import language_model, vocabulary
from clean_news.channel.language_model import LanguageModel
from clean_news.channel.lattice import Edge
from clean_news.channel.misreading_candidates import kept_cost
from clean_news.channel.spun_readings import guarded_places
from clean_news.channel.suspect_words import INSISTENT, Page, Suspect, is_free, is_non_word, suspects
from clean_news.channel.tokens import CAPITALS, NAME, UNKNOWN, Sentence
from clean_news.channel.vocabulary import SHORT, Vocabulary

# Costs in nats, set on one half of shared/bench/ocr-train and checked on the other; 2 more or less changes little.
NON_WORD, NON_WORD_LETTER = 9.0, 1.0  # of a non-word that was printed so: names apart, .5% of all words
UNKNOWN_NAME = 9.0  # of one name among all that the model lacks
RUN_TOGETHER = 5.3  # of a space not read; as in the confusion table
FRAGMENT = -11.0  # log probability below which a token may be part of a word torn in two, though it is a word
TORN = 8.3  # of a space read where none is


class Reading(NamedTuple):
    """One reading of a span of tokens: an edge of the lattice and what it means.

    Attributes:
        sentence: index of the sentence.
        edge: the tokens it covers and the model's words for them.
        text: what would stand there; None where the token is kept.
        cost: minus the log probability that this was read for it, and, for a word that the model lacks, that it
            was this one of them; in nats.
    """

    sentence: int
    edge: Edge
    text: str | None
    cost: float


def page_of(text: str, sentences: Sequence[Sentence]) -> Page:
    """What an article's words are judged by."""
    counts = Counter(form for sentence in sentences for form in sentence.forms)
    return Page(text, counts, vocabulary.standard(), language_model.standard())


def readings_of(
    number: int, sentence: Sentence, page: Page, protected: Collection[tuple[str, ...]] = ()
) -> list[Reading]:
    """All readings of one sentence.

    Args:
        number: the sentence's index.
        sentence: its tokens.
        page: what its words are judged by.
        protected: words and phrases, as tokens in lower case, that are never taken as misread.
    """
    guarded = guarded_places([form.lower() for form in sentence.forms], protected) if protected else set()
    asked = [word for word in suspects(sentence, page) if guarded.isdisjoint(range(word.start, word.end))]
    found = list(kept(number, sentence, page, {word.start for word in asked}))
    for suspect in asked:
        found.extend(restored(number, suspect, page))
    non_words = {place for place, form in enumerate(sentence.forms) if is_non_word(form, page.known)}
    free = {place for place in range(len(sentence.forms)) if is_open(sentence, place, page)} - guarded
    for place in sorted(non_words & free):
        found.extend(split(number, sentence, place, page))
    rare = {place for place in free if page.known.commonness(sentence.forms[place].lower()) < FRAGMENT}
    fragments = rare | non_words
    for place in sorted(free):
        if place + 1 in free and fragments & {place, place + 1}:
            found.extend(joined(number, sentence, place, page))
    return found


def is_open(sentence: Sentence, place: int, page: Page) -> bool:
    """Whether a token may be part of a word torn in two, or two run together."""
    form = sentence.forms[place]
    return form.isalpha() and form[1:] == form[1:].lower() and is_free(page.text, *sentence.spans[place])


def kept(number: int, sentence: Sentence, page: Page, asked: set[int]) -> Iterator[Reading]:
    """The readings that keep a token, in its own and in its true case."""
    true = page.model.true_forms(sentence)
    for place, form in enumerate(sentence.forms):
        read = kept_cost(form) if place in asked else 0.0
        for variant in {form, true[place]} if form[0].isupper() else {form}:
            word = page.model.id_of(variant)
            cost = class_cost(variant, word, page.model, page.known)
            yield Reading(number, Edge(place, place + 1, (word,)), None, read + cost)


def class_cost(form: str, word: int, model: LanguageModel, known: Vocabulary) -> float:
    """Minus the log probability of this form among those of its class, in nats; 0 for a word of its own."""
    if word == model.ids[UNKNOWN]:
        return known.cost_outside(form) if form in known.words else NON_WORD + NON_WORD_LETTER * len(form)
    return UNKNOWN_NAME if word in {model.ids[NAME], model.ids[CAPITALS]} else 0.0


def restored(number: int, suspect: Suspect, page: Page) -> Iterator[Reading]:
    """The readings that put a word for a misread one."""
    for word, text, cost in suspect.proposals:
        outside = page.known.cost_outside(word) if word.islower() else 0.0
        edge = Edge(suspect.start, suspect.end, (page.model.id_of(word),))
        yield Reading(number, edge, text, cost + outside)


def split(number: int, sentence: Sentence, place: int, page: Page) -> Iterator[Reading]:
    """The readings that part a non-word into two words of the model."""
    form, modelled = sentence.forms[place], page.known.modelled
    if len(form) <= SHORT or page.counts[form] >= INSISTENT:
        return
    for cut in range(1, len(form)):
        first, second = form[:cut], form[cut:]
        if first in modelled and second in modelled and (len(second) > 1 or second == "a"):
            edge = Edge(place, place + 1, (page.model.id_of(first), page.model.id_of(second)))
            yield Reading(number, edge, f"{first} {second}", kept_cost(form) + RUN_TOGETHER)


def joined(number: int, sentence: Sentence, place: int, page: Page) -> Iterator[Reading]:
    """The reading that joins a token and the next one into one word."""
    first, second = sentence.forms[place : place + 2]
    gap = page.text[sentence.spans[place][1] : sentence.spans[place + 1][0]]
    whole = first.lower() + second
    if gap and gap.isspace() and second.islower() and len(whole) > SHORT and whole in page.known.words:
        cost = kept_cost(whole) + TORN + page.known.cost_outside(whole)
        yield Reading(number, Edge(place, place + 2, (page.model.id_of(whole),)), first + second, cost)
