"""NPZ: numpy's archive of arrays, read by ``numpy.load(path, allow_pickle=False)``.

- ``layer1.weight``, ``layer1.bias``, …: as `formats.array_names` says, float64 or float32;
- ``input_mean``, ``input_scale``: the network's inputs are (raw − mean) / scale;
- ``target_mean``, ``target_scale``: in a regression, raw answers are outputs · scale + mean;
- ``input_names``, ``output_names``, ``class_names``: texts;
- ``dataset``, ``task``: one text each;
- ``data``, ``hyperparameters``: one text each, JSON as in `formats.description`;
- ``threshold``: with two classes, above which output the answer is the second one; otherwise NaN;
- ``topology``: one text, JSON with ``format``, ``version``, and layers and links as in `formats.description`.
"""

import io
import json
import math
import re
import zipfile
import zlib
from dataclasses import asdict
from functools import partial

import numpy as np

from nn_desktop.files.formats.array_names import LAYER_ARRAY, layer_arrays
from nn_desktop.files.formats.description import FORMAT, VERSION, describe_topology
from nn_desktop.files.formats.stored import Opener, ReadError, StoredArray, damaged
from nn_desktop.files.model import TrainedModel
from nn_desktop.network.parameters import FloatArray

_HEADER = re.compile(
    rb"\{'descr': '([<>]f[248])', 'fortran_order': (True|False), 'shape': \(([\d, ]{0,100})\),? ?\} *\n?"
)
"""What numpy and its imitators write. Numpy's own reader would evaluate the text as Python."""
_PREAMBLE = 10
_ZIP_ERRORS = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    KeyError,
    NotImplementedError,
    OSError,
    OverflowError,
    RuntimeError,
    ValueError,
)


def to_npz(model: TrainedModel) -> bytes:
    """Write a model; the same model gives the same bytes."""
    topology = {"format": FORMAT, "version": VERSION, **describe_topology(model.topology)}
    arrays = {
        **layer_arrays(model.parameters),
        "input_mean": model.input_scaling.mean,
        "input_scale": model.input_scaling.scale,
        "target_mean": model.target_scaling.mean,
        "target_scale": model.target_scaling.scale,
        "input_names": np.array(model.input_names, np.str_),
        "output_names": np.array(model.output_names, np.str_),
        "class_names": np.array(model.class_names, np.str_),
        "dataset": np.array(model.dataset),
        "data": np.array(json.dumps(asdict(model.data))),
        "hyperparameters": np.array(json.dumps(asdict(model.hyperparameters))),
        "task": np.array(model.task.value),
        "threshold": np.array(np.nan if model.threshold is None else model.threshold),
        "topology": np.array(json.dumps(topology)),
    }
    buffer = io.BytesIO()
    # Not numpy.savez: it writes the time of the day into the archive.
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, array in arrays.items():
            member = zipfile.ZipInfo(f"{name}.npy", (1980, 1, 1, 0, 0, 0))
            member.create_system = 3  # otherwise it tells the operating system
            archive.writestr(member, _npy_bytes(array))
    return buffer.getvalue()


def open_npz(content: bytes) -> dict[str, Opener]:
    """List the weights and biases of a file; nothing of them is unpacked yet.

    Raises
    ------
    ReadError
        If it is no NPZ file.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except _ZIP_ERRORS as error:
        raise damaged("NPZ") from error
    names = (member.removesuffix(".npy") for member in archive.namelist() if member.endswith(".npy"))
    return {name: partial(_open_array, archive, name) for name in names if LAYER_ARRAY.fullmatch(name)}


def _npy_bytes(array: np.ndarray[tuple[int, ...], np.dtype[np.generic]]) -> bytes:
    buffer = io.BytesIO()
    np.lib.format.write_array(buffer, np.asarray(array, order="C"), allow_pickle=False)
    return buffer.getvalue()


def _open_array(archive: zipfile.ZipFile, name: str) -> StoredArray:
    try:
        member = archive.getinfo(f"{name}.npy")
        # Others unpack without a limit.
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise damaged("NPZ")
        with archive.open(member) as file:
            preamble = file.read(_PREAMBLE)
            header = file.read(int.from_bytes(preamble[8:], "little"))
    except _ZIP_ERRORS as error:
        raise damaged("NPZ") from error
    found = _HEADER.fullmatch(header)
    if not preamble.startswith(b"\x93NUMPY\x01\x00") or found is None:
        raise ReadError(f"its array {name} holds no plain floating-point numbers: choose another file")
    shape = tuple(int(length) for length in found[3].replace(b" ", b"").split(b",") if length)
    dtype, order = np.dtype(found[1].decode()), "F" if found[2] == b"True" else "C"
    start = len(preamble) + len(header)
    return StoredArray(shape, partial(_read_array, archive, member, start, shape, dtype, order))


def _read_array(
    archive: zipfile.ZipFile,
    member: zipfile.ZipInfo,
    start: int,
    shape: tuple[int, ...],
    dtype: np.dtype[np.floating],
    order: str,
) -> FloatArray:
    size = math.prod(shape) * dtype.itemsize
    try:
        with archive.open(member) as file:
            file.read(start)
            content = file.read(size)
            if len(content) < size or file.read(1):  # reading to the end also compares the checksum
                raise damaged("NPZ")
    except _ZIP_ERRORS as error:
        raise damaged("NPZ") from error
    return np.frombuffer(content, dtype).reshape(shape, order="F" if order == "F" else "C")
