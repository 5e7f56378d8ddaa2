"""Looking back shows an earlier moment in all views, and leaves the present alone, on which all else acts."""

import random
import threading
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton
from timeline_driver import (
    checkpoint,
    content,
    continue_from,
    look_at,
    point_of,
    show_newest,
    slider_of,
    straight,
    train_to,
)
from window_driver import find, hover_of, settle, unit_point

from nn_desktop.data.catalogue import CATALOGUE
from nn_desktop.desktop.look.numbers import editable_number, figure, share
from nn_desktop.desktop.panels.outline_model import NUMBER
from nn_desktop.desktop.plots.legend import Legend
from nn_desktop.drawing.placement import Layout
from nn_desktop.engines.available import available_engines
from nn_desktop.files.project.project_file import open_project
from nn_desktop.insight.metrics import confusion_matrix, r_squared
from nn_desktop.network.parameters import Parameters
from nn_desktop.training.checkpoints import Milestone
from nn_desktop.training.hyperparameters import Mode
from nn_desktop.training.settings import ENGINE, LEARNING_RATE, MODE

Key, LEFT = Qt.Key, Qt.MouseButton.LeftButton
CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def parameters_of(milestone: Milestone) -> Parameters:
    return Parameters(milestone.setup.topology, milestone.vector)


@pytest.fixture
def looking_back(qtbot, window):
    """The window after 30 epochs, of which the 12th is looked at."""
    train_to(qtbot, window, 30)
    look_at(qtbot, window, 12)
    return window


# What is seen.


def test_canvas_fit_loss_and_readout_show_the_moment_and_then_the_present_again(qtbot, window, trainer):
    train_to(qtbot, window, 30)
    now, dataset = trainer.snapshot, trainer.snapshot.dataset
    legend, readout = find(window.docks.loss_plot, Legend, "loss_legend"), find(window, QLabel, "readout")

    def see(shown: Parameters, epoch: int, losses) -> None:
        assert window.canvas.network.parameters.vector.tobytes() == shown.vector.tobytes()
        score = share(r_squared(shown, dataset, dataset.test))
        assert window.docks.fit_view.caption == f"test R² {score}"
        assert [entry.number for entry in legend.entries] == [figure(loss) for loss in losses]
        assert f"epoch {epoch} · " in readout.text() and readout.text().endswith(figure(losses[0]))

    see(now.parameters, 30, (now.train_loss, now.test_loss))
    look_at(qtbot, window, 12)
    see(parameters_of(trainer.looked_at), 12, now.history[12, 1:])
    qtbot.keyClick(window.canvas, Key.Key_Escape)
    see(now.parameters, 30, (now.train_loss, now.test_loss))


def test_inspector_outline_and_the_numbers_at_the_pointer_show_the_moment(qtbot, window, document, trainer):
    train_to(qtbot, window, 30)
    unit = document.setup.topology.layers[1].units[2]
    window.selection.select_unit(unit)
    for name in ("dock_outline", "dock_inspector"):
        window.docks.by_name[name].raise_()
        qtbot.wait(300)  # so long the outline rests between two snapshots
    window.docks.outline.set_in_view(True)
    model = window.docks.outline.tree.model()
    look_at(qtbot, window, 12)
    then = parameters_of(trainer.looked_at).bias(unit)
    assert then != trainer.snapshot.parameters.bias(unit)
    qtbot.waitUntil(lambda: model.index_of(unit).siblingAtColumn(NUMBER).data().endswith(figure(then)))
    assert find(window, QLineEdit, "inspector_bias").text() == editable_number(then)
    qtbot.mouseMove(window.canvas.viewport(), unit_point(window, unit))
    qtbot.waitUntil(lambda: f"bias b = {figure(then)}" in hover_of(window))


def test_the_confusion_matrix_counts_what_the_network_of_then_said(qtbot, window, document, trainer):
    document.choose_source(CATALOGUE["iris"])
    train_to(qtbot, window, 20)
    look_at(qtbot, window, 1)
    dataset = trainer.snapshot.dataset
    counted = [
        confusion_matrix(parameters, dataset, dataset.test)
        for parameters in (parameters_of(trainer.looked_at), trainer.snapshot.parameters)
    ]
    assert not np.array_equal(*counted)
    np.testing.assert_array_equal(window.docks.fit_view.fit.counts, counted[0])
    trainer.return_to_now()
    np.testing.assert_array_equal(window.docks.fit_view.fit.counts, counted[1])


def test_the_loss_curve_stays_whole_with_a_line_at_the_epoch(qtbot, window, trainer):
    train_to(qtbot, window, 30)
    chart = window.docks.loss_plot._chart
    drawn = chart.training_curve.getData()
    assert chart.looked_at.scene() is None
    look_at(qtbot, window, 12)
    np.testing.assert_array_equal(chart.training_curve.getData(), drawn)
    assert chart.looked_at.scene() is not None and chart.looked_at.value() == 12
    trainer.return_to_now()
    assert chart.looked_at.scene() is None


