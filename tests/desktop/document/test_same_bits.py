"""The same seed gives the same bits: in the window, on the command line, in a test, at any display rate."""

import random

import numpy as np
import pytest
from known_data import make_setup
from window_driver import settle

from nn_desktop.cli.main import main
from nn_desktop.engines.names import Precision
from nn_desktop.network.functions import Activation
from nn_desktop.network.notation import parse_layers
from nn_desktop.training.session import Session
from nn_desktop.training.settings import PRECISION


def vector_of_session(updates: int) -> np.ndarray:
    session = Session(make_setup("sine", parse_layers("1-8-8-1"), Activation.TANH))
    session.advance(updates)
    return session.parameters.vector


@pytest.mark.parametrize("frame_milliseconds", [1, 33, 200])
def test_window_and_session_agree_wherever_it_is_paused(
    qtbot, window, trainer, frame_milliseconds, monkeypatch
):
    monkeypatch.setattr(trainer, "_frame_milliseconds", lambda: frame_milliseconds)
    chance = random.Random(frame_milliseconds)
    for _ in range(4):
        trainer.train_or_pause()
        qtbot.wait(chance.randrange(10, 200))
        trainer.train_or_pause()
        settle(qtbot, window)
        snapshot = trainer.snapshot
        np.testing.assert_array_equal(snapshot.parameters.vector, vector_of_session(snapshot.updates))
    assert trainer.snapshot.updates > 100


def test_window_and_command_line_agree(qtbot, window, trainer, document, tmp_path):
    document.type_layers("1-16-16-1")
    for _ in range(3):
        trainer.step_epoch()
        settle(qtbot, window)
    path = tmp_path / "weights.npz"
    main(["train", "--dataset", "sine", "--layers", "1-16-16-1", "--epochs", "3", "--export", str(path)])
    parameters, layers = trainer.snapshot.parameters, trainer.snapshot.setup.topology.layers
    assert trainer.snapshot.epoch == 3
    with np.load(path, allow_pickle=False) as arrays:
        for number in (1, 2, 3):
            weights = parameters.weights(layers[number - 1].id, layers[number].id)
            np.testing.assert_array_equal(arrays[f"layer{number}.weight"], weights)
            np.testing.assert_array_equal(arrays[f"layer{number}.bias"], parameters.biases(layers[number].id))


def test_what_grew_too_large_for_float32_does_not_bar_the_way_back_to_it(qtbot, window, trainer, document):
    document.change_setting(PRECISION, Precision.FLOAT32)
    settle(qtbot, window)
    trainer.step_update()
    settle(qtbot, window)
    small = trainer.snapshot.parameters.vector.copy()
    document.change_setting(PRECISION, Precision.FLOAT64)
    settle(qtbot, window)
    unit = document.setup.topology.layers[-1].units[0]
    assert window.editor.type_number(unit, "1e100") == ""
    trainer.step_update()  # every weight grows with it, and keeps what it learned when the number is undone
    settle(qtbot, window)
    document.undo()
    settle(qtbot, window)
    assert np.abs(trainer.snapshot.parameters.vector).max() > 1e90
    document.undo()
    settle(qtbot, window)
    assert document.setup.hyperparameters.precision is Precision.FLOAT32
    assert trainer.snapshot.parameters.vector.dtype == np.float32
    np.testing.assert_array_equal(trainer.snapshot.parameters.vector, small)
    assert window.message_bar.isHidden()
