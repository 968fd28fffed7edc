"""Count swaps in spun articles whose originals are known, and propose dictionary entries from them.

Input is aligned articles (two files, or two folders with files of the same names) or gold rows
(:mod:`clean_news.scoring.gold`), which state the swaps. New entries are proposed as a file in dictionary format for a
person to review, and to add with ``dictionary add`` or by moving lines; the counts are channel weights.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from clean_news.language.language_model import LanguageModel
from clean_news.language.tokens import FOLDED_PUNCTUATION, UNKNOWN, key_of
from clean_news.lexicography.aligning import align, normalised_tokens
from clean_news.lexicography.entry_files import sort_key, text_of
from clean_news.scoring.gold import GoldRow
from clean_news.stages.spin.entries import KEPT_FORM, Entry
from clean_news.stages.spin.lexicon import Lexicon

OPTIONAL_WEIGHT = 0.5  # count of an optional gold edit: the editor was not sure that it is a swap
MAX_KEPT_TOKENS = 4  # tokens of a kept phrase

Observed = dict[tuple[str, str], float]
"""Counts of (original, form); the form ``=`` counts where the original was kept."""


def sum_counts(*counts: Observed) -> Observed:
    """Add up counts."""
    total: Observed = defaultdict(float)
    for each in counts:
        for pair, count in each.items():
            total[pair] += count
    return dict(total)


class SourceError(ValueError):
    """Spun articles and originals cannot be paired; the message says what is expected."""


class ArticlePair(NamedTuple):
    """A spun article and its original."""

    name: str
    spun: str
    original: str


def article_pairs(spun: Path, original: Path) -> list[ArticlePair]:
    """Pair two files, or the files of the same names in two folders.

    Raises:
        SourceError: if one is a file and the other a folder, or the folders have no file names in common.
        OSError, UnicodeDecodeError: if a file cannot be read.
    """
    if spun.is_file() and original.is_file():
        return [ArticlePair(spun.name, spun.read_text(encoding="utf-8"), original.read_text(encoding="utf-8"))]
    if not (spun.is_dir() and original.is_dir()):
        raise SourceError(f"{spun}, {original}: name two files, or two folders with files of the same names")
    names = sorted(path.name for path in spun.iterdir() if path.is_file() and (original / path.name).is_file())
    if not names:
        raise SourceError(f"{spun}, {original}: the folders have no file names in common")
    return [pair for name in names for pair in article_pairs(spun / name, original / name)]


def from_articles(pairs: Iterable[ArticlePair], lexicon: Lexicon, model: LanguageModel) -> Observed:
    """Count swaps and kept originals in aligned articles."""

    def is_known(original: str, form: str) -> bool:
        return any(key_of(each.text).lower() == original for each in lexicon.originals(form))

    seen: Observed = defaultdict(float)
    for pair in pairs:
        aligned = align(pair.original, pair.spun, is_known)
        for swap in aligned.swaps:
            seen[truecase(swap.original, model), truecase(swap.spun, model)] += 1
        for original in _kept_originals([aligned.kept], lexicon):
            seen[original, KEPT_FORM] += 1
    return dict(seen)


def from_gold(rows: Iterable[GoldRow], lexicon: Lexicon, model: LanguageModel) -> Observed:
    """Count swaps and kept originals in gold rows; optional edits count half."""
    seen: Observed = defaultdict(float)
    for row in rows:
        for edit in row.edits:
            original = edit.accept[0]
            if original.strip() and original.lower() != edit.spun.lower():
                seen[truecase(original, model), truecase(edit.spun, model)] += OPTIONAL_WEIGHT if edit.optional else 1
        for kept in _kept_originals(_untouched_tokens(row), lexicon):
            seen[kept, KEPT_FORM] += 1
    return dict(seen)


def has_pair(lexicon: Lexicon, original: str, form: str) -> bool:
    """Whether the lexicon has a pair."""
    return any(key_of(listed.text) == key_of(original) for listed in lexicon.originals(key_of(form)))


def truecase(phrase: str, model: LanguageModel) -> str:
    """The phrase in lower case if the model knows all its words in lower case; with straight quotation marks."""
    plain = " ".join(phrase.translate(FOLDED_PUNCTUATION).split())
    known = model.ids[UNKNOWN] not in map(model.id_of, normalised_tokens(plain))
    return plain.lower() if known else plain


def _untouched_tokens(row: GoldRow) -> Iterator[list[str]]:
    """The stretches of tokens, in lower case, outside edits and quotations, which spinners often skip."""
    from clean_news.stages.spin.readings import QUOTED

    spans = [(edit.start, edit.end) for edit in row.edits] + [match.span() for match in QUOTED.finditer(row.spun)]
    at = 0
    for start, end in [*sorted(spans), (len(row.spun), len(row.spun))]:
        if at < start:
            yield normalised_tokens(row.spun[at:start])
        at = max(at, end)


def _kept_originals(stretches: Iterable[list[str]], lexicon: Lexicon) -> Iterator[str]:
    """The lexicon's originals that occur in stretches of kept tokens in lower case."""
    for stretch in stretches:
        for start in range(len(stretch)):
            for end in range(start + 1, min(start + MAX_KEPT_TOKENS, len(stretch)) + 1):
                phrase = " ".join(stretch[start:end])
                if phrase in lexicon.readiness:
                    yield phrase


HEADER = (
    '# Proposed by "clean-news dictionary learn". Correct the kinds (verb, noun, adj, or - for no inflection), delete',
    "# wrong lines and move the rest into dictionaries/spin. The comment above each line has the counts of its forms.",
    "# For a file of what this spinner writes, also of pairs that the dictionary has, name its family with --family.",
)


class ObservedPairs(NamedTuple):
    """The swaps that were observed.

    Attributes:
        new: counts of the (original, form) pairs that the dictionary lacks.
        known: counts of those that it has.
    """

    new: Observed
    known: Observed


def learn(seen: Observed, lexicon: Lexicon) -> ObservedPairs:
    """Split the counts into new and known pairs, without the counts of kept originals."""
    new: Observed = {}
    known: Observed = {}
    for (original, form), count in seen.items():
        if form != KEPT_FORM:
            (known if has_pair(lexicon, original, form) else new)[original, form] = count
    return ObservedPairs(new, known)


def proposal(observed: ObservedPairs) -> list[str]:
    """Format the new pairs as lines of a dictionary file, the most frequent form first."""
    by_original: dict[str, list[tuple[float, str]]] = defaultdict(list)
    for (original, form), count in observed.new.items():
        by_original[original].append((-count, form))
    entries = {
        Entry(original, "-", tuple(form for _, form in sorted(forms))): [-count for count, _ in sorted(forms)]
        for original, forms in by_original.items()
    }
    lines = list(HEADER)
    for entry in sorted(entries, key=sort_key):
        lines.append("# seen: " + ", ".join(f"{count:g}" for count in entries[entry]))
        lines.append(text_of(entry))
    return lines
