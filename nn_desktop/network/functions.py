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
    SELU = "selu"
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
    """How a function is shown.

    Attributes
    ----------
    title
        Its name.
    formula
        Its formula in Unicode.
    latex
        Its formula in LaTeX's math mode, without packages.
    """

    title: str
    formula: str
    latex: str


LEAKY_SLOPE = 0.01
"""Slope of leaky ReLU for z < 0 (Maas et al. 2013)."""

SELU_SCALE = 1.0507009873554804934
SELU_ALPHA = 1.6732632423543772848
"""λ and α of SELU, which keep mean 0 and variance 1 from layer to layer (Klambauer et al. 2017)."""

HUBER_DELTA = 1.0
"""Where the Huber loss turns from a parabola into a line (Huber 1964)."""

ACTIVATIONS: dict[Activation, Description] = {
    Activation.IDENTITY: Description("Identity", "g(z) = z", r"g(z) = z"),
    Activation.SIGMOID: Description("Sigmoid", "g(z) = 1 / (1 + e⁻ᶻ)", r"g(z) = \frac{1}{1 + e^{-z}}"),
    Activation.TANH: Description("Tanh", "g(z) = tanh z", r"g(z) = \tanh z"),
    Activation.RELU: Description("ReLU", "g(z) = max(0, z)", r"g(z) = \max(0, z)"),
    Activation.LEAKY_RELU: Description(
        "Leaky ReLU", "g(z) = z for z > 0, else 0.01 z", r"g(z) = \max(0.01\,z, z)"
    ),
    Activation.ELU: Description(
        "ELU", "g(z) = z for z > 0, else eᶻ − 1", r"g(z) = \max(0, z) + \min(0, e^z - 1)"
    ),
    Activation.SELU: Description(
        "SELU",
        "g(z) = λ z for z > 0, else λ α (eᶻ − 1), λ = 1.0507, α = 1.6733",
        r"g(z) = \lambda \left(\max(0, z) + \alpha \min(0, e^z - 1)\right), "
        r"\lambda = 1.0507, \alpha = 1.6733",
    ),
    Activation.SOFTPLUS: Description("Softplus", "g(z) = ln(1 + eᶻ)", r"g(z) = \ln(1 + e^z)"),
    Activation.GELU: Description(
        "GELU", "g(z) ≈ ½ z (1 + tanh(√(2/π) (z + 0.044715 z³)))", r"g(z) \approx z\,\Phi(z)"
    ),
    Activation.SWISH: Description("Swish", "g(z) = z / (1 + e⁻ᶻ)", r"g(z) = \frac{z}{1 + e^{-z}}"),
    Activation.SINE: Description("Sine", "g(z) = sin z", r"g(z) = \sin z"),
    Activation.SOFTMAX: Description(
        "Softmax", "gᵢ(z) = eᶻⁱ / Σⱼ eᶻʲ", r"g_i(z) = \frac{e^{z_i}}{\sum_j e^{z_j}}"
    ),
}

LOSSES: dict[Loss, Description] = {
    Loss.MEAN_SQUARED_ERROR: Description(
        "Mean squared error", "L = 1/K Σ (ŷ − y)²", r"L = \frac{1}{K} \sum_{k=1}^{K} (\hat{y}_k - y_k)^2"
    ),
    Loss.HALF_SQUARED_ERROR: Description(
        "½ squared error", "L = ½ Σ (ŷ − y)²", r"L = \frac{1}{2} \sum_{k=1}^{K} (\hat{y}_k - y_k)^2"
    ),
    Loss.MEAN_ABSOLUTE_ERROR: Description(
        "Mean absolute error", "L = 1/K Σ |ŷ − y|", r"L = \frac{1}{K} \sum_{k=1}^{K} |\hat{y}_k - y_k|"
    ),
    Loss.HUBER: Description(
        "Huber",
        "L = 1/K Σ (½ e² for |e| ≤ 1, else |e| − ½), e = ŷ − y",
        r"L = \frac{1}{K} \sum_{k=1}^{K} h(e_k), \quad "
        r"e_k = \hat{y}_k - y_k, \quad "
        r"h(e) = \frac{1}{2} e^2 \text{ if } |e| \le 1, \text{ otherwise } |e| - \frac{1}{2}",
    ),
    Loss.BINARY_CROSS_ENTROPY: Description(
        "Binary cross-entropy",
        "L = −1/K Σ (y ln ŷ + (1 − y) ln(1 − ŷ)), ŷ = sigmoid(z)",
        r"L = -\frac{1}{K} \sum_{k=1}^{K} "
        r"\left(y_k \ln \hat{y}_k + (1 - y_k) \ln (1 - \hat{y}_k)\right)",
    ),
    Loss.CATEGORICAL_CROSS_ENTROPY: Description(
        "Categorical cross-entropy", "L = −Σ y ln ŷ, ŷ = softmax(z)", r"L = -\sum_{k=1}^{K} y_k \ln \hat{y}_k"
    ),
}

REQUIRED_OUTPUT: dict[Loss, Activation] = {
    Loss.BINARY_CROSS_ENTROPY: Activation.SIGMOID,
    Loss.CATEGORICAL_CROSS_ENTROPY: Activation.SOFTMAX,
}
"""The cross-entropies are computed from z, and so belong to one activation of the output layer."""
