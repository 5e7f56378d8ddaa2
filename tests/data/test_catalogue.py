"""The catalogue tells the truth about each dataset, and the same settings give the same bits."""

import pickle
from dataclasses import FrozenInstanceError, replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from known_data import default_settings

from nn_desktop.data.builtin import Group
from nn_desktop.data.catalogue import CATALOGUE, find_source
from nn_desktop.data.dataset import Dataset, Task
from nn_desktop.data.source import DataSettings, load
from nn_desktop.errors import UserError

PARTED = [name for name, source in CATALOGUE.items() if source.group is not Group.SAMPLE]
ADJUSTABLE = [source for source in CATALOGUE.values() if "samples" in source.adjustable]


def assert_same_bits(first: Dataset, second: Dataset) -> None:
    for one, other in (
        (first.inputs, second.inputs),
        (first.targets, second.targets),
        (first.train, second.train),
        (first.test, second.test),
        (first.input_scaling.mean, second.input_scaling.mean),
        (first.input_scaling.scale, second.input_scaling.scale),
        (first.target_scaling.mean, second.target_scaling.mean),
        (first.target_scaling.scale, second.target_scaling.scale),
    ):
        assert one.dtype == other.dtype
        assert one.tobytes() == other.tobytes()


def test_the_catalogue_holds_the_presets_in_teaching_order() -> None:
    assert list(CATALOGUE) == [
        "sine", "damped-sine", "cubic", "x-sin-x", "gaussian-bump", "sinc", "runge",
        "absolute", "step", "square-wave", "sawtooth", "chirp", "doppler", "heavisine",
        "gauss", "circle", "xor", "spiral", "plane", "gaussians",
        "iris", "wine", "breast-cancer", "digits", "digits-784",
        "textbook",
    ]  # fmt: skip


@pytest.mark.parametrize("name", CATALOGUE)
def test_an_entry_says_what_is_loaded(name: str) -> None:
    entry = find_source(name)
    data = load(default_settings(name))
    assert entry.name == name
    assert entry.title == data.title
    assert entry.task is data.task
    assert (entry.samples, entry.inputs) == data.inputs.shape
    assert entry.outputs == data.output_count
    assert data.inputs.dtype == np.float64
    assert data.targets.dtype == (np.float64 if data.task is Task.REGRESSION else np.int64)
    targets = (entry.samples, entry.outputs) if data.task is Task.REGRESSION else (entry.samples,)
    assert data.targets.shape == targets
    assert ("samples" in entry.adjustable) == (entry.group in (Group.FUNCTION, Group.PLANAR))
    assert ("positions" in entry.adjustable) == (entry.group is Group.FUNCTION)
    assert entry.input_names in ((), data.input_names)
    assert (entry.output_names, entry.class_names) == (data.output_names, data.class_names)
    assert entry.description.endswith((".", "?"))
    assert (entry.formula == "") == (entry.group is Group.TABLE)
    assert data.input_scaling.is_none != entry.standardize
    assert data.target_scaling.is_none != (entry.standardize and data.task is Task.REGRESSION)


@pytest.mark.parametrize("name", CATALOGUE)
def test_arrays_are_read_only(name: str) -> None:
    data = load(default_settings(name))
    scalings = (data.input_scaling, data.target_scaling)
    vectors = [vector for scaling in scalings for vector in (scaling.mean, scaling.scale)]
    assert not any(
        values.flags.writeable for values in (data.inputs, data.targets, data.train, data.test, *vectors)
    )
    with pytest.raises(FrozenInstanceError):
        data.title = "other"  # type: ignore[misc]


@pytest.mark.parametrize("name", PARTED)
def test_scaling_comes_from_the_training_part_only(name: str) -> None:
    data = load(replace(default_settings(name), standardize=True))
    scaled = data.input_scaling.apply(data.inputs[data.train])
    varied = np.ptp(data.inputs[data.train], axis=0) > 0
    np.testing.assert_allclose(scaled.mean(axis=0), 0.0, atol=1e-9)
    np.testing.assert_allclose(scaled.std(axis=0), np.where(varied, 1.0, 0.0), atol=1e-9)
    assert np.abs(data.input_scaling.apply(data.inputs).mean(axis=0)).max() > 1e-6
    if data.task is Task.REGRESSION:
        np.testing.assert_allclose(data.target_scaling.mean, data.targets[data.train].mean(axis=0))
        np.testing.assert_allclose(data.target_scaling.scale, data.targets[data.train].std(axis=0))


@hypothesis_settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    settings=st.builds(
        DataSettings,
        source=st.sampled_from(ADJUSTABLE),
        samples=st.integers(4, 300),
        noise=st.floats(0, 0.5),
        seed=st.integers(0, 2**31 - 1),
        train_share=st.floats(0.1, 0.9),
        standardize=st.booleans(),
    )
)
def test_any_settings_give_a_sound_dataset_and_always_the_same(settings: DataSettings) -> None:
    data = load(settings)
    assert_same_bits(data, load(settings))
    assert len(data.inputs) == len(data.targets) == settings.samples
    assert np.isfinite(data.inputs).all()
    assert np.isfinite(data.targets).all()
    assert sorted([*data.train, *data.test]) == list(range(settings.samples))
    assert min(data.train.size, data.test.size) >= 1


@pytest.mark.parametrize("name", PARTED)
def test_another_seed_gives_other_data_or_another_split(name: str) -> None:
    plain = default_settings(name)
    data, other = load(plain), load(replace(plain, seed=1))
    assert data.train.tolist() != other.train.tolist()
    # Nothing of a spiral without noise is left to chance, nor of a table.
    fixed = name == "spiral" or "samples" not in find_source(name).adjustable
    assert np.array_equal(data.inputs, other.inputs) == fixed


def test_the_sample_of_the_textbook_is_for_training_and_nothing_of_it_can_be_adjusted() -> None:
    settings = default_settings("textbook")
    data = load(settings)
    assert (data.inputs.tolist(), data.targets.tolist()) == ([[0.05, 0.1]], [[0.01, 0.99]])
    assert (data.train.tolist(), data.test.tolist()) == ([0], [])
    assert find_source("textbook").adjustable == frozenset()
    with pytest.raises(UserError, match="all of them are used"):
        load(replace(settings, samples=2))
    with pytest.raises(UserError, match="between 4 and"):
        replace(default_settings("sine"), samples=3)


def test_seed_zero_means_the_same_on_every_machine() -> None:
    data = load(default_settings("sine"))
    positions = np.random.default_rng([0, 0]).uniform(-np.pi, np.pi, 200)
    order = np.random.default_rng([0, 1]).permutation(200)
    assert data.inputs.ravel().tolist() == positions.tolist()
    assert data.train.tolist() == order[:160].tolist()
    assert data.test.tolist() == order[160:].tolist()


@pytest.mark.parametrize("name", CATALOGUE)
def test_a_dataset_can_travel_to_another_process(name: str) -> None:
    data = load(default_settings(name))
    assert_same_bits(data, pickle.loads(pickle.dumps(data)))
    settings = pickle.loads(pickle.dumps(default_settings(name)))
    assert (settings, hash(settings)) == (default_settings(name), hash(default_settings(name)))
    assert_same_bits(data, load(settings))


def test_an_unknown_name_suggests_the_nearest() -> None:
    with pytest.raises(UserError) as caught:
        find_source("sin")
    assert str(caught.value) == 'There is no dataset "sin". Did you mean "sine"?'
