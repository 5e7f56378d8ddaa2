"""NPZ: numpy's archive of arrays, read by ``numpy.load(path, allow_pickle=False)``.

- ``layer1.weight``, ``layer1.bias``, …: as `native.array_names` says, float64 or float32;
- ``input_mean``, ``input_scale``: the network's inputs are (raw − mean) / scale;
- ``target_mean``, ``target_scale``: in a regression, raw answers are outputs · scale + mean;
- ``input_names``, ``output_names``, ``class_names``: texts;
- ``dataset``, ``task``: one text each;
- ``data``, ``hyperparameters``: one text each, JSON as in `native.description`;
- ``threshold``: with two classes, above which output the answer is the second one; otherwise NaN;
- ``topology``: one text, JSON with ``format``, ``version``, and layers and links as in `native.description`.
"""

import io
import json
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import asdict
from functools import partial
from typing import Final

import numpy as np

from nn_desktop.files.model import TrainedModel
from nn_desktop.files.native.array_archive import MAX_LIST_LENGTH, ArrayArchive, Label
from nn_desktop.files.native.array_names import LAYER_ARRAY, layer_arrays
from nn_desktop.files.native.data_document import describe_data
from nn_desktop.files.native.description import FORMAT, describe_topology, version_of
from nn_desktop.files.native.json_document import check_format, parse_json
from nn_desktop.files.native.stored import Opener, ReadError
from nn_desktop.files.native.topology_document import WrongPartError
from nn_desktop.files.native.zip_members import new_member

MAX_DOCUMENT_LENGTH: Final = 8_000_000
"""Characters of the topology: with a million connections that were drawn one by one it has no more."""
MAX_NAME_LENGTH: Final = 100


def to_npz(model: TrainedModel) -> bytes:
    """Write a model; the same model gives the same bytes."""
    topology = {"format": FORMAT, "version": version_of(model), **describe_topology(model.topology)}
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
        "data": np.array(json.dumps(describe_data(model.data))),
        "hyperparameters": np.array(json.dumps(asdict(model.hyperparameters))),
        "task": np.array(model.task.value),
        "threshold": np.array(np.nan if model.threshold is None else model.threshold),
        "topology": np.array(json.dumps(topology)),
    }
    buffer = io.BytesIO()
    # Not numpy.savez: it writes the time of the day into the archive.
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, array in arrays.items():
            archive.writestr(new_member(f"{name}.npy"), _npy_bytes(array))
    return buffer.getvalue()


def open_npz(content: bytes) -> dict[str, Opener]:
    """List the weights and biases of a file; nothing of them is unpacked yet.

    Raises
    ------
    ReadError
        If it is no NPZ file.
    """
    return _list_arrays(ArrayArchive(content, "NPZ"))


def read_npz(content: bytes) -> tuple[dict[str, object], dict[str, Opener]]:
    """Read all but the weights and biases as a document such as `native.description` makes, and list those.

    What the file does not have is missing in the document.

    Raises
    ------
    ReadError
        If it is no NPZ file, no network, or damaged.
    """
    archive = ArrayArchive(content, "NPZ")
    if "topology.npy" not in archive.names:
        raise ReadError("it is an NPZ file, but holds no network of this program: choose another file")
    document = check_format(
        parse_json(archive.read_text("topology", MAX_DOCUMENT_LENGTH), "NPZ"), "an NPZ file"
    )
    for name, read in _PARTS.items():
        if f"{name}.npy" in archive.names:
            document[name] = read(archive, name)
    for name in ("input", "target"):
        if {f"{name}_mean.npy", f"{name}_scale.npy"} <= archive.names:
            document[f"{name}_scaling"] = {
                part: _read_column(archive, f"{name}_{part}") for part in ("mean", "scale")
            }
    return document, _list_arrays(archive)


def _list_arrays(archive: ArrayArchive) -> dict[str, Opener]:
    names = (name.removesuffix(".npy") for name in archive.names if name.endswith(".npy"))
    return {name: partial(archive.open_floats, name) for name in sorted(names) if LAYER_ARRAY.fullmatch(name)}


def _read_text(archive: ArrayArchive, name: str) -> str:
    return archive.read_text(name, MAX_NAME_LENGTH)


def _read_names(archive: ArrayArchive, name: str) -> list[Label]:
    return archive.read_labels(name, MAX_NAME_LENGTH)


def _read_record(archive: ArrayArchive, name: str) -> Mapping[str, object]:
    return parse_json(archive.read_text(name, 100 * MAX_NAME_LENGTH), "NPZ")


def _read_column(archive: ArrayArchive, name: str) -> list[float]:
    stored = archive.open_floats(name)
    if len(stored.shape) != 1 or stored.shape[0] > MAX_LIST_LENGTH:
        raise WrongPartError(name)
    column: list[float] = stored.read().tolist()
    return column


def _read_threshold(archive: ArrayArchive, name: str) -> float | None:
    stored = archive.open_floats(name)
    if stored.shape:
        raise WrongPartError(name)
    number = float(stored.read())
    return None if np.isnan(number) else number


_PARTS: Final[Mapping[str, Callable[[ArrayArchive, str], object]]] = {
    "dataset": _read_text,
    "task": _read_text,
    "input_names": _read_names,
    "output_names": _read_names,
    "class_names": _read_names,
    "data": _read_record,
    "hyperparameters": _read_record,
    "threshold": _read_threshold,
}


def _npy_bytes(array: np.ndarray[tuple[int, ...], np.dtype[np.generic]]) -> bytes:
    buffer = io.BytesIO()
    np.lib.format.write_array(buffer, np.asarray(array, order="C"), allow_pickle=False)
    return buffer.getvalue()
