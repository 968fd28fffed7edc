"""What boilerplate is left in articles, what was removed from them, and what a second run of the stage changes.

    python benchmarks/boilerplate.py NEWS.jsonl[.xz] … [--every 1] [--show 5]
    python benchmarks/boilerplate.py NEWS.jsonl[.xz] … --read 50 [--rule BOIL014] [--seed 1]

The files are JSON lines with a field ``text``; ``--every N`` takes every Nth article. The first form counts the
articles with leftovers of each kind, before and after the stage, as a Markdown table. The detectors of leftovers are
this file's own: they know nothing of the stage's rules and dictionaries, look for a few words of each kind anywhere in
a line, and rather count too many. ``--show`` prints leftovers to read. The second form prints a sample of what each
rule and kind removed, with what stands around it, to be read by a person: a removal is right if nobody would miss it in
the article.
"""

import argparse
import json
import lzma
import random
import re
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from clean_news.article import Article
from clean_news.edits import Edit, apply
from clean_news.settings import Settings
from clean_news.stages.boilerplate import stage

SETTINGS = Settings()
AROUND = 45  # characters shown on each side of a removal
MAX_SHOWN = 240  # characters of a removal or a leftover
FIRST_LINES = 4  # where a by-line stands
MIN_CAPITALS = 7  # words of a line in capitals that may be a link

PLATFORMS = "facebook|twitter|pinterest|whatsapp|linkedin|reddit|e-?mail|print|share|tweet"
STORY = "story|article|report|post|piece"
UNIT = "min(?:ute)?|hour|day|week|month|year"
# Each pattern is searched for in every line.
DETECTORS = {
    "list of links after a name": r"^.{40,}[^\W_A-Z][^\w\n]{0,2} ?MORE\b(?! than)",
    "caption with its buttons": r"(?i:\b(?:toggle|hide) caption\b|enlarge this image|media caption [A-Z]"
    r"|\bimage (?:copyright|caption) [A-Z@])",
    "just / must watched": r"JUST WATCHED|MUST WATCH\b(?!:)|Replay More Videos",
    "story highlights": r"(?i:^story highlights?\b|\) story highlights\b)",
    "newsletter prompt": r"(?i:^(?!.*\b(?:said|says|told)\b).{0,200}\b(?:sign up|subscribe|get|want|delivered)\b.{0,90}"
    r"\b(?:newsletters?|inbox|mailing list)\b.{0,200}$|by signing up,? you agree|unsubscribe at any time)",
    "also on, photos": r"(?i:^\( ?(?:also on|earlier on|see also|photos?|video|watch|quiz|poll)\b[^()]*:.*\)$)",
    "media playback": r"(?i:media playback is (?:unsupported|not supported))",
    "see also, read more": r"^(?i:\W{0,2}(?:see also|read more|read also|also read|related(?: \w+)?|more)\s?[:|])"
    r"\s?\S.*[^.\s]$|[^.]\sRead more$",
    "hours ago": rf"(?i:^(?:\w+ )?(?:\d+|an?) (?:{UNIT})s? ago$)",
    "minutes' reading": r"(?i:^\d+[- ]min(?:ute)?s? read\b)",
    "stamp": rf"(?i:^\W{{0,3}}(?:(?:this (?:{STORY}) (?:was|has been) )?(?:last |first |originally )?"
    r"(?:posted|updated|revised|published)\b)[^.!?]{0,25}\d[^!?]{0,40}$)",
    "write to": r"(?i:^\W{0,3}(?:write to|contact|e-?mail|reach|send (?:tips|letters))\b.{0,90}@)",
    "older than": r"(?i:^this (?:article|story) is (?:more than|over) \d+ \w+ old)",
    "paywall": r"(?i:already a subscriber|to continue reading|free articles? (?:left|remaining)|subscribers only"
    r"|^subscribe (?:now|today)|^become a (?:member|subscriber)|^log in to)",
    "cookie banner": r"(?i:\bwe use cookies\b|\baccept (?:all )?cookies\b|\b(?:web)?site uses cookies\b|cookie policy)",
    "view original tweet": r"(?i:view (?:the |this )?(?:original )?(?:tweet|post) on|view original tweet)",
    "bar": r"(?i:\bskip to (?:main )?(?:content|navigation)|sections ?search)"
    rf"|(?i:^(?:\W{{0,3}}(?:{PLATFORMS})\b){{2,}}\W*$)",
}
COMPILED = {kind: re.compile(pattern) for kind, pattern in DETECTORS.items()}
BYLINE = re.compile(r"By (?:[A-Z][\w.'’-]+ ){1,3}[A-Z][\w.'’-]+(?:,? (?:and|[A-Z]).{0,60})?[^.]?$")


