"""The options of the command line: what there is, and how it is read."""

import argparse
import re
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, TypeVar

from nn_desktop import __version__
from nn_desktop.console import put
from nn_desktop.errors import UserError, unknown_name
from nn_desktop.network.functions import Activation, Loss

if TYPE_CHECKING:
    from nn_desktop.engines.engine import EngineName

_EnumT = TypeVar("_EnumT", bound=StrEnum)


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one sentence, instead of listing all options."""

    def error(self, message: str) -> NoReturn:
        expected = re.fullmatch(r"argument (\S+): expected (one|at least one) argument", message)
        if expected:
            message = f"The option {expected[1]} needs a value after it"
        surplus = re.fullmatch(r"argument (\S+): ignored explicit argument (.*)", message)
        if surplus:
            message = f"The option {surplus[1]} takes no value, but {surplus[2]} was given: leave it out"
        raise UserError(f'{message.removeprefix("argument ")}: see "{self.prog} --help".')

    def _print_message(self, message: str, file: object = None) -> None:
        # What prints help and version; the original fails when Python ends, if nobody reads it any more.
        put(message.removesuffix("\n"))


def read_options(arguments: list[str]) -> argparse.Namespace:
    """Read the arguments of a command, whose name comes first.

    Returns
    -------
    The options by their names, and the name as ``command``.

    Raises
    ------
    UserError
        If one is unknown, or its value is none.
    """
    options, unknown = _build_parser().parse_known_args(_join_negative_numbers(arguments))
    if unknown:
        raise _unknown_argument(options.parser, unknown[0])
    return options


def member(kind: type[_EnumT], noun: str, name: str) -> _EnumT:
    """Read the name of one of several.

    Raises
    ------
    UserError
        If there is none of that name, with the nearest one.
    """
    try:
        return kind(name.strip().lower())
    except ValueError:
        raise unknown_name(noun, name, list(kind)) from None


def read_engine(name: str) -> "EngineName":
    """Read the name of an engine that is here, or ``auto``.

    Raises
    ------
    UserError
        If there is no such engine, or it is not here; the text says why.
    """
    from nn_desktop.engines.engine import EngineName
    from nn_desktop.engines.selection import available_engines, why_missing

    engine = member(EngineName, "engine", name)
    if engine is not EngineName.AUTO and engine not in available_engines():
        raise UserError(
            f'The engine "{engine}" is not here: {why_missing(engine)}. '
            "Leave --engine out to have the fastest that is."
        )
    return engine


def _build_parser() -> _Parser:
    parser = _Parser(
        prog="nn-desktop",
        usage="nn-desktop [FILE]\n       nn-desktop datasets [--json]\n       nn-desktop train [options]\n"
        "       nn-desktop engines [--json]\n       nn-desktop bench [options]",
        description="Draw, train and understand small neural networks. "
        "Without a command it opens the window, with FILE in it if one is named.",
        epilog='"nn-desktop train --help" lists the options of a command.',
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"NN Desktop {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="command", prog="nn-desktop")
    text = "list the datasets: name, task, inputs, outputs, samples"
    datasets = commands.add_parser("datasets", help=text, description=text, allow_abbrev=False)
    datasets.add_argument("--json", action="store_true", help="print one JSON array")
    datasets.set_defaults(parser=datasets)
    text = "train a network, print how well it does, export its weights"
    train_parser = commands.add_parser("train", help=text, description=text, allow_abbrev=False)
    _add_train_options(train_parser)
    train_parser.set_defaults(parser=train_parser)
    text = "list the engines that do the sums: which are here, and why others are not"
    engines = commands.add_parser("engines", help=text, description=text, allow_abbrev=False)
    engines.add_argument("--json", action="store_true", help="print one JSON array")
    engines.set_defaults(parser=engines)
    text = "measure how long an update takes each engine"
    bench = commands.add_parser("bench", help=text, description=f"{text}. {_BENCH}", allow_abbrev=False)
    _add_bench_options(bench)
    bench.set_defaults(parser=bench)
    return parser


_HIDDEN = ", ".join(activation for activation in Activation if activation is not Activation.SOFTMAX)
_BENCH = (
    "Plain gradient descent on the mean squared error of random numbers, in the session of the window. "
    "Without --layers: 1-16-16-1, 2-8-8-1, 64-128-64-10 and 784-512-256-10, with batch sizes of their own."
)


def _adder(parser: argparse.ArgumentParser) -> Callable[..., None]:
    def add(option: str, help_text: str, **settings: object) -> None:
        parser.add_argument(option, help=help_text, **settings)  # type: ignore[arg-type]

    return add


def _add_train_options(parser: argparse.ArgumentParser) -> None:
    add = _adder(parser)
    add(
        "--dataset",
        'what to learn, a name of "nn-desktop datasets" (%(default)s)',
        default="sine",
        metavar="NAME",
    )
    add(
        "--layers",
        "units of each layer, as 1-16-16-1; 16-16 are hidden layers alone; 16:relu-16 names activations "
        "(%(default)s)",
        default="16-16",
    )
    add(
        "--activation",
        f"of the hidden layers: {_HIDDEN} (%(default)s)",
        default="tanh",
        metavar="NAME",
    )
    add("--mode", "batch, mini-batch or stochastic (%(default)s)", default="mini-batch")
    add(
        "--batch-size",
        "samples of one update in mini-batch mode (%(default)s)",
        type=_whole("batch size"),
        default=16,
        metavar="N",
    )
    add(
        "--learning-rate",
        "step size of an update (%(default)s)",
        type=_decimal("learning rate"),
        default=0.05,
        metavar="X",
    )
    add(
        "--epochs",
        "passes over the training samples; 0 leaves the start as it is (%(default)s)",
        type=_epochs,
        default=500,
        metavar="N",
    )
    add(
        "--seed",
        "of the random start and the order of samples (%(default)s)",
        type=_whole("seed"),
        default=0,
        metavar="N",
    )
    add("--noise", "share of noise in the data, 0 to 0.5", type=_decimal("noise"), metavar="X")
    add("--samples", "number of samples", type=_whole("number of samples"), metavar="N")
    add(
        "--train-share",
        "share of samples to train on, 0.1 to 0.9",
        type=_decimal("share for training"),
        metavar="X",
    )
    add("--positions", "of samples of a function: random or grid", metavar="WAY")
    add("--data-seed", "of the samples and their split", type=_whole("seed of the data"), metavar="N")
    add(
        "--initializer",
        "where weights start: glorot-, he- or lecun-uniform or -normal, uniform, normal, zeros (%(default)s)",
        default="glorot-uniform",
        metavar="NAME",
    )
    add("--loss", f"{', '.join(Loss)} (by the task)", metavar="NAME")
    add(
        "--weights",
        "start from the weights of a .npz, .json or .safetensors file",
        type=Path,
        metavar="FILE",
    )
    add("--dtype", "float64 or float32 (%(default)s)", default="float64")
    add(
        "--engine",
        "what does the sums: python, numpy, cpp, or auto for the fastest (%(default)s)",
        default="auto",
        metavar="NAME",
    )
    add(
        "--export",
        "write the trained weights to .npz, .json or .safetensors files",
        type=Path,
        nargs="+",
        action="extend",
        default=[],
        metavar="FILE",
    )
    add("--json", "print one JSON object", action="store_true")


def _add_bench_options(parser: argparse.ArgumentParser) -> None:
    add = _adder(parser)
    add("--layers", "units of each layer, as 1-16-16-1; 1-16:relu-1 names activations")
    add("--activation", f"of the hidden layers: {_HIDDEN} (%(default)s)", default="tanh", metavar="NAME")
    add(
        "--batch-size",
        "samples of one update, with --layers or --growth (16)",
        type=_whole("batch size"),
        metavar="N",
    )
    add("--dtype", "float64 or float32 (%(default)s)", default="float32")
    add(
        "--engine",
        "python, numpy, cpp, auto, or all that are here (all; with --growth auto)",
        metavar="NAME",
    )
    add(
        "--peers",
        "compare with PyTorch, JAX and scikit-learn, where they are installed",
        action="store_true",
    )
    add(
        "--growth",
        "chart how the time grows from 10 to 1,000,000 weights, and with the samples of an update",
        action="store_true",
    )
    add("--json", "print one JSON object", action="store_true")


def _whole(noun: str) -> Callable[[str], int]:
    def read(text: str) -> int:
        try:
            return int(text)
        except ValueError:
            raise UserError(f'The {noun} "{text}" is no whole number: type one such as 16.') from None

    return read


def _decimal(noun: str) -> Callable[[str], float]:
    def read(text: str) -> float:
        try:
            return float(text)
        except ValueError:
            raise UserError(f'The {noun} "{text}" is no number: type one such as 0.05.') from None

    return read


def _epochs(text: str) -> int:
    epochs = _whole("number of epochs")(text)
    if epochs < 0:
        raise UserError(f"Training cannot take {epochs} epochs: choose 0 or more.")
    return epochs


def _join_negative_numbers(arguments: list[str]) -> list[str]:
    """Write ``--noise -1e-3`` as ``--noise=-1e-3``: argparse takes some negative numbers for options."""
    joined: list[str] = []
    for argument in arguments:
        if joined and joined[-1].startswith("--") and "=" not in joined[-1] and _is_negative(argument):
            joined[-1] += f"={argument}"
        else:
            joined.append(argument)
    return joined


def _is_negative(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return text.startswith("-")


def _unknown_argument(parser: argparse.ArgumentParser, argument: str) -> UserError:
    if not argument.startswith("-"):
        return UserError(
            f'"{argument}" belongs to no option of "{parser.prog}": put one before it, '
            f'see "{parser.prog} --help".'
        )
    options = dict.fromkeys(re.findall(r"--[a-z-]+", parser.format_help()))
    return unknown_name("option", argument.partition("=")[0], options)
