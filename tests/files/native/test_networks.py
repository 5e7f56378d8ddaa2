"""A network that was exported and opened again is the same to the last bit, or is refused with a reason."""

import io
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from files.random_models import trained_models
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from known_data import default_settings, make_setup, unknown_settings

from nn_desktop.data.dataset import Dataset
from nn_desktop.data.sampling import Positions
from nn_desktop.data.source import load
from nn_desktop.engines.names import EngineName, Precision
from nn_desktop.files.atomic import FileError
from nn_desktop.files.imports import importers
from nn_desktop.files.imports.adoption import adopt
from nn_desktop.files.imports.imported import Imported
from nn_desktop.files.imports.importers import IMPORTERS, read_model
from nn_desktop.files.model import TrainedModel
from nn_desktop.files.native.data_document import describe_data
from nn_desktop.files.native.description import describe
from nn_desktop.files.native.json_document import to_json
from nn_desktop.files.native.npz import to_npz
from nn_desktop.files.native.safetensors_file import to_layered_safetensors, to_safetensors
from nn_desktop.files.project.setup_document import ADDED_LATER
from nn_desktop.insight.metrics import predict_raw
from nn_desktop.network.functions import Activation, Loss
from nn_desktop.network.initializers import Initializer
from nn_desktop.network.notation import parse_layers
from nn_desktop.training.hyperparameters import Hyperparameters, Mode
from nn_desktop.training.session import Session
from nn_desktop.training.setup import Setup

DATA = replace(
    default_settings("sine"),
    samples=90,
    noise=0.1,
    seed=7,
    train_share=0.6,
    standardize=False,
    positions=Positions.GRID,
)
HYPERPARAMETERS = Hyperparameters(
    mode=Mode.STOCHASTIC,
    batch_size=5,
    learning_rate=0.03,
    loss=Loss.HUBER,
    label_smoothing=0.25,
    initializer=Initializer.LECUN_NORMAL,
    seed=11,
    precision=Precision.FLOAT32,
)


@pytest.fixture
def setup() -> Setup:
    """A setup of which nothing is as by default."""
    return make_setup("sine", parse_layers("5:relu-4"), Activation.TANH, HYPERPARAMETERS, DATA)


@pytest.fixture
def session(setup: Setup) -> Session:
    session = Session(setup)
    session.advance(30)
    return session


@pytest.fixture
def document(session: Session) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(to_json(model_of(session)))
    return parsed


def model_of(session: Session) -> TrainedModel:
    return TrainedModel.of(session.setup, session.dataset, session.parameters)


def opened(folder: Path, content: object) -> Imported:
    path = folder / "a.json"
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    return read_model(path)


def refusal(folder: Path, content: object) -> str:
    """Return the sentence that a file is refused with."""
    with pytest.raises(FileError) as caught:
        opened(folder, content)
    text = str(caught.value)
    assert text.startswith(f'The file "{folder / "a.json"}" cannot be opened')
    assert "\n" not in text
    assert text.endswith((".", "?"))
    assert len(text) < 500
    return text


WRITERS: dict[str, tuple[str, Callable[[TrainedModel], bytes]]] = {
    "npz": (".npz", to_npz),
    "json": (".json", to_json),
    "safetensors": (".safetensors", to_safetensors),
    "layered-safetensors": (".safetensors", to_layered_safetensors),
}


def imported_again(model: TrainedModel, writer: str) -> Imported:
    suffix, to_bytes = WRITERS[writer]
    return next(each for each in IMPORTERS if each.suffix == suffix).read(to_bytes(model))


