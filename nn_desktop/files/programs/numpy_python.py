"""Python with numpy: a network as one file that can be read, run and imported.

The weights stand in it as literals that read back to the same bits; it computes in the type of numbers that
the network was trained with, and scales in float64. See `programs.python_source` for its parts.
"""

import platform
from pathlib import Path

import numpy as np

from nn_desktop.files.activation_code import ACTIVATION_CODE, defines_function, function_name, with_uses
from nn_desktop.files.checking import Answered, Question
from nn_desktop.files.model import TrainedModel
from nn_desktop.files.programs import python_command_line, python_source
from nn_desktop.files.programs.python_source import Wording
from nn_desktop.files.programs.steps import Step, steps_of

_WORDING = Wording(
    needs="numpy",
    example=("import {module}\n\nanswers = {module}.predict(samples)  # shapes (n, outputs) and (n, inputs)"),
    class_example="names = {module}.classify(samples)",
    answers="predict(samples).tolist() if samples else []",
    note=", which are used here too",
)

_IMPORTS = """
import csv
import math
import sys

import numpy as np
"""

_CLASSIFY = '''\
def classify(inputs):
    """Return the names of the classes of samples, a list."""
    return [name_class(answers) for answers in predict(inputs).tolist()]
'''


def to_files(model: TrainedModel, name: str) -> dict[str, bytes]:
    """Write a model as a program; the same model gives the same bytes.

    Raises
    ------
    FileError
        If it has too many weights.
    """
    python_source.check_size(model, name)
    formulas = [*_functions(steps_of(model.parameters)), _predict(model)]
    if model.class_names:
        formulas += [python_command_line.name_class_source(model), _CLASSIFY]
    content = python_source.program(model, name, _WORDING, _head(model), formulas, _numbers(model))
    return {name: content}


def answer(path: Path, question: Question) -> Answered:
    """Answer by running the program.

    Raises
    ------
    NotCheckedError
        If it fails.
    """
    reader = f"Python {platform.python_version()} and numpy {np.__version__}"
    return Answered(reader, python_command_line.run([path], question))


def _head(model: TrainedModel) -> str:
    return f"{_IMPORTS}\nDTYPE = np.{python_source.precision_of(model)}"


def _functions(steps: tuple[Step, ...]) -> list[str]:
    """Return the functions that these steps need."""
    codes = [ACTIVATION_CODE[activation].numpy for activation in with_uses(steps)]
    return list(filter(defines_function, codes))


def _predict(model: TrainedModel) -> str:
    steps = steps_of(model.parameters)
    scaled = "inputs" if model.input_scaling.is_none else "((inputs - INPUT_MEAN) / INPUT_SCALE)"
    answers = f"a{steps[-1].number}.astype(np.float64)"
    if python_source.is_scaled_back(model):
        answers += " * TARGET_SCALE + TARGET_MEAN"
    lines = [
        '@np.errstate(over="ignore", invalid="ignore")  # what gets too large is infinite, without a word',
        "def predict(inputs):",
        '    """Return the answers, shape (n, outputs), to raw inputs, shape (n, inputs)."""',
        "    inputs = np.asarray(inputs, np.float64)",
        "    if inputs.ndim != 2 or inputs.shape[1] != len(INPUT_NAMES):",
        '        raise ValueError(f"the inputs have the shape {inputs.shape}, not (n, {len(INPUT_NAMES)})")',
        f"    a0 = {scaled}.astype(DTYPE)",
    ]
    for step in steps:
        lines += [f"    z{step.number} = {_weighted_sum(step)}", f"    a{step.number} = {_activation(step)}"]
    return "\n".join([*lines, f"    return {answers}"]) + "\n"


def _weighted_sum(step: Step) -> str:
    bias = f"b{step.number}"
    if not step.feeds:
        return f"np.tile({bias}, (len(inputs), 1))"
    products = [
        f"a{feed.source} @ {python_source.weights_name(feed.source, step.number)}.T"
        for feed in reversed(step.feeds)
    ]
    return " + ".join([*products, bias])


def _activation(step: Step) -> str:
    code, z = ACTIVATION_CODE[step.activation].numpy, f"z{step.number}"
    return f"{function_name(step.activation)}({z})" if defines_function(code) else code.format(z=z)


def _numbers(model: TrainedModel) -> str:
    scaling = python_source.scaling_source(model, "np.array([", "])")
    return (
        (f"{scaling}\n\n" if scaling else "")
        + "# Weights W into each layer, one row for each of its units, and its biases b.\n"
        + python_source.numbers_source(model, "np.array([", "], DTYPE)")
    )
