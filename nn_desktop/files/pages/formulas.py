r"""A page of formulas: what a network computes, with its own numbers, as Markdown or as a LaTeX document.

Both have one content: how inputs are scaled, z = W a + b and the activation of each layer, what the answers
are, how it learned, and an input that is followed through all layers. Numbers are rounded to
`DIGITS` significant digits, and a matrix with more than `MAX_ENTRIES` rows or columns is shown in part.

The Markdown is that of GitHub, with formulas between dollar signs. In them no backslash stands before a sign,
since a reader of Markdown may swallow it: rows of matrices end with ``\cr``. Names from the data are code,
in which nothing has a meaning. The LaTeX is ASCII, for pdflatex, and needs amsmath, geometry and graphicx.
"""

import math
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import numpy as np

from nn_desktop.data.dataset import Task
from nn_desktop.drawing import latex
from nn_desktop.engines.numpy_engine import activations
from nn_desktop.files.checking import Answered, NotCheckedError, Question
from nn_desktop.files.model import TrainedModel
from nn_desktop.files.programs.steps import Step, steps_of
from nn_desktop.network.functions import ACTIVATIONS, LOSSES, Activation, Loss
from nn_desktop.network.parameters import FloatArray
from nn_desktop.training.hyperparameters import Mode
from nn_desktop.training.samples import class_values
from nn_desktop.training.settings import LEARNING_RATE

DIGITS = 5
_DIGITS_OF_INPUTS = 15
MAX_ENTRIES = 12
MAX_ROWS = 20
"""Rows of a table of names."""
MAX_NAME_LENGTH = 40
MAX_TERMS = 6
"""Of a sum that is written out."""

_FORMULAS: Mapping[Activation, str] = MappingProxyType(
    {
        **latex.FORMULAS,
        Activation.GELU: r"g(z) = \frac{z}{2} \left(1 + \tanh\left(\sqrt{2 / \pi}\,"
        r"(z + 0.044715\,z^3)\right)\right)",
    }
)
_ERROR = r"\hat{y}_k - y_k"
_LOSSES: Mapping[Loss, str] = MappingProxyType(
    {
        Loss.MEAN_SQUARED_ERROR: rf"L = \frac{{1}}{{K}} \sum_{{k=1}}^{{K}} ({_ERROR})^2",
        Loss.HALF_SQUARED_ERROR: rf"L = \frac{{1}}{{2}} \sum_{{k=1}}^{{K}} ({_ERROR})^2",
        Loss.MEAN_ABSOLUTE_ERROR: rf"L = \frac{{1}}{{K}} \sum_{{k=1}}^{{K}} |{_ERROR}|",
        Loss.HUBER: r"L = \frac{1}{K} \sum_{k=1}^{K} h(e_k), \quad "
        rf"e_k = {_ERROR}, \quad "
        r"h(e) = \frac{1}{2} e^2 \text{ if } |e| \le 1, \text{ otherwise } |e| - \frac{1}{2}",
        Loss.BINARY_CROSS_ENTROPY: r"L = -\frac{1}{K} \sum_{k=1}^{K} "
        r"\left(y_k \ln \hat{y}_k + (1 - y_k) \ln (1 - \hat{y}_k)\right)",
        Loss.CATEGORICAL_CROSS_ENTROPY: r"L = -\sum_{k=1}^{K} y_k \ln \hat{y}_k",
    }
)
"""The losses, for math mode; K is the number of outputs."""


# --- what a page is made of


@dataclass(frozen=True)
class Formula:
    """A formula within a line."""

    source: str


@dataclass(frozen=True)
class Name:
    """Text from the data: it may hold anything."""

    text: str


Inline = str | Formula | Name
"""A piece of a line; a plain text is the page's own and has no sign that means something."""
Line = Sequence[Inline]


@dataclass(frozen=True)
class Heading:
    """A title; of level 1 there is one."""

    level: int
    line: Line


@dataclass(frozen=True)
class Paragraph:
    """A piece of text."""

    line: Line


@dataclass(frozen=True)
class Display:
    """A formula of its own."""

    source: str


@dataclass(frozen=True)
class Table:
    """Lines of cells, with titles above."""

    titles: Sequence[Line]
    rows: Sequence[Sequence[Line]]


Block = Heading | Paragraph | Display | Table


# --- exports


