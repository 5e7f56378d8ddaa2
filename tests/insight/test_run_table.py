"""The table of runs says of each how well it does, and in what it differs from the others."""

from dataclasses import replace

import pytest
from known_data import make_setup

from nn_desktop.insight import run_table as run_table_module
from nn_desktop.insight.metrics import accuracy, r_squared
from nn_desktop.insight.run_table import Comparer, run_table
from nn_desktop.network.functions import Activation
from nn_desktop.network.notation import parse_layers
from nn_desktop.training.runs import Difference, Runs, delete_run, file_run, what_differs
from nn_desktop.training.session import Session
from nn_desktop.training.settings import LEARNING_RATE
from nn_desktop.training.setup import Setup


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


def test_what_differs_is_looked_for_again_only_if_a_setup_is_another_one(monkeypatch) -> None:
    looked = []

    def look(setups: list[Setup]) -> tuple[Difference, ...]:
        looked.append(len(setups))
        return what_differs(setups)

    monkeypatch.setattr(run_table_module, "what_differs", look)
    comparer, runs, session = Comparer(), Runs(), session_of(learning_rate=0.1)
    runs = file_run(runs, session.checkpoint()).runs
    for _ in range(5):
        session.advance(10)
        run_table(runs, session.snapshot(), find_differences=comparer.differences)
    assert looked == [2]
    session.change(LEARNING_RATE.put(session.setup, 0.3))
    table = run_table(runs, session.snapshot(), find_differences=comparer.differences)
    assert looked == [2, 2]
    assert [row.texts for row in table.rows] == [("0.1",), ("0.3",)]
    runs = delete_run(runs, 0)
    assert run_table(runs, session.snapshot(), find_differences=comparer.differences).differences == ()


def test_a_table_of_nothing_has_no_rows() -> None:
    assert run_table(Runs()).rows == ()


def test_a_run_that_diverged_has_measures_too() -> None:
    session = session_of(learning_rate=1e5, updates=2000)
    assert session.diverged
    (row,) = run_table(file_run(Runs(), session.checkpoint()).runs).rows
    assert row.measures.train_loss == pytest.approx(session.losses()[0])
    assert row.best_epoch == 0
