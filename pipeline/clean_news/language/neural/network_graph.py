"""Builds the graph of the network: a Llama decoder whose attention mask is an input.

Weights have 8 bits and a scale for each :data:`BLOCK` of them; the products are in single precision. Activations in 8
bits, too, would double the speed, but a digit that another processor rounds differently then grows from layer to
layer: scores would differ by half a nat between processors, instead of by a few digits. Only the last layer, after
which nothing grows, has them, with one scale for each token.

The last layer's products of integers are exact on every processor; see :mod:`network`.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from clean_news.language.neural import onnx_encoding as onnx
from clean_news.language.neural.gguf_model import Floats, GgufModel, Shape

BLOCK = 32  # inputs of a unit whose weights share a scale, as in the quantised types of GGUF
MAX_POSITIONS = 4096  # of a text that is scored in one run, in tokens
MAX_INT8 = 127
SINGLE_PRECISION = 1  # of the activations, as a level of accuracy of the operator MatMulNBits
TINY = 1e-12  # least scale
MASKED = -1e9  # added to the attention score of a token that is not seen
HIDDEN, INPUT = "hidden", "embeddings"  # names of the output of the network, and of its first input

Store = Callable[[NDArray[np.generic]], onnx.Stored]


class _Graph:
    """A graph that is being built.

    Args:
        store: writes an array beside the model and returns its place.
        unsigned: whether weights are stored as unsigned integers; see :mod:`network`.
    """

    def __init__(self, store: Store, unsigned: bool) -> None:
        self.nodes: list[bytes] = []
        self.tensors: list[bytes] = []
        self._store = store
        self._unsigned = unsigned
        self._names: set[str] = set()

    def node(self, operator: str, inputs: list[str], output: str, domain: str = "", **attributes: object) -> str:
        """Add a node with one output; returns its name."""
        self.nodes.append(onnx.node(operator, inputs, [output], domain, **attributes))  # type: ignore[arg-type]
        return output

    def constant(self, name: str, array: NDArray[np.generic]) -> str:
        """Add a small constant, once for each name; returns its name."""
        if name not in self._names:
            self._names.add(name)
            self.tensors.append(onnx.tensor(name, np.asarray(array)))
        return name

    def product(self, inputs: str, name: str, weights: Floats, output: str) -> str:
        """Add the product of inputs and weights of 8 bits, in single precision; returns the name of the output.

        Args:
            inputs: name of the inputs; shape (…, inputs).
            name: name of the product.
            weights: shape (outputs, inputs).
            output: name of the output.
        """
        units, size = weights.shape
        blocks = -(-size // BLOCK)
        padded = np.pad(weights, ((0, 0), (0, blocks * BLOCK - size))).reshape(units, blocks, BLOCK)
        scale = np.maximum(np.abs(padded).max(axis=-1) / MAX_INT8, TINY).astype(np.float32)
        stored = (np.rint(padded / scale[..., None]) + 128).astype(np.uint8)  # 128 is the operator's zero
        self.tensors.append(onnx.tensor(f"{name}/weights", stored, self._store(stored)))
        self.tensors.append(onnx.tensor(f"{name}/scale", scale.reshape(-1), self._store(scale)))
        arguments = [inputs, f"{name}/weights", f"{name}/scale"]
        attributes = {"K": size, "N": units, "bits": 8, "block_size": BLOCK, "accuracy_level": SINGLE_PRECISION}
        return self.node("MatMulNBits", arguments, output, onnx.MICROSOFT, **attributes)

    def integer_product(self, inputs: str, name: str, weights: Floats, output: str) -> str:
        """Add the product of inputs and weights, both of 8 bits: a scale for each token, and for each unit.

        For the arguments see :meth:`product`.
        """
        integers, scale = self._quantised(inputs)
        unit_scale = np.maximum(np.abs(weights).max(axis=1) / MAX_INT8, TINY).astype(np.float32)
        stored = np.rint(weights / unit_scale[:, None]).astype(np.int8).T
        arguments = [integers, f"{name}/weights", self.constant("zero_point", np.array(128, np.uint8))]
        if self._unsigned:
            stored = (stored.astype(np.int16) + 128).astype(np.uint8)
            arguments.append("zero_point")
        stored = np.ascontiguousarray(stored)
        self.tensors.append(onnx.tensor(f"{name}/weights", stored, self._store(stored)))
        self.tensors.append(onnx.tensor(f"{name}/scale", unit_scale, self._store(unit_scale)))
        product = self.node("MatMulInteger", arguments, f"{name}/integers")
        product = self.node("Cast", [product], f"{name}/floats", to=onnx.ELEMENT_TYPES["float32"])
        product = self.node("Mul", [product, f"{name}/scale"], f"{name}/by_unit")
        return self.node("Mul", [product, scale], output)

    def _quantised(self, inputs: str) -> tuple[str, str]:
        """Quantise inputs token by token to -127 … 127, shifted by 128; returns the names of integers and scales."""
        largest = self.node("ReduceMax", [self.node("Abs", [inputs], f"{inputs}/abs")], f"{inputs}/max", axes=[-1])
        scale = self.node("Mul", [largest, self.constant("step", np.array(1 / MAX_INT8, np.float32))], f"{inputs}/step")
        scale = self.node("Max", [scale, self.constant("least", np.array(1e-9, np.float32))], f"{inputs}/scale")
        steps = self.node("Div", [inputs, scale], f"{inputs}/steps")
        shifted = self.node("Add", [steps, self.constant("shift", np.array(128, np.float32))], f"{inputs}/shifted")
        rounded = self.node("Round", [shifted], f"{inputs}/rounded")
        return self.node("Cast", [rounded], f"{inputs}/uint8", to=onnx.ELEMENT_TYPES["uint8"]), scale


def network(source: GgufModel, store: Store, unsigned: bool) -> bytes:
    """Return the ONNX model of the network without its last layer.

    Its inputs are the embeddings of the tokens, of shape (1, tokens, width), their positions, of shape (1, tokens), and
    the attention mask, of shape (tokens, tokens): 0, or :data:`MASKED` where the column's token is not seen by the
    row's. Its output has the shape (1, tokens, width).

    Args:
        source: the model.
        store: see :class:`_Graph`.
        unsigned: see there.

    Raises:
        NeuralModelError: if the model lacks a tensor.
    """
    shape, graph = source.shape, _Graph(store, unsigned)
    _add_constants(graph, shape)
    stream, update = INPUT, ""
    for layer in range(shape.layers):
        stream, update = _add_block(graph, source, layer, stream, update)
    _normalised(graph, stream, update, source.weights("output_norm.weight"), "last", shape.epsilon, HIDDEN)
    inputs = [
        onnx.value(INPUT, "float32", [1, "tokens", shape.width]),
        onnx.value("positions", "int64", [1, "tokens"]),
        onnx.value("mask", "float32", ["tokens", "tokens"]),
    ]
    return onnx.model(graph.nodes, graph.tensors, inputs, [onnx.value(HIDDEN, "float32", [1, "tokens", shape.width])])


def last_layer(source: GgufModel, store: Store, unsigned: bool) -> bytes:
    """Return the ONNX model of the last layer: hidden states and tokens to the tokens' natural log-probabilities.

    Its inputs have the shapes (rows, width) and (rows, 1), its output (rows, 1). For the other arguments see
    :func:`network`.
    """
    graph = _Graph(store, unsigned)
    name = "output.weight" if source.has("output.weight") else "token_embd.weight"
    logits = graph.integer_product(HIDDEN, "vocabulary", source.weights(name), "logits")
    total = graph.node("ReduceLogSumExp", [logits], "total", axes=[1])
    chosen = graph.node("GatherElements", [logits, "tokens"], "chosen", axis=1)
    graph.node("Sub", [chosen, total], "log_probability")
    inputs = [
        onnx.value(HIDDEN, "float32", ["rows", source.shape.width]),
        onnx.value("tokens", "int64", ["rows", 1]),
    ]
    return onnx.model(graph.nodes, graph.tensors, inputs, [onnx.value("log_probability", "float32", ["rows", 1])])


def _add_constants(graph: _Graph, shape: Shape) -> None:
    """Add what all blocks use: the rotations of positions, and shapes."""
    half = shape.head_width // 2
    angles = np.arange(min(shape.context, MAX_POSITIONS))[:, None] * shape.rope_base ** (-np.arange(half) / half)
    graph.constant("cosines", np.cos(angles).astype(np.float32))
    graph.constant("sines", np.sin(angles).astype(np.float32))
    shared = shape.heads // shape.key_heads
    for name, sizes in (
        ("by_head", (-1, shape.key_heads, shared, shape.head_width)),
        ("grouped", (shape.key_heads, -1, shape.head_width)),
        ("by_key", (-1, shape.key_heads, shape.head_width)),
        ("ungrouped", (shape.key_heads, shared, -1, shape.head_width)),
        ("joined", (1, -1, shape.width)),
        ("heads", (shape.key_heads, shared)),
        ("key_heads", (shape.key_heads,)),
        ("any", (-1,)),
        ("first", (0,)),
        ("second", (1,)),
    ):
        graph.constant(name, np.array(sizes, np.int64))
    graph.node("Slice", [graph.node("Shape", ["mask"], "sizes"), "first", "second"], "tokens")
    graph.node("Concat", ["heads", "tokens", "tokens"], "of_scores", axis=0)
    graph.node("Concat", ["key_heads", "any", "tokens"], "of_attention", axis=0)


def _normalised(
    graph: _Graph, stream: str, update: str, weights: Floats, name: str, epsilon: float, output: str = ""
) -> tuple[str, str]:
    """Add an update to the residual stream and normalise it; returns the names of the stream and of the result."""
    output = output or f"{name}/normalised"
    scale = graph.constant(f"{name}/norm", weights)
    if not update:
        return stream, graph.node("SimplifiedLayerNormalization", [stream, scale], output, axis=-1, epsilon=epsilon)
    graph.nodes.append(
        onnx.node(
            "SkipSimplifiedLayerNormalization",
            [stream, update, scale],
            [output, "", "", f"{name}/stream"],
            onnx.MICROSOFT,
            epsilon=epsilon,
        )
    )
    return f"{name}/stream", output


def _add_block(graph: _Graph, source: GgufModel, layer: int, stream: str, update: str) -> tuple[str, str]:
    """Add a block; returns the names of the residual stream and of what it adds to it."""
    shape, name = source.shape, f"block{layer}"

    def weights(part: str) -> Floats:
        return source.weights(f"blk.{layer}.{part}.weight")

    stream, inputs = _normalised(graph, stream, update, weights("attn_norm"), f"{name}/attention", shape.epsilon)
    attended = _attention(graph, shape, name, inputs, [weights(f"attn_{part}") for part in "qkv"])
    update = graph.product(attended, f"{name}/output", weights("attn_output"), f"{name}/attended")
    stream, inputs = _normalised(graph, stream, update, weights("ffn_norm"), f"{name}/inner", shape.epsilon)
    both = np.concatenate((weights("ffn_gate"), weights("ffn_up")))
    graph.product(inputs, f"{name}/expansion", both, f"{name}/expanded")
    halves = graph.constant("halves", np.full(2, shape.inner, np.int64))
    graph.nodes.append(onnx.node("Split", [f"{name}/expanded", halves], [f"{name}/gate", f"{name}/up"], axis=2))
    gate = graph.node("QuickGelu", [f"{name}/gate"], f"{name}/silu", onnx.MICROSOFT, alpha=1.0)  # x · sigmoid(x)
    inner = graph.node("Mul", [gate, f"{name}/up"], f"{name}/activated")
    return stream, graph.product(inner, f"{name}/contraction", weights("ffn_down"), f"{name}/contracted")


def _attention(graph: _Graph, shape: Shape, name: str, inputs: str, weights: list[Floats]) -> str:
    """Add the attention of a block; returns the name of the heads' outputs, joined.

    The heads that share keys are stacked, so that their scores are one product: (key heads, shared · tokens, tokens).
    """
    scaled = [weights[0] / np.float32(shape.head_width**0.5), *weights[1:]]
    graph.product(inputs, f"{name}/projection", np.concatenate(scaled), f"{name}/projected")
    widths = graph.constant("widths", np.array([len(each) for each in weights], np.int64))
    graph.nodes.append(
        onnx.node("Split", [f"{name}/projected", widths], [f"{name}/q", f"{name}/k", f"{name}/v"], axis=2)
    )
    rotated = [
        graph.node(
            "RotaryEmbedding",
            [f"{name}/{part}", "positions", "cosines", "sines"],
            f"{name}/{part}/rotated",
            onnx.MICROSOFT,
            interleaved=1,  # as GGUF files store the heads of this architecture
            num_heads=heads,
            rotary_embedding_dim=shape.head_width,
        )
        for part, heads in (("q", shape.heads), ("k", shape.key_heads))
    ]
    queries = graph.node("Reshape", [rotated[0], "by_head"], f"{name}/q/by_head")
    queries = graph.node("Transpose", [queries], f"{name}/q/by_key", perm=[1, 2, 0, 3])
    queries = graph.node("Reshape", [queries, "grouped"], f"{name}/q/grouped")
    keys = graph.node("Reshape", [rotated[1], "by_key"], f"{name}/k/by_key")
    keys = graph.node("Transpose", [keys], f"{name}/k/transposed", perm=[1, 2, 0])
    values = graph.node("Reshape", [f"{name}/v", "by_key"], f"{name}/v/by_key")
    values = graph.node("Transpose", [values], f"{name}/v/transposed", perm=[1, 0, 2])
    scores = graph.node("MatMul", [queries, keys], f"{name}/scores")
    scores = graph.node("Reshape", [scores, "of_scores"], f"{name}/scores/by_head")
    scores = graph.node("Add", [scores, "mask"], f"{name}/scores/masked")
    attention = graph.node("Softmax", [scores], f"{name}/attention/by_head", axis=-1)
    attention = graph.node("Reshape", [attention, "of_attention"], f"{name}/attention")
    found = graph.node("MatMul", [attention, values], f"{name}/values")
    found = graph.node("Reshape", [found, "ungrouped"], f"{name}/values/by_head")
    found = graph.node("Transpose", [found], f"{name}/values/by_token", perm=[2, 0, 1, 3])
    return graph.node("Reshape", [found, "joined"], f"{name}/values/joined")
