"""The drawing of a network, to be taken away: as SVG, PDF, PNG, on the clipboard or on paper."""

from collections.abc import Callable

from PySide6.QtCore import QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QImage, QPagedPaintDevice, QPainter
from PySide6.QtWidgets import QGraphicsScene

from nn_desktop.desktop.canvas.network_drawing import DrawingStyle, NetworkDrawing, Subject
from nn_desktop.desktop.look import pictures
from nn_desktop.desktop.look.colors import LIGHT
from nn_desktop.desktop.look.descriptions import layer_title
from nn_desktop.drawing.options import DiagramOptions
from nn_desktop.drawing.placement import Placement
from nn_desktop.drawing.tikz import to_tikz
from nn_desktop.errors import UserError

MARGIN = 8.0
"""Around the drawing, in points."""


class Diagram:
    """A drawing on paper: in light colours, with no buttons.

    Parameters
    ----------
    outlined
        Whether texts are drawn as outlines, which look the same where their font is missing.
    """

    def __init__(
        self, subject: Subject, options: DiagramOptions, font: QFont, outlined: bool = False
    ) -> None:
        self._options = options
        self._scene = QGraphicsScene()
        style = DrawingStyle(
            weights=options.weights,
            labels=options.labels,
            activations=options.labels,
            formulas=options.formulas,
            counts=options.labels,
            outlined=outlined,
        )
        self._drawing = NetworkDrawing(self._scene, LIGHT, pictures.in_pixels(font), style)
        self._drawing.build(subject)
        self._drawing.show_units(subject.parameters, subject.dataset)
        rect = self._drawing.drawn_rect().adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN)
        self._rect = QRectF(rect.toAlignedRect())  # whole points: no format has to round its size

    @property
    def size(self) -> QSizeF:
        """Width and height, in points."""
        return self._rect.size()

    @property
    def placement(self) -> Placement:
        """Where everything stands."""
        return self._drawing.placement

    def paint(self, painter: QPainter, target: QRectF) -> None:
        """Draw into a rectangle, as large as it fits."""
        if not self._options.transparent:
            painter.fillRect(target, QColor(LIGHT.unit))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.LosslessImageRendering)  # a PDF would hold JPEGs
        self._scene.render(painter, target, self._rect, Qt.AspectRatioMode.KeepAspectRatio)


def to_svg(subject: Subject, options: DiagramOptions, font: QFont) -> bytes:
    """Draw a network as SVG, one unit a point; texts are outlines, so that it looks everywhere as here."""
    return pictures.to_svg(Diagram(subject, options, font, outlined=True), _title(subject))


def to_pdf(subject: Subject, options: DiagramOptions, font: QFont) -> bytes:
    """Draw a network as a PDF of one page of its size; lines and texts are vectors."""
    return pictures.to_pdf(Diagram(subject, options, font), _title(subject))


def to_image(subject: Subject, options: DiagramOptions, font: QFont) -> QImage:
    """Draw a network as pixels, `options.scale` a point."""
    return pictures.to_image(Diagram(subject, options, font), options.scale)


def to_png(subject: Subject, options: DiagramOptions, font: QFont) -> bytes:
    """Draw a network as PNG, `options.scale` pixels a point."""
    return pictures.to_png(Diagram(subject, options, font), scale=options.scale)


def to_tex(subject: Subject, options: DiagramOptions, font: QFont) -> bytes:
    """Draw a network as TikZ source; its font is that of the paper it is put in."""
    placement = Diagram(subject, options, font).placement
    topology = subject.parameters.topology
    titles = [layer_title(topology, index) for index in range(len(topology.layers))]
    names = subject.dataset.input_names, subject.dataset.output_names
    return to_tikz(subject.parameters, placement, titles, *names, options).encode()


def print_on(printer: QPagedPaintDevice, subject: Subject, options: DiagramOptions, font: QFont) -> None:
    """Draw a network on a sheet of paper, as large as it fits.

    Raises
    ------
    UserError
        If the printer does not take it, or its file cannot be written.
    """
    diagram = Diagram(subject, options, font)
    if not pictures.paint_on(printer, diagram, QRectF(0, 0, printer.width(), printer.height())):
        raise UserError(
            "The drawing cannot be printed: the printer does not take it, or its file cannot be written. "
            "Choose another printer or place."
        )


Writer = Callable[[Subject, DiagramOptions, QFont], bytes]
FORMATS: dict[str, Writer] = {"svg": to_svg, "pdf": to_pdf, "png": to_png, "tex": to_tex}
"""What writes a diagram, by the suffix of its file."""


def _title(subject: Subject) -> str:
    return f"Network {'-'.join(map(str, subject.parameters.topology.sizes))}"
