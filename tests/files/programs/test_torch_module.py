"""A network as a module for PyTorch answers as the network does, and can be trained on."""

import ast
import json
from dataclasses import replace
from importlib import util
from pathlib import Path

import numpy as np
import pytest
from files.programs import exported_programs as programs
from files.random_models import trained_models
from hypothesis import given, settings
from safetensors import safe_open
from safetensors.numpy import load as load_arrays

from nn_desktop.data.dataset import Dataset
from nn_desktop.files.checking import NotCheckedError
from nn_desktop.files.model import TrainedModel
from nn_desktop.files.native.array_names import layer_arrays
from nn_desktop.files.programs import torch_module
from nn_desktop.network.functions import Activation

needs_torch = pytest.mark.skipif(util.find_spec("torch") is None, reason="PyTorch is not installed")
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@needs_torch
@settings(max_examples=60, deadline=None)
@given(model=trained_models())
def test_it_answers_as_the_model_does(tmp_path_factory: pytest.TempPathFactory, model: TrainedModel) -> None:
    namespace = programs.load(torch_module, model, tmp_path_factory.mktemp("torch") / "net_torch.py")
    inputs = programs.inputs_of(model)
    network = namespace["load"]()
    answers = network.predict(inputs).numpy()
    assert answers.dtype == np.float64
    programs.assert_answers(model, answers, inputs)
    if model.class_names:
        programs.assert_classes(model, network.classify(inputs), inputs)
        assert tuple(network.class_names) == model.class_names
    arrays = layer_arrays(model.parameters)
    assert {name: tuple(array.shape) for name, array in network.state_dict().items()} == {
        name: array.shape for name, array in arrays.items()
    }


@given(model=trained_models())
@settings(max_examples=30, deadline=None)
def test_the_file_beside_it_holds_all_arrays_by_layer(model: TrainedModel) -> None:
    files = torch_module.to_files(model, "net_torch.py")
    assert list(files) == ["net_torch.py", "net_torch.safetensors"]
    compile(files["net_torch.py"], "net_torch.py", "exec")
    arrays = load_arrays(files["net_torch.safetensors"])
    expected = layer_arrays(model.parameters)
    assert set(arrays) == set(expected)
    for name, array in arrays.items():
        assert array.dtype == model.parameters.vector.dtype
        np.testing.assert_array_equal(array, expected[name])


@needs_torch
@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("activation", Activation)
def test_every_activation_bears_large_numbers(tmp_path: Path, activation: Activation, dtype: str) -> None:
    model = programs.single_activation(activation, dtype)
    network = programs.load(torch_module, model, tmp_path / "net_torch.py")["load"]()
    programs.assert_activation(lambda inputs: network.predict(inputs).numpy(), model)


@needs_torch
def test_it_takes_lists_and_tensors_and_refuses_another_shape(
    skip_model: TrainedModel, tmp_path: Path
) -> None:
    import torch

    network = programs.load(torch_module, skip_model, tmp_path / "net_torch.py")["load"]()
    inputs = programs.inputs_of(skip_model)
    for given_inputs in (inputs.tolist(), torch.tensor(inputs)):
        programs.assert_answers(skip_model, network.predict(given_inputs).numpy(), inputs)
    programs.assert_answers(skip_model, network(torch.tensor(inputs)).detach().numpy(), inputs)
    for wrong in ([1.0] * 4, [[1.0]], [[1.0] * 5]):
        with pytest.raises(ValueError, match=r"not \(n, 4\)"):
            network.predict(wrong)


@needs_torch
def test_it_learns_on(skip_model: TrainedModel, tmp_path: Path) -> None:
    import torch

    network = programs.load(torch_module, skip_model, tmp_path / "net_torch.py")["load"]()
    inputs = torch.tensor(programs.inputs_of(skip_model))
    targets = torch.eye(3, dtype=torch.float64)[torch.arange(len(inputs)) % 3]
    optimizer = torch.optim.SGD(network.parameters(), lr=0.1)
    losses = []
    for _ in range(5):
        optimizer.zero_grad()
        loss = ((network(inputs) - targets) ** 2).mean()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses == sorted(losses, reverse=True)
    assert all(parameter.grad.abs().sum() > 0 for parameter in network.parameters())


