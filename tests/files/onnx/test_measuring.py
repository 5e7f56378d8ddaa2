"""What is found by running nodes: what is affine, however it is written, and nothing else."""

import re

import numpy as np
import pytest
from files.onnx.onnx_files import (
    WEIGHTS,
    TensorProto,
    helper,
    layers_of,
    make,
    numpy_helper,
    onnx,
    read_checked,
    refusal_of,
)

from nn_desktop.files.onnx.guard import MAX_FIELDS, check_fields
from nn_desktop.files.onnx.measuring import Runner, measure
from nn_desktop.files.onnx.values import Input, Value, of_base
from nn_desktop.network.functions import Activation

IDENTITY, TANH = Activation.IDENTITY, Activation.TANH


def with_numbers(content: bytes, **numbers: object) -> bytes:
    """The file with further constants."""
    proto = onnx.load_from_string(content)
    for name, values in numbers.items():
        proto.graph.initializer.append(numpy_helper.from_array(np.asarray(values), name))
    return proto.SerializeToString()


@pytest.mark.parametrize(
    ("steps", "numbers"),
    [
        ([("Gather", "x places", "g", {"axis": 1}), ("Gemm", "g w", "y")], {"places": [3, 0, 0, 2]}),
        ([("Slice", "x from to from", "s"), ("Gemm", "s v2", "y")],
         {"from": [1], "to": [3], "v2": np.float32([[1, 2], [3, 4]])}),
        ([("Gemm", "x square", "z"), ("Tanh", "z", "a"), ("Gather", "a places", "g", {"axis": 1}),
          ("Gemm", "g w", "y")], {"places": [2, 2, 1, 0]}),
        ([("Gemm", "x square", "z"), ("Gather", "z places", "y", {"axis": 1})], {"places": [1, 3]}),
    ],
)  # fmt: skip
def test_columns_that_are_picked_out_are_weights_of_their_own(steps, numbers):
    read_checked(with_numbers(make(*steps), **numbers))


@pytest.mark.parametrize(
    ("numbers", "shape"),
    [
        (np.float32(1 / 255), ()),
        (np.linspace(0.5, 2.0, 3, dtype=np.float32), (3, 1)),
        (np.linspace(0.5, 2.0, 12, dtype=np.float32), (1, 3, 4)),
    ],
)
def test_pictures_can_be_scaled_before_they_are_flattened(numbers, shape):
    content = make(
        ("Mul", "x factor", "m"), ("Sub", "m factor", "s"), ("Flatten", "s", "f"), ("Gemm", "f big", "y"),
        shape=("batch", 3, 4),
    )  # fmt: skip
    factors = numbers.reshape(shape)
    model = read_checked(with_numbers(content, factor=factors)).model
    expected = np.broadcast_to(factors, (1, 3, 4)).reshape(-1).astype(np.float64)
    np.testing.assert_allclose(model.input_scaling.scale, 1.0 / expected, rtol=1e-14)
    np.testing.assert_allclose(model.input_scaling.mean, np.ones(12), rtol=1e-14)
    weights = model.parameters.matrix(model.topology.layers[1].id)
    np.testing.assert_array_equal(weights[:, :-1], WEIGHTS["big"].T.astype(np.float32))


def test_lengths_can_be_computed_in_any_way():
    content = make(
        ("Shape", "x", "n"), ("Gather", "n zero_place", "g"), ("Mul", "g two", "d"), ("Div", "d two", "q"),
        ("Unsqueeze", "q zero_axis", "u"), ("Concat", "u last", "s", {"axis": 0}), ("Reshape", "x s", "r"),
        ("Gemm", "r big", "y"), shape=("batch", 3, 4),
    )  # fmt: skip
    assert layers_of(read_checked(with_numbers(content, two=np.int64(2)))) == [(2, IDENTITY)]


@pytest.mark.parametrize("opset", [7, 9, 13, 14, 15, 20])
def test_batches_are_normalized_as_when_a_network_is_used_in_every_opset(opset):
    content = make(
        ("Gemm", "x w b", "z"), ("BatchNormalization", "z positive b b positive", "n"), ("Tanh", "n", "y"),
        opset=opset,
    )  # fmt: skip
    assert layers_of(read_checked(content)) == [(3, TANH)]


