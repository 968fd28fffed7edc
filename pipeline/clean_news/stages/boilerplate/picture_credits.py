"""Credits of pictures that are not in the text ("Image: AP", "Jane Doe/Getty Images")."""

import re
from functools import cache
from typing import NamedTuple

from clean_news.stages.boilerplate.phrase_book import agencies

LONGEST = 110  # characters of a line of credits; a caption is longer
MOST_WORDS = 10
NAME = r"[A-Z@][\w@.'’-]*(?:\s+(?:[A-Z][\w.'’-]*|de|van|von|der|al|el|bin)){0,4}"


class Patterns(NamedTuple):
    """The compiled forms of a credit.

    Attributes:
        labelled: "Photo: …", "Image by …"; the group ``value`` is the credit.
        bare: a photographer and an agency, or an agency that sells pictures alone.
        agency: an agency's name.
    """

    labelled: re.Pattern[str]
    bare: re.Pattern[str]
    agency: re.Pattern[str]


@cache
def _patterns() -> Patterns:
    """The patterns, with the agencies of the dictionary."""
    every, pictures = agencies()
    agency = rf"(?:(?i:{every}))(?![\w'’])"
    kinds = r"(?:image|images|photo|photos|photograph|photographs|picture|pictures|pic|illustration|graphic)"
    relation = r"(?:\s+(?:credits?|courtesy(?: of)?|copyright|source|by|via|from|taken by)|\s*[:|©]|\s+[–-](?=\s))"
    return Patterns(
        re.compile(
            rf"\W{{0,3}}(?i:(?:(?:file|featured?|cover|main|representative|stock|lead|top)\s+)?{kinds}{relation}+"
            rf"|(?:photo |image |picture )?credits?\s*:)\s*(?P<value>.{{2,80}}?)\W{{0,3}}"
        ),
        re.compile(
            rf"[(\[©\s]*(?:(?:{NAME}\s*[/|]\s*)+{agency}(?:\s*(?:[/|,]|via)\s*(?:{agency}|{NAME}))*"
            rf"|{agency}(?:\s*/\s*(?:{agency}|{NAME}))+|{NAME}\s+via\s+{agency}"
            rf"|(?i:{pictures}))[)\].\s]*"
        ),
        re.compile(rf"(?<!\w){agency}"),
    )


def credit_line(line: str) -> str | None:
    """Who is credited by a line that is nothing but a picture's credit."""
    if len(line) > LONGEST:
        return None
    forms = _patterns()
    match = forms.labelled.fullmatch(line)
    if match and _is_credited(match["value"], forms):
        return match["value"].strip()
    return line.strip("()[] ") if forms.bare.fullmatch(line) else None


def _is_credited(value: str, forms: Patterns) -> bool:
    """Whether what follows "Photo:" is a name or an agency, rather than what the picture shows."""
    if re.search(r"[.!?] [A-Z]|\d{3}|(?i:caption)", value) or len(value.split()) > MOST_WORDS:
        return False
    return forms.agency.search(value) is not None or re.fullmatch(rf"{NAME}(?:\s*[/|]\s*{NAME})*", value) is not None
