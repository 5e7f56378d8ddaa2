"""Samples of random numbers to measure speed on: as wide as one likes, and nothing to learn from them."""

from dataclasses import dataclass
from typing import ClassVar, Final

from nn_desktop.data.dataset import DataError, Task
from nn_desktop.data.random_streams import Stream, random_stream
from nn_desktop.data.sampling import MAX_SAMPLES, MAX_TRAIN_SHARE
from nn_desktop.data.source import DataSettings, RawSamples
from nn_desktop.limits import MAX_MADE, too_many

MAX_NUMBERS: Final = MAX_MADE
"""Inputs and targets of all samples together."""


@dataclass(frozen=True, kw_only=True)
class RandomNumbers:
    """Inputs and targets from the normal distribution, all independent of one another.

    Attributes
    ----------
    inputs, outputs
        How many numbers of each a sample has.
    """

    inputs: int
    outputs: int

    name: ClassVar[str] = "random numbers"
    title: ClassVar[str] = "Random numbers"
    description: ClassVar[str] = "Numbers without a meaning, for measuring speed: there is nothing to learn."
    formula: ClassVar[str] = ""
    task: ClassVar[Task] = Task.REGRESSION
    class_names: ClassVar[tuple[str, ...]] = ()
    domain: ClassVar[None] = None
    true_function: ClassVar[None] = None
    adjustable: ClassVar[frozenset[str]] = frozenset({"samples", "seed", "train_share", "standardize"})
    why_no_samples: ClassVar[str] = ""

    @property
    def input_names(self) -> tuple[str, ...]:
        """``x1`` and so on."""
        return tuple(f"x{number}" for number in range(1, self.inputs + 1))

    @property
    def output_names(self) -> tuple[str, ...]:
        """``y1`` and so on."""
        return tuple(f"y{number}" for number in range(1, self.outputs + 1))

    @property
    def most_samples(self) -> int:
        """As many as fit into memory beside everything else."""
        return min(MAX_SAMPLES, MAX_NUMBERS // (self.inputs + self.outputs))

    @property
    def default_settings(self) -> DataSettings:
        """A thousand samples, or fewer where they are wide."""
        return DataSettings(
            source=self,
            samples=min(1000, self.most_samples),
            train_share=MAX_TRAIN_SHARE,
            standardize=False,
        )

    def draw(self, settings: DataSettings) -> RawSamples:
        """Draw inputs of shape (N, inputs) and targets of shape (N, outputs).

        Raises
        ------
        DataError
            If they would take too much memory.
        """
        count, columns = settings.samples, self.inputs + self.outputs
        if count * columns > MAX_NUMBERS:
            advice = f"choose {MAX_NUMBERS // columns} samples or fewer"
            raise DataError(too_many(count * columns, "random numbers", advice))
        generator = random_stream(settings.seed, Stream.POSITIONS)
        return RawSamples(
            inputs=generator.standard_normal((count, self.inputs)),
            targets=generator.standard_normal((count, self.outputs)),
        )
