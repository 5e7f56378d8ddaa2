"""What an export computes, by means of its own, is what the program computes."""

import io
import json
import math
import struct
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from files.random_models import trained_models
from hypothesis import given, settings
from known_data import make_setup
from safetensors import safe_open
from safetensors.numpy import load as load_arrays

from nn_desktop.data.dataset import Dataset, Task
from nn_desktop.engines.evaluation import predict
from nn_desktop.files.atomic import FileError
from nn_desktop.files.exporters import EXPORTERS, Exporter, check_writable, export, find_exporter
from nn_desktop.files.model import TrainedModel
from nn_desktop.files.native.array_names import arrays_called, layer_arrays
from nn_desktop.files.native.json_document import to_json
from nn_desktop.files.native.npz import to_npz
from nn_desktop.files.native.safetensors_file import to_layered_safetensors, to_safetensors
from nn_desktop.insight.metrics import predict_labels, predict_raw
from nn_desktop.network.functions import Activation
from nn_desktop.network.notation import parse_layers
from nn_desktop.training.session import Session

Model = tuple[TrainedModel, Dataset]
SCALARS: dict[str, Callable[[float], float]] = {
    "identity": lambda z: z,
    "sigmoid": lambda z: 1 / (1 + math.exp(-z)),
    "tanh": math.tanh,
    "relu": lambda z: max(0.0, z),
    "elu": lambda z: z if z > 0 else math.exp(z) - 1,
    "gelu": lambda z: 0.5 * z * (1 + math.tanh(math.sqrt(2 / math.pi) * (z + 0.044715 * z**3))),
    "sine": math.sin,
}


def softmax(z: list[float]) -> list[float]:
    powers = [math.exp(value - max(z)) for value in z]
    return [power / sum(powers) for power in powers]


def activate(name: str, z: list[float]) -> list[float]:
    return softmax(z) if name == "softmax" else [SCALARS[name](value) for value in z]


def predict_with_numpy(content: bytes, raw: np.ndarray) -> Any:
    """Predict with the arrays of the file alone, as its reader would."""
    with np.load(io.BytesIO(content), allow_pickle=False) as archive:
        arrays = dict(archive)
    layers = json.loads(str(arrays["topology"]))["layers"]
    values = [(raw - arrays["input_mean"]) / arrays["input_scale"]]
    for number, layer in enumerate(layers[1:], start=1):
        z = np.zeros((len(raw), layer["units"])) + arrays[f"layer{number}.bias"]
        for source in range(number):
            suffix = "" if source == number - 1 else f"_from_layer{source}"
            weight = arrays.get(f"layer{number}.weight{suffix}")
            if weight is not None:
                z += values[source] @ weight.T
        values.append(np.array([activate(layer["activation"], row.tolist()) for row in z]))
    if str(arrays["task"]) == "regression":
        return values[-1] * arrays["target_scale"] + arrays["target_mean"]
    return values[-1]


def predict_with_loops(document: dict[str, Any], raw: list[float]) -> list[float]:
    """Follow how_to_predict without numpy."""
    scaling = document["input_scaling"]
    columns = zip(raw, scaling["mean"], scaling["scale"], strict=True)
    values = {0: [(x - mean) / scale for x, mean, scale in columns]}
    for layer in document["layers"][1:]:
        z = list(layer["biases"])
        for link in document["links"]:
            if link["target"] != layer["number"]:
                continue
            for unit, row in enumerate(link["weights"]):
                for weight, value in zip(row, values[link["source"]], strict=True):
                    z[unit] += weight * value
        values[layer["number"]] = activate(layer["activation"], z)
    outputs = values[len(document["layers"]) - 1]
    if document["task"] != "regression":
        return outputs
    scaling = document["target_scaling"]
    columns = zip(outputs, scaling["mean"], scaling["scale"], strict=True)
    return [output * scale + mean for output, mean, scale in columns]


