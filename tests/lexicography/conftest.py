"""Fixtures: a small dictionary, its lexicon, and ``clean-news dictionary`` run over it."""

import pytest
from typer.testing import CliRunner

from clean_news.cli import dictionary as dictionary_commands
from clean_news.stages.spin import lexicon_building

FILES = {
    "spin/money.tsv": "# Money.\nbank\tnoun\tfinancial institution | lender\nstock\tnoun\tinventory\n",
    "spin/politics.tsv": "# Politics.\nbill\tnoun\tinvoice\nForeign Office\t-\tOverseas Workplace\n",
    "first-choices.tsv": "# Choices.\nbank\tfinancial institution | =\nbanks\tbanking institutions\n",
    "spin-weights.tsv": "# Counts.\nstock\t=\t2\nstock\tinventory\t6\n",
    "inflections.tsv": "# Inflections.\nbank\tnoun\tbanks\n",
}


@pytest.fixture
def small(tmp_path, monkeypatch):
    """A folder of dictionaries in place of the shipped one."""
    (tmp_path / "spin").mkdir()
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.setattr(dictionary_commands, "folder", lambda: tmp_path)
    return tmp_path


@pytest.fixture
def words(small):
    """The lexicon of that folder."""
    return small_lexicon(small)


def small_lexicon(folder):
    from clean_news.stages.spin import inflection
    from clean_news.stages.spin.entries import read_choices, read_counts, read_entries

    return lexicon_building.invert(
        [entry for path in sorted((folder / "spin").glob("*.tsv")) for entry in read_entries(path)],
        inflection.read(folder / "inflections.tsv"),
        read_choices(folder / "first-choices.tsv"),
        read_counts(folder / "spin-weights.tsv"),
    )


@pytest.fixture
def dictionary(words, monkeypatch):
    """A function that runs ``clean-news dictionary`` over that folder, in this process."""
    monkeypatch.setattr(lexicon_building, "standard", lambda: words)

    def run(*arguments):
        return CliRunner().invoke(dictionary_commands.dictionary, [str(argument) for argument in arguments])

    return run
