"""The commands of ``clean-news dictionary``."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from clean_news.cli.exits import FOUND, stop
from clean_news.cli.options import Config, OfSources, OfSourcesIndex, settings_of
from clean_news.cli.terminal import echo
from clean_news.dictionaries import folder
from clean_news.optional_library import MissingLibraryError

if TYPE_CHECKING:
    from clean_news.lexicography.observed_swaps import Observed

dictionary = typer.Typer(
    help="Check, extend and explain the dictionaries.", rich_markup_mode=None, no_args_is_help=True
)


@dictionary.command("check")
def dictionary_check(
    files: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[FILES]...", help="Files of entries; by default all spin dictionaries."),
    ] = None,
    fix: Annotated[bool, typer.Option("--fix", help="First sort the files and remove exact duplicates.")] = False,
) -> None:
    """Check the spin dictionaries; exit code 1 if there are findings."""
    from clean_news.lexicography import check
    from clean_news.lexicography.entry_files import spin_files

    paths = files or spin_files(folder())
    try:
        fixed = [path for path in paths if fix and check.fix(path)]
        findings = check.check_files(paths, folder())
    except (OSError, ValueError) as error:
        stop(f"{error}; name files of entries in UTF-8")
    for path in fixed:
        echo(f"{path}: sorted", err=True)
    for finding in findings:
        echo(str(finding))
    if findings:
        raise typer.Exit(FOUND)


@dictionary.command("inflect")
def dictionary_inflect() -> None:
    """Update dictionaries/inflections.tsv from the spin dictionaries."""
    from clean_news.lexicography.inflecting import write_inflections

    try:
        lines = write_inflections(folder())
    except MissingLibraryError as error:
        stop(str(error))
    except (OSError, ValueError) as error:
        stop(f"{error}; correct it and run the command again")
    echo(f"{folder() / 'inflections.tsv'}: {lines} lines")


@dictionary.command("add")
def dictionary_add(
    original: Annotated[
        str, typer.Argument(metavar="ORIGINAL", help="The word that a news writer would use, in its base form.")
    ],
    kind: Annotated[str, typer.Argument(metavar="KIND", help="verb, noun, adj, or - for no inflection.")],
    forms: Annotated[list[str], typer.Argument(metavar="FORM...", help="What a spinner writes, likeliest first.")],
    subject: Annotated[
        str | None, typer.Option("--subject", metavar="NAME", help="The file in dictionaries/spin, for instance money.")
    ] = None,
    family: Annotated[
        str | None,
        typer.Option("--family", metavar="NAME", help="Only this family of spinners writes it; = keeps the original."),
    ] = None,
) -> None:
    """Add forms to an original of the spin dictionaries; put phrases in quotation marks."""
    from clean_news.lexicography import entry_files
    from clean_news.lexicography.check import check_files
    from clean_news.lexicography.entry_files import text_of
    from clean_news.stages.spin.entries import Entry

    if subject and family:
        stop("name either a subject or a family, not both")
    try:
        added = entry_files.add(folder(), Entry(original, kind, tuple(forms)), subject, family)
        findings = check_files([added.path], folder())
    except (OSError, entry_files.AddingError) as error:
        stop(str(error))
    if not added.fresh:
        echo(f"{added.path}: the entry has all of these forms already", err=True)
    echo(text_of(added.entry))
    for finding in findings:
        echo(str(finding), err=True)


@dictionary.command("explain")
def dictionary_explain(
    word: Annotated[str, typer.Argument(metavar="WORD", help="A word, or a phrase in quotation marks.")],
) -> None:
    """Show what a word may stand for, what it may become, with probabilities and sources."""
    from clean_news.lexicography.explaining import explanation
    from clean_news.stages.spin import lexicon_building

    lines = explanation(word, folder(), lexicon_building.standard())
    if not lines:
        stop(f"{word}: not in the dictionaries; add it with: clean-news dictionary add")
    echo("\n".join(lines).rstrip())


@dictionary.command("learn")
def dictionary_learn(
    spun: Annotated[
        Path | None,
        typer.Argument(metavar="[SPUN]", help="A spun article, a folder of them, or a file of gold rows (.jsonl)."),
    ] = None,
    original: Annotated[
        Path | None,
        typer.Argument(
            metavar="[ORIGINAL]", help="Its original, or the folder of the originals; omit it for gold rows."
        ),
    ] = None,
    decisions: Annotated[
        list[Path] | None,
        typer.Option("--decisions", metavar="FILE", help="Learn from reviewers' decisions instead; repeatable."),
    ] = None,
    sources: OfSources = None,
    sources_index: OfSourcesIndex = None,
    logs: Annotated[
        Path | None,
        typer.Option(
            "--logs", metavar="CLEAN", help="Learn from the words that a run took from sources, by the logs of CLEAN."
        ),
    ] = None,
    own: Annotated[
        Path | None,
        typer.Option(
            "--own",
            metavar="FILE",
            help="The user dictionary to change, with weights beside it; by default the first one of the settings, "
            "or dictionary.tsv beside the decisions.",
        ),
    ] = None,
    protected: Annotated[
        Path | None,
        typer.Option(
            "--protected",
            metavar="FILE",
            help="The file of protected terms to change; by default the first one of the settings, "
            "or protected.txt beside the decisions.",
        ),
    ] = None,
    shipped: Annotated[
        bool, typer.Option("--shipped", help="Change the dictionaries of this checkout instead of a user dictionary.")
    ] = False,
    apply: Annotated[bool, typer.Option("--apply", help="Write the changes instead of only showing them.")] = False,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="The file for proposed lines, with counts in FILE.weights; with --family: for the family's file, "
            "NAME.tsv, with counts in NAME.counts.tsv; with --decisions: for the diff.",
        ),
    ] = None,
    family: Annotated[
        str | None,
        typer.Option(
            "--family",
            metavar="NAME",
            help="Propose the file of this family of spinners: all pairs that its file lacks, and what it keeps.",
        ),
    ] = None,
    config: Config = None,
) -> None:
    """Propose new entries and their weights from spun articles and their originals or sources, or from decisions.

    From decisions, and from articles beside their sources, it makes a diff of the files to change: weights, new
    entries, protected terms; with --family the files of the family.
    """
    if sources or sources_index or logs:
        from clean_news.cli.learn_sources import learn_sources

        if original or decisions or shipped or protected:
            stop("--sources, --sources-index and --logs take no ORIGINAL, --decisions, --shipped or --protected")
        settings = settings_of(config=config, sources=sources, sources_index=sources_index)
        learn_sources(spun, logs, settings, family, own, apply=apply, output=output)
        return
    if decisions:
        from clean_news.cli.learn_decisions import learn_decisions

        if spun or family:
            stop("name either spun articles or --decisions, not both; --family needs spun articles")
        learn_decisions(decisions, own, protected, config, shipped=shipped, apply=apply, output=output)
        return
    if spun is None:
        stop("name spun articles and their originals, --sources PATH, or decisions with --decisions FILE")

    if family:
        _learn_family(spun, original, family, output)
        return

    from clean_news.lexicography import observed_swaps
    from clean_news.lexicography.weighing import weights_text
    from clean_news.stages.spin import lexicon_building

    seen = observed(spun, original)
    learned = observed_swaps.learn(seen, lexicon_building.standard())
    lines = "\n".join(observed_swaps.proposal(learned)) + "\n"
    _show_or_write(lines, weights_text(seen), output, output and output.with_name(f"{output.name}.weights"))
    echo(f"{len(learned.new)} pairs are new, {len(learned.known)} are known", err=True)


def _learn_family(spun: Path, original: Path | None, family: str, output: Path | None) -> None:
    """Propose the file of a family; an error ends the program."""
    from clean_news.lexicography import proposed_family
    from clean_news.lexicography.entry_files import AddingError, file_text
    from clean_news.lexicography.weighing import weights_text
    from clean_news.stages.spin.lexicon_sources import FAMILY_COUNTS_SUFFIX

    try:
        proposed_family.check_name(family)
        seen = observed(spun, original)
        entries = proposed_family.propose(seen, folder(), family)
    except (OSError, ValueError, AddingError) as error:
        stop(str(error))
    if output and output.exists():
        stop(f"{output} exists; name a new file, and move the lines that you want")
    text = file_text(proposed_family.header(family), entries)
    _show_or_write(text, weights_text(seen), output, output and output.with_suffix(FAMILY_COUNTS_SUFFIX))
    echo(f"{len(entries)} lines for {folder() / 'spin' / 'families' / family}.tsv", err=True)


def _show_or_write(lines: str, weights: str, output: Path | None, weights_file: Path | None) -> None:
    """Print the lines, or write them and the weights to files."""
    if output is None or weights_file is None:
        echo(lines, nl=False)
        return
    try:
        output.write_text(lines, encoding="utf-8")
        weights_file.write_text(weights, encoding="utf-8")
    except OSError as error:
        stop(f"{error}; name a writable file")


@dictionary.command("weigh")
def dictionary_weigh(
    spun: Annotated[
        list[Path],
        typer.Argument(
            metavar="SPUN...",
            help="Gold rows (.jsonl), weights that were learned (.weights), or spun articles (.txt, folders).",
        ),
    ],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="The file of weights to write.")],
    family: Annotated[
        str | None,
        typer.Option(
            "--family",
            metavar="NAME",
            help="The family of spinners that wrote them; FILE is then dictionaries/spin/families/NAME.counts.tsv. "
            "By default an unknown one, general.",
        ),
    ] = None,
) -> None:
    """Estimate how likely each form of each original is, from spun articles."""
    from clean_news.language import language_model
    from clean_news.lexicography import weighing
    from clean_news.lexicography.entry_files import AddingError, path_of_family
    from clean_news.lexicography.observed_swaps import sum_counts
    from clean_news.stages.spin.lexicon_weights import GENERAL

    of_family = family or GENERAL
    try:
        if of_family != GENERAL:
            path_of_family(folder(), of_family)
        counted = [weighing.read_weights(path) for path in spun if path.suffix == ".weights"]
        texts = [
            file.read_text(encoding="utf-8")
            for path in spun
            if path.suffix not in {".weights", ".jsonl"}
            for file in (sorted(path.glob("*.txt")) if path.is_dir() else [path])
        ]
        seen = sum_counts(*counted, *(observed(path, None) for path in spun if path.suffix == ".jsonl"))
        counts = weighing.weigh(texts, seen, folder(), language_model.standard(), of_family)
        output.write_text(weighing.weights_text(counts), encoding="utf-8")
    except AddingError as error:
        stop(str(error))
    except (OSError, ValueError) as error:
        stop(f"{error}; name gold rows, weights or spun articles in UTF-8")
    echo(f"{output}: {len(counts)} lines", err=True)


def observed(spun: Path, original: Path | None) -> "Observed":
    """What spun articles with known originals show; a wrong path ends the program."""
    from clean_news.language import language_model
    from clean_news.lexicography import observed_swaps
    from clean_news.scoring.gold import GoldError, read
    from clean_news.stages.spin import lexicon_building

    words, model = lexicon_building.standard(), language_model.standard()
    try:
        if original is None:
            return observed_swaps.from_gold(read(spun), words, model)
        return observed_swaps.from_articles(observed_swaps.article_pairs(spun, original), words, model)
    except (OSError, UnicodeDecodeError, observed_swaps.SourceError, GoldError) as error:
        stop(str(error))
