"""One update is the one that other libraries make."""

import warnings
from itertools import pairwise

import numpy as np
import pytest

from nn_desktop.engines.descent import Descent
from nn_desktop.engines.evaluation import predict
from nn_desktop.engines.numpy_engine import NumpyEngine
from nn_desktop.engines.problem import Problem
from nn_desktop.network.functions import Activation, Loss
from nn_desktop.network.parameters import Parameters
from nn_desktop.network.topology import Topology, chain

RATE = 0.2


def weights_and_biases(sizes: tuple[int, ...]) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Weights of shape (inputs, units), as scikit-learn has them, and biases."""
    generator = np.random.default_rng(5)
    pairs = list(pairwise(sizes))
    return [generator.normal(0, 0.5, pair) for pair in pairs], [
        generator.normal(0, 0.5, outputs) for _, outputs in pairs
    ]


def parameters_of(topology: Topology, weights: list[np.ndarray], biases: list[np.ndarray]) -> Parameters:
    parameters = Parameters.zeros(topology)
    for link, weight, bias in zip(topology.links, weights, biases, strict=True):
        parameters.weights(link.source, link.target)[:] = weight.T
        parameters.biases(link.target)[:] = bias
    return parameters


def update_in_scikit_learn(
    model: object,
    inputs: np.ndarray,
    targets: np.ndarray,
    weights: list[np.ndarray],
    biases: list[np.ndarray],
) -> None:
    """Fit once so that the model takes its form, put the given weights in, then do a single update."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it says that one iteration is few
        model.fit(inputs, targets)
    for place, given in zip(model.coefs_ + model.intercepts_, weights + biases, strict=True):
        place[...] = given
    model.partial_fit(inputs, targets)


