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
LOSS_DIGITS, NEXT_DIGITS = 9, 8
"""Digits of what is compared with a textbook: the loss of the next batch, and what the next update makes."""


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


def number_lines(snapshot: Snapshot, part: Part, inspection: Inspection | None) -> list[str]:
    """Return the numbers of a unit or connection with their formulas, as far as they are known.

    Parameters
    ----------
    snapshot
        Its network has the part.
    inspection
        What was found out about it; None while that is under way.
    """
    if isinstance(part, int):
        return _unit_lines(snapshot, part, inspection)
    return _connection_lines(snapshot, part, inspection)


def tip_line(snapshot: Snapshot, part: Part) -> str:
    """Return the number of a unit or connection, and what is to be known of it, in one short line."""
    topology, parameters = snapshot.parameters.topology, snapshot.parameters
    if isinstance(part, tuple):
        texts = [_weight_text(parameters.weight(*part))]
        is_frozen, reason = topology.is_frozen(*part), ""
    else:
        has_bias = topology.unit_place[part][0] > 0
        texts = [
            _bias_text(parameters.bias(part)) if has_bias else unit_title(topology, part, snapshot.dataset)
        ]
        is_frozen, reason = topology.layer_of_unit(part).frozen, idle_reason(topology, part)
    if is_frozen:
        texts.append(QCoreApplication.translate("descriptions", "frozen"))
    if reason:
        texts.append(reason.partition(":")[0])
    return " · ".join(texts)


def ablation_line(inspection: Inspection) -> str:
    """Return how the network does without a part."""
    if inspection.loss_without is None or inspection.loss is None:
        return QCoreApplication.translate(
            "descriptions", "an output cannot be left out: it is what is learned"
        )
    text = QCoreApplication.translate("descriptions", "test loss {loss}, without it {without}")
    return text.format(loss=figure(inspection.loss), without=figure(inspection.loss_without))


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
            _weight_text(weight),
            *_update_lines(snapshot, "w", weight, inspection),
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
    return lines


def _bias_lines(snapshot: Snapshot, unit: int, inspection: Inspection | None) -> list[str]:
    bias = snapshot.parameters.bias(unit)
    text = _bias_text(bias)
    return [text] if inspection is None else [text, *_update_lines(snapshot, "b", bias, inspection)]


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


def _bias_text(bias: float) -> str:
    return QCoreApplication.translate("descriptions", "bias b = {bias}").format(bias=figure(bias))


def _update_lines(snapshot: Snapshot, letter: str, value: float, inspection: Inspection) -> list[str]:
    """Return what the next update does to a number, and from which samples; only L for what stays still."""
    gradient = inspection.gradient or 0.0
    lines = [
        _batch_text(inspection),
        f"L = {editable_number(inspection.batch_loss, LOSS_DIGITS)}",
        f"∂L/∂{letter} = {figure(gradient)}",
    ]
    if inspection.next_value is not None:
        rate = editable_number(LEARNING_RATE.get(snapshot.setup))
        sums = f"{figure(value)} − {rate} · {_factor(gradient)}"
        result = editable_number(inspection.next_value, NEXT_DIGITS)
        lines.append(f"{letter} − η ∂L/∂{letter} = {sums} = {result}")
    return lines


def _batch_text(inspection: Inspection) -> str:
    """Return which samples of the epoch the next update takes."""
    first, last, count = inspection.first, inspection.first + inspection.size - 1, inspection.count
    if inspection.samples < inspection.size:
        text = QCoreApplication.translate("descriptions", "the first {samples} samples of the next batch")
        return text.format(samples=grouped(inspection.samples))
    if count == 1:
        text = QCoreApplication.translate("descriptions", "next batch: the one sample")
    elif inspection.size == count:
        text = QCoreApplication.translate("descriptions", "next batch: all {count} samples")
    elif first == last:
        text = QCoreApplication.translate("descriptions", "next batch: sample {first} of {count}")
    else:
        text = QCoreApplication.translate("descriptions", "next batch: samples {first}–{last} of {count}")
    return text.format(first=grouped(first), last=grouped(last), count=grouped(count))


def _sum(inspection: Inspection, bias: float) -> str:
    """Write z with the numbers of one sample put in; of many summands the first."""
    terms = [f"{_factor(term.weight)}·{_factor(term.value)}" for term in inspection.terms[:MAX_TERMS]]
    more = ["…"] if len(inspection.terms) > MAX_TERMS else []
    return " + ".join([*terms, *more, _factor(bias)])


def _factor(value: float) -> str:
    text = figure(value)
    return f"({text})" if text.startswith("−") else text
