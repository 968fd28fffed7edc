"""Mojibake, HTML entities and escapes: the characters that were meant are put in their place.

Mojibake is text that was written in one codec and read in another: ``donâ€™t``. Line by line, entities and
escapes are read first, then what lost a byte is completed, then every garbled sequence is read again in its
codec (``rereading``), and ftfy does what is left; everything else that ftfy can do (quotes, ligatures, width,
line breaks, control characters) is off: the text's own characters stay. An entity that survived extraction
(``&rsquo;``) is unescaped also where the line has a ``<``; only a tag (``&lt;b&gt;``) stays escaped, because
the next reader would take it for markup.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Any

from clean_news.edits import Edit
from clean_news.rule_selection import is_off
from clean_news.stages import Proposal, Rule
from clean_news.stages.encoding.entities import Atom, entities
from clean_news.stages.encoding.escapes import BEGINNINGS, escapes, may_have_escapes
from clean_news.stages.encoding.evidence import evidence_of
from clean_news.stages.encoding.lost_bytes import DAMAGE, QUESTION, SURE, damaged_sequences
from clean_news.stages.encoding.redecoding import reread
from clean_news.stages.line_differences import changes

if TYPE_CHECKING:
    from ftfy import TextFixerConfig

    from clean_news.article import Article
    from clean_news.settings import Settings

RULES = (
    Rule(
        "ENC001",
        "Mojibake: text written in one codec and read in another is read again in the right one.",
        "The cafÃ©â€™s owner didnâ€™t reply to Fran√ßois.",
        "The café’s owner didn’t reply to François.",
        (
            "The café’s owner didn’t reply.",
            "SÃO PAULO",
            "He wrote “naïve” – in £5 notes.",
            "the root √2, or 2√π",
            "├── files",
        ),
        "ftfy 6.3.1, https://ftfy.readthedocs.io; sequences of UTF-8: RFC 3629",
    ),
    Rule(
        "ENC002",
        "HTML entity: the character that it stands for is put in its place.",
        "Procter &amp; Gamble said it wasn&#8217;t &quot;for sale&quot;.",
        'Procter & Gamble said it wasn’t "for sale".',
        ("AT&T and R&D, &c.", "write &lt;b&gt;bold&lt;/b&gt; for bold", "the S&P; index"),
        "HTML Living Standard, named character references, as ftfy reads them",
    ),
    Rule(
        "ENC003",
        "Escape: a character that a program wrote as a code is put in its place.",
        r"The caf\u00e9\u2019s owner said \xe2\x80\x9cno\xe2\x80\x9d.",
        "The café’s owner said “no”.",
        (r"C:\users\news\u2019.txt", r"the string '\u00e9'", "http://example.org/caf%C3%A9"),
        "JSON (RFC 8259), Python, quoted-printable (RFC 2045) and percent-encoding (RFC 3986)",
    ),
    Rule(
        "ENC004",
        "Lost bytes: a character of which only some bytes are left, or none, where only one fits.",
        "The crew didn?t answer, and the townâs mayor wasnâ\ufffd\ufffdt there.",
        "The crew didn’t answer, and the town’s mayor wasn’t there.",
        ("Really? So be it.", "watch?t=30", "râs, tânăr and pâté", "two caf\ufffds"),
        "what programs do with control characters, and with characters that their codec has not",
    ),
)
OF_KIND = {"entity": "ENC002", "escape": "ENC003"}
LOST = frozenset({"apostrophe", "plural", "spaced", "lone", "opens", "closes", "left", "right", "acute"})

# Characters above ASCII that no mojibake begins with: a line that has no others needs no closer look.
PLAIN = "’“”‘—–…•©®™£€°½¼¾\xa0\xad"
UNUSUAL = re.compile(rf"[^\x00-\x7f{PLAIN}]")
SUSPECT = re.compile(rf"[^\x00-\x7f{PLAIN}]|&[#A-Za-z]|\bamp;|#\d\d|€™")
# The same with escapes and with question marks in words; few texts have one, so most are spared the long pattern.
SUSPECT_TOO = re.compile("|".join([SUSPECT.pattern, QUESTION.pattern, *(sign.pattern for _, sign in BEGINNINGS)]))

# “MAÇÃ” in capitals: ftfy would read its end as Ô.
ENDS_IN_A_TILDE = re.compile(r"(?<=[A-ZÀ-Þ])Ã(?=[’”–—…](?![^\W\d_]))")
HIDDEN = "\ue000"


def propose(article: "Article", settings: "Settings") -> Proposal:
    """The article's mojibake, entities and escapes; a garbled run is one edit."""
    text = article.text
    edits = [edit for start, end in _suspect_lines(text) for edit in _line_edits(text[start:end], start)]
    return Proposal([edit for edit in edits if not is_off(edit.rule, settings)])


