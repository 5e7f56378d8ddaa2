"""How a project is written and read: a zip (see `files.archive`) of ``project.json`` and arrays.

The document has

- ``format``: ``"nn-desktop-project"``, and ``version``;
- ``topologies`` and ``setups``: lists of the networks and of what was set up, as `files.setup_document` says;
- ``now``: the moment of the training: ``setup`` (a place in that list), ``epoch``, ``position`` (samples of
  the present epoch that are done), ``updates``, ``diverged``, ``history_rows``, ``history_stride``,
  ``start``: the type of its numbers, or null if it was drawn at random, ``has_typed``, and ``engine``: which
  one was taken, which one was wanted, and the seconds that an update took each when it was chosen;
  and ``optimizer_state``, only if the optimizer remembers something: the names of its vectors;
- ``milestones``: a list of earlier moments, each with ``setup``, ``epoch`` and ``updates``;
- ``layout``: what was moved in the drawing: how many ``layers`` and ``units``;
- ``panels``: where the window's panels were, each with the fields of `files.project.Panel`;
- ``notes``: a text.

The arrays are ``parameters`` (all in one vector, as in `network.parameters`), ``order`` (of the samples in
the present epoch), ``history`` (epoch, training loss, test loss), ``start`` and ``typed`` if there are any,
``optimizer_NAME`` for each vector of the optimizer's state,
``milestones_of_N``: a row of parameters for each milestone of setup N, and ``moved_layers`` and
``moved_units``: rows of id, right and down.
"""

import math
from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import BinaryIO, Generic, TypeVar

import numpy as np
from numpy.typing import DTypeLike

from nn_desktop.data.catalogue import load
from nn_desktop.drawing.placement import MAX_OFFSET, Layout, Offset
from nn_desktop.engines.available import available_engines
from nn_desktop.engines.engine import IntArray
from nn_desktop.engines.names import EngineName, Precision
from nn_desktop.engines.optimizer_state import OptimizerState
from nn_desktop.engines.selection import Choice
from nn_desktop.errors import UserError
from nn_desktop.files.atomic import FileError
from nn_desktop.files.native.stored import ReadError
from nn_desktop.files.native.topology_document import WrongPartError, read_object, read_value
from nn_desktop.files.project.archive import MAX_MEMBERS, AnyArray, Archive, to_document, write_archive
from nn_desktop.files.project.project import OpenedProject, Panel, Project
from nn_desktop.files.project.setup_document import (
    MAX_PAIRS,
    MAX_UNIT_IDS,
    Topologies,
    describe_ids_and_topology,
    describe_setup,
    read_fields,
    read_setup,
)
from nn_desktop.network.parameters import FloatArray, Parameters, blocks_of, connection_mask
from nn_desktop.network.topology import MAX_LAYERS, MAX_UNITS, Topology
from nn_desktop.training.checkpoints import MAX_MILESTONE_BYTES, MAX_MILESTONES, Checkpoint, Milestone
from nn_desktop.training.history import CAPACITY, History
from nn_desktop.training.order import epoch_orders
from nn_desktop.training.setup import Setup
from nn_desktop.training.start import InitialParameters

FORMAT = "nn-desktop-project"
VERSION = 1
"""Grows when a reader of the old version would misunderstand a file of the new one."""
MIGRATIONS: dict[int, Callable[[dict[str, object]], dict[str, object]]] = {}
"""By version: what makes of its document one of the next version."""
MAX_DOCUMENT_BYTES = 4_000_000
MAX_NOTES_LENGTH = 100_000
MAX_PANELS = 50
MAX_STATE_VECTORS = 8
"""That an optimizer remembers: Adam has two."""
SNAPSHOTS = "timeline's snapshots"
PLACES = "positions of moved parts of the drawing"
PANELS = "positions of the window's panels"
_T = TypeVar("_T")
_Item = TypeVar("_Item")
_Default = TypeVar("_Default")


