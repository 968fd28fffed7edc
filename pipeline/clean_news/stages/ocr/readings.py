"""Generate the possible readings of a scanned text: the edges of the lattice.

Every token may be kept. A suspect may be replaced by each of its candidates. An unknown word may be two words run
together or, with its neighbour, one word split in two. A mark that may be noise may be removed.
"""

import math
from collections import Counter
from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from clean_news.language import language_model, vocabulary
from clean_news.language.tokens import CAPITALS, NAME, UNKNOWN, Sentence
from clean_news.language.vocabulary import SHORT_WORD_LETTERS
from clean_news.stages.ocr import spellings
from clean_news.stages.ocr.candidates import Candidate, candidates
from clean_news.stages.ocr.costs import correct_cost, reading_costs
from clean_news.stages.ocr.letter_model import surprisal
from clean_news.stages.ocr.long_s import has_long_s, variants
from clean_news.stages.ocr.stray_marks import stray_marks, unspaced_marks
from clean_news.stages.ocr.suspects import (
    ANY_WORD,
    FUNCTION_WORD,
    MIN_FORM_REPETITIONS,
    ScanContext,
    Suspect,
    follows_stop,
    is_capital_position,
    is_clipped,
    is_free_standing,
    is_known,
    is_non_word,
    is_only_spun,
    suspects,
)

# Costs in nats, tuned on shared/bench/ocr-train and on modern news with synthetic noise; ±2 makes little difference.
NON_WORD_COST, NON_WORD_SURPRISAL_WEIGHT = 9.0, 0.6  # an unknown word was printed; weight of its letter surprisal
NAME_COST, NAME_SURPRISAL_WEIGHT = 1.0, 0.7  # the same for a name that the model lacks
MAX_COMPOUND_COST = 18.0  # maximum cost of an unknown word that is a compound of two longer words: chambermaid
MIN_PART_LETTERS = 4  # of each part of such a compound
LOST_SPACE_COST = 5.3  # a space was not read; as in the confusion table
MAX_FRAGMENT_LOG_PROBABILITY = -11.0  # of a known word that may be a fragment of a word split in two
ADDED_SPACE_COST = 8.3  # a space was read where none is
UNSPACED_MARK_COST = 9.0  # punctuation was printed without a space after it
NOISE_MARK_COST, NOISE_LETTER_COST = 6.0, 6.0  # noise next to a word was read as a mark, or as a letter
PRINTED_MARK_COST = 6.0  # such a mark was printed
LIGATURE_GAP_COST = 4.0  # spaces around a ligature that was set apart: su ffi cient
# What a ligature that stands alone may have been.
LIGATURES = {"ff": ("ff", "ffi", "ffl"), "fi": ("fi", "ffi"), "fl": ("fl", "ffl"), "ffi": ("ffi",), "ffl": ("ffl",)}
# A long s, in a document that has it; less for an unknown form, which is hardly a name with f.
LONG_S_COST, UNKNOWN_LONG_S_GAIN = -0.5, 6.0
LOWER_CASE_OPENING_COST = 3.0  # a sentence begins in lower case


class Reading(NamedTuple):
    """One reading of a span of tokens, an edge of the lattice.

    Attributes:
        sentence: index of the sentence.
        start: index of its first token in the sentence.
        end: exclusive end.
        words: ids of its words in the language model.
        text: the replacement text; None if the token is kept.
        cost: channel cost, plus the negative log probability of each out-of-vocabulary word among all of them; in
            nats.
    """

    sentence: int
    start: int
    end: int
    words: tuple[int, ...]
    text: str | None
    cost: float


def context_of(text: str, sentences: Sequence[Sentence], spun: Container[str] = ()) -> ScanContext:
    """Build the context of the words of an article.

    Args:
        text: the text of the article.
        sentences: its sentences.
        spun: the forms that article spinners write.
    """
    counts = Counter(form for sentence in sentences for form in sentence.forms)
    apostrophe = "’" if text.count("’") > text.count("'") else "'"
    known, is_dialect = vocabulary.standard(), spellings.has_dialect(counts)
    return ScanContext(text, counts, known, language_model.standard(), apostrophe, spun, is_dialect)


