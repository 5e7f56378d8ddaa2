"""All datasets that come with the program, in the order in which one would teach them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from types import MappingProxyType
from typing import Final

from nn_desktop.data.dataset import DataError, Dataset, DataSettings, Task
from nn_desktop.data.functions import (
    FUNCTION_SAMPLES,
    FUNCTION_TRAIN_SHARE,
    FUNCTIONS,
    FunctionRow,
    load_function,
)
from nn_desktop.data.planar import PLANAR, PLANAR_TRAIN_SHARE, PlanarRow, load_planar
from nn_desktop.data.random_numbers import (
    RANDOM_TRAIN_SHARE,
    RandomRow,
    find_random,
    load_random,
)
from nn_desktop.data.sampling import Positions
from nn_desktop.data.tables import TABLE_TRAIN_SHARE, TABLES, TableRow, load_table
from nn_desktop.errors import unknown_name


class Group(StrEnum):
    """Kinds of dataset."""

    FUNCTION = "function"
    PLANAR = "planar"
    TABLE = "table"
    RANDOM = "random"


@dataclass(frozen=True)
class Entry:
    """What is known of a dataset before it is loaded.

    Attributes
    ----------
    name, title
        Name in settings and files, and name for people.
    group
        Kind of dataset.
    task
        What is to be learned.
    inputs, outputs
        Number of raw inputs, and of outputs (1 for two classes).
    samples
        Number of samples by default.
    description
        One sentence on what there is to learn from it.
    formula
        The truth in one line, or an empty text.
    train_share, standardize
        Defaults.
    adjustable
        Whether samples and noise can be chosen.
    """

    name: str
    title: str
    group: Group
    task: Task
    inputs: int
    outputs: int
    samples: int
    description: str
    formula: str
    train_share: float
    standardize: bool
    adjustable: bool


def _function_entry(row: FunctionRow) -> Entry:
    return Entry(
        name=row.name,
        title=row.title,
        group=Group.FUNCTION,
        task=Task.REGRESSION,
        inputs=1,
        outputs=1,
        samples=FUNCTION_SAMPLES,
        description=row.description,
        formula=row.formula,
        train_share=FUNCTION_TRAIN_SHARE,
        standardize=row.standardize,
        adjustable=True,
    )


def _planar_entry(row: PlanarRow) -> Entry:
    return Entry(
        name=row.name,
        title=row.title,
        group=Group.PLANAR,
        task=row.task,
        inputs=2,
        outputs=1,
        samples=row.samples,
        description=row.description,
        formula=row.formula,
        train_share=PLANAR_TRAIN_SHARE,
        standardize=False,
        adjustable=True,
    )


def _table_entry(row: TableRow) -> Entry:
    return Entry(
        name=row.name,
        title=row.title,
        group=Group.TABLE,
        task=row.task,
        inputs=row.inputs,
        outputs=1 if row.task is Task.BINARY else len(row.class_names),
        samples=row.samples,
        description=row.description,
        formula="",
        train_share=TABLE_TRAIN_SHARE,
        standardize=True,
        adjustable=False,
    )


def _random_entry(row: RandomRow) -> Entry:
    return Entry(
        name=row.name,
        title=row.title,
        group=Group.RANDOM,
        task=row.task,
        inputs=row.inputs,
        outputs=row.outputs,
        samples=row.samples,
        description="Numbers without a meaning, for measuring speed: there is nothing to learn.",
        formula="",
        train_share=RANDOM_TRAIN_SHARE,
        standardize=False,
        adjustable=True,
    )


_ENTRIES: Final = (
    *map(_function_entry, FUNCTIONS),
    *map(_planar_entry, PLANAR),
    *map(_table_entry, TABLES),
)
CATALOGUE: Final[Mapping[str, Entry]] = MappingProxyType({entry.name: entry for entry in _ENTRIES})

_LOADERS: Final[Mapping[str, Callable[[DataSettings], Dataset]]] = MappingProxyType(
    {
        **{row.name: partial(load_function, row) for row in FUNCTIONS},
        **{row.name: partial(load_planar, row) for row in PLANAR},
        **{row.name: partial(load_table, row) for row in TABLES},
    }
)


def find_entry(name: str) -> Entry:
    """Find a dataset by its name: one of the catalogue, or ``random-784-10`` and the like, not in it.

    Raises
    ------
    UserError
        If there is none of that name; the text suggests the nearest.
    """
    entry = CATALOGUE.get(name)
    if entry is not None:
        return entry
    row = find_random(name)
    if row is None:
        raise unknown_name("dataset", name, CATALOGUE)
    return _random_entry(row)


def default_settings(name: str) -> DataSettings:
    """Give the settings that suit a dataset: no noise, seed 0.

    Raises
    ------
    UserError
        If there is no dataset of that name.
    """
    entry = find_entry(name)
    return DataSettings(
        name=entry.name,
        samples=entry.samples,
        noise=0.0,
        seed=0,
        train_share=entry.train_share,
        standardize=entry.standardize,
    )


def load(settings: DataSettings) -> Dataset:
    """Make or read the dataset that the settings describe; the same settings give the same bits.

    Raises
    ------
    UserError
        If there is no dataset of that name.
    DataError
        If samples or noise are asked for that a table does not have, if its file is missing or damaged, or if
        random numbers are too many.
    """
    entry = find_entry(settings.name)
    if settings.positions is not Positions.RANDOM and entry.group is not Group.FUNCTION:
        raise DataError(
            f'Only functions of one variable can be sampled on a grid, and "{entry.title}" is none. '
            "Choose random positions."
        )
    if not entry.adjustable:
        if settings.samples != entry.samples:
            raise DataError(
                f'"{entry.title}" is a table of {entry.samples} rows, and all of them are used. '
                f"Set the number of samples to {entry.samples} instead of {settings.samples}."
            )
        if settings.noise != 0.0:
            raise DataError(
                f'"{entry.title}" is measured data, to which no noise is added. Set the noise to 0.'
            )
    row = find_random(entry.name)
    return _LOADERS[entry.name](settings) if row is None else load_random(row, settings)
