"""How long one update takes. Not run by default; no time is asserted, for it depends on the machine."""

import numpy as np
import pytest

from nn_desktop.engines.descent import Descent
from nn_desktop.engines.numpy_engine import NumpyEngine
from nn_desktop.engines.problem import Problem
from nn_desktop.network.functions import Activation, Loss
from nn_desktop.network.initializers import Initializer, initialize
from nn_desktop.network.topology import chain


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize(
    ("sizes", "batch_size", "updates"),
    [((1, 16, 16, 1), 16, 1000), ((64, 128, 64, 10), 64, 200), ((784, 512, 256, 10), 256, 10)],
    ids=lambda value: "-".join(map(str, value)) if isinstance(value, tuple) else None,
)
def test_update(benchmark, sizes, batch_size, updates, dtype):
    generator = np.random.default_rng(0)
    activations = (Activation.TANH,) * (len(sizes) - 2) + (Activation.IDENTITY,)
    parameters = initialize(chain(sizes, activations), Initializer.GLOROT_UNIFORM, 0, np.dtype(dtype))
    count = updates * batch_size
    inputs = generator.normal(size=(count, sizes[0]))
    targets = generator.normal(size=(count, sizes[-1]))
    engine = NumpyEngine(
        parameters,
        Problem(loss=Loss.MEAN_SQUARED_ERROR, inputs=inputs, targets=targets),
        Descent(learning_rate=0.001),
    )
    order = generator.permutation(count)
    losses = benchmark.pedantic(engine.train, (order, batch_size), rounds=10, warmup_rounds=1)
    assert np.isfinite(losses).all()
    benchmark.extra_info["microseconds_per_update"] = round(benchmark.stats.stats.median / updates * 1e6, 2)
