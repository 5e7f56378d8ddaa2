"""One unit or connection looked at closely, against numbers worked by hand."""

from dataclasses import replace
from math import tanh

import numpy as np
import pytest
from gradient_check import central_differences
from known_data import default_settings, make_setup

from nn_desktop.engines.available import available_engines
from nn_desktop.engines.descent import Descent
from nn_desktop.engines.evaluation import mean_loss
from nn_desktop.engines.names import EngineName, Precision
from nn_desktop.engines.numpy_engine import NumpyEngine
from nn_desktop.engines.problem import Problem
from nn_desktop.insight import inspection
from nn_desktop.insight.inspection import Inspection, Term, inspect, without
from nn_desktop.network import edits, wiring
from nn_desktop.network.functions import Activation, Loss
from nn_desktop.network.notation import parse_layers
from nn_desktop.network.parameters import Parameters
from nn_desktop.training.hyperparameters import Hyperparameters, Mode
from nn_desktop.training.session import Session
from nn_desktop.training.setup import LOSS_OF_TASK

EVERY_SAMPLE = Hyperparameters(mode=Mode.BATCH)
SETUP = make_setup("sine", parse_layers("1-2-1"), Activation.TANH, EVERY_SAMPLE)
INPUT, HIDDEN, OUTPUT = SETUP.topology.layers
(X,), (H1, H2), (Y,) = (layer.units for layer in SETUP.topology.layers)
# h1 = tanh(0.5 x + 0.1), h2 = tanh(−1.5 x + 0.2), ŷ = 2 h1 − h2 + 0.3
W1, B1, W2, B2, V1, V2, C = NUMBERS = 0.5, 0.1, -1.5, 0.2, 2.0, -1.0, 0.3


@pytest.fixture
def session() -> Session:
    return Session(SETUP, Parameters(SETUP.topology, np.array(NUMBERS)))


def by_hand(session: Session) -> dict[str, np.ndarray]:
    """Every z and a of all training samples, and δ: the loss is the mean of (ŷ − y)²."""
    x, y = session.samples.train_inputs[:, 0], session.samples.train_targets[:, 0]
    z1, z2 = W1 * x + B1, W2 * x + B2
    h1, h2 = np.tanh(z1), np.tanh(z2)
    out = V1 * h1 + V2 * h2 + C
    delta = 2 * (out - y) / len(x)
    return {"x": x, "z1": z1, "z2": z2, "h1": h1, "h2": h2, "out": out, "delta": delta}


def test_a_hidden_unit(session):
    seen, n = inspect(H1, False, session.snapshot()), by_hand(session)
    x = float(n["x"][0])
    assert (seen.part, seen.value, seen.samples) == (H1, B1, 160)
    assert seen.terms == (Term(X, W1, x),)
    assert seen.z == pytest.approx(0.5 * x + 0.1, rel=1e-14)
    assert seen.a == pytest.approx(tanh(0.5 * x + 0.1), rel=1e-14)
    assert seen.gradient == pytest.approx(np.sum(n["delta"] * V1 * (1 - n["h1"] ** 2)), rel=1e-12)
    assert (seen.low, seen.high) == pytest.approx((n["h1"].min(), n["h1"].max()), rel=1e-14)
    assert seen.mean == pytest.approx(n["h1"].mean(), rel=1e-12)
    assert (seen.loss, seen.loss_without) == (None, None)


def test_the_output_unit(session):
    seen, n = inspect(Y, True, session.snapshot()), by_hand(session)
    assert seen.value == C
    assert [term.source for term in seen.terms] == [H1, H2]
    assert [term.weight for term in seen.terms] == [V1, V2]
    assert [term.value for term in seen.terms] == pytest.approx([n["h1"][0], n["h2"][0]], rel=1e-14)
    assert seen.z == seen.a == pytest.approx(n["out"][0], rel=1e-14)
    assert seen.gradient == pytest.approx(n["delta"].sum(), rel=1e-12)
    assert seen.loss == pytest.approx(session.losses()[1], rel=1e-12)
    assert seen.loss_without is None, "an output that is left out answers nothing"


def test_an_input_unit(session):
    seen, n = inspect(X, False, session.snapshot()), by_hand(session)
    assert (seen.value, seen.gradient, seen.z, seen.terms) == (None, None, None, ())
    assert seen.a == n["x"][0]
    assert (seen.low, seen.high) == (n["x"].min(), n["x"].max())


def test_a_connection_of_the_first_layer(session):
    seen, n = inspect((X, H2), False, session.snapshot()), by_hand(session)
    assert (seen.part, seen.value) == ((X, H2), W2)
    assert seen.terms == (Term(X, W2, float(n["x"][0])),)
    assert seen.z == pytest.approx(n["z2"][0], rel=1e-14)
    assert seen.a == pytest.approx(n["h2"][0], rel=1e-14)
    assert seen.gradient == pytest.approx(np.sum(n["delta"] * V2 * (1 - n["h2"] ** 2) * n["x"]), rel=1e-12)
    assert (seen.low, seen.high) == (n["x"].min(), n["x"].max())