@pytest.mark.parametrize(
    ("steps", "why"),
    [
        ([("Gemm", "x square", "z"), ("Mul", "z x", "y")], r'"y" \(Mul\) .* different layers'),
        ([("Transpose", "x", "t"), ("Add", "t x", "y")], r'"y" \(Add\)'),
        ([("Gather", "x zero_axis", "g", {"axis": 0}), ("Gemm", "g w", "y")], r'"g" \(Gather\) .* picks out'),
        ([("Gather", "x x", "y")], r'"y" \(Gather\) .* a number that it needs is computed'),
        ([("Reshape", "x last", "r"), ("Tanh", "r", "y")], r'"r" \(Reshape\) .* another table'),
        ([("Expand", "half huge", "y")], r"more arithmetic than a network here can need"),
        (
            [("Gather", "bits many", "g"), ("Add", "x g", "y")],
            r"more arithmetic than a network here can need",
        ),
        (
            [("Add", "x tall", "a"), ("Add", "a wide_row", "y")],
            r'"tall" does not hold a number for each of 4',
        ),
    ],
)
def test_what_mixes_samples_or_grows_is_refused_before_it_is_computed(steps, why):
    numbers = {
        "huge": [100_000, 100_000], "many": np.zeros((3000, 3000), np.int8).astype(np.int32),
        "tall": np.ones((9_000, 1), np.float32), "wide_row": np.ones((1, 9_000), np.float32),
    }  # fmt: skip
    used = {name: values for name, values in numbers.items() if any(name in step[1] for step in steps)}
    assert re.search(why, refusal_of(with_numbers(make(*steps), **used)))


def test_a_constant_in_another_file_is_never_opened():
    proto = onnx.load_from_string(make(("Constant", "", "c"), ("Add", "x c", "y")))
    tensor = helper.make_attribute("value", numpy_helper.from_array(np.ones(4, np.float32)))
    tensor.t.ClearField("raw_data")
    tensor.t.data_location = TensorProto.EXTERNAL
    tensor.t.external_data.add(key="location", value="/etc/passwd")
    proto.graph.node[0].attribute.append(tensor)
    assert "are in another file" in refusal_of(proto.SerializeToString())


def test_an_attribute_of_another_type_is_refused():
    proto = onnx.load_from_string(make(("Gemm", "x w", "y")))
    proto.graph.node[0].attribute.append(helper.make_attribute("alpha", [1, 2]))
    assert '"y" (Gemm)' in refusal_of(proto.SerializeToString())


def test_a_product_of_values_is_not_affine_though_each_alone_is():
    value = Value(of_base(Input("x", 3)), (5, 3), 0, "x")
    assert measure(Runner("Mul", 13, [True, True]), [value, value], 5) is None
    made = measure(Runner("Add", 13, [True, True]), [value, np.array([1.0, 2.0, 3.0]) * 1e9 + 0j], 5)
    assert made is not None
    affine, shape, axis = made
    assert (shape, axis) == ((5, 3), 0)
    np.testing.assert_array_equal(affine.shift, [1e9, 2e9, 3e9])
    (term,) = affine.terms
    np.testing.assert_array_equal(term.scale, np.ones(3))
    np.testing.assert_array_equal(term.index, [0, 1, 2])


def test_fields_of_numbers_count_and_bytes_do_not():
    tensor = numpy_helper.from_array(np.ones(MAX_FIELDS, np.float32), "w")
    proto = onnx.load_from_string(make(("Gemm", "x w", "y")))
    proto.graph.initializer[0].CopyFrom(tensor)
    check_fields(proto.SerializeToString())
    proto.graph.initializer[0].CopyFrom(
        helper.make_tensor("w", TensorProto.INT64, [MAX_FIELDS], [1] * MAX_FIELDS)
    )
    assert "more parts than a network" in refusal_of(proto.SerializeToString())


def test_a_name_that_is_no_text_is_damage():
    content = make(("Gemm", "x square", "weird"), ("Tanh", "weird", "y"))
    assert "damaged" in refusal_of(content.replace(b"weird", b"w\xff\xfeid"))
