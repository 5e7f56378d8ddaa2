"""The rail at the left: a button for each workspace."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QToolBar, QToolButton

from nn_desktop.desktop.look.accessibility import identify
from nn_desktop.desktop.look.theme import scaled

ICON = QSize(20, 20)
TEXT_SIZE = 0.85
"""Of a title, as a share of that of other texts."""
MAX_TITLE_WIDTH = 92
"""Pixels; where the text is larger there are icons alone, and the titles stand in the tool tips."""


class Rail(QToolBar):
    """Leads from one workspace to another."""

    def __init__(self) -> None:
        super().__init__()
        self.setWindowTitle(self.tr("Workspaces"))
        identify(self, "rail", self.tr("Workspaces"))
        self.toggleViewAction().setObjectName("toggle_rail")
        self.toggleViewAction().setVisible(False)  # the way from one workspace to another is always there
        self.setMovable(False)
        self.setIconSize(ICON)
        self._buttons: list[QToolButton] = []

    def fill(self, workspaces: Sequence[QAction]) -> None:
        """Put in the buttons."""
        for action in workspaces:
            self.addAction(action)
            button = self.widgetForAction(action)
            assert isinstance(button, QToolButton)
            identify(button, f"{action.objectName()}_button", action.text())
            button.setFont(scaled(self.font(), TEXT_SIZE))
            self._buttons.append(button)
        self.set_narrow(is_narrow=False)

    def set_narrow(self, is_narrow: bool) -> None:
        """Show titles below the icons, unless there is little room or they are too long."""
        metrics = self._buttons[0].fontMetrics()
        widest = max(metrics.horizontalAdvance(button.text()) for button in self._buttons)
        style = Qt.ToolButtonStyle
        is_titled = not is_narrow and widest <= MAX_TITLE_WIDTH
        for button in self._buttons:
            button.setToolButtonStyle(
                style.ToolButtonTextUnderIcon if is_titled else style.ToolButtonIconOnly
            )
        width = max(button.sizeHint().width() for button in self._buttons)
        for button in self._buttons:
            button.setFixedWidth(width)
