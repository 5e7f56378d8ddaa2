"""What all charts with two axes have in common: look, range, and the few things one can do with them."""

import html
from typing import TYPE_CHECKING, Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt, Signal, Slot
from PySide6.QtGui import QBrush, QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import QHBoxLayout, QWidget

from nn_desktop.data.dataset import Dataset
from nn_desktop.desktop.look.accessibility import identify
from nn_desktop.desktop.look.colors import Colors
from nn_desktop.desktop.look.layouts import fill
from nn_desktop.desktop.look.numbers import figure
from nn_desktop.desktop.look.pictures import Picture
from nn_desktop.desktop.look.theme import Theme, scaled
from nn_desktop.desktop.plots.legend import LegendEntry
from nn_desktop.desktop.plots.marks import MARK_PATHS, Mark
from nn_desktop.desktop.plots.number_axis import NumberAxis
from nn_desktop.desktop.plots.plot import Change

if TYPE_CHECKING:
    from nn_desktop.desktop.plots.crosshair import Crosshair
    from nn_desktop.files.number_table import NumberTable

ZOOM_STEP = 0.8
LABEL_SIZE = 0.85
"""Size of an axis's figures, as a share of the system's font size."""
USUAL_LINE = 12
"""Height of a line of figures where the text has its usual size, in pixels."""
SIDES = {Change.LOG_X: "bottom", Change.LOG_Y: "left"}
"""Which axis becomes logarithmic."""


