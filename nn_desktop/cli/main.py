"""The command line: the same work as in the window, without one.

What takes long to import is imported where it is used, so that help and mistakes are answered at once.
"""

import argparse
import json
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from nn_desktop.cli.console import put, say
from nn_desktop.cli.options import read_options
from nn_desktop.cli.train import train_and_export
from nn_desktop.errors import UserError, unknown_name
from nn_desktop.files.places import is_file, local_name
from nn_desktop.process import (
    BAD_INPUT,
    INTERRUPTED,
    SUCCESS,
    StopRequest,
    end_process,
    raise_interrupt,
    stop_on_signals,
)
from nn_desktop.texts import shown

if TYPE_CHECKING:
    from nn_desktop.data.builtin import Builtin


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
        interrupted, by whatever signal.
    """
    with stop_on_signals() as stop:
        given = sys.argv[1:] if arguments is None else arguments
        code = _answer([local_name(each) for each in given], stop)
        if stop.has_left_work and arguments is None:
            # Python would end that thread where it is, which compiled code does not survive.
            end_process()
        return INTERRUPTED if stop.asked else code


def _answer(arguments: list[str], stop: StopRequest) -> int:
    """Do what is asked for, and say what is wrong with it."""
    try:
        return _dispatch(arguments, stop)
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


def _dispatch(arguments: list[str], stop: StopRequest) -> int:
    commands: dict[str, Callable[[argparse.Namespace, StopRequest], int]] = {
        "datasets": _list_datasets,
        "train": train_and_export,
        "export": _export,
        "import": _import,
        "predict": _predict,
        "info": _tell,
        "engines": _list_engines,
        "bench": _measure_speed,
    }
    word = arguments[0] if arguments else ""
    if word not in commands and not word.startswith("-"):
        return _open_window(arguments, list(commands), stop)
    if word not in (*commands, "-h", "--help", "--version"):
        raise unknown_name("option", word, ["--help", "--version"])
    options = read_options(arguments)
    return commands[options.command](options, stop)


def _open_window(arguments: list[str], commands: list[str], stop: StopRequest) -> int:
    _check_what_is_opened(arguments, commands)
    try:
        with stop.answered_by(end_process):
            from nn_desktop.desktop.app import run_window
    except ImportError as error:
        raise UserError(
            f"The window cannot be opened, since a part of it is missing ({error}): install the program "
            'again as its README says, or use "nn-desktop train", which needs no window.'
        ) from error
    return run_window(arguments, stop)


def _check_what_is_opened(arguments: list[str], commands: list[str]) -> None:
    """See that the window is asked for nothing, a file that is there, or a link."""
    if not arguments:
        return
    first, *others = arguments
    is_link = _is_link(first)
    if others and is_link:
        raise UserError(
            f'The window opens one link at a time, but "{shown(others[0])}" follows: put the link in '
            "quotation marks, or leave that out."
        )
    if others and is_file(Path(first)):
        raise UserError(
            f'The window opens one file at a time, but "{shown(others[0])}" follows: leave it out.'
        )
    if others:
        raise unknown_name("command", first, commands)
    if is_link or is_file(Path(first)):
        return
    if re.search(r"[./\\]", first):
        raise UserError(f'There is no file "{shown(first)}": check the name and the folder.')
    raise unknown_name("command or file", first, commands)


def _is_link(text: str) -> bool:
    if not re.search("[:#=]", text):  # all links have one of these; what follows takes long to import
        return False
    from nn_desktop.files.opening import is_link

    return is_link(text)


# --- engines


def _list_engines(options: argparse.Namespace, stop: StopRequest) -> int:
    with stop.answered_by(end_process):
        from nn_desktop.cli.bench import list_engines
    with stop.answered_by(raise_interrupt):
        return list_engines(options)


def _measure_speed(options: argparse.Namespace, stop: StopRequest) -> int:
    with stop.answered_by(end_process):
        from nn_desktop.cli.bench import bench
    return bench(options, stop)


# --- files


def _export(options: argparse.Namespace, stop: StopRequest) -> int:
    with stop.answered_by(end_process):
        from nn_desktop.cli.files import export
    return export(options, stop)


def _import(options: argparse.Namespace, stop: StopRequest) -> int:
    with stop.answered_by(end_process):
        from nn_desktop.cli.files import import_network
    return import_network(options, stop)


def _predict(options: argparse.Namespace, stop: StopRequest) -> int:
    with stop.answered_by(end_process):
        from nn_desktop.cli.files import predict
    with stop.answered_by(raise_interrupt):
        return predict(options, stop)


def _tell(options: argparse.Namespace, stop: StopRequest) -> int:
    with stop.answered_by(end_process):
        from nn_desktop.cli.info import info
    with stop.answered_by(raise_interrupt):
        return stop.run(lambda: info(options))


# --- the catalogue


def _list_datasets(options: argparse.Namespace, stop: StopRequest) -> int:
    from nn_desktop.data.catalogue import CATALOGUE

    sources = CATALOGUE.values()
    if options.json:
        put(json.dumps([_describe_source(source) for source in sources], indent=1))
        return SUCCESS
    rows = [("name", "task", "inputs", "outputs", "samples")]
    rows += [(s.name, s.task.value, str(s.inputs), str(s.outputs), str(s.samples)) for s in sources]
    name, task = (max(len(row[column]) for row in rows) for column in (0, 1))
    put("\n".join(f"{r[0]:{name}}  {r[1]:{task}}  {r[2]:>6}  {r[3]:>7}  {r[4]:>7}" for r in rows))
    return SUCCESS


def _describe_source(source: "Builtin") -> dict[str, object]:
    names = ("name", "title", "group", "task", "inputs", "outputs", "samples")
    more = ("description", "formula", "train_share", "standardize")
    return {
        **{name: getattr(source, name) for name in (*names, *more)},
        "adjustable": "samples" in source.adjustable,
    }


# --- training
