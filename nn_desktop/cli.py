"""The command line: the same work as in the window, without one.

What takes long to import is imported where it is used, so that help and mistakes are answered at once.
"""

import argparse
import json
import math
import re
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

from nn_desktop.cli_options import member, read_engine, read_options
from nn_desktop.console import put, say
from nn_desktop.errors import UserError, unknown_name
from nn_desktop.network.functions import Loss
from nn_desktop.process import BAD_INPUT, DIVERGED, INTERRUPTED, SUCCESS, StopRequest, stop_on_signals

if TYPE_CHECKING:
    from nn_desktop.files.model import TrainedModel
    from nn_desktop.training.session import Session
    from nn_desktop.training.setup import Setup

SLICE_SECONDS = 0.05
"""Between two slices of this length the training looks whether it was asked to stop."""


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
        say(str(error))
        return BAD_INPUT
    except MemoryError:
        say(
            "There is not enough memory for this network and these samples: "
            "use fewer units or samples, or mini-batches."
        )
        return BAD_INPUT
    except KeyboardInterrupt:
        return INTERRUPTED


def train(session: "Session", epochs: int, stop: StopRequest) -> None:
    """Train in short slices until so many epochs are complete, the run diverges, or a stop is asked for."""
    from nn_desktop.training.pace import Pace

    goal = session.updates + session.updates_until(epochs)
    pace = Pace(SLICE_SECONDS)
    with _progress_bar(session, epochs) as show_progress:
        while session.updates < goal and not session.diverged and not stop.asked:
            began, before = time.perf_counter(), session.updates
            session.advance(min(pace.updates, goal - session.updates))
            pace.measure(session.updates - before, time.perf_counter() - began)
            show_progress()
    session.settle()


def _dispatch(arguments: list[str]) -> int:
    commands: dict[str, Callable[[argparse.Namespace], int]] = {
        "datasets": _list_datasets,
        "train": _train_and_export,
        "engines": _list_engines,
        "bench": _measure_speed,
    }
    word = arguments[0] if arguments else ""
    if word not in commands and not word.startswith("-"):
        return _open_window(arguments, list(commands))
    if word not in (*commands, "-h", "--help", "--version"):
        raise unknown_name("option", word, ["--help", "--version"])
    options = read_options(arguments)
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


# --- engines


def _list_engines(options: argparse.Namespace) -> int:
    from nn_desktop.cli_bench import list_engines

    return list_engines(options)


def _measure_speed(options: argparse.Namespace) -> int:
    with stop_on_signals() as stop:
        from nn_desktop.cli_bench import bench

        return bench(options, stop)


# --- the catalogue


def _list_datasets(options: argparse.Namespace) -> int:
    from nn_desktop.data.catalogue import CATALOGUE

    entries = CATALOGUE.values()
    if options.json:
        put(json.dumps([asdict(entry) for entry in entries], indent=1))
        return SUCCESS
    rows = [("name", "task", "inputs", "outputs", "samples")]
    rows += [(e.name, e.task.value, str(e.inputs), str(e.outputs), str(e.samples)) for e in entries]
    name, task = (max(len(row[column]) for row in rows) for column in (0, 1))
    put("\n".join(f"{r[0]:{name}}  {r[1]:{task}}  {r[2]:>6}  {r[3]:>7}  {r[4]:>7}" for r in rows))
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
        model = TrainedModel.of(setup, session.dataset, session.parameters, session.engine.engine)
        exported = _export(model, options.export)
        result = _summarize(session, seconds, stop.asked, exported)
        put(_format_json(result) if options.json else _format_lines(result))
    if session.diverged:
        say(
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
    from nn_desktop.network.functions import Initializer
    from nn_desktop.network.notation import parse_activation, parse_layers
    from nn_desktop.training.hyperparameters import MAX_BATCH_SIZE, Hyperparameters, Mode, Precision
    from nn_desktop.training.setup import LOSS_OF_TASK, make_setup

    task = find_entry(options.dataset).task
    hyperparameters = Hyperparameters(
        mode=member(Mode, "mode", options.mode),
        # No dataset has more samples, and a batch above their number is the whole set anyway.
        batch_size=min(options.batch_size, MAX_BATCH_SIZE),
        learning_rate=options.learning_rate,
        loss=LOSS_OF_TASK[task] if options.loss is None else member(Loss, "loss", options.loss),
        initializer=member(Initializer, "initializer", options.initializer),
        seed=options.seed,
        precision=member(Precision, "type of numbers", options.dtype),
        engine=read_engine(options.engine),
    )
    chosen = {
        "noise": options.noise,
        "samples": options.samples,
        "train_share": options.train_share,
        "seed": options.data_seed,
        "positions": None if options.positions is None else member(Positions, "way", options.positions),
    }
    data = replace(
        default_settings(options.dataset),
        **{key: value for key, value in chosen.items() if value is not None},
    )
    activation = parse_activation(options.activation)
    return make_setup(options.dataset, parse_layers(options.layers), activation, hyperparameters, data)


def _mention_large_batch(session: "Session", batch_size: int) -> None:
    from nn_desktop.training.hyperparameters import Mode

    if session.setup.hyperparameters.mode is Mode.MINI_BATCH and batch_size > session.train_count:
        say(
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
            say(str(error))
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
        "engine": session.engine.engine.value,
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
    if sys.stderr is None or not sys.stderr.isatty():  # None if the process was started with it closed
        yield lambda: None
        return
    from tqdm import tqdm

    with tqdm(total=epochs, unit="epoch", file=sys.stderr, dynamic_ncols=True, leave=False) as bar:

        def show() -> None:
            bar.set_postfix_str(f"loss {session.history.rows()[-1, 1]:.4g}", refresh=False)
            bar.n = session.epoch
            bar.refresh()

        yield show