@pytest.mark.parametrize("writer", WRITERS)
@settings(max_examples=60, deadline=None)
@given(model=trained_models())
def test_everything_comes_back_to_the_last_bit(writer: str, model: TrainedModel) -> None:
    imported = imported_again(model, writer)
    assert (imported.knows_data, imported.remarks) == (False, ())
    assert describe(imported.model) == describe(model)
    vector = imported.model.parameters.vector
    assert vector.dtype == model.parameters.vector.dtype
    assert vector.tobytes() == model.parameters.vector.tobytes()
    inputs = model.input_scaling.undo(np.random.default_rng(0).normal(size=(20, len(model.input_names))))
    assert imported.model.predict(inputs).tobytes() == model.predict(inputs).tobytes()


@pytest.mark.parametrize("writer", WRITERS)
def test_what_was_trained_goes_on_as_it_was(trained_model: tuple[TrainedModel, Dataset], writer: str) -> None:
    model, dataset = trained_model
    adopted = adopt(imported_again(model, writer))
    assert adopted.remarks == ()
    assert (adopted.setup.data, adopted.setup.hyperparameters) == (model.data, model.hyperparameters)
    assert adopted.parameters.vector.dtype == model.parameters.vector.dtype
    assert adopted.parameters.vector.tobytes() == model.parameters.vector.tobytes()
    answers = predict_raw(adopted.parameters, load(adopted.setup.data), dataset.inputs)
    assert answers.tobytes() == predict_raw(model.parameters, dataset, dataset.inputs).tobytes()


@pytest.mark.parametrize("writer", WRITERS)
def test_data_and_hyperparameters_come_back(setup: Setup, session: Session, writer: str) -> None:
    adopted = adopt(imported_again(model_of(session), writer))
    assert (adopted.setup.data, adopted.setup.hyperparameters) == (DATA, HYPERPARAMETERS)
    again = Session(adopted.setup, adopted.parameters)
    assert again.losses() == session.losses()
    assert to_json(model_of(again)) == to_json(model_of(session))


def test_the_file_is_read_once(document: dict[str, Any], tmp_path: Path, monkeypatch: Any) -> None:
    read = []

    def read_bytes(path: Path, limit: int) -> bytes:
        content = original(path, limit)
        read.append(path)
        path.write_bytes(b"")  # somebody else is quick
        return content

    original = importers.read_bytes
    monkeypatch.setattr(importers, "read_bytes", read_bytes)
    opened(tmp_path, document)
    assert read == [tmp_path / "a.json"]


CONTRADICTIONS: list[tuple[str, object, str]] = [
    ("dataset", "cubic", "dataset"),
    ("task", "binary", "class_names"),
    ("task", "multiclass", "task"),
    ("precision", "float64", "precision"),
    ("input_names", ["x", "y"], "input_names"),
    ("input_names", ["x" * 101], "input_names"),
    ("input_names", ["x\ny"], "input_names"),
    ("input_names", ["\ud800"], "input_names"),
    ("input_names", [1], "input_names"),
    ("output_names", None, "output_names"),
    ("class_names", ["no", "yes"], "class_names"),
    ("threshold", 0.5, "threshold"),
    ("threshold", "0.5", "threshold"),
    ("version", 0, "version"),
]


@pytest.mark.parametrize(("key", "value", "named"), CONTRADICTIONS)
def test_a_document_that_contradicts_itself_is_refused(
    document: dict[str, Any], tmp_path: Path, key: str, value: object, named: str
) -> None:
    document[key] = value
    assert f'its "{named}" is not as it should be' in refusal(tmp_path, document)


def test_an_earlier_version_is_read(document: dict[str, Any], tmp_path: Path) -> None:
    document["version"] = 1
    for layer in document["layers"]:
        del layer["initializer"], layer["frozen"]
    for link in document["links"]:
        del link["only"], link["frozen"]
    del document["hyperparameters"]["engine"], document["hyperparameters"]["label_smoothing"]
    imported = opened(tmp_path, document)
    assert imported.remarks == ()
    assert imported.model.hyperparameters == replace(HYPERPARAMETERS, label_smoothing=0.0)
    # The very first files did not say how it was trained.
    del document["data"], document["hyperparameters"]
    imported = opened(tmp_path, document)
    assert imported.model.data == default_settings("sine")
    assert imported.model.hyperparameters == Hyperparameters(precision=Precision.FLOAT32)
    assert "earlier version" in imported.remarks[0]
    document["version"] = 2
    assert 'its "data" is not' in refusal(tmp_path, document)


