"""What was learned as changes of files: shown as a diff, written all at once, and nothing the second time."""

from collections.abc import Iterable, Sequence
from difflib import unified_diff
from pathlib import Path
from typing import NamedTuple

from clean_news.batch.atomic_writing import replacing
from clean_news.language.vocabulary import SHORT
from clean_news.lexicography.entry_files import AddingError, EntryFile, file_text, order, read
from clean_news.lexicography.learning_from_decisions import Lesson
from clean_news.lexicography.observing import Observed
from clean_news.lexicography.weighing import weights_text
from clean_news.protection import tokens_of
from clean_news.stages.spin.entries import COMMENT, NOT, Entry, read_rows
from clean_news.stages.spin.user_dictionary import WEIGHTS

LEARNED = "learned.tsv"  # in dictionaries/spin: new originals, until somebody moves them into the file of their subject
OWN_HEADER = ("# Spin entries of our own. Columns: original, kind (verb, noun, adj, or - for no inflection), forms.",)
LEARNED_HEADER = (
    '# Learned of decisions by "clean-news dictionary learn"; lines go into the file of their subject.',
    "# Columns: original, kind (verb, noun, adj, or - for no inflection), forms (likeliest first).",
)
COUNTS_HEADER = (
    '# Learned by "clean-news dictionary learn": how often each original was seen as each form; = is the word itself,',
    "# ! is before a form whose original reviewers rejected. Columns: original, form, count.",
)
TERMS_HEADER = ("# Words and phrases that are never changed, one a line.",)


class FileChange(NamedTuple):
    """What becomes of a file.

    Attributes:
        path: where it is.
        before: its text; None where there is no file yet.
        after: its text then.
    """

    path: Path
    before: str | None
    after: str


def of_own(lesson: Lesson, dictionary: Path, terms: Path) -> list[FileChange]:
    """The changes of the user's own files; those that change nothing are left out.

    Args:
        lesson: what was learned.
        dictionary: entries; their weights are beside it.
        terms: protected terms.

    Raises:
        AddingError: if an entry in the dictionary is malformed.
        OSError, ValueError: if a file cannot be read.
    """
    weights = dictionary.with_name(dictionary.name + WEIGHTS)
    changes = [
        _with_counts(weights, lesson.counts, COUNTS_HEADER),
        _with_lines(terms, [*lesson.terms, *lesson.words], TERMS_HEADER),
    ]
    if lesson.pairs or (lesson.counts and not dictionary.exists()):  # without the dictionary nobody reads its weights
        changes.append(_with_pairs(dictionary, lesson.pairs, OWN_HEADER))
    return changed(changes)


def of_shipped(lesson: Lesson, dictionaries: Path) -> list[FileChange]:
    """The changes of the dictionaries of a checkout; those that change nothing are left out.

    New forms go to their original's entry, new originals into a file of their own, small words that reviewers kept
    or wrote in scanned texts into the word lists. Rejections of pairs and protected terms have no place there.

    Raises:
        AddingError: if an entry in a dictionary is malformed.
        OSError, ValueError: if a file cannot be read.
    """
    counts = {pair: count for pair, count in lesson.counts.items() if not pair[1].startswith(NOT)}
    files = [read(path) for path in sorted((dictionaries / "spin").glob("*.tsv"))]
    home = {line.entry.original: file.path for file in files for line in file.lines if line.entry.kind == "-"}
    learned = dictionaries / "spin" / LEARNED
    by_file: dict[Path, list[tuple[str, str]]] = {}
    for original, form in lesson.pairs:
        by_file.setdefault(home.get(original, learned), []).append((original, form))
    small = [word for word in lesson.words if word.isalpha() and word.islower()]
    old = [word for word in small if len(word) > SHORT]
    return changed(
        [
            _with_counts(dictionaries / "spin-weights.tsv", counts, COUNTS_HEADER),
            *(_with_pairs(path, pairs, LEARNED_HEADER) for path, pairs in by_file.items()),
            _with_lines(dictionaries / "ocr" / "words-old.txt", old, ()),
            _with_lines(dictionaries / "ocr" / "words-short.txt", sorted({*small} - {*old}), ()),
        ]
    )


def changed(changes: Iterable[FileChange]) -> list[FileChange]:
    """The changes that change something, by path."""
    return sorted(change for change in changes if change.after not in {change.before, ""})


def _text_in(path: Path) -> str | None:
    """The text of a file, its lines ending in line feeds; None if there is none."""
    return path.read_text(encoding="utf-8-sig") if path.exists() else None


def _with_pairs(path: Path, pairs: Sequence[tuple[str, str]], header: Sequence[str]) -> FileChange:
    """A file of entries with these pairs of original and form, sorted; forms that it has stay in their order.

    Raises:
        AddingError: if a line of it is malformed: it would be lost.
    """
    file = read(path) if path.exists() else EntryFile(path, list(header), [], [])
    if file.malformed:
        number, text = file.malformed[0]
        raise AddingError(f"{path}, line {number}: {text!r} is malformed; correct it (clean-news dictionary check)")
    forms: dict[tuple[str, str], list[str]] = {}
    for line in file.lines:
        forms.setdefault(line.entry[:2], []).extend(line.entry.forms)
    for original, form in pairs:
        forms.setdefault((original, "-"), []).append(form)
    entries = [Entry(*head, tuple(dict.fromkeys(each))) for head, each in forms.items()]
    return FileChange(path, _text_in(path), file_text(path, file.comments, sorted(entries, key=order)))


def _with_counts(path: Path, counts: Observed, header: Sequence[str]) -> FileChange:
    """A file of counts in which none is below these: what was counted already is not counted again."""
    before = _text_in(path)
    if not counts:
        return FileChange(path, before, before or "")
    known = {(original, form): count for original, form, count in read_rows(path)} if before is not None else {}
    higher = {pair: max(count, known.get(pair, 0.0)) for pair, count in counts.items()}
    return FileChange(path, before, weights_text({**known, **higher}, comments(before) or header))


def _with_lines(path: Path, terms: Iterable[str], header: Sequence[str]) -> FileChange:
    """A list with these words or phrases, sorted, none twice in whatever case; one that lacks none stays as it is."""
    before = _text_in(path)
    lines = [line.strip() for line in (before or "").splitlines() if line.strip() and not line.startswith(COMMENT)]
    there = {" ".join(tokens_of(line)): line for line in reversed(lines)}
    fresh = {" ".join(tokens_of(term)): term for term in terms}
    if fresh.keys() <= there.keys():
        return FileChange(path, before, before or "")
    whole = sorted({**fresh, **there}.values(), key=lambda line: (line.lower(), line))
    return FileChange(path, before, "\n".join([*(comments(before) or header), *whole]) + "\n")


def comments(text: str | None) -> list[str]:
    """The comment lines of a text."""
    return [line for line in (text or "").splitlines() if line.startswith(COMMENT)]


def diff(changes: Iterable[FileChange]) -> str:
    """The changes as a unified diff."""
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
    """Write the files, none of them if one cannot be written.

    Raises:
        OSError: if one cannot.
    """
    with replacing(*(change.path for change in changes)) as files:
        for file, change in zip(files, changes, strict=True):
            file.write(change.after.encode())
