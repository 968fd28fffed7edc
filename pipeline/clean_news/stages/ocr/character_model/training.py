"""Train the character model with torch, on the processor; ``clean-news model train-ocr`` runs it.

Training is deterministic for a seed and a number of threads, and resumes from its checkpoint.
"""

import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from clean_news.optional_library import load_optional
from clean_news.stages.ocr.character_model.pieces import HISTORY_CHARS, Alphabet
from clean_news.stages.ocr.character_model.samples import IGNORED, WINDOW_CHARS, Batch, Sampler
from clean_news.stages.ocr.character_model.weights import DILATIONS, WIDTH_CHARS, Floats, write

WIDTH = 256  # channels of the convolutions
HIDDEN = 448  # units of the edit head
BATCH_SAMPLES = 24
KEPT_SHARE = 0.25  # of the characters to keep whose loss is computed, with the weight that makes up for it
LEARNING_RATE = 1.5e-3
WARM_UP_BATCHES = 300
DECAY_SHARE = 0.54  # of the training at the end, in which the learning rate falls to 0
MAX_GRADIENT_NORM = 1.0
CHECKPOINT_SECONDS = 180
REPORT_BATCHES = 200
BATCH_CHARS = BATCH_SAMPLES * WINDOW_CHARS
ADAM_BETAS = (0.9, 0.98)

Tensor = Any  # torch.Tensor; torch is optional


class TrainingPlan(NamedTuple):
    """What to train for how long.

    Attributes:
        characters: number of characters, as read, to train on.
        seed: of the data and of the weights.
        checkpoint: the file that training resumes from and is saved to every :data:`CHECKPOINT_SECONDS`.
        output: the weights file to write.
    """

    characters: int
    seed: int
    checkpoint: Path
    output: Path


class EditTagger:
    """The network: dilated convolutions over the characters, and a head over the edits.

    Attributes:
        layers: the trained layers, a ``torch.nn.ModuleDict``.

    Args:
        torch: the library, which is optional and therefore not imported by this module.
        characters: number of character ids.
        edits: number of edits.
    """

    def __init__(self, torch: Any, characters: int, edits: int) -> None:  # noqa: ANN401
        self._torch, nn = torch, torch.nn
        self.layers = nn.ModuleDict(
            {
                "embedding": nn.Embedding(characters, WIDTH),
                "convolutions": nn.ModuleList(
                    nn.Conv1d(WIDTH, WIDTH, WIDTH_CHARS, padding=dilation, dilation=dilation) for dilation in DILATIONS
                ),
                "context": nn.Linear(WIDTH, HIDDEN),
                "history": nn.Embedding(HISTORY_CHARS * characters, HIDDEN),
                "edits": nn.Linear(HIDDEN, edits),
            }
        )
        nn.init.normal_(self.layers["embedding"].weight, std=0.5)
        nn.init.normal_(self.layers["history"].weight, std=0.1)
        self._offsets = torch.arange(HISTORY_CHARS) * characters

    def encode(self, read: Tensor) -> Tensor:
        """Encode the characters of samples.

        Args:
            read: ids, of shape (samples, characters).

        Returns:
            Shape (samples, characters, WIDTH).
        """
        layer = self.layers["embedding"](read).transpose(1, 2)
        for convolution in self.layers["convolutions"]:
            layer = layer + convolution(layer).relu()
        return layer.transpose(1, 2)

    def logits(self, encoded: Tensor, histories: Tensor) -> Tensor:
        """Compute the logits of the edits.

        Args:
            encoded: shape (positions, WIDTH).
            histories: ids of the corrected characters before each position; shape (positions, HISTORY_CHARS).
        """
        written = self._torch.nn.functional.embedding_bag(
            histories + self._offsets, self.layers["history"].weight, mode="sum"
        )
        return self.layers["edits"]((self.layers["context"](encoded) + written).relu())

    def loss(self, batch: Batch, rng: np.random.Generator) -> Tensor:
        """Compute the mean loss of a batch, in nats per character, with a share of the characters to keep."""
        torch = self._torch
        wanted = batch.edits.reshape(-1)
        chosen = np.flatnonzero((wanted > 0) | ((wanted == 0) & (rng.random(len(wanted)) < KEPT_SHARE)))
        weights = torch.from_numpy(np.where(wanted[chosen] > 0, 1.0, 1 / KEPT_SHARE).astype(np.float32))
        encoded = self.encode(torch.from_numpy(batch.read).long()).reshape(-1, WIDTH)
        histories = torch.from_numpy(batch.histories.reshape(-1, HISTORY_CHARS)[chosen]).long()
        logits = self.logits(encoded[torch.from_numpy(chosen)], histories)
        each = torch.nn.functional.cross_entropy(logits, torch.from_numpy(wanted[chosen]), reduction="none")
        return (each * weights).sum() / float((wanted != IGNORED).sum())

    def arrays(self) -> dict[str, Floats]:
        """The parameters as arrays, in the layout of :func:`.weights.write`."""
        own = {name: parameter.detach().numpy() for name, parameter in self.layers.named_parameters()}
        found = {}
        for number in range(len(DILATIONS)):
            weight = own[f"convolutions.{number}.weight"]  # (output, input, offset)
            found[f"convolution{number}"] = np.ascontiguousarray(weight.transpose(2, 1, 0))
            found[f"convolution{number}_bias"] = own[f"convolutions.{number}.bias"]
        return found | {
            "embedding": own["embedding.weight"],
            "context": own["context.weight"].T.copy(),
            "context_bias": own["context.bias"],
            "history": own["history.weight"].reshape(HISTORY_CHARS, -1, HIDDEN),
            "edits": own["edits.weight"].T.copy(),
            "edits_bias": own["edits.bias"],
        }


