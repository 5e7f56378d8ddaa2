r"""Multi-layer perceptrons of scikit-learn, saved with ``skops.io.dump``; neither library is needed or run.

The file is a zip. ``schema.json`` describes objects as nested *nodes*: each has ``__class__``, ``__module__``
and ``__loader__``, which says how the rest is meant:

- ``ObjectNode``: an object; its ``content`` is a ``DictNode`` of its attributes;
- ``DictNode``, ``ListNode``, ``TupleNode``: their ``content`` holds nodes;
- ``JsonNode``: its ``content`` is a text of JSON, such as ``"\"relu\""``;
- ``NdArrayNode``: ``file`` names a ``.npy`` member; an array of objects has ``content``, a list of nodes.

Nothing is made from these names: they are compared with those that are known, and all else is refused.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, TypeGuard

import numpy as np
from numpy.typing import NDArray

from nn_desktop.data.dataset import Task
from nn_desktop.data.scaling import Scaling
from nn_desktop.files.imports.imported import Imported, model_without_data
from nn_desktop.files.native.array_archive import MAX_LIST_LENGTH, ArrayArchive, Label
from nn_desktop.files.native.json_document import parse_json
from nn_desktop.files.native.stored import ReadError, StoredArray, damaged
from nn_desktop.files.native.topology_document import WrongPartError, read_names
from nn_desktop.network.functions import Activation
from nn_desktop.network.parameters import Parameters
from nn_desktop.network.topology import MAX_LAYERS, Topology, chain
from nn_desktop.texts import shown

KIND: Final = "skops"
SCHEMA: Final = "schema.json"
MAX_SCHEMA: Final = 16_000_000
"""Bytes: a training of ten thousand epochs, whose losses are nodes too, has some millions."""
MAX_VALUE_LENGTH: Final = 1000
ACTIVATIONS: Final[Mapping[object, Activation]] = {
    "identity": Activation.IDENTITY,
    "logistic": Activation.SIGMOID,
    "tanh": Activation.TANH,
    "relu": Activation.RELU,
}
_PERCEPTRONS: Final = ("MLPClassifier", "MLPRegressor")
_READABLE: Final = "MLPClassifier and MLPRegressor, alone or behind a StandardScaler in a Pipeline"

Node = Mapping[str, object]


def read_skops(content: bytes) -> Imported:
    """Read a perceptron, and the scaler before it if it is in a pipeline.

    Raises
    ------
    ReadError
        If the file is damaged, or holds something else.
    TopologyError
        If the network is too large.
    """
    archive = ArrayArchive(content, KIND)
    if SCHEMA not in archive.names:
        raise damaged(KIND)
    root = parse_json(archive.read(SCHEMA, MAX_SCHEMA), KIND)
    reader = _NodeReader(archive)
    scaler, perceptron = _parts_of(reader, root)
    attributes = reader.attributes(perceptron)
    if "coefs_" not in attributes:
        raise ReadError(f"its {_class_name(perceptron)} was not trained: fit it, and save it again")
    is_classifier = _class_name(perceptron) == "MLPClassifier"
    layers = _layers(reader, attributes)
    topology = _topology(reader, attributes, layers)
    task = _task(reader, attributes, topology) if is_classifier else Task.REGRESSION
    class_names = _class_names(reader, attributes, task, topology) if is_classifier else None
    first = attributes if scaler is None else reader.attributes(scaler)
    scaling = None if scaler is None else _scaling(reader, first, topology.sizes[0])
    parameters = _parameters(topology, layers)
    names = _input_names(reader, first, topology.sizes[0])
    return Imported(model_without_data(parameters, task, class_names, names, scaling))


@dataclass(frozen=True)
class _NodeReader:
    """Reads nodes of a schema."""

    archive: ArrayArchive

    def attributes(self, node: Node) -> Mapping[str, object]:
        """Return the attributes of an object, which are nodes."""
        content = node.get("content")
        if node.get("__loader__") != "ObjectNode" or not isinstance(content, dict):
            raise damaged(KIND)
        attributes = content.get("content")
        if content.get("__loader__") != "DictNode" or not isinstance(attributes, dict):
            raise damaged(KIND)
        return attributes

    def items(self, key: str, node: object) -> list[Node]:
        """Return the items of a list or tuple, which are nodes."""
        items = node.get("content") if _is_node(node, "ListNode", "TupleNode") else None
        if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
            raise WrongPartError(key)
        return items

    def value(self, key: str, node: object) -> Label | None:
        """Return a single value."""
        text = node.get("content") if _is_node(node, "JsonNode") else None
        if not isinstance(text, str) or len(text) > MAX_VALUE_LENGTH:
            raise WrongPartError(key)
        try:
            value = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise WrongPartError(key) from error
        if not isinstance(value, str | int | float | None):
            raise WrongPartError(key)
        return value

    def floats(self, key: str, node: object) -> StoredArray:
        """Open an array of numbers."""
        return self.archive.open_floats(self._member(key, node))

    def labels(self, key: str, node: object) -> list[Label]:
        """Return a list of names or numbers, from an array of plain ones or of objects."""
        if _is_node(node, "NdArrayNode") and node.get("type") == "json":
            items = node.get("content")
            if not isinstance(items, list) or len(items) > MAX_LIST_LENGTH:
                raise WrongPartError(key)
            values = [self.value(key, item) for item in items]
            return [value for value in values if value is not None]
        return self.archive.read_labels(self._member(key, node))

    def _member(self, key: str, node: object) -> str:
        """Name the member of an array, without its suffix."""
        file = node.get("file") if _is_node(node, "NdArrayNode") else None
        if not isinstance(file, str) or not file.endswith(".npy") or file not in self.archive.names:
            raise WrongPartError(key)
        return file.removesuffix(".npy")


def _is_node(node: object, *loaders: str) -> TypeGuard[Node]:
    return isinstance(node, dict) and node.get("__loader__") in loaders


def _class_name(node: Node) -> str:
    """Return the name of a class of scikit-learn; of any other with its module, which no known one has."""
    name, module = node.get("__class__"), node.get("__module__")
    if not isinstance(name, str) or not isinstance(module, str):
        raise damaged(KIND)
    return shown(name if module.split(".")[0] == "sklearn" else f"{module}.{name}")


def _parts_of(reader: _NodeReader, root: Node) -> tuple[Node | None, Node]:
    """Find the scaler, if there is one, and the perceptron."""
    name = _class_name(root)
    if name in _PERCEPTRONS:
        return None, root
    if name != "Pipeline":
        raise _refusal(name)
    steps = [_estimator(reader, step) for step in reader.items("steps", reader.attributes(root).get("steps"))]
    parts = [step for step in steps if step is not None]
    for part in parts[:-1]:
        if _class_name(part) != "StandardScaler":
            raise _refusal(_class_name(part), "a pipeline with ")
    if not parts or _class_name(parts[-1]) not in _PERCEPTRONS:
        raise _refusal(_class_name(parts[-1]) if parts else "nothing", "a pipeline that ends with ")
    if len(parts) > 2:
        raise ReadError(
            "it holds a pipeline with several scalers: keep one StandardScaler, and save it again"
        )
    return (parts[0] if len(parts) == 2 else None), parts[-1]


def _estimator(reader: _NodeReader, step: Node) -> Node | None:
    """Return what a step of a pipeline is made of; None if it is to be passed through."""
    pair = reader.items("steps", step)
    if len(pair) != 2:
        raise WrongPartError("steps")
    if _is_node(pair[1], "JsonNode") and reader.value("steps", pair[1]) in (None, "passthrough"):
        return None
    return pair[1]


def _layers(reader: _NodeReader, attributes: Mapping[str, object]) -> list[tuple[StoredArray, StoredArray]]:
    """Open weights (in, out) and biases of each layer, whose shapes fit one another."""
    coefs = reader.items("coefs_", attributes.get("coefs_"))
    intercepts = reader.items("intercepts_", attributes.get("intercepts_"))
    if not 1 <= len(coefs) < MAX_LAYERS or len(intercepts) != len(coefs):
        raise WrongPartError("coefs_")
    layers = [
        (reader.floats("coefs_", coef), reader.floats("intercepts_", intercept))
        for coef, intercept in zip(coefs, intercepts, strict=True)
    ]
    for weights, biases in layers:
        if len(weights.shape) != 2 or 0 in weights.shape or biases.shape != weights.shape[1:]:
            raise WrongPartError("coefs_")
    if any(one.shape[1] != other.shape[0] for (one, _), (other, _) in pairwise(layers)):
        raise WrongPartError("coefs_")
    return layers


def _topology(
    reader: _NodeReader,
    attributes: Mapping[str, object],
    layers: list[tuple[StoredArray, StoredArray]],
) -> Topology:
    hidden = _activation(reader, attributes, "activation", ACTIVATIONS)
    output = _activation(
        reader, attributes, "out_activation_", {**ACTIVATIONS, "softmax": Activation.SOFTMAX}
    )
    sizes = (layers[0][0].shape[0], *(weights.shape[1] for weights, _ in layers))
    return chain(sizes, (hidden,) * (len(layers) - 1) + (output,))


def _activation(
    reader: _NodeReader,
    attributes: Mapping[str, object],
    key: str,
    known: Mapping[object, Activation],
) -> Activation:
    name = reader.value(key, attributes.get(key))
    if name not in known:
        raise ReadError(
            f'its {key} is "{shown(name)}", and only {", ".join(map(str, known))} can be drawn here: '
            "choose another file"
        )
    return known[name]


def _task(reader: _NodeReader, attributes: Mapping[str, object], topology: Topology) -> Task:
    outputs, output = topology.sizes[-1], topology.layers[-1].activation
    if output is Activation.SOFTMAX and outputs >= 2:
        return Task.MULTICLASS
    if output is not Activation.SIGMOID:
        raise WrongPartError("out_activation_")
    binarizer = attributes.get("_label_binarizer")
    kind = None
    if _is_node(binarizer, "ObjectNode"):
        kind = reader.value("y_type_", reader.attributes(binarizer).get("y_type_"))
    if outputs > 1 or kind == "multilabel-indicator":
        raise ReadError(
            "it holds an MLPClassifier that gives a sample several labels at once, and here a sample belongs "
            "to one class: train one for a single label, or choose another file"
        )
    return Task.BINARY


def _class_names(
    reader: _NodeReader, attributes: Mapping[str, object], task: Task, topology: Topology
) -> tuple[str, ...]:
    labels = reader.labels("classes_", attributes.get("classes_"))
    wanted = 2 if task is Task.BINARY else topology.sizes[-1]
    if len(labels) != wanted:
        raise ReadError(
            f"it tells {len(labels)} classes apart, and its output layer is for {wanted}: choose another file"
        )
    return read_names("classes_", [str(label) for label in labels], wanted)


def _input_names(reader: _NodeReader, attributes: Mapping[str, object], count: int) -> tuple[str, ...] | None:
    """Return the names of the columns, if it was trained with a table that had some."""
    node = attributes.get("feature_names_in_")
    if node is None:
        return None
    return read_names("feature_names_in_", list(reader.labels("feature_names_in_", node)), count)


def _scaling(reader: _NodeReader, attributes: Mapping[str, object], width: int) -> Scaling:
    """Read a scaler. It may know a mean that it does not subtract."""
    columns: list[NDArray[np.float64]] = []
    for key, flag, neutral in (("mean_", "with_mean", 0.0), ("scale_", "with_std", 1.0)):
        if reader.value(flag, attributes.get(flag)) is False:
            columns.append(np.full(width, neutral))
            continue
        column = reader.floats(key, attributes.get(key))
        if column.shape != (width,):
            raise WrongPartError(key)
        columns.append(column.read().astype(np.float64))
    try:
        return Scaling(*columns)
    except ValueError as error:  # NaN, or a scale of 0
        raise WrongPartError("scale_") from error


def _parameters(topology: Topology, layers: list[tuple[StoredArray, StoredArray]]) -> Parameters:
    numbers = [(weights.read(), biases.read()) for weights, biases in layers]
    is_double = any(array.dtype.itemsize == 8 for pair in numbers for array in pair)
    parameters = Parameters.zeros(topology, np.float64 if is_double else np.float32)
    for (before, layer), (weights, biases) in zip(pairwise(topology.layers), numbers, strict=True):
        parameters.weights(before.id, layer.id)[:] = weights.T
        parameters.biases(layer.id)[:] = biases
    if not np.isfinite(parameters.vector).all():
        raise ReadError("its coefs_ or intercepts_ hold numbers that are not finite: train it again")
    return parameters


def _refusal(name: str, before: str = "") -> ReadError:
    return ReadError(
        f"it holds {before}{name}, and of scikit-learn only {_READABLE} can be drawn here: "
        "save one of these, or choose another file"
    )
