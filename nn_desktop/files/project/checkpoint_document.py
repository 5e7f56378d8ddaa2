"""How the moment of a training, and the milestones before it, stand in a project: see `project_document`.

A moment is an object with ``setup`` (a place in the list of setups), ``epoch``, ``position`` (samples of the
present epoch that are done), ``updates``, ``diverged``, ``history_rows``, ``history_stride``, ``start``: the
type of its numbers, or null if it was drawn at random, ``has_typed``, and ``engine``: which one was taken,
which one was wanted, and the seconds that an update took each when it was chosen. Only if there is such a
thing, it has

- ``optimizer_state``: the names of the vectors that the optimizer remembers;
- ``best``: the best moment so far: ``setup``, ``epoch``, ``updates``, ``train_loss``, and ``test_loss``, null
  without test samples;
- ``marks``: see `project.marks_document`.

Its arrays are ``parameters`` (all in one vector, as in `network.parameters`), ``order`` (of the samples in
the present epoch), ``history`` (epoch, training loss, test loss), ``start``, ``typed`` and ``best`` if there
are any, and ``optimizer_NAME`` for each vector of the optimizer's state.
"""

import math
from collections import Counter
from collections.abc import Iterator, Mapping, MutableMapping
from dataclasses import replace

import numpy as np
from numpy.typing import DTypeLike

from nn_desktop.arrays import AnyArray, FloatArray, IntArray
from nn_desktop.data.source import DataSettings, load
from nn_desktop.engines.available import available_engines
from nn_desktop.engines.names import EngineName, Precision
from nn_desktop.engines.optimizer_state import OptimizerState
from nn_desktop.engines.selection import Choice
from nn_desktop.files.native.stored import ReadError
from nn_desktop.files.native.topology_document import WrongPartError, read_object, read_value
from nn_desktop.files.project.archive import Archive
from nn_desktop.files.project.marks_document import describe_marks, read_marks
from nn_desktop.files.project.parts import Damage, Numbered, read_count, read_list
from nn_desktop.files.project.setup_document import Topologies, read_setup
from nn_desktop.network.parameters import Parameters, blocks_of, connection_mask
from nn_desktop.network.topology import Topology
from nn_desktop.training.checkpoints import (
    MAX_MILESTONE_BYTES,
    MAX_MILESTONES,
    Best,
    Checkpoint,
    Milestone,
    better,
)
from nn_desktop.training.history import CAPACITY, History
from nn_desktop.training.order import epoch_orders
from nn_desktop.training.setup import Setup
from nn_desktop.training.start import InitialParameters

MAX_STATE_VECTORS = 8
"""That an optimizer remembers: Adam has two."""
MAX_SETUPS = MAX_MILESTONES + 2
"""Of the moment itself, of its best one and of the milestones."""
SNAPSHOTS = "timeline's snapshots"


class Setups:
    """Reads the setups of a project, each when it is asked for: one that is damaged spoils no other."""

    def __init__(self, document: Mapping[str, object], archive: Archive) -> None:
        self._topologies = Topologies(read_list(document, "topologies", MAX_SETUPS), archive)
        self._described = read_list(document, "setups", MAX_SETUPS)
        self._read: dict[int, Setup] = {}
        self._samples: dict[DataSettings, int] = {}

    def number(self, described: Mapping[str, object]) -> int:
        """Read which setup something has."""
        return read_count(described, "setup", len(self._described) - 1)

    def setup(self, number: int) -> Setup:
        """Read a setup; raises `ReadError` or `UserError` if it is damaged."""
        if number not in self._read:
            self._read[number] = read_setup(read_object("setups", self._described[number]), self._topologies)
        return self._read[number]

    def samples(self, data: DataSettings) -> int:
        """Return how many samples there are to train on; data that several setups share are drawn once."""
        if data not in self._samples:
            self._samples[data] = len(load(data).train)
        return self._samples[data]


def setups_of(checkpoint: Checkpoint) -> tuple[Setup, ...]:
    """Return the setups that a moment names, its own first."""
    best = checkpoint.best
    return (checkpoint.setup,) if best is None else (checkpoint.setup, best.milestone.setup)


