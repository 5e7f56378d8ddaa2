"""How well a network does, counted by hand."""

from dataclasses import replace

import numpy as np
import pytest
from known_data import default_settings

from nn_desktop.data.dataset import Dataset
from nn_desktop.data.scaling import Scaling
from nn_desktop.data.source import load
from nn_desktop.insight.metrics import accuracy, confusion_matrix, predict_labels, predict_raw, r_squared
from nn_desktop.network.functions import Activation
from nn_desktop.network.parameters import Parameters
from nn_desktop.network.topology import chain

ALL = np.arange(5)


def linear(weights: list[list[float]], biases: list[float], output: Activation) -> Parameters:
    """Make a network without a hidden layer: weights of shape (outputs, inputs)."""
    parameters = Parameters.zeros(chain((len(weights[0]), len(weights)), (output,)))
    first, last = parameters.topology.layers
    parameters.weights(first.id, last.id)[:] = weights
    parameters.biases(last.id)[:] = biases
    return parameters


def with_samples(name: str, inputs: list[list[float]], targets: list, **changes: object) -> Dataset:
    dataset = load(default_settings(name))
    width = len(inputs[0])
    return replace(
        dataset,
        inputs=np.array(inputs, float),
        targets=np.array(targets),
        train=ALL[:2].copy(),
        test=ALL[2:].copy(),
        input_scaling=changes.get("input_scaling", Scaling.none(width)),
        target_scaling=changes.get("target_scaling", Scaling.none(1)),
    )


# ŷ is the sign of x₁: samples 1 and 4 are taken for the wrong class.
TWO_CLASSES = with_samples("xor", [[1, 0], [1, 0], [-1, 0], [-1, 0], [2, 0]], [1, 0, 0, 0, 0])


@pytest.mark.parametrize("output", [Activation.SIGMOID, Activation.TANH, Activation.IDENTITY])
def test_two_classes(output):
    parameters = linear([[3.0, 0.0]], [0.0], output)
    np.testing.assert_array_equal(
        predict_labels(parameters, TWO_CLASSES, TWO_CLASSES.inputs), [1, 1, 0, 0, 1]
    )
    assert accuracy(parameters, TWO_CLASSES, ALL) == 3 / 5
    assert accuracy(parameters, TWO_CLASSES, TWO_CLASSES.train) == 1 / 2
    np.testing.assert_array_equal(confusion_matrix(parameters, TWO_CLASSES, ALL), [[2, 2], [0, 1]])
    np.testing.assert_array_equal(
        confusion_matrix(parameters, TWO_CLASSES, TWO_CLASSES.test), [[2, 1], [0, 0]]
    )


def test_many_classes():
    # The class is the largest of the first three inputs.
    rows = [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 1, 0], [0, 1, 0, 0]]
    dataset = with_samples("iris", rows, [0, 1, 2, 1, 0])
    parameters = linear(np.eye(3, 4).tolist(), [0.0] * 3, Activation.SOFTMAX)
    np.testing.assert_array_equal(predict_labels(parameters, dataset, dataset.inputs), [0, 1, 2, 2, 1])
    assert accuracy(parameters, dataset, ALL) == 3 / 5
    np.testing.assert_array_equal(
        confusion_matrix(parameters, dataset, ALL), [[1, 1, 0], [0, 1, 1], [0, 0, 1]]
    )


def test_predictions_are_in_the_units_of_the_dataset():
    # The network sees (x − 10) / 2, gives out 3 times that, and its answer means 5 ŷ + 100.
    dataset = with_samples(
        "sine",
        [[10], [12], [14], [16], [8]],
        [[100.0], [115.0], [130.0], [145.0], [85.0]],
        input_scaling=Scaling(np.array([10.0]), np.array([2.0])),
        target_scaling=Scaling(np.array([100.0]), np.array([5.0])),
    )
    parameters = linear([[3.0]], [0.0], Activation.IDENTITY)
    np.testing.assert_allclose(predict_raw(parameters, dataset, dataset.inputs), dataset.targets)
    assert r_squared(parameters, dataset, ALL) == pytest.approx(1.0)


def test_r_squared_by_hand():
    # Targets 0 … 4 have the mean 2 and Σ (y − ȳ)² = 10; the errors of ŷ = x are 0, 0, 0, 0, 2: 1 − 4/10.
    dataset = with_samples("sine", [[0], [1], [2], [3], [6]], [[0.0], [1.0], [2.0], [3.0], [4.0]])
    parameters = linear([[1.0]], [0.0], Activation.IDENTITY)
    assert r_squared(parameters, dataset, ALL) == pytest.approx(0.6)
    # The mean itself explains nothing.
    assert r_squared(linear([[0.0]], [2.0], Activation.IDENTITY), dataset, ALL) == pytest.approx(0.0)


def test_metrics_agree_with_scikit_learn():
    metrics = pytest.importorskip("sklearn.metrics")
    generator = np.random.default_rng(0)
    iris = load(default_settings("iris"))
    parameters = linear(generator.normal(size=(3, 4)).tolist(), [0.0] * 3, Activation.SOFTMAX)
    labels = predict_labels(parameters, iris, iris.inputs[iris.test])
    actual = iris.targets[iris.test]
    assert accuracy(parameters, iris, iris.test) == pytest.approx(metrics.accuracy_score(actual, labels))
    np.testing.assert_array_equal(
        confusion_matrix(parameters, iris, iris.test),
        metrics.confusion_matrix(actual, labels, labels=range(3)),
    )
    sine = load(default_settings("sine"))
    parameters = linear([[0.3]], [0.1], Activation.IDENTITY)
    assert r_squared(parameters, sine, sine.test) == pytest.approx(
        metrics.r2_score(sine.targets[sine.test], predict_raw(parameters, sine, sine.inputs[sine.test]))
    )
