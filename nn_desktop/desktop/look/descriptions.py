"""The parts of a network in words, with their live numbers and the formulas they are put into."""

from PySide6.QtCore import QCoreApplication

from nn_desktop.data.dataset import Dataset
from nn_desktop.desktop.look.numbers import editable_number, figure, grouped
from nn_desktop.insight.inspection import Inspection, Part
from nn_desktop.network.functions import ACTIVATIONS, Activation
from nn_desktop.network.topology import Pair, Topology
from nn_desktop.texts import visible
from nn_desktop.training.settings import LEARNING_RATE
from nn_desktop.training.snapshot import Snapshot

MAX_TERMS = 3
"""So many summands of a sum are written out."""


def layer_title(topology: Topology, index: int) -> str:
    """Return what a layer is called: its own name, or its role."""
    return visible(topology.layers[index].name) or role_title(topology, index)


def role_title(topology: Topology, index: int) -> str:
    """Return what a layer without a name of its own is called."""
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
    """Return a unit or connection with its numbers, as far as they are known.

    Parameters
    ----------
    snapshot
        Its network has the part.
    inspection
        What the worker found out about it; None if it has not answered yet.
    """
    topology = snapshot.parameters.topology
    lines = [part_title(topology, part, snapshot.dataset)]
    if isinstance(part, int):
        lines += _unit_lines(snapshot, part, inspection)
    else:
        lines += _connection_lines(snapshot, part, inspection)
    if inspection is None or inspection.loss is None:
        return "\n".join(lines)
    if inspection.loss_without is None:
        lines.append(
            QCoreApplication.translate("descriptions", "an output cannot be left out: it is what is learned")
        )
    else:
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
    if inspection is None:
        lines = [_weight_text(weight)]
    else:
        (term,) = inspection.terms
        product = figure(term.weight * term.value)
        text = QCoreApplication.translate(
            "descriptions", "first sample: w · a = {weight} · {value} = {product}"
        )
        lines = [
            _with_gradient(_weight_text(weight), "w", inspection),
            *_steps(snapshot, "w", weight, inspection, parameters.topology.is_frozen(*pair)),
            text.format(weight=figure(term.weight), value=_factor(term.value), product=product),
        ]
    if parameters.topology.is_frozen(*pair):
        lines.append(QCoreApplication.translate("descriptions", "frozen: it does not learn"))
    return lines


def _unit_lines(snapshot: Snapshot, unit: int, inspection: Inspection | None) -> list[str]:
    topology = snapshot.parameters.topology
    layer = topology.layer_of_unit(unit)
    lines = []
    if layer is not topology.layers[0]:
        lines += _bias_lines(snapshot, unit, inspection)
    if inspection is not None and inspection.z is not None:
        lines += _sample_lines(layer.activation, snapshot.parameters.bias(unit), inspection)
    if inspection is not None:
        text = QCoreApplication.translate("descriptions", "output range {low} to {high}, mean {mean}")
        lines.append(
            text.format(
                low=figure(inspection.low), high=figure(inspection.high), mean=figure(inspection.mean)
            )
        )
    if layer.frozen:
        lines.append(QCoreApplication.translate("descriptions", "frozen: it does not learn"))
    reason = idle_reason(topology, unit)
    return [*lines, reason] if reason else lines


def _bias_lines(snapshot: Snapshot, unit: int, inspection: Inspection | None) -> list[str]:
    bias = snapshot.parameters.bias(unit)
    text = QCoreApplication.translate("descriptions", "bias b = {bias}").format(bias=figure(bias))
    if inspection is None:
        return [text]
    topology = snapshot.parameters.topology
    is_still = topology.layer_of_unit(unit).frozen or bool(idle_reason(topology, unit))
    return [_with_gradient(text, "b", inspection), *_steps(snapshot, "b", bias, inspection, is_still)]


def _sample_lines(activation: Activation, bias: float, inspection: Inspection) -> list[str]:
    """Return what the unit computes for one sample, the numbers put into the formulas."""
    assert inspection.z is not None
    text = QCoreApplication.translate("descriptions", "first sample: z = {sum} = {z}")
    formula = ACTIVATIONS[activation].formula
    return [
        text.format(sum=_sum(inspection, bias), z=figure(inspection.z)),
        f"a = g({figure(inspection.z)}) = {figure(inspection.a)}, {formula}",
    ]


def _weight_text(weight: float) -> str:
    return QCoreApplication.translate("descriptions", "weight w = {weight}").format(weight=figure(weight))


def _with_gradient(text: str, letter: str, inspection: Inspection) -> str:
    """Return a number with its gradient behind it."""
    gradient = figure(inspection.gradient) if inspection.gradient is not None else "–"
    more = QCoreApplication.translate("descriptions", "∂L/∂{letter} = {gradient} over {count} samples")
    return f"{text}, " + more.format(letter=letter, gradient=gradient, count=grouped(inspection.samples))


def _steps(
    snapshot: Snapshot, letter: str, value: float, inspection: Inspection, is_still: bool
) -> list[str]:
    """Return the step of gradient descent over these samples, numbers put in; none for what stays still."""
    if is_still:
        return []
    gradient = inspection.gradient or 0.0
    rate = LEARNING_RATE.get(snapshot.setup)
    product = f"{editable_number(rate)} · {_factor(gradient)}"
    step = figure(value - rate * gradient)
    return [f"{letter} − η ∂L/∂{letter} = {figure(value)} − {product} = {step}"]


def _sum(inspection: Inspection, bias: float) -> str:
    """Write z with the numbers of one sample put in; of many summands the first."""
    terms = [f"{_factor(term.weight)}·{_factor(term.value)}" for term in inspection.terms[:MAX_TERMS]]
    more = ["…"] if len(inspection.terms) > MAX_TERMS else []
    return " + ".join([*terms, *more, _factor(bias)])


def _factor(value: float) -> str:
    text = figure(value)
    return f"({text})" if text.startswith("−") else text
