"""ONNX: reading multi-layer perceptrons that this program, PyTorch, scikit-learn or others have exported.

Chains and graphs of layers are read: products with matrices, sums, activations, and what scales the inputs
before them and the outputs after them. A file of this program also says what it was
trained on; that is believed if it computes what the graph computes, else the file is read as any other.

Files come from strangers: sizes are looked at before anything of them is made (`guard`, `graph`). Then each
node is run on its own by the onnx library's reference evaluator, within a budget, to find out what it
computes (`evaluator`, `measuring`), and what was found is built as a network (`network`).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from nn_desktop.data.dataset import Task
from nn_desktop.data.scaling import Scaling
from nn_desktop.engines.evaluation import predict
from nn_desktop.errors import UserError
from nn_desktop.files.check_vectors import make_check_vectors
from nn_desktop.files.imports.equivalence import NoEquivalentError, with_one_output
from nn_desktop.files.imports.imported import Imported, model_without_data
from nn_desktop.files.model import TrainedModel
from nn_desktop.files.native.array_names import LAYER_ARRAY
from nn_desktop.files.native.json_document import check_format, parse_json
from nn_desktop.files.native.networks import read_network
from nn_desktop.files.native.stored import Opener, ReadError, StoredArray
from nn_desktop.files.native.topology_document import MAX_TEXT_LENGTH
from nn_desktop.files.onnx.evaluator import Evaluator
from nn_desktop.files.onnx.graph import FLOAT, FLOATS, INT64, STRING, Graph, Node, quote, read_graph
from nn_desktop.files.onnx.network import BuiltNetwork, build, layers_before
from nn_desktop.files.onnx.values import Affine, Input, Layer, Sum, Value
from nn_desktop.files.onnx.writer import METADATA_KEY
from nn_desktop.limits import MAX_MADE
from nn_desktop.network.functions import Activation
from nn_desktop.network.parameters import Parameters
from nn_desktop.training.setup import LOSS_OF_TASK

MAX_DESCRIPTION_BYTES = 4_000_000
"""Of JSON text; as Python values it takes twenty times as much memory."""
OLDEST_OPSET = 7
"""Before it, sums said in attributes of their own which dimensions belong together."""
MAX_COMPARED = 32
COMPARED_IN_FLOAT64 = 1_000_000
"""Weights of networks up to which a comparison is not disturbed by rounding."""
DIFFERENCE = 1e-3
"""In relation to the largest answer: more than rounding makes, and less than another activation."""
_PLAIN_NAME = re.compile(r"[A-Za-z_]\w*", re.ASCII)
_LABEL_NODES = {"Cast": 0, "Identity": 0, "Reshape": 0, "Squeeze": 0, "ai.onnx.ml.ArrayFeatureExtractor": 1}
"""Nodes between the largest output and the label, and which of their inputs leads back to it."""


def read_onnx(content: bytes) -> Imported:
    """Read the network of an ONNX file.

    Parameters
    ----------
    content
        The file.

    Returns
    -------
    Imported
        The network; its data are unknown if the file does not say what it was trained on.

    Raises
    ------
    ReadError
        If it is no ONNX file, or computes something that cannot be shown as a network.
    """
    try:
        # A number takes two bytes at least: so many weights may be in the file.
        return _read(read_graph(content), MAX_MADE + len(content) // 2)
    except UserError as error:
        text = str(error)
        raise ReadError(text[:1].lower() + text[1:].rstrip(".")) from error
    except ReadError:
        raise
    except Exception as error:  # anything at all, depending on what the stranger wrote
        raise ReadError(
            "it holds something that cannot be read here: export it again, or choose another file"
        ) from error


def _read(graph: Graph, most_weights: int) -> Imported:
    if graph.opset < OLDEST_OPSET:
        raise ReadError(
            f"it is made of operators of version {graph.opset}, older than the {OLDEST_OPSET} that are read "
            "here: export it with a newer version of the program that made it"
        )
    found = _find_network(graph)
    built = build(found.last, found.inputs, most_weights)
    if METADATA_KEY not in graph.metadata:
        return _import_foreign(graph, found, built, [])
    described = _read_described(graph)
    if described is not None and _computes_the_same(described.model, built, found):
        return described
    remark = "This program wrote it, and it was changed since: what it was trained on is not known."
    return _import_foreign(graph, found, built, [remark])


# What any file holds


@dataclass(frozen=True, eq=False)
class _Found:
    """A network as a graph holds it: an output layer and its scaling; both is 1 - p beside p."""

    last: Layer
    inputs: tuple[Input, ...]
    scaling: Scaling
    has_both: bool
    output: str
    remarks: tuple[str, ...]


def _find_network(graph: Graph) -> _Found:
    name = _choose_output(graph)
    evaluator = Evaluator(graph)
    value = evaluator.evaluate(name)
    both = _find_both(value.affine)
    last, scaling = (both, Scaling.none(1)) if both else _find_last(value)
    sources = [term.base for layer in layers_before(last) for term, _ in layer.z.sources()]
    used = {base for base in sources if isinstance(base, Input)} or {_first_input(graph, evaluator)}
    order = [info.name for info in graph.inputs]
    inputs = tuple(sorted(used, key=lambda base: order.index(base.name)))
    return _Found(last, inputs, scaling, both is not None, name, tuple(evaluator.remarks))


def _first_input(graph: Graph, evaluator: Evaluator) -> Input:
    """Return the first input of a graph whose output does not depend on any."""
    if not graph.inputs:
        raise ReadError("it has no inputs: choose another file")
    (term,) = evaluator.input_of(graph.inputs[0]).affine.terms
    assert isinstance(term.base, Input)
    return term.base


def _choose_output(graph: Graph) -> str:
    """Return the output that holds numbers, not labels."""
    makers = {name: node for node in graph.nodes for name in node.outputs}
    names: list[str] = []
    for info in graph.outputs:
        maker = makers.get(info.name)
        if maker is not None and maker.operator == "ai.onnx.ml.ZipMap" and maker.inputs:
            names.append(maker.inputs[0])
        elif info.type in (0, *FLOATS):
            names.append(info.name)
    names = list(dict.fromkeys(names)) or _behind_labels(graph, makers)
    if len(names) != 1:
        listed = ", ".join(quote(name) for name in names[:3])
        raise ReadError(
            f"it has {len(names) or 'no'} outputs that are numbers{': ' if listed else ''}{listed}, and a "
            "network here has one: export it with a single output"
        )
    return names[0]


def _behind_labels(graph: Graph, makers: Mapping[str, Node]) -> list[str]:
    """Return the values of which labels say the largest."""
    for info in graph.outputs:
        node = makers.get(info.name)
        for _ in graph.nodes:
            if node is None or node.operator not in _LABEL_NODES:
                break
            place = _LABEL_NODES[node.operator]
            node = makers.get(node.inputs[place]) if place < len(node.inputs) else None
        if node is not None and node.operator == "ArgMax" and node.inputs:
            return [node.inputs[0]]
    return []


def _find_last(value: Value) -> tuple[Layer, Scaling]:
    """Return the output layer, and the scaling that comes after it."""
    affine = value.affine
    if len(affine.terms) == 1 and affine.terms[0].is_whole(affine.width):
        (term,) = affine.terms
        scaling = Scaling(affine.shift, term.scale)
        if isinstance(term.base, Sum):
            return _make_last(term.base.value, value.title), scaling
        if isinstance(term.base, Layer):
            if term.base.activation is Activation.SOFTMAX and not scaling.is_none:
                raise ReadError(
                    f"its {value.title} cannot be shown here, since it changes what softmax gave: export the "
                    "network without it"
                )
            return term.base, scaling
    return _make_last(affine, value.title), Scaling.none(affine.width)


def _make_last(z: Affine, title: str) -> Layer:
    """Return a layer that comes after all that it needs."""
    numbers = [term.base.number for term, _ in z.sources() if isinstance(term.base, Layer)]
    return Layer(1 + max(numbers, default=0), z, Activation.IDENTITY, title)


def _find_both(affine: Affine) -> Layer | None:
    """Find p in 1 - p beside p, as scikit-learn's networks for two classes give them."""
    layers = {term.base for term in affine.terms}
    layer = layers.pop() if len(layers) == 1 else None
    if not isinstance(layer, Layer) or layer.activation is not Activation.SIGMOID or layer.width != 1:
        return None
    factors = np.zeros(affine.width)
    for term in affine.terms:
        np.add.at(factors, term.columns, term.scale)
    return layer if factors.tolist() == [-1.0, 1.0] and affine.shift.tolist() == [1.0, 0.0] else None


