"""Whether an export computes what the program computes: somebody else reads or runs it too."""

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from nn_desktop import programs
from nn_desktop.arrays import FloatArray
from nn_desktop.engines.engine import StopFlag
from nn_desktop.programs import ProgramError

FLOAT64_TOLERANCE, FLOAT32_TOLERANCE = 1e-12, 1e-6
"""Differences in relation to what a network gives, before it is scaled back, that are as good as none."""


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


@dataclass(frozen=True, eq=False)
class Question:
    """What an export is asked.

    Attributes
    ----------
    inputs
        Raw inputs, shape (n, inputs).
    outputs
        Number of outputs, for each input.
    stop
        Asks the reader to end.
    """

    inputs: FloatArray
    outputs: int
    stop: StopFlag = field(default_factory=StopFlag)


Answer = Callable[[Path, Question], Answered]
"""Answers by means of a file that was exported, in a folder that holds nothing but what was exported with it.

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
        How many were compared: those of which any answer was.
    why_not
        Why nothing could be compared; empty otherwise.
    tolerance
        The largest difference that rounding explains.
    """

    reader: str = ""
    difference: float = np.nan
    inputs: int = 0
    why_not: str = ""
    tolerance: float = np.nan

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


def compare(answered: Answered, expected: FloatArray, tolerance: FloatArray) -> Check:
    """Compare answers, number by number; all arrays have the shape (n, outputs).

    What is told is the largest difference; or, if some are beyond their tolerance, the one that is furthest.
    Numbers whose tolerance is infinite are left out, as any answer would do for them.
    """
    answers = answered.answers
    if answers.shape != expected.shape:
        return Check(answered.reader, np.inf, len(expected), tolerance=0.0)
    is_compared = tolerance < np.inf
    count = int(is_compared.any(axis=1).sum())
    if not count:
        return Check(why_not="the network itself computes with numbers that are not finite")
    is_same = (answers == expected) | (np.isnan(answers) & np.isnan(expected)) | ~is_compared
    with np.errstate(all="ignore"):
        differences = np.where(is_same, 0.0, np.abs(answers - expected))
        differences[np.isnan(differences)] = np.inf
        sizes = np.broadcast_to(sizes_of(expected), expected.shape)
        is_beyond = differences > tolerance
        relative = (
            np.where(is_beyond, differences / tolerance, 0.0) if is_beyond.any() else differences / sizes
        )
    relative[~is_compared] = -1.0
    place = np.unravel_index(relative.argmax(), relative.shape)
    difference, allowed = (float(each[place] / sizes[place]) for each in (differences, tolerance))
    return Check(answered.reader, difference, count, tolerance=allowed)


def sizes_of(expected: FloatArray) -> FloatArray:
    """Return what the differences of each column are told in relation to: the largest number, if above 1.

    Answers of a million have fewer places after the point than answers of one.
    """
    sizes = np.where(np.isfinite(expected), np.abs(expected), 0.0)
    return np.asarray(np.maximum(sizes.max(axis=0), 1.0))


def run_program(command: Sequence[str | Path], folder: Path, stop: StopFlag, text: str = "") -> str:
    """Run a program to its end, and return what it prints; see `programs.run_program`.

    Raises
    ------
    NotCheckedError
        If it cannot be started, fails, takes too long, or was stopped.
    """
    try:
        return programs.run_program(command, folder, stop, text)
    except ProgramError as error:
        raise NotCheckedError(str(error)) from error


def read_answers(printed: str, outputs: int) -> FloatArray:
    """Read what an exported program prints: CSV, a line of titles, then a line of answers for each input.

    Raises
    ------
    NotCheckedError
        If that is not what it printed.
    """
    try:
        # Not by lines: a name may hold the end of one.
        rows = [row for row in csv.reader(io.StringIO(printed, newline="")) if row][1:]
        return np.array([[float(field) for field in row[:outputs]] for row in rows]).reshape(-1, outputs)
    except (csv.Error, ValueError) as error:
        raise NotCheckedError("what it prints is no table of numbers") from error


def write_inputs(inputs: FloatArray) -> str:
    """Write inputs as exported programs read them: a line each, numbers with commas between."""
    return "".join(",".join(map(repr, row)) + "\n" for row in inputs.tolist())
