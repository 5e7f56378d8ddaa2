"""The commands that say which engines there are, and how fast they are."""

import argparse
import platform
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass

import numpy as np
import threadpoolctl

from nn_desktop.bench.cases import Case, standard_cases
from nn_desktop.bench.chart import log_chart
from nn_desktop.bench.comparison import Contestant, EngineContestant, compare, steps_of_a_case
from nn_desktop.bench.growth import Growth, sample_growth, slope, weight_growth
from nn_desktop.bench.machine import matrix_product_rate
from nn_desktop.bench.measurement import Measurement
from nn_desktop.bench.peer_process import PeerContestant
from nn_desktop.bench.peers import PeerName
from nn_desktop.cli.console import put
from nn_desktop.cli.results import format_json
from nn_desktop.cli.values import member, read_engine
from nn_desktop.engines import cpp_engine
from nn_desktop.engines.available import available_engines, why_missing
from nn_desktop.engines.engine import StopFlag
from nn_desktop.engines.names import EngineName, Precision
from nn_desktop.engines.threads import core_count
from nn_desktop.errors import UserError, unknown_name
from nn_desktop.files.engine_memory import EngineMemory
from nn_desktop.network.notation import parse_activation, parse_layers
from nn_desktop.process import INTERRUPTED, SUCCESS, StopRequest
from nn_desktop.texts import shown

ALL = "all"
BATCH_SIZE = 16

# --- engines

_AUTO = "the fastest of them by a measurement"
_DESCRIPTIONS = {
    EngineName.PYTHON: "lists and loops, to be read beside a textbook",
    EngineName.NUMPY: "matrix products of numpy, into arrays made once",
    EngineName.CPP: "C++ and its standard library, outside the interpreter lock",
}


@dataclass(frozen=True)
class EngineEntry:
    """What is known of an engine here.

    Attributes
    ----------
    name, description
        Name of the engine in options, and one line about it.
    available
        Whether it runs on this machine.
    why_missing
        Why it is not; None if it is.
    version
        Version of Python or numpy; None for C++.
    blas
        The library that multiplies numpy's matrices, as far as it is known.
    instruction_set
        Instruction set that the C++ was compiled for.
    """

    name: str
    description: str
    available: bool
    why_missing: str | None
    version: str | None = None
    blas: str | None = None
    instruction_set: str | None = None

    @property
    def details(self) -> str:
        """All that is known, in a line."""
        if self.why_missing:
            return f"not here: {self.why_missing}"
        return ", ".join(part for part in (self.version, self.blas, self.instruction_set) if part)


def list_engines(options: argparse.Namespace) -> int:
    """Print which engines there are, why others are not, and what is remembered of their speed."""
    memory = EngineMemory.of_user()
    if options.forget:
        memory.forget()
    entries = [_describe(name) for name in _DESCRIPTIONS]
    if options.json:
        put(format_json([asdict(entry) for entry in entries]))
        return SUCCESS
    width = max(len(entry.description) for entry in entries)
    put("\n".join(f"{entry.name:6}  {entry.description:{width}}  {entry.details}" for entry in entries))
    if count := len(memory):
        networks = f"{count} networks" if count > 1 else "1 network"
        details = f'remembered for {networks} in "{shown(memory.path)}" (--forget clears this)'
        put(f"{EngineName.AUTO:6}  {_AUTO:{width}}  {details}")
    return SUCCESS


def _describe(name: EngineName) -> EngineEntry:
    is_here = name in available_engines()
    facts: dict[str, str | None] = {}
    if name is EngineName.PYTHON:
        facts["version"] = f"Python {platform.python_version()}"
    elif name is EngineName.NUMPY:
        facts["version"], facts["blas"] = f"numpy {np.__version__}", _blas()
    elif is_here:
        facts["instruction_set"] = cpp_engine.instruction_set()
    reason = None if is_here else why_missing(name)
    return EngineEntry(name.value, _DESCRIPTIONS[name], is_here, reason, **facts)


def _blas() -> str | None:
    libraries = [each for each in threadpoolctl.threadpool_info() if each["user_api"] == "blas"]
    if not libraries:
        return None
    first = libraries[0]
    return " ".join(str(first[key]) for key in ("internal_api", "version", "architecture") if first.get(key))


# --- measuring


