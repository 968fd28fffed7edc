"""Recognise halves of words, which no dictionary can judge: *recog - nize*, *num-* at a line's end and *ber* after it.

The stage ``layout`` joins words that are broken over two lines, and runs first. Where it was not run, or left two
lines alone, the halves stay as they are.
"""

import re

from clean_news.edits import Edit
from clean_news.language import vocabulary

PARTED = re.compile(r"(?<![^\W\d_])([^\W\d_]{1,30}) - ([^\W\d_]+)")
LINE_END = r"[-¬\u00ad]\n"
BEFORE_LINE_END, AFTER_LINE_END = re.compile(LINE_END), re.compile(rf"[^\W\d_]{LINE_END}$")
LINE_BREAK = re.compile(r"(?<!\n)\n(?!\n)")  # the lines of a scan end anywhere in a sentence
CONTEXT_CHARS = 30  # code points; longer halves are no halves


def is_half_of_word(edit: Edit, text: str) -> bool:
    r"""Whether an edit changes one half of a word.

    Args:
        edit: the edit.
        text: the text that its span refers to.

    >>> from clean_news.edits import replace
    >>> text = "In Octo-\nber they recog - nize it."
    >>> [is_half_of_word(replace(text, *span, "x", "OCR001"), text) for span in ((3, 7), (9, 12), (18, 23), (0, 2))]
    [True, True, True, False]
    """
    before, after = text[max(0, edit.start - CONTEXT_CHARS) : edit.start], text[edit.end : edit.end + CONTEXT_CHARS]
    if AFTER_LINE_END.search(before) or BEFORE_LINE_END.match(after):
        return True
    if edit.before.endswith(("-", "¬", "\u00ad")) and after.startswith("\n"):
        return True
    start = max(0, edit.start - CONTEXT_CHARS)
    parted = (
        match[1].lower() + match[2]
        for match in PARTED.finditer(text, start, edit.end + CONTEXT_CHARS)
        if match.start() < edit.end and edit.start < match.end()
    )
    return any(whole in vocabulary.standard().words and whole not in edit.after.lower() for whole in parted)


def in_one_line(text: str) -> str:
    """A text of the same length, with a space for each line break inside a paragraph."""
    return LINE_BREAK.sub(" ", text)
