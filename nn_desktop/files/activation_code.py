"""How the exported programs and tables write an activation: one row for each."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from nn_desktop.files.programs.steps import Step
from nn_desktop.network.functions import LEAKY_SLOPE, SELU_ALPHA, SELU_SCALE, Activation


@dataclass(frozen=True, kw_only=True)
class ActivationCode:
    """An activation g(z) in the languages of the exports.

    A text that defines a function is put into the program, under the activation's name; any other text is an
    expression of ``{z}``, the weighted sums of a layer.

    Attributes
    ----------
    python
        Python with nothing but its standard library: a function of one number, or an expression of a list.
    numpy
        A function or expression of an array, shape (n, units).
    torch
        An expression of a tensor, shape (n, units).
    keras
        The name that Keras has for it, or a function of a tensor, shape (n, units).
    spreadsheet
        A formula of the cell z; some spreadsheets write ; for the comma.
    c
        The body of a function of one number in C and C++, with the dialect's words in braces, or the name of
        a function of the standard library. Empty for what is no function of one number. As in
        `engines.textbook`, no power gets too large.
    onnx
        Its operator and the operator's attributes; None for what is composed of several.
    uses
        Another activation whose function it calls.
    """

    python: str
    numpy: str
    torch: str
    keras: str
    spreadsheet: str
    c: str = ""
    onnx: tuple[str, Mapping[str, float | int]] | None = None
    uses: Activation | None = None


def defines_function(code: str) -> bool:
    """Whether a text is the source of a function, not an expression or a name."""
    return "\n" in code


def function_name(activation: Activation) -> str:
    """Return the name that the activation's function has in all programs."""
    return activation.value.replace("-", "_")


def with_uses(steps: Iterable[Step]) -> list[Activation]:
    """Return the activations of steps and those whose functions they call, in the order of all."""
    used = {step.activation for step in steps}
    called = {ACTIVATION_CODE[activation].uses for activation in used}
    return [activation for activation in Activation if activation in used | called]


