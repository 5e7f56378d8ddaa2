"""What is typed while a menu is open is the menu's."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMenu
from window_driver import find, settle

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
    for menu in window.menus:
        texts = (window.actions_by_name[row.name].text() for row in menu.rows)
        letters = [text[text.index("&") + 1].lower() for text in texts]
        assert len(letters) == len(set(letters)), f"{menu.name}: {sorted(letters)}"


def test_a_letter_in_a_menu_of_the_canvas_takes_no_tool_either(qtbot, window, document):
    window.selection.select_layer(document.setup.topology.layers[1].id)
    window.canvas.context_menu_requested.emit(QPoint(0, 0))
    menu = find(window, QMenu, "canvas_menu")
    qtbot.keyClick(menu, Key.Key_F)
    settle(qtbot, window)
    assert document.setup.topology.layers[1].frozen
    assert window.findChild(QMenu, "canvas_menu") is None  # it has done its work
