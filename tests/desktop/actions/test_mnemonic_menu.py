"""What is typed while a menu is open is the menu's."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu
from window_driver import find, settle

from nn_desktop.desktop.plots.plot_frame import PlotFrame

Key = Qt.Key


def test_a_letter_chooses_from_the_open_menu_and_no_tool(qtbot, window):
    menu, action = find(window, QMenu, "menu_view"), window.actions_by_name["log_scale"]
    with qtbot.waitExposed(menu):
        menu.popup(QPoint(0, 0))
    qtbot.keyClick(menu, Key.Key_L)  # on the canvas it takes the tool for layers
    assert action.isChecked()
    assert not menu.isVisible()
    assert window.actions_by_name["tool_select"].isChecked()


def test_a_letter_means_one_entry_of_a_menu(window):
    menus = [*window.findChildren(QMenu), *(frame.menu for frame in window.findChildren(PlotFrame))]
    assert len(menus) >= 10
    for menu in menus:
        menu.aboutToShow.emit()
        keys = [QKeySequence.mnemonic(action.text()) for action in menu.actions()]
        letters = [key.toString() for key in keys if not key.isEmpty()]
        assert len(letters) == len(set(letters)), f"{menu.objectName()}: {sorted(letters)}"


def test_a_key_means_one_action_in_every_workspace(window):
    for name in ("data", "network", "train", "understand", "export"):
        window.workspaces.go_to(name)
    for panel in window.docks.rows.rows:
        window.docks.widget(panel.name)
    everywhere = Qt.ShortcutContext.WindowShortcut
    keys = [
        key.toString()
        for action in window.findChildren(QAction)
        if not isinstance(action.parent(), QMenu)  # a plot's, which only shows the key that its frame hears
        and (action.shortcutContext() is everywhere or action in window.canvas.actions())
        for key in action.shortcuts()
    ]
    assert len(keys) > 60
    assert [key for key in set(keys) if keys.count(key) > 1] == []


def test_a_letter_in_a_menu_of_the_canvas_takes_no_tool_either(qtbot, window, document):
    window.selection.select_layer(document.setup.topology.layers[1].id)
    window.canvas.context_menu_requested.emit(QPoint(0, 0))
    menu = find(window, QMenu, "canvas_menu")
    qtbot.keyClick(menu, Key.Key_F)
    settle(qtbot, window)
    assert document.setup.topology.layers[1].frozen
    assert window.findChild(QMenu, "canvas_menu") is None  # it has done its work
