"""The outline: the same network as on the canvas, walked and edited by keyboard."""

import time

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QDockWidget, QLineEdit, QMenu, QTabBar
from window_driver import find, settle, unit_point

from nn_desktop.data.catalogue import CATALOGUE
from nn_desktop.desktop.canvas.tools import Tool
from nn_desktop.training.settings import LEARNING_RATE

Key, Modifier, Role = Qt.Key, Qt.KeyboardModifier, Qt.ItemDataRole


def show_dock(qtbot, window, name):
    find(window, QDockWidget, name).raise_()
    qtbot.wait(20)


@pytest.fixture
def tree(qtbot, window):
    """The tree of the outline, in front and with the focus."""
    show_dock(qtbot, window, "dock_outline")
    tree = window.docks.outline.tree
    tree.setFocus()
    return tree


@pytest.fixture
def layers(document):
    return document.setup.topology.layers


def part(tree):
    return tree.model().part_at(tree.currentIndex())


def selected(tree):
    return {tree.model().part_at(index) for index in tree.selectionModel().selectedRows()}


def row(tree, part, under=None):
    return tree.model().index_of(part, under)


def spoken(tree, part, under=None):
    return row(tree, part, under).data(Role.AccessibleTextRole)


def press(qtbot, tree, *keys, modifier=Modifier.NoModifier):
    for key in keys:
        qtbot.keyClick(tree, key, modifier)


def go_to(tree, part, under=None):
    tree.setCurrentIndex(row(tree, part, under))


def type_into_row(qtbot, window, text, end=Key.Key_Return):
    qtbot.waitUntil(lambda: QApplication.focusWidget().objectName() == "outline_field")
    field = QApplication.focusWidget()  # an earlier one may not be deleted yet
    field.selectAll()
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, end)


def test_the_tree_is_walked_and_says_what_the_network_has(qtbot, window, tree, layers):
    model = tree.model()
    go_to(tree, layers[0].id)
    assert [spoken(tree, layer.id) for layer in layers] == [
        "Input, 1 unit",
        "Hidden 1 · tanh, 8 units",
        "Hidden 2 · tanh, 8 units",
        "Output · identity, 1 unit",
    ]
    press(qtbot, tree, Key.Key_Down, Key.Key_Right, Key.Key_Down, Key.Key_Down)
    unit = layers[1].units[1]
    assert part(tree) == unit
    press(qtbot, tree, Key.Key_Right, Key.Key_Down)
    assert part(tree) == (layers[0].units[0], unit)
    assert spoken(tree, (layers[0].units[0], unit)).startswith("from x, w = ")
    assert spoken(tree, (unit, layers[2].units[0]), unit).startswith("to Hidden 2, unit 1, w = ")
    assert model.rowCount(row(tree, unit)) == 1 + 8
    assert spoken(tree, unit) == "Hidden 1, unit 2, b = 0.000"  # biases start there
    press(qtbot, tree, Key.Key_Left, Key.Key_Left)
    assert not tree.isExpanded(row(tree, unit))


def test_what_is_selected_in_the_tree_is_selected_on_the_canvas(qtbot, window, tree, layers):
    go_to(tree, layers[1].id)
    press(qtbot, tree, Key.Key_Right)
    assert window.selection.layer == layers[1].id
    press(qtbot, tree, Key.Key_Down)
    assert window.selection.unit == layers[1].units[0]
    press(qtbot, tree, Key.Key_Down, Key.Key_Down, modifier=Modifier.ShiftModifier)
    assert window.selection.units == set(layers[1].units[:3])
    assert window.selection.unit == layers[1].units[2]
    press(qtbot, tree, Key.Key_Up, Key.Key_Right, Key.Key_Down)
    assert window.selection.connection == (layers[0].units[0], layers[1].units[1])
    point = tree.visualRect(row(tree, layers[1].units[3])).center()
    qtbot.mouseClick(tree.viewport(), Qt.MouseButton.LeftButton, Modifier.ControlModifier, pos=point)
    assert window.selection.connections == {(layers[0].units[0], layers[1].units[1])}
    assert window.selection.unit == layers[1].units[3]


