"""Stage ``encoding``: repair mojibake, HTML entities and escape sequences.

Mojibake is text that was encoded in one codec and decoded in another: ``donâ€™t``. In each line, entities and escapes
are decoded first and sequences that lost bytes are completed; then every garbled sequence is decoded in its codec
(``redecoding``), and C1 control characters become those of cp1252. What is still garbled is left to ftfy
(``whole_lines``). This is repeated until nothing changes. An entity that survived extraction (``&rsquo;``) is
unescaped even if the line has a ``<``; only tags (``&lt;b&gt;``) stay escaped, because other programs would take
them for markup.
"""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from clean_news.edits import Edit, apply
from clean_news.language.uncommon_characters import uncommon_characters
from clean_news.rule_selection import is_off
from clean_news.stages import Proposal, Rule
from clean_news.stages.characters import invisible
from clean_news.stages.encoding import lost_bytes, lost_spaces
from clean_news.stages.encoding.entities import Atom, entities
from clean_news.stages.encoding.escapes import PREFIXES, escapes, may_have_escapes
from clean_news.stages.encoding.evidence import evidence_of
from clean_news.stages.encoding.lost_bytes import LOST_APOSTROPHE, damaged_sequences
from clean_news.stages.encoding.lost_spaces import damaged_spaces
from clean_news.stages.encoding.redecoding import C1_TO_CP1252, redecoded
from clean_news.stages.encoding.whole_lines import decoded_as_a_whole
from clean_news.stages.line_differences import changes

if TYPE_CHECKING:
    from clean_news.article import Article
    from clean_news.settings import Settings

RULES = (
    Rule(
        "ENC001",
        "Mojibake: text that was decoded in the wrong codec is decoded in the right one.",
        "The cafÃ©â€™s owner didnâ€™t reply to Fran√ßois.",
        "The café’s owner didn’t reply to François.",
        (
            "The café’s owner didn’t reply.",
            "SÃO PAULO",
            "He wrote “naïve” – in £5 notes.",
            "the root √2, or 2√π",
            "├── files",
        ),
        "sequences of UTF-8: RFC 3629; compared with ftfy 6.3.1 in benchmarks/ftfy_cases.py",
    ),
    Rule(
        "ENC002",
        "HTML entity: replaced by its character.",
        "Procter &amp; Gamble said it wasn&#8217;t &quot;for sale&quot;.",
        'Procter & Gamble said it wasn’t "for sale".',
        ("AT&T and R&D, &c.", "write &lt;b&gt;bold&lt;/b&gt; for bold", "the S&P; index"),
        "HTML Living Standard, named character references, as ftfy reads them",
    ),
    Rule(
        "ENC003",
        "Escape sequence: replaced by its character.",
        r"The caf\u00e9\u2019s owner said \xe2\x80\x9cno\xe2\x80\x9d.",
        "The café’s owner said “no”.",
        (r"C:\users\news\u2019.txt", r"the string '\u00e9'", "http://example.org/caf%C3%A9"),
        "JSON (RFC 8259), Python, quoted-printable (RFC 2045) and percent-encoding (RFC 3986)",
    ),
    Rule(
        "ENC004",
        "Lost bytes: a character that lost some or all of its bytes is restored if only one fits.",
        "The crew didn?t answer, and the townâs mayor wasnâ\ufffd\ufffdt there.",
        "The crew didn’t answer, and the town’s mayor wasn’t there.",
        ("Really? So be it.", "watch?t=30", "râs, tânăr and pâté", "two caf\ufffds"),
        "what programs do with control characters, and with characters that their codec lacks",
    ),
)
INFERRED = 0.75  # confidence of what is completed after it was decoded
MAX_ROUNDS = 8  # of the repair of a line, whose text gets shorter in nearly all of them
RULE_BY_KIND = {"entity": "ENC002", "escape": "ENC003"}
CONFIDENCE = lost_bytes.CONFIDENCE | lost_spaces.CONFIDENCE
DAMAGE = lost_bytes.DAMAGE | lost_spaces.DAMAGE
LOST_BYTE_KINDS = frozenset(
    {
        "apostrophe",
        "elision",
        "inner",
        "plural",
        "spaced",
        "lone",
        "opens",
        "closes",
        "left",
        "right",
        "acute",
        "acute_i",
        "caron",
    }
)

