"""The slider of the timeline: it points at one of the milestones of a run."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSignalBlocker, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFont,
    QFontMetrics,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QSlider

from nn_desktop.desktop.look.accessibility import identify
from nn_desktop.desktop.look.colors import Colors, mix
from nn_desktop.desktop.look.numbers import tick
from nn_desktop.desktop.look.theme import Theme, scaled
from nn_desktop.training.checkpoints import Milestone
from nn_desktop.training.snapshot import Snapshot

MAX_VALUE = 2**31 - 1
"""That a slider of Qt can have."""
GROOVE, HANDLE, MARK, RIM = 4, 14, 12, 8
"""Points: height of the groove, of the handle and of the mark of the present; room at both ends."""
MIN_TICK_DISTANCE = 5
"""Points between two milestones that get a tick each."""
SCALE_GAP = 12
"""Points between two numbers of the scale at least."""
SCALE_SIZE = 0.85
"""Size of the scale's figures, as a share of that of other text."""


@dataclass(frozen=True)
class Places:
    """Where one can be on the timeline: milestones, at even distances, and the present one."""

    milestones: tuple[Milestone, ...] = ()
    epoch: int = 0

    @classmethod
    def of(cls, snapshot: Snapshot) -> "Places":
        """Take those of a snapshot; a milestone that is the present is no earlier place."""
        milestones = snapshot.milestones
        if milestones and _is_present(milestones[-1], snapshot):
            milestones = milestones[:-1]
        return cls(milestones, snapshot.epoch)

    @property
    def now(self) -> int:
        """Number of the present place, the last one."""
        return len(self.milestones)

    def milestone(self, place: int) -> Milestone | None:
        """Return the milestone at a place; None for the present."""
        return self.milestones[place] if 0 <= place < self.now else None

    def epoch_at(self, place: int) -> int:
        """Return the whole epochs at a place."""
        milestone = self.milestone(place)
        return self.epoch if milestone is None else milestone.epoch

    def find(self, milestone: Milestone) -> int:
        """Return the place of a milestone, or of the nearest one that was kept."""
        updates = [each.updates for each in self.milestones]
        return _nearest(updates, milestone.updates) if updates else self.now


