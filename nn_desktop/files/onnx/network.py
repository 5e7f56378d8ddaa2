"""Making a network of the layers that were found in an ONNX graph (`onnx_values`)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from nn_desktop.arrays import FloatArray
from nn_desktop.data.scaling import Scaling
from nn_desktop.files.native.stored import ReadError
from nn_desktop.files.onnx.values import (
    Base,
    InputBase,
    LayerBase,
    Part,
    Sum,
    Term,
    Vector,
    plus,
)
from nn_desktop.limits import too_many
from nn_desktop.network.functions import Activation
from nn_desktop.network.parameters import Parameters
from nn_desktop.network.topology import (
    MAX_LAYERS,
    MAX_UNITS,
    MAX_WEIGHTS,
    Layer,
    Link,
    Pair,
    Topology,
    TopologyError,
)

NUMBERS_AT_ONCE = 500_000
"""Weights that are computed in float64 at a time, so that large networks fit into the memory."""
MAX_PRODUCTS = 3 * MAX_WEIGHTS
"""Several matrices can add up to the weights of one link."""


@dataclass(frozen=True, eq=False)
class BuiltNetwork:
    """A network, and how raw inputs are scaled for it.

    Attributes
    ----------
    parameters
        The network with its weights.
    input_scaling
        Scaling of the raw inputs that the graph begins with.
    """

    parameters: Parameters
    input_scaling: Scaling


def build(last: LayerBase, inputs: Sequence[InputBase], most_weights: int) -> BuiltNetwork:
    """Build the network that ends with a layer.

    Parameters
    ----------
    last
        The output layer.
    inputs
        The inputs of the graph; all of their columns, in this order, are the input layer.
    most_weights
        How many there may be: a short graph can bring every unit together with every other.

    Raises
    ------
    ReadError
        If it is too large, or its numbers are not finite.
    TopologyError
        If a layer is where it cannot be.
    """
    layers = _layers_before(last)
    _check_sizes(layers, inputs, most_weights)
    with np.errstate(all="ignore"):
        scaling = _input_scaling(layers, inputs)
        return _build(layers, inputs, scaling)


def _layers_before(last: LayerBase) -> list[LayerBase]:
    """Return a layer and all that it needs, in the order in which they can be computed."""
    found: dict[int, LayerBase] = {}
    waiting = [last]
    while waiting:
        layer = waiting.pop()
        if layer.number not in found:
            found[layer.number] = layer
            bases = [term.part.base for term in layer.z.terms]
            waiting.extend(base for base in bases if isinstance(base, LayerBase))
    layers = [found[number] for number in sorted(found)]
    for layer in layers[:-1]:
        if layer.activation is Activation.SOFTMAX:
            raise ReadError(
                f"its {layer.node} cannot be shown here, since softmax belongs to the output of a network, "
                "and something comes after it: export the network without what follows"
            )
    return layers


def _check_sizes(layers: Sequence[LayerBase], inputs: Sequence[InputBase], most_weights: int) -> None:
    """Check all sizes before anything of them is made."""
    if len(layers) + 1 > MAX_LAYERS:
        raise TopologyError(
            f"It has {len(layers) + 1} layers, more than the {MAX_LAYERS} that fit here: use fewer layers."
        )
    columns = sum(base.width for base in inputs)
    widths = [columns, *(layer.width for layer in layers)]
    if max(widths) > MAX_UNITS:
        raise TopologyError(
            f"A layer of {max(widths)} units is more than the {MAX_UNITS} that fit here: use fewer units."
        )
    places = products = 0
    for layer in layers:
        sources = {None if isinstance(b, InputBase) else b.number: b for b in _bases(layer)}
        places += layer.width * sum(columns if n is None else b.width for n, b in sources.items())
        products += layer.width * sum(term.part.base.width for term in layer.z.terms)
    if places > MAX_WEIGHTS:
        raise TopologyError(
            f"Its layers have more than the {MAX_WEIGHTS:,} weights that fit here: use smaller layers."
        )
    if places > most_weights:
        raise TopologyError(too_many(places, "weights", "use smaller layers", most_weights))
    if products > MAX_PRODUCTS:
        raise ReadError("reading it takes more arithmetic than a network here can need: choose another file")


def _bases(layer: LayerBase) -> Iterator[Base]:
    return (term.part.base for term in layer.z.terms)


def _input_scaling(layers: Sequence[LayerBase], inputs: Sequence[InputBase]) -> dict[str, Part]:
    """Find what each input goes through before it meets weights for the first time."""
    scaling: dict[str, Part] = {}
    for layer in layers:
        for term in sorted(layer.z.terms, key=lambda term: term.matrix is None):
            base = term.part.base
            if isinstance(base, InputBase) and base.name not in scaling:
                scaling[base.name] = term.part if _is_scaling(term.part) else Part(base)
    return {base.name: scaling.get(base.name, Part(base)) for base in inputs}


def _is_scaling(part: Part) -> bool:
    mean, scale = _mean_and_scale(part)
    return bool((np.isfinite(mean) & np.isfinite(scale) & (scale != 0.0)).all())


def _mean_and_scale(part: Part) -> tuple[Vector, Vector]:
    """Return m and s of (x - m) / s."""
    factor = np.ones(part.base.width) if part.scale is None else part.scale
    shift = np.zeros(part.base.width) if part.shift is None else part.shift
    # Of 0 the negative is another 0, which would be shown as −0.
    return np.where(shift == 0.0, 0.0, -shift / factor), 1.0 / factor


def _build(
    layers: Sequence[LayerBase], inputs: Sequence[InputBase], scaling: Mapping[str, Part]
) -> BuiltNetwork:
    columns: dict[str, int] = {}
    width = 0
    for base in inputs:
        columns[base.name] = width
        width += base.width
    numbers = {layer.number: index for index, layer in enumerate(layers, start=1)}
    terms = [_placed(layer, numbers, columns, scaling) for layer in layers]
    topology = _make_topology([width, *(layer.width for layer in layers)], layers, terms)
    is_double = any(_is_double(layer.z) for layer in layers)
    parameters = Parameters.zeros(topology, np.float64 if is_double else np.float32)
    for layer, found, placed in zip(topology.layers[1:], layers, terms, strict=True):
        _fill(parameters, layer.id, found.z, placed)
    if not np.isfinite(parameters.vector).all():
        raise ReadError("its weights are not finite, or too large for float32: choose another file")
    pieces = [_mean_and_scale(scaling[base.name]) for base in inputs]
    mean, scale = (np.concatenate([piece[k] for piece in pieces]) for k in (0, 1))
    return BuiltNetwork(parameters, Scaling(mean, scale))


def _is_double(z: Sum) -> bool:
    return any(term.matrix is not None and term.matrix.dtype.itemsize == 8 for term in z.terms)


Placed = tuple[int, int, Term]
"""Number of the layer that a term is fed by, the first of its units that feed it, and the term."""


def _placed(
    layer: LayerBase, numbers: Mapping[int, int], columns: Mapping[str, int], scaling: Mapping[str, Part]
) -> list[Placed]:
    placed = []
    for term in layer.z.terms:
        base = term.part.base
        if isinstance(base, LayerBase):
            placed.append((numbers[base.number], 0, term))
        else:
            part = _after_scaling(term.part, scaling[base.name])
            placed.append((0, columns[base.name], replace(term, part=part)))
    return placed


def _after_scaling(part: Part, scaling: Part) -> Part:
    """Return a part of the raw inputs as one of the scaled ones.

    If those are u x + v, then s x + t = (s / u) (u x + v) + t - (s / u) v.
    """
    if _same(part.scale, scaling.scale) and _same(part.shift, scaling.shift):
        return Part(part.base)
    scale = np.ones(part.base.width) if part.scale is None else part.scale
    ratio = scale if scaling.scale is None else scale / scaling.scale
    return Part(part.base, ratio, plus(part.shift, None if scaling.shift is None else -ratio * scaling.shift))


def _same(one: Vector | None, other: Vector | None) -> bool:
    if one is None or other is None:
        return one is other
    return one is other or np.array_equal(one, other)


def _make_topology(
    sizes: Sequence[int], found: Sequence[LayerBase], terms: Sequence[Sequence[Placed]]
) -> Topology:
    layers: list[Layer] = []
    next_id = 0
    for index, size in enumerate(sizes):
        units = tuple(range(next_id + 1, next_id + 1 + size))
        activation = found[index - 1].activation if index else Activation.IDENTITY
        is_fixed = index > 0 and _is_fixed(found[index - 1])
        layers.append(Layer(next_id, units, activation, frozen=is_fixed))
        next_id += 1 + size
    links = []
    for target, placed in zip(layers[1:], terms, strict=True):
        for number in sorted({number for number, _, _ in placed}):
            own = [(first, term) for other, first, term in placed if other == number]
            links.append(_make_link(layers[number], target, own))
    return Topology(tuple(layers), tuple(links), next_id)


def _is_fixed(layer: LayerBase) -> bool:
    """Tell whether a layer only adds up others."""
    terms = layer.z.terms
    is_bare = layer.activation is Activation.IDENTITY and not layer.z.bias.any()
    return bool(terms) and is_bare and all(term.matrix is None for term in terms)


def _make_link(source: Layer, target: Layer, terms: Sequence[tuple[int, Term]]) -> Link:
    """Link all units with all, or one with one where values are only added up: such weights do not learn."""
    if any(term.matrix is not None for _, term in terms):
        return Link(source.id, target.id)
    pairs: set[Pair] = set()
    for first, term in terms:
        width = term.part.base.width
        sources = source.units[first : first + width]
        pairs.update(zip(sources, target.units[term.offset : term.offset + width], strict=True))
    return Link(source.id, target.id, only=frozenset(pairs), frozen=frozenset(pairs))


def _fill(parameters: Parameters, layer_id: int, z: Sum, placed: Sequence[Placed]) -> None:
    """Fill in the weights and biases of a layer."""
    layers = parameters.topology.layers
    bias = z.bias.copy()
    for _, _, term in placed:
        bias += _shifted(term, z.width)
    parameters.biases(layer_id)[:] = bias
    for number in {number for number, _, _ in placed}:
        weights = parameters.weights(layers[number].id, layer_id)
        own = [(first, term) for other, first, term in placed if other == number]
        step = max(1, NUMBERS_AT_ONCE // weights.shape[1])
        for start in range(0, z.width, step):
            rows = slice(start, min(start + step, z.width))
            weights[rows] = _weights(own, rows, weights.shape[1])


def _weights(terms: Sequence[tuple[int, Term]], rows: slice, width: int) -> FloatArray:
    """Return some rows of the weights of a link, in float64."""
    if len(terms) == 1 and terms[0][1].matrix is not None:
        first, term = terms[0]
        if term.matrix is not None and term.matrix.shape[1] == width:
            return _times(term.matrix[rows], None if term.rows is None else term.rows[rows], term.part.scale)
    weights = np.zeros((rows.stop - rows.start, width))
    for first, term in terms:
        columns = slice(first, first + term.part.base.width)
        own_rows = None if term.rows is None else term.rows[rows]
        matrix = term.matrix[rows] if term.matrix is not None else _unit_rows(term, rows)
        weights[:, columns] += _times(matrix, own_rows, term.part.scale)
    return weights


def _times(matrix: FloatArray, rows: Vector | None, columns: Vector | None) -> FloatArray:
    """Multiply rows and columns of a matrix with factors."""
    if rows is not None:
        matrix = matrix * rows[:, np.newaxis]
    return matrix if columns is None else matrix * columns


def _unit_rows(term: Term, rows: slice) -> FloatArray:
    """Return some rows of a unit matrix that begins at an offset."""
    return np.eye(rows.stop - rows.start, term.part.base.width, rows.start - term.offset)


def _shifted(term: Term, width: int) -> Vector:
    """Return what a term makes of the shift of its part, shape (width,)."""
    shift = term.part.shift
    result = np.zeros(width)
    if shift is None:
        return result
    if term.matrix is None:
        result[term.offset : term.offset + len(shift)] = shift
    else:
        step = max(1, NUMBERS_AT_ONCE // len(shift))
        for start in range(0, width, step):
            result[start : start + step] = term.matrix[start : start + step] @ shift
    return result if term.rows is None else result * term.rows
