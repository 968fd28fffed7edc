"""``clean-news dictionary learn --sources`` and ``--logs``: turns aligned articles into changes of dictionaries."""

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from clean_news.cli.exits import WRONG, stop
from clean_news.cli.learn_decisions import in_short, is_checkout, show_and_write
from clean_news.cli.terminal import echo
from clean_news.dictionaries import folder
from clean_news.project_folder import DICTIONARY, project_folder
from clean_news.settings import Settings, SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from clean_news.change_log import ChangeLog
    from clean_news.failures import Failure
    from clean_news.lexicography.file_changes import FileChange
    from clean_news.lexicography.learning_from_sources import Learned

# Stages that a text passes before its source is looked up, and the one that does that.
STAGES = ("encoding", "characters", "layout", "boilerplate", "ocr", "source")


def learn_sources(
    spun: Path | None,
    logs: Path | None,
    settings: Settings,
    family: str | None,
    own: Path | None,
    *,
    apply: bool,
    output: Path | None,
) -> None:
    """Show as a diff what articles beside their sources would change, and write it if asked; an error ends the program.

    Args:
        spun: a spun article or a folder of them, for which the sources are looked up.
        logs: CLEAN of a run with sources, whose logs are read instead.
        settings: the settings, which name the sources.
        family: the family of spinners whose file is changed; None for a user dictionary.
        own: the user dictionary; by default the first one of the settings, or that of CLEAN.
        apply: whether to write the changes.
        output: the file for the diff; None for stdout.
    """
    from clean_news.change_log import LogError
    from clean_news.files.discovery import InputError
    from clean_news.lexicography.entry_files import AddingError

    if (spun is None) == (logs is None):
        stop("name spun articles and --sources PATH, or CLEAN of a run with sources with --logs CLEAN; not both")
    if family and not is_checkout():
        stop("--family needs a source checkout, but clean-news is installed; name a user dictionary with --own FILE")
    failures: list[Failure] = []
    try:
        dictionary = own or _dictionary(settings, logs)
        if logs is not None:
            articles = _logged(logs, failures)
        else:
            assert spun is not None
            articles = _cleaned(spun, settings, failures)
        learned, changes = _changes(articles, family, dictionary)
        show_and_write(changes, apply=apply, output=output)
    except (SettingsError, AddingError, InputError, LogError) as error:
        stop(str(error))
    except (OSError, ValueError) as error:
        stop(f"{error}; name readable and writable files in UTF-8")
    for failure in failures:
        echo(str(failure), err=True)
    unsure = f", {learned.unsure:,} pairs that no dictionary has left out as unsure" if learned.unsure else ""
    echo(f"{learned.articles:,} articles with a source{unsure}", err=True)
    echo(in_short(changes, apply=apply), err=True)
    if failures:
        raise typer.Exit(WRONG)


def _dictionary(settings: Settings, logs: Path | None) -> Path | None:
    """The user dictionary to change, unless it is named; None if none is known."""
    if settings.dictionary:
        return Path(settings.dictionary[0])
    return project_folder(logs) / DICTIONARY if logs is not None else None


def _changes(
    articles: "Iterator[tuple[str, ChangeLog]]", family: str | None, dictionary: Path | None
) -> "tuple[Learned, list[FileChange]]":
    """What articles teach, and the changes of files that it leads to."""
    from clean_news.language import language_model
    from clean_news.lexicography import file_changes, learning_from_decisions, learning_from_sources, observed_swaps
    from clean_news.stages.spin import lexicon_building, user_dictionary

    if not family and dictionary is None:
        stop("name the family of spinners to change with --family NAME, or a user dictionary with --own FILE")
    files = [str(dictionary)] if dictionary is not None and dictionary.exists() and not family else []
    lexicon = lexicon_building.standard(user_dictionary.files(files))
    learned = learning_from_sources.learn(articles, lexicon, language_model.standard())
    if family:
        return learned, file_changes.family_file_changes(learned.counts, folder(), family)
    assert dictionary is not None
    new = observed_swaps.learn(learned.counts, lexicon).new
    pairs = sorted(new, key=lambda pair: (-new[pair], pair))
    found = learning_from_decisions.Learned(learned.counts, pairs, [], [], [])
    return learned, file_changes.user_file_changes(found, dictionary, dictionary.with_name("protected.txt"))


def _logged(clean: Path, failures: "list[Failure]") -> "Iterator[tuple[str, ChangeLog]]":
    """Yield the articles of CLEAN with their logs."""
    from clean_news import change_log
    from clean_news.batch.clean_articles import clean_articles
    from clean_news.failures import Failure

    for article in clean_articles(clean, (), failures.append):
        try:
            change_log.check(article.text, article.log, article.place)
        except change_log.LogError as error:
            failures.append(Failure("", str(error)))
        else:
            yield article.text, article.log


def _cleaned(spun: Path, settings: Settings, failures: "list[Failure]") -> "Iterator[tuple[str, ChangeLog]]":
    """Yield spun articles, cleaned up to the stage that takes words from their sources.

    Raises:
        SettingsError: if there are no sources, or one does not exist.
        InputError: if the spun articles do not exist.
    """
    import msgspec

    from clean_news.batch.progress import watching
    from clean_news.batch.tally import Report
    from clean_news.cleaner import Cleaner
    from clean_news.failures import Failure
    from clean_news.settings import has_sources
    from clean_news.sources.reading import articles_of, source_files
    from clean_news.stages.source.prepared_index import prepare

    stages = tuple(name for name in settings.stages if name in STAGES)
    settings = msgspec.structs.replace(settings, stages=stages, sources_for="all")
    if not has_sources(settings):
        raise SettingsError(
            "there are no sources; name a folder or file with --sources PATH, or an index with --sources-index FOLDER"
        )
    with watching(quiet=False) as watcher:
        prepared = prepare(settings, watcher.indexed)
        failures += prepared.failures
        cleaner = Cleaner(prepared.settings)
        files, missing = source_files([spun], settings)
        failures += missing
        watcher.begin(len(files))
        for name, file in files.items():
            for article in articles_of(file, settings):
                watcher.advance(1)
                if isinstance(article, Failure):
                    failures.append(article)
                else:
                    yield cleaner.clean_or_keep(article.text, article.id, article.origin)
            watcher.report(Report(str(name), "cleaned"))
