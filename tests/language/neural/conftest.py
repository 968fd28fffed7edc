"""Models for the tests: a tiny one with random weights, and the real one where it is installed."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
import tiny_model

from clean_news.language.neural import variant_scores, weights_file


@pytest.fixture(scope="session")
def tiny_file(tmp_path_factory):
    """The path of a GGUF file with random weights."""
    pytest.importorskip("onnxruntime", reason="the extra neural is not installed")
    return tiny_model.write(tmp_path_factory.mktemp("tiny") / "tiny.gguf")


@pytest.fixture(scope="session")
def tiny(tiny_file):
    """The opened tiny model."""
    return variant_scores.opened(weights_file.located(str(tiny_file)))


@pytest.fixture(scope="session")
def smollm():
    """The real model; tests are skipped where its weights are not installed."""
    pytest.importorskip("onnxruntime", reason="the extra neural is not installed")
    try:
        found = weights_file.located(weights_file.AUTO)
    except weights_file.NeuralModelError as error:
        pytest.skip(f"the weights are not installed: {error}")
    return variant_scores.opened(found)
