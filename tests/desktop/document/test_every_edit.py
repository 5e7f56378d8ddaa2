"""Any sequence of edits leaves a network that can be, can learn, can be saved, and undone to the first.

``NN_DESKTOP_EXAMPLES=2000`` tries as many sequences of each kind, and a few only if it is not set.
"""

import gc
import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from known_data import make_setup
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtGui import QUndoCommand
from reopening import contents, reopened

from nn_desktop.data.catalogue import CATALOGUE
from nn_desktop.data.source import load
from nn_desktop.desktop.document import undo_steps
from nn_desktop.desktop.document.document import make_document
from nn_desktop.desktop.document.editor import NetworkEditor, moved
from nn_desktop.desktop.document.runs_editor import RunsEditor
from nn_desktop.desktop.document.selection import Selection
from nn_desktop.desktop.document.selection_editor import SelectionEditor
from nn_desktop.desktop.document.undo_history import UNDO_LIMIT
from nn_desktop.desktop.document.undo_steps import LayoutCommand, RunsCommand
from nn_desktop.desktop.project.reader import ProjectReader
from nn_desktop.drawing.placement import Layout
from nn_desktop.engines.available import available_engines
from nn_desktop.engines.descent import Descent
from nn_desktop.engines.engine import MakeEngine
from nn_desktop.engines.names import Precision
from nn_desktop.errors import UserError
from nn_desktop.files.project.about import About
from nn_desktop.files.project.project import Panel, Project
from nn_desktop.files.project.project_document import MAX_NOTES_LENGTH
from nn_desktop.files.project.project_file import open_project
from nn_desktop.files.project.recovery import RecoveryFolder
from nn_desktop.network import edits
from nn_desktop.network.fragment import Fragment
from nn_desktop.network.functions import Activation, Initializer
from nn_desktop.network.notation import parse_layers
from nn_desktop.network.parameters import Parameters, connection_mask, learning_mask
from nn_desktop.network.topology import Pair, Topology
from nn_desktop.training.examples import EXAMPLES, Example
from nn_desktop.training.runs import Runs, file_run
from nn_desktop.training.session import Session
from nn_desktop.training.settings import DATA_SEED, INITIALIZER, LEARNING_RATE, PRECISION, SEED
from nn_desktop.training.setup import Setup

ENGINES = tuple(available_engines().values())
"""All that there are: each has to manage whatever network an edit makes."""
FIRST = (("sine", "1-4-3-1"), ("sine", "1-1"), ("circle", "2-3-1"), ("iris", "4-3-3"))
DATASETS = ("sine", "circle", "iris")
LARGEST = 400
"""Weights above which nothing is added, so that a step stays quick."""
NUMBERS = ("0", "1", "-0.25", "2,5", "−1.5", "1e-3")
EXTREME = ("1e38", "-3e38", "1e39", "1e100", "-1e308", "1e-320", "1e-45", "-0.0")
MAX_LEARNED = 1e3
"""Of parameters up to that an update is finite; beyond, a run may diverge at once."""
NOTES = (
    "",
    "plain",
    "two\nlines\x00\u202e",
    "η = 0.05 😀",
    "half a pair \ud83d",
    "x" * (MAX_NOTES_LENGTH + 5),
)
PANELS = (Panel("dock_data", "left", True, 232, 400), Panel("dock_fit", "right", False, 0, 0, "dock_data"))
NO_NUMBERS = ("", "abc", "nan", "1e999", "--1")
SAMPLES = 12
SETTINGS = settings(
    max_examples=int(os.environ.get("NN_DESKTOP_EXAMPLES", "10")),
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)


@dataclass(frozen=True)
class State:
    """What the document and its session are at one place of the undo stack."""

    setup: Setup
    layout: Layout
    bits: bytes
    start: bytes | None
    """Of parameters that were given, which a reset comes back to."""
    runs: tuple[object, ...]


def named(parameters: Parameters) -> dict[int | Pair, float]:
    """Return every weight by its two units, and every bias by its unit."""
    topology = parameters.topology
    weights = {pair: parameters.weight(*pair) for pair in topology.connections()}
    return weights | {unit: parameters.bias(unit) for layer in topology.layers[1:] for unit in layer.units}


def check_topology(topology: Topology) -> None:
    assert Topology(topology.layers, topology.links, topology.next_id) == topology
    for source, target in topology.connections():
        assert topology.unit_place[source][0] < topology.unit_place[target][0]
    for link in topology.links:
        assert topology.count(link) > 0
        assert all(link.has(*pair) for pair in link.frozen), "what is not there is not frozen"


