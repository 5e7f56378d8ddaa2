"""Whether an export computes what the program computes: somebody else reads or runs it too."""

import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile

import numpy as np

from nn_desktop.engines.engine import StopFlag
from nn_desktop.network.parameters import FloatArray

LONGEST_RUN = 120.0
"""Seconds that a compiler or a program may take."""
POLL_SECONDS = 0.02
FLOAT64_TOLERANCE, FLOAT32_TOLERANCE = 1e-12, 1e-6
"""Differences that rounding explains, as `difference_of` measures them."""


class NotCheckedError(Exception):
    """Why an export could not be checked, as half a sentence: ``"onnxruntime is not installed"``."""


@dataclass(frozen=True, eq=False)
class Answered:
    """What a reader of an export made of the inputs.

    Attributes
    ----------
    reader
        What read or ran it, such as ``"onnxruntime 1.20"``.
    answers
        Shape (n, outputs).
    """

    reader: str
    answers: FloatArray


Answer = Callable[[Path, FloatArray, StopFlag], Answered]
"""Answers raw inputs, shape (n, inputs), by means of a file that was exported; the flag asks it to end.

Raises `NotCheckedError` if that cannot be done here.
"""


@dataclass(frozen=True)
class Check:
    """What came of a check.

    Attributes
    ----------
    reader
        What read or ran the export; empty if nothing could.
    difference
        The largest one; NaN if nothing could be compared.
    inputs
        How many were compared.
    why_not
        Why nothing could be compared; empty otherwise.
    tolerance
        The largest difference that rounding explains.
    """

    reader: str = ""
    difference: float = np.nan
    inputs: int = 0
    why_not: str = ""
    tolerance: float = FLOAT64_TOLERANCE

    @property
    def is_checked(self) -> bool:
        """Whether anything was compared."""
        return not self.why_not

    @property
    def is_good(self) -> bool:
        """Whether it computes the same."""
        return self.is_checked and self.difference <= self.tolerance

    def __str__(self) -> str:
        """Say it in one line."""
        if not self.is_checked:
            return f"not checked: {self.why_not}"
        found = f"largest difference {self.difference:.1e} over {self.inputs} inputs"
        if not self.is_good:
            found += f", more than rounding explains ({self.tolerance:g}): do not rely on this file"
        return f"checked with {self.reader}: {found}"


def compare(answered: Answered, expected: FloatArray, tolerance: float) -> Check:
    """Compare answers, both of shape (n, outputs)."""
    if answered.answers.shape != expected.shape:
        return Check(answered.reader, np.inf, len(expected), tolerance=tolerance)
    return Check(
        answered.reader, difference_of(answered.answers, expected), len(expected), tolerance=tolerance
    )


def difference_of(answers: FloatArray, expected: FloatArray) -> float:
    """Return the largest difference, column by column in relation to the largest answer, if that is above 1.

    Answers of a million have fewer places after the point than answers of one.
    """
    largest = np.maximum(np.abs(expected).max(axis=0), 1.0)
    difference = float((np.abs(answers - expected) / largest).max())
    return difference if np.isfinite(difference) else float("inf")


def run_program(
    command: Sequence[str | Path], stop: StopFlag, text: str = "", folder: Path | None = None
) -> str:
    """Run a program to its end, and return what it prints.

    Parameters
    ----------
    command
        The program and its arguments.
    stop
        Ends it.
    text
        Its standard input.
    folder
        Where it runs.

    Raises
    ------
    NotCheckedError
        If it cannot be started, fails, takes too long, or was stopped.
    """
    name = Path(command[0]).name
    # Through files: a pipe that nobody empties would let the program wait for ever.
    with (
        TemporaryFile() as given,
        TemporaryFile() as out,
        TemporaryFile() as wrong,
    ):
        given.write(text.encode())
        given.seek(0)
        try:
            process = subprocess.Popen(
                list(map(str, command)), stdin=given, stdout=out, stderr=wrong, cwd=folder
            )
        except OSError as error:
            raise NotCheckedError(f"{name} cannot be run ({error.strerror or error})") from error
        try:
            _wait(process, name, stop)
        finally:
            with suppress(OSError):
                process.kill()
            process.wait()
        out.seek(0)
        wrong.seek(0)
        if process.returncode:
            raise NotCheckedError(f"{name} failed ({_why(wrong.read(10_000).decode(errors='replace'))})")
        printed: bytes = out.read()
        return printed.decode(errors="replace")


def _why(said: str) -> str:
    """Take the line that says why: compilers draw below it, and Python says it last."""
    lines = said.strip().splitlines() or ["without a word"]
    return next((line for line in lines if "error:" in line), lines[-1])[:200]


def _wait(process: "subprocess.Popen[bytes]", name: str, stop: StopFlag) -> None:
    end = time.monotonic() + LONGEST_RUN
    while process.poll() is None:
        if stop:
            raise NotCheckedError("it was stopped")
        if time.monotonic() > end:
            raise NotCheckedError(f"{name} took longer than {LONGEST_RUN:.0f} seconds")
        time.sleep(POLL_SECONDS)


def read_answers(printed: str, outputs: int) -> FloatArray:
    """Read what an exported program prints: a line of column names, then a line of answers for each input.

    Raises
    ------
    NotCheckedError
        If that is not what it printed.
    """
    lines = printed.splitlines()[1:]
    try:
        return np.array([[float(field) for field in line.split(",")[:outputs]] for line in lines]).reshape(
            -1, outputs
        )
    except ValueError as error:
        raise NotCheckedError("what it prints is no table of numbers") from error


def write_inputs(inputs: FloatArray) -> str:
    """Write inputs as exported programs read them: a line each, numbers with commas between."""
    return "".join(",".join(map(repr, row)) + "\n" for row in inputs.tolist())
