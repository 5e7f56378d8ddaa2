"""The ONNX operators that networks which can be shown here are made of."""

from collections.abc import Mapping

from nn_desktop.files.onnx import arithmetic, shapes
from nn_desktop.files.onnx.activations import BENDS, PAIRS
from nn_desktop.files.onnx.evaluator import Operator

OPERATORS: Mapping[str, Operator] = {
    **{name: Operator(arithmetic.bend) for name in BENDS},
    **{name: Operator(arithmetic.arithmetic, 2) for name in PAIRS if name not in ("Max", "Min")},
    **{name: Operator(arithmetic.arithmetic_of_many) for name in ("Max", "Min", "Sum")},
    "BatchNormalization": Operator(arithmetic.batch_normalization, 5),
    "Cast": Operator(shapes.cast),
    "Clip": Operator(arithmetic.clip),
    "Concat": Operator(shapes.concat),
    "Constant": Operator(shapes.make_constant, 0),
    "Dropout": Operator(shapes.same),
    "Expand": Operator(shapes.expand, 2),
    "Flatten": Operator(shapes.flatten),
    "Gather": Operator(shapes.gather, 2),
    "Gemm": Operator(arithmetic.gemm, 2),
    "Identity": Operator(shapes.same),
    "LogSoftmax": Operator(arithmetic.softmax),
    "MatMul": Operator(arithmetic.matmul, 2),
    "Neg": Operator(arithmetic.negative),
    "Reshape": Operator(shapes.reshape, 2),
    "Shape": Operator(shapes.shape),
    "Slice": Operator(shapes.slice_of),
    "Softmax": Operator(arithmetic.softmax),
    "Squeeze": Operator(shapes.squeeze),
    "Transpose": Operator(shapes.transpose),
    "Unsqueeze": Operator(shapes.unsqueeze),
    "Where": Operator(arithmetic.where, 3),
    "ai.onnx.ml.Scaler": Operator(arithmetic.scaler),
}
"""By operator; all others are refused."""
