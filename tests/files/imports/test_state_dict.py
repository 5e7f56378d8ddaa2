"""State dicts of PyTorch compute here what they compute there, and what is no chain of layers is refused."""

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
from files.foreign_files import safetensors, tensor
from safetensors.numpy import save

from nn_desktop.data.dataset import Task
from nn_desktop.engines.names import Precision
from nn_desktop.errors import UserError
from nn_desktop.files.imports.imported import Imported
from nn_desktop.files.imports.state_dict import read_state_dict
from nn_desktop.files.native.safetensors_reader import open_tensors
from nn_desktop.files.native.stored import ReadError
from nn_desktop.network.functions import Activation

Arrays = dict[str, np.ndarray]


def read(content: bytes) -> Imported:
    return read_state_dict(open_tensors(content))


def read_arrays(arrays: Arrays) -> Imported:
    return read(save({name: np.ascontiguousarray(array) for name, array in arrays.items()}))


def refusal(arrays: Arrays) -> str:
    with pytest.raises((ReadError, UserError)) as caught:
        read_arrays(arrays)
    return str(caught.value)


def linear(names: list[str], sizes: tuple[int, ...], dtype: type = np.float32, biases: bool = True) -> Arrays:
    """Random layers of the given modules."""
    generator = np.random.default_rng(0)
    arrays: Arrays = {}
    for name, (before, after) in zip(names, pairwise(sizes), strict=True):
        arrays[f"{name}.weight"] = generator.normal(size=(after, before)).astype(dtype)
        if biases:
            arrays[f"{name}.bias"] = generator.normal(size=after).astype(dtype)
    return arrays


@pytest.mark.parametrize(
    "names",
    [
        ["0", "2", "4"],
        ["fc1", "fc2", "fc3"],
        ["layers.0", "layers.9", "layers.10"],
        ["net.hidden", "net.output", "out"],
        ["model.layer2", "model.layer11", "model.layer100"],
    ],
)
def test_layers_are_read_in_the_natural_order_of_their_names(names: list[str]) -> None:
    arrays = linear(names, (3, 5, 4, 2))
    imported = read_arrays(dict(reversed(arrays.items())))
    model = imported.model
    assert model.topology.sizes == (3, 5, 4, 2)
    assert [layer.activation for layer in model.topology.layers[1:]] == [
        Activation.RELU,
        Activation.RELU,
        Activation.IDENTITY,
    ]
    assert model.task is Task.REGRESSION
    values = np.random.default_rng(1).normal(size=(20, 3)).astype(np.float32)
    expected = values
    for number, name in enumerate(names):
        expected = expected @ arrays[f"{name}.weight"].T + arrays[f"{name}.bias"]
        if number < 2:
            expected = np.maximum(expected, 0)
    np.testing.assert_allclose(model.predict(values), expected, rtol=1e-5, atol=1e-5)
    assert not imported.knows_data
    assert "ReLU was assumed for hidden layers" in imported.remarks[0]
    assert ", ".join(names) in imported.remarks[1]


@pytest.mark.parametrize(("dtype", "precision"), [(np.float64, "float64"), (np.float32, "float32")])
def test_every_bit_is_kept(dtype: type, precision: str) -> None:
    arrays = linear(["a", "b"], (3, 5, 2), dtype)
    model = read_arrays(arrays).model
    layers = model.topology.layers
    assert model.hyperparameters.precision is Precision(precision)
    assert model.parameters.weights(layers[0].id, layers[1].id).tobytes() == arrays["a.weight"].tobytes()
    assert model.parameters.biases(layers[2].id).tobytes() == arrays["b.bias"].tobytes()


def test_half_precision_is_read() -> None:
    arrays = linear(["a"], (3, 2), np.float16)
    model = read_arrays(arrays).model
    np.testing.assert_array_equal(model.parameters.vector.reshape(2, 4)[:, :3], arrays["a.weight"])
    assert model.parameters.vector.dtype == np.float32


def test_bfloat16_is_read() -> None:
    # Its bits are the upper half of a float32: 1.0 is 3f80, −2.5 is c020, 3.0 is 4040 and 0.15625 is 3e20.
    bits = np.array([0x3F80, 0xC020, 0x4040, 0x3E20], "<u2")
    content = safetensors({"weight": tensor("BF16", [2, 2], 0, 8)}, bits.tobytes())
    vector = read(content).model.parameters.vector
    np.testing.assert_array_equal(vector.reshape(2, 3), [[1.0, -2.5, 0.0], [3.0, 0.15625, 0.0]])


