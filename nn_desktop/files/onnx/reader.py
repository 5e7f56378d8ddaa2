"""ONNX: reading multi-layer perceptrons that this program, PyTorch, scikit-learn or others have exported.

Chains and graphs of layers are read: products with matrices, sums, activations, and what scales the inputs
before them and the outputs after them (`onnx_operators`). A file of this program also says what it was
trained on; that is believed if it computes what the graph computes, else the file is read as any other.

Files come from strangers: sizes are looked at before anything of them is made, and nothing is run.
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
from nn_desktop.files.onnx.evaluator import FLOATS, Evaluator, need_affine
from nn_desktop.files.onnx.graph import FLOAT, INT64, STRING, Graph, Node, quote, read_graph
from nn_desktop.files.onnx.network import BuiltNetwork, build
from nn_desktop.files.onnx.operators import OPERATORS
from nn_desktop.files.onnx.values import (
    Columns,
    InputBase,
    LayerBase,
    Part,
    Spread,
    Squeezed,
    Sum,
    Unflattened,
    Vector,
)
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
    """A network as a graph holds it.

    Attributes
    ----------
    last
        Its output layer.
    inputs
        The inputs that are its input layer.
    factor, addend
        What the outputs are multiplied with, and what is added then.
    has_both
        Whether the output is 1 - p and p, with p of the output layer.
    output
        Name of the output in the file.
    remarks
        What is shown in another way than the graph computes it.
    """

    last: LayerBase
    inputs: tuple[InputBase, ...]
    factor: Vector | None
    addend: Vector | None
    has_both: bool
    output: str
    remarks: tuple[str, ...]


def _find_network(graph: Graph) -> _Found:
    name = _choose_output(graph)
    evaluator = Evaluator(graph, OPERATORS)
    value = evaluator.evaluate(name)
    if isinstance(value, Squeezed):
        value = value.value
    if not isinstance(value, Columns):
        raise ReadError(
            f"its output {quote(name)} is no table with a row for each sample: choose another file"
        )
    last, factor, addend, has_both = _find_last(value)
    inputs = _find_inputs(graph, last)
    return _Found(last, inputs, factor, addend, has_both, name, tuple(evaluator.remarks))


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


def _find_last(value: Columns) -> tuple[LayerBase, Vector | None, Vector | None, bool]:
    """Return the output layer, what comes after it, and whether the output is 1 - p and p."""
    affine = need_affine(value)
    if isinstance(affine, Spread):
        both = _find_both(affine)
        if both is not None:
            return both, None, None, True
        part = affine.parts[0]
        if len(affine.parts) == 1 and isinstance(part.base, LayerBase):
            layer = part.base
            is_bare = part.scale is None and part.shift is None
            if layer.activation is Activation.SOFTMAX and not is_bare:
                raise ReadError(
                    f"its {value.node} cannot be shown here, since it changes what softmax gave: export the "
                    "network without it"
                )
            if is_bare or _is_factor(part.scale):
                return layer, part.scale, part.shift, False
        affine = affine.as_sum()
    if affine.factor is not None and not _is_factor(affine.factor):
        affine = affine.plain()
    factor, addend = affine.factor, affine.addend
    z = Sum(affine.width, affine.terms, affine.bias)
    return LayerBase(_after(z), z, Activation.IDENTITY, value.node), factor, addend, False


def _after(z: Sum) -> int:
    """Return a number for a layer that comes after all that it needs."""
    bases = (term.part.base for term in z.terms)
    return 1 + max((base.number for base in bases if isinstance(base, LayerBase)), default=0)


def _is_factor(factor: Vector | None) -> bool:
    return factor is None or bool((np.isfinite(factor) & (factor != 0.0)).all())


def _find_both(spread: Spread) -> LayerBase | None:
    """Find p in 1 - p beside p, as scikit-learn's networks for two classes give them."""
    if len(spread.parts) != 2:
        return None
    other, part = spread.parts
    layer = part.base
    if not isinstance(layer, LayerBase) or layer is not other.base or layer.width != 1:
        return None
    is_both = _holds(part, 1.0, 0.0) and _holds(other, -1.0, 1.0)
    return layer if is_both and layer.activation is Activation.SIGMOID else None


