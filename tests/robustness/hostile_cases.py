"""The matrix of what may be planted for clean-news: logs, settings, dictionaries, decisions, cluster shards, links.

A case plants one thing in a site (``hostile_site``). What concerns a single article may cost this article only; what
concerns the whole run, e.g. its settings, may end a command with exit code 2, if nothing is changed or lost.
"""

import json
import shutil
from collections.abc import Iterator
from typing import NamedTuple

from hostile_logs import MISLEADING, UNSOUND
from hostile_planting import NOT_FILES, Plant, content, not_a_file
from hostile_shards import SHARDS
from hostile_site import LOG, SECRET, VICTIM, Site
from hostile_user_files import DECISIONS, DICTIONARIES, WORD_LISTS

RUN, REVIEW = ("raw", "clean"), ("review", "clean", "--by", "ada")
COMMANDS = {
    "run": RUN,
    "revert": ("revert", "clean", "back"),
    "diff": ("diff", "clean", "-f", "json"),
    "report": ("report", "clean", "-o", "report.html"),
    "review": REVIEW,
    "verify": ("verify", "clean", "--raw", "raw"),
}
# What else a kind concerns.
MORE_COMMANDS = {
    "log": {},
    "settings": {"run --config": (*RUN, "--config", "clean-news.toml")},
    "dictionary": {"run --dictionary": (*RUN, "--dictionary", "words.tsv")},
    "decisions": {
        "decisions check": ("decisions", "check", "clean"),
        "run --decisions": (*RUN, "--decisions", "decisions.jsonl"),
    },
    "shard": {"cluster": ("cluster", *RUN, "--tasks", "2", "--workers", "1")},
    "link": {
        "run --force": (*RUN, "--force"),
        "run --check": ("raw", "--check"),
        "decisions check": ("decisions", "check", "clean"),
    },
}


class Case(NamedTuple):
    """One thing that is planted.

    Attributes:
        kind: what it is; a key of :data:`MORE_COMMANDS`.
        name: what is wrong with it.
        plant: plants it in a site.
        for_all: whether it concerns all articles, so that a command may refuse to begin.
    """

    kind: str
    name: str
    plant: Plant
    for_all: bool

    @property
    def commands(self) -> dict[str, tuple[str, ...]]:
        """The commands that are run over it."""
        return COMMANDS | MORE_COMMANDS[self.kind]


def log(name: str) -> Plant:
    """Change the log of the article in the middle."""

    def plant(site: Site) -> None:
        made = (UNSOUND | MISLEADING)[name](json.loads(site.log.read_bytes()))
        site.log.write_bytes(made if isinstance(made, bytes) else json.dumps(made).encode())

    return plant


def in_pyproject(line: str) -> Plant:
    """Write settings into the ``pyproject.toml`` of the working folder."""

    def plant(site: Site) -> None:
        (site.work / "clean-news.toml").unlink()
        (site.work / "pyproject.toml").write_text(f"[tool.clean-news]\n{line}\n", encoding="utf-8")

    return plant


