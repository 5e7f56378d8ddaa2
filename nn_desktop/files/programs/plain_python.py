"""Python with nothing but its standard library: a network as one file that can be read, run and imported.

The weights stand in it as literals that read back to the same bits, and all sums are in float64, whatever the
network was trained with. Python 3.8 or later runs it. See `formats.python_source` for its parts.
"""

import platform
import sys
from pathlib import Path, PurePath

from nn_desktop.files.atomic import FileError
from nn_desktop.files.checking import Answered, Question
from nn_desktop.files.model import TrainedModel
from nn_desktop.files.programs import python_command_line, python_source
from nn_desktop.files.programs.python_source import Wording
from nn_desktop.files.programs.steps import Step, steps_of
from nn_desktop.network.functions import Activation

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

_APPLIED = {
    Activation.IDENTITY: "{z}",
    Activation.TANH: "[math.tanh(z) for z in {z}]",
    Activation.SOFTMAX: "softmax({z})",
}
"""g(z) of a layer, for the activations that are no function of the program for one unit."""

_SIGMOID = '''\
def sigmoid(z):
    """Return 1 / (1 + e^-z)."""
    if z < 0:  # the same number, from a power that cannot overflow
        return math.exp(z) / (1 + math.exp(z))
    return 1 / (1 + math.exp(-z))
'''

_FUNCTIONS = {
    Activation.SIGMOID: _SIGMOID,
    Activation.RELU: '''\
def relu(z):
    """Return the positive part of z."""
    return max(z, 0.0)
''',
    Activation.LEAKY_RELU: '''\
def leaky_relu(z):
    """Return z where it is positive, and a hundredth of it elsewhere."""
    return z if z > 0 else 0.01 * z
''',
    Activation.ELU: '''\
def elu(z):
    """Return z where it is positive, and e^z - 1 elsewhere."""
    return z if z > 0 else math.expm1(z)
''',
    Activation.SOFTPLUS: '''\
def softplus(z):
    """Return ln(1 + e^z)."""
    # Where z > 0, 1 + e^z = e^z (1 + e^-z), and that power cannot overflow.
    return max(z, 0.0) + math.log1p(math.exp(-abs(z)))
''',
    Activation.GELU: '''\
def gelu(z):
    """Return z/2 (1 + tanh(sqrt(2/pi) (z + 0.044715 z^3)))."""
    return 0.5 * z * (1 + math.tanh(math.sqrt(2 / math.pi) * (z + 0.044715 * z * z * z)))
''',
    Activation.SWISH: '''\
def swish(z):
    """Return z sigmoid(z)."""
    return z * sigmoid(z)
''',
    Activation.SINE: '''\
def sine(z):
    """Return sin z."""
    return math.sin(z) if math.isfinite(z) else math.nan
''',
    Activation.SOFTMAX: '''\
def softmax(z):
    """Return e^z_i / sum of all e^z_j for each z_i of a layer."""
    largest = max(z)  # taken from all, it cancels, and no power overflows
    powers = [math.exp(z_i - largest) for z_i in z]
    total = sum(powers)
    return [power / total for power in powers]
''',
}

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
            f'Nothing was exported to "{name}", since a file of this name would hide the module {stem} from '
            "all programs beside it: choose another name."
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
    used = {step.activation for step in steps}
    if Activation.SWISH in used:
        used.add(Activation.SIGMOID)
    functions = [_FUNCTIONS[activation] for activation in Activation if activation in used & set(_FUNCTIONS)]
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
    name = step.activation.value.replace("-", "_")
    return _APPLIED.get(step.activation, f"[{name}(z) for z in {{z}}]").format(z=f"z{step.number}")


def _numbers(model: TrainedModel) -> str:
    scaling = python_source.scaling_source(model)
    return (f"{scaling}\n\n" if scaling else "") + (
        "# Weights W into each layer, one row for each of its units, and its biases b.\n"
        + python_source.numbers_source(model)
    )
