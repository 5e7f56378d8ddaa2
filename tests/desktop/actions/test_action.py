"""A row says what an action is and does; the action follows it."""

import pytest
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar, QToolButton, QWidget

from nn_desktop.desktop.actions.action import SEPARATOR, Action, Actions, Menu


class Lamp:
    """Something to switch, of two brightnesses."""

    def __init__(self) -> None:
        self.is_lit = self.is_broken = self.is_bright = False

    def switch(self) -> None:
        if not self.is_broken:
            self.is_lit = not self.is_lit


class LampMenu(Menu):
    def __init__(self, lamp: Lamp, parent: QWidget) -> None:
        super().__init__(parent)
        self.lamp = lamp
        self.name, self.title = "menu_lamp", "&Lamp"
        self.more = QMenu("More", parent)
        self.entries = (
            Action(
                name="switch",
                text=lambda: "Switch off" if lamp.is_lit else "Switch on",
                tip="Switch the lamp",
                icon=lambda: "pause" if lamp.is_lit else "play",
                keys=("Ctrl+L", "F9"),
                do=lamp.switch,
                is_checked=lambda: lamp.is_lit,
            ),
            SEPARATOR,
            self.more,
            Action(
                name="dim",
                text="Dim",
                tip="Make it darker",
                icon="zoom-out",
                do=lambda: self.set_bright(False),
                is_on=lambda: lamp.is_lit,
                is_checked=lambda: not lamp.is_bright,
                group="brightness",
                is_on_canvas=True,
            ),
            Action(
                name="brighten",
                text="Brighten",
                tip="Make it brighter",
                do=lambda: self.set_bright(True),
                is_checked=lambda: lamp.is_bright,
                group="brightness",
            ),
        )

    def set_bright(self, on: bool) -> None:
        self.lamp.is_bright = on


@pytest.fixture
def room(qtbot, theme):
    """A window with a lamp's menu, and a canvas in it."""
    window = QWidget()
    qtbot.addWidget(window)
    canvas = QWidget(window)
    menu = LampMenu(Lamp(), window)
    actions = Actions((menu,), lambda do: do(), theme, window, canvas)
    return window, canvas, menu, actions


def test_an_action_has_what_its_row_says(room):
    _, _, _, actions = room
    switch = actions.by_name["switch"]
    assert switch.objectName() == "switch"
    assert switch.text() == "Switch on"
    assert switch.statusTip() == "Switch the lamp"
    assert switch.toolTip() == "Switch the lamp (Ctrl+L)"
    assert switch.shortcuts() == [QKeySequence("Ctrl+L"), QKeySequence("F9")]
    assert actions.by_name["dim"].toolTip() == "Make it darker"


def test_triggering_does_what_the_row_does_and_shows_what_came_of_it(room):
    _, _, menu, actions = room
    switch, dim = actions.by_name["switch"], actions.by_name["dim"]
    assert not dim.isEnabled()
    switch.trigger()
    assert menu.lamp.is_lit
    assert (switch.isChecked(), switch.text(), dim.isEnabled()) == (True, "Switch off", True)


def test_a_switch_stays_as_it_was_where_nothing_came_of_it(room):
    _, _, menu, actions = room
    menu.lamp.is_broken = True
    actions.by_name["switch"].trigger()
    assert not actions.by_name["switch"].isChecked()


def test_a_change_elsewhere_is_shown_when_the_menu_says_so(room):
    _, _, menu, actions = room
    menu.lamp.is_lit = True
    menu.changed.emit()
    assert actions.by_name["switch"].isChecked()
    assert actions.by_name["dim"].isEnabled()


def test_one_of_a_group_is_on(room):
    _, _, menu, actions = room
    menu.lamp.is_lit = True
    menu.changed.emit()
    dim, brighten = actions.by_name["dim"], actions.by_name["brighten"]
    for action, states in ((brighten, (False, True)), (brighten, (False, True)), (dim, (True, False))):
        action.trigger()
        assert (dim.isChecked(), brighten.isChecked()) == states


def test_keys_of_the_canvas_are_heard_there_alone(room):
    window, canvas, _, actions = room
    assert actions.by_name["dim"].associatedObjects() == [canvas]
    assert actions.by_name["switch"].associatedObjects() == [window]


def test_a_menu_shows_its_entries_in_their_order(qtbot, room):
    _, _, menu, actions = room
    bar = QMenuBar()
    qtbot.addWidget(bar)
    actions.fill(bar)
    shown = bar.findChild(QMenu, "menu_lamp")
    assert shown.accessibleName() == "Lamp"
    entries = [action.isSeparator() or action.menu() or action.objectName() for action in shown.actions()]
    assert entries == ["switch", True, menu.more, "dim", "brighten"]


def test_a_button_has_its_icon_at_once_and_a_menu_only_when_all_are_drawn(room):
    window, _, menu, actions = room
    button = QToolButton(window)
    button.setDefaultAction(actions.by_name["switch"])
    actions.show_icons_of_buttons()
    assert not button.icon().isNull()
    assert actions.by_name["dim"].icon().isNull()
    before = button.icon().cacheKey()
    menu.lamp.switch()
    menu.changed.emit()
    assert button.icon().cacheKey() != before
    actions.show_all_icons()
    assert not actions.by_name["dim"].icon().isNull()
    assert actions.by_name["brighten"].icon().isNull()


def test_all_icons_of_the_window_are_there_once_it_is_painted(window, qtbot):
    qtbot.waitUntil(lambda: not window.actions_by_name["export_weights"].icon().isNull())
