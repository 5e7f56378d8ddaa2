"""The dialog that asks how a diagram should look fits on the screen, however large the text is."""

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QLabel
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