def bench(options: argparse.Namespace, stop: StopRequest) -> int:
    """Measure what an update takes, and print it."""
    flag = StopFlag()
    stop.interrupt(flag)
    if options.growth:
        _measure_growth(options, flag)
    else:
        _measure_cases(options, flag)
    return INTERRUPTED if flag else SUCCESS


def _measure_cases(options: argparse.Namespace, stop: StopFlag) -> None:
    cases = _read_cases(options)
    engines = _read_engines(ALL if options.engine is None else options.engine)
    ceiling = matrix_product_rate(cases[0].precision)
    results: list[Measurement] = []
    with ExitStack() as stack:
        contestants = [*engines, *(_start_peers(stack) if options.peers else ())]
        bar = stack.enter_context(_progress(len(cases) * len(contestants) * steps_of_a_case()))
        if not options.json:
            bar.print(_HEADER)
        for case in cases:
            if stop:
                break
            measurements = compare(case, contestants, stop, bar.note(case))
            results += measurements
            if not options.json:
                bar.print("".join(f"\n{_format_row(each)}" for each in measurements))
    if options.json:
        put(format_json({"cases": [_as_dict(each) for each in results], **_conditions(ceiling, stop)}))
    else:
        precision = cases[0].precision.value
        put(f"\nA large matrix product in {precision}, one thread: {ceiling:.1f} GFLOP/s, the ceiling.")


def _measure_growth(options: argparse.Namespace, stop: StopFlag) -> None:
    if options.layers is not None or options.peers:
        superfluous = "--peers" if options.layers is None else "--layers"
        raise UserError(
            f"--growth times networks of its own and no other libraries: leave out {superfluous}."
        )
    activation, precision = (
        parse_activation(options.activation),
        member(Precision, "type of numbers", options.dtype),
    )
    batch_size = BATCH_SIZE if options.batch_size is None else options.batch_size
    growths = [weight_growth(batch_size, activation, precision), sample_growth(activation, precision)]
    contestants = _read_engines(EngineName.AUTO.value if options.engine is None else options.engine)
    ceiling = matrix_product_rate(precision)
    found: dict[str, object] = {}
    steps = sum(len(growth.cases) for growth in growths) * len(contestants) * steps_of_a_case()
    with _progress(steps) as bar:
        for growth in growths:
            rows: dict[str, list[Measurement]] = {contestant.name: [] for contestant in contestants}
            for case in growth.cases:
                for each in () if stop else compare(case, contestants, stop, bar.note(case)):
                    rows[each.name].append(each)
            found[growth.what] = [_growth_as_dict(growth, name, each) for name, each in rows.items()]
            if not options.json:
                bar.print(
                    "\n\n".join(_format_growth(growth, name, each) for name, each in rows.items()) + "\n"
                )
    if options.json:
        put(format_json({**found, **_conditions(ceiling, stop)}))


def _read_cases(options: argparse.Namespace) -> list[Case]:
    activation = parse_activation(options.activation)
    precision = member(Precision, "type of numbers", options.dtype)
    if options.layers is None:
        if options.batch_size is not None:
            raise UserError(
                "The standard networks have batch sizes of their own: give --layers with --batch-size, "
                "or leave it out."
            )
        return standard_cases(activation, precision)
    batch_size = BATCH_SIZE if options.batch_size is None else options.batch_size
    return [Case(parse_layers(options.layers), batch_size, activation, precision)]


def _read_engines(name: str) -> list[EngineContestant]:
    wanted, memory = name.strip().lower(), EngineMemory.of_user()
    if wanted == ALL:
        return [EngineContestant(engine, memory) for engine in (EngineName.AUTO, *available_engines())]
    if wanted not in list(EngineName):
        raise unknown_name("engine", name, [*EngineName, ALL])
    return [EngineContestant(read_engine(wanted), memory)]


def _start_peers(stack: ExitStack) -> list[Contestant]:
    peers = [PeerContestant(peer) for peer in PeerName]
    for peer in peers:
        stack.callback(peer.close)
    return list(peers)


# --- progress


