"""Notes belong to the document, have an undo of their own, and are no longer than a file holds."""

import pytest
from desk import Desk
from known_data import make_setup
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QDockWidget, QLabel, QTabBar
from window_driver import find, settle

from nn_desktop.desktop.panels.notes_panel import NotesField, NotesPanel
from nn_desktop.files.project import project_document
from nn_desktop.network.functions import Activation
from nn_desktop.network.notation import parse_layers

Key, CONTROL = Qt.Key, Qt.KeyboardModifier.ControlModifier
MAX_NOTES_LENGTH = 8000
"""Less than there really may be: to lay that out takes Qt seconds."""


@pytest.fixture(autouse=True)
def shorter_notes(monkeypatch):
    monkeypatch.setattr(project_document, "MAX_NOTES_LENGTH", MAX_NOTES_LENGTH)


def full(character: str) -> str:
    """As much as there may be, in lines: to lay out a single one takes Qt seconds."""
    return (character * 79 + "\n") * (MAX_NOTES_LENGTH // 80)


@pytest.fixture
def in_view(qtbot, window):
    """The window, with the notes in front."""
    window.findChild(QAction, "toggle_dock_notes").trigger()
    qtbot.waitUntil(lambda: find(window, NotesField, "notes_field").isVisible())
    return window


@pytest.fixture
def field(in_view):
    field = find(in_view, NotesField, "notes_field")
    field.setFocus()
    return field


@pytest.fixture
def message(in_view):
    return find(in_view, QLabel, "notes_message")


def tabs(window) -> list[str]:
    bars = [bar for bar in window.findChildren(QTabBar) if bar.isVisible()]
    return sorted(bar.tabText(index) for bar in bars for index in range(bar.count()))


def paste(qtbot, field, text: str) -> None:
    QGuiApplication.clipboard().setText(text)
    qtbot.keyClick(field, Key.Key_V, CONTROL)


def test_what_is_typed_belongs_to_the_document(qtbot, document, field):
    told = []
    document.notes_changed.connect(told.append)
    qtbot.keyClicks(field, "It works.")
    assert document.notes == "It works."
    assert told[-1] == document.notes and len(told) == 9


def test_keys_that_mean_something_elsewhere_are_only_typed(qtbot, document, trainer, field):
    before = document.setup
    qtbot.keyClicks(field, "a . 0 +")
    qtbot.keyClick(field, Key.Key_Space, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClick(field, Key.Key_Delete)
    assert document.notes == "a . 0 + "
    assert not trainer.is_running and trainer.snapshot.updates == 0
    assert document.setup is before


def test_undo_is_its_own_and_never_that_of_the_network(qtbot, in_view, document, field):
    document.type_layers("1-4-1")
    settle(qtbot, in_view)
    qtbot.keyClicks(field, "wrong")
    for _ in range(5):
        qtbot.keyClick(field, Key.Key_Z, CONTROL)
        assert document.notes == ""
    assert document.setup.topology.sizes == (1, 4, 1)
    qtbot.keyClick(field, Key.Key_Z, CONTROL | Qt.KeyboardModifier.ShiftModifier)
    assert document.notes == "wrong"


def test_notes_that_come_from_outside_are_shown_and_told_once(document, field):
    told = []
    document.notes_changed.connect(told.append)
    document.set_notes("Opened.")
    assert field.toPlainText() == "Opened."
    assert told == ["Opened."]


def test_the_same_notes_from_outside_leave_the_undo_alone(qtbot, document, field):
    qtbot.keyClicks(field, "mine")
    document.set_notes("mine")
    assert field.document().isUndoAvailable()
    qtbot.keyClick(field, Key.Key_Z, CONTROL)
    assert document.notes == ""


def test_signs_that_a_text_field_changes_stay_until_somebody_edits(document, field):
    strange = "η\u00a0=\u00a00.03\r\nend"  # hard spaces, and the line end of another system
    document.set_notes(strange)
    assert document.notes == strange
    assert field.toPlainText() == "η = 0.03\nend"


def test_half_a_character_is_shown_but_not_kept_and_typing_goes_on(qtbot, document, field):
    qtbot.keyClicks(field, "ab")
    field.insertPlainText("\ud83d")
    qtbot.keyClicks(field, "c")
    assert document.notes == "abc"
    for _ in range(3):
        qtbot.keyClick(field, Key.Key_Z, CONTROL)
    assert document.notes == ""


def test_tab_leaves_the_notes(qtbot, document, field):
    qtbot.keyClick(field, Key.Key_Tab)
    assert not field.hasFocus()
    assert document.notes == ""


def test_tab_leads_from_the_notes_to_the_canvas_too(qtbot, in_view, field):
    for _ in range(60):
        qtbot.keyClick(in_view.focusWidget(), Key.Key_Tab)
        if in_view.canvas.hasFocus():
            return
    pytest.fail("the canvas was not reached")


def test_esc_gives_the_keys_back_to_the_canvas(qtbot, in_view, field):
    qtbot.keyClick(field, Key.Key_Escape)
    assert in_view.canvas.hasFocus()


def test_a_paste_is_cut_where_it_is_too_long_and_that_is_said(qtbot, document, field, message):
    qtbot.keyClicks(field, "begin end")
    for _ in range(3):
        qtbot.keyClick(field, Key.Key_Left)
    paste(qtbot, field, full("x"))
    assert len(document.notes) == MAX_NOTES_LENGTH
    assert document.notes.startswith("begin xxx") and document.notes.endswith("xxxend")
    assert message.isVisible()
    assert "8\N{NARROW NO-BREAK SPACE}000 characters" in message.text()
    qtbot.keyClick(field, Key.Key_Backspace)
    assert message.isHidden()
    for _ in range(2):  # of the last key, and of what was pasted
        qtbot.keyClick(field, Key.Key_Z, CONTROL)
    assert document.notes == "begin end"


def test_full_notes_take_no_more_and_undo_of_the_last_key_keeps_the_rest(qtbot, document, field, message):
    document.set_notes(full("x"))
    qtbot.keyClick(field, Key.Key_A)
    assert document.notes == full("x")
    assert message.isVisible()
    qtbot.keyClick(field, Key.Key_Z, CONTROL)
    assert document.notes == full("x")
    field.selectAll()
    qtbot.keyClick(field, Key.Key_B)
    assert document.notes == "b"
    assert message.isHidden()


def test_characters_are_counted_as_the_file_counts_them(qtbot, document, field, message):
    paste(qtbot, field, full("🙂"))
    assert document.notes == full("🙂")
    assert message.isHidden()
    qtbot.keyClick(field, Key.Key_A)
    assert document.notes == full("🙂")
    assert message.isVisible()


def test_what_is_dropped_is_cut_like_what_is_pasted(document, field, message):
    dropped = QMimeData()
    dropped.setText(full("y") + "y" * 5)
    field.insertFromMimeData(dropped)
    assert len(document.notes) == MAX_NOTES_LENGTH
    assert message.isVisible()


def test_the_document_bounds_its_notes_and_keeps_no_half_characters(qapp):
    desk = Desk(make_setup("sine", parse_layers("1-2-1"), Activation.TANH))
    document = desk.document
    document.set_notes("z" * (MAX_NOTES_LENGTH + 1))
    assert len(document.notes) == MAX_NOTES_LENGTH
    document.set_notes("half \ud83d one")
    assert document.notes == "half  one"
    desk.close()


def test_the_dock_takes_no_room_until_it_is_wanted_and_comes_as_a_tab(qtbot, window):
    dock, loss = (find(window, QDockWidget, name) for name in ("dock_notes", "dock_loss"))
    assert dock.isHidden()
    window.findChild(QAction, "toggle_dock_notes").trigger()
    assert window.tabifiedDockWidgets(dock) == [loss]
    qtbot.waitUntil(lambda: find(window, NotesPanel, "notes_panel").isVisible())
    qtbot.waitUntil(
        lambda: tabs(window) == ["Data", "Inspector", "Learning", "Loss", "Notes", "Outline", "Runs"]
    )
    window.findChild(QAction, "toggle_dock_notes").trigger()
    assert dock.isHidden()
    qtbot.waitUntil(lambda: not window.docks.loss_plot.visibleRegion().isEmpty())


def test_notes_that_are_opened_show_a_tab_and_leave_the_loss_in_front(qtbot, window, document):
    document.set_notes("A note.")
    assert not find(window, QDockWidget, "dock_notes").isHidden()
    qtbot.waitUntil(lambda: not window.docks.loss_plot.visibleRegion().isEmpty())
    assert find(window, NotesField, "notes_field").visibleRegion().isEmpty()


def test_names_are_there_for_assistive_technology(field):
    assert field.accessibleName() == "Notes"
    assert "what you tried" in field.placeholderText()


@pytest.mark.parametrize(("line", "excess"), [("x\n", 1), ("🙂\n", 2), ("\u00a0\n", 20_000)])
def test_what_a_program_puts_in_is_cut_at_its_end(document, field, message, line, excess):
    told = []
    document.notes_changed.connect(told.append)
    text = (line * MAX_NOTES_LENGTH)[: MAX_NOTES_LENGTH + excess]
    field.setPlainText(text)
    assert field.toPlainText() == text[:MAX_NOTES_LENGTH].replace("\u00a0", " ")
    assert document.notes == field.toPlainText()
    assert len(told) == 1
    assert message.isVisible()


def test_more_is_put_in_again_and_again_and_typing_goes_on(qtbot, document, field):
    for _ in range(2):
        field.appendPlainText("x\n" * MAX_NOTES_LENGTH)
        field.insertPlainText("y" * 50)
        assert len(document.notes) == MAX_NOTES_LENGTH
        assert document.notes == field.toPlainText()
    field.clear()
    qtbot.keyClicks(field, "on")
    assert document.notes == "on"


def test_the_document_and_the_field_agree_on_notes_that_come_too_long(document, field):
    told = []
    document.notes_changed.connect(told.append)
    for text in ("z\n" * MAX_NOTES_LENGTH, "🙂\n" * MAX_NOTES_LENGTH, "half \ud83d\n" * MAX_NOTES_LENGTH):
        document.set_notes(text)
        assert document.notes == told[-1] == field.toPlainText()
        assert len(document.notes) == MAX_NOTES_LENGTH
    assert len(told) == 3
