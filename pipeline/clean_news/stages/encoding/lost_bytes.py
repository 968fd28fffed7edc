"""Mojibake that lost a byte on the way, where what is left tells the character.

``said.â€ She`` lost the third byte of a quotation mark; ``donât`` lost two of an apostrophe, because programs
drop control characters, and ``don?t`` has a question mark for all of it. Only places with one reading are
repaired: contractions, possessives, and quotation marks beside what they enclose.
"""

import re
from collections.abc import Iterator

from clean_news.stages.encoding.entities import Atom

LOST = r"(?: [ ]{1,2} | [?\ufffd\x1a]{1,2} )"  # what stands for lost bytes
ENDING = r"(?: s|t|re|ve|ll|d|m )(?![\w=])"
DAMAGED = re.compile(
    rf"""
    (?P<apostrophe> (?<=[A-Za-z]) (?: â€?{LOST}? | [?]{{1,3}} | \ufffd{{1,3}} ) (?={ENDING}) )
  | (?P<closing> (?<=[^\s(\[]) â€ (?: [\ufffd?](?!\w) | (?=[\s,.;:!?)]|\Z) ) )
  | (?P<dash> (?<=\w) â€" (?=\w) | (?<=\s) â€" (?=\s) )
  | (?P<headless> (?<![âāβвΓÔ\x80-\xbf]) (?: \x80[\x90-\xbf] | €[™œ˜\x9d] ) )
  | (?P<ellipsis> “¦ )
  | (?P<space> (?<=[.,;:!?”’"'…)]) Â (?=\s|\Z) )
  | (?P<spaced> (?<=\w[ ]) (?: â\?\? | â?\ufffd\ufffd\ufffd? ) (?=[ ]\w) )
  | (?P<opens> (?<![^\s(\[—]) (?: â(?: \?\? | \ufffd\ufffd )(?=\w) | \ufffd{{3}}(?=\w) | â(?=[A-Z][a-z\s’']) ) )
  | (?P<closes> (?<=[\w.,!?…]) (?: â(?: \?\? | \ufffd\ufffd ) | \ufffd{{3}} )(?=[\s,.;:!?)]|\Z)
      | (?<=[a-z\d][.,!?…]) â(?:[ ](?=[ ]|\Z))?(?=\s|\Z) )
  | (?P<grave> (?<![^\s“‘(]) Ã (?: (?=[ ]la[ ][a-z]) | [ ](?=[ ]\w) ) )
  | (?P<acute> \b Ã\ufffd? (?=[bfglv][a-zó]|ng|rb|rp) )
  # these only beside others of their kind
  | (?P<plural> (?<=[a-z]{{3}}s) â (?=[ ][a-z]) )
  | (?P<left> (?<![^\s(\[—]) â (?: (?=[a-z]) | [ ]{{1,2}}(?=[A-Z]) ) )
  | (?P<right> (?<=[a-z\d]) â (?![\w’]) )
  | (?P<lone> (?<=[\w.,][ ]) â (?=[ ]\w) )
    """,
    re.VERBOSE,
)
SIGNS = "âÂÃ€\ufffd\x80¦"  # one of these is in whatever DAMAGED finds, or this:
QUESTION = re.compile(r"\?(?:s|t|re|ve|ll|d|m)\b")
# What the damaged sequences were: as whole mojibake where its codec is still open, else the character.
WHOLE = {
    "apostrophe": "’",
    "closing": "â€\x9d",
    "dash": "â€”",
    "ellipsis": "â€¦",
    "space": "",
    "spaced": "—",
    "opens": "“",
    "closes": "”",
    "grave": "à",
    "acute": "Á",
    "plural": "’",
    "left": "“",
    "right": "”",
    "lone": "—",
}
DAMAGE = {
    "apostrophe": "bytes of an apostrophe are lost; before this ending nothing else stands",
    "closing": "the third byte is lost; of what begins like this only a closing quotation mark fits here",
    "dash": "the third byte became a straight quotation mark; both dashes fit, the long one is more frequent",
    "headless": "the first byte is lost",
    "ellipsis": "the first two bytes were taken for a quotation mark",
    "space": "the second byte, a no-break space, became a space",
    "spaced": "two bytes are lost; both dashes fit, the long one is more frequent",
    "opens": "two bytes are lost; before a word double quotation marks are the most frequent",
    "closes": "two bytes are lost; behind punctuation double quotation marks are the most frequent",
    "grave": "the second byte, a no-break space, became a space",
    "acute": "the second byte is lost; before these letters a name has Á",
    "plural": "two bytes of an apostrophe are lost; no quotation begins before it",
    "left": "two bytes are lost; the line has both ends of a quotation",
    "right": "two bytes are lost; the line has both ends of a quotation",
    "lone": "two bytes are lost; both dashes fit, the long one is more frequent",
}
SURE = {
    "apostrophe": 0.9,
    "closing": 0.9,
    "dash": 0.7,
    "headless": 0.9,
    "ellipsis": 0.9,
    "space": 0.9,
    "spaced": 0.7,
    "opens": 0.75,
    "closes": 0.75,
    "grave": 0.9,
    "acute": 0.75,
    "plural": 0.75,
    "left": 0.75,
    "right": 0.75,
    "lone": 0.7,
}