class _Bar:
    """Shows how far it is, if there is somebody to see it."""

    def __init__(self, total: int) -> None:
        self._bar = None
        if sys.stderr is not None and sys.stderr.isatty():  # None if the process was started with it closed
            from tqdm import tqdm

            self._bar = tqdm(total=total, file=sys.stderr, dynamic_ncols=True, leave=False, unit="run")

    def note(self, case: Case) -> Callable[[str, int], None]:
        """Return what a comparison tells its progress to."""

        def show(name: str, steps: int) -> None:
            if self._bar is not None:
                self._bar.set_postfix_str(f"{case.layers} batch {case.batch_size}: {name}", refresh=False)
                self._bar.update(steps)
                self._bar.refresh()

        return show

    def print(self, text: str) -> None:
        """Print a part of the result: it must not stand in the line of the bar."""
        if self._bar is not None:
            self._bar.clear()
        put(text)

    def close(self) -> None:
        """Take it away."""
        if self._bar is not None:
            self._bar.close()


@contextmanager
def _progress(total: int) -> Iterator[_Bar]:
    bar = _Bar(total)
    try:
        yield bar
    finally:
        bar.close()


# --- what is printed

_COLUMNS = "{:14}  {:>5}  {:28}  {:>9}  {:>11}  {:>7}  {:>10}  {:>8}  {:>6}"
_HEADER = _COLUMNS.format(
    "layers", "batch", "engine", "µs/update", "samples/s", "GFLOP/s", "forward µs", "backward", "update"
)


def _format_row(m: Measurement) -> str:
    layers, batch_size = m.case.layers, m.case.batch_size
    if m.skipped:
        return f"{layers:14}  {batch_size:>5}  {m.name:28}  left out: {m.skipped}"
    name = m.name if m.took in ("", m.name) else f"{m.name}: {m.took}"
    if m.name in list(PeerName):
        name = m.took if m.name != PeerName.TORCH_COMPILED else f"{m.took}, compiled"
    parts = (m.phases.forward, m.phases.backward, m.phases.update) if m.phases else ()
    phases = [_number(seconds * 1e6) for seconds in parts] or [""] * 3
    return _COLUMNS.format(
        layers,
        batch_size,
        name,
        _number(m.seconds_per_update * 1e6),
        f"{m.samples_per_second:,.0f}",
        f"{m.gflops:.3g}",
        *phases,
    ).rstrip()


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 1000 else f"{value:.3g}"


def _as_dict(m: Measurement) -> dict[str, object]:
    case = m.case
    result: dict[str, object] = {
        "layers": case.layers,
        "activation": case.activation.value,
        "batch_size": case.batch_size,
        "dtype": case.precision.value,
        "weights": case.weights,
        "engine": m.name,
        "took": m.took or None,
        "microseconds_per_update": None,
        "samples_per_second": None,
        "gflops": None,
        "microseconds_of_runs": [seconds * 1e6 for seconds in m.runs],
        "microseconds_of_phases": None,
        "skipped": m.skipped or None,
    }
    if m.runs:
        result["microseconds_per_update"] = m.seconds_per_update * 1e6
        result["samples_per_second"] = m.samples_per_second
        result["gflops"] = m.gflops
    if m.phases:
        phases = asdict(m.phases)
        result["microseconds_of_phases"] = {name: seconds * 1e6 for name, seconds in phases.items()}
    return result


def _growth_as_dict(growth: Growth, name: str, measurements: Sequence[Measurement]) -> dict[str, object]:
    return {
        "engine": name,
        "slope_of_large_half": slope(growth, measurements),
        "cases": [_as_dict(each) for each in measurements],
    }


def _format_growth(growth: Growth, name: str, measurements: Sequence[Measurement]) -> str:
    lines = [
        f"{growth.title}: {name}",
        "",
        f"{growth.what:>10}  {'µs/update':>12}  {'ns/' + growth.what[:-1]:>10}",
    ]
    points = []
    for each in measurements:
        size = growth.size(each.case)
        if each.skipped:
            lines.append(f"{size:>10,}  left out: {each.skipped}")
            continue
        seconds = each.seconds_per_update
        points.append((float(size), seconds * 1e6))
        took = "" if each.took == name else each.took
        lines.append(
            f"{size:>10,}  {_number(seconds * 1e6):>12}  {seconds * 1e9 / size:>10.3g}  {took}".rstrip()
        )
    if points:
        lines += ["", log_chart(points, growth.what, "µs/update")]
    steepness = slope(growth, measurements)
    if steepness is not None:
        lines += ["", f"Slope of the large half: {steepness:.2f} (1: in proportion)"]
    return "\n".join(lines)


def _conditions(ceiling: float, stop: StopFlag) -> dict[str, object]:
    return {"gemm_gflops": ceiling, "cores": core_count(), "interrupted": bool(stop)}
