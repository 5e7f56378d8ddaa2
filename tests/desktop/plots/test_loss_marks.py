"""The loss plot marks changed settings and the best moment, and says in words where a run diverged."""

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QApplication, QGraphicsPathItem, QToolTip
from pytestqt.qtbot import QtBot

from nn_desktop.desktop.look.numbers import figure
from nn_desktop.desktop.look.theme import Theme
from nn_desktop.desktop.plots.loss_marks import ceiling_of, diverged_at
from nn_desktop.desktop.plots.loss_plot import LossPlot
from nn_desktop.desktop.plots.plot_host import PlotHost
from nn_desktop.network.edits import insert_layer
from nn_desktop.network.functions import Activation
from nn_desktop.network.wiring import connect
from nn_desktop.training.runs import Runs, file_run
from nn_desktop.training.session import Session
from nn_desktop.training.settings import LEARNING_RATE

MakeSession = Callable[..., Session]


@pytest.fixture
def plot(theme: Theme, qtbot: QtBot, make_host: Callable[[], PlotHost]) -> LossPlot:
    plot = LossPlot(theme, make_host())
    qtbot.addWidget(plot)
    plot.resize(420, 280)
    with qtbot.waitExposed(plot):
        plot.show()
    return plot


def tip_at(qtbot: QtBot, plot: LossPlot, item: QGraphicsPathItem, down: int = 0) -> str:
    """Rest with the mouse on a mark, some pixels further down, and return the tooltip that appears."""
    chart = plot._chart.plot
    plot.grab()  # what was shown last has its place when it is painted
    where = chart.mapFromScene(item.scenePos()) + QPoint(0, down)
    qtbot.mouseMove(chart.viewport(), where)
    asked = QHelpEvent(QEvent.Type.ToolTip, where, chart.viewport().mapToGlobal(where))
    QApplication.sendEvent(chart.viewport(), asked)
    return QToolTip.text()


def test_a_changed_setting_is_marked_on_the_curve_and_its_tooltip_says_what_changed(
    plot: LossPlot, make_session: MakeSession, qtbot: QtBot
) -> None:
    session = make_session("sine", epochs=20)
    session.change(LEARNING_RATE.put(session.setup, 0.1))
    session.advance(session.walk.updates_until(40))
    plot.show_snapshot(session.snapshot())
    marks = plot._chart.marks
    (mark,) = marks.changes
    assert (mark.pos().x(), mark.pos().y()) == (20, session.history.rows()[20, 1])
    said = "Changed at epoch 20:\nlearning rate 0.05 → 0.1"
    assert tip_at(qtbot, plot, mark, -5) == said
    tip_at(qtbot, plot, mark, -60)
    qtbot.waitUntil(lambda: not QToolTip.isVisible())
    assert "learning rate 0.05 → 0.1" in plot._chart.plot.accessibleDescription()


def test_a_mark_stays_on_the_curve_when_the_network_is_changed_twice_at_a_moment(
    plot: LossPlot, make_session: MakeSession
) -> None:
    session = make_session("sine", epochs=20)
    deeper = insert_layer(session.setup.topology, 2, 4, Activation.TANH)
    linked = connect(deeper, deeper.layers[0].units[0], deeper.layers[-1].units[0])
    for changed in (deeper, linked):
        session.change(replace(session.setup, topology=changed))
        snapshot = session.snapshot()
        plot.show_snapshot(snapshot)
        (mark,) = plot._chart.marks.changes
        assert mark.pos().y() == snapshot.history[-1, 1]


def test_the_best_test_loss_is_marked(plot: LossPlot, make_session: MakeSession, qtbot: QtBot) -> None:
    session = make_session("sine", epochs=30)
    plot.show_snapshot(session.snapshot())
    rows = session.history.rows()
    place = rows[:, 2].argmin()
    (star,) = plot._chart.marks.best
    assert (star.pos().x(), star.pos().y()) == (rows[place, 0], rows[place, 2])
    said = f"Best test loss {figure(rows[place, 2])} at epoch {int(rows[place, 0])}"
    assert tip_at(qtbot, plot, star) == said
    assert said in plot._chart.plot.accessibleDescription()


