"""The dialog that asks how a diagram should look: whole on every screen, and changed by nothing by chance."""

import pytest
from PySide6.QtCore import QPoint, QPointF, QSize
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QComboBox, QDoubleSpinBox, QLabel
from reachable import cut_controls

from nn_desktop.desktop.dialogs.diagram_dialog import DiagramDialog
from nn_desktop.desktop.look.theme import scaled
from nn_desktop.drawing.options import DiagramOptions


def draw(options):
    image = QImage(600, 300, QImage.Format.Format_RGB32)
    image.fill(QColor("#ffffff"))
    return image


@pytest.mark.parametrize("text", [1, 1.5, 2])
def test_all_of_it_is_whole_in_a_small_window_and_the_preview_has_the_rest(qtbot, qapp, theme, text):
    before = qapp.font()
    qapp.setFont(scaled(before, text))
    try:
        dialog = DiagramDialog(DiagramOptions(), "svg", draw)
        qtbot.addWidget(dialog)
        for size in (QSize(800, 560), QSize(1200, 700)):
            dialog.resize(size)
            with qtbot.waitExposed(dialog):
                dialog.show()
            qtbot.waitUntil(lambda size=size: dialog.size() == size)
            assert list(cut_controls(dialog)) == []
            preview = dialog.findChild(QLabel, "diagram_preview")
            assert preview.pixmap().width() in (preview.width(), 2 * preview.height())
            assert preview.pixmap().height() <= preview.height()
    finally:
        qapp.setFont(before)


def test_the_wheel_over_the_format_or_the_scale_changes_neither_before_it_has_the_focus(qtbot, theme):
    dialog = DiagramDialog(DiagramOptions(), "png", draw)
    qtbot.addWidget(dialog)
    with qtbot.waitExposed(dialog):
        dialog.show()
    dialog.findChild(QCheckBox, "diagram_weights").setFocus()
    for kind, name in ((QComboBox, "diagram_format"), (QDoubleSpinBox, "diagram_scale")):
        field = dialog.findChild(kind, name)
        point = QPointF(field.mapTo(dialog, field.rect().center()))
        for notches in (-1, 1, 1):
            QTest.wheelEvent(dialog.windowHandle(), point, QPoint(0, 120 * notches))
    assert (dialog.suffix, dialog.options) == ("png", DiagramOptions())