class Chart(QWidget):
    """Two axes with items between them: a `Plot`.

    The range is given, not searched for at every frame. Once the user zooms or pans it is theirs, until they
    ask to view all again.

    Parameters
    ----------
    name
        Its object name. The plot within is called so too, with ``_plot`` behind it.

    Attributes
    ----------
    axis_width
        Pixels for the figures and the title of the left axis at the usual size of text; larger ones get more.
    colors
        In which it is drawn: those of the theme, or those of paper for a moment.
    caption
        What is said of it in one line, and stands above its picture too; empty for nothing.
    is_following
        Whether it shows the range it was given, not one that the user chose.

    Signals
    -------
    following_changed(bool)
        `is_following` is another.
    maximize_requested()
        It was clicked twice.
    """

    following_changed = Signal(bool)
    maximize_requested = Signal()
    axis_width = 48

    def __init__(self, theme: Theme, name: str, accessible_name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        identify(self, name, accessible_name)
        self.theme = theme
        self.colors = theme.colors
        self.caption = ""
        # pyqtgraph carries no types. Its menus take a sixth of the time in which the window opens.
        self.plot: Any = pg.PlotWidget(
            self, enableMenu=False, axisItems={side: NumberAxis(side) for side in ("left", "bottom")}
        )
        self._crosshair: Crosshair | None = None
        self._wanted = QRectF(0, 0, 1, 1)
        self.is_following = True
        self._layout = fill(QHBoxLayout(self), self.plot, spacing=4)
        self._prepare_plot()
        self._style_axes(theme.colors)
        self._apply_range()

    @property
    def file_name(self) -> str:
        """How a file of it is called."""
        return self.objectName().replace("_", "-")

    def picture(self, suffix: str) -> Picture:
        """Return what it shows at this moment, with its legend."""
        from nn_desktop.desktop.plots.chart_picture import ChartPicture

        return ChartPicture(self)

    def why_no_numbers(self) -> str:
        """Return nothing: every chart has numbers."""
        return ""

    def numbers(self) -> "NumberTable":
        """Return the numbers that it shows at this moment."""
        raise NotImplementedError

    def legend(self) -> tuple[LegendEntry, ...]:
        """Say what the marks and lines mean."""
        return ()

    def paint_beside(self, painter: QPainter) -> None:
        """Draw on a picture what stands beside the plot, in the widget's coordinates."""

    def values_at(self, x: float, y: float) -> str:
        """Say what is at a place of the chart, given in its coordinates, for the crosshair."""
        return f"{figure(x)}\n{figure(y)}"

    def obstacle(self, change: Change) -> str:
        """Return why something cannot be changed: most axes have places for 0 and below."""
        if change in SIDES:
            return self.tr("This axis may have 0 and numbers below it, which have no logarithm")
        return ""

    def is_on(self, change: Change) -> bool:
        """Return whether the crosshair is shown; no axis is logarithmic."""
        return change is Change.CROSSHAIR and self._crosshair is not None and self._crosshair.is_shown

    def apply(self, change: Change) -> None:
        """Zoom, view all, or show or hide the crosshair."""
        match change:
            case Change.VIEW_ALL:
                self.view_all()
            case Change.ZOOM_IN:
                self._zoom(ZOOM_STEP)
            case Change.ZOOM_OUT:
                self._zoom(1 / ZOOM_STEP)
            case Change.CROSSHAIR:
                self._toggle_crosshair()

    def restyle(self, colors: Colors) -> None:
        """Take the colours of another theme."""
        self.colors = colors
        self._style_axes(colors)
        if self._crosshair is not None:
            self._crosshair.restyle(colors)

    def set_axis_titles(self, bottom: str, left: str) -> None:
        """Say what the axes are."""
        for name, text in (("bottom", bottom), ("left", left)):
            self.plot.getAxis(name).setLabel(html.escape(text, quote=False))  # it takes HTML
        self._style_axes(self.colors)

    def set_range(self, wanted: QRectF) -> None:
        """Give the range to be shown, in data units, unless the user chose another."""
        if wanted == self._wanted:
            return
        self._wanted = wanted
        if self.is_following:
            self._apply_range()

    @Slot()
    def view_all(self) -> None:
        """Go back to the range that was given, and follow it."""
        self._apply_range()
        self._set_following(True)

    def _prepare_plot(self) -> None:
        self.plot.setObjectName(f"{self.objectName()}_plot")
        self.plot.setAccessibleName(self.accessibleName())
        item = self.plot.getPlotItem()
        item.hideButtons()
        item.getViewBox().disableAutoRange()
        item.getViewBox().sigRangeChangedManually.connect(self._on_range_changed_manually)
        self.plot.scene().sigMouseClicked.connect(self._on_mouse_clicked)
        self.plot.setMinimumSize(120, 90)
        # Right clicks and the menu key go on to the frame around it, which has the menu.
        self.plot.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)

    def _style_axes(self, colors: Colors) -> None:
        self.plot.setBackground(QColor(colors.canvas))
        font = scaled(self.font(), LABEL_SIZE)
        for name in ("left", "bottom"):
            axis = self.plot.getAxis(name)
            axis.setPen(pen(colors.border))
            axis.setTextPen(pen(colors.text_muted))
            axis.setTickFont(font)
            axis.label.setFont(font)
            axis.label.setDefaultTextColor(QColor(colors.text_muted))
        line = QFontMetrics(font).height()
        self.plot.getAxis("left").setWidth(self.axis_width * max(1.0, line / USUAL_LINE))
        # The topmost figure stands half above the plot, as on a logarithmic axis that ends with it.
        self.plot.getPlotItem().setContentsMargins(0, line // 2, 4, 0)
        # Its own height leaves a wide gap between figures and title.
        self.plot.getAxis("bottom").setHeight(2 * line + 6)

    def _apply_range(self) -> None:
        wanted = self._wanted
        self.plot.setRange(
            xRange=(wanted.left(), wanted.right()), yRange=(wanted.top(), wanted.bottom()), padding=0
        )

    def _set_following(self, on: bool) -> None:
        if on != self.is_following:
            self.is_following = on
            self.following_changed.emit(on)

    @Slot(object)
    def _on_range_changed_manually(self, _axes: object) -> None:
        self._set_following(False)

    @Slot(object)
    def _on_mouse_clicked(self, event: Any) -> None:
        if event.double() and event.button() == Qt.MouseButton.LeftButton:
            self.maximize_requested.emit()

    def refresh_crosshair(self) -> None:
        """Let the crosshair say what is there now."""
        if self._crosshair is not None:
            self._crosshair.refresh()

    def _toggle_crosshair(self) -> None:
        from nn_desktop.desktop.plots.crosshair import Crosshair

        if self._crosshair is None:
            self._crosshair = Crosshair(self)
        else:
            self._crosshair.set_shown(not self._crosshair.is_shown)

    def _zoom(self, factor: float) -> None:
        self.plot.getViewBox().scaleBy((factor, factor))
        self._set_following(False)


def pen(color: str, width: float = 1, *, dashed: bool = False) -> Any:
    """Return a pen that is so many pixels wide at every zoom."""
    # A list of dashes, not a pen style: Qt's own dashes are too short to be told from dots at 1 pixel.
    return pg.mkPen(color, width=width, dash=[5, 3] if dashed else None)


def make_line(*, connect: str = "finite") -> Any:
    """Return an item for a solid line, which may be 2 pixels wide.

    Drawing it piece by piece takes half the time of a path (pyqtgraph#533); that is no way to draw dashes.
    """
    line = pg.PlotCurveItem(connect=connect)
    line.setSegmentedLineMode("on")
    return line


def make_dashed_line() -> Any:
    """Return an item for a line with a dashed pen."""
    return pg.PlotCurveItem(connect="finite")


def make_points(mark: Mark) -> Any:
    """Return an item for points that all have the same mark."""
    return pg.ScatterPlotItem(symbol=MARK_PATHS[mark], size=point_size(0), pxMode=True)


class SamplePoints:
    """The training samples as filled circles and the test samples as hollow diamonds, in a chart."""

    def __init__(self) -> None:
        self.training, self.test = make_points(Mark.CIRCLE), make_points(Mark.DIAMOND)

    def place(self, dataset: Dataset, x: NDArray[Any], y: NDArray[Any]) -> None:
        """Draw points, from one entry or row of x and y for each sample; leave out what is not finite."""
        for item, rows in ((self.training, dataset.train), (self.test, dataset.test)):
            known = np.isfinite(y[rows])
            item.setData(x[rows][known], y[rows][known])
            item.setSize(point_size(len(dataset.inputs)))

    def restyle(self, colors: Colors) -> None:
        """Take the colours of another theme."""
        faint = QColor(colors.sample)
        faint.setAlphaF(0.7)
        self.training.setPen(None)
        self.training.setBrush(QBrush(faint))
        self.test.setPen(pen(colors.test, 1.5))
        self.test.setBrush(QBrush(QColor(colors.canvas)))


def point_size(samples: int) -> float:
    """Return how large points are drawn, in pixels: the more, the smaller."""
    if samples <= 150:
        return 7.0
    return 5.5 if samples <= 600 else 4.5