def readings_of(
    sentences: Sequence[Sentence], context: ScanContext, protected: Sequence[Collection[int]] = ()
) -> list[list[Reading]]:
    """Generate all readings of an article.

    Args:
        sentences: the sentences of the article.
        context: the context of its words.
        protected: for each sentence, the indices of protected tokens, which are always kept; empty for none.

    Returns:
        The readings of each sentence.
    """
    protected = protected or [()] * len(sentences)
    long_s = has_long_s(context.counts, context.known)
    by_sentence = [
        [
            suspect
            for suspect in suspects(sentence, context)
            if _is_unprotected(range(suspect.start, suspect.end), indices)
        ]
        for sentence, indices in zip(sentences, protected, strict=True)
    ]
    common, other = (
        candidates((suspect.form for own in by_sentence for suspect in own if suspect.common is common), common=common)
        for common in (True, False)
    )
    titled = _title_costs(
        (suspect.form, candidate.text)
        for sentence, own in zip(sentences, by_sentence, strict=True)
        for suspect in own
        if follows_stop(sentence, suspect.start)
        for candidate in (common if suspect.common else other)[suspect.form]
        if candidate.text.islower()
    )
    return [
        [
            *_kept_readings(
                number, sentence, {index for suspect in own for index in range(suspect.start, suspect.end)}, context
            ),
            *(
                reading
                for suspect in own
                for reading in _corrected_readings(
                    number, sentence, suspect, (common if suspect.common else other), titled, context
                )
            ),
            *_resegmented_readings(number, sentence, context, indices),
            *_readings_without_noise(number, sentence, context, indices),
            *_ligature_readings(number, sentence, context, indices),
            *(_long_s_readings(number, sentence, context, indices) if long_s else ()),
        ]
        for number, (sentence, own, indices) in enumerate(zip(sentences, by_sentence, protected, strict=True))
    ]


def _title_costs(pairs: Iterable[tuple[str, str]]) -> dict[tuple[str, str], float]:
    """Return the cost of each pair (read, printed) if the printed word has a capital first letter."""
    distinct = list(dict.fromkeys(pairs))
    costs = reading_costs([(form, text[0].upper() + text[1:]) for form, text in distinct])
    return dict(zip(distinct, costs, strict=True))


def _is_unprotected(covered: range, protected: Collection[int]) -> bool:
    """Whether none of the tokens is protected."""
    return not protected or not any(index in protected for index in covered)


def _kept_readings(
    number: int, sentence: Sentence, suspect_tokens: set[int], context: ScanContext
) -> Iterator[Reading]:
    """Yield the readings that keep a token, in its own case and in its true case.

    Args:
        number: index of the sentence.
        sentence: its tokens.
        suspect_tokens: indices of the tokens of suspects; all others count as read correctly.
        context: the context of its words.
    """
    true_forms = context.model.true_forms(sentence)
    for index, form in enumerate(sentence.forms):
        read = correct_cost(form) if index in suspect_tokens else 0.0
        word, cost = _kept_word(form)
        yield Reading(number, index, index + 1, (word,), None, read + cost)
        if true_forms[index] != form:
            word, cost = _kept_word(true_forms[index])
            yield Reading(number, index, index + 1, (word,), None, read + cost)


@lru_cache(maxsize=100_000)
def _kept_word(form: str) -> tuple[int, float]:
    """Return the model's word id for a token, and its negative log probability within its class, in nats."""
    model, known = language_model.standard(), vocabulary.standard()
    word = model.id_of(form)
    if word == model.ids[UNKNOWN]:
        if form in known.words:
            return word, known.out_of_vocabulary_cost(form)
        cost = NON_WORD_COST + NON_WORD_SURPRISAL_WEIGHT * surprisal(form)
        return word, min(cost, MAX_COMPOUND_COST) if _is_compound(form) else cost
    if word in {model.ids[NAME], model.ids[CAPITALS]}:
        return word, NAME_COST + NAME_SURPRISAL_WEIGHT * surprisal(form)
    return word, 0.0


