"""One unit or connection looked at closely: its numbers, its gradient, and the test loss without it."""

from dataclasses import dataclass

import numpy as np

from nn_desktop.arrays import IntArray
from nn_desktop.engines.evaluation import activations, gradient, mean_loss
from nn_desktop.network.parameters import Parameters, learning_mask
from nn_desktop.network.topology import Pair, Topology
from nn_desktop.training.samples import Samples, make_samples
from nn_desktop.training.snapshot import Snapshot

Part = int | Pair
"""A unit, by its id, or a connection, by those of its two units."""
MAX_WORK = 50_000_000
"""Weights times samples: a large network is looked at with fewer samples, not to hold up the answer."""
MAX_SAMPLES = 2000


@dataclass(frozen=True)
class Term:
    """One summand w · x of a unit's z."""

    source: int
    weight: float
    value: float


@dataclass(frozen=True)
class Inspection:
    """What a unit or connection is and does at one moment.

    Attributes
    ----------
    part
        The unit or connection that is inspected.
    value
        Its weight, or its bias; None for an input unit.
    first, size, count
        The next update takes this sample of the epoch, counted from 1, and so many from there on, of so many.
    samples
        Number of them that loss and gradient are taken over: all, unless the network is too large for that.
    batch_loss
        L, the mean loss over these samples.
    gradient
        ∂L/∂ of the number; None for an input unit.
    next_value
        What the next update makes of it, w − η ∂L/∂w; None for what does not learn, and where `samples` are
        not all that the update takes.
    terms
        Summands of its z for the first training sample; for a connection its own alone.
    z, a
        Weighted sum and activation of the unit (of a connection: of its target) for that sample.
    low, high, mean
        Of the activation of the unit (of a connection: of its source) over the training samples, up to a
        bound.
    loss, loss_without
        Test loss with it and without it; None unless asked for, the latter too where it cannot be left out.
    """

    part: Part
    value: float | None
    first: int
    size: int
    count: int
    samples: int
    batch_loss: float
    gradient: float | None
    next_value: float | None
    terms: tuple[Term, ...]
    z: float | None
    a: float
    low: float
    high: float
    mean: float
    loss: float | None = None
    loss_without: float | None = None


def inspect(part: Part, with_ablation: bool, snapshot: Snapshot) -> Inspection | None:
    """Look at a unit or a connection at one moment.

    Returns
    -------
    None if the network of that moment does not have it, or there are no samples to look at.
    """
    parameters = snapshot.parameters
    topology = parameters.topology
    if not len(snapshot.dataset.train) or not exists(topology, part):
        return None
    smoothing = snapshot.setup.hyperparameters.target_smoothing
    samples = make_samples(snapshot.dataset, topology.layers[-1].activation, smoothing)
    most = max(1, min(MAX_SAMPLES, MAX_WORK // max(1, topology.weight_count)))
    batch = snapshot.walk.next_batch
    rows = batch[:most]
    batch_loss, slopes = _descend(snapshot, samples, rows)
    outputs = activations(parameters, samples.train_inputs[:most])
    values = {layer.id: outputs[layer.id][:, 0] for layer in topology.layers}
    is_unit = isinstance(part, int)
    target = part if isinstance(part, int) else part[1]
    layer, place = topology.unit_place[target]
    terms = _terms(parameters, values, target)
    bias = parameters.bias(target) if layer else 0.0
    seen_layer, seen_place = topology.unit_place[part if isinstance(part, int) else part[0]]
    seen = np.asarray(outputs[topology.layers[seen_layer].id][seen_place], float)
    losses = _ablation(snapshot, samples, part) if with_ablation else (None, None)
    return Inspection(
        part=part,
        value=_number(parameters, part),
        first=snapshot.walk.position + 1,
        size=len(batch),
        count=snapshot.walk.samples,
        samples=len(rows),
        batch_loss=batch_loss,
        gradient=_number(slopes, part),
        next_value=_next_value(snapshot, slopes, part) if len(rows) == len(batch) else None,
        terms=terms if is_unit else tuple(term for term in terms if (term.source, target) == part),
        z=sum(term.weight * term.value for term in terms) + bias if layer else None,
        a=float(values[topology.layers[layer].id][place]),
        low=float(seen.min()),
        high=float(seen.max()),
        mean=float(seen.mean()),
        loss=losses[0],
        loss_without=losses[1],
    )


def exists(topology: Topology, part: Part) -> bool:
    """Tell whether a network has a unit or connection."""
    if isinstance(part, int):
        return part in topology.unit_place
    return all(unit in topology.unit_place for unit in part) and topology.is_connected(*part)


def without(parameters: Parameters, part: Part) -> Parameters:
    """Return a copy in which a connection carries nothing, or nothing comes of a unit."""
    ablated = parameters.copy()
    topology = parameters.topology
    if not isinstance(part, int):
        ablated.set_weight(*part, 0.0)
        return ablated
    layer, place = topology.unit_place[part]
    for link in topology.links:
        if link.source == topology.layers[layer].id:
            ablated.weights(link.source, link.target)[:, place] = 0
    return ablated


def _descend(snapshot: Snapshot, samples: Samples, rows: IntArray) -> tuple[float, Parameters]:
    """Return the loss over some training samples, and its gradient."""
    loss, parameters = snapshot.setup.hyperparameters.loss, snapshot.parameters
    inputs, targets = samples.train_inputs[rows], samples.train_targets[rows]
    return mean_loss(parameters, loss, inputs, targets), gradient(parameters, loss, inputs, targets)


def _next_value(snapshot: Snapshot, slopes: Parameters, part: Part) -> float | None:
    """Return what the next update makes of a number that learns, by sums of the same type as its own."""
    value, slope = _number(snapshot.parameters, part), _number(slopes, part)
    if value is None or slope is None or snapshot.diverged or not _learns(snapshot.parameters.topology, part):
        return None
    number = snapshot.parameters.vector.dtype.type
    with np.errstate(all="ignore"):
        return float(snapshot.setup.hyperparameters.descent.updated(number(value), number(slope)))


def _learns(topology: Topology, part: Part) -> bool:
    mask = learning_mask(topology)
    return mask is None or bool(_number(Parameters(topology, mask.astype(float)), part))


def _ablation(snapshot: Snapshot, samples: Samples, part: Part) -> tuple[float, float | None]:
    """Return the test loss with a part and without it, by the same sums."""
    loss, parameters = snapshot.setup.hyperparameters.loss, snapshot.parameters
    inputs, targets = samples.test_inputs, samples.test_targets
    whole = mean_loss(parameters, loss, inputs, targets)
    if part in parameters.topology.layers[-1].units:
        return whole, None  # an output that is left out answers nothing
    return whole, mean_loss(without(parameters, part), loss, inputs, targets)


def _number(parameters: Parameters, part: Part) -> float | None:
    """Return the weight or the bias of a part."""
    if not isinstance(part, int):
        return parameters.weight(*part)
    return parameters.bias(part) if parameters.topology.unit_place[part][0] else None


def _terms(parameters: Parameters, values: dict[int, np.ndarray], unit: int) -> tuple[Term, ...]:
    topology = parameters.topology
    layer, place = topology.unit_place[unit]
    terms = []
    for link in topology.links_into(topology.layers[layer].id):
        weights = parameters.weights(link.source, link.target)[place]
        sources = topology.layer(link.source).units
        for source, weight, value in zip(sources, weights, values[link.source], strict=True):
            if link.has(source, unit):
                terms.append(Term(source, float(weight), float(value)))
    return tuple(terms)
