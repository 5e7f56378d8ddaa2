import sys
from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from files.conftest import SETUPS, trained
from files.differences import difference_of
from files.random_models import trained_models
from hypothesis import HealthCheck, given, settings

from nn_desktop.arrays import FloatArray
from nn_desktop.data.dataset import Task
from nn_desktop.data.scaling import Scaling
from nn_desktop.engines.engine import StopFlag
from nn_desktop.files.atomic import FileError
from nn_desktop.files.check_vectors import make_check_vectors
from nn_desktop.files.checking import FLOAT32_TOLERANCE, NotCheckedError, Question
from nn_desktop.files.model import TrainedModel
from nn_desktop.files.onnx.writer import answer, to_files
from nn_desktop.network import wiring
from nn_desktop.network.functions import ACTIVATIONS, Activation
from nn_desktop.network.parameters import Parameters
from nn_desktop.network.topology import Layer, Topology, chain

onnx = pytest.importorskip("onnx", reason="ONNX files are written with it")
onnxruntime = pytest.importorskip("onnxruntime", reason="it answers for the files")


def write(model: TrainedModel) -> bytes:
    (content,) = to_files(model, "network.onnx").values()
    return content


def run(content: bytes, inputs: FloatArray, output: str = "output") -> FloatArray:
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    return session.run([output], {"input": inputs.astype(np.float32)})[0]


def difference(model: TrainedModel, tmp_path: Path) -> float:
    path = tmp_path / "network.onnx"
    path.write_bytes(write(model))
    vectors = make_check_vectors(model)
    answered = answer(path, Question(vectors.inputs, vectors.answers.shape[1]))
    return difference_of(answered.answers, vectors.answers)


def node_names(content: bytes) -> list[str]:
    return [node.name for node in onnx.load_from_string(content).graph.node]


def with_activations(model: TrainedModel, *activations: Activation) -> TrainedModel:
    """A model as wide as another, with layers of four units and random weights."""
    sizes = (len(model.input_names), *[4] * (len(activations) - 1), len(model.output_names))
    topology = chain(sizes, activations)
    parameters = Parameters.zeros(topology)
    parameters.vector[:] = np.random.default_rng(1).normal(0.0, 0.8, parameters.vector.shape)
    return replace(model, parameters=parameters)


def test_the_answers_of_onnxruntime_are_those_of_the_program(trained_model, tmp_path):
    model, _ = trained_model
    assert difference(model, tmp_path) <= FLOAT32_TOLERANCE


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(model=trained_models())
def test_any_network_answers_as_it_does_in_the_arithmetic_of_float32(tmp_path, model):
    # A random network can enlarge rounding (1 in 150 does); then it does so in the program too.
    inputs = make_check_vectors(model).inputs
    single, double = (
        replace(model, parameters=Parameters(model.topology, model.parameters.vector.astype(dtype)))
        for dtype in (np.float32, np.float64)
    )
    rounding = difference_of(single.predict(inputs), double.predict(inputs))
    assert difference(model, tmp_path) <= max(2 * FLOAT32_TOLERANCE, 4 * rounding)


@settings(max_examples=30, deadline=None)
@given(trained_models())
def test_the_file_is_what_the_standard_wants_and_always_the_same(model):
    content = write(model)
    onnx.checker.check_model(content, full_check=True)
    assert content == write(model)
    proto = onnx.load_from_string(content)
    assert (proto.ir_version, proto.producer_name) == (7, "NN Desktop")
    assert [(entry.domain, entry.version) for entry in proto.opset_import] == [("", 13)]
    types = {tensor.data_type for tensor in proto.graph.initializer}
    assert types <= {onnx.TensorProto.FLOAT, onnx.TensorProto.INT64}  # those are axes and shapes


@pytest.mark.parametrize("activation", [a for a in ACTIVATIONS if a is not Activation.SOFTMAX])
def test_every_activation_is_there(activation, chain_model, tmp_path):
    model = with_activations(chain_model, activation, activation)
    assert difference(model, tmp_path) <= FLOAT32_TOLERANCE


def test_the_size_of_the_batch_is_left_open(chain_model):
    content = write(chain_model)
    inputs = make_check_vectors(chain_model).inputs
    for count in (1, 7):
        assert run(content, inputs[:count]).shape == (count, 1)
    shape = onnx.load_from_string(content).graph.input[0].type.tensor_type.shape
    assert [dimension.dim_param or dimension.dim_value for dimension in shape.dim] == ["batch", 1]


@pytest.mark.parametrize("name", ["binary", "binary-symmetric", "multiclass", "skips"])
def test_a_classification_also_gives_the_label(name):
    model = trained(SETUPS[name])[0]
    model.parameters.vector[:] = np.random.default_rng(4).normal(size=model.parameters.vector.shape)
    inputs = make_check_vectors(model).inputs
    labels = run(write(model), inputs, "class")
    assert labels.dtype == np.int64
    assert [model.class_names[label] for label in labels] == model.name_classes(model.predict(inputs))
    assert len(set(labels)) > 1


def test_a_regression_gives_no_label(chain_model):
    outputs = onnx.load_from_string(write(chain_model)).graph.output
    assert [output.name for output in outputs] == ["output"]


