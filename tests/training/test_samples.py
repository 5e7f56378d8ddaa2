"""Targets as the output layer can reach them, and back."""

from dataclasses import replace

import numpy as np
import pytest
from known_data import default_settings

from nn_desktop.data.source import load
from nn_desktop.network.functions import Activation
from nn_desktop.training.samples import class_values, decode_labels, encode_targets, make_samples

SYMMETRIC = {Activation.TANH, Activation.IDENTITY, Activation.SINE}


@pytest.mark.parametrize("output", Activation)
def test_no_and_yes_of_each_output(output):
    assert class_values(output) == ((-1, 1) if output in SYMMETRIC else (0, 1))


@pytest.mark.parametrize("output", [a for a in Activation if a is not Activation.SOFTMAX])
def test_two_classes_are_one_output_and_decode_again(output):
    dataset = load(default_settings("xor"))
    targets = encode_targets(dataset, output)
    assert targets.shape == (500, 1)
    assert set(np.unique(targets)) == set(class_values(output))
    np.testing.assert_array_equal(decode_labels(targets, output), dataset.targets)


@pytest.mark.parametrize("output", Activation)
def test_many_classes_are_an_output_each_and_decode_again(output):
    dataset = load(default_settings("iris"))
    targets = encode_targets(dataset, output)
    no, yes = class_values(output)
    assert targets.shape == (150, 3)
    np.testing.assert_array_equal(targets.sum(axis=1), yes + 2 * no)
    np.testing.assert_array_equal(decode_labels(targets, output), dataset.targets)


def test_threshold_lies_in_the_middle():
    outputs = np.array([[-0.2], [0.2], [0.4], [0.6]])
    np.testing.assert_array_equal(decode_labels(outputs, Activation.SIGMOID), [0, 0, 0, 1])
    np.testing.assert_array_equal(decode_labels(outputs, Activation.TANH), [0, 1, 1, 1])


def test_regression_targets_are_scaled():
    dataset = load(replace(default_settings("sine"), standardize=True))
    targets = encode_targets(dataset, Activation.IDENTITY)
    np.testing.assert_allclose(targets[dataset.train].mean(), 0, atol=1e-12)
    np.testing.assert_allclose(targets[dataset.train].std(), 1)
    np.testing.assert_allclose(dataset.target_scaling.undo(targets), dataset.targets)


def test_samples_are_parted_as_the_dataset_says():
    dataset = load(default_settings("iris"))
    samples = make_samples(dataset, Activation.SOFTMAX)
    np.testing.assert_array_equal(
        samples.train_inputs, dataset.input_scaling.apply(dataset.inputs[dataset.train])
    )
    np.testing.assert_array_equal(
        samples.test_inputs, dataset.input_scaling.apply(dataset.inputs[dataset.test])
    )
    np.testing.assert_array_equal(samples.train_targets.argmax(axis=1), dataset.targets[dataset.train])
    np.testing.assert_array_equal(samples.test_targets.argmax(axis=1), dataset.targets[dataset.test])


def test_smoothed_targets_by_hand() -> None:
    dataset = load(default_settings("iris"))
    plain = make_samples(dataset, Activation.SOFTMAX)
    smooth = make_samples(dataset, Activation.SOFTMAX, 0.3)
    np.testing.assert_allclose(smooth.train_targets[plain.train_targets == 1], 0.8)  # 0.7 + 0.3 / 3
    np.testing.assert_allclose(smooth.test_targets[plain.test_targets == 0], 0.1)
    each_for_itself = make_samples(dataset, Activation.SIGMOID, 0.3)  # the binary cross-entropy of each class
    np.testing.assert_allclose(np.unique(each_for_itself.train_targets), [0.15, 0.85])
    binary = load(default_settings("circle"))
    np.testing.assert_allclose(
        np.unique(make_samples(binary, Activation.SIGMOID, 0.2).train_targets), [0.1, 0.9]
    )