def check_session(setup: Setup, session: Session) -> None:
    """Runs where the session lives."""
    parameters = session.parameters
    assert session.setup == setup
    assert parameters.topology == setup.topology
    assert session._engine.parameters is parameters
    dataset = load(setup.data)
    assert session.dataset.inputs.tobytes() == dataset.inputs.tobytes()
    assert session.dataset.train.tobytes() == dataset.train.tobytes()
    assert parameters.vector.dtype == np.dtype(setup.hyperparameters.precision)
    assert np.isfinite(parameters.vector).all()
    there = connection_mask(setup.topology)
    if there is not None:
        assert not parameters.vector[~there].any(), "a removed connection carries something"
    if np.abs(parameters.vector).max() <= MAX_LEARNED:
        for make_engine in ENGINES:
            check_update(make_engine, session)


def check_update(make_engine: MakeEngine, session: Session) -> None:
    """One update of a copy is finite, and changes nothing that does not learn."""
    samples, copy = session.samples, session.parameters.copy()
    problem = samples.problem(session.setup.hyperparameters.loss)
    engine = make_engine(copy, problem, Descent(learning_rate=1e-3))
    losses = engine.train(np.arange(SAMPLES), SAMPLES)
    assert losses.shape == (1,)
    assert np.isfinite(losses).all()
    assert np.isfinite(copy.vector).all()
    learns = learning_mask(copy.topology)
    if learns is not None:
        np.testing.assert_array_equal(copy.vector[~learns], session.parameters.vector[~learns])


def numbers_of(session: Session) -> tuple[bytes, bytes | None]:
    start = session.checkpoint().initial.parameters
    assert start is None or start.topology == session.setup.topology
    return session.parameters.vector.tobytes(), None if start is None else start.vector.tobytes()


def contents_of(runs: Runs) -> tuple[object, ...]:
    filed = [
        (run.label, run.checkpoint.updates, run.checkpoint.parameters.vector.tobytes()) for run in runs.filed
    ]
    return runs.current, runs.next_id, *filed


def some_runs(setup: Setup) -> Runs:
    """Two runs that were filed, the second one of a network that grew."""
    session, runs = Session(setup), Runs()
    for updates in (7, 3):
        session.advance(updates)
        runs = file_run(runs, session.checkpoint()).runs
        session.change(setup.with_topology(edits.add_units(setup.topology, setup.topology.layers[1].id, 0)))
        session.reset()
    return runs


