"""Fixtures: a small dictionary with two families, its lexicon, and ``clean-news dictionary`` run over it."""

import pytest
from typer.testing import CliRunner

from clean_news.cli import dictionary as dictionary_commands
from clean_news.language import language_model
from clean_news.stages.spin import lexicon_building

FILES = {
    "spin/money.tsv": "# Money.\nbank\tnoun\tfinancial institution | lender\nstock\tnoun\tinventory\n",
    "spin/politics.tsv": "# Politics.\nbill\tnoun\tinvoice\nForeign Office\t-\tOverseas Workplace\n",
    "spin/families/a.tsv": "# Family a.\nbank\t-\tfinancial institution | =\nbanks\t-\tbanking institutions\n",
    "spin/families/b.tsv": "# Family b.\nbank\tnoun\tborrower\n",
    "spin/families/a.counts.tsv": "# Counts.\nstock\t=\t2\nstock\tinventory\t6\n",
    "inflections.tsv": "# Inflections.\nbank\tnoun\tbanks\n",
}


@pytest.fixture
def small(tmp_path, monkeypatch):
    """A folder of dictionaries in place of the shipped one."""
    (tmp_path / "spin" / "families").mkdir(parents=True)
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.setattr(dictionary_commands, "folder", lambda: tmp_path)
    return tmp_path


@pytest.fixture
def words(small):
    """The lexicon of that folder."""
    return lexicon_building.compile_lexicon(lexicon_building.sources(small), language_model.standard())


@pytest.fixture
def dictionary(words, monkeypatch):
    """A function that runs ``clean-news dictionary`` over that folder, in this process."""
    monkeypatch.setattr(lexicon_building, "standard", lambda: words)

    def run(*arguments):
        return CliRunner().invoke(dictionary_commands.dictionary, [str(argument) for argument in arguments])

    return run
