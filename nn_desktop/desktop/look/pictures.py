"""Pictures that are taken away: as SVG, PDF and PNG, whatever is drawn."""

import re
from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QRectF, QSizeF, Qt
from PySide6.QtGui import (
    QFont,
    QFontInfo,
    QImage,
    QImageWriter,
    QPagedPaintDevice,
    QPageSize,
    QPainter,
    QPdfWriter,
)
from PySide6.QtSvg import QSvgGenerator

SIZE_IN_MILLIMETRES = re.compile(rb'width="[\d.]+mm" height="[\d.]+mm"')
PDF_RESOLUTION = 288
"""Steps of an inch: four of a point."""
PNG_SCALE = 2.0
"""Pixels of a point: sharp on paper and on dense screens."""
MAX_SIDE = 16_000
"""Pixels of a side of a picture: more takes gigabytes of memory."""


class Picture(Protocol):
    """Something that can be drawn on any paper.

    Its fonts have their size in pixels, which are as large on every device.
    """

    @property
    def size(self) -> QSizeF:
        """Width and height, in points."""

    def paint(self, painter: QPainter, target: QRectF) -> None:
        """Draw into a rectangle, as large as it fits."""


def to_svg(picture: Picture, title: str) -> bytes:
    """Draw as SVG, one unit a point."""
    buffer, size = QBuffer(), picture.size
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setSize(size.toSize())
    generator.setViewBox(QRectF(0, 0, size.width(), size.height()))
    generator.setTitle(title)
    paint_on(generator, picture, QRectF(0, 0, size.width(), size.height()))
    # Qt writes millimetres, rounded; in pixels a point is a pixel everywhere.
    pixels = f'width="{size.width():g}" height="{size.height():g}"'
    return SIZE_IN_MILLIMETRES.sub(pixels.encode(), bytes(buffer.data().data()), count=1)


def to_pdf(picture: Picture, title: str) -> bytes:
    """Draw as a PDF of one page of the picture's size; lines and texts are vectors."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setTitle(title)
    writer.setPageSize(
        QPageSize(picture.size, QPageSize.Unit.Point, matchPolicy=QPageSize.SizeMatchPolicy.ExactMatch)
    )
    writer.setPageMargins(QMarginsF())
    writer.setResolution(PDF_RESOLUTION)
    paint_on(writer, picture, QRectF(0, 0, writer.width(), writer.height()))
    buffer.close()
    return bytes(buffer.data().data())


def to_image(picture: Picture, scale: float = PNG_SCALE) -> QImage:
    """Draw as pixels, so many a point, as far as memory allows."""
    largest = max(picture.size.width(), picture.size.height())
    image = QImage(
        (picture.size * min(scale, MAX_SIDE / largest)).toSize(), QImage.Format.Format_ARGB32_Premultiplied
    )
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    picture.paint(painter, QRectF(image.rect()))
    painter.end()
    return image


def to_png(picture: Picture, _title: str = "", scale: float = PNG_SCALE) -> bytes:
    """Draw as PNG, so many pixels a point."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"png")).write(to_image(picture, scale))
    return bytes(buffer.data().data())


def paint_on(device: QSvgGenerator | QPagedPaintDevice, picture: Picture, target: QRectF) -> bool:
    """Draw on something that is no screen; return whether it has taken it."""
    painter = QPainter()
    if not painter.begin(device):
        return False
    picture.paint(painter, target)
    return painter.end()


FORMATS: dict[str, Callable[[Picture, str], bytes]] = {"svg": to_svg, "pdf": to_pdf, "png": to_png}
"""What writes a picture with a title, by the suffix of its file."""


def in_pixels(font: QFont) -> QFont:
    """Return a font that is as large on every device as it is on the screen."""
    result = QFont(font)
    result.setPixelSize(QFontInfo(font).pixelSize())
    return result
