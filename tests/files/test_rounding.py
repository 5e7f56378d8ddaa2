"""What rounding explains is let pass in networks of any width and depth, and what is wrong is found."""

import math
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from files.random_models import trained_models
from hypothesis import given, settings
from known_data import default_settings
from strategies import random_parameters

from nn_desktop.arrays import FloatArray
from nn_desktop.data.dataset import Task
from nn_desktop.data.scaling import Scaling
from nn_desktop.engines.engine import StopFlag
from nn_desktop.engines.numpy_functions import FUNCTIONS
from nn_desktop.files.check_vectors import make_check_vectors
from nn_desktop.files.checking import Answered, Check, NotCheckedError, Question, compare
from nn_desktop.files.exporters import export, find_exporter
from nn_desktop.files.model import TrainedModel
from nn_desktop.files.programs.steps import steps_of
from nn_desktop.files.rounding import answer_deviations, rounding_tolerance
from nn_desktop.network.functions import Activation, Initializer
from nn_desktop.network.initializers import initialize
from nn_desktop.network.parameters import Parameters
from nn_desktop.network.topology import chain
from nn_desktop.training.hyperparameters import Hyperparameters

TANH, RELU, IDENTITY = Activation.TANH, Activation.RELU, Activation.IDENTITY
NETWORKS = {
    "narrow": ((2, 16, 16, 1), (TANH, TANH, IDENTITY)),
    "wide": ((1, 5000, 1), (TANH, IDENTITY)),
    "wide of lines": ((1, 5000, 1), (RELU, IDENTITY)),
    "images": ((784, 300, 10), (RELU, Activation.SOFTMAX)),
    "deep": ((50,) * 11, (TANH,) * 9 + (IDENTITY,)),
    "deep of lines": ((50,) * 11, (RELU,) * 9 + (IDENTITY,)),
}

SCALINGS = [(0.0, 1e-9), (2000.0, 1.0), (101325.0, 5.0), (123456.789, 0.01), (-1e9, 100.0)]
"""Means and scales of targets: most of each answer is the mean, which needs no network."""


def network(name: str, dtype: str) -> TrainedModel:
    sizes, activations = NETWORKS[name]
    parameters = initialize(chain(sizes, activations), Initializer.GLOROT_UNIFORM, 1, np.dtype("float64"))
    generator = np.random.default_rng(1)
    for layer in parameters.topology.layers[1:]:
        parameters.biases(layer.id)[:] = generator.normal(0.0, 0.3, len(layer.units))
    return regression(Parameters(parameters.topology, parameters.vector.astype(dtype)))


def regression(parameters: Parameters) -> TrainedModel:
    inputs, *_, outputs = parameters.topology.sizes
    return TrainedModel(
        parameters,
        tuple(f"x{number}" for number in range(inputs)),
        tuple(f"y{number}" for number in range(outputs)),
        (),
        Scaling.none(inputs),
        Scaling.none(outputs),
        default_settings("sine"),
        Hyperparameters(),
        Task.REGRESSION,
    )


def add_up_one_by_one(model: TrainedModel, inputs: FloatArray, backwards: bool = False) -> FloatArray:
    """Answer as a header in C does: each sum term by term, rounded each time; or the last term first."""
    dtype = model.parameters.vector.dtype
    values = {0: model.input_scaling.apply(inputs).astype(dtype)}
    for step in steps_of(model.parameters):
        z = np.tile(step.biases, (len(inputs), 1))
        for feed in step.feeds:
            terms = range(feed.weights.shape[1])
            for term in reversed(terms) if backwards else terms:
                z += values[feed.source][:, term, np.newaxis] * feed.weights[:, term]
        values[step.number] = np.empty_like(z)
        FUNCTIONS[step.activation](z.T, values[step.number].T)
    answers = values[step.number].astype(np.float64)
    return model.target_scaling.undo(answers) if model.task is Task.REGRESSION else answers


def check(model: TrainedModel, answers: FloatArray, ending: str = ".hpp") -> Check:
    vectors = make_check_vectors(model)
    question = Question(vectors.inputs, vectors.answers.shape[1])
    tolerance = find_exporter(Path(f"net{ending}")).tolerance(model, question)
    return compare(Answered("somebody", answers), vectors.answers, tolerance)


def scaled_back(model: TrainedModel, mean: float, scale: float) -> TrainedModel:
    outputs = len(model.output_names)
    return replace(model, target_scaling=Scaling(np.full(outputs, mean), np.full(outputs, scale)))


