"""The matrix of a layer in the Inspector: read, typed, copied and pasted."""

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QTableView
from window_driver import find, settle, show_layers

from nn_desktop.data.catalogue import find_source
from nn_desktop.desktop.look.numbers import editable_number, exact_number
from nn_desktop.network import wiring

Key, CONTROL = Qt.Key, Qt.KeyboardModifier.ControlModifier
Role = Qt.ItemDataRole
TEXT_MARGIN = 3
"""Pixels that a cell leaves at each side of a text."""


@pytest.fixture
def open_layer(qtbot, window):
    """Shows the matrix of a layer of a network, and returns its first table."""

    def open_one(layers: str, index: int) -> QTableView:
        show_layers(qtbot, window, layers)
        window.docks.show_inspector()
        qtbot.wait(20)
        window.selection.select_layer(window.editor.topology.layers[index].id)
        settle(qtbot, window)
        return table(window)

    return open_one


def table(window, number: int = 0) -> QTableView:
    shown = [t for t in window.findChildren(QTableView, f"matrix_table_{number}") if t.isVisible()]
    assert len(shown) == 1
    return shown[0]


def texts(view: QTableView) -> list[list[str]]:
    model = view.model()
    rows, columns = range(model.rowCount()), range(model.columnCount())
    return [[model.index(row, column).data() for column in columns] for row in rows]


def go_to(view: QTableView, row: int, column: int) -> None:
    view.setFocus()
    view.setCurrentIndex(view.model().index(row, column))


def type_into(qtbot, view: QTableView, row: int, column: int, text: str) -> None:
    go_to(view, row, column)
    qtbot.keyClick(view, text[0])
    field = field_of(view)
    qtbot.keyClicks(field, text[1:])
    press_enter(qtbot, field)


def field_of(view: QTableView) -> QLineEdit | None:
    """Return the field of the cell that is being edited."""
    return next((field for field in view.findChildren(QLineEdit) if field.isVisible()), None)


def press_enter(qtbot, field: QLineEdit) -> None:
    """Press Enter, which Qt heeds in its next turn."""
    qtbot.keyClick(field, Key.Key_Return)
    QApplication.processEvents()


def paste(qtbot, view: QTableView, text: str) -> None:
    QGuiApplication.clipboard().setText(text)
    qtbot.keyClick(view, Key.Key_V, CONTROL)


def error_of(window) -> str:
    label = next(each for each in window.findChildren(QLabel, "matrix_error"))
    return label.text() if label.isVisible() else ""


def matrix(window, index: int) -> list[list[float]]:
    parameters = window.trainer.snapshot.parameters
    return parameters.matrix(window.editor.topology.layers[index].id).tolist()


def test_a_row_is_a_unit_a_column_a_unit_before_it_and_the_last_one_the_biases(window, open_layer):
    view = open_layer("1-3-2-1", 2)
    model, topology = view.model(), window.editor.topology
    assert (model.rowCount(), model.columnCount()) == (2, 4)
    heads = [model.headerData(column, Qt.Orientation.Horizontal) for column in range(4)]
    assert heads == ["1", "2", "3", "bias b"]
    parameters = window.trainer.snapshot.parameters
    for row, unit in enumerate(topology.layers[2].units):
        for column, source in enumerate(topology.layers[1].units):
            assert model.index(row, column).data(Role.EditRole) == exact_number(
                parameters.weight(source, unit)
            )
    assert "Hidden 1, unit 3 → Hidden 2, unit 1" in model.index(0, 2).data(Role.ToolTipRole)
    assert "Bias of Hidden 2, unit 2" in model.index(1, 3).data(Role.AccessibleTextRole)


def test_the_names_of_inputs_and_outputs_head_columns_and_rows(window, open_layer):
    window.document.choose_source(window.document.setup.data.source)
    view = open_layer("1-3-1", 1)
    name = window.trainer.snapshot.dataset.input_names[0]
    assert view.model().headerData(0, Qt.Orientation.Horizontal) == name
    window.selection.select_layer(window.editor.topology.layers[2].id)
    name = window.trainer.snapshot.dataset.output_names[0]
    assert table(window).model().headerData(0, Qt.Orientation.Vertical) == name


