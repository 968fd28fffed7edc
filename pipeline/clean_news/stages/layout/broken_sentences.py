"""Detect sentences that are broken by a blank line."""

import re

from clean_news.stages.text_lines import Line, ends_sentence, is_heading, is_list_item, starts_lower

# Words that never end a sentence, headline or caption.
NEVER_LAST = frozenset(
    """a an the and or nor than its their our my your whose every because although unless whereas whether
    until while among amid between during via per
    despite""".split()  # noqa: SIM905 - it reads best so
)
# Words that rarely end a sentence, but may end a headline ("leaders weigh in").
SELDOM_LAST = frozenset(
    """of to in into on at by for from with as that which who is was are were be been has have had will would
    can could may might must should shall not his her this these those about after before against under over
    through towards toward upon within without since if but
    so""".split()  # noqa: SIM905 - it reads best so
)
# "on/Monday, citing": a day or month followed by what cannot begin a new sentence (unlike "Tuesday is …", "May's …").
DATED = frozenset("of on by for since before after from until".split())  # noqa: SIM905 - the same
CALENDAR = re.compile(
    r"(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|January|February|March|April|May|June|July|August"
    r"|September|October|November|December)(?: \d{1,2})?"
    r"(?:, |\.|\)| (?:a|after|afternoon|amid|and|as|at|because|before|but|by|evening|following|for|from|he|in"
    r"|it|morning|night|of|on|over|she|that|the|they|to|we|when|while|with)\b)"
)
CAPTION = re.compile(
    r"toggle caption|https?:|www\.|Image|IMAGE|Photo|PHOTO|Picture|Video|VIDEO|Media|Advert|ADVERT|Story Cont"
)
ITEM_END = re.compile(r";[\"”’)]* (?:and|or)$")  # the last but one item of a list
MIN_PARAGRAPH_CHARS = 40  # a shorter line is too likely to be a heading, a caption or a list item
LABEL = re.compile(r"[A-Z][\w ]{0,30}:")  # "Loser: the old quay"
# If the lower-case letter after the gap is the only evidence, both parts must look like running text; in characters.
MIN_RUNNING_TEXT_CHARS, MIN_REST_CHARS = 60, 20


def is_broken_sentence(previous: Line | None, line: Line, following: Line) -> bool:
    """Whether the blank line between ``line`` and ``following`` breaks a sentence.

    Args:
        previous: the line before ``line``; None if there is none.
        line: the line that may end in the middle of a sentence.
        following: the line after it.
    """
    words, after = line.words, following.words
    if len(words) < MIN_PARAGRAPH_CHARS or not (words[-1] == "," or words[-1].isalpha()) or ITEM_END.search(words):
        return False
    if not (_is_incomplete(words, after) or _is_continued(previous, words, after)):
        return False
    return not (
        is_heading(words) or is_heading(after) or is_list_item(words) or is_list_item(after) or CAPTION.match(after)
    )


def _is_incomplete(words: str, after: str) -> bool:
    """Whether the sentence in ``words`` is incomplete and ``after`` can complete it.

    ``words`` ends in a comma or in a word that requires another, and ``after`` begins with a lower-case letter, or
    with a date after a preposition, or with any word after "the" and the like.
    """
    last = words.rsplit(None, 1)[-1].lstrip("\"'“‘(")
    lower = starts_lower(after)
    if words.endswith((",", ", and", ", or")):  # ", and/New rules" are two list items
        return lower
    if last in NEVER_LAST:
        return lower or after[0].isalnum() or after[0] in "\"'“‘$£€("
    return last in SELDOM_LAST and (lower or (last in DATED and CALENDAR.match(after) is not None))


def _is_continued(previous: Line | None, words: str, after: str) -> bool:
    """Whether a paragraph without a full stop is followed by one that begins in lower case and ends in a full stop.

    Both must be long, and the previous line must end a sentence, which list items do not.
    """
    too_short = len(words) < MIN_RUNNING_TEXT_CHARS or len(after) < MIN_REST_CHARS
    if too_short or not starts_lower(after) or starts_lower(words) or LABEL.match(words):
        return False
    before = previous is None or (ends_sentence(previous.words) and previous.words[-1] not in ":;")
    return before and ends_sentence(after)
