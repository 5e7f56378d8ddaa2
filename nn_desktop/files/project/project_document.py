"""How a project is written and read: a zip (see `project.archive`) of ``project.json`` and arrays.

The document has

- ``format``: ``"nn-desktop-project"``, and ``version``: 1 had neither label smoothing nor unknown data, 2 had
  no runs; each is still written where there is nothing of what came later;
- ``topologies`` and ``setups``: lists of the networks and of what was set up: see `project.setup_document`;
- ``now``: the moment of the training, as in `project.checkpoint_document`;
- ``milestones``: a list of earlier moments, each with ``setup``, ``epoch`` and ``updates``;
- ``layout``: what was moved in the drawing: how many ``layers`` and ``units``;
- ``panels``: where the window's panels were, each with the fields of `project.project.Panel`;
- ``notes``: a text.

The arrays are those of the moment, ``milestones_of_N``: a row of parameters for each milestone of setup N,
and ``moved_layers`` and ``moved_units``: rows of id, right and down. Filed runs have a document of their own:
see `project.runs_document`.
"""

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import BinaryIO

import numpy as np

from nn_desktop.arrays import AnyArray
from nn_desktop.drawing.placement import MAX_OFFSET, Layout, Offset
from nn_desktop.errors import UserError
from nn_desktop.files.atomic import FileError
from nn_desktop.files.native.description import is_new_since_0_1
from nn_desktop.files.native.stored import ReadError
from nn_desktop.files.native.topology_document import WrongPartError, read_object, read_value
from nn_desktop.files.project.archive import KIND, Archive, to_document, write_archive
from nn_desktop.files.project.checkpoint_document import (
    Setups,
    describe_checkpoint,
    read_checkpoint,
    setups_of,
)
from nn_desktop.files.project.parts import Damage, Numbered, read_count, read_list
from nn_desktop.files.project.project import OpenedProject, Panel, Project
from nn_desktop.files.project.runs_document import (
    DOCUMENT,
    MAX_RUN_ARRAYS,
    describe_runs,
    read_runs,
    without_oldest,
)
from nn_desktop.files.project.setup_document import (
    MAX_PAIRS,
    MAX_UNIT_IDS,
    describe_ids_and_topology,
    describe_setup,
    read_fields,
)
from nn_desktop.network.topology import MAX_LAYERS, MAX_UNITS, Topology
from nn_desktop.training.runs import Runs
from nn_desktop.training.setup import Setup

FORMAT = "nn-desktop-project"
VERSION = 3
"""Grows when a reader of the old version would misunderstand a file of the new one."""
MIGRATIONS: dict[int, Callable[[dict[str, object]], dict[str, object]]] = {
    1: lambda document: document,
    2: lambda document: document,
}
"""By version: what makes of its document one of the next version."""
MAX_DOCUMENT_BYTES = 4_000_000
MAX_ARRAYS = 1000
"""Without those of the runs; version 0.1 reads no more."""
MAX_NOTES_LENGTH = 100_000
MAX_PANELS = 50
PLACES = "positions of moved parts of the drawing"
PANELS = "positions of the window's panels"


