"""What is asked of every exported program in Python, whatever it computes with."""

import ast
import csv
import io
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from files.differences import difference_of
from known_data import default_settings

from nn_desktop.arrays import FloatArray
from nn_desktop.data.dataset import Task
from nn_desktop.data.functions import SINE
from nn_desktop.data.scaling import Scaling
from nn_desktop.files.check_vectors import column_names, make_check_vectors
from nn_desktop.files.checking import Question
from nn_desktop.files.model import TrainedModel
from nn_desktop.network.functions import Activation
from nn_desktop.network.parameters import Parameters
from nn_desktop.network.topology import chain
from nn_desktop.training.hyperparameters import Hyperparameters

Namespace = dict[str, Any]
LARGE = (0.0, 0.001, 0.5, 3.0, 19.0, 21.0, 45.0, 100.0, 800.0, 1e4)
"""z at which a careless formula overflows, or takes a short cut that can be seen."""
HUGE = 1e150
"""Its third power is infinite, as a float64 too; the sine of it is a matter of taste."""
TOLERANCE = {np.dtype("float64"): 1e-12, np.dtype("float32"): 2e-5}
"""As `difference_of` measures. 7e-6 was seen in one of 2500 networks of float32; 6e-8 is usual."""
FINE_TOLERANCE = {np.dtype("float64"): 1e-12, np.dtype("float32"): 1e-6}
"""For networks that add nothing up."""
WRONG_TABLES = {
    "too few columns": ("1,2,3\n", "line 1 has 3 columns, but should have 4"),
    "too many columns": ("1,2,3,4\n1,2,3,4,5\n", "line 2 has 5 columns, but should have 4"),
    "a word": ("1,2,3,4\n\n1,2,three,4\n", 'line 3 has "three" where a number should be'),
    "an empty field": ("1,2,,4\n", 'line 1 has "" where a number should be'),
    "not a number": ("1,2,nan,4\n", 'line 1 has "nan" where a number should be'),
    "infinity": ("1,2,inf,4\n", 'line 1 has "inf" where a number should be'),
    "a missing name": ("sepal length (cm),b,c,d\n1,2,3,4\n", 'no column is called "sepal width (cm)"'),
    "other titles": ("a,b,c\n1,2,3\n", "it has 3 columns, but there are 4 inputs"),
    "semicolons": ("1;2;3;4\n", "it has 1 columns, but there are 4 inputs"),
    "no text": ("1,2,3,\udcff\n", "it is no text in UTF-8"),
    "a quote that does not end": ('"1,2,3,4\n' + "x" * 200_000, "field larger than field limit"),
}
"""What is wrong with a table for the four inputs of iris, and what is said of it."""


class Format(Protocol):
    """A module that writes programs."""

    def to_files(self, model: TrainedModel, name: str) -> Mapping[str, bytes]: ...


def write(format_: Format, model: TrainedModel, path: Path) -> Path:
    """Write all files of a program."""
    for name, content in format_.to_files(model, path.name).items():
        path.with_name(name).write_bytes(content)
    return path


def load(format_: Format, model: TrainedModel, path: Path) -> Namespace:
    """Write a program, and run it as a module that is imported."""
    namespace: Namespace = {"__name__": "exported", "__file__": str(write(format_, model, path))}
    exec(compile(path.read_bytes(), path, "exec"), namespace)
    return namespace


def run(path: Path, *arguments: str, text: str = "", flags: tuple[str, ...] = ()) -> tuple[int, str, str]:
    """Run a program; return its exit code, what it prints, and what it complains of."""
    done = subprocess.run(
        [sys.executable, *flags, path, *arguments],
        input=text.encode(errors="surrogateescape"),
        capture_output=True,
        check=False,
    )
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def tolerance_of(model: TrainedModel) -> float:
    return TOLERANCE[model.parameters.vector.dtype]


def inputs_of(model: TrainedModel) -> FloatArray:
    """Return some raw inputs, shape (n, inputs)."""
    return make_check_vectors(model).inputs[:20]


def question(model: TrainedModel, inputs: FloatArray) -> Question:
    """Ask for answers to raw inputs."""
    return Question(inputs, len(model.output_names))


def assert_answers(model: TrainedModel, answers: FloatArray, inputs: FloatArray) -> None:
    """Answers are those of the model, to rounding."""
    expected = model.predict(inputs)
    assert answers.shape == expected.shape
    assert difference_of(answers, expected) <= tolerance_of(model)


