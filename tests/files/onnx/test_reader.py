import json
import random

import numpy as np
import pytest
from files.conftest import SETUPS, trained
from files.differences import difference_of
from files.onnx.onnx_files import (
    ACTIVATIONS,
    GENERATOR,
    WEIGHTS,
    TensorProto,
    helper,
    layers_of,
    make,
    numpy_helper,
    onnx,
    read_checked,
    run,
    write,
)
from files.random_models import trained_models
from hypothesis import given, settings
from hypothesis import strategies as st
from known_data import unknown_settings

from nn_desktop.data.dataset import Task
from nn_desktop.files.check_vectors import make_check_vectors
from nn_desktop.files.native.description import describe
from nn_desktop.files.onnx.graph import read_graph
from nn_desktop.files.onnx.reader import read_onnx
from nn_desktop.network.functions import Activation, Loss

IDENTITY, SIGMOID, TANH = Activation.IDENTITY, Activation.SIGMOID, Activation.TANH

# Files of this program


def without_description(content: bytes) -> bytes:
    proto = onnx.load_from_string(content)
    del proto.metadata_props[:]
    return proto.SerializeToString()


@settings(max_examples=60, deadline=None)
@given(trained_models())
def test_what_was_exported_comes_back(model):
    imported = read_onnx(write(model))
    assert imported.remarks == ()
    assert describe(imported.model) == describe(model)
    vector = imported.model.parameters.vector
    assert vector.dtype == model.parameters.vector.dtype
    np.testing.assert_array_equal(vector, model.parameters.vector.astype(np.float32))


@settings(max_examples=60, deadline=None)
@given(trained_models())
def test_without_its_description_it_still_computes_the_same(model):
    content = write(model)
    described, imported = read_onnx(content).model, read_onnx(without_description(content))
    assert not imported.knows_data
    inputs = make_check_vectors(model).inputs
    expected = described.predict(inputs)
    if imported.model.task is Task.BINARY and model.task is Task.MULTICLASS:
        expected = expected[:, 1:]
    assert difference_of(imported.model.predict(inputs), expected) < 1e-5


def test_layers_and_scaling_are_found_without_a_description(trained_model):
    model, _ = trained_model
    imported = read_onnx(without_description(write(model))).model
    assert imported.topology.sizes == model.topology.sizes
    # With tanh at the end the classes are -1 and 1, which nobody else would know.
    assert imported.task is (model.task if model.threshold != 0 else Task.REGRESSION)
    np.testing.assert_allclose(imported.input_scaling.mean, model.input_scaling.mean, rtol=1e-12)
    np.testing.assert_allclose(imported.input_scaling.scale, model.input_scaling.scale, rtol=1e-7)
    np.testing.assert_allclose(imported.target_scaling.scale, model.target_scaling.scale, rtol=1e-7)
    assert imported.parameters.vector.dtype == np.float32


def test_it_says_what_it_was_trained_on(chain_model):
    imported = read_onnx(write(chain_model))
    assert imported.knows_data
    assert imported.model.data == chain_model.data


def test_a_file_that_was_changed_is_read_as_it_is_now(chain_model):
    proto = onnx.load_from_string(write(chain_model))
    (node,) = (node for node in proto.graph.node if node.name == "layer1 tanh")
    node.op_type = "Sigmoid"
    imported = read_checked(proto.SerializeToString())
    assert not imported.knows_data
    assert "changed since" in imported.remarks[0]
    assert layers_of(imported)[0] == (5, SIGMOID)


@pytest.mark.parametrize(
    "description", ["", "{", "[" * 100_000, '{"format": 1}', '"' + "a" * 5_000_000 + '"']
)
def test_a_description_that_is_none_is_passed_over(chain_model, description):
    proto = onnx.load_from_string(write(chain_model))
    proto.metadata_props[0].value = description
    imported = read_checked(proto.SerializeToString())
    assert not imported.knows_data
    assert imported.model.topology.sizes == chain_model.topology.sizes


def test_logarithms_put_into_a_file_of_the_program_are_a_change():
    proto = onnx.load_from_string(write(trained(SETUPS["multiclass"])[0]))
    (node,) = (node for node in proto.graph.node if node.op_type == "Softmax")
    node.op_type = "LogSoftmax"
    imported = read_onnx(proto.SerializeToString())
    assert not imported.knows_data
    assert "logarithms" in imported.remarks[1]


