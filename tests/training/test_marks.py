"""A run remembers where its settings were changed, and which of its moments was the best."""

from dataclasses import replace
from math import inf, nan

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from known_data import default_settings, make_setup

from nn_desktop.network import edits
from nn_desktop.network.functions import Activation, Loss
from nn_desktop.network.notation import parse_layers
from nn_desktop.training import marks as marks_module
from nn_desktop.training.checkpoints import Best, Milestone, better
from nn_desktop.training.hyperparameters import Hyperparameters, Mode
from nn_desktop.training.marks import Change, Mark, changes_between
from nn_desktop.training.session import Session
from nn_desktop.training.setup import Setup


def setup_of(**choices: object) -> Setup:
    return make_setup("sine", parse_layers("1-4-1"), Activation.TANH, Hyperparameters(**choices))


def with_choices(setup: Setup, **choices: object) -> Setup:
    return replace(setup, hyperparameters=replace(setup.hyperparameters, **choices))


def changed(session: Session, **choices: object) -> None:
    session.change(with_choices(session.setup, **choices))


# Marks


def test_a_change_of_a_setting_is_marked_with_its_place_and_values() -> None:
    session = Session(setup_of())
    session.advance(25)
    changed(session, learning_rate=0.2)
    session.advance(10)
    changed(session, mode=Mode.STOCHASTIC, batch_size=4)
    assert session.marks == (
        Mark(epoch=2.5, updates=25, changes=(Change(name="learning_rate", before=0.05, after=0.2),)),
        Mark(
            epoch=3.5,
            updates=35,
            changes=(
                Change(name="mode", before=Mode.MINI_BATCH, after=Mode.STOCHASTIC),
                Change(name="batch_size", before=16, after=4),
            ),
        ),
    )
    assert [change.sentence for mark in session.marks for change in mark.changes] == [
        "learning rate 0.05 → 0.2",
        "mode Mini-batch → Stochastic",
        "batch size 16 → 4",
    ]
    assert session.snapshot().marks == session.checkpoint().marks == session.marks


def test_another_network_is_marked() -> None:
    session = Session(setup_of())
    session.advance(10)
    topology = session.setup.topology
    session.change(session.setup.with_topology(edits.resize_layer(topology, topology.layers[1].id, 6)))
    ((change,),) = (mark.changes for mark in session.marks)
    assert change.sentence == "network 1-4-1 → 1-6-1"
    assert change.setting is None


def test_what_is_set_before_the_first_update_is_no_change_on_the_way() -> None:
    session = Session(setup_of())
    changed(session, learning_rate=0.2)
    assert session.marks == ()


def test_what_begins_anew_has_no_marks() -> None:
    for begin_anew in (
        lambda session: session.reset(),
        lambda session: changed(session, seed=5),
        lambda session: session.change(session.setup.with_data(default_settings("cubic"))),
    ):
        session = Session(setup_of())
        session.advance(10)
        changed(session, learning_rate=0.2)
        begin_anew(session)
        assert (session.marks, session.best) == ((), None)
        session.advance(1)
        assert session.best is not None and session.best.milestone.updates == 0


def test_changes_at_one_moment_are_one_mark_and_none_if_all_is_back() -> None:
    session = Session(setup_of())
    session.advance(10)
    for rate in (0.1, 0.2, 0.3):
        changed(session, learning_rate=rate)
    changed(session, batch_size=8)
    assert [each.sentence for each in session.marks[0].changes] == [
        "learning rate 0.05 → 0.3",
        "batch size 16 → 8",
    ]
    changed(session, batch_size=16)
    assert [each.sentence for each in session.marks[0].changes] == ["learning rate 0.05 → 0.3"]
    changed(session, learning_rate=0.05)
    assert session.marks == ()


def test_a_change_that_is_undone_leaves_no_mark() -> None:
    session = Session(setup_of())
    session.advance(10)
    before = session.checkpoint()
    changed(session, learning_rate=0.3)
    assert len(session.marks) == 1
    session.change(before.setup, restore_from=before)
    assert session.marks == ()


def test_there_are_only_so_many_marks_and_the_oldest_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(marks_module, "MAX_MARKS", 5)
    session = Session(setup_of())
    for number in range(9):
        session.advance(1)
        changed(session, batch_size=number + 1)
    assert [mark.updates for mark in session.marks] == [5, 6, 7, 8, 9]


def test_whoever_goes_back_leaves_the_later_marks_behind() -> None:
    session = Session(setup_of())
    session.advance(20)
    changed(session, learning_rate=0.2)
    session.advance(20)
    changed(session, learning_rate=0.3)
    session.advance(10)
    by_updates = {milestone.updates: milestone for milestone in session.milestones}
    for updates, marks in ((50, 2), (40, 1), (30, 1), (20, 0), (10, 0)):
        there = session.checkpoint_at(by_updates[updates])
        assert len(there.marks) == marks
        assert (changes_between(session.setup, there.setup) == ()) is (marks == 2)


