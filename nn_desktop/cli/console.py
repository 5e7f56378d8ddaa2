"""Writing to standard output and standard error, whatever has become of them."""

import errno
import os
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
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
    _put(partial(_write_line, visible_lines(text)))


def put_bytes(pieces: Iterable[bytes]) -> None:
    """Write bytes to standard output, the same as into a file: in UTF-8, and with line ends as they are.

    A terminal alone is shown names of strangers without what would steer it. A reader that goes away ends it
    early. Raises `UserError` as `put` does.
    """
    for piece in pieces:
        if not _put(partial(_write_bytes, piece)):
            return


def say(text: str) -> None:
    """Write a sentence for the user to standard error. If that fails, there is nobody to tell."""
    with suppress(OSError):
        _write(sys.stderr, partial(_write_line, f"nn-desktop: {sentence(text)}"))


def _put(write: Callable[[TextIO], None]) -> bool:
    """Write to standard output; return whether anybody still reads it."""
    try:
        _write(sys.stdout, write)
    except BrokenPipeError:
        return False
    except OSError as error:
        raise UserError(f"The result cannot be written to standard output: {error.strerror}.") from error
    return True


def _write(stream: TextIO | None, write: Callable[[TextIO], None]) -> None:
    """Write to a stream; raises `OSError`."""
    if stream is None:  # the process was started with it closed
        raise OSError(errno.EBADF, os.strerror(errno.EBADF))
    try:
        write(stream)
    except OSError:
        # What is left in the buffer must not fail once more when Python ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
        raise


def _write_line(text: str, stream: TextIO) -> None:
    # A path may hold what the terminal's encoding does not.
    encoding = stream.encoding or "utf-8"
    print(text.encode(encoding, "backslashreplace").decode(encoding), file=stream, flush=True)


def _write_bytes(piece: bytes, stream: TextIO) -> None:
    stream.buffer.write(visible_lines(piece.decode()).encode() if stream.isatty() else piece)
    stream.buffer.flush()
