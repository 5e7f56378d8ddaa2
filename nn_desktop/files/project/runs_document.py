"""How the runs of a project stand in its file: ``runs.json``, only if there are any, and arrays.

The document has

- ``topologies`` and ``setups``: those of the runs, as in `project_document`;
- ``current``: what is written on the run that is in the window: see `training.runs.RunLabel`;
- ``next_id``: the id of the next run;
- ``runs``: a list of the filed ones, the oldest first, each with ``label`` and ``moment``: its last one, as
  in `project.checkpoint_document`. The names of its arrays begin with ``runN_``, N being its id.
"""

from collections.abc import Mapping
from dataclasses import replace

from nn_desktop.arrays import AnyArray
from nn_desktop.files.native.topology_document import WrongPartError, read_object, read_value
from nn_desktop.files.project.archive import Archive
from nn_desktop.files.project.checkpoint_document import (
    Setups,
    describe_checkpoint,
    read_moment,
    setups_of,
)
from nn_desktop.files.project.parts import Damage, Numbered, read_count, read_list
from nn_desktop.files.project.setup_document import describe_ids_and_topology, describe_setup
from nn_desktop.training.runs import (
    MAX_RUN_BYTES,
    MAX_RUNS,
    Run,
    RunLabel,
    Runs,
    writable_name,
    writable_note,
)

DOCUMENT = "runs"
MAX_RUNS_DOCUMENT_BYTES = 4_000_000
MAX_RUN_ARRAYS = 3000
"""Arrays of all runs together: each has 4 to 8, and its network 1 or a few more."""
MAX_COLOUR = 1000
RUNS = "filed runs"


def describe_runs(runs: Runs) -> tuple[dict[str, object], dict[str, AnyArray]]:
    """Return runs as JSON values and arrays."""
    setups = Numbered(*(setup for run in runs.filed for setup in setups_of(run.checkpoint)))
    topologies = Numbered(*(setup.topology for setup in setups.values))
    arrays: dict[str, AnyArray] = {}
    described = [
        {
            "label": vars(run.label),
            "moment": describe_checkpoint(run.checkpoint, setups, arrays, _prefix(run.label.id)),
        }
        for run in runs.filed
    ]
    document = {
        "topologies": [
            describe_ids_and_topology(topology, f"runs_topology{number}", arrays)
            for number, topology in enumerate(topologies.values)
        ],
        "setups": [describe_setup(setup, topologies.number_of(setup.topology)) for setup in setups.values],
        "current": vars(runs.current),
        "next_id": runs.next_id,
        "runs": described,
    }
    return document, arrays


def read_runs(archive: Archive, damage: Damage) -> tuple[Runs, tuple[str, ...]]:
    """Read the runs of a project, none if it has none, and what is not as it was, a sentence each.

    Those that are damaged are left out, and parts of them that are not needed to train.
    """
    if not archive.has_document(DOCUMENT):
        return Runs(), ()
    return damage.optional(
        f"The {RUNS} were damaged and left out.",
        lambda: _read(archive.document(MAX_RUNS_DOCUMENT_BYTES, DOCUMENT), archive, damage),
        (Runs(), ()),
    )


def _read(document: Mapping[str, object], archive: Archive, damage: Damage) -> tuple[Runs, tuple[str, ...]]:
    next_id = read_count(document, "next_id")
    current = _read_label(read_object("current", document.get("current")), next_id)
    setups = Setups(document, archive)
    runs: list[Run] = []
    changes: dict[str, None] = {}
    parts = Damage()
    room = MAX_RUN_BYTES

    def read(each: object) -> None:
        nonlocal room
        described = read_object("runs", each)
        label = _read_label(read_object("runs.label", described.get("label")), next_id)
        if label.id in (current.id, *(run.label.id for run in runs)):
            raise WrongPartError("runs.label")
        moment = read_object("runs.moment", described.get("moment"))
        checkpoint, told = read_moment(moment, setups, archive, parts, _prefix(label.id))
        run = Run(label=label, checkpoint=checkpoint)
        if run.size > room:
            raise WrongPartError("runs")
        room -= run.size
        runs.append(run)
        changes.update(dict.fromkeys(told))

    damage.each(RUNS, read_list(document, "runs", MAX_RUNS), read)
    if parts.sentences:
        damage.leave_out(f"less important parts of the {RUNS}", is_all=False)
    return Runs(filed=tuple(runs), current=current, next_id=next_id), tuple(changes)


def _read_label(described: Mapping[str, object], next_id: int) -> RunLabel:
    parent = described.get("parent")
    name, note = (described.get(key) for key in ("name", "note"))
    if not isinstance(name, str) or not isinstance(note, str):
        raise WrongPartError("runs.label")
    return RunLabel(
        id=read_count(described, "id", next_id - 1),
        parent=None if parent is None else read_count(described, "parent", next_id - 1),
        colour=read_count(described, "colour", MAX_COLOUR),
        name=writable_name(name),
        note=writable_note(note),
        is_starred=read_value("runs.label.is_starred", described.get("is_starred"), bool),
    )


def without_oldest(runs: Runs) -> Runs:
    """Leave out the oldest run without a star, or the oldest one, where a file has no room for all."""
    oldest = next((run for run in runs.filed if not run.label.is_starred), runs.filed[0])
    return replace(runs, filed=tuple(run for run in runs.filed if run is not oldest))


def _prefix(number: int) -> str:
    return f"run{number}_"
