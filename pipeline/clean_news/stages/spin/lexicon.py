"""The spin lexicon: for every form that a spinner writes, its possible originals, and how each family writes them.

It is compiled from ``dictionaries/spin`` and user dictionaries by :mod:`clean_news.stages.spin.lexicon_building` into
arrays in a memory-mapped file. Phrases are looked up by their hashes: as strings, the two million forms of a user
dictionary of 300,000 lines would take a gigabyte. An original is inflected again when somebody asks for its text.
"""

import hashlib
from collections.abc import Mapping, Sequence
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple, overload

import msgspec
import numpy as np
from numpy.typing import NDArray

from clean_news.language import english
from clean_news.language.token_figures import TokenFigures
from clean_news.stages.spin import inflection
from clean_news.stages.spin.phrase_hashes import HashTable, TokenHashes, hashes_of_keys

MAGIC = b"clean-news lexicon 2\n"
CHECKSUM_BYTES = hashlib.sha256().digest_size
LENGTH_BYTES = 8
ALIGNMENT = 64
BLOCK_BYTES = 1 << 20
KIND_SEPARATOR = "\t"


class DamagedCacheError(ValueError):
    """A cached lexicon is not as it was written."""


class Original(NamedTuple):
    """A possible original of a spun form.

    Attributes:
        text: the original words, separated by spaces.
        cost: minus the natural log probability that a spinner of unknown family writes this form, given that it swaps
            this original.
        readiness: log odds that the spinner swaps this original, relative to an average one.
    """

    text: str
    cost: float
    readiness: float


class FormOriginalRows(NamedTuple):
    """The pairs of spun form and original, grouped by form, lowest cost first (compressed sparse rows).

    Attributes:
        begin: first row of each form, by form number, and the number of rows at the end; shape (forms + 1,).
        original: index of each row's original in ``Lexicon.texts``; shape (rows,).
        cost: see :class:`Original`; shape (rows,).
        family_cost: the same if the spinner's family is known; shape (rows, families).
        readiness: see :class:`Original`; one element for each of ``Lexicon.texts``.
        family_readiness: the same if the spinner's family is known; shape (texts, families).
    """

    begin: NDArray[np.int32]
    original: NDArray[np.int32]
    cost: NDArray[np.float64]
    family_cost: NDArray[np.float32]
    readiness: NDArray[np.float64]
    family_readiness: NDArray[np.float32]


class Part(NamedTuple):
    """Where an array is in the file: NumPy's name of its type, the number of its elements, its offset in bytes."""

    dtype: str
    size: int
    offset: int


