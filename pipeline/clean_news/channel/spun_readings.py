"""What a spun text may have been: the edges that the spin lexicon puts into the lattice.

Every token may be kept; every run of tokens that the lexicon knows as a spun form may stand for each of its
originals, in the form's own capitals.
"""

import re
from collections.abc import Collection, Sequence
from typing import NamedTuple

from clean_news.channel.language_model import LanguageModel
from clean_news.channel.lattice import Edge
from clean_news.channel.lexicon import Lexicon, Original
from clean_news.channel.tokens import SAME, TOKEN, UNKNOWN, Sentence

MOST_ORIGINALS = 24  # candidates for one form, likeliest first
UNKNOWN_COST = 6.0  # of one word of the class <unknown>: the class's probability is shared by very many
QUOTATION = re.compile(r"[“\"][^“”\"\n]*(?:[”\"]|$)", re.MULTILINE)


class Reading(NamedTuple):
    """One reading of a span of tokens: an edge of the lattice and what it means.

    Attributes:
        sentence: index of the sentence.
        edge: the tokens it covers and the model's words for them.
        text: what would stand there; None where the tokens are kept.
        cost: minus the log probability that the spinner writes this form for this original; 0 if kept.
        swappable: whether the spinner could have swapped what this reading takes for the original.
        readiness: how much readier than usual the spinner swaps it, in log odds.
        form: the tokens as they stand, in lower case.
        original: what this reading takes for the original, in lower case.
    """

    sentence: int
    edge: Edge
    text: str | None
    cost: float
    swappable: bool
    readiness: float
    form: str
    original: str


def with_case_of(observed: Sequence[str], original: str) -> str:
    """The original with the capitals of the form it was swapped for.

    >>> with_case_of(["Functions", "Worldwide"], "applications international")
    'Applications International'
    >>> with_case_of(["Financial", "institution"], "bank")
    'Bank'
    """
    if original != original.lower():
        return original
    words = [form for form in observed if form[0].isalpha()]
    if not words or not words[0][0].isupper():
        return original
    if all(form.isupper() for form in words) and sum(map(len, words)) > 1:
        return original.upper()
    if len(words) > 1 and all(form[0].isupper() for form in words if len(form) > 3):
        return " ".join(word[0].upper() + word[1:] if len(word) > 3 else word for word in original.split(" "))
    return original[0].upper() + original[1:]


def quotations(text: str) -> list[tuple[int, int]]:
    """The spans of quotations, in code points; one that is not closed ends with its line."""
    return [match.span() for match in QUOTATION.finditer(text)]


def word_ids(model: LanguageModel, text: str) -> tuple[int, ...]:
    """The model's ids of a candidate's words."""
    return tuple(model.id_of(token) for token in TOKEN.findall(text))


def readings_of(
    number: int, sentence: Sentence, lexicon: Lexicon, model: LanguageModel, protected: Collection[tuple[str, ...]] = ()
) -> list[Reading]:
    """All readings of one sentence.

    Args:
        number: the sentence's index.
        sentence: its tokens.
        lexicon: the spin lexicon.
        model: the language model, for true case and word ids.
        protected: words and phrases, as tokens in lower case, that are never read as spun.
    """
    true = model.true_forms(sentence)
    forms = [form.translate(SAME) for form in sentence.forms]
    lowered = [form.lower() for form in forms]
    unknown = model.ids[UNKNOWN]
    guarded = guarded_places(lowered, protected)
    found: list[Reading] = []
    for start, form in enumerate(sentence.forms):
        readiness = lexicon.readiness.get(lowered[start])
        known = readiness is not None
        for variant in {true[start], form} if form[0].isupper() else {form}:
            kept = model.id_of(variant)
            cost = UNKNOWN_COST if kept == unknown else 0.0
            edge = Edge(start, start + 1, (kept,))
            found.append(Reading(number, edge, None, cost, known, readiness or 0.0, lowered[start], lowered[start]))
        longest = max(lexicon.longest.get(forms[start], 0), lexicon.longest.get(lowered[start], 0))
        free = sentence.titled or start == sentence.first_word
        for end in range(start + 1, min(start + longest, len(forms)) + 1):
            key = " ".join(lowered[start:end])
            if guarded and not guarded.isdisjoint(range(start, end)):
                break
            for original in originals_of(lexicon, key, " ".join(forms[start:end])):
                text = with_case_of(forms[start:end], original.text)
                for variant in {text, original.text} if free else {text}:
                    words = word_ids(model, variant)
                    if unknown not in words and len(words) <= 8:
                        found.append(
                            Reading(
                                number,
                                Edge(start, end, words),
                                text,
                                original.cost,
                                True,
                                original.readiness,
                                key,
                                original.text.lower(),
                            )
                        )
    return found


def guarded_places(tokens: Sequence[str], protected: Collection[tuple[str, ...]]) -> set[int]:
    """Indices of the tokens that belong to a protected phrase."""
    return {
        place
        for phrase in protected
        for start in range(len(tokens) - len(phrase) + 1)
        if tuple(tokens[start : start + len(phrase)]) == phrase
        for place in range(start, start + len(phrase))
    }


def originals_of(lexicon: Lexicon, key: str, cased: str) -> list[Original]:
    """The likeliest originals of a form, by its lower-case key and, where it has capitals, as a name."""
    originals = lexicon.originals(key)
    if cased != key:
        originals = lexicon.originals(cased) + originals
    return originals[:MOST_ORIGINALS]
