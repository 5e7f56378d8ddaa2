"""The dialog that asks how an exported diagram should look, and shows it."""

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from nn_desktop.desktop.keys import KeySharing
from nn_desktop.desktop.look.accessibility import identify
from nn_desktop.desktop.look.layouts import fill
from nn_desktop.desktop.look.number_fields import DecimalBox
from nn_desktop.drawing.options import DiagramOptions

PREVIEW = QSize(520, 360)


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
        self._picture.setFixedSize(PREVIEW)
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

    def _make_box(self, text: str, name: str, accessible_name: str, on: bool) -> QCheckBox:
        box = QCheckBox(text)
        identify(box, name, accessible_name)
        box.setChecked(on)
        box.toggled.connect(self._show)
        return box

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.addRow(self.tr("F&ormat"), self._format)
        for box in (self._weights, self._labels, self._formulas, self._transparent):
            form.addRow(box)
        form.addRow(self.tr("&Scale"), self._scale)
        buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Save | QDialogButtonBox.StandardButton.Cancel
        )
        buttons.button(QDialogButtonBox.StandardButton.Save).setText(self.tr("&Export…"))
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        row = fill(QHBoxLayout(), self._picture, form)
        layout = QVBoxLayout(self)
        layout.addLayout(row)
        layout.addWidget(buttons)

    @Slot()
    def _show(self) -> None:
        """Show what would be exported; the scale is that of a PNG alone."""
        self._scale.setEnabled(self.suffix == "png")
        self._formulas.setEnabled(self._labels.isChecked())
        image = self._draw(self.options)
        ratio = self.devicePixelRatioF()
        fitted = image.scaled(
            PREVIEW * ratio, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        )
        fitted.setDevicePixelRatio(ratio)
        self._picture.setPixmap(QPixmap.fromImage(fitted))
