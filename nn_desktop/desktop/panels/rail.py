"""The rail at the left: a button for each workspace, and one for each side column."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QSizePolicy, QToolBar, QToolButton, QWidget

from nn_desktop.desktop.look.accessibility import identify
from nn_desktop.desktop.look.theme import scaled

ICON = QSize(20, 20)
TEXT_SIZE = 0.85
"""Of a title, as a share of that of other texts."""
TITLED, MAX_TITLE_WIDTH = 1200, 92
"""In a less wide window, and with larger text, there are icons alone: the tool tips have the titles."""


class Rail(QToolBar):
    """Leads from one workspace to another, and opens and closes the columns."""

    def __init__(self) -> None:
        super().__init__()
        self.setWindowTitle(self.tr("Workspaces"))
        identify(self, "rail", self.tr("Workspaces"))
        self.toggleViewAction().setObjectName("toggle_rail")
        self.toggleViewAction().setVisible(False)  # the way from one workspace to another is always there
        self.setMovable(False)
        self.setIconSize(ICON)
        self._buttons: list[QToolButton] = []

    def fill(self, workspaces: Sequence[QAction], columns: Sequence[QAction]) -> None:
        """Put in the buttons: of the workspaces at the top, of the columns at the bottom."""
        for action in workspaces:
            button = self._add_button(action)
            button.setFont(scaled(self.font(), TEXT_SIZE))
            self._buttons.append(button)
        gap = QWidget()
        gap.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self.addWidget(gap)
        for action in columns:
            self._add_button(action)
        self.fit_to(TITLED)

    def _add_button(self, action: QAction) -> QToolButton:
        self.addAction(action)
        button = self.widgetForAction(action)
        assert isinstance(button, QToolButton)
        identify(button, f"{action.objectName()}_button", action.iconText())
        return button

    def fit_to(self, width: int) -> None:
        """Show titles below the icons, unless the window is too narrow or they are too long."""
        metrics = self._buttons[0].fontMetrics()
        widest = max(metrics.horizontalAdvance(button.text()) for button in self._buttons)
        style = Qt.ToolButtonStyle
        is_titled = width >= TITLED and widest <= MAX_TITLE_WIDTH
        for button in self._buttons:
            button.setToolButtonStyle(
                style.ToolButtonTextUnderIcon if is_titled else style.ToolButtonIconOnly
            )
        width = max(button.sizeHint().width() for button in self._buttons)
        for button in self._buttons:
            button.setFixedWidth(width)
