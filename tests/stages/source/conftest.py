"""An index of stories, and a way to take words from a source with a dictionary of a few pairs."""

import sys
from pathlib import Path

import pytest

from clean_news import edits
from clean_news.language import language_model
from clean_news.sources import SourceArticle, update_from_articles
from clean_news.stages.source.comparison import compare
from clean_news.stages.source.proposing import Judges, proposals
from clean_news.stages.source.tokenised import tokenise

sys.path.insert(0, str(Path(__file__).parent))  # for the stories


@pytest.fixture
def index(tmp_path):
    """A function that makes an index of some texts and returns its path."""

    def make(*texts, name="index"):
        path = tmp_path / name
        articles = (SourceArticle(f"story-{at}", text, f"archive/{at}.txt") for at, text in enumerate(texts))
        update_from_articles(path, articles)
        return str(path)

    return make


@pytest.fixture
def propose():
    """A function that proposes the words of a source, without deciding whether it is one.

    Its last argument has the possible originals of forms.
    """

    def proposed(text, source, possible=None):
        known = {form: frozenset(originals) for form, originals in (possible or {}).items()}
        judges = Judges(lambda form: known.get(form.lower(), frozenset()), language_model.standard())
        compared = compare(tokenise(text), tokenise(source), judges.possible)
        return proposals(compared, judges, {"source": "a"})

    return proposed


@pytest.fixture
def taken(propose):
    """A function that returns the text with the words of the source."""

    def take(text, source, possible=None):
        return edits.apply(text, propose(text, source, possible))

    return take
