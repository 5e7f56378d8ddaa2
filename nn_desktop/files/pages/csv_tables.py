"""CSV tables: a network for spreadsheets, one file a matrix and one that explains them.

``wine.csv`` is the overview. It has sections with an empty line between; the first line of each holds titles:

- ``how to compute``: the recipe, in words and with functions that spreadsheets have;
- ``property, value``: ``format``, ``version``, ``data``, ``task``, ``precision``, ``threshold`` (with two
  classes: above which output the answer is the second one);
- ``layer, units, activation, name``: from the input layer, 0, to the output layer;
- ``table, layer, from layer, biases``: each of the other files, the layer that it leads to, the one that its
  weights come from (empty if it holds no weights), and whether its last column holds biases: yes or no;
- ``input, mean, scale`` and ``output, mean, scale``: a line each, as scaled = (raw − mean) / scale;
- ``class``: names of the classes; left out in a regression.

``wine_layer1.csv``, ``wine_layer2.csv``, … hold a line for each unit of a layer: its name, its weights from
the layer just before (0 where a connection was removed), and its bias. ``wine_layer3_from_layer1.csv`` holds
weights that skip layers, without biases. With values in a column, ``MMULT(weights, values) + biases`` is a
column again.

Numbers read back to the same bits; those of a float32 network are written as float64. The files are UTF-8 and
begin with its mark, since Excel takes them for something else otherwise. Texts are written as
`files.spreadsheet` says: one that a spreadsheet could take for a formula gets an apostrophe before it.
"""

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

import numpy as np

from nn_desktop.arrays import FloatArray
from nn_desktop.data.dataset import Task
from nn_desktop.data.scaling import Scaling
from nn_desktop.files.activation_code import ACTIVATION_CODE
from nn_desktop.files.checking import Answered, NotCheckedError, Question
from nn_desktop.files.model import TrainedModel
from nn_desktop.files.spreadsheet import cell
from nn_desktop.network.functions import SELU_ALPHA, SELU_SCALE, Activation

FORMAT = "nn-desktop-tables"
VERSION = 1
_ENCODING: Final = "utf-8-sig"
_UNIT, _BIAS, _BIASES = "unit", "bias", "biases"
_YES, _NO = "yes", "no"


def _sigmoid(z: FloatArray) -> FloatArray:
    power = np.exp(-np.abs(z))
    return np.asarray(np.where(z < 0, power, 1.0) / (1.0 + power))


