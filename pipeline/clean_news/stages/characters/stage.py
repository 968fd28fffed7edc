r"""Stage ``characters``: normalise characters that do not belong in an article although it was decoded correctly.

White space and invisible characters (``invisible``), letters of other scripts in English words (``homoglyphs``),
presentation forms and symbols of fonts and PDFs, decomposed accented letters (textacy's Unicode normaliser), and
``\ufffd``, which is only reported. Visible typography is kept: curly quotes, dashes, bullets, ½, m², ™. For that reason
textacy's ``bullet_points`` (``•`` becomes ``-``) is not used, nor its ``whitespace``, which collapses paragraphs and
indentation and does not say what it changed.
"""

import re
import sys
import unicodedata
from collections.abc import Callable, Iterator
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from clean_news.edits import Edit, replace, without_overlaps
from clean_news.language.uncommon_characters import uncommon_characters
from clean_news.rule_selection import is_off
from clean_news.stages import Proposal, Rule
from clean_news.stages.characters import homoglyphs, invisible
from clean_news.stages.line_differences import changes

if TYPE_CHECKING:
    from clean_news.article import Article
    from clean_news.settings import Settings

UNICODE = "The Unicode Standard"
RULES = (
    Rule(
        "CHAR001",
        "Zero-width characters are removed; joiners in emoji and in scripts that need them are kept.",
        "The mini\u200bster re\u2060signed\ufeff.",
        "The minister resigned.",
        ("A family emoji: 👩\u200d👧", "Persian می\u200cخواهم", "❤\ufe0f"),
        UNICODE,
    ),
    Rule(
        "CHAR002",
        "Direction marks are removed from lines without right-to-left letters.",
        "\u200eHe said \u2066@mayor\u2069 had left.",
        "He said @mayor had left.",
        ("He wrote שלום\u200f! on the wall.",),
        UNICODE,
    ),
    Rule(
        "CHAR003",
        "Soft hyphens are removed; next to a digit they become hyphens.",
        "The gov\xadern\xadment lost the 2010\xad11 season.",
        "The government lost the 2010-11 season.",
        ("the 2010-11 season", "a well-known face"),
        UNICODE,
    ),
    Rule(
        "CHAR004",
        "Control characters and terminal escape sequences are removed.",
        "Shares\x00 of \x1b[1mAcme\x1b[0m fell\x7f.",
        "Shares of Acme fell.",
        ("Name\tAge", "one\n\ntwo"),
        UNICODE,
    ),
    Rule(
        "CHAR005",
        r"Line ends other than \n (CR, CRLF, Unicode separators) become \n.",
        "One\r\nTwo\rThree\u2028Four\n",
        "One\nTwo\nThree\nFour\n",
        ("One\n\nTwo\n",),
        UNICODE,
    ),
    Rule(
        "CHAR006",
        "No-break and other Unicode spaces become ASCII spaces.",
        "About 10\u202f000 people\xa0came.",
        "About 10 000 people came.",
        ("About 10 000 people came.", "東京\u3000大阪"),
        UNICODE,
    ),
    Rule(
        "CHAR007",
        "U+FFFD, which replaces a lost character, is reported; the character is not guessed.",
        "The caf\ufffd reopened.",
        "The caf\ufffd reopened.",
        ("Why? Because.",),
        UNICODE,
    ),
    Rule(
        homoglyphs.RULE,
        "Greek and Cyrillic homoglyphs in an English word become Latin letters.",
        "B\u043eeing and \u0420utin",
        "Boeing and Putin",
        ("Газпром", "ТАСС", "TNFα", "kΩ"),
        "dictionaries/characters/homoglyphs.tsv",
    ),
    Rule(
        "CHAR009",
        "Multiple spaces inside a line become one; trailing spaces are removed.",
        "LONDON  (Reuters) - Shares fell. \nThey rose later.  ",
        "LONDON (Reuters) - Shares fell.\nThey rose later.",
        ("    an indented line", "B R E A K I N G   N E W S"),
        "wire copy: half the Reuters stories of 2006–2013 have two spaces after the place name",
    ),
    Rule(
        "CHAR010",
        "A letter with a combining accent becomes the precomposed character (NFC).",
        "the cafe\u0301 in Zu\u0308rich",
        "the café in Zürich",
        ("40 m² of ½-inch board™",),
        "textacy.preprocessing.normalize.unicode",
    ),
    Rule(
        "CHAR011",
        "Typographic ligatures, as in text from PDFs, become letters.",
        "an of\ufb01ce with a \ufb02at roof",
        "an office with a flat roof",
        ("Cæsar’s œuvre",),
        "Unicode, Alphabetic Presentation Forms; 2 of 21,000 articles had one, both by mistake",
    ),
    Rule(
        "CHAR012",
        "Unicode hyphens (U+2010, U+2011) become hyphen-minus.",
        "self\u2011fulfilling COVID\u201119",
        "self-fulfilling COVID-19",
        ("1914–18", "well – almost", "−5 degrees"),
        UNICODE,
    ),
    Rule(
        "CHAR013",
        "A private-use bullet of a symbol font, displayed as an empty box, becomes a bullet (•).",
        "\uf0b7 First point",
        "• First point",
        ("• First point", "▪ Second point"),
        "the Symbol and Wingdings fonts, as office programs export them",
    ),
)

