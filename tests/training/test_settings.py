"""The table of settings: each row is a field of its record, read and put by its name."""

from dataclasses import fields, replace
from enum import StrEnum
from typing import Any, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st
from known_data import make_setup

from nn_desktop.data.source import DataSettings
from nn_desktop.errors import UserError
from nn_desktop.network.functions import Activation, Loss
from nn_desktop.network.notation import parse_layers
from nn_desktop.training.hyperparameters import Hyperparameters
from nn_desktop.training.setting import Part, Setting
from nn_desktop.training.settings import LEARNING_RATE, LOSS, PRECISION, SETTINGS, settings_of

SETUP = make_setup("sine", parse_layers("4"), Activation.TANH)
RECORDS = {Part.DATA: DataSettings, Part.HYPERPARAMETERS: Hyperparameters}
BOUNDED = [setting for setting in SETTINGS if setting.high is not None]


def name(setting: Setting[Any]) -> str:
    return f"{setting.part}.{setting.name}"


def values(setting: Setting[Any]) -> st.SearchStrategy[Any]:
    if setting.kind is bool:
        return st.booleans()
    if issubclass(setting.kind, StrEnum):
        return st.sampled_from(list(setting.choices_for(SETUP)))
    if setting.kind is int:
        return st.integers(setting.low, setting.high)
    return st.floats(setting.low or 1e-300, setting.high or 1e300)


@pytest.mark.parametrize("setting", SETTINGS, ids=name)
def test_a_row_names_a_field_of_its_record_and_its_type(setting: Setting[Any]) -> None:
    assert get_type_hints(RECORDS[setting.part])[setting.name] is setting.kind


def test_everything_about_learning_has_a_row_in_the_order_of_its_record() -> None:
    names = [setting.name for setting in settings_of(Part.HYPERPARAMETERS)]
    assert names == [field.name for field in fields(Hyperparameters)]


def test_everything_about_the_data_but_their_source_has_a_row() -> None:
    names = {setting.name for setting in settings_of(Part.DATA)}
    # Nobody sets how old the rule of the split is.
    assert names == {field.name for field in fields(DataSettings)} - {"source", "split"}


@pytest.mark.parametrize("setting", settings_of(Part.HYPERPARAMETERS), ids=name)
def test_the_default_of_a_row_is_that_of_its_record_unless_the_task_says_it(setting: Setting[Any]) -> None:
    expected = None if setting is LOSS else getattr(Hyperparameters(), setting.name)
    assert setting.default == expected


@given(st.data())
def test_what_is_put_is_there_and_nothing_else_has_changed(data: st.DataObject) -> None:
    setting = data.draw(st.sampled_from(SETTINGS), "setting")
    value = data.draw(values(setting), "value")
    after = setting.put(SETUP, value)
    assert setting.get(after) == value
    if setting is not LOSS:  # which the output activation follows
        assert setting.put(after, setting.get(SETUP)) == SETUP


@pytest.mark.parametrize("setting", BOUNDED, ids=name)
def test_the_bounds_of_a_row_are_those_of_its_record(setting: Setting[Any]) -> None:
    step = 1 if setting.kind is int else 0.01
    for value in (setting.low, setting.high):
        assert setting.get(setting.put(SETUP, value)) == value
    for value in (setting.low - step, setting.high + step):
        with pytest.raises(UserError):
            setting.put(SETUP, value)


def test_a_cross_entropy_brings_its_output_activation_along() -> None:
    setup = make_setup("spiral", parse_layers("4"), Activation.TANH)
    squared = LOSS.put(setup, Loss.MEAN_SQUARED_ERROR)
    topology = replace(squared.topology.layers[-1], activation=Activation.TANH)
    layers = (*squared.topology.layers[:-1], topology)
    other = replace(squared, topology=replace(squared.topology, layers=layers))
    after = LOSS.put(other, Loss.BINARY_CROSS_ENTROPY)
    assert after.topology.layers[-1].activation is Activation.SIGMOID


def test_a_learning_rate_that_cannot_learn_is_refused_by_its_record() -> None:
    with pytest.raises(UserError, match="A learning rate of 0 cannot learn"):
        LEARNING_RATE.put(SETUP, 0.0)


def test_every_choice_has_a_title() -> None:
    assert [PRECISION.title_of(each) for each in PRECISION.choices_for(SETUP)] == [
        "64 bits (float64)",
        "32 bits (float32)",
    ]
    assert LOSS.title_of(Loss.MEAN_SQUARED_ERROR) == "Mean squared error"


def test_no_two_rows_share_a_field_an_option_or_a_key() -> None:
    for keys in (
        [setting.field for setting in SETTINGS if setting.field],
        [setting.option.name for setting in SETTINGS if setting.option is not None],
        [name(setting) for setting in SETTINGS],
    ):
        assert len(keys) == len(set(keys))
