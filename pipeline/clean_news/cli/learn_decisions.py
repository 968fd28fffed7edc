"""``clean-news dictionary learn --decisions``: turns reviewers' decisions into changes of dictionaries."""

from pathlib import Path
from typing import TYPE_CHECKING

from clean_news.cli.exits import stop
from clean_news.cli.terminal import echo
from clean_news.decisions import DecisionsError, read
from clean_news.dictionaries import folder
from clean_news.project_folder import DICTIONARY, PROJECT_FOLDER, PROTECTED
from clean_news.settings import SettingsError
from clean_news.settings_file import load

if TYPE_CHECKING:
    from clean_news.lexicography.file_changes import FileChange

PROJECT = "pyproject.toml"  # beside the dictionaries of a checkout


def learn_decisions(
    decisions: list[Path],
    own: Path | None,
    protected: Path | None,
    config: Path | None,
    *,
    shipped: bool,
    apply: bool,
    output: Path | None,
) -> None:
    """Show as a diff what decisions would change, and write it if asked; an error ends the program.

    Args:
        decisions: files of decisions.
        own: the user dictionary; by default the first one of the settings, or one beside the decisions.
        protected: the file of protected terms, likewise.
        config: the settings file.
        shipped: whether to change the shipped dictionaries instead.
        apply: whether to write the changes.
        output: the file for the diff; None for stdout.
    """
    from clean_news.lexicography.entry_files import AddingError

    try:
        settings = load(config, Path.cwd(), {})
        dictionary = own or Path(next(iter(settings.dictionary), decisions[0].parent / DICTIONARY))
        terms = protected or Path(next(iter(settings.protect_file), decisions[0].parent / PROTECTED))
        changes, notes = learned(decisions, dictionary, terms, shipped=shipped)
        show_and_write(changes, apply=apply, output=output)
    except (SettingsError, DecisionsError, AddingError) as error:
        stop(str(error))
    except (OSError, ValueError) as error:
        stop(f"{error}; name readable and writable files in UTF-8")
    for note in notes:
        echo(note, err=True)
    echo(in_short(changes, apply=apply), err=True)
    ways = (("--dictionary", dictionary, settings.dictionary), ("--protect", terms, settings.protect_file))
    for option, file, named in ways:
        found = str(file) in named or (file.parent.name == PROJECT_FOLDER and file.name in {DICTIONARY, PROTECTED})
        if not found and any(change.path == file for change in changes):
            echo(f"Use it with: clean-news RAW CLEAN {option} {file}", err=True)


def learned(
    decisions: list[Path], dictionary: Path, terms: Path, *, shipped: bool
) -> "tuple[list[FileChange], list[str]]":
    """The changes of files that decisions lead to, and notes about decisions that change nothing.

    Raises:
        DecisionsError: if one cannot be read.
        SettingsError, AddingError, OSError, ValueError: if a file to be changed cannot be read or is malformed.
    """
    from clean_news.language import language_model, vocabulary
    from clean_news.lexicography import file_changes, learning_from_decisions
    from clean_news.stages.spin import lexicon_building, user_dictionary

    if shipped and not is_checkout():
        stop("--shipped needs a source checkout, but clean-news is installed; name a user dictionary with --own FILE")
    made = [decision for path in decisions for decision in read(path)]
    files = user_dictionary.files([str(dictionary)] if dictionary.exists() and not shipped else [])
    reference = learning_from_decisions.Reference(
        lexicon_building.standard(files), language_model.standard(), vocabulary.standard()
    )
    found = learning_from_decisions.learn(made, reference)
    if shipped:
        return file_changes.shipped_file_changes(found, folder()), found.notes
    return file_changes.user_file_changes(found, dictionary, terms), found.notes


def is_checkout() -> bool:
    """Whether the dictionaries are those of a source checkout, and not of an installation."""
    return (folder().parent / PROJECT).exists()


def show_and_write(changes: "list[FileChange]", *, apply: bool, output: Path | None) -> None:
    """Show changes as a diff, and write them if asked.

    Args:
        changes: the changes.
        apply: whether to write the files.
        output: the file for the diff; None for stdout.

    Raises:
        OSError: if a file cannot be written.
    """
    from clean_news.lexicography import file_changes

    shown = file_changes.diff(changes)
    if output is None:
        echo(shown, nl=False)
    else:
        output.write_text(shown, encoding="utf-8")
    if apply and changes:
        file_changes.write(changes)


def in_short(changes: "list[FileChange]", *, apply: bool) -> str:
    """One line that says what was or would be changed."""
    if not changes:
        return "nothing new to learn"
    lines = sum(len({*change.after.splitlines()} - {*(change.before or "").splitlines()}) for change in changes)
    files = ", ".join(str(change.path) for change in changes)
    return f"{lines} lines written to {files}" if apply else f"{lines} lines for {files}; write them with --apply"
