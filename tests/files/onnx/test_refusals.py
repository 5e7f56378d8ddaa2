import tracemalloc
from itertools import pairwise

import numpy as np
import pytest
from costs import is_cheap
from files.onnx.onnx_files import (
    ACTIVATIONS,
    TensorProto,
    helper,
    make,
    numpy_helper,
    onnx,
    refusal_of,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from nn_desktop.files.native.stored import ReadError
from nn_desktop.files.onnx.graph import MAX_BYTES
from nn_desktop.files.onnx.reader import read_onnx
from nn_desktop.network.functions import Activation

IDENTITY, SIGMOID, TANH = Activation.IDENTITY, Activation.SIGMOID, Activation.TANH

# What cannot be shown


@pytest.mark.parametrize(
    ("steps", "why"),
    [
        ([("HardSigmoid", "x", "act")], r'node "act" \(HardSigmoid\) cannot .* none of the activations'),
        ([("LeakyRelu", "x", "lr", {"alpha": 0.2})], r'node "lr" .* LeakyRelu with alpha 0\.2 makes none'),
        ([("Elu", "x", "e", {"alpha": 2.0})], r'node "e" \(Elu\) .* alpha 2'),
        ([("Gelu", "x", "g")], r'node "g" \(Gelu\) .* Gelu without approximate="tanh"'),
        ([("Erf", "x", "e"), ("Add", "e unit", "p"), ("Mul", "x p", "m"), ("Gemm", "m w", "y")],
         r'node "m" \(Mul\) .* Erf and Mul makes none'),
        ([("Clip", "x zero three", "k")], r'node "k" .* Clip to 0 … 3'),
        ([("Conv", "x w", "conv")], r'node "conv" \(Conv\) .* none that networks here are made of'),
        ([("Gemm", "x w", "z", {"transA": 1})], r'node "z" \(Gemm\) .* mixes the samples'),
        ([("Gemm", "x square", "z"), ("Mul", "z x", "gate")], r'node "gate" \(Mul\) .* different layers'),
        ([("MatMul", "x x", "m")], r'node "m" \(MatMul\) .* multiplies values with one another'),
        ([("Softmax", "x", "s"), ("Gemm", "s w", "y")], r'node "s" \(Softmax\) .* belongs to the output'),
        ([("Softmax", "x", "s"), ("Mul", "s half", "y")], r'node "y" \(Mul\) .* changes what softmax gave'),
        ([("Softmax", "x", "s", {"axis": 0})], r'node "s" .* mixes the samples'),
        ([("Concat", "x x", "k", {"axis": 0})], r'node "k" .* mixes the samples'),
        ([("Gemm", "x v", "z")], r'node "z" \(Gemm\) .* no matrix of numbers with 4 columns'),
        ([("Add", "x b", "z")], r'node "z" \(Add\) .* "b" does not hold a number for each of 4 columns'),
        ([("Mul", "x", "m")], r'node "m" \(Mul\) .* one of its inputs is missing'),
        ([("Add", "x nowhere", "z")], r'nothing in it makes its value "nowhere"'),
        ([("Add", "x b2", "a1"), ("Tanh", "a1", "b2"), ("Tanh", "b2", "y")], r"run in a circle"),
        ([("Div", "x zero", "d")], r'node "d" \(Div\) .* divides by 0'),
        ([("Transpose", "x", "t")], r'output "t" is no table'),
        ([("Split", "x", "one two")], r'node "one two" \(Split\)'),
        ([("BatchNormalization", "x scale mean mean scale", "n", {"training_mode": 1})],
         r'node "n" .* learns'),
        ([("Reshape", "x three_rows", "r")], r'node "r" \(Reshape\) .* another table'),
        ([("Cast", "x", "k", {"to": 7})], r'node "k" \(Cast\) .* whole numbers'),
    ],
)  # fmt: skip
def test_what_cannot_be_shown_is_refused_by_the_name_of_its_node(steps, why):
    with pytest.raises(ReadError, match=why):
        read_onnx(make(*steps, opset=20))


def test_a_node_without_a_name_is_called_by_what_it_makes():
    proto = onnx.load_from_string(make(("Mish", "x", "y"), opset=18))
    proto.graph.node[0].name = ""
    assert 'node that makes "y" (Mish)' in refusal_of(proto.SerializeToString())
    proto.graph.node[0].name = "new\nline" + "x" * 100
    assert f'node "new\\nline{"x" * 51}…" (Mish)' in refusal_of(proto.SerializeToString())


def changed(change: str) -> bytes:
    """A small network with something wrong in it."""
    proto = onnx.load_from_string(make(("Gemm", "x w b", "z"), ("Tanh", "z", "y")))
    graph = proto.graph
    weights = graph.initializer[0]
    match change:
        case "external":
            weights.ClearField("raw_data")
            weights.data_location = TensorProto.EXTERNAL
            weights.external_data.add(key="location", value="/etc/passwd")
        case "short":
            weights.raw_data = weights.raw_data[:-4]
        case "dims":
            weights.dims[0] = 2**40
        case "negative":
            weights.dims[0] = -4
        case "nan":
            graph.initializer[1].CopyFrom(numpy_helper.from_array(np.float32([0, np.nan, 0]), "b"))
        case "infinite":
            weights.CopyFrom(numpy_helper.from_array(np.full((4, 3), np.inf, np.float32), "w"))
        case "too large":
            weights.CopyFrom(numpy_helper.from_array(np.full((4, 3), 3e38, np.float32), "w"))
            graph.node[0].attribute.append(helper.make_attribute("alpha", 1e5))
        case "twice":
            graph.initializer.append(weights)
        case "made twice":
            graph.node[0].output[0] = "y"
        case "input twice":
            graph.input.append(graph.input[0])
        case "texts":
            weights.CopyFrom(helper.make_tensor("w", TensorProto.STRING, [4, 3], [b"a"] * 12))
        case "integers":
            weights.CopyFrom(numpy_helper.from_array(np.ones((4, 3), np.int64), "w"))
        case "sparse":
            graph.sparse_initializer.add()
        case "outputs":
            graph.output.append(helper.make_tensor_value_info("z", TensorProto.FLOAT, None))
        case "no outputs":
            del graph.output[:]
        case "text input":
            graph.input[0].type.tensor_type.elem_type = TensorProto.STRING
        case "no width":
            graph.input[0].type.tensor_type.shape.dim[1].ClearField("dim_value")
        case "no shape":
            graph.input[0].type.tensor_type.ClearField("shape")
        case "wide":
            graph.input[0].type.tensor_type.shape.dim[1].dim_value = 10_001
        case "old":
            proto.opset_import[0].version = 6
        case "subgraph":
            body = helper.make_graph([], "body", [], [])
            graph.node.append(
                helper.make_node("If", ["z"], ["u"], "branch", then_branch=body, else_branch=body)
            )
            graph.node[1].input[0] = "u"
        case "foreign":
            graph.node[1].domain = "com.microsoft"
    return proto.SerializeToString()


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ("external", r'tensor "w" are in another file .* external_data=False'),
        ("short", r'tensor "w" has more or fewer numbers than its shape says'),
        ("dims", r'tensor "w" has a shape that cannot be'),
        ("negative", r'tensor "w" has a shape that cannot be'),
        ("nan", r'tensor "b" holds numbers that are not finite'),
        ("infinite", r'tensor "w" holds numbers that are not finite'),
        ("too large", r"too large for float32"),
        ("twice", r'two of its tensors are called "w"'),
        ("made twice", r'makes "y", which is there already'),
        ("input twice", r"two of its inputs have one name"),
        ("texts", r'tensor "w" holds numbers of a type that is not known'),
        ("integers", r"no matrix of numbers"),
        ("sparse", r"some of its tensors are sparse"),
        ("outputs", r'it has 2 outputs that are numbers: "y", "z"'),
        ("no outputs", r"it has no outputs that are numbers"),
        ("text input", r'input "x" is no tensor of numbers'),
        ("no width", r'input "x" does not say how many numbers a sample has'),
        ("no shape", r'input "x" does not say how many numbers a sample has'),
        ("wide", r'input "x" has 10001 numbers a sample, more than the 10000'),
        ("old", r"operators of version 6"),
        ("subgraph", r'node "branch" \(If\)'),
        ("foreign", r'node "y" \(com.microsoft.Tanh\)'),
    ],
)
def test_what_is_wrong_is_said(change, why):
    with pytest.raises(ReadError, match=why):
        read_onnx(changed(change))


