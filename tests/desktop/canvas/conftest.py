"""What the tests of the canvas share."""

import pytest


@pytest.fixture(params=[1.0, 2.0], ids=["at 1x", "at 2x"])
def scale(request) -> float:
    """At what zoom the view is shown."""
    return request.param


@pytest.fixture
def window(window, qtbot):
    """The main window, with room for gestures at twice the size."""
    room = window.canvas.height()
    window.resize(1440, 1000)
    qtbot.waitUntil(lambda: window.canvas.height() > room)
    return window


@pytest.fixture
def topology(window):
    """Tells what the network is now."""
    return lambda: window.editor.topology
