"""Other weights, the same answers: numbers by hand, and any network."""

from dataclasses import replace

import numpy as np
import pytest
from files.random_models import trained_models
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from nn_desktop.data.dataset import Task
from nn_desktop.data.scaling import Scaling
from nn_desktop.engines.names import Precision
from nn_desktop.files.imports.equivalence import (
    NoEquivalentError,
    is_close,
    with_class_order,
    with_input_scaling,
    with_one_output,
    with_target_scaling,
)
from nn_desktop.files.imports.imported import model_without_data
from nn_desktop.files.model import TrainedModel
from nn_desktop.network.functions import Activation
from nn_desktop.network.parameters import Parameters, connection_mask
from nn_desktop.network.topology import Link, Topology, chain

DOUBLE = trained_models(Precision.FLOAT64)


def by_hand(
    sizes: tuple[int, ...], values: list[float], output: Activation, task: Task, **more: object
) -> TrainedModel:
    topology = chain(sizes, (output,))
    return replace(model_without_data(Parameters(topology, np.array(values)), task), **more)  # type: ignore[arg-type]


def random_scaling(seed: int, width: int) -> Scaling:
    generator = np.random.default_rng(seed)
    return Scaling(generator.normal(0.0, 3.0, width), generator.uniform(0.3, 3.0, width))


def inputs_of(model: TrainedModel) -> np.ndarray:
    seen = np.random.default_rng(1).normal(0.0, 1.5, (20, len(model.input_names)))
    return model.input_scaling.undo(seen)


def assert_same_answers(one: np.ndarray, other: np.ndarray) -> None:
    largest = np.maximum(1.0, abs(other).max(axis=0))
    np.testing.assert_allclose(one / largest, other / largest, rtol=0, atol=1e-11)


def assert_removed_stay_removed(model: TrainedModel) -> None:
    mask = connection_mask(model.topology)
    assert mask is None or not model.parameters.vector[~mask].any()


def test_the_inputs_by_hand() -> None:
    # y = 6 x + 1 with x = (raw − 10) / 2, so y = 3 raw − 29. With x' = (raw − 4) / 5, raw = 5 x' + 4:
    # y = 15 x' − 17.
    scaling = Scaling(np.array([10.0]), np.array([2.0]))
    model = by_hand((1, 1), [6.0, 1.0], Activation.IDENTITY, Task.REGRESSION, input_scaling=scaling)
    folded = with_input_scaling(model, Scaling(np.array([4.0]), np.array([5.0])))
    np.testing.assert_allclose(folded.parameters.vector, [15.0, -17.0], rtol=1e-15)
    assert model.parameters.vector.tolist() == [6.0, 1.0]  # as it was


def test_the_targets_by_hand() -> None:
    # Answers are 10 (2 x + 3) + 100 = 20 x + 130; as 4 y' + 50 they are, y' = 5 x + 20.
    scaling = Scaling(np.array([100.0]), np.array([10.0]))
    model = by_hand((1, 1), [2.0, 3.0], Activation.IDENTITY, Task.REGRESSION, target_scaling=scaling)
    folded = with_target_scaling(model, Scaling(np.array([50.0]), np.array([4.0])))
    np.testing.assert_allclose(folded.parameters.vector, [5.0, 20.0], rtol=1e-15)


def test_two_classes_by_hand() -> None:
    # z₀ = x + 2, z₁ = 4 x + 3: σ(3 x + 1)
    model = by_hand((1, 2), [1.0, 2.0, 4.0, 3.0], Activation.SOFTMAX, Task.MULTICLASS)
    joined = with_one_output(model)
    assert joined.parameters.vector.tolist() == [3.0, 1.0]
    assert joined.task is Task.BINARY
    assert (joined.class_names, joined.output_names) == (model.class_names, model.class_names[1:])


@settings(max_examples=50, deadline=None)
@given(model=DOUBLE, seed=st.integers(0, 2**32 - 1))
def test_any_network_answers_the_same_with_another_scaling_of_inputs(model: TrainedModel, seed: int) -> None:
    inputs = inputs_of(model)
    assume(abs(model.input_scaling.mean).max() < 1e4)
    folded = with_input_scaling(model, random_scaling(seed, len(model.input_names)))
    assert_same_answers(folded.predict(inputs), model.predict(inputs))
    assert_removed_stay_removed(folded)


