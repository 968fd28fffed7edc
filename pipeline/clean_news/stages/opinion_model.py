"""The neural language model of the second opinion, as ``ocr`` and ``spin`` use it, and how log and evidence name it."""

import os
from typing import Any

from clean_news.language.neural import weights_file
from clean_news.language.neural.variant_scores import NeuralModel, opened
from clean_news.language.neural.weights_file import NeuralModelError
from clean_news.optional_library import MissingLibraryError
from clean_news.settings import Settings, SettingsError

MAX_THREADS = 4  # of one process; more gain little on passages of this length
EVIDENCE = "opinions"  # key in the evidence of an edit
FACT = "second_opinion"  # key among the facts about a document


def standard(settings: Settings) -> NeuralModel:
    """Return the model that the settings name, opened once in each process.

    Raises:
        SettingsError: if it is missing, not supported, or cannot be converted; the message says what to do.
    """
    threads = min(MAX_THREADS, os.cpu_count() or 1) if settings.jobs == 1 else 1
    try:
        return opened(weights_file.located(settings.second_opinion), threads)
    except (NeuralModelError, MissingLibraryError) as error:
        raise SettingsError(f"second-opinion = {settings.second_opinion!r}: {error}") from error


def opinions(n_grams: float, neural: float, *, differ: bool) -> dict[str, Any]:
    """Return both opinions of an edit for its evidence.

    Args:
        n_grams: its probability without the neural model.
        neural: nats by which that finds it more probable than what stands there.
        differ: whether the edit would be applied, or not, only because of the neural model.
    """
    return {"n_grams": round(n_grams, 4), "neural": round(neural, 2), "differ": differ}


def facts(text: str, model: NeuralModel) -> dict[str, Any]:
    """Return which model was asked about how many words, for the log.

    Args:
        text: the article.
        model: the model.
    """
    contents = model.network.contents
    fact = {
        "model": contents.name,
        "licence": contents.licence,
        "sha256": model.source.sha256,
        "words": len(text.split()),
    }
    return {FACT: fact}
