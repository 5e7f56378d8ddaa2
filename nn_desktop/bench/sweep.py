"""How the time of an update grows with the width of the layers and the batch, and where engines overtake.

A sweep goes from small to large in steps, each of which times one engine once. An engine that becomes too
slow is left out of all that is larger. What is quickly done is timed in several passes, and the shortest time
counts: whatever disturbs only makes it longer. So a sweep takes seconds, and all points are there early.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, pairwise
from math import exp, inf, log

import numpy as np

from nn_desktop.engines.available import available_engines
from nn_desktop.engines.names import EngineName
from nn_desktop.engines.selection import seconds_per_update
from nn_desktop.engines.speed import estimated_seconds
from nn_desktop.engines.workload import Workload
from nn_desktop.network.functions import Activation
from nn_desktop.network.topology import Layer, Link, Topology
from nn_desktop.training.race import ENGINES

WIDTHS = tuple(2**power for power in range(10))
BATCHES = tuple(2**power for power in range(11))
PASSES = 8
POINT_SECONDS = 0.001
MAX_REPEATED_SECONDS = 0.01
"""What takes longer is timed in the first two passes alone."""
MAX_POINT_SECONDS = 0.05
"""Who would take longer for an update is left out from there on."""
CLEAR = 1.1
"""Two times are told apart if one is so many times the other: nearer ones may be chance."""


@dataclass(frozen=True)
class Point:
    """What an update takes at a size.

    Attributes
    ----------
    size
        Units of each hidden layer, or samples of a batch.
    seconds
        Per update.
    """

    size: int
    seconds: float


@dataclass(frozen=True)
class Curve:
    """The points of an engine, from small to large.

    Attributes
    ----------
    engine, points
        Which one, and its points.
    is_cut
        Whether larger sizes were left out because they would take too long.
    """

    engine: EngineName
    points: tuple[Point, ...] = ()
    is_cut: bool = False


@dataclass(frozen=True)
class Crossing:
    """A size from which on another engine is faster.

    Attributes
    ----------
    before, after
        The faster of the two, for smaller and for larger sizes.
    size, seconds
        Where, and what an update takes both there.
    """

    before: EngineName
    after: EngineName
    size: float
    seconds: float


class Sweep:
    """Times engines at growing sizes. Not for several threads.

    Parameters
    ----------
    workloads
        What is timed, by size, from small to large.

    Attributes
    ----------
    curves
        Points found so far, one curve for each engine.
    has_all_points
        Whether every size has been timed once.
    """

    def __init__(self, workloads: Mapping[int, Workload]) -> None:
        self._workloads = workloads
        self.curves = tuple(Curve(name) for name in ENGINES if name in available_engines())
        self.has_all_points = False
        self._steps = self._walk()

    def step(self) -> bool:
        """Time one point; False if all is done."""
        return next(self._steps, False)

    def _walk(self) -> Iterator[bool]:
        for size in self._workloads:
            for index, curve in enumerate(self.curves):
                if not curve.is_cut:
                    self._put(index, self._extended(curve, size))
                    yield True
        self.has_all_points = True
        for number in range(1, PASSES):
            longest = MAX_REPEATED_SECONDS if number > 1 else inf
            for place in range(len(self._workloads)):
                for index, curve in enumerate(self.curves):
                    if place < len(curve.points) and curve.points[place].seconds < longest:
                        self._put(index, self._improved(curve, place))
                        yield True

    def _extended(self, curve: Curve, size: int) -> Curve:
        """Return a curve with one point more, or cut off if that would take too long."""
        if curve.points and self._estimate(curve, size) > MAX_POINT_SECONDS:
            curve = self._improved(curve, len(curve.points) - 1)  # something may have disturbed
        if self._estimate(curve, size) > MAX_POINT_SECONDS:
            return replace(curve, is_cut=True)
        point = Point(size, _time(curve.engine, self._workloads[size]))
        return replace(curve, points=(*curve.points, point))

    def _estimate(self, curve: Curve, size: int) -> float:
        """Estimate the next point of a curve from the last one."""
        workload = self._workloads[size]
        if not curve.points:
            return estimated_seconds(curve.engine, workload)
        last = curve.points[-1]
        return last.seconds * workload.products / max(1, self._workloads[last.size].products)

    def _improved(self, curve: Curve, place: int) -> Curve:
        """Return a curve with one point timed once more."""
        size = curve.points[place].size
        seconds = min(curve.points[place].seconds, _time(curve.engine, self._workloads[size]))
        points = (*curve.points[:place], Point(size, seconds), *curve.points[place + 1 :])
        return replace(curve, points=points)

    def _put(self, index: int, curve: Curve) -> None:
        self.curves = (*self.curves[:index], curve, *self.curves[index + 1 :])


def by_width(workload: Workload, widths: Iterable[int] = WIDTHS) -> dict[int, Workload]:
    """Return the same work for other widths of the hidden layers, by these."""
    return {width: replace(workload, topology=widened(workload.topology, width)) for width in widths}


def by_batch(workload: Workload, batches: Iterable[int] = BATCHES) -> dict[int, Workload]:
    """Return the same work for other numbers of samples of an update, by these."""
    return {batch: replace(workload, batch_size=batch) for batch in batches}


def widened(topology: Topology, width: int) -> Topology:
    """Return a network whose hidden layers have this width; all its links are dense.

    Without a hidden layer it gets one.
    """
    layers, next_id = [], 0
    hidden = topology.layers[1:-1] or (Layer(0, (), Activation.TANH),)
    old = (topology.layers[0], *hidden, topology.layers[-1])
    for index, layer in enumerate(old):
        size = len(layer.units) if index in (0, len(old) - 1) else width
        layers.append(Layer(next_id, tuple(range(next_id + 1, next_id + 1 + size)), layer.activation))
        next_id += 1 + size
    places = topology.layer_index
    pairs = [(places[link.source], places[link.target]) for link in topology.links]
    if len(topology.layers) == 2:
        pairs = [(0, 1), (1, 2)]
    links = tuple(Link(layers[source].id, layers[target].id) for source, target in pairs)
    return Topology(tuple(layers), links, next_id)


def _common_points(a: Curve, b: Curve) -> list[tuple[int, float, float]]:
    """Return the sizes at which both were timed, and what an update took them."""
    others = {point.size: point.seconds for point in b.points}
    return [(point.size, point.seconds, others[point.size]) for point in a.points if point.size in others]


def crossings(curves: Sequence[Curve]) -> tuple[Crossing, ...]:
    """Return where one engine overtakes another, from small to large.

    Between two sizes the times are taken for powers of the size: straight lines on logarithmic axes.
    """
    found = [crossing for a, b in combinations(curves, 2) for crossing in _crossings_of(a, b)]
    return tuple(sorted(found, key=lambda crossing: crossing.size))


def _crossings_of(a: Curve, b: Curve) -> Iterator[Crossing]:
    clear = _without_flickers([row for row in _common_points(a, b) if max(row[1:]) > CLEAR * min(row[1:])])
    for (x, a_x, b_x), (y, a_y, b_y) in pairwise(clear):
        lead_x, lead_y = log(b_x / a_x), log(b_y / a_y)
        if lead_x * lead_y < 0:
            share = lead_x / (lead_x - lead_y)
            before, after = (a.engine, b.engine) if lead_x > 0 else (b.engine, a.engine)
            yield Crossing(before, after, _between(x, y, share), _between(a_x, a_y, share))


def _without_flickers(rows: list[tuple[int, float, float]]) -> list[tuple[int, float, float]]:
    """Leave out each row within whose winner is another one than just before and just after it."""
    wins = [a < b for _, a, b in rows]
    inner = range(1, len(rows) - 1)
    flickers = {place for place in inner if wins[place - 1] == wins[place + 1] != wins[place]}
    return [row for place, row in enumerate(rows) if place not in flickers]


def _between(low: float, high: float, share: float) -> float:
    return exp((1 - share) * log(low) + share * log(high))


def _time(name: EngineName, workload: Workload) -> float:
    batch = workload.batch_size
    return seconds_per_update(workload.make_probe(name), np.arange(batch), batch, POINT_SECONDS)
