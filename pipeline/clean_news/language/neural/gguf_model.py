"""Reads a language model of the Llama architecture from a GGUF file: its shape, its weights and its tokeniser.

Format: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
"""

import json
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from clean_news.language.neural.weights_file import NeuralModelError
from clean_news.optional_library import load_optional

EXTRA = "neural"
ARCHITECTURE = "llama"
SUPPORTED = "a model of the Llama architecture with a byte-level BPE tokeniser, such as SmolLM2"
# Pre-tokenisers, by their name in GGUF: whether digits are tokens of their own before the byte-level split.
SINGLE_DIGITS = {"smollm": True, "gpt-2": False}

Floats = NDArray[np.float32]


class Shape(NamedTuple):
    """The dimensions of a network.

    Attributes:
        layers: number of blocks.
        width: width of the residual stream.
        heads: number of attention heads.
        key_heads: number of heads of keys and values, each of which is shared by ``heads / key_heads`` heads.
        inner: width of the feed-forward layers.
        vocabulary: number of tokens.
        context: longest text, in tokens.
        rope_base: base of the rotary position embedding.
        epsilon: added to the variance in RMS normalisation.
    """

    layers: int
    width: int
    heads: int
    key_heads: int
    inner: int
    vocabulary: int
    context: int
    rope_base: float
    epsilon: float

    @property
    def head_width(self) -> int:
        """Width of a head."""
        return self.width // self.heads


class GgufModel:
    """An open GGUF file.

    Attributes:
        shape: the dimensions of the network.
        name: the model's name, as the file has it; empty if it has none.
        licence: its licence; empty if it has none.
        start_token: the token that begins a text.
    """

    def __init__(self, path: Path) -> None:
        """Open a file.

        Raises:
            NeuralModelError: if it is damaged or the model is not supported.
            MissingLibraryError: if a library is not installed.
        """
        self._path = path
        self._gguf = load_optional("gguf", EXTRA)
        try:
            reader = self._gguf.GGUFReader(path)
            self._fields = {name: field.contents() for name, field in reader.fields.items()}
            self._tensors = {tensor.name: tensor for tensor in reader.tensors}
        except Exception as error:  # the library documents no exceptions, and raises many for damaged files
            raise NeuralModelError(f"{path}: is a damaged GGUF file ({error}); get it again") from error
        if self._value("general.architecture") != ARCHITECTURE:
            raise self._unsupported(f"its architecture is {self._value('general.architecture')!r}")
        self.shape = self._shape()
        self.name = str(self._fields.get("general.name", ""))
        self.licence = str(self._fields.get("general.license", ""))
        self.start_token = self._start_token()

    def weights(self, name: str) -> Floats:
        """Return a tensor in single precision; matrices have the shape (outputs, inputs).

        Raises:
            NeuralModelError: if there is none of this name, or it is quantised in a way that the library does not read.
        """
        if name not in self._tensors:
            raise self._unsupported(f"it has no tensor {name}")
        tensor = self._tensors[name]
        try:
            values = self._gguf.dequantize(tensor.data, tensor.tensor_type)
        except Exception as error:
            raise self._unsupported(f"the tensor {name} cannot be read ({error})") from error
        shape = tuple(int(size) for size in tensor.shape[::-1])
        return np.ascontiguousarray(values, np.float32).reshape(shape)

    def has(self, name: str) -> bool:
        """Whether there is a tensor of this name."""
        return name in self._tensors

    def tokeniser_json(self) -> str:
        """Return the tokeniser in the format of the library ``tokenizers``.

        Raises:
            NeuralModelError: if it is not supported.
        """
        tokenizers = load_optional("tokenizers", EXTRA)
        kind, split = self._value("tokenizer.ggml.model"), self._fields.get("tokenizer.ggml.pre", "gpt-2")
        if kind != "gpt2" or split not in SINGLE_DIGITS:
            raise self._unsupported(f"its tokeniser is {kind!r} with {split!r}")
        tokens, merges = self._value("tokenizer.ggml.tokens"), self._value("tokenizer.ggml.merges")
        try:
            pairs = [tuple(merge.split(" ")) for merge in merges]
            model = tokenizers.models.BPE(vocab={token: at for at, token in enumerate(tokens)}, merges=pairs)
        except Exception as error:
            raise self._unsupported(f"its tokeniser cannot be read ({error})") from error
        splits = tokenizers.pre_tokenizers
        tokeniser = tokenizers.Tokenizer(model)
        steps = [splits.Digits(individual_digits=True)] if SINGLE_DIGITS[split] else []
        tokeniser.pre_tokenizer = splits.Sequence([*steps, splits.ByteLevel(add_prefix_space=False)])
        return json.dumps(json.loads(tokeniser.to_str()))

    def _value(self, name: str) -> Any:  # noqa: ANN401  # of any type
        """A value of the metadata."""
        if name not in self._fields:
            raise self._unsupported(f"it has no {name}")
        return self._fields[name]

    def _shape(self) -> Shape:
        """The dimensions, checked."""

        def number(name: str) -> int:
            value = self._value(f"{ARCHITECTURE}.{name}")
            if not isinstance(value, int) or not 0 < value < 1 << 24:
                raise self._unsupported(f"{name} is {value!r}")
            return value

        heads = number("attention.head_count")
        shape = Shape(
            number("block_count"),
            number("embedding_length"),
            heads,
            number("attention.head_count_kv") if f"{ARCHITECTURE}.attention.head_count_kv" in self._fields else heads,
            number("feed_forward_length"),
            len(self._value("tokenizer.ggml.tokens")),
            number("context_length"),
            float(self._fields.get(f"{ARCHITECTURE}.rope.freq_base", 10_000.0)),
            float(self._value(f"{ARCHITECTURE}.attention.layer_norm_rms_epsilon")),
        )
        if shape.width % shape.heads or shape.heads % shape.key_heads or shape.head_width % 2:
            raise self._unsupported("its heads do not divide its width")
        if self._fields.get(f"{ARCHITECTURE}.rope.dimension_count", shape.head_width) != shape.head_width:
            raise self._unsupported("only a part of each head is rotated")
        if f"{ARCHITECTURE}.rope.scaling.type" in self._fields or self.has("rope_freqs.weight"):
            raise self._unsupported("its positions are scaled")
        return shape

    def _start_token(self) -> int:
        """The token that separates texts in training: ``<|endoftext|>``, or the one that the file names."""
        tokens = self._value("tokenizer.ggml.tokens")
        if "<|endoftext|>" in tokens:
            return int(tokens.index("<|endoftext|>"))
        start = self._fields.get("tokenizer.ggml.bos_token_id", 0)
        if not 0 <= start < len(tokens):
            raise self._unsupported("it has no such token as the one that starts a text")
        return int(start)

    def _unsupported(self, reason: str) -> NeuralModelError:
        """The exception to raise for a model that cannot be used."""
        return NeuralModelError(f"{self._path}: this model is not supported: {reason}; name {SUPPORTED}")
