"""What somebody chooses about the learning."""

import pytest

from nn_desktop.data.sampling import MAX_SEED
from nn_desktop.training.hyperparameters import MAX_BATCH_SIZE, Hyperparameters, HyperparametersError, Mode


@pytest.mark.parametrize("rate", [0.0, -0.1, float("nan"), float("inf"), float("-inf")])
def test_learning_rate_is_a_number_above_0(rate):
    with pytest.raises(HyperparametersError, match="choose a number above 0"):
        Hyperparameters(learning_rate=rate)


@pytest.mark.parametrize("size", [0, -1, MAX_BATCH_SIZE + 1])
def test_batch_size_in_its_range(size):
    with pytest.raises(HyperparametersError, match=f"batch of {size} samples cannot be"):
        Hyperparameters(batch_size=size)


@pytest.mark.parametrize("seed", [-1, MAX_SEED + 1])
def test_seed_in_its_range(seed):
    with pytest.raises(HyperparametersError, match=f"seed {seed} cannot be used"):
        Hyperparameters(seed=seed)


@pytest.mark.parametrize(
    ("mode", "batch_size", "samples", "samples_per_update", "updates"),
    [
        (Mode.BATCH, 16, 160, 160, 1),
        (Mode.STOCHASTIC, 16, 160, 1, 160),
        (Mode.MINI_BATCH, 16, 160, 16, 10),
        (Mode.MINI_BATCH, 16, 161, 16, 11),  # the last batch holds one sample
        (Mode.MINI_BATCH, 16, 16, 16, 1),
        (Mode.MINI_BATCH, 1000, 160, 160, 1),  # more than there are: the whole set
        (Mode.MINI_BATCH, 1, 160, 1, 160),
    ],
)
def test_updates_an_epoch(mode, batch_size, samples, samples_per_update, updates):
    hyperparameters = Hyperparameters(mode=mode, batch_size=batch_size)
    assert hyperparameters.samples_per_update(samples) == samples_per_update
    assert hyperparameters.updates_per_epoch(samples) == updates