def test_names_that_are_too_long_for_a_column_keep_both_their_ends(window, open_layer):
    header = open_layer("1-3-1", 1).horizontalHeader()
    assert header.textElideMode() is Qt.TextElideMode.ElideMiddle


def test_the_names_at_the_rows_are_whole(qtbot, window, open_layer):
    window.document.choose_source(find_source("textbook"))
    settle(qtbot, window)
    header = open_layer("2-2:sigmoid-2:sigmoid", 2).verticalHeader()
    needed = header.sectionSizeFromContents(0).width()
    assert header.width() >= needed > header.fontMetrics().horizontalAdvance("o1")


def test_a_cell_that_is_typed_is_one_step_to_undo(qtbot, window, open_layer):
    view = open_layer("1-3-2-1", 2)
    before = matrix(window, 2)
    type_into(qtbot, view, 1, 2, "-2,5")
    settle(qtbot, window)
    assert matrix(window, 2)[1][2] == -2.5
    type_into(qtbot, view, 0, 3, ".75")  # elsewhere a dot does one update
    settle(qtbot, window)
    assert matrix(window, 2)[0][3] == 0.75
    assert window.trainer.snapshot.updates == 0
    assert view.currentIndex().row() == 1, "Enter goes to the cell below"
    assert window.document.undo_stack.count() == 2
    for _ in range(2):
        qtbot.keyClick(view, Key.Key_Z, CONTROL)
        settle(qtbot, window)
    assert matrix(window, 2) == before


def test_a_cell_that_is_opened_and_left_changes_nothing(qtbot, window, open_layer):
    view = open_layer("1-3-2-1", 2)
    go_to(view, 0, 0)
    qtbot.keyClick(view, Key.Key_Return)
    field = field_of(view)
    assert field.text() == exact_number(matrix(window, 2)[0][0]), "with all its digits"
    press_enter(qtbot, field)
    assert window.document.undo_stack.count() == 0


def test_what_is_no_number_is_marked_and_said_and_changes_nothing(qtbot, window, open_layer):
    view = open_layer("1-3-2-1", 2)
    before = matrix(window, 2)
    type_into(qtbot, view, 1, 1, "1x")
    assert "“1x” is no number" in error_of(window)
    sentence = find(window, QLabel, "matrix_error")
    qtbot.waitUntil(lambda: sentence.visibleRegion().boundingRect().height() == sentence.height())
    assert texts(view)[1][1].startswith("⚠ ")
    assert [cell for row in texts(view) for cell in row if "⚠" in cell] == [texts(view)[1][1]]
    type_into(qtbot, view, 0, 0, "1")
    settle(qtbot, window)
    assert error_of(window) == ""
    assert not any("⚠" in cell for row in texts(view) for cell in row)
    window.document.undo()
    settle(qtbot, window)
    assert matrix(window, 2) == before


def test_the_whole_matrix_goes_out_and_comes_back_with_the_same_bits(qtbot, window, open_layer):
    view = open_layer("1-3-2-1", 2)
    before = matrix(window, 2)
    view.setFocus()
    qtbot.keyClick(view, Key.Key_A, CONTROL)
    qtbot.keyClick(view, Key.Key_C, CONTROL)
    copied = QGuiApplication.clipboard().text()
    assert [[float(cell) for cell in line.split("\t")] for line in copied.split("\n")] == before
    paste(qtbot, view, "\r\n".join(["1\t2\t3\t4", "5\t6\t7\t8,5", ""]))
    settle(qtbot, window)
    assert matrix(window, 2) == [[1, 2, 3, 4], [5, 6, 7, 8.5]]
    assert window.document.undo_stack.count() == 1
    paste(qtbot, view, copied)
    settle(qtbot, window)
    assert matrix(window, 2) == before
    for _ in range(2):
        qtbot.keyClick(view, Key.Key_Z, CONTROL)
        settle(qtbot, window)
    assert matrix(window, 2) == before


