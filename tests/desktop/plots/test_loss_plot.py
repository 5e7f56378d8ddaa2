"""The loss plot shows the history of a run, whatever the run does."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QToolButton, QWidget
from pytestqt.qtbot import QtBot

from nn_desktop.desktop.look.colors import DARK
from nn_desktop.desktop.look.numbers import figure
from nn_desktop.desktop.look.theme import Theme, ThemeChoice
from nn_desktop.desktop.plots.loss_plot import LossPlot
from nn_desktop.desktop.plots.plot import Change
from nn_desktop.desktop.plots.plot_host import PlotHost
from nn_desktop.training.session import Session

MakeSession = Callable[..., Session]


@pytest.fixture
def plot(theme: Theme, host: PlotHost, qtbot: QtBot) -> LossPlot:
    plot = LossPlot(theme, host)
    qtbot.addWidget(plot)
    plot.resize(380, 240)
    with qtbot.waitExposed(plot):
        plot.show()
    return plot


def child(plot: QWidget, name: str) -> QToolButton:
    found = plot.findChild(QToolButton, name)
    assert found is not None
    return found


def test_the_curves_are_the_history(plot: LossPlot, make_session: MakeSession) -> None:
    snapshot = make_session("sine", epochs=20).snapshot()
    plot.show_snapshot(snapshot)
    for curve, column in ((plot._chart.training_curve, 1), (plot._chart.test_curve, 2)):
        epochs, losses = curve.getData()
        np.testing.assert_array_equal(epochs, snapshot.history[:, 0])
        np.testing.assert_array_equal(losses, snapshot.history[:, column])


def test_the_legend_has_the_numbers_of_now(plot: LossPlot, make_session: MakeSession) -> None:
    snapshot = make_session("sine").snapshot()
    plot.show_snapshot(snapshot)
    numbers = [entry.number for entry in plot._legend.entries]
    assert numbers == [figure(snapshot.train_loss), figure(snapshot.test_loss)]
    description = plot._chart.plot.accessibleDescription()
    assert numbers[0] in description
    assert numbers[1] in description


def test_a_click_switches_to_a_logarithmic_axis_and_back(
    plot: LossPlot, make_session: MakeSession, qtbot: QtBot
) -> None:
    snapshot = make_session("sine", epochs=10).snapshot()
    plot.show_snapshot(snapshot)
    button = child(plot, "loss_log_scale")
    with qtbot.waitSignal(plot.logarithmic_changed) as heard:
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert heard.args == [True]
    assert plot._chart.is_on(Change.LOG_Y)
    np.testing.assert_allclose(plot._chart.training_curve.getData()[1], np.log10(snapshot.history[:, 1]))
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert not plot._chart.is_on(Change.LOG_Y)
    np.testing.assert_array_equal(plot._chart.training_curve.getData()[1], snapshot.history[:, 1])


def test_a_loss_of_zero_has_a_place_on_a_logarithmic_axis(plot: LossPlot, make_session: MakeSession) -> None:
    snapshot = make_session("sine").snapshot()
    history = snapshot.history.copy()
    history[-1, 1:] = 0.0
    plot.set_logarithmic(True)
    plot.show_snapshot(replace(snapshot, train_loss=0.0, test_loss=0.0, history=history))
    assert np.isfinite(plot._chart.training_curve.getData()[1]).all()
    plot.grab()


@pytest.mark.parametrize("logarithmic", [False, True])
def test_a_diverged_run_is_drawn_without_a_warning(
    plot: LossPlot, make_session: MakeSession, logarithmic: bool
) -> None:
    snapshot = make_session("sine", epochs=10).snapshot()
    history = snapshot.history.copy()
    history[-3:, 1] = 1e300, np.inf, np.nan
    history[-3:, 2] = np.nan, 1e300, np.inf
    plot.set_logarithmic(logarithmic)
    plot.show_snapshot(replace(snapshot, train_loss=np.nan, test_loss=np.inf, history=history, diverged=True))
    plot.grab()
    assert [entry.number for entry in plot._legend.entries] == ["–", "∞"]


def test_the_view_follows_the_run_until_the_user_zooms(
    plot: LossPlot, make_session: MakeSession, qtbot: QtBot
) -> None:
    session = make_session("sine", epochs=5)
    plot.show_snapshot(session.snapshot())
    button = child(plot, "loss_view_all")
    assert not button.isVisible()
    qtbot.keyClicks(plot._chart.plot, "+")
    assert button.isVisible()
    zoomed = plot._chart.plot.viewRange()
    session.advance(session.walk.updates_until(100))
    plot.show_snapshot(session.snapshot())
    assert plot._chart.plot.viewRange() == zoomed
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert plot._chart.plot.viewRange()[0][1] >= 100
    assert not button.isVisible()


def test_another_theme_recolours_all(plot: LossPlot, theme: Theme, make_session: MakeSession) -> None:
    plot.show_snapshot(make_session("sine").snapshot())
    theme.set_choice(ThemeChoice.DARK)
    assert plot._chart.training_curve.opts["pen"].color().name() == DARK.training
    image = plot._chart.plot.grab().toImage()
    assert image.pixelColor(image.width() // 2, 20).name() == DARK.canvas
    assert plot._legend.entries[0].color == DARK.training


def test_what_comes_while_hidden_is_drawn_when_shown(plot: LossPlot, make_session: MakeSession) -> None:
    plot.hide()
    snapshot = make_session("sine").snapshot()
    plot.show_snapshot(snapshot)
    assert plot._chart.training_curve.getData()[1].size == 0
    plot.show()
    assert len(plot._chart.training_curve.getData()[0]) == len(snapshot.history)


def test_on_a_logarithmic_epoch_axis_the_start_is_left_out_and_the_first_epochs_are_all_there(
    plot: LossPlot, make_session: MakeSession
) -> None:
    epochs = np.arange(0.0, 5001.0)
    history = np.column_stack((epochs, 1 / (1 + epochs), 2 / (1 + epochs)))
    plot.show_snapshot(replace(make_session("sine").snapshot(), history=history))
    chart = plot._chart
    chart.apply(Change.LOG_X)
    x, y = chart.training_curve.getData()
    drawn = np.isfinite(y)
    assert len(x) < 700
    assert set(range(1, 61)) <= set(np.rint(10 ** x[drawn]).astype(int).tolist())
    np.testing.assert_allclose(y[drawn], 1 / (1 + 10 ** x[drawn]))
    assert not plot._chart.is_on(Change.LOG_Y)
    texts = [text for level in chart.plot.getAxis("bottom")._tickLevels for _, text in level if text]
    assert texts == ["1", "10", "100", "1\N{NARROW NO-BREAK SPACE}000"]
    chart.apply(Change.LOG_X)
    assert chart.training_curve.getData()[0][0] == 0


def test_the_loss_axis_is_the_same_whichever_way_it_is_chosen(
    plot: LossPlot, make_session: MakeSession
) -> None:
    plot.show_snapshot(make_session("sine").snapshot())
    said: list[bool] = []
    plot.logarithmic_changed.connect(said.append)
    plot._chart.apply(Change.LOG_Y)
    assert plot._chart.is_on(Change.LOG_Y)
    plot.set_logarithmic(False)
    assert not plot._chart.is_on(Change.LOG_Y)
    assert said == [True, False]
