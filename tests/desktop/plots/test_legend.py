"""A legend loses no entry, however large the font and however narrow the plot; nor does the crosshair."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QFont, QFontMetrics, QHelpEvent
from PySide6.QtWidgets import QApplication, QLabel, QToolTip, QVBoxLayout, QWidget

from nn_desktop.desktop.look.theme import scaled
from nn_desktop.desktop.plots.curve_fit import CurveFit
from nn_desktop.desktop.plots.legend import MAX_ROWS, Legend, LegendEntry, row_height, wrapped
from nn_desktop.desktop.plots.marks import Mark
from nn_desktop.desktop.plots.plot import Change
from nn_desktop.desktop.plots.plot_header import PlotHeader

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


def words_of(label):
    return label.fontMetrics().horizontalAdvance(label.text())


@pytest.mark.parametrize(("points", "width", "is_below"), [(9, 400, False), (14, 190, True), (18, 150, True)])
def test_a_header_puts_the_legend_below_the_caption_where_one_of_them_would_be_cut(
    qtbot, theme, points, width, is_below
):
    caption, legend = QLabel("test accuracy 0.933"), Legend(theme)
    legend.set_entries(ENTRIES)
    header = PlotHeader(caption, legend)
    qtbot.addWidget(header)
    header.setFont(QFont("DejaVu Sans", points))
    header.resize(width, 80)
    with qtbot.waitExposed(header):
        header.show()
    QApplication.processEvents()
    assert (legend.y() > caption.geometry().bottom()) is is_below
    assert legend.is_whole
    lines = 2 if words_of(caption) > caption.width() else 1
    assert caption.height() >= lines * caption.fontMetrics().height()


@pytest.mark.parametrize("width", [120, 200, 600])
def test_the_text_of_the_crosshair_stays_within_the_chart(qtbot, theme, width):
    chart = CurveFit(theme)
    qtbot.addWidget(chart)
    chart.resize(width, 200)
    with qtbot.waitExposed(chart):
        chart.show()
    chart.apply(Change.CROSSHAIR)
    (left, right), (bottom, top) = chart.plot.viewRange()
    for x in np.linspace(left, right, 9):
        for y in (bottom, top):
            chart._crosshair.move_to(x, y)
            QApplication.processEvents()
            text = chart._crosshair._text
            box = text.mapRectToScene(text.boundingRect())
            area = chart.plot.getViewBox().sceneBoundingRect().adjusted(-2, -2, 2, 2)
            assert area.contains(box) or box.width() > area.width()


@pytest.mark.parametrize("text", [1, 14 / 9, 2])
def test_figures_and_title_of_the_left_axis_have_room_beside_one_another(qtbot, qapp, theme, text):
    before = qapp.font()
    qapp.setFont(scaled(before, text))
    try:
        chart = CurveFit(theme)
        qtbot.addWidget(chart)
        with qtbot.waitExposed(chart):
            chart.show()
        axis = chart.plot.getAxis("left")
        metrics = QFontMetrics(axis.style["tickFont"])
        assert axis.width() >= metrics.horizontalAdvance("\u22120.75") + metrics.height()
    finally:
        qapp.setFont(before)


def test_a_caption_without_a_legend_has_all_the_room(qtbot, theme):
    caption = QLabel("test accuracy 0.928")
    header = PlotHeader(caption, Legend(theme))
    qtbot.addWidget(header)
    words = caption.fontMetrics().horizontalAdvance(caption.text())
    header.resize(words + 28, 40)
    header.show()
    assert caption.width() >= words
