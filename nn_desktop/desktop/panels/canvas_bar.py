"""The strip of tools above the canvas."""

from collections.abc import Mapping

from PySide6.QtCore import QSize
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QMenu, QToolButton, QWidget

from nn_desktop.desktop.look.accessibility import identify
from nn_desktop.desktop.look.icons import themed_icon
from nn_desktop.desktop.look.theme import Theme

ICON = QSize(20, 20)
BUTTONS = (
    ("tool_select", "tool_unit", "tool_layer", "tool_connect", "tool_erase"),
    ("undo", "redo"),
    ("arrange", "fit_network", "numbers_on_lines"),
)
"""Names of the actions that get buttons; a gap is left between two groups."""


class CanvasBar(QWidget):
    """Buttons for the tools, and for what is done often while drawing."""

    def __init__(
        self,
        actions: Mapping[str, QAction],
        examples: QMenu,
        theme: Theme,
    ) -> None:
        super().__init__()
        identify(self, "canvas_bar", self.tr("Tools of the canvas"))
        self._theme = theme
        layout = QHBoxLayout(self)
        layout.setContentsMargins(2, 0, 2, 4)
        layout.setSpacing(0)  # beside two columns there is little room
        for names in BUTTONS:
            for name in names:
                layout.addWidget(self._make_button(actions[name]))
            layout.addSpacing(7)
        layout.addStretch(1)
        self._examples = QToolButton()
        identify(self._examples, "examples_button", self.tr("Examples"))
        self._examples.setMenu(examples)
        self._examples.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._examples.setToolTip(self.tr("Start from an example"))
        self._examples.setIconSize(ICON)
        layout.addWidget(self._examples)
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def _make_button(self, action: QAction) -> QToolButton:
        button = QToolButton()
        button.setDefaultAction(action)
        button.setObjectName(f"{action.objectName()}_button")
        button.setAccessibleName(action.text().replace("&", ""))
        button.setIconSize(ICON)
        button.setAutoRaise(True)
        return button

    def _on_theme_changed(self) -> None:
        self._examples.setIcon(themed_icon(self._theme.colors, "gallery"))
