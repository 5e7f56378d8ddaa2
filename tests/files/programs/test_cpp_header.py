"""What a C++ compiler makes of an exported header is what the program computes."""

import csv
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from files.conftest import SETUPS, trained
from files.differences import difference_of
from files.random_models import trained_models
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from known_data import unknown_settings
from strategies import random_parameters

from nn_desktop.data.dataset import Task
from nn_desktop.data.scaling import Scaling
from nn_desktop.engines import textbook
from nn_desktop.files.atomic import FileError
from nn_desktop.files.check_vectors import CLASS, CheckVectors, make_check_vectors
from nn_desktop.files.checking import NotCheckedError, Question, write_inputs
from nn_desktop.files.model import TrainedModel
from nn_desktop.files.programs.c_source import identifier
from nn_desktop.files.programs.cpp_header import answer, to_files
from nn_desktop.network.functions import Activation
from nn_desktop.network.parameters import Parameters
from nn_desktop.network.topology import Layer, Link, Topology, chain
from nn_desktop.training.hyperparameters import Hyperparameters

STRICT = ("-std=c++17", "-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wshadow", "-Werror")
COMPILERS = [name for name in ("g++", "clang++") if shutil.which(name)]
HOSTILE = [
    'quote " and \\',
    "trigraph ??/",
    "*/ // /* end",
    "line\nbreak",
    "\u05e2\u05d1\u05e8\u05d9\u05ea",
    "a,b",
    "%s",
    "\U0001f600 1",
]
UNARY = [activation for activation in Activation if activation is not Activation.SOFTMAX]
LARGE = [-1e4, -800.0, -100.0, -20.0, -3.0, -1.0, -1e-3, 0.0, 1e-3, 1.0, 3.0, 20.0, 100.0, 800.0, 1e4]

pytestmark = pytest.mark.skipif(not COMPILERS, reason="there is no C++ compiler")


def model_of(
    parameters: Parameters, class_names: Sequence[str] = (), outputs: Sequence[str] = ()
) -> TrainedModel:
    """A network on raw inputs, without any scaling."""
    sizes = parameters.topology.sizes
    task = {0: Task.REGRESSION, 2: Task.BINARY}.get(len(class_names), Task.MULTICLASS)
    return TrainedModel(
        parameters,
        tuple(f"x{number}" for number in range(sizes[0])),
        tuple(outputs or [f"y{number}" for number in range(sizes[-1])]),
        tuple(class_names),
        Scaling.none(sizes[0]),
        Scaling.none(sizes[-1]),
        unknown_settings(1, 1),
        Hyperparameters(),
        task,
    )


def every_activation(dtype: type = np.float64) -> TrainedModel:
    """An output for each activation g, that is g(x): a layer of one unit lies between."""
    layers = [Layer(0, (1,)), *(Layer(2 * n, (2 * n + 1,), g) for n, g in enumerate(UNARY, start=1))]
    outputs = tuple(range(101, 101 + len(UNARY)))
    layers.append(Layer(100, outputs))
    links = [Link(0, layer.id) for layer in layers[1:-1]]
    links += [
        Link(layer.id, 100, only=frozenset({(layer.units[0], unit)}))
        for layer, unit in zip(layers[1:-1], outputs, strict=True)
    ]
    parameters = Parameters.zeros(Topology(tuple(layers), tuple(links), 200), dtype)
    for source, target in parameters.topology.connections():
        parameters.set_weight(source, target, 1.0)
    return model_of(parameters)


def write(model: TrainedModel, folder: Path, name: str) -> Path:
    for file, content in to_files(model, name).items():
        (folder / file).write_bytes(content)
    return folder / name


def compiled(folder: Path, source: str, *options: str, compiler: str = "") -> Path:
    """Compile a source in a folder without any warning."""
    program = folder / "program.exe"
    command = [compiler or COMPILERS[0], *STRICT, *options, source, "-o", str(program)]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return program


def run(program: Path, text: str) -> list[list[str]]:
    done = subprocess.run([program], input=text.encode(), capture_output=True, timeout=60, check=True)
    assert done.stderr == b""
    return list(csv.reader(done.stdout.decode().splitlines()))


def tolerance(model: TrainedModel) -> float:
    return 1e-12 if model.parameters.vector.dtype == np.float64 else 1e-6


def rounding_of(model: TrainedModel, vectors: CheckVectors) -> float:
    """How far two who compute with the network's precision may be apart: some networks make much of it."""
    exact = Parameters(model.topology, model.parameters.vector.astype(np.float64))
    own = difference_of(vectors.answers, replace(model, parameters=exact).predict(vectors.inputs))
    return max(tolerance(model), 4 * own)


# --- the same numbers


