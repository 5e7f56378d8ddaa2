"""How a project is written and read: a zip (see `files.archive`) of ``project.json`` and arrays.

The document has

- ``format``: ``"nn-desktop-project"``, and ``version``;
- ``topologies`` and ``setups``: lists of the networks and of what was set up, as `files.setup_document` says;
- ``now``: the moment of the training: ``setup`` (a place in that list), ``epoch``, ``position`` (samples of
  the present epoch that are done), ``updates``, ``diverged``, ``history_rows``, ``history_stride``,
  ``start``: the type of its numbers, or null if it was drawn at random, ``has_typed``, and ``engine``: which
  one was taken, which one was wanted, and the seconds that an update took each when it was chosen;
- ``milestones``: a list of earlier moments, each with ``setup``, ``epoch`` and ``updates``;
- ``layout``: what was moved in the drawing: how many ``layers`` and ``units``;
- ``panels``: where the window's panels were, each with the fields of `files.project.Panel`;
- ``notes``: a text.

The arrays are ``parameters`` (all in one vector, as in `network.parameters`), ``order`` (of the samples in
the present epoch), ``history`` (epoch, training loss, test loss), ``start`` and ``typed`` if there are any,
``milestones_of_N``: a row of parameters for each milestone of setup N, and ``moved_layers`` and
``moved_units``: rows of id, right and down.
"""

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import BinaryIO, Generic, TypeVar

import numpy as np
from numpy.typing import DTypeLike

from nn_desktop.data.catalogue import load
from nn_desktop.engines.engine import EngineName
from nn_desktop.engines.selection import Choice, available_engines
from nn_desktop.errors import UserError
from nn_desktop.files.archive import MOST_MEMBERS, AnyArray, Archive, to_document, write_archive
from nn_desktop.files.atomic import FileError
from nn_desktop.files.formats.stored import ReadError
from nn_desktop.files.formats.topology_document import WrongPartError, read_list, read_value
from nn_desktop.files.project import OpenedProject, Panel, Project
from nn_desktop.files.setup_document import (
    MOST_PAIRS,
    describe_ids_and_topology,
    describe_setup,
    read_fields,
    read_setup,
    read_topologies,
)
from nn_desktop.network.parameters import FloatArray, Parameters, blocks_of, connection_mask
from nn_desktop.network.placement import FARTHEST, Layout, Offset
from nn_desktop.network.topology import Topology
from nn_desktop.training.history import CAPACITY, History
from nn_desktop.training.hyperparameters import Precision
from nn_desktop.training.moments import MOST_MILESTONE_BYTES, MOST_MILESTONES, Checkpoint, Milestone
from nn_desktop.training.setup import Setup

FORMAT = "nn-desktop-project"
VERSION = 1
"""Grows when a reader of the old version would misunderstand a file of the new one."""
MIGRATIONS: dict[int, Callable[[dict[str, object]], dict[str, object]]] = {}
"""By version: what makes of its document one of the next version."""
MOST_DOCUMENT_BYTES = 4_000_000
LONGEST_NOTES = 100_000
MOST_PANELS = 50
_T = TypeVar("_T")


