"""Turn what was learned into file changes: shown as a diff, written atomically, idempotent."""

from collections.abc import Iterable, Sequence
from difflib import unified_diff
from pathlib import Path
from typing import NamedTuple

from clean_news.batch.atomic_writing import replacing
from clean_news.language.vocabulary import SHORT_WORD_LETTERS
from clean_news.lexicography import proposed_family
from clean_news.lexicography.entry_files import AddingError, EntryFile, file_text, read, sort_key
from clean_news.lexicography.learning_from_decisions import Learned
from clean_news.lexicography.observed_swaps import Observed
from clean_news.lexicography.weighing import weights_text
from clean_news.protection import normalised_tokens
from clean_news.stages.spin.entries import COMMENT_PREFIX, REJECTED_PREFIX, Entry, read_rows
from clean_news.stages.spin.lexicon_sources import FAMILIES, counts_file, general_files
from clean_news.stages.spin.lexicon_weights import GENERAL
from clean_news.stages.spin.user_dictionary import WEIGHTS_SUFFIX
from clean_news.user_files import read_text

LEARNED = "learned.tsv"  # in dictionaries/spin: new originals, to be moved by hand to the file of their subject
USER_HEADER = (
    "# User dictionary of spin entries. Columns: original, kind (verb, noun, adj, - for no inflection), forms.",
)
LEARNED_HEADER = (
    '# Learned from decisions by "clean-news dictionary learn"; move each line to the file of its subject.',
    "# Columns: original, kind (verb, noun, adj, or - for no inflection), forms (most likely first).",
)
COUNTS_HEADER = (
    '# Learned by "clean-news dictionary learn": counts of spun forms by original. Columns: original, form, count.',
    '# The form "=" counts where the original was kept; "!" marks a form that reviewers did not accept as spun.',
)
TERMS_HEADER = ("# Words and phrases that are never changed, one per line.",)


class FileChange(NamedTuple):
    """The new text of a file.

    Attributes:
        path: the file.
        before: its present text; None if it does not exist.
        after: its new text.
    """

    path: Path
    before: str | None
    after: str


def user_file_changes(learned: Learned, dictionary: Path, terms: Path) -> list[FileChange]:
    """The changes of the user's dictionary, its weights and the protected terms, without files that stay the same.

    Args:
        learned: what was learned.
        dictionary: the user dictionary; its weights are in a file beside it.
        terms: the list of protected terms.

    Raises:
        AddingError: if an entry in the dictionary is malformed.
        OSError, ValueError: if a file cannot be read.
    """
    weights = dictionary.with_name(dictionary.name + WEIGHTS_SUFFIX)
    changes = [
        _with_counts(weights, learned.counts, COUNTS_HEADER),
        _with_lines(terms, [*learned.terms, *learned.words], TERMS_HEADER),
    ]
    if learned.pairs or (learned.counts and not dictionary.exists()):  # weights are only read with their dictionary
        changes.append(_with_pairs(dictionary, learned.pairs, USER_HEADER))
    return _effective(changes)


def shipped_file_changes(learned: Learned, dictionaries: Path) -> list[FileChange]:
    """The changes of the dictionaries of a checkout, without files that stay the same.

    New forms go to the entry of their original, new originals to ``learned.tsv``, counts to those of the general
    family, and lower-case words that reviewers kept or wrote in scanned texts to the OCR word lists. Rejected pairs and
    protected terms are not written.

    Raises:
        AddingError: if an entry in a dictionary is malformed.
        OSError, ValueError: if a file cannot be read.
    """
    counts = {pair: count for pair, count in learned.counts.items() if not pair[1].startswith(REJECTED_PREFIX)}
    entry_files = [read(path) for path in general_files(dictionaries)]
    home = {line.entry.original: file.path for file in entry_files for line in file.lines if line.entry.kind == "-"}
    fallback = dictionaries / "spin" / LEARNED
    by_file: dict[Path, list[tuple[str, str]]] = {}
    for original, form in learned.pairs:
        by_file.setdefault(home.get(original, fallback), []).append((original, form))
    lower = [word for word in learned.words if word.isalpha() and word.islower()]
    old = [word for word in lower if len(word) > SHORT_WORD_LETTERS]
    return _effective(
        [
            _with_counts(counts_file(dictionaries, GENERAL), counts, COUNTS_HEADER),
            *(_with_pairs(path, pairs, LEARNED_HEADER) for path, pairs in by_file.items()),
            _with_lines(dictionaries / "ocr" / "words-old.txt", old, ()),
            _with_lines(dictionaries / "ocr" / "words-short.txt", sorted({*lower} - {*old}), ()),
        ]
    )