def versions_of(model: TrainedModel) -> list[int]:
    topology = json.loads(str(np.load(io.BytesIO(to_npz(model)))["topology"]))
    assert imported_again(model, "npz").model.hyperparameters == model.hyperparameters
    return [json.loads(to_json(model))["version"], topology["version"]]


def test_the_version_grows_only_with_what_version_0_1_would_misunderstand(session: Session) -> None:
    smoothed = model_of(session)
    assert smoothed.hyperparameters.label_smoothing == 0.25
    assert versions_of(smoothed) == [3, 3]
    plain = replace(smoothed, hyperparameters=replace(smoothed.hyperparameters, label_smoothing=0.0))
    assert versions_of(plain) == [2, 2]
    assert versions_of(replace(plain, data=unknown_settings(1, 1))) == [3, 3]


NOTHING_LIKE_IT: list[object] = [
    None,
    [],
    {},
    [1],
    {"a": 1},
    "",
    "x" * 10_000,
    "a\nb",
    True,
    1.5,
    -1,
    10**4000,
]
RECORD_FIELDS = [
    *(f"data.{name}" for name in describe_data(DATA)),
    *(f"hyperparameters.{name}" for name in HYPERPARAMETERS.__dataclass_fields__),
]


@pytest.mark.parametrize("field", RECORD_FIELDS)
def test_a_wrong_or_missing_setting_is_refused(document: dict[str, Any], tmp_path: Path, field: str) -> None:
    record, name = field.split(".")
    right = document[record].pop(name)
    words = ["dataset"] if field == "data.name" else name.split("_")
    if name not in ADDED_LATER:
        assert any(word in refusal(tmp_path, document) for word in words)
    for wrong in (*NOTHING_LIKE_IT, float("nan"), float("inf")):
        # A whole number may stand for a decimal one, and some of these are right for some fields.
        if type(wrong) is type(right) and field in ("data.standardize", "hyperparameters.learning_rate"):
            continue
        document[record][name] = wrong
        assert any(word in refusal(tmp_path, document) for word in words)


def test_a_file_of_before_there_were_engines_is_opened(document: dict[str, Any], tmp_path: Path) -> None:
    document["hyperparameters"]["engine"] = "numpy"
    assert opened(tmp_path, document).model.hyperparameters.engine is EngineName.NUMPY
    del document["hyperparameters"]["engine"]
    assert opened(tmp_path, document).model.hyperparameters.engine is EngineName.AUTO


@pytest.mark.parametrize("key", ["data", "hyperparameters", "layers", "links", "input_scaling"])
def test_a_wrong_or_missing_part_is_refused(document: dict[str, Any], tmp_path: Path, key: str) -> None:
    for wrong in NOTHING_LIKE_IT:
        if (key, wrong) == ("links", []):  # a network of biases alone
            continue
        document[key] = wrong
        refusal(tmp_path, document)
    del document[key]
    assert f'its "{key}' in refusal(tmp_path, document)


