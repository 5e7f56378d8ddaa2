"""``nn-desktop bench``: how long an update takes each engine."""

import argparse
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from functools import partial
from types import MappingProxyType

from nn_desktop.bench.chart import log_chart
from nn_desktop.bench.comparison import Prepare, compare, steps_of_a_workload
from nn_desktop.bench.growth import Growth, sample_growth, weight_growth
from nn_desktop.bench.measurement import Measurement, SessionRunner, matrix_product_rate
from nn_desktop.bench.workloads import make_workload, notation_of, standard_workloads
from nn_desktop.cli.console import put
from nn_desktop.cli.progress import ProgressBar
from nn_desktop.cli.results import format_json
from nn_desktop.cli.values import read_engine
from nn_desktop.engines.available import available_engines
from nn_desktop.engines.engine import StopFlag
from nn_desktop.engines.names import EngineName, Precision
from nn_desktop.engines.threads import core_count
from nn_desktop.engines.workload import Workload
from nn_desktop.errors import UserError, member, unknown_name
from nn_desktop.files.engine_memory import EngineMemory
from nn_desktop.network.functions import Activation
from nn_desktop.network.notation import parse_activation, parse_layers
from nn_desktop.process import INTERRUPTED, SUCCESS, StopRequest

ALL = "all"
BATCH_SIZE = 16
_NO_OTHERS: Mapping[str, Prepare] = MappingProxyType({})


def bench(options: argparse.Namespace, stop: StopRequest, others: Mapping[str, Prepare] = _NO_OTHERS) -> int:
    """Measure what an update takes, and print it.

    Parameters
    ----------
    options
        Those of the command line.
    stop
        Ends it early; what was measured by then is printed.
    others
        What trains the same beside the engines, by name.
    """
    flag = StopFlag()
    stop.interrupt(flag)
    measurer = _Bench(options, flag, others)
    if options.growth:
        measurer.measure_growth()
    else:
        measurer.measure_workloads()
    return INTERRUPTED if flag else SUCCESS


class _Bench:
    """The options, read, and what is done with them."""

    def __init__(self, options: argparse.Namespace, stop: StopFlag, others: Mapping[str, Prepare]) -> None:
        self._options, self._stop = options, stop
        self._activation = parse_activation(options.activation)
        self._precision = member(Precision, "type of numbers", options.dtype)
        self._batch_size = BATCH_SIZE if options.batch_size is None else options.batch_size
        default = EngineName.AUTO if options.growth else ALL
        self._entrants = {**_read_engines(options.engine or default), **others}

    def measure_workloads(self) -> None:
        workloads = self._read_workloads()
        ceiling = matrix_product_rate(self._precision)
        found: list[Measurement] = []
        with self._progress(workloads) as bar:
            self._print(bar, _HEADER)
            for measurements in self._compare(workloads, bar):
                found += measurements
                self._print(bar, "".join(f"\n{_format_row(each, self._activation)}" for each in measurements))
        if self._options.json:
            self._put_json({"cases": [_as_dict(each, self._activation) for each in found]}, ceiling)
        else:
            put(
                f"\nA large matrix product in {self._precision}, one thread: {ceiling:.1f} GFLOP/s, "
                "the ceiling."
            )

    def measure_growth(self) -> None:
        if self._options.layers is not None:
            raise UserError("--growth times networks of its own: leave out --layers.")
        growths = (
            weight_growth(self._batch_size, self._activation, self._precision),
            sample_growth(self._activation, self._precision),
        )
        ceiling = matrix_product_rate(self._precision)
        found: dict[str, object] = {}
        with self._progress([each for growth in growths for each in growth.workloads]) as bar:
            for growth in growths:
                rows: dict[str, list[tuple[int, Measurement]]] = {name: [] for name in self._entrants}
                all_measurements = self._compare(growth.workloads.values(), bar)
                for size, measurements in zip(growth.workloads, all_measurements, strict=False):
                    for each in measurements:
                        rows[each.name].append((size, each))
                found[growth.what] = [
                    _growth_as_dict(growth, name, each, self._activation) for name, each in rows.items()
                ]
                charts = (_format_growth(growth, name, each) for name, each in rows.items())
                self._print(bar, "\n\n".join(charts) + "\n")
        if self._options.json:
            self._put_json(found, ceiling)

    def _read_workloads(self) -> list[Workload]:
        options = self._options
        if options.layers is not None:
            layers = parse_layers(options.layers)
            return [make_workload(layers, self._batch_size, self._activation, self._precision)]
        if options.batch_size is not None:
            raise UserError(
                "The standard networks have batch sizes of their own: give --layers with --batch-size, "
                "or leave it out."
            )
        return standard_workloads(self._activation, self._precision)

    def _progress(self, workloads: Sequence[object]) -> ProgressBar:
        return ProgressBar(len(workloads) * len(self._entrants) * steps_of_a_workload(), "run")

    def _compare(self, workloads: Iterable[Workload], bar: ProgressBar) -> Iterator[list[Measurement]]:
        """Yield what was measured of each workload, until a stop is asked for."""
        for workload in workloads:
            if self._stop:
                return
            words = f"{notation_of(workload, self._activation)} batch {workload.batch_size}"

            def note(name: str, steps: int, words: str = words) -> None:
                bar.show(bar.done + steps, f"{words}: {name}")

            yield compare(workload, self._entrants, self._stop, note)

    def _print(self, bar: ProgressBar, text: str) -> None:
        if not self._options.json:
            bar.print(text)

    def _put_json(self, found: dict[str, object], ceiling: float) -> None:
        conditions = {"gemm_gflops": ceiling, "cores": core_count(), "interrupted": bool(self._stop)}
        put(format_json({**found, **conditions}))


