"""The gallery of ready networks."""

from PySide6.QtCore import QCoreApplication, QTranslator
from PySide6.QtWidgets import QWidget

from nn_desktop.desktop.actions.ready_menu import ReadyMenu, ready_description, ready_title
from nn_desktop.network.gallery import READY


class Backwards(QTranslator):
    """Translates the texts of ready networks."""

    def translate(self, context, text, disambiguation=None, n=-1):
        return text[::-1] if context == "ready" else ""


def test_titles_and_descriptions_are_shown_in_the_language_of_the_window(qtbot, theme):
    room, translator = QWidget(), Backwards()
    qtbot.addWidget(room)
    QCoreApplication.installTranslator(translator)
    try:
        actions = ReadyMenu(theme, room).actions()
        titles = [ready_title(ready) for ready in READY]
        descriptions = [ready_description(ready) for ready in READY]
    finally:
        QCoreApplication.removeTranslator(translator)
    assert titles == [ready.title[::-1] for ready in READY]
    assert [action.text() for action in actions] == titles
    assert descriptions == [ready.description[::-1] for ready in READY]
    assert [action.toolTip() for action in actions] == descriptions
    assert [action.statusTip() for action in actions] == descriptions
