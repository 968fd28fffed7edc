"""Propose the file of a family of spinners from articles that it spun and their originals.

A pair that a dictionary has in a base form is proposed in that form, so that two articles say something about words in
other inflections: *banks*, written as *lenders*, gives ``bank``, ``noun``, ``lender``.
"""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from clean_news.language.tokens import key_of
from clean_news.lexicography.entry_files import AddingError, is_family_file, read, sort_key, spin_files
from clean_news.lexicography.observed_swaps import Observed
from clean_news.lexicography.reference_data import inflected_pairs
from clean_news.stages.spin import inflection
from clean_news.stages.spin.entries import KEPT_FORM, Entry
from clean_news.stages.spin.inflection import Inflections
from clean_news.stages.spin.lexicon_sources import inflection_file
from clean_news.stages.spin.lexicon_weights import GENERAL

NAME = re.compile(r"[a-z0-9][a-z0-9-]*")
MIN_KEPT = 3  # times that an original was kept, and never swapped, to be proposed as kept
UNINFLECTED = "-"

Pair = tuple[str, str]


def header(family: str) -> list[str]:
    """The comments at the top of a family's file."""
    return [
        f'# What spinners of family "{family}" write. Proposed by "clean-news dictionary learn" from spun articles and',
        "# their originals. Say here what kind of spinner it is, with two examples; correct kinds, delete wrong lines.",
        '# Columns: original, kind (verb, noun, adj, or - for no inflection), forms (most likely first; "=" keeps the',
        "# original). How often each form was seen is in the file of counts beside this one.",
    ]


def check_name(family: str) -> None:
    """Check that a family can have this name.

    Raises:
        AddingError: if not.
    """
    if not NAME.fullmatch(family) or family == GENERAL:
        raise AddingError(
            f"{family!r} is not the name of a family; expected: lower-case letters, digits and hyphens, not {GENERAL!r}"
        )


def propose(seen: Observed, dictionaries: Path, family: str) -> list[Entry]:
    """Propose the entries of a family, sorted, without the pairs that its file has already.

    Args:
        seen: how often each original was written as each form; see :mod:`clean_news.lexicography.observed_swaps`.
        dictionaries: the folder of the dictionaries, for the base forms.
        family: the family's name.

    Raises:
        OSError: if a dictionary cannot be read.
    """
    inflections = inflection_file(dictionaries)
    table = inflection.read(inflections) if inflections.exists() else {}
    bases: dict[Pair, Entry] = {}
    listed: set[Pair] = set()  # in the family's file
    originals: set[str] = set()  # of the family's file
    pairs = {(key_of(original), key_of(form)) for original, form in seen if form != KEPT_FORM}
    for path in spin_files(dictionaries):
        of_family = is_family_file(path) and path.stem == family
        for line in read(path).lines:
            entry = line.entry
            if of_family:
                inflected = inflection.inflect(entry.original, entry.kind, table)
                originals.update(key_of(each) for each in inflected if each)
            for form in entry.forms:
                base = entry._replace(forms=(form,))
                for original, written in inflected_pairs(base, table):
                    pair = key_of(original), key_of(written)
                    if pair in pairs:
                        listed.update({pair} if of_family else ())
                        if entry.kind != UNINFLECTED:
                            bases.setdefault(pair, base)
    swaps = _swaps(seen, bases, listed)
    return sorted(_entries(swaps, _kept(seen), originals, table), key=sort_key)


def _swaps(seen: Observed, bases: Mapping[Pair, Entry], listed: Iterable[Pair]) -> dict[Pair, dict[str, float]]:
    """The counts of the forms by original and kind, in base forms where these are known."""
    known = set(listed)
    swaps: dict[Pair, dict[str, float]] = {}
    for (original, form), count in seen.items():
        pair = key_of(original), key_of(form)
        if form != KEPT_FORM and pair not in known:
            base = bases.get(pair, Entry(original, UNINFLECTED, (form,)))
            forms = swaps.setdefault((base.original, base.kind), {})
            forms[base.forms[0]] = forms.get(base.forms[0], 0.0) + count
    return swaps


def _kept(seen: Observed) -> dict[str, float]:
    """How often each original was kept."""
    return {original: count for (original, form), count in seen.items() if form == KEPT_FORM}


def _entries(
    swaps: Mapping[Pair, Mapping[str, float]], kept: Mapping[str, float], originals: Iterable[str], table: Inflections
) -> list[Entry]:
    """The entries of the swapped originals, with ``=`` where these were kept too, and of those that were only kept.

    Args:
        swaps: see :func:`_swaps`.
        kept: see :func:`_kept`.
        originals: the keys of the originals in the family's file, of which is known whether they are kept.
        table: the inflections.
    """
    found = []
    decided = set(originals)
    for (original, kind), forms in swaps.items():
        inflected = set(inflection.inflect(original, kind, table)) - decided
        times = sum(kept.get(each, 0.0) for each in inflected)
        counted = [*forms.items(), *([(KEPT_FORM, times)] if times else [])]
        ranked = sorted(counted, key=lambda item: (-item[1], item[0] == KEPT_FORM, item[0]))
        found.append(Entry(original, kind, tuple(form for form, _ in ranked)))
    decided |= {each for original, kind in swaps for each in inflection.inflect(original, kind, table)}
    only_kept = (original for original, count in kept.items() if count >= MIN_KEPT and original not in decided)
    return [*found, *(Entry(original, UNINFLECTED, (KEPT_FORM,)) for original in only_kept)]