def overflowing() -> TrainedModel:
    """Return a network of float32, y = 2e19 · 1e19 x, with answers beyond float32 for many inputs."""
    parameters = Parameters.zeros(chain((1, 1, 1), (IDENTITY, IDENTITY)), "float32")
    parameters.vector[[0, 2]] = 2e19, 1e19
    return regression(parameters)


# --- what is right


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", NETWORKS)
def test_another_order_of_the_sums_is_right(name: str, dtype: str) -> None:
    model = network(name, dtype)
    for backwards in (False, True):
        answers = add_up_one_by_one(model, make_check_vectors(model).inputs, backwards)
        found = check(model, answers)
        assert found.difference <= found.tolerance / 2, (backwards, found)


@given(trained_models())
@settings(max_examples=40, deadline=None)
def test_any_network_is_right_in_another_order(model: TrainedModel) -> None:
    answers = add_up_one_by_one(model, make_check_vectors(model).inputs)
    assert check(model, answers).is_good


@pytest.mark.skipif(shutil.which("gcc") is None, reason="there is no C compiler")
@pytest.mark.parametrize("ending", [".h", ".hpp"])
def test_a_right_header_of_a_wide_network_is_right(ending: str, tmp_path: Path) -> None:
    # Equal terms are all rounded in one direction: here one by one they add up to an error of 2e-5.
    parameters = Parameters.zeros(chain((1, 5000, 1), (TANH, IDENTITY)), "float32")
    parameters.vector[:] = 0.1
    found = export(regression(parameters), tmp_path / f"wide{ending}").check
    assert found.is_good, found


@pytest.mark.parametrize("ending", [".h", ".hpp", ".onnx", "_numpy.py", ".csv"])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_answers_far_from_zero_in_relation_to_their_spread_are_right(
    ending: str, dtype: str, tmp_path: Path
) -> None:
    for number, (mean, scale) in enumerate(SCALINGS[-2:]):
        model = scaled_back(network("narrow", dtype), mean, scale)
        found = export(model, tmp_path / f"net{number}{ending}").check
        assert found.is_good or "installed" in found.why_not or "compiler" in found.why_not, (mean, found)


def test_numbers_that_are_not_finite_are_the_same_as_themselves() -> None:
    answers = np.array([[np.inf, np.nan, 1.0]])
    tolerance = np.full((1, 3), 1e-9)
    assert compare(Answered("somebody", answers.copy()), answers, tolerance).is_good
    wrong = np.array([[-np.inf, np.nan, 1.0]])
    assert not compare(Answered("somebody", wrong), answers, tolerance).is_good


def test_a_network_without_finite_answers_is_not_checked() -> None:
    model = scaled_back(overflowing(), 0.0, 1.0)
    model = replace(model, input_scaling=Scaling(np.array([-1e6]), np.array([1.0])))
    model.parameters.biases(model.topology.layers[1].id)[:] = 3e38
    answers = make_check_vectors(model).answers
    assert not np.isfinite(answers).any()
    found = check(model, answers)
    assert str(found) == "not checked: the network itself computes with numbers that are not finite"


# --- what is wrong


def test_one_answer_that_is_not_finite_hides_no_wrong_one() -> None:
    expected, tolerance = np.array([[1.0], [np.inf]]), np.array([[1e-6], [np.inf]])
    found = compare(Answered("somebody", np.array([[5.0], [3.0]])), expected, tolerance)
    assert not found.is_good
    assert (found.difference, found.tolerance, found.inputs) == (4.0, 1e-6, 1)
    assert compare(Answered("somebody", expected), expected, tolerance).is_good
    several = np.array([[1.0, np.nan], [np.inf, 2.0]]), np.array([[1e-6, np.inf], [np.inf, 1e-6]])
    assert not compare(Answered("somebody", np.array([[1.0, 0.0], [0.0, 2.1]])), *several).is_good


@pytest.mark.parametrize("answer", [0.0, 1.0, np.inf, np.nan, -np.inf])
def test_wrong_answers_are_found_among_answers_that_are_not_finite(answer: float) -> None:
    model = overflowing()
    answers = make_check_vectors(model).answers
    assert 0 < np.isfinite(answers).sum() < answers.size
    assert check(model, answers).is_good
    assert not check(model, np.full_like(answers, answer)).is_good


@pytest.mark.parametrize("wrong", [np.zeros((3, 1)), np.zeros((2, 2)), np.zeros((0, 1))])
def test_another_number_of_answers_is_wrong_whatever_is_tolerated(wrong: FloatArray) -> None:
    for tolerance in (1e-6, np.inf):
        found = compare(Answered("somebody", wrong), np.ones((2, 1)), np.full((2, 1), tolerance))
        assert found.is_checked
        assert not found.is_good


