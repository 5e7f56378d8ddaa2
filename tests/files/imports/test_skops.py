"""Perceptrons of scikit-learn give here what they give there; all else is refused by its name."""

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from files.foreign_files import (
    array_node,
    list_node,
    npy,
    npy_claiming,
    object_node,
    perceptron_node,
    skops_file,
    value_node,
)
from known_data import default_settings

from nn_desktop.data.dataset import Task
from nn_desktop.data.source import load
from nn_desktop.errors import UserError
from nn_desktop.files.imports.adoption import adopt
from nn_desktop.files.imports.importers import read_model
from nn_desktop.files.imports.skops import read_skops
from nn_desktop.files.model import TrainedModel
from nn_desktop.files.native.stored import ReadError
from nn_desktop.insight.metrics import predict_raw
from nn_desktop.network.functions import Activation

Fit = Callable[..., Any]


@pytest.fixture
def skl() -> Any:
    """What is needed of scikit-learn."""
    pytest.importorskip("skops", reason="skops is not installed")
    return pytest.importorskip("sklearn", reason="scikit-learn is not installed")


def save(estimator: Any, path: Path) -> Path:
    from skops.io import dump

    dump(estimator, path)
    return path


def classifier(**more: Any) -> Any:
    from sklearn.neural_network import MLPClassifier

    return MLPClassifier(**({"hidden_layer_sizes": (5, 4), "max_iter": 30, "random_state": 0} | more))


def regressor(**more: Any) -> Any:
    from sklearn.neural_network import MLPRegressor

    return MLPRegressor(**({"hidden_layer_sizes": (5, 4), "max_iter": 30, "random_state": 0} | more))


def scaled(estimator: Any, **options: Any) -> Any:
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    return make_pipeline(StandardScaler(**options), estimator)


def fitted(estimator: Any, inputs: np.ndarray, targets: np.ndarray) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that so few epochs are too few
        return estimator.fit(inputs, targets)


def expected_answers(estimator: Any, inputs: np.ndarray) -> np.ndarray:
    """What scikit-learn gives, as many columns as outputs here."""
    if not hasattr(estimator, "predict_proba"):
        return np.asarray(estimator.predict(inputs)).reshape(len(inputs), -1)
    shares = estimator.predict_proba(inputs)
    return shares[:, 1:] if shares.shape[1] == 2 else shares


def check(estimator: Any, inputs: np.ndarray, path: Path, present: str | None = None) -> TrainedModel:
    """Compare answers after reading, and after adoption."""
    imported = read_model(save(estimator, path))
    expected = expected_answers(estimator, inputs)
    scale = max(1.0, float(abs(expected).max()))
    np.testing.assert_allclose(imported.model.predict(inputs), expected, rtol=0, atol=1e-12 * scale)
    adopted = adopt(imported, None if present is None else default_settings(present))
    dataset = load(adopted.setup.data)
    assert present is None or adopted.setup.data.source.name == present
    answers = predict_raw(adopted.parameters, dataset, inputs)
    np.testing.assert_allclose(answers, expected, rtol=0, atol=1e-12 * scale)
    return imported.model


@pytest.mark.parametrize(
    ("name", "activation"),
    [
        ("identity", Activation.IDENTITY),
        ("logistic", Activation.SIGMOID),
        ("tanh", Activation.TANH),
        ("relu", Activation.RELU),
    ],
)
@pytest.mark.parametrize("with_scaler", [False, True])
def test_three_classes(
    skl: Any, tmp_path: Path, name: str, activation: Activation, with_scaler: bool
) -> None:
    dataset = load(default_settings("iris"))
    estimator = classifier(activation=name)
    if with_scaler:
        estimator = scaled(estimator)
    labels = np.array(dataset.class_names)[dataset.labels]
    fitted(estimator, dataset.inputs, labels)
    model = check(estimator, dataset.inputs, tmp_path / "a.skops", "iris")
    assert model.task is Task.MULTICLASS
    assert model.class_names == dataset.class_names
    activations = [layer.activation for layer in model.topology.layers[1:]]
    assert activations == [activation, activation, Activation.SOFTMAX]
    assert model.name_classes(model.predict(dataset.inputs)) == list(estimator.predict(dataset.inputs))


