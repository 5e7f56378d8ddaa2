"""The parts of a network in words, with their live numbers and the formulas they are put into."""

from PySide6.QtCore import QCoreApplication

from nn_desktop.data.dataset import Dataset
from nn_desktop.desktop.figures import figure
from nn_desktop.insight.inspection import Inspection, Part
from nn_desktop.network.functions import ACTIVATIONS
from nn_desktop.network.topology import Pair, Topology
from nn_desktop.training.session import Snapshot

MOST_TERMS = 4
"""So many summands of a sum are written out."""


def layer_title(topology: Topology, index: int) -> str:
    """Return what a layer is called: its own name, or its role."""
    if topology.layers[index].name:
        return topology.layers[index].name
    if index == 0:
        return QCoreApplication.translate("descriptions", "Input")
    if index == len(topology.layers) - 1:
        return QCoreApplication.translate("descriptions", "Output")
    return QCoreApplication.translate("descriptions", "Hidden {number}").format(number=index)


def unit_title(topology: Topology, unit: int, dataset: Dataset | None = None) -> str:
    """Return what a unit is called: the name of its input or output, or its layer and number."""
    layer, place = topology.unit_place[unit]
    if dataset is not None:
        if layer == 0 and place < dataset.input_count:
            return dataset.input_names[place]
        if layer == len(topology.layers) - 1 and place < dataset.output_count:
            return dataset.output_names[place]
    return QCoreApplication.translate("descriptions", "{layer}, unit {number}").format(
        layer=layer_title(topology, layer), number=place + 1
    )


def part_title(topology: Topology, part: Part, dataset: Dataset | None = None) -> str:
    """Return what a unit or a connection is called."""
    if isinstance(part, int):
        return unit_title(topology, part, dataset)
    return QCoreApplication.translate("descriptions", "{source} → {target}").format(
        source=unit_title(topology, part[0], dataset), target=unit_title(topology, part[1], dataset)
    )


def describe(snapshot: Snapshot, part: Part, inspection: Inspection | None) -> str:
    """Return a unit or connection with its numbers, as far as they are known at this moment.

    Parameters
    ----------
    snapshot
        The moment; its network has the part.
    part
        What is described.
    inspection
        What the worker found out about it; None if it has not answered yet.
    """
    topology = snapshot.parameters.topology
    lines = [part_title(topology, part, snapshot.dataset)]
    if isinstance(part, int):
        lines += _unit_lines(snapshot, part, inspection)
    else:
        lines += _connection_lines(snapshot, part, inspection)
    if inspection is not None and inspection.loss is not None and inspection.loss_without is not None:
        text = QCoreApplication.translate("descriptions", "test loss {loss}, without it {without}")
        lines.append(text.format(loss=figure(inspection.loss), without=figure(inspection.loss_without)))
    return "\n".join(lines)


def idle_reason(topology: Topology, unit: int) -> str:
    """Return why a unit takes no part; empty if it does."""
    if unit in topology.unreached and unit in topology.layers[-1].units:
        return QCoreApplication.translate(
            "descriptions", "⚠ No input reaches this output: it answers the same to everything."
        )
    if unit in topology.unreached:
        return QCoreApplication.translate(
            "descriptions", "⚠ No input reaches this unit: training leaves it out. Connect it from the left."
        )
    if unit in topology.dead_ends:
        return QCoreApplication.translate(
            "descriptions", "⚠ This unit reaches no output: training leaves it out. Connect it to the right."
        )
    return ""


def _connection_lines(snapshot: Snapshot, pair: Pair, inspection: Inspection | None) -> list[str]:
    parameters = snapshot.parameters
    weight = parameters.weight(*pair)
    lines = [
        QCoreApplication.translate("descriptions", "weight w = {weight}").format(weight=figure(weight)),
    ]
    if inspection is not None:
        (term,) = inspection.terms
        lines.append(
            f"w · a = {figure(term.weight)} · {_factor(term.value)} = {figure(term.weight * term.value)}"
        )
        lines += _gradient_lines(snapshot, "w", weight, inspection)
    if parameters.topology.is_frozen(*pair):
        lines.append(QCoreApplication.translate("descriptions", "frozen: it does not learn"))
    return lines


def _unit_lines(snapshot: Snapshot, unit: int, inspection: Inspection | None) -> list[str]:
    topology = snapshot.parameters.topology
    layer = topology.layer_of_unit(unit)
    has_bias = layer is not topology.layers[0]
    lines = []
    if has_bias:
        bias = snapshot.parameters.bias(unit)
        lines.append(QCoreApplication.translate("descriptions", "bias b = {bias}").format(bias=figure(bias)))
    if inspection is not None and has_bias and inspection.z is not None:
        lines.append(f"z = Σ w·a + b = {_sum(inspection, bias)} = {figure(inspection.z)}")
        name = ACTIVATIONS[layer.activation].title.lower()
        lines.append(f"a = {name}({figure(inspection.z)}) = {figure(inspection.a)}")
        lines += _gradient_lines(snapshot, "b", bias, inspection)
    if has_bias:
        lines.append(ACTIVATIONS[layer.activation].formula)
    if inspection is not None:
        text = QCoreApplication.translate("descriptions", "gives out {low} to {high}, mean {mean}")
        lines.append(
            text.format(
                low=figure(inspection.low), high=figure(inspection.high), mean=figure(inspection.mean)
            )
        )
    if layer.frozen:
        lines.append(QCoreApplication.translate("descriptions", "frozen: it does not learn"))
    reason = idle_reason(topology, unit)
    return [*lines, reason] if reason else lines


def _gradient_lines(snapshot: Snapshot, letter: str, value: float, inspection: Inspection) -> list[str]:
    """Return the gradient, and the step that gradient descent over these samples would take."""
    if inspection.gradient is None:
        return []
    rate = snapshot.setup.hyperparameters.learning_rate
    step = value - rate * inspection.gradient
    text = QCoreApplication.translate("descriptions", "∂L/∂{letter} = {gradient} over {count} samples")
    return [
        text.format(letter=letter, gradient=figure(inspection.gradient), count=inspection.samples),
        f"{letter} − η ∂L/∂{letter} = {figure(value)} − {rate:g} · {_factor(inspection.gradient)}"
        f" = {figure(step)}",
    ]


def _sum(inspection: Inspection, bias: float) -> str:
    """Write z with the numbers of one sample put in; of many summands the first."""
    terms = [f"{_factor(term.weight)}·{_factor(term.value)}" for term in inspection.terms[:MOST_TERMS]]
    more = ["…"] if len(inspection.terms) > MOST_TERMS else []
    return " + ".join([*terms, *more, _factor(bias)])


def _factor(value: float) -> str:
    text = figure(value)
    return f"({text})" if text.startswith("−") else text