# Ligatures, hyphens, bullets of symbol fonts, U+FFFD, Greek and Cyrillic.
UNUSUAL = re.compile("[\ufb00-\ufb06\u2010\u2011\uf076\uf0a7\uf0b7\uf0d8\uf0fc\ufffd\u0370-\u03ff\u0400-\u052f]")
REPLACEMENTS: tuple[tuple[str, re.Pattern[str], Callable[[str], str]], ...] = (
    ("CHAR011", re.compile("[\ufb00-\ufb06]"), lambda ligature: unicodedata.normalize("NFKC", ligature)),
    ("CHAR012", re.compile("[\u2010\u2011]"), lambda _: "-"),
    ("CHAR013", re.compile("(?<![^ \t\n])[\uf076\uf0a7\uf0b7\uf0d8\uf0fc]"), lambda _: "•"),
)
REPLACEMENT_CHARACTERS = re.compile("\ufffd+")


def propose(article: "Article", settings: "Settings") -> Proposal:
    """Propose the repair of characters, one edit per run; U+FFFD is only ever a suggestion."""
    text = article.text
    edits = list(invisible.edits(text))
    if not text.isascii():
        if UNUSUAL.search(uncommon_characters(text)):
            edits += [*_presentation_forms(text), *_lost_characters(text), *homoglyphs.edits(text)]
        edits += _decomposed_letters(text)
    return Proposal(without_overlaps(edit for edit in edits if not is_off(edit.rule, settings)))


def _presentation_forms(text: str) -> Iterator[Edit]:
    """Yield the edits that replace ligatures, Unicode hyphens and bullets of symbol fonts."""
    for rule, pattern, replacement in REPLACEMENTS:
        for found in pattern.finditer(text):
            yield replace(text, *found.span(), replacement(found[0]), rule, 0.99)


def _lost_characters(text: str) -> Iterator[Edit]:
    """Yield a suggestion to remove each run of U+FFFD; a reviewer may know the lost letter."""
    for lost in REPLACEMENT_CHARACTERS.finditer(text):
        near = slice(max(0, lost.start() - 40), lost.end() + 40)
        words = [word for word in text[near].split() if lost[0] in word]
        yield Edit("CHAR007", lost.span(), lost[0], "", 0.25, "suggested", evidence={"words": words})


def _decomposed_letters(text: str) -> Iterator[Edit]:
    """Yield the edits that compose letters and combining marks (NFC)."""
    if unicodedata.is_normalized("NFC", text):
        return
    at = 0
    for line in text.split("\n"):
        if not unicodedata.is_normalized("NFC", line):
            for change in changes(line, nfc(line), joins=lambda character: unicodedata.combining(character) > 0):
                yield replace(text, at + change.start, at + change.end, change.after, "CHAR010", 0.99)
        at += len(line) + 1


@cache
def _normaliser() -> Callable[..., str]:
    """Return textacy's ``preprocessing.normalize.unicode``, or the standard library's where textacy is not installed.

    ``import textacy`` takes 3 to 13 seconds (spaCy, SciPy, scikit-learn), none of which its normalisers need. Loaded
    as a package of another name over the same folder, they take a millisecond.
    """
    found = find_spec("textacy")
    if found is None or not found.submodule_search_locations:
        return lambda text, *, form: unicodedata.normalize(form, text)
    package = ModuleType("clean_news_textacy")
    package.__path__ = [str(Path(found.submodule_search_locations[0]) / "preprocessing")]
    sys.modules[package.__name__] = package
    normaliser: Callable[..., str] = import_module(f"{package.__name__}.normalize").unicode
    return normaliser


def nfc(text: str) -> str:
    """Return a text with precomposed characters (Unicode normal form C)."""
    return _normaliser()(text, form="NFC")