def test_a_connection_of_the_last_layer(session):
    seen, n = inspect((H2, Y), False, session.snapshot()), by_hand(session)
    assert seen.value == V2
    assert [(term.source, term.weight) for term in seen.terms] == [(H2, V2)]
    assert seen.gradient == pytest.approx(np.sum(n["delta"] * n["h2"]), rel=1e-12)
    assert seen.mean == pytest.approx(n["h2"].mean(), rel=1e-12)


def test_looking_changes_nothing(session):
    twin = Session(SETUP, Parameters(SETUP.topology, np.array(NUMBERS)))
    for part in (X, H1, Y, (X, H1), (H2, Y)):
        inspect(part, True, session.snapshot())
        session.advance(3)
        twin.advance(3)
    np.testing.assert_array_equal(session.parameters.vector, twin.parameters.vector)


@pytest.mark.parametrize("dataset", ["circle", "iris"])
def test_all_gradients_agree_with_central_differences(dataset):
    loss = LOSS_OF_TASK[default_settings(dataset).source.task]
    setup = make_setup(dataset, parse_layers("5-2"), Activation.TANH, replace(EVERY_SAMPLE, loss=loss))
    session = Session(setup)
    session.advance(10)
    topology = wiring.connect(
        session.setup.topology,
        session.setup.topology.layers[0].units[0],
        session.setup.topology.layers[-1].units[0],
    )
    session.change(
        session.setup.with_topology(wiring.freeze_connections(topology, [*topology.connections()][:5], True))
    )
    s = session.samples
    numeric = Parameters(topology, central_differences(session._engine, s.train_inputs, s.train_targets))
    for pair in topology.connections():
        assert inspect(pair, False, session.snapshot()).gradient == pytest.approx(
            numeric.weight(*pair), abs=1e-8
        )
    for layer in topology.layers[1:]:
        for unit in layer.units:
            assert inspect(unit, False, session.snapshot()).gradient == pytest.approx(
                numeric.bias(unit), abs=1e-8
            )


def test_a_large_network_is_looked_at_with_fewer_samples(session, monkeypatch):
    monkeypatch.setattr(inspection, "MAX_WORK", 4 * 10)  # four weights, ten samples
    seen, x = inspect((X, H1), False, session.snapshot()), by_hand(session)["x"][:10]
    assert seen.samples == 10
    assert (seen.low, seen.high) == (x.min(), x.max())
    _, gradient = session._engine.gradient(np.arange(10))
    assert seen.gradient == pytest.approx(gradient[0], rel=1e-12)
    assert seen.next_value is None, "the update takes all samples"


# Foretold


def numbers(parameters: Parameters) -> list[float]:
    """All weights, then all biases."""
    topology = parameters.topology
    weights = [parameters.weight(*pair) for pair in topology.connections()]
    return weights + [parameters.bias(unit) for layer in topology.layers[1:] for unit in layer.units]


def foretold(session: Session) -> list[Inspection]:
    """All connections, then all units that have a bias."""
    topology = session.setup.topology
    units = [unit for layer in topology.layers[1:] for unit in layer.units]
    return [inspect(part, False, session.snapshot()) for part in [*topology.connections(), *units]]


@pytest.mark.parametrize("precision", list(Precision))
@pytest.mark.parametrize(
    ("mode", "before", "batch"),
    [
        (Mode.BATCH, 3, (1, 160)),
        (Mode.STOCHASTIC, 0, (1, 1)),
        (Mode.STOCHASTIC, 16, (17, 1)),
        (Mode.STOCHASTIC, 159, (160, 1)),
        (Mode.STOCHASTIC, 160, (1, 1)),
        (Mode.MINI_BATCH, 0, (1, 48)),
        (Mode.MINI_BATCH, 2, (97, 48)),
        (Mode.MINI_BATCH, 3, (145, 16)),
        (Mode.MINI_BATCH, 4, (1, 48)),
    ],
)
def test_what_is_foretold_is_what_the_next_update_does(mode, before, batch, precision):
    hyperparameters = Hyperparameters(
        mode=mode, batch_size=48, precision=precision, engine=EngineName.NUMPY, seed=5
    )
    session = Session(make_setup("sine", parse_layers("1-3-1"), Activation.TANH, hyperparameters))
    session.advance(before)
    seen = foretold(session)
    assert {(each.first, each.size, each.count) for each in seen} == {(*batch, 160)}
    loss = session._engine.gradient(session.walk.next_batch)[0]
    assert [each.batch_loss for each in seen] == pytest.approx([loss] * len(seen), rel=1e-6)
    session.advance(1)
    assert [each.next_value for each in seen] == numbers(session.parameters), "bit by bit"


@pytest.mark.parametrize("engine", available_engines())
@pytest.mark.parametrize("mode", list(Mode))
def test_what_is_foretold_holds_for_every_engine(mode, engine):
    hyperparameters = Hyperparameters(mode=mode, engine=engine, loss=Loss.CATEGORICAL_CROSS_ENTROPY)
    session = Session(make_setup("iris", parse_layers("4-5-3"), Activation.TANH, hyperparameters))
    for updates in (0, 1, session.walk.updates_per_epoch - 2, 1):  # the last one begins another epoch
        session.advance(updates)
        seen = foretold(session)
        session.advance(1)
        assert [each.next_value for each in seen] == pytest.approx(numbers(session.parameters), rel=1e-12)