def test_a_description_of_another_network_is_passed_over(chain_model):
    proto = onnx.load_from_string(write(chain_model))
    document = json.loads(proto.metadata_props[0].value)
    document["layers"][1]["units"] = 6
    proto.metadata_props[0].value = json.dumps(document)
    assert read_onnx(proto.SerializeToString()).model.topology.sizes == chain_model.topology.sizes


# What others write


@pytest.mark.parametrize(
    ("steps", "layers"),
    [
        ([("Gemm", "x w b", "z"), ("Tanh", "z", "a"), ("Gemm", "a v c", "y")], [(3, TANH), (2, IDENTITY)]),
        ([("Gemm", "x wt b", "y", {"transB": 1, "alpha": 0.3, "beta": -2.0})], [(3, IDENTITY)]),
        ([("Gemm", "x w", "z"), ("Add", "b_row z", "y")], [(3, IDENTITY)]),
        ([("MatMul", "x w", "z"), ("Add", "z b", "s"), ("Tanh", "s", "y")], [(3, TANH)]),
        ([("MatMul", "x w", "z"), ("MatMul", "z v", "y")], [(3, IDENTITY), (2, IDENTITY)]),
        ([("Gemm", "x w half", "z"), ("Sub", "b z", "s"), ("Tanh", "s", "y")], [(3, TANH)]),
        ([("Tanh", "x", "y")], [(4, TANH)]),
        ([("Transpose", "x", "t"), ("MatMul", "wt t", "z"), ("Add", "z b_column", "s"), ("Tanh", "s", "a"),
          ("Transpose", "a", "y")], [(3, TANH)]),
        ([("Transpose", "wt", "w2"), ("MatMul", "x w2", "y")], [(3, IDENTITY)]),
        ([("Identity", "x", "i"), ("Cast", "i", "k", {"to": 1}), ("Reshape", "k rows", "r"),
          ("Flatten", "r", "f"), ("Dropout", "f", "d"), ("Gemm", "d w", "y")], [(3, IDENTITY)]),
        ([("Shape", "x", "n"), ("Gather", "n zero_place", "g"), ("Unsqueeze", "g zero_axis", "u"),
          ("Concat", "u four", "s", {"axis": 0}), ("Reshape", "x s", "r"), ("Gemm", "r w", "y")],
         [(3, IDENTITY)]),
        ([("Gemm", "x w", "z"), ("BatchNormalization", "z positive b b positive", "n"), ("Tanh", "n", "y")],
         [(3, TANH)]),
        ([("Gemm", "x w", "z"), ("Tanh", "z", "a"), ("Sub", "a b", "n"),
          ("Gemm", "n v", "y", {"alpha": 0.3})],
         [(3, TANH), (2, IDENTITY)]),
        ([("Gemm", "x w", "z"), ("Tanh", "z", "a"), ("BatchNormalization", "a positive b b positive", "n"),
          ("Gemm", "n v", "y")], [(3, TANH), (2, IDENTITY)]),
        ([("Gemm", "x w", "z"), ("Tanh", "z", "a"), ("Gemm", "a one", "s"), ("Squeeze", "s axis", "y")],
         [(3, TANH), (1, IDENTITY)]),
        ([("Gemm", "x w", "z"), ("Gemm", "z one", "s"), ("Reshape", "s last", "r"), ("Sigmoid", "r", "y")],
         [(3, IDENTITY), (1, SIGMOID)]),
    ],
)  # fmt: skip
def test_layers_are_found_however_they_are_written(steps, layers):
    assert layers_of(read_checked(make(*steps))) == layers


FOUND = [
    Activation.SIGMOID, Activation.RELU, Activation.LEAKY_RELU, Activation.ELU, Activation.SELU,
    Activation.SOFTPLUS,
    Activation.SINE, Activation.ELU, Activation.GELU, Activation.SWISH, Activation.RELU, Activation.RELU,
    Activation.LEAKY_RELU, Activation.LEAKY_RELU, Activation.SOFTPLUS, Activation.SIGMOID, Activation.SIGMOID,
    Activation.GELU,
]  # fmt: skip


@pytest.mark.parametrize(("name", "activation"), list(zip(ACTIVATIONS, FOUND, strict=True)))
def test_activations_are_found_whatever_they_are_composed_of(name, activation):
    steps = [("Gemm", "x w b", "z"), *ACTIVATIONS[name]]
    assert layers_of(read_checked(make(*steps, opset=20))) == [(3, activation)]


