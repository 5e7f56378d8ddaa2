"""The command line: the same work as in the window, without one.

What takes long to import is imported where it is used, so that help and mistakes are answered at once.
"""

import gc
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from nn_desktop.cli.console import say
from nn_desktop.cli.options import COMMANDS, read_options
from nn_desktop.errors import UserError, unknown_name
from nn_desktop.files.places import is_file, local_name
from nn_desktop.process import (
    BAD_INPUT,
    INTERRUPTED,
    StopRequest,
    end_process,
    stop_on_signals,
)
from nn_desktop.texts import shown, shown_path


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
    word = arguments[0] if arguments else ""
    if word not in COMMANDS and not word.startswith("-"):
        return _open_window(arguments, list(COMMANDS), stop)
    if word not in (*COMMANDS, "-h", "--help", "--version"):
        raise unknown_name("option", word, ["--help", "--version"])
    options = read_options(arguments)
    with stop.answered_by(end_process):
        run = COMMANDS[options.command].load()
    return run(options, stop)


def _open_window(arguments: list[str], commands: list[str], stop: StopRequest) -> int:
    _check_what_is_opened(arguments, commands)
    gc.disable()  # what is imported and made for the window is no garbage; later it collects by itself
    try:
        return _import_window(stop)(arguments, stop)
    finally:
        gc.enable()


def _import_window(stop: StopRequest) -> Callable[[list[str], StopRequest], int]:
    try:
        with stop.answered_by(end_process):
            from nn_desktop.desktop.app import run_window
    except ImportError as error:
        raise UserError(
            f"The window cannot be opened, since a part of it is missing ({error}): install the program "
            'again as its README says, or use "nn-desktop train", which needs no window.'
        ) from error
    return run_window


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
            f'The window opens one file at a time, but "{shown_path(others[0])}" follows: leave it out.'
        )
    if others:
        raise unknown_name("command", first, commands)
    if is_link or is_file(Path(first)):
        return
    if re.search(r"[./\\]", first):
        raise UserError(f'There is no file "{shown_path(first)}": check the name and the folder.')
    raise unknown_name("command or file", first, commands)


def _is_link(text: str) -> bool:
    if not re.search("[:#=]", text):  # all links have one of these; what follows takes long to import
        return False
    from nn_desktop.files.opening import is_link

    return is_link(text)
