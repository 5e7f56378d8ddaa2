"""What all programs in Python that a network is exported as have in common.

Each is a module that can be imported and a program that answers the samples of a CSV file. Its parts, in
this order: what it is and how it is used; the names; the formulas; the command line; the numbers; the last
two lines, which start it. The numbers come late, since there can be many, and a reader wants to see the
formulas.

Names come from people and from files of strangers, so they stand only in literals that `repr` writes, and in
texts that have gone through `_plain`.
"""

import keyword
import shlex
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from nn_desktop.arrays import FloatArray
from nn_desktop.data.dataset import Task
from nn_desktop.files.atomic import FileError
from nn_desktop.files.model import TrainedModel
from nn_desktop.files.programs.python_command_line import START, command_line_source
from nn_desktop.files.programs.steps import Step, steps_of
from nn_desktop.network.functions import ACTIVATIONS
from nn_desktop.network.parameters import connection_mask
from nn_desktop.texts import shown_file

LINE = 110
"""Longest line of a generated program, but for names that are longer."""
MAX_LITERALS = 1_000_000
"""Numbers that a program may have in its text: Python needs a gigabyte of memory to read so many."""


@dataclass(frozen=True)
class Wording:
    """What is said differently in each format.

    Attributes
    ----------
    needs
        What has to be installed, as the end of "It needs".
    example
        Lines that show its use as a module; ``{module}`` is its name.
    class_example
        One more, if classes were learned.
    answers
        Expression that answers ``samples``, a list of lists, with a list of lists.
    note
        The end of the sentence that names the type of numbers that the network was trained with.
    """

    needs: str
    example: str
    class_example: str
    answers: str
    note: str


def program(
    model: TrainedModel, name: str, wording: Wording, head: str, formulas: Sequence[str], numbers: str
) -> bytes:
    """Put a program together.

    Parameters
    ----------
    model, name
        The network, and the name of the file.
    wording
        The sentences and names that differ between plain Python and numpy.
    head
        What comes before the names: imports, and constants.
    formulas
        Functions and classes that compute the answers.
    numbers
        Scalings and weights; may be empty.
    """
    top = [docstring(model, name, wording), head.strip(), names_source(model)]
    parts = ["\n\n".join(top), *formulas, command_line_source(model, wording.answers), numbers, START]
    return ("\n\n\n".join(part.strip() for part in parts if part) + "\n").encode()


def check_size(model: TrainedModel, name: str) -> None:
    """Refuse networks whose numbers are too many for a text.

    Raises
    ------
    FileError
        If they are.
    """
    count = model.parameters.vector.size
    if count > MAX_LITERALS:
        raise FileError(
            f'Nothing was exported to "{shown_file(name)}", since {count:,} numbers are more than the '
            f"{MAX_LITERALS:,} that a program can well have in its text: export it as .npz or .safetensors."
        )


def docstring(model: TrainedModel, name: str, wording: Wording) -> str:
    """Say what a program is, what its network is, and how it is used."""
    stem = PurePath(name).stem
    if stem.isidentifier() and not keyword.iskeyword(stem):
        module, rename = stem, ""
    else:
        module, rename = "network", " (after renaming it to network.py, since Python cannot import this name)"
    command = _plain(shlex.quote(name))
    example = wording.example + (f"\n{wording.class_example}" if model.class_names else "")
    example = example.format(module=module)
    text = f"""\
A neural network that was trained on the dataset "{_plain(model.dataset)}" by NN Desktop.

{_task_sentence(model)}

{_layer_table(model)}

A unit gives out g(z), g being the activation, where z is the sum of its bias and of weight times value over
the units that feed it. {_how_sentences(model, wording)}

It needs {_plain(wording.needs)}. As a program:

    python {command} samples.csv > answers.csv

Each line of samples.csv holds the inputs of one sample, in the order of INPUT_NAMES, with commas between
them. A first line without numbers is taken as the titles of the columns: if they are the names of the inputs,
these are found by them, and other columns may be there too. Without a file, standard input is read.

As a module{rename}:

{_indent(example)}
"""
    return f'"""{_in_docstring(text)}"""'


def names_source(model: TrainedModel) -> str:
    """Write the names as lists."""
    names = {"INPUT_NAMES": model.input_names, "OUTPUT_NAMES": model.output_names}
    if model.class_names:
        names["CLASS_NAMES"] = model.class_names
    return "\n".join(list_source(name, map(quoted, texts)) for name, texts in names.items())


def precision_of(model: TrainedModel) -> str:
    """Return the type of numbers that it was trained with: "float32" or "float64"."""
    return model.parameters.vector.dtype.name


def is_scaled_back(model: TrainedModel) -> bool:
    """Tell whether the outputs of the network are not yet the answers."""
    return model.task is Task.REGRESSION and not model.target_scaling.is_none


def scalings(model: TrainedModel) -> dict[str, FloatArray]:
    """Return the means and scales that are needed, by the names that they have in programs."""
    arrays: dict[str, FloatArray] = {}
    if not model.input_scaling.is_none:
        arrays |= {"INPUT_MEAN": model.input_scaling.mean, "INPUT_SCALE": model.input_scaling.scale}
    if is_scaled_back(model):
        arrays |= {"TARGET_MEAN": model.target_scaling.mean, "TARGET_SCALE": model.target_scaling.scale}
    return arrays


