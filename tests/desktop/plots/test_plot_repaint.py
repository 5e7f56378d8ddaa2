"""Repainting live plots loses no references.

PySide6 6.12.0 loses some to None at every repaint, which ends the process on Python 3.11.
"""

import gc
import sys
from collections.abc import Callable

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from nn_desktop.desktop.look.theme import Theme
from nn_desktop.desktop.plots.fit_view import FitView
from nn_desktop.desktop.plots.loss_plot import LossPlot
from nn_desktop.desktop.plots.plot_host import PlotHost
from nn_desktop.training.session import Session

REPAINTS = 300


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="None is immortal from Python 3.12 on")
@pytest.mark.parametrize("name", ["sine", "circle", "iris"])
def test_repainting_a_live_plot_loses_no_reference_to_none(
    theme: Theme,
    host: PlotHost,
    qtbot: QtBot,
    qapp: QApplication,
    make_session: Callable[..., Session],
    name: str,
) -> None:
    session = make_session(name, epochs=1)
    widgets = FitView(theme, host), LossPlot(theme, host)
    for widget in widgets:
        qtbot.addWidget(widget)
        widget.show()
    for repaint in range(REPAINTS):
        if repaint == 10:
            gc.collect()  # garbage of other tests must not count as lost here
            gc.disable()
            before = sys.getrefcount(None)
        session.advance(1)
        snapshot = session.snapshot()
        for widget in widgets:
            widget.show_snapshot(snapshot)
        qapp.processEvents()
    after = sys.getrefcount(None)
    gc.enable()
    assert after > before - 100