@pytest.mark.parametrize(
    "steps",
    [
        [("Sub", "x mean", "s"), ("Div", "s scale", "d"), ("Gemm", "d w b", "y")],
        [("Mul", "scale x", "m"), ("Add", "m mean", "a"), ("Gemm", "a w b", "y")],
        [("Sub", "mean x", "s"), ("Div", "s half", "d"), ("Gemm", "d w b", "y")],
        [("Scaler", "x", "s", {"offset": [1.0, 2.0, 3.0, 4.0], "scale": [0.5] * 4}), ("Gemm", "s w b", "y")],
        [("BatchNormalization", "x scale mean mean scale", "n"), ("Gemm", "n w b", "y")],
    ],
)
def test_what_comes_before_the_weights_is_scaling_of_the_inputs(steps):
    content = make(*steps)
    model = read_checked(content).model
    assert not model.input_scaling.is_none
    weights = model.parameters.matrix(model.topology.layers[1].id)
    np.testing.assert_array_equal(weights[:, :-1], WEIGHTS["w"].T.astype(np.float32))
    np.testing.assert_array_equal(weights[:, -1], WEIGHTS["b"].astype(np.float32))


def test_inputs_that_are_used_raw_and_scaled_keep_one_scaling():
    content = make(
        ("Sub", "x mean", "s"), ("Div", "s scale", "d"), ("Gemm", "d w b", "z"), ("Tanh", "z", "a"),
        ("Concat", "x a", "k", {"axis": 1}), ("Gemm", "k wide c", "y"),
    )  # fmt: skip
    model = read_checked(content).model
    np.testing.assert_allclose(model.input_scaling.mean, WEIGHTS["mean"].astype(np.float32), rtol=1e-12)


@pytest.mark.parametrize("activation", ["Tanh", "Identity"])
def test_what_comes_after_the_outputs_is_scaling_of_the_targets(activation):
    content = make(
        ("Gemm", "x w b", "z"), (activation, "z", "a"), ("Mul", "a positive", "m"), ("Add", "m b", "y")
    )
    model = read_checked(content).model
    assert model.task is Task.REGRESSION
    np.testing.assert_array_equal(model.target_scaling.scale, WEIGHTS["positive"].astype(np.float32))
    np.testing.assert_array_equal(model.target_scaling.mean, WEIGHTS["b"].astype(np.float32))


def test_sigmoid_before_a_scaling_is_a_regression():
    content = make(
        ("Gemm", "x w", "z"), ("Gemm", "z one", "o"), ("Sigmoid", "o", "s"), ("Mul", "s three", "y")
    )
    assert read_checked(content).model.task is Task.REGRESSION


@pytest.mark.parametrize(
    ("steps", "links"),
    [
        ([("Gemm", "a v c", "p"), ("Gemm", "x skip", "q"), ("Add", "p q", "y")], {(0, 1), (1, 2), (0, 2)}),
        ([("Gemm", "x skip", "q"), ("Gemm", "a v q", "y")], {(0, 1), (1, 2), (0, 2)}),
        ([("Concat", "x a", "k", {"axis": -1}), ("Gemm", "k wide", "y")], {(0, 1), (1, 2), (0, 2)}),
        ([("Concat", "a x a", "k", {"axis": 1}), ("Gemm", "k wider", "y")], {(0, 1), (1, 2), (0, 2)}),
        ([("Gemm", "a v c", "p"), ("Gemm", "x skip", "q"), ("Sub", "p q", "y")], {(0, 1), (1, 2), (0, 2)}),
    ],
)
def test_links_that_skip_a_layer_are_found(steps, links):
    topology = read_checked(make(("Gemm", "x w b", "z"), ("Tanh", "z", "a"), *steps)).model.topology
    found = {
        (topology.layer_index[link.source], topology.layer_index[link.target]) for link in topology.links
    }
    assert found == links
    assert all(link.only is None for link in topology.links)


def test_values_that_are_only_added_up_are_a_layer_that_does_not_learn():
    content = make(
        ("Gemm", "x square mean", "z"), ("Relu", "z", "a"), ("Add", "x a", "r"), ("Gemm", "r w", "y")
    )
    imported = read_checked(content)
    assert layers_of(imported) == [(4, Activation.RELU), (4, IDENTITY), (3, IDENTITY)]
    topology = imported.model.topology
    added = topology.layers[2]
    assert added.frozen
    assert [topology.count(link) for link in topology.links_into(added.id)] == [4, 4]
    assert "connections do not learn" in imported.remarks[0]


