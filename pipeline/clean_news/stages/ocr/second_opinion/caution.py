"""Caution with names and digits: what a second opinion may write, and what stays a suggestion.

Without a second opinion a name needs support (:mod:`clean_news.stages.ocr.names`), and the character model writes none.
With it, a name is supported, too, if it stands elsewhere in the article, or if it is an ordinary word or a common name
and what is written is sure enough. A name that nothing supports stays a suggestion, and so does a digit.

Measured on the 66 scans of shared/bench/ocr-dev and every fourth of ocr-train, by weights of other scans: 13 of 13
names that stand elsewhere were right, 16 of 16 ordinary words; 23 of 23 common names from .8; and of known words that
stand there and become others, 40 of 43 from .8.
"""

from msgspec import structs

from clean_news.edits import Edit
from clean_news.stages.ocr import names
from clean_news.stages.ocr.character_model import confidence as letters
from clean_news.stages.ocr.character_model import second_pass
from clean_news.stages.ocr.character_model.choosing import is_fact
from clean_news.stages.ocr.names import COMMON_NAME, RUINOUS_SHARE, Page
from clean_news.stages.ocr.second_opinion.places import Sources

SURE = 0.8  # confidence from which a common name is written, and from which a known word becomes another


def with_caution(edit: Edit, sources: Sources, page: Page) -> Edit:
    """Return an edit, as a suggestion if it writes a name without support or a digit, or changes a name that is known.

    Args:
        edit: the edit, with its confidence.
        sources: which sources have its text.
        page: the article.
    """
    return edit if _is_supported(edit, sources, page) else structs.replace(edit, state="suggested")


def _is_supported(edit: Edit, sources: Sources, page: Page) -> bool:
    """Whether an edit may be applied; see :func:`with_caution`."""
    digits = letters.digits(edit.after)
    if digits and digits != letters.digits(edit.before):
        return False
    if edit.rule == second_pass.RULE and is_fact(edit.before, edit.after, page):
        if edit.confidence < SURE:
            return False
        if all(_is_known(word, page) for word in names.new_words(edit.before, edit.after)):
            return True
        return _is_supported_name(edit, page)
    (found,) = names.without_invented_names([edit], page)
    if found.state == "applied" or _is_supported_name(edit, page):
        return True
    return (
        sources.reread >= second_pass.MIN_SUPPORT and _is_possible(edit, page) and names.may_be_supported(found, page)
    )


def _is_supported_name(edit: Edit, page: Page) -> bool:
    """Whether the names that an edit writes stand elsewhere, are ordinary words, or are common and sure enough."""
    name = names.written_name(edit, page)
    if name is None or name.repeated or name.inflected or name.modern:
        return False
    if name.elsewhere:
        return True
    if name.among_names or name.odds < names.MIN_ELSEWHERE_ODDS or page.share >= RUINOUS_SHARE:
        return False
    return name.log_probability >= COMMON_NAME and (name.ordinary or edit.confidence >= SURE)


def _is_possible(edit: Edit, page: Page) -> bool:
    """Whether nothing speaks against a name that the character model reads, too."""
    name = names.written_name(edit, page)
    return name is not None and not (name.modern or name.among_names or name.odds < names.MIN_ELSEWHERE_ODDS)


def _is_known(word: str, page: Page) -> bool:
    """Whether a word is no name, stands elsewhere in the article, or is common and written in lower case, too."""
    if not word[0].isupper() or page.counts[word]:
        return True
    return names.is_ordinary(word.lower()) and names.log_probability(word) >= COMMON_NAME
