"""The options of the command line: what there is, and how it is read."""

import argparse
import re
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

from nn_desktop import __version__
from nn_desktop.cli.console import put
from nn_desktop.cli.values import decimal, read_epochs, whole
from nn_desktop.errors import UserError, unknown_name
from nn_desktop.network.functions import Activation
from nn_desktop.process import StopRequest
from nn_desktop.texts import shown, shown_path
from nn_desktop.training.setting import Part, Setting
from nn_desktop.training.settings import INITIALIZER, SEED, settings_of

PROJECT_SUFFIX = ".nnd"
"""As in `files.project.project_file`, which takes longer to import."""


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one sentence, instead of listing all options."""

    def error(self, message: str) -> NoReturn:
        expected = re.fullmatch(r"argument (\S+): expected (one|at least one) argument", message)
        if expected:
            message = f"The option {expected[1]} needs a value after it"
        surplus = re.fullmatch(r"argument (\S+): ignored explicit argument (.*)", message)
        if surplus:
            message = (
                f"The option {surplus[1]} takes no value, but {shown(surplus[2])} was given: leave it out"
            )
        missing = re.fullmatch(r"the following arguments are required: (.*)", message)
        if missing:
            message = f'"{self.prog}" needs more, namely {missing[1]}'
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
    if options.command == "train":
        _check_train_options(options, arguments)
    return options


def _build_parser() -> _Parser:
    parser = _Parser(
        prog="nn-desktop",
        usage="nn-desktop [FILE or LINK]\n       nn-desktop COMMAND [options]",
        description="Draw, train and understand small neural networks. "
        "Without a command it opens the window, with a file or a link in it if one is named. Put links in "
        "quotation marks.",
        epilog='"nn-desktop train --help" lists the options of a command.',
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"NN Desktop {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="command", prog="nn-desktop")
    for name, command in COMMANDS.items():
        description = f"{command.text}. {command.more}" if command.more else command.text
        added = commands.add_parser(name, help=command.text, description=description, allow_abbrev=False)
        command.add_options(added)
        added.set_defaults(parser=added)
    return parser


_HIDDEN = ", ".join(activation for activation in Activation if activation is not Activation.SOFTMAX)
_BENCH = (
    "Plain gradient descent on the mean squared error of random numbers, in the session of the window. "
    "Without --layers: 1-16-16-1, 2-8-8-1, 64-128-64-10 and 784-512-256-10, with batch sizes of their own."
)
_FROM = "a project (.nnd), a file of a network (.npz, .json, .safetensors, .onnx, .skops) or a link"
_OF_THE_START = (INITIALIZER, SEED)
"""Settings whose options stand beside those of the network."""


def _add_json_option(parser: argparse.ArgumentParser, what: str = "object") -> None:
    parser.add_argument("--json", action="store_true", help=f"print one JSON {what}")


def _add_list_options(parser: argparse.ArgumentParser) -> None:
    _add_json_option(parser, "array")


def _add_engine_options(parser: argparse.ArgumentParser) -> None:
    _add_list_options(parser)
    parser.add_argument(
        "--forget",
        help="forget the measured speeds; auto will measure again",
        action="store_true",
    )


# --- train


def _add_train_options(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add(
        "project",
        help="a project (.nnd) to go on with; it is saved again, and the version before kept beside it",
        nargs="?",
        metavar="PROJECT",
    )
    add(
        "--epochs",
        help="passes over the training samples, with PROJECT so many more; 0 leaves all as it is "
        "(%(default)s)",
        type=read_epochs,
        default=500,
        metavar="N",
    )
    _add_stop_options(add)
    add(
        "--output",
        help="save the project here: PROJECT stays as it is, and a new training makes one",
        type=Path,
        metavar="FILE",
    )
    add(
        "--export",
        help="write the trained network to files, each in the format that its name ends with, and check them",
        type=Path,
        nargs="+",
        action="extend",
        default=[],
        metavar="FILE",
    )
    add(
        "--history",
        help="write the losses of the epochs to a CSV file: of a long training of some of them",
        type=Path,
        metavar="FILE",
    )
    _add_json_option(parser)
    group = parser.add_argument_group("a new training", "PROJECT has its own of these:")
    names: list[str] = []

    def add_new(name: str, **settings: Any) -> None:
        group.add_argument(name, **settings)
        names.append(name)

    add_new("--example", help="one that brings its data, such as textbook, and all of these", metavar="NAME")
    _add_network_options(add_new)
    _add_data_options(add_new)
    _add_descent_options(add_new)
    parser.set_defaults(new_training=frozenset(names))


def _add_stop_options(add: Callable[..., object]) -> None:
    add(
        "--stop-at-loss",
        help="stop before all epochs are over, at the end of one with this training loss or a lower one; in "
        "a long training not every epoch is compared",
        type=decimal("training loss to stop at"),
        metavar="X",
    )
    add(
        "--stop-at-test-loss",
        help="the same for the loss of the test samples",
        type=decimal("test loss to stop at"),
        metavar="X",
    )
    add(
        "--stop-after-minutes",
        help="stop after so many minutes of training",
        type=decimal("number of minutes"),
        metavar="X",
    )


def _add_network_options(add: Callable[..., object]) -> None:
    add(
        "--layers",
        help="units of each layer, as 1-16-16-1; 16-16 are hidden layers alone; 16:relu-16 names activations "
        "(%(default)s)",
        default="16-16",
    )
    add(
        "--activation",
        help=f"of the hidden layers: {_HIDDEN} (%(default)s)",
        default="tanh",
        metavar="NAME",
    )
    for setting in _OF_THE_START:
        _add_setting(add, setting)
    add(
        "--weights",
        help="start from the weights of a .npz, .json or .safetensors file",
        type=Path,
        metavar="FILE",
    )


def _add_data_options(add: Callable[..., object]) -> None:
    add(
        "--dataset",
        help='what to learn, a name of "nn-desktop datasets" (%(default)s)',
        default="sine",
        metavar="NAME",
    )
    for setting in settings_of(Part.DATA):
        _add_setting(add, setting)


def _add_descent_options(add: Callable[..., object]) -> None:
    for setting in settings_of(Part.HYPERPARAMETERS):
        if setting not in _OF_THE_START:
            _add_setting(add, setting)


def _add_setting(add: Callable[..., object], setting: Setting[Any]) -> None:
    """Add the option of a setting, if it has one; the names of choices are read later, by `read_settings`."""
    if setting.option is not None:
        readers = {int: whole, float: decimal}
        read = readers[setting.kind](setting.noun) if setting.kind in readers else str
        option = setting.option
        add(option.name, help=option.help, type=read, default=setting.default, metavar=option.metavar)


def _check_train_options(options: argparse.Namespace, arguments: list[str]) -> None:
    """See that what is trained is said once: by a project, an example, or the options of a new training."""
    said = options.example if options.project is None else _project_name(options)
    surplus = options.new_training - ({"--example"} if options.project is None else set())
    given = [each.partition("=")[0] for each in arguments]
    if said is not None and not surplus.isdisjoint(given):
        raise UserError(
            f"The option {next(each for each in given if each in surplus)} belongs to a new training, and "
            f'"{shown(said)}" says all that already: leave one of them out.'
        )


def _project_name(options: argparse.Namespace) -> str:
    name = str(options.project)
    if name.lower().endswith(f"{PROJECT_SUFFIX}.bak"):
        raise UserError(
            f'"{shown_path(name)}" is the version before of a project, and is kept as it is: '
            f"copy it to a name that ends with {PROJECT_SUFFIX}, and train that."
        )
    if not name.lower().endswith(PROJECT_SUFFIX):
        raise _unknown_argument(options.parser, name)
    return name


# --- the other commands


def _add_export_options(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("source", help=_FROM, metavar="FROM")
    add(
        "targets",
        help="files, each in the format that its name ends with",
        type=Path,
        nargs="+",
        metavar="TO",
    )
    _add_json_option(parser)


def _add_import_options(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add(
        "source",
        help="a file of a network (.npz, .json, .safetensors, .onnx, .skops) or a link",
        metavar="FROM",
    )
    add("target", help="the project, whose name ends with .nnd", type=Path, metavar="TO")
    add(
        "--dataset",
        help='what it learns from here, a name of "nn-desktop datasets" (what the file says, or what fits)',
        metavar="NAME",
    )


def _add_predict_options(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("source", help=_FROM, metavar="FILE")
    add(
        "--input",
        help="a CSV file of inputs, a line for each sample; - is standard input",
        required=True,
        metavar="FILE",
    )
    add("--output", help="the CSV file of answers (standard output)", default="-", metavar="FILE")


def _add_info_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("source", help=_FROM, metavar="FILE")
    _add_json_option(parser)


def _add_bench_options(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--layers", help="units of each layer, as 1-16-16-1; 1-16:relu-1 names activations")
    add("--activation", help=f"of the hidden layers: {_HIDDEN} (%(default)s)", default="tanh", metavar="NAME")
    add(
        "--batch-size",
        help="samples of one update, with --layers or --growth (16)",
        type=whole("batch size"),
        metavar="N",
    )
    add("--dtype", help="float64 or float32 (%(default)s)", default="float32")
    add(
        "--engine",
        help="python, numpy, cpp, auto, or all that are here (all; with --growth auto)",
        metavar="NAME",
    )
    add(
        "--growth",
        help="chart how the time grows from 10 to 1,000,000 weights, and with the samples of an update",
        action="store_true",
    )
    _add_json_option(parser)


Run = Callable[[argparse.Namespace, StopRequest], int]
"""Does what a command is asked for, and returns what the process should exit with."""


@dataclass(frozen=True, kw_only=True)
class Command:
    """A row of the command line.

    Attributes
    ----------
    text, more
        What it does, in a line and in more.
    add_options
        Adds its options to a parser.
    run
        Module in this folder and function that do it: imported when it is asked for, since that takes long.
    """

    text: str
    more: str = ""
    add_options: Callable[[argparse.ArgumentParser], None]
    run: tuple[str, str]

    def load(self) -> Run:
        """Import what does it."""
        module, name = self.run
        run: Run = getattr(import_module(f"nn_desktop.cli.{module}"), name)
        return run


COMMANDS = {
    "datasets": Command(
        text="list the datasets: name, task, inputs, outputs, samples",
        add_options=_add_list_options,
        run=("datasets", "list_datasets"),
    ),
    "train": Command(
        text="train a network or go on with a project, print how well it does, export it",
        add_options=_add_train_options,
        run=("train", "train_and_export"),
    ),
    "export": Command(
        text="write a network to files of other formats, and check that they compute the same",
        more="The end of its name says the format of a file; a name with another end is answered with the "
        "list. Ctrl+C leaves out the checks that are not done yet.",
        add_options=_add_export_options,
        run=("files", "export"),
    ),
    "import": Command(
        text="make a project from a network of another program, or from a link",
        more="What was assumed or left out is said.",
        add_options=_add_import_options,
        run=("files", "import_network"),
    ),
    "predict": Command(
        text="answer inputs from a CSV file",
        more="Inputs and answers are in the units of the data. If the first line names the columns, they may "
        "stand in any order, and others beside them; without names there is a column for each input. "
        "Columns are separated by comma, semicolon or tab; with the latter two, numbers may have decimal "
        "commas.",
        add_options=_add_predict_options,
        run=("files", "predict"),
    ),
    "info": Command(
        text="tell what is in a project, a file of a network or a link",
        add_options=_add_info_options,
        run=("info", "info"),
    ),
    "engines": Command(
        text="list the engines that do the sums: which are here, and why others are not",
        more="The engine auto is the fastest for a network by a measurement, which this machine remembers: "
        "so the same command takes the same engine.",
        add_options=_add_engine_options,
        run=("engines", "list_engines"),
    ),
    "bench": Command(
        text="measure how long an update takes each engine",
        more=_BENCH,
        add_options=_add_bench_options,
        run=("bench", "bench"),
    ),
}


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
            f'"{shown(argument)}" belongs to no option of "{parser.prog}": put one before it, '
            f'see "{parser.prog} --help".'
        )
    options = dict.fromkeys(re.findall(r"--[a-z-]+", parser.format_help()))
    return unknown_name("option", argument.partition("=")[0], options)