@pytest.mark.parametrize(
    ("activation", "name"),
    [
        (Activation.TANH, "tanh"),
        (Activation.SIGMOID, "logistic"),
        (Activation.RELU, "relu"),
        (Activation.IDENTITY, "identity"),
    ],
)
def test_regression_update_is_that_of_scikit_learn(activation, name):
    sklearn = pytest.importorskip("sklearn.neural_network")
    generator = np.random.default_rng(0)
    inputs, targets = generator.normal(size=(6, 3)), generator.normal(size=(6, 2))
    weights, biases = weights_and_biases((3, 4, 4, 2))
    model = sklearn.MLPRegressor(
        hidden_layer_sizes=(4, 4),
        activation=name,
        solver="sgd",
        alpha=0,
        batch_size=6,
        learning_rate_init=RATE,
        momentum=0,
        max_iter=1,
    )
    update_in_scikit_learn(model, inputs, targets, weights, biases)
    topology = chain((3, 4, 4, 2), (activation, activation, Activation.IDENTITY))
    parameters = parameters_of(topology, weights, biases)
    # It follows the gradient of half the sum over outputs, though it reports that divided by their number.
    NumpyEngine(
        parameters,
        Problem(loss=Loss.HALF_SQUARED_ERROR, inputs=inputs, targets=targets),
        Descent(learning_rate=RATE),
    ).train(np.arange(6), 6)
    expected = parameters_of(topology, model.coefs_, model.intercepts_)
    np.testing.assert_allclose(parameters.vector, expected.vector, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize(
    ("classes", "output", "loss"),
    [
        (2, Activation.SIGMOID, Loss.BINARY_CROSS_ENTROPY),
        (3, Activation.SOFTMAX, Loss.CATEGORICAL_CROSS_ENTROPY),
    ],
)
def test_classification_update_is_that_of_scikit_learn(classes, output, loss):
    sklearn = pytest.importorskip("sklearn.neural_network")
    generator = np.random.default_rng(0)
    inputs, labels = generator.normal(size=(6, 3)), np.arange(6) % classes
    outputs = 1 if classes == 2 else classes
    targets = labels[:, None].astype(float) if classes == 2 else np.eye(classes)[labels]
    weights, biases = weights_and_biases((3, 4, outputs))
    model = sklearn.MLPClassifier(
        hidden_layer_sizes=(4,),
        activation="tanh",
        solver="sgd",
        alpha=0,
        batch_size=6,
        learning_rate_init=RATE,
        momentum=0,
        max_iter=1,
    )
    update_in_scikit_learn(model, inputs, labels, weights, biases)
    topology = chain((3, 4, outputs), (Activation.TANH, output))
    parameters = parameters_of(topology, weights, biases)
    losses = NumpyEngine(
        parameters, Problem(loss=loss, inputs=inputs, targets=targets), Descent(learning_rate=RATE)
    ).train(np.arange(6), 6)
    expected = parameters_of(topology, model.coefs_, model.intercepts_)
    np.testing.assert_allclose(parameters.vector, expected.vector, rtol=1e-12, atol=1e-14)
    assert losses[0] == pytest.approx(model.loss_curve_[-1], rel=1e-12)
    probabilities = predict(parameters, inputs)
    theirs = model.predict_proba(inputs)
    np.testing.assert_allclose(probabilities, theirs[:, 1:] if classes == 2 else theirs, rtol=1e-11)


HIDDEN_IN_TORCH = {
    Activation.SIGMOID: "sigmoid",
    Activation.TANH: "tanh",
    Activation.RELU: "relu",
    Activation.LEAKY_RELU: "leaky_relu",
    Activation.ELU: "elu",
    Activation.SELU: "selu",
    Activation.SOFTPLUS: "softplus",
    Activation.SWISH: "silu",
    Activation.GELU: "gelu",
}


@pytest.mark.parametrize("activation", HIDDEN_IN_TORCH)
@pytest.mark.parametrize("loss", Loss)
def test_update_is_that_of_pytorch(activation, loss):
    torch = pytest.importorskip("torch")
    f = torch.nn.functional
    generator = np.random.default_rng(0)
    inputs, targets = generator.normal(size=(6, 3)), generator.normal(size=(6, 2))
    output = Activation.IDENTITY
    if loss is Loss.BINARY_CROSS_ENTROPY:
        targets, output = (targets > 0).astype(float), Activation.SIGMOID
    elif loss is Loss.CATEGORICAL_CROSS_ENTROPY:
        targets, output = np.eye(2)[(targets[:, 0] > 0).astype(int)], Activation.SOFTMAX
    weights, biases = weights_and_biases((3, 4, 2))
    w = [torch.tensor(array, requires_grad=True) for array in weights + biases]
    z = torch.tensor(inputs) @ w[0] + w[2]
    hidden = (
        f.gelu(z, approximate="tanh")
        if activation is Activation.GELU
        else getattr(f, HIDDEN_IN_TORCH[activation])(z)
    )
    logits, y = hidden @ w[1] + w[3], torch.tensor(targets)
    value = {
        Loss.MEAN_SQUARED_ERROR: lambda: f.mse_loss(logits, y),
        Loss.HALF_SQUARED_ERROR: lambda: 0.5 * ((logits - y) ** 2).sum(1).mean(),
        Loss.MEAN_ABSOLUTE_ERROR: lambda: f.l1_loss(logits, y),
        Loss.HUBER: lambda: f.huber_loss(logits, y),
        Loss.BINARY_CROSS_ENTROPY: lambda: f.binary_cross_entropy_with_logits(logits, y),
        Loss.CATEGORICAL_CROSS_ENTROPY: lambda: f.cross_entropy(logits, y),
    }[loss]()
    value.backward()
    updated = [(array - RATE * array.grad).detach().numpy() for array in w]
    topology = chain((3, 4, 2), (activation, output))
    parameters = parameters_of(topology, weights, biases)
    losses = NumpyEngine(
        parameters, Problem(loss=loss, inputs=inputs, targets=targets), Descent(learning_rate=RATE)
    ).train(np.arange(6), 6)
    assert losses[0] == pytest.approx(value.item(), rel=1e-12)
    expected = parameters_of(topology, updated[:2], updated[2:])
    np.testing.assert_allclose(parameters.vector, expected.vector, rtol=1e-12, atol=1e-14)
