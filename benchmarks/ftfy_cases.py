"""Compare the encoding stage with ftfy's own test cases, which are not part of this repository.

    pip download --no-binary :all: --no-deps ftfy && tar xzf ftfy-*.tar.gz
    python benchmarks/ftfy_cases.py ftfy-*/tests/test_cases.json [--all]

The cases are read from the file of ftfy's source distribution, or from the folder ``tests/test-cases`` of its
repository. A case counts if our answer is ftfy's (its field ``fixed-encoding``, else ``fixed``), or if :data:`AS_GOOD`
says why another one is as good. The kind ``known failures`` are cases that ftfy itself does not solve. The column
"garbled once more" repeats the cases of ftfy's own test of a further layer: the case is encoded in UTF-8 and decoded in
latin-1.
"""

import argparse
import json
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from clean_news.article import Article
from clean_news.edits import apply
from clean_news.settings import Settings
from clean_news.stages.encoding import stage

# How the label of a case begins, and why our answer, which is not ftfy's, is as good.
AS_GOOD = {
    "Sort of negative": "the label says what was meant, and we return it; ftfy leaves the garbled letter",
    "Sort-of-negative": "the label says what was meant, and we return it; ftfy leaves the garbled letter",
    "For goodness' sake": "we return the apostrophes that were meant; ftfy U+FFFD and remains of them",
    "lossy UTF-8 / Windows-1250 mixup in Spanish": "we restore the first letter of the continent; ftfy writes U+FFFD",
    "We can mostly decode the face": "we return the whole face of the case before it; ftfy U+FFFD for two characters",
    "Lossy decoding can have plain ASCII": "we restore the closing quotation marks; ftfy writes U+FFFD",
    "Synthetic: lossy decoding": "we restore the closing quotation mark; ftfy writes U+FFFD",
    "UTF-8 / sloppy Windows-1250 mixup in English": "a space where ftfy has a no-break space, which we would replace",
    "A complex, lossy pile-up": "we restore the selector of the emoji; ftfy writes U+FFFD",
    "HTML entity on top": "we also decode the entity, as ftfy does in fix_text (its field fixed)",
}
KINDS = ("in the wild", "language names", "negative", "synthetic", "known failures")


class Outcome(NamedTuple):
    """What became of a case.

    Attributes:
        kind: one of :data:`KINDS`.
        label: the case's label.
        raw: the case.
        wanted: ftfy's answer.
        ours: our answer.
        why: why ours is as good if it is another one; empty if it is not.
        again: whether the case garbled once more gives the same answer as the case.
    """

    kind: str
    label: str
    raw: str
    wanted: str
    ours: str
    why: str
    again: bool


def main() -> None:
    """Print the differences and the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("path", type=Path, metavar="CASES.json")
    parser.add_argument("--all", action="store_true", help="also print the answers that are as good")
    options = parser.parse_args()
    outcomes = [outcome(case) for case in read(options.path)]
    for one in outcomes:
        if one.ours != one.wanted and (options.all or not one.why):
            print(
                f"{one.label}\n  raw  {one.raw}\n  ftfy {one.wanted}\n  ours {one.ours}\n  {one.why or 'NOT AS GOOD'}\n"
            )
    counts = {kind: Counter(_result(one) for one in outcomes if one.kind == kind) for kind in KINDS}
    again = Counter(one.kind for one in outcomes if one.again)
    print("| kind | cases | as ftfy | as good | worse | garbled once more |\n|---|---:|---:|---:|---:|---:|")
    for kind, count in counts.items():
        print(f"| {kind} | {count.total()} | {count['same']} | {count['as good']} | {count['worse']} | {again[kind]} |")


def _result(one: Outcome) -> str:
    """Classify an outcome."""
    if one.ours == one.wanted:
        return "same"
    return "as good" if one.why else "worse"


def read(path: Path) -> list[dict[str, str]]:
    """Return the cases of a file, or of all files of a folder."""
    paths = sorted(path.glob("*.json")) if path.is_dir() else [path]
    return [case for each in paths for case in json.loads(each.read_text(encoding="utf-8"))]


def outcome(case: dict[str, str]) -> Outcome:
    """Run the encoding stage on a case."""
    raw, label = case["original"], case["label"]
    ours = repaired(raw)
    why = next((reason for start, reason in AS_GOOD.items() if label.startswith(start)), "")
    again = repaired(raw.encode().decode("latin-1")) in (ours, repaired(ours))
    return Outcome(kind_of(case), label, raw, case.get("fixed-encoding", case["fixed"]), ours, why, again)


def kind_of(case: dict[str, str]) -> str:
    """Return the kind of a case: the file that it is in, in ftfy's repository."""
    label = case["label"].lower()
    if case["expect"] == "fail":
        return "known failures"
    if "messy language name" in label:
        return "language names"
    if label.startswith("synthetic"):
        return "synthetic"
    return "negative" if label.startswith(("negative", "sort of negative", "mostly negative")) else "in the wild"


def repaired(text: str) -> str:
    """Apply the edits of the encoding stage to a text."""
    return apply(text, stage.propose(Article(text), Settings()).edits)


if __name__ == "__main__":
    main()
