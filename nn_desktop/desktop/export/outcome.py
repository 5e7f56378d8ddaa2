"""Says what came of an export."""

from enum import StrEnum

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QTextEdit

from nn_desktop.desktop.look.accessibility import announce, identify
from nn_desktop.desktop.look.icons import themed_icon
from nn_desktop.desktop.look.theme import Theme
from nn_desktop.texts import visible_lines

ICON_PIXELS = 20
OUTCOME_LINES = 5
TICK_SIZE = 1.6
"""How many times as large as text."""


class Sign(StrEnum):
    """How it went: an icon of this name, or a letter."""

    NONE = ""
    TICK = "✓"
    INFO = "info"
    WARNING = "warning"


class Outcome(QFrame):
    """Says what came of an export: an icon, and a text that may be long and can be copied.

    What the colour of its edge says, the icon and the text say too.
    """

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._sign = Sign.NONE
        self._icon = QLabel()
        self._icon.setFixedWidth(ICON_PIXELS)
        self._text = QTextEdit()  # a label neither breaks a long path nor scrolls
        identify(self, "export_result")
        identify(self._text, "export_result_text", self.tr("What came of the export"))
        self._text.setReadOnly(True)
        self._text.setFrameShape(QFrame.Shape.NoFrame)
        self._text.viewport().setAutoFillBackground(False)
        self._text.document().setDocumentMargin(0)
        self._text.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._text.setFixedHeight(OUTCOME_LINES * self.fontMetrics().lineSpacing() + 4)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 10, 8, 10)
        layout.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        layout.addWidget(self._text, 1)
        theme.changed.connect(self._restyle)
        self.hide()

    @property
    def text(self) -> str:
        """What it says."""
        return "" if self.isHidden() else self._text.toPlainText()

    def say(self, sign: Sign, text: str) -> None:
        """Say something."""
        text = visible_lines(text)  # it may name files, and what a compiler says of them
        self._sign = sign
        self._text.setPlainText(text)
        self._restyle()
        self.show()
        announce(self._text, text, is_urgent=sign is Sign.WARNING)

    @Slot()
    def _restyle(self) -> None:
        colors = self._theme.colors
        edge = colors.warning if self._sign is Sign.WARNING else colors.accent
        points = TICK_SIZE * self.fontInfo().pointSizeF()
        self.setStyleSheet(
            f"#export_result {{ background: {colors.panel}; border: 1px solid {colors.border};"
            f"border-left: 4px solid {edge}; }}"
            f"#export_result QLabel {{ color: {colors.accent}; font-size: {points:.1f}pt; }}"
        )
        self._icon.clear()
        if self._sign is Sign.TICK:
            self._icon.setText(self._sign)
        elif self._sign is not Sign.NONE:
            self._icon.setPixmap(themed_icon(colors, self._sign).pixmap(ICON_PIXELS, ICON_PIXELS))
