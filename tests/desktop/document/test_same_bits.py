"""The same seed gives the same bits: in the window, on the command line, in a test, at any display rate."""

import random

import numpy as np
import pytest
from known_data import make_setup
from window_driver import settle

from nn_desktop.cli.main import main
from nn_desktop.network.functions import Activation
from nn_desktop.network.notation import parse_layers
from nn_desktop.training.session import Session


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