@pytest.mark.parametrize("compiler", COMPILERS)
@pytest.mark.parametrize("name", ["regression", "binary", "single-connections", "float32"])
def test_the_example_answers_as_the_program_does(name: str, compiler: str, tmp_path: Path) -> None:
    model, dataset = trained(SETUPS[name])
    write(model, tmp_path, "net.hpp")
    program = compiled(tmp_path, "net_main.cpp", "-O1", compiler=compiler)
    raw = dataset.inputs[:50].astype(np.float64)
    titles, *rows = run(program, "a,b,c\n" + write_inputs(raw))
    outputs, classes = len(model.output_names), model.class_names
    assert titles == [*model.output_names, *([CLASS] if classes else [])]
    answers = np.array([[float(number) for number in row[:outputs]] for row in rows])
    expected = model.predict(raw)
    assert np.ptp(expected) > 1e-3
    assert difference_of(answers, expected) < tolerance(model)
    if classes:
        assert [row[-1] for row in rows] == model.name_classes(expected)


MANY = """
#include <cstdio>
{includes}

template <typename Inputs, typename Answers>
bool answer_all(Answers (*predict)(const Inputs&), std::size_t rows)
{{
    for (std::size_t row = 0; row < rows; ++row) {{
        Inputs inputs{{}};
        for (double& value : inputs) {{
            if (std::scanf("%lf", &value) != 1) {{
                return false;
            }}
        }}
        for (const double answer : predict(inputs)) {{
            std::printf("%.17g\\n", answer);
        }}
    }}
    return true;
}}

int main()
{{
    return {calls} ? 0 : 1;
}}
"""


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(models=st.lists(trained_models(), min_size=6, max_size=6), data=st.data())
def test_any_networks_answer_side_by_side(
    models: list[TrainedModel], data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("cpp")
    vectors = [make_check_vectors(model) for model in models]
    for number, model in enumerate(models):
        write(model, folder, f"net{number}.hpp")
    includes = "\n".join(f'#include "net{number}.hpp"' for number in range(len(models)))
    calls = "\n        && ".join(
        f"answer_all(nn_net{number}::predict, {len(each.inputs)})" for number, each in enumerate(vectors)
    )
    (folder / "many.cpp").write_text(MANY.format(includes=includes, calls=calls))
    program = compiled(folder, "many.cpp", "-O1", compiler=data.draw(st.sampled_from(COMPILERS)))
    given_numbers = "\n".join(repr(x) for each in vectors for x in each.inputs.ravel().tolist())
    printed = subprocess.run(
        [program], input=given_numbers, capture_output=True, text=True, check=True
    ).stdout
    answers = np.array(printed.split(), float)
    for model, each in zip(models, vectors, strict=True):
        own, answers = np.split(answers, [each.answers.size])
        assert difference_of(own.reshape(each.answers.shape), each.answers) < rounding_of(model, each)
    assert not answers.size


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_no_activation_overflows(dtype: type, tmp_path: Path) -> None:
    path = write(every_activation(dtype), tmp_path, "net.hpp")
    answers = answer(path, Question(np.array(LARGE)[:, np.newaxis], len(UNARY))).answers
    expected = [[textbook.FUNCTIONS[g](float(dtype(z))) for g in UNARY] for z in LARGE]
    rounding = 1e-14 if dtype is np.float64 else 1e-6
    np.testing.assert_allclose(answers, expected, rtol=rounding, atol=rounding)


def test_softmax_does_not_overflow(tmp_path: Path) -> None:
    parameters = Parameters.zeros(chain((3, 3), (Activation.SOFTMAX,)))
    for unit in range(3):
        parameters.weights(*(layer.id for layer in parameters.topology.layers))[unit, unit] = 1.0
    path = write(model_of(parameters, "abc"), tmp_path, "net.hpp")
    inputs = np.array([[1e4, -1e4, 0.0], [-1e4, -1e4, -1e4 + 1], [0.0, 0.0, 1e-3]])
    answered = answer(path, Question(inputs, 3))
    expected = [textbook.softmax(row) for row in inputs.tolist()]
    np.testing.assert_allclose(answered.answers, expected, rtol=1e-14, atol=1e-300)
    assert answered.reader.startswith(("g++ ", "clang++ "))


def test_weights_are_written_to_the_last_bit(tmp_path: Path) -> None:
    parameters = random_parameters(chain((1, 40), (Activation.IDENTITY,)), 0)
    smallest, largest = 5e-324, float(np.finfo(np.float64).max)
    parameters.biases(parameters.topology.layers[1].id)[:] = 0.0
    weights = parameters.weights(*(layer.id for layer in parameters.topology.layers))
    weights[:4, 0] = [smallest, largest, -0.0, 1 / 3]
    path = write(model_of(parameters), tmp_path, "net.hpp")
    np.testing.assert_array_equal(answer(path, Question(np.ones((1, 1)), 40)).answers[0], weights[:, 0])


def test_it_runs_clean_under_sanitizers(tmp_path: Path) -> None:
    options = ("-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all")
    (tmp_path / "empty.cpp").write_text("int main() {}\n")
    try:
        compiled(tmp_path, "empty.cpp", *options)
    except AssertionError:
        pytest.skip("the compiler's sanitizers are not installed")
    model, dataset = trained(SETUPS["single-connections"])
    write(model, tmp_path, "net.hpp")
    program = compiled(tmp_path, "net_main.cpp", *options)
    assert len(run(program, "\ufeff" + write_inputs(dataset.inputs[:5].astype(np.float64)) + "\r\n\n")) == 6


# --- names


def test_any_name_can_be_shown(tmp_path: Path) -> None:
    model = model_of(random_parameters(chain((8, 8), (Activation.SOFTMAX,)), 0), HOSTILE, HOSTILE)
    layers = model.topology.layers
    named = replace(model.topology, layers=(*layers[:-1], replace(layers[-1], name="?? */ \\")))
    model = replace(model, parameters=Parameters(named, model.parameters.vector), input_names=tuple(HOSTILE))
    assert b"".join(to_files(model, "net.hpp").values()).isascii()
    write(model, tmp_path, "net.hpp")
    titles, row = run(compiled(tmp_path, "net_main.cpp"), "0,0,0,0,0,0,0,0")
    names = [name.replace("\n", " ") for name in HOSTILE]
    assert titles == [*names, CLASS]
    assert row[-1] in names


STEMS = [
    "xor",
    "class",
    "std",
    "main",
    "sin",
    "linux",
    "NULL",
    "2-5-1",
    "größe",
    "入力",
    "_a__b_",
    "nn_wine",
    "x.y",
]


def test_any_file_name_makes_a_namespace(tmp_path: Path) -> None:
    model = every_activation()
    for stem in STEMS:
        write(model, tmp_path, f"{stem}.hpp")
    includes = [f'#include "{stem}.hpp"' for stem in STEMS]
    uses = [f"    total += {identifier(stem)}::predict({{{{1.0}}}})[0];" for stem in STEMS]
    lines = [
        *includes,
        "int main()",
        "{",
        "    double total = 0.0;",
        *uses,
        "    return total > 1.0 ? 0 : 1;",
        "}",
    ]
    (tmp_path / "all.cpp").write_text("\n".join(lines), "utf-8")
    run(compiled(tmp_path, "all.cpp"), "")
    assert identifier("2-5-1") == "nn_2_5_1"
    assert identifier("größe") == "nn_grosse"
    assert identifier("入力") == "nn_network"
    assert identifier("nn_wine") == "nn_wine"


@pytest.mark.parametrize("name", ['a"b.hpp', "a\\b.hpp", "a\nb.hpp", "a??b.hpp"])
def test_a_name_that_no_source_can_include_is_refused(name: str) -> None:
    with pytest.raises(FileError, match="choose a name without quotes"):
        to_files(every_activation(), name)


# --- the example program


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("example")
    write(model_of(random_parameters(chain((2, 1), (Activation.TANH,)), 0)), folder, "net.hpp")
    return compiled(folder, "net_main.cpp")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("1\n", "Line 1 holds a wrong number of fields (1, not 2)"),
        ("1,2\n1,2,3\n", "Line 2 holds a wrong number of fields (3, not 2)"),
        ("1,x\n", 'Line 1 holds "x", which is no finite number'),
        ("1,\n", 'Line 1 holds "", which is no finite number'),
        ("a,b\nc,d\n", 'Line 2 holds "d"'),
        ("1,nan\n", "no finite number"),
        ("1,1e999\n", "no finite number"),
        ("1 2,3\n", "no finite number"),
    ],
)
def test_wrong_input_is_explained(example: Path, text: str, why: str) -> None:
    done = subprocess.run([example], input=text, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert why in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("text", ["", "\n", "a,b\n", "x\n\n"])
def test_without_numbers_there_is_a_title_alone(example: Path, text: str) -> None:
    assert run(example, text) == [["y0"]]


def test_spaces_empty_lines_and_other_ends_of_lines_are_read(example: Path) -> None:
    rows = run(example, "\ufeff 1 , -2\r\n\r\n\t\n1e0,-0.2e1")
    assert len(rows) == 3
    assert rows[1] == rows[2]


# --- the file


def test_the_same_network_gives_the_same_bytes() -> None:
    model = trained(SETUPS["skips"])[0]
    files = to_files(model, "net.hpp")
    assert files == to_files(model, "net.hpp")
    assert list(files) == ["net.hpp", "net_main.cpp"]
    assert max(map(len, b"".join(files.values()).splitlines())) <= 110


def test_layers_that_no_output_depends_on_are_left_out() -> None:
    layers = (Layer(0, (1,)), Layer(2, (3,)), Layer(4, (5,)))
    source = to_files(model_of(Parameters.zeros(Topology(layers, (Link(0, 2),), 6))), "net.hpp")[
        "net.hpp"
    ].decode()
    assert "layer1" not in source
    assert "layer 2: 1 unit, Identity, fed by nothing, so it is constant" in source
    assert "[[maybe_unused]]" in source


def test_without_a_compiler_nothing_is_checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(every_activation(), tmp_path, "net.hpp")
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(
        NotCheckedError, match=r"there is no C\+\+ compiler here \(c\+\+, g\+\+ or clang\+\+\)"
    ):
        answer(path, Question(np.ones((1, 1)), 1))
