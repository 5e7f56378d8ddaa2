"""Inputs and the program's answers to them, written along with an export: whoever reads it can compare.

A CSV file. The first line names the columns: the inputs, the outputs and, if classes were learned, ``class``.
Numbers are written so that they read back to the same bits; every input is also one of float32. Names that a
spreadsheet would take for formulas have an apostrophe before them (`files.spreadsheet`).
"""

import csv
import io
from dataclasses import dataclass

import numpy as np

from nn_desktop.arrays import FloatArray
from nn_desktop.files.model import TrainedModel
from nn_desktop.files.spreadsheet import cell

SUFFIX = ".check.csv"
"""Follows the whole name of the file that is checked."""
MAX_VECTORS, MIN_VECTORS = 256, 16
MAX_NUMBERS = 20_000
"""Inputs of all vectors together, where that leaves enough of them."""
SPREAD = 1.5
"""Standard deviation of the inputs as the network sees them: where it bends, and a little beyond."""
CLASS = "class"
"""Title of the column with the names of classes."""


@dataclass(frozen=True, eq=False)
class CheckVectors:
    """Raw inputs, shape (n, inputs), and raw answers, shape (n, outputs); float64."""

    inputs: FloatArray
    answers: FloatArray


def make_check_vectors(model: TrainedModel) -> CheckVectors:
    """Draw inputs, always the same ones for the same scaling, and answer them."""
    width = len(model.input_names)
    count = min(MAX_VECTORS, max(MIN_VECTORS, MAX_NUMBERS // width))
    seen = np.random.default_rng(0).normal(0.0, SPREAD, (count, width))
    seen[0] = 0.0
    inputs = model.input_scaling.undo(seen).astype(np.float32).astype(np.float64)
    return CheckVectors(inputs, model.predict(inputs))


def column_names(model: TrainedModel) -> list[str]:
    """Name the columns of answers: the outputs and, if classes were learned, the class."""
    return [*model.output_names, *([CLASS] if model.class_names else [])]


def to_csv(model: TrainedModel, vectors: CheckVectors) -> bytes:
    """Write vectors."""
    rows = np.hstack([vectors.inputs, vectors.answers]).tolist()
    classes = model.name_classes(vectors.answers) if model.class_names else None
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(map(cell, [*model.input_names, *column_names(model)]))
    for number, row in enumerate(rows):
        writer.writerow([*map(repr, row), *([] if classes is None else [cell(classes[number])])])
    return text.getvalue().encode()
