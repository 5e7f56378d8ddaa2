"""The tables are those that the field knows."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from known_data import default_settings

from nn_desktop.data import tables
from nn_desktop.data.builtin import Builtin
from nn_desktop.data.dataset import DataError, Task
from nn_desktop.data.source import load
from nn_desktop.data.tables import DIGITS, LARGE_DIGITS, TABLES, interpolation

NAMES = [row.name for row in TABLES]


@pytest.fixture
def datasets_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setattr(tables, "resource_path", tmp_path.joinpath)
    folder = tmp_path / "datasets"
    folder.mkdir()
    yield folder
    tables.read_table.cache_clear()


@pytest.mark.parametrize(
    ("name", "shape", "class_counts", "outputs"),
    [
        ("iris", (150, 4), [50, 50, 50], 3),
        ("wine", (178, 13), [59, 71, 48], 3),
        ("breast-cancer", (569, 30), [212, 357], 1),
        ("digits", (1797, 64), [178, 182, 177, 183, 181, 182, 181, 179, 174, 180], 10),
        ("digits-784", (1797, 784), [178, 182, 177, 183, 181, 182, 181, 179, 174, 180], 10),
    ],
)
def test_shapes_and_classes(name: str, shape: tuple[int, int], class_counts: list[int], outputs: int) -> None:
    data = load(default_settings(name))
    assert data.inputs.shape == shape
    assert np.bincount(data.targets.astype(int)).tolist() == class_counts
    assert data.output_count == outputs == data.target_scaling.mean.size
    assert data.input_count == len(data.input_names) == shape[1]
    assert data.domain is None
    assert data.true_function is None


def test_known_values() -> None:
    iris = load(default_settings("iris"))
    assert iris.inputs[0].tolist() == [5.1, 3.5, 1.4, 0.2]
    assert iris.class_names[int(iris.targets[0])] == "setosa"
    assert iris.input_names[0] == "sepal length (cm)"
    wine = load(default_settings("wine"))
    assert wine.inputs[0, [0, -1]].tolist() == [14.23, 1065.0]
    cancer = load(default_settings("breast-cancer"))
    assert cancer.task is Task.BINARY
    assert cancer.output_names == ("benign",)
    assert cancer.inputs[0, 0] == 17.99
    assert cancer.class_names[int(cancer.targets[0])] == "malignant"
    digits = load(default_settings("digits"))
    assert (digits.inputs.min(), digits.inputs.max()) == (0.0, 16.0)
    assert digits.targets[:10].tolist() == list(range(10))


@pytest.mark.parametrize("name", [row.name for row in TABLES if row is not LARGE_DIGITS])
def test_values_are_those_of_scikit_learn(name: str) -> None:
    sklearn_datasets = pytest.importorskip("sklearn.datasets")
    inputs, labels = getattr(sklearn_datasets, f"load_{name.replace('-', '_')}")(return_X_y=True)
    data = load(default_settings(name))
    np.testing.assert_array_equal(data.inputs, inputs)
    np.testing.assert_array_equal(data.targets, labels)


@pytest.mark.parametrize("name", NAMES)
def test_each_class_keeps_its_share(name: str) -> None:
    data = load(default_settings(name))
    for label in range(len(data.class_names)):
        count = int((data.targets == label).sum())
        assert int((data.targets[data.train] == label).sum()) == pytest.approx(0.7 * count, abs=0.5 + 1e-9)


def test_a_line_of_pixels_is_enlarged_by_hand() -> None:
    # Centres of the old pixels at ½ and 1½ of a width of 2; those of the new ones at ¼, ¾, 1¼ and 1¾.
    np.testing.assert_array_equal(interpolation(2, 4), [[1, 0], [0.75, 0.25], [0.25, 0.75], [0, 1]])
    np.testing.assert_array_equal(interpolation(8, 8), np.eye(8))
    stretch = interpolation(8, 28)
    np.testing.assert_allclose(stretch.sum(axis=1), 1.0)  # an even picture stays even
    np.testing.assert_allclose(stretch, stretch[::-1, ::-1])  # left and right are alike


def test_enlarged_digits_are_those_of_scipy() -> None:
    ndimage = pytest.importorskip("scipy.ndimage")
    small, large = load(default_settings("digits")), load(default_settings("digits-784"))
    for number in (0, 7, 1796):
        picture = small.inputs[number].reshape(8, 8)
        wanted = ndimage.zoom(picture, 28 / 8, order=1, mode="nearest", grid_mode=True)
        np.testing.assert_allclose(large.inputs[number].reshape(28, 28), wanted, atol=1e-12)


def test_enlarged_digits_are_the_same_digits() -> None:
    small, large = load(default_settings("digits")), load(default_settings("digits-784"))
    assert large.targets is small.targets
    assert large.train.tolist() == small.train.tolist()
    assert small.input_names[13] == "row 1 column 5"
    assert large.input_names[13 * 28 + 7] == "row 13 column 7"
    assert len(set(large.input_names)) == 784
    # Nothing is read outside the picture, so the corners stay; rows and columns are not mixed up.
    np.testing.assert_array_equal(large.inputs[:, [0, 27, 756, 783]], small.inputs[:, [0, 7, 56, 63]])
    # Exactly 0 where all pictures are blank: a column without spread, not one of rounding errors.
    assert not small.inputs[:, 0].any()
    assert not large.inputs[:, 0].any()


def test_enlarged_digits_are_made_once() -> None:
    settings = default_settings("digits-784")
    first = load(settings)
    assert load(replace(settings, seed=5)).inputs is first.inputs
    assert first.inputs.base is not None
    assert first.inputs.base.nbytes == first.inputs.nbytes
    assert not first.inputs.base.flags.writeable


def test_a_table_has_no_adjustable_samples_or_noise() -> None:
    plain = default_settings("iris")
    with pytest.raises(DataError, match=r"150 rows.*instead of 100"):
        load(replace(plain, samples=100))
    with pytest.raises(DataError, match="no noise"):
        load(replace(plain, noise=0.1))


def test_a_file_is_read_once() -> None:
    assert load(default_settings("wine")).inputs is load(replace(default_settings("wine"), seed=5)).inputs


@pytest.mark.parametrize("row", TABLES, ids=lambda row: row.name)
def test_a_missing_file_is_named(row: Builtin, datasets_folder: Path) -> None:
    with pytest.raises(DataError) as caught:
        load(default_settings(row.name))
    assert f"{(DIGITS if row is LARGE_DIGITS else row).name}.csv" in str(caught.value)
    assert "is missing from the installation" in str(caught.value)
    assert "Install the program again" in str(caught.value)


def _without_last_row(text: str) -> str:
    return text[: text.rstrip("\n").rindex("\n") + 1]


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: "",
        lambda text: text.splitlines()[0] + "\n\n",
        _without_last_row,
        lambda text: text.replace("5.1", "five", 1),
        lambda text: text.replace("5.1", "nan", 1),
        lambda text: text.replace("5.1,", "", 1),
        lambda text: text.replace("setosa", "tulip", 1),
        lambda text: text.replace("species", "species,colour", 1),
    ],
    ids=["empty", "header only", "short", "word", "nan", "ragged", "class", "header"],
)
@pytest.mark.filterwarnings("error")
def test_a_damaged_file_is_named(damage: object, datasets_folder: Path) -> None:
    assert callable(damage)
    original = Path(str(tables.__file__)).parents[2] / "resources" / "datasets" / "iris.csv"
    text = original.read_text(encoding="utf-8")
    assert damage(text) != text
    (datasets_folder / "iris.csv").write_text(damage(text), encoding="utf-8")
    with pytest.raises(DataError, match=r"iris\.csv is damaged"):
        load(default_settings("iris"))


def test_a_file_in_another_encoding_is_damaged(datasets_folder: Path) -> None:
    (datasets_folder / "iris.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(DataError, match="is damaged"):
        load(default_settings("iris"))
