"""One canvas and one document, and five workspaces around them, each with an arrangement of its own."""

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QApplication, QDockWidget, QTabBar, QToolBar, QToolButton, QWidget
from window_driver import find, settle

from nn_desktop.desktop.app import make_window
from nn_desktop.desktop.export.export_dialog import ExportDialog
from nn_desktop.desktop.export.export_formats import FormatList

Key, ALT = Qt.Key, Qt.KeyboardModifier.AltModifier
NAMES = ("data", "network", "train", "understand", "export")


def in_view(window) -> set[str]:
    """Return the docks that somebody sees."""
    return {name for name, dock in window.docks.by_name.items() if not dock.visibleRegion().isEmpty()}


def press_alt(qtbot, window, number: int) -> None:
    qtbot.keyClick(window.focusWidget(), Key(Key.Key_0 + number), ALT)
    qtbot.wait(30)


def button(window, name: str) -> QToolButton:
    return find(window, QToolButton, f"workspace_{name}_button")


def test_one_starts_in_train_with_everything_at_a_glance(window):
    assert window.workspaces.present.name == "train"
    assert in_view(window) == {"dock_data", "dock_learning", "dock_fit", "dock_loss"}
    assert window.timeline.isVisible()


def test_what_nobody_has_seen_is_not_made(qtbot, window):
    for name in ("outline", "inspector", "notes"):
        assert window.findChild(QWidget, f"{name}_panel") is None
    find(window, QDockWidget, "dock_outline").raise_()
    qtbot.waitUntil(lambda: window.findChild(QWidget, "outline_panel") is not None)
    assert window.findChild(QWidget, "notes_panel") is None


