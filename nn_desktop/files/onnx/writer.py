"""ONNX: the format that browsers, phones, servers and small devices run networks from.

The graph takes raw inputs and gives raw answers; all numbers are float32, also those of a network that was
trained in float64, since browsers and devices know nothing else.

- ``input``: float32, shape (batch, inputs); how many there are in a batch is left open;
- ``output``: float32, shape (batch, outputs): as `TrainedModel.predict` gives them;
- ``class``: of a classification, int64, shape (batch,): the label, 0 for the first of the class names.

A layer is a Gemm (``layer2``) and its activation (``layer2 tanh``). A layer that several others feed has one
Gemm for each of them and adds them up; one that nothing feeds repeats its biases for the whole batch.
Connections that were removed are weights of 0. Weights and biases are named as `native.array_names` says.
Layers that lead nowhere are there too: whoever runs the graph leaves them out, and whoever opens it has the
whole network.

The metadata hold one key, ``nn_desktop``: JSON with all of `native.description`.

Operators are those of opset 13 and the IR is version 7: what nearly everything that runs ONNX understands.
"""

import json
import math
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from nn_desktop import __version__
from nn_desktop.arrays import FloatArray
from nn_desktop.data.dataset import Task
from nn_desktop.data.scaling import Scaling
from nn_desktop.files.activation_code import ACTIVATION_CODE
from nn_desktop.files.atomic import FileError
from nn_desktop.files.checking import Answered, NotCheckedError, Question
from nn_desktop.files.model import TrainedModel
from nn_desktop.files.native.array_names import bias_name, weight_name
from nn_desktop.files.native.description import describe
from nn_desktop.files.programs.steps import Feed, Step
from nn_desktop.network.functions import Activation
from nn_desktop.network.parameters import Parameters

OPSET, IR_VERSION = 13, 7
"""Always written: what the onnx package takes by itself is newer than what others can read."""
METADATA_KEY = "nn_desktop"
INT64 = 7
"""The number of that type in ONNX."""
INPUT, OUTPUT, CLASS = "input", "output", "class"
HALF_PLACE = 2.0**-24
"""Largest relative error of rounding to float32."""


def to_files(model: TrainedModel, name: str) -> dict[str, bytes]:
    """Write a model; the same model gives the same bytes.

    Parameters
    ----------
    model
        The trained network to write.
    name
        Name of the graph: the stem of the file.

    Raises
    ------
    FileError
        If the onnx package is not there, or a number is too large for float32.
    """
    try:
        import onnx  # noqa: F401
    except ImportError as error:
        raise FileError(
            "Nothing was exported, since ONNX files are written with the package onnx, which is not "
            "installed: run pip install onnx, or export as .npz or .json."
        ) from error
    graph = _Graph()
    _add_model(graph, model)
    return {name: graph.to_bytes(model)}


def answer(path: Path, question: Question) -> Answered:
    """Answer with onnxruntime.

    Raises
    ------
    NotCheckedError
        If onnxruntime is not there or cannot run the file, or if it was stopped.
    """
    try:
        import onnxruntime
    except ImportError as error:
        raise NotCheckedError("onnxruntime is not installed") from error
    if question.stop:
        raise NotCheckedError("it was stopped")
    onnxruntime.set_default_logger_severity(4)  # nothing on the terminal
    onnxruntime.disable_telemetry_events()
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    try:
        session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        (answers,) = session.run([OUTPUT], {INPUT: question.inputs.astype(np.float32)})
    except Exception as error:  # its own classes derive from nothing but this
        raise NotCheckedError(f"onnxruntime failed ({str(error).strip()[:200]})") from error
    version = ".".join(onnxruntime.__version__.split(".")[:2])
    return Answered(f"onnxruntime {version}", np.asarray(answers, np.float64))


