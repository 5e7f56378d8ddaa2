"""A unit as a disc with a picture of what it computes."""

from dataclasses import dataclass, replace

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QImage, QPainter, QPainterPath, QPen, QPolygonF, QTransform
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from nn_desktop.desktop.canvas.unit_pictures import Histogram, Picture
from nn_desktop.desktop.look.colors import Colors, mix

MARGIN = 7.0
RING = 3.5
"""From the disc to the ring around the unit that keys act on."""
EDGE = 0.9
"""Around small marks, so that they stand off from what is behind them."""
NEAR = 1.3
"""From this scale on the points of a picture could be told apart at its edge."""
DIMMED = 0.3
"""How much of its colours a dimmed unit keeps."""
BARS = QRectF(-0.66, -0.52, 1.32, 0.96)
"""Where the bars of a histogram stand, for a disc of radius 1."""
MIN_BAR = 0.8
"""Height of a bar that is not empty, in points."""


@dataclass(frozen=True, kw_only=True)
class Marks:
    """How a unit is looked at, and what is to be known of it.

    Attributes
    ----------
    selected, hovered
        Whether it is selected, and whether the pointer is on it.
    current
        Whether keys act on it.
    dimmed
        Whether something else is looked at.
    warning
        Whether something about it may be wrong.
    frozen
        Whether it does not learn.
    cut
        Whether it is cut off and gives out nothing for now.
    """

    selected: bool = False
    hovered: bool = False
    current: bool = False
    dimmed: bool = False
    warning: bool = False
    frozen: bool = False
    cut: bool = False


class UnitItem(QGraphicsItem):
    """One unit that is shown, as a disc of this radius in points."""

    def __init__(self, radius: float, colors: Colors) -> None:
        super().__init__()
        self.radius = radius
        self._colors = colors
        self._bar_colors = [QColor(mix(colors.unit, c, 0.8)) for c in (colors.negative, colors.positive)]
        self._line_color, self._mark_color = QColor(colors.unit_border), QColor(colors.text)
        self._picture: Picture | None = None
        self._bias: float | None = None
        self._marks = Marks()
        # Painted anew only when it changes, not whenever a connection beneath it does.
        self.setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)

    def show_live(self, picture: Picture | None, bias: float | None) -> None:
        """Show what the unit computes, and its bias; None for an input unit, which has none."""
        now = bias, type(picture), picture
        if now != (self._bias, type(self._picture), self._picture):
            self._picture, self._bias = picture, bias
            self.update()

    def set_marks(self, **changes: bool) -> None:
        """Change some of the `Marks`."""
        marks = replace(self._marks, **changes)
        if marks != self._marks:
            self._marks = marks
            self.update()

    def boundingRect(self) -> QRectF:
        reach = self.radius + MARGIN
        return QRectF(-reach, -reach, 2 * reach, 2 * reach)

    def shape(self) -> QPainterPath:
        """Return the disc: marks outside it are no place to press."""
        path = QPainterPath()
        path.addEllipse(QPointF(0, 0), self.radius, self.radius)
        return path

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        marks, opacity = self._marks, DIMMED if self._marks.dimmed else 1.0
        painter.setPen(Qt.PenStyle.NoPen)
        if marks.dimmed:  # what is behind does not shine through
            _fill_disc(painter, QPointF(0, 0), self.radius, self._colors.canvas)
        painter.setOpacity(opacity)
        inner = self._paint_disc(painter)
        painter.setOpacity(DIMMED if marks.cut else opacity)
        self._paint_picture(painter, QRectF(-inner, -inner, 2 * inner, 2 * inner))
        painter.setOpacity(opacity)
        if self._bias and self.radius >= 7:  # nothing for 0, or for an input unit
            self._paint_bias(painter, self._bias)
        if marks.frozen:
            self._paint_frozen(painter)
        if marks.cut:
            self._paint_cross(painter)
        painter.setOpacity(1.0)
        if marks.warning:
            self._paint_warning(painter)
        if marks.current:
            self._paint_current(painter)

    def _paint_disc(self, painter: QPainter) -> float:
        """Draw the unit and its ring; return the radius of what is left within.

        Two discs are filled, for that takes a third of the time of a circle drawn with a pen.
        """
        marks, colors = self._marks, self._colors
        width = 3.0 if marks.selected else 1.4
        color = colors.accent if marks.selected or marks.hovered else colors.unit_border
        inner = self.radius - width / 2
        _fill_disc(painter, QPointF(0, 0), self.radius + width / 2, color)
        _fill_disc(painter, QPointF(0, 0), inner, colors.unit)
        return inner

    def _paint_picture(self, painter: QPainter, disc: QRectF) -> None:
        if isinstance(self._picture, QImage):
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            if QStyleOptionGraphicsItem.levelOfDetailFromTransform(painter.worldTransform()) > NEAR:
                _fill_with_picture(painter, disc, self._picture)
            else:
                painter.drawImage(disc, self._picture)
        elif isinstance(self._picture, QPolygonF):
            self._paint_curve(painter, self._picture)
        elif self._picture is not None:
            self._paint_histogram(painter, self._picture)

    def _paint_curve(self, painter: QPainter, curve: QPolygonF) -> None:
        r = self.radius
        painter.setPen(QPen(QColor(self._colors.grid), 1))
        painter.drawLine(QPointF(-0.8 * r, 0), QPointF(0.8 * r, 0))
        painter.setPen(QPen(QColor(self._colors.accent), 1.6))
        painter.drawPolyline(QTransform.fromScale(0.78 * r, 0.58 * r).map(curve))

    def _paint_histogram(self, painter: QPainter, histogram: Histogram) -> None:
        """Draw bars, orange below 0 and blue above, on a base line, with a mark where 0 is."""
        r = self.radius
        left, base, width = BARS.left() * r, BARS.bottom() * r, BARS.width() * r
        border = left + width * histogram.share_below_zero
        bars = _bars(histogram.shares, left, base, width, BARS.height() * r)
        painter.setPen(Qt.PenStyle.NoPen)
        # Upright edges on whole pixels are sharper, and painted in half the time.
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        for color, side in zip(self._bar_colors, _cut_at(bars, border), strict=True):
            if side:
                painter.setBrush(color)
                painter.drawRects(side)
        painter.fillRect(QRectF(left, base, width, 1.0), self._line_color)
        if histogram.zero is not None:
            painter.fillRect(QRectF(border - 0.5, base, 1.0, max(2.5, 0.22 * r)), self._mark_color)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)

    def _paint_current(self, painter: QPainter) -> None:
        reach = self.radius + RING + 1
        pen = QPen(QColor(self._colors.accent), 1.4)
        pen.setDashPattern([2.4, 1.8])
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(pen)
        painter.drawEllipse(QPointF(0, 0), reach, reach)

    def _paint_bias(self, painter: QPainter, bias: float) -> None:
        """Draw the bias as a small mark at the lower left: a disc above 0, a bar below."""
        size = self.radius * (0.16 + 0.14 * min(abs(bias), 1.0))
        centre = QPointF(-0.72 * self.radius, 0.72 * self.radius)
        if bias >= 0:
            _fill_disc(painter, centre, size + EDGE, self._colors.canvas)
            _fill_disc(painter, centre, size, self._colors.positive)
        else:
            _fill_bar(painter, centre, 1.3 * size + EDGE, 0.6 * size + EDGE, self._colors.canvas)
            _fill_bar(painter, centre, 1.3 * size, 0.6 * size, self._colors.negative)

    def _paint_frozen(self, painter: QPainter) -> None:
        """Draw a small square at the lower right, as on frozen connections."""
        half = max(2.6, 0.18 * self.radius)
        centre = QPointF(0.72 * self.radius, 0.72 * self.radius)
        _fill_bar(painter, centre, half + EDGE, half + EDGE, self._colors.canvas)
        _fill_bar(painter, centre, half, half, self._colors.text_muted)

    def _paint_cross(self, painter: QPainter) -> None:
        a = 0.95 * self.radius
        painter.setPen(QPen(QColor(self._colors.warning), 2.0))
        painter.drawLines([QLineF(-a, -a, a, a), QLineF(-a, a, a, -a)])

    def _paint_warning(self, painter: QPainter) -> None:
        """Draw a triangle with an exclamation mark at the upper right."""
        half = min(7.0, max(5.0, 0.36 * self.radius))
        x, y = 0.72 * self.radius, -0.72 * self.radius
        painter.setPen(QPen(QColor(self._colors.canvas), 1.2))
        painter.setBrush(QColor(self._colors.warning))
        corners = [QPointF(x, y - half), QPointF(x + half, y + 0.8 * half), QPointF(x - half, y + 0.8 * half)]
        painter.drawPolygon(QPolygonF(corners))
        painter.setPen(QPen(QColor(self._colors.canvas), 0.22 * half))
        painter.drawLine(QPointF(x, y - 0.4 * half), QPointF(x, y + 0.2 * half))
        painter.drawPoint(QPointF(x, y + 0.52 * half))


