"""The summary of a run: counts, one line for the terminal, and a Markdown page."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice

import msgspec

from clean_news.batch.failure_lines import lines_of
from clean_news.batch.tally import Report, Tally, count
from clean_news.decisions import Decisions, Key, describe
from clean_news.failures import Failure
from clean_news.printable_text import visible

MAX_LISTED = 20  # names in a list of the Markdown page; summary.json has more
MAX_SHOWN_FAILURES = 200  # on the Markdown page; summary.json has more
MAX_UNMET = 100  # decisions that no edit met; the others are counted
MAX_FAILURES = 10_000  # in a summary, to bound memory
STATES = ("applied", "suggested", "rejected")
BACKTICKS = re.compile("`+")
# What begins formatting, a link, HTML or a character reference, and at the beginning of a line a heading or a list.
# A "_" within a word does not; escaping it would make file names hard to read. A "|" is escaped by `table`.
MARKUP = re.compile(
    r"[\\`*<>\[\]&~@]|(?<![^\W_])_|_(?![^\W_])|(?<=:)/(?=/)|(?<=www)\.|\A[#+=-]|(?<=[0-9])[.)](?= )", re.IGNORECASE
)


class Summary(Tally, kw_only=True):
    """The result of a run, over all articles in RAW, including those that were up to date.

    Attributes:
        version: version of clean-news.
        raw: RAW, as given.
        clean: CLEAN, as given.
        settings_sha256: digest of the settings.
        cleaned: number of files that this run cleaned.
        unchanged: number of files that were up to date.
        failed: number of files that could not be cleaned, or only in part.
        damaged_logs: number of files cleaned again because their change log was damaged; the failures name them.
        passed_over: files of unknown type.
        without_text: files of formats for any data, such as JSON, without text where it is looked for.
        sources: number of articles among the sources.
        decisions: number of reviewers' decisions in effect.
        unmet: decisions that match no edit of this run, as text.
        conflicts: decisions overruled by a later one of another reviewer, as text.
        failures: errors, including those of single rows and stages.
        seconds: duration of the run.
        finished: False if the run was stopped.
    """

    version: str
    raw: str
    clean: str
    settings_sha256: str
    cleaned: int = 0
    unchanged: int = 0
    failed: int = 0
    damaged_logs: int = 0
    passed_over: list[str] = msgspec.field(default_factory=list)
    without_text: list[str] = msgspec.field(default_factory=list)
    sources: int = 0
    decisions: int = 0
    unmet: list[str] = msgspec.field(default_factory=list)
    conflicts: list[str] = msgspec.field(default_factory=list)
    failures: list[Failure] = msgspec.field(default_factory=list)
    seconds: float = 0.0
    finished: bool = True

    def add(self, report: Report) -> None:
        """Add the report of a file."""
        self.cleaned += report.outcome == "cleaned"
        self.unchanged += report.outcome == "unchanged"
        self.failed += report.outcome == "failed"
        self.without_text += [report.id] if report.outcome == "without text" else []
        self.damaged_logs += report.is_log_damaged
        self.add_failures(report.failures)
        self.merge(report.tally)
        if report.outcome == "unchanged":
            self.applied_before += report.tally.total("applied") - report.tally.applied_before
            self.repeated -= report.tally.repeated  # of the run that cleaned it

    def add_piece(self, report: Report) -> None:
        """Add the report of a piece of a divided file, which is counted when it is put together."""
        self.add_failures(report.failures)
        self.merge(report.tally)

    def add_part(self, part: "Summary") -> None:
        """Add the summary of a part of the run that cleaned other files."""
        self.cleaned += part.cleaned
        self.unchanged += part.unchanged
        self.failed += part.failed
        self.without_text += part.without_text
        self.damaged_logs += part.damaged_logs
        self.add_failures(part.failures)
        self.merge(part)

    def add_unmet(self, decisions: Decisions, met: Collection[Key]) -> None:
        """Add the decisions that no edit met, up to ``MAX_UNMET``; the rest is counted.

        Args:
            decisions: all decisions.
            met: the keys of those that an edit met.
        """
        self.unmet += map(describe, islice(decisions.unmatched(met), MAX_UNMET))
        rest = len(decisions.by_key) - sum(key in decisions.by_key for key in met) - len(self.unmet)
        if rest > 0:
            count(self.left_out, "unmet", rest)

    def add_failures(self, failures: Sequence[Failure]) -> None:
        """Add failures, up to ``MAX_FAILURES``; the rest is counted."""
        room = max(MAX_FAILURES - len(self.failures), 0)
        self.failures += failures[:room]
        if len(failures) > room:
            count(self.left_out, "failures", len(failures) - room)


def one_line(summary: Summary) -> str:
    """Return the summary in one line."""
    parts = [f"{counted(summary.articles, 'article')}"]
    if summary.unchanged:
        parts[0] += f" ({summary.unchanged:,} up to date)"
    parts += [f"{summary.repeated:,} of them repeated"] if summary.repeated else []
    parts.append(f"{counted(summary.total('applied') - summary.applied_before, 'edit')} applied")
    if summary.applied_before:
        parts.append(f"{summary.applied_before:,} already there")
    parts.append(f"{summary.total('suggested'):,} suggested")
    parts += [
        f"{summary.number(judged, names):,} {judged}"
        for judged, names in (("spun", summary.spun), ("scanned", summary.scanned))
        if names
    ]
    parts += [f"{summary.with_source:,} with a source"] if summary.looked_up else []
    parts += [f"{summary.total('rejected'):,} rejected"] if summary.total("rejected") else []
    if summary.decisions:
        parts.append(f"{counted(summary.decisions, 'decision')} in effect")
    if summary.unmet:
        parts.append(f"{summary.number('unmet', summary.unmet):,} of them matched no edit")
    if summary.conflicts:
        parts.append(f"{counted(len(summary.conflicts), 'conflict')} between decisions")
    if summary.passed_over:
        parts.append(f"{counted(len(summary.passed_over), 'file')} of unknown type skipped")
    if summary.without_text:
        parts.append(f"{counted(len(summary.without_text), 'file')} without text skipped (name it with --text-field)")
    if summary.damaged_logs:
        parts.append(f"{counted(summary.damaged_logs, 'damaged log')} replaced")
    if failures := summary.left_out.get("failures", 0) + len(summary.failures) - summary.damaged_logs:
        parts.append(counted(failures, "failure"))
    stopped = "" if summary.finished else "stopped: "
    return f"{stopped}{', '.join(parts)} in {summary.seconds:.1f} s"


def as_markdown(summary: Summary, rule_summaries: Mapping[str, str]) -> str:
    """Return the summary as a Markdown page.

    Args:
        summary: the summary.
        rule_summaries: summary of each rule, by code.
    """
    return "\n".join(_markdown_lines(summary, rule_summaries)) + "\n"


def _markdown_lines(summary: Summary, rule_summaries: Mapping[str, str]) -> Iterator[str]:
    """Yield the lines of the page."""
    yield "# clean-news: summary"
    yield ""
    yield f"{one_line(summary)}."
    yield ""
    yield from table(
        ("", ""),
        [
            ("raw", as_code(summary.raw)),
            ("clean", as_code(summary.clean)),
            ("files cleaned by this run", f"{summary.cleaned:,}"),
            ("files up to date", f"{summary.unchanged:,}"),
            *([("articles that repeat another", f"{summary.repeated:,}")] if summary.repeated else []),
            ("files that could not be cleaned", f"{summary.failed:,}"),
            *([("damaged change logs replaced", f"{summary.damaged_logs:,}")] if summary.damaged_logs else []),
            *([("articles among the sources", f"{summary.sources:,}")] if summary.sources else []),
            *([("articles looked up among them", f"{summary.looked_up:,}")] if summary.sources else []),
            *([("articles whose source was found", f"{summary.with_source:,}")] if summary.sources else []),
            ("version", as_text(summary.version)),
            ("settings", f"`{summary.settings_sha256[:12]}`"),
        ],
    )
    yield from _section(
        "Failures", [f"- {as_text(line)}" for line in islice(lines_of(summary.failures), MAX_SHOWN_FAILURES)]
    )
    yield from _section("Edits", list(_edit_table(summary, rule_summaries)))
    unmet = [f"- {as_text(each)}" for each in summary.unmet]
    if more := summary.left_out.get("unmet", 0):
        unmet.append(f"- and {more:,} more; `clean-news decisions check` lists them all")
    yield from _section("Decisions that match no edit", unmet)
    yield from _section("Conflicts between decisions", [f"- {as_text(each)}" for each in summary.conflicts])
    yield from _section("Verdicts of the stage spin", list(_verdict_table(summary)))
    yield from _section("Articles judged spun", _listed(summary.spun, summary.left_out.get("spun", 0)))
    yield from _section("Articles judged scanned", _listed(summary.scanned, summary.left_out.get("scanned", 0)))
    yield from _section(
        "Articles skipped by a stage",
        [
            f"- {as_code(stage)}: {counted(number, 'article')}: {as_text(reason)}"
            for stage, reasons in summary.held_off.items()
            for reason, number in sorted(reasons.items(), key=lambda item: -item[1])
        ],
    )
    for note, articles in summary.notes.items():
        yield from _section(f"Note: {as_text(note)}", _listed(articles, summary.left_out.get(note, 0)))
    yield from _section("Files of unknown type, skipped", _listed(summary.passed_over))
    yield from _section("Files without text, skipped", _listed(summary.without_text))


def _edit_table(summary: Summary, rule_summaries: Mapping[str, str]) -> Iterator[str]:
    """Yield the lines of the table of edits, in the order of the rules; nothing if there are no edits."""
    order = {rule: position for position, rule in enumerate(rule_summaries)}
    found = [(stage, rule, counts) for stage, rules in summary.edits.items() for rule, counts in rules.items()]
    rows = [
        (
            as_code(stage),
            as_text(rule),
            *(f"{counts.get(state, 0):,}" for state in STATES),
            as_text(rule_summaries.get(rule, "")),
        )
        for stage, rule, counts in sorted(found, key=lambda row: (order.get(row[1], len(order)), row[1]))
    ]
    if rows:
        yield from table(("stage", "rule", *STATES, "what it does"), rows)


def _verdict_table(summary: Summary) -> Iterator[str]:
    """Yield the lines of a table of verdicts, with the families of spinners; nothing if no article was judged."""
    if not summary.verdicts:
        return
    families = sorted(summary.families.items(), key=lambda item: (-item[1], item[0]))
    rows = [("genuine", "", summary.verdicts.get("genuine", 0))]
    rows += [("spun", as_code(family), number) for family, number in families]
    rows += [("not judged", "", summary.articles - sum(summary.verdicts.values()))]
    yield from table(
        ("verdict", "family of spinners", "articles"),
        [(verdict, family, f"{number:,}") for verdict, family, number in rows if number],
    )


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    """Yield the lines of a Markdown table."""
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |"


def as_code(text: str) -> str:
    """Return any text as Markdown code, whatever a file name, a log or a rule contains."""
    fence = "`" * (max(map(len, BACKTICKS.findall(text)), default=0) + 1)
    edge = " " if text[:1] in ("`", " ") or text[-1:] in ("`", " ") else ""
    return f"{fence}{edge}{visible(text)}{edge}{fence}" if text else ""


def as_text(text: str) -> str:
    r"""Return any text as Markdown text that shows it, and neither formats nor links anything.

    >>> as_text("raw/<b>*.txt")
    'raw/\\<b\\>\\*.txt'
    """
    shown = MARKUP.sub(r"\\\g<0>", visible(text))
    return f"&#32;{shown[1:]}" if shown.startswith(" ") else shown  # four would begin a block of code


def _section(title: str, lines: list[str]) -> Iterator[str]:
    """Yield a section with its heading; nothing if it has no lines."""
    if lines:
        yield from ("", f"## {title}", "", *lines)


def _listed(names: list[str], left_out: int = 0) -> list[str]:
    """Return the names as Markdown list items; the end of a long list is replaced by the number of further names."""
    lines = [f"- {as_code(name)}" for name in names[:MAX_LISTED]]
    if len(names) > MAX_LISTED:
        lines.append(f"- and {len(names) - MAX_LISTED + left_out:,} more, see summary.json")
    return lines


def counted(number: int, noun: str) -> str:
    """Return a number with its noun: ``1 article``, ``1,200 articles``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
