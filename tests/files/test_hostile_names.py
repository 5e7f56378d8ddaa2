"""Whatever things are called, every export is written, means the same, and is found to be right."""

from dataclasses import replace
from pathlib import Path

import pytest
from strategies import random_parameters

from nn_desktop.data.dataset import Task
from nn_desktop.data.functions import SINE
from nn_desktop.data.scaling import Scaling
from nn_desktop.files import exporters
from nn_desktop.files.exporters import EXPORTERS, Exporter, export
from nn_desktop.files.model import TrainedModel
from nn_desktop.network.functions import Activation
from nn_desktop.network.topology import chain
from nn_desktop.training.hyperparameters import Hyperparameters

NAMES = (
    *("output_count = 1;", "#define NN_NET_OUTPUTS 1", "_OUTPUTS 1\n", "class", "1", "-1", "0.5"),
    *("*/ int x; /*", "// \\", "??/", "??'", "\\", 'quote "', "'", "%s%n%", "\\x41\\u0041\\N{BULLET}"),
    *("line\nbreak", "\r", "\x85", "\u2028", "\u2029", "\x00", "\x1b[2J", "\ufeff=1+1", "\u202egnp"),
    *('"""', "'''\\", "def name_class(", "{title}", "{answers}", "${macro}", "$x", "%(x)s", "#{x}"),
    *(
        "|",
        "`",
        "``` ~~~",
        "<script>alert(1)</script>",
        "&amp;",
        "$$",
        "\\end{document}",
        "\\input{x}",
        "^^5c",
    ),
    *("=1", "+1+1", "@x", ";=1", "a,b", "", " ", "long " * 50, "\ud800", "שכבה", "\U0001f600"),
)
"""What means something in C, C++, Python, their comments and strings, CSV, Markdown, LaTeX or a terminal."""

PRINTABLE = tuple(name for name in NAMES if name.isprintable() and len(name) <= 100)
"""Names that this program's own readers take."""


def named(task: Task, names: tuple[str, ...] = NAMES) -> TrainedModel:
    """A network with a hostile name for everything that has one."""
    count = len(names)
    output = Activation.SOFTMAX if task is Task.MULTICLASS else Activation.IDENTITY
    topology = chain((count, 3, count), (Activation.TANH, output))
    layers = tuple(
        replace(layer, name=name)
        for layer, name in zip(topology.layers, ("??/ */", "a\\\n", NAMES[0]), strict=True)
    )
    parameters = random_parameters(replace(topology, layers=layers), 0)
    return TrainedModel(
        parameters,
        names,
        names,
        names if task is Task.MULTICLASS else (),
        Scaling.none(count),
        Scaling.none(count),
        replace(SINE, name='"""\\ */ ??/ $x output_count = 1;').default_settings,
        Hyperparameters(),
        task,
    )


@pytest.mark.parametrize("task", [Task.REGRESSION, Task.MULTICLASS])
@pytest.mark.parametrize("exporter", EXPORTERS, ids=lambda exporter: exporter.ending)
def test_no_name_makes_an_export_wrong(exporter: Exporter, task: Task, tmp_path: Path) -> None:
    names = PRINTABLE if exporter.answer is exporters._read_back else NAMES
    check = export(named(task, names), tmp_path / f"net{exporter.ending}").check
    assert check.is_good or "not installed" in check.why_not or "a page is for reading" in check.why_not, (
        check
    )


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_a_header_is_right_whatever_a_layer_is_called(name: str, tmp_path: Path) -> None:
    topology = chain((1, 2, 2), (Activation.TANH, Activation.IDENTITY))
    layers = tuple(replace(layer, name=name) for layer in topology.layers)
    model = replace(
        named(Task.REGRESSION),
        parameters=random_parameters(replace(topology, layers=layers), 1),
        input_names=(name,),
        output_names=(name, "class"),
        input_scaling=Scaling.none(1),
        target_scaling=Scaling.none(2),
    )
    for ending in (".h", ".hpp"):
        check = export(model, tmp_path / f"net{ending}").check
        assert check.is_good or "no C" in check.why_not, (ending, check)