def test_a_sum_and_an_input_added_to_it_are_one_layer():
    content = make(("Gemm", "x square mean", "z"), ("Tanh", "z", "a"), ("Gemm", "a square", "s"),
                   ("Add", "s x", "t"), ("Tanh", "t", "y"))  # fmt: skip
    imported = read_checked(content)
    assert layers_of(imported) == [(4, TANH), (4, TANH)]
    first, _, last = imported.model.topology.layers
    link = imported.model.topology.link_between(first.id, last.id)
    assert link.only == link.frozen == frozenset(zip(first.units, last.units, strict=True))


def test_pictures_are_flattened():
    content = make(
        ("Flatten", "x", "f"),
        ("Reshape", "f flat", "r"),
        ("Gemm", "r big", "y"),
        shape=("batch", 1, 3, 4),
    )
    assert read_checked(content).model.topology.sizes == (12, 2)


def test_several_inputs_are_side_by_side():
    content = make(
        ("Concat", "height x", "k", {"axis": 1}),
        ("Gemm", "k pair", "y"),
        shape=("batch", 1),
        more=("height",),
    )
    imported = read_checked(content)
    assert imported.model.input_names == ("x", "height")
    assert "2 inputs" in imported.remarks[0]


def random_graph(chance: random.Random) -> bytes:
    """A graph of whatever can be done with the inputs."""
    numbers = np.random.default_rng(chance.randrange(2**32))
    nodes, tensors, values = [], [], [("x", 4)]

    def constant(*shape: int) -> str:
        name = f"c{len(tensors)}"
        tensors.append(numpy_helper.from_array(numbers.uniform(0.5, 1.5, shape).astype(np.float32), name))
        return name

    def add(operator: str, inputs: list[str], width: int, **attributes: object) -> str:
        name = f"v{len(nodes)}"
        nodes.append(helper.make_node(operator, inputs, [name], name, **attributes))
        values.append((name, width))
        return name

    for _ in range(chance.randint(1, 9)):
        value, width = chance.choice(values[-3:])
        other, other_width = chance.choice(values)
        equal = chance.choice([name for name, own in values if own == width])
        units, row = chance.randint(1, 5), chance.choice([(width,), (1, width), (), (1,)])
        match chance.randrange(9):
            case 0:
                add("Gemm", [value, constant(width, units), constant(units)], units, alpha=0.5, beta=-2.0)
            case 1:
                add("Gemm", [value, constant(units, width)], units, transB=1)
            case 2:
                add("MatMul", [value, constant(width, units)], units)
            case 3:
                add(
                    chance.choice(["Tanh", "Relu", "Elu", "Softplus", "Sin", "Neg", "Identity"]),
                    [value],
                    width,
                )
            case 4:
                add(chance.choice(["Add", "Sub", "Mul"]), [constant(*row), value], width)
            case 5:
                add(chance.choice(["Sub", "Div"]), [value, constant(*row)], width)
            case 6:
                add(chance.choice(["Add", "Sub"]), [value, equal], width)
            case 7:
                add("Concat", [value, other], width + other_width, axis=1)
            case 8:
                add("Mul", [value, add("Sigmoid", [value], width)], width)
    graph = helper.make_graph(
        nodes,
        "graph",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["batch", 4])],
        [helper.make_tensor_value_info(values[-1][0], TensorProto.FLOAT, None)],
        tensors,
    )
    return helper.make_model(
        graph, ir_version=8, opset_imports=[helper.make_opsetid("", 13)]
    ).SerializeToString()


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 2**32))
def test_any_graph_of_known_operators_computes_the_same_here(seed):
    read_checked(
        random_graph(random.Random(seed)), tolerance=1e-4
    )  # factors of 1.5 grow, and rounding with them


# Tasks, names and settings


def test_sigmoid_of_one_column_tells_two_classes_apart():
    imported = read_checked(make(("Gemm", "x w", "z"), ("Gemm", "z one", "o"), ("Sigmoid", "o", "y")))
    model = imported.model
    assert (model.task, model.class_names, model.output_names) == (
        Task.BINARY, ("class 1", "class 2"), ("class 2",)
    )  # fmt: skip
    assert model.data == unknown_settings(4, 1, Task.BINARY)
    assert model.hyperparameters.loss is Loss.BINARY_CROSS_ENTROPY


def test_softmax_of_three_columns_tells_three_classes_apart():
    model = read_checked(make(("Gemm", "x w", "z"), ("Softmax", "z", "y"))).model
    assert model.data == unknown_settings(4, 3, Task.MULTICLASS)
    assert model.hyperparameters.loss is Loss.CATEGORICAL_CROSS_ENTROPY


