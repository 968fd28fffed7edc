"""New entries from aligned articles: proposed as a file in the dictionary's own form, for a person to read.

What is taken over from it becomes ``dictionary add`` or a line moved by hand; the counts beside it are weights.
"""

from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

from clean_news.channel.lexicon import Lexicon
from clean_news.channel.spin_files import KEPT, Entry
from clean_news.channel.tokens import key_of
from clean_news.lexicography.entry_files import order, text_of
from clean_news.lexicography.observing import Observed

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
