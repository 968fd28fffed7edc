"""Keep OCR corrections from inventing names: which corrections to a name have enough support to be applied.

A misread name may be any of a hundred thousand, and the language model prefers those of today's news. Measured on the
176 scans of shared/bench/ocr-dev and ocr-train: of 113 corrections to a name that is no ordinary word, 24% are right;
all 3 whose name occurs elsewhere in the article, 7 of 8 with a channel cost below 4 nats, and 17% of the others.
"""

import math
from collections.abc import Iterable, Iterator

from msgspec import structs

from clean_news.edits import Edit
from clean_news.language import language_model, vocabulary
from clean_news.language.tokens import TOKEN
from clean_news.stages.ocr import long_s
from clean_news.stages.ocr.costs import reading_costs

# Channel cost in nats up to which a name that occurs nowhere else in the article is applied: any, and one that is as
# common in the language model as Melbourne or October.
MAX_NAME_COST, MAX_COMMON_NAME_COST = 4.0, 12.0
COMMON_NAME = -10.5  # minimum natural log probability of such a name


def without_invented_names(edits: Iterable[Edit], text: str) -> Iterator[Edit]:
    """Yield the edits, those that would write a name without support as suggestions.

    Args:
        edits: the edits of an article.
        text: its text.
    """
    found: set[str] | None = None
    for edit in edits:
        if edit.rule == long_s.RULE or not _writes_name(edit):
            yield edit
            continue
        found = set(TOKEN.findall(text)) if found is None else found
        (cost,) = reading_costs([(edit.before, edit.after)])
        limit = MAX_COMMON_NAME_COST if _name_log_probability(edit.after) >= COMMON_NAME else MAX_NAME_COST
        yield edit if edit.after in found or cost < limit else structs.replace(edit, state="suggested")


def _name_log_probability(name: str) -> float:
    """Return the natural log probability of a name in the language model; minus infinity if it lacks the name."""
    model = language_model.standard()
    found = model.ids.get(name.title())
    return -math.inf if found is None else float(model.unigram[found])


def _writes_name(edit: Edit) -> bool:
    """Whether the edit replaces letters by a capitalised word that is no ordinary word."""
    after, known = edit.after, vocabulary.standard()
    if not after.isalpha() or after.islower() or after.lower() in known.model_log_probability:
        return False
    if after.lower() in known.words and after.lower() not in known.names:  # a rare word that begins a sentence
        return False
    return "".join(filter(str.isalpha, edit.before)) != after
