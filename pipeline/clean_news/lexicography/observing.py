"""What was observed in spun articles whose originals are known, and the entries proposed from it.

Aligned articles are two files, or two folders with files of the same names; gold rows
(:mod:`clean_news.scoring.gold`) state the pairs themselves. New entries are proposed as a file in the dictionary's own
format, for a person to read: what is good becomes ``dictionary add`` or a line moved by hand, and the counts beside it
are weights.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from clean_news.language.language_model import LanguageModel
from clean_news.language.tokens import SAME, UNKNOWN, key_of
from clean_news.lexicography.aligning import align, keys_of
from clean_news.lexicography.entry_files import order, text_of
from clean_news.scoring.gold import GoldRow
from clean_news.stages.spin.entries import KEPT, Entry
from clean_news.stages.spin.lexicon import Lexicon

OPTIONAL = 0.5  # what a pair counts where the editor was not sure that it was swapped
LONGEST_KEPT = 4  # tokens of a kept phrase

Observed = dict[tuple[str, str], float]
"""How often each original was seen as each form; a kept one as ``=``."""


def together(*counts: Observed) -> Observed:
    """The sum of counts."""
    total: Observed = defaultdict(float)
    for each in counts:
        for pair, count in each.items():
            total[pair] += count
    return dict(total)


class SourceError(ValueError):
    """Spun articles and originals cannot be read as pairs; the message says what is wanted."""


class ArticlePair(NamedTuple):
    """A spun article and its original."""

    name: str
    spun: str
    original: str


def article_pairs(spun: Path, original: Path) -> list[ArticlePair]:
    """The pairs of two files, or of two folders by the files' names.

    Raises:
        SourceError: if one is a file and the other a folder, or no name is in both folders.
        OSError, UnicodeDecodeError: if a file cannot be read.
    """
    if spun.is_file() and original.is_file():
        return [ArticlePair(spun.name, spun.read_text(encoding="utf-8"), original.read_text(encoding="utf-8"))]
    if not (spun.is_dir() and original.is_dir()):
        raise SourceError(f"{spun}, {original}: name two files, or two folders with files of the same names")
    names = sorted(path.name for path in spun.iterdir() if path.is_file() and (original / path.name).is_file())
    if not names:
        raise SourceError(f"{spun}, {original}: no file name is in both folders")
    return [pair for name in names for pair in article_pairs(spun / name, original / name)]


def from_articles(pairs: Iterable[ArticlePair], lexicon: Lexicon, model: LanguageModel) -> Observed:
    """What aligned articles show."""

    def is_known(original: str, form: str) -> bool:
        return any(key_of(each.text).lower() == original for each in lexicon.originals(form))

    seen: Observed = defaultdict(float)
    for pair in pairs:
        aligned = align(pair.original, pair.spun, is_known)
        for swap in aligned.swaps:
            seen[usual_case(swap.original, model), usual_case(swap.spun, model)] += 1
        for original in _kept_originals([aligned.kept], lexicon):
            seen[original, KEPT] += 1
    return dict(seen)


def from_gold(rows: Iterable[GoldRow], lexicon: Lexicon, model: LanguageModel) -> Observed:
    """What gold rows show; what an editor might as well have left counts half."""
    seen: Observed = defaultdict(float)
    for row in rows:
        for edit in row.edits:
            original = edit.accept[0]
            if original.strip() and original.lower() != edit.spun.lower():
                seen[usual_case(original, model), usual_case(edit.spun, model)] += OPTIONAL if edit.optional else 1
        for kept in _kept_originals(untouched(row), lexicon):
            seen[kept, KEPT] += 1
    return dict(seen)


def usual_case(phrase: str, model: LanguageModel) -> str:
    """The phrase in small letters, unless the model knows its words only with capitals; quotation marks straight."""
    plain = " ".join(phrase.translate(SAME).split())
    known = model.ids[UNKNOWN] not in map(model.id_of, keys_of(plain))
    return plain.lower() if known else plain


def untouched(row: GoldRow) -> Iterator[list[str]]:
    """The tokens, in small letters, that no edit touches; quotations are left out, spinners often spare them."""
    from clean_news.stages.spin.readings import QUOTED

    spans = [(edit.start, edit.end) for edit in row.edits] + [match.span() for match in QUOTED.finditer(row.spun)]
    at = 0
    for start, end in [*sorted(spans), (len(row.spun), len(row.spun))]:
        if at < start:
            yield keys_of(row.spun[at:start])
        at = max(at, end)


def _kept_originals(stretches: Iterable[list[str]], lexicon: Lexicon) -> Iterator[str]:
    """The lexicon's originals that stand in stretches of kept tokens, all in small letters."""
    for stretch in stretches:
        for start in range(len(stretch)):
            for end in range(start + 1, min(start + LONGEST_KEPT, len(stretch)) + 1):
                phrase = " ".join(stretch[start:end])
                if phrase in lexicon.readiness:
                    yield phrase


HEADER = (
    '# Proposed by "clean-news dictionary learn". Read it, correct the kinds (verb, noun, adj; - is no inflection),',
    "# take lines out, and move the rest into dictionaries/spin. Above each line: how often each form was seen.",
)


class Learned(NamedTuple):
    """What was learned.

    Attributes:
        new: pairs of original and form that the dictionary lacks, with how often each was seen.
        known: those that it has.
    """

    new: Observed
    known: Observed


def learn(seen: Observed, lexicon: Lexicon) -> Learned:
    """Part what was seen into new and known; kept words are neither."""
    new: Observed = {}
    known: Observed = {}
    for (original, form), count in seen.items():
        if form != KEPT:
            had = any(key_of(each.text) == key_of(original) for each in lexicon.originals(key_of(form)))
            (known if had else new)[original, form] = count
    return Learned(new, known)


def proposal(learned: Learned) -> list[str]:
    """The new pairs as lines of a dictionary file, the commonest form first."""
    by_original: dict[str, list[tuple[float, str]]] = defaultdict(list)
    for (original, form), count in learned.new.items():
        by_original[original].append((-count, form))
    entries = {
        Entry(original, "-", tuple(form for _, form in sorted(forms))): [-count for count, _ in sorted(forms)]
        for original, forms in by_original.items()
    }
    lines = list(HEADER)
    for entry in sorted(entries, key=order):
        lines.append("# seen: " + ", ".join(f"{count:g}" for count in entries[entry]))
        lines.append(text_of(Path("proposal.tsv"), entry))
    return lines
