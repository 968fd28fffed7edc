"""Repair mojibake that lost bytes, where the remaining ones or the context identify the character.

``said.â€ She`` lost the third byte of a quotation mark. ``donât`` lost two bytes of an apostrophe, because programs
drop control characters, and in ``don?t`` a question mark replaces all three. Only unambiguous cases are repaired:
contractions, possessives, and quotation marks next to the quoted text.
"""

import re
from collections.abc import Iterator

from clean_news.stages.encoding.codec_patterns import codec_patterns
from clean_news.stages.encoding.entities import Atom

LOST = r"(?: [ ]{1,2} | [?\ufffd\x1a]{1,2} )"  # what replaces lost bytes
# The bytes of an apostrophe that was garbled two or three times; some are lost.
GARBLE = r"(?=[^\s?\ufffd]{0,8}[?\ufffd]) [Ãâ][ÃÂâ€šžƒ‚„¬¢™?\ufffd]{2,12}"
ENDING = r"(?: s|t|re|ve|ll|d|m )(?![\w=])"
DAMAGED = re.compile(
    rf"""
    (?P<apostrophe> (?<=[A-Za-z]) (?: â€?{LOST}? | [?]{{1,3}} | \ufffd{{1,3}} | {GARBLE} ) (?={ENDING}) )
  | (?P<closing> (?<=[^\s(\[ÂâãƒÐÑ¤¦¨¬¯¸ˆ˜†‡‰]) â€ (?: [\ufffd](?![a-z]) | [?](?!\w) | (?=[ \t,.;:!?)]|\Z) ) )
  | (?P<dash> (?<=\w) â€" (?=\w) | (?<=\s) â€" (?=\s) )
  | (?P<headless> (?<![à-ïāβвΓÔ\x80-\xbf]) (?: \x80[\x90-\xbf] | €[™œ˜\x9d] ) )
  | (?P<rest> \x80 (?=[‘’“”–—…]) )
  | (?P<ellipsis> “¦ | â¦ )
  | (?P<bullet> (?<!\S) â¢ (?=[ ]?[A-Z“‘]) )
  | (?P<spaced> (?<=\w[ ]) (?: â\?\? | â?\ufffd\ufffd\ufffd? ) (?=[ ]\w) )
  | (?P<opens> (?<![^\s(\[—]) (?: â(?: \?\? | \ufffd\ufffd )(?=\w) | \ufffd{{3}}(?=\w) | â(?=[A-Z][a-z\s’'â]) ) )
  | (?P<closes> (?<=[\w.,!?…]) (?: â(?: \?\? | \ufffd\ufffd ) | \ufffd{{3}} )(?=[ \t,.;:!?)]|\Z)
      | (?<=[a-z\d\])][.,!?…]) â(?:[ ](?=[ ]|\Z))?(?=[ \t]|\Z) )
  | (?P<acute> \b (?: Ã\ufffd? | Ă\ufffd ) (?=[bfglv][a-zó]|ng|rb|rp) )
  | (?P<selector> ï¸\ufffd )
  | (?P<second> [ÃÄÅĂĹ]\ufffd | ðŸ (?: [^\x00-\x7f\ufffd]\ufffd | \ufffd[^\x00-\x7f\ufffd] ) )
  # these only next to others of their kind
  | (?P<elision> (?<=\b[ODLdl]) (?: â | â\?\? | \ufffd{{3}} ) (?=[A-ZÀ-ÿ]) )
  | (?P<inner> (?<=[a-z]{{4}}) â (?=[a-z]{{2}} | [A-Z][a-z]) )
  | (?P<plural> (?<=[a-z]{{3}}s) (?: â | {GARBLE} ) (?=[ ][a-z]) )
  | (?P<left> (?<![^\s(\[—]) â (?: (?=[a-z]) | [ ]{{1,2}}(?=[A-Z]) ) )
  | (?P<right> (?<=[a-z\d]) â (?![\w’]) )
  | (?P<lone> (?<=[\w.,][ ]) â (?=[ ]\w) )
    """,
    re.VERBOSE,
)
MARKERS = "âÂÃ€\ufffd\x80¦"  # every match of DAMAGED contains one of these or matches LOST_APOSTROPHE
LOST_APOSTROPHE = re.compile(r"\?(?:s|t|re|ve|ll|d|m)\b")
# The undamaged form of each kind: complete mojibake if its codec is not known yet, else the character.
UNDAMAGED = {
    "apostrophe": "’",
    "closing": "â€\x9d",
    "dash": "â€”",
    "rest": "",
    "ellipsis": "â€¦",
    "bullet": "•",
    "spaced": "—",
    "opens": "“",
    "closes": "”",
    "acute": "Á",
    "selector": "\ufe0f",
    "second": "\ufffd",
    "elision": "’",
    "inner": "—",
    "plural": "’",
    "left": "“",
    "right": "”",
    "lone": "—",
}
DAMAGE = {  # written to the log
    "apostrophe": "bytes of an apostrophe are lost; nothing else occurs before this ending",
    "closing": "the third byte is lost; of what begins like this only a closing quotation mark fits here",
    "dash": "the third byte became a straight quotation mark; both dashes fit, the long one is more frequent",
    "headless": "the first byte is lost",
    "rest": "the first byte is lost, the third is decoded, the second is left",
    "ellipsis": "the first two bytes were taken for a quotation mark, or the second is lost",
    "bullet": "the second byte is lost; before a sentence a bullet is the most frequent",
    "spaced": "two bytes are lost; both dashes fit, the long one is more frequent",
    "opens": "two bytes are lost; before a word double quotation marks are the most frequent",
    "closes": "two bytes are lost; after a punctuation mark double quotation marks are the most frequent",
    "acute": "the second byte is lost; before these letters a name has Á",
    "selector": "the third byte is lost; of what begins like this only a selector of emoji is in use",
    "second": "one of the bytes is lost, and several letters fit",
    "elision": "two bytes of an apostrophe are lost: O’Neill, d’Arcy",
    "inner": "two bytes of a dash are lost; there is an English word on each side",
    "plural": "two bytes of an apostrophe are lost; no quotation begins before it",
    "left": "two bytes are lost; the line has both ends of a quotation",
    "right": "two bytes are lost; the line has both ends of a quotation",
    "lone": "two bytes are lost; both dashes fit, the long one is more frequent",
}
CONFIDENCE = {
    "apostrophe": 0.9,
    "closing": 0.9,
    "dash": 0.7,
    "headless": 0.9,
    "rest": 0.9,
    "ellipsis": 0.9,
    "bullet": 0.8,
    "spaced": 0.7,
    "opens": 0.75,
    "closes": 0.75,
    "acute": 0.75,
    "selector": 0.9,
    "second": 0.9,
    "elision": 0.9,
    "inner": 0.7,
    "plural": 0.75,
    "left": 0.75,
    "right": 0.75,
    "lone": 0.7,
}