def words(listed: str) -> frozenset[str]:
    """The words of a list."""
    return frozenset(listed.split())


SUBJECTS = words(
    "i you he she it we they that this there here who what where when how why let those these one someone "
    "everyone nobody everybody somebody would could should might must"
)
NEGATED = words(
    "don doesn didn isn wasn weren aren won wouldn couldn shouldn can hasn haven hadn ain mustn needn mightn shan daren"
)
# What a lost é leaves before a plural: caf?s.
BEFORE_ACUTE = words(
    "caf clich fianc attach expos communiqu pur canap soir saut divorc matin consomm souffl toup émigr emigr "
    "prot protég retrouss habitu resum résum recherch passport pat touch"
)


def damaged_sequences(line: str) -> Iterator[Atom]:
    """The damaged sequences of a line, each with what it was."""
    if not (any(sign in line for sign in SIGNS) or QUESTION.search(line)):
        return
    found = list(DAMAGED.finditer(line))
    certain = any(match.lastgroup == "apostrophe" and _is_contraction(match) for match in found)
    passed = passed_over({match.lastgroup for match in found}, len([m for m in found if m["lone"]]), certain)
    for match in found:
        kind = match.lastgroup or ""
        if kind in passed:
            continue
        if kind == "apostrophe" and not _is_contraction(match) and not _is_possessive(match, certain):
            continue
        yield Atom(match.start(), match[0], "â" + match[0] if kind == "headless" else WHOLE[kind], kind)


def passed_over(kinds: set[str | None], lone: int, certain: bool) -> set[str]:
    """The kinds that do not count in a line, because what they are part of is not there.

    Args:
        kinds: the kinds that the line has.
        lone: how many of its dashes would be an ``â`` on its own.
        certain: whether it has lost apostrophes for certain.
    """
    quoted = bool(kinds & {"opens", "left"}) and bool(kinds & {"closes", "closing", "right"})
    passed = {"plural"} if kinds & {"opens", "left"} else set()
    if not quoted:
        passed |= {"left", "right"}
    # One alone may be the letter: “the letters ă, â and î”.
    return passed if lone > 1 or certain else passed | {"lone"}


def around(match: re.Match[str]) -> tuple[str, str]:
    """The letters in front of a match, and those behind it."""
    line = match.string
    near = slice(max(0, match.start() - 40), match.start())  # no word is longer
    front = re.search(r"[^\W\d_]*\Z", line[near])
    behind = re.match(r"[a-z]*", line[match.end() : match.end() + 3])
    return front[0] if front else "", behind[0] if behind else ""


def _is_contraction(match: re.Match[str]) -> bool:
    """Whether an apostrophe would make one of the contractions of English: ``don’t``, ``we’ll``."""
    front, behind = around(match)
    return front.lower() in (NEGATED if behind == "t" else SUBJECTS)


def _is_possessive(match: re.Match[str], certain: bool) -> bool:
    """Whether an apostrophe would make a possessive, and no other lost letter a plural.

    Args:
        match: the damaged place.
        certain: whether the line has lost apostrophes for certain.
    """
    front, behind = around(match)
    if behind != "s" or len(front) < 3 or not front.isascii() or front.lower() in BEFORE_ACUTE:
        return False
    if match[0][0] == "â" or len(match[0]) == 3:
        return True
    return certain or (match[0] == "?" and front.islower())
