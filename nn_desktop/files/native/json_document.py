"""JSON: the whole model as text, enough to predict by hand.

An object with the keys of `native.description` and

- ``format``: ``"nn-desktop-network"``, and ``version``: 1;
- ``how_to_predict``: the recipe, in words; ``activation_formulas``: those it needs, by name;
- ``data``, ``hyperparameters``: as described there;
- ``dataset``, ``task`` (``regression``, ``binary`` or ``multiclass``), ``precision``: ``float64`` or
  ``float32``, the type of numbers that was computed with;
- ``input_names``, ``output_names``, ``class_names`` (empty in a regression);
- ``threshold``: with two classes, above which output the answer is the second one; otherwise null;
- ``input_scaling``, ``target_scaling``: each with ``mean`` and ``scale``, one number a column;
- ``layers``: as described there, and each with ``biases``, one a unit (none in the input layer);
- ``links``: as described there, and each with ``weights``: one row a target unit, one number a source unit;
  0 where the connection was removed.

Numbers are written so that they read back to the same bits.
"""

import json
import sys
from collections.abc import Mapping
from functools import partial
from itertools import chain

import numpy as np

from nn_desktop.arrays import FloatArray
from nn_desktop.data.dataset import Task
from nn_desktop.files.model import TrainedModel
from nn_desktop.files.native.array_names import bias_name, weight_name
from nn_desktop.files.native.description import FORMAT, VERSION, describe, describe_topology
from nn_desktop.files.native.stored import Opener, ReadError, StoredArray, damaged
from nn_desktop.network.functions import ACTIVATIONS, Activation
from nn_desktop.texts import shown

MAX_MEMORY = 150_000_000
"""Bytes that the values of a document may take, if that is more than three times its length."""
_FORWARD = (
    "The values of layer 0 are (raw input − input_scaling.mean) / input_scaling.scale. "
    "For each further layer, in order: z = its biases + for each link into it, weights · values of its "
    "source; its values are g(z), g being its activation. The values of the last layer are the outputs. "
)
_ANSWERS = {
    Task.REGRESSION: "The answer is outputs · target_scaling.scale + target_scaling.mean.",
    Task.BINARY: "The answer is class_names[1] if the output is above threshold, otherwise class_names[0].",
    Task.MULTICLASS: "The answer is the one of class_names whose output is the largest.",
}


def to_json(model: TrainedModel) -> bytes:
    """Write a model; the same model gives the same bytes."""
    topology, parameters = model.topology, model.parameters
    described_topology = describe_topology(topology)
    layers, links = described_topology["layers"], described_topology["links"]
    for layer, described in zip(topology.layers, layers, strict=True):
        described["biases"] = parameters.biases(layer.id).tolist() if described["number"] else []
    for link, described in zip(topology.links, links, strict=True):
        described["weights"] = parameters.weights(link.source, link.target).tolist()
    used = {layer.activation for layer in topology.layers[1:]}
    document = {
        "how_to_predict": _FORWARD + _ANSWERS[model.task],
        **describe(model),
        "activation_formulas": {a.value: ACTIVATIONS[a].formula for a in Activation if a in used},
        "layers": layers,
        "links": links,
    }
    return (_render(document) + "\n").encode()


def open_json(content: bytes) -> dict[str, Opener]:
    """List the weights and biases of a file.

    Raises
    ------
    ReadError
        If it is not such a document.
    """
    return list_arrays(parse(content))


def parse(content: bytes) -> dict[str, object]:
    """Read the document that a file holds: an object of this format and version, its parts not yet looked at.

    Raises
    ------
    ReadError
        If it is not such a document.
    """
    return check_format(parse_json(content, "JSON"), "JSON")


def parse_json(text: str | bytes, kind: str) -> dict[str, object]:
    """Read an object from a stranger.

    Parameters
    ----------
    text
        Bytes are UTF-8.
    kind
        Name of the format for sentences, such as ``"JSON"``.

    Raises
    ------
    ReadError
        If it is none, has a key twice, or would take far more memory than it is long.
    """
    try:
        if isinstance(text, bytes):
            text = text.decode("utf-8-sig")
        if _memory(text) > max(MAX_MEMORY, 3 * len(text)):
            raise ReadError(
                "it has more parts than are read from a file of this kind: use a smaller network, or choose "
                "another file"
            )
        document = json.loads(text, object_pairs_hook=_object)
    except (ValueError, RecursionError) as error:
        raise damaged(kind) from error
    if not isinstance(document, dict):
        raise damaged(kind)
    return document


