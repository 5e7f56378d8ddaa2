"""What a network learned from is written in a file and read from it."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nn_desktop.data.catalogue import CATALOGUE
from nn_desktop.data.dataset import Task
from nn_desktop.data.sampling import Positions, SplitRule
from nn_desktop.data.source import DataSettings, load
from nn_desktop.data.unknown import UnknownData
from nn_desktop.errors import UserError
from nn_desktop.files.native.data_document import KEYS, describe_data, describe_shape, read_data
from nn_desktop.files.native.topology_document import WrongPartError

SETTINGS = st.builds(
    DataSettings,
    source=st.sampled_from(list(CATALOGUE.values())),
    samples=st.integers(4, 100_000),
    noise=st.floats(0, 0.5),
    seed=st.integers(0, 2**31 - 1),
    train_share=st.floats(0.1, 0.99),
    standardize=st.booleans(),
    positions=st.sampled_from(Positions),
    split=st.sampled_from(SplitRule),
)
NAMES = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=12)


@st.composite
def unknown_data(draw: st.DrawFn) -> DataSettings:
    task, inputs = draw(st.sampled_from(Task)), draw(st.integers(1, 5))
    outputs = 1 if task is Task.BINARY else draw(st.integers(2 if task is Task.MULTICLASS else 1, 5))
    counts = {
        "input_names": inputs,
        **({"output_names": outputs} if task is Task.REGRESSION else {"class_names": max(2, outputs)}),
    }
    names = {
        key: tuple(draw(st.lists(NAMES, min_size=count, max_size=count)))
        for key, count in counts.items()
        if draw(st.booleans())
    }
    return UnknownData(task=task, inputs=inputs, outputs=outputs, **names).default_settings


@st.composite
def scaled_unknown_data(draw: st.DrawFn) -> DataSettings:
    chosen = draw(SETTINGS)
    return replace(chosen, source=draw(unknown_data()).source, standardize=True)


@given(SETTINGS | unknown_data() | scaled_unknown_data())
def test_what_is_written_is_read(data: DataSettings) -> None:
    described = {**describe_data(data), **describe_shape(data.source)}
    assert KEYS.issuperset(described)
    assert read_data(json.loads(json.dumps(described))) == data


def test_numbered_names_are_not_written() -> None:
    source = UnknownData(task=Task.MULTICLASS, inputs=784, outputs=10)
    assert describe_shape(source) == {"task": "multiclass", "inputs": 784, "outputs": 10}


def test_outputs_that_follow_from_the_classes_are_not_written() -> None:
    flowers = ("rose", "tulip", "lily")
    source = UnknownData(task=Task.MULTICLASS, inputs=4, outputs=3, class_names=flowers)
    assert describe_shape(source) == {
        "task": "multiclass", "inputs": 4, "outputs": 3, "class_names": list(flowers)
    }  # fmt: skip
    prices = UnknownData(task=Task.REGRESSION, inputs=4, outputs=1, output_names=("price",))
    assert describe_shape(prices)["output_names"] == ["price"]


def test_missing_fields_are_those_that_suit_the_source_where_they_may_lack() -> None:
    wine = CATALOGUE["wine"].default_settings
    assert read_data({"name": "wine"}, may_lack=True) == replace(wine, split=SplitRule.BY_CLASS)
    with pytest.raises(WrongPartError, match=r'"data\.samples"'):
        read_data({"name": "wine"})


def test_data_that_do_not_say_how_they_were_split_were_split_by_class() -> None:
    xor = CATALOGUE["xor"].default_settings
    described = describe_data(xor)
    assert described["split"] == "exact"
    del described["split"]
    old = read_data(described)
    assert (len(load(xor).train), len(load(old).train)) == (250, 251)
    assert describe_data(old) == described


def test_a_regression_is_written_as_it_was_before_there_were_two_ways_to_split() -> None:
    assert "split" not in describe_data(CATALOGUE["sine"].default_settings)


@pytest.mark.parametrize(
    ("name", "task", "inputs", "outputs"),
    [
        ("random-6-3", Task.REGRESSION, 6, 3),
        ("random-784-of-10", Task.MULTICLASS, 784, 10),
        ("random-3-of-2", Task.BINARY, 3, 1),
        ("random-10000-10000", Task.REGRESSION, 10_000, 10_000),
    ],
)
def test_random_numbers_of_version_0_1_are_unknown_data(
    name: str, task: Task, inputs: int, outputs: int
) -> None:
    expected = UnknownData(task=task, inputs=inputs, outputs=outputs)
    old = {"name": name, "samples": 1000, "noise": 0.0, "seed": 0, "train_share": 0.8, "standardize": False}
    assert read_data(old) == read_data({"name": name}) == expected.default_settings


def test_standardized_random_numbers_of_version_0_1_keep_the_settings_of_their_scaling() -> None:
    expected = UnknownData(task=Task.REGRESSION, inputs=6, outputs=3).default_settings
    chosen = {"samples": 20, "noise": 0.1, "seed": 5, "train_share": 0.7, "standardize": True}
    assert read_data({"name": "random-6-3", **chosen}) == replace(expected, **chosen)
    assert read_data({"name": "random-6-3", "standardize": True}, may_lack=True) == replace(
        expected, samples=1000, train_share=0.8, standardize=True
    )


@pytest.mark.parametrize(
    "name",
    [
        *("random-", "random-3", "random-0-3", "random-3-0", "random-3-of-1", "random-10001-1"),
        *("random-²-1", "random-99999999-1", "random--1-2", "random-1-2-3"),
    ],
)
def test_a_name_of_no_shape_is_the_name_of_no_data(name: str) -> None:
    with pytest.raises(UserError, match="There is no dataset"):
        read_data({"name": name})