def describe_checkpoint(
    checkpoint: Checkpoint, setups: Numbered[Setup], arrays: MutableMapping[str, AnyArray], prefix: str = ""
) -> dict[str, object]:
    """Return a moment, without its milestones, as JSON values.

    Parameters
    ----------
    checkpoint
        The moment.
    setups
        Knows the place of each of `setups_of`.
    arrays
        Gets the arrays of the moment.
    prefix
        How their names begin.
    """
    state, start = checkpoint.optimizer_state.vectors, checkpoint.initial.of(checkpoint.setup.topology)
    user_set = None if start is None else checkpoint.initial.user_set
    best, marks = checkpoint.best, checkpoint.marks
    own = {
        "parameters": checkpoint.parameters.vector,
        "order": checkpoint.order,
        "history": checkpoint.history.rows(),
        **({} if start is None else {"start": start.vector}),
        **({} if user_set is None else {"typed": user_set.vector}),
        **({} if best is None else {"best": best.milestone.vector}),
        **{f"optimizer_{name}": vector.vector for name, vector in state.items()},
    }
    arrays.update((f"{prefix}{name}", array) for name, array in own.items())
    return {
        "setup": setups.number_of(checkpoint.setup),
        "epoch": checkpoint.epoch,
        "position": checkpoint.position,
        "updates": checkpoint.updates,
        "diverged": checkpoint.diverged,
        "history_rows": len(own["history"]),
        "history_stride": checkpoint.history.stride,
        "start": None if start is None else start.vector.dtype.name,
        "has_typed": user_set is not None,
        "engine": {
            "taken": checkpoint.engine.engine,
            "wanted": checkpoint.engine.wanted,
            "seconds": {name.value: seconds for name, seconds in checkpoint.engine.seconds.items()},
        },
        **({"optimizer_state": list(state)} if state else {}),
        **({} if best is None else {"best": _describe_best(best, setups)}),
        **({"marks": describe_marks(marks)} if marks else {}),
    }


def _describe_best(best: Best, setups: Numbered[Setup]) -> dict[str, object]:
    milestone = best.milestone
    return {
        "setup": setups.number_of(milestone.setup),
        "epoch": milestone.epoch,
        "updates": milestone.updates,
        "train_loss": best.train_loss,
        "test_loss": None if math.isnan(best.test_loss) else best.test_loss,
    }


def read_checkpoint(
    document: Mapping[str, object], setups: Setups, archive: Archive, damage: Damage
) -> tuple[Checkpoint, tuple[str, ...]]:
    """Read the moment of a project, with its milestones, and what is not as it was, a sentence each."""
    checkpoint, changes = read_moment(read_object("now", document.get("now")), setups, archive, damage)
    milestones = damage.optional(
        "The timeline's snapshots were damaged and left out.",
        lambda: _read_milestones(document, setups, archive, (checkpoint.epoch, checkpoint.updates), damage),
        (),
    )
    return replace(checkpoint, milestones=milestones), changes


def read_moment(
    now: Mapping[str, object], setups: Setups, archive: Archive, damage: Damage, prefix: str = ""
) -> tuple[Checkpoint, tuple[str, ...]]:
    """Read a moment, the names of whose arrays begin with a prefix; see `read_checkpoint`."""
    own = _Arrays(archive, prefix)
    setup = setups.setup(setups.number(now))
    samples = setups.samples(setup.data)
    parameters = own.parameters("parameters", setup.topology, setup.hyperparameters.precision)
    epoch, updates = read_count(now, "epoch"), read_count(now, "updates")
    diverged = read_value("now.diverged", now.get("diverged"), bool)
    place = damage.optional(
        "The order of the samples was damaged and left out: the present epoch starts again.",
        lambda: _read_order(now, samples, own),
        None,
    )
    position, order = place or (0, epoch_orders(setup.hyperparameters, epoch, samples)[0].copy())
    history = damage.optional(
        "The losses of earlier epochs were damaged and left out: the loss curve starts here.",
        lambda: _read_history(now, epoch, own),
        History.unknown(epoch),
    )
    engine, changes = _read_engine(now, setup.hyperparameters.engine, damage)
    initial = _read_initial(now, setup.topology, own, damage)
    optimizer_state = damage.optional(
        "The optimizer's state was damaged and left out: it starts anew.",
        lambda: _read_optimizer_state(now, parameters, own),
        OptimizerState(),
    )
    best = damage.optional(
        "The best snapshot of the run was damaged and left out.",
        lambda: _read_best(now, setups, own, (epoch, updates)),
        None,
    )
    checkpoint = Checkpoint(
        setup=setup,
        parameters=parameters,
        optimizer_state=optimizer_state,
        epoch=epoch,
        position=position,
        updates=updates,
        order=order,
        history=history,
        diverged=diverged,
        engine=engine,
        initial=initial,
        best=best,
        marks=read_marks(now, epoch, updates, damage),
    )
    return checkpoint, changes