class _Graph:
    """Collects nodes and constants."""

    def __init__(self) -> None:
        self._nodes: list[tuple[str, list[str], str, str, dict[str, Any]]] = []
        self._constants: dict[str, np.ndarray[Any, np.dtype[Any]]] = {}

    def add(self, operator: str, name: str, inputs: Iterable[str], doc: str = "", **attributes: Any) -> str:
        """Add a node and return what its output is called."""
        # Some turn the names of values into names of variables; those of nodes are for people.
        value = name.replace(" ", "_")
        self._nodes.append((operator, list(inputs), name, value, {"doc_string": doc, **attributes}))
        return value

    def constant(self, name: str, values: FloatArray | float) -> str:
        """Add float32 numbers, if they are not there yet, and return their name."""
        if name not in self._constants:
            with np.errstate(over="ignore"):
                rounded = np.asarray(values).astype(np.float32, order="C")
            if not np.isfinite(rounded).all():
                raise FileError(
                    f"Nothing was exported, since {name} holds a number that is too large for float32, "
                    "and ONNX files are made of those: export as .npz or .json."
                )
            self._constants[name] = rounded
        return name

    def divisor(self, name: str, values: FloatArray) -> str:
        """Add float32 numbers to divide by, and return their name."""
        self.constant(name, values)
        if (np.abs(self._constants[name]) < np.finfo(np.float32).tiny).any():
            raise FileError(
                f"Nothing was exported, since {name} holds a number that is too small for float32, "
                "and ONNX files are made of those: export as .npz or .json."
            )
        return name

    def integers(self, name: str, values: list[int]) -> str:
        """Add whole numbers, if they are not there yet, and return their name."""
        self._constants[name] = np.array(values, np.int64)
        return name

    def rename_last(self, name: str) -> None:
        """Give what the last node puts out another name; nothing may have used it yet."""
        operator, inputs, node, _, attributes = self._nodes[-1]
        self._nodes[-1] = (operator, inputs, node, name, attributes)

    def to_bytes(self, model: TrainedModel) -> bytes:
        """Return the whole file."""
        from onnx import TensorProto, helper, numpy_helper

        shape: list[str | int | None] = ["batch", len(model.output_names)]
        outputs = [helper.make_tensor_value_info(OUTPUT, TensorProto.FLOAT, shape)]
        if model.task is not Task.REGRESSION:
            outputs.append(helper.make_tensor_value_info(CLASS, TensorProto.INT64, ["batch"]))
        graph = helper.make_graph(
            [
                helper.make_node(operator, inputs, [output], name, **attributes)
                for operator, inputs, name, output, attributes in self._nodes
            ],
            "network",
            [helper.make_tensor_value_info(INPUT, TensorProto.FLOAT, ["batch", len(model.input_names)])],
            outputs,
            [numpy_helper.from_array(values, name) for name, values in self._constants.items()],
            doc_string=_explain(model),
        )
        proto = helper.make_model(
            graph,
            ir_version=IR_VERSION,
            opset_imports=[helper.make_opsetid("", OPSET)],
            producer_name="NN Desktop",
            producer_version=__version__,
            doc_string=_explain(model),
        )
        helper.set_model_props(proto, {METADATA_KEY: json.dumps(describe(model), sort_keys=True)})
        content: bytes = proto.SerializeToString(deterministic=True)
        return content


def _explain(model: TrainedModel) -> str:
    classes = f" Classes: {', '.join(model.class_names)}." if model.class_names else ""
    return (
        f'A network trained on "{model.dataset}". Inputs: {", ".join(model.input_names)}. '
        f"Outputs: {', '.join(model.output_names)}.{classes}"
    )


def _add_model(graph: _Graph, model: TrainedModel) -> None:
    topology = model.topology
    values = {0: INPUT}
    if any(link.source == topology.layers[0].id for link in topology.links):
        values[0] = _add_input_scaling(graph, model.input_scaling)
    for step, layer in zip(_steps(model.parameters), topology.layers[1:], strict=True):
        values[step.number] = _add_layer(graph, step, values, layer.name)
    if model.task is Task.REGRESSION:
        _add_target_scaling(graph, values[len(topology.layers) - 1], model.target_scaling)
    graph.rename_last(OUTPUT)
    if model.task is not Task.REGRESSION:
        _add_class(graph, model)


def _steps(parameters: Parameters) -> Iterable[Step]:
    """Yield all layers; `steps_of` would leave out those that lead nowhere."""
    topology = parameters.topology
    for number, layer in enumerate(topology.layers[1:], start=1):
        feeds = tuple(
            Feed(topology.layer_index[link.source], parameters.weights(link.source, link.target))
            for link in topology.links_into(layer.id)
        )
        yield Step(number, feeds, parameters.biases(layer.id), layer.activation)


def _add_input_scaling(graph: _Graph, scaling: Scaling) -> str:
    """Add scaled = (raw - mean) / scale, as far as it changes anything."""
    value = INPUT
    if scaling.mean.any():
        value = graph.add("Sub", "input centred", [value, graph.constant("input.mean", scaling.mean)])
        # Years such as 1987 that differ by 10 are far from 0 in relation to their scale: to round their mean
        # alone would move all of them. A float32 minus a float32 near it is exact, and the rest comes after.
        rest = scaling.mean - scaling.mean.astype(np.float32)
        if (np.abs(rest / scaling.scale) > HALF_PLACE).any():
            rest_name = graph.constant("input.mean_rest", rest)
            value = graph.add("Sub", "input centred exactly", [value, rest_name])
    if (scaling.scale != 1.0).any():
        value = graph.add("Div", "input scaled", [value, graph.divisor("input.scale", scaling.scale)])
    return value


