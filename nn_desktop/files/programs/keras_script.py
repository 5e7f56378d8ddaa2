"""Keras 3: a script that builds a network with the functional API, and a file of its weights.

The weights lie beside it as an NPZ file, just as `native.npz` writes it. Inputs and answers are scaled
outside of the Keras model, by numpy in float64. The script runs with each of the backends of Keras.

Keras computes in float32, whatever the network was trained with: layers that are told to use float64 do so
with TensorFlow alone, since ``keras.ops.matmul`` rounds to float32 with PyTorch and with JAX
(keras-team/keras#23223; seen with 3.15.1). See `programs.python_source` for the parts of the script.
"""

import os
from collections.abc import Iterator
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path, PurePath

from nn_desktop.files.activation_code import ACTIVATION_CODE, defines_function, function_name, with_uses
from nn_desktop.files.checking import Answered, NotCheckedError, Question
from nn_desktop.files.model import TrainedModel
from nn_desktop.files.native.array_names import bias_name, weight_name
from nn_desktop.files.native.npz import to_npz
from nn_desktop.files.programs import python_command_line, python_source
from nn_desktop.files.programs.python_source import Wording
from nn_desktop.files.programs.steps import Feed, Step, steps_of
from nn_desktop.network.functions import Activation

BACKENDS = {"torch": "PyTorch", "tensorflow": "TensorFlow", "jax": "JAX"}
"""What Keras computes with, by the names of the packages; those that round least come first."""

_EXAMPLE = """\
import {module}

network = {module}.build()
answers = {module}.predict(samples, network)  # shapes (n, outputs) and (n, inputs)"""

_HEAD = """
import csv
import math
import sys
from pathlib import Path

import keras
import numpy as np
from keras.layers import {layers}

WEIGHTS = Path(__file__).with_name({weights})
"""

_CLASSIFY = '''\
def classify(inputs, network=None):
    """Return the names of the classes of samples, a list."""
    return [name_class(answers) for answers in predict(inputs, network).tolist()]
'''

_RUN_WITH_BACKEND = """
import os, runpy, sys
os.environ["KERAS_BACKEND"] = sys.argv[1]
del sys.argv[:2]
runpy.run_path(sys.argv[0], run_name="__main__")
"""


def to_files(model: TrainedModel, name: str) -> dict[str, bytes]:
    """Write a model as a script and its weights; the same model gives the same bytes."""
    steps = steps_of(model.parameters)
    weights = str(PurePath(name).with_suffix(".npz"))
    wording = Wording(
        needs=f'Keras 3, numpy, and the file "{weights}" beside it',
        example=_EXAMPLE,
        class_example="names = {module}.classify(samples, network)",
        answers="predict(samples).tolist() if samples else []",
        note="; Keras computes in float32",
    )
    layers = "Activation, Add, Dense" if any(len(step.feeds) > 1 for step in steps) else "Dense"
    head = _HEAD.format(layers=layers, weights=python_source.quoted(weights))
    codes = [ACTIVATION_CODE[activation].keras for activation in with_uses(steps)]
    formulas = list(filter(defines_function, codes))
    formulas += [_build(model, steps), _predict(model)]
    if model.class_names:
        formulas += [python_command_line.name_class_source(model), _CLASSIFY]
    scaling = python_source.scaling_source(model, "np.array([", "])")
    content = python_source.program(model, name, wording, head, formulas, scaling)
    return {name: content, weights: to_npz(model)}


def answer(path: Path, question: Question) -> Answered:
    """Answer by running the script.

    Raises
    ------
    NotCheckedError
        If Keras 3 or all its backends are not installed, or it fails.
    """
    if find_spec("keras") is None:
        raise NotCheckedError("Keras is not installed")
    wanted = os.environ.get("KERAS_BACKEND", "")
    backend = next((name for name in (wanted, *BACKENDS) if name in BACKENDS and find_spec(name)), None)
    if backend is None:
        raise NotCheckedError("Keras is installed, but none of PyTorch, TensorFlow and JAX is")
    reader = f"Keras {version('keras')} on {BACKENDS[backend]}"
    return Answered(reader, python_command_line.run(["-c", _RUN_WITH_BACKEND, backend, path], question))


