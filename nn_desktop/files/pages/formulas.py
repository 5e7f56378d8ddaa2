r"""A page of formulas: what a network computes, with its own numbers, as Markdown or as a LaTeX document.

Both have one content: how inputs are scaled, z = W a + b and the activation of each layer, what the answers
are, how it learned, and an input that is followed through all layers. Numbers are rounded to
`DIGITS` significant digits, and a matrix with more than `MAX_ENTRIES` rows or columns is shown in part.

The Markdown is that of GitHub, with formulas between dollar signs. In them no backslash stands before a sign,
since a reader of Markdown may swallow it: rows of matrices end with ``\cr``. Names from the data are code,
in which nothing has a meaning. The LaTeX is ASCII, for pdflatex, and needs amsmath, geometry and graphicx.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from nn_desktop.arrays import FloatArray
from nn_desktop.data.dataset import Task
from nn_desktop.engines.evaluation import activations
from nn_desktop.files.checking import Answered, NotCheckedError, Question
from nn_desktop.files.model import TrainedModel
from nn_desktop.files.pages.markup import (
    MAX_ENTRIES,
    Block,
    Display,
    Formula,
    Heading,
    Inline,
    Line,
    Name,
    Paragraph,
    Table,
    to_latex,
    to_markdown,
)
from nn_desktop.files.pages.matrices import DIGITS, format_column, format_factor, format_matrix, format_number
from nn_desktop.files.programs.steps import Step, steps_of
from nn_desktop.network.functions import ACTIVATIONS, LOSSES, Activation, Loss
from nn_desktop.training.hyperparameters import Mode
from nn_desktop.training.samples import class_values, smooth
from nn_desktop.training.settings import LEARNING_RATE

_DIGITS_OF_INPUTS = 15
MAX_ROWS = 20
"""Rows of a table of names."""
MAX_TERMS = 6
"""Of a sum that is written out."""

_GELU = r"g(z) = \frac{z}{2} \left(1 + \tanh\left(\sqrt{2 / \pi}\,(z + 0.044715\,z^3)\right)\right)"
"""What is computed; elsewhere the shorter form that it approximates is enough."""

# --- exports


def to_markdown_files(model: TrainedModel, name: str) -> dict[str, bytes]:
    """Write the page as Markdown; the same model and name give the same bytes."""
    return {name: (to_markdown(_page(model, Path(name).stem)) + "\n").encode(errors="replace")}


def to_latex_files(model: TrainedModel, name: str) -> dict[str, bytes]:
    """Write the page as a LaTeX document; the same model and name give the same bytes."""
    return {name: to_latex(_page(model, Path(name).stem)).encode("ascii")}


def answer(path: Path, question: Question) -> Answered:
    """Nobody answers by means of a page.

    Raises
    ------
    NotCheckedError
        Always.
    """
    raise NotCheckedError("a page is for reading: no program computes with it")


# --- the content


def _page(model: TrainedModel, stem: str) -> Iterator[Block]:
    steps = steps_of(model.parameters)
    yield Heading(1, ["Formulas of the network ", Name(stem)])
    yield from _introduction(model, steps)
    yield from _inputs(model)
    for step in steps:
        yield from _layer(model, step)
    yield from _answers(model, steps[-1])
    yield from _learning(model)
    yield from _example(model, steps)


def _introduction(model: TrainedModel, steps: Sequence[Step]) -> Iterator[Block]:
    topology = model.topology
    yield Paragraph(
        [
            "This page was written by NN Desktop. It shows what one trained network computes, for the data ",
            Name(model.dataset),
            f", with its own numbers, rounded to {DIGITS} significant digits. The exports as JSON, as NumPy "
            "arrays and as CSV tables hold all numbers with all digits.",
        ]
    )
    sizes = r" \to ".join(map(str, topology.sizes))
    yield Paragraph(
        [
            "Units of its layers, from the inputs to the outputs: ",
            Formula(sizes),
            f". Weights: {topology.weight_count}. Biases: {topology.bias_count}.",
        ]
    )
    yield Paragraph(
        [
            "Layers are counted from the inputs, layer 0. The values of layer ",
            Formula("l"),
            " are the column ",
            Formula("a^{(l)}"),
            ", its weighted sums are ",
            Formula("z^{(l)}"),
            ", and its biases are ",
            Formula("b^{(l)}"),
            ". Row ",
            Formula("i"),
            " of ",
            Formula("W^{(l)}"),
            " holds the weights of its unit ",
            Formula("i"),
            ", for the values of the layer just before; ",
            Formula("W^{(l,k)}"),
            " is for the values of an earlier layer ",
            Formula("k"),
            ". The activation ",
            Formula("g"),
            " is applied to each unit.",
        ]
    )
    shown = {0, *(step.number for step in steps)}
    missing = [str(number) for number in range(len(topology.layers)) if number not in shown]
    if missing:
        yield Paragraph([f"No output depends on these layers, so they are left out: {', '.join(missing)}."])
    if max(topology.sizes) > MAX_ENTRIES:
        yield Paragraph(
            [
                f"Of matrices with more than {MAX_ENTRIES} rows or columns, "
                "the first ones and the last are shown."
            ]
        )


def _inputs(model: TrainedModel) -> Iterator[Block]:
    scaling = model.input_scaling
    yield Heading(2, ["Layer 0: the inputs"])
    yield Paragraph(["The raw inputs ", Formula("x_j"), " are:"])
    names: list[list[Line]] = [
        [[Formula(f"x_{{{j}}}")], [Name(name)]] for j, name in enumerate(model.input_names, start=1)
    ]
    if scaling.is_none:
        yield _table(["", "input"], names)
        yield Paragraph(["The network sees them as they are:"])
        yield Display(r"a^{(0)}_j = x_j")
        return
    yield _table(
        ["", "input", r"mean", r"scale"],
        [
            [*row, [Formula(format_number(mean))], [Formula(format_number(scale))]]
            for row, mean, scale in zip(names, scaling.mean.tolist(), scaling.scale.tolist(), strict=True)
        ],
    )
    yield Paragraph(["Each is scaled with its mean ", Formula(r"\mu_j"), " and scale ", Formula("s_j"), ":"])
    yield Display(r"a^{(0)}_j = \frac{x_j - \mu_j}{s_j}")


def _layer(model: TrainedModel, step: Step) -> Iterator[Block]:
    layer = model.topology.layers[step.number]
    last = step.number == len(model.topology.layers) - 1
    name: list[Inline] = [", ", Name(layer.name)] if layer.name else []
    yield Heading(2, [f"Layer {step.number}", *name, f": {'the outputs' if last else _units(step.units)}"])
    if not step.feeds:
        yield Paragraph(["Nothing feeds this layer, so it is constant."])
    n = step.number
    sums = [f"{_weights(step, feed.source)} a^{{({feed.source})}}" for feed in step.feeds]
    total = " + ".join([*reversed(sums), f"b^{{({n})}}"])
    yield Display(rf"z^{{({n})}} = {total}, \quad a^{{({n})}} = g(z^{{({n})}})")
    yield Paragraph([f"The activation is {ACTIVATIONS[step.activation].title}:"])
    yield Display(_GELU if step.activation is Activation.GELU else ACTIVATIONS[step.activation].latex)
    yield Paragraph(["The numbers are:"])
    for feed in reversed(step.feeds):
        yield Display(f"{_weights(step, feed.source)} = {format_matrix(feed.weights)}")
    yield Display(f"b^{{({n})}} = {format_column(step.biases)}")


def _answers(model: TrainedModel, step: Step) -> Iterator[Block]:
    n = step.number
    yield Heading(2, ["The answers"])
    if model.task is Task.REGRESSION:
        yield from _raw_answers(model, n)
        return
    if model.threshold is not None:
        first, second = model.class_names
        value, threshold = Formula(f"a^{{({n})}}_1"), Formula(format_number(model.threshold))
        yield Paragraph(["There are two classes:"])
        yield _table(
            ["if", "class"],
            [
                [[value, " is at most ", threshold], [Name(first)]],
                [[value, " is above ", threshold], [Name(second)]],
            ],
        )
        return
    yield Paragraph(["The class is the one whose value is the largest:"])
    yield _table(
        ["value", "class"],
        [
            [[Formula(f"a^{{({n})}}_{{{k}}}")], [Name(name)]]
            for k, name in enumerate(model.class_names, start=1)
        ],
    )


def _raw_answers(model: TrainedModel, n: int) -> Iterator[Block]:
    scaling = model.target_scaling
    names: list[list[Line]] = [
        [[Formula(rf"\tilde{{y}}_{{{k}}}")], [Name(name)]]
        for k, name in enumerate(model.output_names, start=1)
    ]
    yield Paragraph(["The answers ", Formula(r"\tilde{y}_k"), " are:"])
    if scaling.is_none:
        yield _table(["", "output"], names)
        yield Paragraph(["They are the values of the last layer:"])
        yield Display(rf"\tilde{{y}}_k = a^{{({n})}}_k")
        return
    yield _table(
        ["", "output", "mean", "scale"],
        [
            [*row, [Formula(format_number(mean))], [Formula(format_number(scale))]]
            for row, mean, scale in zip(names, scaling.mean.tolist(), scaling.scale.tolist(), strict=True)
        ],
    )
    yield Paragraph(
        [
            "The values of the last layer are brought back to their mean ",
            Formula(r"\mu_k"),
            " and scale ",
            Formula("s_k"),
            ":",
        ]
    )
    yield Display(rf"\tilde{{y}}_k = a^{{({n})}}_k \, s_k + \mu_k")


def _learning(model: TrainedModel) -> Iterator[Block]:
    chosen = model.hyperparameters
    output = model.topology.layers[-1].activation
    last = len(model.topology.layers) - 1
    yield Heading(2, ["How it learned"])
    yield Paragraph(
        [
            f"The loss of a sample says how far the {_units(model.topology.sizes[-1], 'output')} ",
            Formula(rf"\hat{{y}} = a^{{({last})}}"),
            " are from the targets ",
            Formula("y"),
            f". It was: {LOSSES[chosen.loss].title.replace('½', 'Half the')}.",
        ]
    )
    yield Display(LOSSES[chosen.loss].latex)
    if model.task is Task.REGRESSION:
        yield Paragraph(["The targets are scaled as the answers are scaled back."])
    else:
        smoothing = chosen.target_smoothing
        no, yes = (
            smooth(value, smoothing, output, model.topology.sizes[-1]) for value in class_values(output)
        )
        yield Paragraph(
            [
                "The target of an output is ",
                Formula(format_number(yes)),
                " if the sample is of its class, and otherwise ",
                Formula(format_number(no)),
                ".",
            ]
        )
    yield Paragraph(
        [
            "The slopes of the loss, ",
            Formula(r"\delta^{(l)} = \partial L / \partial z^{(l)}"),
            ", run backwards from the last layer:",
        ]
    )
    yield Display(_output_delta(chosen.loss, output, last))
    yield Display(
        r"\delta^{(l)} = g'(z^{(l)}) \odot \sum_m (W^{(m,l)})^{\top} \delta^{(m)}, \quad "
        r"\frac{\partial L}{\partial W^{(m,l)}} = \delta^{(m)} (a^{(l)})^{\top}, \quad "
        r"\frac{\partial L}{\partial b^{(m)}} = \delta^{(m)}"
    )
    yield Paragraph(
        [
            "Here ",
            Formula("m"),
            " are the layers that layer ",
            Formula("l"),
            " feeds, and ",
            Formula(r"\odot"),
            " multiplies unit by unit. Gradient descent goes a step down the mean slope of "
            f"{_samples(chosen.mode, chosen.batch_size)}, again and again, with the learning rate ",
            Formula(rf"\eta = {format_number(LEARNING_RATE.of(chosen))}"),
            ":",
        ]
    )
    yield Display(
        r"W \leftarrow W - \eta \, \frac{\partial L}{\partial W}, \quad "
        r"b \leftarrow b - \eta \, \frac{\partial L}{\partial b}"
    )


def _output_delta(loss: Loss, output: Activation, last: int) -> str:
    delta = rf"\delta^{{({last})}}"
    if loss is Loss.CATEGORICAL_CROSS_ENTROPY:
        return rf"{delta} = \hat{{y}} - y"
    if loss is Loss.BINARY_CROSS_ENTROPY:
        return rf"{delta} = \frac{{1}}{{K}} (\hat{{y}} - y)"
    if output is Activation.SOFTMAX:
        return (
            rf"{delta}_i = \hat{{y}}_i \left(u_i - \sum_k u_k \hat{{y}}_k\right), \quad "
            r"u_k = \frac{\partial L}{\partial \hat{y}_k}"
        )
    return rf"{delta} = g'(z^{{({last})}}) \odot \frac{{\partial L}}{{\partial \hat{{y}}}}"


def _samples(mode: Mode, batch_size: int) -> str:
    match mode:
        case Mode.BATCH:
            return "all samples"
        case Mode.STOCHASTIC:
            return "one sample"
        case Mode.MINI_BATCH:
            return f"{batch_size} samples"


# --- the example


def example_inputs(model: TrainedModel) -> FloatArray:
    """Make up raw inputs, shape (inputs,), that are as usual as the data and have few digits."""
    scaling = model.input_scaling
    usual = scaling.undo(np.random.default_rng(1).normal(0.0, 1.0, len(model.input_names)))
    places = [2 - math.floor(math.log10(abs(scale))) for scale in scaling.scale.tolist()]
    return np.array([round(value, place) for value, place in zip(usual.tolist(), places, strict=True)])


def _example(model: TrainedModel, steps: Sequence[Step]) -> Iterator[Block]:
    raw = example_inputs(model)
    scaled = model.input_scaling.apply(raw)
    values = activations(model.parameters, scaled[np.newaxis])
    by_number = {
        number: values[layer.id][:, 0].astype(np.float64)
        for number, layer in enumerate(model.topology.layers)
    }
    yield Heading(2, ["An example"])
    yield Paragraph(["These raw inputs go through all layers:"])
    yield Display(f"x = {format_column(raw, _DIGITS_OF_INPUTS)}, \\quad a^{{(0)}} = {format_column(scaled)}")
    for step in steps:
        yield from _example_layer(step, by_number)
    result = model.predict(raw[np.newaxis])
    if model.task is Task.REGRESSION:
        yield Paragraph(["In their own units the answers are:"])
        yield Display(rf"\tilde{{y}} = {format_column(result[0])}")
    else:
        yield Paragraph(["So the class is ", Name(model.name_classes(result)[0]), "."])


def _example_layer(step: Step, values: Mapping[int, FloatArray]) -> Iterator[Block]:
    n = step.number
    z = step.biases.astype(np.float64)
    for feed in step.feeds:
        z = z + feed.weights.astype(np.float64) @ values[feed.source]
    yield Paragraph([f"Layer {n}:"])
    terms = [
        rf"{format_factor(weight)} \cdot {format_factor(value)}"
        for feed in reversed(step.feeds)
        for weight, value in zip(feed.weights[0].tolist(), values[feed.source].tolist(), strict=True)
    ]
    if len(terms) <= MAX_TERMS:
        total = " + ".join([*terms, format_factor(float(step.biases[0]))])
        yield Display(f"z^{{({n})}}_1 = {total} = {format_number(float(z[0]))}")
    yield Display(
        rf"z^{{({n})}} = {format_column(z)}, \quad a^{{({n})}} = g(z^{{({n})}}) = {format_column(values[n])}"
    )


# --- numbers and matrices


def _weights(step: Step, source: int) -> str:
    return f"W^{{({step.number})}}" if source == step.number - 1 else f"W^{{({step.number},{source})}}"


def _units(count: int, what: str = "unit") -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def _table(titles: Sequence[str], rows: Sequence[Sequence[Line]]) -> Table:
    """Make a table of names; of a long one the first rows and the last."""
    shown = rows
    if len(rows) > MAX_ROWS:
        dots: list[Line] = [[Formula(r"\vdots")], *([""] for _ in titles[1:])]
        shown = [*rows[: MAX_ROWS - 2], dots, rows[-1]]
    return Table([[title] for title in titles], shown)


# --- Markdown


# --- LaTeX