def _holds(part: Part, scale: float, shift: float) -> bool:
    own_scale = 1.0 if part.scale is None else float(part.scale[0])
    own_shift = 0.0 if part.shift is None else float(part.shift[0])
    return (own_scale, own_shift) == (scale, shift)


def _find_inputs(graph: Graph, last: LayerBase) -> tuple[InputBase, ...]:
    """Return the inputs that a network needs, in the order of the graph; the first one if it needs none."""
    found: dict[str, InputBase] = {}
    seen: set[int] = set()
    waiting = [last]
    while waiting:
        layer = waiting.pop()
        if layer.number in seen:
            continue
        seen.add(layer.number)
        for term in layer.z.terms:
            base = term.part.base
            if isinstance(base, InputBase):
                found[base.name] = base
            else:
                waiting.append(base)
    if not found:
        found = _first_input(graph)
    return tuple(found[info.name] for info in graph.inputs if info.name in found)


def _first_input(graph: Graph) -> dict[str, InputBase]:
    """Return the first input of a graph whose output does not depend on any."""
    if not graph.inputs:
        raise ReadError("it has no inputs: choose another file")
    name = graph.inputs[0].name
    value = Evaluator(graph, OPERATORS).evaluate(name)
    columns = value.value if isinstance(value, Unflattened) else value
    assert isinstance(columns, Columns)
    return {name: InputBase(name, columns.width)}


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


def _task_of(found: _Found) -> Task:
    if found.last.activation is Activation.SOFTMAX:
        return Task.MULTICLASS
    is_bare = found.factor is None and found.addend is None
    if found.has_both or (found.last.activation is Activation.SIGMOID and found.last.width == 1 and is_bare):
        return Task.BINARY
    return Task.REGRESSION


def _make_model(graph: Graph, found: _Found, built: BuiltNetwork) -> TrainedModel:
    outputs, task = found.last.width, _task_of(found)
    classes = None
    if task is not Task.REGRESSION:
        classes = _class_names(graph, 2 if task is Task.BINARY else outputs)
    model = model_without_data(
        built.parameters, task, classes, _input_names(found.inputs), built.input_scaling
    )
    if task is not Task.REGRESSION:
        return model
    return replace(
        model,
        output_names=_output_names(found.output, outputs),
        target_scaling=Scaling(
            np.zeros(outputs) if found.addend is None else found.addend.copy(),
            np.ones(outputs) if found.factor is None else found.factor.copy(),
        ),
    )


def _with_one_output(model: TrainedModel) -> TrainedModel:
    try:
        model = with_one_output(model)
    except NoEquivalentError as error:
        raise ReadError(str(error)) from error
    hyperparameters = replace(model.hyperparameters, loss=LOSS_OF_TASK[Task.BINARY])
    return replace(model, hyperparameters=hyperparameters)


def _input_names(inputs: tuple[InputBase, ...]) -> tuple[str, ...]:
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
        texts = node.attributes.texts("classlabels_strings")
        return texts or [str(number) for number in node.attributes.integers("classlabels_int64s")]
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
        return read_network(check_format(parse_json(bytes(text), "ONNX"), "ONNX"), openers)
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
        computed = computed if found.factor is None else computed * found.factor
        computed = computed if found.addend is None else computed + found.addend
        largest = np.maximum(np.nanmax(np.abs(described), axis=0, initial=0.0), 1.0)
        is_close = np.abs(described - computed) <= DIFFERENCE * largest
        is_same = (described == computed) | (np.isnan(described) & np.isnan(computed))
    return bool((is_close | is_same).all())


def _for_comparing(parameters: Parameters) -> Parameters:
    if parameters.vector.size > COMPARED_IN_FLOAT64:
        return parameters
    return Parameters(parameters.topology, parameters.vector.astype(np.float64))
