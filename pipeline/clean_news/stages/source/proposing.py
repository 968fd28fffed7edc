"""Proposes the words of a source for the spun ones of an article."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from clean_news.edits import Edit, replace
from clean_news.stages.source.advantage import is_certain
from clean_news.stages.source.capitals import recased
from clean_news.stages.source.comparison import Comparison
from clean_news.stages.source.editing import stretches
from clean_news.stages.source.excerpts import AROUND, around
from clean_news.stages.source.factual_differences import NEGATION, differing_fact, is_negated
from clean_news.stages.source.phrase_pairs import Bounds, Segment
from clean_news.stages.source.possible_originals import PossibleOriginals
from clean_news.stages.source.sentence_pairs import SentencePair
from clean_news.stages.source.tokenised import Tokenised
from clean_news.stages.source.undoubted import is_undoubted

if TYPE_CHECKING:
    from clean_news.language.language_model import LanguageModel

TAKEN, FACT = "SRC001", "SRC002"
# Source: words taken from the sources of 210 forward-spun articles, whole and cut. Those that the lexicon has are right
# in 99.8% of 21,000 cases; those that it lacks if 40% of its pairs are hidden, in 99.6% of 1,700. What editors may
# change between source and copy is not in these figures.
KNOWN_CONFIDENCE = 0.99
ALIGNED_CONFIDENCE = 0.97
SUGGESTED_CONFIDENCE = 0.3  # below the threshold of every level: of facts, and of words that may be an editor's
MAX_NEGATION_TOKENS = 2  # of a phrase that is pointed out because it negates, and that only one side has
INDEFINITE_ARTICLES = {"a", "an"}
BY_LEXICON, BY_ALIGNMENT = "lexicon", "alignment"


class Judges(NamedTuple):
    """What decides about pairs of phrases.

    Attributes:
        possible: the possible originals of a form.
        model: the language model.
    """

    possible: PossibleOriginals
    model: "LanguageModel"


def proposals(compared: Comparison, judges: Judges, source_evidence: Mapping[str, Any]) -> list[Edit]:
    """Return the edits that take words from the source, and suggestions where facts differ.

    A stretch of words between equal ones is taken whole or not at all: half of it is half of a phrase. Words that the
    lexicon lacks are suggested unless it lacks many of the spinner's, and no editor changed anything.

    Args:
        compared: the article and its source.
        judges: what decides about pairs of phrases.
        source_evidence: what the evidence of each edit says of the source.
    """
    found = []
    takes_unknown = compared.lexicon_lacks_words and not compared.editors_changes
    for pair in compared.pairs:
        taken = set(_certain_segments(compared, pair, judges))
        for index, segment in enumerate(pair.segments):
            edit = _edit(compared, pair, index, segment, source_evidence)
            if edit is None:
                continue
            if segment.kind == "unknown" and edit.rule == TAKEN and not takes_unknown:
                found.append(_suggestion(msgspec.structs.replace(edit, confidence=SUGGESTED_CONFIDENCE)))
            elif segment.kind != "known" or edit.rule == FACT or index in taken:
                found.append(edit)
    return found


def _certain_segments(compared: Comparison, pair: SentencePair, judges: Judges) -> Iterator[int]:
    """Yield the indices of the segments of the stretches that the lexicon explains, all of them beyond doubt."""
    for stretch in stretches(pair.segments):
        if stretch.is_known and all(is_certain(compared, pair, each, *judges) for each in stretch.segments):
            yield from range(stretch.begin, stretch.end)


def _edit(
    compared: Comparison, pair: SentencePair, index: int, segment: Segment, source_evidence: Mapping[str, Any]
) -> Edit | None:
    """The edit of a segment; None if nothing is taken."""
    article, source = compared.article, compared.source
    if segment.kind == "gap":
        return _negation_edit(compared, pair, segment, source_evidence)
    if segment.kind == "equal":
        return None
    fact = differing_fact(segment, article, source)
    if segment.kind == "unknown" and not fact and not is_undoubted(pair.segments, index, article, source):
        return None
    bounds = _whole_words(compared, pair.segments, index)
    if bounds is None:
        return None
    spun, original = _trimmed(compared, *bounds)
    start, end = article.span(*spun)
    place = source.span(*original)
    after = recased(" ".join(source.text[slice(*place)].split()), article, spun, source, original)
    after = _with_apostrophes(after, article.text)
    before = article.text[start:end]
    if after == before or {after.lower(), before.lower()} <= INDEFINITE_ARTICLES:
        return None
    evidence = {**source_evidence, **_evidence(source, pair, place)}
    if fact:
        return _suggestion(
            replace(article.text, start, end, after, FACT, SUGGESTED_CONFIDENCE, **evidence, differs=fact)
        )
    if segment.kind == "known":
        return replace(article.text, start, end, after, TAKEN, KNOWN_CONFIDENCE, **evidence, by=BY_LEXICON)
    return replace(article.text, start, end, after, TAKEN, ALIGNED_CONFIDENCE, **evidence, by=BY_ALIGNMENT)


def _negation_edit(
    compared: Comparison, pair: SentencePair, segment: Segment, source_evidence: Mapping[str, Any]
) -> Edit | None:
    """The suggestion to insert a negation that only the source has, or to remove one that only the article has."""
    article, source = compared.article, compared.source
    phrase = [*article.keys[slice(*segment.spun)], *source.keys[slice(*segment.original)]]
    (at, end), (first, last) = segment.spun, segment.original
    if len(phrase) > MAX_NEGATION_TOKENS or not is_negated(phrase) or end >= pair.spun[1] or last >= pair.original[1]:
        return None
    start, next_start = article.spans[at][0], article.spans[end][0]
    place = source.span(first, last) if first < last else (source.spans[first][0],) * 2
    missing = " ".join(source.text[slice(*place)].split())
    after = f"{_with_apostrophes(missing, article.text)} " if missing else ""
    evidence = {**source_evidence, **_evidence(source, pair, place), "differs": NEGATION}
    return _suggestion(replace(article.text, start, next_start, after, FACT, SUGGESTED_CONFIDENCE, **evidence))


def _evidence(source: Tokenised, pair: SentencePair, place: tuple[int, int]) -> dict[str, Any]:
    """What the evidence of an edit says of a place in the source."""
    return {
        "place": list(place),
        "original": source.text[slice(*place)],
        AROUND: around(source.text, source.span(*pair.original), place),
        "sentence_similarity": round(pair.similarity, 3),
    }


def _suggestion(edit: Edit) -> Edit:
    """The edit as one that is not applied."""
    return msgspec.structs.replace(edit, state="suggested")


def _whole_words(compared: Comparison, segments: Sequence[Segment], index: int) -> tuple[Bounds, Bounds] | None:
    """The segment's tokens, with the equal ones beside it that only one of the two phrases is joined to.

    In *it is* for *it’s* a phrase that began with a clitic would be left without its word. None if the segment beside
    it is not equal.
    """
    segment = segments[index]
    spun, original = segment.spun, segment.original
    article, source = compared.article, compared.source
    if _joined(article.spans, spun[0]) != _joined(source.spans, original[0]):
        before = segments[index - 1] if index else None
        if before is None or before.kind != "equal":
            return None
        spun, original = (before.spun[0], spun[1]), (before.original[0], original[1])
    if _joined(article.spans, spun[1]) != _joined(source.spans, original[1]):
        after = segments[index + 1] if index + 1 < len(segments) else None
        if after is not None and after.kind == "equal" and article.forms[after.spun[0]][0].isalnum():
            spun, original = (spun[0], after.spun[1]), (original[0], after.original[1])
    return spun, original


def _joined(spans: Sequence[tuple[int, int]], at: int) -> bool:
    """Whether nothing is between a token and the one before it."""
    return 0 < at < len(spans) and spans[at - 1][1] == spans[at][0]


def _trimmed(compared: Comparison, spun: Bounds, original: Bounds) -> tuple[Bounds, Bounds]:
    """The phrases without the words that they begin or end with alike."""
    ours, theirs = compared.article.keys, compared.source.keys
    joined, other_joined = compared.article.spans, compared.source.spans
    (begin, end), (other, other_end) = spun, original
    while (
        end - begin > 1
        and other_end - other > 1
        and ours[begin] == theirs[other]
        and not _joined(joined, begin + 1)
        and not _joined(other_joined, other + 1)
    ):
        begin, other = begin + 1, other + 1
    while (
        end - begin > 1
        and other_end - other > 1
        and ours[end - 1] == theirs[other_end - 1]
        and _joined(joined, end - 1) == _joined(other_joined, other_end - 1)
    ):
        end, other_end = end - 1, other_end - 1
    return (begin, end), (other, other_end)


def _with_apostrophes(phrase: str, text: str) -> str:
    """The phrase with the apostrophes that the text has: curly ones if it has any."""
    return phrase.replace("'", "’") if "’" in text else phrase.replace("’", "'")
