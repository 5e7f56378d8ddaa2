"""The slider of the timeline: it is moved to an earlier moment of the run, or back to the present one."""

from math import isnan

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSignalBlocker, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QFontMetricsF,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QSlider, QToolTip

from nn_desktop.desktop.look.accessibility import identify
from nn_desktop.desktop.look.colors import Colors, mix
from nn_desktop.desktop.look.numbers import figure, grouped, tick
from nn_desktop.desktop.look.plain_text import tool_tip
from nn_desktop.desktop.look.theme import Theme, scaled
from nn_desktop.desktop.panels.timeline_places import Places, nearest
from nn_desktop.training.checkpoints import Best
from nn_desktop.training.marks import Mark

MAX_VALUE = 2**31 - 1
"""That a slider of Qt can have."""
GROOVE, HANDLE, PRESENT, RIM = 4, 14, 12, 8
"""Points: height of the groove, of the handle and of the mark of the present; room at both ends."""
FLAGS = 9
"""Height of the room above the handle, in which marks have their flags."""
FLAG = QPolygonF([QPointF(-4, -4), QPointF(4, -4), QPointF(0, 4)])
STAR = QPolygonF(
    [
        QPointF(radius * np.sin(turn * np.pi / 5), -radius * np.cos(turn * np.pi / 5))
        for turn, radius in zip(range(10), 5 * (6.5, 2.7), strict=True)
    ]
)
"""Signs around (0, 0): they differ by their shapes."""
REACH = 6
"""Points from a sign within which the pointer means it."""
MIN_TICK_DISTANCE = 5
"""Points between two milestones that get a tick each."""
SCALE_GAP = 12
"""Points between two numbers of the scale at least."""
SCALE_SIZE = 0.85
"""Size of the scale's figures, as a share of that of other text."""