class EveryEdit(RuleBasedStateMachine):
    """Edits alone: the parameters are a function of where one is on the undo stack."""

    def __init__(self) -> None:
        super().__init__()
        self._merge_seconds = undo_steps.MERGE_SECONDS
        self.fragments: list[Fragment] = []
        self.gone: list[int] = []
        """Layers and units of before: some are not there any more."""
        self.told: list[str] = []
        self.may_change: set[int | Pair] = set()
        """Numbers that the present step is allowed to change."""
        self.saved: list[Project] = []

    @initialize(first=st.sampled_from(FIRST), merges=st.booleans(), has_runs=st.booleans())
    def begin(self, first: tuple[str, str], merges: bool, has_runs: bool = False) -> None:
        undo_steps.MERGE_SECONDS = 1e9 if merges else -1.0  # whatever the speed of the machine
        setup = make_setup(first[0], parse_layers(first[1]), Activation.TANH)
        self.document, self.trainer = make_document(setup)
        self.document.refused.connect(self.told.append)
        self.trainer.failed.connect(self.told.append)
        self.document.confirmation_needed.connect(lambda text, again: again())
        if has_runs and len(setup.topology.layers) > 2:
            checkpoint = self.document.checkpoint_of(setup)
            self.document.go_to("open project", checkpoint, runs=some_runs(setup))
            self.document.undo_stack.clear()
        self.stack = self.document.undo_stack
        self.selection = Selection(self.document)
        self.editor = NetworkEditor(self.document, self.selection)
        self.runs_editor = RunsEditor(self.document)
        self.folder = tempfile.TemporaryDirectory()
        self.project = ProjectReader(self.document, self.trainer, lambda: PANELS)
        self.kept = RecoveryFolder.make(Path(self.folder.name))
        self.states = [self.state()]

    def teardown(self) -> None:
        if not hasattr(self, "document"):
            return
        try:
            self.check_all_undone_and_redone()
            assert self.trainer._worker.take_error() is None
        finally:
            undo_steps.MERGE_SECONDS = self._merge_seconds
            assert self.trainer.close()
            self.kept.remove()
            self.folder.cleanup()
            for part in (self.project, self.editor, self.selection, self.document, self.trainer):
                part.deleteLater()
            QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
            gc.collect()  # hundreds of documents would be left until the end of the test

    # What is looked at

    @property
    def topology(self) -> Topology:
        return self.document.setup.topology

    def ask(self, task: Callable[[Session], object]) -> object:
        return self.trainer.post(task).result(20)

    def state(self) -> State:
        bits, start = self.ask(numbers_of)
        runs = contents_of(self.document.runs)
        return State(self.document.setup, self.document.layout, bits, start, runs)

    def check_all_undone_and_redone(self) -> None:
        for _ in range(2):
            while self.stack.canUndo():
                self.stack.undo()
            self.check_same(self.states[0])
            while self.stack.canRedo():
                self.stack.redo()
            self.check_same(self.states[-1])

    def check_same(self, expected: State) -> None:
        now = self.state()
        assert now.setup == expected.setup
        assert now.layout == expected.layout
        assert (now.bits, now.start) == (expected.bits, expected.start)
        assert now.runs == expected.runs
        self.ask(lambda session: check_session(expected.setup, session))

    def do(self, edit: Callable[[], object]) -> None:
        """Make an edit, and follow what became of the undo stack."""
        index, count, before = self.stack.index(), self.stack.count(), self.state()
        known = self.known_numbers()
        self.told.clear()
        edit()
        is_taken_back = self.hear_of_failure()
        if self.told:
            assert all(text.strip() and text[-1] in ".:" for text in self.told), "says why in a sentence"
            assert not any("damaged" in text for text in self.told), "no edit makes what cannot be"
        after = self.state()
        if is_taken_back:
            assert (self.stack.index(), self.stack.count()) == (index, index), (
                "what was undone before is gone"
            )
            assert after == before
            self.states = self.states[: index + 1]
        elif self.stack.index() == index + 1:
            assert self.stack.count() == index + 1
            self.states = [*self.states[: index + 1], after]
        elif self.stack.index() == index and after != before:  # merged with the step before
            assert self.stack.count() == index
            self.states = [*self.states[:index], after]
        elif self.stack.index() == index - 1:  # merged with the step before, and back where that began
            assert self.stack.count() == index - 1
            assert after == self.states[index - 1]
            self.states = self.states[:index]
        else:
            assert (self.stack.index(), self.stack.count()) == (index, count)
            assert after == before
        self.check_kept(known)
        self.may_change.clear()
        self.gone += [part for part in self.parts(before.setup.topology) if part not in self.gone]

    def hear_of_failure(self) -> bool:
        """Let the window hear of it if the training refused a change; tell whether it did."""
        self.ask(lambda session: None)
        error = self.trainer._worker._error
        if error is None:
            return False
        assert isinstance(error, UserError), error
        for _ in range(2):  # the failure, and the moment that follows it
            self.trainer._on_frame()
            self.trainer._on_frame_end()
            self.ask(lambda session: None)
        assert self.told == [str(error)]
        return True

    def known_numbers(self) -> dict[int | Pair, float] | None:
        """Return the numbers that have to survive an edit of the network; None if it begins anew."""
        return None

    def check_kept(self, known: dict[int | Pair, float] | None) -> None:
        """Compare with what survived."""

    # What is chosen

    def parts(self, topology: Topology) -> list[int]:
        return [part for layer in topology.layers for part in (layer.id, *layer.units)]

    def some_gone(self) -> list[int]:
        return self.gone[-2:]

    def a_layer(self, data: st.DataObject) -> int:
        return data.draw(st.sampled_from([*self.topology.layer_index, *self.some_gone()]), "layer")

    def a_unit(self, data: st.DataObject) -> int:
        return data.draw(st.sampled_from([*self.topology.unit_place, *self.some_gone()]), "unit")

    def some_units(self, data: st.DataObject) -> list[int]:
        return data.draw(st.lists(st.sampled_from([*self.topology.unit_place]), max_size=4, unique=True))

    def some_layers(self, data: st.DataObject) -> list[int]:
        return data.draw(st.lists(st.sampled_from([*self.topology.layer_index]), max_size=2, unique=True))

    def some_connections(self, data: st.DataObject) -> list[Pair]:
        there = [*self.topology.connections()]
        wanted = st.lists(st.sampled_from(there), max_size=4, unique=True) if there else st.just([])
        return data.draw(wanted, "connections")

    def is_small(self) -> bool:
        return self.topology.weight_count < LARGEST and len(self.topology.layers) < 12

    # Units and layers

    @precondition(is_small)
    @rule(data=st.data(), place=st.integers(0, 3), count=st.integers(1, 2))
    def add_units(self, data: st.DataObject, place: int, count: int) -> None:
        layer = self.a_layer(data)
        if layer in self.topology.layer_index:
            place = min(place, len(self.topology.layer(layer).units))
        self.do(lambda: self.editor.add_units(layer, place, count))

    @precondition(is_small)
    @rule(data=st.data())
    def add_unit(self, data: st.DataObject) -> None:
        layer = self.a_layer(data)
        self.do(lambda: self.editor.add_units(layer))

    @rule(data=st.data())
    def drop_unit(self, data: st.DataObject) -> None:
        layer = self.a_layer(data)
        self.do(lambda: self.editor.drop_unit(layer))

    @rule(data=st.data(), size=st.integers(0, 6))
    def resize_layer(self, data: st.DataObject, size: int) -> None:
        layer = self.a_layer(data)
        self.do(lambda: self.editor.resize_layer(layer, size))

    @precondition(is_small)
    @rule(index=st.integers(-1, 6), size=st.integers(0, 4))
    def insert_layer(self, index: int, size: int) -> None:
        self.do(lambda: self.editor.insert_layer(index, size))

    @rule(data=st.data())
    def remove_layer(self, data: st.DataObject) -> None:
        layer = self.a_layer(data)
        self.do(lambda: self.editor.remove_layer(layer))

    @rule(data=st.data(), index=st.integers(-1, 6))
    def move_layer(self, data: st.DataObject, index: int) -> None:
        layer = self.a_layer(data)
        self.do(lambda: self.editor.move_layer(layer, index))

    @rule(data=st.data(), place=st.integers(0, 5))
    def move_unit(self, data: st.DataObject, place: int) -> None:
        unit = self.a_unit(data)
        self.do(lambda: self.editor.move_unit(unit, place))

    @rule(data=st.data(), activation=st.sampled_from(Activation))
    def set_activation(self, data: st.DataObject, activation: Activation) -> None:
        layer = self.a_layer(data)
        self.do(lambda: self.editor.set_activation(layer, activation))

    @rule(data=st.data(), name=st.sampled_from(("", "edges", " two  words ", "x" * 61, "a\x00b")))
    def rename_layer(self, data: st.DataObject, name: str) -> None:
        layer = self.a_layer(data)
        self.do(lambda: self.editor.rename_layer(layer, name))

    @rule(data=st.data(), initializer=st.sampled_from((None, *Initializer)))
    def set_initializer(self, data: st.DataObject, initializer: Initializer | None) -> None:
        layer = self.a_layer(data)
        if layer in self.topology.layer_index and self.ask(lambda session: session.updates) == 0:
            units = self.topology.layer(layer).units  # the weights into it are drawn anew
            self.may_change |= {pair for pair in self.topology.connections() if pair[1] in units}
        self.do(lambda: self.editor.set_initializer(layer, initializer))

    @rule(data=st.data(), frozen=st.booleans())
    def freeze_layer(self, data: st.DataObject, frozen: bool) -> None:
        layer = self.a_layer(data)
        self.do(lambda: self.editor.freeze_layer(layer, frozen))

    # Connections

    @rule(data=st.data())
    def connect_units(self, data: st.DataObject) -> None:
        source, target = self.a_unit(data), self.a_unit(data)
        refused = self.editor.explain_connection(source, target)
        said: list[str] = []
        self.do(lambda: said.append(self.editor.connect_parts(source, target)))
        assert said == [refused]

    @rule(data=st.data())
    def link_layers(self, data: st.DataObject) -> None:
        source, target = self.a_layer(data), self.a_layer(data)
        self.do(lambda: self.editor.connect_parts(source, target))

    @rule(data=st.data(), frozen=st.booleans())
    def freeze_connections(self, data: st.DataObject, frozen: bool) -> None:
        connections = self.some_connections(data)
        self.do(lambda: self.editor.freeze_connections(connections, frozen))

    @rule(data=st.data())
    def erase_connections(self, data: st.DataObject) -> None:
        connections = self.some_connections(data)
        self.do(lambda: self.editor.erase((), connections))

    @rule(data=st.data())
    def erase(self, data: st.DataObject) -> None:
        units, layers = self.some_units(data), self.some_layers(data)
        connections = self.some_connections(data)
        self.do(lambda: self.editor.erase([*units, *self.some_gone()], connections, layers))

    @rule(data=st.data(), which=st.sampled_from((0, -1)))
    def erase_ends(self, data: st.DataObject, which: int) -> None:
        units = data.draw(st.lists(st.sampled_from(self.topology.layers[which].units), unique=True))
        self.do(lambda: self.editor.erase(units))

    @rule(
        data=st.data(), first=st.sampled_from(("freeze", "erase")), then=st.sampled_from(("erase", "remove"))
    )
    def edit_one_part_twice(self, data: st.DataObject, first: str, then: str) -> None:
        connections = self.some_connections(data)
        if first == "freeze":
            self.do(lambda: self.editor.freeze_connections(connections, True))
        else:
            self.do(lambda: self.editor.erase((), connections))
        if then == "erase":
            self.do(lambda: self.editor.erase((), connections[:1]))
            self.do(lambda: [self.editor.connect_parts(*pair) for pair in connections[:1]])
        else:
            self.do(lambda: self.editor.erase([unit for pair in connections[:1] for unit in pair]))

    @rule()
    def clear(self) -> None:
        self.do(self.editor.clear)

    # Whole pieces

    @rule(data=st.data(), with_numbers=st.booleans())
    def copy(self, data: st.DataObject, with_numbers: bool) -> None:
        layers = self.some_layers(data)
        numbers = self.ask(lambda session: session.parameters.copy())
        if not with_numbers:
            layers = layers or [layer.id for layer in self.topology.layers]
            numbers = Parameters.zeros(make_setup("sine", parse_layers("1-9-1"), Activation.TANH).topology)
        self.fragments = [*self.fragments[-3:], self.editor.copy(layers, numbers)]

    @precondition(lambda self: self.is_small() and self.fragments)
    @rule(data=st.data())
    def paste(self, data: st.DataObject) -> None:
        fragment = data.draw(st.sampled_from(self.fragments), "fragment")
        if fragment.is_whole:  # the ends stay, with what was pasted into them
            first, last = self.topology.layers[0], self.topology.layers[-1]
            self.may_change |= {*last.units, *((x, y) for x in first.units for y in last.units)}
        self.do(lambda: self.editor.paste(fragment))

    @precondition(is_small)
    @rule(data=st.data())
    def duplicate(self, data: st.DataObject) -> None:
        self.selection.select((), layers=self.some_layers(data))
        numbers = self.ask(lambda session: session.parameters.copy())
        self.do(lambda: self.editor.duplicate(numbers))

    @rule(example=st.sampled_from(EXAMPLES))
    def load_network(self, example: Example) -> None:
        self.do(lambda: self.editor.load_network("take network", example.build))

    @rule(
        hidden=st.lists(st.integers(1, 5), max_size=3),
        activation=st.sampled_from(("", ":relu", ":sine", ":softmax")),
        outputs=st.integers(0, 1),
    )
    def type_layers(self, hidden: list[int], activation: str, outputs: int) -> None:
        sizes = self.topology.sizes
        typed = [str(sizes[0]), *(f"{size}{activation}" for size in hidden), str(sizes[-1] + outputs)]
        self.do(lambda: self.document.type_layers("-".join(typed)))

    # Numbers

    @rule(data=st.data(), text=st.sampled_from((*NUMBERS, *NO_NUMBERS, *EXTREME)))
    def type_bias(self, data: st.DataObject, text: str) -> None:
        unit = self.a_unit(data)
        self.may_change.add(unit)
        self.type_number(unit, text)

    @rule(data=st.data(), text=st.sampled_from((*NUMBERS, *NO_NUMBERS, *EXTREME)))
    def type_weight(self, data: st.DataObject, text: str) -> None:
        there = [*self.topology.connections(), (self.a_unit(data), self.a_unit(data))]
        pair = data.draw(st.sampled_from(there), "connection")
        self.may_change.add(pair)
        self.type_number(pair, text)

    def type_number(self, part: int | Pair, text: str) -> None:
        said: list[str] = []
        index = self.stack.index()
        self.do(lambda: said.append(self.editor.type_number(part, text)))
        if said != [""] or text in NO_NUMBERS:
            assert said != [""], "what is no number is told"
            assert self.stack.index() == index
        elif self.stack.index() == index + 1:
            value = float(text.replace("−", "-").replace(",", "."))
            numbers = named(self.ask(lambda session: session.parameters.copy()))
            precision = self.document.setup.hyperparameters.precision
            assert (
                np.array(numbers[part]).tobytes()
                == np.array(np.dtype(precision).type(value), float).tobytes()
            )

    @rule(data=st.data(), text=st.sampled_from(EXTREME), then=st.sampled_from(("0.5", "1e38")))
    def type_an_extreme_number_and_choose_float32(self, data: st.DataObject, text: str, then: str) -> None:
        unit = data.draw(st.sampled_from(self.topology.layers[-1].units), "unit")
        self.may_change.add(unit)
        self.do(lambda: self.editor.type_number(unit, text))
        self.pass_time()
        self.may_change.add(unit)
        self.do(lambda: self.editor.type_number(unit, then))
        self.change_precision(Precision.FLOAT32)
        self.reset()

    def pass_time(self) -> None:
        """Train, where it is trained."""

    # Data and hyperparameters

    @rule(name=st.sampled_from(DATASETS))
    def choose_source(self, name: str) -> None:
        self.do(lambda: self.document.choose_source(CATALOGUE[name]))

    @rule(seed=st.integers(0, 2))
    def change_data_seed(self, seed: int) -> None:
        self.do(lambda: self.document.change_setting(DATA_SEED, seed))

    @rule(seed=st.integers(0, 2))
    def change_seed(self, seed: int) -> None:
        self.do(lambda: self.document.change_setting(SEED, seed))

    @rule(initializer=st.sampled_from((Initializer.GLOROT_UNIFORM, Initializer.NORMAL)))
    def change_initializer(self, initializer: Initializer) -> None:
        self.do(lambda: self.document.change_setting(INITIALIZER, initializer))

    @rule(rate=st.sampled_from((0.05, 1e6, 1e300)))
    def change_learning_rate(self, rate: float) -> None:
        self.do(lambda: self.document.change_setting(LEARNING_RATE, rate))

    @rule(text=st.sampled_from(NOTES))
    def write_notes(self, text: str) -> None:
        self.document.set_notes(text)

    @rule(precision=st.sampled_from(Precision))
    def change_precision(self, precision: Precision) -> None:
        self.do(lambda: self.document.change_setting(PRECISION, precision))

    @rule()
    def reset(self) -> None:
        self.do(self.document.reset)

    # Runs

    @property
    def runs(self) -> Runs:
        self.ask(lambda session: None)
        return self.document.runs

    def a_run(self, data: st.DataObject, with_current: bool) -> int:
        filed = [run.label.id for run in self.runs.filed]
        current = [self.runs.current.id] if with_current else []
        return data.draw(st.sampled_from([*filed, *current, self.runs.next_id]), "run")

    @rule(data=st.data())
    def take_up_a_run(self, data: st.DataObject) -> None:
        number = self.a_run(data, with_current=False)
        filed = {run.label.id: run for run in self.runs.filed}
        if number in filed:
            self.may_change |= self.all_numbers(filed[number].setup.topology)
        self.do(lambda: self.runs_editor.take_up(number))
        assert bool(self.told) == (number not in filed)
        if number in filed:
            bits = filed[number].checkpoint.parameters.vector.tobytes()
            assert self.state().bits == bits
            assert self.runs.current == filed[number].label

    @rule(data=st.data())
    def delete_a_run(self, data: st.DataObject) -> None:
        number = self.a_run(data, with_current=False)
        self.do(lambda: self.runs_editor.delete([number]))
        assert number not in [run.label.id for run in self.runs.filed]

    @rule(data=st.data(), is_starred=st.booleans())
    def star_a_run(self, data: st.DataObject, is_starred: bool) -> None:
        number = self.a_run(data, with_current=True)
        self.do(lambda: self.runs_editor.star([number], is_starred))

    @rule(data=st.data(), name=st.sampled_from(("", "wide", "x" * 200, "two\nlines")))
    def rename_a_run(self, data: st.DataObject, name: str) -> None:
        number = self.a_run(data, with_current=True)
        self.do(lambda: self.runs_editor.rename(number, name))

    @rule(data=st.data(), note=st.sampled_from(NOTES))
    def note_a_run(self, data: st.DataObject, note: str) -> None:
        number = self.a_run(data, with_current=True)
        self.do(lambda: self.runs_editor.write_note(number, note))

    # The drawing

    @rule(data=st.data(), dx=st.integers(-9, 9))
    def move_in_the_drawing(self, data: st.DataObject, dx: int) -> None:
        layers, units = self.some_layers(data), self.some_units(data)
        layout = moved(self.document.layout, [*layers, *self.some_gone()], units, float(dx), 2.0)
        self.do(lambda: self.document.change_layout("move", layout))

    @rule()
    def arrange(self) -> None:
        self.do(self.editor.arrange)

    # At what is selected

    @rule(data=st.data(), what=st.sampled_from(("unit", "layer", "connection", "nothing")))
    def select(self, data: st.DataObject, what: str) -> None:
        match what:
            case "unit":
                self.selection.select_unit(self.a_unit(data))
            case "layer":
                self.selection.select_layer(self.a_layer(data))
            case "connection":
                self.selection.select((), self.some_connections(data))
            case _:
                self.selection.clear()

    @precondition(is_small)
    @rule(
        name=st.sampled_from(
            (
                "add_unit",
                "remove_unit",
                "insert_layer",
                "remove_layer",
                "delete",
                "freeze",
            )
        )
    )
    def edit_what_is_selected(self, name: str) -> None:
        self.do(getattr(SelectionEditor(self.editor), name))

    @rule(layers=st.integers(-1, 1), units=st.integers(-1, 1))
    def reorder_what_is_selected(self, layers: int, units: int) -> None:
        self.do(lambda: SelectionEditor(self.editor).reorder(layers, units))

    @rule()
    def nudge_what_is_selected(self) -> None:
        self.do(lambda: SelectionEditor(self.editor).nudge(1.0, 0.0))

    # Back and forth

    @precondition(lambda self: self.stack.canUndo())
    @rule(steps=st.integers(1, 4))
    def undo(self, steps: int) -> None:
        for _ in range(min(steps, self.stack.index())):
            self.cross(self.stack.command(self.stack.index() - 1), self.stack.undo)
        self.check_where_it_came()

    @precondition(lambda self: self.stack.canRedo())
    @rule(steps=st.integers(1, 4))
    def redo(self, steps: int) -> None:
        for _ in range(min(steps, self.stack.count() - self.stack.index())):
            self.cross(self.stack.command(self.stack.index()), self.stack.redo)
        self.check_where_it_came()

    def cross(self, step: QUndoCommand, undo_or_redo: Callable[[], None]) -> None:
        undo_or_redo()
        self.hear_of_failure()

    def check_where_it_came(self) -> None:
        self.check_same(self.states[self.stack.index()])

    # Files

    @rule()
    def keep_as_autosave_does(self) -> None:
        project = self.project.read_project()()
        self.kept.keep(project, About("every edit", None), b"")
        opened = open_project(self.kept.path / "work.nnd")
        assert opened.remarks == ()
        assert contents(opened.project) == contents(project)

    @precondition(lambda self: self.saved)
    @rule(data=st.data(), with_runs=st.booleans())
    def open(self, data: st.DataObject, with_runs: bool) -> None:
        project = data.draw(st.sampled_from(self.saved[-1:]), "project")
        self.may_change |= self.all_numbers(project.checkpoint.setup.topology)
        runs = project.runs if with_runs else None
        opened = project.checkpoint, project.layout, project.notes, runs
        self.do(lambda: self.document.go_to("open project", *opened))

    def all_numbers(self, after: Topology) -> set[int | Pair]:
        topologies = self.topology, after
        connections = {pair for topology in topologies for pair in topology.connections()}
        return connections | {unit for topology in topologies for unit in topology.unit_place}

    # What holds after every step

    @invariant()
    def it_can_be_saved_and_opened(self) -> None:
        project = self.project.read_project()()
        assert (project.checkpoint.setup, project.layout) == (self.document.setup, self.document.layout)
        assert project.notes == self.document.notes
        self.saved = [reopened(project)]

    @invariant()
    def the_network_can_be(self) -> None:
        check_topology(self.topology)

    @invariant()
    def the_session_has_what_the_document_has(self) -> None:
        setup = self.document.setup
        self.ask(lambda session: check_session(setup, session))
        assert self.trainer._worker.take_error() is None

    @invariant()
    def the_runs_are_whole(self) -> None:
        runs = self.runs
        ids = [run.label.id for run in runs.filed]
        assert len({*ids, runs.current.id}) == len(ids) + 1
        assert max([*ids, runs.current.id]) < runs.next_id
        for run in runs.filed:
            assert run.checkpoint.updates > 0 or run.label.is_written_on
            assert not run.checkpoint.milestones

    @invariant()
    def the_undo_stack_is_whole(self) -> None:
        assert self.stack.count() == len(self.states) - 1 <= UNDO_LIMIT
        assert self.stack.canUndo() == (self.stack.index() > 0)
        assert self.stack.canRedo() == (self.stack.index() < self.stack.count())
        assert not any(self.stack.command(index).isObsolete() for index in range(self.stack.count()))

    @invariant()
    def what_is_selected_is_there(self) -> None:
        topology, selection = self.topology, self.selection
        assert selection.layers <= set(topology.layer_index)
        assert selection.units <= set(topology.unit_place)
        assert selection.connections <= set(topology.connections())
        assert selection.layer is None or selection.layer in topology.layer_index
        assert selection.unit is None or selection.unit in selection.units


