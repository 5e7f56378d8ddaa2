"""An imported network is fitted to data that are known here, and answers raw inputs as before."""

from dataclasses import replace

import numpy as np
import pytest
from files.random_models import trained_models
from hypothesis import given, settings
from known_data import default_settings, make_setup

from nn_desktop.data.dataset import Dataset, Task
from nn_desktop.data.scaling import Scaling
from nn_desktop.data.source import load
from nn_desktop.engines.names import EngineName
from nn_desktop.files.atomic import FileError
from nn_desktop.files.imports import adoption
from nn_desktop.files.imports.adoption import Adopted, adopt
from nn_desktop.files.imports.imported import Imported, model_without_data, unknown_data
from nn_desktop.files.model import TrainedModel
from nn_desktop.insight.metrics import predict_raw
from nn_desktop.network.functions import Activation, Initializer, Loss
from nn_desktop.network.initializers import initialize
from nn_desktop.network.notation import parse_layers
from nn_desktop.network.topology import chain
from nn_desktop.training.session import Session


def foreign(sizes: tuple[int, ...], output: Activation, task: Task, **more: object) -> TrainedModel:
    """A network whose data are not known."""
    topology = chain(sizes, (Activation.TANH,) * (len(sizes) - 2) + (output,))
    parameters = initialize(topology, Initializer.GLOROT_NORMAL, 0)
    parameters.vector[:] += 0.1
    return replace(model_without_data(parameters, task), **more)  # type: ignore[arg-type]


def own(name: str, layers: str = "5-4", **settings_of: object) -> TrainedModel:
    """A network that was trained here."""
    data = replace(default_settings(name), **settings_of)  # type: ignore[arg-type]
    session = Session(make_setup(name, parse_layers(layers), Activation.TANH, data=data))
    session.advance(20)
    return TrainedModel.of(session.setup, session.dataset, session.parameters)


def answers_of(adopted: Adopted, inputs: np.ndarray) -> np.ndarray:
    return predict_raw(adopted.parameters, load(adopted.setup.data), inputs)


def iris() -> Dataset:
    return load(default_settings("iris"))


@settings(max_examples=50, deadline=None)
@given(model=trained_models())
def test_any_model_answers_as_before_or_is_refused_with_a_reason(model: TrainedModel) -> None:
    is_pair = model.task is Task.MULTICLASS and len(model.class_names) == 2
    last = model.topology.layers[-1].activation
    try:
        adopted = adopt(Imported(model, knows_data=True))
    except FileError as error:
        reasons = {
            "two outputs that are no softmax": is_pair and last is not Activation.SOFTMAX,
            "its answers are scaled": not model.target_scaling.is_none and last is not Activation.IDENTITY,
        }
        assert any(words in str(error) and is_so for words, is_so in reasons.items())
        return
    inputs = model.input_scaling.undo(np.random.default_rng(0).normal(size=(20, len(model.input_names))))
    expected = model.predict(inputs)[:, 1:] if is_pair else model.predict(inputs)
    largest = np.maximum(1.0, abs(expected).max(axis=0))
    tolerance = 1e-12 if model.parameters.vector.dtype == np.float64 else 1e-4
    np.testing.assert_allclose(
        answers_of(adopted, inputs) / largest, expected / largest, rtol=0, atol=tolerance
    )
    assert adopted.parameters.vector.dtype == model.parameters.vector.dtype
    assert Session(adopted.setup, adopted.parameters).snapshot().parameters.vector.size


def test_its_own_data_are_taken() -> None:
    model = own("wine", seed=3, train_share=0.6)
    adopted = adopt(Imported(model, ("As it is.",), knows_data=True), default_settings("iris"))
    assert adopted.setup.data == model.data
    assert adopted.remarks == ("As it is.",)
    assert adopted.parameters.vector.tobytes() == model.parameters.vector.tobytes()


