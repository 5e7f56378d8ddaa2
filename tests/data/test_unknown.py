"""Of unknown data the shape and the names are known, and nothing else."""

from dataclasses import replace

import numpy as np
import pytest

from nn_desktop.data.dataset import DataError, Task
from nn_desktop.data.source import load
from nn_desktop.data.unknown import UnknownData


@pytest.mark.parametrize(
    ("task", "outputs", "output_names", "class_names"),
    [
        (Task.REGRESSION, 2, ("y1", "y2"), ()),
        (Task.BINARY, 1, ("class 2",), ("class 1", "class 2")),
        (Task.MULTICLASS, 3, ("class 1", "class 2", "class 3"), ("class 1", "class 2", "class 3")),
    ],
)
def test_what_has_no_name_is_numbered(
    task: Task, outputs: int, output_names: tuple[str, ...], class_names: tuple[str, ...]
) -> None:
    source = UnknownData(task=task, inputs=2, outputs=outputs)
    assert source.input_names == ("x1", "x2")
    assert (source.output_names, source.class_names) == (output_names, class_names)


def test_given_names_are_taken_and_outputs_follow_the_classes() -> None:
    source = UnknownData(
        task=Task.BINARY, inputs=1, outputs=1, input_names=("age",), class_names=("no", "yes")
    )
    assert (source.input_names, source.output_names, source.class_names) == (
        ("age",), ("yes",), ("no", "yes")
    )  # fmt: skip


def test_it_is_a_value() -> None:
    one = UnknownData(task=Task.REGRESSION, inputs=2, outputs=1)
    named = UnknownData(task=Task.REGRESSION, inputs=2, outputs=1, input_names=("x1", "x2"))
    other = UnknownData(task=Task.REGRESSION, inputs=2, outputs=1, output_names=("price",))
    assert (one, hash(one)) == (named, hash(named))
    assert one != other
    assert one.default_settings == named.default_settings != other.default_settings


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (UnknownData(task=Task.REGRESSION, inputs=1, outputs=2), "1 input and 2 outputs"),
        (UnknownData(task=Task.BINARY, inputs=30, outputs=1), "30 inputs and 2 classes"),
        (UnknownData(task=Task.MULTICLASS, inputs=4, outputs=3), "4 inputs and 3 classes"),
    ],
)
def test_it_says_what_it_lacks(source: UnknownData, words: str) -> None:
    sentence = f"The data of this network are not known here: choose a dataset with {words} to train it."
    assert source.why_no_samples == sentence
    with pytest.raises(DataError) as caught:
        source.draw(source.default_settings)
    assert str(caught.value) == sentence


def test_more_random_numbers_than_fit_are_not_drawn_for_a_scaling() -> None:
    source = UnknownData(task=Task.REGRESSION, inputs=10_000, outputs=10_000)
    with pytest.raises(DataError, match="20,000,000 random numbers are more than the limit of 5,000,000"):
        load(replace(source.default_settings, samples=1000, standardize=True))


def test_a_scaling_is_that_of_the_training_part_of_the_random_numbers() -> None:
    source = UnknownData(task=Task.REGRESSION, inputs=2, outputs=1)
    data = load(replace(source.default_settings, samples=8, seed=4, standardize=True))
    assert len(data.inputs) == len(data.targets) == data.train.size == data.test.size == 0
    generator = np.random.default_rng([4, 0])
    inputs, targets = generator.standard_normal((8, 2)), generator.standard_normal((8, 1))
    train = np.random.default_rng([4, 1]).permutation(8)[:4]
    for scaling, numbers in ((data.input_scaling, inputs[train]), (data.target_scaling, targets[train])):
        np.testing.assert_allclose(scaling.mean, numbers.sum(axis=0) / 4)
        np.testing.assert_allclose(scaling.scale**2, ((numbers - scaling.mean) ** 2).sum(axis=0) / 4)


@pytest.mark.parametrize(("task", "outputs"), [(Task.REGRESSION, 2), (Task.BINARY, 1), (Task.MULTICLASS, 3)])
def test_its_dataset_has_names_and_no_samples(task: Task, outputs: int) -> None:
    source = UnknownData(task=task, inputs=4, outputs=outputs)
    data = load(source.default_settings)
    assert data.inputs.shape == (0, 4)
    assert data.targets.shape == ((0, 2) if task is Task.REGRESSION else (0,))
    assert data.train.size == data.test.size == 0
    assert (data.task, data.output_count) == (task, outputs)
    assert (data.input_names, data.output_names, data.class_names) == (
        source.input_names, source.output_names, source.class_names
    )  # fmt: skip
    assert data.input_scaling.is_none
    assert data.target_scaling.is_none