def tolerance(model: TrainedModel) -> float:
    return 1e-12 if model.parameters.vector.dtype == np.float64 else 1e-5


def test_npz_predicts_by_plain_numpy(trained_model: Model) -> None:
    model, dataset = trained_model
    raw = dataset.inputs[:40]
    expected = predict_raw(model.parameters, dataset, raw)
    assert np.ptp(expected) > 1e-3
    np.testing.assert_allclose(
        predict_with_numpy(to_npz(model), raw), expected, rtol=0, atol=tolerance(model)
    )


def test_json_predicts_by_plain_python(trained_model: Model) -> None:
    model, dataset = trained_model
    document = json.loads(to_json(model))
    raw = dataset.inputs[:40]
    outputs = [predict_with_loops(document, row) for row in raw.tolist()]
    expected = predict_raw(model.parameters, dataset, raw)
    np.testing.assert_allclose(outputs, expected, rtol=0, atol=tolerance(model))
    if model.task is Task.BINARY:
        labels = [int(output > document["threshold"]) for (output,) in outputs]
    elif model.task is Task.MULTICLASS:
        labels = [output.index(max(output)) for output in outputs]
    else:
        assert document["threshold"] is None
        return
    assert labels == predict_labels(model.parameters, dataset, raw).tolist()
    assert document["class_names"] == list(dataset.class_names)


def test_npz_names_and_shapes(skip_model: TrainedModel) -> None:
    with np.load(io.BytesIO(to_npz(skip_model)), allow_pickle=False) as archive:
        shapes = {name: archive[name].shape for name in archive.files}
        assert archive["class_names"].tolist() == ["setosa", "versicolor", "virginica"]
        assert archive["layer1.weight"][1, 0] == 0
        assert archive["layer2.weight_from_layer0"][2, 3] == 0
        assert np.isnan(archive["threshold"])
    assert shapes == {
        "layer1.weight": (5, 4),
        "layer1.bias": (5,),
        "layer2.weight": (4, 5),
        "layer2.weight_from_layer0": (4, 4),
        "layer2.bias": (4,),
        "layer3.weight": (3, 4),
        "layer3.bias": (3,),
        "input_mean": (4,),
        "input_scale": (4,),
        "target_mean": (3,),
        "target_scale": (3,),
        "input_names": (4,),
        "output_names": (3,),
        "class_names": (3,),
        "dataset": (),
        "data": (),
        "hyperparameters": (),
        "task": (),
        "threshold": (),
        "topology": (),
    }


def test_every_format_holds_the_data_and_the_hyperparameters(
    chain_model: TrainedModel, tmp_path: Path
) -> None:
    with np.load(io.BytesIO(to_npz(chain_model)), allow_pickle=False) as archive:
        from_npz = {key: json.loads(str(archive[key])) for key in ("data", "hyperparameters")}
    export(chain_model, tmp_path / "a.safetensors")
    with safe_open(tmp_path / "a.safetensors", framework="numpy") as file:
        description = json.loads(file.metadata()["nn_desktop"])
    for document in (from_npz, description, json.loads(to_json(chain_model))):
        assert document["data"] == {
            "name": "sine",
            "samples": 200,
            "noise": 0.0,
            "seed": 0,
            "train_share": 0.8,
            "standardize": False,
            "positions": "random",
        }
        assert document["hyperparameters"] == {
            "mode": "mini-batch",
            "batch_size": 16,
            "learning_rate": 0.05,
            "loss": "mse",
            "label_smoothing": 0.0,
            "initializer": "glorot-uniform",
            "seed": 0,
            "precision": "float64",
            "engine": "auto",
        }


def test_json_names_removed_connections_by_unit_number(skip_model: TrainedModel) -> None:
    document = json.loads(to_json(skip_model))
    assert document["format"] == "nn-desktop-network"
    assert document["version"] == 3
    assert document["data"]["split"] == "exact"
    removed = {(link["source"], link["target"]): link["removed"] for link in document["links"]}
    assert removed == {(0, 1): [[0, 1]], (1, 2): [], (2, 3): [], (0, 2): [[3, 2]]}
    activations = [layer["activation"] for layer in document["layers"]]
    assert activations == ["identity", "tanh", "sine", "softmax"]
    assert set(document["activation_formulas"]) == {"tanh", "sine", "softmax"}


