"""Reading weights back. Files come from strangers: nothing in them is believed or run."""

import os
import stat
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import DTypeLike

from nn_desktop.arrays import FloatArray
from nn_desktop.files.atomic import FileError
from nn_desktop.files.native.array_names import arrays_called
from nn_desktop.files.native.json_document import open_json
from nn_desktop.files.native.npz import open_npz
from nn_desktop.files.native.safetensors_reader import open_safetensors
from nn_desktop.files.native.stored import Opener, ReadError, StoredArray
from nn_desktop.network.notation import format_layers
from nn_desktop.network.parameters import Parameters, connection_mask
from nn_desktop.network.topology import Topology
from nn_desktop.texts import shown, shown_path

BASE_BYTES = 8_000_000
BYTES_PER_PARAMETER = 64
"""The longest number in JSON takes 26; so no honest file of a network is larger than both together."""


@dataclass(frozen=True)
class WeightsReader:
    """One format, and how the arrays of a file are listed."""

    suffix: str
    open: Callable[[bytes], dict[str, Opener]]


READERS = (
    WeightsReader(".npz", open_npz),
    WeightsReader(".json", open_json),
    WeightsReader(".safetensors", open_safetensors),
)


def read_weights(path: Path, topology: Topology, dtype: DTypeLike = np.float64) -> Parameters:
    """Read the weights and biases of a network from an exported file.

    Parameters
    ----------
    path
        An NPZ, JSON or safetensors file, told by its suffix.
    topology
        The network. The file must have its layers, sizes and links; activations and names may be others. The
        weight of a connection that was removed must be 0.
    dtype
        float32 or float64, to which the numbers are converted.

    Raises
    ------
    FileError
        If the file cannot be read, is damaged or too large, belongs to another topology, or holds numbers
        that are not finite.
    """
    parameters = Parameters.zeros(topology, dtype)
    try:
        reader = _find_reader(path)
        openers = reader.open(read_bytes(path, BASE_BYTES + BYTES_PER_PARAMETER * parameters.vector.size))
        fill(parameters, openers)
    except ReadError as error:
        raise FileError(f'The weights file "{shown_path(path)}" cannot be used: {error}.') from error
    return parameters


def fill(parameters: Parameters, openers: dict[str, Opener]) -> None:
    """Fill parameters with the arrays of a file.

    Parameters
    ----------
    parameters
        Zeros; the dtype stays.
    openers
        The arrays of the file, by their names in it.

    Raises
    ------
    ReadError
        If they belong to another topology, or hold numbers that are not finite.
    """
    places = arrays_called(parameters, openers)
    _check_names(parameters.topology, places, openers)
    # All shapes first: a file of another topology is not worth reading.
    opened = {name: openers[name]() for name in places}
    for name, place in places.items():
        _check_shape(name, opened[name], place)
    for name, place in places.items():
        with np.errstate(over="ignore"):
            place[:] = opened[name].read()
        if not np.isfinite(place).all():
            raise ReadError(
                f"its {name} holds numbers that are not finite or too large for {place.dtype}: "
                "choose another file"
            )
    mask = connection_mask(parameters.topology)
    if mask is not None and parameters.vector[~mask].any():
        raise ReadError(
            "it is of another topology: it has weights at connections that are removed in this network: "
            "restore them, or choose another file"
        )


def _find_reader(path: Path) -> WeightsReader:
    reader = next((reader for reader in READERS if path.suffix.lower() == reader.suffix), None)
    if reader is None:
        *others, last = (reader.suffix for reader in READERS)
        raise ReadError(f"unknown file type: choose a file that ends with {', '.join(others)} or {last}")
    return reader


def read_bytes(path: Path, limit: int) -> bytes:
    """Read a file of at most so many bytes; raises `ReadError`."""
    try:
        # Anything but a file could keep the reader waiting for ever.
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise ReadError("it is no file: choose another one")
        content = b""
        if status.st_size <= limit:  # asked first: reading so much takes memory
            with path.open("rb") as file:
                content = file.read(limit + 1)
    except FileNotFoundError as error:
        raise ReadError("it does not exist: check the name") from error
    except (OSError, ValueError) as error:
        why = os.strerror(error.errno) if isinstance(error, OSError) and error.errno else str(error)
        raise ReadError(f"it cannot be opened ({why}): choose another file") from error
    if status.st_size > limit or len(content) > limit:
        raise ReadError(
            f"it is larger than {limit / 1e6:.0f} MB, more than such a network could fill: "
            "choose another file"
        )
    return content


def _check_names(topology: Topology, wanted: Collection[str], found: Collection[str]) -> None:
    missing = [name for name in wanted if name not in found]
    surplus = [name for name in found if name not in wanted]
    if missing or surplus:
        what = f"it lacks {missing[0]}" if missing else f"it also has {shown(surplus[0])}"
        raise ReadError(
            f"it is of another topology than {format_layers(topology)}: {what}: "
            "give the layers that it was trained with, or choose another file"
        )


def _check_shape(name: str, stored: StoredArray, place: FloatArray) -> None:
    if stored.shape != place.shape:
        raise ReadError(
            f"it is of another topology: its {name} is {_format_shape(stored.shape)}, but "
            f"{_format_shape(place.shape)} was expected: give the layers that it was trained with, "
            "or choose another file"
        )


def _format_shape(shape: tuple[int, ...]) -> str:
    # Numbers in a file may be absurdly long.
    return "×".join(str(length) if length < 10**9 else "…" for length in shape[:4]) or "a single number"