def test_a_block_is_pasted_where_one_stands(qtbot, window, open_layer):
    view = open_layer("1-3-2-1", 2)
    before = np.array(matrix(window, 2))
    go_to(view, 0, 1)
    paste(qtbot, view, "−0.5\t2·10⁻³\n1e2\t0")
    settle(qtbot, window)
    before[0:2, 1:3] = [[-0.5, 0.002], [100, 0]]
    assert matrix(window, 2) == before.tolist()
    go_to(view, 0, 3)
    paste(qtbot, view, "-0.0")
    settle(qtbot, window)
    assert str(matrix(window, 2)[0][3]) == "-0.0", "bit by bit"


@pytest.mark.parametrize(
    ("text", "why", "marked"),
    [
        ("1\t2\t3\n4\t5\t6", "2 × 3 numbers, rows by columns, and here is room for 2 × 4", 8),
        ("1\t2\t3\t4\n5\t6\t7", "the rows that were copied are not of the same length", 8),
        ("1\t2\t3\t4\n5\tsix\t7\t8", "the cell in row 2, column 2 is refused (“six”)", 1),
        ("a\tb\tc\td\n5\t\t7\t1e999", "6 cells are refused, the first in row 1, column 1 (“a”)", 6),
        ("=1+1\t2\t3\t4\n5\t6\t7\t1,000", "2 cells are refused", 2),
    ],
)
def test_what_does_not_fit_is_refused_as_a_whole(qtbot, window, open_layer, text, why, marked):
    view = open_layer("1-3-2-1", 2)
    before = matrix(window, 2)
    view.setFocus()
    qtbot.keyClick(view, Key.Key_A, CONTROL)
    paste(qtbot, view, text)
    settle(qtbot, window)
    assert why in error_of(window) and error_of(window).startswith("Nothing was pasted")
    assert sum("⚠" in cell for row in texts(view) for cell in row) == marked
    assert matrix(window, 2) == before and window.document.undo_stack.count() == 0


def test_why_a_paste_is_refused_comes_into_sight_in_a_low_window(qtbot, window, open_layer):
    view = open_layer("1-16-16-1", 2)
    window.resize(1100, 560)
    qtbot.wait(50)
    go_to(view, 0, 0)
    QGuiApplication.clipboard().setText("1\t2\n" * 40)
    qtbot.keyClick(view, Key.Key_V, CONTROL)
    error = find(window, QLabel, "matrix_error")
    qtbot.waitUntil(lambda: error.visibleRegion().boundingRect().size() == error.size())


@pytest.mark.parametrize("number", [-0.012345, 0.0012345, -0.51639, 123.45])
def test_a_usual_number_has_room_in_its_column(window, open_layer, number):
    view = open_layer("1-3-1", 1)
    needed = view.fontMetrics().horizontalAdvance(editable_number(number)) + 2 * TEXT_MARGIN
    assert view.columnWidth(0) >= needed


def test_a_block_that_leads_out_of_the_table_is_refused(qtbot, window, open_layer):
    view = open_layer("1-3-2-1", 2)
    go_to(view, 1, 2)
    paste(qtbot, view, "1\t2\n3\t4")
    assert "here is room for 1 × 2" in error_of(window)


def test_missing_connections_are_empty_and_cannot_be_filled(qtbot, window, open_layer):
    view = open_layer("1-3-2-1", 2)
    layers = window.editor.topology.layers
    window.editor.erase(connections=[(layers[1].units[1], layers[2].units[0])])
    window.document.undo_stack.clear()
    settle(qtbot, window)
    view, before = table(window), matrix(window, 2)
    assert texts(view)[0][1] == ""
    assert not view.model().index(0, 1).flags() & Qt.ItemFlag.ItemIsEditable
    go_to(view, 0, 1)
    qtbot.keyClick(view, "1")
    assert field_of(view) is None
    go_to(view, 0, 0)
    paste(qtbot, view, "1\t2\t3\t4\n5\t6\t7\t8")
    assert "row 1, column 2 is refused (“2”). There is no connection here" in error_of(window)
    assert matrix(window, 2) == before
    paste(qtbot, view, "1\t\t3\t4\n5\t6\t7\t8")
    settle(qtbot, window)
    assert matrix(window, 2) == [[1, 0, 3, 4], [5, 6, 7, 8]]
    qtbot.keyClick(view, Key.Key_C, CONTROL)
    assert QGuiApplication.clipboard().text() == "1.0\t\t3.0\t4.0\n5.0\t6.0\t7.0\t8.0"


