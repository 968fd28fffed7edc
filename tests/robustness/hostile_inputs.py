"""Generates inputs for fuzzing: news-like text damaged as by a scraper, a scan, a spinner or an attacker.

Random bytes are refused at the door; these reach the last stage. All come of one seeded generator.
"""

import codecs
import unicodedata
from collections.abc import Callable
from random import Random

import growing_texts
import news_texts

CODECS = (
    "utf-8", "cp1252", "latin-1", "cp1250", "cp1251", "cp1253", "cp1254", "mac-roman", "cp437", "cp850", "utf-16",
    "utf-16-le", "utf-16-be", "utf-32", "utf-7", "shift-jis", "gb18030", "big5", "euc-kr", "iso2022-jp", "koi8-r", "hz",
)  # fmt: skip
BOMS = (
    codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE,
    b"\x2b\x2f\x76\x38",
)  # fmt: skip
MISREAD = (
    ("m", "rn"), ("rn", "m"), ("h", "li"), ("l", "1"), ("o", "0"), ("e", "c"), ("s", "5"), ("w", "vv"),
    ("the", "tlie"), ("I", "l"),
)  # fmt: skip
SEQUENCES = (
    "👩‍👩‍👧‍👦", "🏳️‍🌈", "👍🏽", "🇵🇹", "1️⃣", "\u200b", "\u200d", "\u202e", "\u202c", "\u2066x\u2069", "\ufeff", "\u00ad",
    "\u2028", "\u2029", "\x85", "\x00", "\x1b[31m", "\x7f", "\x9d", "\ue000", "\uf8ff", "\U000f0000", "\u0378",
    "\ufdd0", "\uffff", "\U0010ffff", "\ufffd", "e\u0301", "\u0340", "\u1160", "ﬁ", "ĳ", "Ｆｕｌｌ", "𝒇𝒂𝒏𝒄𝒚", "а", "İ",
    "ı", "ß", "ẞ", "ſ", "ΐ", "ǰ", "ΣΑΣ", "ﷺ", "㍿", "①", "½", "¬\n", "-\n", "\u2010\n", "â€™", "Ã©", "donât",
    "&amp;amp;lt;b&amp;gt;", "&#x110000;", "&#0;", "&#xd800;", "&nbsp", "&notit;", "\\ud83d\\ude00", "\\ud800",
    "\\U0010ffff", "\\x00", "%E2%80%99", "=E2=80=99", "<U+2019>", "u2019s", "[ad_1]", "[caption]", "[/caption]",
    "{a|b|{c|d}}", "{", "}", "|", "<b>", "</p>", "<!--", "<br/", "<a href='x", "\n- 3 -\n", "\nPage 2 of 5\n", "\f",
    "P U B L I C   N O T I C E", "Read more: it", "\n\nADVERTISEMENT\n\n", "Image: AP",
    "Published: March 22, 2022\n\n", "\nThe post A appeared first on B.", "\nhttps://a.example/b\n", "a\t1\t2\n",
    "• item\n", "“", "”", "‘", "’", "\"", "...", "———", "¶", "~*^", "tlie", "ofthe", "th e", "m en", "$1.2bn", "-30-",
    "№", "'", "``", "\r", "\r\n", "\n\r", "\v", "\x1c", "\x1d", "\x1e", "\x1f",
)  # fmt: skip

Change = Callable[[Random, str], str]


def place(random: Random, text: str) -> int:
    """A random offset in a text."""
    return random.randint(0, len(text))


def insert(random: Random, text: str) -> str:
    """Insert special sequences at random offsets."""
    for _ in range(random.choice((1, 3, 30))):
        at = place(random, text)
        text = text[:at] + random.choice(SEQUENCES) * random.choice((1, 1, 1, 2, 40)) + text[at:]
    return text


def anything(random: Random, text: str) -> str:
    """Insert random code points."""
    for _ in range(random.choice((1, 20))):
        at, top = place(random, text), random.choice((0x80, 0x100, 0x3000, 0x110000))
        text = text[:at] + chr(random.randrange(top)) + text[at:]
    return text


def cut(random: Random, text: str) -> str:
    """Return a part of the text."""
    first, last = sorted((place(random, text), place(random, text)))
    return text[first:last]


def shuffle(random: Random, text: str) -> str:
    """Shuffle the words, or repeat one."""
    words = text.split(" ")
    return " ".join(
        random.choices(words, k=min(len(words), 300)) if random.random() < 0.5 else [random.choice(words)] * 90
    )


def rewrap(random: Random, text: str) -> str:
    """Hard-wrap the text, with hyphens or other marks at the breaks."""
    width, sign = random.choice((5, 20, 40, 72)), random.choice(("", "", "-", "\u00ad", "¬", "\u2010", "- "))
    end = random.choice(("\n", "\r\n", "\r", "\n\n", " \n", "\n    ", "\f\n"))
    return (sign + end).join(text[at : at + width] for at in range(0, len(text), width))