def _suspect_lines(text: str) -> Iterator[tuple[int, int]]:
    """The spans of the lines that may have a fault."""
    suspect = SUSPECT_TOO if may_have_escapes(text) or QUESTION.search(text) else SUSPECT
    end = 0
    while found := suspect.search(text, end):
        start = text.rfind("\n", 0, found.start()) + 1
        end = text.find("\n", found.start()) % (len(text) + 1)  # -1, no further line, becomes the text's end
        yield start, end


def _line_edits(line: str, offset: int) -> Iterator[Edit]:
    """The edits of one line, which begins at ``offset`` in the text."""
    tokens = list(_tokens_of(line))
    meant = line
    for token in reversed(tokens):
        meant = meant[: token.start] + token.meant + meant[token.end :]
    fixed, steps = _read_again(meant)
    if fixed == meant:
        yield from (_token_edit(token, offset) for token in tokens)
        return
    atoms = _atoms_of(line, tokens)
    for change in changes([atom.text for atom in atoms], fixed, joins=lambda text: not text.isascii()):
        changed = atoms[change.start : change.end]
        if all(atom.kind for atom in changed) and change.after == "".join(atom.meant for atom in changed):
            yield from (_token_edit(atom, offset) for atom in changed)
        else:
            yield _mojibake_edit(changed, change.after, steps, offset)


def _tokens_of(line: str) -> Iterator[Atom]:
    """The entities, escapes and damaged sequences of a line that mean something else than they are."""
    end = 0
    for atom in sorted([*entities(line), *escapes(line), *damaged_sequences(line)]):
        if atom.start >= end:
            end = atom.end
            if atom.meant != atom.text:
                yield atom


def _atoms_of(line: str, tokens: list[Atom]) -> list[Atom]:
    """The line as tokens and, between them, characters."""
    atoms, at = [], 0
    for token in [*tokens, Atom(len(line), "", "")]:
        atoms += [Atom(place, line[place], line[place]) for place in range(at, token.start)]
        atoms += [token] if token.text else []
        at = token.end
    return atoms


@cache
def _gentle() -> "TextFixerConfig":
    """Settings of ftfy: the repair of mojibake and nothing else (entities are unescaped before)."""
    from ftfy import TextFixerConfig  # imported where needed: the CLI must start fast

    return TextFixerConfig(
        unescape_html=False,
        remove_terminal_escapes=False,
        fix_latin_ligatures=False,
        fix_character_width=False,
        uncurl_quotes=False,
        fix_line_breaks=False,
        remove_control_chars=False,
        normalization=None,
    )


def _read_again(line: str) -> tuple[str, list[str]]:
    """The line in the right codecs, and ftfy's steps to it; the line itself if nothing is wrong with it."""
    if not UNUSUAL.search(line):
        return line, []
    # Without an explanation asked for, ftfy ignores the options of its encoding repair.
    from ftfy import fix_and_explain  # imported where needed: the CLI must start fast

    fixed, explanation = fix_and_explain(ENDS_IN_A_TILDE.sub(HIDDEN, reread(line)), _gentle())
    fixed = fixed.replace(HIDDEN, "Ã")
    if not line.startswith("\ufeff"):
        fixed = fixed.removeprefix("\ufeff")  # a byte order mark that was read as ï»¿ is no part of the text
    return fixed, [" ".join(step) for step in explanation or ()]


def _token_edit(token: Atom, offset: int) -> Edit:
    """The edit that puts the meaning of an entity, an escape or a damaged sequence on its own in its place."""
    span = (offset + token.start, offset + token.end)
    return Edit(_rule_of([token]), span, token.text, token.meant, sure([token]), evidence=_token_evidence(token))


def _mojibake_edit(changed: list[Atom], after: str, steps: list[str], offset: int) -> Edit:
    """The edit that re-reads a garbled run."""
    start, before = offset + changed[0].start, "".join(atom.text for atom in changed)
    completed = "".join(atom.meant for atom in changed)
    evidence = evidence_of(completed, after or "\ufeff") or {"steps": steps}
    if completed != before:
        evidence["completed"] = completed
    if damage := [DAMAGE[atom.kind] for atom in changed if atom.kind in DAMAGE]:
        evidence["damage"] = damage
    return Edit(_rule_of(changed), (start, start + len(before)), before, after, sure(changed), evidence=evidence)


def _token_evidence(token: Atom) -> dict[str, Any]:
    """What is known of a token: the damage, or the code points that it stands for."""
    if token.kind in DAMAGE:
        return {"damage": [DAMAGE[token.kind]]}
    points = " ".join(f"U+{ord(character):04X}" for character in token.meant)
    return {token.kind: token.text, "stands_for": points}


def _rule_of(atoms: list[Atom]) -> str:
    """The rule by which characters and tokens are repaired together."""
    if any(atom.kind in LOST for atom in atoms):
        return "ENC004"
    return OF_KIND.get(atoms[0].kind, "ENC001") if len(atoms) == 1 else "ENC001"


def sure(atoms: list[Atom]) -> float:
    """How sure a repair of characters and tokens is."""
    return min((SURE.get(atom.kind, 0.99) for atom in atoms), default=0.99)