# Files of others


def _import_foreign(graph: Graph, found: _Found, built: BuiltNetwork, remarks: list[str]) -> Imported:
    model = _make_model(graph, found, built)
    remarks.extend(found.remarks)
    if model.task is Task.MULTICLASS and len(model.class_names) == 2:
        model = _with_one_output(model)
        remarks.append(
            "Its two outputs with softmax are shown as one with sigmoid, the probability of the second "
            "class, which says the same."
        )
    fixed = sum(layer.frozen for layer in model.topology.layers)
    if fixed:
        remarks.append(
            "Where it only adds up values, there is a layer of its own whose connections do not learn; "
            f"there {'is' if fixed == 1 else 'are'} {fixed} of them."
        )
    if len(found.inputs) > 1:
        remarks.append(f"Its {len(found.inputs)} inputs are side by side in the input layer.")
    return Imported(model, tuple(remarks))


def _make_model(graph: Graph, found: _Found, built: BuiltNetwork) -> TrainedModel:
    outputs, last = found.last.width, found.last.activation
    is_probability = last is Activation.SIGMOID and outputs == 1 and found.scaling.is_none
    task, classes = Task.REGRESSION, None
    if last is Activation.SOFTMAX:
        task, classes = Task.MULTICLASS, _class_names(graph, outputs)
    elif found.has_both or is_probability:
        task, classes = Task.BINARY, _class_names(graph, 2)
    names = _input_names(found.inputs)
    model = model_without_data(built.parameters, task, classes, names, built.input_scaling)
    if task is not Task.REGRESSION:
        return model
    return replace(model, output_names=_output_names(found.output, outputs), target_scaling=found.scaling)


