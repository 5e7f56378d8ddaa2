"""Three sentences for who opens the program for the first time: each at the place that it speaks of."""

from PySide6.QtCore import QObject, QSettings, Slot
from PySide6.QtWidgets import QBoxLayout, QWidget

from nn_desktop.desktop.document.trainer import Trainer
from nn_desktop.desktop.look.accessibility import announce
from nn_desktop.desktop.look.notice import PlainLabel
from nn_desktop.desktop.window_geometry import GEOMETRY

HAS_TRAINED = "window/has_trained"


def is_first_launch(settings: QSettings) -> bool:
    """Whether nobody has closed a window before, nor trained in one."""
    return not (settings.contains(GEOMETRY) or settings.contains(HAS_TRAINED))


class FirstLaunch(QObject):
    """Shows the sentences until somebody trains for the first time, and never again.

    They stand in the layout, above or below what they speak of, and cover nothing.
    """

    def __init__(self, trainer: Trainer, settings: QSettings, parent: QObject) -> None:
        super().__init__(parent)
        self._settings = settings
        self._hints: list[PlainLabel] = []
        trainer.running_changed.connect(self._on_running_changed)

    def show_above_canvas(self, layout: QBoxLayout) -> None:
        """Say, at the top of this layout, what Train does."""
        text = self.tr(
            "Press Train, at the top left, or Space, and watch the lines, the fit and the loss change."
        )
        layout.insertWidget(0, self._hint("hint_train", text))

    def show_below_canvas(self, layout: QBoxLayout, canvas: QWidget) -> None:
        """Say, below the part of this layout that has the canvas, how one draws on it."""
        text = self.tr(
            "Draw here, even while it learns: drag from unit to unit to connect them, press + for more of "
            "them, and click anything to see its numbers."
        )
        part: QWidget | None = canvas
        while part is not None and layout.indexOf(part) < 0:
            part = part.parentWidget()
        assert part is not None  # the layout has the canvas somewhere
        layout.insertWidget(layout.indexOf(part) + 1, self._hint("hint_canvas", text))

    def show_above_data(self, layout: QBoxLayout) -> None:
        """Say, at the top of this layout, that there is something else to learn."""
        text = self.tr("Choose here what to learn, or open an example with its network: Network ▸ Examples.")
        layout.insertWidget(0, self._hint("hint_data", text))

    def announce(self) -> None:
        """Let assistive technology read them, as who sees them does."""
        for hint in self._hints:
            announce(hint, hint.text())

    def _hint(self, name: str, text: str) -> PlainLabel:
        hint = PlainLabel(name)
        hint.setText(text)
        hint.setProperty("hint", True)
        self._hints.append(hint)
        return hint

    @Slot(bool)
    def _on_running_changed(self, is_running: bool) -> None:
        if is_running and self._hints:
            self._settings.setValue(HAS_TRAINED, True)
            for hint in self._hints:
                hint.hide()
                hint.deleteLater()
            self._hints.clear()
