"""Every setting, in one place.

Settings are read from ``clean-news.toml`` or from ``[tool.clean-news]`` in ``pyproject.toml``; flags of the
command line overrule them. The attributes below are the keys (``-`` and ``_`` are the same in a key).
"""

import tomllib
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

import msgspec
from msgspec import Meta

from clean_news.charsets.declared import codec_of

STAGES = ("encoding", "characters", "layout", "boilerplate", "ocr", "spin", "agreement")

Document = Literal["auto", "spun", "genuine"]
Quotes = Literal["auto", "keep", "repair"]
Level = Literal["safe", "normal", "bold"]
Probability = Annotated[float, Meta(ge=0.0, le=1.0)]
BY_LEVEL = -1.0  # of a threshold that was not set: the level's counts


class Thresholds(NamedTuple):
    """From which confidences on an edit is applied, and logged as a suggestion."""

    apply_from: float
    suggest_from: float


# Confidences are calibrated: at "normal" what is applied is more likely right than wrong by 2 to 1.
# What each level brings on spun text is measured in docs/how-it-works.md.
LEVELS: dict[Level, Thresholds] = {
    "safe": Thresholds(0.8, 0.3),
    "normal": Thresholds(0.65, 0.2),
    "bold": Thresholds(0.45, 0.1),
}


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """The settings of a run.

    Attributes:
        stages: the stages in order; a name of this package's ``stages`` folder, or the dotted path of a
            module of your own.
        charset: the charset of the raw files, e.g. ``windows-1250``, where you know it; a file whose bytes speak
            against it is read by them. By default the bytes alone say.
        document: ``auto`` judges for each article whether it was spun; ``spun`` and ``genuine`` overrule it.
        quotes: whether ``spin`` repairs inside quotation marks: ``auto`` judges for each article whether its
            quotations were spun, ``keep`` never touches them, ``repair`` treats them as the rest.
        level: how sure an edit must be: ``safe`` puts precision first, ``bold`` recall. It stands for a pair of
            the two thresholds below, which overrule it; see ``LEVELS``.
        apply-from: an edit is applied from this confidence on; by default the level's.
        suggest-from: an edit below ``apply-from`` is logged as a suggestion from this confidence on, and
            below it not logged at all; by default the level's, if that is not above ``apply-from``.
        min-words: an article of fewer words is left alone by ``ocr`` and ``spin``: it is too short to judge.
        max-words: an article of more words is left alone by ``ocr`` and ``spin``: it is no article, and would
            need much memory and time. They count words as runs between white space.
        protect: words and phrases that ``ocr``, ``spin`` and ``agreement`` never change, e.g. names.
        protect-file: files of such words and phrases, one a line; lines that begin with ``#`` are comments.
        dictionary: files of spin entries of your own, in the format of ``dictionaries/spin``. In a settings file
            the path of such a file is relative to that of the settings; those of the command line are added.
        rules-off: codes of rules that propose nothing, or beginnings of codes: ``["SPIN001", "OCR"]``.
        rules-only: the same of rules that alone propose anything; of both lists the longer beginning counts.
        apply-from-rules: a threshold in place of ``apply-from`` for a rule or for all whose codes begin so:
            ``{OCR = 0.9, OCR003 = 0.5}``. The longest beginning counts; 0 applies all that is logged at all.
        suggest-rules: codes of rules, or beginnings of codes, whose edits are only ever suggested.
        text-field: in JSON lines and Parquet, the field with the article's text.
        id-field: the field with the article's id; its row's number where there is none.
        max-megabytes: a larger article is refused: it is none, or an archive that unpacks without end.
        jobs: processes that work side by side; 0 is one for each processor.
    """

    stages: tuple[str, ...] = STAGES
    charset: str = ""
    document: Document = "auto"
    quotes: Quotes = "auto"
    level: Level = "normal"
    apply_from: Probability = BY_LEVEL
    suggest_from: Probability = BY_LEVEL
    min_words: Annotated[int, Meta(ge=0)] = 60
    max_words: Annotated[int, Meta(ge=0)] = 100_000
    protect: tuple[str, ...] = ()
    protect_file: tuple[str, ...] = ()
    dictionary: tuple[str, ...] = ()
    rules_off: tuple[str, ...] = ()
    rules_only: tuple[str, ...] = ()
    apply_from_rules: tuple[tuple[str, Probability], ...] = ()
    suggest_rules: tuple[str, ...] = ()
    text_field: Annotated[str, Meta(min_length=1)] = "text"
    id_field: str = "id"
    max_megabytes: Annotated[int, Meta(ge=1)] = 64
    jobs: Annotated[int, Meta(ge=0, le=256)] = 1

    def __post_init__(self) -> None:
        """Put the level's thresholds where none were set."""
        if self.apply_from == BY_LEVEL:
            msgspec.structs.force_setattr(self, "apply_from", LEVELS[self.level].apply_from)
        if self.suggest_from == BY_LEVEL:
            lower = min(LEVELS[self.level].suggest_from, self.apply_from)
            msgspec.structs.force_setattr(self, "suggest_from", lower)


class SettingsError(ValueError):
    """A settings file or value is wrong; the message names the key, the value and what is allowed."""


