"""The layout names only parts that the network has: what an edit removes takes its place along."""

from dataclasses import replace

import pytest
from desk import Desk
from known_data import make_setup

from nn_desktop.data.catalogue import CATALOGUE
from nn_desktop.desktop.document.editor import NetworkEditor
from nn_desktop.desktop.document.selection import Selection
from nn_desktop.drawing.placement import AUTOMATIC, MAX_OFFSET, Layout
from nn_desktop.network import edits
from nn_desktop.network.functions import Activation
from nn_desktop.network.notation import parse_layers
from nn_desktop.training.examples import EXAMPLES


class MovedDesk(Desk):
    """In its drawing every part was moved."""

    def __init__(self) -> None:
        setup = make_setup("iris", parse_layers("4-5-4-3"), Activation.TANH)
        super().__init__(setup)
        self.selection = Selection(self.document)
        self.editor = NetworkEditor(self.document, self.selection)
        layers = setup.topology.layers
        self.moved = Layout(
            {layer.id: (1.0 + layer.id, -0.5) for layer in layers},
            {unit: (0.1 * unit, 1 / 3) for layer in layers for unit in layer.units},
        )
        self.document.change_layout("move", self.moved)

    @property
    def topology(self):
        return self.document.setup.topology

    @property
    def hidden(self):
        return self.topology.layers[1]

    def milestones(self):
        return self.ask(lambda session: session.milestones)

    def check_layout(self) -> None:
        layout = self.document.layout
        assert layout.layers.keys() <= self.topology.layer_index.keys()
        assert layout.units.keys() <= self.topology.unit_place.keys()


@pytest.fixture
def desk(qapp):
    desk = MovedDesk()
    yield desk
    desk.editor.deleteLater()
    desk.selection.deleteLater()
    desk.close()


def paste_whole_network(desk: MovedDesk) -> None:
    parameters = desk.ask(lambda session: session.parameters.copy())
    assert desk.editor.paste(desk.editor.copy((), parameters))


EDITS = {
    "erase a unit": lambda desk: desk.editor.erase(desk.hidden.units[1:3]),
    "erase a layer": lambda desk: desk.editor.erase(layers=[desk.hidden.id]),
    "erase everything": lambda desk: desk.editor.clear(),
    "remove the last unit": lambda desk: desk.editor.drop_unit(desk.hidden.id),
    "shrink a layer": lambda desk: desk.editor.resize_layer(desk.hidden.id, 1),
    "type layers": lambda desk: desk.document.type_layers("4-2-3"),
    "paste a network": paste_whole_network,
    "take another network": lambda desk: desk.editor.load_network("take network", EXAMPLES[-1].build),
    "choose a dataset": lambda desk: desk.document.choose_source(CATALOGUE["sine"]),
}


@pytest.mark.parametrize("name", EDITS)
def test_an_edit_drops_the_places_of_what_it_removes_and_undo_brings_them_back(desk, name):
    before = desk.document.setup
    EDITS[name](desk)
    assert desk.document.undo_stack.count() == 2, "one step for the edit and the layout"
    after = desk.document.setup
    assert after != before
    there = {*after.topology.layer_index, *after.topology.unit_place}
    kept = desk.document.layout
    assert kept == Layout(
        {layer: offset for layer, offset in desk.moved.layers.items() if layer in there},
        {unit: offset for unit, offset in desk.moved.units.items() if unit in there},
    )
    assert kept != desk.moved
    for _ in range(2):
        desk.document.undo()
        assert (desk.document.setup, desk.document.layout) == (before, desk.moved)
        desk.document.redo()
        assert (desk.document.setup, desk.document.layout) == (after, kept)


def test_views_hear_of_another_network_when_its_layout_is_in_force_too(desk):
    heard = []
    desk.document.setup_changed.connect(lambda setup: heard.append(desk.check_layout()))
    desk.document.type_layers("4-2-3")
    desk.document.undo()
    desk.document.redo()
    assert len(heard) == 3


def test_sizes_turned_in_one_step_keep_the_places_of_the_first_size_for_undo(desk):
    for size in (4, 3, 2):
        desk.editor.resize_layer(desk.hidden.id, size)
    assert desk.document.undo_stack.count() == 2
    assert set(desk.document.layout.units) == set(desk.topology.unit_place)
    desk.document.undo()
    assert desk.document.layout == desk.moved


def test_places_of_parts_that_are_gone_are_not_taken(desk):
    gone = desk.hidden.units[0]
    desk.editor.erase([gone])
    before = desk.document.layout
    desk.document.change_layout("move", replace(before, units={**before.units, gone: (5.0, 5.0)}))
    assert desk.document.layout == before
    assert desk.document.undo_stack.count() == 2