ACTIVATION_CODE: Mapping[Activation, ActivationCode] = MappingProxyType(
    {
        Activation.IDENTITY: ActivationCode(
            python="{z}",
            numpy="{z}",
            torch="{z}",
            keras="linear",
            spreadsheet="z",
        ),
        Activation.SIGMOID: ActivationCode(
            python='''\
def sigmoid(z):
    """Return 1 / (1 + e^-z)."""
    if z < 0:  # the same number, from a power that cannot overflow
        return math.exp(z) / (1 + math.exp(z))
    return 1 / (1 + math.exp(-z))
''',
            numpy='''\
def sigmoid(z):
    """Return 1 / (1 + e^-z)."""
    return 0.5 * (1 + np.tanh(0.5 * z))  # the same numbers, without a power that could overflow
''',
            c="""\
    const {number} power = {exp}(-{fabs}(z)); /* at most 1, so it cannot overflow */
    return z < {zero} ? power / ({one} + power) : {one} / ({one} + power);""",
            torch="torch.sigmoid({z})",
            keras="sigmoid",
            onnx=("Sigmoid", {}),
            spreadsheet="1/(1+EXP(-z))",
        ),
        Activation.TANH: ActivationCode(
            python="[math.tanh(z) for z in {z}]",
            numpy="np.tanh({z})",
            c="tanh",
            torch="torch.tanh({z})",
            keras="tanh",
            onnx=("Tanh", {}),
            spreadsheet="TANH(z)",
        ),
        Activation.RELU: ActivationCode(
            python='''\
def relu(z):
    """Return the positive part of z."""
    return max(z, 0.0)
''',
            numpy='''\
def relu(z):
    """Return the positive part of z."""
    return np.maximum(z, 0)
''',
            c="    return z < {zero} ? {zero} : z;",
            torch="torch.relu({z})",
            keras="relu",
            onnx=("Relu", {}),
            spreadsheet="IF(z>0, z, 0)",
        ),
        Activation.LEAKY_RELU: ActivationCode(
            python='''\
def leaky_relu(z):
    """Return z where it is positive, and a hundredth of it elsewhere."""
    return z if z > 0 else 0.01 * z
''',
            numpy='''\
def leaky_relu(z):
    """Return z where it is positive, and a hundredth of it elsewhere."""
    return np.where(z > 0, z, 0.01 * z)
''',
            c="    return z > {zero} ? z : {literal[0.01]} * z;",
            torch="functional.leaky_relu({z}, 0.01)",
            keras='''\
@keras.saving.register_keras_serializable("nn_desktop")
def leaky_relu(z):
    """Return z where it is positive, and a hundredth of it elsewhere."""
    return keras.ops.leaky_relu(z, negative_slope=0.01)
''',
            onnx=("LeakyRelu", {"alpha": LEAKY_SLOPE}),
            spreadsheet="IF(z>0, z, 0.01*z)",
        ),
        Activation.ELU: ActivationCode(
            python='''\
def elu(z):
    """Return z where it is positive, and e^z - 1 elsewhere."""
    return z if z > 0 else math.expm1(z)
''',
            numpy='''\
def elu(z):
    """Return z where it is positive, and e^z - 1 elsewhere."""
    return np.where(z > 0, z, np.expm1(np.minimum(z, 0)))
''',
            c="    return z > {zero} ? z : {expm1}(z);",
            torch="functional.elu({z})",
            keras="elu",
            onnx=("Elu", {"alpha": 1.0}),
            spreadsheet="IF(z>0, z, EXP(z)-1)",
        ),
        Activation.SELU: ActivationCode(
            python='''\
def selu(z):
    """Return z where it is positive, and 1.6733 (e^z - 1) elsewhere, times 1.0507."""
    return 1.0507009873554805 * (z if z > 0 else 1.6732632423543772 * math.expm1(z))
''',
            numpy='''\
def selu(z):
    """Return z where it is positive, and 1.6733 (e^z - 1) elsewhere, times 1.0507."""
    return 1.0507009873554805 * np.where(z > 0, z, 1.6732632423543772 * np.expm1(np.minimum(z, 0)))
''',
            c="""\
    return {literal[1.0507009873554805]} * (z > {zero} ? z : {literal[1.6732632423543772]} * {expm1}(z));""",
            torch="functional.selu({z})",
            keras="selu",
            onnx=("Selu", {"alpha": SELU_ALPHA, "gamma": SELU_SCALE}),
            spreadsheet="1.0507009873554805*IF(z>0, z, 1.6732632423543772*(EXP(z)-1))",
        ),
        Activation.SOFTPLUS: ActivationCode(
            python='''\
def softplus(z):
    """Return ln(1 + e^z)."""
    # Where z > 0, 1 + e^z = e^z (1 + e^-z), and that power cannot overflow.
    return max(z, 0.0) + math.log1p(math.exp(-abs(z)))
''',
            numpy='''\
def softplus(z):
    """Return ln(1 + e^z) = ln(e^z + e^0)."""
    return np.logaddexp(z, 0)
''',
            c="""\
    return (z < {zero} ? {zero} : z) + {log1p}({exp}(-{fabs}(z))); /* the power is at most 1 */""",
            # Above its usual threshold, 20, it leaves out 2e-9.
            torch="functional.softplus({z}, threshold=40)",
            keras="softplus",  # with PyTorch it leaves out 2e-9 above 20, which is beyond float32
            onnx=("Softplus", {}),
            spreadsheet="IF(z>0, z, 0)+LN(1+EXP(-ABS(z)))",
        ),
        Activation.GELU: ActivationCode(
            python='''\
def gelu(z):
    """Return z/2 (1 + tanh(sqrt(2/pi) (z + 0.044715 z^3)))."""
    return 0.5 * z * (1 + math.tanh(math.sqrt(2 / math.pi) * (z + 0.044715 * z * z * z)))
''',
            numpy='''\
def gelu(z):
    """Return z/2 (1 + tanh(sqrt(2/pi) (z + 0.044715 z^3)))."""
    return 0.5 * z * (1 + np.tanh(math.sqrt(2 / math.pi) * (z + 0.044715 * z * z * z)))
''',
            c="    return {half} * z * ({one} + {tanh}({gelu_scale} * (z + {gelu_cubic} * z * z * z)));",
            torch='functional.gelu({z}, approximate="tanh")',
            keras='''\
@keras.saving.register_keras_serializable("nn_desktop")
def gelu(z):
    """Return z/2 (1 + tanh(sqrt(2/pi) (z + 0.044715 z^3)))."""
    return keras.ops.gelu(z, approximate=True)
''',
            spreadsheet="0.5*z*(1+TANH(SQRT(2/PI())*(z+0.044715*z^3)))",
        ),
        Activation.SWISH: ActivationCode(
            python='''\
def swish(z):
    """Return z sigmoid(z)."""
    return z * sigmoid(z)
''',
            numpy='''\
def swish(z):
    """Return z sigmoid(z)."""
    return z * sigmoid(z)
''',
            c="    return z * {prefix}sigmoid(z);",
            torch="functional.silu({z})",
            keras="silu",
            spreadsheet="z/(1+EXP(-z))",
            uses=Activation.SIGMOID,
        ),
        Activation.SINE: ActivationCode(
            python='''\
def sine(z):
    """Return sin z."""
    return math.sin(z) if math.isfinite(z) else math.nan
''',
            numpy="np.sin({z})",
            c="sin",
            torch="torch.sin({z})",
            keras='''\
@keras.saving.register_keras_serializable("nn_desktop")
def sine(z):
    """Return sin z."""
    return keras.ops.sin(z)
''',
            onnx=("Sin", {}),
            spreadsheet="SIN(z)",
        ),
        Activation.SOFTMAX: ActivationCode(
            python='''\
def softmax(z):
    """Return e^z_i / sum of all e^z_j for each z_i of a layer."""
    largest = max(z)  # taken from all, it cancels, and no power overflows
    powers = [math.exp(z_i - largest) for z_i in z]
    total = sum(powers)
    return [power / total for power in powers]
''',
            numpy='''\
def softmax(z):
    """Return e^z_i / sum of all e^z_j for each z_i of a row."""
    powers = np.exp(z - z.max(axis=1, keepdims=True))  # the largest cancels, and no power overflows
    return powers / powers.sum(axis=1, keepdims=True)
''',
            torch="torch.softmax({z}, dim=1)",
            keras="softmax",
            onnx=("Softmax", {"axis": -1}),
            spreadsheet="EXP(z-MAX(all z))/SUM(EXP(all z-MAX(all z)))",
        ),
    }
)
