"""Repair mojibake whose second byte was a space or a soft hyphen, which other programs turned into spaces or dropped.

The no-break space A0 is the second byte of ``à`` and ``Š``, and is itself encoded with two: ``voilÃ le``, ``a Å koda``,
``5Â km``. The soft hyphen AD is the second byte of ``í``: ``GarcÃa``. The capital letter that remains may be genuine:
a letter as such, or a word of Norwegian. It is completed inside a word or where the line has further mojibake.
"""

import re
from collections.abc import Iterator
from functools import cache, partial

from clean_news.stages.encoding.codec_patterns import codec_patterns
from clean_news.stages.encoding.entities import Atom

# The character of byte C3, the lead byte of à, by codec.
LEADS = {"Ã": "cp1252", "Ă": "cp1250", "Г": "cp1251"}
BEFORE_WORD = r"(?<![^\s“‘(«'’\-])"
DAMAGED = re.compile(
    rf"""
    (?P<grave> (?<=[a-zß-ÿ]) (?P<in_word>[ÃĂГ]) (?: [ ](?=[ ,.;:!?]) | (?=[ ,.;:!)"'] | -[a-z] | \Z) )
      | (?<=[a-z]-) Ã [ ]? (?=-[a-z])
      | {BEFORE_WORD} (?: Ã (?: [ ](?=[ ]\w) | (?=[ ]la[ ][a-zA-Z]) )
        | (?P<alone>[ÃĂГ]) (?: [ ](?=[ ][a-z] | s[ ][a-z\d] | quel[aeo]) | (?=[ ][a-z]) ) ) )
  | (?P<caron> {BEFORE_WORD} Å [ ] (?=[a-zß-ž]{{2}}) )
  | (?P<acute_i> (?<=[a-z]) Ã (?=[a-df-np-z]) | \b [A-Z] Ã (?=[a-df-np-z][a-z]) )
  | (?P<hyphen> (?<=[a-z]) Â (?=[a-z]) )
  | (?P<space> (?<=[a-z\d.,:;!?”’"'…)%\ufffd]) Â (?=[ \t]|\Z) | (?<=[.!?”"’)][ ]) Â [ ] (?=[A-Z“"‘])
      | \A Â (?: [ ]+ (?=[A-Z“"‘]) | [ ]*\Z ) )
  | (?P<sign> âš [ ] (?=ï¸) )
  | (?P<blank> â [ ] € (?=[ ]|\Z) )
    """,
    re.VERBOSE,
)
MARKERS = re.compile("[ÃĂГÅÂš]")
UNDAMAGED = {"grave": "à", "caron": "Š", "acute_i": "í", "hyphen": "", "space": "", "sign": "⚠", "blank": "\u2800"}
DAMAGE = {  # written to the log
    "grave": "the second byte, a no-break space, became a space or is lost",
    "caron": "the second byte, a no-break space, became a space",
    "acute_i": "the second byte, a soft hyphen, is lost",
    "hyphen": "the second byte, a soft hyphen, is lost",
    "space": "the second byte, a no-break space, became a space",
    "sign": "the third byte, a no-break space, became a space",
    "blank": "the second byte, a no-break space, became a space",
}
CONFIDENCE = {"grave": 0.9, "caron": 0.8, "acute_i": 0.8, "hyphen": 0.9, "space": 0.9, "sign": 0.9, "blank": 0.9}


def damaged_spaces(line: str) -> Iterator[Atom]:
    """Yield the sequences of a line that lost a space or a soft hyphen, with their undamaged forms."""
    if not MARKERS.search(line):
        return
    has_more = cache(partial(_has_more, line))
    for found in DAMAGED.finditer(line):
        kind = next(kind for kind in UNDAMAGED if found[kind] is not None)
        lead = found["alone"] or found["in_word"] or "Ã"
        needs_more = found["alone"] or (found["in_word"] and lead != "Ã")
        if needs_more and not has_more(lead, LEADS[lead]):
            continue
        if kind == "caron" and not (has_more("ÄÅ", "cp1252", "cp1257") or _is_name(line, found.end())):
            continue
        if kind == "blank" and not has_more("Ãð", "cp1252"):
            continue
        decoded = UNDAMAGED[kind]
        if kind == "acute_i" and found[0][0] != "Ã":
            decoded = found[0][0] + decoded
        yield Atom(found.start(), found[0], decoded, kind)


def _has_more(line: str, leads: str, *codecs: str) -> bool:
    """Whether a line has whole sequences with one of these lead characters in one of the codecs."""
    found = (one[0] for codec in codecs for one in codec_patterns(codec).expected.finditer(line))
    return any(not set(leads).isdisjoint(one) for one in found)


def _is_name(line: str, start: int) -> bool:
    """Whether the letters from an offset on, in an English sentence, are the rest of a name that begins with Š.

    In Norwegian, Å is a word before verbs, which end in -e or -er, and a village.
    """
    from clean_news.language import vocabulary  # loaded for few lines

    before = re.search(r"([a-z]{2,}|\ba)[ “‘(]+Å[ ]\Z", line[max(0, start - 40) : start])
    rest = re.match(r"([^\W\d_]{4,40})(?:[’']s)?[,.;:]?(?:[ ]([a-z]{3,40}))?", line[start : start + 90])
    if not rest or rest[1].endswith(("e", "er")) or vocabulary.is_word(rest[1]):
        return False
    return any(word and (word == "a" or vocabulary.is_word(word)) for word in (before and before[1], rest[2]))
