"""How a neural network computes and learns, with nothing but numbers, lists and loops.

This file is for reading, and the other engines are tested against it. The letters are those of the textbooks,
here for one layer and one sample:

x
    What the layer sees: the activations of the layers that feed it, and a 1 at the end.
W, b
    Its weights and biases. Row i of a layer's matrix holds the weights into unit i and, last, its bias bᵢ:
    the bias is the weight of the 1.
z, a
    The weighted sums z = W x + b, and the activations a = g(z).
ŷ, y
    The activations of the output layer, and the targets that they should be.
L
    The loss: how far ŷ is from y. A batch of samples has the mean of their losses.
u, δ
    The slopes of the loss: u = ∂L/∂a and δ = ∂L/∂z.
η
    The learning rate: how far an update goes down the slope.

A float that gets too large becomes infinite, and ∞ − ∞ is "not a number"; neither is an error here, and the
loss shows it. Some functions of `math` raise an error instead, so they get only what they can bear.

References
----------
Rumelhart, Hinton and Williams (1986), Learning representations by back-propagating errors. Nielsen (2015),
Neural Networks and Deep Learning, chapter 2.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from nn_desktop.engines.descent import Descent
from nn_desktop.network.functions import (
    HUBER_DELTA,
    LEAKY_SLOPE,
    REQUIRED_OUTPUT,
    SELU_ALPHA,
    SELU_SCALE,
    Activation,
    Loss,
)

Vector = Sequence[float]
Matrix = list[list[float]]


# Activations: a = g(z) for one unit, and the slope g'(z)


def sigmoid(z: float) -> float:
    """Return σ(z) = 1 / (1 + e⁻ᶻ)."""
    if z < 0:  # the same number, from a power that is small instead of huge
        return math.exp(z) / (1.0 + math.exp(z))
    return 1.0 / (1.0 + math.exp(-z))


def sigmoid_slope(z: float) -> float:
    """Return σ'(z) = σ (1 − σ)."""
    return sigmoid(z) * (1.0 - sigmoid(z))


def tanh_slope(z: float) -> float:
    """Return tanh'(z) = 1 − tanh² z."""
    return 1.0 - math.tanh(z) * math.tanh(z)


def softplus(z: float) -> float:
    """Return ln(1 + eᶻ)."""
    return max(z, 0.0) + math.log1p(math.exp(-abs(z)))  # for z > 0: 1 + eᶻ = eᶻ (1 + e⁻ᶻ), and e⁻ᶻ is small


def gelu_inner(z: float) -> float:
    """Return v = √(2/π) (z + 0.044715 z³), of which GELU takes the tanh (Hendrycks and Gimpel 2016)."""
    return math.sqrt(2 / math.pi) * (z + 0.044715 * z * z * z)


def gelu(z: float) -> float:
    """Return ½ z (1 + tanh v)."""
    return 0.5 * z * (1.0 + math.tanh(gelu_inner(z)))


def gelu_slope(z: float) -> float:
    """Return ½ (1 + tanh v) + ½ z (1 − tanh² v) v'."""
    v = gelu_inner(z)
    v_slope = math.sqrt(2 / math.pi) * (1.0 + 3 * 0.044715 * z * z)
    return 0.5 * (1.0 + math.tanh(v)) + 0.5 * z * tanh_slope(v) * v_slope


FUNCTIONS: dict[Activation, Callable[[float], float]] = {
    Activation.IDENTITY: lambda z: z,
    Activation.SIGMOID: sigmoid,
    Activation.TANH: math.tanh,
    Activation.RELU: lambda z: max(z, 0.0),
    Activation.LEAKY_RELU: lambda z: z if z > 0 else LEAKY_SLOPE * z,
    Activation.ELU: lambda z: z if z > 0 else math.expm1(z),  # eᶻ − 1
    Activation.SELU: lambda z: SELU_SCALE * (z if z > 0 else SELU_ALPHA * math.expm1(z)),
    Activation.SOFTPLUS: softplus,
    Activation.GELU: gelu,
    Activation.SWISH: lambda z: z * sigmoid(z),
    Activation.SINE: lambda z: math.sin(z) if math.isfinite(z) else math.nan,
}
"""g. Softmax is missing: it needs the whole layer."""

SLOPES: dict[Activation, Callable[[float], float]] = {
    Activation.IDENTITY: lambda z: 1.0,
    Activation.SIGMOID: sigmoid_slope,
    Activation.TANH: tanh_slope,
    # At the kink z = 0 there are two slopes to choose from, and all engines take that on the left.
    Activation.RELU: lambda z: 1.0 if z > 0 else 0.0,
    Activation.LEAKY_RELU: lambda z: 1.0 if z > 0 else LEAKY_SLOPE,
    Activation.ELU: lambda z: 1.0 if z > 0 else math.exp(z),
    Activation.SELU: lambda z: SELU_SCALE * (1.0 if z > 0 else SELU_ALPHA * math.exp(z)),
    Activation.SOFTPLUS: sigmoid,
    Activation.GELU: gelu_slope,
    Activation.SWISH: lambda z: sigmoid(z) + z * sigmoid_slope(z),
    Activation.SINE: lambda z: math.cos(z) if math.isfinite(z) else math.nan,
}
"""g'."""