class _Arrays:
    """The arrays of a moment in an archive; their names there begin with a prefix."""

    def __init__(self, archive: Archive, prefix: str) -> None:
        self._archive = archive
        self._prefix = prefix

    def array(self, name: str, shape: tuple[int, ...], dtype: DTypeLike) -> AnyArray:
        return self._archive.array(f"{self._prefix}{name}", shape, dtype)

    def parameters(self, name: str, topology: Topology, dtype: DTypeLike) -> Parameters:
        vector = self.array(name, (blocks_of(topology)[-1].stop,), dtype)
        return Parameters(topology, _checked(name, vector, topology).copy())


def _read_best(now: Mapping[str, object], setups: Setups, own: _Arrays, most: tuple[int, int]) -> Best | None:
    """Read the best moment so far, if one is there, up to an epoch and a number of updates."""
    if "best" not in now:
        return None
    described = read_object("best", now["best"])
    setup = setups.setup(setups.number(described))
    vector = own.parameters("best", setup.topology, setup.hyperparameters.precision).vector
    vector.setflags(write=False)
    milestone = Milestone(
        setup=setup,
        vector=vector,
        epoch=read_count(described, "epoch", most[0]),
        updates=read_count(described, "updates", most[1]),
    )
    losses = [
        math.nan if described.get(key) is None else read_value(f"best.{key}", described[key], float)
        for key in ("train_loss", "test_loss")
    ]
    best = better(None, milestone, (losses[0], losses[1]))
    if best is None:
        raise WrongPartError("best")
    return best


def _read_order(now: Mapping[str, object], samples: int, own: _Arrays) -> tuple[int, IntArray]:
    """Read how many samples of the present epoch are done, and the order of all of them."""
    if not samples:  # version 0.1 trained on random numbers where the data were not known
        return 0, np.zeros(0, np.int64)
    position = read_count(now, "position", samples - 1)
    order = own.array("order", (samples,), np.int64).astype(np.int64)
    if not np.array_equal(np.sort(order), np.arange(samples)):
        raise WrongPartError("order")
    return position, order


def _read_initial(
    now: Mapping[str, object], topology: Topology, own: _Arrays, damage: Damage
) -> InitialParameters:
    """Read what a reset comes back to, and which numbers of it somebody set."""

    def read_start() -> Parameters | None:
        if now.get("start") is None:
            return None
        dtype = read_value("now.start", now["start"], Precision)
        return own.parameters("start", topology, dtype)

    def read_user_set() -> Parameters | None:
        if not read_value("now.has_typed", now.get("has_typed"), bool):
            return None
        return own.parameters("typed", topology, np.float16)

    start = damage.optional(
        "The initial weights and biases were damaged and left out: a reset draws new ones.",
        read_start,
        None,
    )
    if start is None:
        return InitialParameters()
    user_set = damage.optional(
        "The list of the weights and biases that were typed was damaged and left out: "
        "another initializer replaces all of them.",
        read_user_set,
        None,
    )
    return InitialParameters(parameters=start, user_set=user_set)


def _read_optimizer_state(now: Mapping[str, object], parameters: Parameters, own: _Arrays) -> OptimizerState:
    """Read what the optimizer remembers: nothing, if no names of vectors are there."""
    names = read_list({"optimizer_state": [], **now}, "optimizer_state", MAX_STATE_VECTORS)
    dtype = parameters.vector.dtype
    vectors = {
        name: own.parameters(f"optimizer_{name}", parameters.topology, dtype)
        for name in (read_value("optimizer_state", name, str) for name in names)
    }
    return OptimizerState(vectors=vectors)


def _read_history(now: Mapping[str, object], epoch: int, own: _Arrays) -> History:
    count, stride = read_count(now, "history_rows", CAPACITY), read_count(now, "history_stride")
    rows = own.array("history", (count, 3), np.float64).astype(np.float64)
    epochs = rows[:, 0]
    if count < 1 or stride < 1 or not np.isfinite(epochs).all() or (np.diff(epochs) <= 0).any():
        raise WrongPartError("history")
    if epochs[0] < 0 or epochs[-1] > epoch:
        raise WrongPartError("history")
    return History.of(rows, stride)


