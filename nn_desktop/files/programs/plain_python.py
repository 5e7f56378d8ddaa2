"""Python with nothing but its standard library: a network as one file that can be read, run and imported.

The weights stand in it as literals that read back to the same bits, and all sums are in float64, whatever the
network was trained with. Python 3.8 or later runs it. See `programs.python_source` for its parts.
"""

import platform
import sys
from pathlib import Path, PurePath

from nn_desktop.files.activation_code import ACTIVATION_CODE, defines_function, function_name, with_uses
from nn_desktop.files.atomic import FileError
from nn_desktop.files.checking import Answered, Question
from nn_desktop.files.model import TrainedModel
from nn_desktop.files.programs import python_command_line, python_source
from nn_desktop.files.programs.python_source import Wording
from nn_desktop.files.programs.steps import Step, steps_of
from nn_desktop.network.functions import Activation
from nn_desktop.texts import shown_file

_WORDING = Wording(
    needs="nothing but Python 3.8 or later",
    example="import {module}\n\nanswers = {module}.predict(sample)  # both are lists of numbers",
    class_example="name = {module}.classify(sample)",
    answers="[predict(sample) for sample in samples]",
    note="; here all sums are done in float64",
)

_IMPORTS = """
import csv
import math
import sys
"""

_PRODUCT = '''\
def product(matrix, vector):
    """Return the matrix times the vector: one sum for each row."""
    return [sum(w * a for w, a in zip(row, vector)) for row in matrix]
'''

_SUM = '''\
def add(*vectors):
    """Return the sum of vectors."""
    return [sum(numbers) for numbers in zip(*vectors)]
'''


LIBRARIES = frozenset({"numpy", "torch", "keras", "safetensors", "tensorflow", "jax", "onnx", "sklearn"})
"""What exported programs import, and what stands beside them."""


def to_files(model: TrainedModel, name: str) -> dict[str, bytes]:
    """Write a model as a program; the same model gives the same bytes.

    Raises
    ------
    FileError
        If it has too many weights, or nothing could be imported beside a file of this name.
    """
    stem = PurePath(name).stem
    if stem in sys.stdlib_module_names or stem in LIBRARIES:
        raise FileError(
            f'Nothing was exported to "{shown_file(name)}", since a file of this name would hide the module '
            f"{stem} from all programs beside it: choose another name."
        )
    python_source.check_size(model, name)
    formulas = [*_functions(steps_of(model.parameters)), _predict(model)]
    if model.class_names:
        formulas += [python_command_line.name_class_source(model), _CLASSIFY]
    content = python_source.program(model, name, _WORDING, _IMPORTS, formulas, _numbers(model))
    return {name: content}


def answer(path: Path, question: Question) -> Answered:
    """Answer by running the program.

    Raises
    ------
    NotCheckedError
        If it fails.
    """
    return Answered(f"Python {platform.python_version()}", python_command_line.run([path], question))


_CLASSIFY = '''\
def classify(inputs):
    """Return the name of the class of one sample."""
    return name_class(predict(inputs))
'''


def _functions(steps: tuple[Step, ...]) -> list[str]:
    """Return the functions that these steps need."""
    codes = [ACTIVATION_CODE[activation].python for activation in with_uses(steps)]
    functions = list(filter(defines_function, codes))
    return [_PRODUCT, _SUM, *functions] if any(step.feeds for step in steps) else functions


def _predict(model: TrainedModel) -> str:
    lines = [
        "def predict(inputs):",
        '    """Return the answers to one sample: a list of as many numbers as there are OUTPUT_NAMES."""',
        "    if len(inputs) != len(INPUT_NAMES):",
        '        raise ValueError(f"{len(inputs)} inputs were given, but {len(INPUT_NAMES)} are needed")',
    ]
    if model.input_scaling.is_none:
        lines.append("    a0 = inputs")
    else:
        zipped = "zip(inputs, INPUT_MEAN, INPUT_SCALE)"
        lines.append(f"    a0 = [(x - mean) / scale for x, mean, scale in {zipped}]")
    steps = steps_of(model.parameters)
    for step in steps:
        lines += [f"    z{step.number} = {_weighted_sum(step)}", f"    a{step.number} = {_activation(step)}"]
    last = f"a{steps[-1].number}"
    if python_source.is_scaled_back(model):
        zipped = f"zip({last}, TARGET_MEAN, TARGET_SCALE)"
        lines.append(f"    return [output * scale + mean for output, mean, scale in {zipped}]")
    else:
        lines.append(f"    return {last}")
    return "\n".join(lines) + "\n"


def _weighted_sum(step: Step) -> str:
    products = [
        f"product({python_source.weights_name(feed.source, step.number)}, a{feed.source})"
        for feed in reversed(step.feeds)
    ]
    bias = f"b{step.number}"
    return f"add({', '.join([*products, bias])})" if products else bias


def _activation(step: Step) -> str:
    code, z = ACTIVATION_CODE[step.activation].python, f"z{step.number}"
    if not defines_function(code):
        return code.format(z=z)
    name = function_name(step.activation)
    return f"{name}({z})" if step.activation is Activation.SOFTMAX else f"[{name}(z) for z in {z}]"


def _numbers(model: TrainedModel) -> str:
    scaling = python_source.scaling_source(model)
    return (f"{scaling}\n\n" if scaling else "") + (
        "# Weights W into each layer, one row for each of its units, and its biases b.\n"
        + python_source.numbers_source(model)
    )
