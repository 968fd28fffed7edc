"""The spin lexicon with user dictionaries: arrays in a memory-mapped file, looked up by the hashes of the phrases.

It answers what :class:`clean_news.stages.spin.lexicon.Lexicon` answers, but a dictionary of 300,000 lines has two
million spun forms: as strings they would take a gigabyte. Here a phrase is its hash, and the text of an original is
inflected again when somebody asks for it. Compiled by :mod:`clean_news.stages.spin.hashed_lexicon_building`.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple, overload

import msgspec
import numpy as np
from numpy.typing import NDArray

from clean_news.stages.spin import inflection
from clean_news.stages.spin.lexicon import DamagedCacheError, FormOriginalRows, Lexicon, Original, OriginalWords
from clean_news.stages.spin.phrase_hashes import HashTable

MAGIC = b"clean-news hashed lexicon 1\n"
CHECKSUM_BYTES = hashlib.sha256().digest_size
LENGTH_BYTES = 8
ALIGNMENT = 64
BLOCK_BYTES = 1 << 20
BLOCK_ELEMENTS = 1 << 17
KIND_SEPARATOR = "\t"


class Part(NamedTuple):
    """Where an array is in the file: NumPy's name of its type, the number of its elements, its offset in bytes."""

    dtype: str
    size: int
    offset: int


class OriginalTexts(Sequence[str]):
    """The texts of the originals, inflected when asked for.

    Args:
        arrays: ``entry_text``, ``entry_begin``, ``original_entry`` and ``original_slot`` of the file.
        table: the listed inflections.
    """

    def __init__(self, arrays: Mapping[str, NDArray[Any]], table: inflection.Inflections) -> None:
        self._text, self._begin = arrays["entry_text"], arrays["entry_begin"]
        self._entry, self._slot = arrays["original_entry"], arrays["original_slot"]
        self._table = table

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


class HashedLexicon:
    """The compiled dictionaries, shipped and the user's; for the attributes without a comment see :class:`Lexicon`.

    Attributes:
        inverse: number of each spun form.
        texts: the originals.
        readiness: by the original's key.
        longest: by the first token of a form of several tokens, the number of tokens of the longest such form.
        prefixes: the first two tokens of every form of two or more tokens.
        word_log_ratios: by word.
        from_user: by original, whether a user dictionary has it.
        rows: the pairs of form and original.
        known_texts: the originals whose texts are in memory: none.
        original_words: the words of these.
    """

    def __init__(self, path: Path, table: inflection.Inflections) -> None:
        arrays = _mapped(path)
        self.texts = OriginalTexts(arrays, table)
        self.inverse = HashTable(arrays["form"])
        self.prefixes = HashTable(arrays["prefix"])
        self.longest = HashTable(arrays["first_token"], arrays["most_tokens"])
        self.word_log_ratios = HashTable(arrays["word"], arrays["log_ratio"])
        self.from_user: NDArray[np.bool_] = arrays["from_user"].view(np.bool_)
        self.rows = FormOriginalRows(
            arrays["begin"], arrays["row_original"], arrays["cost"], arrays["original_readiness"]
        )
        self.known_texts: tuple[str, ...] = ()
        self.original_words = OriginalWords(np.zeros(0, np.uint16), np.zeros(0, np.int32), np.zeros(0))
        self._original_keys = arrays["original_key"]

    @cached_property
    def readiness(self) -> HashTable:
        """The readiness of the originals, by their keys."""
        return HashTable(self._original_keys, self.rows.readiness)

    def originals(self, key: str) -> list[Original]:
        """Return the possible originals of a spun form, lowest cost first; see :meth:`Lexicon.originals`."""
        number = self.inverse.get(key)
        if number is None:
            return []
        here = slice(self.rows.begin[number], self.rows.begin[number + 1])
        original = self.rows.original[here]
        texts = (self.texts[index] for index in original)
        return list(map(Original, texts, self.rows.cost[here].tolist(), self.rows.readiness[original].tolist()))


AnyLexicon = Lexicon | HashedLexicon


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

    def blocks(self) -> Iterator[NDArray[Any]]:
        """Yield the elements, some at a time."""
        with self.path.open("rb") as file:
            while len(block := np.fromfile(file, self.dtype, BLOCK_ELEMENTS)):
                yield block

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