def misread(random: Random, text: str) -> str:
    """Add OCR errors."""
    for right, wrong in random.sample(MISREAD, 4):
        parts = text.split(right)
        text = "".join(part + (wrong if random.random() < 0.3 else right) for part in parts[:-1]) + parts[-1]
    return "".join("" if random.random() < 0.01 else sign + (" " if random.random() < 0.02 else "") for sign in text)


def marks(random: Random, text: str) -> str:
    """Add combining marks to letters."""
    most = random.choice((1, 3, 60))
    return "".join(
        sign + "".join(chr(random.randrange(0x300, 0x370)) for _ in range(random.randint(0, most)))
        if random.random() < 0.1
        else sign
        for sign in text
    )


def run(random: Random, text: str) -> str:
    """Insert a long run of one fragment."""
    fragment = random.choice([*growing_texts.CHARACTERS.values(), *growing_texts.FRAGMENTS.values()])
    at = place(random, text)
    return text[:at] + fragment * (random.choice((10, 100, 2_000)) // len(fragment) + 1) + text[at:]


def escaped(random: Random, text: str) -> str:
    """Escape punctuation as entities or escape sequences, perhaps repeatedly."""
    form = random.choice(("&#{};", "&#x{:x};", "\\u{:04x}", "&amp;#{};", "<U+{:04X}>"))
    text = "".join(form.format(ord(sign)) if not sign.isascii() or sign in "'&" else sign for sign in text)
    for _ in range(random.randint(0, 4)):
        text = text.replace("&", "&amp;")
    return text


def cased(random: Random, text: str) -> str:
    """Change the case or the Unicode normalisation form."""
    forms = (
        str.upper,
        str.lower,
        str.swapcase,
        str.title,
        *(lambda t, f=f: unicodedata.normalize(f, t) for f in ("NFD", "NFKD", "NFKC")),
    )
    return random.choice(forms)(text)


def signs_only(random: Random, text: str) -> str:
    """Keep only punctuation, only letters or only digits, or remove the spaces."""
    kept = random.choice((str.isalpha, str.isdigit, lambda sign: not sign.isalnum(), lambda sign: sign != " "))
    return "".join(sign for sign in text if kept(sign))


def doubled(random: Random, text: str) -> str:
    """Duplicate a part of the text at a random offset."""
    at = place(random, text)
    return text[:at] + cut(random, text) + text[at:]


def table(random: Random, text: str) -> str:
    """Lay out the words as a table or a list."""
    between = random.choice(("\t", "    ", " | ", ";", "  "))
    words = text.split()
    return "\n".join(between.join(words[at : at + 4]) for at in range(0, len(words), 4))


CHANGES: tuple[Change, ...] = (
    insert, insert, anything, cut, shuffle, rewrap, misread, marks, run, escaped, cased, signs_only, doubled, table,
    news_texts.spun, news_texts.spun, news_texts.mojibake, news_texts.mojibake,
)  # fmt: skip


def text_of(random: Random) -> str:
    """Return a text changed in up to six ways, at most some ten thousand code points long."""
    text = "" if random.random() < 0.03 else news_texts.article(random, random.choice((1, 1, 1, 2, 3)))
    for _ in range(random.choice((0, 1, 1, 2, 3, 6))):
        text = random.choice(CHANGES)(random, text)[:6_000] if text else insert(random, text)
    return text


def bytes_of(random: Random, text: str) -> bytes:
    """Encode a text in one or two codecs, perhaps with a byte order mark and damage."""
    if random.random() < 0.15:  # one file, two codecs
        at = place(random, text)
        raw = bytes_of(random, text[:at]) + bytes_of(random, text[at:]) if 0 < at < len(text) else b""
    else:
        codec = "utf-8" if random.random() < 0.55 else random.choice(CODECS)
        raw = text.encode(codec, "surrogatepass" if codec.startswith("utf") and codec != "utf-7" else "replace")
    if random.random() < 0.1:
        raw = random.choice(BOMS) + raw
    if random.random() < 0.15:
        raw = raw.replace(b"\n", random.choice((b"\r\n", b"\r", b"\r\r\n", b"\n\r", b"\x85")))
    if random.random() < 0.15:
        for _ in range(random.choice((1, 10))):
            at = random.randint(0, len(raw))
            raw = raw[:at] + random.randbytes(random.choice((1, 1, 2, 5))) + raw[at + random.randint(0, 2) :]
    return raw


def article(seed: int) -> bytes | str:
    """Return the input for a seed; a few are str, which may contain lone surrogates."""
    random = Random(seed)
    text = text_of(random)
    if random.random() < 0.1:
        at = place(random, text)
        return text[:at] + chr(random.randrange(0xD800, 0xE000)) + text[at:] if random.random() < 0.5 else text
    return random.randbytes(random.randint(0, 300)) if random.random() < 0.02 else bytes_of(random, text)