def test_training_goes_on_unseen_and_the_timeline_learns_of_it(qtbot, window, trainer):
    slider, readout = slider_of(window), find(window, QLabel, "readout")
    qtbot.keyClick(window.canvas, Key.Key_Space)
    qtbot.waitUntil(lambda: slider.places.now > 20)
    qtbot.mouseClick(slider, LEFT, pos=QPoint(round(slider.x_of(5)), 20))
    milestone, updates, places = trainer.looked_at, trainer.snapshot.updates, slider.places
    qtbot.waitUntil(lambda: slider.places.updates > max(places.updates, updates))
    assert trainer.is_running and trainer.looked_at is milestone
    assert slider.places.milestone(slider.place) is milestone
    assert window.canvas.network.parameters.vector is milestone.vector
    assert f"epoch {milestone.epoch} ·" in readout.text()
    assert "a second" in find(window, QLabel, "speed").text()
    qtbot.keyClick(window.canvas, Key.Key_Escape)
    assert window.canvas.network.parameters is trainer.snapshot.parameters
    shown = window.canvas.network.parameters
    qtbot.waitUntil(lambda: window.canvas.network.parameters is not shown)
    trainer.pause()
    settle(qtbot, window)


def test_of_a_drag_only_the_newest_moment_of_each_frame_is_shown(qtbot, window, trainer):
    train_to(qtbot, window, 30)
    shown = []
    trainer.snapshot_changed.connect(shown.append)
    slider = slider_of(window)
    for place in range(20):  # with no event loop between: faster than any frame
        slider._move_to(place)
    settle(qtbot, window)
    assert [each.epoch for each in shown] == [20]
    assert shown[0].is_past


def test_losses_that_are_not_known_any_more_are_computed_beside_the_window(
    qtbot, window, trainer, monkeypatch
):
    train_to(qtbot, window, 30)
    recorded = trainer.snapshot.history[12, 1]
    thinned = trainer.snapshot.history[[0, -1]]
    trainer.snapshot = replace(trainer.snapshot, history=thinned, best=None)
    threads = []

    def noting(snapshot):
        threads.append(threading.current_thread())
        return with_losses(snapshot)

    with_losses = trainer_module().with_losses
    monkeypatch.setattr(trainer_module(), "with_losses", noting)
    trainer.look_back(trainer.snapshot.milestones[11])
    qtbot.waitUntil(lambda: find(window, QLabel, "readout").text().endswith(figure(recorded)))
    settle(qtbot, window)
    assert threads and threading.main_thread() not in threads


def trainer_module():
    from nn_desktop.desktop.document import trainer

    return trainer


# A network that was another one.


def test_the_canvas_shows_of_another_network_what_both_have(qtbot, window, document, trainer):
    document.type_layers("1-5-1")
    train_to(qtbot, window, 10)
    small = document.setup.topology
    document.type_layers("1-7-1")
    train_to(qtbot, window, 20)
    look_at(qtbot, window, 6)
    then, network = parameters_of(trainer.looked_at), window.canvas.network
    assert network.topology == document.setup.topology
    for target in small.layers[1].units:
        source = small.layers[0].units[0]
        assert network.parameters.weight(source, target) == then.weight(source, target)
        assert network.parameters.bias(target) == then.bias(target)
    new = set(document.setup.topology.layers[1].units) - set(small.layers[1].units)
    assert len(new) == 2
    assert {unit for unit, item in network.drawing.units.items() if item._marks.dimmed} == new
    qtbot.waitUntil(lambda: new.isdisjoint(network.drawing._pictures))  # they follow in groups
    dataset = trainer.snapshot.dataset
    assert window.docks.fit_view.caption == f"test R² {share(r_squared(then, dataset, dataset.test))}"
    qtbot.keyClick(window.canvas, Key.Key_Escape)
    assert network.parameters is trainer.snapshot.parameters
    assert not any(item._marks.dimmed for item in network.drawing.units.values())


@pytest.mark.parametrize("layers", ["1-3-1", "1-1", "1-5-4-1", "1-5:relu-1"])
def test_no_view_minds_another_network(qtbot, window, document, trainer, layers):
    document.type_layers("1-5-1")
    train_to(qtbot, window, 5)
    unit = document.setup.topology.layers[1].units[-1]
    document.type_layers(layers)
    train_to(qtbot, window, 10)
    for name in ("dock_outline", "dock_inspector"):
        window.docks.by_name[name].raise_()
    for part in document.setup.topology.unit_place:
        window.selection.select_unit(part)
        look_at(qtbot, window, 3)
        qtbot.mouseMove(window.canvas.viewport(), unit_point(window, part))
        settle(qtbot, window)
        trainer.return_to_now()
    continue_from(qtbot, window, 3)
    assert unit in window.canvas.network.topology.unit_place