@dataclass(frozen=True, eq=False)
class ProjectContents:
    """What stands in the file of a project; the same project gives the same contents.

    Attributes
    ----------
    document
        ``project.json``.
    arrays
        Arrays of the archive, by name.
    """

    document: bytes
    arrays: Mapping[str, AnyArray]

    @classmethod
    def of(cls, project: Project) -> "ProjectContents":
        """Describe a project.

        Raises
        ------
        FileError
            If it is larger than what can be read again. The oldest milestones are left out before that.
        """
        checkpoint = project.checkpoint
        while True:
            document, arrays = _describe(replace(project, checkpoint=checkpoint))
            text = to_document(document)
            pairs = sum(len(array) for array in arrays.values() if array.shape[1:] == (2,))
            ids = sum(len(array) for name, array in arrays.items() if name.endswith("_ids"))
            is_short = len(text) <= MAX_DOCUMENT_BYTES and len(arrays) < MAX_MEMBERS
            if is_short and pairs <= MAX_PAIRS and ids <= MAX_UNIT_IDS:
                return cls(text, arrays)
            if not checkpoint.milestones:
                raise FileError("The project cannot be saved: its network is described by too many parts.")
            checkpoint = replace(
                checkpoint, milestones=checkpoint.milestones[len(checkpoint.milestones) // 2 + 1 :]
            )

    def write(self, file: BinaryIO) -> None:
        """Write them into a binary file; the same ones give the same bytes."""
        write_archive(file, self.document, self.arrays)

    def check(self, file: BinaryIO) -> None:
        """Read them back from a binary file: an opened project must be the very one that was written.

        Raises
        ------
        ReadError
            If it cannot be opened, or is another one, or only a part of it. The text says why.
        """
        opened = read_project(file)
        if opened.remarks:
            raise ReadError(" ".join(opened.remarks).rstrip("."))
        if (part := ProjectContents.of(opened.project).difference_from(self)) is not None:
            raise ReadError(f"its {part} differs from what was written")

    def difference_from(self, other: "ProjectContents") -> str | None:
        """Return the name of the first part that is another one, bit by bit; None if all are the same."""
        if self.document != other.document:
            return "description"
        names = dict.fromkeys((*self.arrays, *other.arrays))
        return next((n for n in names if not _are_same(self.arrays.get(n), other.arrays.get(n))), None)


def writable_notes(notes: str) -> str:
    """Return what a file can hold of some notes: not too much, and no half of a pair of surrogates."""
    return notes.encode("utf-8", "ignore").decode()[:MAX_NOTES_LENGTH]


def _are_same(array: AnyArray | None, other: AnyArray | None) -> bool:
    if array is None or other is None or (array.shape, array.dtype) != (other.shape, other.dtype):
        return False
    one, another = (np.ascontiguousarray(each).reshape(-1).view(np.uint8) for each in (array, other))
    return np.array_equal(one, another)


def _describe(project: Project) -> tuple[dict[str, object], dict[str, AnyArray]]:
    """Return a project as JSON values and arrays."""
    checkpoint = project.checkpoint
    setups = _Numbers(checkpoint.setup, *(milestone.setup for milestone in checkpoint.milestones))
    topologies = _Numbers(*(setup.topology for setup in setups.values))
    arrays: dict[str, AnyArray] = {
        "parameters": checkpoint.parameters.vector,
        "order": checkpoint.order,
        "history": checkpoint.history.rows(),
        "moved_layers": _rows_of(project.layout.layers),
        "moved_units": _rows_of(project.layout.units),
    }
    initial = checkpoint.initial
    if (start := initial.of(checkpoint.setup.topology)) is not None:
        arrays["start"] = start.vector
        if initial.user_set is not None:
            arrays["typed"] = initial.user_set.vector
    arrays |= {
        f"optimizer_{name}": vector.vector for name, vector in checkpoint.optimizer_state.vectors.items()
    }
    for number in range(len(setups.values)):
        vectors = [m.vector for m in checkpoint.milestones if setups.number_of(m.setup) == number]
        if vectors:
            arrays[f"milestones_of_{number}"] = np.stack(vectors)
    document = {
        "format": FORMAT,
        "version": VERSION,
        "topologies": [
            describe_ids_and_topology(topology, f"topology{number}", arrays)
            for number, topology in enumerate(topologies.values)
        ],
        "setups": [describe_setup(setup, topologies.number_of(setup.topology)) for setup in setups.values],
        "now": _describe_checkpoint(checkpoint),
        "milestones": [
            {"setup": setups.number_of(m.setup), "epoch": m.epoch, "updates": m.updates}
            for m in checkpoint.milestones
        ],
        "layout": {"layers": len(project.layout.layers), "units": len(project.layout.units)},
        "panels": [vars(panel) for panel in project.panels],
        "notes": project.notes,
    }
    return document, arrays


class _Numbers(Generic[_T]):
    """Different values, each once, and their places in the list.

    Parameters
    ----------
    values
        In order; many of them may be the same object, and comparing takes long.
    """

    def __init__(self, *values: _T) -> None:
        self.values: list[_T] = []
        self._by_value: dict[_T, int] = {}
        self._by_object: dict[int, int] = {}
        for value in values:
            if id(value) not in self._by_object:
                if value not in self._by_value:
                    self._by_value[value] = len(self.values)
                    self.values.append(value)
                self._by_object[id(value)] = self._by_value[value]

    def number_of(self, value: _T) -> int:
        """Return the place of one of the objects."""
        return self._by_object[id(value)] if id(value) in self._by_object else self._by_value[value]


def read_project(file: BinaryIO) -> OpenedProject:
    """Read a project from a binary file.

    Setup, parameters and how far the training is must be as they were written. All else is left out where it
    is damaged, and that is said: nobody loses a network for a panel.

    Raises
    ------
    ReadError
        If it is none, or what training needs is damaged, or it is too new. The text says why and what to do.
    """
    archive = Archive(file)
    document = _migrate(archive.document(MAX_DOCUMENT_BYTES))
    damage = _Damage()
    try:
        setups = _Setups(document, archive)
        checkpoint, changes = _read_checkpoint(document, setups, archive, damage)
    except UserError as error:
        raise ReadError(str(error).rstrip(".")) from error
    layout = _read_layout(document, checkpoint.setup.topology, archive, damage)
    notes = _read_notes(document, damage)
    project = Project(checkpoint, layout, notes, _read_panels(document, damage))
    return OpenedProject(project, tuple(damage.sentences), changes)


class _Damage:
    """Leaves out parts that are damaged and that training does not need.

    Attributes
    ----------
    sentences
        What was left out, each sentence once, in order.
    """

    def __init__(self) -> None:
        self.sentences: dict[str, None] = {}

    def optional(self, sentence: str, read: Callable[[], _T], default: _Default) -> _T | _Default:
        """Read a part; if that cannot be, say so by a sentence, and take something else."""
        try:
            return read()
        except (ReadError, UserError):
            self.sentences[sentence] = None
            return default

    def each(self, parts: str, items: Iterable[_Item], read: Callable[[_Item], _T]) -> list[_T]:
        """Read parts one by one, and leave out only those that are damaged."""
        items = list(items)
        kept: list[_T] = []
        for item in items:
            with suppress(ReadError, UserError):
                kept.append(read(item))
        if len(kept) < len(items):
            self.leave_out(parts, is_all=not kept)
        return kept

    def leave_out(self, parts: str, is_all: bool) -> None:
        """Say that parts were left out."""
        self.sentences[f"{'T' if is_all else 'Some of t'}he {parts} were damaged and left out."] = None


class _Setups:
    """Reads the setups of a project, each when it is asked for: one that is damaged spoils no other."""

    def __init__(self, document: Mapping[str, object], archive: Archive) -> None:
        self._topologies = Topologies(_pieces(document, "topologies", MAX_MILESTONES + 1), archive)
        self._described = _pieces(document, "setups", MAX_MILESTONES + 1)
        self._read: dict[int, Setup] = {}

    def number(self, described: Mapping[str, object]) -> int:
        """Read which setup something has."""
        return _count(described, "setup", len(self._described) - 1)

    def setup(self, number: int) -> Setup:
        """Read a setup; raises `ReadError` or `UserError` if it is damaged."""
        if number not in self._read:
            self._read[number] = read_setup(read_object("setups", self._described[number]), self._topologies)
        return self._read[number]


def _describe_checkpoint(checkpoint: Checkpoint) -> dict[str, object]:
    state, start = checkpoint.optimizer_state.vectors, checkpoint.initial.of(checkpoint.setup.topology)
    return {
        "setup": 0,
        "epoch": checkpoint.epoch,
        "position": checkpoint.position,
        "updates": checkpoint.updates,
        "diverged": checkpoint.diverged,
        "history_rows": len(checkpoint.history.rows()),
        "history_stride": checkpoint.history.stride,
        "start": None if start is None else start.vector.dtype.name,
        "has_typed": start is not None and checkpoint.initial.user_set is not None,
        "engine": {
            "taken": checkpoint.engine.engine,
            "wanted": checkpoint.engine.wanted,
            "seconds": {name.value: seconds for name, seconds in checkpoint.engine.seconds.items()},
        },
        **({"optimizer_state": list(state)} if state else {}),
    }


def _rows_of(moved: Mapping[int, Offset]) -> AnyArray:
    return np.array([[part, *offset] for part, offset in sorted(moved.items())], np.float64).reshape(-1, 3)


def _pieces(document: Mapping[str, object], key: str, most: int) -> list[object]:
    """Read a list that is not too long, whose items are not yet looked at."""
    items = document.get(key)
    if not isinstance(items, list) or len(items) > most:
        raise WrongPartError(key)
    return items


def _migrate(document: dict[str, object]) -> dict[str, object]:
    """Bring a document of an older version to this one, step by step."""
    if document.get("format") != FORMAT:
        raise ReadError("it is a zip file, but no project of this program: choose another file")
    version = read_value("version", document.get("version"), int)
    if version > VERSION:
        raise ReadError(
            f"a newer version of this program wrote it (its format is {version}, this program reads up to "
            f"{VERSION}): update the program"
        )
    while version < VERSION:
        if version not in MIGRATIONS:
            raise WrongPartError("version")
        document = MIGRATIONS[version](document)
        version += 1
    return document


def _read_checkpoint(
    document: Mapping[str, object], setups: _Setups, archive: Archive, damage: _Damage
) -> tuple[Checkpoint, tuple[str, ...]]:
    now = read_object("now", document.get("now"))
    setup = setups.setup(setups.number(now))
    samples = len(load(setup.data).train)
    parameters = _read_parameters(archive, "parameters", setup.topology, setup.hyperparameters.precision)
    epoch, updates = _count(now, "epoch"), _count(now, "updates")
    diverged = read_value("now.diverged", now.get("diverged"), bool)
    place = damage.optional(
        "The order of the samples was damaged and left out: the present epoch starts again.",
        lambda: _read_order(now, samples, archive),
        None,
    )
    position, order = place or (0, epoch_orders(setup.hyperparameters, epoch, samples)[0].copy())
    history = damage.optional(
        "The losses of earlier epochs were damaged and left out: the loss curve starts here.",
        lambda: _read_history(now, epoch, archive),
        History.unknown(epoch),
    )
    engine, changes = _read_engine(now, setup.hyperparameters.engine, damage)
    initial = _read_initial(now, setup.topology, archive, damage)
    optimizer_state = damage.optional(
        "The optimizer's state was damaged and left out: it starts anew.",
        lambda: _read_optimizer_state(now, parameters, archive),
        OptimizerState(),
    )
    milestones = damage.optional(
        "The timeline's snapshots were damaged and left out.",
        lambda: _read_milestones(document, setups, archive, (epoch, updates), damage),
        (),
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
        milestones=milestones,
    )
    return checkpoint, changes


def _read_order(now: Mapping[str, object], samples: int, archive: Archive) -> tuple[int, IntArray]:
    """Read how many samples of the present epoch are done, and the order of all of them."""
    position = _count(now, "position", samples - 1)
    order = archive.array("order", (samples,), np.int64).astype(np.int64)
    if not np.array_equal(np.sort(order), np.arange(samples)):
        raise WrongPartError("order")
    return position, order


def _read_initial(
    now: Mapping[str, object], topology: Topology, archive: Archive, damage: _Damage
) -> InitialParameters:
    """Read what a reset comes back to, and which numbers of it somebody set."""

    def read_start() -> Parameters | None:
        if now.get("start") is None:
            return None
        dtype = read_value("now.start", now["start"], Precision)
        return _read_parameters(archive, "start", topology, dtype)

    def read_user_set() -> Parameters | None:
        if not read_value("now.has_typed", now.get("has_typed"), bool):
            return None
        return _read_parameters(archive, "typed", topology, np.float16)

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


def _read_optimizer_state(
    now: Mapping[str, object], parameters: Parameters, archive: Archive
) -> OptimizerState:
    """Read what the optimizer remembers: nothing, if no names of vectors are there."""
    names = _pieces({"optimizer_state": [], **now}, "optimizer_state", MAX_STATE_VECTORS)
    dtype = parameters.vector.dtype
    vectors = {
        name: _read_parameters(archive, f"optimizer_{name}", parameters.topology, dtype)
        for name in (read_value("optimizer_state", name, str) for name in names)
    }
    return OptimizerState(vectors=vectors)


def _read_history(now: Mapping[str, object], epoch: int, archive: Archive) -> History:
    count, stride = _count(now, "history_rows", CAPACITY), _count(now, "history_stride")
    rows = archive.array("history", (count, 3), np.float64).astype(np.float64)
    epochs = rows[:, 0]
    if count < 1 or stride < 1 or not np.isfinite(epochs).all() or (np.diff(epochs) <= 0).any():
        raise WrongPartError("history")
    if epochs[0] < 0 or epochs[-1] > epoch:
        raise WrongPartError("history")
    return History.of(rows, stride)


def _read_engine(
    now: Mapping[str, object], wanted_now: EngineName, damage: _Damage
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
    setups: _Setups,
    archive: Archive,
    now: tuple[int, int],
    damage: _Damage,
) -> tuple[Milestone, ...]:
    """Read the milestones, up to the epoch and the updates of now; those that are damaged are left out."""
    lost = _Damage()
    described = lost.each(
        SNAPSHOTS,
        _pieces(document, "milestones", MAX_MILESTONES),
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
        setup, vector = setups.setup(number), next(rows[number])
        epoch, updates = _count(each, "epoch", now[0]), _count(each, "updates", now[1])
        if milestones and updates <= milestones[-1].updates:
            raise WrongPartError("milestones")
        vector = _checked("milestones", vector, setup.topology)
        milestones.append(Milestone(setup=setup, vector=vector, epoch=epoch, updates=updates))

    lost.each(SNAPSHOTS, places, read)
    if sum(milestone.vector.nbytes for milestone in milestones) > MAX_MILESTONE_BYTES:
        raise WrongPartError("milestones")
    if lost.sentences:
        damage.leave_out(SNAPSHOTS, is_all=not milestones)
    return tuple(milestones)


def _rows(number: int, count: int, setups: _Setups, archive: Archive) -> Iterator[AnyArray]:
    """Read the parameters of all milestones of a setup, one after the other."""
    setup = setups.setup(number)
    shape = (count, blocks_of(setup.topology)[-1].stop)
    return iter(archive.array(f"milestones_of_{number}", shape, setup.hyperparameters.precision))


def _read_parameters(archive: Archive, name: str, topology: Topology, dtype: DTypeLike) -> Parameters:
    vector = archive.array(name, (blocks_of(topology)[-1].stop,), dtype)
    return Parameters(topology, _checked(name, vector, topology).copy())


def _checked(name: str, numbers: AnyArray, topology: Topology) -> FloatArray:
    """See that numbers are finite, and 0 at removed connections; shape (..., size)."""
    mask = connection_mask(topology)
    if not np.isfinite(numbers).all():
        raise ReadError(f"its {name} hold numbers that are not finite: choose another file")
    if mask is not None and numbers[..., ~mask].any():
        raise ReadError(f"its {name} have weights at connections that are removed: choose another file")
    return numbers  # type: ignore[return-value]


def _read_layout(
    document: Mapping[str, object], topology: Topology, archive: Archive, damage: _Damage
) -> Layout:
    def read(key: str, known: Container[int]) -> dict[int, Offset]:
        return damage.optional(
            f"The {PLACES} were damaged and left out.",
            lambda: _read_offsets(read_object("layout", document.get("layout")), key, known, archive, damage),
            dict[int, Offset](),
        )

    return Layout(read("layers", topology.layer_index), read("units", topology.unit_place))


def _read_offsets(
    layout: Mapping[str, object], key: str, known: Container[int], archive: Archive, damage: _Damage
) -> dict[int, Offset]:
    """Read how far layers or units were moved; what is not in the network has no place either."""
    count = _count(layout, key, MAX_UNITS * MAX_LAYERS)
    rows = archive.array(f"moved_{key}", (count, 3), np.float64)
    offsets: dict[int, Offset] = {}

    def read(row: list[float]) -> None:
        part, right, down = row
        if part not in known or part in offsets or not all(abs(number) <= MAX_OFFSET for number in row):
            raise WrongPartError(f"layout.{key}")
        offsets[int(part)] = right, down

    damage.each(PLACES, rows.tolist(), read)
    return offsets


def _read_panels(document: Mapping[str, object], damage: _Damage) -> tuple[Panel, ...]:
    described = damage.optional(
        f"The {PANELS} were damaged and left out.",
        lambda: _pieces(document, "panels", MAX_PANELS),
        list[object](),
    )

    def read(each: object) -> Panel:
        return read_fields("panels", read_object("panels", each), Panel)

    return tuple(damage.each(PANELS, described, read))


def _read_notes(document: Mapping[str, object], damage: _Damage) -> str:
    notes = document.get("notes")
    if not isinstance(notes, str):
        damage.leave_out("notes", is_all=True)
        return ""
    kept = writable_notes(notes)
    if kept != notes:
        damage.leave_out("notes", is_all=False)
    return kept


def _count(described: Mapping[str, object], key: str, most: int = 2**53) -> int:
    number = read_value(key, described.get(key), int)
    if not 0 <= number <= most:
        raise WrongPartError(key)
    return number
