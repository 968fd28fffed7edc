"""Sentences broken over a blank line."""

import re

from clean_news.stages.text_lines import Line, ends_sentence, goes_on, is_heading, is_list_item

# Words that no sentence, headline or caption ends in.
NEVER_LAST = frozenset(
    """a an the and or nor than its their our my your whose every because although unless whereas whether
    until while among amid between during via per
    despite""".split()  # noqa: SIM905 - it reads best so
)
# Words that a sentence hardly ends in, but a headline does ("leaders weigh in").
SELDOM_LAST = frozenset(
    """of to in into on at by for from with as that which who is was are were be been has have had will would
    can could may might must should shall not his her this these those about after before against under over
    through towards toward upon within without since if but
    so""".split()  # noqa: SIM905 - it reads best so
)
# "on/Monday, citing": a day or month that goes on as no new sentence would ("Tuesday is …", "May's …").
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
ITEM_END = re.compile(r";[\"”’)]* (?:and|or)$")  # the last item but one of a list
PARAGRAPH = 40  # characters; a shorter line is too likely a heading, a caption or an item of a list
LABEL = re.compile(r"[A-Z][\w ]{0,30}:")  # "Loser: the old quay"
# Where only the small letter behind it speaks for a break, both halves must read as running text.
LONG, REST = 60, 20


def is_broken_sentence(previous: Line | None, line: Line, following: Line) -> bool:
    """Whether one sentence runs over the blank line between ``line`` and ``following``.

    Args:
        previous: the line before both, if any.
        line: the line that may have been cut short.
        following: the line behind it.
    """
    words, after = line.words, following.words
    if len(words) < PARAGRAPH or not (words[-1] == "," or words[-1].isalpha()) or ITEM_END.search(words):
        return False
    if not (_calls_for_more(words, after) or _is_running_on(previous, words, after)):
        return False
    return not (
        is_heading(words) or is_heading(after) or is_list_item(words) or is_list_item(after) or CAPTION.match(after)
    )


def _calls_for_more(words: str, after: str) -> bool:
    """Whether ``words`` cannot be all and ``after`` can be the rest.

    It ends in a comma or in a word that calls for another, and the rest goes on with a small letter, or with
    a date after a preposition, or with anything after "the" and its like.
    """
    last = words.rsplit(None, 1)[-1].lstrip("\"'“‘(")
    small = goes_on(after)
    if words.endswith((",", ", and", ", or")):  # ", and/New rules" are two items of a list
        return small
    if last in NEVER_LAST:
        return small or after[0].isalnum() or after[0] in "\"'“‘$£€("
    return last in SELDOM_LAST and (small or (last in DATED and CALENDAR.match(after) is not None))


def _is_running_on(previous: Line | None, words: str, after: str) -> bool:
    """Whether a paragraph without a full stop is followed by one in a small letter that ends in one.

    Both are long, and the line before ends its own sentence: the items of a list do not.
    """
    if len(words) < LONG or len(after) < REST or not goes_on(after) or goes_on(words) or LABEL.match(words):
        return False
    before = previous is None or (ends_sentence(previous.words) and previous.words[-1] not in ":;")
    return before and ends_sentence(after)
