"""Measured data, read from the CSV files that come with the program."""

import csv
import math
from dataclasses import replace
from functools import lru_cache, partial
from pathlib import Path
from typing import Final

import numpy as np

from nn_desktop.arrays import FloatArray
from nn_desktop.data.builtin import Builtin, Group, Sampler
from nn_desktop.data.dataset import DataError, Task
from nn_desktop.data.source import DataSettings, RawSamples
from nn_desktop.resource_path import resource_path
from nn_desktop.texts import shown_path


@lru_cache
def read_table(row: Builtin, path: Path) -> RawSamples:
    """Read the file of a table; each file is read once.

    Parameters
    ----------
    row
        What the file should hold.
    path
        A CSV file in UTF-8 with a header, numbers, and the name of the class in the last column.

    Raises
    ------
    DataError
        If the file is missing or damaged.
    """
    try:
        # Not the path but its lines: of an empty file numpy would only warn.
        header, *rest = path.read_text(encoding="utf-8").splitlines()
        lines = [line for line in rest if line.strip()]
        if not lines:
            raise ValueError("a header and no rows")
        cells = np.loadtxt(lines, dtype=np.str_, delimiter=",", comments=None, ndmin=2)
        names = tuple(next(csv.reader([header])))
        inputs = cells[:, :-1].astype(np.float64)
        labels = np.array([row.class_names.index(name) for name in cells[:, -1].tolist()], dtype=np.int64)
    except OSError as error:
        raise DataError(
            f'The dataset "{row.title}" cannot be opened: its file {shown_path(path)} is missing from the '
            "installation or may not be read. Install the program again, or choose another dataset."
        ) from error
    except ValueError as error:
        raise _damaged(row, path) from error
    if (
        len(names) != row.inputs + 1
        or inputs.shape != (row.samples, row.inputs)
        or not np.isfinite(inputs).all()
    ):
        raise _damaged(row, path)
    # The arrays are shared by all who load the table.
    inputs.setflags(write=False)
    labels.setflags(write=False)
    return RawSamples(inputs=inputs, targets=labels, classes=labels, input_names=names[:-1])


def _read_own_file(source: Builtin, settings: DataSettings) -> RawSamples:
    """Read the table ``resources/datasets/<name>.csv``."""
    return read_table(source, resource_path("datasets", f"{source.name}.csv"))


def _read_enlarged(original: Builtin, source: Builtin, settings: DataSettings) -> RawSamples:
    """Read another table of square pictures, and enlarge them."""
    return _enlarge(source, original, resource_path("datasets", f"{original.name}.csv"))


@lru_cache
def _enlarge(source: Builtin, original: Builtin, path: Path) -> RawSamples:
    """Enlarge the pictures of a file; each file is enlarged once."""
    table = read_table(original, path)
    old_side, new_side = math.isqrt(original.inputs), math.isqrt(source.inputs)
    stretch = interpolation(old_side, new_side)
    pictures = stretch @ table.inputs.reshape(-1, old_side, old_side) @ stretch.T
    # Shared by all who load the table, as the labels are.
    pictures.setflags(write=False)
    return replace(
        table,
        inputs=pictures.reshape(-1, source.inputs),
        input_names=tuple(f"row {y} column {x}" for y in range(new_side) for x in range(new_side)),
    )


def interpolation(old: int, new: int) -> FloatArray:
    """Return the linear map from a line of pixels to one of another length, shape (new, old).

    A pixel of the new line takes from the two old ones whose centres its own centre lies between, by
    nearness. Beyond the outermost centres it takes the outermost pixel: nothing is read outside the picture.
    """
    centres = np.clip((np.arange(new) + 0.5) * old / new - 0.5, 0, old - 1)
    return np.maximum(0.0, 1.0 - np.abs(centres[:, np.newaxis] - np.arange(old)))


def _damaged(row: Builtin, path: Path) -> DataError:
    return DataError(
        f'The dataset "{row.title}" cannot be read: its file {shown_path(path)} is damaged; {row.samples} '
        f"rows of {row.inputs} numbers and a class were expected. "
        "Install the program again, or choose another dataset."
    )


def _table(
    name: str,
    title: str,
    samples: int,
    inputs: int,
    class_names: tuple[str, ...],
    description: str,
    sampler: Sampler = _read_own_file,
) -> Builtin:
    """Make a row of a table with a class in its last column, named as in the file."""
    is_binary = len(class_names) == 2
    return Builtin(
        name=name,
        title=title,
        group=Group.TABLE,
        task=Task.BINARY if is_binary else Task.MULTICLASS,
        inputs=inputs,
        samples=samples,
        train_share=0.7,
        standardize=True,
        description=description,
        sampler=sampler,
        output_names=class_names[1:] if is_binary else class_names,
        class_names=class_names,
    )


# fmt: off
DIGITS: Final = _table(
    "digits", "Digits", 1797, 64, tuple("0123456789"),
    "Handwritten digits of 8×8 pixels: a simple image-recognition task.",
)
LARGE_DIGITS: Final = _table(
    "digits-784", "Digits 28×28", 1797, 784, DIGITS.class_names,
    "The same digits drawn larger: twelve times the weights, no additional information.",
    partial(_read_enlarged, DIGITS),
)
TABLES: Final = (
    _table("iris", "Iris", 150, 4, ("setosa", "versicolor", "virginica"),
           "Three species from four measures of a flower: one stands apart, the other two overlap."),
    _table("wine", "Wine", 178, 13, ("cultivar 1", "cultivar 2", "cultivar 3"),
           "Three cultivars by chemical analysis: columns differ a thousandfold, so scaling matters."),
    _table("breast-cancer", "Breast cancer", 569, 30, ("malignant", "benign"),
           "Benign or malignant from 30 measures of cell nuclei: which of the two mistakes is worse?"),
    DIGITS,
    LARGE_DIGITS,
)
# fmt: on