def test_data_that_became_others_are_made_up_for() -> None:
    model = own("cubic", standardize=True)
    changed = replace(model, data=replace(model.data, seed=9))
    adopted = adopt(Imported(changed, knows_data=True))
    inputs = load(model.data).inputs
    np.testing.assert_allclose(answers_of(adopted, inputs), model.predict(inputs), rtol=1e-12, atol=1e-12)
    assert adopted.remarks == (
        "Its inputs and outputs were scaled otherwise than the data are here: the difference was put into "
        "its weights and biases, and its answers stay the same.",
    )


def test_a_dataset_that_is_gone_gives_way() -> None:
    model = own("iris")
    gone = replace(model, data=unknown_data(model).default_settings)
    adopted = adopt(Imported(gone))
    assert adopted.setup.data == model.data  # found by the names of inputs and classes
    assert adopted.parameters.vector.tobytes() == model.parameters.vector.tobytes()
    nameless = replace(gone, input_names=("a", "b", "c", "d"))
    assert adopt(Imported(nameless)).setup.data.source == unknown_data(nameless)


def test_the_present_data_are_taken_where_they_fit() -> None:
    model = foreign((4, 5, 3), Activation.SOFTMAX, Task.MULTICLASS)
    present = replace(default_settings("iris"), seed=5)
    adopted = adopt(Imported(model), present)
    assert adopted.setup.data == present
    assert adopted.remarks[:2] == (
        'It goes on with "Iris".',
        "Its classes have no names: they were taken in the order of the dataset's.",
    )
    inputs = iris().inputs
    np.testing.assert_allclose(answers_of(adopted, inputs), model.predict(inputs), rtol=0, atol=1e-12)
    assert not np.array_equal(adopted.parameters.vector, model.parameters.vector)


@pytest.mark.parametrize("present", ["sine", "wine", "xor", "plane"])
def test_present_data_that_do_not_fit_are_not_taken(present: str) -> None:
    model = foreign((4, 5, 3), Activation.SOFTMAX, Task.MULTICLASS)
    adopted = adopt(Imported(model), default_settings(present))
    assert adopted.setup.data == unknown_data(model).default_settings
    assert adopted.remarks == (
        "The data of this network are not known here: choose a dataset with 4 inputs and 3 classes to train "
        "it.",
    )
    assert adopted.parameters.vector.tobytes() == model.parameters.vector.tobytes()


def test_classes_of_other_names_are_other_classes() -> None:
    names = ("rose", "tulip", "lily")
    model = foreign((4, 5, 3), Activation.SOFTMAX, Task.MULTICLASS, class_names=names, output_names=names)
    assert adopt(Imported(model), default_settings("iris")).setup.data.source == unknown_data(model)


def test_inputs_in_another_order_are_not_mixed_up() -> None:
    model = own("iris")
    reversed_names = replace(model, input_names=model.input_names[::-1])
    adopted = adopt(Imported(reversed_names), default_settings("iris"))
    assert adopted.setup.data.source == unknown_data(reversed_names)


def test_classes_in_another_order_are_reordered() -> None:
    dataset, model = iris(), own("iris")
    names = (model.class_names[2], model.class_names[0], model.class_names[1])
    other = replace(model, class_names=names, output_names=names)
    adopted = adopt(Imported(other, knows_data=True))
    assert adopted.setup.data == model.data
    expected = model.predict(dataset.inputs)[:, [1, 2, 0]]
    np.testing.assert_allclose(answers_of(adopted, dataset.inputs), expected, rtol=0, atol=1e-15)
    assert adopted.remarks == (
        "Its classes have another order than the dataset's: its outputs were reordered.",
    )


def test_two_outputs_of_two_classes_become_one() -> None:
    model = foreign((30, 4, 2), Activation.SOFTMAX, Task.MULTICLASS)
    dataset = load(default_settings("breast-cancer"))
    adopted = adopt(Imported(model), default_settings("breast-cancer"))
    assert adopted.setup.data == default_settings("breast-cancer")
    assert adopted.setup.hyperparameters.loss is Loss.BINARY_CROSS_ENTROPY
    answers = answers_of(adopted, dataset.inputs)
    np.testing.assert_allclose(answers, model.predict(dataset.inputs)[:, 1:], rtol=0, atol=1e-12)
    assert "one sigmoid unit" in adopted.remarks[0]
    with pytest.raises(FileError, match="no softmax"):
        adopt(Imported(foreign((30, 4, 2), Activation.TANH, Task.MULTICLASS)))