def test_what_is_selected_on_the_canvas_is_current_in_the_tree(qtbot, window, tree, layers):
    unit = layers[2].units[4]
    qtbot.mouseClick(window.canvas.viewport(), Qt.MouseButton.LeftButton, pos=unit_point(window, unit))
    assert part(tree) == unit
    assert selected(tree) == {unit}
    assert tree.isExpanded(row(tree, layers[2].id))
    assert tree.viewport().rect().contains(tree.visualRect(tree.currentIndex()).center())
    window.canvas.setFocus()
    qtbot.keyClick(window.canvas, Key.Key_N)
    assert part(tree) == window.selection.connection == (layers[1].units[0], unit)
    window.selection.select(layers[1].units, layers=[layers[3].id])
    assert selected(tree) == {*layers[1].units, layers[3].id}
    window.selection.clear()
    assert selected(tree) == set()


def test_it_catches_up_when_it_is_shown(qtbot, window, layers):
    assert window.docks.outline.tree.model() is None  # nothing is built before
    window.selection.select_unit(layers[1].units[5])
    window.editor.add_units(layers[1].id)
    show_dock(qtbot, window, "dock_outline")
    assert part(window.docks.outline.tree) == layers[1].units[5]
    assert spoken(window.docks.outline.tree, layers[1].id) == "Hidden 1 · tanh, 9 units"


def tabs_in_front(window):
    """The titles of the docks that are in front of others in their place."""
    bars = window.findChildren(QTabBar, options=Qt.FindChildOption.FindDirectChildrenOnly)
    return {bar.tabText(bar.currentIndex()) for bar in bars if bar.isVisible()}


def test_the_data_are_in_front_at_first_and_after_a_reset(qtbot, window):
    assert tabs_in_front(window) == {"Data", "Learning"}
    for name, title in (("dock_inspector", "Inspector"), ("dock_outline", "Outline")):
        show_dock(qtbot, window, name)
        assert tabs_in_front(window) == {title, "Learning"}
    assert window.docks.outline.is_in_view
    window.workspaces.reset()
    qtbot.waitUntil(lambda: tabs_in_front(window) == {"Data", "Learning"})
    assert not window.docks.outline.is_in_view


def test_the_canvas_keeps_its_share_with_the_outline_in_front(qtbot, window, tree):
    window.resize(1024, 700)
    qtbot.waitUntil(lambda: window.canvas.width() > 0.42 * 1024)
    assert tree.width() > 180


def test_a_layer_is_renamed_in_its_row(qtbot, window, document, tree, layers):
    go_to(tree, layers[1].id)
    press(qtbot, tree, Key.Key_F2)
    assert find(window, QLineEdit, "outline_field").placeholderText() == "Hidden 1"
    type_into_row(qtbot, window, "Features")
    assert document.setup.topology.layers[1].name == "Features"
    assert spoken(tree, layers[1].id) == "Features · tanh, 8 units"
    assert tree.hasFocus()
    press(qtbot, tree, Key.Key_Return)
    type_into_row(qtbot, window, "Another", end=Key.Key_Escape)
    assert document.setup.topology.layers[1].name == "Features"