def test_a_single_layer_needs_no_name_and_no_biases() -> None:
    imported = read_arrays({"weight": np.array([[1.0, 2.0]])})
    assert imported.model.topology.sizes == (2, 1)
    assert imported.model.predict(np.array([[3.0, 4.0]])).tolist() == [[11.0]]
    assert "identity was assumed for the output" in imported.remarks[0]
    assert imported.remarks[1] == "weight comes without biases: they are 0 here."


ONE = linear(["a", "b"], (3, 4, 2))
REFUSED: dict[str, tuple[Callable[[], Arrays], str]] = {
    "a convolution": (
        lambda: ONE | {"conv.weight": np.zeros((4, 3, 5, 5), np.float32)},
        "its array conv.weight cannot be read, since it has 4 dimensions and not 2 (a convolution",
    ),
    "a batch norm": (
        lambda: ONE | {"bn.running_mean": np.zeros(4, np.float32)},
        "its array bn.running_mean cannot be read, since it is neither the weight nor the bias",
    ),
    "a layer norm": (
        lambda: ONE | {"norm.weight": np.zeros(4, np.float32), "norm.bias": np.zeros(4, np.float32)},
        "its array norm.weight cannot be read, since it has 1 dimensions and not 2",
    ),
    "an embedding": (
        lambda: ONE | {"0.embedding.weight": np.zeros((1000, 3), np.float32)},
        "its array a.weight cannot be read, since it takes 3 inputs, and 0.embedding.weight",
    ),
    "a recurrent layer": (
        lambda: {"rnn.weight_ih_l0": np.zeros((4, 3), np.float32)},
        "its array rnn.weight_ih_l0 cannot be read",
    ),
    "layers that do not follow one another": (
        lambda: linear(["b", "a"], (3, 4, 2)),
        "its array b.weight cannot be read, since it takes 3 inputs, and a.weight, which comes before it in "
        "the order of names, gives 2 outputs",
    ),
    "a bias of another length": (
        lambda: ONE | {"a.bias": np.zeros(3, np.float32)},
        "its array a.bias cannot be read, since it is not as long",
    ),
    "a bias alone": (lambda: {"a.bias": np.zeros(3, np.float32)}, "it comes without weights"),
    "whole numbers": (lambda: {"a.weight": np.zeros((3, 2), np.int64)}, "holds numbers of type I64"),
    "not a number": (
        lambda: {"a.weight": np.full((3, 2), np.nan)},
        "its a.weight holds numbers that are not",
    ),
    "nothing": (dict, "it holds no arrays"),
    "too many layers": (lambda: linear([str(n) for n in range(64)], (1,) * 65), "more linear layers"),
    "too wide a layer": (lambda: {"a.weight": np.zeros((10_001, 1), np.float32)}, "10001 units"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_all_else_is_refused_by_the_name_of_the_array(case: str) -> None:
    make, words = REFUSED[case]
    assert words in refusal(make())


def test_a_name_is_shown_shortened_and_without_what_cannot_be_printed() -> None:
    text = refusal({"a\n" + "x" * 1000: np.zeros(3)})
    assert "\n" not in text
    assert len(text) < 300


def test_digits_of_other_scripts_are_no_numbers() -> None:
    """Python's own `int` takes them, and refuses to read thousands of them."""
    layer = linear(["\N{ARABIC-INDIC DIGIT THREE}" * 5000], (2, 3))
    assert read_arrays(layer).model.topology.sizes == (2, 3)


def test_a_module_of_pytorch_computes_the_same() -> None:
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    save_module = pytest.importorskip("safetensors.torch").save
    torch.manual_seed(0)
    module = torch.nn.Sequential(
        torch.nn.Linear(4, 8),
        torch.nn.ReLU(),
        torch.nn.Linear(8, 6, bias=False),
        torch.nn.ReLU(),
        torch.nn.Dropout(),
        torch.nn.Linear(6, 3),
    ).eval()
    for dtype, tolerance in ((torch.float64, 1e-14), (torch.float32, 1e-6)):
        module = module.to(dtype)
        model = read(save_module(module.state_dict())).model
        inputs = torch.randn(50, 4, dtype=dtype)
        expected = module(inputs).detach().numpy()
        np.testing.assert_allclose(model.predict(inputs.numpy()), expected, rtol=tolerance, atol=tolerance)
    half = module.to(torch.bfloat16)
    vector = read(save_module(half.state_dict())).model.parameters.vector
    assert vector[0] == half[0].weight[0, 0].item()
