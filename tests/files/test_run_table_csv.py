"""The table of runs as CSV: its numbers read back to the same bits, and no text of it is a formula."""

import csv
import io

import pytest
from known_data import make_setup

from nn_desktop.files.run_table_csv import run_table_csv
from nn_desktop.insight.run_table import run_table
from nn_desktop.network.functions import Activation
from nn_desktop.network.notation import parse_layers
from nn_desktop.training.hyperparameters import Hyperparameters
from nn_desktop.training.runs import Runs, file_run, name_run, note_run, star_run
from nn_desktop.training.session import Session


def runs_and_session() -> tuple[Runs, Session]:
    runs = Runs()
    for rate in (0.1, 0.2, 0.3):
        session = Session(
            make_setup("sine", parse_layers("1-4-1"), Activation.TANH, Hyperparameters(learning_rate=rate))
        )
        session.advance(40)
        if rate < 0.3:
            runs = file_run(runs, session.checkpoint(), is_fork=True).runs
    runs = note_run(name_run(star_run(runs, 1, True), 1, "=HYPERLINK(1)"), 1, "one, two\nthree; +four")
    return runs, session


def test_all_of_it_is_there() -> None:
    runs, session = runs_and_session()
    table = run_table(runs, session.checkpoint())
    rows = list(csv.DictReader(io.StringIO(run_table_csv(table).decode())))
    assert [row["run"] for row in rows] == ["run 1", "'=HYPERLINK(1)", "run 3"]
    assert [row["parent"] for row in rows] == ["", "run 1", "'=HYPERLINK(1)"]
    assert [row["starred"] for row in rows] == ["", "yes", ""]
    assert [row["in the window"] for row in rows] == ["", "", "yes"]
    assert [row["learning rate"] for row in rows] == ["0.1", "0.2", "0.3"]
    assert [row["note"] for row in rows] == ["", "one, two three;' +four", ""]
    assert {row["epochs"] for row in rows} == {"4"}
    for row, expected in zip(rows, table.rows, strict=True):
        assert float(row["training loss"]) == expected.measures.train_loss
        assert float(row["test measure"]) == expected.measures.test
        assert row["measure"] == "R²"
        assert (int(row["best epoch"]), float(row["best loss"])) == (expected.best_epoch, expected.best_loss)


def test_pandas_reads_the_same() -> None:
    pandas = pytest.importorskip("pandas", minversion="3")  # before, it read numbers less exactly
    runs, session = runs_and_session()
    table = run_table(runs, session.checkpoint())
    frame = pandas.read_csv(io.BytesIO(run_table_csv(table)))
    assert frame["test loss"].tolist() == [row.measures.test_loss for row in table.rows]
    assert frame["learning rate"].tolist() == [0.1, 0.2, 0.3]
