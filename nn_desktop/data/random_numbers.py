"""Samples without a meaning, as wide as one likes: to measure speed, or where the real ones are not known."""

import re
from dataclasses import dataclass
from typing import Final

import numpy as np

from nn_desktop.arrays import FloatArray, IntArray
from nn_desktop.data.dataset import DataError, Dataset, DataSettings, Task, fit_scalings
from nn_desktop.data.random_streams import Stream, random_stream
from nn_desktop.data.scaling import Scaling
from nn_desktop.data.split import split
from nn_desktop.limits import MAX_MADE, too_many

PREFIX: Final = "random-"
MAX_COLUMNS: Final = 10_000
"""As many inputs, or outputs, as a layer may have units."""
MAX_NUMBERS: Final = MAX_MADE
"""Inputs and targets of all samples together."""
RANDOM_SAMPLES: Final = 1000
RANDOM_TRAIN_SHARE: Final = 0.8


@dataclass(frozen=True)
class RandomRow:
    """Random numbers of one width.

    Attributes
    ----------
    inputs
        How many there are in a sample.
    targets
        How many there are in a sample or, if it belongs to a class, how many classes there are.
    has_classes
        Whether each sample belongs to a class.
    """

    inputs: int
    targets: int
    has_classes: bool = False

    @property
    def name(self) -> str:
        """The name in settings, such as ``random-784-10`` or ``random-784-of-10``."""
        return f"{PREFIX}{self.inputs}-{'of-' if self.has_classes else ''}{self.targets}"

    @property
    def title(self) -> str:
        """The name for people."""
        if self.has_classes:
            return f"Random numbers, {self.inputs} to one of {self.targets} classes"
        return f"Random numbers, {self.inputs} to {self.targets}"

    @property
    def task(self) -> Task:
        """What is to be learned."""
        if not self.has_classes:
            return Task.REGRESSION
        return Task.BINARY if self.targets == 2 else Task.MULTICLASS

    @property
    def samples(self) -> int:
        """How many samples there are unless others are asked for: fewer where they are wide."""
        return min(RANDOM_SAMPLES, MAX_NUMBERS // (self.inputs + self.outputs))

    @property
    def outputs(self) -> int:
        """How many outputs a network needs: one for two classes."""
        return 1 if self.task is Task.BINARY else self.targets


def find_random(name: str) -> RandomRow | None:
    """Read a name such as ``random-784-10``: 784 inputs and 10 targets; ``random-784-of-10``: 10 classes.

    Returns
    -------
    None if it is the name of something else.

    Raises
    ------
    DataError
        If it begins as such a name does, and there can be no such dataset.
    """
    if not name.startswith(PREFIX):
        return None
    numbers = re.fullmatch(r"([0-9]+)-(of-)?([0-9]+)", name.removeprefix(PREFIX))
    if numbers is None:
        raise DataError(
            f'"{_short(name)}" does not say how many random numbers a sample has: '
            f"type inputs and outputs, as in {PREFIX}784-10, or {PREFIX}784-of-10 for 10 classes."
        )
    # A longer number is too large anyway, and slow to read.
    inputs, targets = (int(number) if len(number) < 9 else 10**9 for number in numbers.group(1, 3))
    fewest = 2 if numbers[2] else 1
    if not (1 <= inputs <= MAX_COLUMNS and fewest <= targets <= MAX_COLUMNS):
        raise DataError(
            f'"{_short(name)}" cannot be: a sample has 1 to {MAX_COLUMNS} inputs '
            f"and as many outputs, or 2 to {MAX_COLUMNS} classes, as in {PREFIX}784-10."
        )
    return RandomRow(inputs, targets, numbers[2] is not None)


def load_random(row: RandomRow, settings: DataSettings) -> Dataset:
    """Draw inputs and targets from the normal distribution, or classes by chance: all independent of another.

    Noise is added to the training targets, with as many times their own standard deviation; of the training
    samples with a class, that share gets another one by chance.

    Parameters
    ----------
    row
        How wide the samples are.
    settings
        How many samples, how much noise, and so on.

    Returns
    -------
    Dataset
        Samples from which there is nothing to learn.

    Raises
    ------
    DataError
        If the samples would take too much memory.
    """
    count, columns = settings.samples, row.inputs + row.outputs
    if count * columns > MAX_NUMBERS:
        advice = f"choose {MAX_NUMBERS // columns} samples or fewer"
        raise DataError(too_many(count * columns, "random numbers", advice))
    generator = random_stream(settings.seed, Stream.POSITIONS)
    inputs = generator.standard_normal((count, row.inputs))
    targets: FloatArray | IntArray
    labels: IntArray | None = None
    if row.has_classes:
        targets = labels = generator.integers(0, row.targets, count)
        # Each class is there, as far as there are samples.
        labels[: row.targets] = np.arange(row.targets)[:count]
    else:
        targets = generator.standard_normal((count, row.targets))
    train, test = split(count, settings.train_share, random_stream(settings.seed, Stream.SPLIT), labels)
    if settings.noise:
        _disturb(row, targets, train, settings)
    input_scaling, target_scaling = fit_scalings(settings, row.task, inputs, targets, train)
    if row.has_classes:  # there may be more of them than samples
        target_scaling = Scaling.none(row.outputs)
    return Dataset(
        settings=settings,
        title=row.title,
        task=row.task,
        input_names=tuple(f"x{number}" for number in range(1, row.inputs + 1)),
        output_names=_output_names(row),
        class_names=_class_names(row),
        inputs=inputs,
        targets=targets,
        train=train,
        test=test,
        input_scaling=input_scaling,
        target_scaling=target_scaling,
    )


def _disturb(row: RandomRow, targets: FloatArray | IntArray, train: IntArray, settings: DataSettings) -> None:
    generator = random_stream(settings.seed, Stream.NOISE)
    if row.has_classes:
        moved = train[generator.random(len(train)) < settings.noise]
        targets[moved] = generator.integers(0, row.targets, len(moved))
    else:
        targets[train] += settings.noise * generator.standard_normal(targets.shape)[train]


def _class_names(row: RandomRow) -> tuple[str, ...]:
    return tuple(f"class {number}" for number in range(1, row.targets + 1)) if row.has_classes else ()


def _output_names(row: RandomRow) -> tuple[str, ...]:
    if not row.has_classes:
        return tuple(f"y{number}" for number in range(1, row.targets + 1))
    names = _class_names(row)
    return names[1:] if row.task is Task.BINARY else names


def _short(text: str) -> str:
    """Quote no more of a text than fits into a sentence."""
    return text if len(text) <= 40 else f"{text[:40]}…"