@pytest.mark.parametrize(("mean", "scale"), SCALINGS)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_network_that_is_left_out_is_found(mean: float, scale: float, dtype: str) -> None:
    model = scaled_back(network("narrow", dtype), mean, scale)
    answers = make_check_vectors(model).answers
    for ending in (".hpp", "_numpy.py", ".npz", ".csv"):
        assert check(model, answers, ending).is_good
        assert not check(model, np.full_like(answers, mean), ending).is_good
        assert not check(model, mean + 1.01 * (answers - mean), ending).is_good


@pytest.mark.parametrize("spoil", ["weight", "bias", "rows"])
@pytest.mark.parametrize(("mean", "scale"), SCALINGS)
def test_what_is_wrong_is_found_behind_a_scaling(spoil: str, mean: float, scale: float) -> None:
    model = scaled_back(network("narrow", "float32"), mean, scale)
    wrong = replace(model, parameters=model.parameters.copy())
    {"weight": spoil_weight, "bias": spoil_bias, "rows": spoil_rows}[spoil](wrong.parameters)
    assert not check(model, wrong.predict(make_check_vectors(model).inputs)).is_good


def test_a_format_that_scales_back_in_float32_may_round_the_mean() -> None:
    model = scaled_back(network("narrow", "float32"), 101325.0, 5.0)
    answers = make_check_vectors(model).answers
    rounded = answers.astype(np.float32).astype(np.float64)
    assert check(model, rounded, ".h").is_good
    assert check(model, rounded, ".onnx").is_good
    assert not check(model, rounded, ".hpp").is_good
    assert not check(model, np.full_like(answers, 101325.0), ".h").is_good


def spoil_weight(parameters: Parameters) -> None:
    first, second = parameters.topology.layers[-2:]
    weights = parameters.weights(first.id, second.id)
    place = np.abs(weights[0] - np.median(np.abs(weights[0]))).argmin()
    weights[0, place] *= weights.dtype.type(1.01)


def spoil_bias(parameters: Parameters) -> None:
    parameters.biases(parameters.topology.layers[1].id)[0] = 0.0


def spoil_rows(parameters: Parameters) -> None:
    matrix = parameters.matrix(parameters.topology.layers[1].id)
    matrix[[0, 1]] = matrix[[1, 0]]


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize("spoil", [spoil_weight, spoil_bias, spoil_rows])
def test_what_is_wrong_is_found(name: str, spoil: Callable[[Parameters], None]) -> None:
    model = network(name, "float32")
    wrong = replace(model, parameters=model.parameters.copy())
    spoil(wrong.parameters)
    inputs = make_check_vectors(model).inputs
    found = check(model, wrong.predict(inputs))
    assert not found.is_good
    assert found.difference > found.tolerance


@pytest.mark.parametrize("name", ["narrow", "wide", "deep"])
def test_another_activation_is_found(name: str) -> None:
    model = network(name, "float32")
    layers = tuple(
        replace(layer, activation=Activation.SINE) if layer.activation is TANH else layer
        for layer in model.topology.layers
    )
    other = Parameters(replace(model.topology, layers=layers), model.parameters.vector)
    assert not check(
        model, replace(model, parameters=other).predict(make_check_vectors(model).inputs)
    ).is_good


# --- how much it is


def test_the_error_of_one_sum_is_that_of_its_partial_sums_and_terms() -> None:
    parameters = Parameters.zeros(chain((1, 1), (IDENTITY,)))
    parameters.vector[:] = [2.0, 1.0]
    found = answer_deviations(regression(parameters), np.ones((1000, 1)), StopFlag())
    # b = 1, t = 2, s = 3: the partial sums (1² + 3² + 2²) / 2, and twice the squares of b and t.
    assert math.sqrt((found**2).mean()) == pytest.approx(math.sqrt(7 + 2 * 5), rel=0.05)


def test_doubling_the_targets_doubles_the_tolerance() -> None:
    model = network("narrow", "float32")
    inputs = make_check_vectors(model).inputs
    once = answer_deviations(model, inputs, StopFlag())
    larger = replace(model, target_scaling=Scaling(np.array([7.0]), np.array([-2.0])))
    np.testing.assert_allclose(answer_deviations(larger, inputs, StopFlag()), 2 * once)


def test_it_can_be_stopped() -> None:
    stop = StopFlag()
    stop.set()
    model = regression(random_parameters(chain((1, 1), (IDENTITY,)), 0))
    with pytest.raises(NotCheckedError, match="it was stopped"):
        rounding_tolerance(model, np.ones((1, 1)), np.float32, stop=stop)