class EditsWhileTraining(EveryEdit):
    """The session trains between edits: what it learned is nowhere lost."""

    @rule(updates=st.sampled_from((1, 2, 7, 40)))
    def train(self, updates: int) -> None:
        self.ask(lambda session: session.advance(updates))
        self.ask(Session.ensure_finite)
        self.refresh()

    def pass_time(self) -> None:
        self.train(1)

    @rule(data=st.data())
    def go_back_on_the_timeline(self, data: st.DataObject) -> None:
        milestones = self.ask(lambda session: session.milestones)
        if milestones:
            milestone = data.draw(st.sampled_from(milestones), "milestone")
            self.may_change |= {*self.topology.connections(), *self.topology.unit_place}
            self.do(lambda: self.document.go_back(milestone))
            self.may_change.clear()

    def refresh(self) -> None:
        """Take over that the numbers are others now."""
        self.states[self.stack.index()] = self.state()

    def check_all_undone_and_redone(self) -> None:
        first, last = self.states[0], self.states[-1]
        for _ in range(2):
            while self.stack.canUndo():
                self.stack.undo()
            self.check_setup(first)
            while self.stack.canRedo():
                self.stack.redo()
            self.check_setup(last)

    def check_setup(self, expected: State) -> None:
        assert self.document.setup == expected.setup
        assert self.document.layout == expected.layout
        assert self.state().start == expected.start
        if self.stack.index() == 0:
            assert self.state().runs == self.states[0].runs
        self.ask(lambda session: check_session(expected.setup, session))

    def check_where_it_came(self) -> None:
        self.check_setup(self.states[self.stack.index()])
        self.refresh()

    def known_numbers(self) -> dict[int | Pair, float] | None:
        self._beginning = self.document.setup.beginning, self.document.setup.hyperparameters.precision
        self._updates = self.ask(lambda session: session.updates)
        if self._updates == 0 and self.ask(lambda session: session.checkpoint().initial.parameters is None):
            return None
        return named(self.ask(lambda session: session.parameters.copy()))

    def check_kept(self, known: dict[int | Pair, float] | None) -> None:
        setup = self.document.setup
        if known is None or (setup.beginning, setup.hyperparameters.precision) != self._beginning:
            return
        if self.ask(lambda session: session.updates) != self._updates:
            return  # it was reset
        now = named(self.ask(lambda session: session.parameters.copy()))
        for part in now.keys() & known.keys() - self.may_change:
            assert now[part] == known[part], f"{part} was lost"

    def cross(self, step: QUndoCommand, undo_or_redo: Callable[[], None]) -> None:
        """Undo or redo a step; unless it puts numbers in, or jumps, those in both networks stay."""
        known = self.known_numbers() if self.ask(lambda session: session.updates) else None
        index = self.stack.index()
        undo_or_redo()
        self.hear_of_failure()
        now = self.stack.index()
        if now < index:
            assert self.state().runs == self.states[now].runs
        elif now > index:  # what is filed again may have learned more
            self.states[now] = replace(self.states[now], runs=self.state().runs)
        if isinstance(step, LayoutCommand | RunsCommand) or (step._assignment is None and not step._is_jump):
            self.check_kept(known)


