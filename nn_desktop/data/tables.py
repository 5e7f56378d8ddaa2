"""Measured data, read from the CSV files that come with the program."""

import csv
import math
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

import numpy as np

from nn_desktop.arrays import FloatArray, IntArray
from nn_desktop.data.dataset import DataError, Dataset, DataSettings, Task, fit_scalings
from nn_desktop.data.random_streams import Stream, random_stream
from nn_desktop.data.split import split
from nn_desktop.resource_path import resource_path

TABLE_TRAIN_SHARE: Final = 0.7


@dataclass(frozen=True)
class TableRow:
    """One table with a class in its last column.

    Attributes
    ----------
    name, title, description
        What the catalogue says of it; the file is ``resources/datasets/<name>.csv``.
    samples, inputs
        Its size: rows, and columns without the class.
    class_names
        Names as they stand in the file, in the order of the labels.
    enlarges
        The table of square pictures whose enlargement this one is; None if it has a file of its own.
    """

    name: str
    title: str
    samples: int
    inputs: int
    class_names: tuple[str, ...]
    description: str
    enlarges: "TableRow | None" = None

    @property
    def task(self) -> Task:
        """Two classes or more."""
        return Task.BINARY if len(self.class_names) == 2 else Task.MULTICLASS


# fmt: off
_DIGITS: Final = TableRow(
    "digits", "Digits", 1797, 64, tuple("0123456789"),
    "Handwritten digits of 8×8 pixels: the first step from numbers in a table to seeing.",
)
TABLES: Final = (
    TableRow("iris", "Iris", 150, 4, ("setosa", "versicolor", "virginica"),
             "Three species from four measures of a flower: one stands apart, the other two overlap."),
    TableRow("wine", "Wine", 178, 13, ("cultivar 1", "cultivar 2", "cultivar 3"),
             "Three cultivars by chemical analysis: columns differ a thousandfold, so scaling matters."),
    TableRow("breast-cancer", "Breast cancer", 569, 30, ("malignant", "benign"),
             "Benign or malignant from 30 measures of cell nuclei: which of the two mistakes is worse?"),
    _DIGITS,
    TableRow("digits-784", "Digits 28×28", 1797, 784, _DIGITS.class_names,
             "The same digits drawn larger: twelve times the weights, and not a bit more to see.", _DIGITS),
)
# fmt: on


@dataclass(frozen=True, eq=False)
class Table:
    """A table as read: column names, inputs of shape (N, d) and labels of shape (N,)."""

    input_names: tuple[str, ...]
    inputs: FloatArray
    labels: IntArray


def load_table(row: TableRow, settings: DataSettings) -> Dataset:
    """Load a table, all its rows, without noise.

    Parameters
    ----------
    row
        The table.
    settings
        Seed and share of the split, and whether to standardize.

    Returns
    -------
    Dataset
        A classification with inputs of shape (N, d) and labels of shape (N,).

    Raises
    ------
    DataError
        If the file is missing or damaged.
    """
    file_row = row.enlarges or row
    path = resource_path("datasets", f"{file_row.name}.csv")
    table = read_table(file_row, path) if row.enlarges is None else _read_enlarged(row, file_row, path)
    split_stream = random_stream(settings.seed, Stream.SPLIT)
    train, test = split(row.samples, settings.train_share, split_stream, table.labels)
    input_scaling, target_scaling = fit_scalings(settings, row.task, table.inputs, table.labels, train)
    return Dataset(
        settings=settings,
        title=row.title,
        task=row.task,
        input_names=table.input_names,
        output_names=row.class_names[1:] if row.task is Task.BINARY else row.class_names,
        class_names=row.class_names,
        inputs=table.inputs,
        targets=table.labels,
        train=train,
        test=test,
        input_scaling=input_scaling,
        target_scaling=target_scaling,
    )


@lru_cache(maxsize=len(TABLES))
def read_table(row: TableRow, path: Path) -> Table:
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
            f'The dataset "{row.title}" cannot be opened: its file {path} is missing from the installation '
            "or may not be read. Install the program again, or choose another dataset."
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
    return Table(names[:-1], inputs, labels)


@lru_cache(maxsize=len(TABLES))
def _read_enlarged(row: TableRow, file_row: TableRow, path: Path) -> Table:
    """Read a table of square pictures and enlarge them; each file is enlarged once."""
    table = read_table(file_row, path)
    old_side, new_side = math.isqrt(file_row.inputs), math.isqrt(row.inputs)
    stretch = interpolation(old_side, new_side)
    pictures = stretch @ table.inputs.reshape(-1, old_side, old_side) @ stretch.T
    # Shared by all who load the table, as the labels are.
    pictures.setflags(write=False)
    names = tuple(f"row {y} column {x}" for y in range(new_side) for x in range(new_side))
    return Table(names, pictures.reshape(-1, row.inputs), table.labels)


def interpolation(old: int, new: int) -> FloatArray:
    """Return the linear map from a line of pixels to one of another length, shape (new, old).

    A pixel of the new line takes from the two old ones whose centres its own centre lies between, by
    nearness. Beyond the outermost centres it takes the outermost pixel: nothing is read outside the picture.
    """
    centres = np.clip((np.arange(new) + 0.5) * old / new - 0.5, 0, old - 1)
    return np.maximum(0.0, 1.0 - np.abs(centres[:, np.newaxis] - np.arange(old)))


def _damaged(row: TableRow, path: Path) -> DataError:
    return DataError(
        f'The dataset "{row.title}" cannot be read: its file {path} is damaged; {row.samples} rows '
        f"of {row.inputs} numbers and a class were expected. "
        "Install the program again, or choose another dataset."
    )
