"""PyTorch: a network as a module that can be read, imported, trained on and run, and a file of its weights.

The weights lie beside it in a safetensors file whose arrays are named by layer (`native.array_names`),
which are the names that the module's own parameters have: ``load_state_dict(strict=True)`` takes it. The
means and scales of the data stand in the module; it scales in float64 and computes in the type of numbers
that the network was trained with. See `programs.python_source` for its parts.
"""

from collections.abc import Iterator
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path, PurePath

from nn_desktop.files.activation_code import ACTIVATION_CODE
from nn_desktop.files.checking import Answered, NotCheckedError, Question
from nn_desktop.files.model import TrainedModel
from nn_desktop.files.native.array_names import bias_name, weight_name
from nn_desktop.files.native.safetensors_file import to_layered_safetensors
from nn_desktop.files.programs import python_command_line, python_source
from nn_desktop.files.programs.python_source import Wording
from nn_desktop.files.programs.steps import Feed, Step, steps_of

_EXAMPLE = """\
import {module}

network = {module}.load()
answers = network.predict(samples)  # shapes (n, outputs) and (n, inputs)"""

_HEAD = """
import csv
import math
import sys
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import nn
from torch.nn import functional

WEIGHTS = Path(__file__).with_name({weights})
DTYPE = torch.{precision}
"""

_PREDICT = '''\
    @torch.no_grad()
    def predict(self, inputs):
        """Return the answers to raw inputs that are given as a tensor, an array or lists."""
        device = next(self.parameters()).device
        inputs = torch.as_tensor(inputs, dtype=torch.float64, device=device)
        if inputs.ndim != 2 or inputs.shape[1] != len(INPUT_NAMES):
            raise ValueError(f"the inputs have the shape {tuple(inputs.shape)}, not (n, {len(INPUT_NAMES)})")
        return self(inputs).detach()
'''

_CLASSIFY = '''\
    def classify(self, inputs):
        """Return the names of the classes of samples, a list."""
        return [name_class(answers) for answers in self.predict(inputs).tolist()]
'''

_LOAD = '''\
def load(path=None):
    """Return the network with the weights of a file: the one that came with this module, or another."""
    path = WEIGHTS if path is None else Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"the weights, {path}, are not there")
    network = Network()
    network.load_state_dict(load_file(path), strict=True)
    return network.eval()
'''


def to_files(model: TrainedModel, name: str) -> dict[str, bytes]:
    """Write a model as a module and its weights; the same model gives the same bytes."""
    weights = str(PurePath(name).with_suffix(".safetensors"))
    wording = Wording(
        needs=f'PyTorch, safetensors, and the file "{weights}" beside it',
        example=_EXAMPLE,
        class_example="names = network.classify(samples)",
        answers="load().predict(samples).tolist() if samples else []",
        note=", which are used here too",
    )
    head = _HEAD.format(weights=python_source.quoted(weights), precision=python_source.precision_of(model))
    formulas = [_network(model), _LOAD]
    if model.class_names:
        formulas.append(python_command_line.name_class_source(model))
    scaling = python_source.scaling_source(model, "torch.tensor([", "], dtype=torch.float64)")
    content = python_source.program(model, name, wording, head, formulas, scaling)
    return {name: content, weights: to_layered_safetensors(model)}


def answer(path: Path, question: Question) -> Answered:
    """Answer by running the module as a program.

    Raises
    ------
    NotCheckedError
        If PyTorch or safetensors is not installed, or it fails.
    """
    for package, title in (("torch", "PyTorch"), ("safetensors", "safetensors")):
        if find_spec(package) is None:
            raise NotCheckedError(f"{title} is not installed")
    return Answered(f"PyTorch {version('torch')}", python_command_line.run([path], question))


def _network(model: TrainedModel) -> str:
    class_names = "    class_names = CLASS_NAMES\n" if model.class_names else ""
    methods = [_init(model), _forward(model), _PREDICT, *([_CLASSIFY] if model.class_names else [])]
    return f'''\
class Network(nn.Module):
    """The network as it is before training; `load` gives it its weights.

    It takes raw inputs, shape (n, inputs), and gives raw answers, shape (n, outputs), both of float64.
    """

    input_names = INPUT_NAMES
    output_names = OUTPUT_NAMES
{class_names}
''' + "\n".join(methods)


def _init(model: TrainedModel) -> str:
    lines = ["    def __init__(self):", "        super().__init__()"]
    for name in python_source.scalings(model):
        lines.append(f'        self.register_buffer("{name.lower()}", {name}, persistent=False)')
    for number in range(1, len(model.topology.layers)):
        lines += [f"        {line}" for line in _layer_lines(model, number)]
    return "\n".join(lines) + "\n"


def _layer_lines(model: TrainedModel, number: int) -> Iterator[str]:
    """Yield what makes one layer; also of those that feed nothing, since the file has their weights."""
    topology = model.topology
    layer = topology.layers[number]
    units = len(layer.units)
    sources = [topology.layer_index[link.source] for link in topology.links_into(layer.id)]
    if number - 1 in sources:
        yield f"self.layer{number} = nn.Linear({topology.sizes[number - 1]}, {units}, dtype=DTYPE)"
    else:
        yield f"self.layer{number} = nn.Module()"
        yield f"self.{bias_name(number)} = nn.Parameter(torch.zeros({units}, dtype=DTYPE))"
    for source in reversed(sources):
        if source != number - 1:
            shape = f"{units}, {topology.sizes[source]}"
            yield f"self.{weight_name(source, number)} = nn.Parameter(torch.zeros({shape}, dtype=DTYPE))"


def _forward(model: TrainedModel) -> str:
    steps = steps_of(model.parameters)
    scaled = "inputs"
    if not model.input_scaling.is_none:
        scaled = "((inputs - self.input_mean) / self.input_scale)"
    lines = ["def forward(self, inputs):", f"    a0 = {scaled}.to(DTYPE)"]
    for step in steps:
        applied = ACTIVATION_CODE[step.activation].torch.format(z=f"z{step.number}")
        lines += [f"    z{step.number} = {_weighted_sum(step)}", f"    a{step.number} = {applied}"]
    answers = f"a{steps[-1].number}.to(torch.float64)"
    if python_source.is_scaled_back(model):
        answers += " * self.target_scale + self.target_mean"
    return "\n".join(f"    {line}" for line in [*lines, f"    return {answers}"]) + "\n"


def _weighted_sum(step: Step) -> str:
    if not step.feeds:
        return f"self.{bias_name(step.number)}.expand(len(inputs), -1)"
    terms = [_term(step, feed) for feed in reversed(step.feeds)]
    if step.feeds[-1].source != step.number - 1:
        terms.append(f"self.{bias_name(step.number)}")
    return " + ".join(terms)


def _term(step: Step, feed: Feed) -> str:
    """Return what one layer gives another; the layer just before comes with the bias."""
    if feed.source == step.number - 1:
        return f"self.layer{step.number}(a{feed.source})"
    return f"functional.linear(a{feed.source}, self.{weight_name(feed.source, step.number)})"