class TimelineSlider(QSlider):
    """Points at a place of the timeline, by pointer or keys, and asks to go there.

    What it shows of itself to assistive technology is a slider over epochs. Places have even distances: there
    are more of them where a run begins, and each can be reached.

    Signals
    -------
    pointed()
        Another place is pointed at, or none.
    chosen(Milestone)
        Somebody wants to go there.
    finished()
        The pointer has let go, or Esc had nothing to take back: the keys are wanted elsewhere.
    """

    pointed = Signal()
    chosen = Signal(object)
    finished = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        identify(self, "timeline", self.tr("Timeline: snapshots of the run"))
        self._theme = theme
        self.places = Places()
        self._place: int | None = None
        self._is_pressed = False
        self._scale: list[tuple[str, float, float]] = []
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.valueChanged.connect(self._on_value_changed)
        theme.changed.connect(self.update)
        self._mirror()

    @property
    def place(self) -> int:
        """The place that is pointed at; if none is, the present."""
        return self.places.now if self._place is None else self._place

    def set_places(self, places: Places) -> None:
        """Point into other places; what was pointed at stays so, if it is still there."""
        milestone = None if self._place is None else self.places.milestone(self._place)
        self.places = places
        if milestone is None or not places.milestones:
            self._place, self._is_pressed = None, self._is_pressed and bool(places.milestones)
        else:
            self._place = places.find(milestone)
        self._mirror()
        self._lay_out_scale()

    def x_of(self, place: int) -> float:
        """Return where a place is in the slider."""
        return RIM + (self.width() - 2 * RIM) * place / max(1, self.places.now)

    def sizeHint(self) -> QSize:
        return QSize(260, RIM // 2 + HANDLE + QFontMetrics(self._scale_font()).height())

    def minimumSizeHint(self) -> QSize:
        return QSize(90, self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out_scale()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton and self.places.now > 0:
            self._is_pressed = True
            self._point_at(self._place_at(event.position().x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        is_other_button = event.buttons() and not self._is_pressed
        if self.places.now > 0 and not is_other_button:
            self._point_at(self._place_at(event.position().x()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton and self._is_pressed:
            self._is_pressed = False
            self._go()
            self.finished.emit()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        if not self._is_pressed:
            self._point_at(None)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() is not Qt.FocusReason.ActiveWindowFocusReason:
            self._is_pressed = False
            self._point_at(None)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to others: it would point elsewhere by chance."""
        event.ignore()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Point with the arrows, Home and End; Enter goes there, Esc takes it back."""
        page = max(1, self.places.now // 10)
        key = Qt.Key(event.key())
        steps = {
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_PageUp: -page,
            Qt.Key.Key_PageDown: page,
        }
        if key in steps:
            self._point_at(max(0, min(self.places.now, self.place + steps[key])))
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self._point_at(0 if key == Qt.Key.Key_Home else None)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if not event.isAutoRepeat():
                self._go()
        elif key == Qt.Key.Key_Escape:
            self._take_back()
        else:
            event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        colors, painter = self._theme.colors, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = RIM // 2 + HANDLE / 2
        self._paint_groove(painter, colors, middle)
        self._paint_scale(painter, colors)
        x = self.x_of(self.place)
        if self.place != self.places.now:  # the present moment, which the handle has left
            painter.setPen(QPen(QColor(colors.accent), 2))
            end = self.x_of(self.places.now)
            painter.drawLine(QPointF(end, middle - MARK / 2), QPointF(end, middle + MARK / 2))
        is_live = self.hasFocus() or self._place is not None
        painter.setPen(QPen(QColor(colors.accent if is_live else colors.unit_border), 2 if is_live else 1))
        painter.setBrush(QColor(colors.panel if self.places.now else colors.window))
        painter.drawEllipse(QPointF(x, middle), HANDLE / 2 - 1, HANDLE / 2 - 1)
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

    def _paint_scale(self, painter: QPainter, colors: Colors) -> None:
        painter.setFont(self._scale_font())
        painter.setPen(QColor(colors.text_muted))
        top = RIM // 2 + HANDLE
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

    def _point_at(self, place: int | None) -> None:
        if place == self.places.now:
            place = None
        if place != self._place:
            self._place = place
            self._mirror()
            self.update()
            self.pointed.emit()

    def _take_back(self) -> None:
        if self._is_pressed or self._place is not None:
            self._is_pressed = False
            self._point_at(None)
        else:
            self.finished.emit()

    def _go(self) -> None:
        milestone = self.places.milestone(self.place)
        self._point_at(None)
        if milestone is not None:
            self.chosen.emit(milestone)

    def _mirror(self) -> None:
        """Have the slider's own value, which assistive technology reads, be the epoch pointed at."""
        first, last, here = (
            min(self.places.epoch_at(p), MAX_VALUE) for p in (0, self.places.now, self.place)
        )
        with QSignalBlocker(self):
            self.setRange(first, last)
            self.setValue(here)

    @Slot(int)
    def _on_value_changed(self, value: int) -> None:
        """Point where assistive technology has set the value."""
        epochs = [self.places.epoch_at(place) for place in range(self.places.now + 1)]
        self._point_at(_nearest(epochs, value))
        self._mirror()


def round_epochs(first: int, last: int) -> list[int]:
    """Return 1, 2, 3, 5 times powers of ten between two epochs, the roundest first, then the largest."""
    rounds = []
    for digits in ((1,), (5,), (2,), (3,)):
        for power in range(len(str(last)), -1, -1):
            rounds += [digit * 10**power for digit in digits]
    return [epoch for epoch in rounds if first <= epoch <= last]


def _is_present(milestone: Milestone, snapshot: Snapshot) -> bool:
    """Whether nothing has changed since: neither by training nor by somebody's hand."""
    return (
        milestone.updates == snapshot.updates
        and milestone.setup == snapshot.setup
        and np.array_equal(milestone.vector, snapshot.parameters.vector)
    )


def _nearest(numbers: Sequence[int], wanted: int) -> int:
    return min(range(len(numbers)), key=lambda place: abs(numbers[place] - wanted))
