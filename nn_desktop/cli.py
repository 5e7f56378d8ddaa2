"""The command line: the same work as in the window, without one.

What takes long to import is imported where it is used, so that help and mistakes are answered at once.
"""

import argparse
import json
import math
import os
import re
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, TypeVar

from nn_desktop import __version__
from nn_desktop.errors import UserError, unknown_name
from nn_desktop.network.functions import Activation, Loss

if TYPE_CHECKING:
    from nn_desktop.files.model import TrainedModel
    from nn_desktop.training.session import Session
    from nn_desktop.training.setup import Setup

SUCCESS, DIVERGED, BAD_INPUT, INTERRUPTED = 0, 1, 2, 130
SLICE_SECONDS = 0.05
"""Between two slices of this length the training looks whether it was asked to stop."""

_EnumT = TypeVar("_EnumT", bound=StrEnum)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program.

    Parameters
    ----------
    arguments
        Those after the program's name; by default those of the process.

    Returns
    -------
    int
        What the process should exit with: 0, 1 if a training diverged, 2 for bad input, 130 if it was
        interrupted.
    """
    try:
        return _dispatch(list(sys.argv[1:] if arguments is None else arguments))
    except UserError as error:
        _say(str(error))
        return BAD_INPUT
    except KeyboardInterrupt:
        return INTERRUPTED


@dataclass
class StopRequest:
    """Whether somebody pressed Ctrl+C, or the system asked the process to end."""

    asked: bool = False


@contextmanager
def stop_on_signals() -> Iterator[StopRequest]:
    """Note SIGINT and SIGTERM instead of dying of them, as long as the context lasts."""
    request = StopRequest()

    def note(number: int, frame: object) -> None:
        request.asked = True

    before = {number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield request
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def train(session: "Session", epochs: int, stop: StopRequest) -> None:
    """Train in short slices until so many epochs are complete, the run diverges, or a stop is asked for."""
    goal = session.updates + session.updates_until(epochs)
    slice_updates = 1
    with _progress_bar(session, epochs) as show_progress:
        while session.updates < goal and not session.diverged and not stop.asked:
            began, before = time.perf_counter(), session.updates
            session.advance(min(slice_updates, goal - session.updates))
            rate = (session.updates - before) / max(time.perf_counter() - began, 1e-9)
            # At most doubled at a time: one slice that ran unusually fast must not make the next one long.
            slice_updates = max(1, int(min(rate * SLICE_SECONDS, 2 * slice_updates)))
            show_progress()
    session.settle()


def _dispatch(arguments: list[str]) -> int:
    commands: dict[str, Callable[[argparse.Namespace], int]] = {
        "datasets": _list_datasets,
        "train": _train_and_export,
    }
    word = arguments[0] if arguments else ""
    if word not in commands and not word.startswith("-"):
        return _open_window(arguments, list(commands))
    if word not in (*commands, "-h", "--help", "--version"):
        raise unknown_name("option", word, ["--help", "--version"])
    options, unknown = _build_parser().parse_known_args(_join_negative_numbers(arguments))
    if unknown:
        raise _unknown_argument(options.parser, unknown[0])
    return commands[options.command](options)


def _open_window(arguments: list[str], commands: list[str]) -> int:
    if len(arguments) > 1:
        if Path(arguments[0]).is_file():
            raise UserError(
                f'The window opens one file at a time, but "{arguments[1]}" follows: leave it out.'
            )
        raise unknown_name("command", arguments[0], commands)
    if arguments and not Path(arguments[0]).is_file():
        if re.search(r"[./\\]", arguments[0]):
            raise UserError(f'There is no file "{arguments[0]}": check the name and the folder.')
        raise unknown_name("command or file", arguments[0], commands)
    try:
        from nn_desktop.desktop.app import run_window
    except ImportError as error:
        raise UserError(
            f"The window cannot be opened, since a part of it is missing ({error}): install the program "
            'again as its README says, or use "nn-desktop train", which needs no window.'
        ) from error
    return run_window(arguments)


# --- the catalogue


def _list_datasets(options: argparse.Namespace) -> int:
    from nn_desktop.data.catalogue import CATALOGUE

    entries = CATALOGUE.values()
    if options.json:
        _put(json.dumps([asdict(entry) for entry in entries], indent=1))
        return SUCCESS
    rows = [("name", "task", "inputs", "outputs", "samples")]
    rows += [(e.name, e.task.value, str(e.inputs), str(e.outputs), str(e.samples)) for e in entries]
    name, task = (max(len(row[column]) for row in rows) for column in (0, 1))
    _put("\n".join(f"{r[0]:{name}}  {r[1]:{task}}  {r[2]:>6}  {r[3]:>7}  {r[4]:>7}" for r in rows))
    return SUCCESS


# --- training


def _train_and_export(options: argparse.Namespace) -> int:
    with stop_on_signals() as stop:
        from nn_desktop.files.exporters import check_writable
        from nn_desktop.files.model import TrainedModel
        from nn_desktop.files.weights import read_weights
        from nn_desktop.training.session import Session

        setup = _make_setup(options)
        for path in options.export:
            check_writable(path)
        precision = setup.hyperparameters.precision
        start = None if options.weights is None else read_weights(options.weights, setup.topology, precision)
        session = Session(setup, start)
        _mention_large_batch(session, options.batch_size)
        began = time.perf_counter()
        train(session, options.epochs, stop)
        seconds = time.perf_counter() - began
        exported = _export(TrainedModel.of(setup, session.dataset, session.parameters), options.export)
        result = _summarize(session, seconds, stop.asked, exported)
        _put(_format_json(result) if options.json else _format_lines(result))
    if session.diverged:
        _say(
            f"The loss grew beyond all numbers after {session.updates} updates, since the learning rate "
            f"{setup.hyperparameters.learning_rate:g} is probably too large: try a smaller one. "
            "The last finite state was kept."
        )
    if stop.asked:
        return INTERRUPTED
    if len(exported) < len(options.export):
        return BAD_INPUT
    return DIVERGED if session.diverged else SUCCESS


def _make_setup(options: argparse.Namespace) -> "Setup":
    from nn_desktop.data.catalogue import default_settings, find_entry
    from nn_desktop.data.dataset import Positions
    from nn_desktop.network.initializers import Initializer
    from nn_desktop.network.notation import parse_activation, parse_layers
    from nn_desktop.training.hyperparameters import MAX_BATCH_SIZE, Hyperparameters, Mode, Precision
    from nn_desktop.training.setup import LOSS_OF_TASK, make_setup

    task = find_entry(options.dataset).task
    hyperparameters = Hyperparameters(
        mode=_member(Mode, "mode", options.mode),
        # No dataset has more samples, and a batch above their number is the whole set anyway.
        batch_size=min(options.batch_size, MAX_BATCH_SIZE),
        learning_rate=options.learning_rate,
        loss=LOSS_OF_TASK[task] if options.loss is None else _member(Loss, "loss", options.loss),
        initializer=_member(Initializer, "initializer", options.initializer),
        seed=options.seed,
        precision=_member(Precision, "type of numbers", options.dtype),
    )
    chosen = {
        "noise": options.noise,
        "samples": options.samples,
        "train_share": options.train_share,
        "seed": options.data_seed,
        "positions": None if options.positions is None else _member(Positions, "way", options.positions),
    }
    data = replace(
        default_settings(options.dataset),
        **{key: value for key, value in chosen.items() if value is not None},
    )
    activation = parse_activation(options.activation)
    return make_setup(options.dataset, parse_layers(options.layers), activation, hyperparameters, data)


def _member(kind: type[_EnumT], noun: str, name: str) -> _EnumT:
    try:
        return kind(name.strip().lower())
    except ValueError:
        raise unknown_name(noun, name, list(kind)) from None


def _mention_large_batch(session: "Session", batch_size: int) -> None:
    from nn_desktop.training.hyperparameters import Mode

    if session.setup.hyperparameters.mode is Mode.MINI_BATCH and batch_size > session.train_count:
        _say(
            f"A batch of {batch_size} samples is more than the {session.train_count} there are to train on: "
            "each update uses the whole set."
        )


def _export(model: "TrainedModel", paths: list[Path]) -> list[Path]:
    """Write all files that can be written, and say which cannot: one of them must not cost the others."""
    from nn_desktop.files.exporters import export

    written = []
    for path in paths:
        try:
            export(model, path)
        except UserError as error:
            _say(str(error))
        else:
            written.append(path)
    return written


def _summarize(
    session: "Session", seconds: float, interrupted: bool, exported: list[Path]
) -> dict[str, object]:
    from nn_desktop.network.notation import format_layers

    h = session.setup.hyperparameters
    train_loss, test_loss = session.losses()
    return {
        "dataset": session.setup.data.name,
        "layers": format_layers(session.setup.topology),
        "mode": h.mode.value,
        "batch_size": h.samples_per_update(session.train_count),
        "learning_rate": h.learning_rate,
        "loss": h.loss.value,
        "initializer": h.initializer.value,
        "seed": h.seed,
        "engine": "numpy",
        "dtype": h.precision.value,
        "epochs": session.epoch,
        "updates": session.updates,
        "seconds": seconds,
        "diverged": session.diverged,
        "interrupted": interrupted,
        "train_loss": train_loss,
        "test_loss": test_loss,
        **_metrics(session),
        "exports": [str(path) for path in exported],
    }


def _metrics(session: "Session") -> dict[str, float]:
    import numpy as np

    from nn_desktop.data.dataset import Task
    from nn_desktop.insight.metrics import accuracy, r_squared

    dataset = session.dataset
    name, metric = ("r2", r_squared) if dataset.task is Task.REGRESSION else ("accuracy", accuracy)
    with np.errstate(all="ignore"):  # R² has no value where all answers are the same
        return {
            f"train_{name}": metric(session.parameters, dataset, dataset.train),
            f"test_{name}": metric(session.parameters, dataset, dataset.test),
        }


# --- what is printed


def _format_json(result: dict[str, object]) -> str:
    # JSON has no word for what is not finite.
    finite = {k: None if isinstance(v, float) and not math.isfinite(v) else v for k, v in result.items()}
    return json.dumps(finite, indent=1, allow_nan=False)


def _format_lines(result: dict[str, object]) -> str:
    lines = []
    for key, value in result.items():
        for item in value if isinstance(value, list) else [value]:
            shown = "yes" if item is True else "no" if item is False else item
            shown = f"{item:.6g}" if isinstance(item, float) else shown
            lines.append(f"{key.replace('_', ' '):14} {shown}")
    return "\n".join(lines)


@contextmanager
def _progress_bar(session: "Session", epochs: int) -> Iterator[Callable[[], None]]:
    """Give a function that shows how far the session is, if there is somebody to see it."""
    if not sys.stderr.isatty():
        yield lambda: None
        return
    from tqdm import tqdm

    with tqdm(total=epochs, unit="epoch", file=sys.stderr, dynamic_ncols=True, leave=False) as bar:

        def show() -> None:
            bar.set_postfix_str(f"loss {session.history.rows()[-1, 1]:.4g}", refresh=False)
            bar.n = session.epoch
            bar.refresh()

        yield show


def _put(text: str) -> None:
    try:
        # A path may hold what the terminal's encoding does not.
        encoding = sys.stdout.encoding or "utf-8"
        print(text.encode(encoding, "backslashreplace").decode(encoding), flush=True)
    except OSError as error:
        # What is left in the buffer must not fail once more when Python ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise UserError(f"The result cannot be written to standard output: {error.strerror}.") from error


def _say(sentence: str) -> None:
    print(f"nn-desktop: {sentence}", file=sys.stderr, flush=True)


# --- reading the command line


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


def _build_parser() -> _Parser:
    parser = _Parser(
        prog="nn-desktop",
        usage="nn-desktop [FILE]\n       nn-desktop datasets [--json]\n       nn-desktop train [options]",
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
    return parser


def _add_train_options(parser: argparse.ArgumentParser) -> None:
    def add(option: str, help_text: str, **settings: object) -> None:
        parser.add_argument(option, help=help_text, **settings)  # type: ignore[arg-type]

    add(
        "--dataset",
        'what to learn, a name of "nn-desktop datasets" (%(default)s)',
        default="sine",
        metavar="NAME",
    )
    hidden = [activation for activation in Activation if activation is not Activation.SOFTMAX]
    add(
        "--layers",
        "units of each layer, as 1-16-16-1; 16-16 are hidden layers alone; 16:relu-16 names activations "
        "(%(default)s)",
        default="16-16",
    )
    add(
        "--activation",
        f"of the hidden layers: {', '.join(hidden)} (%(default)s)",
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
        "--export",
        "write the trained weights to .npz, .json or .safetensors files",
        type=Path,
        nargs="+",
        action="extend",
        default=[],
        metavar="FILE",
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
