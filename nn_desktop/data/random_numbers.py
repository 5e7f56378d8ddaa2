"""Samples without a meaning, as wide as one likes: for measuring speed."""

import re
from dataclasses import dataclass
from typing import Final

from nn_desktop.data.dataset import DataError, Dataset, DataSettings, Task, fit_scalings
from nn_desktop.data.random_streams import Stream, random_stream
from nn_desktop.data.split import split

PREFIX: Final = "random-"
MOST_COLUMNS: Final = 10_000
"""As many inputs, or outputs, as a layer may have units."""
MOST_NUMBERS: Final = 20_000_000
"""Inputs and targets of all samples together: 160 MB."""
RANDOM_SAMPLES: Final = 1000
RANDOM_TRAIN_SHARE: Final = 0.8


@dataclass(frozen=True)
class RandomRow:
    """Random numbers of one width.

    Attributes
    ----------
    inputs, outputs
        How many there are in a sample.
    """

    inputs: int
    outputs: int

    @property
    def name(self) -> str:
        """The name in settings, such as ``random-784-10``."""
        return f"{PREFIX}{self.inputs}-{self.outputs}"

    @property
    def title(self) -> str:
        """The name for people."""
        return f"Random numbers, {self.inputs} to {self.outputs}"


def find_random(name: str) -> RandomRow | None:
    """Read a name such as ``random-784-10``: 784 inputs and 10 outputs.

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
    numbers = re.fullmatch(r"([0-9]+)-([0-9]+)", name.removeprefix(PREFIX))
    if numbers is None:
        raise DataError(
            f'"{_short(name)}" does not say how many random numbers a sample has: '
            f"type inputs and outputs, as in {PREFIX}784-10."
        )
    # A longer number is too large anyway, and slow to read.
    inputs, outputs = (int(number) if len(number) < 9 else 10**9 for number in numbers.groups())
    if not (1 <= inputs <= MOST_COLUMNS and 1 <= outputs <= MOST_COLUMNS):
        raise DataError(
            f'"{_short(name)}" cannot be: a sample has 1 to {MOST_COLUMNS} inputs '
            f"and as many outputs, as in {PREFIX}784-10."
        )
    return RandomRow(inputs, outputs)


def load_random(row: RandomRow, settings: DataSettings) -> Dataset:
    """Draw inputs and targets from the normal distribution, each independent of all others.

    Noise is added to the training targets, with as many times their own standard deviation.

    Parameters
    ----------
    row
        How wide the samples are.
    settings
        How many samples, how much noise, and so on.

    Returns
    -------
    Dataset
        A regression in which there is nothing to learn.

    Raises
    ------
    DataError
        If the samples would take too much memory.
    """
    count, columns = settings.samples, row.inputs + row.outputs
    if count * columns > MOST_NUMBERS:
        raise DataError(
            f"{count} samples of {columns} numbers are too many for the memory: "
            f"choose {MOST_NUMBERS // columns} samples or fewer."
        )
    generator = random_stream(settings.seed, Stream.POSITIONS)
    inputs = generator.standard_normal((count, row.inputs))
    targets = generator.standard_normal((count, row.outputs))
    train, test = split(count, settings.train_share, random_stream(settings.seed, Stream.SPLIT))
    if settings.noise:
        disturbance = random_stream(settings.seed, Stream.NOISE).standard_normal(targets.shape)
        targets[train] += settings.noise * disturbance[train]
    input_scaling, target_scaling = fit_scalings(settings, Task.REGRESSION, inputs, targets, train)
    return Dataset(
        settings=settings,
        title=row.title,
        task=Task.REGRESSION,
        input_names=tuple(f"x{number}" for number in range(1, row.inputs + 1)),
        output_names=tuple(f"y{number}" for number in range(1, row.outputs + 1)),
        class_names=(),
        inputs=inputs,
        targets=targets,
        train=train,
        test=test,
        input_scaling=input_scaling,
        target_scaling=target_scaling,
    )


def _short(text: str) -> str:
    """Quote no more of a text than fits into a sentence."""
    return text if len(text) <= 40 else f"{text[:40]}…"