class TimelineSlider(QSlider):
    """Is dragged, clicked or moved by keys to a place of the timeline.

    What it shows of itself to assistive technology is a slider over epochs. Places have even distances: there
    are more of them where a run begins, and each can be reached.

    Signals
    -------
    moved(Milestone | None)
        Somebody moved it to an earlier moment, or back to the present.
    finished()
        Esc was pressed at the present: the keys are wanted elsewhere.
    """

    moved = Signal(object)
    finished = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        identify(self, "timeline", self.tr("Timeline: snapshots of the run"))
        self._theme = theme
        self.places = Places()
        self.place = 0
        self._best: Best | None = None
        self.is_pressed = False
        self._scale: list[tuple[str, float, float]] = []
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.valueChanged.connect(self._on_value_changed)
        theme.changed.connect(self.update)
        self._mirror()

    def set_places(self, places: Places, place: int, best: Best | None) -> None:
        """Move over other places, and be at one of them."""
        self.places, self._best = places, best
        self.set_place(place)
        self._lay_out_scale()

    def set_place(self, place: int) -> None:
        """Be at a place, without telling of it."""
        self.place = place
        self._mirror()
        self.update()

    def x_of(self, place: float) -> float:
        """Return where a place is in the slider, or something between two of them."""
        return RIM + (self.width() - 2 * RIM) * place / max(1, self.places.now)

    def sizeHint(self) -> QSize:
        return QSize(260, FLAGS + HANDLE + QFontMetrics(self._scale_font()).height())

    def minimumSizeHint(self) -> QSize:
        return QSize(90, self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out_scale()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton and self.places.now > 0:
            self.is_pressed = True
            self._move_to(self._place_at(event.position().x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.is_pressed:
            self._move_to(self._place_at(event.position().x()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self.is_pressed = False

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to others: it would move it by chance."""
        event.ignore()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move by the arrows, Page keys, Home and End; Esc goes back to the present."""
        page = max(1, self.places.now // 10)
        key, now = Qt.Key(event.key()), self.places.now
        places = {
            Qt.Key.Key_Left: self.place - 1,
            Qt.Key.Key_Right: self.place + 1,
            Qt.Key.Key_PageUp: self.place - page,
            Qt.Key.Key_PageDown: self.place + page,
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: now,
        }
        if key in places and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._move_to(max(0, min(now, places[key])))
        elif key == Qt.Key.Key_Escape:
            self.is_pressed = False
            if self.place == now:
                self.finished.emit()
            self._move_to(now)
        else:
            event.ignore()

    def event(self, event: QEvent) -> bool:
        """Say what is under the pointer where that is a sign, or a moment; else what the slider is for."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            text = self.text_at(event.pos().x())
            QToolTip.showText(event.globalPos(), tool_tip(f"{text}\n{self.toolTip()}".strip()), self)
            return True
        return super().event(event)

    def text_at(self, x: float) -> str:
        """Return what is to be known of the signs at a point of the slider, or else of the moment there."""
        places = self.places
        if not places.now:
            return ""
        lines = []
        best = places.best_place
        if self._best is not None and best is not None and abs(self.x_of(best) - x) <= REACH:
            lines.append(self._best_text(self._best))
        for mark, spot in zip(places.marks, places.mark_spots, strict=True):
            if abs(self.x_of(spot) - x) <= REACH:
                lines.append(self._mark_text(mark))
        epoch = self.tr("Epoch {number}").format(number=grouped(places.epoch_at(self._place_at(x))))
        return "\n".join(lines) or epoch

    def _best_text(self, best: Best) -> str:
        text = self.tr("Lowest training loss so far: {loss}, at epoch {epoch}")
        if not isnan(best.test_loss):
            text = self.tr("Lowest test loss so far: {loss}, at epoch {epoch}")
        return text.format(loss=figure(best.loss), epoch=grouped(best.milestone.epoch))

    def _mark_text(self, mark: Mark) -> str:
        changes = ", ".join(change.sentence for change in mark.changes)
        text = self.tr("Changed at epoch {epoch}: {changes}")
        return text.format(epoch=grouped(int(mark.epoch)), changes=changes)

    def paintEvent(self, event: QPaintEvent) -> None:
        colors, painter = self._theme.colors, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = FLAGS + HANDLE / 2
        self._paint_groove(painter, colors, middle)
        self._paint_signs(painter, colors, middle)
        self._paint_scale(painter, colors)
        is_back = self.place != self.places.now
        if is_back:  # the present moment, which the handle has left
            painter.setPen(QPen(QColor(colors.accent), 2))
            end = self.x_of(self.places.now)
            painter.drawLine(QPointF(end, middle - PRESENT / 2), QPointF(end, middle + PRESENT / 2))
        is_live = self.hasFocus() or is_back
        painter.setPen(QPen(QColor(colors.accent if is_live else colors.unit_border), 2 if is_live else 1))
        painter.setBrush(QColor(colors.panel if self.places.now else colors.window))
        painter.drawEllipse(QPointF(self.x_of(self.place), middle), HANDLE / 2 - 1, HANDLE / 2 - 1)
        painter.end()

    def _paint_groove(self, painter: QPainter, colors: Colors, middle: float) -> None:
        now = self.places.now
        painter.setPen(Qt.PenStyle.NoPen)
        stops = ((self.width() - RIM, colors.border), (self.x_of(self.place) if now else 0, colors.accent))
        for end, color in stops:
            painter.setBrush(QColor(color))
            groove = QRectF(RIM, middle - GROOVE / 2, max(0.0, end - RIM), GROOVE)
            painter.drawRoundedRect(groove, GROOVE / 2, GROOVE / 2)
        if not now or self.x_of(1) - self.x_of(0) < MIN_TICK_DISTANCE:
            return
        painter.setBrush(QColor(mix(colors.window, colors.text_muted, 0.7)))
        for place in range(now):
            painter.drawRect(QRectF(self.x_of(place) - 0.5, middle - GROOVE, 1, 2 * GROOVE))

    def _paint_signs(self, painter: QPainter, colors: Colors, middle: float) -> None:
        """Draw a flag where settings changed, and a star on the groove at the best moment."""
        places, best = self.places, self.places.best_place
        if not places.now:
            return
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colors.text_muted))
        for spot in places.mark_spots:
            painter.drawPolygon(FLAG.translated(self.x_of(spot), FLAGS / 2))
        if best is not None:
            painter.setBrush(QColor(colors.test))
            painter.drawPolygon(STAR.translated(self.x_of(best), middle))

    def _paint_scale(self, painter: QPainter, colors: Colors) -> None:
        painter.setFont(self._scale_font())
        painter.setPen(QColor(colors.text_muted))
        top = FLAGS + HANDLE
        for text, left, width in self._scale:
            painter.drawText(
                QRectF(left, top, width, self.height() - top), Qt.AlignmentFlag.AlignCenter, text
            )

    def _lay_out_scale(self) -> None:
        """Note down text, left end and width of each number: the rounder it is, the sooner it gets room."""
        self._scale = []
        self.update()
        now = self.places.now
        if not now:
            return
        metrics = QFontMetricsF(self._scale_font())
        epochs = np.array([self.places.epoch_at(place) for place in range(now + 1)], dtype=float)
        middles = np.array([self.x_of(place) for place in range(now + 1)])
        for epoch in round_epochs(int(epochs[0]), int(epochs[-1])):
            text = tick(epoch)
            width = metrics.horizontalAdvance(text) + 1
            left = float(np.interp(epoch, epochs, middles)) - width / 2
            left = min(max(0.0, left), self.width() - width)
            right = left + width + SCALE_GAP
            if all(right < other or left > other + room + SCALE_GAP for _, other, room in self._scale):
                self._scale.append((text, left, width))

    def _scale_font(self) -> QFont:
        return scaled(self.font(), SCALE_SIZE)

    def _place_at(self, x: float) -> int:
        share = (x - RIM) / max(1, self.width() - 2 * RIM)
        return max(0, min(self.places.now, round(share * self.places.now)))

    def _move_to(self, place: int) -> None:
        if place != self.place:
            self.set_place(place)
            self.moved.emit(self.places.milestone(place))

    def _mirror(self) -> None:
        """Have the slider's own value, which assistive technology reads, be the epoch that it is at."""
        first, last, here = (
            min(self.places.epoch_at(p), MAX_VALUE) for p in (0, self.places.now, self.place)
        )
        with QSignalBlocker(self):
            self.setRange(first, last)
            self.setValue(here)

    @Slot(int)
    def _on_value_changed(self, value: int) -> None:
        """Move where assistive technology has set the value."""
        epochs = [self.places.epoch_at(place) for place in range(self.places.now + 1)]
        self._move_to(nearest(epochs, value))
        self._mirror()


def round_epochs(first: int, last: int) -> list[int]:
    """Return 1, 2, 3, 5 times powers of ten between two epochs, the roundest first, then the largest."""
    rounds = []
    for digits in ((1,), (5,), (2,), (3,)):
        for power in range(len(str(last)), -1, -1):
            rounds += [digit * 10**power for digit in digits]
    return [epoch for epoch in rounds if first <= epoch <= last]
