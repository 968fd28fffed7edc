"""The summary of a run, as figures and as a page for people."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from clean_news.batch.tally import Report, Tally, count
from clean_news.failures import Failure

MAX_LISTED = 20  # names that a list on the page gives; summary.json has more
MAX_SHOWN_FAILURES = 200  # failures that the page gives; summary.json has more
MAX_FAILURES = 10_000  # that a summary holds, so that memory stays flat
STATES = ("applied", "suggested", "rejected")


class Summary(Tally, kw_only=True):
    """What a run did, over all articles in RAW, those of an earlier run that are up to date among them.

    Attributes:
        version: the version of clean-news.
        raw: RAW as it was given.
        clean: CLEAN as it was given.
        settings_sha256: digest of the settings.
        cleaned: files that this run cleaned.
        unchanged: files that were up to date.
        failed: files that could not be cleaned, or not to their end.
        passed_over: files of no known kind.
        unmet: decisions that are about no edit of this run, in words.
        conflicts: decisions that another person's later ones overruled, in words.
        failures: what went wrong, those of single rows and stages among it.
        seconds: how long the run took.
        finished: False if it was stopped.
    """

    version: str
    raw: str
    clean: str
    settings_sha256: str
    cleaned: int = 0
    unchanged: int = 0
    failed: int = 0
    passed_over: list[str] = msgspec.field(default_factory=list)
    unmet: list[str] = msgspec.field(default_factory=list)
    conflicts: list[str] = msgspec.field(default_factory=list)
    failures: list[Failure] = msgspec.field(default_factory=list)
    seconds: float = 0.0
    finished: bool = True

    def add(self, report: Report) -> None:
        """Count a file's report in."""
        self.cleaned += report.outcome == "cleaned"
        self.unchanged += report.outcome == "unchanged"
        self.failed += report.outcome == "failed"
        self.add_failures(report.failures)
        self.merge(report.tally)

    def add_part(self, part: "Summary") -> None:
        """Count in what a part of the run, with files of its own, has done."""
        self.cleaned += part.cleaned
        self.unchanged += part.unchanged
        self.failed += part.failed
        self.add_failures(part.failures)
        self.merge(part)

    def add_failures(self, failures: Sequence[Failure]) -> None:
        """Add failures, as many as the summary may hold."""
        room = max(MAX_FAILURES - len(self.failures), 0)
        self.failures += failures[:room]
        if len(failures) > room:
            count(self.left_out, "failures", len(failures) - room)


def one_line(summary: Summary) -> str:
    """The summary in one line."""
    parts = [f"{counted(summary.articles, 'article')}"]
    if summary.unchanged:
        parts[0] += f" ({summary.unchanged:,} up to date)"
    parts.append(f"{counted(summary.total('applied'), 'edit')} applied")
    parts.append(f"{summary.total('suggested'):,} suggested")
    parts += [
        f"{summary.number(judged, names):,} {judged}"
        for judged, names in (("spun", summary.spun), ("scanned", summary.scanned))
        if names
    ]
    if summary.total("rejected"):
        parts.append(f"{summary.total('rejected'):,} rejected")
    if summary.unmet:
        parts.append(f"{counted(len(summary.unmet), 'decision')} about nothing that is there")
    if summary.conflicts:
        parts.append(f"{counted(len(summary.conflicts), 'conflict')} between decisions")
    if summary.passed_over:
        parts.append(f"{counted(len(summary.passed_over), 'file')} of unknown kind passed over")
    if summary.failures:
        parts.append(counted(summary.left_out.get("failures", 0) + len(summary.failures), "failure"))
    stopped = "" if summary.finished else "stopped: "
    return f"{stopped}{', '.join(parts)} in {summary.seconds:.1f} s"


def as_markdown(summary: Summary, rule_summaries: Mapping[str, str]) -> str:
    """The summary as a Markdown page.

    Args:
        summary: the figures.
        rule_summaries: what each rule does, by its code.
    """
    return "\n".join(_markdown_lines(summary, rule_summaries)) + "\n"


def _markdown_lines(summary: Summary, rule_summaries: Mapping[str, str]) -> Iterator[str]:
    """The page's lines."""
    yield "# clean-news: summary"
    yield ""
    yield f"{one_line(summary)}."
    yield ""
    yield from table(
        ("", ""),
        [
            ("raw", f"`{summary.raw}`"),
            ("clean", f"`{summary.clean}`"),
            ("files cleaned by this run", f"{summary.cleaned:,}"),
            ("files up to date", f"{summary.unchanged:,}"),
            ("files that could not be cleaned", f"{summary.failed:,}"),
            ("version", summary.version),
            ("settings", f"`{summary.settings_sha256[:12]}`"),
        ],
    )
    yield from _section("Failures", [f"- {failure}" for failure in summary.failures[:MAX_SHOWN_FAILURES]])
    yield from _section("Edits", list(_edit_table(summary, rule_summaries)))
    yield from _section("Decisions about nothing that is there", [f"- {each}" for each in summary.unmet])
    yield from _section("Conflicts between decisions", [f"- {each}" for each in summary.conflicts])
    yield from _section("Articles judged spun", _listed(summary.spun, summary.left_out.get("spun", 0)))
    yield from _section("Articles judged scanned", _listed(summary.scanned, summary.left_out.get("scanned", 0)))
    yield from _section(
        "Left alone",
        [
            f"- `{stage}`: {counted(number, 'article')}: {reason}"
            for stage, reasons in summary.held_off.items()
            for reason, number in sorted(reasons.items(), key=lambda item: -item[1])
        ],
    )
    for note, articles in summary.notes.items():
        yield from _section(f"Note: {note}", _listed(articles, summary.left_out.get(note, 0)))
    yield from _section("Files of unknown kind, passed over", _listed(summary.passed_over))


def _edit_table(summary: Summary, rule_summaries: Mapping[str, str]) -> Iterator[str]:
    """The lines of the table of edits, in the order of the rules; none if there were none."""
    order = {rule: place for place, rule in enumerate(rule_summaries)}
    found = [(stage, rule, counts) for stage, rules in summary.edits.items() for rule, counts in rules.items()]
    rows = [
        (
            f"`{stage}`",
            rule,
            *(f"{counts.get(state, 0):,}" for state in STATES),
            rule_summaries.get(rule, ""),
        )
        for stage, rule, counts in sorted(found, key=lambda row: (order.get(row[1], len(order)), row[1]))
    ]
    if rows:
        yield from table(("stage", "rule", *STATES, "what it does"), rows)


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    """The lines of a Markdown table."""
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |"


def _section(title: str, lines: list[str]) -> Iterator[str]:
    """A section with its heading; nothing if it has no lines."""
    if lines:
        yield from ("", f"## {title}", "", *lines)


def _listed(names: list[str], left_out: int = 0) -> list[str]:
    """The names as a list, the rest of a long one counted, and those that it leaves out."""
    lines = [f"- `{name}`" for name in names[:MAX_LISTED]]
    if len(names) > MAX_LISTED:
        lines.append(f"- and {len(names) - MAX_LISTED + left_out:,} more, see summary.json")
    return lines


def counted(number: int, noun: str) -> str:
    """The number with its noun: ``1 article``, ``1,200 articles``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
