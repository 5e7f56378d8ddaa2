"""Every control can be found by a stable name, and is called something by assistive technology."""

from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QListWidget,
    QSlider,
)

from nn_desktop.desktop.actions import MENUS, ROWS, SEPARATOR
from nn_desktop.desktop.identity import CONTROLS

OWN = (QAbstractButton, QAbstractSpinBox, QComboBox, QListWidget, QSlider, QLineEdit)


def is_own(widget) -> bool:
    """Qt's own parts of a widget have names that begin with "qt_", or none within a named parent."""
    inner = widget.parent() is not None and isinstance(widget.parent(), (QAbstractSpinBox, QComboBox))
    return not (widget.objectName().startswith("qt_") or inner)


def test_every_control_of_the_window_has_both_names(window):
    controls = [widget for kind in OWN for widget in window.findChildren(kind) if is_own(widget)]
    assert len(controls) > 20
    nameless = [
        (type(widget).__name__, widget.objectName())
        for widget in controls
        if not widget.objectName() or not widget.accessibleName()
    ]
    assert nameless == []


def test_names_are_unique(window):
    names = [widget.objectName() for kind in OWN for widget in window.findChildren(kind) if is_own(widget)]
    assert len(names) == len(set(names))


def test_every_action_is_in_a_menu_has_a_tip_and_keys_of_its_own(window):
    listed = {name for _, names in MENUS for name in names if name != SEPARATOR}
    assert {row.name for row in ROWS} == listed
    for row in ROWS:
        assert window.findChild(QAction, row.name) is window.actions_by_name[row.name]
        assert row.tip
    keys = [keys for row in ROWS for keys in row.shortcuts]
    assert len(keys) == len(set(keys))


def test_the_table_of_names_holds_no_empty_text():
    assert all(CONTROLS.values())