def assert_classes(model: TrainedModel, names: list[str], inputs: FloatArray) -> None:
    """Names of classes are those of the model, where two classes are not equally likely."""
    answers = model.predict(inputs)
    if model.threshold is not None:
        is_clear = abs(answers[:, 0] - model.threshold) > 1e-4
    else:
        is_clear = np.diff(np.sort(answers, axis=1)[:, -2:], axis=1)[:, 0] > 1e-4
    expected = model.name_classes(answers)
    assert len(names) == len(expected)
    assert [names[i] for i in np.flatnonzero(is_clear)] == [expected[i] for i in np.flatnonzero(is_clear)]


def single_activation(activation: Activation, dtype: str) -> TrainedModel:
    """Make a network that gives g(x₁), g(−x₁): z of a hidden layer is its input, and so is the output's.

    Softmax is in the output layer.
    """
    width = 2
    is_softmax = activation is Activation.SOFTMAX
    hidden, output = (Activation.IDENTITY, activation) if is_softmax else (activation, Activation.IDENTITY)
    topology = chain((1, width, width), (hidden, output))
    parameters = Parameters.zeros(topology, dtype)
    first, second, third = topology.layers
    parameters.weights(first.id, second.id)[:] = [[1], [-1]]
    parameters.weights(second.id, third.id)[:] = np.eye(width)
    return TrainedModel(
        parameters,
        ("x",),
        ("plus", "minus"),
        (),
        Scaling.none(1),
        Scaling.none(width),
        default_settings("sine"),
        Hyperparameters(),
        Task.REGRESSION,
    )


def assert_activation(answer: Callable[[FloatArray], FloatArray], model: TrainedModel) -> None:
    """The activation of `single_activation` is right, also for numbers that are large."""
    activation = model.topology.layers[1 if model.topology.layers[1].activation else 2].activation
    inputs = np.array(
        LARGE if activation is Activation.SINE else (*LARGE, HUGE if _is_double(model) else 1e15)
    )
    expected = model.predict(inputs[:, np.newaxis])
    assert np.isfinite(expected).all()
    answers = answer(inputs[:, np.newaxis])
    tolerance = FINE_TOLERANCE[model.parameters.vector.dtype]
    # Each number for itself: among huge ones nobody would see what the others are.
    for row, expected_row in zip(answers, expected, strict=True):
        assert difference_of(row[np.newaxis], expected_row[np.newaxis]) <= tolerance


def _is_double(model: TrainedModel) -> bool:
    return model.parameters.vector.dtype == np.float64


def assert_command_line(path: Path, model: TrainedModel) -> None:
    """A table with titles, columns in another order and one more is answered, and so is one without."""
    inputs = inputs_of(model)
    plain, named = io.StringIO(), io.StringIO()
    csv.writer(plain).writerows(inputs.tolist())
    writer = csv.writer(named)
    writer.writerow(["to be passed over", *reversed(model.input_names)])
    writer.writerows([["-", *reversed(row)] for row in inputs.tolist()])
    path.with_name("table.csv").write_text("\ufeff" + named.getvalue(), "utf-8", newline="")
    code, printed, complaint = run(path, text=plain.getvalue())
    assert (code, complaint) == (0, "")
    assert run(path, str(path.with_name("table.csv"))) == (0, printed, "")
    titles, *rows = csv.reader(io.StringIO(printed, newline=""))
    assert titles == column_names(model)
    width = len(model.output_names)
    assert_answers(model, np.array([[float(field) for field in row[:width]] for row in rows]), inputs)
    if model.class_names:
        assert_classes(model, [row[width] for row in rows], inputs)


def assert_good_source(content: bytes) -> None:
    """A program is clean, and Python 3.8 can read it."""
    source = content.decode()
    ast.parse(source, feature_version=(3, 8))
    assert max(map(len, source.splitlines())) <= 110
    assert not any(line != line.rstrip() or "\t" in line for line in source.split("\n"))
    assert source.endswith(")\n")
    assert "\n\n\n\n" not in source


def with_hostile_names(model: TrainedModel) -> TrainedModel:
    """Give a model of iris names that want to break out of quotes, docstrings, comments and CSV."""
    inputs = ('"""', "'''\\", "a,b\\", "1")
    classes = ('");import os#', "{row}", "שכבה，ß'\"")
    return replace(
        model,
        input_names=inputs,
        output_names=classes,
        class_names=classes,
        data=replace(model.data, source=replace(SINE, name='"""\\N{x}\\')),
    )