@dataclass(frozen=True, eq=False)
class ProjectContents:
    """What stands in the file of a project; the same project gives the same contents.

    Attributes
    ----------
    document
        ``project.json``.
    arrays
        By name.
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
        moment = project.moment
        while True:
            document, arrays = _describe(replace(project, moment=moment))
            text = to_document(document)
            pairs = sum(len(array) for array in arrays.values() if array.shape[1:] == (2,))
            if len(text) <= MOST_DOCUMENT_BYTES and len(arrays) < MOST_MEMBERS and pairs <= MOST_PAIRS:
                return cls(text, arrays)
            if not moment.milestones:
                raise FileError("The project cannot be saved: its network is described by too many parts.")
            moment = replace(moment, milestones=moment.milestones[len(moment.milestones) // 2 + 1 :])

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
            raise ReadError(f"its {part} is another one than what was to be written")

    def difference_from(self, other: "ProjectContents") -> str | None:
        """Return the name of the first part that is another one, bit by bit; None if all are the same."""
        if self.document != other.document:
            return "description"
        names = dict.fromkeys((*self.arrays, *other.arrays))
        return next((n for n in names if not _are_same(self.arrays.get(n), other.arrays.get(n))), None)


def write_project(project: Project, file: BinaryIO) -> None:
    """Write a project into a binary file; the same one gives the same bytes.

    Raises
    ------
    FileError
        If it is larger than what can be read again.
    """
    ProjectContents.of(project).write(file)


def _are_same(array: AnyArray | None, other: AnyArray | None) -> bool:
    if array is None or other is None or (array.shape, array.dtype) != (other.shape, other.dtype):
        return False
    one, another = (np.ascontiguousarray(each).reshape(-1).view(np.uint8) for each in (array, other))
    return np.array_equal(one, another)


def _describe(project: Project) -> tuple[dict[str, object], dict[str, AnyArray]]:
    """Return a project as JSON values and arrays."""
    moment = project.moment
    setups = _Numbers(moment.setup, *(milestone.setup for milestone in moment.milestones))
    topologies = _Numbers(*(setup.topology for setup in setups.values))
    arrays: dict[str, AnyArray] = {
        "parameters": moment.parameters.vector,
        "order": moment.order,
        "history": moment.history.rows(),
        "moved_layers": _rows_of(project.layout.layers),
        "moved_units": _rows_of(project.layout.units),
    }
    if (start := _start_of(moment)) is not None:
        arrays["start"] = start.vector
        if moment.typed is not None:
            arrays["typed"] = moment.typed.vector
    for number in range(len(setups.values)):
        vectors = [m.vector for m in moment.milestones if setups.number_of(m.setup) == number]
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
        "now": _describe_moment(moment),
        "milestones": [
            {"setup": setups.number_of(m.setup), "epoch": m.epoch, "updates": m.updates}
            for m in moment.milestones
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

    Raises
    ------
    ReadError
        If it is none, or damaged, or too new. The text says why and what to do.
    """
    archive = Archive(file)
    document = _migrate(archive.document(MOST_DOCUMENT_BYTES))
    try:
        topologies = read_topologies(_few(document, "topologies"), archive)
        setups = [read_setup(each, topologies) for each in _few(document, "setups")]
        milestones = _read_milestones(document, setups, archive)
        moment, remarks = _read_moment(_object(document, "now"), setups, milestones, archive)
        layout = _read_layout(_object(document, "layout"), moment.setup.topology, archive)
    except UserError as error:
        raise ReadError(str(error).rstrip(".")) from error
    notes = document.get("notes")
    if not isinstance(notes, str) or len(notes) > LONGEST_NOTES or not _is_plain(notes):
        raise WrongPartError("notes")
    return OpenedProject(Project(moment, layout, notes, _read_panels(document)), remarks)


def _start_of(moment: Checkpoint) -> Parameters | None:
    """Return the start that a reset comes back to: one of another network is none."""
    start = moment.start
    return start if start is not None and start.topology == moment.setup.topology else None


def _describe_moment(moment: Checkpoint) -> dict[str, object]:
    return {
        "setup": 0,
        "epoch": moment.epoch,
        "position": moment.position,
        "updates": moment.updates,
        "diverged": moment.diverged,
        "history_rows": len(moment.history.rows()),
        "history_stride": moment.history.stride,
        "start": None if (start := _start_of(moment)) is None else start.vector.dtype.name,
        "has_typed": start is not None and moment.typed is not None,
        "engine": {
            "taken": moment.engine.engine,
            "wanted": moment.engine.wanted,
            "seconds": {name.value: seconds for name, seconds in moment.engine.seconds.items()},
        },
    }


def _rows_of(moved: Mapping[int, Offset]) -> AnyArray:
    return np.array([[part, *offset] for part, offset in sorted(moved.items())], np.float64).reshape(-1, 3)


def _few(document: Mapping[str, object], key: str) -> list[dict[str, object]]:
    """Read a list of objects of which there can be no more than moments."""
    items = read_list(document, key)
    if not 1 <= len(items) <= MOST_MILESTONES + 1:
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


def _read_moment(
    now: Mapping[str, object], setups: Sequence[Setup], milestones: tuple[Milestone, ...], archive: Archive
) -> tuple[Checkpoint, tuple[str, ...]]:
    setup = _setup_of(now, setups)
    samples = len(load(setup.data).train)
    engine, remarks = _read_engine(_object(now, "engine"))
    position = _count(now, "position", samples - 1)
    order = archive.array("order", (samples,), np.int64).astype(np.int64)
    if not np.array_equal(np.sort(order), np.arange(samples)):
        raise WrongPartError("order")
    typed = None
    if read_value("now.has_typed", now.get("has_typed"), bool):
        typed = _read_parameters(archive, "typed", setup.topology, np.float16)
    start = None
    if now.get("start") is not None:
        dtype = read_value("now.start", now["start"], Precision)
        start = _read_parameters(archive, "start", setup.topology, dtype)
    moment = Checkpoint(
        setup,
        _read_parameters(archive, "parameters", setup.topology, setup.hyperparameters.precision),
        _count(now, "epoch"),
        position,
        _count(now, "updates"),
        order,
        _read_history(now, archive),
        read_value("now.diverged", now.get("diverged"), bool),
        engine,
        start,
        typed,
        milestones,
    )
    return moment, remarks


