"""The numbers of a comparison as a table that a spreadsheet takes: columns apart by tabs, times in µs."""

from collections.abc import Sequence
from math import isfinite

from nn_desktop.bench.live import Comparison
from nn_desktop.bench.sweep import Curve
from nn_desktop.training.race import Standing

STANDING_COLUMNS = (
    "engine",
    "state",
    "seconds trained",
    "updates",
    "updates/s",
    "update (µs)",
    "forward (µs)",
    "backward (µs)",
    "parameters (µs)",
    "training loss",
)


def as_table(comparison: Comparison) -> str:
    """Return all numbers of a comparison, in three tables."""
    workload = comparison.workload
    rows: list[Sequence[object]] = [
        ("network", "-".join(map(str, workload.topology.sizes))),
        ("samples of an update", workload.batch_size),
        ("numbers", workload.precision),
        (),
        STANDING_COLUMNS,
        *map(_standing_row, comparison.standings),
        (),
        *_curve_rows("units of each hidden layer", comparison.by_width),
        (),
        *_curve_rows("samples of an update", comparison.by_batch),
    ]
    return "".join("\t".join(map(str, row)) + "\n" for row in rows)


def _standing_row(standing: Standing) -> tuple[object, ...]:
    phases = standing.phases
    parts = (phases.forward, phases.backward, phases.update) if phases is not None else ()
    return (
        standing.engine,
        standing.state,
        f"{standing.seconds:.2f}",
        standing.updates,
        f"{standing.updates_per_second:.1f}",
        _microseconds(standing.seconds_per_update),
        *(map(_microseconds, parts) if parts else ("", "", "")),
        f"{standing.loss:.6g}" if isfinite(standing.loss) else "",
    )


def _curve_rows(what: str, curves: tuple[Curve, ...]) -> list[tuple[object, ...]]:
    times = {
        curve.engine: {point.size: _microseconds(point.seconds) for point in curve.points} for curve in curves
    }
    sizes = sorted({size for row in times.values() for size in row})
    header = (what, *(f"{engine} (µs)" for engine in times))
    return [header, *((size, *(row.get(size, "") for row in times.values())) for size in sizes)]


def _microseconds(seconds: float) -> str:
    return f"{1e6 * seconds:.4g}" if isfinite(seconds) else ""