@pytest.mark.parametrize("kind", ["int", "float", "bool", "text", "object"])
def test_two_classes_of_any_kind(skl: Any, tmp_path: Path, kind: str) -> None:
    dataset = load(default_settings("breast-cancer"))
    names = {"text": np.array(["a", "b"]), "object": np.array(["a", "b"], object)}
    labels = names[kind][dataset.labels] if kind in names else dataset.labels.astype(kind)
    estimator = fitted(scaled(classifier()), dataset.inputs, labels)
    present = None if kind in names else "breast-cancer"
    model = check(estimator, dataset.inputs, tmp_path / "a.skops", present)
    assert model.task is Task.BINARY
    assert model.topology.layers[-1].activation is Activation.SIGMOID
    expected = [str(label) for label in estimator.predict(dataset.inputs)]
    assert model.name_classes(model.predict(dataset.inputs)) == expected


def test_classes_in_another_order_are_put_into_that_of_the_dataset(skl: Any, tmp_path: Path) -> None:
    dataset = load(default_settings("breast-cancer"))  # malignant, benign: not the order of the alphabet
    labels = np.array(dataset.class_names)[dataset.labels]
    estimator = fitted(scaled(classifier()), dataset.inputs, labels)
    adopted = adopt(read_model(save(estimator, tmp_path / "a.skops")), default_settings("breast-cancer"))
    assert adopted.setup.data == default_settings("breast-cancer")
    answers = predict_raw(adopted.parameters, dataset, dataset.inputs)
    np.testing.assert_allclose(answers, estimator.predict_proba(dataset.inputs)[:, :1], rtol=0, atol=1e-12)
    assert any("another order" in remark for remark in adopted.remarks)


def test_the_dataset_is_found_by_its_names(skl: Any, tmp_path: Path) -> None:
    dataset = load(default_settings("iris"))
    estimator = fitted(scaled(classifier()), dataset.inputs, np.array(dataset.class_names)[dataset.labels])
    # As if it had been trained with a table of pandas.
    estimator[0].feature_names_in_ = np.array(dataset.input_names, object)
    imported = read_model(save(estimator, tmp_path / "a.skops"))
    assert imported.model.input_names == dataset.input_names
    adopted = adopt(imported, default_settings("sine"))
    assert adopted.setup.data == default_settings("iris")
    assert 'called as those of "Iris"' in adopted.remarks[0]


@pytest.mark.parametrize("outputs", [1, 2])
@pytest.mark.parametrize("hidden", [(), (6,)])
def test_regressions(skl: Any, tmp_path: Path, outputs: int, hidden: tuple[int, ...]) -> None:
    generator = np.random.default_rng(0)
    inputs = generator.normal(5.0, 20.0, (60, 3))
    targets = np.sin(inputs[:, :outputs]) * 100 if outputs > 1 else np.sin(inputs[:, 0]) * 100
    estimator = fitted(scaled(regressor(hidden_layer_sizes=hidden)), inputs, targets)
    model = check(estimator, inputs, tmp_path / "a.skops")
    assert model.task is Task.REGRESSION
    assert model.output_names == ("y1", "y2")[:outputs]


@pytest.mark.parametrize(
    "options", [{"with_mean": False}, {"with_std": False}, {"with_mean": False, "with_std": False}]
)
def test_a_scaler_does_what_it_was_told(skl: Any, tmp_path: Path, options: dict[str, bool]) -> None:
    inputs = np.random.default_rng(0).normal(5.0, 20.0, (60, 3))
    estimator = fitted(scaled(regressor(), **options), inputs, inputs[:, 0])
    check(estimator, inputs, tmp_path / "a.skops")


def test_float32_stays_float32(skl: Any, tmp_path: Path) -> None:
    inputs = np.random.default_rng(0).normal(size=(60, 3)).astype(np.float32)
    estimator = fitted(classifier(), inputs, (inputs[:, 0] > 0).astype(int))
    model = read_model(save(estimator, tmp_path / "a.skops")).model
    assert model.parameters.vector.dtype == np.float32
    expected = estimator.predict_proba(inputs)[:, 1:]
    np.testing.assert_allclose(model.predict(inputs), expected, rtol=0, atol=1e-6)


def test_a_packed_file_is_read(skl: Any, tmp_path: Path) -> None:
    import zipfile

    from skops.io import dump

    inputs = np.random.default_rng(0).normal(size=(60, 3))
    estimator = fitted(regressor(), inputs, inputs[:, 0])
    dump(estimator, tmp_path / "a.skops", compression=zipfile.ZIP_DEFLATED)
    model = read_model(tmp_path / "a.skops").model
    np.testing.assert_allclose(model.predict(inputs)[:, 0], estimator.predict(inputs), rtol=0, atol=1e-12)


