"""A panel that floats is a window with a frame and a title, beside the main window and not over it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtWidgets import QDockWidget
from window_driver import find, settle

from nn_desktop.desktop.floating import float_beside, place_beside

ROOM = QRect(0, 20, 1920, 1060)


@pytest.mark.parametrize(
    ("window", "x"),
    [
        (QRect(0, 20, 1200, 900), 1200),  # there is room at the right
        (QRect(700, 20, 1200, 900), 400),  # and here at the left
        (QRect(0, 20, 1900, 900), 1620),  # and here nowhere: at the edge
    ],
)
def test_it_stands_where_there_is_more_room(window, x):
    assert place_beside(window, QSize(300, 200), ROOM).x() == x


@given(
    st.integers(0, 1100),
    st.integers(800, 1900),
    st.integers(100, 1000),
    st.integers(100, 800),
    st.integers(0, 900),
)
def test_it_is_always_on_the_screen_and_covers_nothing_where_that_can_be(x, width, own_width, height, y):
    window, size = QRect(x, 20 + y, width, 600), QSize(own_width, height)
    place = QRect(place_beside(window, size, ROOM), size)
    assert ROOM.contains(place)
    if max(ROOM.right() - window.right(), window.left() - ROOM.left()) >= own_width:
        assert not place.intersects(window)


def test_a_floating_panel_has_a_frame_and_a_title_and_can_be_docked_again(qtbot, window):
    dock = find(window, QDockWidget, "dock_loss")
    before = window.docks.read()
    dock.setFloating(True)
    qtbot.wait(50)
    assert dock.isVisible() and dock.isFloating()
    assert dock.windowFlags() & Qt.WindowType.WindowTitleHint
    assert not dock.windowFlags() & Qt.WindowType.FramelessWindowHint
    room = window.screen().availableGeometry()
    assert dock.pos() == place_beside(window.frameGeometry(), dock.size(), room)
    assert dock.windowTitle() == "Loss"
    assert window.docks.loss_plot.isVisible()
    dock.setFloating(False)
    qtbot.wait(50)
    assert not dock.isFloating()
    assert [(p.name, p.area, p.is_shown) for p in window.docks.read()] == [
        (p.name, p.area, p.is_shown) for p in before
    ]


def test_a_panel_that_qt_would_let_float_without_a_frame_gets_one(window):
    dock = find(window, QDockWidget, "dock_loss")
    dock.setFloating(True)
    dock.setWindowFlags(Qt.WindowType.Tool | Qt.WindowType.FramelessWindowHint)  # as Qt does under X11
    float_beside(dock, window)
    assert dock.isVisible()
    assert not dock.windowFlags() & Qt.WindowType.FramelessWindowHint
    assert dock.windowFlags() & Qt.WindowType.WindowTitleHint


def test_the_keys_of_the_window_are_heard_in_a_floating_panel(qtbot, window):
    dock = find(window, QDockWidget, "dock_loss")
    dock.setFloating(True)
    qtbot.wait(50)
    dock.activateWindow()
    qtbot.waitUntil(dock.isActiveWindow)
    qtbot.keyClick(dock, Qt.Key.Key_Period)
    settle(qtbot, window)
    assert window.trainer.snapshot.updates == 1
    qtbot.keyClick(dock, Qt.Key.Key_2, Qt.KeyboardModifier.AltModifier)
    assert window.workspaces.present.name == "network"


def test_a_floating_panel_is_where_it_was_after_another_workspace(qtbot, window):
    dock = find(window, QDockWidget, "dock_loss")
    dock.setFloating(True)
    dock.move(30, 40)
    dock.resize(330, 220)
    qtbot.wait(50)
    place = dock.geometry()
    window.workspaces.go_to("network")
    assert not dock.isVisible()
    window.workspaces.go_to("train")
    qtbot.wait(50)
    assert dock.isVisible() and dock.isFloating()
    assert dock.geometry() == place
