"""The program's own icons, in the colours of the theme."""

from collections.abc import Collection

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from nn_desktop.desktop.look.colors import Colors, disabled_text
from nn_desktop.resource_path import resource_path

POINTS = (16, 20)
"""Of icons in menus and in tool bars."""
OWN_COLORS_PIXELS = (16, 20, 24, 32, 48, 64, 128, 256)
PLACEHOLDER = "currentColor"


def themed_icon(theme_colors: Colors, name: str, ratios: Collection[float] = ()) -> QIcon:
    """Return an icon drawn in the colours of a theme; an icon with colours of its own keeps them.

    Parameters
    ----------
    theme_colors
        Of the theme. Ask again when it changes.
    name
        Of a file below ``resources/icons``, without ``.svg``.
    ratios
        Pixels of a point that it should be sharp at; by default those of the screens that there are.

    Raises
    ------
    FileNotFoundError
        If there is no such icon.
    """
    drawing = resource_path("icons", f"{name}.svg").read_text(encoding="utf-8")
    renderer = QSvgRenderer(QByteArray(drawing.replace(PLACEHOLDER, theme_colors.text).encode()))
    has_own_colors = PLACEHOLDER not in drawing
    icon = QIcon()
    for size in OWN_COLORS_PIXELS if has_own_colors else _sizes(ratios):
        pixmap = _render(renderer, size)
        icon.addPixmap(pixmap)
        if not has_own_colors:
            _add_variants(icon, pixmap, theme_colors)
    return icon


def _sizes(ratios: Collection[float]) -> list[int]:
    """Return the sizes in pixels that are needed: each one costs time at the start."""
    all_ratios = ratios or {screen.devicePixelRatio() for screen in QGuiApplication.screens()}
    return sorted({round(points * ratio) for points in POINTS for ratio in {1.0, *all_ratios}})


def _render(renderer: QSvgRenderer, size: int) -> QPixmap:
    pixmap = QPixmap(size, size)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    renderer.render(painter, QRectF(0, 0, size, size))
    painter.end()
    return pixmap


def _add_variants(icon: QIcon, pixmap: QPixmap, colors: Colors) -> None:
    accented = _recolored(pixmap, colors.accent)
    icon.addPixmap(accented, QIcon.Mode.Active)
    icon.addPixmap(accented, QIcon.Mode.Normal, QIcon.State.On)
    icon.addPixmap(_recolored(pixmap, disabled_text(colors)), QIcon.Mode.Disabled)


def _recolored(pixmap: QPixmap, color: str) -> QPixmap:
    result = QPixmap(pixmap)
    painter = QPainter(result)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceIn)
    painter.fillRect(result.rect(), QColor(color))
    painter.end()
    return result