class OriginalTexts(Sequence[str]):
    """The texts of the originals, inflected when asked for.

    Args:
        arrays: ``entry_text``, ``entry_begin``, ``original_entry``, ``original_slot`` and ``inflections`` of the file.
    """

    def __init__(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        self._text, self._begin = arrays["entry_text"], arrays["entry_begin"]
        self._entry, self._slot = arrays["original_entry"], arrays["original_slot"]
        self._inflections = arrays["inflections"]

    @cached_property
    def _table(self) -> inflection.Inflections:
        """The listed inflections, read when the first text is asked for: only spun articles need one."""
        return inflection.parse(bytes(self._inflections).decode())

    def __len__(self) -> int:
        """Return the number of originals."""
        return len(self._entry)

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[str]: ...
    def __getitem__(self, index: int | slice) -> str | Sequence[str]:
        """Return the text of an original."""
        if isinstance(index, slice):
            return [self[each] for each in range(*index.indices(len(self)))]
        entry = self._entry[index]
        line: str = bytes(self._text[self._begin[entry] : self._begin[entry + 1]]).decode()
        original, kind = line.split(KIND_SEPARATOR)
        return inflection.inflect(original, kind, self._table)[int(self._slot[index])]


class Lexicon:
    """The compiled dictionaries. Keys are tokens separated by spaces; see :func:`clean_news.language.tokens.key_of`.

    Args:
        path: a file that :func:`write` wrote, and whose checksum was compared; see :func:`check`.

    Attributes:
        families: the names of the spinners' families; the first is the general one, of spinners nobody has seen.
        token_hashes: hashes of tokens.
        inverse: the number of each spun form.
        texts: the originals.
        readiness: log odds that the spinner swaps an original, relative to an average one, by the original's key.
        original_numbers: the number of each original by its key.
        longest: by the first token of a form of several tokens, the number of tokens of the longest such form.
        prefixes: the first two tokens of every form of two or more tokens.
        word_log_ratios: by word, the row of :attr:`log_ratios`; only words whose frequency spinning changes.
        log_ratios: log ratio of a word's frequencies in spun and genuine news by family, in nats; see
            :mod:`clean_news.stages.spin.prefilter`. Shape (words, families).
        token_log_ratios: the sum of the log ratios of the words of each token of a text, by family.
        from_user: by original, whether a user dictionary has it: it is proposed even if the language model lacks it.
        rows: the pairs of form and original.
    """

    def __init__(self, path: Path) -> None:
        arrays = _mapped(path)
        self.families = tuple(bytes(arrays["families"]).decode().split("\n"))
        self.texts = OriginalTexts(arrays)
        self.token_hashes = TokenHashes()
        self.inverse = HashTable(arrays["form"])
        self.prefixes = HashTable(arrays["prefix"])
        self.longest = HashTable(arrays["first_token"], arrays["most_tokens"])
        self.word_log_ratios = HashTable(arrays["word"])
        self.log_ratios: NDArray[np.float32] = self._by_family(arrays["log_ratio"])
        self.token_log_ratios = TokenFigures(self._log_ratios_of, len(self.families))
        self.from_user: NDArray[np.bool_] = arrays["from_user"].view(np.bool_)
        self.rows = FormOriginalRows(
            arrays["begin"],
            arrays["row_original"],
            arrays["cost"],
            self._by_family(arrays["family_cost"]),
            arrays["readiness"],
            self._by_family(arrays["family_readiness"]),
        )
        self.original_numbers = HashTable(arrays["original_key"])
        self._original_keys = arrays["original_key"]

    def _by_family(self, column: NDArray[Any]) -> NDArray[Any]:
        """The column with a row for each element and a column for each family."""
        return column.reshape(-1, len(self.families))

    def _log_ratios_of(self, tokens: Sequence[str]) -> NDArray[np.float64]:
        """The sums of the log ratios of the words of each token; the shape is (tokens, families)."""
        words = english.words_in(tokens)
        owners = [number for number, own in enumerate(words) for _ in own]
        rows = self.word_log_ratios.indices_of(hashes_of_keys(list(chain.from_iterable(words))))
        sums = np.zeros((len(words), len(self.families)))
        for at in np.flatnonzero(rows >= 0).tolist():
            sums[owners[at]] += self.log_ratios[rows[at]]
        return sums

    @cached_property
    def readiness(self) -> HashTable:
        """The readiness of the originals, by their keys."""
        return HashTable(self._original_keys, self.rows.readiness)

    def originals(self, key: str) -> list[Original]:
        """Return the possible originals of a spun form, lowest cost first; empty if no entry has the form.

        Args:
            key: the form's tokens, separated by spaces.
        """
        number = self.inverse.get(key)
        if number is None:
            return []
        here = slice(self.rows.begin[number], self.rows.begin[number + 1])
        original = self.rows.original[here]
        texts = (self.texts[index] for index in original)
        return list(map(Original, texts, self.rows.cost[here].tolist(), self.rows.readiness[original].tolist()))


def _mapped(path: Path) -> dict[str, NDArray[Any]]:
    """Map the arrays of a file whose checksum was compared."""
    data = np.asarray(np.memmap(path, np.uint8, "r"))
    at = len(MAGIC) + CHECKSUM_BYTES
    length = int.from_bytes(bytes(data[at : at + LENGTH_BYTES]), "little")
    parts = msgspec.json.decode(bytes(data[at + LENGTH_BYTES : at + LENGTH_BYTES + length]), type=dict[str, Part])
    body = data[at + LENGTH_BYTES + length :]
    return {
        name: body[part.offset : part.offset + part.size * np.dtype(part.dtype).itemsize].view(part.dtype)
        for name, part in parts.items()
    }


def check(path: Path) -> None:
    """Compare the checksum of a file.

    Raises:
        OSError: if it cannot be read.
        DamagedCacheError: if it is not as it was written.
    """
    with path.open("rb") as file:
        if file.read(len(MAGIC)) != MAGIC:
            raise DamagedCacheError
        expected = file.read(CHECKSUM_BYTES)
        found = hashlib.sha256()
        while block := file.read(BLOCK_BYTES):
            found.update(block)
    if found.digest() != expected:
        raise DamagedCacheError


class Spool:
    """A temporary file of array elements: what does not fit into memory as a whole.

    Args:
        path: the file to create.
        dtype: type of the elements.
    """

    def __init__(self, path: Path, dtype: Any) -> None:  # noqa: ANN401
        self.path, self.dtype, self.count = path, np.dtype(dtype), 0
        path.write_bytes(b"")

    def append(self, values: NDArray[Any]) -> None:
        """Append elements."""
        with self.path.open("ab") as file:
            np.ascontiguousarray(values, self.dtype).tofile(file)
        self.count += len(values)

    def array(self) -> NDArray[Any]:
        """Return all elements."""
        return np.fromfile(self.path, self.dtype)


def write(path: Path, columns: Mapping[str, Spool]) -> None:
    """Write the file of a lexicon from its columns."""
    parts, offset = {}, 0
    for name, column in columns.items():
        parts[name] = Part(column.dtype.str, column.count, offset)
        size = column.count * column.dtype.itemsize
        offset += size + -size % ALIGNMENT
    header = msgspec.json.encode(parts)
    header += b" " * (-(len(MAGIC) + CHECKSUM_BYTES + LENGTH_BYTES + len(header)) % ALIGNMENT)
    checksum = hashlib.sha256()
    with path.open("wb") as file:

        def put(block: bytes) -> None:
            checksum.update(block)
            file.write(block)

        file.write(MAGIC + bytes(CHECKSUM_BYTES))
        put(len(header).to_bytes(LENGTH_BYTES, "little") + header)
        for column in columns.values():
            with column.path.open("rb") as source:
                while block := source.read(BLOCK_BYTES):
                    put(block)
            put(bytes(-(column.count * column.dtype.itemsize) % ALIGNMENT))
        file.seek(len(MAGIC))
        file.write(checksum.digest())