def test_every_edit_leaves_a_network_that_can_be_and_all_of_them_are_undone(qapp):
    run_state_machine_as_test(EveryEdit, settings=SETTINGS)


def test_every_edit_while_training_keeps_what_was_learned(qapp):
    run_state_machine_as_test(EditsWhileTraining, settings=SETTINGS)


def test_more_edits_than_the_undo_stack_keeps_are_undone_as_far_as_it_goes(qapp):
    machine = EveryEdit()
    machine.begin(("sine", "1-4-3-1"), False)
    try:
        for step in range(UNDO_LIMIT + 20):
            machine.document.type_layers(f"{2 + step % 3}-2")
            machine.document.change_setting(SEED, step)
        assert machine.stack.count() == UNDO_LIMIT
        last = machine.state()
        machine.stack.setIndex(0)
        machine.states = [machine.state(), last]
    finally:
        machine.teardown()


def test_the_numbers_of_a_state_are_named_by_units():
    setup = make_setup("sine", parse_layers("1-2-1"), Activation.TANH)
    parameters = Parameters(setup.topology, np.arange(7.0))
    (x,), (a, b), (y,) = (layer.units for layer in setup.topology.layers)
    assert named(parameters) == {(x, a): 0, a: 1, (x, b): 2, b: 3, (a, y): 4, (b, y): 5, y: 6}
    fewer = replace(setup.topology, links=setup.topology.links[1:])
    assert named(Parameters.zeros(fewer)).keys() == {a, b, (a, y), (b, y), y}


def test_a_layer_before_the_input_is_refused_and_one_after_it_is_as_the_first_hidden_one(qapp):
    machine = EveryEdit()
    machine.begin(("sine", "1-4-3-1"), False)
    try:
        _, first, second, _ = machine.topology.layers
        machine.do(lambda: machine.editor.set_activation(first.id, Activation.RELU))
        for index in (-1, 0):
            machine.insert_layer(index, 2)
            assert "between the input layer and the output layer" in machine.told[0]
        machine.insert_layer(1, 2)
        assert machine.topology.layers[1].activation is Activation.RELU
        machine.insert_layer(9, 2)
        assert machine.topology.layers[-2].activation is second.activation
    finally:
        machine.teardown()