def test_safetensors_names_and_shapes(chain_model: TrainedModel, tmp_path: Path) -> None:
    path = tmp_path / "a.safetensors"
    export(chain_model, path)
    with safe_open(path, framework="numpy") as file:
        shapes = {name: tuple(file.get_slice(name).get_shape()) for name in file.keys()}  # noqa: SIM118
        metadata = file.metadata()
        parameters = chain_model.parameters
        layers = chain_model.topology.layers
        np.testing.assert_array_equal(
            file.get_tensor("2.weight"), parameters.weights(layers[1].id, layers[2].id)
        )
    assert shapes == {
        "0.weight": (5, 1),
        "0.bias": (5,),
        "2.weight": (4, 5),
        "2.bias": (4,),
        "4.weight": (1, 4),
        "4.bias": (1,),
    }
    assert list(metadata) == ["nn_desktop"]
    description = json.loads(metadata["nn_desktop"])
    assert [layer["units"] for layer in description["layers"]] == [1, 5, 4, 1]
    assert description["target_scaling"]["scale"] == chain_model.target_scaling.scale.tolist()


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_pytorch_takes_the_safetensors(chain_model: TrainedModel, dtype: str) -> None:
    torch = pytest.importorskip("torch")
    load = pytest.importorskip("safetensors.torch").load
    chain_model.parameters.vector = chain_model.parameters.vector.astype(dtype)
    linear = lambda inputs, units: torch.nn.Linear(inputs, units, dtype=getattr(torch, dtype))  # noqa: E731
    network = torch.nn.Sequential(
        linear(1, 5), torch.nn.Tanh(), linear(5, 4), torch.nn.Tanh(), linear(4, 1), torch.nn.Identity()
    )
    network.load_state_dict(load(to_safetensors(chain_model)), strict=True)
    x = np.linspace(-2, 2, 50, dtype=dtype)[:, np.newaxis]
    with torch.no_grad():
        answers = network(torch.from_numpy(x)).numpy()
    np.testing.assert_allclose(
        answers, predict(chain_model.parameters, x), atol=1e-12 if dtype[-1] == "4" else 1e-6
    )


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_safetensors_of_what_is_no_chain_has_names_by_layer(skip_model: TrainedModel, dtype: str) -> None:
    skip_model.parameters.vector = skip_model.parameters.vector.astype(dtype)
    arrays = load_arrays(to_safetensors(skip_model))
    assert {name: (array.shape, array.dtype.name) for name, array in arrays.items()} == {
        "layer1.weight": ((5, 4), dtype),
        "layer1.bias": ((5,), dtype),
        "layer2.weight": ((4, 5), dtype),
        "layer2.weight_from_layer0": ((4, 4), dtype),
        "layer2.bias": ((4,), dtype),
        "layer3.weight": ((3, 4), dtype),
        "layer3.bias": ((3,), dtype),
    }
    layers, parameters = skip_model.topology.layers, skip_model.parameters
    skips = arrays["layer2.weight_from_layer0"]
    np.testing.assert_array_equal(skips, parameters.weights(layers[0].id, layers[2].id))
    assert skips[2, 3] == 0


def test_safetensors_beside_a_module_have_names_by_layer_in_a_chain_too(chain_model: TrainedModel) -> None:
    arrays = load_arrays(to_layered_safetensors(chain_model))
    by_place = load_arrays(to_safetensors(chain_model))
    assert set(arrays) == {f"layer{n}.{part}" for n in (1, 2, 3) for part in ("weight", "bias")}
    for place, number in ((0, 1), (2, 2), (4, 3)):
        np.testing.assert_array_equal(arrays[f"layer{number}.weight"], by_place[f"{place}.weight"])


