"""Keep OCR corrections from inventing names: which corrections to a name have enough support to be applied.

A misread name may be any of a hundred thousand, and the language model prefers those of today's news. Measured on the
176 scans of shared/bench/ocr-dev and ocr-train: of 113 corrections to a name that is no ordinary word, 24% are right;
all 3 whose name occurs elsewhere in the article, 7 of 8 with a channel cost below 4 nats, and 17% of the others.
"""

from collections.abc import Iterable, Iterator

from msgspec import structs

from clean_news.edits import Edit
from clean_news.language import vocabulary
from clean_news.language.tokens import TOKEN
from clean_news.stages.ocr.costs import reading_costs

MAX_NAME_COST = 4.0  # nats; channel cost up to which a name is applied that occurs nowhere else in the article


def without_invented_names(edits: Iterable[Edit], text: str) -> Iterator[Edit]:
    """Yield the edits, those that would write a name without support as suggestions.

    Args:
        edits: the edits of an article.
        text: its text.
    """
    found: set[str] | None = None
    for edit in edits:
        if not _writes_name(edit):
            yield edit
            continue
        found = set(TOKEN.findall(text)) if found is None else found
        (cost,) = reading_costs([(edit.before, edit.after)])
        yield edit if edit.after in found or cost < MAX_NAME_COST else structs.replace(edit, state="suggested")


def _writes_name(edit: Edit) -> bool:
    """Whether the edit replaces letters by a capitalised word that is no ordinary word."""
    after = edit.after
    if not after.isalpha() or after.islower() or after.lower() in vocabulary.standard().words:
        return False
    return "".join(filter(str.isalpha, edit.before)) != after