def learning_rate(batch: int, batches: int) -> float:
    """The learning rate of a batch: a warm-up, a constant rate, and a linear decay to 0.

    >>> [round(learning_rate(batch, 1000), 5) for batch in (0, 299, 400, 730)]
    [1e-05, 0.0015, 0.0015, 0.00075]
    """
    warm = min(1.0, (batch + 1) / WARM_UP_BATCHES)
    decay = min(1.0, (batches - batch) / max(1.0, DECAY_SHARE * batches))
    return LEARNING_RATE * min(warm, decay)


def train(sampler: Sampler, plan: TrainingPlan, report: Callable[[str], None]) -> None:
    """Train a model and write its weights.

    Args:
        sampler: draws the samples; its seed should be that of the plan.
        plan: what to train for how long.
        report: is called with lines about the progress.

    Raises:
        MissingLibraryError: if torch is not installed.
    """
    torch = load_optional("torch", "train")
    torch.set_num_threads(1)
    torch.manual_seed(plan.seed)
    rng = np.random.default_rng(plan.seed)
    state = torch.load(plan.checkpoint, weights_only=False) if plan.checkpoint.exists() else None
    alphabet = Alphabet(*state["alphabet"]) if state else sampler.alphabet()
    model = EditTagger(torch, len(alphabet.characters) + 2, len(alphabet.edits))
    parameters = list(model.layers.parameters())
    optimizer = torch.optim.Adam(parameters, lr=LEARNING_RATE, betas=ADAM_BETAS)
    begun = 0
    if state:
        model.layers.load_state_dict(state["model"])
        optimizer.load_state_dict(state["optimizer"])
        begun, rng.bit_generator.state = state["batch"], state["generator"]
        sampler.restore(state["sampler"])
        report(f"resumed at batch {begun:,}")
    batches = plan.characters // BATCH_CHARS
    report(f"{sum(parameter.numel() for parameter in parameters):,} parameters, {batches:,} batches")
    saved = started = time.monotonic()
    losses: deque[float] = deque(maxlen=REPORT_BATCHES)
    for number in range(begun, batches):
        for group in optimizer.param_groups:
            group["lr"] = learning_rate(number, batches)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            loss = model.loss(sampler.batch(BATCH_SAMPLES, alphabet), rng)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, MAX_GRADIENT_NORM)
        optimizer.step()
        losses.append(loss.item())
        done = number + 1
        if done % REPORT_BATCHES == 0:
            speed = (done - begun) * BATCH_CHARS / (time.monotonic() - started)
            mean = sum(losses) / len(losses)
            report(f"batch {done:,}: loss {mean:.4f} nats a character, {speed:,.0f} characters a second")
        if done == batches or time.monotonic() - saved > CHECKPOINT_SECONDS:
            saved = time.monotonic()
            unfinished = plan.checkpoint.with_name(f"{plan.checkpoint.name}.tmp")
            torch.save(
                {
                    "alphabet": tuple(alphabet),
                    "model": model.layers.state_dict(),
                    "optimizer": optimizer.state_dict(),
                    "batch": done,
                    "generator": rng.bit_generator.state,
                    "sampler": sampler.state(),
                },
                unfinished,
            )
            unfinished.replace(plan.checkpoint)
            write(plan.output, alphabet, model.arrays())
