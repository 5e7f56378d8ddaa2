"""How far training has come through the samples, counted one by one and at a leap."""

from itertools import islice

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nn_desktop.training.hyperparameters import Hyperparameters, Mode
from nn_desktop.training.order import epoch_orders
from nn_desktop.training.walk import Walk


def walk_of(samples: int = 10, **choices: object) -> Walk:
    return Walk.at_epoch(Hyperparameters(**choices), samples, epoch=0, updates=0)


def place(walk: Walk) -> tuple[object, ...]:
    return walk.epoch, walk.position, walk.updates, walk.order.tolist()


def walked(walk: Walk, updates: int, most_epochs: int) -> tuple[Walk, list[int]]:
    """Walk on, and return the samples that were met."""
    met: list[int] = []
    goal = walk.updates + updates
    while walk.updates < goal:
        order = walk.next_order(goal - walk.updates, most_epochs)
        done = min(goal - walk.updates, -(-order.size // walk.samples_per_update))
        if len(order) > 1:
            done = len(order) * walk.updates_per_epoch
        met += order.ravel().tolist()
        walk = walk.after(done, order)
    return walk, met


def test_an_epoch_of_ten_samples_in_batches_of_four():
    walk = walk_of(batch_size=4)
    assert (walk.updates_per_epoch, walk.updates_left_in_epoch) == (3, 3)
    places = []
    for _ in range(4):
        walk = walk.after(1, walk.next_order(1, most_epochs=1))
        places.append((walk.epoch, walk.position, walk.updates_left_in_epoch))
    assert places == [(0, 4, 2), (0, 8, 1), (1, 0, 3), (1, 4, 2)]
    assert [walk.updates_until(epoch) for epoch in (0, 1, 2, 4)] == [0, 0, 2, 8]


@settings(deadline=None)
@given(st.integers(1, 20), st.integers(1, 25), st.sampled_from(Mode), st.integers(1, 40), st.integers(1, 5))
def test_leaps_and_single_updates_meet_the_same_samples(samples, batch_size, mode, updates, most_epochs):
    begin = walk_of(samples, batch_size=batch_size, mode=mode)
    leaping, met = walked(begin, updates, most_epochs)
    one_by_one, met_one_by_one = begin, []
    for _ in range(updates):
        one_by_one, some = walked(one_by_one, 1, 1)
        met_one_by_one += some
    assert met == met_one_by_one
    assert place(leaping) == place(one_by_one)
    orders = (epoch_orders(begin.hyperparameters, epoch, samples)[0] for epoch in range(updates + 1))
    assert met == list(islice((sample for order in orders for sample in order.tolist()), len(met)))


def test_a_leap_that_is_cut_short_ends_where_it_was_cut():
    walk = walk_of(batch_size=4)
    order = walk.next_order(9, most_epochs=3)
    assert order.shape == (3, 10)
    cut = walk.after(5, order)  # one epoch of three updates, and two of the next
    assert (cut.epoch, cut.position, cut.updates) == (1, 8, 5)
    np.testing.assert_array_equal(cut.order, order[1])
    early = walk.after(2, order)
    assert (early.epoch, early.position, early.updates) == (0, 8, 2)
    np.testing.assert_array_equal(early.order, order[0])


@pytest.mark.parametrize("mode", [Mode.STOCHASTIC, Mode.MINI_BATCH])
def test_another_mode_takes_the_rest_of_the_epoch(mode):
    walk = walk_of(batch_size=4)
    walk = walk.after(1, walk.next_order(1, most_epochs=1))
    changed = walk.with_hyperparameters(Hyperparameters(mode=mode, batch_size=2))
    assert place(changed) == place(walk)
    np.testing.assert_array_equal(changed.next_order(9, most_epochs=1)[0], walk.order[4:])


def test_a_batch_of_all_samples_takes_the_epoch_anew():
    walk = walk_of(batch_size=4)
    walk = walk.after(1, walk.next_order(1, most_epochs=1))
    whole = walk.with_hyperparameters(Hyperparameters(mode=Mode.BATCH))
    assert (whole.epoch, whole.position, whole.updates) == (0, 0, 1)
    assert whole.order.tolist() == list(range(10))
