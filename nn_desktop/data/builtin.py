"""A dataset that comes with the program."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import ClassVar, Final

from nn_desktop.data.dataset import Domain, Task, TrueFunction
from nn_desktop.data.sampling import SplitRule
from nn_desktop.data.source import DataSettings, RawSamples


class Group(StrEnum):
    """Kinds of dataset."""

    FUNCTION = "function"
    PLANAR = "planar"
    TABLE = "table"
    SAMPLE = "sample"


_ALWAYS_ADJUSTABLE: Final = frozenset({"seed", "train_share", "standardize"})
_ADJUSTABLE: Final = MappingProxyType(
    {
        Group.FUNCTION: _ALWAYS_ADJUSTABLE | {"samples", "noise", "positions"},
        Group.PLANAR: _ALWAYS_ADJUSTABLE | {"samples", "noise"},
        Group.TABLE: _ALWAYS_ADJUSTABLE,
        Group.SAMPLE: frozenset(),
    }
)


@dataclass(frozen=True, kw_only=True, eq=False)
class Builtin:
    """A row of the catalogue. Rows are compared by their names: a copy in another process is the same row.

    Attributes
    ----------
    group
        Kind of dataset.
    samples, train_share, standardize
        Defaults.
    sampler
        Draws the samples of this row, as `DataSource.draw` says.
    """

    name: str
    title: str
    group: Group
    task: Task
    inputs: int
    samples: int
    train_share: float
    standardize: bool
    description: str
    sampler: "Sampler"
    formula: str = ""
    input_names: tuple[str, ...] = ()
    output_names: tuple[str, ...]
    class_names: tuple[str, ...] = ()
    domain: Domain | None = None
    true_function: TrueFunction | None = None

    why_no_samples: ClassVar[str] = ""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Builtin) and other.name == self.name

    def __hash__(self) -> int:
        return hash(self.name)

    @property
    def outputs(self) -> int:
        """Number of outputs: K of a regression, 1 for two classes, k for more."""
        return len(self.output_names)

    @property
    def adjustable(self) -> frozenset[str]:
        """Which fields of `DataSettings` can be chosen: a table has its samples, and no noise."""
        return _ADJUSTABLE[self.group]

    @property
    def default_settings(self) -> DataSettings:
        """The settings that suit it: no noise, seed 0."""
        return DataSettings(
            source=self,
            samples=self.samples,
            train_share=self.train_share,
            standardize=self.standardize,
            split=SplitRule.EXACT,
        )

    def draw(self, settings: DataSettings) -> RawSamples:
        """Make or read the samples; the same settings give the same bits. Raises `DataError`."""
        return self.sampler(self, settings)


Sampler = Callable[[Builtin, DataSettings], RawSamples]
