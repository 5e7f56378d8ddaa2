"""The strip below the canvas: earlier moments of the run, to look for one and to go back to it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSignalBlocker, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QAction,
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
    QShowEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QSlider, QWidget

from nn_desktop.desktop.document.document import Document
from nn_desktop.desktop.look.accessibility import identify
from nn_desktop.desktop.look.colors import Colors, mix
from nn_desktop.desktop.look.numbers import figure, grouped, tick
from nn_desktop.desktop.look.theme import Theme
from nn_desktop.network.parameters import FloatArray
from nn_desktop.training.checkpoints import Milestone
from nn_desktop.training.snapshot import Snapshot

REST_MILLISECONDS = 400
"""Between two looks at a run that goes on: the strip shall cost no frames."""
MAX_VALUE = 2**31 - 1
"""That a slider of Qt can have."""
GROOVE, HANDLE, MARK, RIM = 4, 14, 12, 8
"""Points: height of the groove, of the handle and of the mark of the present; room at both ends."""
MIN_TICK_DISTANCE = 5
"""Points between two milestones that get a tick each."""
SCALE_GAP = 12
"""Points between two numbers of the scale at least."""
SCALE_SIZE = 0.85
"""Of the scale's figures, in comparison with other text."""
LABEL_SHARE = 0.5
"""Of the strip that its label may take."""