def to_markdown_files(model: TrainedModel, name: str) -> dict[str, bytes]:
    """Write the page as Markdown; the same model and name give the same bytes."""
    return {name: (_to_markdown(_page(model, Path(name).stem)) + "\n").encode(errors="replace")}


def to_latex_files(model: TrainedModel, name: str) -> dict[str, bytes]:
    """Write the page as a LaTeX document; the same model and name give the same bytes."""
    return {name: _to_latex(_page(model, Path(name).stem)).encode("ascii")}


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
            [*row, [Formula(_number(mean))], [Formula(_number(scale))]]
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
    yield Display(_FORMULAS[step.activation])
    yield Paragraph(["The numbers are:"])
    for feed in reversed(step.feeds):
        yield Display(f"{_weights(step, feed.source)} = {_matrix(feed.weights)}")
    yield Display(f"b^{{({n})}} = {_column(step.biases)}")


def _answers(model: TrainedModel, step: Step) -> Iterator[Block]:
    n = step.number
    yield Heading(2, ["The answers"])
    if model.task is Task.REGRESSION:
        yield from _raw_answers(model, n)
        return
    if model.threshold is not None:
        first, second = model.class_names
        value, threshold = Formula(f"a^{{({n})}}_1"), Formula(_number(model.threshold))
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
            [*row, [Formula(_number(mean))], [Formula(_number(scale))]]
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
    yield Display(_LOSSES[chosen.loss])
    if model.task is Task.REGRESSION:
        yield Paragraph(["The targets are scaled as the answers are scaled back."])
    else:
        no, yes = class_values(output)
        yield Paragraph(
            [
                "The target of an output is ",
                Formula(_number(yes)),
                " if the sample is of its class, and otherwise ",
                Formula(_number(no)),
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
            Formula(rf"\eta = {_number(LEARNING_RATE.of(chosen))}"),
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
    yield Display(f"x = {_column(raw, _DIGITS_OF_INPUTS)}, \\quad a^{{(0)}} = {_column(scaled)}")
    for step in steps:
        yield from _example_layer(step, by_number)
    result = model.predict(raw[np.newaxis])
    if model.task is Task.REGRESSION:
        yield Paragraph(["In their own units the answers are:"])
        yield Display(rf"\tilde{{y}} = {_column(result[0])}")
    else:
        yield Paragraph(["So the class is ", Name(model.name_classes(result)[0]), "."])


def _example_layer(step: Step, values: Mapping[int, FloatArray]) -> Iterator[Block]:
    n = step.number
    z = step.biases.astype(np.float64)
    for feed in step.feeds:
        z = z + feed.weights.astype(np.float64) @ values[feed.source]
    yield Paragraph([f"Layer {n}:"])
    terms = [
        rf"{_factor(weight)} \cdot {_factor(value)}"
        for feed in reversed(step.feeds)
        for weight, value in zip(feed.weights[0].tolist(), values[feed.source].tolist(), strict=True)
    ]
    if len(terms) <= MAX_TERMS:
        total = " + ".join([*terms, _factor(float(step.biases[0]))])
        yield Display(f"z^{{({n})}}_1 = {total} = {_number(float(z[0]))}")
    yield Display(rf"z^{{({n})}} = {_column(z)}, \quad a^{{({n})}} = g(z^{{({n})}}) = {_column(values[n])}")


# --- numbers and matrices


def _number(value: float, digits: int = DIGITS) -> str:
    text = f"{value:z.{digits}g}"
    mantissa, e, power = text.partition("e")
    return rf"{mantissa} \cdot 10^{{{int(power)}}}" if e else mantissa


def _factor(value: float) -> str:
    """Write a number as a part of a sum or product."""
    text = _number(value)
    return f"({text})" if text.startswith("-") or "cdot" in text else text


def _column(values: FloatArray, digits: int = DIGITS) -> str:
    return _matrix(values[:, np.newaxis], digits)


def _matrix(values: FloatArray, digits: int = DIGITS) -> str:
    r"""Write a matrix; of a large one the first rows and columns and the last, with dots between."""
    rows, columns = (_shown(size) for size in values.shape)
    lines = [
        " & ".join(
            _number(float(values[row, column]), digits)
            if row is not None and column is not None
            else _dots(row is None, column is None)
            for column in columns
        )
        for row in rows
    ]
    return "\\begin{pmatrix}\n" + " \\cr\n".join(lines) + "\n\\end{pmatrix}"


def _shown(size: int) -> list[int | None]:
    """Return the places that are shown; None stands for those that are not."""
    if size <= MAX_ENTRIES:
        return list(range(size))
    return [*range(MAX_ENTRIES // 2), None, size - 1]


def _dots(is_row: bool, is_column: bool) -> str:
    if is_row and is_column:
        return r"\ddots"
    return r"\vdots" if is_row else r"\cdots"


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


def _to_markdown(blocks: Iterator[Block]) -> str:
    return "\n\n".join(map(_markdown_block, blocks))


def _markdown_block(block: Block) -> str:
    match block:
        case Heading():
            return f"{'#' * block.level} {_markdown_line(block.line)}"
        case Paragraph():
            return _markdown_line(block.line)
        case Display():
            return f"$$\n{_markdown_formula(block.source)}\n$$"
        case Table():
            lines = [block.titles, [["---"]] * len(block.titles), *block.rows]
            return "\n".join(
                "| " + " | ".join(_markdown_line(line).replace("|", "\\|") for line in row) + " |"
                for row in lines
            )


def _markdown_line(line: Line) -> str:
    return "".join(map(_markdown_inline, line))


def _markdown_inline(part: Inline) -> str:
    match part:
        case Formula():
            return f"${_markdown_formula(part.source)}$"
        case Name():
            text = _short(part.text) or " "
            ticks = "`" * (max(map(len, re.findall("`+", text)), default=0) + 1)
            space = " " if text.startswith("`") or text.endswith("`") else ""
            return f"{ticks}{space}{text}{space}{ticks}"
        case _:
            return part


def _markdown_formula(source: str) -> str:
    return re.sub(r"\\, ?", r"\\thinspace ", source)


# --- LaTeX

_DOCUMENT = r"""% The formulas of a network, written by NN Desktop. Compile it with pdflatex.
\documentclass[a4paper]{{article}}
\usepackage[T1]{{fontenc}}
\usepackage{{textcomp}}
\IfFileExists{{lmodern.sty}}{{\usepackage{{lmodern}}}}{{}}
\usepackage{{amsmath}}
\usepackage{{graphicx}}
\usepackage[margin=2cm]{{geometry}}
\setcounter{{MaxMatrixCols}}{{{columns}}}
\setlength{{\parindent}}{{0pt}}
\setlength{{\parskip}}{{4pt}}
\newsavebox\formula
% A formula of its own, as wide as the page at most.
\newcommand\fitted[1]{{%
  \sbox\formula{{$\displaystyle #1$}}%
  \[\ifdim\wd\formula>\linewidth \resizebox{{\linewidth}}{{!}}{{\usebox\formula}}\else\usebox\formula\fi\]}}
\begin{{document}}

{body}

\end{{document}}
"""


def _to_latex(blocks: Iterator[Block]) -> str:
    return _DOCUMENT.format(columns=MAX_ENTRIES, body="\n\n".join(map(_latex_block, blocks)))


def _latex_block(block: Block) -> str:
    match block:
        case Heading():
            command = "section*" if block.level == 1 else "subsection*"
            return rf"\{command}{{{_latex_line(block.line)}}}"
        case Paragraph():
            return _latex_line(block.line)
        case Display():
            return f"\\fitted{{\n{block.source}\n}}"
        case Table():
            titles, *rows = (
                " & ".join(map(_latex_line, row)) + r" \\" for row in (block.titles, *block.rows)
            )
            body = "\n".join([titles, r"\hline", *rows])
            return f"\\begin{{tabular}}{{{'l' * len(block.titles)}}}\n{body}\n\\end{{tabular}}"


def _latex_line(line: Line) -> str:
    return "".join(map(_latex_inline, line))


def _latex_inline(part: Inline) -> str:
    match part:
        case Formula():
            return f"${part.source}$"
        case Name():
            return latex.escape(_short(part.text))
        case _:
            return part


def _short(text: str) -> str:
    """Return the begin of a text, without what controls something."""
    cleaned = "".join(" " if unicodedata.category(character)[0] in "CZ" else character for character in text)
    return cleaned if len(cleaned) <= MAX_NAME_LENGTH else cleaned[: MAX_NAME_LENGTH - 1] + "…"
