"""The buttons at the end of tool bars, for what has no room in them."""

from PySide6.QtCore import QCoreApplication, QSize
from PySide6.QtWidgets import QToolButton, QWidget

from nn_desktop.desktop.look.colors import Colors
from nn_desktop.desktop.look.icons import themed_icon

ICON = QSize(12, 12)
"""Qt gives them no more room."""


def restyle_more_buttons(window: QWidget, colors: Colors) -> None:
    """Draw them so that they are seen in a theme's colours, and say what they are."""
    icon = themed_icon(colors, "more")
    tip = QCoreApplication.translate("more_buttons", "Show what has no room in this bar")
    for button in window.findChildren(QToolButton, "qt_toolbar_ext_button"):
        button.setIcon(icon)
        button.setIconSize(ICON)
        button.setAccessibleName(tip)
        button.setToolTip(tip)
