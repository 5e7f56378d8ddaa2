"""Data of which nothing is known but their shape: the file of a network says no more.

Version 0.1 put random numbers in their place, and its networks could be trained on those, standardized. They
are nothing to learn from any more, but the answers of such a network need their scaling.
"""

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import ClassVar

import numpy as np

from nn_desktop.data.dataset import DataError, Task
from nn_desktop.data.random_streams import Stream, random_stream
from nn_desktop.data.sampling import MIN_SAMPLES
from nn_desktop.data.source import DataSettings, RawSamples
from nn_desktop.limits import MAX_MADE, too_many
from nn_desktop.texts import counted


@dataclass(frozen=True, kw_only=True)
class UnknownData:
    """What a network from elsewhere learned from. It has no samples, so nothing can be trained on it.

    Settings that standardize mean the scaling of the random numbers that version 0.1 drew by the same
    settings; all others mean none.

    Attributes
    ----------
    task, inputs, outputs
        As in `DataSource`.
    input_names, class_names
        Numbered if none are given.
    output_names
        Of a regression; numbered if none are given. Those of a classification follow from its classes.
    """

    task: Task
    inputs: int
    outputs: int
    input_names: tuple[str, ...] = ()
    output_names: tuple[str, ...] = ()
    class_names: tuple[str, ...] = ()

    name: ClassVar[str] = "unknown"
    title: ClassVar[str] = "Unknown data"
    formula: ClassVar[str] = ""
    domain: ClassVar[None] = None
    true_function: ClassVar[None] = None
    adjustable: ClassVar[frozenset[str]] = frozenset()

    def __post_init__(self) -> None:
        outputs, classes = self.output_names, self.class_names
        if self.task is Task.REGRESSION:
            outputs = outputs or _numbered("y", self.outputs)
        else:
            classes = classes or _numbered("class ", max(self.outputs, 2))
            outputs = classes[1:] if self.task is Task.BINARY else classes
        object.__setattr__(self, "input_names", self.input_names or _numbered("x", self.inputs))
        object.__setattr__(self, "output_names", outputs)
        object.__setattr__(self, "class_names", classes)

    @property
    def why_no_samples(self) -> str:
        """Why there are no samples, and what to do."""
        return f"The data of this network are not known here: choose a dataset with {self.shape} to train it."

    @property
    def description(self) -> str:
        """Which data it can learn from."""
        return f"Unknown data: to train, choose a dataset with {self.shape}."

    @property
    def shape(self) -> str:
        """How many inputs, and outputs or classes, in words."""
        if self.task is Task.REGRESSION:
            return f"{counted(self.inputs, 'input')} and {counted(self.outputs, 'output')}"
        return f"{counted(self.inputs, 'input')} and {len(self.class_names)} classes"

    @property
    def default_settings(self) -> DataSettings:
        """The settings of data that are not scaled."""
        return DataSettings(source=self, samples=MIN_SAMPLES, train_share=0.5, standardize=False)

    @property
    def settings_of_random_numbers(self) -> DataSettings:
        """What version 0.1 drew random numbers by where nobody had chosen otherwise."""
        samples = min(1000, MAX_MADE // (self.inputs + self.outputs))
        return replace(self.default_settings, samples=samples, train_share=0.8)

    def draw(self, settings: DataSettings) -> RawSamples:
        """Draw the random numbers of version 0.1, for their scaling; raises `DataError` if there is none."""
        if not settings.standardize:
            raise DataError(self.why_no_samples)
        return self.draw_random_numbers(settings)

    def draw_random_numbers(self, settings: DataSettings) -> RawSamples:
        """Draw inputs and regression targets from the normal distribution, and classes that are as frequent.

        Raises
        ------
        DataError
            If they would take too much memory.
        """
        count, columns = settings.samples, self.inputs + self.outputs
        if count * columns > MAX_MADE:
            advice = f"choose {MAX_MADE // columns} samples or fewer"
            raise DataError(too_many(count * columns, "random numbers", advice))
        generator = random_stream(settings.seed, Stream.POSITIONS)
        inputs = generator.standard_normal((count, self.inputs))
        if self.task is not Task.REGRESSION:
            labels = generator.integers(0, len(self.class_names), count)
            labels[: len(self.class_names)] = np.arange(len(self.class_names))[:count]
            return RawSamples(inputs=inputs, targets=labels, classes=labels)
        targets = generator.standard_normal((count, self.outputs))
        noise = settings.noise * random_stream(settings.seed, Stream.NOISE).standard_normal(targets.shape)
        return RawSamples(inputs=inputs, targets=targets, training_noise=noise)


@lru_cache(maxsize=8)  # a file may hold hundreds of setups, all as wide as the same network
def _numbered(prefix: str, count: int) -> tuple[str, ...]:
    """Return numbered names: of all counts the same strings, since a short file can ask for very many."""
    return _numbered_at_least(prefix, 1 << (count - 1).bit_length())[:count]


@lru_cache(maxsize=64)
def _numbered_at_least(prefix: str, count: int) -> tuple[str, ...]:
    return tuple(f"{prefix}{number}" for number in range(1, count + 1))