def test_marks_change_no_bit_of_the_training() -> None:
    session = Session(setup_of())
    session.advance(15)
    changed(session, learning_rate=0.1)
    other = Session.at(replace(session.checkpoint(), marks=(), best=None))
    for each in (session, other):
        each.advance(100)
    assert session.parameters.vector.tobytes() == other.parameters.vector.tobytes()
    assert session.history.rows().tobytes() == other.history.rows().tobytes()


# The best moment


@settings(max_examples=15, deadline=None)
@given(st.lists(st.integers(1, 90), min_size=1, max_size=6), st.sampled_from(Mode), st.integers(0, 50))
def test_the_best_moment_is_the_recorded_one_with_the_lowest_test_loss(
    slices: list[int], mode: Mode, seed: int
) -> None:
    session = Session(setup_of(mode=mode, seed=seed, learning_rate=0.3))
    for updates in slices:
        session.advance(updates)
    best, rows = session.best, session.history.rows()
    assert best is not None
    lowest = rows[rows[:, 2].argmin()]
    assert (best.milestone.epoch, best.train_loss, best.test_loss) == tuple(lowest)
    again = Session.at(session.checkpoint_at(best.milestone))
    assert again.losses() == (best.train_loss, best.test_loss)
    assert again.best is (best if best.milestone.updates else None)


def test_after_a_divergence_the_best_moment_can_be_gone_back_to() -> None:
    session = Session(setup_of(learning_rate=0.1))
    session.advance(300)
    best = session.best
    assert best is not None and best.milestone.updates > 0
    changed(session, learning_rate=1e5)
    session.advance(3000)
    assert session.diverged
    assert session.best is best
    assert session.losses()[0] > 1e10
    session.restore(session.checkpoint_at(best.milestone))
    assert session.losses() == (best.train_loss, best.test_loss)
    assert session.setup.hyperparameters.learning_rate == 0.1
    session.advance(50)
    assert not session.diverged


def test_a_run_that_diverges_at_once_has_its_start() -> None:
    session = Session(setup_of(learning_rate=1e8))
    start = session.parameters.vector.copy()
    session.advance(100)
    assert session.diverged and session.best is not None
    session.restore(session.checkpoint_at(session.best.milestone))
    np.testing.assert_array_equal(session.parameters.vector, start)
    assert (session.updates, session.milestones) == (0, ())


def test_moments_of_another_loss_are_not_compared() -> None:
    session = Session(setup_of())
    session.advance(100)
    changed(session, loss=Loss.HUBER)
    assert session.best is None
    session.advance(10)
    assert session.best is not None and session.best.milestone.epoch == 11
    changed(session, learning_rate=0.1)
    assert session.best.milestone.epoch == 11


def test_whoever_goes_back_before_the_best_moment_has_the_best_until_then() -> None:
    session = Session(setup_of(learning_rate=0.2))
    session.advance(400)
    rows = session.history.rows()
    for milestone in session.milestones:
        there = session.checkpoint_at(milestone).best  # the start is no milestone
        until = rows[(rows[:, 0] <= milestone.epoch) & (rows[:, 0] > 0)]
        assert there is not None
        if session.best is not None and milestone.updates < session.best.milestone.updates:
            assert there.test_loss == until[:, 2].min()


def test_a_checkpoint_without_a_best_moment_finds_it_among_its_milestones() -> None:
    """Version 0.1 kept none."""
    session = Session(setup_of(learning_rate=0.2))
    session.advance(200)
    other = Session.at(replace(session.checkpoint(), best=None))
    session.advance(10)
    other.advance(10)
    assert session.best is not None and other.best is not None
    assert other.best.milestone.epoch == session.best.milestone.epoch


def test_without_test_samples_the_training_loss_decides() -> None:
    milestone = Milestone(setup=setup_of(), vector=np.zeros(13), epoch=1, updates=10)
    first = better(None, milestone, (0.5, nan))
    assert first is not None and first.loss == 0.5
    assert better(first, milestone, (0.6, nan)) is first
    later = better(first, milestone, (0.4, nan))
    assert later is not first and later is not None and later.loss == 0.4


def test_a_loss_that_is_not_finite_is_never_the_best() -> None:
    milestone = Milestone(setup=setup_of(), vector=np.zeros(13), epoch=1, updates=10)
    best = Best(milestone=milestone, train_loss=1.0, test_loss=1.0)
    for losses in ((inf, 0.1), (nan, 0.1), (0.1, inf)):
        assert better(best, milestone, losses) is best
        assert better(None, milestone, losses) is None