Edit = Callable[[dict[str, Any]], object]
EDITS: dict[str, Edit] = {
    'its "dataset" is not': lambda d: d["data"].update(name="sinn"),
    "The number of samples must lie": lambda d: d["data"].update(samples=3),
    "The noise must be a number": lambda d: d["data"].update(noise=float("nan")),
    'its "data.standardize" is not': lambda d: d["data"].update(standardize=1),
    'its "data.positions" is not': lambda d: d["data"].update(positions="RANDOM"),
    "A learning rate of 0 cannot learn": lambda d: d["hyperparameters"].update(learning_rate=0),
    "A batch of 0 samples": lambda d: d["hyperparameters"].update(batch_size=0),
    "The seed -1 cannot be used": lambda d: d["hyperparameters"].update(seed=-1),
    'its "hyperparameters.mode" is not': lambda d: d["hyperparameters"].update(mode="slow"),
    'its "hyperparameters.loss" is not': lambda d: d["hyperparameters"].update(loss="binary"),
    "too large for float32": lambda d: d["layers"][1]["biases"].__setitem__(0, 1e300),
    "newer version": lambda d: d.update(version=4),
    "no network of this program": lambda d: d.update(format="other"),
    'its "layers.number" is not': lambda d: d["layers"].reverse(),
    'its "layers.units" is not': lambda d: d["layers"][1].update(units=5.0),
    'its "layers.activation" is not': lambda d: d["layers"][1].update(activation="rely"),
    'its "layers.name" is not': lambda d: d["layers"][1].update(name=["a"]),
    "it has no activation to choose": lambda d: d["layers"][0].update(activation="tanh"),
    'its "links.source" is not': lambda d: d["links"][0].update(source=-1),
    'its "links.target" is not': lambda d: d["links"][0].update(target=4),
    "can only run forward": lambda d: d["links"][1].update(source=2, target=1),
    "linked twice": lambda d: d["links"].append(d["links"][0]),
    'its "links.removed" is not': lambda d: d["links"][0].update(removed=[[-1, 0]]),
    "connections that are removed": lambda d: d["links"][0].update(removed=[[0, 0]]),
    'its "input_scaling" is not': lambda d: d["input_scaling"]["scale"].__setitem__(0, 0.0),
    'its "target_scaling" is not': lambda d: d["target_scaling"]["mean"].__setitem__(0, float("nan")),
    'its "target_scaling.mean" is not': lambda d: d["target_scaling"]["mean"].append(0.0),
    'its "input_scaling.scale" is not': lambda d: d["input_scaling"].update(scale=["1"]),
}


@pytest.mark.parametrize("words", EDITS)
def test_a_document_with_a_wrong_part_is_refused(
    document: dict[str, Any], tmp_path: Path, words: str
) -> None:
    EDITS[words](document)
    assert words in refusal(tmp_path, document)


@pytest.mark.parametrize("pair", [[0], [0, 0, 0], [0, 5], [1, 0], [True, 0], ["0", 0], [0.0, 0], 0, None, {}])
def test_a_removed_connection_that_cannot_be_is_refused(
    document: dict[str, Any], tmp_path: Path, pair: object
) -> None:
    document["links"][0]["removed"] = [pair]
    assert 'its "links.removed" is not' in refusal(tmp_path, document)


def test_names_of_layers_come_back_in_any_script(document: dict[str, Any], tmp_path: Path) -> None:
    document["layers"][1]["name"] = "\N{RIGHT-TO-LEFT MARK}שכבה"
    document["layers"][2]["name"] = "x" * 10_000
    layers = opened(tmp_path, document).model.topology.layers
    assert [layer.name for layer in layers[1:3]] == [
        "\N{RIGHT-TO-LEFT MARK}שכבה",
        "x" * 60,
    ]  # no longer than a name that is typed


def test_what_is_no_document_is_refused(session: Session, tmp_path: Path) -> None:
    for content in (b"", b"[]", b"null", b"\xff\xfe\x00", b"[" * 100_000, b'{"a":' * 100_000):
        refusal(tmp_path, content)
    with pytest.raises(FileError, match="it does not exist"):
        read_model(tmp_path / "missing.json")


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_mutated_file_is_read_or_refused(session: Session, tmp_path: Path, data: st.DataObject) -> None:
    content = bytearray(to_json(model_of(session)))
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(content)))
        content[start : start + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
    try:
        model = opened(tmp_path, bytes(content)).model
    except FileError as error:
        assert "cannot be opened" in str(error)
    else:
        assert np.isfinite(model.parameters.vector).all()
