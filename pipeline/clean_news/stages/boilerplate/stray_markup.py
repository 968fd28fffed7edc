"""Remove markup inside the text: spintax braces, shortcodes, HTML tags."""

import re
from collections.abc import Iterator
from functools import cache

from clean_news.edits import Edit, replace
from clean_news.stages.boilerplate.phrase_lists import entries

# Braces around words, alone or separated by vertical bars, with at most one nested level; braces that contain a
# symbol used in code are not spintax.
PLAIN = r"[^{}\n:;=_<>\\/#@&()\[\]*+^~`]"
SPINTAX = re.compile(rf"\{{(?:{PLAIN}|\{{{PLAIN}{{1,200}}\}}){{1,300}}\}}")
INNERMOST = re.compile(r"\{([^{}]*)\}")
WORDY = re.compile(r"[^\W\d]{2}")
# Of code and templates: "{ |x| puts x }"; and what stands next to a brace: "?q={query}", "${name}", "page{n}".
BLOCK = re.compile(r"\{\s+\||\{\s*\|[^|{}]*\|\s")
CODE_BEFORE = re.compile(r"(?:=\s?|[/$%#@&\\_.:-]|://\S*|\w\()\Z")
CODE_AFTER = re.compile(r"[=/%#@&\\_]|\(\)|\.\w|\[")
MAX_CODE_CHARS = 40  # of the text before a brace that is looked at
MAX_PLAIN_WORDS = 2  # of words in braces without alternatives; more are an editor's addition
MAX_ALTERNATIVE_WORDS = 8  # longer text in braces is an editor's aside
ADS = r"\[/?ad_\d\]"
ATTRIBUTES = r"(?:\s+[\w:-]+\s*=\s*(?:\"[^\"<>]*\"|'[^'<>]*'|“[^”<>]*”|[^\s\"'<>\]]+))*"


def spintax(text: str) -> Iterator[Edit]:
    """Yield the edits that remove spintax braces and keep the first alternative that contains a word."""
    for braces in SPINTAX.finditer(text):
        start, end = braces.span()
        words = braces[0]
        while INNERMOST.search(words):
            words = INNERMOST.sub(_first_choice, words)
        most = MAX_ALTERNATIVE_WORDS if "|" in braces[0] else MAX_PLAIN_WORDS
        if not WORDY.search(words) or len(words.split()) > most:
            continue
        if _is_placeholder(text, start, end) or _is_code(text, start, end):
            continue
        if words == braces[0][1:-1]:
            yield replace(text, start, start + 1, "", "BOIL007")
            yield replace(text, end - 1, end, "", "BOIL007")
        else:
            yield replace(text, start, end, words, "BOIL007")


def _first_choice(braces: re.Match[str]) -> str:
    """Return the first alternative that contains a word; the whole content if there are no alternatives."""
    choices = braces[1].split("|")
    if len(choices) == 1:
        return braces[1]
    return next((choice.strip() for choice in choices if WORDY.search(choice)), "")


def _is_placeholder(text: str, start: int, end: int) -> bool:
    """Whether braces are a template placeholder: "{{heading}}", or a single word alone on its line."""
    if "|" in text[start:end]:
        return False
    alone = (start == 0 or text[start - 1] == "\n") and (end == len(text) or text[end] == "\n")
    return (alone and " " not in text[start:end]) or text.startswith("{{", start)


def _is_code(text: str, start: int, end: int) -> bool:
    """Whether braces belong to code, a template or an address."""
    before = text[max(0, start - MAX_CODE_CHARS) : start]
    if BLOCK.match(text, start, end) or CODE_BEFORE.search(before) or CODE_AFTER.match(text, end):
        return True
    touching = before[-1:].isalnum() or before[-1:] == ")"
    return touching and "|" not in text[start:end]  # "page{number}"; a spinner writes "ship{s|ping}"