# What acts on the present.


def test_an_edit_changes_the_present_and_returns_to_it(qtbot, looking_back, document, trainer):
    now = trainer.snapshot.parameters.vector.copy()
    unit = document.setup.topology.layers[1].units[0]
    assert looking_back.editor.type_number(unit, "5") == ""
    assert trainer.looked_at is None
    settle(qtbot, looking_back)
    assert trainer.snapshot.parameters.bias(unit) == 5
    assert (trainer.snapshot.parameters.vector != now).sum() == 1


@pytest.mark.parametrize(
    "change",
    [
        lambda document: document.change_setting(LEARNING_RATE, 0.2),
        lambda document: document.type_layers("1-8-5-1"),
        lambda document: document.choose_source(CATALOGUE["iris"]),
        lambda document: document.reset(),
        lambda document: document.new_start(),
        lambda document: document.undo(),
    ],
)
def test_every_change_returns_to_now(qtbot, window, document, trainer, change):
    document.change_setting(LEARNING_RATE, 0.1)
    train_to(qtbot, window, 30)
    look_at(qtbot, window, 12)
    change(document)
    assert trainer.looked_at is None
    show_newest(qtbot, window)
    assert window.canvas.network.parameters is trainer.snapshot.parameters


def test_moving_a_unit_in_the_drawing_does_not(looking_back, document, trainer):
    document.change_layout("move", Layout({document.setup.topology.layers[1].id: (30.0, 0.0)}, {}))
    assert trainer.looked_at.epoch == 12


@pytest.mark.parametrize(
    ("key", "modifier", "updates"),
    [(Key.Key_Period, Qt.KeyboardModifier.NoModifier, 301), (Key.Key_Space, SHIFT, 310)],
)
def test_a_step_goes_on_from_the_present(qtbot, looking_back, trainer, key, modifier, updates):
    qtbot.keyClick(looking_back, key, modifier)
    assert trainer.looked_at is None
    settle(qtbot, looking_back)
    assert trainer.snapshot.updates == updates


def test_training_goes_on_from_the_present_and_a_pause_leaves_the_view_alone(qtbot, looking_back, trainer):
    qtbot.keyClick(looking_back.canvas, Key.Key_Space)
    assert trainer.looked_at is None
    qtbot.waitUntil(lambda: trainer.snapshot.updates > 300)
    slider = slider_of(looking_back)
    qtbot.mouseClick(slider, LEFT, pos=QPoint(round(slider.x_of(5)), 20))
    milestone = trainer.looked_at
    qtbot.keyClick(slider, Key.Key_Space)
    settle(qtbot, looking_back)
    assert not trainer.is_running and trainer.looked_at is milestone
    assert looking_back.canvas.network.parameters.vector is milestone.vector


def test_what_is_taken_and_saved_is_the_present(qtbot, looking_back, document, trainer, dialogs, tmp_path):
    taken = []
    document.with_snapshot(taken.append)
    dialogs.path = tmp_path / "p.nnd"
    looking_back.saver.save_as()
    settle(qtbot, looking_back)
    qtbot.waitUntil(lambda: bool(taken))
    assert taken[0].epoch == 30 and not taken[0].is_past
    assert open_project(dialogs.path).project.checkpoint.epoch == 30
    assert trainer.looked_at.epoch == 12
    assert looking_back.canvas.network.parameters.vector is trainer.looked_at.vector


# As if never looked.


@pytest.mark.parametrize("mode", [Mode.BATCH, Mode.MINI_BATCH])
@pytest.mark.parametrize("engine", list(available_engines()))
def test_training_on_is_bit_by_bit_as_if_nobody_had_looked(qtbot, window, document, trainer, engine, mode):
    document.change_setting(ENGINE, engine)
    document.change_setting(MODE, mode)
    document.type_layers("1-8-1")
    train_to(qtbot, window, 40)
    before = content(checkpoint(window))
    chance = random.Random(7)
    for milestone in chance.choices(trainer.snapshot.milestones[:-1], k=20):
        look_at(qtbot, window, milestone.epoch)
        if milestone.epoch % 2:
            trainer.return_to_now()
    slider_of(window).setFocus()
    qtbot.keyClick(slider_of(window), Key.Key_End)
    assert trainer.looked_at is None
    assert content(checkpoint(window)) == before
    train_to(qtbot, window, 60)
    trainer.post(lambda session: session.advance(3)).result(30)
    updates = checkpoint(window).updates
    assert content(checkpoint(window)) == content(straight(document.setup, updates).checkpoint())


