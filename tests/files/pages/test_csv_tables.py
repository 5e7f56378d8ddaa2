"""Whoever computes with the tables of an export gets what the program computes."""

import csv
import math
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from files.conftest import SETUPS, trained
from files.differences import difference_of
from files.programs.exported_programs import question
from files.random_models import trained_models
from hypothesis import given, settings

from nn_desktop.data.dataset import Dataset
from nn_desktop.engines import textbook
from nn_desktop.engines.engine import StopFlag
from nn_desktop.files.activation_code import ACTIVATION_CODE
from nn_desktop.files.check_vectors import make_check_vectors
from nn_desktop.files.checking import NotCheckedError, Question
from nn_desktop.files.model import TrainedModel
from nn_desktop.files.pages import csv_tables
from nn_desktop.files.pages.csv_tables import answer, to_files
from nn_desktop.files.spreadsheet import FORMULA_SIGNS, cell
from nn_desktop.network.functions import Activation
from nn_desktop.network.parameters import Parameters

HOSTILE = [
    '=HYPERLINK("http://x")',
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    " =1",
    "＝1",
    'a"b,c\nd',
    "'quoted",
    "",
]


def write(model: TrainedModel, folder: Path, name: str = "net.csv") -> Path:
    for file, content in to_files(model, name).items():
        (folder / file).write_bytes(content)
    return folder / name