def test_a_file_for_what_is_no_chain_cannot_have_the_names_of_pytorch(skip_model: TrainedModel) -> None:
    assert set(arrays_called(skip_model.parameters, ["0.weight"])) == set(layer_arrays(skip_model.parameters))


@given(model=trained_models())
@settings(max_examples=50, deadline=None)
def test_safetensors_hold_every_network(model: TrainedModel) -> None:
    for to_bytes in (to_safetensors, to_layered_safetensors):
        content = to_bytes(model)
        arrays = load_arrays(content)
        places = arrays_called(model.parameters, arrays)
        assert set(places) == set(arrays)
        for name, place in places.items():
            np.testing.assert_array_equal(arrays[name], place)
        header = json.loads(content[8 : 8 + int.from_bytes(content[:8], "little")])
        description = json.loads(header["__metadata__"]["nn_desktop"])
        assert description["input_names"] == list(model.input_names)


@pytest.mark.parametrize("exporter", EXPORTERS, ids=lambda exporter: exporter.ending)
def test_the_same_model_gives_the_same_bytes(
    chain_model: TrainedModel, monkeypatch: pytest.MonkeyPatch, exporter: Exporter
) -> None:
    write = lambda model: tuple(exporter.to_files(model, "a").items())  # noqa: E731
    contents = {write(chain_model) for _ in range(5)}
    monkeypatch.setattr("time.time", lambda: 2e9)
    contents.add(write(replace(chain_model, parameters=chain_model.parameters.copy())))
    assert len(contents) == 1


def test_npz_carries_no_time_of_the_day(chain_model: TrainedModel) -> None:
    # The time and date of a member's local header (PKWARE's APPNOTE, 4.3.7): midnight, 1 January 1980.
    assert struct.unpack("<HH", to_npz(chain_model)[10:14]) == (0, 0b0000000_0001_00001)


def test_an_unknown_suffix_is_refused_before_and_after(chain_model: TrainedModel, tmp_path: Path) -> None:
    for act in (check_writable, lambda path: export(chain_model, path)):
        for name in ("a.xlsx", "a", ".npz"):
            with pytest.raises(FileError, match=r"end it with \.npz, .* or \.tex"):
                act(tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_capitals_in_a_suffix_do_not_matter(chain_model: TrainedModel, tmp_path: Path) -> None:
    assert find_exporter(Path("A.NPZ")).ending == ".npz"
    export(chain_model, tmp_path / "A.JSON")
    assert json.loads((tmp_path / "A.JSON").read_text("utf-8"))["task"] == "regression"


def test_weights_beyond_all_numbers_are_not_exported(chain_model: TrainedModel, tmp_path: Path) -> None:
    chain_model.parameters.vector[3] = np.inf
    with pytest.raises(FileError, match="smaller learning rate"):
        export(chain_model, tmp_path / "a.npz")
    assert list(tmp_path.iterdir()) == []


def test_names_in_any_script_survive(chain_model: TrainedModel) -> None:
    model = replace(chain_model, input_names=("温度 °C",), output_names=("\N{RIGHT-TO-LEFT MARK}חום",))
    with np.load(io.BytesIO(to_npz(model)), allow_pickle=False) as archive:
        assert tuple(archive["input_names"]) == model.input_names
    assert json.loads(to_json(model))["output_names"] == list(model.output_names)
    assert to_safetensors(model)


def test_a_model_does_not_change_with_the_training() -> None:
    session = Session(make_setup("sine", parse_layers("4"), Activation.TANH))
    model = TrainedModel.of(session.setup, session.dataset, session.parameters)
    before = model.parameters.vector.copy()
    session.advance(5)
    assert (session.parameters.vector != before).any()
    np.testing.assert_array_equal(model.parameters.vector, before)
    assert (model.dataset, model.task) == ("sine", Task.REGRESSION)