class Removal(NamedTuple):
    """What an edit took out of an article.

    Attributes:
        kind: rule and kind, e.g. ``BOIL005 share``.
        before: what stands before it.
        removed: the text.
        after: what stands after it.
    """

    kind: str
    before: str
    removed: str
    after: str


def texts(files: Sequence[Path], every: int) -> Iterator[str]:
    """Yield the text of every Nth article."""
    for path in files:
        with lzma.open(path, "rt", encoding="utf-8") if path.suffix == ".xz" else path.open(encoding="utf-8") as file:
            yield from (json.loads(line)["text"] for line in islice(file, 0, None, every))


def leftovers(text: str) -> Iterator[tuple[str, str]]:
    """Yield the kind of each leftover in a text, and its line."""
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    for at, line in enumerate(lines):
        for kind, pattern in COMPILED.items():
            if pattern.search(line):
                yield kind, line
        if at < FIRST_LINES and BYLINE.match(line):
            yield "by-line", line
        if line.isupper() and len(line.split()) >= MIN_CAPITALS and not line.endswith((".", "?", ":")):
            yield "link in capitals", line


def removals(text: str, edits: Sequence[Edit]) -> Iterator[Removal]:
    """Yield what the edits took out."""
    for edit in edits:
        kind = next(iter(edit.evidence.get("kept", {})), "-")
        before, after = text[max(0, edit.start - AROUND) : edit.start], text[edit.end : edit.end + AROUND]
        yield Removal(f"{edit.rule} {kind}", before, edit.before, after)


def short(text: str) -> str:
    """A text in one line, its middle left out if it is long."""
    flat = " ⏎ ".join(part for part in (line.strip() for line in text.split("\n")) if part)
    return flat if len(flat) <= MAX_SHOWN else f"{flat[: MAX_SHOWN - 60]} … {flat[-50:]}"


def table(files: Sequence[Path], every: int, show: int, seed: int) -> None:
    """Print the articles with leftovers of each kind, before and after the stage, and its figures."""
    before, after, shown = Counter[str](), Counter[str](), defaultdict[str, list[str]](list)
    articles = with_some = changed_again = characters = 0
    seconds = 0.0
    for text in texts(files, every):
        began = time.process_time()
        edits = stage.propose(Article(text), SETTINGS).edits
        seconds += time.process_time() - began
        clean = apply(text, edits)
        articles += 1
        characters += len(text)
        changed_again += bool(stage.propose(Article(clean), SETTINGS).edits)
        before.update({kind for kind, _ in leftovers(text)})
        found = list(leftovers(clean))
        after.update({kind for kind, _ in found})
        with_some += bool(found)
        for kind, line in found:
            shown[kind].append(line)
    print("| leftover | articles before | after |\n|---|---:|---:|")
    for kind in (*DETECTORS, "by-line", "link in capitals"):
        print(f"| {kind} | {before[kind]} | {after[kind]} |")
    print(
        f"\n{articles:,} articles; {with_some} ({with_some / max(articles, 1):.1%}) have a leftover of some kind; a "
        f"second run changes {changed_again}; {seconds / max(characters, 1) * 1e9:.0f} ns a character"
    )
    chosen = random.Random(seed)  # noqa: S311
    for kind, lines in shown.items() if show else ():
        print(f"\n{kind}")
        for line in chosen.sample(lines, min(show, len(lines))):
            print(f"    {short(line)}")


def read(files: Sequence[Path], every: int, sample: int, rule: str, seed: int) -> None:
    """Print a sample of what each rule and kind removed."""
    by_kind = defaultdict[str, list[Removal]](list)
    for text in texts(files, every):
        for removal in removals(text, stage.propose(Article(text), SETTINGS).edits):
            if removal.kind.startswith(rule):
                by_kind[removal.kind].append(removal)
    chosen = random.Random(seed)  # noqa: S311
    for kind in sorted(by_kind):
        found = by_kind[kind]
        print(f"\n{kind}: {len(found):,}")
        for removal in chosen.sample(found, min(sample, len(found))):
            print(f"    {short(removal.before)} [[{short(removal.removed)}]] {short(removal.after)}")


def main() -> None:
    """Read the arguments and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--show", type=int, default=0)
    parser.add_argument("--read", type=int, default=0)
    parser.add_argument("--rule", default="")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    if given.read:
        read(given.files, given.every, given.read, given.rule, given.seed)
    else:
        table(given.files, given.every, given.show, given.seed)


if __name__ == "__main__":
    main()
