"""The order of the samples in each epoch."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nn_desktop.training.order import MAX_PLACES, ordered_epochs, shuffled_epochs


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**31 - 1), st.integers(0, 10_000), st.integers(1, 3000))
def test_every_epoch_is_a_permutation_of_all_samples(seed, epoch, samples):
    orders = shuffled_epochs(seed, epoch, samples)
    assert 1 <= len(orders) <= max(1, MAX_PLACES // samples)
    np.testing.assert_array_equal(np.sort(orders, axis=1), np.tile(np.arange(samples), (len(orders), 1)))
    assert not orders.flags.writeable


@pytest.mark.parametrize("samples", [7, 160, 70_000])
def test_an_epoch_has_one_order_wherever_one_begins_to_look(samples):
    together = max(1, MAX_PLACES // samples)
    orders = {}
    for begin in (0, 1, together - 1, together, together + 1):
        for offset, order in enumerate(shuffled_epochs(3, begin, samples)):
            assert orders.setdefault(begin + offset, order.tobytes()) == order.tobytes()
    assert len(set(orders.values())) == len(orders) or samples == 7


def test_another_seed_and_another_epoch_have_another_order():
    first = shuffled_epochs(0, 0, 100)
    assert len({order.tobytes() for order in first}) == len(first)
    assert not np.array_equal(first[0], shuffled_epochs(1, 0, 100)[0])


def test_each_sample_is_as_often_at_each_place():
    orders = np.concatenate([shuffled_epochs(seed, 0, 5) for seed in range(4)])
    counts = np.array([[(orders[:, place] == sample).sum() for sample in range(5)] for place in range(5)])
    expected = len(orders) / 5
    # With composed permutations the epochs of a block are not independent: the bound is a wide one.
    assert (np.abs(counts - expected) < 0.2 * expected).all()


def test_batches_of_all_samples_take_them_as_they_come():
    orders = ordered_epochs(50)
    assert orders.shape == (MAX_PLACES // 50, 50)
    assert (orders == np.arange(50)).all()
