"""Data of which nothing is known but their shape: the file of a network says no more."""

from dataclasses import dataclass
from typing import ClassVar

from nn_desktop.data.dataset import DataError, Task
from nn_desktop.data.sampling import MIN_SAMPLES
from nn_desktop.data.source import DataSettings, RawSamples


@dataclass(frozen=True, kw_only=True)
class UnknownData:
    """What a network from elsewhere learned from. It has no samples, so nothing can be trained on it.

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
    description: ClassVar[str] = "The file of this network does not say what it learned from."
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
    def shape(self) -> str:
        """How many inputs, and outputs or classes, in words."""
        if self.task is Task.REGRESSION:
            return f"{_count(self.inputs, 'input')} and {_count(self.outputs, 'output')}"
        return f"{_count(self.inputs, 'input')} and {len(self.class_names)} classes"

    @property
    def default_settings(self) -> DataSettings:
        """The only settings there are."""
        return DataSettings(source=self, samples=MIN_SAMPLES, train_share=0.5, standardize=False)

    def draw(self, settings: DataSettings) -> RawSamples:
        """Raise `DataError`."""
        raise DataError(self.why_no_samples)


def _numbered(prefix: str, count: int) -> tuple[str, ...]:
    return tuple(f"{prefix}{number}" for number in range(1, count + 1))


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"