def _is_compound(form: str) -> bool:
    """Whether a form is a compound of two words of at least :data:`MIN_PART_LETTERS` letters.

    >>> _is_compound("chambermaids"), _is_compound("inthestreet")
    (True, False)
    """
    words = vocabulary.standard().words
    cuts = range(MIN_PART_LETTERS, len(form) - MIN_PART_LETTERS + 1)
    return any(form[:cut] in words and form[cut:] in words for cut in cuts)


def _corrected_readings(
    number: int,
    sentence: Sentence,
    suspect: Suspect,
    found: Mapping[str, Sequence[Candidate]],
    titled: Mapping[tuple[str, str], float],
    context: ScanContext,
) -> Iterator[Reading]:
    """Yield the readings that replace a suspect by its candidates.

    Args:
        number: index of the sentence.
        sentence: its tokens.
        suspect: the suspect.
        found: candidates by form.
        titled: see :func:`_title_costs`.
        context: the context of its words.
    """
    candidates_found = found[suspect.form]
    if not candidates_found:
        return
    at_stop, opens = follows_stop(sentence, suspect.start), is_capital_position(sentence, suspect.start)
    for entry, text, cost in candidates_found:
        if entry.log_probability < suspect.min_log_probability:
            continue
        word = entry.id
        if opens and not entry.word.islower():
            word = context.model.id_of(context.model.true_case(entry.word))
        written = text.replace("'", context.apostrophe)
        if at_stop and text.islower():
            title = written[0].upper() + written[1:]
            if title != suspect.form:
                total = titled[suspect.form, text] + entry.out_of_vocabulary_cost
                yield Reading(number, suspect.start, suspect.end, (word,), title, total)
        opening = LOWER_CASE_OPENING_COST if at_stop and text.islower() else 0.0
        total = cost + entry.out_of_vocabulary_cost + opening
        yield Reading(number, suspect.start, suspect.end, (word,), written, total)


def _resegmented_readings(
    number: int, sentence: Sentence, context: ScanContext, protected: Collection[int]
) -> Iterator[Reading]:
    """Yield the readings of words run together and of words split in two, with all letters correct."""
    forms, known = sentence.forms, context.known
    for index, form in enumerate(forms):
        if index in protected or not form.isalpha() or is_only_spun(form, context):
            continue
        may_be_two = is_non_word(form, known) or _is_unknown_opening(sentence, index, context)
        if may_be_two and _may_be_resegmented(sentence, index, context):
            yield from _split_readings(number, sentence, index, context)
    for index, (first, second) in enumerate(pairwise(forms)):
        if not second.islower() or first.lower() + second not in known.words:
            continue
        if all(at not in protected and _may_be_resegmented(sentence, at, context) for at in (index, index + 1)) and any(
            is_non_word(form, known) or known.log_probability(form.lower()) < MAX_FRAGMENT_LOG_PROBABILITY
            for form in (first, second)
        ):
            yield from _joined_readings(number, sentence, index, context)


def _may_be_resegmented(sentence: Sentence, index: int, context: ScanContext) -> bool:
    """Whether a token may be part of a word split in two, or two words run together."""
    form = sentence.forms[index]
    in_case = form.isalpha() and form[1:] == form[1:].lower()
    return (
        in_case
        and is_free_standing(context.text, *sentence.spans[index])
        and not is_clipped(sentence, index, context.known)
    )


def _is_unknown_opening(sentence: Sentence, index: int, context: ScanContext) -> bool:
    """Whether a token begins a sentence and is neither a known word nor a known name."""
    form = sentence.forms[index]
    return form.istitle() and is_capital_position(sentence, index) and not is_known(form, context)