@pytest.mark.parametrize("logarithmic", [False, True])
def test_a_run_that_diverged_is_drawn_as_far_as_there_is_something_to_see(
    plot: LossPlot, make_session: MakeSession, logarithmic: bool
) -> None:
    session = make_session("sine", epochs=10)
    session.change(LEARNING_RATE.put(session.setup, 0.8))
    session.advance(4000)
    snapshot = session.snapshot()
    assert snapshot.diverged
    assert snapshot.train_loss > 1e100
    plot.set_logarithmic(logarithmic)
    plot.show_snapshot(snapshot)
    rows = snapshot.history
    ceiling = 100 * rows[0, 1:].max()
    drawn = plot._chart.training_curve.getData()[1]
    highest = np.nanmax(10**drawn if logarithmic else drawn)
    assert highest <= ceiling
    first_beyond = rows[(rows[:, 1:] > ceiling).any(axis=1)][0, 0]
    assert plot._chart.marks.said == f"diverged at epoch {int(first_beyond)}"
    assert plot._chart.marks.divergence.value() == first_beyond
    (mark,) = plot._chart.marks.changes
    assert mark.pos().x() == 10, "what made it diverge is marked"
    top = plot._chart.plot.viewRange()[1][1]
    assert top < (np.log10(ceiling) + 1 if logarithmic else 1.1 * ceiling)
    assert "diverged at epoch" in plot._chart.plot.accessibleDescription()
    plot.grab()


def test_a_run_that_did_not_diverge_is_drawn_whole_and_nothing_is_said(
    plot: LossPlot, make_session: MakeSession
) -> None:
    snapshot = make_session("sine", epochs=10).snapshot()
    history = snapshot.history.copy()
    history[5, 1] = 1e6  # a leap, and back
    plot.show_snapshot(replace(snapshot, history=history))
    assert plot._chart.training_curve.getData()[1][5] == 1e6
    assert plot._chart.marks.said == ""


def test_a_run_that_diverged_in_its_first_epoch_says_so_too() -> None:
    rows = np.array([[0.0, 0.5, 0.6]])
    assert diverged_at(rows, diverged=True) == 0.0
    assert diverged_at(rows, diverged=False) is None
    assert diverged_at(np.empty((0, 3)), diverged=True) is None
    assert diverged_at(np.array([[0.0, 0.5, 0.6], [1.0, 1e13, 0.6]]), diverged=False) == 1.0


def test_the_ceiling_is_a_hundred_times_the_first_loss() -> None:
    assert ceiling_of(np.array([[0.0, 0.5, 0.75], [1.0, 9.0, 9.0]])) == 75.0
    assert ceiling_of(np.array([[0.0, np.nan, np.nan]])) == 1e12


@pytest.mark.parametrize("logarithmic", [False, True])
def test_other_runs_are_drawn_with_their_test_losses_and_have_room(
    plot: LossPlot, make_session: MakeSession, logarithmic: bool
) -> None:
    long = make_session("sine", epochs=60)
    runs = file_run(Runs(), long.checkpoint()).runs
    plot.show_snapshot(make_session("sine", epochs=5).snapshot())
    plot.show_runs(runs.filed)
    plot.set_logarithmic(logarithmic)
    rows = long.history.rows()
    ((x, y),) = plot._chart.run_curves.curves
    np.testing.assert_array_equal(x, rows[:, 0])
    np.testing.assert_allclose(y, np.log10(rows[:, 2]) if logarithmic else rows[:, 2])
    (left, right), (bottom, top) = plot._chart.plot.viewRange()
    assert left <= 0 < 60 <= right
    assert bottom <= y.min() < y.max() <= top
    plot.show_runs(())
    assert plot._chart.plot.viewRange()[0][1] < 60


def test_the_numbers_of_runs_that_end_at_one_place_are_all_to_be_read(
    plot: LossPlot, make_session: MakeSession
) -> None:
    session, runs = make_session("sine", epochs=6), Runs()
    for _ in range(12):
        runs = file_run(runs, session.checkpoint()).runs
    plot.show_snapshot(session.snapshot())
    plot.show_runs(runs.filed[-6:])
    plot.grab()
    items = plot._chart.run_curves._items
    places = sorted(
        (item.number.mapRectToDevice(item.number.boundingRect()) for item in items),
        key=lambda rect: rect.left(),
    )
    assert len(places) == 6
    covered = [left.right() - right.left() for left, right in pairwise(places)]
    assert max(covered) <= 2  # pixels of their margins


def test_a_run_that_diverged_leaves_room_for_the_others(plot: LossPlot, make_session: MakeSession) -> None:
    session = make_session("sine", epochs=1)
    session.change(LEARNING_RATE.put(session.setup, 5.0))
    session.advance(4000)
    assert session.diverged
    plot.show_snapshot(make_session("sine", epochs=5).snapshot())
    plot.show_runs(file_run(Runs(), session.checkpoint()).runs.filed)
    assert plot._chart.plot.viewRange()[1][1] < 1e4
