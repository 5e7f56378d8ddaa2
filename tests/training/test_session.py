"""A session trains the same way however it is cut into slices, and never loses what was learned."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from known_data import default_settings, make_setup

from nn_desktop.data.dataset import DataError
from nn_desktop.data.source import load
from nn_desktop.engines.names import Precision
from nn_desktop.network import edits
from nn_desktop.network.functions import Activation, Loss
from nn_desktop.network.initializers import Initializer, initialize
from nn_desktop.network.notation import parse_layers
from nn_desktop.network.parameters import Parameters
from nn_desktop.training.history import CAPACITY
from nn_desktop.training.hyperparameters import Hyperparameters, Mode
from nn_desktop.training.session import Session
from nn_desktop.training.setup import Setup
from nn_desktop.training.start import SessionError


def setup_of(layers: str = "1-4-1", dataset: str = "sine", **choices: object) -> Setup:
    return make_setup(dataset, parse_layers(layers), Activation.TANH, Hyperparameters(**choices))


def with_choices(setup: Setup, **choices: object) -> Setup:
    return replace(setup, hyperparameters=replace(setup.hyperparameters, **choices))


def bits(session: Session) -> bytes:
    return session.parameters.vector.tobytes()


def state(session: Session) -> tuple[object, ...]:
    return (
        bits(session),
        session.epoch,
        session.updates,
        session.walk.updates_left_in_epoch,
        session.history.rows().tobytes(),
        session.diverged,
    )


def trained(setup: Setup, *slices: int) -> Session:
    session = Session(setup)
    for updates in slices:
        session.advance(updates)
    return session


# How it counts


@pytest.mark.parametrize(("mode", "updates"), [(Mode.BATCH, 1), (Mode.STOCHASTIC, 160), (Mode.MINI_BATCH, 7)])
def test_epochs_are_counted_when_complete(mode, updates):
    session = Session(setup_of(mode=mode, batch_size=25))  # 160 samples: six batches of 25 and one of 10
    assert (session.train_count, session.walk.updates_per_epoch) == (160, updates)
    session.advance(updates - 1)
    assert (session.epoch, session.updates, session.walk.updates_left_in_epoch) == (0, updates - 1, 1)
    session.advance(1)
    assert (session.epoch, session.updates, session.walk.updates_left_in_epoch) == (1, updates, updates)
    assert session.walk.updates_until(4) == 3 * updates
    assert session.walk.updates_until(1) == session.walk.updates_until(0) == 0


def test_updates_until_an_epoch_from_the_middle_of_one():
    session = trained(setup_of(batch_size=25), 9)
    session.advance(session.walk.updates_until(5))
    assert (session.epoch, session.updates, session.walk.updates_left_in_epoch) == (5, 35, 7)


def test_an_epoch_of_batch_descent_is_one_step_down_the_whole_gradient():
    setup = setup_of(mode=Mode.BATCH, learning_rate=0.1)
    session, by_hand = Session(setup), Session(setup)
    loss = session.losses()[0]
    value, gradient = by_hand._engine.gradient(np.arange(160))
    session.advance(1)
    assert value == pytest.approx(loss, rel=1e-13)
    # An engine may round once where numpy rounds the product and the difference.
    expected = by_hand.parameters.vector - 0.1 * gradient
    np.testing.assert_allclose(session.parameters.vector, expected, rtol=1e-14)


def test_each_epoch_visits_every_sample_once_in_an_order_of_its_own():
    class Recorder:
        def __init__(self, engine: object) -> None:
            self.engine, self.orders = engine, []

        def __getattr__(self, name: str) -> object:
            return getattr(self.engine, name)

        def train(self, order: np.ndarray, batch_size: int, stop: object) -> np.ndarray:
            self.orders.append(order)
            return self.engine.train(order, batch_size, stop)

    session = Session(setup_of(mode=Mode.STOCHASTIC))
    session._engine = recorder = Recorder(session._engine)
    session.advance(3 * 160)
    orders = np.concatenate(recorder.orders)
    assert orders.shape == (3, 160)
    np.testing.assert_array_equal(np.sort(orders, axis=1), np.tile(np.arange(160), (3, 1)))
    assert not np.array_equal(orders[0], orders[1])
    assert not np.array_equal(orders[1], orders[2])


def test_batch_larger_than_the_set_is_the_whole_set():
    whole = trained(setup_of(mode=Mode.BATCH), 5)
    large = trained(setup_of(mode=Mode.MINI_BATCH, batch_size=1000), 5)
    assert bits(whole) == bits(large)
    assert large.epoch == 5


# The same bits however it is cut


@pytest.mark.parametrize("precision", Precision)
@pytest.mark.parametrize("mode", Mode)
def test_one_slice_or_one_update_at_a_time(mode, precision):
    setup = setup_of(mode=mode, precision=precision)
    assert state(trained(setup, 250)) == state(trained(setup, *[1] * 250))


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.integers(1, 90), min_size=1, max_size=8), st.sampled_from(Mode), st.sampled_from(Precision)
)
def test_any_slices_give_the_same_bits(slices, mode, precision):
    setup = setup_of(mode=mode, precision=precision)
    assert state(trained(setup, sum(slices))) == state(trained(setup, *slices))


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(1, 60), min_size=1, max_size=6), st.sampled_from(Mode), st.integers(0, 2**31 - 1))
def test_looking_changes_nothing(slices, mode, seed):
    setup = setup_of(mode=mode, seed=seed)
    watched = Session(setup)
    for updates in slices:
        watched.snapshot()
        watched.losses()
        watched.checkpoint()
        watched.ensure_finite()
        watched.advance(updates)
    assert state(watched) == state(trained(setup, sum(slices)))


def test_precisions_differ():
    assert trained(setup_of(precision=Precision.FLOAT32), 5).parameters.vector.dtype == np.float32
    assert trained(setup_of(precision=Precision.FLOAT64), 5).parameters.vector.dtype == np.float64


# Start, reset and seed


def test_reset_goes_back_to_the_same_start():
    session = Session(setup_of())
    start = state(session)
    session.advance(37)
    after = state(session)
    session.reset()
    assert state(session) == start
    session.advance(37)
    assert state(session) == after


def test_another_seed_is_another_start_and_another_order():
    session = Session(setup_of())
    start = bits(session)
    session.advance(10)
    session.change(with_choices(session.setup, seed=1))
    assert bits(session) != start
    assert (session.epoch, session.updates) == (0, 0)
    session.advance(20)
    assert state(session) == state(trained(setup_of(seed=1), 20))


def test_another_initializer_begins_anew():
    session = trained(setup_of(), 10)
    session.change(with_choices(session.setup, initializer=Initializer.ZEROS))
    assert session.updates == 0
    assert not session.parameters.vector.any()


def test_given_start_is_copied_and_kept_for_reset():
    setup = setup_of(precision=Precision.FLOAT32)
    start = initialize(setup.topology, Initializer.NORMAL, 99)
    original = start.vector.copy()
    session = Session(setup, start)
    np.testing.assert_array_equal(session.parameters.vector, original.astype(np.float32))
    session.advance(20)
    np.testing.assert_array_equal(start.vector, original)
    session.reset()
    np.testing.assert_array_equal(session.parameters.vector, original.astype(np.float32))


# Changes while training


@pytest.mark.parametrize("before", Mode)
@pytest.mark.parametrize("after", Mode)
def test_mode_can_change_while_training(before, after):
    session = trained(setup_of(mode=before), 13)
    kept, epoch = bits(session), session.epoch
    left = session.train_count - session.walk.position
    session.change(with_choices(session.setup, mode=after))
    assert bits(session) == kept
    assert session.epoch == epoch
    per_update = {Mode.BATCH: 160, Mode.STOCHASTIC: 1, Mode.MINI_BATCH: 16}[after]
    assert session.walk.updates_left_in_epoch == -(-left // per_update)
    session.advance(session.walk.updates_left_in_epoch)
    assert session.epoch == epoch + 1
    assert session.walk.updates_left_in_epoch == session.walk.updates_per_epoch == -(-160 // per_update)
    assert bits(session) != kept


def test_learning_rate_counts_from_the_next_update():
    session = trained(setup_of(learning_rate=0.1), 5)
    before = session.parameters.vector.copy()
    rest = Session.at(session.checkpoint())
    rest.advance(1)
    session.change(with_choices(session.setup, learning_rate=0.2))
    session.advance(1)
    np.testing.assert_allclose(
        session.parameters.vector - before, 2 * (rest.parameters.vector - before), rtol=1e-9
    )


def test_changes_and_slices_do_not_mix():
    def run(*slices: int) -> Session:
        session = trained(setup_of(), *slices)
        session.change(with_choices(session.setup, mode=Mode.STOCHASTIC, learning_rate=0.01))
        for updates in slices:
            session.advance(updates)
        return session

    assert state(run(47)) == state(run(1, 20, 26))


def test_changed_network_carries_over_and_goes_on():
    session = trained(setup_of(), 13)
    topology = session.setup.topology
    hidden = topology.layers[1].id
    known = session.parameters.matrix(hidden).copy()
    session.change(session.setup.with_topology(edits.resize_layer(topology, hidden, 6)))
    np.testing.assert_array_equal(session.parameters.matrix(hidden)[:4], known)
    assert session.parameters.matrix(hidden)[4:, 0].all()
    assert (session.epoch, session.updates) == (1, 13)
    session.advance(100)
    assert session.updates == 113
    assert np.isfinite(session.losses()).all()


def test_undone_change_of_the_network_recalls_what_was_removed():
    session = trained(setup_of(), 13)
    before, known = session.checkpoint(), bits(session)
    topology = session.setup.topology
    session.change(session.setup.with_topology(edits.remove_unit(topology, topology.layers[1].units[0])))
    assert len(session.parameters.vector) < len(before.parameters.vector)
    session.change(before.setup, restore_from=before)
    assert bits(session) == known


def test_undone_change_of_the_seed_recalls_all():
    session = trained(setup_of(), 13)
    before, known = session.checkpoint(), state(session)
    session.change(with_choices(session.setup, seed=5))
    session.advance(3)
    session.change(before.setup, restore_from=before)
    assert state(session) == known


def test_changed_precision_rounds():
    session = trained(setup_of(), 13)
    exact = session.parameters.vector.copy()
    session.change(with_choices(session.setup, precision=Precision.FLOAT32))
    np.testing.assert_array_equal(session.parameters.vector, exact.astype(np.float32))
    session.advance(5)
    assert session.parameters.vector.dtype == np.float32


def test_other_data_begins_anew():
    session = trained(setup_of(), 13)
    session.change(session.setup.with_data(default_settings("iris")))
    assert (session.epoch, session.updates) == (0, 0)
    assert session.dataset.title == "Iris"
    assert session.parameters.topology.sizes == (4, 4, 3)
    session.advance(50)
    assert np.isfinite(session.losses()).all()


def test_data_that_cannot_be_had_leaves_the_session_as_it_was():
    session = trained(setup_of("4-8-3", "iris", loss=Loss.CATEGORICAL_CROSS_ENTROPY), 13)
    before, setup = state(session), session.setup
    with pytest.raises(DataError):
        session.change(setup.with_data(replace(setup.data, noise=0.1)))
    assert session.setup == setup
    assert state(session) == before
    session.advance(1)
    assert session.updates == 14


# Checkpoints


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("precision", Precision)
def test_checkpoint_resumes_with_the_same_bits_from_the_middle_of_an_epoch(mode, precision):
    setup = setup_of(mode=mode, precision=precision)
    session = trained(setup, 213)
    checkpoint = session.checkpoint()
    session.advance(150)
    other = Session.at(checkpoint)
    other.advance(150)
    assert state(other) == state(session) == state(trained(setup, 363))
    session.restore(checkpoint)
    assert state(session) == state(trained(setup, 213))


def test_checkpoint_brings_its_setup_and_data_along():
    iris = Session(setup_of("4-8-3", "iris", loss=Loss.CATEGORICAL_CROSS_ENTROPY))
    iris.advance(10)
    session = trained(setup_of(), 5)
    session.restore(iris.checkpoint())
    assert session.setup == iris.setup
    iris.advance(20)
    session.advance(20)
    assert state(session) == state(iris)


# Runs that diverge


def diverging(mode: Mode, rate: float = 3.0, layers: str = "1-4:relu-1") -> Setup:
    return setup_of(layers, mode=mode, learning_rate=rate)


@pytest.mark.parametrize("precision", Precision)
@pytest.mark.parametrize("mode", Mode)
def test_diverged_run_keeps_a_finite_state(mode, precision):
    session = trained(with_choices(diverging(mode, 20.0), precision=precision), 20_000)
    assert session.diverged
    assert np.isfinite(session.parameters.vector).all()
    assert np.isfinite(session.losses()[0])
    assert np.isfinite(session.history.rows()).all()


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(1, 40), min_size=1, max_size=30),
    st.sampled_from(Mode),
    st.sampled_from([1.0, 3.0, 20.0, 1e5]),
    st.sampled_from(["1-1", "1-4:relu-1", "1-3:softplus-3:elu-1"]),
)
def test_divergence_is_the_same_whatever_the_slices(slices, mode, rate, layers):
    setup = diverging(mode, rate, layers)
    sliced, whole = trained(setup, *slices), trained(setup, sum(slices))
    assert state(sliced) == state(whole)
    if sliced.diverged:
        assert np.isfinite(sliced.parameters.vector).all()
        assert np.isfinite(sliced.losses()[0])


def test_diverged_run_stays_where_it_is():
    session = trained(diverging(Mode.MINI_BATCH, 20.0), 20_000)
    before = state(session)
    session.advance(10)
    session.ensure_finite()
    assert state(session) == before
    assert session.snapshot().diverged


@pytest.mark.parametrize("mode", Mode)
def test_lower_learning_rate_lets_a_diverged_run_go_on(mode):
    session = trained(diverging(mode, 20.0), 20_000)
    updates = session.updates
    session.change(with_choices(session.setup, learning_rate=1e-9))
    assert not session.diverged
    session.advance(1)
    assert session.updates == updates + 1


def test_reset_after_divergence_begins_anew():
    session = trained(diverging(Mode.BATCH, 20.0), 20_000)
    session.reset()
    assert not session.diverged
    assert state(session) == state(Session(session.setup))


# Snapshots


def test_snapshot_is_of_one_moment_and_stays_as_it_is():
    session = trained(setup_of(), 13)
    snapshot = session.snapshot()
    vector, history = snapshot.parameters.vector.tobytes(), snapshot.history.tobytes()
    assert vector == bits(session)
    assert (snapshot.epoch, snapshot.updates) == (1, 13)
    assert (snapshot.train_loss, snapshot.test_loss) == session.losses()
    session.advance(500)
    assert snapshot.parameters.vector.tobytes() == vector
    assert snapshot.history.tobytes() == history
    with pytest.raises(ValueError, match="read-only"):
        snapshot.parameters.vector[0] = 1


@pytest.mark.parametrize("mode", Mode)
def test_last_row_of_a_snapshots_history_is_its_moment(mode):
    session = Session(setup_of(mode=mode))
    for updates in (0, 3, 13, 160, 7):
        session.advance(updates)
        snapshot = session.snapshot()
        done = (
            session.train_count
            - session.walk.updates_left_in_epoch * session.train_count / session.walk.updates_per_epoch
        )
        epoch = session.epoch + done / session.train_count
        np.testing.assert_allclose(snapshot.history[-1], [epoch, snapshot.train_loss, snapshot.test_loss])
        assert (np.diff(snapshot.history[:, 0]) > 0).all()


def test_last_row_follows_a_change_of_the_loss():
    session = Session(setup_of())
    session.change(session.setup.with_loss(Loss.MEAN_ABSOLUTE_ERROR))
    snapshot = session.snapshot()
    np.testing.assert_array_equal(snapshot.history, [[0, snapshot.train_loss, snapshot.test_loss]])


def test_first_row_follows_a_change_of_the_loss_before_training():
    session = Session(setup_of())
    session.change(session.setup.with_loss(Loss.MEAN_ABSOLUTE_ERROR))
    losses = session.losses()
    session.advance(session.walk.updates_per_epoch)
    np.testing.assert_array_equal(session.snapshot().history[0], [0, *losses])


def test_history_is_bounded_and_the_same_whatever_the_slices():
    setup = setup_of("1-1", mode=Mode.BATCH)
    epochs = 80 * CAPACITY + 5
    rows = trained(setup, epochs).history.rows()
    assert CAPACITY / 2 <= len(rows) <= CAPACITY
    in_slices = trained(setup, *[4001] * (epochs // 4001), epochs % 4001)
    np.testing.assert_array_equal(rows, in_slices.history.rows())


def test_dataset_is_the_one_of_the_catalogue():
    session = Session(setup_of())
    np.testing.assert_array_equal(session.dataset.inputs, load(default_settings("sine")).inputs)
    assert isinstance(session.parameters, Parameters)


def test_the_start_does_not_depend_on_the_edits_before():
    fresh = Session(make_setup("sine", parse_layers("1-16-16-1"), Activation.TANH))
    session = Session(make_setup("sine", parse_layers("1-20-1"), Activation.TANH))
    typed = edits.retype(session.setup.topology, parse_layers("1-16-16-1"), Activation.TANH)
    session.change(session.setup.with_topology(typed))
    np.testing.assert_array_equal(session.parameters.vector, fresh.parameters.vector)
    session.advance(7)
    fresh.advance(7)
    np.testing.assert_array_equal(session.parameters.vector, fresh.parameters.vector)


def test_a_unit_added_again_while_learning_starts_elsewhere():
    session = Session(make_setup("sine", parse_layers("1-4-1"), Activation.TANH))
    hidden = session.setup.topology.layers[1].id
    first = session.parameters.matrix(hidden)[3].copy()
    session.advance(1)
    for size in (3, 4):
        resized = edits.resize_layer(session.setup.topology, hidden, size)
        session.change(session.setup.with_topology(resized))
    assert session.parameters.matrix(hidden)[3, 0] != first[0]
    assert session.parameters.matrix(hidden)[3, 0] != 0


def test_a_new_seed_draws_anew_even_after_given_parameters():
    setup = make_setup("sine", parse_layers("1-4-1"), Activation.TANH)
    given = Parameters(setup.topology, np.full(Parameters.zeros(setup.topology).vector.shape, 0.5))
    session = Session(setup, given)
    session.change(replace(setup, hyperparameters=replace(setup.hyperparameters, seed=1)))
    expected = initialize(setup.topology, Initializer.GLOROT_UNIFORM, 1)
    np.testing.assert_array_equal(session.parameters.vector, expected.vector)


@pytest.mark.parametrize("cut", [1, 7, 100_000])
def test_a_run_that_diverges_while_its_batches_stay_finite_ends_finite_wherever_it_is_cut(cut):
    hyperparameters = Hyperparameters(mode=Mode.STOCHASTIC, learning_rate=0.05)
    setup = make_setup("plane", parse_layers("2-1"), Activation.TANH, hyperparameters)
    session = Session(setup)
    while not session.diverged and session.updates < 100_000:
        session.advance(cut)
        if session.updates >= session.walk.updates_per_epoch:
            session.ensure_finite()
    assert session.diverged
    assert np.isfinite(session.losses()).all()
    assert np.isfinite(session.parameters.vector).all()


def test_coming_back_without_having_learned_is_exact_even_after_rounding():
    session = Session(make_setup("sine", parse_layers("1-4-1"), Activation.TANH))
    session.advance(5)
    vector, checkpoint = session.parameters.vector.copy(), session.checkpoint()
    rounded = replace(session.setup.hyperparameters, precision=Precision.FLOAT32)
    session.change(replace(session.setup, hyperparameters=rounded))
    assert session.parameters.vector.dtype == np.float32
    session.change(checkpoint.setup, checkpoint)
    np.testing.assert_array_equal(session.parameters.vector, vector)


def test_a_batch_of_all_samples_takes_all_of_them_in_the_middle_of_an_epoch_too():
    session = Session(make_setup("sine", parse_layers("1-4-1"), Activation.TANH))
    session.advance(3)
    batch = replace(session.setup.hyperparameters, mode=Mode.BATCH)
    session.change(replace(session.setup, hyperparameters=batch))
    assert session.walk.updates_left_in_epoch == 1
    _, gradient = session._engine.gradient(np.arange(session.train_count))
    expected = session.parameters.vector - batch.learning_rate * gradient
    session.advance(1)
    np.testing.assert_allclose(session.parameters.vector, expected, rtol=1e-14)
    assert session.epoch == 1


def test_another_learning_rate_keeps_the_engine_and_its_buffers():
    session = Session(make_setup("sine", parse_layers("1-4-1"), Activation.TANH))
    engine = session._engine
    session.change(
        replace(session.setup, hyperparameters=replace(session.setup.hyperparameters, learning_rate=0.2))
    )
    assert session._engine is engine
    assert engine.descent.learning_rate == 0.2


def test_weights_too_large_for_the_new_number_type_are_refused_with_another_network_too():
    session = Session(make_setup("sine", parse_layers("1-4-1"), Activation.TANH))
    session.advance(1)
    session.parameters.vector[:] = 1e60
    rounded = replace(session.setup.hyperparameters, precision=Precision.FLOAT32)
    layer = session.setup.topology.layers[1].id
    topology = edits.resize_layer(session.setup.topology, layer, 5)
    with pytest.raises(SessionError, match="too large for float32"):
        session.change(replace(session.setup, topology=topology, hyperparameters=rounded))


# The moment to fall back on


def test_the_safe_moment_is_the_newest_of_which_it_is_known():
    session = Session(make_setup("sine", parse_layers("4"), Activation.TANH))
    assert session.safe_checkpoint.updates == 0
    session.advance(session.walk.updates_per_epoch + 3)
    assert session.safe_checkpoint.updates == session.walk.updates_per_epoch  # its losses were recorded
    session.note_safe_checkpoint()
    checkpoint = session.safe_checkpoint
    assert checkpoint.updates == session.updates
    session.advance(2)
    assert session.safe_checkpoint is checkpoint
    session.restore(checkpoint)
    assert session.parameters.vector.tobytes() == checkpoint.parameters.vector.tobytes()
    session.reset()
    assert session.safe_checkpoint.updates == 0


def test_a_moment_that_was_shown_is_safe():
    session = Session(make_setup("sine", parse_layers("4"), Activation.TANH))
    session.advance(2)
    snapshot = session.snapshot()
    session.advance(1)
    safe = session.safe_checkpoint
    assert safe.updates == 2
    assert safe.parameters.vector.tobytes() == snapshot.parameters.vector.tobytes()
    session.parameters.vector[0] = np.inf
    session.snapshot()
    assert session.safe_checkpoint is safe


def test_a_moment_with_numbers_that_are_not_finite_is_none_to_fall_back_on():
    session = Session(make_setup("sine", parse_layers("4"), Activation.TANH))
    session.parameters.vector[0] = np.inf
    session.note_safe_checkpoint()
    assert np.isfinite(session.safe_checkpoint.parameters.vector).all()


def test_when_the_losses_are_computed_the_moment_before_them_is_safe(monkeypatch):
    session = Session(make_setup("sine", parse_layers("4"), Activation.TANH))
    losses, seen = session.losses, []

    def look_and_compute():
        seen.append((session.safe_checkpoint.updates, session.updates))
        return losses()

    monkeypatch.setattr(session, "losses", look_and_compute)
    session.advance(session.walk.updates_per_epoch)
    session.advance(1)
    session.ensure_finite()
    assert seen == [(session.walk.updates_per_epoch,) * 2, (session.walk.updates_per_epoch + 1,) * 2]