@dataclass(frozen=True, eq=False)
class ProjectContents:
    """What stands in the file of a project; the same project gives the same contents.

    Attributes
    ----------
    documents
        ``project.json``, and ``runs.json`` if there are runs, by name.
    arrays
        Arrays of the archive, by name.
    remarks
        What had to be left out, a sentence each.
    """

    documents: Mapping[str, bytes]
    arrays: Mapping[str, AnyArray]
    remarks: tuple[str, ...] = ()

    @classmethod
    def of(cls, project: Project) -> "ProjectContents":
        """Describe a project.

        Raises
        ------
        FileError
            If it is larger than what can be read again. The oldest milestones, and the oldest runs, are left
            out before that.
        """
        checkpoint = project.checkpoint
        while (whole := _encode(*_describe(replace(project, checkpoint=checkpoint)), MAX_ARRAYS)) is None:
            if not checkpoint.milestones:
                raise FileError("The project cannot be saved: its network is described by too many parts.")
            checkpoint = replace(
                checkpoint, milestones=checkpoint.milestones[len(checkpoint.milestones) // 2 + 1 :]
            )
        document, arrays = whole
        runs = project.runs
        if runs.are_none:
            return cls({KIND: document}, arrays)
        while (filed := _encode(*describe_runs(runs), MAX_RUN_ARRAYS)) is None:
            runs = without_oldest(runs)
        left_out = len(project.runs.filed) - len(runs.filed)
        remark = f"{left_out} of the filed runs did not fit into the file: delete runs of large networks."
        return cls(
            {KIND: document, DOCUMENT: filed[0]}, {**arrays, **filed[1]}, (remark,) if left_out else ()
        )

    def write(self, file: BinaryIO) -> None:
        """Write them into a binary file; the same ones give the same bytes."""
        write_archive(file, self.documents, self.arrays)

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
        if self.documents != other.documents:
            return "description"
        names = dict.fromkeys((*self.arrays, *other.arrays))
        return next((n for n in names if not _are_same(self.arrays.get(n), other.arrays.get(n))), None)


def _encode(
    document: Mapping[str, object], arrays: Mapping[str, AnyArray], most_arrays: int
) -> tuple[bytes, Mapping[str, AnyArray]] | None:
    """Return a document as JSON, and its arrays; None if they are more than what is read again."""
    text = to_document(document)
    pairs = sum(len(array) for array in arrays.values() if array.shape[1:] == (2,))
    ids = sum(len(array) for name, array in arrays.items() if name.endswith("_ids"))
    is_short = len(text) <= MAX_DOCUMENT_BYTES and len(arrays) < most_arrays
    return (text, arrays) if is_short and pairs <= MAX_PAIRS and ids <= MAX_UNIT_IDS else None


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
    milestones = checkpoint.milestones
    setups = Numbered(*setups_of(checkpoint), *(milestone.setup for milestone in milestones))
    arrays: dict[str, AnyArray] = {}
    now = describe_checkpoint(checkpoint, setups, arrays)
    arrays["moved_layers"] = _rows_of(project.layout.layers)
    arrays["moved_units"] = _rows_of(project.layout.units)
    for number in range(len(setups.values)):
        vectors = [m.vector for m in milestones if setups.number_of(m.setup) == number]
        if vectors:
            arrays[f"milestones_of_{number}"] = np.stack(vectors)
    topologies = Numbered(*(setup.topology for setup in setups.values))
    document = {
        "format": FORMAT,
        "version": _version_of(setups.values, project.runs),
        "topologies": [
            describe_ids_and_topology(topology, f"topology{number}", arrays)
            for number, topology in enumerate(topologies.values)
        ],
        "setups": [describe_setup(setup, topologies.number_of(setup.topology)) for setup in setups.values],
        "now": now,
        "milestones": [
            {"setup": setups.number_of(m.setup), "epoch": m.epoch, "updates": m.updates} for m in milestones
        ],
        "layout": {"layers": len(project.layout.layers), "units": len(project.layout.units)},
        "panels": [vars(panel) for panel in project.panels],
        "notes": project.notes,
    }
    return document, arrays


def _version_of(setups: Sequence[Setup], runs: Runs) -> int:
    if not runs.are_none:  # a program that does not know of them would lose them at its next save
        return 3
    return 2 if any(is_new_since_0_1(each.data, each.hyperparameters) for each in setups) else 1


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
    damage = Damage()
    try:
        setups = Setups(document, archive)
        checkpoint, changes = read_checkpoint(document, setups, archive, damage)
    except UserError as error:
        raise ReadError(str(error).rstrip(".")) from error
    layout = _read_layout(document, checkpoint.setup.topology, archive, damage)
    notes, panels = _read_notes(document, damage), _read_panels(document, damage)
    runs, changes_of_runs = read_runs(archive, damage)
    project = Project(checkpoint, layout, notes, panels, runs)
    return OpenedProject(project, tuple(damage.sentences), tuple(dict.fromkeys(changes + changes_of_runs)))


def _rows_of(moved: Mapping[int, Offset]) -> AnyArray:
    return np.array([[part, *offset] for part, offset in sorted(moved.items())], np.float64).reshape(-1, 3)


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


def _read_layout(
    document: Mapping[str, object], topology: Topology, archive: Archive, damage: Damage
) -> Layout:
    def read(key: str, known: Container[int]) -> dict[int, Offset]:
        return damage.optional(
            f"The {PLACES} were damaged and left out.",
            lambda: _read_offsets(read_object("layout", document.get("layout")), key, known, archive, damage),
            dict[int, Offset](),
        )

    return Layout(read("layers", topology.layer_index), read("units", topology.unit_place))


def _read_offsets(
    layout: Mapping[str, object], key: str, known: Container[int], archive: Archive, damage: Damage
) -> dict[int, Offset]:
    """Read how far layers or units were moved; what is not in the network has no place either."""
    count = read_count(layout, key, MAX_UNITS * MAX_LAYERS)
    rows = archive.array(f"moved_{key}", (count, 3), np.float64)
    offsets: dict[int, Offset] = {}

    def read(row: list[float]) -> None:
        part, right, down = row
        if part not in known or part in offsets or not all(abs(number) <= MAX_OFFSET for number in row):
            raise WrongPartError(f"layout.{key}")
        offsets[int(part)] = right, down

    damage.each(PLACES, rows.tolist(), read)
    return offsets


def _read_panels(document: Mapping[str, object], damage: Damage) -> tuple[Panel, ...]:
    described = damage.optional(
        f"The {PANELS} were damaged and left out.",
        lambda: read_list(document, "panels", MAX_PANELS),
        list[object](),
    )

    def read(each: object) -> Panel:
        return read_fields("panels", read_object("panels", each), Panel)

    return tuple(damage.each(PANELS, described, read))


def _read_notes(document: Mapping[str, object], damage: Damage) -> str:
    notes = document.get("notes")
    if not isinstance(notes, str):
        damage.leave_out("notes", is_all=True)
        return ""
    kept = writable_notes(notes)
    if kept != notes:
        damage.leave_out("notes", is_all=False)
    return kept
