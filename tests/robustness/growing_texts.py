"""Generates texts of any length for which a careless pattern or loop takes more than linear time.

Each entry generates a text of about n characters. They were found in reviews of the stages and by the fuzz target;
any text that a stage turns out to be too slow for is added permanently.
"""

import textwrap
from collections.abc import Callable
from random import Random

import news_texts

NEWS = "".join(news_texts.article(Random(seed), 4) + "\n" for seed in range(8))


def repeated(fragment: str, prefix: str = "", suffix: str = "") -> Callable[[int], str]:
    """Repeat a fragment, with a prefix and a suffix."""
    return lambda size: prefix + fragment * (size // len(fragment)) + suffix


def in_news(fragment: str) -> Callable[[int], str]:
    """Repeat a fragment, with an article before it and one after it."""
    return lambda size: NEWS + fragment * (size // len(fragment)) + "\n\n" + NEWS


CHARACTERS = {
    "letter": "a", "capital": "A", "digit": "7", "space": " ", "tab": "\t", "line feed": "\n",
    "carriage return": "\r", "full stop": ".", "comma": ",", "hyphen": "-", "dash": "—", "apostrophe": "'",
    "curly apostrophe": "’", "straight quote": '"', "opening quote": "“", "closing quote": "”", "question mark": "?",
    "ampersand": "&", "semicolon": ";", "opening bracket": "[", "closing bracket": "]", "opening brace": "{",
    "closing brace": "}", "less than": "<", "greater than": ">", "opening parenthesis": "(", "bar": "|",
    "backslash": "\\", "slash": "/", "percent": "%", "equals": "=", "underscore": "_", "asterisk": "*", "hash": "#",
    "at": "@", "bullet": "•", "replacement character": "\ufffd", "byte order mark": "\ufeff", "soft hyphen": "\u00ad",
    "not sign": "¬", "zero width space": "\u200b", "zero width joiner": "\u200d", "combining acute": "\u0301",
    "bidi override": "\u202e", "private use": "\ue000", "unassigned": "\u0378", "noncharacter": "\ufffe",
    "control": "\x81", "no-break": "\u00a0", "form feed": "\f", "line separator": "\u2028", "emoji": "😀",
    "ideograph": "報", "Cyrillic a": "а", "ligature": "ﬁ", "A tilde": "Ã", "a circumflex": "â", "euro": "€",
    "A circumflex": "Â", "fullwidth": "Ａ", "u": "u", "x": "x",
}  # fmt: skip
FRAGMENTS = {
    "words": "word ", "one line each": "word\n", "hyphen breaks": "exam-\nple ", "hyphen breaks in lines": "a-\n",
    "spaced capitals": "N O T I C E ", "spaced small": "n o t i c e ", "spaced apart": "N O T I C E   ",
    "amp of amp": "amp;", "entities": "&amp;", "open entities": "&amp", "numeric entities": "&#8217;",
    "escaped tags": "&lt;b ", "unicode escapes": "\\u2019", "byte escapes": "\\xe2\\x80\\x99", "backslash u": "\\u",
    "percent escapes": "%E2%80%99", "quoted-printable": "=E2=80=99", "mojibake quote": "â€™",
    "mojibake twice": "Ã¢â‚¬â„¢", "mojibake e": "Ã© ", "mojibake word": "cafÃ© ", "lost bytes": "donât ",
    "question contractions": "don?t ", "tags": "<b>", "open tags": "<b ", "attributes": '<a href="',
    "closing tags": "</p>", "comment openings": "<!--", "shortcodes": "[ad_1]", "open shortcodes": "[caption ",
    "spintax": "{a|b}", "open spintax": "{a|", "nested": "{a{b|", "read more": "Read more: it\n\n",
    "by-lines": "By Jane Doe ", "by-lines on lines": "By Jane Doe\n\n", "lists": "aA MORE ",
    "names and lists": "Ann Doe Ann Lee DoeIt MORE ", "list openings": "Doe Ann DoeIt ",
    "bracketed links": "It sank. (RELATED: it) ", "open bracketed links": "It sank. (RELATED: it ",
    "labels alone": "Read more:\n\nThe ferry sank again\n\n", "galleries": "Hide Caption 1 of 9\n\n",
    "slides": "Hide caption The quay. ", "forms": "By signing up, you agree to ", "bars": "Share\nTweet\n",
    "bar in one line": "facebook messenger ", "capital links": "It sank.\n\nTHE FERRY SANK AT THE OLD QUAY\n\n",
    "update stamps": "Updated at 4:56 p.m. ET\n\n", "boxes": "Date: 2022-03-22\nPlace: it\n",
    "page numbers": "- 3 -\n", "headings": "HEAD LINE\n", "bullets": "• item\n",
    "table": "a\t1\t2\n", "wide table": "a    1    2\n", "addresses": "https://a.example/b ", "address letters": "a/",
    "dots": ". ", "dotted capitals": "U.S.", "sentences": "It ended. ", "quotes": "“It” ", "open quotes": "“It ",
    "numbers": "1,250.5 ", "figures": "1 ", "years": "2022-03-22 ", "hyphens": "a-", "apostrophes": "a'",
    "zalgo": "a\u0301\u0316\u0334", "joined emoji": "👩\u200d", "flags": "🇩", "bidi": "\u202ea\u202c", "nul": "a\0",
    "crlf": "a\r\n", "mixed scripts": "pаypаl ", "fullwidth words": "Ａｂ ", "misread": "tlie ", "misread rn": "modem ",
    "torn": "th e ", "run together": "ofthe", "capital words": "SHOUT ", "one word": "government ",
    "spun": "foreign priest ", "spun phrase": "the overseas ministry mentioned ", "spun in one": "mentioned ",
    "torn at hyphens": "govern- ment well- known ", "torn at ligatures": "di ff cult fi nd ",
    "tabs in lines": "It\tended\tlate. ", "tabs before lines": "\tIt ended late.\n",
    "accents apart": "É L Y S É E   ", "long headings": "What the board wants now\nThe end\n",
    "dates": "March 22, 2022 ", "image credits": "Image: AP\n", "blank lines": "a\n\n\n\n\n",
    "spaces before lines": "     \n", "post": "The post ",
    "post lines": "It ended. The post a appeared first on b.\n", "long lines": "word " * 30 + "\n",
    "wrapped": "word " * 12 + "\n", "of the": "of the ", "abbreviations": "Mr. ", "initials": "R. J. ",
    "titles": "Dr. Helen Marsh ", "ellipses": "... ", "at signs": "a@b.c ", "alternating quotes": "'\"",
    "backticks": "``''", "dashes": "--", "slashes": "and/or ", "low lines": "a_b ", "unbroken hyphens": "well-known-",
    "one run of letters and digits": "aB7", "soft hyphens between letters": "a\u00ad",
    "zero width between letters": "a\u200b", "escape characters between letters": "a\x1b",
    "mojibake of mojibake": "ÃƒÂ", "bars and quotes": '|"', "bullet dashes": "- ", "brackets and dashes": "[(–—",
    "empty lines after a hyphen": "a-\n\n", "dated": "Published: ", "credits": "Photo: ", "backslash escapes": "\\\\",
}  # fmt: skip
IN_SPUN = "\n\n".join(news_texts.spun(Random(seed), news_texts.article(Random(seed), 4)) for seed in range(8))
IN_SCANNED = "The govern-\nment met.\n\n" + "\n\n".join(
    textwrap.fill(paragraph, 60) for paragraph in NEWS.replace("the", "tlie").replace("m", "rn", 20).split("\n\n")
)
NEWS_BY_KIND = {"genuine": NEWS, "spun": IN_SPUN, "scanned": IN_SCANNED}
# What took quadratic time, or much time for each character, in a text of one kind or another.
HOSTILE = (
    "letter", "digit", "capital", "bar", "straight quote", "soft hyphen", "zero width space", "private use", "space",
    "tab", "line feed", "hyphen", "dash", "full stop", "backslash", "ampersand", "less than", "opening brace",
    "opening bracket", "closing bracket", "opening parenthesis", "question mark", "apostrophe", "A tilde", "control",
    "replacement character", "combining acute", "ligature", "Cyrillic a", "percent", "equals", "hyphen breaks",
    "hyphen breaks in lines", "spaced capitals", "entities", "open entities", "unicode escapes", "mojibake quote",
    "mojibake twice", "lost bytes", "tags", "open tags", "shortcodes", "spintax", "open spintax", "page numbers",
    "table", "nul", "bidi", "misread", "run together", "spun in one", "dates", "one run of letters and digits",
    "soft hyphens between letters", "zero width between letters", "escape characters between letters",
    "mojibake of mojibake", "bars and quotes", "bullet dashes", "brackets and dashes", "empty lines after a hyphen",
    "dated", "credits", "backslash escapes",
)  # fmt: skip
GROWING = {
    **{f"{name} only": repeated(fragment) for name, fragment in {**CHARACTERS, **FRAGMENTS}.items()},
    **{f"{name} in news": in_news(fragment) for name, fragment in {**CHARACTERS, **FRAGMENTS}.items()},
}


def hostile(name: str, kind: str, size: int) -> str:
    """Repeat what has a name up to a size, with an article of a kind before it and another after it."""
    fragment = {**CHARACTERS, **FRAGMENTS}[name]
    news = NEWS_BY_KIND[kind]
    return news + "\n\n" + fragment * (size // len(fragment)) + "\n\n" + news