def test_scaled_answers_of_a_bent_output_are_refused_with_the_reason() -> None:
    scaling = Scaling(np.array([1.0]), np.array([2.0]))
    model = foreign((3, 1), Activation.TANH, Task.REGRESSION, target_scaling=scaling)
    with pytest.raises(FileError) as caught:
        adopt(Imported(model))
    assert str(caught.value) == (
        "The network cannot be opened, since its answers are scaled, and its output layer has the activation "
        "tanh, so the scaling cannot go into its weights: give the output layer the identity, and export it "
        "again."
    )


def test_a_dataset_whose_targets_cannot_be_made_up_for_gives_way_to_unknown_data() -> None:
    model = foreign((1, 3, 1), Activation.TANH, Task.REGRESSION)
    present = replace(default_settings("sine"), standardize=True)
    assert adopt(Imported(model), present).setup.data.source == unknown_data(model)
    assert adopt(Imported(model), replace(present, standardize=False)).setup.data.source.name == "sine"


def test_a_loss_that_does_not_suit_gives_way() -> None:
    model = foreign((4, 5, 3), Activation.SOFTMAX, Task.MULTICLASS)
    wrong = replace(model, hyperparameters=replace(model.hyperparameters, loss=Loss.BINARY_CROSS_ENTROPY))
    adopted = adopt(Imported(wrong))
    assert adopted.setup.hyperparameters.loss is Loss.CATEGORICAL_CROSS_ENTROPY
    assert adopted.remarks[0] == (
        "Its loss does not suit its outputs here: categorical cross-entropy was chosen."
    )


def test_an_engine_that_is_not_here_gives_way(monkeypatch: pytest.MonkeyPatch) -> None:
    model = own("iris")
    chosen = replace(model, hyperparameters=replace(model.hyperparameters, engine=EngineName.CPP))
    monkeypatch.setattr(adoption, "why_missing", lambda name: "it is not built")
    adopted = adopt(Imported(chosen, knows_data=True))
    assert adopted.setup.hyperparameters.engine is EngineName.AUTO
    assert adopted.remarks == ("The engine cpp that trained it is not here: the fastest one is taken.",)
    monkeypatch.setattr(adoption, "why_missing", lambda name: "")
    assert adopt(Imported(chosen, knows_data=True)).setup.hyperparameters.engine is EngineName.CPP


def test_remarks_are_sentences() -> None:
    model = foreign((3, 1), Activation.IDENTITY, Task.REGRESSION)
    adopted = adopt(Imported(model, ("its names are missing",)))
    assert adopted.remarks[0] == "Its names are missing."


def test_unknown_data_keep_the_names_of_the_file() -> None:
    names = ("rose", "tulip", "lily")
    model = foreign(
        (4, 5, 3),
        Activation.SOFTMAX,
        Task.MULTICLASS,
        input_names=tuple("abcd"),
        class_names=names,
        output_names=names,
    )
    adopted = adopt(Imported(model))
    dataset = load(adopted.setup.data)
    assert (dataset.input_names, dataset.output_names, dataset.class_names) == (tuple("abcd"), names, names)
    assert adopted.remarks == (adopted.setup.data.source.why_no_samples,)


def test_the_scaling_of_a_network_with_unknown_data_goes_into_its_weights() -> None:
    scaling = Scaling(np.array([1.0, -2.0, 0.0]), np.array([2.0, 1.0, 0.5]))
    model = foreign((3, 4, 1), Activation.IDENTITY, Task.REGRESSION, input_scaling=scaling)
    adopted = adopt(Imported(model))
    inputs = np.random.default_rng(0).normal(size=(20, 3))
    np.testing.assert_allclose(answers_of(adopted, inputs), model.predict(inputs), rtol=0, atol=1e-12)
    assert adopted.remarks[-1] == (
        "Its inputs were scaled: that was put into its weights and biases, and its answers stay the same."
    )
