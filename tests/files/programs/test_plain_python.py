"""A network as a program in plain Python answers as the network does."""

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
from nn_desktop.files.checking import NotCheckedError
from nn_desktop.files.model import TrainedModel
from nn_desktop.files.programs import plain_python, python_source
from nn_desktop.network.functions import Activation


def answer(namespace: programs.Namespace, inputs: np.ndarray) -> np.ndarray:
    return np.array([namespace["predict"](row) for row in inputs.tolist()])


@settings(max_examples=60, deadline=None)
@given(model=trained_models())
def test_it_answers_as_the_model_does(tmp_path_factory: pytest.TempPathFactory, model: TrainedModel) -> None:
    namespace = programs.load(plain_python, model, tmp_path_factory.mktemp("plain") / "net.py")
    model = model.in_precision(np.float64)
    inputs = programs.inputs_of(model)
    programs.assert_answers(model, answer(namespace, inputs), inputs)
    assert tuple(namespace["INPUT_NAMES"]) == model.input_names
    assert tuple(namespace["OUTPUT_NAMES"]) == model.output_names
    assert tuple(namespace.get("CLASS_NAMES", ())) == model.class_names
    assert ("classify" in namespace) is bool(model.class_names)
    if model.class_names:
        programs.assert_classes(model, [namespace["classify"](row) for row in inputs.tolist()], inputs)


@pytest.mark.parametrize("activation", Activation)
def test_every_activation_bears_large_numbers(tmp_path: Path, activation: Activation) -> None:
    model = programs.single_activation(activation, "float64")
    namespace = programs.load(plain_python, model, tmp_path / "net.py")
    programs.assert_activation(lambda inputs: answer(namespace, inputs), model)
    others = {a.value.replace("-", "_") for a in Activation} - {activation.value.replace("-", "_"), "sigmoid"}
    assert not others & set(namespace)


def test_numbers_beyond_all_bounds_are_no_errors(tmp_path: Path) -> None:
    for activation in Activation:
        predict = programs.load(
            plain_python, programs.single_activation(activation, "float64"), tmp_path / "net.py"
        )["predict"]
        assert len(predict([np.inf])) == len(predict([np.nan])) == 2


def test_its_command_line(trained_model: tuple[TrainedModel, Dataset], tmp_path: Path) -> None:
    model, _ = trained_model
    path = programs.write(plain_python, model, tmp_path / "net.py")
    programs.assert_command_line(path, model.in_precision(np.float64))
    programs.assert_good_source(path.read_bytes())


def test_it_needs_the_standard_library_alone(skip_model: TrainedModel, tmp_path: Path) -> None:
    path = programs.write(plain_python, skip_model, tmp_path / "net.py")
    tree = ast.parse(path.read_bytes())
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    assert {alias.name for node in imports for alias in node.names} == {"csv", "math", "sys"}
    code, printed, complaint = programs.run(path, text="5,3,1,0\n", flags=("-I", "-S", "-W", "error"))
    assert (code, printed.count("\n"), complaint) == (0, 2, "")


def test_its_weights_are_exact(skip_model: TrainedModel, tmp_path: Path) -> None:
    namespace = programs.load(plain_python, skip_model, tmp_path / "net.py")
    layers, parameters = skip_model.topology.layers, skip_model.parameters
    for name, source, target in (("W1", 0, 1), ("W2", 1, 2), ("W2_from_0", 0, 2), ("W3", 2, 3)):
        assert namespace[name] == parameters.weights(layers[source].id, layers[target].id).tolist()
        assert namespace[f"b{target}"] == parameters.biases(layers[target].id).tolist()


def test_the_check_runs_it(trained_model: tuple[TrainedModel, Dataset], tmp_path: Path) -> None:
    model, _ = trained_model
    path = programs.write(plain_python, model, tmp_path / "net.py")
    inputs = make_check_vectors(model).inputs
    answered = plain_python.answer(path, programs.question(model, inputs))
    assert answered.reader == f"Python {sys.version.split()[0]}"
    programs.assert_answers(model, answered.answers, inputs)