@needs_torch
def test_it_loads_other_weights_and_says_if_there_are_none(skip_model: TrainedModel, tmp_path: Path) -> None:
    namespace = programs.load(torch_module, skip_model, tmp_path / "net_torch.py")
    skip_model.parameters.vector *= 0.5
    programs.write(torch_module, skip_model, tmp_path / "other_torch.py")
    inputs = programs.inputs_of(skip_model)
    network = namespace["load"](tmp_path / "other_torch.safetensors")
    programs.assert_answers(skip_model, network.predict(inputs).numpy(), inputs)
    with pytest.raises(FileNotFoundError, match=r"the weights, .*none\.safetensors, are not there"):
        namespace["load"](tmp_path / "none.safetensors")


@needs_torch
def test_its_command_line(skip_model: TrainedModel, tmp_path: Path) -> None:
    model = programs.with_hostile_names(skip_model)
    path = programs.write(torch_module, model, tmp_path / '"""\\\'_torch.py')
    programs.assert_command_line(path, model)
    code, printed, complaint = programs.run(path, text="1,2,3\n")
    assert (code, printed) == (2, "")
    assert complaint == "standard input: line 1 has 3 columns, but should have 4\n"
    path.with_suffix(".safetensors").unlink()
    code, printed, complaint = programs.run(path, text="1,2,3,4\n")
    assert (code, printed, complaint.count("\n")) == (2, "", 1)
    assert "are not there" in complaint


@needs_torch
def test_the_check_runs_it(skip_model: TrainedModel, tmp_path: Path) -> None:
    path = programs.write(torch_module, skip_model, tmp_path / "net_torch.py")
    inputs = programs.inputs_of(skip_model)
    answered = torch_module.answer(path, programs.question(skip_model, inputs))
    assert answered.reader.startswith("PyTorch 2")
    programs.assert_answers(skip_model, answered.answers, inputs)


def test_the_check_says_what_is_missing(
    skip_model: TrainedModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = programs.write(torch_module, skip_model, tmp_path / "net_torch.py")
    monkeypatch.setattr(torch_module, "find_spec", lambda name: None)
    with pytest.raises(NotCheckedError, match="PyTorch is not installed"):
        torch_module.answer(path, programs.question(skip_model, programs.inputs_of(skip_model)))


def test_its_source_is_clean(trained_model: tuple[TrainedModel, Dataset]) -> None:
    programs.assert_good_source(torch_module.to_files(trained_model[0], "net_torch.py")["net_torch.py"])


def test_the_file_beside_it_describes_the_network(skip_model: TrainedModel, tmp_path: Path) -> None:
    programs.write(torch_module, skip_model, tmp_path / "net_torch.py")
    with safe_open(tmp_path / "net_torch.safetensors", framework="numpy") as file:
        assert json.loads(file.metadata()["nn_desktop"])["class_names"] == list(skip_model.class_names)


def test_the_same_model_gives_the_same_bytes(skip_model: TrainedModel) -> None:
    again = replace(skip_model, parameters=skip_model.parameters.copy())
    contents = {tuple(torch_module.to_files(model, "a.py").items()) for model in (skip_model, again) * 3}
    assert len(contents) == 1


@pytest.mark.parametrize("stem", ['a\n\udcff"', "a.b", "\\N{x}{y}", '"""'])
def test_file_names_of_any_kind_are_no_trouble(skip_model: TrainedModel, stem: str) -> None:
    name = f"{stem}_torch.py"
    files = torch_module.to_files(skip_model, name)
    assert list(files) == [name, f"{stem}_torch.safetensors"]
    tree = ast.parse(files[name])
    assert f"{stem}_torch.safetensors" in {
        node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)
    }