def _fill_disc(painter: QPainter, centre: QPointF, radius: float, color: str) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(color))
    painter.drawEllipse(centre, radius, radius)


def _fill_with_picture(painter: QPainter, disc: QRectF, picture: QImage) -> None:
    """Fill a disc with a round picture, whose own edge, coarse from near by, lies outside it."""
    margin = disc.width() / (picture.width() - 2)
    rect = disc.adjusted(-margin, -margin, margin, margin)
    brush = QBrush(picture)
    brush.setTransform(
        QTransform.fromTranslate(rect.x(), rect.y()).scale(
            rect.width() / picture.width(), rect.height() / picture.height()
        )
    )
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(brush)
    painter.drawEllipse(disc)


def _fill_bar(painter: QPainter, centre: QPointF, half_width: float, half_height: float, color: str) -> None:
    corner = QPointF(half_width, half_height)
    painter.fillRect(QRectF(centre - corner, centre + corner), QColor(color))


def _bars(shares: tuple[float, ...], left: float, base: float, width: float, height: float) -> list[QRectF]:
    step = width / len(shares)
    least = MIN_BAR / height  # a single sample is seen too
    bars = []
    for index, share in enumerate(shares):
        if share > 0:
            tall = max(share, least) * height
            bars.append(QRectF(left + index * step, base - tall, step, tall))
    return bars


def _cut_at(bars: list[QRectF], x: float) -> tuple[list[QRectF], list[QRectF]]:
    """Return what lies to the left of x, and what to its right."""
    before = [bar for bar in bars if bar.right() <= x]
    after = [bar for bar in bars if bar.left() >= x]
    for bar in bars:
        if bar.left() < x < bar.right():
            before.append(QRectF(bar.left(), bar.top(), x - bar.left(), bar.height()))
            after.append(QRectF(x, bar.top(), bar.right() - x, bar.height()))
    return before, after
