"""A small CLEAN, and reviews of it."""

import shutil
import sys
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from clean_news.batch.run import run
from clean_news.batch.run_options import RunOptions
from clean_news.pipeline import rules_by_stage
from clean_news.review.serve.review import Review, Source
from clean_news.review.serve.routes import Served, application
from clean_news.settings import Settings

sys.path.insert(0, str(Path(__file__).parent))
from served_pages import HOST, ORIGIN, TOKEN, Page, make_raw


@pytest.fixture(scope="session")
def cleaned(tmp_path_factory):
    """The raw articles and what a run made of them; not to be changed."""
    folder = tmp_path_factory.mktemp("served")
    run(make_raw(folder / "raw"), folder / "clean", RunOptions(Settings()))
    return folder


@pytest.fixture
def clean(cleaned, tmp_path):
    """A copy of CLEAN; the raw files are those that its logs name."""
    shutil.copytree(cleaned / "clean", tmp_path / "clean")
    return tmp_path / "clean"


@pytest.fixture(scope="session")
def summaries():
    return {each.code: each.summary for some in rules_by_stage(Settings()).values() for each in some}


@pytest.fixture
def opened(summaries):
    """A function that opens a review of a CLEAN; started, unless that is not wanted."""
    reviews = []

    def make(clean, raw=None, *, started=True, settings=None):
        settings = settings or Settings()
        review = Review(Source(clean, raw, RunOptions(settings), summaries, settings.apply_from))
        reviews.append(review)
        if started:
            review.start()
        app = application(Served(review, TOKEN, "Ada"), frozenset({HOST, "localhost:8000"}))
        client = TestClient(app, base_url=ORIGIN, headers={"X-Clean-News-Token": TOKEN})
        return Page(client, review)

    yield make
    for review in reviews:
        review.stop()


@pytest.fixture
def page(opened, clean):
    """A page of a review that cleans articles again."""
    return opened(clean)


@pytest.fixture
def reading(opened, clean):
    """A page of a review that only answers."""
    return opened(clean, started=False)