def _build(model: TrainedModel, steps: tuple[Step, ...]) -> str:
    lines = [
        "def build():",
        '    """Return the trained network, a keras.Model of scaled inputs."""',
        "    a0 = keras.Input((len(INPUT_NAMES),))",
    ]
    for step in steps:
        lines += [f"    {line}" for line in _layer_lines(step)]
    lines += [
        f"    network = keras.Model(a0, a{steps[-1].number})",
        "    with np.load(WEIGHTS, allow_pickle=False) as arrays:",
    ]
    for step in steps:
        lines += [f"        {line}" for line in _weight_lines(step)]
    return "\n".join([*lines, "    return network"]) + "\n"


def _layer_lines(step: Step) -> Iterator[str]:
    number, units = step.number, step.units
    code = ACTIVATION_CODE[step.activation].keras
    activation = function_name(step.activation) if defines_function(code) else f'"{code}"'
    applied = "" if step.activation is Activation.IDENTITY else f", activation={activation}"
    first, *others = [f"a{feed.source}" for feed in reversed(step.feeds)] or ["keras.ops.zeros_like(a0)"]
    if not step.feeds:
        yield "# Nothing feeds this layer, so it gives out the same for all inputs."
        applied += ', kernel_initializer="zeros"'
    if not others:
        yield f'a{number} = Dense({units}{applied}, name="layer{number}")({first})'
        return
    yield f"z{number} = Add()(["
    yield f'    Dense({units}, name="{_layer_name(step, step.feeds[-1])}")({first}),'
    for feed in reversed(step.feeds[:-1]):
        name = _layer_name(step, feed)
        yield f'    Dense({units}, use_bias=False, name="{name}")(a{feed.source}),'
    yield "])"
    yield f'a{number} = Activation({activation}, name="layer{number}_activation")(z{number})'


def _layer_name(step: Step, feed: Feed) -> str:
    """Return the name of a Dense layer: that of the layer, if it has the bias."""
    is_first = feed is step.feeds[-1]
    return f"layer{step.number}" if is_first else f"layer{step.number}_from_layer{feed.source}"


def _weight_lines(step: Step) -> Iterator[str]:
    """Yield what sets the weights of a layer: Keras has one column for each unit."""
    bias = f'arrays["{bias_name(step.number)}"]'
    if not step.feeds:
        yield f'network.get_layer("layer{step.number}").bias.assign({bias})'
    for feed in reversed(step.feeds):
        kernel = f'arrays["{weight_name(feed.source, step.number)}"].T'
        arrays = f"{kernel}, {bias}" if feed is step.feeds[-1] else kernel
        yield f'network.get_layer("{_layer_name(step, feed)}").set_weights([{arrays}])'


def _predict(model: TrainedModel) -> str:
    scaled = "inputs" if model.input_scaling.is_none else "((inputs - INPUT_MEAN) / INPUT_SCALE)"
    answers = "outputs * TARGET_SCALE + TARGET_MEAN" if python_source.is_scaled_back(model) else "outputs"
    return f'''\
def predict(inputs, network=None):
    """Return the answers, shape (n, outputs), to raw inputs, shape (n, inputs).

    Building the network takes a while: give what build() has returned, if there are more calls than one.
    """
    inputs = np.asarray(inputs, np.float64)
    if inputs.ndim != 2 or inputs.shape[1] != len(INPUT_NAMES):
        raise ValueError(f"the inputs have the shape {{inputs.shape}}, not (n, {{len(INPUT_NAMES)}})")
    network = build() if network is None else network
    outputs = network({scaled}.astype(np.float32), training=False)
    outputs = keras.ops.convert_to_numpy(outputs).astype(np.float64)
    return {answers}
'''
