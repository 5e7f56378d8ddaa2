"""Reading safetensors: eight bytes with the length of a header of JSON, the header, and the numbers.

The header names for each array its type, its shape and where its bytes lie; the key ``__metadata__`` holds
texts. Read here and not with the library, which gives no metadata of bytes and copies all that it reads.

References
----------
The format, as its authors describe it: https://github.com/huggingface/safetensors
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from math import prod
from typing import Final

import numpy as np

from nn_desktop.arrays import FloatArray
from nn_desktop.files.native.json_document import parse_json
from nn_desktop.files.native.stored import Opener, ReadError, StoredArray, damaged
from nn_desktop.texts import shown

BFLOAT16: Final = "BF16"
"""The upper half of a float32."""
DTYPES: Final[Mapping[str, str]] = {"F64": "<f8", "F32": "<f4", "F16": "<f2", BFLOAT16: "<u2"}
MAX_HEADER: Final = 32_000_000
MAX_ARRAYS: Final = 5000
MAX_DIMENSIONS: Final = 8
_LENGTH_BYTES: Final = 8


@dataclass(frozen=True, eq=False)
class Tensors:
    """What a file holds.

    Attributes
    ----------
    metadata
        Texts by key.
    openers
        The arrays by name.
    types
        Their types by name, such as ``"F32"``.
    """

    metadata: Mapping[str, str]
    openers: dict[str, Opener]
    types: dict[str, str]


@dataclass(frozen=True)
class _Entry:
    """What the header says of an array."""

    name: str
    dtype: str
    shape: tuple[int, ...]
    start: int
    stop: int


def open_tensors(content: bytes) -> Tensors:
    """List the arrays of a file.

    Raises
    ------
    ReadError
        If it is no safetensors file.
    """
    length = int.from_bytes(content[:_LENGTH_BYTES], "little")
    start = _LENGTH_BYTES + length
    if len(content) < _LENGTH_BYTES or length > MAX_HEADER or start > len(content):
        raise damaged("safetensors")
    if content[_LENGTH_BYTES : _LENGTH_BYTES + 1] != b"{":
        raise damaged("safetensors")
    header = parse_json(content[_LENGTH_BYTES:start], "safetensors")
    metadata = _read_metadata(header.pop("__metadata__", {}))
    if len(header) > MAX_ARRAYS:
        raise ReadError(f"it has more than {MAX_ARRAYS} arrays: choose another file")
    entries = [_read_entry(name, described) for name, described in header.items()]
    _check_places(entries, len(content) - start)
    numbers = memoryview(content)[start:]
    return Tensors(
        metadata,
        {entry.name: partial(_open, entry, numbers) for entry in entries},
        {entry.name: entry.dtype for entry in entries},
    )


def open_safetensors(content: bytes) -> dict[str, Opener]:
    """List the arrays of a file; raises `ReadError` if it is no safetensors file."""
    return open_tensors(content).openers


def _read_metadata(texts: object) -> dict[str, str]:
    if not isinstance(texts, dict) or not all(isinstance(text, str) for text in texts.values()):
        raise damaged("safetensors")
    return texts


def _read_entry(name: str, described: object) -> _Entry:
    if not isinstance(described, dict) or described.keys() != {"dtype", "shape", "data_offsets"}:
        raise damaged("safetensors")
    dtype, shape, places = described["dtype"], described["shape"], described["data_offsets"]
    if not (isinstance(dtype, str) and _are_lengths(shape) and _are_lengths(places) and len(places) == 2):
        raise damaged("safetensors")
    entry = _Entry(name, dtype, tuple(shape), *places)
    if dtype in DTYPES and prod(shape) * np.dtype(DTYPES[dtype]).itemsize != entry.stop - entry.start:
        raise damaged("safetensors")
    return entry


def _are_lengths(values: object) -> bool:
    return (
        isinstance(values, list)
        and len(values) <= MAX_DIMENSIONS
        and all(type(value) is int and 0 <= value < 2**48 for value in values)
    )


def _check_places(entries: list[_Entry], size: int) -> None:
    """See that the arrays lie one behind another, without gaps, from the first byte to the last."""
    end = 0
    for entry in sorted(entries, key=lambda entry: (entry.start, entry.stop)):
        if entry.start != end or entry.stop < entry.start:
            raise damaged("safetensors")
        end = entry.stop
    if end != size:
        raise damaged("safetensors")


def _open(entry: _Entry, numbers: memoryview) -> StoredArray:
    if entry.dtype not in DTYPES:
        raise ReadError(
            f"its array {shown(entry.name)} holds numbers of type {shown(entry.dtype, 20)}: "
            "convert them to F64 or F32"
        )

    def read() -> FloatArray:
        values = np.frombuffer(numbers[entry.start : entry.stop], DTYPES[entry.dtype]).reshape(entry.shape)
        if entry.dtype == BFLOAT16:
            whole = values.astype(np.uint32)
            whole <<= 16
            return whole.view(np.float32)
        return values

    return StoredArray(entry.shape, read)