@settings(max_examples=60, deadline=None)
@given(model=DOUBLE, seed=st.integers(0, 2**32 - 1))
def test_any_network_answers_the_same_with_another_scaling_of_targets(model: TrainedModel, seed: int) -> None:
    assume(model.task is Task.REGRESSION)
    scaling = random_scaling(seed, len(model.output_names))
    if model.topology.layers[-1].activation is not Activation.IDENTITY:
        with pytest.raises(NoEquivalentError, match="output layer has the activation"):
            with_target_scaling(model, scaling)
        last = replace(model.topology.layers[-1], activation=Activation.IDENTITY)
        topology = replace(model.topology, layers=(*model.topology.layers[:-1], last))
        model = replace(model, parameters=Parameters(topology, model.parameters.vector))
    inputs = inputs_of(model)
    folded = with_target_scaling(model, scaling)
    assert_same_answers(folded.predict(inputs), model.predict(inputs))
    assert_removed_stay_removed(folded)


@settings(max_examples=50, deadline=None)
@given(model=DOUBLE, chance=st.randoms())
def test_any_network_answers_the_same_in_another_order(model: TrainedModel, chance: object) -> None:
    assume(model.task is not Task.REGRESSION)
    names = list(model.class_names)
    chance.shuffle(names)  # type: ignore[attr-defined]
    order = [model.class_names.index(name) for name in names]
    inputs = inputs_of(model)
    answers = model.predict(inputs)
    if model.task is Task.MULTICLASS:
        reordered = with_class_order(model, tuple(names))
        assert_same_answers(reordered.predict(inputs), answers[:, order])
    else:
        odd = {Activation.TANH, Activation.SINE, Activation.IDENTITY}
        output = model.topology.layers[-1].activation
        if output not in odd | {Activation.SIGMOID}:
            with pytest.raises(NoEquivalentError):
                with_class_order(model, tuple(reversed(model.class_names)))
            return
        reordered = with_class_order(model, tuple(reversed(model.class_names)))
        assert_same_answers(reordered.predict(inputs), -answers if output in odd else 1 - answers)
    assert_removed_stay_removed(reordered)
    clear = abs(answers - (model.threshold or 0)).min(axis=1) > 1e-9
    if model.task is Task.BINARY:
        names_then, names_now = (m.name_classes(m.predict(inputs)) for m in (model, reordered))
        assert [n for n, c in zip(names_then, clear, strict=True) if c] == [
            n for n, c in zip(names_now, clear, strict=True) if c
        ]


@settings(max_examples=50, deadline=None)
@given(model=DOUBLE)
def test_any_softmax_of_two_is_one_sigmoid(model: TrainedModel) -> None:
    if model.topology.sizes[-1] != 2 or model.topology.layers[-1].activation is not Activation.SOFTMAX:
        with pytest.raises(NoEquivalentError):
            with_one_output(model)
        return
    inputs = inputs_of(model)
    joined = with_one_output(model)
    np.testing.assert_allclose(joined.predict(inputs), model.predict(inputs)[:, 1:], rtol=0, atol=1e-12)
    assert_removed_stay_removed(joined)


def test_the_links_of_two_units_become_those_of_one() -> None:
    wide = chain((2, 2), (Activation.SOFTMAX,))
    (a, b), (no, yes) = wide.layers[0].units, wide.layers[1].units
    source, target = wide.layers[0].id, wide.layers[1].id

    def joined(link: Link) -> Link:
        topology = Topology(wide.layers, (link,), wide.next_id)
        model = model_without_data(Parameters.zeros(topology), Task.MULTICLASS)
        return with_one_output(model).topology.links[0]

    dense = Link(
        source, target, frozenset({(a, no), (b, no), (b, yes)}), None, frozenset({(a, no), (a, yes)})
    )
    assert joined(dense) == Link(source, target, frozenset({(b, yes)}), None, frozenset({(a, yes)}))
    sparse = Link(source, target, frozenset(), frozenset({(a, no), (b, yes)}), frozenset({(a, no)}))
    assert joined(sparse) == Link(source, target, frozenset(), frozenset({(a, yes), (b, yes)}))


def test_what_gets_too_large_is_refused() -> None:
    model = by_hand((1, 1), [1e10, 0.0], Activation.IDENTITY, Task.REGRESSION)
    with pytest.raises(NoEquivalentError, match="too large for float64"):
        with_input_scaling(model, Scaling(np.array([0.0]), np.array([1e300])))
    with pytest.raises(NoEquivalentError, match="too large for float64"):
        with_target_scaling(model, Scaling(np.array([0.0]), np.array([1e-300])))


def test_scalings_are_close_in_relation_to_their_columns() -> None:
    one = Scaling(np.array([1e6, 0.0]), np.array([1e-3, 1.0]))
    assert is_close(one, Scaling(one.mean * (1 + 1e-13), one.scale * (1 - 1e-13)))
    assert not is_close(one, Scaling(np.array([1e6, 1e-11]), one.scale))
    assert not is_close(one, Scaling(one.mean, np.array([1e-3 * (1 + 1e-11), 1.0])))
    assert not is_close(one, Scaling(np.array([1e6, 0.0]), np.array([-1e-3, 1.0])))
    assert not is_close(one, Scaling.none(3))