def test_bias_and_weight_are_typed_while_it_trains_and_undo_brings_them_back(
    qtbot, window, document, trainer, tree, layers
):
    unit, pair = layers[2].units[0], (layers[1].units[3], layers[2].units[0])
    document.change_setting(LEARNING_RATE, 1e-9)  # so that the numbers stay where they were put
    qtbot.keyClick(window, Key.Key_Space)
    qtbot.waitUntil(lambda: trainer.snapshot.updates > 10)
    bias, weight = (
        lambda: trainer.snapshot.parameters.bias(unit),
        lambda: trainer.snapshot.parameters.weight(*pair),
    )
    before = bias(), weight()
    go_to(tree, unit)
    press(qtbot, tree, Key.Key_Return)
    type_into_row(qtbot, window, "1.5")
    go_to(tree, pair)
    press(qtbot, tree, Key.Key_F2)
    type_into_row(qtbot, window, "-2,25")
    qtbot.waitUntil(lambda: (bias(), weight()) == pytest.approx((1.5, -2.25), abs=1e-2))
    qtbot.waitUntil(lambda: spoken(tree, pair) in ("from Hidden 1, unit 4, w = −2.250",))
    assert trainer.is_running
    for _ in range(2):
        qtbot.keyClick(tree, Key.Key_Z, Modifier.ControlModifier)
    qtbot.waitUntil(lambda: (bias(), weight()) == pytest.approx(before, abs=1e-2))
    qtbot.keyClick(tree, Key.Key_Space)
    settle(qtbot, window)


@pytest.mark.parametrize("typed", ["two", "1e999", ""])
def test_a_wrong_number_is_said_and_the_old_one_kept(qtbot, window, document, trainer, tree, layers, typed):
    unit = layers[1].units[0]
    go_to(tree, unit)
    press(qtbot, tree, Key.Key_F2)
    field = find(window, QLineEdit, "outline_field")
    field.selectAll()
    qtbot.keyClick(field, Key.Key_Delete)
    qtbot.keyClicks(field, typed)
    qtbot.keyClick(field, Key.Key_Return)
    assert f"“{typed}” is" in window.docks.outline.message
    assert field.isVisible()
    assert field.property("wrong") is True
    qtbot.keyClick(field, Key.Key_Escape)
    settle(qtbot, window)
    assert window.docks.outline.message == ""
    assert trainer.snapshot.parameters.bias(unit) == 0
    assert not document.undo_stack.canUndo()
    assert tree.hasFocus()


def test_what_was_typed_is_taken_back_when_the_field_is_left(qtbot, window, document, tree, layers):
    go_to(tree, layers[1].units[0])
    press(qtbot, tree, Key.Key_F2)
    field = find(window, QLineEdit, "outline_field")
    qtbot.waitUntil(field.hasFocus)
    qtbot.keyClicks(field, "7")
    window.canvas.setFocus()
    assert not document.undo_stack.canUndo()
    qtbot.waitUntil(lambda: window.findChild(QLineEdit, "outline_field") is None)


def test_an_input_has_nothing_to_type(qtbot, window, tree, layers):
    go_to(tree, layers[0].units[0])
    press(qtbot, tree, Key.Key_Return)
    assert "input has no bias" in window.docks.outline.message
    assert window.findChild(QLineEdit, "outline_field") is None
    press(qtbot, tree, Key.Key_Up)
    assert window.docks.outline.message == ""


def test_the_keys_of_the_canvas_mean_the_row(qtbot, window, document, tree, layers):
    go_to(tree, layers[1].units[2])
    press(qtbot, tree, Key.Key_Plus)
    assert document.setup.topology.sizes == (1, 9, 8, 1)
    assert part(tree) == layers[1].units[2]
    press(qtbot, tree, Key.Key_Delete)
    assert layers[1].units[2] not in document.setup.topology.unit_place
    assert part(tree) == layers[1].id  # as on the canvas, its layer is current then
    press(qtbot, tree, Key.Key_F)
    assert document.setup.topology.layers[1].frozen
    assert spoken(tree, layers[1].id) == "Hidden 1 · tanh · frozen, 8 units"
    pair = (layers[1].units[0], layers[2].units[1])
    go_to(tree, pair)
    press(qtbot, tree, Key.Key_F)
    assert document.setup.topology.is_frozen(*pair)
    assert spoken(tree, pair).startswith("from Hidden 1, unit 1 · frozen, w = ")
    press(qtbot, tree, Key.Key_Delete)
    assert not document.setup.topology.is_connected(*pair)
    assert part(tree) == (layers[1].units[1], layers[2].units[1])  # the neighbour of what is gone
    assert window.selection.is_empty