def _softmax(z: FloatArray) -> FloatArray:
    powers = np.exp(z - z.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


_FUNCTIONS: Mapping[str, Callable[[FloatArray], FloatArray]] = MappingProxyType(
    {
        Activation.IDENTITY: lambda z: z,
        Activation.SIGMOID: _sigmoid,
        Activation.TANH: np.tanh,
        Activation.RELU: lambda z: np.maximum(z, 0.0),
        Activation.LEAKY_RELU: lambda z: np.where(z > 0, z, 0.01 * z),
        Activation.ELU: lambda z: np.where(z > 0, z, np.expm1(np.minimum(z, 0.0))),
        Activation.SELU: lambda z: SELU_SCALE * np.where(z > 0, z, SELU_ALPHA * np.expm1(np.minimum(z, 0.0))),
        Activation.SOFTPLUS: lambda z: np.maximum(z, 0.0) + np.log1p(np.exp(-np.abs(z))),
        Activation.GELU: lambda z: 0.5 * z * (1.0 + np.tanh(np.sqrt(2 / np.pi) * (z + 0.044715 * z**3))),
        Activation.SWISH: lambda z: z * _sigmoid(z),
        Activation.SINE: np.sin,
        Activation.SOFTMAX: _softmax,
    }
)
"""g(z) for whoever reads the tables back, shape (n, units)."""

_ANSWERS = {
    Task.REGRESSION: "The answers are the values of the last layer * scale + mean, as in the section of "
    "outputs.",
    Task.BINARY: "The answer is the second class where the value of the last layer is above the threshold, "
    "otherwise the first.",
    Task.MULTICLASS: "The answer is the class whose value in the last layer is the largest.",
}

Cell = str | int | float


# --- writing


def to_files(model: TrainedModel, name: str) -> dict[str, bytes]:
    """Write a network as an overview of this name and a file for each matrix; always in the same way."""
    tables = list(_tables(model, Path(name).stem))
    files = {name: _write_rows(_overview(model, tables))}
    files.update((table.name, _write_rows(table.rows())) for table in tables)
    return files


@dataclass(frozen=True, eq=False)
class _Table:
    """One matrix: weights into a layer, and its biases if it is the layer's own table.

    Attributes
    ----------
    name
        Name of the table's file.
    layer
        Number of the layer.
    source
        Number of the layer that the weights come from; None if there are none.
    units, sources
        Names for the rows and the columns.
    weights
        Shape (units, sources).
    biases
        Shape (units,), or None.
    """

    name: str
    layer: int
    source: int | None
    units: Sequence[str]
    sources: Sequence[str]
    weights: FloatArray
    biases: FloatArray | None

    def rows(self) -> Iterator[list[Cell]]:
        """Lay it out: a line of titles, and a line for each unit."""
        has_biases = self.biases is not None
        yield [_UNIT, *map(cell, self.sources), *([_BIAS] if has_biases else [])]
        numbers = self.weights if self.biases is None else np.column_stack([self.weights, self.biases])
        for unit, row in zip(self.units, numbers, strict=True):
            yield [cell(unit), *row.tolist()]


def _tables(model: TrainedModel, stem: str) -> Iterator[_Table]:
    topology, parameters = model.topology, model.parameters
    names = [_unit_names(model, number) for number in range(len(topology.layers))]
    for number, layer in enumerate(topology.layers[1:], start=1):
        sources = [topology.layer_index[link.source] for link in topology.links_into(layer.id)]
        if number - 1 not in sources:
            nothing = np.empty((len(layer.units), 0))
            own = _table_name(stem, number)
            yield _Table(own, number, None, names[number], [], nothing, parameters.biases(layer.id))
        for source in reversed(sources):
            is_own = source == number - 1
            yield _Table(
                _table_name(stem, number, None if is_own else source),
                number,
                source,
                names[number],
                names[source],
                parameters.weights(topology.layers[source].id, layer.id),
                parameters.biases(layer.id) if is_own else None,
            )


def _table_name(stem: str, layer: int | str, source: int | str | None = None) -> str:
    """Name the table of a layer, or that of weights into it which skip layers."""
    return f"{stem}_layer{layer}{'' if source is None else f'_from_layer{source}'}.csv"


def _unit_names(model: TrainedModel, number: int) -> Sequence[str]:
    """Name the units of a layer: inputs and outputs as in the data, others by number."""
    layers = model.topology.layers
    if number == 0:
        return model.input_names
    if number == len(layers) - 1:
        return model.output_names
    return [f"layer {number} unit {unit}" for unit in range(1, len(layers[number].units) + 1)]


def _overview(model: TrainedModel, tables: Sequence[_Table]) -> Iterator[Sequence[Cell]]:
    yield ["how to compute"]
    for line in _recipe(model):
        yield [line]
    yield []
    yield ["property", "value"]
    yield ["format", FORMAT]
    yield ["version", VERSION]
    yield ["data", cell(model.dataset)]
    yield ["task", model.task.value]
    yield ["precision", model.parameters.vector.dtype.name]
    yield ["threshold", "" if model.threshold is None else model.threshold]
    yield []
    yield ["layer", "units", "activation", "name"]
    for number, layer in enumerate(model.topology.layers):
        yield [number, len(layer.units), layer.activation.value, cell(layer.name)]
    yield []
    yield ["table", "layer", "from layer", _BIASES]
    for table in tables:
        source = "" if table.source is None else table.source
        yield [cell(table.name), table.layer, source, _NO if table.biases is None else _YES]
    yield []
    yield from _scaling("input", model.input_names, model.input_scaling)
    yield []
    yield from _scaling("output", model.output_names, model.target_scaling)
    if model.class_names:
        yield []
        yield ["class"]
        for name in model.class_names:
            yield [cell(name)]


def _recipe(model: TrainedModel) -> Iterator[str]:
    yield "Layer 0: in a column, (raw input - mean) / scale, as in the section of inputs."
    yield (
        "Each further layer, in order: z is the column of biases in the layer's own table, plus "
        "MMULT(weights, column of values of the layer that they come from) for each of its tables."
    )
    yield "The values of the layer are g(z), by its activation:"
    used = {layer.activation for layer in model.topology.layers[1:]}
    for activation in Activation:
        if activation in used:
            yield f"{activation.value}: {ACTIVATION_CODE[activation].spreadsheet}"
    yield _ANSWERS[model.task]


def _scaling(title: str, names: Sequence[str], scaling: Scaling) -> Iterator[list[Cell]]:
    yield [title, "mean", "scale"]
    for name, mean, scale in zip(names, scaling.mean.tolist(), scaling.scale.tolist(), strict=True):
        yield [cell(name), mean, scale]


def _write_rows(rows: Iterator[Sequence[Cell]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows(rows)
    return text.getvalue().encode(_ENCODING, errors="replace")


# --- reading


def answer(path: Path, question: Question) -> Answered:
    """Read the tables back, and compute the answers with numpy alone.

    Raises
    ------
    NotCheckedError
        If the tables are not as they were written.
    """
    try:
        with np.errstate(all="ignore"):
            return Answered("numpy, from the tables", _compute(path, question))
    except (OSError, ValueError, LookupError, csv.Error) as error:
        raise NotCheckedError(f"the tables cannot be read ({error})") from error


def _compute(path: Path, question: Question) -> FloatArray:
    inputs = question.inputs
    sections = _read_sections(path)
    properties = {row[0]: row[1] for row in sections["property"]}
    values: dict[int, FloatArray] = {
        0: (inputs - _column(sections["input"], 1)) / _column(sections["input"], 2)
    }
    for number, units, activation, *_ in sections["layer"][1:]:
        if question.stop:
            raise NotCheckedError("it was stopped")
        z: FloatArray = np.zeros((len(inputs), int(units)))
        for _, layer, source, biases in sections["table"]:
            if layer == number:
                table = path.with_name(_table_name(path.stem, layer, None if biases == _YES else source))
                z = z + _products(table, source, biases == _YES, values)
        values[int(number)] = _FUNCTIONS[activation](z)
    outputs = values[max(values)]
    if properties["task"] != Task.REGRESSION:
        return outputs
    return np.asarray(outputs * _column(sections["output"], 2) + _column(sections["output"], 1))


def _products(path: Path, source: str, has_biases: bool, values: Mapping[int, FloatArray]) -> FloatArray:
    """Return what a table adds to z, shape (n, units), or (units,) if it holds biases alone."""
    table = np.array([[float(number) for number in row[1:]] for row in _read_rows(path)[1:]])
    weights, biases = (table[:, :-1], table[:, -1]) if has_biases else (table, np.zeros(len(table)))
    return np.asarray(values[int(source)] @ weights.T + biases if source else biases)


def _read_sections(path: Path) -> dict[str, list[list[str]]]:
    """Read an overview: the lines of each section, by its first title."""
    sections: dict[str, list[list[str]]] = {}
    is_title = True
    for row in _read_rows(path):
        if not row:
            is_title = True
        elif is_title:
            lines = sections.setdefault(row[0], [])
            is_title = False
        else:
            lines.append(row)
    return sections


def _read_rows(path: Path) -> list[list[str]]:
    with path.open(encoding=_ENCODING, newline="") as file:
        return list(csv.reader(file))


def _column(rows: Sequence[Sequence[str]], place: int) -> FloatArray:
    return np.array([float(row[place]) for row in rows])