def family_file_changes(counts: Observed, dictionaries: Path, family: str) -> list[FileChange]:
    """The changes of the file of a family of spinners and of its counts, without files that stay the same.

    Args:
        counts: counts of (original, form) of this spinner.
        dictionaries: the folder of the dictionaries.
        family: the family's name; its files need not exist.

    Raises:
        AddingError: if it is not the name of a family, or an entry in its file is malformed.
        OSError, ValueError: if a file cannot be read.
    """
    proposed_family.check_name(family)
    entries = proposed_family.propose(counts, dictionaries, family)
    path = dictionaries / "spin" / FAMILIES / f"{family}.tsv"
    return _effective(
        [
            *([_with_entries(path, entries, proposed_family.header(family))] if entries else []),
            _with_counts(counts_file(dictionaries, family), counts, COUNTS_HEADER),
        ]
    )


def _effective(changes: Iterable[FileChange]) -> list[FileChange]:
    """The changes that change something, sorted by path."""
    return sorted(change for change in changes if change.after not in {change.before, ""})


def _text_in(path: Path) -> str | None:
    """The text of a file with universal newlines and without byte order mark; None if it does not exist."""
    return read_text(path).replace("\r\n", "\n").replace("\r", "\n") if path.exists() else None


def _with_pairs(path: Path, pairs: Sequence[tuple[str, str]], header: Sequence[str]) -> FileChange:
    """A file of entries with these (original, form) pairs added, without inflections; see :func:`_with_entries`."""
    return _with_entries(path, [Entry(original, "-", (form,)) for original, form in pairs], header)


def _with_entries(path: Path, added: Iterable[Entry], header: Sequence[str]) -> FileChange:
    """A file of entries with these added, sorted; existing forms keep their order.

    Raises:
        AddingError: if a line is malformed, since it would be lost.
    """
    file = read(path) if path.exists() else EntryFile(path, list(header), [], [])
    if file.malformed:
        number, text = file.malformed[0]
        raise AddingError(f"{path}, line {number}: {text!r} is malformed; correct it (clean-news dictionary check)")
    forms: dict[tuple[str, str], list[str]] = {}
    for line in file.lines:
        forms.setdefault(line.entry[:2], []).extend(line.entry.forms)
    for entry in added:
        forms.setdefault(entry[:2], []).extend(entry.forms)
    entries = [Entry(*head, tuple(dict.fromkeys(each))) for head, each in forms.items()]
    return FileChange(path, _text_in(path), file_text(file.comments, sorted(entries, key=sort_key)))


def _with_counts(path: Path, counts: Observed, header: Sequence[str]) -> FileChange:
    """A file of counts raised to at least these, so that the same decisions do not count twice."""
    before = _text_in(path)
    if not counts:
        return FileChange(path, before, before or "")
    known = {(original, form): count for original, form, count in read_rows(path)} if before is not None else {}
    higher = {pair: max(count, known.get(pair, 0.0)) for pair, count in counts.items()}
    return FileChange(path, before, weights_text({**known, **higher}, _comment_lines(before) or header))


def _with_lines(path: Path, terms: Iterable[str], header: Sequence[str]) -> FileChange:
    """A list with these terms added, sorted and unique without case; unchanged if it already has them all."""
    before = _text_in(path)
    lines = [
        line.strip() for line in (before or "").splitlines() if line.strip() and not line.startswith(COMMENT_PREFIX)
    ]
    existing = {" ".join(normalised_tokens(line)): line for line in reversed(lines)}
    new = {" ".join(normalised_tokens(term)): term for term in terms}
    if new.keys() <= existing.keys():
        return FileChange(path, before, before or "")
    merged = sorted({**new, **existing}.values(), key=lambda line: (line.lower(), line))
    return FileChange(path, before, "\n".join([*(_comment_lines(before) or header), *merged]) + "\n")


def _comment_lines(text: str | None) -> list[str]:
    """The comment lines of a text."""
    return [line for line in (text or "").splitlines() if line.startswith(COMMENT_PREFIX)]


def diff(changes: Iterable[FileChange]) -> str:
    """Format the changes as a unified diff."""
    return "".join(
        line
        for path, before, after in changes
        for line in unified_diff(
            (before or "").splitlines(keepends=True),
            after.splitlines(keepends=True),
            "/dev/null" if before is None else str(path),
            str(path),
            n=1,
        )
    )


def write(changes: Sequence[FileChange]) -> None:
    """Write all files, or none if one cannot be written.

    Raises:
        OSError: if a file cannot be written.
    """
    with replacing(*(change.path for change in changes)) as files:
        for file, change in zip(files, changes, strict=True):
            file.write(change.after.encode())