def softmax(z: Vector) -> list[float]:
    """Return aᵢ = eᶻⁱ / Σⱼ eᶻʲ: positive numbers that add up to 1."""
    largest = max(z)  # taken from every z it cancels, and no power is above e⁰
    powers = [math.exp(z_i - largest) for z_i in z]
    total = sum(powers)
    return [power / total for power in powers]


def activate(activation: Activation, z: Vector) -> list[float]:
    """Return a = g(z) for a layer."""
    if activation is Activation.SOFTMAX:
        return softmax(z)
    g = FUNCTIONS[activation]
    return [g(z_i) for z_i in z]


def delta_of(activation: Activation, z: Vector, a: Vector, u: Vector) -> list[float]:
    """Return δ = ∂L/∂z for a layer, from u = ∂L/∂a."""
    if activation is Activation.SOFTMAX:
        # Every aⱼ depends on every zᵢ: ∂aⱼ/∂zᵢ = aᵢ (1 − aᵢ) for j = i, and −aᵢ aⱼ for the others.
        # So δᵢ = Σⱼ uⱼ ∂aⱼ/∂zᵢ = aᵢ (uᵢ − Σⱼ uⱼ aⱼ).
        mean_u = dot(u, a)
        return [a_i * (u_i - mean_u) for a_i, u_i in zip(a, u, strict=True)]
    slope = SLOPES[activation]
    return [u_i * slope(z_i) for u_i, z_i in zip(u, z, strict=True)]


# Losses: L for one sample with K outputs, and its slopes; e = ŷ − y


def errors(a: Vector, y: Vector) -> list[float]:
    """Return e = ŷ − y, output by output."""
    return [a_i - y_i for a_i, y_i in zip(a, y, strict=True)]


def squared(e: float) -> float:
    """Return e²."""
    return e * e  # e**2 would raise an error where it gets too large


def huber(e: float) -> float:
    """Return ½ e² for errors up to 1, and |e| − ½ for larger ones."""
    return 0.5 * e * e if abs(e) <= HUBER_DELTA else HUBER_DELTA * (abs(e) - 0.5 * HUBER_DELTA)


def sign(e: float) -> float:
    """Return the slope of |e|: 1, −1, or 0 at the kink."""
    return 0.0 if e == 0 else math.copysign(1.0, e)


def binary_cross_entropy(z: Vector, y: Vector) -> float:
    """Return −1/K Σ (y ln ŷ + (1 − y) ln(1 − ŷ)) with ŷ = σ(z), written so that no ln 0 is in it."""
    return sum(softplus(z_i) - y_i * z_i for z_i, y_i in zip(z, y, strict=True)) / len(y)


def categorical_cross_entropy(z: Vector, y: Vector) -> float:
    """Return −Σ y ln ŷ = ln Σ eᶻ − Σ y z with ŷ = softmax(z), for targets that add up to 1."""
    largest = max(z)
    shifted = [z_i - largest for z_i in z]
    return math.log(sum(math.exp(z_i) for z_i in shifted)) - dot(y, shifted)


LOSS_VALUES: dict[Loss, Callable[[Vector, Vector, Vector], float]] = {
    Loss.MEAN_SQUARED_ERROR: lambda z, a, y: sum(squared(e) for e in errors(a, y)) / len(y),
    Loss.HALF_SQUARED_ERROR: lambda z, a, y: 0.5 * sum(squared(e) for e in errors(a, y)),
    Loss.MEAN_ABSOLUTE_ERROR: lambda z, a, y: sum(abs(e) for e in errors(a, y)) / len(y),
    Loss.HUBER: lambda z, a, y: sum(huber(e) for e in errors(a, y)) / len(y),
    Loss.BINARY_CROSS_ENTROPY: lambda z, a, y: binary_cross_entropy(z, y),
    Loss.CATEGORICAL_CROSS_ENTROPY: lambda z, a, y: categorical_cross_entropy(z, y),
}
"""L, from z and a = ŷ of the output layer, and the targets y."""

LOSS_SLOPES: dict[Loss, Callable[[Vector, Vector], list[float]]] = {
    Loss.MEAN_SQUARED_ERROR: lambda a, y: [2.0 * e / len(y) for e in errors(a, y)],
    Loss.HALF_SQUARED_ERROR: errors,
    Loss.MEAN_ABSOLUTE_ERROR: lambda a, y: [sign(e) / len(y) for e in errors(a, y)],
    Loss.HUBER: lambda a, y: [max(min(e, HUBER_DELTA), -HUBER_DELTA) / len(y) for e in errors(a, y)],
    # The slope of the activation has cancelled: these two are δ = ∂L/∂z, not u.
    Loss.BINARY_CROSS_ENTROPY: lambda a, y: [e / len(y) for e in errors(a, y)],
    Loss.CATEGORICAL_CROSS_ENTROPY: errors,
}
"""u = ∂L/∂ŷ, from ŷ and y; for the two cross-entropies, which belong to one activation, δ."""


