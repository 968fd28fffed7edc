"""Recomputes, for ``clean-news explain``, how a document was judged and what each of its words was weighed against.

A normal run keeps none of this: the document is decoded again on demand.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import islice, takewhile
from typing import NamedTuple

import numpy as np

from clean_news.edits import Edit
from clean_news.protection import protected_spans, protected_token_indices
from clean_news.settings import Settings
from clean_news.stages.spin import swap_rate
from clean_news.stages.spin.first_look import FirstLook, first_look, reason_to_skip
from clean_news.stages.spin.readings import PARTS, QUOTATION
from clean_news.stages.spin.repetitions import TokenSpan
from clean_news.stages.spin.stage import SPUN_FROM, Examined, examine, minimal_changes, weighed_edits

Span = tuple[int, int]  # code points: start, exclusive end
PROTECTED = "protected"  # why a word has no candidates, beside the absence of an entry
QUOTED = "quoted"


class Verdict(NamedTuple):
    """How a document was judged.

    Attributes:
        is_spun: whether it is treated as spun.
        reason: why it was not judged at all (declared, too short, not English); empty if it was.
        first_look: None if the document is declared spun, or was not judged.
        decoded: the figures of its decoding; None if it was not judged, or has no token.
        words: number of words.
        min_share: the share of ``decoded`` at which it speaks as much for spinning as against it.
        min_gain: the same for the gain.
    """

    is_spun: bool
    reason: str = ""
    first_look: FirstLook | None = None
    decoded: swap_rate.Decoded | None = None
    words: int = 0
    min_share: float = 0.0
    min_gain: float = 0.0


class Candidate(NamedTuple):
    """A replacement that was weighed against keeping a word.

    Attributes:
        span: what it would replace.
        before: the text there.
        after: the original.
        posterior: the decoder's probability of this change.
        confidence: the calibrated probability, times that of the document, which is compared with the thresholds; None
            if the posterior is too low to be considered.
        edit: the edit that the stage proposes for it; None if it proposes none.
        displaced_by: the more probable edit that overlaps it; None if there is none.
    """

    span: Span
    before: str
    after: str
    posterior: float
    confidence: float | None
    edit: Edit | None
    displaced_by: Edit | None


class Word(NamedTuple):
    """A word and what was weighed.

    Attributes:
        span: its position.
        text: the word.
        part: the part of the document that it is in; see ``PARTS``.
        kept: the decoder's probability that it is kept, also as part of a longer reading.
        candidates: the most probable first.
        barred: :data:`PROTECTED` or :data:`QUOTED` if a setting keeps it from being read as spun; empty otherwise.
    """

    span: Span
    text: str
    part: str
    kept: float
    candidates: tuple[Candidate, ...]
    barred: str

    @property
    def is_suspicious(self) -> bool:
        """Whether a candidate is probable enough to be considered."""
        return any(each.confidence is not None for each in self.candidates)


class Weighed(NamedTuple):
    """A document with its words.

    Attributes:
        verdict: how it was judged.
        words: all words, in order; none if the document was not judged. In a genuine document the figures are those
            that the words would have if it were spun.
    """

    verdict: Verdict
    words: tuple[Word, ...]


def weigh(text: str, settings: Settings) -> Weighed:
    """Judge a document again and return what was weighed.

    Args:
        text: the text that the stage received.
        settings: the run's settings.
    """
    reason = reason_to_skip(text, settings)
    if reason:
        return Weighed(Verdict(False, reason), ())
    look = first_look(text, settings) if settings.document == "auto" else None
    examined = examine(text, settings)
    decoded = examined.decoded
    count = sum(form[0].isalpha() for sentence in examined.sentences for form in sentence.forms)
    is_spun = settings.document == "spun" or (look is not None and look.margin >= 0 and decoded.spun >= SPUN_FROM)
    verdict = Verdict(is_spun, "", look, decoded, count, *swap_rate.spun_thresholds(count))
    probability = decoded.spun if is_spun and settings.document == "auto" else 1.0
    return Weighed(verdict, tuple(_words_of(text, examined, settings, probability)))


def _words_of(text: str, examined: Examined, settings: Settings, spun: float) -> Iterator[Word]:
    """Yield the words of a decoded document.

    Args:
        text: the document.
        examined: its decoding.
        settings: the run's settings.
        spun: the probability by which confidences are multiplied.
    """
    candidates = _candidates_by_token(text, examined, settings, spun)
    guarded = protected_token_indices(examined.sentences, protected_spans(text, settings))
    part_of = _parts(examined)
    token = -1
    for number, sentence in enumerate(examined.sentences):
        for index, (form, span) in enumerate(zip(sentence.forms, sentence.spans, strict=True)):
            token += 1
            if not form[0].isalnum():
                continue
            barred = PROTECTED if guarded and index in guarded[number] else ""
            if not barred and settings.quotes == "keep" and part_of[token] == QUOTATION:
                barred = QUOTED
            found = sorted(candidates.get((number, index), ()), key=lambda each: (-each.posterior, each.span))
            kept = 1.0 - sum(each.posterior for each in found)
            yield Word(span, form, PARTS[part_of[token]], max(kept, 0.0), tuple(found), barred)


def _parts(examined: Examined) -> list[int]:
    """The part of each token, as an index in ``PARTS``."""
    readings = examined.readings
    parts = np.zeros(sum(len(sentence.forms) for sentence in examined.sentences), np.int64)
    parts[readings.token] = readings.part
    return parts.tolist()


def _candidates_by_token(
    text: str, examined: Examined, settings: Settings, spun: float
) -> Mapping[tuple[int, int], list[Candidate]]:
    """The candidates of each token, by sentence and index in it."""
    weighed = weighed_edits(text, examined, settings, spun)
    calibrated, edits = weighed.changes, sorted(weighed.edits, key=lambda edit: edit.span)
    ends = [edit.end for edit in edits]
    found: dict[tuple[int, int], list[Candidate]] = defaultdict(list)
    for (number, first, end), afters in _posteriors(examined).items():
        spans = examined.sentences[number].spans
        span = spans[first][0], spans[end - 1][1]
        before = text[slice(*span)]
        after_start = islice(edits, bisect_right(ends, span[0]), None)
        overlapping = list(takewhile(lambda edit: edit.start < span[1], after_start))  # noqa: B023  # taken at once
        for after, posterior in afters.items():
            confidence = calibrated.get((number, first, end), {}).get(after)
            own = next((edit for edit in overlapping if edit.span == span and _is_same(edit.after, after)), None)
            candidate = Candidate(
                span,
                before,
                after,
                posterior,
                None if confidence is None else confidence * spun,
                own,
                None if own or not overlapping else overlapping[0],
            )
            for index in range(first, end):
                found[number, index].append(candidate)
    return found


def _is_same(one: str, other: str) -> bool:
    """Whether two replacements differ only in the shape of their apostrophes and in surrounding spaces."""
    return one.strip().replace("’", "'") == other.strip().replace("’", "'")


def _posteriors(examined: Examined) -> Mapping[TokenSpan, Mapping[str, float]]:
    """The decoder's probability of each replacement, by the tokens that it replaces; however improbable."""
    readings, posterior = examined.readings, examined.decoded.posterior
    edges = readings.edges
    found: dict[TokenSpan, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for row in np.flatnonzero(readings.text >= 0).tolist():
        number, first, end = int(edges.sentence[row]), int(edges.start[row]), int(edges.end[row])
        words = examined.texts[int(readings.text[row])].split(" ")
        for span, after in minimal_changes(examined.sentences[number].forms, (number, first, end), words):
            found[span][after] += float(posterior[row])
    return found
