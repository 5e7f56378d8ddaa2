"""How well a network does, in the terms of its task."""

import math

import numpy as np

from nn_desktop.arrays import FloatArray, IntArray
from nn_desktop.data.dataset import Dataset, Task
from nn_desktop.engines.evaluation import predict
from nn_desktop.network.parameters import Parameters
from nn_desktop.training.samples import decode_labels


def predict_raw(parameters: Parameters, dataset: Dataset, inputs: FloatArray) -> FloatArray:
    """Return a network's outputs for inputs in the dataset's own units, shapes (n, inputs) and (n, outputs).

    For regression they are in the dataset's units too; for classification they are as the output layer gives.
    """
    outputs = predict(parameters, dataset.input_scaling.apply(inputs))
    return dataset.target_scaling.undo(outputs) if dataset.task is Task.REGRESSION else outputs


def predict_labels(parameters: Parameters, dataset: Dataset, inputs: FloatArray) -> IntArray:
    """Return the class that a network gives each row of inputs, shape (n,)."""
    outputs = predict_raw(parameters, dataset, inputs)
    return decode_labels(outputs, parameters.topology.layers[-1].activation)


def accuracy(parameters: Parameters, dataset: Dataset, rows: IntArray) -> float:
    """Return the share of rows whose class is predicted right."""
    return float((predict_labels(parameters, dataset, dataset.inputs[rows]) == dataset.labels[rows]).mean())


def confusion_matrix(parameters: Parameters, dataset: Dataset, rows: IntArray) -> IntArray:
    """Count rows by actual class (row) and predicted class (column), shape (classes, classes)."""
    classes = len(dataset.class_names)
    counts = np.zeros((classes, classes), np.int64)
    np.add.at(counts, (dataset.labels[rows], predict_labels(parameters, dataset, dataset.inputs[rows])), 1)
    return counts


def r_squared(parameters: Parameters, dataset: Dataset, rows: IntArray) -> float:
    """Return R² = 1 − Σ (y − ŷ)² / Σ (y − ȳ)², over all outputs together; NaN if no two y differ."""
    if not len(rows):
        return math.nan
    actual = dataset.values[rows]
    spread = actual - actual.mean(axis=0)
    if not spread.any():
        return math.nan
    with np.errstate(over="ignore"):  # a diverged network may be off by more than can be squared
        residual = actual - predict_raw(parameters, dataset, dataset.inputs[rows])
        return float(1 - (residual**2).sum() / (spread**2).sum())
