"""A comparison of engines whose numbers are known."""

from dataclasses import replace

from nn_desktop.bench.live import Comparison
from nn_desktop.bench.sweep import BATCHES, WIDTHS, Curve, Point
from nn_desktop.engines.engine import Phases
from nn_desktop.engines.names import EngineName, Precision
from nn_desktop.engines.workload import Workload
from nn_desktop.network.functions import Activation, Loss
from nn_desktop.network.topology import chain
from nn_desktop.training.race import Standing, State

PYTHON, NUMPY, CPP = EngineName.PYTHON, EngineName.NUMPY, EngineName.CPP


def standing(name: EngineName, microseconds: float, **values: object) -> Standing:
    """An engine whose update takes so long: 3 of 10 parts forward, 6 backward, 1 update."""
    parts = [share * microseconds * 1e-6 for share in (0.3, 0.6, 0.1)]
    seconds = microseconds * 1e-6
    row = Standing(
        name, State.TRAINING, "", 2.0, round(2 / seconds), 1 / seconds, 0.25, seconds, Phases(*parts)
    )
    return replace(row, **values)


def curve(name: EngineName, sizes: tuple[int, ...], price: float, slope: float) -> Curve:
    """An engine that takes a price for each update, and something for each size (microseconds)."""
    return Curve(name, tuple(Point(size, (price + slope * size) * 1e-6) for size in sizes))


def comparison(**values: object) -> Comparison:
    """C++ is faster than numpy up to 100 units a layer, and for all batches."""
    topology = chain((1, 8, 8, 1), (Activation.TANH, Activation.TANH, Activation.IDENTITY))
    whole = Comparison(
        Workload(
            topology=topology,
            loss=Loss.MEAN_SQUARED_ERROR,
            precision=Precision.FLOAT64,
            batch_size=16,
        ),
        (standing(PYTHON, 960.0), standing(NUMPY, 16.0), standing(CPP, 0.8)),
        (
            curve(PYTHON, WIDTHS[:6], 200.0, 100.0),
            curve(NUMPY, WIDTHS, 12.0, 0.1),
            curve(CPP, WIDTHS, 0.2, 0.218),
        ),
        (
            curve(PYTHON, BATCHES[:8], 0.0, 60.0),
            curve(NUMPY, BATCHES, 12.0, 0.1),
            curve(CPP, BATCHES, 0.4, 0.05),
        ),
        has_all_points=True,
        is_complete=True,
    )
    return replace(whole, **values)
