"""The activations, losses and initializers there are: their names and formulas.

Each engine does the sums its own way.
"""

from dataclasses import dataclass
from enum import StrEnum


class Activation(StrEnum):
    """A function g that a layer applies to z = Σ wᵢxᵢ + b, unit by unit (softmax: over the layer)."""

    IDENTITY = "identity"
    SIGMOID = "sigmoid"
    TANH = "tanh"
    RELU = "relu"
    LEAKY_RELU = "leaky-relu"
    ELU = "elu"
    SOFTPLUS = "softplus"
    GELU = "gelu"
    SWISH = "swish"
    SINE = "sine"
    SOFTMAX = "softmax"


class Loss(StrEnum):
    """What training makes small, averaged over the samples of a batch."""

    MEAN_SQUARED_ERROR = "mse"
    HALF_SQUARED_ERROR = "half-squared"
    MEAN_ABSOLUTE_ERROR = "mae"
    HUBER = "huber"
    BINARY_CROSS_ENTROPY = "binary-cross-entropy"
    CATEGORICAL_CROSS_ENTROPY = "categorical-cross-entropy"


class Initializer(StrEnum):
    """The distributions that weights are drawn from. Biases start at 0."""

    GLOROT_UNIFORM = "glorot-uniform"
    GLOROT_NORMAL = "glorot-normal"
    HE_UNIFORM = "he-uniform"
    HE_NORMAL = "he-normal"
    LECUN_UNIFORM = "lecun-uniform"
    LECUN_NORMAL = "lecun-normal"
    UNIFORM = "uniform"
    NORMAL = "normal"
    ZEROS = "zeros"


@dataclass(frozen=True)
class Description:
    """How a function is shown: its title and its formula."""

    title: str
    formula: str


LEAKY_SLOPE = 0.01
"""Slope of leaky ReLU for z < 0 (Maas et al. 2013)."""

HUBER_DELTA = 1.0
"""Where the Huber loss turns from a parabola into a line (Huber 1964)."""

ACTIVATIONS: dict[Activation, Description] = {
    Activation.IDENTITY: Description("Identity", "g(z) = z"),
    Activation.SIGMOID: Description("Sigmoid", "g(z) = 1 / (1 + e⁻ᶻ)"),
    Activation.TANH: Description("Tanh", "g(z) = tanh z"),
    Activation.RELU: Description("ReLU", "g(z) = max(0, z)"),
    Activation.LEAKY_RELU: Description("Leaky ReLU", "g(z) = z for z > 0, else 0.01 z"),
    Activation.ELU: Description("ELU", "g(z) = z for z > 0, else eᶻ − 1"),
    Activation.SOFTPLUS: Description("Softplus", "g(z) = ln(1 + eᶻ)"),
    Activation.GELU: Description("GELU", "g(z) ≈ ½ z (1 + tanh(√(2/π) (z + 0.044715 z³)))"),
    Activation.SWISH: Description("Swish", "g(z) = z / (1 + e⁻ᶻ)"),
    Activation.SINE: Description("Sine", "g(z) = sin z"),
    Activation.SOFTMAX: Description("Softmax", "gᵢ(z) = eᶻⁱ / Σⱼ eᶻʲ"),
}

LOSSES: dict[Loss, Description] = {
    Loss.MEAN_SQUARED_ERROR: Description("Mean squared error", "L = 1/K Σ (ŷ − y)²"),
    Loss.HALF_SQUARED_ERROR: Description("½ squared error", "L = ½ Σ (ŷ − y)²"),
    Loss.MEAN_ABSOLUTE_ERROR: Description("Mean absolute error", "L = 1/K Σ |ŷ − y|"),
    Loss.HUBER: Description("Huber", "L = 1/K Σ (½ e² for |e| ≤ 1, else |e| − ½), e = ŷ − y"),
    Loss.BINARY_CROSS_ENTROPY: Description(
        "Binary cross-entropy", "L = −1/K Σ (y ln ŷ + (1 − y) ln(1 − ŷ)), ŷ = sigmoid(z)"
    ),
    Loss.CATEGORICAL_CROSS_ENTROPY: Description("Categorical cross-entropy", "L = −Σ y ln ŷ, ŷ = softmax(z)"),
}

REQUIRED_OUTPUT: dict[Loss, Activation] = {
    Loss.BINARY_CROSS_ENTROPY: Activation.SIGMOID,
    Loss.CATEGORICAL_CROSS_ENTROPY: Activation.SOFTMAX,
}
"""The cross-entropies are computed from z, and so belong to one activation of the output layer."""
