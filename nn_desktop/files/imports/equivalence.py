"""Other weights for the same answers: for another scaling or order of classes, or one output for two."""

from dataclasses import replace
from typing import Final

import numpy as np

from nn_desktop.data.dataset import Task
from nn_desktop.data.scaling import Scaling
from nn_desktop.errors import ReadableError
from nn_desktop.files.model import TrainedModel
from nn_desktop.network.functions import Activation
from nn_desktop.network.parameters import Parameters
from nn_desktop.network.topology import Link, Topology
from nn_desktop.training.samples import SYMMETRIC

SCALING_TOLERANCE: Final = 1e-12
"""Means and deviations of the same samples differ by this at most from one computer to another."""


class NoEquivalentError(ReadableError):
    """Why a network cannot be written in another way, as the second half of a sentence."""


def is_close(one: Scaling, other: Scaling) -> bool:
    """Compare in relation to each column's own numbers; a mean of nearly 0 in relation to its scale."""
    if one.mean.shape != other.mean.shape:
        return False
    sizes = abs(other.scale)
    with np.errstate(over="ignore"):
        means = abs(one.mean - other.mean) <= SCALING_TOLERANCE * (abs(other.mean) + sizes)
        scales = abs(one.scale - other.scale) <= SCALING_TOLERANCE * sizes
    return bool(means.all() and scales.all())


def with_input_scaling(model: TrainedModel, scaling: Scaling) -> TrainedModel:
    """Give a model another scaling of its inputs, and the weights that make up for it.

    The network saw x = (raw − m) / s and is to see x' = (raw − m') / s' instead. So raw = x' s' + m', and

        x = x' (s' / s) + (m' − m) / s.

    Where W is the weights of a link from the input layer and b the biases of its target, W x + b becomes
    W' x' + b' with

        W' = W diag(s' / s)  and  b' = b + W (m' − m) / s,

    for every link from the input layer; a bias gets a share from each of them. A removed connection stays 0.
    The sums are done in float64 and rounded to the precision of the model.

    Raises
    ------
    NoEquivalentError
        If the numbers get too large.
    """
    old = model.input_scaling
    parameters = model.parameters.copy()
    first = model.topology.layers[0].id
    with np.errstate(over="ignore", invalid="ignore"):
        factor = scaling.scale / old.scale
        shift = (scaling.mean - old.mean) / old.scale
        for link in model.topology.links:
            if link.source == first:
                weights = parameters.weights(first, link.target)
                before = weights.astype(np.float64)
                weights[:] = before * factor
                biases = parameters.biases(link.target)
                biases[:] = biases.astype(np.float64) + before @ shift
    _check_finite(parameters)
    return replace(model, parameters=parameters, input_scaling=scaling)


def with_target_scaling(model: TrainedModel, scaling: Scaling) -> TrainedModel:
    """Give a regression another scaling of its targets, and the weights that make up for it.

    Raw answers were y t + n for the outputs y = W x + b, and are to be y' t' + n'. So

        y' = y (t / t') + (n − n') / t',

    and with W' = diag(t / t') W and b' = b (t / t') + (n − n') / t', for every link into the output layer,
    the outputs are y'. That needs an output layer whose activation is the identity.

    Raises
    ------
    NoEquivalentError
        If it is not, or the numbers get too large.
    """
    old, last = model.target_scaling, model.topology.layers[-1]
    if last.activation is not Activation.IDENTITY:
        raise NoEquivalentError(
            f"its answers are scaled, and its output layer has the activation {last.activation}, so the "
            "scaling cannot go into its weights: give the output layer the identity, and export it again"
        )
    parameters = model.parameters.copy()
    with np.errstate(over="ignore", invalid="ignore"):
        factor = old.scale / scaling.scale
        matrix = parameters.matrix(last.id)
        matrix[:] = matrix.astype(np.float64) * factor[:, np.newaxis]
        biases = parameters.biases(last.id)
        biases[:] = biases.astype(np.float64) + (old.mean - scaling.mean) / scaling.scale
    _check_finite(parameters)
    return replace(model, parameters=parameters, target_scaling=scaling)


