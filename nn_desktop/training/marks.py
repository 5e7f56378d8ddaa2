"""Where the settings of a run were changed on its way: what the timeline and the loss curve mark."""

from dataclasses import dataclass

from nn_desktop.network.notation import format_layers
from nn_desktop.texts import shown
from nn_desktop.training.setting import Part, Setting
from nn_desktop.training.settings import settings_of
from nn_desktop.training.setup import Setup
from nn_desktop.training.walk import Walk

NETWORK = "network"
"""What stands for a change of the network itself, which is none of the settings."""
MAX_MARKS = 200
Value = str | float | bool
"""A whole number is a `float` to a type checker, and a choice is a `str`."""


@dataclass(frozen=True, kw_only=True)
class Change:
    """Something that was set to another value.

    Attributes
    ----------
    name
        Of the setting, or `NETWORK`.
    before, after
        Its values; of the network the units of its layers, which may be the same where connections changed.
    """

    name: str
    before: Value
    after: Value

    @property
    def setting(self) -> Setting[Value] | None:
        """The row of the setting; None for the network."""
        return find_setting(self.name)

    @property
    def sentence(self) -> str:
        """What changed, in English: ``learning rate 0.05 → 0.1``."""
        setting = self.setting
        if setting is None:
            return f"{NETWORK} {self.before} → {self.after}"
        return f"{setting.noun} {setting.title_of(self.before)} → {setting.title_of(self.after)}"


@dataclass(frozen=True, kw_only=True)
class Mark:
    """A moment at which something was set to other values.

    Attributes
    ----------
    epoch
        Epochs so far, with the part of the present one.
    updates
        Updates so far.
    changes
        What changed there.
    """

    epoch: float
    updates: int
    changes: tuple[Change, ...]


def find_setting(name: str) -> Setting[Value] | None:
    """Return the hyperparameter of a name; None if there is none."""
    return next((setting for setting in settings_of(Part.HYPERPARAMETERS) if setting.name == name), None)


def changes_between(before: Setup, after: Setup) -> tuple[Change, ...]:
    """Return what differs in the network and in the hyperparameters of two setups."""
    changes = [
        Change(name=setting.name, before=setting.get(before), after=setting.get(after))
        for setting in settings_of(Part.HYPERPARAMETERS)
        if setting.get(before) != setting.get(after)
    ]
    if before.topology != after.topology:
        layers = [shown(format_layers(setup.topology)) for setup in (before, after)]
        changes.append(Change(name=NETWORK, before=layers[0], after=layers[1]))
    return tuple(changes)


def marked(marks: tuple[Mark, ...], before: Setup, after: Setup, walk: Walk) -> tuple[Mark, ...]:
    """Return marks with one more for a change of the setup, in bounded number: the oldest go first.

    Changes at the same moment are one mark, and what is back at its value there is none. Before the first
    update nothing is marked: a run begins with what is set then.

    Parameters
    ----------
    marks
        Those of the run so far.
    before, after
        What was set, and what is.
    walk
        How far training has come.
    """
    changes = changes_between(before, after)
    if not walk.updates or not changes:
        return marks
    if marks and marks[-1].updates == walk.updates:
        changes = _joined(marks[-1].changes, changes)
        marks = marks[:-1]
    newest = Mark(epoch=walk.epochs, updates=walk.updates, changes=changes)
    return (*marks, newest)[-MAX_MARKS:] if changes else marks


def marks_until(marks: tuple[Mark, ...], updates: int) -> tuple[Mark, ...]:
    """Return the marks before a moment that was kept, whose setup was as it was when training came there."""
    return tuple(mark for mark in marks if mark.updates < updates)


def _joined(first: tuple[Change, ...], then: tuple[Change, ...]) -> tuple[Change, ...]:
    began = {change.name: change.before for change in (*then, *first)}
    ended = {change.name: change.after for change in (*first, *then)}
    joined = (Change(name=name, before=began[name], after=after) for name, after in ended.items())
    # The same layers may have other connections.
    return tuple(change for change in joined if change.name == NETWORK or change.before != change.after)