def check_format(document: dict[str, object], kind: str) -> dict[str, object]:
    """Return a document if it is a network of this program, of a version that is known here."""
    if document.get("format") != FORMAT:
        raise ReadError(f"it is {kind}, but no network of this program: choose another file")
    version = document.get("version")
    if type(version) is int and version > VERSION:
        raise ReadError("a newer version of this program wrote it: update the program, or export it again")
    if type(version) is not int or version < 1:  # True is an int to Python
        raise ReadError('its "version" is not as it should be: export it again, or choose another file')
    return document


def _memory(text: str) -> int:
    """Estimate from above how many bytes the values of a document take in CPython."""
    wide = sys.getsizeof(text)  # one rare character makes all of them four bytes long
    return (
        (2 * wide if wide > 2 * len(text) else 0)
        + 40 * text.count(",")  # a number and its place in a list
        + 200 * text.count("[")
        + 300 * text.count("{")
        + 100 * text.count(":")
        + 36 * text.count('"')  # half a text
    )


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    # Two readers could take one part each.
    made = dict(pairs)
    if len(made) < len(pairs):
        raise ValueError("a key is there twice")
    return made


def list_arrays(document: Mapping[str, object]) -> dict[str, Opener]:
    """List the weights and biases of a document.

    Raises
    ------
    ReadError
        If its layers or links are none.
    """
    openers: dict[str, Opener] = {}
    for layer in _objects(document, "layers")[1:]:
        name = bias_name(_number(layer, "number"))
        openers[name] = partial(_open_vector, name, layer.get("biases"))
    for link in _objects(document, "links"):
        name = weight_name(_number(link, "source"), _number(link, "target"))
        openers[name] = partial(_open_matrix, name, link.get("weights"))
    return openers


def _render(value: object, indent: int = 0) -> str:
    """Write JSON with one line for each row of numbers."""
    if isinstance(value, dict) and value:
        parts = [f"{json.dumps(key)}: {_render(item, indent + 1)}" for key, item in value.items()]
        brackets = "{}"
    elif isinstance(value, list) and any(isinstance(item, dict | list) for item in value):
        parts = [_render(item, indent + 1) for item in value]
        brackets = "[]"
    else:
        return json.dumps(value, ensure_ascii=False, allow_nan=False)
    lines = ",\n".join(" " * (indent + 1) + part for part in parts)
    return f"{brackets[0]}\n{lines}\n{' ' * indent}{brackets[1]}"


def _objects(document: Mapping[str, object], key: str) -> list[dict[str, object]]:
    items = document.get(key)
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise ReadError(f'its "{key}" are not as they should be: export it again, or choose another file')
    return items


def _number(item: dict[str, object], key: str) -> int:
    number = item.get(key)
    if not isinstance(number, int):
        raise ReadError(f'a "{key}" in it is no layer number: export it again, or choose another file')
    return number


def _open_vector(name: str, values: object) -> StoredArray:
    if not isinstance(values, list):
        raise _no_numbers(name)
    return StoredArray((len(values),), partial(_read_numbers, name, (len(values),), values))


def _open_matrix(name: str, rows: object) -> StoredArray:
    if not isinstance(rows, list) or not rows or not all(isinstance(row, list) for row in rows):
        raise _no_numbers(name)
    shape = (len(rows), len(rows[0]))
    if any(len(row) != shape[1] for row in rows):
        raise ReadError(
            f"the rows of its {shown(name)} are not of one length: export it again, or choose another file"
        )
    return StoredArray(shape, partial(_read_matrix, name, shape, rows))


def _read_matrix(name: str, shape: tuple[int, ...], rows: list[list[object]]) -> FloatArray:
    return _read_numbers(name, shape, list(chain.from_iterable(rows)))


def _read_numbers(name: str, shape: tuple[int, ...], values: list[object]) -> FloatArray:
    if not all(type(value) in (int, float) for value in values):  # True is an int to Python
        raise _no_numbers(name)
    try:
        return np.array(values, np.float64).reshape(shape)
    except OverflowError as error:  # a whole number can be longer than any float
        raise _no_numbers(name) from error


def _no_numbers(name: str) -> ReadError:
    return ReadError(f"its {shown(name)} is no table of numbers: export it again, or choose another file")
