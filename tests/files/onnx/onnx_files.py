"""ONNX files made by hand for tests, and what onnxruntime makes of them."""

from collections.abc import Sequence

import numpy as np
import pytest
from files.differences import difference_of

from nn_desktop.arrays import FloatArray
from nn_desktop.data.dataset import Task
from nn_desktop.files.imports.imported import Imported
from nn_desktop.files.model import TrainedModel
from nn_desktop.files.native.stored import ReadError
from nn_desktop.files.onnx.reader import read_onnx
from nn_desktop.files.onnx.writer import to_files
from nn_desktop.network.functions import Activation

onnx = pytest.importorskip("onnx", reason="the files of these tests are made with it")
onnxruntime = pytest.importorskip("onnxruntime", reason="it says what they compute")
from onnx import TensorProto, helper, numpy_helper  # noqa: E402

GENERATOR = np.random.default_rng(3)
WEIGHTS = {
    "w": GENERATOR.normal(size=(4, 3)),  # inputs first, as MatMul takes them
    "wt": GENERATOR.normal(size=(3, 4)),
    "v": GENERATOR.normal(size=(3, 2)),
    "square": GENERATOR.normal(size=(4, 4)),
    "wide": GENERATOR.normal(size=(7, 2)),
    "one": GENERATOR.normal(size=(3, 1)),
    "b": GENERATOR.normal(size=3),
    "b_row": GENERATOR.normal(size=(1, 3)),
    "b_column": GENERATOR.normal(size=(3, 1)),
    "c": GENERATOR.normal(size=2),
    "mean": GENERATOR.normal(size=4),
    "scale": GENERATOR.uniform(0.5, 2.0, 4),
    "positive": GENERATOR.uniform(0.5, 2.0, 3),
    "half": np.array(0.5),
    "unit": np.array(1.0),
    "zero": np.array(0.0),
    "three": np.array(3.0),
    "cubic": np.array(0.044715),
    "root": np.array(0.7978845608),
    "slope": np.array(0.01),
    "skip": GENERATOR.normal(size=(4, 2)),
    "wider": GENERATOR.normal(size=(10, 2)),
    "big": GENERATOR.normal(size=(12, 2)),
    "bits": np.full(10_000, 1.001),
    "pair": GENERATOR.normal(size=(2, 3)),
}
INTEGERS = {
    "rows": [-1, 4],
    "three_rows": [3, 4],
    "flat": [-1, 12],
    "last": [-1],
    "axis": [1],
    "zero_place": 0,
    "zero_axis": [0],
    "four": [4],
}

Step = tuple[str, str, str] | tuple[str, str, str, dict[str, object]]


def make(
    *steps: Step, opset: int = 13, shape: Sequence[int | str] = ("batch", 4), more: Sequence[str] = ()
) -> bytes:
    """Make a file of steps: operator, inputs and output, each output's name also being the node's."""
    nodes = []
    for operator, inputs, output, *attributes in steps:
        domain = "ai.onnx.ml" if operator in ("Scaler", "ZipMap", "ArrayFeatureExtractor") else ""
        named = attributes[0] if attributes else {}
        nodes.append(
            helper.make_node(operator, inputs.split(), output.split(), output, domain=domain, **named)
        )
    used = {name for node in nodes for name in node.input}
    tensors = [
        numpy_helper.from_array(np.asarray(values, np.float32), name)
        for name, values in WEIGHTS.items()
        if name in used
    ] + [
        numpy_helper.from_array(np.asarray(values, np.int64), name)
        for name, values in INTEGERS.items()
        if name in used
    ]
    graph = helper.make_graph(
        nodes,
        "graph",
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name in ("x", *more)],
        [helper.make_tensor_value_info(nodes[-1].output[0], TensorProto.FLOAT, None)],
        tensors,
    )
    opsets = [helper.make_opsetid("", opset), helper.make_opsetid("ai.onnx.ml", 1)]
    return helper.make_model(graph, ir_version=8, opset_imports=opsets).SerializeToString()


def run(content: bytes, inputs: FloatArray) -> FloatArray:
    """Let onnxruntime answer; columns are shared out among the inputs of the graph."""
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
    feeds, start = {}, 0
    for argument in session.get_inputs():
        shape = [length if isinstance(length, int) else -1 for length in argument.shape]
        width = int(np.prod(shape[1:]))
        feeds[argument.name] = inputs[:, start : start + width].astype(np.float32).reshape([-1, *shape[1:]])
        start += width
    (answers,) = session.run([session.get_outputs()[0].name], feeds)
    return np.asarray(answers, np.float64)


def read_checked(content: bytes, tolerance: float = 3e-6) -> Imported:
    """Read a file, and see that its network answers as onnxruntime does."""
    imported = read_onnx(content)
    model = imported.model
    inputs = np.random.default_rng(5).normal(size=(20, len(model.input_names))).astype(np.float32)
    expected = run(content, inputs).reshape(20, -1)
    if expected.shape[1] == 2 and model.task is Task.BINARY:
        expected = expected[:, 1:]
    assert difference_of(model.predict(inputs), expected) < tolerance
    return imported


def layers_of(imported: Imported) -> list[tuple[int, Activation]]:
    return [(len(layer.units), layer.activation) for layer in imported.model.topology.layers[1:]]


def refusal_of(content: bytes) -> str:
    with pytest.raises(ReadError) as raised:
        read_onnx(content)
    return str(raised.value)


def write(model: TrainedModel) -> bytes:
    return to_files(model, "network.onnx")["network.onnx"]


ACTIVATIONS = {
    "Sigmoid": [("Sigmoid", "z", "y")],
    "Relu": [("Relu", "z", "y")],
    "LeakyRelu": [("LeakyRelu", "z", "y")],
    "Elu": [("Elu", "z", "y")],
    "Selu": [("Selu", "z", "y")],
    "Softplus": [("Softplus", "z", "y")],
    "Sin": [("Sin", "z", "y")],
    "Celu": [("Celu", "z", "y")],
    "Gelu": [("Gelu", "z", "y", {"approximate": "tanh"})],
    "swish": [("Sigmoid", "z", "s"), ("Mul", "s z", "y")],
    "maximum": [("Max", "zero z", "y")],
    "clip": [("Clip", "z zero", "y")],
    "slope": [("PRelu", "z slope", "y")],
    "where": [("Mul", "z slope", "s"), ("Greater", "z zero", "g"), ("Where", "g z s", "y")],
    "logarithm": [("Exp", "z", "e"), ("Add", "unit e", "p"), ("Log", "p", "y")],
    "quotient": [("Neg", "z", "n"), ("Exp", "n", "e"), ("Add", "e unit", "p"), ("Div", "unit p", "y")],
    "sigmoid of tanh": [("Mul", "z half", "h"), ("Tanh", "h", "t"), ("Mul", "t half", "m"),
                        ("Add", "m half", "y")],
    "gelu of powers": [
        ("Pow", "z three", "p"), ("Mul", "p cubic", "q"), ("Add", "z q", "r"), ("Mul", "root r", "s"),
        ("Tanh", "s", "t"), ("Add", "unit t", "u"), ("Mul", "z half", "h"), ("Mul", "h u", "y"),
    ],
}  # fmt: skip
"""Steps from z to y that compute an activation."""