STAGES = 'stages = ["encoding", "characters"{}]\n'
SETTINGS: dict[str, str | bytes] = {
    "a planted stage": STAGES.format(', "planted.stage"'),
    "a planted module": STAGES.format(', "planted.no_stage"'),
    "a planted package": 'stages = ["planted"]',
    "a module that builds a folder": 'stages = ["venv.__main__"]',
    "a relative module": 'stages = ["..stage"]',
    "a path as a stage": 'stages = ["../outside/planted"]',
    "an empty stage": 'stages = [""]',
    "a stage of 100,000 letters": f'stages = ["{"x" * 100_000}"]',
    "a stage with control characters": 'stages = ["\\u001b]0;owned\\u0007\\n"]',
    "a stage a thousand times": "stages = [" + '"characters", ' * 1_000 + "]",
    "no stages": "stages = []",
    "a deep list": "protect = " + "[" * 20_000 + "]" * 20_000,
    "a deep table": "a = " + "{b = " * 5_000 + "1" + "}" * 5_000,
    "a key of 100,000 parts": "a" + ".a" * 100_000 + " = 1",
    "an integer of 5,000 digits": "jobs = " + "9" * 5_000,
    "huge numbers": "max-megabytes = 9223372036854775807\nmin-words = 9223372036854775807\n" + STAGES.format(""),
    "not a number": "apply-from = nan",
    "an infinite number": "apply-from = inf",
    "a negative number of jobs": "jobs = -1",
    "a date that does not exist": "jobs = 2022-13-45",
    "NUL": b"\0",
    "bytes that are not UTF-8": b'stages = ["encoding\xff"]',
    "UTF-16": SECRET.encode("utf-16"),
    "a text": SECRET,
    "no value": "stages =",
    "keys with control characters": '"\\u001b[2J\\u009b31m\\n" = 1',
    "an unknown key of 100,000 letters": "x" * 100_000 + " = 1",
    "100,000 protected words": STAGES.format("") + "protect = [" + ", ".join(f'"w{n}"' for n in range(100_000)) + "]",
    "protected words that look like patterns": STAGES.format("") + f'protect = ["{"(a+)+" * 500}$", "[", "(?P<", "*"]',
    "a protected phrase of a million letters": STAGES.format("") + f'protect = ["{"a " * 500_000}"]',
    "100,000 rules off": STAGES.format("") + "rules-off = [" + '"CHAR", ' * 100_000 + "]",
    "9,999 thresholds": STAGES.format("") + "[apply-from-rules]\n" + "".join(f"C{n} = 0\n" for n in range(9_999)),
    "a codec that is not text": 'charset = "zlib_codec"',
    "a codec that is a path": 'charset = "../../evil"',
    "a field with control characters": STAGES.format("") + 'text-field = "\\u001b[2J"',
    "a dictionary that is a secret": 'dictionary = ["../outside/secret"]',
    "a protect file that is a secret": 'protect-file = ["../outside/secret"]',
    "a dictionary that is a password file": 'dictionary = ["/etc/shadow", "/etc/passwd"]',
    "a dictionary that is a device": 'dictionary = ["/dev/zero"]',
    "a protect file that is a terminal": 'protect-file = ["/dev/ptmx"]',
    "a name with NUL": 'dictionary = ["a\\u0000b"]',
}  # fmt: skip
WITH_WORDS = (
    'stages = ["encoding", "characters", "spin"]\ndocument = "spun"\nmin-words = 0\ndictionary = ["words.tsv"]\n'
)
WITH_PROTECTED = STAGES.format("") + 'protect-file = ["words.txt"]\n'
PROJECT = "clean/.clean-news/"
LINK_PLACES = (
    "s", VICTIM, f"{VICTIM}{LOG}", "news.jsonl", "news.jsonl.changes.jsonl", ".clean-news", ".clean-news/summary.md",
    ".clean-news/summary.json", ".clean-news/decisions.jsonl", ".clean-news/protected.txt",
    ".clean-news/dictionary.tsv", ".clean-news/damaged", ".clean-news/lock",
)  # fmt: skip
LINK_TARGETS = ("raw", "outside", "gone")
MORE_LINKS = [
    (VICTIM, "raw/s/hostile.txt"), (VICTIM, "outside/mine.txt"), (f"{VICTIM}{LOG}", "outside/mine.txt"),
    (f"{VICTIM}{LOG}", "/dev/zero"), (VICTIM, "/dev/full"), ("s", "clean"), ("s", "clean/s"),
    (".clean-news", "clean"), (".clean-news/summary.md", "outside/mine.txt"), (".clean-news/summary.json", "/dev/full"),
    (".clean-news/decisions.jsonl", "outside/mine.txt"), (".clean-news/decisions.jsonl", "/dev/zero"),
]  # fmt: skip


def link(place: str, target: str) -> Plant:
    """Replace a file or folder of CLEAN by a link."""

    def plant(site: Site) -> None:
        (site.raw / "news.jsonl").write_text('{"text": "It didn\\u00e2\\u20ac\\u2122t last."}\n', encoding="utf-8")
        path = site.clean / place
        if path.is_dir():
            shutil.rmtree(path)
        path.unlink(missing_ok=True)
        top = site.top if target.startswith("outside") else site.work
        path.symlink_to(top / target)  # an absolute target stays as it is

    return plant


def _cases() -> Iterator[Case]:
    for name in UNSOUND | MISLEADING:
        yield Case("log", name, log(name), for_all=False)
    for name, make in NOT_FILES.items():
        yield Case("log", name, not_a_file(make, f"clean/{VICTIM}{LOG}"), for_all=False)
        yield Case("settings", name, not_a_file(make, "clean-news.toml"), for_all=True)
        yield Case("settings", f"pyproject.toml is {name}", not_a_file(make, "pyproject.toml"), for_all=True)
        yield Case("dictionary", name, not_a_file(make, "words.tsv", settings=WITH_WORDS), for_all=True)
        yield Case("dictionary", f"of CLEAN: {name}", not_a_file(make, f"{PROJECT}dictionary.tsv"), for_all=True)
        yield Case("dictionary", f"protected: {name}", not_a_file(make, f"{PROJECT}protected.txt"), for_all=True)
        yield Case("decisions", name, not_a_file(make, f"{PROJECT}decisions.jsonl", "decisions.jsonl"), for_all=True)
    for name, made in SETTINGS.items():
        yield Case("settings", name, content(made, "clean-news.toml"), for_all=True)
    for name in ("a planted stage", "a path as a stage", "a dictionary that is a secret", "a codec that is a path"):
        yield Case("settings", f"{name} in pyproject.toml", in_pyproject(str(SETTINGS[name])), for_all=True)
    for name, made in DICTIONARIES.items():
        yield Case("dictionary", name, content(made, "words.tsv", settings=WITH_WORDS), for_all=True)
    for name, made in WORD_LISTS.items():
        yield Case(
            "dictionary", f"protected: {name}", content(made, "words.txt", settings=WITH_PROTECTED), for_all=True
        )
    for name, made in DECISIONS.items():
        yield Case("decisions", name, content(made, f"{PROJECT}decisions.jsonl", "decisions.jsonl"), for_all=True)
    for name, plant in SHARDS.items():
        yield Case("shard", name, plant, for_all=False)
    for place, target in [*((place, target) for place in LINK_PLACES for target in LINK_TARGETS), *MORE_LINKS]:
        yield Case("link", f"{place} to {target}", link(place, target), for_all=place.startswith(".clean-news"))


CASES = list(_cases())
