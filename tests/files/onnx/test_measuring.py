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

from nn_desktop.files.onnx.batches import LARGEST_BATCH
from nn_desktop.files.onnx.guard import MAX_FIELDS, check_fields
from nn_desktop.files.onnx.measuring import Runner, measure
from nn_desktop.files.onnx.reader import read_onnx
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


BATCH = ("Shape", "x", "n"), ("Gather", "n zero_place", "g"), ("Cast", "g", "f", {"to": 1})
COUNTS = "computes with the number of samples in a batch"


@pytest.mark.parametrize("shape", [("batch", 4), (6, 4)])
@pytest.mark.parametrize(
    ("steps", "why"),
    [
        ([*BATCH, ("Mul", "x f", "m"), ("MatMul", "m w", "y")], rf'"m" \(Mul\) .* {COUNTS}'),
        ([*BATCH, ("MatMul", "x w", "z"), ("Add", "z f", "y")], rf'"y" \(Add\) .* {COUNTS}'),
        ([*BATCH, ("Gemm", "x w f", "y")], rf'"y" \(Gemm\) .* {COUNTS}'),
        ([("Shape", "x", "n"), ("Cast", "n", "f", {"to": 1}), ("Gather", "f zero_axis", "g"),
          ("Div", "x g", "d"), ("MatMul", "d w", "y")], rf'"d" \(Div\) .* {COUNTS}'),
        ([("Shape", "x", "n"), ("Sub", "ten n", "s"), ("Gather", "s zero_axis", "g"),
          ("Concat", "g four", "l", {"axis": 0}), ("Reshape", "x l", "r"), ("MatMul", "r w", "y")], COUNTS),
        ([("Slice", "x zero_axis hundred zero_axis", "s"), ("MatMul", "s w", "y")], r'"s" .* picks out'),
        ([("Slice", "x zero_axis hundred", "s"), ("MatMul", "s w", "y")], r'"s" .* picks out'),
        ([("Concat", "first rest", "i", {"axis": 0}), ("Gather", "x i", "g", {"axis": 0}),
          ("MatMul", "g w", "y")], r'"g" \(Gather\) .* picks out'),
        ([("Concat", "ones2 ones3", "i", {"axis": 0}), ("Add", "x i", "a"), ("MatMul", "a w", "y")],
         r'"a" \(Add\) .* mixes the samples'),
    ],
)  # fmt: skip
def test_what_depends_on_how_many_samples_there_are_is_refused(steps, why, shape):
    numbers = {
        "hundred": np.array([100]), "ten": np.array([10, 10]), "first": np.array([0, 1]),
        "rest": np.array([2, 3, 4]), "ones2": np.ones((2, 4), np.float32),
        "ones3": np.ones((3, 4), np.float32),
    }  # fmt: skip
    used = {
        name: values for name, values in numbers.items() if any(name in step[1].split() for step in steps)
    }
    assert re.search(why, refusal_of(with_numbers(make(*steps, shape=shape), **used)))


def test_a_slice_of_all_samples_and_a_row_repeated_for_each_are_read():
    content = make(
        ("Slice", "x zero_axis end zero_axis", "s"), ("MatMul", "s w", "z"), ("Shape", "x", "n"),
        ("Gather", "n zero_axis", "g"), ("Concat", "g one1", "l", {"axis": 0}), ("Expand", "b l", "r"),
        ("Add", "z r", "y"),
    )  # fmt: skip
    numbers = {"end": np.array([2**63 - 1]), "one1": np.array([1])}
    assert layers_of(read_checked(with_numbers(content, **numbers))) == [(3, IDENTITY)]


@pytest.mark.parametrize("length", [1, 4])
def test_lengths_of_constants_are_taken_as_written(length):
    content = make(("Reshape", "flat_b l", "r"), ("MatMul", "x r", "y"), shape=(length, 4))
    numbers = {"flat_b": np.arange(4, dtype=np.float32), "l": np.array([4, 1])}
    model = read_onnx(with_numbers(content, **numbers)).model
    np.testing.assert_allclose(model.predict(np.eye(4)).reshape(-1), np.arange(4), rtol=1e-6)
    row = make(("Reshape", "b l", "r"), ("MatMul", "x w", "z"), ("Add", "z r", "y"), shape=(length, 4))
    assert layers_of(read_onnx(with_numbers(row, l=np.array([1, 3])))) == [(3, IDENTITY)]


def test_large_weights_can_be_turned_and_cast_first():
    weights = np.full((2_000, 4_000), 0.5, np.float16)
    content = make(
        ("Transpose", "big2", "t", {"perm": [1, 0]}), ("Cast", "t", "k", {"to": 1}),
        ("Reshape", "k l", "r"), ("MatMul", "x r", "y"), shape=("batch", 4_000),
    )  # fmt: skip
    imported = read_onnx(with_numbers(content, big2=weights, l=np.array([4_000, 2_000])))
    assert layers_of(imported) == [(2_000, IDENTITY)]


