"""Every number and every name of a field in the window says what it is when the pointer rests on it."""

import re

import pytest
from PySide6.QtGui import QAction, QFontMetrics
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from window_driver import open_descent, settle

from nn_desktop.data.catalogue import CATALOGUE

NOT_HERE = re.compile(r"nn_desktop\.desktop\.(plots|canvas)")


def is_in(widget: QWidget, places: re.Pattern[str]) -> bool:
    """Whether a widget belongs to a part of the window, by the module of one that it is in."""
    within: QWidget | None = widget
    while within is not None:
        if places.match(type(within).__module__):
            return True
        within = within.parentWidget()
    return False


@pytest.mark.parametrize("dataset", ["sine", "iris", "breast-cancer"])
def test_every_label_of_a_number_or_a_field_has_a_tool_tip(qtbot, window, document, dataset):
    document.choose_source(CATALOGUE[dataset])
    settle(qtbot, window)
    labels = [label for label in window.findChildren(QLabel) if label.isVisible() and label.text()]
    meant = [label for label in labels if label.buddy() is not None or re.search(r"\d", label.text())]
    assert len(meant) >= 12
    silent = [label for label in meant if not label.toolTip() and not is_in(label, NOT_HERE)]
    assert [label.text() for label in silent] == []


def test_every_field_of_the_inspector_has_a_tool_tip_on_its_label_too(qtbot, window, document):
    window.workspaces.go_to("network")
    layer, named = document.setup.topology.layers[1], set()
    for select, what in (
        (window.selection.select_unit, layer.units[0]),
        (window.selection.select_connection, (document.setup.topology.layers[0].units[0], layer.units[0])),
        (window.selection.select_layer, layer.id),
    ):
        select(what)
        settle(qtbot, window)
        labels = [each for each in window.docks.inspector.findChildren(QLabel) if each.buddy()]
        shown = [label for label in labels if label.isVisible()]
        assert [label.text() for label in shown if not label.toolTip()] == []
        named |= {label.text() for label in shown}
    assert len(named) >= 7


def test_no_tool_tip_is_wider_than_can_be_read(qtbot, window, document):
    metrics = QFontMetrics(QApplication.font("QTipLabel"))
    for row in window.docks.rows.rows:
        window.docks.widget(row.name)
    open_descent(window)
    for dataset in ("iris", "xor"):
        document.choose_source(CATALOGUE[dataset])
        window.selection.select_layer(document.setup.topology.layers[1].id)
        settle(qtbot, window)
        window.docks.inspector.set_in_view(True)
        tips = {each.toolTip() for each in (*window.findChildren(QWidget), *window.findChildren(QAction))}
        lines = {line for tip in tips if not tip.startswith("<") for line in tip.splitlines()}
        assert len(lines) > 100
        assert [line for line in lines if metrics.horizontalAdvance(line) > 620] == []


def test_the_two_speeds_say_what_each_is(window):
    speed, engine = (window.findChild(QLabel, name) for name in ("speed", "engine_in_use"))
    assert "showing the network share the time" in speed.toolTip().replace("\n", " ")
    if "an update" in engine.text():
        assert "the engine alone" in engine.toolTip().replace("\n", " ")