def test_a_link_that_skips_layers_has_a_table_of_its_own(qtbot, window, open_layer):
    open_layer("1-3-2-1", 3)
    layers = window.editor.topology.layers
    window.document.change_topology("link", lambda t: wiring.link_layers(t, layers[1].id, layers[3].id))
    settle(qtbot, window)
    near, far = table(window, 0), table(window, 1)
    assert (near.model().columnCount(), far.model().columnCount()) == (3, 3)
    assert near.model().headerData(2, Qt.Orientation.Horizontal) == "bias b"
    assert find(window, QLabel, "matrix_title_1").text() == "Weights from Hidden 1, which skip layers"
    type_into(qtbot, far, 0, 2, "4")
    settle(qtbot, window)
    unit, source = layers[3].units[0], layers[1].units[2]
    assert window.trainer.snapshot.parameters.weight(source, unit) == 4


def test_what_is_frozen_is_in_italics_and_says_so(qtbot, window, open_layer):
    open_layer("1-3-2-1", 2)
    layers = window.editor.topology.layers
    window.editor.freeze_connections([(layers[1].units[0], layers[2].units[1])], True)
    settle(qtbot, window)
    model = table(window).model()
    frozen = [
        (row, column)
        for row in range(2)
        for column in range(4)
        if "frozen" in model.index(row, column).data(Role.ToolTipRole)
    ]
    assert frozen == [(1, 0)]
    assert model.index(1, 0).data(Role.FontRole).italic()
    assert model.index(0, 0).data(Role.FontRole) is None


def test_numbers_are_live_but_for_the_cell_that_is_being_edited(qtbot, window, trainer, open_layer):
    view = open_layer("1-3-2-1", 2)
    before = texts(view)
    go_to(view, 0, 0)
    qtbot.keyClick(view, "7")
    field = field_of(view)
    trainer.train_or_pause()
    qtbot.waitUntil(lambda: all(a != b for a, b in zip(texts(view)[1], before[1], strict=True)))
    assert field.text() == "7" and field.isVisible()
    press_enter(qtbot, field)
    qtbot.waitUntil(lambda: matrix(window, 2)[0][0] > 5)
    trainer.train_or_pause()
    settle(qtbot, window)
    assert window.document.undo_stack.count() == 1


def test_the_input_layer_has_no_matrix_and_what_is_not_in_view_makes_none(qtbot, window, open_layer):
    open_layer("1-3-2-1", 1)
    window.selection.select_layer(window.editor.topology.layers[0].id)
    assert not [t for t in window.findChildren(QTableView) if t.isVisible()]


def test_no_table_is_made_before_it_is_seen(window):
    window.selection.select_layer(window.editor.topology.layers[1].id)
    assert not window.findChildren(QTableView)


def test_a_large_layer_makes_no_items(qtbot, window, open_layer, monkeypatch):
    """What is painted asks for its cells, and nothing for all 12,560 of them."""
    view = open_layer("1-784-16-1", 2)
    model, asked = view.model(), set()
    assert (model.rowCount(), model.columnCount()) == (16, 785)
    data = type(model).data

    def count(self, index, role=Role.DisplayRole):
        asked.add((index.row(), index.column()))
        return data(self, index, role)

    monkeypatch.setattr(type(model), "data", count)
    window.trainer.step_update()
    settle(qtbot, window)
    view.viewport().repaint()
    assert 0 < len(asked) < 300