def test_softmax_of_two_columns_is_one_sigmoid():
    imported = read_checked(make(("Gemm", "x w b", "z"), ("Tanh", "z", "a"), ("Gemm", "a v c", "s"),
                                 ("Softmax", "s", "y", {"axis": 1})))  # fmt: skip
    assert layers_of(imported) == [(3, TANH), (1, SIGMOID)]
    assert imported.model.task is Task.BINARY
    assert imported.model.hyperparameters.loss is Loss.BINARY_CROSS_ENTROPY
    assert "one with sigmoid" in imported.remarks[0]


def test_logarithms_of_softmax_are_shown_as_softmax():
    content = make(("Gemm", "x w", "z"), ("LogSoftmax", "z", "y"))
    imported = read_onnx(content)
    assert "logarithms" in imported.remarks[0]
    inputs = GENERATOR.normal(size=(5, 4))
    assert difference_of(imported.model.predict(inputs), np.exp(run(content, inputs))) < 1e-6


def test_anything_else_is_a_regression():
    model = read_checked(make(("Gemm", "x w", "z"), ("Sigmoid", "z", "y"))).model
    assert model.data == unknown_settings(4, 3)
    assert (model.input_names, model.output_names) == (("x1", "x2", "x3", "x4"), ("y1", "y2", "y3"))
    assert not read_onnx(make(("Gemm", "x w", "z"))).knows_data


def test_the_type_of_numbers_is_that_of_the_weights():
    proto = onnx.load_from_string(make(("Cast", "x", "k", {"to": 11}), ("MatMul", "k w", "y")))
    assert read_onnx(proto.SerializeToString()).model.parameters.vector.dtype == np.float32
    double = numpy_helper.from_array(WEIGHTS["w"], "w")
    proto.graph.initializer[0].CopyFrom(double)
    proto.graph.output[0].type.tensor_type.elem_type = TensorProto.DOUBLE
    model = read_checked(proto.SerializeToString()).model
    np.testing.assert_array_equal(
        model.parameters.matrix(model.topology.layers[1].id)[:, :-1], WEIGHTS["w"].T
    )


def test_labels_are_the_names_of_classes():
    steps = [("Gemm", "x w", "z"), ("Softmax", "z", "p"), ("ArgMax", "p", "i", {"axis": 1})]
    proto = onnx.load_from_string(make(*steps, ("ArrayFeatureExtractor", "names i", "y")))
    proto.graph.initializer.append(
        helper.make_tensor("names", TensorProto.STRING, [3], [b"rose", "Tulpe 🌷".encode(), b"lily"])
    )
    proto.graph.output[0].type.tensor_type.elem_type = TensorProto.STRING
    assert read_onnx(proto.SerializeToString()).model.class_names == ("rose", "Tulpe 🌷", "lily")


def test_float16_weights_are_read():
    proto = onnx.load_from_string(make(("MatMul", "x w", "y")))
    rounded = WEIGHTS["w"].astype(np.float16)
    proto.graph.initializer[0].CopyFrom(numpy_helper.from_array(rounded, "w"))
    model = read_onnx(proto.SerializeToString()).model
    weights = model.parameters.matrix(model.topology.layers[1].id)[:, :-1]
    np.testing.assert_array_equal(weights, rounded.T.astype(np.float32))
    assert model.parameters.vector.dtype == np.float32


def test_files_are_taken_apart_as_the_onnx_package_does(skip_model):
    content = write(skip_model)
    graph, proto = read_graph(content), onnx.load_from_string(content)
    assert [(n.name, n.operator, n.inputs, n.outputs) for n in graph.nodes] == [
        (n.name, n.op_type, tuple(n.input), tuple(n.output)) for n in proto.graph.node
    ]
    assert list(graph.tensors) == [tensor.name for tensor in proto.graph.initializer]
    for tensor in proto.graph.initializer:
        np.testing.assert_array_equal(graph.tensors[tensor.name].read(), numpy_helper.to_array(tensor))
    assert bytes(graph.metadata["nn_desktop"]).decode() == proto.metadata_props[0].value
    assert graph.opset == 13


@pytest.mark.parametrize(
    "kind", [TensorProto.FLOAT, TensorProto.DOUBLE, TensorProto.INT64, TensorProto.INT32]
)
def test_numbers_that_are_not_raw_are_read_too(kind):
    proto = onnx.load_from_string(make(("Gemm", "x w b", "y")))
    proto.graph.initializer.append(helper.make_tensor("list", kind, [2, 2], [1, -2, 3, 4]))
    values = read_graph(proto.SerializeToString()).tensors["list"].read()
    assert values.tolist() == [[1, -2], [3, 4]]
