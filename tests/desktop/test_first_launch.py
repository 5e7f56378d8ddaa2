"""Who opens the program for the first time finds three sentences, until the first Train."""

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QLabel, QListWidget, QToolButton, QWidget
from window_driver import find, settle

from nn_desktop.desktop import first_launch
from nn_desktop.desktop.look.theme import ThemeChoice

NAMES = ["hint_train", "hint_canvas", "hint_data"]
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def settings(tmp_path) -> QSettings:
    """Those of nobody yet."""
    return QSettings(str(tmp_path / "new.ini"), QSettings.Format.IniFormat)


def hints(window) -> list[QLabel]:
    found = [window.findChild(QLabel, name) for name in NAMES]
    return [hint for hint in found if hint is not None and hint.isVisible()]


def area(window, widget: QWidget):
    return widget.rect().translated(widget.mapTo(window, widget.rect().topLeft()))


def test_each_sentence_is_at_the_place_that_it_speaks_of(window):
    train, canvas, data = hints(window)
    assert "Press Train" in train.text() and "Draw here" in canvas.text() and "Examples" in data.text()
    assert area(window, train).bottom() < area(window, window.canvas).top()
    assert area(window, canvas).top() > area(window, window.canvas).bottom()
    gallery = find(window, QListWidget, "data_gallery")
    assert area(window, data).bottom() < area(window, gallery).top()


@pytest.mark.parametrize("choice", [ThemeChoice.LIGHT, ThemeChoice.DARK])
@pytest.mark.parametrize("size", [(940, 660), (1024, 700), (1440, 900)])
@pytest.mark.parametrize("enlargement", [1, 1.5])
def test_they_are_whole_and_cover_nothing(qtbot, qapp, window, theme, choice, size, enlargement):
    theme.set_choice(choice)
    font, larger = qapp.font(), qapp.font()
    larger.setPointSizeF(font.pointSizeF() * enlargement)
    qapp.setFont(larger)
    try:
        window.resize(*size)
        qtbot.wait(50)
        for hint in hints(window):
            assert hint.height() >= hint.heightForWidth(hint.width())
            assert hint.visibleRegion().boundingRect() == hint.rect()
            for other in (window.canvas, window.readout, find(window, QListWidget, "data_gallery")):
                assert not area(window, hint).intersects(area(window, other))
    finally:
        qapp.setFont(font)


def test_assistive_technology_reads_them(window):
    for hint in hints(window):
        interface = QAccessible.queryAccessibleInterface(hint)
        assert interface.role() is QAccessible.Role.StaticText
        assert interface.text(QAccessible.Text.Name) == hint.text()


def test_they_are_announced_once_when_the_window_is_there(monkeypatch, open_window):
    heard = []
    monkeypatch.setattr(first_launch, "announce", lambda widget, text: heard.append(widget.objectName()))
    window = open_window()
    window.update()
    assert heard == NAMES


def test_the_first_train_takes_them_away_for_good(qtbot, open_window):
    window = open_window()
    qtbot.waitUntil(lambda: len(hints(window)) == 3)  # one stands in a panel that is made after painting
    button = find(window, QToolButton, "train_or_pause_button")
    qtbot.mouseClick(button, LEFT)
    qtbot.waitUntil(lambda: not hints(window))
    qtbot.mouseClick(button, LEFT)
    settle(qtbot, window)
    window.actions_by_name["reset"].trigger()
    assert hints(open_window()) == []


def test_a_second_start_shows_none_even_if_nobody_trained(qtbot, open_window):
    first = open_window()
    qtbot.waitUntil(lambda: len(hints(first)) == 3)
    first.close()
    assert hints(open_window()) == []