@dataclass(frozen=True)
class Places:
    """Where one can be on the timeline: earlier moments, at even distances, and the present one.

    Attributes
    ----------
    milestones
        All earlier moments.
    epoch
        The present one.
    """

    milestones: tuple[Milestone, ...] = ()
    epoch: int = 0

    @classmethod
    def of(cls, snapshot: Snapshot) -> "Places":
        """Take those of a snapshot; a milestone that is the present moment is no earlier one."""
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

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        identify(self, "timeline")
        self._theme = theme
        self._places = Places()
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
    def places(self) -> Places:
        """What it points into."""
        return self._places

    @property
    def place(self) -> int:
        """The place that is pointed at; if none is, the present."""
        return self._places.now if self._place is None else self._place

    def set_places(self, places: Places) -> None:
        """Point into other places; what was pointed at stays so, if it is still there."""
        milestone = None if self._place is None else self._places.milestone(self._place)
        self._places = places
        if milestone is None or not places.milestones:
            self._place, self._is_pressed = None, self._is_pressed and bool(places.milestones)
        else:
            self._place = places.find(milestone)
        self._mirror()
        self._lay_out_scale()

    def x_of(self, place: int) -> float:
        """Return where a place is in the slider."""
        return RIM + (self.width() - 2 * RIM) * place / max(1, self._places.now)

    def sizeHint(self) -> QSize:
        """Give room for the handle, and the scale below."""
        return QSize(260, RIM // 2 + HANDLE + QFontMetrics(self._scale_font()).height())

    def minimumSizeHint(self) -> QSize:
        """Give the size below which it is of no use."""
        return QSize(90, self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out_scale()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton and self._places.now > 0:
            self._is_pressed = True
            self._point_at(self._place_at(event.position().x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        is_other_button = event.buttons() and not self._is_pressed
        if self._places.now > 0 and not is_other_button:
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
        page = max(1, self._places.now // 10)
        key = Qt.Key(event.key())
        steps = {
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_PageUp: -page,
            Qt.Key.Key_PageDown: page,
        }
        if key in steps:
            self._point_at(max(0, min(self._places.now, self.place + steps[key])))
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
        """Draw ticks and scale, and the handle at the place that is pointed at."""
        colors, painter = self._theme.colors, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = RIM // 2 + HANDLE / 2
        self._paint_groove(painter, colors, middle)
        self._paint_scale(painter, colors)
        x = self.x_of(self.place)
        if self.place != self._places.now:  # the present moment, which the handle has left
            painter.setPen(QPen(QColor(colors.accent), 2))
            end = self.x_of(self._places.now)
            painter.drawLine(QPointF(end, middle - MARK / 2), QPointF(end, middle + MARK / 2))
        is_live = self.hasFocus() or self._place is not None
        painter.setPen(QPen(QColor(colors.accent if is_live else colors.unit_border), 2 if is_live else 1))
        painter.setBrush(QColor(colors.panel if self._places.now else colors.window))
        painter.drawEllipse(QPointF(x, middle), HANDLE / 2 - 1, HANDLE / 2 - 1)
        painter.end()

    def _paint_groove(self, painter: QPainter, colors: Colors, middle: float) -> None:
        now = self._places.now
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
        now = self._places.now
        if not now:
            return
        metrics = QFontMetricsF(self._scale_font())
        epochs = np.array([self._places.epoch_at(place) for place in range(now + 1)], dtype=float)
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
        font = QFont(self.font())
        if font.pointSizeF() > 0:
            font.setPointSizeF(font.pointSizeF() * SCALE_SIZE)
        return font

    def _place_at(self, x: float) -> int:
        share = (x - RIM) / max(1, self.width() - 2 * RIM)
        return max(0, min(self._places.now, round(share * self._places.now)))

    def _point_at(self, place: int | None) -> None:
        if place == self._places.now:
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
        milestone = self._places.milestone(self.place)
        self._point_at(None)
        if milestone is not None:
            self.chosen.emit(milestone)

    def _mirror(self) -> None:
        """Have the slider's own value, which assistive technology reads, be the epoch pointed at."""
        first, last, here = (
            min(self._places.epoch_at(p), MAX_VALUE) for p in (0, self._places.now, self.place)
        )
        with QSignalBlocker(self):
            self.setRange(first, last)
            self.setValue(here)

    @Slot(int)
    def _on_value_changed(self, value: int) -> None:
        """Point where assistive technology has set the value."""
        epochs = [self._places.epoch_at(place) for place in range(self._places.now + 1)]
        self._point_at(_nearest(epochs, value))
        self._mirror()


class Timeline(QWidget):
    """The slider over the moments of the run, and in words what it points at.

    Parameters
    ----------
    document
        That goes back.
    theme
        Gives the colours.

    Attributes
    ----------
    toggle_view_action
        Shows it, or hides it.

    Signals
    -------
    finished()
        The keys are wanted elsewhere.
    """

    finished = Signal()

    def __init__(self, document: Document, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        identify(self, "timeline_strip")
        self._newest: Snapshot | None = None
        self._shown: Snapshot | None = None
        self._slider = TimelineSlider(theme)
        self._slider.setToolTip(
            self.tr(
                "Earlier moments of this run, by epochs. Drag, or click, to go back to one and train on from "
                "there; Ctrl+Z brings back what came after. With keys: ← and → point, Enter goes there."
            )
        )
        self._label = QLabel()
        identify(self._label, "timeline_label")
        self._label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.toggle_view_action = self._make_toggle_view_action()
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MILLISECONDS)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(4, 0, 12, 2)
        layout.setSpacing(8)
        layout.addWidget(self._slider, 1)
        layout.addWidget(self._label)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._rest.timeout.connect(self._adopt)
        self._slider.pointed.connect(self._say)
        self._slider.chosen.connect(document.go_back)
        self._slider.finished.connect(self.finished)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Take over the moments of a run: at once where it went elsewhere, now and then where it goes on."""
        self._newest = snapshot
        goes_on = self._shown is not None and _goes_on(self._shown, snapshot)
        if not (goes_on and self._rest.isActive()):
            self._adopt()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_out_width()

    def showEvent(self, event: QShowEvent) -> None:
        """Take over what came while it was hidden."""
        super().showEvent(event)
        self._adopt()

    def _make_toggle_view_action(self) -> QAction:
        action = QAction(self.tr("Timeline"), self)
        identify(action, "toggle_timeline")
        action.setCheckable(True)
        action.setChecked(True)
        action.toggled.connect(self.setVisible)
        return action

    @Slot()
    def _adopt(self) -> None:
        snapshot, shown = self._newest, self._shown
        if snapshot is None or snapshot is shown or not self.isVisible():
            return
        self._shown = snapshot
        places = Places.of(snapshot)
        if shown is None or not _are_same(places, self._slider.places):
            self._slider.set_places(places)
            self._share_out_width()
        self._rest.start()

    @Slot()
    def _say(self) -> None:
        """Say what is pointed at, as far as there is room; assistive technology gets to know all of it."""
        texts = self._texts()
        metrics, room = self._label.fontMetrics(), self._label.width()
        text = next((each for each in texts if metrics.horizontalAdvance(each) <= room), texts[-1])
        self._label.setText(text)
        self._label.setAccessibleName(texts[0] if texts[0] != text else "")
        self._slider.setAccessibleDescription(texts[0])

    def _texts(self) -> Sequence[str]:
        """Return the label's text, the longest first."""
        snapshot = self._shown
        milestone = self._slider.places.milestone(self._slider.place)
        if milestone is None or snapshot is None:
            return self._texts_at_rest(self._slider.places.now)
        epoch = self.tr("epoch {number}").format(number=grouped(milestone.epoch))
        loss = self.tr("loss {number}").format(number=loss_text(snapshot.history, milestone.epoch))
        training = self.tr("training {loss}").format(loss=loss)
        remark = self._remark(milestone, snapshot)
        return [
            *([f"{epoch} · {training} · {remark}"] if remark else []),
            f"{epoch} · {training}",
            f"{epoch} · {loss}",
            epoch,
        ]

    def _texts_at_rest(self, count: int) -> Sequence[str]:
        if count == 0:
            return self.tr("no earlier moments yet"), self.tr("no moments yet"), "–"
        if count == 1:
            return self.tr("1 earlier moment to go back to"), self.tr("1 earlier moment"), "1"
        number = grouped(count)
        return (
            self.tr("{count} earlier moments to go back to").format(count=number),
            self.tr("{count} earlier moments").format(count=number),
            number,
        )

    def _remark(self, milestone: Milestone, snapshot: Snapshot) -> str:
        """Say what goes back too, besides what was learned."""
        if milestone.setup.topology != snapshot.setup.topology:
            return self.tr("another network")
        return "" if milestone.setup == snapshot.setup else self.tr("other settings")

    def _share_out_width(self) -> None:
        """Give the label as much as its longest text takes, or half; it must not dance with each text."""
        digits = max(4, len(str(self._slider.places.epoch)))
        longest = self.tr("epoch {number}").format(number=grouped(10**digits - 1))
        loss = self.tr("loss {number}").format(number="≈ 0.000000")
        longest = f"{longest} · {self.tr('training {loss}').format(loss=loss)} · {self.tr('another network')}"
        wanted = self._label.fontMetrics().horizontalAdvance(longest)
        self._label.setFixedWidth(min(wanted, int(LABEL_SHARE * self.width())))
        self._say()


def round_epochs(first: int, last: int) -> list[int]:
    """Return 1, 2, 3, 5 times powers of ten between two epochs, the roundest first, then the largest."""
    rounds = []
    for digits in ((1,), (5,), (2,), (3,)):
        for power in range(len(str(last)), -1, -1):
            rounds += [digit * 10**power for digit in digits]
    return [epoch for epoch in rounds if first <= epoch <= last]


def loss_text(rows: FloatArray, epoch: int) -> str:
    """Return the training loss at an epoch; where the history has been thinned, about what it was.

    Parameters
    ----------
    rows
        Shape (n, 3), as `Snapshot.history`.
    """
    loss = figure(float(np.interp(epoch, rows[:, 0], rows[:, 1])))
    return loss if epoch in rows[:, 0] else f"≈ {loss}"


def _is_present(milestone: Milestone, snapshot: Snapshot) -> bool:
    """Whether nothing has changed since: neither by training nor by somebody's hand."""
    return (
        milestone.updates == snapshot.updates
        and milestone.setup == snapshot.setup
        and np.array_equal(milestone.vector, snapshot.parameters.vector)
    )


def _goes_on(before: Snapshot, after: Snapshot) -> bool:
    """Whether a run has only trained on."""
    return after.setup is before.setup and after.updates >= before.updates


def _are_same(first: Places, second: Places) -> bool:
    """Whether there is nothing new to draw."""
    return len(first.milestones) == len(second.milestones) and all(
        one is other for one, other in zip(first.milestones, second.milestones, strict=True)
    )


def _nearest(numbers: Sequence[int], wanted: int) -> int:
    """Return the place of the nearest number."""
    return min(range(len(numbers)), key=lambda place: abs(numbers[place] - wanted))
