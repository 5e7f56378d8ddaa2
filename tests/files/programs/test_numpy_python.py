"""A network as a program that needs numpy alone answers as the network does."""

import ast
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from files.programs import exported_programs as programs
from files.random_models import trained_models
from hypothesis import given, settings

from nn_desktop.data.dataset import Dataset
from nn_desktop.files.atomic import FileError
from nn_desktop.files.check_vectors import make_check_vectors
from nn_desktop.files.model import TrainedModel
from nn_desktop.files.programs import numpy_python, python_source
from nn_desktop.network.functions import Activation


@settings(max_examples=60, deadline=None)
@given(model=trained_models())
def test_it_answers_as_the_model_does(tmp_path_factory: pytest.TempPathFactory, model: TrainedModel) -> None:
    namespace = programs.load(numpy_python, model, tmp_path_factory.mktemp("numpy") / "net_numpy.py")
    inputs = programs.inputs_of(model)
    answers = namespace["predict"](inputs)
    assert answers.dtype == np.float64
    programs.assert_answers(model, answers, inputs)
    assert namespace["predict"](np.empty((0, inputs.shape[1]))).shape == (0, answers.shape[1])
    assert tuple(namespace["INPUT_NAMES"]) == model.input_names
    assert tuple(namespace["OUTPUT_NAMES"]) == model.output_names
    if model.class_names:
        programs.assert_classes(model, namespace["classify"](inputs), inputs)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("activation", Activation)
def test_every_activation_bears_large_numbers(tmp_path: Path, activation: Activation, dtype: str) -> None:
    model = programs.single_activation(activation, dtype)
    namespace = programs.load(numpy_python, model, tmp_path / "net_numpy.py")
    programs.assert_activation(namespace["predict"], model)


def test_it_computes_in_the_type_of_the_network(skip_model: TrainedModel, tmp_path: Path) -> None:
    for dtype in (np.float32, np.float64):
        skip_model.parameters.vector = skip_model.parameters.vector.astype(dtype)
        namespace = programs.load(numpy_python, skip_model, tmp_path / "net_numpy.py")
        assert namespace["W2_from_0"].dtype == namespace["b1"].dtype == dtype
        layers, parameters = skip_model.topology.layers, skip_model.parameters
        np.testing.assert_array_equal(namespace["W2_from_0"], parameters.weights(layers[0].id, layers[2].id))
        answers = namespace["predict"](np.ones((3, 4)))
        assert (answers == answers.astype(np.float32)).all() == (dtype is np.float32)


@pytest.mark.parametrize("shape", [(4,), (2, 3), (2, 1), (2, 4, 1)])
def test_inputs_of_another_shape_are_refused(
    skip_model: TrainedModel, tmp_path: Path, shape: tuple[int, ...]
) -> None:
    namespace = programs.load(numpy_python, skip_model, tmp_path / "net_numpy.py")
    with pytest.raises(ValueError, match=r"the inputs have the shape \(.*\), not \(n, 4\)"):
        namespace["predict"](np.ones(shape))


def test_its_command_line(trained_model: tuple[TrainedModel, Dataset], tmp_path: Path) -> None:
    model, _ = trained_model
    path = programs.write(numpy_python, model, tmp_path / "net_numpy.py")
    programs.assert_command_line(path, model)
    programs.assert_good_source(path.read_bytes())


def test_it_needs_numpy_alone(skip_model: TrainedModel) -> None:
    tree = ast.parse(numpy_python.to_files(skip_model, "a_numpy.py")["a_numpy.py"])
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    assert {alias.name for node in imports for alias in node.names} == {"csv", "math", "sys", "numpy"}


def test_the_check_runs_it(trained_model: tuple[TrainedModel, Dataset], tmp_path: Path) -> None:
    model, _ = trained_model
    path = programs.write(numpy_python, model, tmp_path / "net_numpy.py")
    inputs = make_check_vectors(model).inputs
    answered = numpy_python.answer(path, programs.question(model, inputs))
    assert answered.reader == f"Python {sys.version.split()[0]} and numpy {np.__version__}"
    programs.assert_answers(model, answered.answers, inputs)


def test_the_check_is_not_misled_by_files_beside_it(skip_model: TrainedModel, tmp_path: Path) -> None:
    path = programs.write(numpy_python, skip_model, tmp_path / "net_numpy.py")
    (tmp_path / "numpy.py").write_text("raise SystemExit('run')")
    inputs = programs.inputs_of(skip_model)
    programs.assert_answers(
        skip_model, numpy_python.answer(path, programs.question(skip_model, inputs)).answers, inputs
    )


@pytest.mark.parametrize("what", ["a word", "a missing name"])
def test_a_wrong_table_is_one_clear_sentence(skip_model: TrainedModel, tmp_path: Path, what: str) -> None:
    path = programs.write(numpy_python, skip_model, tmp_path / "net_numpy.py")
    text, sentence = programs.WRONG_TABLES[what]
    code, printed, complaint = programs.run(path, text=text)
    assert (code, printed) == (2, "")
    assert complaint.startswith(f"standard input: {sentence}")
    assert programs.run(path) == (0, "setosa,versicolor,virginica,class\n", "")


def test_names_that_want_to_break_out(skip_model: TrainedModel, tmp_path: Path) -> None:
    model = programs.with_hostile_names(skip_model)
    path = programs.write(numpy_python, model, tmp_path / '"""\\\'_numpy.py')
    programs.assert_command_line(path, model)


def test_the_same_model_gives_the_same_bytes(skip_model: TrainedModel) -> None:
    again = replace(skip_model, parameters=skip_model.parameters.copy())
    assert numpy_python.to_files(skip_model, "a.py") == numpy_python.to_files(again, "a.py")


def test_too_many_weights_are_refused(skip_model: TrainedModel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(python_source, "MAX_LITERALS", skip_model.parameters.vector.size - 1)
    with pytest.raises(FileError, match=r"numbers are more than.*\.npz"):
        numpy_python.to_files(skip_model, "a_numpy.py")