def _split_readings(number: int, sentence: Sentence, index: int, context: ScanContext) -> Iterator[Reading]:
    """Yield the readings that split an unknown word in two words of the model.

    The first word of a capitalised form must be a function word: Atwood is a name.
    """
    form, modelled = sentence.forms[index], context.known.model_log_probability
    if len(form) <= SHORT_WORD_LETTERS or context.counts[form] >= MIN_FORM_REPETITIONS:
        return
    minimum = FUNCTION_WORD if form.istitle() else ANY_WORD
    for cut in range(1, len(form)):
        first, second = form[:cut], form[cut:]
        found = modelled.get(first.lower(), -math.inf) >= minimum and second in modelled
        if found and (len(second) > 1 or second == "a"):
            words = context.model.id_of(first.lower()), context.model.id_of(second)
            yield Reading(number, index, index + 1, words, f"{first} {second}", correct_cost(form) + LOST_SPACE_COST)


def _joined_readings(number: int, sentence: Sentence, index: int, context: ScanContext) -> Iterator[Reading]:
    """Yield the reading that joins a token and the next one to one word."""
    first, second = sentence.forms[index : index + 2]
    gap = context.text[sentence.spans[index][1] : sentence.spans[index + 1][0]]
    whole = first.lower() + second
    if gap.isspace() and second.islower() and len(whole) > SHORT_WORD_LETTERS and whole in context.known.words:
        cost = correct_cost(whole) + ADDED_SPACE_COST + context.known.out_of_vocabulary_cost(whole)
        yield Reading(number, index, index + 2, (context.model.id_of(whole),), first + second, cost)


def _readings_without_noise(
    number: int, sentence: Sentence, context: ScanContext, protected: Collection[int]
) -> Iterator[Reading]:
    """Yield the readings that remove noise next to a word, or add the lost space after a mark.

    The cost of printing such a mark is subtracted here instead of being added to the reading that keeps it.
    """
    for stray in stray_marks(sentence):
        if _is_unprotected(range(stray.start, stray.end), protected):
            word = sentence.forms[stray.word]
            is_letter = sentence.forms[stray.mark].isalpha()
            cost = NOISE_LETTER_COST if is_letter else NOISE_MARK_COST - PRINTED_MARK_COST
            yield Reading(number, stray.start, stray.end, (context.model.id_of(word),), word, cost)
    for index in unspaced_marks(sentence):
        mark, following = sentence.forms[index : index + 2]
        known = is_known(sentence.forms[index - 1], context) and is_known(following, context)
        if known and _is_unprotected(range(index, index + 2), protected):
            words = context.model.id_of(mark), context.model.id_of(following)
            yield Reading(number, index, index + 2, words, f"{mark} {following}", LOST_SPACE_COST - UNSPACED_MARK_COST)


def _long_s_readings(
    number: int, sentence: Sentence, context: ScanContext, protected: Collection[int]
) -> Iterator[Reading]:
    """Yield the readings in which an f or ſ of a word is a long s."""
    known, model = context.known, context.model
    for index, form in enumerate(sentence.forms):
        if index in protected or not form.isalpha():
            continue
        for text in variants(form, known, model):
            for word in dict.fromkeys((text, text.lower())):
                if word in model.ids or word in known.words:
                    cost = known.out_of_vocabulary_cost(word) if word.islower() else 0.0
                    cost += LONG_S_COST if is_known(form, context) else LONG_S_COST - UNKNOWN_LONG_S_GAIN
                    yield Reading(number, index, index + 1, (model.id_of(word),), text, cost)


def _ligature_readings(
    number: int, sentence: Sentence, context: ScanContext, protected: Collection[int]
) -> Iterator[Reading]:
    """Yield the readings of words with gaps around a ligature: ``di ff cult``, ``su ffi cient``, ``o ffi ce``."""
    forms = sentence.forms
    for index in range(1, len(forms) - 1):
        before, after = forms[index - 1], forms[index + 1]
        if forms[index] not in LIGATURES or not (before.isalpha() and after.isalpha() and after.islower()):
            continue
        if not _is_unprotected(range(index - 1, index + 2), protected):
            continue
        for ligature in LIGATURES[forms[index]]:
            word = before.lower() + ligature + after
            if word in context.known.words:
                cost = LIGATURE_GAP_COST + context.known.out_of_vocabulary_cost(word)
                text = before + ligature + after
                yield Reading(number, index - 1, index + 2, (context.model.id_of(word),), text, cost)