def _read_history(now: Mapping[str, object], archive: Archive) -> History:
    count, stride = _count(now, "history_rows", CAPACITY), _count(now, "history_stride")
    rows = archive.array("history", (count, 3), np.float64).astype(np.float64)
    epochs = rows[:, 0]
    if (
        count < 1
        or stride < 1
        or not np.isfinite(epochs).all()
        or (np.diff(epochs) <= 0).any()
        or epochs[0] < 0
    ):
        raise WrongPartError("history")
    return History.of(rows, stride)


def _read_engine(engine: Mapping[str, object]) -> tuple[Choice, tuple[str, ...]]:
    taken = read_value("engine.taken", engine.get("taken"), EngineName)
    wanted = read_value("engine.wanted", engine.get("wanted"), EngineName)
    if taken in available_engines():
        times = _object(engine, "seconds")
        seconds = {
            name: read_value("engine.seconds", times[name], float) for name in EngineName if name in times
        }
        if not all(map(math.isfinite, seconds.values())):  # they could not be written again
            raise WrongPartError("engine.seconds")
        return Choice(taken, wanted, seconds), ()
    # Always here, and always the same one: a stopwatch would not say the same twice.
    instead = EngineName.NUMPY
    return Choice(instead, wanted), (
        f'The engine "{taken}" that trained it is not here: "{instead}" goes on, with other roundings.',
    )


def _read_milestones(
    document: Mapping[str, object], setups: Sequence[Setup], archive: Archive
) -> tuple[Milestone, ...]:
    described = read_list(document, "milestones")
    if len(described) > MOST_MILESTONES:
        raise WrongPartError("milestones")
    places = [_setup_number(each, setups) for each in described]
    if (
        sum(n * _parameter_bytes(setups[place]) for place, n in Counter(places).items())
        > MOST_MILESTONE_BYTES
    ):
        raise WrongPartError("milestones")
    rows = {}
    for number in dict.fromkeys(places):
        setup, count = setups[number], places.count(number)
        shape = (count, blocks_of(setup.topology)[-1].stop)
        vectors = archive.array(f"milestones_of_{number}", shape, setup.hyperparameters.precision)
        rows[number] = iter(_checked("milestones", vectors, setup.topology))
    milestones = tuple(
        Milestone(setups[number], next(rows[number]), _count(each, "epoch"), _count(each, "updates"))
        for number, each in zip(places, described, strict=True)
    )
    updates = [milestone.updates for milestone in milestones]
    if updates != sorted(set(updates)):
        raise WrongPartError("milestones")
    return milestones


def _parameter_bytes(setup: Setup) -> int:
    return blocks_of(setup.topology)[-1].stop * np.dtype(setup.hyperparameters.precision).itemsize


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


def _read_layout(layout: Mapping[str, object], topology: Topology, archive: Archive) -> Layout:
    layers = _read_offsets(layout, "layers", set(topology.layer_index), archive)
    return Layout(layers, _read_offsets(layout, "units", set(topology.unit_place), archive))


def _read_offsets(
    layout: Mapping[str, object], key: str, known: set[int], archive: Archive
) -> dict[int, Offset]:
    rows = archive.array(f"moved_{key}", (_count(layout, key, len(known)), 3), np.float64)
    offsets = {int(part): (right, down) for part, right, down in rows.tolist() if part in known}
    if len(offsets) < len(rows) or not (np.abs(rows) <= FARTHEST).all():
        raise WrongPartError(f"layout.{key}")
    return offsets


def _read_panels(document: Mapping[str, object]) -> tuple[Panel, ...]:
    described = read_list(document, "panels")
    if len(described) > MOST_PANELS:
        raise WrongPartError("panels")
    return tuple(read_fields("panels", each, Panel) for each in described)


def _setup_of(described: Mapping[str, object], setups: Sequence[Setup]) -> Setup:
    return setups[_setup_number(described, setups)]


def _setup_number(described: Mapping[str, object], setups: Sequence[Setup]) -> int:
    return _count(described, "setup", len(setups) - 1)


def _count(described: Mapping[str, object], key: str, most: int = 2**53) -> int:
    number = read_value(key, described.get(key), int)
    if not 0 <= number <= most:
        raise WrongPartError(key)
    return number


def _object(document: Mapping[str, object], key: str) -> Mapping[str, object]:
    value = document.get(key)
    if not isinstance(value, dict):
        raise WrongPartError(key)
    return value


def _is_plain(text: str) -> bool:
    """Whether a text can be written again: half of a pair of surrogates cannot."""
    return not any("\ud800" <= character <= "\udfff" for character in text)