def test_alt_and_arrows_reorder(qtbot, window, document, tree, layers):
    unit = layers[1].units[2]
    go_to(tree, unit)
    press(qtbot, tree, Key.Key_Up, modifier=Modifier.AltModifier)
    assert document.setup.topology.layers[1].units.index(unit) == 1
    assert part(tree) == unit
    go_to(tree, layers[1].id)
    press(qtbot, tree, Key.Key_Down, modifier=Modifier.AltModifier)
    assert [layer.id for layer in document.setup.topology.layers[1:3]] == [layers[2].id, layers[1].id]


def test_units_are_connected_by_keyboard(qtbot, window, document, tree, layers):
    source, target = layers[0].units[0], layers[2].units[1]
    go_to(tree, target)
    go_to(tree, source)
    press(qtbot, tree, Key.Key_C)
    assert window.docks.outline.message == "From x: go to what it leads to and press Enter. Esc ends it."
    assert window.canvas.tool is Tool.SELECT
    assert window.actions_by_name["tool_select"].isChecked()
    go_to(tree, target)
    press(qtbot, tree, Key.Key_Return)
    assert document.setup.topology.is_connected(source, target)
    assert part(tree) == window.selection.connection == (source, target)
    assert window.docks.outline.message == ""


def test_a_connection_backwards_is_refused_with_the_reason(qtbot, window, document, tree, layers):
    before = document.setup
    go_to(tree, layers[2].units[0])
    press(qtbot, tree, Key.Key_C)
    go_to(tree, layers[1].id)
    press(qtbot, tree, Key.Key_Return)
    assert "A unit leads to a unit" in window.docks.outline.message
    go_to(tree, layers[1].units[0])
    press(qtbot, tree, Key.Key_Return)
    assert "can only run forward" in window.docks.outline.message
    assert document.setup is before


def test_after_a_refusal_only_the_target_is_chosen_anew(qtbot, window, document, tree, layers):
    source, target = layers[1].units[0], layers[3].units[0]
    for part_ in (layers[0].units[0], target, source):
        go_to(tree, part_)
    press(qtbot, tree, Key.Key_C)
    request = window.docks.outline.message
    go_to(tree, layers[0].units[0])
    press(qtbot, tree, Key.Key_Return)
    assert "can only run forward" in window.docks.outline.message
    go_to(tree, target)
    assert window.docks.outline.message == request
    press(qtbot, tree, Key.Key_Return)
    assert document.setup.topology.is_connected(source, target)
    assert window.docks.outline.message == ""


def test_esc_ends_a_connection_that_was_refused(qtbot, window, document, tree, layers):
    before = document.setup
    go_to(tree, layers[1].units[0])
    press(qtbot, tree, Key.Key_C)
    go_to(tree, layers[0].units[0])
    press(qtbot, tree, Key.Key_Return, Key.Key_Escape)
    assert window.docks.outline.message == ""
    go_to(tree, layers[2].units[0])
    assert window.docks.outline.message == ""
    press(qtbot, tree, Key.Key_Return)  # types the bias, and connects nothing
    assert document.setup is before


def test_layers_are_connected_and_esc_ends_it(qtbot, window, document, tree, layers):
    go_to(tree, layers[0].id)
    press(qtbot, tree, Key.Key_C, Key.Key_Escape)
    assert window.docks.outline.message == ""
    press(qtbot, tree, Key.Key_C, Key.Key_Down, Key.Key_Down, Key.Key_Return)
    assert document.setup.topology.link_between(layers[0].id, layers[2].id) is not None