def _words(listed: str) -> frozenset[str]:
    """Split a list of words."""
    return frozenset(listed.split())


SUBJECTS = _words(
    "i you he she it we they that this there here who what where when how why let those these one someone "
    "everyone nobody everybody somebody would could should might must"
)
NEGATED = _words(
    "don doesn didn isn wasn weren aren won wouldn couldn shouldn can hasn haven hadn ain mustn needn mightn shan daren"
)
# Words whose plural looks like a possessive if é is lost: caf?s.
BEFORE_ACUTE = _words(
    "caf clich fianc attach expos communiqu pur canap soir saut divorc matin consomm souffl toup émigr emigr "
    "prot protég retrouss habitu resum résum recherch passport pat touch"
)


def damaged_sequences(line: str) -> Iterator[Atom]:
    """Yield the damaged sequences of a line with their undamaged forms."""
    if not (any(marker in line for marker in MARKERS) or LOST_APOSTROPHE.search(line)):
        return
    found = list(DAMAGED.finditer(line))
    kinds = {match.lastgroup for match in found}
    certain = any(match.lastgroup == "apostrophe" and _is_contraction(match) for match in found)
    opens = bool(kinds & {"opens", "left"})
    quoted = opens and bool(kinds & {"closes", "closing", "right", "plural"})
    dashes = {match.start() for match in found if match["lone"] or (not quoted and _is_spaced(match))}
    # A single one may be the letter: “the letters ă, â and î”.
    is_dash = len(dashes) > 1 or certain or bool(dashes and codec_patterns("cp1252").expected.search(line))
    for match in found:
        kind = match.lastgroup or ""
        if kind == "plural" and opens:
            kind = "right"  # of a quotation that ends in a plural
        if match.start() in dashes:
            if is_dash:
                yield Atom(match.start(), "â", UNDAMAGED["lone"], "lone")
        elif (quoted or kind not in ("left", "right")) and _fits(kind, match, certain):
            yield Atom(match.start(), match[0], "â" + match[0] if kind == "headless" else UNDAMAGED[kind], kind)