def test_looking_back_while_it_trains_changes_no_bit(qtbot, window, document, trainer):
    slider = slider_of(window)
    qtbot.keyClick(window.canvas, Key.Key_Space)
    qtbot.waitUntil(lambda: slider.places.now > 20)
    chance = random.Random(3)
    for _ in range(20):
        x = slider.x_of(chance.randrange(slider.places.now))
        qtbot.mouseClick(slider, LEFT, pos=QPoint(round(x), 20))
        qtbot.wait(20)
    trainer.pause()
    trainer.return_to_now()
    settle(qtbot, window)
    there = checkpoint(window)
    assert content(there) == content(straight(document.setup, there.updates).checkpoint())


def test_continuing_from_here_is_one_step_to_undo_which_gives_back_the_bits(qtbot, looking_back, document):
    later = content(checkpoint(looking_back))
    qtbot.keyClick(looking_back, Key.Key_Return, CONTROL)
    show_newest(qtbot, looking_back)
    assert document.undo_stack.count() == 1
    assert content(checkpoint(looking_back)) == content(straight(document.setup, 120).checkpoint())
    qtbot.keyClick(looking_back, Key.Key_Z, CONTROL)
    show_newest(qtbot, looking_back)
    assert content(checkpoint(looking_back)) == later
    assert document.undo_stack.index() == 0


def test_a_moment_of_a_run_that_was_left_is_not_looked_at(qtbot, window, document, trainer):
    train_to(qtbot, window, 10)
    fifth = trainer.snapshot.milestones[4]
    document.reset()
    trainer.look_back(fifth)  # as by a click before the reset was seen
    assert trainer.looked_at is None
    settle(qtbot, window)
    trainer.look_back(fifth)
    assert trainer.looked_at is None
    document.undo()
    show_newest(qtbot, window)
    qtbot.mouseClick(slider_of(window), LEFT, pos=point_of(slider_of(window), 5))
    assert trainer.looked_at.epoch == 5


def test_nobody_looks_back_while_a_change_of_the_data_is_on_its_way(qtbot, window, document, trainer):
    train_to(qtbot, window, 10)
    slider, is_over = slider_of(window), threading.Event()
    trainer.post(lambda session: is_over.wait(10))  # as a batch that takes long
    document.choose_source(CATALOGUE["iris"])
    qtbot.mouseClick(slider, LEFT, pos=point_of(slider, 5))
    assert trainer.looked_at is None and slider.place == slider.places.now
    is_over.set()
    show_newest(qtbot, window)
    train_to(qtbot, window, 10)
    look_at(qtbot, window, 5)
    assert trainer.looked_at.setup.data.source.name == "iris"


# After a divergence.


def test_the_best_moment_is_offered_after_a_divergence_as_one_step(qtbot, window, document, trainer):
    train_to(qtbot, window, 10)
    best = trainer.snapshot.best
    document.change_setting(LEARNING_RATE, 1000.0)
    steps = document.undo_stack.count()
    qtbot.keyClick(window.canvas, Key.Key_Space)
    qtbot.waitUntil(lambda: "diverged" in window.message_bar.text)
    show_newest(qtbot, window)
    diverged = content(checkpoint(window))
    assert f"epoch {best.milestone.epoch}, with a loss of {figure(best.loss)}" in window.message_bar.text
    assert "last finite state is kept" in window.message_bar.text
    button = find(window, QPushButton, "message_answer")
    assert button.text() == "Go to best snapshot" and button.isVisible()
    assert window.canvas.hasFocus()  # the next Space trains, and answers nothing
    qtbot.mouseClick(button, LEFT)
    show_newest(qtbot, window)
    assert trainer.snapshot.parameters.vector.tobytes() == best.milestone.vector.tobytes()
    assert trainer.snapshot.test_loss == pytest.approx(best.test_loss, rel=1e-9)
    assert not trainer.snapshot.diverged and window.message_bar.text == ""
    assert document.undo_stack.count() == steps + 1
    qtbot.keyClick(window, Key.Key_Z, CONTROL)
    show_newest(qtbot, window)
    assert content(checkpoint(window)) == diverged


def test_where_the_last_finite_state_is_the_best_nothing_else_is_offered(qtbot, window, document):
    document.change_setting(LEARNING_RATE, 1e300)
    qtbot.keyClick(window.canvas, Key.Key_Space)
    qtbot.waitUntil(lambda: "diverged" in window.message_bar.text)
    settle(qtbot, window)
    button = find(window, QPushButton, "message_answer")
    assert button.isHidden() == ("best snapshot" not in window.message_bar.text)


def test_the_actions_are_on_only_while_one_looks_back(looking_back, trainer):
    actions = [looking_back.findChild(QAction, name) for name in ("continue_from_here", "back_to_now")]
    assert all(action.isEnabled() for action in actions)
    trainer.return_to_now()
    assert not any(action.isEnabled() for action in actions)
