"""The same training in PyTorch, JAX and scikit-learn, each in the form that its users write.

Every one starts from the parameters that a session starts from, with the same samples in the same order where
it lets itself be told one, and does plain gradient descent on the mean squared error. None records losses or
looks whether to stop, and the orders are drawn before the clock runs. A library is imported when it is asked
for.
"""

import os
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from importlib import import_module
from importlib.util import find_spec
from itertools import count, cycle, islice
from typing import Any

import numpy as np

from nn_desktop.arrays import FloatArray, IntArray
from nn_desktop.bench.measurement import TimingError
from nn_desktop.bench.workloads import LEARNING_RATE, train_samples, training_setup
from nn_desktop.data.source import load
from nn_desktop.engines.names import EngineName
from nn_desktop.engines.threads import core_count
from nn_desktop.engines.workload import Workload
from nn_desktop.network.functions import Activation
from nn_desktop.network.initializers import initialize
from nn_desktop.network.parameters import Parameters
from nn_desktop.training.order import shuffled_epochs
from nn_desktop.training.samples import make_samples

Layers = list[tuple[FloatArray, FloatArray]]
"""Weights, shape (units, inputs), and biases of each layer."""


class PeerName(StrEnum):
    """Libraries to compare with."""

    TORCH = "torch"
    TORCH_COMPILED = "torch-compiled"
    JAX = "jax"
    SCIKIT_LEARN = "scikit-learn"


@dataclass(frozen=True)
class Training:
    """A training in a library.

    Attributes
    ----------
    version
        Version of the library.
    train
        Does so many updates, or a few more to complete an epoch; returns how many.
    layers
        Returns the parameters of now.
    """

    version: str
    train: Callable[[int], int]
    layers: Callable[[], Layers]


def why_missing(peer: PeerName) -> str:
    """Return in words why a library is not here; empty if it is."""
    return (
        "" if find_spec(_PEERS[peer].module) else f'it is not installed: "pip install {_PEERS[peer].package}"'
    )


def make_training(peer: PeerName, workload: Workload) -> Training:
    """Make ready to train; raises `TimingError` if the library is missing, or cannot train such a network."""
    if missing := why_missing(peer):
        raise TimingError(missing)
    return _PEERS[peer].make(workload, Start(workload))


class Start:
    """What a session would begin with."""

    def __init__(self, workload: Workload) -> None:
        setup = training_setup(workload, EngineName.NUMPY)
        h = setup.hyperparameters
        parameters = initialize(setup.topology, h.initializer, h.seed, np.dtype(h.precision))
        self.layers = layers_of(parameters)
        samples = make_samples(load(setup.data), setup.topology.layers[-1].activation)
        self.inputs = samples.train_inputs.astype(h.precision)
        self.targets = samples.train_targets.astype(h.precision)
        self.activations = [layer.activation for layer in setup.topology.layers[1:]]
        self._batch_size, self._seed = workload.batch_size, h.seed

    def batches(self) -> Iterator[IntArray]:
        """Yield the rows of each batch, epoch after epoch."""
        for epoch in count():
            yield from shuffled_epochs(self._seed, epoch, len(self.inputs))[0].reshape(-1, self._batch_size)


def layers_of(parameters: Parameters) -> Layers:
    """Return copies of the weights and biases of a network without skips, layer by layer."""
    matrices = [parameters.matrix(layer.id).copy() for layer in parameters.topology.layers[1:]]
    return [(np.ascontiguousarray(matrix[:, :-1]), matrix[:, -1].copy()) for matrix in matrices]


# --- PyTorch

EPOCHS_KEPT = 16
"""So many permutations are drawn for PyTorch, and walked through again and again."""


