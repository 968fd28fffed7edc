"""Mojibake and HTML entities, with ftfy.

Mojibake is text that was written in one codec and read in another: ``donâ€™t``. ftfy finds the codecs; it
works line by line, and everything else that it can do (quotes, ligatures, width, line breaks, control
characters) is off: the text's own characters stay. What ftfy cannot read because a byte was lost on the way
(``said.â€ She``) is completed first. An entity that survived extraction (``&rsquo;``) is unescaped also where
the line has a ``<``; only a tag (``&lt;b&gt;``) stays escaped, because the next reader would take it for
markup.
"""

import re
from collections.abc import Iterator
from functools import cache
from html.entities import name2codepoint
from typing import TYPE_CHECKING, NamedTuple

from clean_news.edits import Edit
from clean_news.glyphs.differences import changes
from clean_news.stages import Proposal, Rule

if TYPE_CHECKING:
    from ftfy import TextFixerConfig

    from clean_news.article import Article
    from clean_news.settings import Settings

RULES = (
    Rule(
        "ENC001",
        "Mojibake: text written in one codec and read in another is read again in the right one.",
        "The cafÃ©â€™s owner didnâ€™t reply.",
        "The café’s owner didn’t reply.",
        ("The café’s owner didn’t reply.", "SÃO PAULO", "He wrote “naïve” – in £5 notes."),
        "ftfy 6.3.1, https://ftfy.readthedocs.io",
    ),
    Rule(
        "ENC002",
        "HTML entity: the character that it stands for is put in its place.",
        "Procter &amp; Gamble said it wasn&#8217;t &quot;for sale&quot;.",
        'Procter & Gamble said it wasn’t "for sale".',
        ("AT&T and R&D, &c.", "write &lt;b&gt;bold&lt;/b&gt; for bold", "the S&P; index"),
        "HTML Living Standard, named character references, as ftfy reads them",
    ),
)

# Characters above ASCII that no mojibake begins with: a line that has no others needs no closer look.
PLAIN = "’“”‘—–…•©®™£€°½¼¾\xa0\xad"
UNUSUAL = re.compile(rf"[^\x00-\x7f{PLAIN}]")
SUSPECT = re.compile(rf"[^\x00-\x7f{PLAIN}]|&[#A-Za-z]|\bamp;|#\d\d|€™")

CONSOLE = "ΓÇ"  # how curly quotes and dashes begin when UTF-8 is read as cp437

NUMBERS = r"\#(?:0?39|8[2-4]\d\d)"  # apostrophe, quotation marks, dashes, ellipsis
NAMES = "amp|quot|rsquo|lsquo|rdquo|ldquo|mdash|ndash|hellip"
TAGS = (
    "a|abbr|b|blockquote|br|center|div|em|font|h[1-6]|hr|i|iframe|img|li|ol|p|script|span|strong|style|sub|sup"
    "|table|td|th|tr|u|ul"
)
TOKEN = re.compile(
    rf"""
    (?P<tag> &(?:amp;)*lt; /?(?:{TAGS}) (?=[\s/]|&) (?: [^<>\n]*? &(?:amp;)*gt; )? )
  | (?P<entity>
      & (?:amp;)* (?: \#[0-9]{{1,7}}; | \#[xX][0-9a-fA-F]{{1,6}}; | [A-Za-z][A-Za-z0-9]{{1,23}}; )
    | & (?: nbsp(?!;) | (?:{NAMES})(?![\w;=]) | {NUMBERS}(?![\d;]) )            # the semicolon was lost
    | (?<![&\w]) amp;(?=\s) | (?<!&) {NUMBERS};                                 # the ampersand was lost
    )
  | (?P<closing> (?<=[^\s(\[]) â€ (?: [\ufffd?](?!\w) | (?=[\s,.;:!?)]|\Z) ) )
  | (?P<dash> (?<=\w) â€" (?=\w) | (?<=\s) â€" (?=\s) )
  | (?P<headless> (?<![â\x80-\xbf]) (?: \x80[\x90-\xbf] | €[™œ˜\x9d] ) )
  | (?P<ellipsis> “¦ )
  | (?P<space> (?<=[.,;:!?”’"'…)]) Â (?=\s|\Z) )
    """,
    re.VERBOSE,
)
# What the damaged sequences were as whole mojibake, which ftfy reads.
WHOLE = {"closing": "â€\x9d", "dash": "â€”", "ellipsis": "â€¦", "space": ""}
DAMAGE = {
    "closing": "the third byte is lost; of what begins like this only a closing quotation mark fits here",
    "dash": "the third byte became a straight quotation mark; both dashes fit, the long one is more frequent",
    "headless": "the first byte is lost",
    "ellipsis": "the first two bytes were taken for a quotation mark",
    "space": "the second byte, a no-break space, became a space",
}
SURE = {"closing": 0.9, "dash": 0.7, "headless": 0.9, "ellipsis": 0.9, "space": 0.9, "entity": 0.99}


