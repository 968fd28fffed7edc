"""Makes the reference pages of the site from the code, when MkDocs builds it: commands, settings, rules, the log.

A hook of MkDocs, named in mkdocs.yml. What it makes exists in the site only.
"""

import re
from collections.abc import Iterator

import msgspec
from griffe import Docstring, DocstringSectionKind, Parser
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from typer.main import get_command
from typer.testing import CliRunner

from clean_news import change_log, settings
from clean_news.change_log import ChangeLog, StageLog
from clean_news.cli.app import app
from clean_news.cli.root_group import MAIN_JOB
from clean_news.edits import Edit
from clean_news.pipeline import rules_by_stage
from clean_news.settings import ALLOWED, Settings
from clean_news.stages import Rule

ROLE = re.compile(r":\w+:`~?([^`]+)`")  # of reStructuredText, as docstrings have them
DOUBLE_BACKTICKS = re.compile(r"``([^`]+)``")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages that are made from the code."""
    made = {
        "reference/commands.md": "\n".join(_commands()),
        "reference/settings.md": "\n".join(_settings()),
        "reference/rules.md": "\n".join(_rules()),
        "reference/change-log.md": "\n".join(_change_log()),
        "reference/change-log.schema.json": _schema(),
    }
    for place, content in made.items():
        files.append(File.generated(config, place, content=content))
    return files


def _fenced(text: str, language: str = "text") -> Iterator[str]:
    """Yield the lines of a code block; the text may have backticks."""
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", text)), default=0))
    yield from (f"{fence}{language}", text.rstrip("\n"), fence, "")


def _marked_up(text: str) -> str:
    """Convert a docstring's markup to Markdown."""
    return DOUBLE_BACKTICKS.sub(r"`\1`", ROLE.sub(r"`\1`", text))


def _commands() -> Iterator[str]:
    """Yield the lines of the page of all commands: what ``--help`` says of each."""
    yield from ("# Commands", "", "What `--help` prints for the main job and for each command.", "")
    for words in _command_names(get_command(app), ()):
        title = " ".join(("clean-news", *words))
        yield from (f"## {title}", "")
        result = CliRunner().invoke(app, [*words, "--help"], env={"COLUMNS": "88"}, prog_name="clean-news")
        yield from _fenced(result.output)


def _command_names(command: object, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Yield the words of a command and of all its commands, the main job's first: it has no word."""
    yield path
    for name, inner in getattr(command, "commands", {}).items():
        if not inner.hidden and name != MAIN_JOB:
            yield from _command_names(inner, (*path, name))


def _descriptions(of: type) -> dict[str, str]:
    """The descriptions of a class's attributes, by name, from its docstring."""
    sections = Docstring(of.__doc__ or "", lineno=1).parse(Parser.google, warnings=False)
    found = next(each for each in sections if each.kind is DocstringSectionKind.attributes)
    return {each.name: _marked_up(" ".join(each.description.split())) for each in found.value}


def _settings() -> Iterator[str]:
    """Yield the lines of the page of all settings."""
    yield from ("# Settings", "", "Keys of `clean-news.toml`, or of `[tool.clean-news]` in `pyproject.toml`; in Python")
    yield from ("the same with `_`, as keywords of `Cleaner`. Options of the command line overrule them.", "")
    described = _descriptions(Settings)
    for key, allowed in ALLOWED.items():
        yield from (f"## `{key}`", "", described[key], "", f"Allowed: {allowed}.", "")
    yield from ("## Levels", "", "| level | apply-from | suggest-from |", "|---|---|---|")
    yield from (f"| `{name}` | {each.apply_from} | {each.suggest_from} |" for name, each in settings.LEVELS.items())


def _rules() -> Iterator[str]:
    """Yield the lines of the page of all rules."""
    yield from ("# Rules", "", "Each edit in a log names its rule. A code is never used again for another rule.", "")
    for stage, rules in rules_by_stage(Settings()).items():
        yield from (f"## {stage}", "")
        for rule in rules:
            yield from _rule(rule)


def _rule(rule: Rule) -> Iterator[str]:
    """Yield the lines about a rule."""
    yield from (f"### {rule.code}", "", rule.summary, "")
    if rule.before:
        yield from ("Before and after:", "")
        yield from _fenced(f"{rule.before}\n{rule.after}")
    if rule.keeps:
        yield from ("Not changed:", "")
        yield from _fenced("\n".join(rule.keeps))
    if rule.source:
        yield from (f"Source: {rule.source}", "")


def _schema() -> str:
    """The JSON Schema of a change log."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **msgspec.json.schema(ChangeLog)}
    return msgspec.json.format(msgspec.json.encode(schema), indent=2).decode() + "\n"


def _change_log() -> Iterator[str]:
    """Yield the lines of the page of the log's format."""
    yield from ("# The change log", "", f"Schema `{change_log.SCHEMA}`, as [JSON Schema](change-log.schema.json).", "")
    for of, title in ((ChangeLog, "An article"), (StageLog, "A stage"), (Edit, "An edit")):
        yield from (f"## {title}", "", "| field | |", "|---|---|")
        yield from (f"| `{name}` | {text.replace('|', chr(92) + '|')} |" for name, text in _descriptions(of).items())
        yield ""