def _is_spaced(match: re.Match[str]) -> bool:
    """Whether what may open a quotation may also be a dash: it is between two words, with a space on each side."""
    return match[0] == "â " and bool(re.search(r"[\w.,][ ]\Z", match.string[max(0, match.start() - 2) : match.start()]))


def _fits(kind: str, match: re.Match[str], certain: bool) -> bool:
    """Whether a damaged sequence of a kind fits the words around it."""
    if kind == "apostrophe":
        return _is_contraction(match) or _is_possessive(match, certain)
    if kind == "plural":
        return _is_after_a_plural(match)
    return kind != "inner" or _is_between_words(match)


def _letters_around(match: re.Match[str]) -> tuple[str, str]:
    """Return the letters just before and just after a match."""
    line = match.string
    near = slice(max(0, match.start() - 40), match.start())  # no word is longer
    before = re.search(r"[^\W\d_]*\Z", line[near])
    after = re.match(r"[a-z]*", line[match.end() : match.end() + 3])
    return before[0] if before else "", after[0] if after else ""


def _is_after_a_plural(match: re.Match[str]) -> bool:
    """Whether a match follows an English plural: “honoris causâ” is Latin."""
    from clean_news.language import vocabulary  # loaded for few lines

    word = _letters_around(match)[0].lower()
    singulars = (word[:-1], word[:-2], f"{word[:-3]}y")
    return any(len(one) > 2 and vocabulary.is_word(one) for one in singulars)


def _is_between_words(match: re.Match[str]) -> bool:
    """Whether there is an English word on each side of a match, unlike in *château*."""
    from clean_news.language import vocabulary  # loaded for few lines

    before = _letters_around(match)[0]
    after = re.match(r"[A-Za-z]*", match.string[match.end() : match.end() + 40])
    name = after is not None and after[0][:1].isupper()
    return vocabulary.is_word(before.lower()) and after is not None and (name or vocabulary.is_word(after[0]))


def _is_contraction(match: re.Match[str]) -> bool:
    """Whether an apostrophe would make an English contraction: ``don’t``, ``we’ll``."""
    before, after = _letters_around(match)
    return before.lower() in (NEGATED if after == "t" else SUBJECTS)


def _is_possessive(match: re.Match[str], certain: bool) -> bool:
    """Whether an apostrophe would make a possessive, and a lost é would not make a plural.

    Args:
        match: the damaged sequence.
        certain: whether the line has certainly lost apostrophes.
    """
    before, after = _letters_around(match)
    name = match[0][0] == "â" and len(before) > 3 and before[0].isupper()  # Guzmán; not râs
    if after != "s" or len(before) < 3 or not (before.isascii() or name) or before.lower() in BEFORE_ACUTE:
        return False
    if match[0][0] == "â" or len(match[0]) == 3:
        return True
    return certain or (match[0] == "?" and before.islower())