RULE_CODES = "rule codes or their beginnings (clean-news explain lists them)"
FILES = {"protect-file": "protect_file", "dictionary": "dictionary"}  # keys that name files, and their attributes
ALLOWED = {
    "stages": f"a list of stage names ({', '.join(STAGES)}) or of dotted module paths",
    "charset": "the name of a charset, e.g. windows-1250, iso-8859-2, macintosh or gb18030",
    "document": "auto, spun or genuine",
    "quotes": "auto, keep or repair",
    "level": "safe, normal or bold",
    "apply-from": "a number from 0 to 1",
    "suggest-from": "a number from 0 to 1, not above apply-from",
    "min-words": "a whole number from 0",
    "max-words": "a whole number from 0",
    "protect": "a list of words and phrases",
    "protect-file": "a list of files with a word or phrase a line",
    "dictionary": "a list of files with spin entries: original, tab, verb, noun, adj or -, tab, forms between ' | '",
    "rules-off": f"a list of {RULE_CODES}",
    "rules-only": f"a list of {RULE_CODES}",
    "apply-from-rules": f"a table of {RULE_CODES}, each with a number from 0 to 1",
    "suggest-rules": f"a list of {RULE_CODES}",
    "text-field": "the name of a field",
    "id-field": "the name of a field",
    "max-megabytes": "a whole number from 1",
    "jobs": "a whole number from 0 to 256",
}


def from_mapping(values: dict[str, Any], where: str = "settings") -> Settings:
    """Settings from a mapping of keys to values; keys left out have their defaults.

    Args:
        values: keys with ``-`` or ``_``.
        where: what to call their origin in an error, e.g. the file's path.

    Raises:
        SettingsError: for an unknown key or a value that is not allowed.

    >>> from_mapping({"apply-from": 2})
    Traceback (most recent call last):
    clean_news.settings.SettingsError: settings: apply-from = 2 is not allowed; allowed: a number from 0 to 1
    """
    keyed = {}
    for name, value in values.items():
        key = name.replace("_", "-")
        if key not in ALLOWED:
            near = get_close_matches(key, ALLOWED, n=1)
            hint = f"did you mean {near[0]}?" if near else f"allowed keys: {', '.join(ALLOWED)}"
            raise SettingsError(f"{where}: there is no setting {key} (= {value!r}); {hint}")
        try:
            keyed[key] = plain(key, value)
            msgspec.convert({key: keyed[key]}, Settings)
        except msgspec.ValidationError as error:
            raise SettingsError(refusal(where, key, value)) from error
    settings = msgspec.convert(keyed, Settings)
    if settings.charset and codec_of(settings.charset) is None:
        raise SettingsError(refusal(where, "charset", settings.charset))
    if settings.suggest_from > settings.apply_from:
        raise SettingsError(refusal(where, "suggest-from", settings.suggest_from))
    return settings


def plain(key: str, value: object) -> object:
    """A value as the settings keep it: they can be hashed, so a table becomes pairs; paths are texts."""
    if key == "apply-from-rules" and isinstance(value, dict):
        return tuple(sorted(value.items()))
    if key in FILES and isinstance(value, list | tuple):
        return [str(each) if isinstance(each, Path) else each for each in value]
    return value


def refusal(where: str, key: str, value: object) -> str:
    """The message that refuses a value."""
    return f"{where}: {key} = {value!r} is not allowed; allowed: {ALLOWED[key]}"


def load(path: Path | None, folder: Path, overruled: dict[str, Any]) -> Settings:
    """The settings of a run: those of a file, overruled by those of the command line.

    Args:
        path: the file; None takes the one that :func:`find_file` finds, if any.
        folder: where the run was started.
        overruled: keys and values of the command line; those that are None do not count. Files are added to those
            of the settings file, whose paths are relative to its own.

    Raises:
        SettingsError: if the file cannot be read, or for a key or value that is not allowed.
    """
    found = path or find_file(folder)
    of_file = read_table(found) if found else {}
    given = {key: value for key, value in overruled.items() if value is not None}
    beside = msgspec.structs.asdict(from_mapping(of_file, str(found)))
    added = msgspec.structs.asdict(from_mapping(given, "command line"))
    # Together, so that a level of the command line meets thresholds of the file, not those of the file's level.
    merged = {key.replace("_", "-"): value for table in (of_file, given) for key, value in table.items()}
    for key, field in FILES.items():
        merged[key] = (*(str(found.parent / name) for name in beside[field] if found), *added[field])
    return from_mapping(merged, f"command line and {found}")


def select_stages(settings: Settings, only: Sequence[str], skip: Sequence[str]) -> Settings:
    """The settings with fewer stages.

    Args:
        settings: the settings.
        only: the stages that stay, whatever their order here; all if empty.
        skip: the stages that go.

    Raises:
        SettingsError: if one of them is not a stage of the settings.
    """
    # To skip what the settings leave out anyway is no mistake.
    for flag, names, known in (("--only", only, ()), ("--skip", skip, STAGES)):
        for name in names:
            if name not in (*settings.stages, *known):
                raise SettingsError(f"{flag} {name}: there is no such stage; there are: {', '.join(settings.stages)}")
    stages = tuple(name for name in settings.stages if (not only or name in only) and name not in skip)
    return msgspec.structs.replace(settings, stages=stages)


def read_table(path: Path) -> dict[str, Any]:
    """The keys and values that a TOML file sets.

    Args:
        path: a ``pyproject.toml`` (its table ``[tool.clean-news]`` counts) or another TOML file (all of it).

    Raises:
        SettingsError: if the file cannot be read or is not TOML.
    """
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"{path}: cannot be read ({error.strerror}); name a settings file that exists") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: is not valid TOML ({error}); see the README for an example") from error
    if path.name == "pyproject.toml":
        table: dict[str, Any] = document.get("tool", {}).get("clean-news", {})
        return table
    return document


def find_file(folder: Path) -> Path | None:
    """The settings file that counts for a run started in ``folder``: there or in the nearest parent."""
    for parent in (folder, *folder.parents):
        own = parent / "clean-news.toml"
        if own.is_file():
            return own
        project = parent / "pyproject.toml"
        if project.is_file() and "[tool.clean-news]" in project.read_text(encoding="utf-8", errors="replace"):
            return project
    return None