def with_one_output(model: TrainedModel) -> TrainedModel:
    """Make one sigmoid unit of the two units of a softmax that tells two classes apart.

    softmax(z)₁ = e^z₁ / (e^z₀ + e^z₁) = σ(z₁ − z₀): the weights and the bias are the differences.

    Raises
    ------
    NoEquivalentError
        If the output layer is no softmax of two units.
    """
    topology = model.topology
    last = topology.layers[-1]
    if last.activation is not Activation.SOFTMAX or len(last.units) != 2:
        raise NoEquivalentError(
            "it tells two classes apart with two outputs that are no softmax, and here two classes have one "
            "output: give it a softmax at the end, and export it again"
        )
    kept = replace(last, units=last.units[1:], activation=Activation.SIGMOID)
    links = tuple(_joined(topology, link) if link.target == last.id else link for link in topology.links)
    joined = Topology((*topology.layers[:-1], kept), links, topology.next_id)
    parameters = Parameters.zeros(joined, model.parameters.vector.dtype)
    for layer in topology.layers[1:-1]:
        parameters.matrix(layer.id)[:] = model.parameters.matrix(layer.id)
    rows = model.parameters.matrix(last.id).astype(np.float64)
    with np.errstate(over="ignore"):
        parameters.matrix(last.id)[0] = rows[1] - rows[0]
    _check_finite(parameters)
    return replace(
        model,
        parameters=parameters,
        output_names=model.class_names[1:],
        target_scaling=Scaling.none(1),
        task=Task.BINARY,
    )


def with_class_order(model: TrainedModel, class_names: tuple[str, ...]) -> TrainedModel:
    """Put the classes of a model into another order.

    With more than two, the units of the output layer change places. With two, the single output changes its
    sign: σ(−z) = 1 − σ(z), and tanh, sine and the identity are odd.

    Raises
    ------
    NoEquivalentError
        If the names are not those of the model, or its output activation has no such symmetry.
    """
    if len(set(class_names)) < len(class_names) or sorted(class_names) != sorted(model.class_names):
        raise NoEquivalentError("its classes have other names")
    topology, last = model.topology, model.topology.layers[-1]
    parameters = model.parameters.copy()
    if model.task is Task.BINARY:
        if last.activation not in SYMMETRIC | {Activation.SIGMOID}:
            raise NoEquivalentError("its classes have another order")
        parameters.matrix(last.id)[:] *= -1
        parameters.clear_removed()  # 0 and not −0
        return replace(model, parameters=parameters, class_names=class_names, output_names=class_names[1:])
    order = [model.class_names.index(name) for name in class_names]
    parameters.matrix(last.id)[:] = model.parameters.matrix(last.id)[order]
    layer = replace(last, units=tuple(last.units[place] for place in order))
    reordered = Topology((*topology.layers[:-1], layer), topology.links, topology.next_id)
    return replace(
        model,
        parameters=Parameters(reordered, parameters.vector),
        class_names=class_names,
        output_names=tuple(model.output_names[place] for place in order),
    )


def _joined(topology: Topology, link: Link) -> Link:
    """Let the second unit of the output layer have the connections of both."""
    first, second = topology.layers[-1].units
    sources = topology.layer(link.source).units
    frozen = frozenset(
        (source, second) for source in sources if {(source, first), (source, second)} <= link.frozen
    )
    there = frozenset(
        (source, second) for source in sources if link.has(source, first) or link.has(source, second)
    )
    if link.only is not None:
        return replace(link, only=there, frozen=frozen)
    return replace(link, removed=frozenset((source, second) for source in sources) - there, frozen=frozen)


def _check_finite(parameters: Parameters) -> None:
    if not np.isfinite(parameters.vector).all():
        raise NoEquivalentError(
            f"the difference between its scaling and that of the data is too large for "
            f"{parameters.vector.dtype}: choose another dataset, or another file"
        )
