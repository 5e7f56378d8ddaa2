"""How many samples are fed when a graph is measured, and whether nodes make anything of their number."""

from collections.abc import Sequence
from math import prod

import numpy as np

from nn_desktop.arrays import AnyArray
from nn_desktop.files.native.stored import ReadError
from nn_desktop.files.onnx.graph import INT64, Graph, Node, Tensor
from nn_desktop.files.onnx.measuring import Operand
from nn_desktop.files.onnx.values import Value

SMALLEST_BATCH, LARGEST_BATCH = 5, 500
OTHER_BATCH = 1_000_003
"""What follows from the number of samples is computed for this one, too; no float32 rounds it."""
MAX_DIMENSIONS = 8
NO_END = 2**31 - 1
"""From here on an end of a slice says that there is none."""
COUNTS = "it computes with the number of samples in a batch"
TABLE = "it makes another table of its input than one row for each sample"
PICKS = "it picks out some of its input"
MIXES = "it mixes the samples of a batch"


def batch_unlike(graph: Graph) -> int:
    """Return a size of a batch that is no length and no small number of a graph; may raise `ReadError`."""
    tensors = [*graph.tensors.values()]
    tensors += [t for node in graph.nodes for t in node.attributes.values() if isinstance(t, Tensor)]
    lengths = {length for info in graph.inputs for length in info.shape}
    for tensor in tensors:
        lengths.update(tensor.shape)
        if tensor.type == INT64 and prod(tensor.shape) <= MAX_DIMENSIONS:
            lengths.update(tensor.read().reshape(-1).tolist())
    for size in range(SMALLEST_BATCH, LARGEST_BATCH + 1):
        if size not in lengths:
            return size
    raise ReadError(
        f"its tensors have all lengths from {SMALLEST_BATCH} to {LARGEST_BATCH}, more than a network here "
        "can need: choose another file"
    )


def check_lengths(node: Node, lengths: AnyArray, others: AnyArray, batch: int) -> None:
    """Raise `ReadError` unless one length at most is the number of samples, and no other follows from it.

    `others` are the lengths for `OTHER_BATCH`.
    """
    if lengths.shape != others.shape:
        raise node.refuse(COUNTS)
    is_batch = lengths == batch
    if (others != np.where(is_batch, OTHER_BATCH, lengths)).any() or is_batch.sum() > 1:
        raise node.refuse(COUNTS if (lengths != others).any() else TABLE)


def check_samples(node: Node, operator: str, operands: Sequence[Operand]) -> None:
    """Raise `ReadError` if a node picks out samples, or has a number for each of those that are fed."""
    value, *others = operands
    if operator in ("Gather", "Slice"):
        if isinstance(value, Value) and _picks_samples(node, operator, value, others):
            raise node.refuse(PICKS)
        return
    for value in (operand for operand in operands if isinstance(operand, Value)):
        for constant in (operand for operand in operands if isinstance(operand, np.ndarray)):
            place = value.axis - len(value.shape) + constant.ndim
            if place >= 0 and constant.shape[place : place + 1] == (value.shape[value.axis],):
                raise node.refuse(MIXES)
        if operator == "BatchNormalization" and value.axis == 1:
            raise node.refuse(MIXES)


def _picks_samples(node: Node, operator: str, value: Value, others: Sequence[Operand]) -> bool:
    dimensions = len(value.shape)
    if operator == "Gather":
        axis = node.attributes.get("axis", 0)
        return isinstance(axis, int) and axis % dimensions == value.axis
    names = ("starts", "ends", "axes", "steps")
    given = [node.list_of(int, name) for name in names]  # as in old files
    for number, operand in enumerate(others):
        if isinstance(operand, np.ndarray):
            given[number] = operand.reshape(-1).tolist()
    starts, ends, axes, steps = given
    for place, axis in enumerate(axes or range(len(starts))):
        is_all = (
            starts[place : place + 1] == [0]
            and min(ends[place : place + 1], default=0) >= NO_END
            and (steps[place : place + 1] or [1]) == [1]
        )
        if axis % dimensions == value.axis and not is_all:
            return True
    return False
