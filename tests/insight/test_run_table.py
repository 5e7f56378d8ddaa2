"""The table of runs says of each how well it does, and in what it differs from the others."""

from dataclasses import replace

import pytest
from known_data import make_setup

from nn_desktop.insight.metrics import accuracy, r_squared
from nn_desktop.insight.run_table import run_table
from nn_desktop.network.functions import Activation
from nn_desktop.network.notation import parse_layers
from nn_desktop.training.runs import Runs, file_run
from nn_desktop.training.session import Session


def session_of(dataset: str = "sine", layers: str = "4", updates: int = 50, **choices: object) -> Session:
    setup = make_setup(dataset, parse_layers(layers), Activation.TANH)
    hyperparameters = replace(setup.hyperparameters, **choices)  # type: ignore[arg-type]
    session = Session(replace(setup, hyperparameters=hyperparameters))
    session.advance(updates)
    return session


def test_each_run_has_its_measures_and_the_one_in_the_window_is_the_last() -> None:
    sine, iris = session_of(), session_of("iris", updates=100, learning_rate=0.2)
    runs = file_run(Runs(), sine.checkpoint()).runs
    table = run_table(runs, iris.checkpoint())
    assert [(row.label.id, row.is_current, row.updates) for row in table.rows] == [
        (0, False, 50),
        (1, True, 100),
    ]
    for row, session, metric, name in zip(
        table.rows, (sine, iris), (r_squared, accuracy), ("R²", "accuracy"), strict=True
    ):
        m, dataset = row.measures, session.dataset
        assert (m.train_loss, m.test_loss) == pytest.approx(session.losses(), rel=1e-12)
        assert m.name == name
        assert m.train == metric(session.parameters, dataset, dataset.train)
        assert m.test == metric(session.parameters, dataset, dataset.test)
        best = session.best
        assert best is not None
        assert (row.best_epoch, row.best_loss) == (best.milestone.epoch, best.test_loss)


def test_there_is_a_value_for_each_difference() -> None:
    runs = Runs()
    for rate in (0.1, 0.2):
        runs = file_run(runs, session_of(learning_rate=rate).checkpoint()).runs
    table = run_table(runs)
    assert [difference.noun for difference in table.differences] == ["learning rate"]
    assert [row.texts for row in table.rows] == [("0.1",), ("0.2",)]


def test_a_table_of_nothing_has_no_rows() -> None:
    assert run_table(Runs()).rows == ()


def test_a_run_that_diverged_has_measures_too() -> None:
    session = session_of(learning_rate=1e5, updates=2000)
    assert session.diverged
    (row,) = run_table(file_run(Runs(), session.checkpoint()).runs).rows
    assert row.measures.train_loss == pytest.approx(session.losses()[0])
    assert row.best_epoch == 0