def test_no_part_is_moved_farther_than_a_file_can_say_and_none_by_no_number(desk):
    first, second, third = desk.hidden.units[:3]
    offsets = {first: (1e300, -float("inf")), second: (float("nan"), 0.0), third: (2.0, 3.0)}
    desk.document.change_layout("move", Layout({}, offsets))
    assert desk.document.layout.units == {first: (MAX_OFFSET, -MAX_OFFSET), third: (2.0, 3.0)}


def test_going_back_on_the_timeline_to_fewer_parts_drops_their_places(desk):
    desk.document.change_layout("arrange", AUTOMATIC)
    desk.train(40)
    earlier = desk.milestones()[-1]
    desk.editor.add_units(desk.hidden.id, 0, 2)
    new = desk.hidden.units[0]
    desk.document.change_layout("move", Layout(units={new: (9.0, 9.0)}))
    moved = desk.document.layout
    desk.document.go_back(earlier)
    assert desk.document.layout == AUTOMATIC
    desk.document.undo()
    assert desk.document.layout == moved
    assert new in desk.topology.unit_place


def test_a_change_that_the_training_refuses_leaves_the_layout_of_before(desk, qtbot, monkeypatch):
    def fail(*arguments):
        raise RuntimeError("planned")

    count = desk.document.undo_stack.count()
    with monkeypatch.context() as patch:
        patch.setattr("nn_desktop.training.session.Session.change", fail)
        desk.document.type_layers("4-2-3")
        desk.document.change_layout("move", Layout(units={desk.topology.layers[1].units[0]: (7.0, 7.0)}))
        qtbot.waitUntil(lambda: not desk.trainer.is_busy, timeout=5000)
    assert desk.topology.sizes == (4, 5, 4, 3)
    assert desk.document.layout == desk.moved
    assert desk.document.undo_stack.index() == count
    desk.document.undo()
    assert desk.document.layout == AUTOMATIC


def test_a_going_back_that_fails_leaves_no_empty_step(desk, qtbot):
    desk.train(40)
    left = desk.milestones()[-1]
    topology = edits.add_units(desk.topology, desk.hidden.id, 0)
    left = replace(left, setup=desk.document.setup.with_topology(topology))  # another layout comes with it
    desk.document.reset()
    before = desk.document.undo_stack.count()
    desk.document.go_back(left)
    qtbot.waitUntil(lambda: not desk.trainer.is_busy, timeout=5000)
    assert desk.document.undo_stack.count() == desk.document.undo_stack.index() == before
    assert desk.document.layout == desk.moved


def test_a_redo_that_the_training_refuses_can_be_done_again(desk, qtbot, monkeypatch):
    def fail(*arguments):
        raise RuntimeError("planned")

    desk.document.type_layers("4-2-3")
    after = desk.document.setup, desk.document.layout
    desk.document.undo()
    qtbot.waitUntil(lambda: not desk.trainer.is_busy, timeout=5000)
    with monkeypatch.context() as patch:
        patch.setattr("nn_desktop.training.session.Session.change", fail)
        desk.document.redo()
        desk.trainer.post(lambda session: None).result(20)
    qtbot.waitUntil(lambda: not desk.trainer.is_busy, timeout=5000)
    assert desk.document.layout == desk.moved
    assert desk.document.undo_stack.canRedo()
    desk.document.redo()
    assert (desk.document.setup, desk.document.layout) == after


@pytest.mark.parametrize("moved_before", [False, True])
def test_an_undo_that_the_training_refuses_leaves_the_steps_of_before(desk, qtbot, monkeypatch, moved_before):
    def fail(*arguments):
        raise RuntimeError("planned")

    desk.document.type_layers("4-2-3")
    after = desk.document.setup, desk.document.layout
    qtbot.waitUntil(lambda: not desk.trainer.is_busy, timeout=5000)
    with monkeypatch.context() as patch:
        patch.setattr("nn_desktop.training.session.Session.change", fail)
        patch.setattr("nn_desktop.training.session.Session.restore", fail)
        desk.document.undo()
        if moved_before:
            desk.document.undo()  # of the move, within the same frame
            assert desk.document.layout == AUTOMATIC
        qtbot.waitUntil(lambda: not desk.trainer.is_busy, timeout=5000)
    assert (desk.document.setup, desk.document.layout) == after
    assert desk.document.undo_stack.index() == desk.document.undo_stack.count() == 2
    desk.document.undo()
    assert desk.document.layout == desk.moved
    desk.document.redo()
    assert (desk.document.setup, desk.document.layout) == after
