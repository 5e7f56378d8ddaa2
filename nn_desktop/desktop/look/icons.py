"""The program's own icons, in the colours of the theme."""

from collections.abc import Collection
from functools import cache

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QImage, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from nn_desktop.desktop.look.colors import Colors, disabled_text
from nn_desktop.resource_path import resource_path

POINTS = (16, 20)
"""Sides of the icons in menus and in tool bars."""
PLACEHOLDER = "currentColor"


def themed_icon(theme_colors: Colors, name: str, ratios: Collection[float] = ()) -> QIcon:
    """Return an icon drawn in the colours of a theme; an icon with colours of its own keeps them.

    Parameters
    ----------
    theme_colors
        Those of now: ask again when the theme changes.
    name
        Its file below ``resources/icons``, without ``.svg``.
    ratios
        Pixels of a point that it should be sharp at; by default those of the screens that there are.

    Raises
    ------
    FileNotFoundError
        If there is no such icon.
    """
    path = resource_path("icons", f"{name}.svg")
    drawing = path.read_text(encoding="utf-8")
    if PLACEHOLDER not in drawing:
        return QIcon(str(path))
    icon = QIcon()
    for image, mode, state in _draw(theme_colors, drawing, _sizes(ratios)):
        icon.addPixmap(QPixmap.fromImage(image), mode, state)
    return icon


@cache
def _draw(
    colors: Colors, drawing: str, sizes: tuple[int, ...]
) -> tuple[tuple[QImage, QIcon.Mode, QIcon.State], ...]:
    """Draw the pictures of an icon, once: a button that changes its icon asks for it again and again."""
    renderer = QSvgRenderer(QByteArray(drawing.replace(PLACEHOLDER, colors.text).encode()))
    normal, off, on = QIcon.Mode.Normal, QIcon.State.Off, QIcon.State.On
    pictures = []
    for image in (_render(renderer, size) for size in sizes):
        accented = _recolored(image, colors.accent)
        disabled = _recolored(image, disabled_text(colors))
        pictures += [(image, normal, off), (accented, QIcon.Mode.Active, off), (accented, normal, on)]
        pictures.append((disabled, QIcon.Mode.Disabled, off))
    return tuple(pictures)


def _sizes(ratios: Collection[float]) -> tuple[int, ...]:
    """Return the sizes in pixels that are needed: each one costs time at the start."""
    all_ratios = ratios or {screen.devicePixelRatio() for screen in QGuiApplication.screens()}
    return tuple(sorted({round(points * ratio) for points in POINTS for ratio in {1.0, *all_ratios}}))


def _render(renderer: QSvgRenderer, size: int) -> QImage:
    image = QImage(size, size, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    renderer.render(painter, QRectF(0, 0, size, size))
    painter.end()
    return image


def _recolored(image: QImage, color: str) -> QImage:
    result = QImage(image)
    painter = QPainter(result)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceIn)
    painter.fillRect(result.rect(), QColor(color))
    painter.end()
    return result
