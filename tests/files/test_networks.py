"""A network that was exported and opened again predicts what it did, or is refused with a reason."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nn_desktop.data.catalogue import default_settings, load
from nn_desktop.data.dataset import Dataset, Positions
from nn_desktop.engines.engine import EngineName
from nn_desktop.files import networks
from nn_desktop.files.atomic import FileError
from nn_desktop.files.exporters import export
from nn_desktop.files.formats.json_document import to_json
from nn_desktop.files.model import TrainedModel
from nn_desktop.files.networks import read_network
from nn_desktop.insight.metrics import predict_raw
from nn_desktop.network.functions import Activation, Loss
from nn_desktop.network.initializers import Initializer
from nn_desktop.network.notation import parse_layers
from nn_desktop.network.parameters import Parameters
from nn_desktop.training.hyperparameters import Hyperparameters, Mode, Precision
from nn_desktop.training.session import Session
from nn_desktop.training.setup import Setup, make_setup

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
    Mode.STOCHASTIC, 5, 0.03, Loss.HUBER, Initializer.LECUN_NORMAL, 11, Precision.FLOAT32
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


def opened(folder: Path, content: object) -> tuple[Setup, Parameters]:
    path = folder / "a.json"
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    return read_network(path)


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


def test_every_model_predicts_the_same_bits(
    trained_model: tuple[TrainedModel, Dataset], tmp_path: Path
) -> None:
    model, dataset = trained_model
    export(model, tmp_path / "a.json")
    setup, parameters = read_network(tmp_path / "a.json")
    assert (setup.data, setup.hyperparameters) == (model.data, model.hyperparameters)
    assert parameters.vector.dtype == model.parameters.vector.dtype
    assert parameters.vector.tobytes() == model.parameters.vector.tobytes()
    answers = predict_raw(parameters, load(setup.data), dataset.inputs)
    assert answers.tobytes() == predict_raw(model.parameters, dataset, dataset.inputs).tobytes()


def test_data_and_hyperparameters_come_back(setup: Setup, session: Session, tmp_path: Path) -> None:
    read, parameters = opened(tmp_path, to_json(model_of(session)))
    assert (read.data, read.hyperparameters) == (DATA, HYPERPARAMETERS)
    again = Session(read, parameters)
    assert again.losses() == session.losses()
    assert to_json(model_of(again)) == to_json(model_of(session))


def test_the_file_is_read_once(document: dict[str, Any], tmp_path: Path, monkeypatch: Any) -> None:
    read = []

    def read_bytes(path: Path, limit: int) -> bytes:
        content = original(path, limit)
        read.append(path)
        path.write_bytes(b"")  # somebody else is quick
        return content

    original = networks.read_bytes
    monkeypatch.setattr(networks, "read_bytes", read_bytes)
    opened(tmp_path, document)
    assert read == [tmp_path / "a.json"]


@pytest.mark.parametrize("key", ["input_scaling", "target_scaling"])
@pytest.mark.parametrize("part", ["mean", "scale"])
def test_another_scaling_is_refused(document: dict[str, Any], tmp_path: Path, key: str, part: str) -> None:
    document[key][part][0] += 1e-13  # what another computer may make of the same samples
    opened(tmp_path, document)
    document[key][part][0] += 1e-9
    text = refusal(tmp_path, document)
    assert f'its "{key}" is another than that of the dataset "sine"' in text
    assert "predict something else" in text


def test_other_settings_do_not_pass_for_those_of_the_file(tmp_path: Path) -> None:
    data = replace(default_settings("cubic"), standardize=True)
    session = Session(make_setup("cubic", parse_layers("4"), Activation.TANH, data=data))
    document = json.loads(to_json(model_of(session)))
    for other in ({"samples": 60}, {"seed": 1}, {"train_share": 0.7}, {"standardize": False}):
        text = refusal(tmp_path, {**document, "data": {**document["data"], **other}})
        assert "predict something else" in text


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("dataset", "cubic"),
        ("task", "binary"),
        ("precision", "float64"),
        ("input_names", ["y"]),
        ("output_names", None),
        ("class_names", ["no", "yes"]),
        ("threshold", 0.5),
    ],
)
def test_a_document_that_contradicts_itself_is_refused(
    document: dict[str, Any], tmp_path: Path, key: str, value: object
) -> None:
    document[key] = value
    assert f'its "{key}" is another' in refusal(tmp_path, document)


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
    *(f"data.{name}" for name in DATA.__dataclass_fields__),
    *(f"hyperparameters.{name}" for name in HYPERPARAMETERS.__dataclass_fields__),
]


@pytest.mark.parametrize("field", RECORD_FIELDS)
def test_a_wrong_or_missing_setting_is_refused(document: dict[str, Any], tmp_path: Path, field: str) -> None:
    record, name = field.split(".")
    right = document[record].pop(name)
    if name not in networks.ADDED_LATER:
        refusal(tmp_path, document)
    for wrong in (*NOTHING_LIKE_IT, float("nan"), float("inf")):
        # A whole number may stand for a decimal one, and some of these are right for some fields.
        if type(wrong) is type(right) and field in ("data.standardize", "hyperparameters.learning_rate"):
            continue
        document[record][name] = wrong
        refusal(tmp_path, document)


def test_a_file_of_before_there_were_engines_is_opened(document: dict[str, Any], tmp_path: Path) -> None:
    document["hyperparameters"]["engine"] = "numpy"
    assert opened(tmp_path, document)[0].hyperparameters.engine is EngineName.NUMPY
    del document["hyperparameters"]["engine"]
    assert opened(tmp_path, document)[0].hyperparameters.engine is EngineName.AUTO


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
    'There is no dataset "sinn". Did you mean "sine"?': lambda d: d["data"].update(name="sinn"),
    "The number of samples must lie": lambda d: d["data"].update(samples=3),
    "The noise must be a number": lambda d: d["data"].update(noise=float("nan")),
    "Only functions of one variable": lambda d: (d["data"].update(name="xor"), widen(d)),
    'its "data.standardize" is not': lambda d: d["data"].update(standardize=1),
    'its "data.positions" is not': lambda d: d["data"].update(positions="RANDOM"),
    "A learning rate of 0 cannot learn": lambda d: d["hyperparameters"].update(learning_rate=0),
    "A batch of 0 samples": lambda d: d["hyperparameters"].update(batch_size=0),
    "The seed -1 cannot be used": lambda d: d["hyperparameters"].update(seed=-1),
    'its "hyperparameters.mode" is not': lambda d: d["hyperparameters"].update(mode="slow"),
    "is no loss for regression": lambda d: d["hyperparameters"].update(loss="binary-cross-entropy"),
    "too large for float32": lambda d: d["layers"][1]["biases"].__setitem__(0, 1e300),
    "newer version": lambda d: d.update(version=3),
    "no network of this program": lambda d: d.update(format="other"),
    'its "layers.number" is not': lambda d: d["layers"].reverse(),
    'its "layers.units" is not': lambda d: d["layers"][1].update(units=5.0),
    'its "layers.activation" is not': lambda d: d["layers"][1].update(activation="rely"),
    'its "layers.name" is not': lambda d: d["layers"][1].update(name="\ud800"),
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


def widen(document: dict[str, Any]) -> None:
    """Give the network the two inputs, and the loss, of the planes."""
    document["layers"][0]["units"] = 2
    document["links"][0]["weights"] = [[0.0, 0.0]] * 5
    document["hyperparameters"]["loss"] = "mse"


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
    layers = opened(tmp_path, document)[0].topology.layers
    assert [layer.name for layer in layers[1:3]] == [
        "\N{RIGHT-TO-LEFT MARK}שכבה",
        "x" * 60,
    ]  # no longer than a name that is typed


def test_what_is_no_document_is_refused(session: Session, tmp_path: Path) -> None:
    for content in (b"", b"[]", b"null", b"\xff\xfe\x00", b"[" * 100_000, b'{"a":' * 100_000):
        refusal(tmp_path, content)
    with pytest.raises(FileError, match="exported as JSON"):
        read_network(tmp_path / "a.npz")
    with pytest.raises(FileError, match="it does not exist"):
        read_network(tmp_path / "missing.json")


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_mutated_file_is_read_or_refused(session: Session, tmp_path: Path, data: st.DataObject) -> None:
    content = bytearray(to_json(model_of(session)))
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(content)))
        content[start : start + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
    try:
        setup, parameters = opened(tmp_path, bytes(content))
    except FileError as error:
        assert "cannot be opened" in str(error)
    else:
        assert np.isfinite(parameters.vector).all()
        Session(setup, parameters)
