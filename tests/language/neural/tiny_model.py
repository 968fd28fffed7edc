"""A GGUF file with random weights, and a plain network in single precision to compare with."""

import numpy as np

LAYERS, WIDTH, HEADS, KEY_HEADS, INNER = 2, 48, 6, 2, 800  # the inner layer has more than one group
HEAD_WIDTH = WIDTH // HEADS
ROPE_BASE, EPSILON = 10_000.0, 1e-5
START = "<|endoftext|>"
MERGES = ["Ġ t", "h e", "Ġt he", "s a", "i d", "sa id", "Ġ said"]


def byte_characters():
    """The characters that stand for the 256 bytes in a byte-level vocabulary."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in printable]
    return {byte: chr(byte) for byte in printable} | {byte: chr(256 + at) for at, byte in enumerate(others)}


TOKENS = [START, *byte_characters().values(), *(merge.replace(" ", "") for merge in MERGES)]


def random_weights(seed=0):
    """Tensors by name, at a scale that makes the tokens' log-probabilities differ by several nats."""
    random = np.random.default_rng(seed)

    def matrix(outputs, inputs, scale=1.0):
        return (random.standard_normal((outputs, inputs)) * scale / np.sqrt(inputs)).astype(np.float32)

    def norm():
        return (1 + 0.2 * random.standard_normal(WIDTH)).astype(np.float32)

    weights = {"token_embd.weight": matrix(len(TOKENS), WIDTH, 3.0), "output_norm.weight": norm()}
    for layer in range(LAYERS):
        shapes = {"attn_q": WIDTH, "attn_k": KEY_HEADS * HEAD_WIDTH, "attn_v": KEY_HEADS * HEAD_WIDTH}
        shapes |= {"attn_output": WIDTH, "ffn_gate": INNER, "ffn_up": INNER}
        for name, outputs in shapes.items():
            weights[f"blk.{layer}.{name}.weight"] = matrix(outputs, WIDTH, 2.0)
        weights[f"blk.{layer}.ffn_down.weight"] = matrix(WIDTH, INNER)
        weights[f"blk.{layer}.attn_norm.weight"] = norm()
        weights[f"blk.{layer}.ffn_norm.weight"] = norm()
    return weights


def write(path, weights=None, architecture="llama", tokeniser="gpt2", split="smollm"):
    """Write a GGUF file with the package ``gguf``."""
    import gguf

    writer = gguf.GGUFWriter(path, architecture)
    writer.add_name("Tiny")
    writer.add_license("cc0-1.0")
    writer.add_block_count(LAYERS)
    writer.add_context_length(512)
    writer.add_embedding_length(WIDTH)
    writer.add_feed_forward_length(INNER)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(KEY_HEADS)
    writer.add_rope_freq_base(ROPE_BASE)
    writer.add_layer_norm_rms_eps(EPSILON)
    writer.add_tokenizer_model(tokeniser)
    writer.add_tokenizer_pre(split)
    writer.add_token_list(TOKENS)
    writer.add_token_merges(MERGES)
    for name, tensor in (random_weights() if weights is None else weights).items():
        writer.add_tensor(name, tensor)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def log_probabilities(weights, tokens):
    """The log-probabilities of all tokens after each of a text, in single precision, written plainly."""
    size = len(tokens)
    stream = weights["token_embd.weight"][tokens]
    for layer in range(sum(name.endswith("attn_q.weight") for name in weights)):

        def of_layer(name, layer=layer):
            return weights[f"blk.{layer}.{name}.weight"]

        inputs = _normalised(stream, of_layer("attn_norm"))
        heads = {part: (inputs @ of_layer(f"attn_{part}").T).reshape(size, -1, HEAD_WIDTH) for part in "qkv"}
        queries, keys = _rotated(heads["q"]), np.repeat(_rotated(heads["k"]), HEADS // KEY_HEADS, axis=1)
        values = np.repeat(heads["v"], HEADS // KEY_HEADS, axis=1)
        scores = np.einsum("nhd,mhd->hnm", queries, keys) / np.sqrt(HEAD_WIDTH)
        scores = np.exp(np.where(np.tri(size, dtype=bool), scores, -np.inf))
        attention = scores / scores.sum(axis=-1, keepdims=True)
        joined = np.einsum("hnm,mhd->nhd", attention, values).reshape(size, WIDTH)
        stream = stream + joined @ of_layer("attn_output").T
        inputs = _normalised(stream, of_layer("ffn_norm"))
        gate = inputs @ of_layer("ffn_gate").T
        stream = stream + (gate / (1 + np.exp(-gate)) * (inputs @ of_layer("ffn_up").T)) @ of_layer("ffn_down").T
    logits = _normalised(stream, weights["output_norm.weight"]) @ weights["token_embd.weight"].T
    return logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))


def _normalised(stream, scale):
    return stream / np.sqrt((stream**2).mean(axis=-1, keepdims=True) + EPSILON) * scale


def _rotated(heads):
    half = HEAD_WIDTH // 2
    angles = np.arange(len(heads))[:, None, None] * ROPE_BASE ** (-np.arange(half) / half)
    even, odd = heads[..., ::2], heads[..., 1::2]
    pairs = (even * np.cos(angles) - odd * np.sin(angles), even * np.sin(angles) + odd * np.cos(angles))
    return np.stack(pairs, axis=-1).reshape(heads.shape)