def _read_engine(
    now: Mapping[str, object], wanted_now: EngineName, damage: Damage
) -> tuple[Choice, tuple[str, ...]]:
    """Read which engine trained it; one that is not here, or not known any more, gives way to another."""

    def read_names() -> tuple[EngineName | None, EngineName]:
        engine = read_object("engine", now.get("engine"))
        taken, wanted = (
            read_value(f"engine.{key}", engine.get(key), EngineName) for key in ("taken", "wanted")
        )
        return taken, wanted

    taken, wanted = damage.optional(
        "The name of the engine was damaged and left out: training goes on with numpy, "
        "which may round differently.",
        read_names,
        (None, wanted_now),
    )
    if taken is not None and taken in available_engines():
        seconds = damage.optional(
            "The measured times of the engines were damaged and left out.",
            lambda: _read_seconds(read_object("engine", now.get("engine"))),
            dict[EngineName, float](),
        )
        return Choice(taken, wanted, seconds), ()
    # Always here, and always the same one: a stopwatch would not say the same twice.
    choice = Choice(EngineName.NUMPY, wanted)
    if taken is None:
        return choice, ()
    return choice, (
        f'The engine "{taken}" is not available here: training goes on with "{choice.engine}", '
        "which may round differently.",
    )


def _read_seconds(engine: Mapping[str, object]) -> dict[EngineName, float]:
    times = read_object("seconds", engine.get("seconds"))
    seconds = {name: read_value("engine.seconds", times[name], float) for name in EngineName if name in times}
    if not all(map(math.isfinite, seconds.values())):  # they could not be written again
        raise WrongPartError("engine.seconds")
    return seconds


def _read_milestones(
    document: Mapping[str, object],
    setups: Setups,
    archive: Archive,
    now: tuple[int, int],
    damage: Damage,
) -> tuple[Milestone, ...]:
    """Read the milestones, up to the epoch and the updates of now; those that are damaged are left out."""
    lost = Damage()
    described = lost.each(
        SNAPSHOTS,
        read_list(document, "milestones", MAX_MILESTONES),
        lambda each: read_object("milestones", each),
    )
    places = lost.each(SNAPSHOTS, described, lambda each: (setups.number(each), each))
    counts = Counter(number for number, _ in places)
    rows = dict(lost.each(SNAPSHOTS, counts.items(), lambda item: (item[0], _rows(*item, setups, archive))))
    milestones: list[Milestone] = []

    def read(place: tuple[int, Mapping[str, object]]) -> None:
        number, each = place
        if number not in rows:
            raise WrongPartError("milestones")
        setup, (vector, is_sound) = setups.setup(number), next(rows[number])
        epoch, updates = read_count(each, "epoch", now[0]), read_count(each, "updates", now[1])
        if not is_sound or (milestones and updates <= milestones[-1].updates):
            raise WrongPartError("milestones")
        milestones.append(Milestone(setup=setup, vector=vector, epoch=epoch, updates=updates))

    lost.each(SNAPSHOTS, places, read)
    if sum(milestone.vector.nbytes for milestone in milestones) > MAX_MILESTONE_BYTES:
        raise WrongPartError("milestones")
    if lost.sentences:
        damage.leave_out(SNAPSHOTS, is_all=not milestones)
    return tuple(milestones)


def _rows(number: int, count: int, setups: Setups, archive: Archive) -> Iterator[tuple[FloatArray, bool]]:
    """Read the parameters of all milestones of a setup, one after the other, and whether each is sound."""
    setup = setups.setup(number)
    shape = (count, blocks_of(setup.topology)[-1].stop)
    rows = archive.array(f"milestones_of_{number}", shape, setup.hyperparameters.precision)
    are_sound = _are_finite(rows) & _are_zero_where_removed(rows, setup.topology)
    return zip(rows, are_sound.tolist(), strict=True)


def _checked(name: str, numbers: AnyArray, topology: Topology) -> FloatArray:
    """See that numbers are finite, and 0 at removed connections; shape (size,)."""
    if not _are_finite(numbers):
        raise ReadError(f"its {name} hold numbers that are not finite: choose another file")
    if not _are_zero_where_removed(numbers, topology):
        raise ReadError(f"its {name} have weights at connections that are removed: choose another file")
    return numbers


def _are_finite(numbers: AnyArray) -> AnyArray:
    """Tell of each vector whether all its numbers are finite; shape (..., size) becomes (...)."""
    return np.asarray(np.isfinite(numbers).all(axis=-1))


def _are_zero_where_removed(numbers: AnyArray, topology: Topology) -> AnyArray:
    """Tell of each vector whether it is 0 at all removed connections; shape (..., size) becomes (...)."""
    mask = connection_mask(topology)
    if mask is None:
        return np.ones(numbers.shape[:-1], bool)
    return np.asarray(~numbers[..., ~mask].any(axis=-1))
