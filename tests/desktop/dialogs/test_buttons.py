"""The buttons of all dialogs look alike: words without icons, and Enter destroys nothing."""

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QDialog, QProxyStyle, QPushButton, QStyle

from nn_desktop.desktop.dialogs.dialogs import WindowDialogs
from nn_desktop.desktop.look.theme import ThemeChoice
from nn_desktop.drawing.options import DiagramOptions


def preview(options: DiagramOptions) -> QImage:
    return QImage(10, 10, QImage.Format.Format_ARGB32)


DIALOGS = {
    "unsaved": lambda window, folder: WindowDialogs().ask_unsaved(window, "a"),
    "text": lambda window, folder: WindowDialogs().tell(window, "Title", "text"),
    "diagram": lambda window, folder: WindowDialogs().ask_diagram(window, DiagramOptions(), "svg", preview),
    "save": lambda window, folder: WindowDialogs().ask_save_path(window, "Save", folder / "a", ["A (*.a)"]),
}


class StyleWithIcons(QProxyStyle):
    """Wants icons on the buttons of dialogs, as that of a desktop does and the one of tests does not."""

    def __init__(self) -> None:
        super().__init__("Fusion")

    def styleHint(self, hint, *more):  # noqa: N802
        if hint == QStyle.StyleHint.SH_DialogButtonBox_ButtonsHaveIcons:
            return 1
        return super().styleHint(hint, *more)


@pytest.fixture(autouse=True)
def style_with_icons(window, qapp):
    qapp.setStyle(StyleWithIcons())
    yield
    qapp.setStyle("Fusion")


@pytest.mark.parametrize("choice", [ThemeChoice.LIGHT, ThemeChoice.DARK])
@pytest.mark.parametrize("name", DIALOGS)
def test_no_button_of_a_dialog_has_an_icon_and_none_that_destroys_is_the_default(
    window, theme, tmp_path, name, choice
):
    theme.set_choice(choice)
    seen = []

    def look():
        dialog = QApplication.activeModalWidget()
        if not isinstance(dialog, QDialog) or not dialog.isVisible():
            QTimer.singleShot(10, look)
            return
        seen.extend(
            (button.text(), button.icon().isNull(), button.isDefault())
            for button in dialog.findChildren(QPushButton)
        )
        dialog.reject()

    QTimer.singleShot(0, look)
    DIALOGS[name](window, tmp_path)
    assert seen
    assert [text for text, is_plain, _ in seen if not is_plain] == []
    assert [text for text, _, is_default in seen if is_default and "Discard" in text] == []