# The network


@dataclass
class TextbookLayer:
    """One layer of a network.

    Attributes
    ----------
    activation
        g.
    sources
        Which layers feed it: their places in the network, the input layer's is 0. It can be none.
    rows
        W and b: for each unit its weights, source after source, and its bias. The input layer has no rows.
    learns
        Of the same shape: whether an update changes the number. A connection that was removed is a weight
        that is 0 and does not learn.
    """

    activation: Activation
    sources: list[int]
    rows: Matrix
    learns: list[list[bool]]


@dataclass
class Pass:
    """What a sample leaves behind on its way through the network: x, z and a of each layer."""

    x: Matrix
    z: Matrix
    a: Matrix


class TextbookNetwork:
    """A network that predicts and learns.

    Parameters
    ----------
    layers
        From the input layer to the output layer.
    loss
        What learning makes small.
    """

    def __init__(self, layers: list[TextbookLayer], loss: Loss) -> None:
        self.layers = layers
        self.loss = loss

    def forward(self, sample: Vector) -> Pass:
        """Do the forward pass for one sample: layer after layer, z = W x + b and a = g(z)."""
        x: Matrix = [[]]
        z: Matrix = [[]]
        a: Matrix = [list(sample)]  # the input layer gives out the sample
        for layer in self.layers[1:]:
            x.append([a_j for source in layer.sources for a_j in a[source]] + [1.0])
            z.append([dot(row, x[-1]) for row in layer.rows])
            a.append(activate(layer.activation, z[-1]))
        return Pass(x, z, a)

    def loss_of(self, after: Pass, y: Vector) -> float:
        """Return L for one sample, after its forward pass."""
        return LOSS_VALUES[self.loss](after.z[-1], after.a[-1], y)

    def backward(self, after: Pass, y: Vector) -> list[Matrix]:
        """Do the backward pass for one sample, after its forward pass: return ∂L/∂W and ∂L/∂b, in rows."""
        gradient: list[Matrix] = [[] for _ in self.layers]
        u = [[0.0] * len(a) for a in after.a]  # ∂L/∂a of each layer, a sum over the layers that it feeds
        u[-1] = LOSS_SLOPES[self.loss](after.a[-1], y)
        for place in range(len(self.layers) - 1, 0, -1):
            layer = self.layers[place]
            if place == len(self.layers) - 1 and self.loss in REQUIRED_OUTPUT:
                delta = u[place]
            else:
                delta = delta_of(layer.activation, after.z[place], after.a[place], u[place])
            # zᵢ = Σⱼ Wᵢⱼ xⱼ, so ∂L/∂Wᵢⱼ = δᵢ xⱼ; for the bias xⱼ = 1.
            gradient[place] = [[delta_i * x_j for x_j in after.x[place]] for delta_i in delta]
            # Each unit j of a source sways all the zᵢ: its share of ∂L/∂aⱼ is Σᵢ Wᵢⱼ δᵢ.
            column = 0
            for source in layer.sources:
                for j in range(len(u[source])):
                    if source > 0:  # nobody asks how the inputs should change
                        u[source][j] += dot([row[column] for row in layer.rows], delta)
                    column += 1
        return gradient

    def mean_loss(self, batch: Sequence[Pass], targets: Sequence[Vector]) -> float:
        """Return the mean of L over a batch."""
        return sum(self.loss_of(after, y) for after, y in zip(batch, targets, strict=True)) / len(batch)

    def mean_gradient(self, batch: Sequence[Pass], targets: Sequence[Vector]) -> list[Matrix]:
        """Return the mean of ∂L/∂W and ∂L/∂b over a batch."""
        total = [[[0.0] * len(row) for row in layer.rows] for layer in self.layers]
        for after, y in zip(batch, targets, strict=True):
            for total_rows, rows in zip(total, self.backward(after, y), strict=True):
                for total_row, row in zip(total_rows, rows, strict=True):
                    for j in range(len(row)):
                        total_row[j] += row[j]
        return [[[value / len(batch) for value in row] for row in rows] for rows in total]

    def update(self, gradient: list[Matrix], descent: Descent) -> None:
        """Go one step down the slope: W ← W − η ∂L/∂W and b ← b − η ∂L/∂b."""
        for layer, slopes in zip(self.layers, gradient, strict=True):
            for row, learns, slope in zip(layer.rows, layer.learns, slopes, strict=True):
                for j in range(len(row)):
                    if learns[j]:
                        row[j] -= descent.learning_rate * slope[j]

    def learn(self, samples: Sequence[Vector], targets: Sequence[Vector], descent: Descent) -> float:
        """Learn from one batch and return its mean loss before; if that is not finite, nothing is learned."""
        batch = [self.forward(sample) for sample in samples]
        loss = self.mean_loss(batch, targets)
        if math.isfinite(loss):
            self.update(self.mean_gradient(batch, targets), descent)
        return loss


def dot(v: Vector, w: Vector) -> float:
    """Return Σⱼ vⱼ wⱼ."""
    return sum(v_j * w_j for v_j, w_j in zip(v, w, strict=True))