def _add_target_scaling(graph: _Graph, value: str, scaling: Scaling) -> None:
    """Add raw = scaled · scale + mean, as far as it changes anything."""
    if (scaling.scale != 1.0).any():
        value = graph.add("Mul", "output scaled", [value, graph.constant("output.scale", scaling.scale)])
    if scaling.mean.any():
        graph.add("Add", "output raw", [value, graph.constant("output.mean", scaling.mean)])


def _add_class(graph: _Graph, model: TrainedModel) -> None:
    """Add the label: of the largest output, or whether the only one is above the threshold."""
    if model.threshold is None:
        graph.add("ArgMax", "class", [OUTPUT], axis=1, keepdims=0)
    else:
        value = graph.add("Greater", "is yes", [OUTPUT, graph.constant("threshold", model.threshold)])
        value = graph.add("Cast", "is yes as number", [value], to=INT64)
        graph.add("Squeeze", "class", [value, graph.integers("class.axis", [1])])
    graph.rename_last(CLASS)


def _add_layer(graph: _Graph, step: Step, values: dict[int, str], title: str) -> str:
    """Add a layer and return what its values are called."""
    name = f"layer{step.number}"
    biases = graph.constant(bias_name(step.number), step.biases)
    if not step.feeds:
        z = _add_constant_layer(graph, name, biases, step.units, title)
    elif len(step.feeds) == 1:
        z = _add_product(graph, name, step.number, step.feeds[0], values, [biases], title)
    else:
        z = ""
        for feed in step.feeds:
            product = f"{name} from layer{feed.source}"
            added = _add_product(graph, product, step.number, feed, values, [] if z else [biases])
            # Two by two: an operator that adds any number of values is known in fewer places.
            is_last = feed is step.feeds[-1]
            z = graph.add("Add", name if is_last else f"{product} added", [z, added], title) if z else added
    return _add_activation(graph, name, z, step.activation)


def _add_product(
    graph: _Graph,
    name: str,
    number: int,
    feed: Feed,
    values: dict[int, str],
    biases: list[str],
    title: str = "",
) -> str:
    """Add weights · values of the source, and the biases if they are given."""
    weights = graph.constant(weight_name(feed.source, number), feed.weights)
    return graph.add("Gemm", name, [values[feed.source], weights, *biases], title, transB=1)


def _add_constant_layer(graph: _Graph, name: str, biases: str, units: int, title: str) -> str:
    """Add a layer that nothing feeds: its biases, once for each sample of the batch."""
    # Asked of the input, so that nothing is computed from its numbers, be they what they may.
    shape = graph.add("Shape", f"{name} input shape", [INPUT])
    ends = [graph.integers("batch.start", [0]), graph.integers("batch.end", [1])]
    batch = graph.add("Slice", f"{name} batch size", [shape, *ends])
    size = graph.integers(f"{name}.units", [units])
    wanted = graph.add("Concat", f"{name} shape", [batch, size], axis=0)
    return graph.add("Expand", name, [biases, wanted], title)


def _add_activation(graph: _Graph, name: str, z: str, activation: Activation) -> str:
    """Add g(z), and return what it is called."""
    if activation is Activation.IDENTITY:
        return z
    title = f"{name} {activation.value}"
    if activation is Activation.SWISH:
        return graph.add("Mul", title, [z, graph.add("Sigmoid", f"{title} sigmoid", [z])])
    if activation is Activation.GELU:
        return _add_gelu(graph, title, z)
    operator = ACTIVATION_CODE[activation].onnx
    assert operator is not None
    name, attributes = operator
    return graph.add(name, title, [z], "", **attributes)


def _add_gelu(graph: _Graph, title: str, z: str) -> str:
    """Add ½ z (1 + tanh(√(2/π) (z + 0.044715 z³))): the operator Gelu came with opset 20."""
    cubic, root = graph.constant("gelu.cubic", 0.044715), graph.constant("gelu.root", math.sqrt(2 / math.pi))
    one, half = graph.constant("gelu.one", 1.0), graph.constant("gelu.half", 0.5)
    square = graph.add("Mul", f"{title} square", [z, z])
    cube = graph.add("Mul", f"{title} cube", [square, z])
    bent = graph.add("Add", f"{title} bent", [z, graph.add("Mul", f"{title} cubic", [cube, cubic])])
    tanh = graph.add("Tanh", f"{title} tanh", [graph.add("Mul", f"{title} inner", [bent, root])])
    gate = graph.add("Add", f"{title} gate", [tanh, one])
    return graph.add("Mul", title, [graph.add("Mul", f"{title} doubled", [z, gate]), half])
