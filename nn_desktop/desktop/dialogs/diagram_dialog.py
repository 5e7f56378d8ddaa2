"""The dialog that asks how an exported diagram should look, and shows it."""

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QImage, QPixmap, QResizeEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from nn_desktop.desktop.keys import KeySharing
from nn_desktop.desktop.look.accessibility import identify
from nn_desktop.desktop.look.layouts import fill
from nn_desktop.desktop.look.number_fields import DecimalBox
from nn_desktop.drawing.options import DiagramOptions

SIZE, MIN_PREVIEW = QSize(780, 500), QSize(200, 140)


class DiagramDialog(QDialog):
    """Chooses the format and the options of a diagram.

    Parameters
    ----------
    options, suffix
        Those that are chosen at first; the suffix is the format's.
    """

    def __init__(
        self,
        options: DiagramOptions,
        suffix: str,
        preview: Callable[[DiagramOptions], QImage],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        identify(self, "diagram_dialog", self.tr("Export diagram"))
        self.setWindowTitle(self.tr("Export diagram"))
        self._draw = preview
        self._format = QComboBox()
        identify(self._format, "diagram_format", self.tr("Format of the diagram"))
        self._format.setToolTip(self.tr("Format of the file that is written"))
        for title, value in (
            (self.tr("SVG: vectors, for the web and to be edited"), "svg"),
            (self.tr("PDF: vectors, for papers"), "pdf"),
            (self.tr("PNG: a picture"), "png"),
            (self.tr("TikZ: source for LaTeX"), "tex"),
        ):
            self._format.addItem(title, value)
        self._format.setCurrentIndex(self._format.findData(suffix))
        self._weights = self._make_box(
            self.tr("Show &weights as line width"),
            "diagram_weights",
            self.tr("Show weights as line width in the diagram"),
            options.weights,
        )
        self._labels = self._make_box(
            self.tr("&Names"), "diagram_labels", self.tr("Show names in the diagram"), options.labels
        )
        self._formulas = self._make_box(
            self.tr("&Formulas"),
            "diagram_formulas",
            self.tr("Show formulas in the diagram"),
            options.formulas,
        )
        self._transparent = self._make_box(
            self.tr("&Transparent background"),
            "diagram_transparent",
            self.tr("Leave the background of the diagram open"),
            options.transparent,
        )
        self._scale = DecimalBox()
        identify(self._scale, "diagram_scale", self.tr("Scale: pixels of a point"))
        self._scale.setRange(0.5, 10)
        self._scale.setSingleStep(0.5)
        self._scale.setDecimals(1)
        self._scale.setValue(options.scale)
        self._picture = QLabel(alignment=Qt.AlignmentFlag.AlignCenter)
        identify(self._picture, "diagram_preview", self.tr("Preview of the diagram"))
        self._picture.setMinimumSize(MIN_PREVIEW)
        self._picture.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self._image = QImage()
        self._lay_out()
        KeySharing(self)
        self._format.currentIndexChanged.connect(self._show)
        self._scale.valueChanged.connect(self._show)
        self._show()

    @property
    def options(self) -> DiagramOptions:
        """What is chosen."""
        return DiagramOptions(
            weights=self._weights.isChecked(),
            labels=self._labels.isChecked(),
            formulas=self._formulas.isChecked(),
            transparent=self._transparent.isChecked(),
            scale=self._scale.value(),
        )

    @property
    def suffix(self) -> str:
        """Suffix of the chosen format."""
        return str(self._format.currentData())

    def sizeHint(self) -> QSize:
        """Give the preview much room, as far as the screen has it."""
        return super().sizeHint().expandedTo(SIZE).boundedTo(self.screen().availableSize())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_image()

    def _make_box(self, text: str, name: str, accessible_name: str, on: bool) -> QCheckBox:
        box = QCheckBox(text)
        identify(box, name, accessible_name)
        box.setChecked(on)
        box.toggled.connect(self._show)
        return box

    def _lay_out(self) -> None:
        head, form = QFormLayout(), QFormLayout()
        head.addRow(self.tr("F&ormat"), self._format)
        for box in (self._weights, self._labels, self._formulas, self._transparent):
            form.addRow(box)
        form.addRow(self.tr("&Scale"), self._scale)
        buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Save | QDialogButtonBox.StandardButton.Cancel
        )
        buttons.button(QDialogButtonBox.StandardButton.Save).setText(self.tr("&Export…"))
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        row = fill(QHBoxLayout(), self._picture, form, stretched=self._picture, spacing=12)
        fill(QVBoxLayout(self), head, row, buttons, stretched=row, margins=(12, 12, 12, 12), spacing=12)

    @Slot()
    def _show(self) -> None:
        """Show what would be exported; the scale is that of a PNG alone."""
        self._scale.setEnabled(self.suffix == "png")
        self._formulas.setEnabled(self._labels.isChecked())
        self._image = self._draw(self.options)
        self._show_image()

    def _show_image(self) -> None:
        ratio = self.devicePixelRatioF()
        fitted = self._image.scaled(
            self._picture.size() * ratio,
            Qt.AspectRatioMode.KeepAspectRatio,
            Qt.TransformationMode.SmoothTransformation,
        )
        fitted.setDevicePixelRatio(ratio)
        self._picture.setPixmap(QPixmap.fromImage(fitted))
