"""A project: all that there is to go on exactly where one stopped."""

from dataclasses import dataclass, field

from nn_desktop.drawing.placement import AUTOMATIC, Layout
from nn_desktop.training.checkpoints import Checkpoint
from nn_desktop.training.runs import Runs

SUFFIX = ".nnd"
BACKUP_SUFFIX = ".bak"
"""Follows the whole name of a project file: the version before the last one that was saved."""


@dataclass(frozen=True)
class Panel:
    """Where a panel of the window is.

    Attributes
    ----------
    name
        Object name of the panel's dock.
    area
        ``left``, ``right``, ``top`` or ``bottom``.
    is_shown
        Whether it is open.
    width, height
        In pixels; 0 if it is not seen, behind another one.
    behind
        The panel that it is a tab with, and which comes before it; empty for none.
    """

    name: str
    area: str
    is_shown: bool
    width: int
    height: int
    behind: str = ""


@dataclass(frozen=True, eq=False)
class Project:
    """What a project file holds.

    Attributes
    ----------
    checkpoint
        Setup, parameters and the exact position of the training, with its history and milestones.
    layout
        Offsets of the units and layers that were moved in the drawing.
    notes
        The user's notes.
    panels
        Where the window's panels were; empty if nobody knows.
    runs
        Those that were filed, and what is written on the one that `checkpoint` belongs to.
    """

    checkpoint: Checkpoint
    layout: Layout = AUTOMATIC
    notes: str = ""
    panels: tuple[Panel, ...] = ()
    runs: Runs = field(default_factory=Runs)


@dataclass(frozen=True, eq=False)
class OpenedProject:
    """A project that was read.

    Attributes
    ----------
    project
        The project, without the parts that were damaged.
    damage
        Parts that were damaged and left out, since training needs none of them: one sentence each. Empty for
        a file that is as it was written.
    changes
        What else is not as it was, one sentence each.
    """

    project: Project
    damage: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()

    @property
    def remarks(self) -> tuple[str, ...]:
        """All that is to be said of it, one sentence each."""
        return (*self.damage, *self.changes)


def is_project(name: str) -> bool:
    """Tell by the name of a file whether it is a project, or the backup of one."""
    return name.lower().removesuffix(BACKUP_SUFFIX).endswith(SUFFIX)
