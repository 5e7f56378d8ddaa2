"""What a C compiler makes of an exported header is what the program computes, as far as float32 goes."""

import csv
import shutil
import subprocess
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
from strategies import random_parameters, topologies

from nn_desktop.data.dataset import Task
from nn_desktop.data.scaling import Scaling
from nn_desktop.engines import textbook
from nn_desktop.files.atomic import FileError
from nn_desktop.files.check_vectors import CLASS, make_check_vectors
from nn_desktop.files.checking import NotCheckedError, Question, write_inputs
from nn_desktop.files.model import TrainedModel
from nn_desktop.files.programs.c_header import answer, plan_memory, to_files
from nn_desktop.files.programs.steps import steps_of
from nn_desktop.network.functions import Activation
from nn_desktop.network.parameters import Parameters
from nn_desktop.network.topology import Layer, Link, Topology, chain
from nn_desktop.training.hyperparameters import Hyperparameters

STRICT = (
    "-std=c99", "-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wshadow", "-Wdouble-promotion",
    "-Wstrict-prototypes", "-Werror",
)  # fmt: skip
COMPILERS = [name for name in ("gcc", "clang") if shutil.which(name)]
HOSTILE = [
    'quote " and \\',
    "trigraph ??/",
    "*/ // /* end",
    "line\nbreak",
    "\u05e2\u05d1\u05e8\u05d9\u05ea",
    "a,b",
    "%s %n",
    "\U0001f600 1",
]
UNARY = [activation for activation in Activation if activation is not Activation.SOFTMAX]
LARGE = [-1e4, -800.0, -100.0, -20.0, -3.0, -1.0, -1e-3, 0.0, 1e-3, 1.0, 3.0, 20.0, 100.0, 800.0, 1e4]

pytestmark = pytest.mark.skipif(not COMPILERS, reason="there is no C compiler")


def regression(parameters: Parameters, inputs: Scaling | None = None) -> TrainedModel:
    """A network whose answers are not scaled."""
    sizes = parameters.topology.sizes
    return TrainedModel(
        parameters,
        tuple(f"x{number}" for number in range(sizes[0])),
        tuple(f"y{number}" for number in range(sizes[-1])),
        (),
        Scaling.none(sizes[0]) if inputs is None else inputs,
        Scaling.none(sizes[-1]),
        unknown_settings(1, 1),
        Hyperparameters(),
        Task.REGRESSION,
    )


def one_to_one(activation: Activation = Activation.IDENTITY, weight: float = 1.0) -> Parameters:
    parameters = Parameters.zeros(chain((1, 1), (activation,)))
    parameters.vector[:] = [weight, 0.0]
    return parameters


def write(model: TrainedModel, folder: Path, name: str = "net.h") -> Path:
    for file, content in to_files(model, name).items():
        (folder / file).write_bytes(content)
    return folder / name


