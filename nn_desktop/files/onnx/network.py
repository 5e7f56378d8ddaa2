"""Making a network of the layers that were found in an ONNX graph (`values`)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from nn_desktop.arrays import FloatArray, IntArray
from nn_desktop.data.scaling import Scaling
from nn_desktop.files.native.stored import ReadError
from nn_desktop.files.onnx.values import Affine, Base, Input, Layer, Product, Term, Vector
from nn_desktop.limits import too_many
from nn_desktop.network import topology as network
from nn_desktop.network.functions import Activation
from nn_desktop.network.parameters import Parameters
from nn_desktop.network.topology import MAX_LAYERS, MAX_UNITS, MAX_WEIGHTS, Topology, TopologyError

NUMBERS_AT_ONCE = 500_000
"""Weights that are computed in float64 at a time, so that large networks fit into the memory."""
MAX_PRODUCTS = 3 * MAX_WEIGHTS
"""Several matrices can add up to the weights of one link."""


@dataclass(frozen=True, eq=False)
class BuiltNetwork:
    """A network with its weights, and the scaling of the raw inputs that the graph begins with."""

    parameters: Parameters
    input_scaling: Scaling


def build(last: Layer, inputs: Sequence[Input], most_weights: int) -> BuiltNetwork:
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
    layers = layers_before(last)
    for layer in layers[:-1]:
        if layer.activation is Activation.SOFTMAX:
            raise ReadError(
                f"its {layer.node} cannot be shown here, since softmax belongs to the output of a network, "
                "and something comes after it: export the network without what follows"
            )
    _check_sizes(layers, inputs, most_weights)
    with np.errstate(all="ignore"):
        return _make(layers, inputs)


def layers_before(last: Layer) -> list[Layer]:
    """Return a layer and all that it needs, in the order in which they can be computed."""
    found: dict[int, Layer] = {}
    waiting = [last]
    while waiting:
        layer = waiting.pop()
        if layer.number not in found:
            found[layer.number] = layer
            bases = (term.base for term, _ in layer.z.sources())
            waiting.extend(base for base in bases if isinstance(base, Layer))
    return [found[number] for number in sorted(found)]


def _check_sizes(layers: Sequence[Layer], inputs: Sequence[Input], most_weights: int) -> None:
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
        bases = [term.base for term, _ in layer.z.sources()]
        sources = {base if isinstance(base, Layer) else None: base.width for base in bases}
        places += layer.width * sum(columns if base is None else width for base, width in sources.items())
        products += layer.width * sum(base.width for base in bases)
    if places > MAX_WEIGHTS:
        raise TopologyError(
            f"Its layers have more than the {MAX_WEIGHTS:,} weights that fit here: use smaller layers."
        )
    if places > most_weights:
        raise TopologyError(too_many(places, "weights", "use smaller layers", most_weights))
    if products > MAX_PRODUCTS:
        raise ReadError("reading it takes more arithmetic than a network here can need: choose another file")


Factors = Mapping[Base, tuple[Vector, Vector]]
"""What inputs go through first: factors, and what is added then."""
Places = Mapping[Base, tuple[int, int]]
"""The number of the layer that a base is, and the first of its units there."""


def _make(layers: Sequence[Layer], inputs: Sequence[Input]) -> BuiltNetwork:
    scaling = _input_scaling(layers, inputs)
    starts = np.cumsum([0, *(base.width for base in inputs)]).tolist()
    places: dict[Base, tuple[int, int]] = {layer: (k, 0) for k, layer in enumerate(layers, start=1)}
    places |= {base: (0, start) for base, start in zip(inputs, starts, strict=False)}
    sums = [_after_scaling(layer.z.plain(), scaling) for layer in layers]
    biases = [_bias(z) for z in sums]
    topology = _make_topology(starts[-1], layers, sums, biases, places)
    matrices = (term.base.matrix for z in sums for term in z.terms if isinstance(term.base, Product))
    is_double = any(matrix.dtype.itemsize == 8 for matrix in matrices)
    parameters = Parameters.zeros(topology, np.float64 if is_double else np.float32)
    for target, z, bias in zip(topology.layers[1:], sums, biases, strict=True):
        parameters.biases(target.id)[:] = bias
        for term in z.terms:
            for inner in _inner(term):
                number, start = places[inner.base]
                weights = parameters.weights(topology.layers[number].id, target.id)
                _add_weights(weights, term, inner, start + inner.index)
    if not np.isfinite(parameters.vector).all():
        raise ReadError("its weights are not finite, or too large for float32: choose another file")
    factor, addend = (np.concatenate([scaling[base][k] for base in inputs]) for k in (0, 1))
    # Of 0 the negative is another 0, which would be shown as −0.
    return BuiltNetwork(parameters, Scaling(np.where(addend == 0.0, 0.0, -addend / factor), 1.0 / factor))


def _inner(term: Term) -> tuple[Term, ...]:
    """Return the inputs and layers in a term of a sum."""
    return term.base.value.terms if isinstance(term.base, Product) else (term,)


def _input_scaling(layers: Sequence[Layer], inputs: Sequence[Input]) -> Factors:
    """Find what each input goes through before it meets weights for the first time."""
    scaling: dict[Base, tuple[Vector, Vector]] = {}
    for layer in layers:
        for term, product in sorted(layer.z.sources(), key=lambda source: source[1] is None):
            if not isinstance(term.base, Input) or term.base in scaling:
                continue
            value = layer.z.plain() if product is None else product.value
            # What is added to a sum does not belong to one of its terms.
            addend = np.zeros(len(term.columns)) if value.is_sum else value.shift[term.columns]
            is_whole = np.array_equal(term.index, np.arange(term.base.width))
            if is_whole and np.isfinite([term.scale, 1.0 / term.scale, addend]).all():
                scaling[term.base] = (term.scale, addend)
    none = {base: (np.ones(base.width), np.zeros(base.width)) for base in inputs}
    return none | scaling


def _after_scaling(value: Affine, scaling: Factors) -> Affine:
    """Return a value of the raw inputs as one of the scaled ones.

    If those are u x + v, then s x + t = (s / u) (u x + v) + t - (s / u) v.
    """
    shift, terms = value.shift.copy(), []
    for term in value.terms:
        if isinstance(term.base, Input):
            factor, addend = scaling[term.base]
            ratio = term.scale / factor[term.index]
            shift[term.columns] -= ratio * addend[term.index]
            terms.append(replace(term, scale=ratio))
        elif isinstance(term.base, Product):
            inner = _after_scaling(term.base.value, scaling)
            terms.append(replace(term, base=Product(term.base.matrix, inner)))
        else:
            terms.append(term)
    return Affine(value.width, tuple(terms), shift)


def _bias(z: Affine) -> Vector:
    """Return what a sum is without its units."""
    bias = z.shift.copy()
    for term in z.terms:
        if isinstance(term.base, Product) and term.base.value.shift.any():
            matrix, shift = term.base.matrix, term.base.value.shift
            step = max(1, NUMBERS_AT_ONCE // len(shift))
            starts = range(0, len(matrix), step)
            product = np.concatenate([matrix[start : start + step] @ shift for start in starts])
            bias[term.columns] += term.scale * product[term.index]
    return bias


def _add_weights(weights: FloatArray, term: Term, inner: Term, columns: IntArray) -> None:
    """Add the weights of a term of a sum to those of a link, some rows at a time."""
    if not isinstance(term.base, Product):
        weights[term.columns, columns] += term.scale
        return
    step = max(1, NUMBERS_AT_ONCE // max(1, len(columns)))
    for start in range(0, len(term.columns), step):
        part = slice(start, start + step)
        added = term.base.matrix[_neighbours(term.index[part])][:, _neighbours(inner.columns)]
        for factor in (term.scale[part, np.newaxis], inner.scale):
            added = added if (factor == 1.0).all() else added * factor
        rows = term.columns[part]
        places = (_neighbours(rows), _neighbours(columns))
        if all(isinstance(place, slice) for place in places):
            weights[places] += added
        else:  # some may be there several times
            np.add.at(weights, np.ix_(rows, columns), added)


def _neighbours(places: IntArray) -> IntArray | slice:
    """Return places as a slice, which takes no copies, if each is the next one."""
    run = slice(int(places[0]), int(places[0]) + len(places)) if len(places) else slice(0)
    return run if np.array_equal(places, np.arange(run.start or 0, run.stop)) else places


def _make_topology(
    inputs: int, found: Sequence[Layer], sums: Sequence[Affine], biases: Sequence[Vector], places: Places
) -> Topology:
    """Make layers and links; what only adds up other values has nothing to learn."""
    layers = [network.Layer(0, tuple(range(1, 1 + inputs)), Activation.IDENTITY)]
    links: list[network.Link] = []
    for layer, z, bias in zip(found, sums, biases, strict=True):
        first = layers[-1].id + 1 + len(layers[-1].units)
        is_bare = bool(z.terms) and not any(isinstance(term.base, Product) for term in z.terms)
        is_fixed = is_bare and not bias.any() and layer.activation is Activation.IDENTITY
        units = tuple(range(first + 1, first + 1 + layer.width))
        layers.append(network.Layer(first, units, layer.activation, frozen=is_fixed))
        sources = sorted({places[inner.base][0] for term in z.terms for inner in _inner(term)})
        links += [_make_link(layers[number], layers[-1], z, number, places) for number in sources]
    return Topology(tuple(layers), tuple(links), layers[-1].id + 1 + len(layers[-1].units))


def _make_link(
    source: network.Layer, target: network.Layer, z: Affine, number: int, places: Places
) -> network.Link:
    """Link all units with all, or one with one where values are only added up: such weights do not learn."""
    pairs: set[network.Pair] = set()
    for term in z.terms:
        for inner in _inner(term):
            own, start = places[inner.base]
            if own == number and isinstance(term.base, Product):
                return network.Link(source.id, target.id)
            if own == number:
                ends = zip((start + term.index).tolist(), term.columns.tolist(), strict=True)
                pairs.update((source.units[column], target.units[row]) for column, row in ends)
    return network.Link(source.id, target.id, only=frozenset(pairs), frozen=frozenset(pairs))