def scaling_source(model: TrainedModel, opening: str = "[", closing: str = "]") -> str:
    """Write the means and scales that are needed, as lists or what else the brackets make."""
    return "\n".join(
        list_source(name, _numbers(values), opening, closing) for name, values in scalings(model).items()
    )


def list_source(name: str, items: Iterable[str], opening: str = "[", closing: str = "]") -> str:
    """Write an assignment of a list, on one line if that is short enough."""
    items = list(items)
    line = f"{name} = {opening}{', '.join(items)}{closing}"
    if len(line) <= LINE:
        return line
    return f"{name} = {opening}\n" + "".join(_wrapped(items, "    ")) + closing


def matrix_source(name: str, matrix: FloatArray, opening: str = "[", closing: str = "]") -> str:
    """Write an assignment of a list of lists, one for each row."""
    parts = [f"{name} = {opening}\n"]
    for row in matrix:
        items = _numbers(row)
        line = f"    [{', '.join(items)}],\n"
        parts += [line] if len(line) <= LINE else ["    [\n", *_wrapped(items, "        "), "    ],\n"]
    return "".join(parts) + closing


def quoted(text: str) -> str:
    """Write a text as a literal, in double quotes if none is in it; what cannot be printed is escaped."""
    with_single_quote = repr("'" + text)
    return '"' + with_single_quote[2:] if with_single_quote[0] == '"' else repr(text)


def weights_name(source: int, target: int) -> str:
    """Return what the weights between two layers are called: as in `array_names`, but short."""
    return f"W{target}" if source == target - 1 else f"W{target}_from_{source}"


def numbers_source(model: TrainedModel, opening: str = "[", closing: str = "]") -> str:
    """Write all weights and biases that matter."""
    parts = []
    for step in steps_of(model.parameters):
        for feed in reversed(step.feeds):
            parts.append(
                matrix_source(weights_name(feed.source, step.number), feed.weights, opening, closing)
            )
        parts.append(list_source(f"b{step.number}", _numbers(step.biases), opening, closing))
    return "\n".join(parts)


def _task_sentence(model: TrainedModel) -> str:
    inputs = _count(len(model.input_names), "input")
    outputs = _count(len(model.output_names), "number")
    if model.task is Task.REGRESSION:
        return f"From {inputs} it predicts {outputs}, in the units of the data."
    if model.threshold is not None:
        return (
            f"From {inputs} it tells two classes apart by one number: "
            f"above {model.threshold:g} it is the second class."
        )
    return (
        f"From {inputs} it tells {len(model.class_names)} classes apart by {outputs}, one for each class: "
        "the largest one decides."
    )


def _how_sentences(model: TrainedModel, wording: Wording) -> str:
    sentences = []
    if not model.input_scaling.is_none:
        sentences.append("The input units give out (input - INPUT_MEAN) / INPUT_SCALE.")
    if is_scaled_back(model):
        sentences.append("The answers are output * TARGET_SCALE + TARGET_MEAN.")
    sentences.append(f"It was trained with numbers of type {precision_of(model)}{wording.note}.")
    if connection_mask(model.topology) is not None:
        sentences.append("Connections that were removed have the weight 0.")
    return "\n".join(sentences)


def _layer_table(model: TrainedModel) -> str:
    """Say of each layer what it is and what feeds it."""
    used = {step.number: step for step in steps_of(model.parameters)}
    rows = [("Layer", "Units", "Activation", "Fed by")]
    for number, layer in enumerate(model.topology.layers):
        activation = ACTIVATIONS[layer.activation].formula if number else ""
        rows.append((str(number), str(len(layer.units)), activation, _fed_by(number, used)))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join("    " + "  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)


def _fed_by(number: int, used: dict[int, Step]) -> str:
    if number == 0:
        return "the inputs"
    if number not in used:
        return "(left out, since it feeds nothing)"
    sources = [str(feed.source) for feed in used[number].feeds]
    if not sources:
        return "nothing: it is constant"
    *others, last = sources
    return f"layers {', '.join(others)} and {last}" if others else f"layer {last}"


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _numbers(values: FloatArray) -> list[str]:
    """Return numbers as texts that read back to the same bits."""
    return list(map(repr, values.tolist()))


def _wrapped(items: Sequence[str], indent: str) -> Iterator[str]:
    """Yield lines of items with commas behind them."""
    line = indent
    for item in items:
        if len(line) + len(item) >= LINE and line != indent:
            yield line[:-1] + "\n"
            line = indent
        line += f"{item}, "
    yield line[:-1] + "\n"


def _indent(text: str) -> str:
    return "\n".join(f"    {line}" if line else "" for line in text.splitlines())


def _plain(text: str) -> str:
    """Leave out what cannot be printed on one line."""
    return "".join(character if character.isprintable() else "?" for character in text)


def _in_docstring(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"""', r"\"\"\"")