class Shown(QObject):
    """Notes down what is shown as a window of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.windows: list[str] = []

    def eventFilter(self, watched, event):  # noqa: N802 a name of Qt
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            self.windows.append(watched.objectName())
        return False


def test_panels_are_made_after_the_first_painting_and_none_is_a_window_for_a_moment(
    qtbot, qapp, theme, settings, dialogs
):
    shown = Shown()
    qapp.installEventFilter(shown)
    window = make_window(theme, settings, dialogs)
    qtbot.addWidget(window)
    window.resize(1440, 900)
    assert window.findChild(QWidget, "fit_view") is None
    window.show()
    qtbot.waitUntil(lambda: window.findChild(QWidget, "fit_view") is not None)
    assert window.isActiveWindow()
    for workspace in NAMES:
        window.workspaces.go_to(workspace)
        QApplication.processEvents()
    assert shown.windows == ["main_window"]
    qapp.removeEventFilter(shown)


def test_a_panel_made_late_shows_the_newest_moment(qtbot, window, document):
    qtbot.keyClick(window, Key.Key_Period)
    settle(qtbot, window)
    unit = document.setup.topology.layers[1].units[0]
    window.selection.select_unit(unit)
    find(window, QDockWidget, "dock_inspector").raise_()
    qtbot.waitUntil(lambda: window.findChild(QWidget, "inspector_bias") is not None)
    bias = window.trainer.snapshot.parameters.bias(unit)
    assert float(window.findChild(QWidget, "inspector_bias").text().replace("−", "-")) == pytest.approx(
        bias, rel=1e-4
    )


@pytest.mark.parametrize(
    ("number", "panels"),
    [
        (1, {"dock_data", "dock_fit"}),
        (2, {"dock_outline", "dock_inspector", "dock_fit"}),
        (4, {"dock_inspector", "dock_outline", "dock_fit", "dock_loss"}),
        (5, {"dock_export", "dock_fit", "dock_notes"}),
    ],
)
def test_alt_and_a_digit_exchange_the_panels_and_nothing_else(qtbot, window, document, number, panels):
    setup, canvas, train = document.setup, window.canvas, in_view(window)
    press_alt(qtbot, window, number)
    assert in_view(window) == panels
    assert window.workspaces.present.name == NAMES[number - 1]
    assert document.setup is setup and window.canvas is canvas and canvas.isVisible()
    assert document.undo_stack.count() == 0
    press_alt(qtbot, window, 3)
    assert in_view(window) == train


def test_one_button_of_the_rail_is_down_at_a_time(qtbot, window):
    for name in NAMES:
        qtbot.mouseClick(button(window, name), Qt.MouseButton.LeftButton)
        assert [each for each in NAMES if button(window, each).isChecked()] == [name]
        assert window.workspaces.present.name == name


def test_a_button_of_the_rail_is_pressed_by_space_and_says_its_key(qtbot, window):
    network = button(window, "network")
    network.setFocus()
    qtbot.keyClick(network, Key.Key_Space)
    assert window.workspaces.present.name == "network"
    assert not window.trainer.is_running
    assert network.accessibleName() == "Network"
    assert network.toolTip().startswith("Network: ")  # the icon is all there is of it in a narrow window
    assert "(Alt+2)" in network.toolTip()


def test_tab_reaches_every_button_of_the_rail(qtbot, window):
    reached = set()
    window.canvas.setFocus()
    for _ in range(80):
        qtbot.keyClick(window.focusWidget(), Key.Key_Tab)
        reached.add(window.focusWidget().objectName())
    assert {f"workspace_{name}_button" for name in NAMES} <= reached


def test_a_workspace_remembers_its_arrangement_and_no_other_is_touched(qtbot, window, open_window):
    train = window.docks.read()
    press_alt(qtbot, window, 5)
    find(window, QDockWidget, "dock_fit").hide()
    window.resizeDocks([window.docks.by_name["dock_export"]], [500], Qt.Orientation.Horizontal)
    qtbot.wait(50)
    press_alt(qtbot, window, 3)
    assert window.docks.read() == train
    window.close()
    again = open_window()
    press_alt(qtbot, again, 5)
    assert in_view(again) == {"dock_export", "dock_notes"}
    assert again.docks.by_name["dock_export"].width() == pytest.approx(500, abs=12)


def test_a_workspace_has_a_timeline_or_none_and_remembers_which(qtbot, window):
    press_alt(qtbot, window, 2)
    assert not window.timeline.isVisible()
    window.timeline.toggle_view_action.trigger()
    press_alt(qtbot, window, 5)
    assert not window.timeline.isVisible()
    press_alt(qtbot, window, 2)
    assert window.timeline.isVisible()


def test_the_tool_bar_stays_where_it_is(qtbot, window):
    bar = find(window, QToolBar, "training_bar")
    bar.hide()
    for number in (2, 3, 2):
        press_alt(qtbot, window, number)
        assert bar.isHidden()
    bar.show()
    window.addToolBar(Qt.ToolBarArea.BottomToolBarArea, bar)
    press_alt(qtbot, window, 3)
    assert window.toolBarArea(bar) is Qt.ToolBarArea.BottomToolBarArea


def test_reset_layout_resets_this_workspace_alone(qtbot, window):
    find(window, QDockWidget, "dock_learning").hide()
    press_alt(qtbot, window, 2)
    find(window, QDockWidget, "dock_outline").hide()
    window.actions_by_name["reset_layout"].trigger()
    qtbot.wait(30)
    assert in_view(window) == {"dock_outline", "dock_inspector", "dock_fit"}
    press_alt(qtbot, window, 3)
    assert find(window, QDockWidget, "dock_learning").isHidden()


def test_no_tab_bar_is_left_behind(qtbot, window):
    find(window, QDockWidget, "dock_outline").raise_()
    for number in (4, 5, 1, 2):
        press_alt(qtbot, window, number)
        assert [bar for bar in window.findChildren(QTabBar) if bar.isVisible()] == []
    press_alt(qtbot, window, 3)
    shown = [bar for bar in window.findChildren(QTabBar) if bar.isVisible()]
    assert {bar.tabText(bar.currentIndex()) for bar in shown} == {"Outline", "Learning"}
    assert len(shown) == 2


def test_the_keys_are_heard_when_the_column_that_had_them_is_folded_away(qtbot, window):
    seed = find(window, QWidget, "learning_seed")
    for keys in (Key.Key_F9, Key.Key_F11):
        seed.setFocus()
        qtbot.keyClick(seed, keys)
        assert window.canvas.hasFocus()
        qtbot.keyClick(window.canvas, keys)
        qtbot.waitUntil(seed.isVisible)


def test_the_keys_are_heard_when_what_had_them_is_hidden(qtbot, window):
    find(window, QWidget, "learning_seed").setFocus()
    press_alt(qtbot, window, 2)
    assert window.canvas.hasFocus()


def test_a_project_keeps_the_panels_of_train_from_whatever_workspace(qtbot, window, tmp_path):
    window.docks.by_name["dock_learning"].hide()
    kept = window.docks.read()
    press_alt(qtbot, window, 5)
    assert window.workspaces.read_panels() == kept
    window.workspaces.place_panels(kept)
    press_alt(qtbot, window, 3)
    window.actions_by_name["reset_layout"].trigger()
    press_alt(qtbot, window, 2)
    network = in_view(window)
    window.workspaces.place_panels(kept)
    assert in_view(window) == network
    press_alt(qtbot, window, 3)
    assert window.docks.by_name["dock_learning"].isHidden()


def test_a_format_of_the_export_workspace_opens_the_dialog_with_it(qtbot, window):
    press_alt(qtbot, window, 5)
    formats = find(window, FormatList, "export_panel_formats")
    formats.setFocus()
    formats.choose(".onnx")
    qtbot.mouseClick(find(window, QWidget, "export_panel_export"), Qt.MouseButton.LeftButton)
    dialog = find(window, ExportDialog, "export_dialog")
    assert dialog.isVisible()
    assert dialog.formats.ending == ".onnx"
    dialog.close()


def test_the_buttons_of_the_export_workspace_do_what_the_menu_does(qtbot, window):
    press_alt(qtbot, window, 5)
    qtbot.mouseClick(find(window, QWidget, "export_panel_copy_link_with_weights"), Qt.MouseButton.LeftButton)
    settle(qtbot, window)
    assert window.message_bar.text.startswith("Copied a link of")


def test_in_a_narrow_window_a_panel_that_is_asked_for_takes_the_place_of_the_other_column(qtbot, window):
    window.resize(800, 600)
    qtbot.wait(50)
    window.columns.open("right")
    qtbot.keyClick(window.canvas, Key.Key_I)
    qtbot.waitUntil(lambda: in_view(window) == {"dock_inspector"})
    window.columns.open("right")
    qtbot.waitUntil(lambda: in_view(window) == {"dock_fit", "dock_loss"})


def test_esc_in_the_outline_closes_its_drawer_when_nothing_is_selected(qtbot, window, document):
    window.resize(800, 600)
    press_alt(qtbot, window, 2)
    window.columns.open("left")
    window.selection.select_layer(document.setup.topology.layers[1].id)
    tree = window.docks.outline.tree
    tree.setFocus()
    qtbot.keyClick(tree, Key.Key_Escape)
    assert window.selection.is_empty and window.columns.is_open("left")
    qtbot.keyClick(tree, Key.Key_Escape)
    assert not window.columns.is_open("left") and window.canvas.hasFocus()