def test_the_check_sees_what_is_wrong(skip_model: TrainedModel, tmp_path: Path) -> None:
    path = programs.write(plain_python, skip_model, tmp_path / "net.py")
    source = path.read_text("utf-8")
    inputs = programs.inputs_of(skip_model)
    path.write_text(source.replace("b1 = [", "b1 = [1e-6 + "), "utf-8")
    answered = plain_python.answer(path, programs.question(skip_model, inputs))
    with pytest.raises(AssertionError):
        programs.assert_answers(skip_model, answered.answers, inputs)
    path.write_text(source.replace("a1 = ", "a1 = 1 / 0 * "), "utf-8")
    with pytest.raises(NotCheckedError, match="ZeroDivisionError"):
        plain_python.answer(path, programs.question(skip_model, inputs))


@pytest.mark.parametrize("what", programs.WRONG_TABLES)
def test_a_wrong_table_is_one_clear_sentence(skip_model: TrainedModel, tmp_path: Path, what: str) -> None:
    path = programs.write(plain_python, skip_model, tmp_path / "net.py")
    text, sentence = programs.WRONG_TABLES[what]
    code, printed, complaint = programs.run(path, text=text)
    assert (code, printed) == (2, "")
    assert complaint.startswith(f"standard input: {sentence}")
    assert complaint.count("\n") == 1


def test_a_missing_table_is_one_clear_sentence(skip_model: TrainedModel, tmp_path: Path) -> None:
    path = programs.write(plain_python, skip_model, tmp_path / "net.py")
    code, printed, complaint = programs.run(path, "none.csv")
    assert (code, printed, complaint) == (2, "", "[Errno 2] No such file or directory: 'none.csv'\n")
    assert programs.run(path, "a.csv", "b.csv")[0] == 2


def test_help_says_what_it_is(skip_model: TrainedModel, tmp_path: Path) -> None:
    code, printed, _ = programs.run(
        programs.write(plain_python, skip_model, tmp_path / "my net.py"), "--help"
    )
    assert code == 0
    assert 'dataset "iris"' in printed
    assert "python 'my net.py' samples.csv" in printed
    assert "layers 0 and 1" in printed
    assert "import network" in printed


def test_an_empty_table_has_no_answers(skip_model: TrainedModel, tmp_path: Path) -> None:
    path = programs.write(plain_python, skip_model, tmp_path / "net.py")
    assert programs.run(path) == (0, "setosa,versicolor,virginica,class\n", "")


def test_a_line_of_numbers_is_a_sample_although_inputs_are_called_so(
    skip_model: TrainedModel, tmp_path: Path
) -> None:
    model = replace(skip_model, input_names=("1", "2", "3", "4"))
    path = programs.write(plain_python, model, tmp_path / "net.py")
    _, printed, _ = programs.run(path, text="1,2,3,4\n")
    assert printed.count("\n") == 2


def test_names_that_want_to_break_out(skip_model: TrainedModel, tmp_path: Path) -> None:
    model = programs.with_hostile_names(skip_model)
    path = programs.write(plain_python, model, tmp_path / '"""\\\'.py')
    programs.assert_command_line(path, model)
    assert '"""\\N{x}\\' in programs.run(path, "-h")[1]


@pytest.mark.parametrize("number", [1.0, 2.0**31, 0.1, 1e-300, 5e-324, 1.7976931348623157e308, -0.0])
def test_numbers_read_back_to_the_same_bits(number: float) -> None:
    source = python_source.matrix_source("w", np.array([[number]]))
    assert np.array(ast.literal_eval(source.removeprefix("w = "))).tobytes() == np.float64(number).tobytes()


def test_the_same_model_gives_the_same_bytes(skip_model: TrainedModel) -> None:
    again = replace(skip_model, parameters=skip_model.parameters.copy())
    assert plain_python.to_files(skip_model, "a.py") == plain_python.to_files(again, "a.py")


def test_a_name_that_hides_a_module_of_python_is_refused(skip_model: TrainedModel) -> None:
    for name in ("csv.py", "math.py", "random.py"):
        with pytest.raises(FileError, match=r"would hide.*choose another name"):
            plain_python.to_files(skip_model, name)


def test_too_many_weights_are_refused(skip_model: TrainedModel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(python_source, "MAX_LITERALS", skip_model.parameters.vector.size)
    assert plain_python.to_files(skip_model, "a.py")
    monkeypatch.setattr(python_source, "MAX_LITERALS", skip_model.parameters.vector.size - 1)
    with pytest.raises(FileError, match=r"numbers are more than.*\.npz"):
        plain_python.to_files(skip_model, "a.py")