def compiled(folder: Path, source: str, *options: str, compiler: str = "") -> Path:
    """Compile a source in a folder without any warning."""
    program = folder / "program.exe"
    command = [compiler or COMPILERS[0], *STRICT, *options, source, "-o", str(program), "-lm"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return program


def run(program: Path, text: str) -> list[list[str]]:
    done = subprocess.run([program], input=text.encode(), capture_output=True, timeout=60, check=True)
    assert done.stderr == b""
    return list(csv.reader(done.stdout.decode().splitlines()))


def numbers(rows: list[list[str]], outputs: int) -> np.ndarray:
    return np.array([[float(number) for number in row[:outputs]] for row in rows])


def in_precision(model: TrainedModel, dtype: type) -> TrainedModel:
    """The network with its weights rounded to float32, computing in some precision."""
    vector = model.parameters.vector.astype(np.float32).astype(dtype)
    return replace(model, parameters=Parameters(model.topology, vector))


# --- the same numbers


@pytest.mark.parametrize("compiler", COMPILERS)
@pytest.mark.parametrize(
    "name", ["regression", "binary", "binary-symmetric", "single-connections", "float32"]
)
def test_the_example_answers_as_the_program_does(name: str, compiler: str, tmp_path: Path) -> None:
    model, dataset = trained(SETUPS[name])
    write(model, tmp_path)
    program = compiled(tmp_path, "net_main.c", "-O2", compiler=compiler)
    raw = dataset.inputs[:50].astype(np.float32).astype(np.float64)
    titles, *rows = run(program, "a,b,c\n" + write_inputs(raw))
    outputs, classes = len(model.output_names), model.class_names
    assert titles == [*model.output_names, *([CLASS] if classes else [])]
    expected = model.predict(raw)
    assert np.ptp(expected) > 1e-3
    assert difference_of(numbers(rows, outputs), expected) < 1e-6
    if classes:
        assert [row[-1] for row in rows] == model.name_classes(expected)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(model=trained_models(), data=st.data())
def test_any_network_answers_as_well_as_float32_can(
    model: TrainedModel, data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("c")
    write(model, folder)
    vectors = make_check_vectors(model)
    program = compiled(folder, "net_main.c", compiler=data.draw(st.sampled_from(COMPILERS)))
    rows = run(program, write_inputs(vectors.inputs))[1:]
    # Some networks make much of a rounding; numpy in float32 has no better answers then.
    exact = in_precision(model, np.float64).predict(vectors.inputs)
    rounding = difference_of(in_precision(model, np.float32).predict(vectors.inputs), exact)
    assert difference_of(numbers(rows, exact.shape[1]), exact) < max(1e-6, 4 * rounding)


@pytest.mark.parametrize("activation", UNARY)
def test_no_activation_overflows(activation: Activation, tmp_path: Path) -> None:
    path = write(regression(one_to_one(activation)), tmp_path)
    answers = answer(path, Question(np.array(LARGE)[:, np.newaxis], 1)).answers[:, 0]
    expected = [textbook.FUNCTIONS[activation](float(np.float32(z))) for z in LARGE]
    np.testing.assert_allclose(answers, expected, rtol=1e-6, atol=1e-6)


def test_softmax_does_not_overflow(tmp_path: Path) -> None:
    parameters = Parameters.zeros(chain((3, 3), (Activation.SOFTMAX,)))
    for unit in range(3):
        parameters.weights(*(layer.id for layer in parameters.topology.layers))[unit, unit] = 1.0
    path = write(regression(parameters), tmp_path)
    inputs = np.array([[1e4, -1e4, 0.0], [-1e4, -1e4, -1e4 + 1], [0.0, 0.0, 2.0**-10]])
    answered = answer(path, Question(inputs, 3))
    expected = [textbook.softmax(row) for row in inputs.tolist()]
    np.testing.assert_allclose(answered.answers, expected, rtol=1e-6, atol=1e-30)
    assert answered.reader.startswith(("gcc ", "clang "))


def test_raw_values_far_from_0_keep_their_places(tmp_path: Path) -> None:
    mean, scale = 1_000_000.03, 0.1
    path = write(regression(one_to_one(), Scaling(np.array([mean]), np.array([scale]))), tmp_path)
    raw = (1e6 + np.array([-0.25, 0.0, 0.0625, 0.5]))[:, np.newaxis]
    np.testing.assert_array_equal(raw, raw.astype(np.float32))
    answers = answer(path, Question(raw, 1)).answers
    np.testing.assert_allclose(answers, (raw - mean) / scale, rtol=1e-6)
    in_one_part = (raw.astype(np.float32) - np.float32(mean)) / np.float32(scale)
    assert np.abs(in_one_part - (raw - mean) / scale).max() > 0.2


def test_weights_are_written_to_the_last_bit(tmp_path: Path) -> None:
    parameters = random_parameters(chain((1, 40), (Activation.IDENTITY,)), 0, np.float32)
    parameters.biases(parameters.topology.layers[1].id)[:] = 0.0
    weights = parameters.weights(*(layer.id for layer in parameters.topology.layers))
    weights[:4, 0] = [np.float32(1e-45), np.finfo(np.float32).max, -0.0, np.float32(1 / 3)]
    path = write(regression(parameters), tmp_path)
    answers = answer(path, Question(np.ones((1, 1)), 40)).answers[0]
    np.testing.assert_array_equal(answers.astype(np.float32), weights[:, 0])


def test_it_runs_clean_under_sanitizers(tmp_path: Path) -> None:
    options = ("-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all")
    (tmp_path / "empty.c").write_text("int main(void) { return 0; }\n")
    try:
        compiled(tmp_path, "empty.c", *options)
    except AssertionError:
        pytest.skip("the compiler's sanitizers are not installed")
    model, dataset = trained(SETUPS["single-connections"])
    write(model, tmp_path)
    program = compiled(tmp_path, "net_main.c", *options)
    heading = ",".join(["x" * 100] * 7) + "\n"
    assert len(run(program, heading + write_inputs(dataset.inputs[:5].astype(np.float64)) + "\r\n\n")) == 6


@pytest.mark.skipif(shutil.which("g++") is None, reason="there is no C++ compiler")
def test_the_header_is_also_cpp_as_boards_compile_it(tmp_path: Path) -> None:
    model = trained(SETUPS["single-connections"])[0]
    write(model, tmp_path)
    main = "float in[4] = {}, out[3]; nn_net_predict(in, out); return nn_net_classify(out) > 2;"
    (tmp_path / "sketch.cpp").write_text(f'#include "net.h"\nint main() {{ {main} }}\n')
    options = ["-std=c++11", "-Wall", "-Wextra", "-Wconversion", "-Werror", "sketch.cpp", "-o", "sketch"]
    subprocess.run(["g++", *options], cwd=tmp_path, check=True, timeout=60)


# --- memory


@given(topologies(max_layers=8, max_units=6), st.booleans())
def test_no_layer_takes_the_place_of_one_that_is_still_needed(topology: Topology, with_inputs: bool) -> None:
    steps = steps_of(random_parameters(topology, 0))
    sizes = {step.number: step.units for step in steps[:-1]}
    if with_inputs and any(feed.source == 0 for step in steps for feed in step.feeds):
        sizes[0] = topology.sizes[0]
    memory = plan_memory(sizes, steps)
    assert memory.size <= sum(sizes.values())
    owner = np.full(memory.size, -1)
    spots = {number: slice(place, place + sizes[number]) for number, place in memory.places.items()}
    owner[spots.get(0, slice(0))] = 0
    for step in steps:
        # A layer is written while its sources are read.
        owner[spots.get(step.number, slice(0))] = step.number
        for feed in step.feeds:
            assert (owner[spots.get(feed.source, slice(0))] == feed.source).all()


def test_a_chain_takes_room_for_two_layers(tmp_path: Path) -> None:
    tanh = Activation.TANH
    parameters = random_parameters(chain((5, 8, 3, 7, 2), (tanh,) * 4), 0)
    steps = steps_of(parameters)
    assert plan_memory({1: 8, 2: 3, 3: 7}, steps).size == 11
    source = to_files(regression(parameters), "net.h")["net.h"].decode()
    weights = 5 * 8 + 8 * 3 + 3 * 7 + 7 * 2 + 8 + 3 + 7 + 2
    assert f"Bytes of constants, besides the names: {4 * weights}." in source
    assert "Bytes of RAM, besides the two arrays of the caller: 44," in source
    assert "static float memory[11];" in source


# --- names, and the example program


def test_any_name_can_be_shown(tmp_path: Path) -> None:
    model = regression(random_parameters(chain((8, 8), (Activation.SOFTMAX,)), 0))
    names = tuple(HOSTILE)
    model = replace(model, input_names=names, output_names=names, class_names=names, task=Task.MULTICLASS)
    layers = model.topology.layers
    named = replace(model.topology, layers=(*layers[:-1], replace(layers[-1], name="?? */ \\")))
    model = replace(model, parameters=Parameters(named, model.parameters.vector))
    assert b"".join(to_files(model, "net.h").values()).isascii()
    write(model, tmp_path)
    titles, row = run(compiled(tmp_path, "net_main.c"), "0,0,0,0,0,0,0,0")
    shown = [name.replace("\n", " ") for name in HOSTILE]
    assert titles == [*shown, CLASS]
    assert row[-1] in shown


def test_any_file_name_makes_a_prefix(tmp_path: Path) -> None:
    stems = ["int", "main", "sin", "linux", "NULL", "2-5-1", "größe", "入力", "_a__b_", "x y.z"]
    for stem in stems:
        write(regression(one_to_one()), tmp_path, f"{stem}.h")
    (tmp_path / "all.c").write_text(
        "\n".join([*(f'#include "{stem}.h"' for stem in stems), "int main(void) { return 0; }"]), "utf-8"
    )
    assert run(compiled(tmp_path, "all.c"), "") == []


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("example")
    write(regression(random_parameters(chain((2, 1), (Activation.TANH,)), 0)), folder)
    return compiled(folder, "net_main.c")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("1\n", "Line 1 holds a wrong number of fields (1, not 2)"),
        ("1,2\n1,2,3\n", "Line 2 holds a wrong number of fields (3, not 2)"),
        ("1,x\n", 'Line 1 holds "x", which is no finite number'),
        ("1,\n", 'Line 1 holds "", which is no finite number'),
        ("a,b\nc,d\n", 'Line 2 holds "d"'),
        ("1,nan\n", "no finite number"),
        ("1,1e39\n", "no finite number"),
        ("1 2,3\n", "no finite number"),
        (f"1,{'1' * 100}e-90\n", "no finite number"),
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
    files = to_files(model, "net.h")
    assert files == to_files(model, "net.h")
    assert list(files) == ["net.h", "net_main.c"]
    assert max(map(len, b"".join(files.values()).splitlines())) <= 110


def test_layers_that_no_output_depends_on_are_left_out(tmp_path: Path) -> None:
    layers = (Layer(0, (1,)), Layer(2, (3,)), Layer(4, (5,)))
    model = regression(Parameters.zeros(Topology(layers, (Link(0, 2),), 6)))
    assert "layer1" not in to_files(model, "net.h")["net.h"].decode()
    write(model, tmp_path)
    assert run(compiled(tmp_path, "net_main.c"), "5\n") == [["y0"], ["0"]]


@pytest.mark.parametrize(
    "model",
    [
        regression(one_to_one(weight=1e39)),
        regression(one_to_one(), Scaling(np.array([1e39]), np.array([1.0]))),
        regression(one_to_one(), Scaling(np.array([0.0]), np.array([1e-60]))),
    ],
)
def test_what_float32_cannot_hold_is_refused(model: TrainedModel) -> None:
    with pytest.raises(FileError, match=r"too large or too small for float32.*\(\.hpp\)"):
        to_files(model, "net.h")


def test_without_a_compiler_nothing_is_checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(regression(one_to_one()), tmp_path)
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(NotCheckedError, match=r"there is no C compiler here \(cc, gcc or clang\)"):
        answer(path, Question(np.ones((1, 1)), 1))