def test_inputs_far_from_zero_keep_their_places(chain_model):
    # Float32 numbers near 1,000,000 are 1/16 apart: the mean lies between two of them.
    scaling = Scaling(np.array([1_000_000.03]), np.array([0.5]))
    model = replace(chain_model, input_scaling=scaling, target_scaling=Scaling.none(1))
    inputs = np.float64([[1_000_000.0 + step / 16] for step in range(-16, 17)])
    content = write(model)
    assert difference_of(run(content, inputs), model.predict(inputs)) < FLOAT32_TOLERANCE
    proto = onnx.load_from_string(content)
    (rest,) = (tensor for tensor in proto.graph.initializer if tensor.name == "input.mean_rest")
    rest.CopyFrom(onnx.numpy_helper.from_array(np.zeros(1, np.float32), rest.name))
    rough = run(proto.SerializeToString(), inputs)
    assert difference_of(rough, model.predict(inputs)) > 1000 * FLOAT32_TOLERANCE


def test_scaling_that_changes_nothing_is_left_out(chain_model):
    assert chain_model.input_scaling.is_none
    assert chain_model.target_scaling.is_none
    bare = ["layer1", "layer1 tanh", "layer2", "layer2 tanh", "layer3"]
    assert node_names(write(chain_model)) == bare
    shift, stretch = Scaling(np.ones(1), np.ones(1)), Scaling(np.zeros(1), np.full(1, 2.0))
    model = replace(chain_model, input_scaling=shift, target_scaling=shift)
    assert node_names(write(model)) == ["input centred", *bare, "output raw"]
    model = replace(chain_model, input_scaling=stretch, target_scaling=stretch)
    assert node_names(write(model)) == ["input scaled", *bare, "output scaled"]


def test_weights_have_the_names_and_shapes_of_all_formats(skip_model):
    proto = onnx.load_from_string(write(skip_model))
    arrays = {tensor.name: onnx.numpy_helper.to_array(tensor) for tensor in proto.graph.initializer}
    layers = skip_model.topology.layers
    skipped = skip_model.parameters.weights(layers[0].id, layers[2].id).astype(np.float32)
    np.testing.assert_array_equal(arrays["layer2.weight_from_layer0"], skipped)
    assert arrays["layer2.bias"].shape == (4,)
    assert np.count_nonzero(skipped == 0) == 1


def test_layers_that_nothing_feeds_answer_for_the_whole_batch(chain_model, tmp_path):
    _, second, third, _ = chain_model.topology.layers
    topology = wiring.disconnect_all(chain_model.topology, product(second.units, third.units))
    parameters = Parameters.zeros(topology)
    parameters.vector[:] = np.random.default_rng(2).normal(size=parameters.vector.shape)
    model = replace(chain_model, parameters=parameters)
    assert difference(model, tmp_path) <= FLOAT32_TOLERANCE
    # Nothing is computed from the inputs, be they what they may.
    answers = run(write(model), np.full((5, 1), np.nan))
    assert answers.shape == (5, 1)
    assert np.isfinite(answers).all()
    # The layer that leads nowhere is there all the same.
    assert "layer1 tanh" in node_names(write(model))


def test_a_network_without_any_links_is_a_constant(chain_model, tmp_path):
    topology = Topology((Layer(0, (1,)), Layer(2, (3,), Activation.SIGMOID)), (), 4)
    model = replace(chain_model, parameters=Parameters(topology, np.array([0.7])))
    assert difference(model, tmp_path) <= FLOAT32_TOLERANCE
    assert node_names(write(model))[-2:] == ["layer1", "layer1 sigmoid"]
    assert run(write(model), np.zeros((3, 1))).ravel().tolist() == pytest.approx([0.66818777] * 3)  # σ(0.7)


def test_names_of_any_script_are_kept(chain_model):
    model = replace(chain_model, input_names=("täglich, 数 €",))
    assert "täglich, 数 €" in onnx.load_from_string(write(model)).doc_string


def test_what_is_too_large_for_float32_is_refused(chain_model):
    parameters = chain_model.parameters.copy()
    parameters.vector[0] = 1e300
    with pytest.raises(FileError, match=r"layer1\.weight holds a number that is too large for float32"):
        write(replace(chain_model, parameters=parameters))
    with pytest.raises(FileError, match=r"input\.scale holds a number that is too small for float32"):
        write(replace(chain_model, input_scaling=Scaling(np.zeros(1), np.array([1e-300]))))


def test_without_the_package_it_says_what_to_install(chain_model, monkeypatch):
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(FileError, match="pip install onnx"):
        write(chain_model)


def test_without_onnxruntime_nothing_is_checked(chain_model, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(NotCheckedError, match="onnxruntime is not installed"):
        difference(chain_model, tmp_path)


def test_the_check_is_quiet_and_says_who_read_it(chain_model, tmp_path, capfd):
    path = tmp_path / "network.onnx"
    path.write_bytes(write(chain_model))
    answered = answer(path, Question(np.zeros((2, 1)), 1))
    assert answered.reader == "onnxruntime " + ".".join(onnxruntime.__version__.split(".")[:2])
    assert answered.answers.dtype == np.float64
    path.write_bytes(b"no network")
    with pytest.raises(NotCheckedError, match="onnxruntime failed"):
        answer(path, Question(np.zeros((2, 1)), 1))
    assert capfd.readouterr() == ("", "")


def test_a_check_can_be_stopped(tmp_path):
    stop = StopFlag()
    stop.set()
    with pytest.raises(NotCheckedError, match="it was stopped"):
        answer(tmp_path / "network.onnx", Question(np.zeros((2, 1)), 1, stop))


def test_three_classes_have_no_threshold(chain_model):
    model, _ = trained(SETUPS["multiclass"])
    assert model.task is Task.MULTICLASS
    assert "threshold" not in [
        tensor.name for tensor in onnx.load_from_string(write(model)).graph.initializer
    ]
