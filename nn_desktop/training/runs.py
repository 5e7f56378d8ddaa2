"""The runs of a project: one is in the window, and those before it are filed, in bounded number.

All of this is immutable: whoever files a run or changes its note gets other `Runs`, and can go back to the
ones of before.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from nn_desktop.data.dataset import Task
from nn_desktop.errors import UserError
from nn_desktop.network.notation import format_layers
from nn_desktop.network.topology import Topology
from nn_desktop.texts import one_line, shown
from nn_desktop.training.checkpoints import Best, Checkpoint
from nn_desktop.training.history import History
from nn_desktop.training.marks import Mark, Value
from nn_desktop.training.setting import Setting
from nn_desktop.training.settings import SETTINGS
from nn_desktop.training.setup import Setup

MAX_RUNS = 200
MAX_RUN_BYTES = 64_000_000
"""Numbers of all filed runs together."""
MAX_NAME_LENGTH = 100
MAX_NOTE_LENGTH = 2000


class RunsError(UserError):
    """A run that is not there."""


@dataclass(frozen=True, kw_only=True)
class RunLabel:
    """Which run it is, and what somebody wrote on it.

    Attributes
    ----------
    id
        No other run of the project has or had it.
    parent
        The run that it was forked from; it may have been deleted since. None if it began anew.
    colour
        Which colour of a palette it has.
    name, note
        One line, and a text.
    is_starred
        Whether it is to be kept as long as there is room.
    """

    id: int
    parent: int | None = None
    colour: int = 0
    name: str = ""
    note: str = ""
    is_starred: bool = False

    @property
    def title(self) -> str:
        """What it is called: by its number if it has no name."""
        return self.name or f"run {self.id + 1}"

    @property
    def is_written_on(self) -> bool:
        """Whether somebody gave it a name, a note or a star."""
        return bool(self.name or self.note or self.is_starred)


@dataclass(frozen=True, kw_only=True, eq=False)
class Run:
    """A run that was filed.

    Attributes
    ----------
    label
        Which one it is.
    checkpoint
        Its last moment, without milestones, which would take too much room.
    """

    label: RunLabel
    checkpoint: Checkpoint

    @property
    def setup(self) -> Setup:
        """What was trained on what and how, in the end."""
        return self.checkpoint.setup

    @property
    def history(self) -> History:
        """The losses so far."""
        return self.checkpoint.history

    @property
    def best(self) -> Best | None:
        """Its best moment."""
        return self.checkpoint.best

    @property
    def marks(self) -> tuple[Mark, ...]:
        """Where its settings changed."""
        return self.checkpoint.marks

    @property
    def size(self) -> int:
        """The bytes of its numbers."""
        last, best, initial = self.checkpoint, self.best, self.checkpoint.initial
        kept = (last.parameters, initial.parameters, initial.user_set, *last.optimizer_state.vectors.values())
        vectors = [part.vector for part in kept if part is not None]
        vectors += [] if best is None else [best.milestone.vector]
        return sum(vector.nbytes for vector in (*vectors, last.order, last.history.rows()))


@dataclass(frozen=True, kw_only=True, eq=False)
class Runs:
    """The runs of a project.

    Attributes
    ----------
    filed
        Those that are filed, the oldest first.
    current
        The one that is in the window.
    next_id
        Of the next one that begins.
    """

    filed: tuple[Run, ...] = ()
    current: RunLabel = field(default_factory=lambda: RunLabel(id=0))
    next_id: int = 1

    @property
    def are_none(self) -> bool:
        """Whether nothing is filed, and nothing written on the one in the window."""
        return not self.filed and self.current == RunLabel(id=0)

    @property
    def labels(self) -> tuple[RunLabel, ...]:
        """Of all runs, the one in the window last."""
        return (*(run.label for run in self.filed), self.current)

    def run(self, number: int) -> Run:
        """Return a filed run by its id; raises `RunsError` if there is none."""
        run = next((run for run in self.filed if run.label.id == number), None)
        if run is None:
            raise RunsError(f"There is no run {number + 1} any more: choose another one.")
        return run


@dataclass(frozen=True, kw_only=True, eq=False)
class Filed:
    """Runs after one more was filed.

    Attributes
    ----------
    runs
        All that are kept.
    forgotten
        Those for which there is no room any more.
    """

    runs: Runs
    forgotten: tuple[Run, ...] = ()

    @property
    def sentence(self) -> str:
        """What was forgotten and why, in English; empty if nothing was."""
        if not self.forgotten:
            return ""
        titles = [f'"{shown(run.label.title)}"' for run in self.forgotten[:3]]
        more = f" and {len(self.forgotten) - 3} more" if len(self.forgotten) > 3 else ""
        were = "was" if len(self.forgotten) == 1 else "were"
        return (
            f"{', '.join(titles)}{more} {were} left out of the runs, which hold {MAX_RUNS} and "
            f"{MAX_RUN_BYTES // 1_000_000} MB: the oldest without a star go first, and undo brings them back."
        )


def file_run(runs: Runs, checkpoint: Checkpoint, is_fork: bool = False) -> Filed:
    """File the run in the window, for another one to begin.

    One that has learned nothing is not filed: it stays, with what was written on it, and begins anew.

    Parameters
    ----------
    runs
        Those so far.
    checkpoint
        The last moment of the run in the window.
    is_fork
        Whether the next run goes on from a moment of it.
    """
    if not checkpoint.updates:
        return Filed(runs=runs)
    filed = _with_current(runs, checkpoint)
    parent = runs.current.id if is_fork else None
    label = RunLabel(id=runs.next_id, parent=parent, colour=_free_colour(filed.runs.filed))
    return replace(filed, runs=replace(filed.runs, current=label, next_id=runs.next_id + 1))


def take_up(runs: Runs, number: int, checkpoint: Checkpoint) -> Filed:
    """File the run in the window, and take up a filed one again, which then is in the window.

    One that has learned nothing is filed only if somebody wrote something on it.

    Parameters
    ----------
    runs
        Those so far.
    number
        Id of the run that is taken up.
    checkpoint
        The last moment of the run in the window.

    Raises
    ------
    RunsError
        If it is not there.
    """
    run = runs.run(number)
    others = delete_run(runs, number)
    is_worth_it = checkpoint.updates > 0 or runs.current.is_written_on
    filed = _with_current(others, checkpoint) if is_worth_it else Filed(runs=others)
    return replace(filed, runs=replace(filed.runs, current=run.label))


def delete_run(runs: Runs, number: int) -> Runs:
    """Leave out a filed run; raises `RunsError` if it is not there."""
    gone = runs.run(number)
    return replace(runs, filed=tuple(run for run in runs.filed if run is not gone))


def star_run(runs: Runs, number: int, is_starred: bool) -> Runs:
    """Put a star on a run, filed or in the window, or take it away; raises `RunsError` if it is not there."""
    return _with_label(runs, replace(_label(runs, number), is_starred=is_starred))


def name_run(runs: Runs, number: int, name: str) -> Runs:
    """Give a run a name of one line; an empty one takes it away. Raises `RunsError` if it is not there."""
    return _with_label(runs, replace(_label(runs, number), name=writable_name(name)))


def note_run(runs: Runs, number: int, note: str) -> Runs:
    """Write a note on a run; raises `RunsError` if it is not there."""
    return _with_label(runs, replace(_label(runs, number), note=writable_note(note)))


def writable_name(name: str) -> str:
    """Return what a file can hold of a name."""
    return one_line(name).strip()[:MAX_NAME_LENGTH].strip()


def writable_note(note: str) -> str:
    """Return what a file can hold of a note: not too much, and no half of a pair of surrogates."""
    return note.encode("utf-8", "ignore").decode()[:MAX_NOTE_LENGTH]


@dataclass(frozen=True, kw_only=True)
class Difference:
    """Something in which setups differ.

    Attributes
    ----------
    name
        Of the setting, or ``dataset``, ``network`` or ``split``.
    noun
        What it is called, in English.
    values
        What each of the setups has, in their order; None where it does not apply.
    texts
        The same in words, empty where it does not apply.
    """

    name: str
    noun: str
    values: tuple[Value | None, ...]
    texts: tuple[str, ...]


def what_differs(setups: Sequence[Setup]) -> tuple[Difference, ...]:
    """Return all in which some setups differ: the network, the dataset and each of the settings."""
    networks = _network_texts([setup.topology for setup in setups])
    sources = tuple(setup.data.source.name for setup in setups)
    found = [
        Difference(name="network", noun="network", values=networks, texts=networks),
        Difference(name="dataset", noun="dataset", values=sources, texts=sources),
    ]
    found = [difference for difference in found if len(set(difference.values)) > 1]
    splits = tuple(_split_text(setup) for setup in setups)
    if len({*splits} - {""}) > 1:  # the same settings then take other samples for training
        values = tuple(text or None for text in splits)
        found.append(Difference(name="split", noun="split", values=values, texts=splits))
    for setting in SETTINGS:
        values = tuple(setting.get(setup) if setting.applies_to(setup) else None for setup in setups)
        if len(set(values)) > 1:
            noun = setting.noun or setting.name.replace("_", " ")
            texts = tuple(_in_words(setting, value) for value in values)
            name = f"{setting.part} {setting.name}"
            found.append(Difference(name=name, noun=noun, values=values, texts=texts))
    return tuple(found)


def _split_text(setup: Setup) -> str:
    """Return how many samples the share for training is; nothing where there are no classes."""
    data = setup.data
    return "" if data.source.task is Task.REGRESSION else str(data.split).replace("-", " ")


def _in_words(setting: Setting[Value], value: Value | None) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return setting.title_of(value)


def bounded(filed: Sequence[Run]) -> tuple[tuple[Run, ...], tuple[Run, ...]]:
    """Return which runs there is room for, and which not: the oldest without a star go first.

    The newest one goes only if it is too large alone.
    """
    kept, gone = list(filed), list[Run]()
    if kept and kept[-1].size > MAX_RUN_BYTES:
        gone.append(kept.pop())
    size = sum(run.size for run in kept)
    while len(kept) > MAX_RUNS or size > MAX_RUN_BYTES:
        oldest = next((run for run in kept[:-1] if not run.label.is_starred), kept[0])
        kept.remove(oldest)
        gone.append(oldest)
        size -= oldest.size
    return tuple(kept), tuple(gone)


def _with_current(runs: Runs, checkpoint: Checkpoint) -> Filed:
    newest = Run(label=runs.current, checkpoint=replace(checkpoint, milestones=()))
    kept, forgotten = bounded((*runs.filed, newest))
    return Filed(runs=replace(runs, filed=kept), forgotten=forgotten)


def _free_colour(filed: Sequence[Run]) -> int:
    taken = {run.label.colour for run in filed}
    return next(colour for colour in range(len(taken) + 1) if colour not in taken)


def _label(runs: Runs, number: int) -> RunLabel:
    return runs.current if runs.current.id == number else runs.run(number).label


def _with_label(runs: Runs, label: RunLabel) -> Runs:
    if runs.current.id == label.id:
        return replace(runs, current=label)
    filed = (replace(run, label=label) if run.label.id == label.id else run for run in runs.filed)
    return replace(runs, filed=tuple(filed))


def _network_texts(topologies: Sequence[Topology]) -> tuple[str, ...]:
    """Write networks so that different ones differ, though they may have the same layers."""
    kinds: dict[str, list[Topology]] = {}
    texts = []
    for topology in topologies:
        layers = format_layers(topology)
        alike = kinds.setdefault(layers, [])
        if topology not in alike:
            alike.append(topology)
        number = alike.index(topology) + 1
        texts.append(layers if number == 1 else f"{layers} ({number})")
    return tuple(texts)