def test_no_batch_is_larger_than_a_network_can_need():
    proto = onnx.load_from_string(make(("Gather", "x zero_axis", "g", {"axis": 1}), ("Gemm", "g m", "y")))
    for number in range(LARGEST_BATCH):
        proto.graph.initializer.add(name=f"t{number}", data_type=1, dims=[0, number + 1])
    assert "all lengths from 5 to 500" in refusal_of(proto.SerializeToString())


def test_what_is_fed_counts_as_arithmetic():
    steps = [("Gather", "x zero_axis", "g0", {"axis": 1})]
    for number in range(1, 100):
        steps.append(("Gather", "x zero_axis", f"g{number}", {"axis": 1}))
        steps.append(("Add", f"{'a' if number > 1 else 'g'}{number - 1} g{number}", f"a{number}"))
    content = make(*steps, shape=("batch", 10_000))
    assert "more arithmetic than a network here can need" in refusal_of(content)


@pytest.mark.parametrize("step", [("Flatten", "x", "y"), ("Relu", "x", "y"), ("Shape", "x", "y")])
def test_inputs_of_many_dimensions_are_refused(step):
    content = make(step, shape=("batch", *[1] * 69))
    assert "70 dimensions, more than the 8" in refusal_of(content)


def test_no_other_error_leaves_the_reader(monkeypatch):
    def fail(*_: object) -> None:
        raise IndexError("out of range")

    monkeypatch.setattr("nn_desktop.files.onnx.evaluator.measure", fail)
    assert "holds something that cannot be read" in refusal_of(make(("Add", "x mean", "y")))


@pytest.mark.parametrize(
    ("step", "type", "dtype"),
    [
        (("Div", "x two", "d"), TensorProto.INT64, np.int64),
        (("Sub", "x two", "d"), TensorProto.UINT8, np.uint8),
        (("Mul", "x two", "d"), TensorProto.INT32, np.int32),
        (("Neg", "x", "d"), TensorProto.INT32, np.int32),
    ],
)
def test_arithmetic_with_whole_numbers_is_refused(step, type, dtype):
    steps = [step, ("Flatten", "d", "q"), ("Cast", "q", "f", {"to": 1}), ("MatMul", "f w", "y")]
    proto = onnx.load_from_string(with_numbers(make(*steps), two=dtype(2)))
    proto.graph.input[0].type.tensor_type.elem_type = type
    assert re.search(r'"d" .* computes with whole numbers', refusal_of(proto.SerializeToString()))


def test_whole_numbers_can_be_moved_before_they_are_cast():
    steps = [("Flatten", "x", "q"), ("Cast", "q", "f", {"to": 1}), ("Mul", "f half", "h")]
    proto = onnx.load_from_string(make(*steps, ("MatMul", "h w", "y")))
    proto.graph.input[0].type.tensor_type.elem_type = TensorProto.INT64
    assert layers_of(read_onnx(proto.SerializeToString())) == [(3, IDENTITY)]


@pytest.mark.parametrize(
    ("step", "numbers", "why"),
    [
        (("Clip", "z zero top", "y"), {"top": np.float32(5_000)}, "Clip to 0 … 5000"),
        (("Clip", "z zero top", "y"), {"top": np.float32(1e20)}, "Clip to 0 … 1e.20"),
        (("ThresholdedRelu", "z", "y", {"alpha": 0.03}), {}, "ThresholdedRelu with alpha 0.03"),
    ],
)
def test_what_is_relu_nearly_everywhere_is_none(step, numbers, why):
    content = make(("MatMul", "x w", "z"), step)
    assert re.search(why, refusal_of(with_numbers(content, **numbers)))


def test_whole_constants_are_not_divided_by_0():
    content = make(("Div", "p q", "d"), ("Cast", "d", "f", {"to": 1}), ("Add", "x f", "y"))
    numbers = {"p": np.array([7, -7, 5, -1]), "q": np.array([0, 2, -2, 3])}
    assert re.search(r'"d" \(Div\) .* divides by 0', refusal_of(with_numbers(content, **numbers)))


@pytest.mark.parametrize(
    ("steps", "why"),
    [
        ([("BatchNormalization", "x mean mean mean negative", "n"), ("MatMul", "n w", "y")],
         "its variances are not above 0"),
        ([("BatchNormalization", "x b b b positive", "n"), ("MatMul", "n w", "y")],
         r'"n" .* its inputs do not fit together'),
    ],
)  # fmt: skip
def test_the_reason_is_what_does_not_fit(steps, why):
    content = make(*steps)
    numbers = {"negative": -np.ones(4, np.float32)} if "negative" in steps[0][1] else {}
    assert re.search(why, refusal_of(with_numbers(content, **numbers)))


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