@cache
def shortcode_pattern() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Compile the shortcode patterns.

    Returns:
        A pattern for shortcodes within text (closing, with attributes, or with contents), and one for lines that
        consist of shortcodes, where bare ones are recognised too.
    """
    marks = "|".join(name for kind, name in entries("shortcodes.tsv") if kind == "marks")
    whole = "|".join(name for kind, name in entries("shortcodes.tsv") if kind == "contents")
    contents = rf"\[(?P<name>{whole})(?:\s[^\[\]\n]{{0,200}})?\][^\[\]]{{0,600}}\[/(?P=name)\]"
    attributes = r"\s+[^\[\]\n]{0,80}=[^\[\]\n]{0,200}"
    anywhere = rf"{ADS}|{contents}|\[/(?:{marks}|{whole})\]|\[(?:{marks}|{whole}){attributes}\]"
    alone = rf"(?:{anywhere}|\[(?:{marks}|{whole})\]|\s)+"
    return re.compile(anywhere), re.compile(alone)


@cache
def _tag_kinds() -> dict[str, str]:
    """The replacement kind of each HTML tag; see the header of ``tags.tsv``."""
    return {name: kind for kind, name in entries("tags.tsv")}


@cache
def _tag_pattern() -> re.Pattern[str]:
    """Compile the pattern of runs of HTML tags and comments, with the white space between them."""
    whole = [name for name, kind in _tag_kinds().items() if kind == "contents"]
    names = "|".join(sorted(_tag_kinds().keys() - set(whole), key=len, reverse=True))
    contents = "|".join(rf"<{name}{ATTRIBUTES}\s*>.{{0,4000}}?</{name}\s*>" for name in whole)
    # The end of a comment alone is an arrow unless it stands at the beginning or the end of a line.
    comment = r"<!(?:--|–|—).{0,500}?(?:--|–|—)>|<!(?:--|–|—)|(?:^|//|(?<=[>\n]))(?:--|–|—)>|(?:--|–|—)>$"
    one = rf"(?:{contents}|{comment}|</?(?:{names}){ATTRIBUTES}\s*/?>)"
    return re.compile(rf"{one}(?:[^\S\n]*{one})*", re.IGNORECASE | re.DOTALL | re.MULTILINE)


BLANK_BETWEEN = re.compile(r">\s+<")  # "late</b> <i>again"
TAG_NAME = re.compile(r"</?([a-zA-Z][a-zA-Z0-9]*)")


def tags(text: str) -> Iterator[Edit]:
    """Yield the edits that remove HTML tags; block-level tags and <br> become line breaks."""
    for run in _tag_pattern().finditer(text):
        start, end = _blanks_around(text, *run.span())
        opens, closes = text[start - 1 : start] in ("", "\n"), text[end : end + 1] in ("", "\n")
        if opens and closes:  # whole lines are removed with the break after them
            yield replace(text, start, end + _line_breaks(text, end), "", "BOIL009")
        elif opens or closes:
            yield replace(text, start, end, "", "BOIL009")
        else:
            yield _inline_edit(text, run)


def _inline_edit(text: str, run: re.Match[str]) -> Edit:
    """Return the edit for a run of tags with text on both sides."""
    kinds = [_tag_kinds().get(name.lower(), "nothing") for name in TAG_NAME.findall(run[0])]
    start, end = _blanks_around(text, *run.span())
    if "paragraph" in kinds or "line" in kinds:
        wide = "paragraph" in kinds or kinds.count("line") > 1
        return replace(text, start, end, "\n\n" if wide else "\n", "BOIL009")
    blanks = (start < run.start()) + (end > run.end()) + (BLANK_BETWEEN.search(run[0]) is not None)
    if blanks > 1:  # keep one space
        return replace(text, start, end, " ", "BOIL009")
    return replace(text, run.start(), run.end(), " " if BLANK_BETWEEN.search(run[0]) else "", "BOIL009")


def _line_breaks(text: str, start: int) -> int:
    """Count the line breaks at ``start``."""
    return len(text) - start - len(text[start:].lstrip("\n"))


def _blanks_around(text: str, start: int, end: int) -> tuple[int, int]:
    """Extend a span by the spaces and tabs on both sides."""
    while start > 0 and text[start - 1] in " \t":
        start -= 1
    while end < len(text) and text[end] in " \t":
        end += 1
    return start, end


def shortcodes(text: str) -> Iterator[tuple[Edit, str]]:
    """Yield the edits that remove shortcodes within lines, each with the removed shortcode."""
    for code in shortcode_pattern()[0].finditer(text):
        start, end = code.span()
        # If there are spaces on both sides, remove one of them too.
        blank_before = start == 0 or text[start - 1] in " \n"
        if blank_before and text[end : end + 1] == " ":
            end += 1
        elif text[start - 1 : start] == " " and text[end : end + 1] in ("", "\n"):
            start -= 1
        yield replace(text, start, end, "", "BOIL008"), code[0]


def is_markup(line: str) -> bool:
    """Whether a line consists entirely of tags or shortcodes."""
    if line[0] == "<" or line[-1] == ">":
        return _tag_pattern().sub("", line).strip() == ""
    return line[0] == "[" and shortcode_pattern()[1].fullmatch(line) is not None