@pytest.mark.parametrize("missing", [1, 3, 10, 100])
def test_a_file_that_was_cut_off_is_refused(missing):
    content = make(("Gemm", "x w b", "y"))
    assert "damaged, cut off" in refusal_of(content[:-missing])


def test_too_many_layers_are_refused_in_a_sentence():
    steps = [("Gemm", "x square", "z0")]
    for number in range(64):
        steps.append(("Gemm", f"z{number} square", f"z{number + 1}"))
    assert "66 layers, more than the 64 that fit here: use fewer layers" in refusal_of(make(*steps))


# Hostile files


def field(number: int, content: bytes) -> bytes:
    """A field of the wire format."""
    length, size = b"", len(content)
    while size > 127:
        length, size = length + bytes([size & 127 | 128]), size >> 7
    return bytes([number << 3 | 2]) + length + bytes([size]) + content


OPSET = field(8, b"\x10\x0d")


def chained(*parts: str, count: int = 1900) -> bytes:
    operator, others = parts[0], " ".join(parts[1:])
    names = ["x", *(f"z{number}" for number in range(count))]
    return make(*((operator, f"{a} {others.format(a)}", b) for a, b in pairwise(names)))


HOSTILE = {
    "empty": lambda: b"",
    "text": lambda: b"no network at all",
    "too large": lambda: bytes(MAX_BYTES + 1),
    "millions of nodes": lambda: OPSET + field(7, b"\x0a\x00" * 5_000_000),
    "thousands of nodes": lambda: OPSET + field(7, b"\x0a\x00" * 2_001),
    "millions of tensors": lambda: OPSET + field(7, b"\x2a\x00" * 5_000_000),
    "millions of dimensions": lambda: OPSET + field(7, field(5, field(1, b"\x01" * 5_000_000))),
    "endless number": lambda: OPSET + field(7, b"\x80" * 5_000_000),
    "long name": lambda: OPSET + field(7, field(1, field(3, b"a" * 5_000_000))),
    "layers": lambda: chained("Tanh"),
    "sums of sums": lambda: chained("Add", "{}"),
    "products": lambda: chained("Gemm", "square"),
    "curves": lambda: chained("Erf"),
    "squares": lambda: chained("Mul", "{}"),
    "factors": lambda: make(
        *(("Mul", f"{a} bits", b) for a, b in pairwise(["x", *(f"z{number}" for number in range(1900))])),
        shape=("batch", 10_000),
    ),
    "pieces": lambda: chained("Concat", "{}", count=40),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_files_take_little_time_and_memory(kind):
    content = HOSTILE[kind]()
    tracemalloc.start()
    try:
        refusal_of(content)
        assert tracemalloc.get_traced_memory()[1] < 50_000_000
    finally:
        tracemalloc.stop()
    assert is_cheap(lambda: refusal_of(content))


@pytest.fixture(scope="module")
def contents() -> list[bytes]:
    residual = make(
        ("Gemm", "x square mean", "z"), ("Relu", "z", "a"), ("Add", "x a", "r"), ("Gemm", "r w", "y")
    )
    return [residual, make(("Gemm", "x w b", "z"), *ACTIVATIONS["gelu of powers"])]


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_a_damaged_file_is_read_or_refused_and_nothing_else(contents, data):
    content = bytearray(data.draw(st.sampled_from(contents)))
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(content) - 1))
        match data.draw(st.integers(0, 3)):
            case 0:
                content[place] = data.draw(st.integers(0, 255))
            case 1:
                content[place] ^= 1 << data.draw(st.integers(0, 7))
            case 2:
                del content[place : place + data.draw(st.integers(1, 8))]
            case 3:
                content[place:place] = data.draw(st.binary(min_size=1, max_size=8))
    try:
        model = read_onnx(bytes(content)).model
    except ReadError as error:
        assert str(error)[:1].islower()
    else:
        assert np.isfinite(model.parameters.vector).all()