def _with_one_output(model: TrainedModel) -> TrainedModel:
    try:
        model = with_one_output(model)
    except NoEquivalentError as error:
        raise ReadError(str(error)) from error
    hyperparameters = replace(model.hyperparameters, loss=LOSS_OF_TASK[Task.BINARY])
    return replace(model, hyperparameters=hyperparameters)


def _input_names(inputs: tuple[Input, ...]) -> tuple[str, ...]:
    """Name the columns of the input layer: after the inputs of the graph, where each is one of them."""
    names = tuple(base.name for base in inputs)
    if all(base.width == 1 for base in inputs) and all(_PLAIN_NAME.fullmatch(n[:101]) for n in names):
        return names
    return tuple(f"x{number}" for number in range(1, sum(base.width for base in inputs) + 1))


def _output_names(name: str, outputs: int) -> tuple[str, ...]:
    if outputs == 1 and len(name) <= MAX_TEXT_LENGTH and _PLAIN_NAME.fullmatch(name):
        return (name,)
    return tuple(f"y{number}" for number in range(1, outputs + 1))


def _class_names(graph: Graph, classes: int) -> tuple[str, ...]:
    """Find the labels of as many classes; without any, number them."""
    for node in graph.nodes:
        names = _labels_of(graph, node)
        if len(names) == len(set(names)) == classes and all(_is_fit(name) for name in names):
            return tuple(names)
    return tuple(f"class {number}" for number in range(1, classes + 1))


def _labels_of(graph: Graph, node: Node) -> list[str]:
    if node.operator == "ai.onnx.ml.ZipMap":
        texts = [text.decode(errors="replace") for text in node.list_of(bytes, "classlabels_strings")]
        return texts or [str(number) for number in node.list_of(int, "classlabels_int64s")]
    if (
        node.operator == "ai.onnx.ml.ArrayFeatureExtractor"
        and node.inputs
        and node.inputs[0] in graph.tensors
    ):
        tensor = graph.tensors[node.inputs[0]]
        if tensor.type == STRING:
            return tensor.read_texts()
        if tensor.type in (INT64, FLOAT):
            return [f"{number:g}" for number in tensor.read().reshape(-1)[:10_001].tolist()]
    return []


def _is_fit(name: str) -> bool:
    return 0 < len(name) <= MAX_TEXT_LENGTH and name.isprintable()


# Files of this program


def _read_described(graph: Graph) -> Imported | None:
    """Read a network as its description says; None if that is damaged or belongs to other weights."""
    text = graph.metadata[METADATA_KEY]
    if len(text) > MAX_DESCRIPTION_BYTES:
        return None
    openers: dict[str, Opener] = {
        name: partial(StoredArray, tensor.shape, tensor.read)
        for name, tensor in graph.tensors.items()
        if LAYER_ARRAY.fullmatch(name)
    }
    try:
        return read_network(check_format(parse_json(text, "ONNX"), "ONNX"), openers)
    except (ReadError, UserError):
        return None


def _computes_the_same(model: TrainedModel, built: BuiltNetwork, found: _Found) -> bool:
    """Compare a network as it was described with that of the graph."""
    sizes, described_sizes = built.parameters.topology.sizes, model.topology.sizes
    if found.remarks or (sizes[0], sizes[-1]) != (described_sizes[0], described_sizes[-1]):
        return False
    with np.errstate(all="ignore"):
        inputs = make_check_vectors(model).inputs[:MAX_COMPARED]
        described = predict(_for_comparing(model.parameters), model.input_scaling.apply(inputs))
        computed = predict(_for_comparing(built.parameters), built.input_scaling.apply(inputs))
        if model.task is Task.REGRESSION:
            described = model.target_scaling.undo(described)
        computed = found.scaling.undo(computed)
        largest = np.maximum(np.nanmax(np.abs(described), axis=0, initial=0.0), 1.0)
        is_close = np.abs(described - computed) <= DIFFERENCE * largest
        is_same = (described == computed) | (np.isnan(described) & np.isnan(computed))
    return bool((is_close | is_same).all())


def _for_comparing(parameters: Parameters) -> Parameters:
    if parameters.vector.size > COMPARED_IN_FLOAT64:
        return parameters
    return Parameters(parameters.topology, parameters.vector.astype(np.float64))
