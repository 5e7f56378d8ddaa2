"""What a comparison of the engines shows, in words made from its numbers."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from nn_desktop.bench.live import Comparison
from nn_desktop.bench.sweep import Crossing, Curve, common_points, crossings
from nn_desktop.desktop.engines.titles import engine_title
from nn_desktop.desktop.look.numbers import duration, grouped, roughly
from nn_desktop.engines.names import EngineName
from nn_desktop.training.race import Standing, State

DIGITS = 2
HARDLY_LONGER = 1.5
SHRUNK = 0.7
"""A lead of which no more than this share is left has become smaller."""
PAIRS = ((EngineName.CPP, EngineName.NUMPY), (EngineName.NUMPY, EngineName.PYTHON))
"""Whose curves are told of: the first two that are both there."""


@dataclass(frozen=True)
class Explanation:
    """Paragraphs; what cannot be said yet is empty.

    Attributes
    ----------
    race
        What an update of the network takes each engine.
    reasons
        What each of them pays for.
    widths, batches
        Where their curves cross, or that they do not.
    """

    race: str = ""
    reasons: str = ""
    widths: str = ""
    batches: str = ""


def explain(comparison: Comparison) -> Explanation:
    """Put what is known by now into words."""
    race = "" if any(map(_is_unknown, comparison.standings)) else _race_words(comparison)
    if not comparison.has_all_points:
        return Explanation(race)
    widths, batches = _width_words(comparison.by_width), _batch_words(comparison.by_batch)
    return Explanation(race, _reasons(comparison), widths, batches)


def _is_unknown(standing: Standing) -> bool:
    return standing.state in (State.WAITING, State.TRAINING) and standing.phases is None


def _race_words(comparison: Comparison) -> str:
    """Say what an update takes each, the fastest first."""
    timed = [each for each in comparison.standings if each.phases is not None]
    timed.sort(key=lambda standing: standing.seconds_per_update)
    if not timed:
        return ""
    text = QCoreApplication.translate(
        "explanation", "Your network {layers}, {batch} an update: {engine} does an update in {time}"
    )
    first = text.format(
        layers="-".join(map(str, comparison.workload.topology.sizes)),
        batch=_samples(comparison.workload.batch_size),
        engine=engine_title(timed[0].engine),
        time=duration(timed[0].seconds_per_update, DIGITS),
    )
    sentence = "; ".join([first, *(_behind(each, timed[0]) for each in timed[1:])]) + "."
    left_out = [each for each in comparison.standings if each.state is State.LEFT_OUT]
    return " ".join([sentence, *map(_left_out_words, left_out)])


def _samples(count: int) -> str:
    if count == 1:
        return QCoreApplication.translate("explanation", "1 sample")
    return QCoreApplication.translate("explanation", "{count} samples").format(count=grouped(count))


def _behind(standing: Standing, first: Standing) -> str:
    text = QCoreApplication.translate("explanation", "{engine} takes {time}, {times} times as long")
    return text.format(
        engine=engine_title(standing.engine),
        time=duration(standing.seconds_per_update, DIGITS),
        times=roughly(standing.seconds_per_update / first.seconds_per_update),
    )


def _left_out_words(standing: Standing) -> str:
    text = QCoreApplication.translate("explanation", "{engine} would take about {time}.")
    return text.format(
        engine=engine_title(standing.engine), time=duration(standing.seconds_per_update, DIGITS)
    )


def _reasons(comparison: Comparison) -> str:
    """Say what each engine pays for."""
    curves = {curve.engine: curve for curve in comparison.by_width if curve.points}
    words = []
    if EngineName.PYTHON in curves:
        words.append(_python_words(comparison))
    if EngineName.NUMPY in curves:
        words.append(_numpy_words(curves[EngineName.NUMPY], comparison.numpy_call))
    if EngineName.CPP in curves:
        text = QCoreApplication.translate(
            "explanation",
            "C++ is compiled for the processor: no interpreter stands between one multiplication and the "
            "next, so a small network costs it next to nothing.",
        )
        words.append(text)
    return " ".join(words)


def _python_words(comparison: Comparison) -> str:
    curves = [curve for curve in comparison.by_batch if curve.engine is EngineName.PYTHON and curve.points]
    if not curves:
        return QCoreApplication.translate("explanation", "Plain Python pays for every number by itself.")
    text = QCoreApplication.translate(
        "explanation",
        "Plain Python pays for every number by itself, about {time} for each weight and sample: with twice "
        "as many it takes twice as long.",
    )
    # The larger ones tell it best: there is always something beside the weights and samples.
    seconds = min(point.seconds / point.size for point in curves[0].points)
    return text.format(time=duration(seconds / max(1, comparison.workload.topology.weight_count), DIGITS))


def _numpy_words(curve: Curve, call: float) -> str:
    """Say that the price of the calls is the same up to some width."""
    least = curve.points[0].seconds
    flat = [point.size for point in curve.points if point.seconds < HARDLY_LONGER * least]
    text = QCoreApplication.translate(
        "explanation",
        "numpy pays for every call, {call} at least whatever it computes, and an update makes dozens of "
        "them: layers of 1 unit take it {least}, and layers of {units} hardly longer.",
    )
    return text.format(call=duration(call, DIGITS), least=duration(least, DIGITS), units=flat[-1])


def _width_words(curves: Sequence[Curve]) -> str:
    pair = _pair(curves)
    if crossed := crossings(pair):
        text = QCoreApplication.translate(
            "explanation",
            "Wider layers: the curves cross. From about {size} units a layer on, {after} is faster than "
            "{before}.",
        )
        return _crossing_words(text, crossed[-1])
    text = QCoreApplication.translate(
        "explanation",
        "Wider layers: the curves of {ahead} and {behind} do not cross on this machine. {ahead} is {first} "
        "times as fast with {first_size}, and {last} times with {last_size} units a layer.",
    )
    return _lead_words(text, pair)


def _batch_words(curves: Sequence[Curve]) -> str:
    pair = _pair(curves)
    if crossed := crossings(pair):
        text = QCoreApplication.translate(
            "explanation",
            "Larger batches: the curves cross. From about {size} samples an update on, {after} is faster "
            "than {before}.",
        )
        return _crossing_words(text, crossed[-1])
    text = QCoreApplication.translate(
        "explanation",
        "Larger batches: the curves of {ahead} and {behind} do not cross on this machine. {ahead} is {first} "
        "times as fast with {first_size}, and {last} times with {last_size} samples an update.",
    )
    return _lead_words(text, pair)


def _pair(curves: Sequence[Curve]) -> list[Curve]:
    """Return the two curves that are told of; none if there are no two."""
    by_engine = {curve.engine: curve for curve in curves if curve.points}
    for names in PAIRS:
        if all(name in by_engine for name in names):
            return [by_engine[name] for name in names]
    return []


def _crossing_words(text: str, crossing: Crossing) -> str:
    words = text.format(
        size=roughly(crossing.size),
        before=engine_title(crossing.before),
        after=engine_title(crossing.after),
    )
    if crossing.after is not EngineName.NUMPY:
        return words
    why = QCoreApplication.translate(
        "explanation",
        "There is so much to compute in each call then that its price no longer counts, and numpy's matrix "
        "library is at its best with large matrices.",
    )
    return f"{words} {why}"


def _lead_words(text: str, pair: Sequence[Curve]) -> str:
    """Say which of two is ahead, at the smallest and the largest size, and whether the other comes nearer."""
    rows = common_points(*pair) if pair else []
    if len(rows) < 2:
        return ""
    (first_size, *first), (last_size, *last) = rows[0], rows[-1]
    ahead, behind = (0, 1) if first[0] < first[1] else (1, 0)
    lead_first, lead_last = first[behind] / first[ahead], last[behind] / last[ahead]
    words = text.format(
        ahead=engine_title(pair[ahead].engine),
        behind=engine_title(pair[behind].engine),
        first=roughly(lead_first),
        first_size=first_size,
        last=roughly(lead_last),
        last_size=grouped(last_size),
    )
    if lead_last > SHRUNK * lead_first or pair[behind].engine is not EngineName.NUMPY:
        return words
    why = QCoreApplication.translate(
        "explanation",
        "numpy comes nearer: the more there is to compute in each call, the less its price counts.",
    )
    return f"{words} {why}"