# Non-ASCII characters that mojibake does not begin with: a line without others needs no further check.
GENUINE = "’“”‘—–…•©®™£€°½¼¾\xa0\xad"
UNUSUAL = re.compile(rf"[^\x00-\x7f{GENUINE}]")
# What is suspect besides them: a literal string, which is far faster to search for than a pattern, and a pattern.
SUSPECT_PARTS = tuple(
    (literal, re.compile(pattern))
    for literal, pattern in (("&", "&[#A-Za-z]"), ("amp;", r"\bamp;"), ("#", r"#\d\d"), ("€™", "€™"))
)
SUSPECT = re.compile("|".join([UNUSUAL.pattern, *(part.pattern for _, part in SUSPECT_PARTS)]))
# The same with escapes and lost apostrophes; few texts have one, so the slower pattern is rarely used.
SUSPECT_OR_ESCAPE = re.compile(
    "|".join([SUSPECT.pattern, LOST_APOSTROPHE.pattern, *(prefix.pattern for _, prefix in PREFIXES)])
)


def propose(article: "Article", settings: "Settings") -> Proposal:
    """Propose the repair of mojibake, entities, escapes and lost bytes; a garbled run is one edit."""
    text = article.text
    edits = [edit for start, end in _suspect_lines(text) for edit in _line_edits(text[start:end], start)]
    return Proposal([edit for edit in edits if not is_off(edit.rule, settings)])


def _suspect_lines(text: str) -> Iterator[tuple[int, int]]:
    """Yield the start and exclusive end of each line that may need a repair."""
    suspect = _suspect_pattern(text)
    if suspect is None:
        return
    end = 0
    while found := suspect.search(text, end):
        start = text.rfind("\n", 0, found.start()) + 1
        end = text.find("\n", found.start()) % (len(text) + 1)  # -1 (last line) becomes the end of the text
        yield start, end


def _suspect_pattern(text: str) -> re.Pattern[str] | None:
    """Return the fastest pattern of what may need a repair in a text; None if nothing does."""
    if may_have_escapes(text) or LOST_APOSTROPHE.search(text):
        return SUSPECT_OR_ESCAPE
    if any(literal in text and part.search(text) for literal, part in SUSPECT_PARTS):
        return SUSPECT
    return UNUSUAL if UNUSUAL.search(uncommon_characters(text)) else None


def _line_edits(line: str, offset: int) -> Iterator[Edit]:
    """Yield the edits of one line, which begins at ``offset`` in the text."""
    tokens = list(_tokens_of(line))
    decoded = _replaced(line, tokens)
    fixed = _without_mojibake(decoded)
    if fixed == decoded and not tokens:
        return
    fixed = _stable(fixed)
    if fixed == decoded:
        yield from (_token_edit(token, offset) for token in tokens)
        return
    atoms = _atoms_of(line, tokens)
    for change in changes([atom.text for atom in atoms], fixed, joins=lambda text: not text.isascii()):
        changed = atoms[change.start : change.end]
        if all(atom.kind for atom in changed) and change.after == "".join(atom.decoded for atom in changed):
            yield from (_token_edit(atom, offset) for atom in changed)
        else:
            start = atoms[change.start].start if change.start < len(atoms) else len(line)
            yield _mojibake_edit(changed, change.after, offset + start)


def _replaced(line: str, tokens: list[Atom]) -> str:
    """Return the line with its tokens replaced by what they decode to."""
    pieces, at = list[str](), 0
    for token in tokens:
        pieces += [line[at : token.start], token.decoded]
        at = token.end
    return "".join([*pieces, line[at:]])