def _prepare_torch(workload: Workload, start: Start) -> tuple[Any, Any, Any, list[Any]]:
    """Return the library, inputs, targets and the rows of some batches."""
    os.environ.setdefault("TORCHINDUCTOR_COMPILE_THREADS", "1")  # no pool of processes for one small graph
    torch: Any = import_module("torch")
    if core_count() == 1:
        torch.set_num_threads(1)
    rows = list(islice(start.batches(), EPOCHS_KEPT * (train_samples(workload) // workload.batch_size)))
    inputs, targets = torch.from_numpy(start.inputs), torch.from_numpy(start.targets)
    return torch, inputs, targets, [torch.from_numpy(each.copy()) for each in rows]


def _torch_activation(torch: Any, activation: Activation) -> Any:
    """Return a module class with no parameters."""
    nn = torch.nn
    functions = {
        Activation.IDENTITY: nn.Identity,
        Activation.SIGMOID: nn.Sigmoid,
        Activation.TANH: nn.Tanh,
        Activation.RELU: nn.ReLU,
        Activation.LEAKY_RELU: nn.LeakyReLU,
        Activation.ELU: nn.ELU,
        Activation.SELU: nn.SELU,
        Activation.SOFTPLUS: nn.Softplus,
        Activation.GELU: lambda: nn.GELU("tanh"),
        Activation.SWISH: nn.SiLU,
    }
    if activation not in functions:
        raise TimingError(f"it has no module for {activation}")
    return functions[activation]()


def _torch_module(torch: Any, start: Start) -> Any:
    modules = []
    for (weights, biases), activation in zip(start.layers, start.activations, strict=True):
        linear = torch.nn.Linear(weights.shape[1], weights.shape[0])
        linear.weight.data, linear.bias.data = torch.from_numpy(weights), torch.from_numpy(biases)
        modules.append(linear)
        if activation is not Activation.IDENTITY:
            modules.append(_torch_activation(torch, activation))
    return torch.nn.Sequential(*modules)


def _layers_of_module(module: Any) -> Layers:
    vectors = [parameter.detach().numpy().copy() for parameter in module.parameters()]
    return list(zip(vectors[::2], vectors[1::2], strict=True))


def _make_torch(workload: Workload, start: Start) -> Training:
    torch, inputs, targets, all_rows = _prepare_torch(workload, start)
    module = _torch_module(torch, start)
    loss = torch.nn.MSELoss()
    optimizer = torch.optim.SGD(module.parameters(), LEARNING_RATE)
    walk = cycle(all_rows)

    def train(updates: int) -> int:
        for rows in islice(walk, updates):
            optimizer.zero_grad()
            loss(module(inputs[rows]), targets[rows]).backward()
            optimizer.step()
        return updates

    return Training(f"PyTorch {torch.__version__}", train, lambda: _layers_of_module(module))


def _make_torch_compiled(workload: Workload, start: Start) -> Training:
    """Compile a whole update as one graph: three times as fast as a compiled module with an optimizer."""
    torch, inputs, targets, all_rows = _prepare_torch(workload, start)
    torch.compiler.reset()  # else the sizes of the workload before count as ones that vary
    module = _torch_module(torch, start)
    loss = torch.nn.MSELoss()
    parameters = {name: value.detach() for name, value in module.named_parameters()}

    def loss_of(values: Any, x: Any, y: Any) -> Any:
        return loss(torch.func.functional_call(module, values, (x,)), y)

    gradient_of = torch.func.grad(loss_of)

    def update(values: Any, rows: Any) -> None:
        gradients = gradient_of(values, inputs[rows], targets[rows])
        for name, value in values.items():
            value.sub_(gradients[name], alpha=LEARNING_RATE)

    compiled = torch.compile(update, fullgraph=True, dynamic=False)
    walk = cycle(all_rows)

    def train(updates: int) -> int:
        with torch.no_grad():
            for rows in islice(walk, updates):
                compiled(parameters, rows)
        return updates

    return Training(f"PyTorch {torch.__version__}", train, lambda: _layers_of_module(module))


# --- JAX


def _jax_activation(jax: Any, activation: Activation) -> Callable[[Any], Any]:
    functions: dict[Activation, Callable[[Any], Any]] = {
        Activation.IDENTITY: lambda z: z,
        Activation.SIGMOID: jax.nn.sigmoid,
        Activation.TANH: jax.numpy.tanh,
        Activation.RELU: jax.nn.relu,
        Activation.LEAKY_RELU: jax.nn.leaky_relu,
        Activation.ELU: jax.nn.elu,
        Activation.SELU: jax.nn.selu,
        Activation.SOFTPLUS: jax.nn.softplus,
        Activation.GELU: jax.nn.gelu,
        Activation.SWISH: jax.nn.swish,
        Activation.SINE: jax.numpy.sin,
    }
    if activation not in functions:
        raise TimingError(f"it has no function for {activation}")
    return functions[activation]


def _make_jax(workload: Workload, start: Start) -> Training:
    jax: Any = import_module("jax")
    jax.config.update("jax_platforms", "cpu")
    jax.config.update("jax_enable_x64", workload.precision == "float64")
    inputs, targets = jax.numpy.asarray(start.inputs), jax.numpy.asarray(start.targets)
    activations = [_jax_activation(jax, activation) for activation in start.activations]

    def loss_of(layers: Any, x: Any, y: Any) -> Any:
        for (weights, biases), activation in zip(layers, activations, strict=True):
            x = activation(x @ weights + biases)
        return jax.numpy.mean((x - y) ** 2)

    def update(layers: Any, rows: Any) -> Any:
        loss, gradients = jax.value_and_grad(loss_of)(layers, inputs[rows], targets[rows])
        return jax.tree.map(lambda p, g: p - LEARNING_RATE * g, layers, gradients), loss

    scan = jax.jit(lambda layers, order: jax.lax.scan(update, layers, order))
    layers = [(jax.numpy.asarray(weights.T), jax.numpy.asarray(biases)) for weights, biases in start.layers]
    orders: dict[int, Any] = {}

    def train(updates: int) -> int:
        nonlocal layers
        if updates not in orders:
            rows = np.array(list(islice(start.batches(), updates)), np.int32)
            orders[updates] = jax.numpy.asarray(rows)
        layers, losses = scan(layers, orders[updates])
        jax.block_until_ready((layers, losses))
        return updates

    return Training(
        f"JAX {jax.__version__}",
        train,
        lambda: [(np.asarray(weights).T, np.asarray(biases)) for weights, biases in layers],
    )


# --- scikit-learn

_SCIKIT_LEARN_ACTIVATIONS = {
    Activation.IDENTITY: "identity",
    Activation.SIGMOID: "logistic",
    Activation.TANH: "tanh",
    Activation.RELU: "relu",
}


def _scikit_learn_activation(start: Start) -> str:
    *hidden, output = start.activations
    name = _SCIKIT_LEARN_ACTIVATIONS.get(hidden[0] if hidden else Activation.IDENTITY)
    if name is None or len(set(hidden)) > 1 or output is not Activation.IDENTITY:
        raise TimingError("it has no such activations")
    return name


def _make_scikit_learn(workload: Workload, start: Start) -> Training:
    activation = _scikit_learn_activation(start)
    sklearn: Any = import_module("sklearn")
    targets = start.targets if start.targets.shape[1] > 1 else start.targets.ravel()
    regressor = import_module("sklearn.neural_network").MLPRegressor(
        hidden_layer_sizes=workload.topology.sizes[1:-1],
        activation=activation,
        solver="sgd",
        alpha=0.0,
        batch_size=workload.batch_size,
        # It minimizes half the sum over the outputs, where the mean squared error is their mean.
        learning_rate_init=LEARNING_RATE * 2 / start.targets.shape[1],
        momentum=0.0,
        nesterovs_momentum=False,
        max_iter=1,
        random_state=0,
        tol=0.0,
        n_iter_no_change=np.inf,
        warm_start=True,  # each fit goes on where the last one ended
    )

    def fit() -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that it has not converged
            regressor.fit(start.inputs, targets)

    fit()  # makes the arrays that the parameters are put into
    regressor.coefs_ = [weights.T.copy() for weights, _ in start.layers]
    regressor.intercepts_ = [biases.copy() for _, biases in start.layers]
    updates_per_epoch = train_samples(workload) // workload.batch_size

    def train(updates: int) -> int:
        epochs = -(-updates // updates_per_epoch)
        regressor.set_params(max_iter=epochs)
        fit()
        return epochs * updates_per_epoch

    return Training(
        f"scikit-learn {sklearn.__version__}",
        train,
        lambda: [(w.T, b) for w, b in zip(regressor.coefs_, regressor.intercepts_, strict=True)],
    )


@dataclass(frozen=True)
class _Peer:
    module: str
    package: str
    make: Callable[[Workload, Start], Training]


_PEERS = {
    PeerName.TORCH: _Peer("torch", "torch", _make_torch),
    PeerName.TORCH_COMPILED: _Peer("torch", "torch", _make_torch_compiled),
    PeerName.JAX: _Peer("jax", "jax", _make_jax),
    PeerName.SCIKIT_LEARN: _Peer("sklearn", "scikit-learn", _make_scikit_learn),
}