class Atom(NamedTuple):
    """A character of a line, or an entity or damaged sequence in it as a whole.

    Attributes:
        start: its first code point in the line.
        text: what stands there.
        meant: what it is read as before ftfy sees the line.
        kind: the name of the group of :data:`TOKEN` that found it; empty for a character.
    """

    start: int
    text: str
    meant: str
    kind: str = ""


def propose(article: "Article", settings: "Settings") -> Proposal:
    """The article's mojibake and entities; a garbled run is one edit."""
    text = article.text
    edits = [edit for start, end in suspect_lines(text) for edit in line_edits(text[start:end], start)]
    return Proposal([edit for edit in edits if edit.rule not in settings.rules_off])


def suspect_lines(text: str) -> Iterator[tuple[int, int]]:
    """The spans of the lines that may have a fault."""
    end = 0
    while found := SUSPECT.search(text, end):
        start = text.rfind("\n", 0, found.start()) + 1
        end = text.find("\n", found.start()) % (len(text) + 1)  # -1, no further line, becomes the text's end
        yield start, end


def line_edits(line: str, offset: int) -> Iterator[Edit]:
    """The edits of one line, which begins at ``offset`` in the text."""
    tokens = list(tokens_of(line))
    meant = line
    for token in reversed(tokens):
        meant = meant[: token.start] + token.meant + meant[token.start + len(token.text) :]
    fixed, steps = read_again(meant)
    if fixed == meant:
        yield from (token_edit(token, offset) for token in tokens)
        return
    atoms = atoms_of(line, tokens)
    for change in changes([atom.text for atom in atoms], fixed, joins=lambda text: not text.isascii()):
        changed = atoms[change.start : change.end]
        if all(atom.kind == "entity" for atom in changed) and change.after == "".join(a.meant for a in changed):
            yield from (token_edit(atom, offset) for atom in changed)
        else:
            yield mojibake_edit(changed, change.after, steps, offset)


def tokens_of(line: str) -> Iterator[Atom]:
    """The entities and damaged sequences of a line that mean something else than they are."""
    for found in TOKEN.finditer(line):
        kind, text = found.lastgroup or "", found[0]
        if kind == "tag":
            continue
        meant = entity_meaning(text) if kind == "entity" else "â" + text if kind == "headless" else WHOLE[kind]
        if meant != text:
            yield Atom(found.start(), text, meant, kind)


def entity_meaning(entity: str) -> str:
    """The character that an entity stands for, also if it was escaped again and again; else the entity."""
    from ftfy.fixes import unescape_html  # imported where needed: the CLI must start fast

    name = re.sub(r"^&?(?:amp;)*(?=[#\w])", "", entity).rstrip(";")
    # Beyond HTML 4 the short names (&in; &it; &sc;) are more likely a company's initials.
    if len(name) < 4 and not name.startswith("#") and name.lower() not in name2codepoint:
        return entity
    meant: str = unescape_html(f"&{name};")
    return entity if meant in {"", "\ufffd", f"&{name};"} else meant


def atoms_of(line: str, tokens: list[Atom]) -> list[Atom]:
    """The line as tokens and, between them, characters."""
    atoms, at = [], 0
    for token in [*tokens, Atom(len(line), "", "")]:
        atoms += [Atom(place, line[place], line[place]) for place in range(at, token.start)]
        atoms += [token] if token.text else []
        at = token.start + len(token.text)
    return atoms


@cache
def gentle() -> "TextFixerConfig":
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


def read_again(line: str) -> tuple[str, list[str]]:
    """The line in the right codecs, and ftfy's steps to it; the line itself if nothing is wrong with it."""
    if not UNUSUAL.search(line):
        return line, []
    if CONSOLE in line:  # ftfy reads cp437 too, but does not take this for mojibake
        try:
            return line.encode("cp437").decode("utf-8"), ["encode cp437", "decode utf-8"]
        except UnicodeError:
            pass
    # Without an explanation asked for, ftfy ignores the options of its encoding repair.
    from ftfy import fix_and_explain  # imported where needed: the CLI must start fast

    fixed, explanation = fix_and_explain(line, gentle())
    return fixed, [" ".join(step) for step in explanation or ()]


def token_edit(token: Atom, offset: int) -> Edit:
    """The edit that puts the meaning of an entity, or of a damaged sequence on its own, in its place."""
    start = offset + token.start
    span = (start, start + len(token.text))
    rule = "ENC002" if token.kind == "entity" else "ENC001"
    evidence = {"damage": [DAMAGE[token.kind]]} if token.kind in DAMAGE else {}
    return Edit(rule, span, token.text, token.meant, SURE[token.kind], evidence=evidence)


def mojibake_edit(changed: list[Atom], after: str, steps: list[str], offset: int) -> Edit:
    """The edit that re-reads a garbled run."""
    start, before = offset + changed[0].start, "".join(atom.text for atom in changed)
    kinds = [atom.kind for atom in changed if atom.kind]
    evidence: dict[str, list[str]] = {"steps": steps}
    if damage := [DAMAGE[kind] for kind in kinds if kind in DAMAGE]:
        evidence["damage"] = damage
    sure = min((SURE[kind] for kind in kinds), default=0.99)
    return Edit("ENC001", (start, start + len(before)), before, after, sure, evidence=evidence)