def _stable(line: str) -> str:
    """Repair a line until nothing changes: a repaired sequence may be part of another, as ``Ã¢??`` becomes ``â??``.

    The ``characters`` stage removes control characters and no-break spaces after this one; where more can be repaired
    without them, they are removed here, or a second run would do it.
    """
    for _ in range(MAX_ROUNDS):
        line = _repaired_until_stable(line)
        left = apply(line, list(invisible.edits(line)))
        if left == line or _repaired_until_stable(left) == left:
            break
        line = left
    return line


def _repaired_until_stable(line: str) -> str:
    """Repair a line until nothing changes, whatever later stages do."""
    for _ in range(MAX_ROUNDS):
        if not SUSPECT_OR_ESCAPE.search(line):
            break
        before, line = line, _without_mojibake(_replaced(line, list(_tokens_of(line))))
        if line == before:
            break
    return line


def _tokens_of(line: str) -> Iterator[Atom]:
    """Yield the entities, escapes and damaged sequences of a line that have a replacement, without overlaps."""
    end = 0
    for atom in sorted([*entities(line), *escapes(line), *damaged_sequences(line), *damaged_spaces(line)]):
        if atom.start >= end:
            end = atom.end
            if atom.decoded != atom.text:
                yield atom


def _atoms_of(line: str, tokens: list[Atom]) -> list[Atom]:
    """Split the line into the tokens and the single characters between them."""
    atoms, at = [], 0
    for token in [*tokens, Atom(len(line), "", "")]:
        atoms += [Atom(place, line[place], line[place]) for place in range(at, token.start)]
        atoms += [token] if token.text else []
        at = token.end
    return atoms


def _without_mojibake(line: str) -> str:
    """Return the line without mojibake, unchanged if it has none."""
    if not UNUSUAL.search(line):
        return line
    fixed = decoded_as_a_whole(redecoded(line).translate(C1_TO_CP1252))
    if not line.startswith("\ufeff"):
        fixed = fixed.removeprefix("\ufeff")  # a byte order mark decoded as ï»¿ is not part of the text
    return fixed


def _token_edit(token: Atom, offset: int) -> Edit:
    """Return the edit that replaces a single entity, escape or damaged sequence."""
    span = (offset + token.start, offset + token.end)
    confidence = _confidence([token])
    return Edit(_rule_of([token]), span, token.text, token.decoded, confidence, evidence=_token_evidence(token))


def _mojibake_edit(changed: list[Atom], after: str, start: int) -> Edit:
    """Return the edit that repairs a garbled run, which begins at ``start`` in the text."""
    before = "".join(atom.text for atom in changed)
    completed = "".join(atom.decoded for atom in changed)
    evidence = evidence_of(completed, after or "\ufeff")
    rule, confidence = _rule_of(changed), _confidence(changed)
    if not evidence:
        decoded = redecoded(completed)
        evidence = {"steps": [completed, decoded, after]}
        if decoded.translate(C1_TO_CP1252) != after:  # a byte was lost before it was garbled
            rule, confidence = "ENC004", min(confidence, INFERRED)
    if completed != before:
        evidence["completed"] = completed
    if damage := [DAMAGE[atom.kind] for atom in changed if atom.kind in DAMAGE]:
        evidence["damage"] = damage
    span = (start, start + len(before))
    return Edit(rule, span, before, after, confidence, evidence=evidence)


def _token_evidence(token: Atom) -> dict[str, Any]:
    """Return the evidence for a token: the kind of damage, or the code points that it encodes."""
    if token.kind in DAMAGE:
        return {"damage": [DAMAGE[token.kind]]}
    points = " ".join(f"U+{ord(character):04X}" for character in token.decoded) or "nothing"
    return {token.kind: token.text, "stands_for": points}


def _rule_of(atoms: list[Atom]) -> str:
    """Return the code of the rule that repairs a run of characters and tokens."""
    if any(atom.kind in LOST_BYTE_KINDS for atom in atoms):
        return "ENC004"
    return RULE_BY_KIND.get(atoms[0].kind, "ENC001") if len(atoms) == 1 else "ENC001"


def _confidence(atoms: list[Atom]) -> float:
    """Return the confidence of the repair of a run: that of its least certain part."""
    return min((CONFIDENCE.get(atom.kind, 0.99) for atom in atoms), default=0.99)