def other_estimators() -> dict[str, Any]:
    """Estimators that cannot be drawn, fitted, with words of the refusal."""
    from sklearn.compose import TransformedTargetRegressor
    from sklearn.linear_model import LinearRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import MinMaxScaler, StandardScaler

    inputs = np.random.default_rng(0).normal(size=(60, 3))
    targets, labels = inputs[:, 0] + 5, (inputs > 0).astype(int)
    return {
        "it holds TransformedTargetRegressor": fitted(
            TransformedTargetRegressor(regressor()), inputs, targets
        ),
        "it holds LinearRegression": fitted(LinearRegression(), inputs, targets),
        "a pipeline with MinMaxScaler": fitted(make_pipeline(MinMaxScaler(), regressor()), inputs, targets),
        "a pipeline that ends with LinearRegression": fitted(
            make_pipeline(StandardScaler(), LinearRegression()), inputs, targets
        ),
        "several scalers": fitted(
            make_pipeline(StandardScaler(), StandardScaler(), regressor()), inputs, targets
        ),
        "several labels at once": fitted(classifier(), inputs, labels),
        "its MLPRegressor was not trained": regressor(),
    }


def test_all_else_is_refused_by_its_name(skl: Any, tmp_path: Path) -> None:
    for words, estimator in other_estimators().items():
        with pytest.raises(UserError, match=words):
            read_model(save(estimator, tmp_path / "a.skops"))


def test_a_poisson_regression_is_refused() -> None:
    root = perceptron_node([array_node("a.npy")], [array_node("b.npy")], out_activation_=value_node("exp"))
    with pytest.raises(ReadError, match='its out_activation_ is "exp"'):
        read_skops(skops_file(root, ARRAYS))


ARRAYS = {"a.npy": npy([[1.0], [2.0]]), "b.npy": npy([3.0])}


def made(arrays: dict[str, bytes] | None = None, **attributes: Any) -> bytes:
    root = perceptron_node([array_node("a.npy")], [array_node("b.npy")], **attributes)
    return skops_file(root, ARRAYS | (arrays or {}))


def made_classifier(labels: Any, arrays: dict[str, bytes] | None = None) -> bytes:
    root = perceptron_node(
        [array_node("a.npy")],
        [array_node("b.npy")],
        "MLPClassifier",
        out_activation_=value_node("logistic"),
        classes_=labels,
    )
    return skops_file(root, ARRAYS | (arrays or {}))


def test_a_file_made_by_hand_is_read() -> None:
    model = read_skops(made()).model
    assert model.predict(np.array([[10.0, 100.0]])).tolist() == [[213.0]]
    imported = read_skops(made_classifier(array_node("k.npy"), {"k.npy": npy(["no", "yes"])}))
    assert imported.model.class_names == ("no", "yes")
    assert not imported.knows_data


def test_labels_of_any_object_are_refused() -> None:
    pickled = npy_claiming("|O", "(2,)", b"cos\nsystem\n.")
    with pytest.raises(ReadError, match="no list of names"):
        read_skops(made_classifier(array_node("k.npy"), {"k.npy": pickled}))
    nested = {**array_node(""), "type": "json", "content": [list_node([]), list_node([])]}
    with pytest.raises(ReadError, match='"classes_"'):
        read_skops(made_classifier(nested))
    one = {**array_node(""), "type": "json", "content": [value_node("a")]}
    with pytest.raises(ReadError, match="tells 1 classes apart"):
        read_skops(made_classifier(one))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (made({"a.npy": npy([1.0, 2.0])}), '"coefs_"'),
        (made({"a.npy": npy(np.zeros((2, 0)))}), '"coefs_"'),
        (made({"b.npy": npy([1.0, 2.0])}), '"coefs_"'),
        (made({"a.npy": npy([[1], [2]])}), "floating-point"),
        (made({"a.npy": npy([[1.0], [np.inf]])}), "not finite"),
        (made(activation=value_node("sine")), 'activation is "sine"'),
        (made(activation=value_node("a\nb")), r"activation is \"a\\nb\""),
        (made(activation=list_node([])), '"activation"'),
        (made(coefs_=value_node(1)), '"coefs_"'),
        (made(intercepts_=list_node([])), '"coefs_"'),
        (made(feature_names_in_=array_node("a.npy")), "feature_names_in_|no list of names"),
        (skops_file(object_node("MLPRegressor", "mine")), "mine.MLPRegressor"),
        (skops_file({}), "damaged"),
        (skops_file([]), "damaged"),
        (skops_file(perceptron_node([], [])), '"coefs_"'),
        (skops_file({**perceptron_node([], []), "content": 1}), "damaged"),
    ],
    ids=range(16),
)
def test_a_wrong_part_is_refused(content: bytes, words: str) -> None:
    with pytest.raises(ReadError, match=words):
        read_skops(content)