def test_nothing_is_foretold_of_what_does_not_learn(session):
    topology = wiring.freeze_connections(SETUP.topology, [(X, H1)], True)
    topology = wiring.disconnect_all(topology, [(H2, Y)])
    session.change(SETUP.with_topology(topology))
    for part in ((X, H1), (X, H2), H2, X):
        assert inspect(part, False, session.snapshot()).next_value is None
    for part in (H1, (H1, Y), Y):
        assert inspect(part, False, session.snapshot()).next_value is not None


# Lesions


def test_loss_without_a_connection_is_that_of_the_network_in_which_it_is_removed(session):
    session.advance(40)
    for pair in SETUP.topology.connections():
        seen = inspect(pair, True, session.snapshot())
        removed = Session(
            SETUP.with_topology(wiring.disconnect_all(SETUP.topology, [pair])),
        )
        for other in removed.setup.topology.connections():
            removed.parameters.set_weight(*other, session.parameters.weight(*other))
        for unit in (H1, H2, Y):
            removed.parameters.set_bias(unit, session.parameters.bias(unit))
        s = session.samples
        expected = mean_loss(removed.parameters, SETUP.hyperparameters.loss, s.test_inputs, s.test_targets)
        assert seen.loss == pytest.approx(session.losses()[1], rel=1e-12)
        assert seen.loss_without == pytest.approx(expected, rel=1e-12)
        assert seen.loss_without != seen.loss


@pytest.mark.parametrize("unit", [X, H1, H2])
def test_loss_without_a_unit_is_that_with_its_outgoing_weights_0(session, unit):
    seen, s = inspect(unit, True, session.snapshot()), session.samples
    outgoing = {X: (0, 2), H1: (4,), H2: (5,)}[unit]
    vector = np.array(NUMBERS)
    vector[list(outgoing)] = 0
    engine = NumpyEngine(
        Parameters(SETUP.topology, vector),
        Problem(loss=SETUP.hyperparameters.loss, inputs=s.train_inputs, targets=s.train_targets),
        Descent(learning_rate=0.1),
    )
    assert seen.loss == pytest.approx(session.losses()[1], rel=1e-12)
    assert seen.loss_without == pytest.approx(engine.loss(s.test_inputs, s.test_targets), rel=1e-14)
    assert seen.loss_without != seen.loss


def test_a_unit_is_left_out_of_its_skip_connections_too(session):
    topology = wiring.link_layers(SETUP.topology, INPUT.id, OUTPUT.id)
    parameters = Parameters(topology, np.arange(1.0, 9.0))
    ablated = without(parameters, X)
    # Rows: h1 (x, bias), h2 (x, bias), y (x, h1, h2, bias).
    assert ablated.vector.tolist() == [0, 2, 0, 4, 0, 6, 7, 8]
    assert without(parameters, H2).vector.tolist() == [1, 2, 3, 4, 5, 6, 0, 8]
    assert without(parameters, (H1, Y)).vector.tolist() == [1, 2, 3, 4, 5, 0, 7, 8]
    assert parameters.vector.tolist() == list(range(1, 9))


def test_a_unit_of_which_nothing_comes_is_not_missed(session):
    topology = wiring.disconnect_all(SETUP.topology, [(H2, Y)])
    session.change(SETUP.with_topology(topology))
    seen = inspect(H2, True, session.snapshot())
    assert seen.loss_without == seen.loss
    assert seen.gradient == 0


# Gone


def test_what_is_gone_is_not_looked_at(session):
    session.change(SETUP.with_topology(edits.remove_unit(SETUP.topology, H1)))
    for part in (H1, (X, H1), (H1, Y), 999, (X, 999)):
        assert inspect(part, True, session.snapshot()) is None
    assert inspect(H2, True, session.snapshot()).part == H2


def test_a_connection_that_was_removed_is_not_looked_at(session):
    session.change(SETUP.with_topology(wiring.disconnect_all(SETUP.topology, [(X, H1)])))
    assert inspect((X, H1), True, session.snapshot()) is None
    assert inspect((X, H2), True, session.snapshot()) is not None
    assert inspect((H2, X), True, session.snapshot()) is None, "it runs forward"
    assert inspect(H1, False, session.snapshot()).terms == ()


def test_a_removed_connection_is_no_term_of_its_unit(session):
    session.change(SETUP.with_topology(wiring.disconnect_all(SETUP.topology, [(H1, Y)])))
    assert [term.source for term in inspect(Y, False, session.snapshot()).terms] == [H2]


def test_a_network_without_links_can_be_looked_at(session):
    session.change(SETUP.with_topology(replace(SETUP.topology, links=())))
    seen = inspect(Y, False, session.snapshot())
    assert (seen.terms, seen.z, seen.a) == ((), C, C)
