"""Writing to standard output and standard error, whatever has become of them."""

import errno
import os
import sys
from typing import TextIO

from nn_desktop.errors import UserError
from nn_desktop.texts import sentence, visible_lines


def put(text: str) -> None:
    """Write lines of a result to standard output; nothing in them can steer a terminal.

    A reader that closes the pipe early, such as ``head``, has all it wants: that is no error.

    Raises
    ------
    UserError
        If it cannot be written.
    """
    error = _write(sys.stdout, visible_lines(text))
    if error is not None and not isinstance(error, BrokenPipeError):
        raise UserError(f"The result cannot be written to standard output: {error.strerror}.") from error


def say(text: str) -> None:
    """Write a sentence for the user to standard error. If that fails, there is nobody to tell."""
    _write(sys.stderr, f"nn-desktop: {sentence(text)}")


def _write(stream: TextIO | None, text: str) -> OSError | None:
    """Write a text and the end of its line; return what went wrong."""
    if stream is None:  # the process was started with it closed
        return OSError(errno.EBADF, os.strerror(errno.EBADF))
    try:
        # A path may hold what the terminal's encoding does not.
        encoding = stream.encoding or "utf-8"
        print(text.encode(encoding, "backslashreplace").decode(encoding), file=stream, flush=True)
    except OSError as error:
        # What is left in the buffer must not fail once more when Python ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
        return error
    return None
