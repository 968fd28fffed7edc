"""What the spin lexicon is compiled from: entries, and counts in articles, of every spinner and by family."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from clean_news.stages.spin import inflection
from clean_news.stages.spin.batch_inflection import WeighedEntry
from clean_news.stages.spin.entries import KEPT_FORM, Entry
from clean_news.stages.spin.lexicon_weights import GENERAL, POOLED_COUNT

# The code of a weight: the number of the family, and the rank of the form in the entry. Of two for the same pair and
# family the lower one counts.
MAX_RANK = 255
COUNT_CODE = (1 << 16) - 1  # the pair was counted; no entry has it

Counts = Mapping[str, Mapping[str, float]]


class Family(NamedTuple):
    """What is known of a family of spinners.

    Attributes:
        entries: what it writes for an original, most likely first; ``=`` is the original itself.
        counts: by original, how often it was seen as each form in articles of this family.
    """

    entries: Sequence[Entry]
    counts: Counts


class Sources(NamedTuple):
    """What a lexicon is compiled from.

    Attributes:
        shipped: the entries of the shipped dictionaries.
        user: the entries of the user dictionaries.
        table: the listed inflections; see :func:`inflection.read`.
        families: what is known of each family of spinners, by its name.
        general_counts: by original, how often it was seen as each form in articles of unknown families.
        user_counts: the same, from user dictionaries; they count in full in every family.
    """

    shipped: Iterable[Entry]
    user: Iterable[Entry]
    table: inflection.Inflections
    families: Mapping[str, Family]
    general_counts: Counts = MappingProxyType({})
    user_counts: Counts = MappingProxyType({})

    @property
    def names(self) -> list[str]:
        """The names of the families, the general one first."""
        return [GENERAL, *self.families]

    def counts(self) -> list[Counts]:
        """The counts by family; the general one has its own, and those of all others at :data:`POOLED_COUNT`."""
        by_family = [family.counts for family in self.families.values()]
        pooled = self.general_counts
        for counts in by_family:
            pooled = summed(pooled, counts, POOLED_COUNT)
        return [summed(each, self.user_counts) for each in (pooled, *by_family)]


def summed(counts: Counts, more: Counts, weight: float = 1.0) -> dict[str, dict[str, float]]:
    """Return the sum of two tables of counts.

    Args:
        counts: the first table.
        more: the second one.
        weight: of the counts in the second one.

    >>> summed({"stock": {"=": 2.0}}, {"stock": {"=": 1.0, "inventory": 3.0}})
    {'stock': {'=': 3.0, 'inventory': 3.0}}
    """
    found = {original: dict(seen) for original, seen in counts.items()}
    for original, seen in more.items():
        total = found.setdefault(original, {})
        for form, count in seen.items():
            total[form] = total.get(form, 0.0) + weight * count
    return found


def weighed_entries(sources: Sources) -> Iterator[tuple[bool, WeighedEntry]]:
    """Yield all entries, each with whether it is the user's; counts come first."""
    for original, seen in sources.counts()[0].items():
        yield False, WeighedEntry(_without_kept(Entry(original, "-", tuple(seen))), COUNT_CODE, 0)
    for entry in sources.shipped:
        yield False, WeighedEntry(entry, 1, 1)
    for entry in sources.user:
        yield True, WeighedEntry(entry, 1, 1)
    for number, family in enumerate(sources.families.values(), 1):
        for entry in family.entries:
            swaps = _without_kept(entry)
            if swaps.forms:
                yield False, WeighedEntry(swaps, number * (MAX_RANK + 1) + 1, 1)


def _without_kept(entry: Entry) -> Entry:
    """The entry without the form that stands for the original itself."""
    return entry._replace(forms=tuple(form for form in entry.forms if form != KEPT_FORM)[:MAX_RANK])