def test_on_the_canvas_c_still_takes_the_tool(qtbot, window, tree, layers):
    window.canvas.setFocus()
    qtbot.keyClick(window.canvas, Key.Key_C)
    assert window.canvas.tool is Tool.CONNECT


def test_a_unit_that_takes_no_part_says_why(qtbot, window, tree, layers):
    unit = layers[1].units[0]
    window.editor.erase(connections=[(layers[0].units[0], unit)])
    assert spoken(tree, unit).startswith("⚠ Hidden 1, unit 1")
    assert "No input reaches this unit" in row(tree, unit).data(Role.ToolTipRole)
    assert "No input reaches this unit" in row(tree, unit).data(Role.AccessibleDescriptionRole)


def test_a_large_layer_opens_at_once(qtbot, window, document, tree):
    document.choose_source(CATALOGUE["digits-784"])
    layer = document.setup.topology.layers[0]
    assert len(layer.units) == 784
    model = tree.model()
    tree.expand(row(tree, layer.id))
    QApplication.processEvents()
    assert len(model._connections) < 5  # of units that nobody opened, no connection was looked up
    tree.expand(row(tree, layer.units[400]))
    assert model.rowCount(row(tree, layer.units[400])) == 8
    tree.collapse(row(tree, layer.units[400]))
    assert layer.units[400] not in model._connections
    hidden = document.setup.topology.layers[1]
    press(qtbot, tree, Key.Key_Asterisk)
    go_to(tree, hidden.id)
    press(qtbot, tree, Key.Key_Asterisk)
    assert tree.isExpanded(row(tree, hidden.id))
    assert not tree.isExpanded(row(tree, hidden.units[0]))
    settle(qtbot, window)


def test_what_is_open_stays_open_after_an_edit(qtbot, window, document, tree, layers):
    unit = layers[2].units[3]
    tree.expand(row(tree, layers[1].id))
    tree.expand(row(tree, layers[2].id))
    tree.expand(row(tree, unit))
    go_to(tree, unit)
    window.editor.add_units(layers[2].id)
    window.editor.insert_layer(1)
    assert [tree.isExpanded(row(tree, p)) for p in (layers[1].id, layers[2].id, unit)] == [True] * 3
    assert not tree.isExpanded(row(tree, layers[0].id))
    go_to(tree, unit)
    document.undo_stack.undo()
    assert part(tree) == unit
    tree.collapse(row(tree, layers[1].id))
    document.undo_stack.undo()
    assert not tree.isExpanded(row(tree, layers[1].id))


def test_numbers_are_live_a_few_times_a_second_and_only_while_they_are_seen(
    qtbot, window, trainer, tree, layers
):
    moments = []
    model = tree.model()
    tree.viewport().update()
    trainer.snapshot_changed.connect(lambda _: moments.append(model.snapshot))
    qtbot.keyClick(window, Key.Key_Space)
    start = time.perf_counter()
    qtbot.waitUntil(lambda: time.perf_counter() - start > 1)
    assert 2 <= len(set(map(id, moments))) <= 6
    show_dock(qtbot, window, "dock_data")
    assert not window.docks.outline.is_in_view
    last = model.snapshot
    qtbot.wait(400)
    assert model.snapshot is last
    qtbot.keyClick(window.canvas, Key.Key_Space)
    settle(qtbot, window)
    show_dock(qtbot, window, "dock_outline")
    qtbot.waitUntil(lambda: model.snapshot is trainer.snapshot)


def test_the_context_menu_is_that_of_the_canvas(qtbot, window, tree, layers):
    go_to(tree, layers[1].units[0])
    window.docks.outline.tree.context_menu_requested.emit(QPoint(10, 10))
    menu = find(window, QMenu, "canvas_menu")
    names = [action.objectName() for action in menu.actions()]
    assert {"edit_number", "show_numbers"} <= set(names)
    menu.actions()[names.index("edit_number")].trigger()
    menu.close()
    assert find(window, QLineEdit, "outline_field").isVisible()