def _read_engines(name: str) -> dict[str, Prepare]:
    wanted, memory = name.strip().lower(), EngineMemory.of_user()
    if wanted == ALL:
        engines = [EngineName.AUTO, *available_engines()]
    elif wanted in list(EngineName):
        engines = [read_engine(wanted)]
    else:
        raise unknown_name("engine", name, [*EngineName, ALL])
    return {engine.value: partial(SessionRunner, wanted=engine, memory=memory) for engine in engines}


# --- what is printed

_COLUMNS = "{:14}  {:>5}  {:28}  {:>9}  {:>11}  {:>7}  {:>10}  {:>8}  {:>6}"
_HEADER = _COLUMNS.format(
    "layers", "batch", "engine", "µs/update", "samples/s", "GFLOP/s", "forward µs", "backward", "update"
)


def _format_row(m: Measurement, activation: Activation) -> str:
    layers, batch_size = notation_of(m.workload, activation), m.workload.batch_size
    if m.skipped:
        return f"{layers:14}  {batch_size:>5}  {m.name:28}  left out: {m.skipped}"
    parts = (m.phases.forward, m.phases.backward, m.phases.update) if m.phases else ()
    return _COLUMNS.format(
        layers,
        batch_size,
        m.name if m.took == m.name else f"{m.name}: {m.took}",
        _number(m.seconds_per_update * 1e6),
        f"{m.samples_per_second:,.0f}",
        f"{m.gflops:.3g}",
        *([_number(seconds * 1e6) for seconds in parts] or [""] * 3),
    ).rstrip()


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 1000 else f"{value:.3g}"


def _as_dict(m: Measurement, activation: Activation) -> dict[str, object]:
    workload, phases = m.workload, asdict(m.phases) if m.phases else {}
    return {
        "layers": notation_of(workload, activation),
        "activation": activation.value,
        "batch_size": workload.batch_size,
        "dtype": workload.precision.value,
        "weights": workload.topology.weight_count,
        "engine": m.name,
        "took": m.took or None,
        "microseconds_per_update": m.seconds_per_update * 1e6 if m.runs else None,
        "samples_per_second": m.samples_per_second if m.runs else None,
        "gflops": m.gflops if m.runs else None,
        "microseconds_of_runs": [seconds * 1e6 for seconds in m.runs],
        "microseconds_of_phases": {name: seconds * 1e6 for name, seconds in phases.items()} or None,
        "skipped": m.skipped or None,
    }


def _slope(growth: Growth, rows: Sequence[tuple[int, Measurement]]) -> float | None:
    return growth.slope({size: each.seconds_per_update for size, each in rows if each.runs})


def _growth_as_dict(
    growth: Growth, name: str, rows: Sequence[tuple[int, Measurement]], activation: Activation
) -> dict[str, object]:
    return {
        "engine": name,
        "slope_of_large_half": _slope(growth, rows),
        "cases": [_as_dict(each, activation) for _, each in rows],
    }


def _format_growth(growth: Growth, name: str, rows: Sequence[tuple[int, Measurement]]) -> str:
    per_one = f"ns/{growth.what[:-1]}"
    lines = [f"{growth.title}: {name}", "", f"{growth.what:>10}  {'µs/update':>12}  {per_one:>10}"]
    points = []
    for size, each in rows:
        if each.skipped:
            lines.append(f"{size:>10,}  left out: {each.skipped}")
            continue
        seconds, took = each.seconds_per_update, "" if each.took == name else each.took
        points.append((float(size), seconds * 1e6))
        row = f"{size:>10,}  {_number(seconds * 1e6):>12}  {seconds * 1e9 / size:>10.3g}  {took}"
        lines.append(row.rstrip())
    if points:
        lines += ["", log_chart(points, growth.what, "µs/update")]
    if (slope := _slope(growth, rows)) is not None:
        lines += ["", f"Slope of the large half: {slope:.2f} (1: in proportion)"]
    return "\n".join(lines)
