"""A network as a script for Keras answers as the network does, as far as float32 goes."""

import ast
import io
import os
from dataclasses import replace
from importlib import util
from pathlib import Path

import numpy as np
import pytest
from files.differences import difference_of
from files.programs import exported_programs as programs
from files.random_models import trained_models
from hypothesis import given, settings

from nn_desktop.arrays import FloatArray
from nn_desktop.data.dataset import Dataset
from nn_desktop.files.checking import NotCheckedError
from nn_desktop.files.model import TrainedModel
from nn_desktop.files.native.array_names import layer_arrays
from nn_desktop.files.programs import keras_script
from nn_desktop.files.programs.keras_script import BACKENDS
from nn_desktop.network.functions import Activation

INSTALLED = [name for name in BACKENDS if util.find_spec("keras") and util.find_spec(name)]
needs_keras = pytest.mark.skipif(not INSTALLED, reason="Keras with a backend is not installed")
pytestmark = pytest.mark.filterwarnings("ignore")  # by Keras and what it computes with


@pytest.fixture(autouse=True)
def backend(monkeypatch: pytest.MonkeyPatch) -> None:
    if INSTALLED and "KERAS_BACKEND" not in os.environ:
        monkeypatch.setenv("KERAS_BACKEND", INSTALLED[0])


def assert_answers(model: TrainedModel, answers: FloatArray, inputs: FloatArray) -> None:
    """Answers are those of the model in float32, which Keras computes in."""
    programs.assert_answers(model.in_precision(np.float32), answers, inputs)


@needs_keras
@settings(max_examples=30, deadline=None)
@given(model=trained_models())
def test_it_answers_as_the_model_does(tmp_path_factory: pytest.TempPathFactory, model: TrainedModel) -> None:
    namespace = programs.load(keras_script, model, tmp_path_factory.mktemp("keras") / "net_keras.py")
    inputs = programs.inputs_of(model)
    network = namespace["build"]()
    answers = namespace["predict"](inputs, network)
    assert answers.dtype == np.float64
    assert_answers(model, answers, inputs)
    if model.class_names:
        programs.assert_classes(model, namespace["classify"](inputs, network), inputs)


@given(model=trained_models())
@settings(max_examples=30, deadline=None)
def test_the_file_beside_it_holds_all_arrays_by_layer(model: TrainedModel) -> None:
    files = keras_script.to_files(model, "net_keras.py")
    assert list(files) == ["net_keras.py", "net_keras.npz"]
    compile(files["net_keras.py"], "net_keras.py", "exec")
    with np.load(io.BytesIO(files["net_keras.npz"]), allow_pickle=False) as arrays:
        for name, array in layer_arrays(model.parameters).items():
            np.testing.assert_array_equal(arrays[name], array)


@needs_keras
@pytest.mark.parametrize("activation", Activation)
def test_every_activation_bears_large_numbers(tmp_path: Path, activation: Activation) -> None:
    model = programs.single_activation(activation, "float32")
    namespace = programs.load(keras_script, model, tmp_path / "net_keras.py")
    programs.assert_activation(namespace["predict"], model)


@needs_keras
def test_it_can_be_saved_and_learns_on(skip_model: TrainedModel, tmp_path: Path) -> None:
    import keras

    network = programs.load(keras_script, skip_model, tmp_path / "net_keras.py")["build"]()
    inputs = programs.inputs_of(skip_model)
    scaled = skip_model.input_scaling.apply(inputs).astype(np.float32)
    network.save(tmp_path / "net.keras")
    again = keras.ops.convert_to_numpy(keras.saving.load_model(tmp_path / "net.keras")(scaled))
    assert difference_of(again.astype(np.float64), skip_model.predict(inputs)) < 1e-6
    network.compile("sgd", "mse")
    targets = np.eye(3, dtype=np.float32)[np.arange(len(inputs)) % 3]
    losses = network.fit(scaled, targets, epochs=5, verbose=0).history["loss"]
    assert losses == sorted(losses, reverse=True)


@needs_keras
@pytest.mark.parametrize("shape", [(4,), (2, 3), (2, 1)])
def test_inputs_of_another_shape_are_refused(
    skip_model: TrainedModel, tmp_path: Path, shape: tuple[int, ...]
) -> None:
    namespace = programs.load(keras_script, skip_model, tmp_path / "net_keras.py")
    with pytest.raises(ValueError, match=r"not \(n, 4\)"):
        namespace["predict"](np.ones(shape))


@needs_keras
def test_its_command_line(skip_model: TrainedModel, tmp_path: Path) -> None:
    model = programs.with_hostile_names(skip_model.in_precision(np.float32))
    path = programs.write(keras_script, model, tmp_path / '"""\\\'_keras.py')
    programs.assert_command_line(path, model)
    code, printed, complaint = programs.run(path, text="1,2,3\n")
    assert (code, printed) == (2, "")
    assert complaint == "standard input: line 1 has 3 columns, but should have 4\n"


@needs_keras
@pytest.mark.parametrize("name", BACKENDS)
def test_the_check_runs_it(
    skip_model: TrainedModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    if name not in INSTALLED:
        pytest.skip(f"{BACKENDS[name]} is not installed")
    monkeypatch.setenv("KERAS_BACKEND", name)
    path = programs.write(keras_script, skip_model, tmp_path / "net_keras.py")
    inputs = programs.inputs_of(skip_model)
    answered = keras_script.answer(path, programs.question(skip_model, inputs))
    assert answered.reader.startswith("Keras 3")
    assert answered.reader.endswith(BACKENDS[name])
    assert_answers(skip_model, answered.answers, inputs)


@pytest.mark.parametrize(
    "installed, sentence",
    [([], "Keras is not installed"), (["keras"], "none of PyTorch, TensorFlow and JAX is")],
)
def test_the_check_says_what_is_missing(
    skip_model: TrainedModel,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    installed: list[str],
    sentence: str,
) -> None:
    path = programs.write(keras_script, skip_model, tmp_path / "net_keras.py")
    monkeypatch.setattr(keras_script, "find_spec", lambda name: name if name in installed else None)
    with pytest.raises(NotCheckedError, match=sentence):
        keras_script.answer(path, programs.question(skip_model, programs.inputs_of(skip_model)))


def test_its_source_is_clean(trained_model: tuple[TrainedModel, Dataset]) -> None:
    programs.assert_good_source(keras_script.to_files(trained_model[0], "net_keras.py")["net_keras.py"])


def test_the_same_model_gives_the_same_bytes(skip_model: TrainedModel) -> None:
    again = replace(skip_model, parameters=skip_model.parameters.copy())
    assert keras_script.to_files(skip_model, "a.py") == keras_script.to_files(again, "a.py")


@pytest.mark.parametrize("stem", ['a\n\udcff"', "a.b", "\\N{x}{y}", '"""'])
def test_file_names_of_any_kind_are_no_trouble(skip_model: TrainedModel, stem: str) -> None:
    name = f"{stem}_keras.py"
    files = keras_script.to_files(skip_model, name)
    assert list(files) == [name, f"{stem}_keras.npz"]
    tree = ast.parse(files[name])
    assert f"{stem}_keras.npz" in {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}
