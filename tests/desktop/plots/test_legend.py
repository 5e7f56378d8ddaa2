"""A legend loses no entry, however large the font and however narrow the plot."""

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QFont, QHelpEvent
from PySide6.QtWidgets import QApplication, QToolTip, QVBoxLayout, QWidget

from nn_desktop.desktop.plots.legend import MAX_ROWS, Legend, LegendEntry, row_height, wrapped
from nn_desktop.desktop.plots.marks import Mark

ENTRIES = (
    LegendEntry("training", "#000000", Mark.CIRCLE),
    LegendEntry("test", "#000000", Mark.DIAMOND),
    LegendEntry("truth", "#000000"),
)


@pytest.fixture
def legend(qtbot, theme):
    window = QWidget()
    qtbot.addWidget(window)
    legend = Legend(theme, window)
    layout = QVBoxLayout(window)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.addWidget(legend)
    layout.addStretch(1)
    window.resize(400, 200)
    with qtbot.waitExposed(window):
        window.show()
    yield legend  # its window is kept till then


def resize(legend, width):
    legend.window().resize(width, 200)
    QApplication.processEvents()


@pytest.mark.parametrize("points", [9, 14, 18])
@pytest.mark.parametrize("width", [150, 220, 400])
def test_all_entries_are_shown_in_as_many_rows_as_they_need(legend, points, width):
    legend.setFont(QFont("DejaVu Sans", points))
    legend.set_entries(ENTRIES)
    resize(legend, width)
    rows = wrapped(ENTRIES, width, legend.fontMetrics())
    assert [entry for row in rows for entry in row] == list(ENTRIES)
    assert legend.is_whole
    assert legend.height() == len(rows) * row_height(legend.fontMetrics())


def test_what_has_no_room_at_all_stands_in_the_tooltip(legend):
    names = tuple(LegendEntry(f"class number {k}", "#000000", Mark.SQUARE) for k in range(12))
    legend.set_entries(names)
    resize(legend, 150)
    assert not legend.is_whole
    assert legend.height() == MAX_ROWS * row_height(legend.fontMetrics())
    point = QPoint(5, 5)
    QApplication.sendEvent(legend, QHelpEvent(QHelpEvent.Type.ToolTip, point, legend.mapToGlobal(point)))
    assert QToolTip.text() == "\n".join(entry.text for entry in names)
    QToolTip.hideText()


def test_a_number_that_becomes_shorter_does_not_take_a_row_away(legend):
    resize(legend, 150)
    for number, rows in (("0.5", 1), ("0.003120", 2), ("0.5", 2)):
        legend.set_entries(
            (LegendEntry("a", "#000000", number=number), LegendEntry("b", "#000000", number=number))
        )
        QApplication.processEvents()
        assert legend.height() == rows * row_height(legend.fontMetrics())
