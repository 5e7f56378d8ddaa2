"""A view that zooms, pans and fits, by wheel, pinch, mouse and keys."""

from PySide6.QtCore import QEvent, QPoint, QRectF, Qt, Signal, Slot
from PySide6.QtGui import (
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QGestureEvent, QGraphicsView, QPinchGesture

ZOOM_STEP = 1.2
MIN_FIT = 0.4
MIN_ZOOM, MAX_ZOOM = 0.02, 8.0
"""However large or small the scene is."""
MIN_SHARE = 0.6
"""Zoomed out as far as possible, the whole scene takes so much of the view."""


class ZoomView(QGraphicsView):
    """Shows a scene at any scale.

    The middle button pans, and so does the left one while Space is held; Space alone, pressed and released,
    is told to whoever listens. While nobody has zoomed or panned, the whole scene stays in view.

    Signals
    -------
    space_tapped()
        Space was pressed and released, and nothing was panned between.
    moved()
        Another part of the scene is in view.
    """

    space_tapped = Signal()
    moved = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.is_fitted = True
        self._is_space_held = False
        self._space_did_pan = False
        self._pan_from: QPoint | None = None
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.FullViewportUpdate)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMouseTracking(True)
        self.viewport().grabGesture(Qt.GestureType.PinchGesture)

    @property
    def is_panning(self) -> bool:
        """Whether the mouse moves the scene at the moment, or would if it were pressed."""
        return self._pan_from is not None or self._is_space_held

    def make_room(self) -> None:
        """Prepare the scene for a view of this size, before it is fitted. Here nothing is to do."""

    @Slot()
    def fit(self) -> None:
        """Show all of the scene, and keep doing so."""
        self.is_fitted = True
        self.make_room()
        room, rect = self.viewport().size(), self.sceneRect()
        scale = max(MIN_FIT, min(1.0, self._whole_scale()))
        self.resetTransform()
        self.scale(scale, scale)
        self.centerOn(rect.center())
        if scale * rect.width() > room.width():  # too deep to be readable as a whole: its beginning
            self.horizontalScrollBar().setValue(self.horizontalScrollBar().minimum())
        self.moved.emit()

    @Slot()
    def zoom_in(self) -> None:
        """Come nearer."""
        self.zoom(ZOOM_STEP)

    @Slot()
    def zoom_out(self) -> None:
        """Step back."""
        self.zoom(1 / ZOOM_STEP)

    @Slot()
    def zoom_to_actual_size(self) -> None:
        """Show the scene point by point."""
        self.zoom(1 / self.transform().m11())

    def zoom_limits(self) -> tuple[float, float]:
        """Return the smallest and the largest scale."""
        least = MIN_SHARE * min(1.0, self._whole_scale())
        return max(MIN_ZOOM, least), MAX_ZOOM

    def _whole_scale(self) -> float:
        """Return the scale at which the whole scene fills the view."""
        room, rect = self.viewport().size(), self.sceneRect()
        return float(min(room.width() / rect.width(), room.height() / rect.height()))

    def zoom(self, factor: float, about: QPoint | None = None) -> None:
        """Come nearer by a factor, or step back; a point of the viewport, or else its middle, stays there."""
        now = self.transform().m11()
        least, most = self.zoom_limits()
        # Beyond a limit, as after an edit of the scene, the way back is open.
        factor = min(factor, max(1.0, most / now)) if factor > 1 else max(factor, min(1.0, least / now))
        if factor != 1:
            # Not Qt's anchor under the mouse: it does not know of moves that a gesture has taken.
            place = self.viewport().rect().center() if about is None else about
            point = self.mapToScene(place)
            self.scale(factor, factor)
            self.pan(place - self.mapFromScene(point))

    def pan(self, moved: QPoint) -> None:
        """Move the scene by so many pixels."""
        self.is_fitted = False
        horizontal, vertical = self.horizontalScrollBar(), self.verticalScrollBar()
        horizontal.setValue(horizontal.value() - moved.x())
        vertical.setValue(vertical.value() - moved.y())
        self.moved.emit()

    def show_rect(self, rect: QRectF) -> None:
        """Pan as little as is needed to see a part of the scene."""
        before = self.shown_rect()
        self.ensureVisible(rect, 0, 0)
        if self.shown_rect() != before:
            self.is_fitted = False  # the next drawing must not jump back
            self.moved.emit()

    def shown_rect(self) -> QRectF:
        """Return the part of the scene that is in view."""
        return self.mapToScene(self.viewport().rect()).boundingRect()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.is_fitted:
            self.fit()
        else:
            self.moved.emit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        turned = event.angleDelta().y()
        if turned:  # a wheel may also be tilted
            self.zoom(ZOOM_STEP ** (turned / 120), event.position().toPoint())

    def viewportEvent(self, event: QEvent) -> bool:
        """Zoom by two fingers, on a touch pad or a touch screen."""
        if isinstance(event, QNativeGestureEvent):
            if event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
                self.zoom(1 + event.value(), event.position().toPoint())
                return True
        elif isinstance(event, QGestureEvent):
            pinch = event.gesture(Qt.GestureType.PinchGesture)
            if isinstance(pinch, QPinchGesture):
                centre = self.viewport().mapFromGlobal(pinch.centerPoint().toPoint())
                self.zoom(pinch.scaleFactor(), centre)
                return True
        return bool(super().viewportEvent(event))

    def event(self, event: QEvent) -> bool:
        """Keep Space from being a shortcut here: only its release tells whether something was panned."""
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_Space
            and not event.modifiers()
        ):
            event.accept()
            return True
        return bool(super().event(event))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and not event.modifiers():
            if not event.isAutoRepeat():
                self._is_space_held, self._space_did_pan = True, False
                self.viewport().setCursor(Qt.CursorShape.OpenHandCursor)
            return
        super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and self._is_space_held:
            if not event.isAutoRepeat():
                self._release_space()
                if not self._space_did_pan:
                    self.space_tapped.emit()
            return
        super().keyReleaseEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Let go of Space: its release will be heard elsewhere."""
        if self._is_space_held:
            self._release_space()
        super().focusOutEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        left, middle = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton
        if event.button() == middle or (event.button() == left and self._is_space_held):
            self._pan_from = event.position().toPoint()
            self._space_did_pan = True
            self.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)
            event.accept()
            return
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pan_from is not None:
            here = event.position().toPoint()
            self.pan(here - self._pan_from)
            self._pan_from = here
            return
        super().mouseMoveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._pan_from is not None:
            self._pan_from = None
            self.show_cursor()
            return
        super().mouseReleaseEvent(event)

    def show_cursor(self) -> None:
        """Give the pointer the shape of what it would do."""
        if self._is_space_held:
            self.viewport().setCursor(Qt.CursorShape.OpenHandCursor)
        else:
            self.viewport().unsetCursor()

    def _release_space(self) -> None:
        self._is_space_held = False
        self._pan_from = None
        self.show_cursor()
