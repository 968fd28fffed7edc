"""Recognise credits of pictures that the text does not have ("Image: AP", "Jane Doe/Getty Images")."""

import re
from functools import cache
from typing import NamedTuple

from clean_news.stages.boilerplate.phrase_lists import agencies

MAX_CREDIT_CHARS = 110  # a longer line is a caption
MAX_CREDIT_WORDS = 10
# A credit begins with a label, has a separator, or is an agency's name alone.
LABEL_KINDS: tuple[str, ...] = ("image", "images", "photo", "photos", "photograph", "photographs")
LABEL_KINDS += ("picture", "pictures", "pic", "illustration", "graphic")
BEFORE_LABELS = ("file", "feature", "featured", "cover", "main", "representative", "stock", "lead", "top")
LABEL_WORDS = frozenset((*LABEL_KINDS, *BEFORE_LABELS, "credit", "credits"))
MAX_AGENCY_CHARS = 40
VIA = " via "
NAME = r"[A-Z@][\w@.'’-]*(?:\s+(?:[A-Z][\w.'’-]*|de|van|von|der|al|el|bin)){0,4}"


class CreditPatterns(NamedTuple):
    """The compiled patterns of a credit line.

    Attributes:
        labelled: "Photo: …", "Image by …"; the group ``value`` is the credit.
        bare: a photographer and an agency, or a picture agency alone.
        agency: an agency's name.
    """

    labelled: re.Pattern[str]
    bare: re.Pattern[str]
    agency: re.Pattern[str]


@cache
def _patterns() -> CreditPatterns:
    """Compile the patterns, with the agencies of the dictionary."""
    every, pictures = agencies()
    agency = rf"(?:(?i:{every}))(?![\w'’])"
    kinds, before = f"(?:{'|'.join(LABEL_KINDS)})", f"(?:{'|'.join(BEFORE_LABELS)})"
    relation = r"(?:\s+(?:credits?|courtesy(?: of)?|copyright|source|by|via|from|taken by)|\s*[:|©]|\s+[–-](?=\s))"
    return CreditPatterns(
        re.compile(
            rf"\A\W{{0,3}}(?i:(?:{before}\s+)?{kinds}{relation}+"
            rf"|(?:photo |image |picture )?credits?\s*:)\s*(?P<value>.{{2,80}}?)\W{{0,3}}"
        ),
        re.compile(
            rf"\A[(\[©\s]*+(?:(?:{NAME}\s*[/|]\s*)+{agency}(?:\s*(?:[/|,]|via)\s*(?:{agency}|{NAME}))*"
            rf"|{agency}(?:\s*/\s*(?:{agency}|{NAME}))+|{NAME}\s+via\s+{agency}"
            rf"|(?i:{pictures}))[)\].\s]*"
        ),
        re.compile(rf"(?<!\w){agency}"),
    )


def credit_line(line: str) -> str | None:
    """Return who is credited by a line that consists entirely of a picture credit; else None.

    Lines of more than :data:`MAX_CREDIT_CHARS` characters need not be looked at.
    """
    patterns = _patterns()
    match = patterns.labelled.fullmatch(line)
    if match and _is_credited(match["value"], patterns):
        return match["value"].strip()
    return line.strip("()[] ") if patterns.bare.fullmatch(line) else None


def _is_credited(value: str, patterns: CreditPatterns) -> bool:
    """Whether the text after "Photo:" is a name or an agency, rather than a caption."""
    if re.search(r"[.!?] [A-Z]|\d{3}|(?i:caption)", value) or len(value.split()) > MAX_CREDIT_WORDS:
        return False
    return patterns.agency.search(value) is not None or re.fullmatch(rf"{NAME}(?:\s*[/|]\s*{NAME})*", value) is not None
