"""The look: one set of named colours for each theme, and what applies it to the whole program."""

from dataclasses import replace
from enum import StrEnum

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFont, QPalette
from PySide6.QtWidgets import QApplication

from nn_desktop.desktop.look.colors import DARK, LIGHT, Colors, disabled_text, mix
from nn_desktop.desktop.look.style_sheet import make_style_sheet

PRESENTED = 1.5
"""How many times as large text is in a presentation, and as thick lines."""


class ThemeChoice(StrEnum):
    """What the user asks for."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


class Theme(QObject):
    """Gives the application its colours, and keeps them in step with the user's choice and the system's.

    Signals
    -------
    changed
        There are other colours now; the application has them already.
    """

    changed = Signal()

    def __init__(self, application: QApplication, choice: ThemeChoice = ThemeChoice.SYSTEM) -> None:
        super().__init__(application)
        self._application = application
        self._choice = choice
        application.setStyle("Fusion")
        application.setFont(with_tabular_figures(application.font()))
        self._usual_font = application.font()
        self._is_presenting = False
        application.styleHints().colorSchemeChanged.connect(self._update)
        self._tell_system()
        self._colors = self._chosen_colors()
        self._apply()

    @property
    def colors(self) -> Colors:
        """The colours of now."""
        return self._colors

    @property
    def choice(self) -> ThemeChoice:
        """What the user asked for."""
        return self._choice

    def set_choice(self, choice: ThemeChoice) -> None:
        """Take another theme, at once."""
        if choice is self._choice:
            return
        self._choice = choice
        self._tell_system()
        self._update()

    def set_presenting(self, is_on: bool) -> None:
        """Draw text larger and lines thicker, as is read from the last row; or as usual."""
        self._is_presenting = is_on
        if is_on:
            self._usual_font = self._application.font()
        self._application.setFont(scaled(self._usual_font, PRESENTED if is_on else 1))
        self._update()

    def _tell_system(self) -> None:
        """Let window frames follow, where the platform can; where it cannot, nothing happens."""
        hints = self._application.styleHints()
        if self._choice is ThemeChoice.SYSTEM:
            hints.unsetColorScheme()
        elif self._choice is ThemeChoice.DARK:
            hints.setColorScheme(Qt.ColorScheme.Dark)
        else:
            hints.setColorScheme(Qt.ColorScheme.Light)

    def _chosen_colors(self) -> Colors:
        is_dark = self._choice is ThemeChoice.DARK
        if self._choice is ThemeChoice.SYSTEM:
            is_dark = self._application.styleHints().colorScheme() is Qt.ColorScheme.Dark
        colors = DARK if is_dark else LIGHT
        return replace(colors, emphasis=PRESENTED) if self._is_presenting else colors

    @Slot()
    def _update(self) -> None:
        colors = self._chosen_colors()
        if colors != self._colors:
            self._colors = colors
            self._apply()
            self.changed.emit()

    def _apply(self) -> None:
        self._application.setPalette(make_palette(self._colors))
        self._application.setStyleSheet(make_style_sheet(self._colors))


def scaled(font: QFont, share: float) -> QFont:
    """Return a font that is so many times as large; one that is given in pixels stays as it is."""
    result = QFont(font)
    if font.pointSizeF() > 0:
        result.setPointSizeF(share * font.pointSizeF())
    return result


def with_tabular_figures(font: QFont) -> QFont:
    """Return the font with figures that are all equally wide, so that live numbers do not dance."""
    result = QFont(font)
    result.setFeature(QFont.Tag("tnum"), 1)
    return result


def make_palette(colors: Colors) -> QPalette:
    """Return the palette of a theme, disabled widgets included."""
    role = QPalette.ColorRole
    palette = QPalette()
    for names, color in (
        ((role.Window, role.Button, role.AlternateBase), colors.window),
        ((role.Base, role.ToolTipBase), colors.panel),
        ((role.WindowText, role.Text, role.ButtonText, role.ToolTipText), colors.text),
        ((role.BrightText,), colors.error),
        ((role.PlaceholderText,), colors.text_muted),
        ((role.Highlight, role.Accent, role.Link), colors.accent),
        ((role.LinkVisited,), colors.text_muted),
        ((role.HighlightedText,), colors.accent_text),
        ((role.Light,), colors.panel),
        ((role.Midlight,), colors.hover),
        ((role.Mid,), colors.border),
        ((role.Dark,), mix(colors.border, colors.text, 0.25)),
        ((role.Shadow,), mix(colors.window, "#000000", 0.5)),
    ):
        for name in names:
            palette.setColor(QPalette.ColorGroup.All, name, QColor(color))
    disabled = disabled_text(colors)
    for name in (role.WindowText, role.Text, role.ButtonText, role.PlaceholderText, role.HighlightedText):
        palette.setColor(QPalette.ColorGroup.Disabled, name, QColor(disabled))
    for name in (role.Highlight, role.Accent):
        palette.setColor(QPalette.ColorGroup.Disabled, name, QColor(colors.border))
    return palette
