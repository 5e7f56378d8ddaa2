"""Where the weights start."""

import numpy as np
import pytest
from hypothesis import given
from strategies import topologies

from nn_desktop.network import edits, wiring
from nn_desktop.network.functions import Activation
from nn_desktop.network.initializers import VARIANCES, Initializer, initialize
from nn_desktop.network.parameters import Parameters, connection_mask
from nn_desktop.network.topology import chain

WIDE = chain((300, 200, 1), (Activation.TANH, Activation.IDENTITY))

# Of a layer with 300 inputs and 200 units, as the papers have them.
EXPECTED_VARIANCE = {
    Initializer.GLOROT_UNIFORM: 2 / 500,
    Initializer.GLOROT_NORMAL: 2 / 500,
    Initializer.HE_UNIFORM: 2 / 300,
    Initializer.HE_NORMAL: 2 / 300,
    Initializer.LECUN_UNIFORM: 1 / 300,
    Initializer.LECUN_NORMAL: 1 / 300,
    Initializer.UNIFORM: 1 / 12,
    Initializer.NORMAL: 1 / 12,
    Initializer.ZEROS: 0.0,
}


def first_weights(parameters: Parameters) -> np.ndarray:
    first, second = parameters.topology.layers[:2]
    return parameters.weights(first.id, second.id).ravel()


def test_every_initializer_has_a_variance():
    assert set(VARIANCES) == set(Initializer) == set(EXPECTED_VARIANCE)


@pytest.mark.parametrize("initializer", [i for i in Initializer if i is not Initializer.ZEROS])
def test_weights_have_the_mean_the_variance_and_the_shape(initializer):
    weights = first_weights(initialize(WIDE, initializer, 7))
    deviation = np.sqrt(EXPECTED_VARIANCE[initializer])
    assert abs(weights.mean()) < 5 * deviation / np.sqrt(weights.size)
    assert weights.std() == pytest.approx(deviation, rel=0.02)
    # Fourth moment over squared variance: 3 of a normal distribution, 9/5 of a uniform one.
    kurtosis = (weights**4).mean() / (weights**2).mean() ** 2
    if initializer.endswith("normal"):
        assert kurtosis == pytest.approx(3, rel=0.05)
    else:
        assert kurtosis == pytest.approx(9 / 5, rel=0.05)
        assert np.abs(weights).max() <= np.sqrt(3) * deviation


def test_zeros_are_zeros():
    assert not initialize(WIDE, Initializer.ZEROS, 7).vector.any()


@pytest.mark.parametrize("initializer", Initializer)
def test_biases_start_at_0(initializer):
    parameters = initialize(WIDE, initializer, 7)
    assert not any(parameters.biases(layer.id).any() for layer in WIDE.layers[1:])


@pytest.mark.parametrize("initializer", Initializer)
def test_same_seed_gives_the_same_bits(initializer):
    one, other = initialize(WIDE, initializer, 7), initialize(WIDE, initializer, 7)
    assert one.vector.tobytes() == other.vector.tobytes()


def test_another_seed_gives_other_weights():
    one, other = (first_weights(initialize(WIDE, Initializer.GLOROT_NORMAL, seed)) for seed in (7, 8))
    assert abs(np.corrcoef(one, other)[0, 1]) < 0.02


def test_float32_is_float64_rounded():
    exact = initialize(WIDE, Initializer.HE_NORMAL, 7)
    rounded = initialize(WIDE, Initializer.HE_NORMAL, 7, np.float32)
    assert rounded.vector.dtype == np.float32
    np.testing.assert_array_equal(rounded.vector, exact.vector.astype(np.float32))


def test_inputs_of_all_links_count():
    # 100 + 300 units lead into the last layer: its fan-in is 400.
    plain = chain((300, 100, 200), (Activation.TANH, Activation.IDENTITY))
    first, _, last = plain.layers
    skipping = wiring.link_layers(plain, first.id, last.id)
    weights = initialize(skipping, Initializer.LECUN_NORMAL, 7).matrix(last.id)[:, :-1]
    assert weights.std() == pytest.approx(np.sqrt(1 / 400), rel=0.02)


@given(topologies())
def test_any_network_can_start(topology):
    parameters = initialize(topology, Initializer.GLOROT_UNIFORM, 0)
    mask = connection_mask(topology)
    assert np.isfinite(parameters.vector).all()
    if mask is not None:
        assert not parameters.vector[~mask].any()


def test_the_draw_does_not_depend_on_the_edits_before():
    small = chain((2, 3, 1), (Activation.TANH, Activation.IDENTITY))
    hidden = small.layers[1].id
    again = edits.resize_layer(edits.resize_layer(small, hidden, 2), hidden, 3)
    one, other = initialize(small, Initializer.NORMAL, 0), initialize(again, Initializer.NORMAL, 0)
    np.testing.assert_array_equal(one.vector, other.vector)
