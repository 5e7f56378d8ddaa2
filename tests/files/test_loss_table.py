"""The losses of a run as CSV read back to the same bits, in another program too."""

import csv
import io
from math import nan

import numpy as np
import pytest
from known_data import make_setup

from nn_desktop.files.loss_table import loss_table
from nn_desktop.network.functions import Activation
from nn_desktop.network.notation import parse_layers
from nn_desktop.training.checkpoints import MAX_MILESTONES, Checkpoint
from nn_desktop.training.hyperparameters import Hyperparameters, Mode
from nn_desktop.training.session import Session


def session_of(**choices: object) -> Session:
    return Session(make_setup("sine", parse_layers("1-4-1"), Activation.TANH, Hyperparameters(**choices)))


def read(checkpoint: Checkpoint, losses: tuple[float, float] | None = None) -> dict[str, np.ndarray]:
    """Return the columns by their names; NaN for empty cells."""
    first, *lines = csv.reader(io.StringIO(loss_table(checkpoint, losses).decode()))
    columns = zip(*lines, strict=True)
    return {
        name: np.array([float(cell) if cell else nan for cell in column])
        for name, column in zip(first, columns, strict=True)
    }


def test_all_recorded_epochs_are_there_bit_by_bit() -> None:
    session = session_of()
    session.advance(400)
    table = read(session.checkpoint())
    assert list(table) == ["epoch", "updates", "training loss", "test loss"]
    rows = session.history.rows()
    for column, name in enumerate(("epoch", "training loss", "test loss")):
        assert table[name].tobytes() == rows[:, column].tobytes()
    np.testing.assert_array_equal(table["updates"], 10 * rows[:, 0])


def test_pandas_reads_the_same() -> None:
    pandas = pytest.importorskip("pandas", minversion="3")  # before, it read numbers less exactly
    session = session_of()
    session.advance(400)
    content = loss_table(session.checkpoint(), session.losses())
    table = pandas.read_csv(io.BytesIO(content))
    assert list(table.columns) == ["epoch", "updates", "training loss", "test loss"]
    rows = session.snapshot().history
    assert table[["epoch", "training loss", "test loss"]].to_numpy(np.float64).tobytes() == rows.tobytes()


def test_the_moment_within_an_epoch_is_the_last_line() -> None:
    session = session_of()
    session.advance(23)
    table = read(session.checkpoint(), session.losses())
    assert table["epoch"].tolist() == [0, 1, 2, 2 + 48 / 160]
    assert table["updates"].tolist() == [0, 10, 20, 23]
    assert (table["training loss"][-1], table["test loss"][-1]) == session.losses()


def test_updates_that_are_not_known_any_more_are_left_empty() -> None:
    session = session_of(mode=Mode.BATCH)
    session.advance(32 * (MAX_MILESTONES + 100))
    table = read(session.checkpoint())
    known = ~np.isnan(table["updates"])
    assert 0 < known.sum() < len(known)
    np.testing.assert_array_equal(table["updates"][known], table["epoch"][known])


def test_no_test_loss_is_an_empty_cell() -> None:
    session = session_of()
    lines = loss_table(session.checkpoint(), (0.25, nan)).decode().splitlines()
    assert lines[1] == "0,0,0.25,"


@pytest.mark.parametrize("diverged", [False, True])
def test_a_diverged_run_has_finite_losses(diverged: bool) -> None:
    session = session_of(learning_rate=1e6 if diverged else 0.05)
    session.advance(500)
    assert session.diverged is diverged
    table = read(session.checkpoint(), session.losses())
    assert all(np.isfinite(column).all() for column in table.values())