def rows_of(content: bytes) -> list[list[str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(content.decode("utf-8-sig").split("\n")[:-1]))


def section(rows: list[list[str]], title: str) -> list[list[str]]:
    start = next(place for place, row in enumerate(rows) if row[:1] == [title]) + 1
    end = next((place for place in range(start, len(rows)) if not rows[place]), len(rows))
    return rows[start:end]


def mmult(matrix: list[list[float]], column: list[float]) -> list[float]:
    return [sum(a * b for a, b in zip(row, column, strict=True)) for row in matrix]


# --- the same numbers


@given(trained_models())
@settings(max_examples=100, deadline=None)
def test_any_network_answers_from_its_tables(
    tmp_path_factory: pytest.TempPathFactory, model: TrainedModel
) -> None:
    path = write(model, tmp_path_factory.mktemp("tables"))
    vectors = make_check_vectors(model)
    answered = answer(path, question(model, vectors.inputs))
    assert answered.reader == "numpy, from the tables"
    rounding = 1e-12 if model.parameters.vector.dtype == np.float64 else 1e-5
    assert difference_of(answered.answers, vectors.answers) < rounding


def test_a_spreadsheet_computes_it(trained_model: tuple[TrainedModel, Dataset]) -> None:
    """As a person would do it, cell by cell, with no more than the recipe says."""
    model, dataset = trained_model
    files = {name: rows_of(content) for name, content in to_files(model, "net.csv").items()}
    overview = files["net.csv"]
    raw = dataset.inputs[0].tolist()
    scaling = [(float(mean), float(scale)) for _, mean, scale in section(overview, "input")]
    values = {"0": [(x - mean) / scale for x, (mean, scale) in zip(raw, scaling, strict=True)]}
    for number, units, activation, _ in section(overview, "layer")[1:]:
        z = [0.0] * int(units)
        for table, layer, source, biases in section(overview, "table"):
            if layer != number:
                continue
            matrix = [[float(x) for x in row[1:]] for row in files[table][1:]]
            if biases == "yes":
                assert files[table][0][-1] == "bias"
                z = [a + row.pop() for a, row in zip(z, matrix, strict=True)]
            if source:
                z = [a + b for a, b in zip(z, mmult(matrix, values[source]), strict=True)]
        values[number] = textbook.activate(Activation(activation), z)
    answers = values[max(values)]
    scaling = [(float(mean), float(scale)) for _, mean, scale in section(overview, "output")]
    if not model.class_names:
        answers = [a * scale + mean for a, (mean, scale) in zip(answers, scaling, strict=True)]
    rounding = 1e-12 if model.parameters.vector.dtype == np.float64 else 1e-5
    np.testing.assert_allclose(answers, model.predict(np.array([raw]))[0], rtol=rounding, atol=rounding)


@pytest.mark.parametrize("activation", list(Activation))
def test_the_functions_of_spreadsheets_are_the_activations(activation: Activation) -> None:
    z = [-30.0, -1.5, -1e-3, 0.0, 0.7, 2.0, 30.0]
    formula = ACTIVATION_CODE[activation].spreadsheet.replace("^", "**").replace("PI()", "PI")
    formula = formula.replace("SUM(EXP(all z-MAX(all z)))", "sum(EXP(w-max(all_z)) for w in all_z)")
    formula = formula.replace("MAX(all z)", "max(all_z)")
    names = {
        "EXP": math.exp, "TANH": math.tanh, "SIN": math.sin, "LN": math.log, "ABS": abs, "SQRT": math.sqrt,
        "PI": math.pi, "IF": lambda condition, yes, no: yes if condition else no, "all_z": z,
    }  # fmt: skip
    found = [eval(formula, {**names, "z": value}) for value in z]
    np.testing.assert_allclose(found, textbook.activate(activation, z), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("activation", list(Activation))
def test_no_activation_overflows(activation: Activation) -> None:
    z = [-1e4, -100.0, 0.0, 1.0, 100.0, 1e4]
    found = csv_tables._FUNCTIONS[activation](np.array([z]))[0]
    np.testing.assert_allclose(found, textbook.activate(activation, z), rtol=1e-14, atol=1e-300)


def test_numbers_read_back_to_the_same_bits() -> None:
    model = trained(SETUPS["single-connections"])[0]
    files = to_files(model, "net.csv")
    table = np.array([row[1:] for row in rows_of(files["net_layer2.csv"])[1:]], float)
    first, second = (model.topology.layers[number].id for number in (1, 2))
    np.testing.assert_array_equal(table[:, :-1], model.parameters.weights(first, second))
    np.testing.assert_array_equal(table[:, -1], model.parameters.biases(second))


# --- names


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_is_taken_for_a_formula(text: str) -> None:
    shown = cell(text)
    assert not shown.lstrip().startswith(tuple(FORMULA_SIGNS))
    assert not re.search(r"[\t\r\n]", shown)
    assert shown.removeprefix("'").strip() == " ".join(text.split()).removeprefix("'")


def test_no_cell_is_a_formula(tmp_path: Path) -> None:
    model = trained(SETUPS["skips"])[0]
    layers = model.topology.layers
    named = replace(model.topology, layers=(*layers[:-1], replace(layers[-1], name="=A1")))
    model = replace(
        model,
        parameters=Parameters(named, model.parameters.vector),
        input_names=tuple(HOSTILE[:4]),
        output_names=tuple(HOSTILE[4:7]),
        class_names=tuple(HOSTILE[1:4]),
    )
    name = "=1+1|x.csv"
    for content in to_files(model, name).values():
        for row in rows_of(content):
            for text in row:
                number = re.fullmatch(r"-?\d+(\.\d+)?(e[+-]\d+)?", text)
                assert number or not text.lstrip().startswith(tuple(FORMULA_SIGNS)), text
    path = write(model, tmp_path, name)
    vectors = make_check_vectors(model)
    assert difference_of(answer(path, question(model, vectors.inputs)).answers, vectors.answers) < 1e-12


def test_units_called_bias_are_no_biases(tmp_path: Path) -> None:
    model = trained(SETUPS["single-connections"])[0]
    model = replace(model, input_names=("a", "b", "c", "bias"))
    path = write(model, tmp_path)
    vectors = make_check_vectors(model)
    assert difference_of(answer(path, question(model, vectors.inputs)).answers, vectors.answers) < 1e-12


# --- the files


def test_there_is_a_file_for_each_matrix() -> None:
    model = trained(SETUPS["single-connections"])[0]
    files = to_files(model, "net.csv")
    assert files == to_files(model, "net.csv")
    assert list(files) == [
        "net.csv",
        "net_layer1.csv",
        "net_layer2.csv",
        "net_layer2_from_layer0.csv",
        "net_layer3.csv",
        "net_layer3_from_layer1.csv",
    ]


@pytest.mark.parametrize("name", ["net.csv", "net_layer1.csv"])
@pytest.mark.parametrize("content", [None, b"", b"\xff\xff", b"a,b\n1,2\n", b'"' * 5])
def test_what_is_no_table_is_not_checked(tmp_path: Path, name: str, content: bytes | None) -> None:
    path = write(trained(SETUPS["regression"])[0], tmp_path)
    if content is None:
        (tmp_path / name).unlink()
    else:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(NotCheckedError, match="the tables cannot be read"):
        answer(path, Question(np.ones((3, 1)), 1))


def test_it_can_be_stopped(tmp_path: Path) -> None:
    path = write(trained(SETUPS["regression"])[0], tmp_path)
    stop = StopFlag()
    stop.set()
    with pytest.raises(NotCheckedError, match="stopped"):
        answer(path, Question(np.ones((3, 1)), 1, stop))
