"""Every control can be found by a stable name, and is called something by assistive technology."""

from collections import Counter

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QComboBox,
    QDockWidget,
    QGraphicsScene,
    QLabel,
    QMenu,
    QMenuBar,
    QTabBar,
    QToolButton,
    QWidget,
)
from reachable import CONTROLS as SEEN

from nn_desktop.desktop.actions.action import Action
from nn_desktop.desktop.plots.chart import Chart

CONTROLS = (*(kind for kind in SEEN if kind is not QLabel), QDockWidget, QMenu)


def is_own(widget: QWidget) -> bool:
    """Qt's own parts of a widget have names that begin with "qt_", or none within a named parent.

    A menu bar has one too, for the menus that it has no room for.
    """
    inner = isinstance(widget.parent(), (QAbstractSpinBox, QComboBox, QTabBar))
    inner |= isinstance(widget, QMenu) and isinstance(widget.parent(), QMenuBar) and not widget.title()
    return not (widget.objectName().startswith("qt_") or inner)


@pytest.fixture
def window(window):
    """The window, with all its panels made."""
    for name in window.docks.by_name:
        window.docks.widget(name)
    return window


def rows_of(window: QWidget) -> list[Action]:
    return [row for menu in window.menus for row in menu.rows]


def own_controls(window: QWidget) -> list[QWidget]:
    return [widget for kind in CONTROLS for widget in window.findChildren(kind) if is_own(widget)]


def own_actions(window: QWidget) -> list[QAction]:
    """All that can be triggered: not separators, nor the titles of menus, which have the menus' names.

    pyqtgraph gives each of its scenes an export that no menu shows.
    """
    return [
        action
        for action in window.findChildren(QAction)
        if action.text() and action.menu() is None and not isinstance(action.parent(), QGraphicsScene)
    ]


def test_every_control_of_the_window_has_both_names(window):
    controls = own_controls(window)
    assert len(controls) > 30
    nameless = [
        (type(widget).__name__, widget.objectName(), widget.accessibleName())
        for widget in controls
        if not widget.objectName() or not widget.accessibleName()
    ]
    assert nameless == []


def test_every_action_of_the_window_has_a_name(window):
    actions = own_actions(window)
    assert len(actions) > len(rows_of(window))
    assert [action.text() for action in actions if not action.objectName()] == []


def test_names_are_unique(window):
    names = Counter(thing.objectName() for thing in [*own_controls(window), *own_actions(window)])
    assert [name for name, count in names.items() if count > 1] == []


def test_what_lessons_point_at_is_there(window):
    for name in (
        "data_panel",
        "learning_panel",
        "readout_strip",
        "descent_button",
        "canvas",
        "fit_view",
        "outline_panel",
        "inspector_panel",
        "notes_panel",
        "timeline_strip",
    ):
        assert window.findChild(QWidget, name) is not None, name
    for name in (
        "dock_data",
        "dock_outline",
        "dock_learning",
        "dock_inspector",
        "dock_fit",
        "dock_loss",
        "dock_notes",
        "timeline",
        "training_bar",
    ):
        assert window.findChild(QAction, f"toggle_{name}") is not None, name


def test_every_action_is_in_a_menu_has_a_tip_and_keys_of_its_own(window):
    rows = rows_of(window)
    assert [row.name for row in rows] == list(window.actions_by_name)
    for row in rows:
        assert window.findChild(QAction, row.name) is window.actions_by_name[row.name]
        assert row.tip
    keys = [keys for row in rows for keys in row.keys]
    assert len(keys) == len(set(keys))


def test_every_menu_has_its_actions(window):
    assert len(window.menus) == 6
    for menu in window.menus:
        shown = window.findChild(QMenu, menu.name)
        assert shown is not None, menu.name
        entries = [each for each in shown.actions() if not each.isSeparator() and each.menu() is None]
        wanted = [row.name for row in menu.rows]
        assert [action.objectName() for action in entries][: len(wanted)] == wanted


def test_keys_that_change_the_network_belong_to_the_canvas_and_the_outline_alone(window):
    for row in rows_of(window):
        action = window.actions_by_name[row.name]
        at_canvas = action.shortcutContext() is Qt.ShortcutContext.WidgetWithChildrenShortcut
        assert at_canvas == row.is_on_canvas
        holders = [w for w in action.associatedObjects() if not isinstance(w, QMenu | QToolButton)]
        if row.is_on_canvas:
            assert holders == [window.canvas, window.docks.outline.tree]


def test_del_in_the_gallery_and_plus_in_a_plot_leave_the_network_alone(window, document, qtbot):
    window.canvas.setFocus()
    window.selection.select_layer(document.setup.topology.layers[1].id)
    before = document.setup.topology
    for name, key in (
        ("data_gallery", Qt.Key.Key_Delete),
        ("data_gallery", Qt.Key.Key_A),
        ("loss_chart_plot", Qt.Key.Key_Plus),
        ("curve_fit_plot", Qt.Key.Key_Minus),
    ):
        widget = window.findChild(QWidget, name)
        widget.setFocus()
        qtbot.keyClick(widget, key)
        assert document.setup.topology == before, (name, key)
    assert not window.docks.loss_plot.findChild(Chart).is_following
