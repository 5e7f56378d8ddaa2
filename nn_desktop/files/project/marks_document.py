"""How the marks of a run stand in a project: see `project_document`.

A mark is an object with ``epoch`` (with the part of the present one), ``updates`` and ``changes``: a list of
objects with the ``name`` of a setting, or ``network``, and its values ``before`` and ``after``.
"""

import math
from collections.abc import Mapping, Sequence

from nn_desktop.files.native.topology_document import WrongPartError, read_object, read_value
from nn_desktop.files.project.parts import Damage, read_count, read_list
from nn_desktop.training.hyperparameters import Hyperparameters
from nn_desktop.training.marks import MAX_MARKS, NETWORK, Change, Mark, Value, find_setting
from nn_desktop.training.settings import SETTINGS

MARKS = "timeline's marks"


def describe_marks(marks: Sequence[Mark]) -> list[dict[str, object]]:
    """Return marks as JSON values."""
    return [
        {"epoch": mark.epoch, "updates": mark.updates, "changes": [vars(each) for each in mark.changes]}
        for mark in marks
    ]


def read_marks(described: Mapping[str, object], epoch: int, updates: int, damage: Damage) -> tuple[Mark, ...]:
    """Read the marks of a moment, up to its epoch and updates; none if there are no such, as in version 0.1.

    Those that are damaged are left out.
    """
    if "marks" not in described:
        return ()
    items = damage.optional(
        f"The {MARKS} were damaged and left out.",
        lambda: read_list(described, "marks", MAX_MARKS),
        list[object](),
    )
    marks: list[Mark] = []

    def read(each: object) -> None:
        mark = _read_mark(read_object("marks", each))
        is_later = not marks or marks[-1].updates < mark.updates
        if not (is_later and 0 < mark.updates <= updates and 0 <= mark.epoch <= epoch + 1):
            raise WrongPartError("marks")
        marks.append(mark)

    damage.each(MARKS, items, read)
    return tuple(marks)


def _read_mark(described: Mapping[str, object]) -> Mark:
    changes = read_list(described, "changes", len(SETTINGS) + 1)
    epoch = read_value("marks.epoch", described.get("epoch"), float)
    if not changes or not math.isfinite(epoch):
        raise WrongPartError("marks")
    return Mark(
        epoch=epoch,
        updates=read_count(described, "updates"),
        changes=tuple(_read_change(read_object("marks.changes", each)) for each in changes),
    )


def _read_change(described: Mapping[str, object]) -> Change:
    name = read_value("marks.changes.name", described.get("name"), str)
    before, after = (_read_of(name, described.get(key)) for key in ("before", "after"))
    return Change(name=name, before=before, after=after)


def _read_of(name: str, value: object) -> Value:
    """Read a value that a setting, or the network, can have; raises `UserError` for another one."""
    setting = find_setting(name)
    if setting is not None:
        read: Value = read_value("marks.changes", value, setting.kind)
        setting.put_in(Hyperparameters(), read)
        return read
    if name != NETWORK:
        raise WrongPartError("marks.changes")
    return read_value("marks.changes", value, str)
