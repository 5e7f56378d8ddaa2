"""Losses of a run of any length in bounded memory."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from nn_desktop.training.history import CAPACITY, KEPT_FIRST, MAX_FIRST_STRIDE, History


def recorded(epochs: int) -> History:
    history, epoch = History(), 0
    while epoch <= epochs:
        history.record(epoch, 1 / (epoch + 1), 2 / (epoch + 1))
        epoch = history.next_due(epoch)
    return history


def test_the_first_epochs_are_all_kept_and_then_fewer():
    rows = recorded(300).rows()
    expected = [*range(32), *range(32, 64, 2), *range(64, 128, 4), *range(128, 256, 8), *range(256, 301, 16)]
    assert rows[:, 0].tolist() == expected
    np.testing.assert_array_equal(rows[9], [9, 0.1, 0.2])


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 200 * CAPACITY))
def test_long_run_keeps_epochs_at_even_steps(epochs):
    rows = recorded(epochs).rows()
    assert len(rows) <= CAPACITY
    assert rows[0, 0] == 0
    if epochs >= MAX_FIRST_STRIDE * CAPACITY:
        assert len(rows) >= CAPACITY // 2
        latest = rows[len(rows) // 2 :, 0]
        steps = np.unique(np.diff(latest))
        assert len(steps) == 1
        assert epochs - rows[-1, 0] < steps[0]
    np.testing.assert_array_equal(rows[:, 1], 1 / (rows[:, 0] + 1))


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 2000 * CAPACITY))
def test_the_first_epochs_stay_however_long_the_run_grows(epochs):
    early = recorded(10_000).rows()[:KEPT_FIRST]
    rows = recorded(epochs).rows()
    first = rows[:KEPT_FIRST]
    np.testing.assert_array_equal(first, early[: len(first)])
    assert early[-1, 0] > 5000


def test_a_history_that_was_thinned_evenly_goes_on():
    """Version 0.1 thinned the first epochs too."""
    epochs = np.arange(CAPACITY) * 64.0
    history, epoch = History.of(np.column_stack([epochs, epochs, epochs]), 64), 64 * (CAPACITY - 1)
    while epoch < 100_000:
        epoch = history.next_due(epoch)
        history.record(epoch, epoch, epoch)
    rows = history.rows()
    np.testing.assert_array_equal(rows[:KEPT_FIRST, 0], epochs[:KEPT_FIRST])
    assert KEPT_FIRST < len(rows) <= CAPACITY
    assert history.stride == 128
    np.testing.assert_array_equal(rows[KEPT_FIRST:, 0], np.arange(KEPT_FIRST * 64, epoch + 1, 128))


def test_a_stride_that_its_rows_do_not_have_is_mended():
    epochs = np.arange(CAPACITY) * 2.0**40
    history = History.of(np.column_stack([epochs, epochs, epochs]), 1)
    history.record(CAPACITY * 2**40, 0.0, 0.0)
    assert len(history.rows()) <= CAPACITY
    assert history.stride == 2**41


def test_rows_and_copies_are_independent():
    history = recorded(3)
    copy, rows = history.copy(), history.rows()
    history.record(4, 0.0, 0.0)
    rows[:] = -1
    assert len(copy.rows()) == 4
    assert history.rows()[0, 1] == copy.rows()[0, 1] == 1


def test_the_last_epoch_is_recorded_anew():
    history = History()
    for epoch, loss in ((0, 3.0), (0, 2.0), (1, 1.0), (1, 0.5)):
        history.record(epoch, loss, loss)
    assert history.rows().tolist() == [[0, 2.0, 2.0], [1, 0.5, 0.5]]


def test_recording_an_epoch_anew_thins_nothing():
    history = History()
    for epoch in range(CAPACITY):
        history.record(epoch, 1.0, 1.0)
    history.record(CAPACITY - 1, 2.0, 2.0)
    assert len(history.rows()) == CAPACITY
    assert history.rows()[-1].tolist() == [CAPACITY - 1, 2.0, 2.0]


def test_a_history_that_ends_before_its_first_row_knows_one_epoch_without_losses():
    history = History.of(np.array([[5.0, 0.3, 0.4], [7.0, 0.2, 0.3]]), 2)
    assert history.until(6).rows().tolist() == [[5.0, 0.3, 0.4]]
    rows = history.until(3).rows()
    assert rows[:, 0].tolist() == [3.0]
    assert np.isnan(rows[:, 1:]).all()
