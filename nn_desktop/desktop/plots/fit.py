"""What a view of the fit is, whatever the data."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from nn_desktop.data.dataset import Dataset
from nn_desktop.desktop.look.colors import Colors
from nn_desktop.desktop.plots.legend import LegendEntry
from nn_desktop.training.runs import Run
from nn_desktop.training.snapshot import Snapshot


@dataclass(frozen=True)
class Summary:
    """The fit in words: one line to read at a glance, and sentences for those who do not see the picture."""

    caption: str
    description: str


class Fit(Protocol):
    """A widget that shows what a network has made of one kind of dataset."""

    def set_dataset(self, dataset: Dataset) -> None:
        """Draw all that stays the same while a network learns from these data."""

    def show_fit(self, snapshot: Snapshot) -> Summary:
        """Draw what the network of the snapshot makes of the dataset given before."""

    def restyle(self, colors: Colors) -> None:
        """Take the colours of another theme."""

    def legend(self) -> tuple[LegendEntry, ...]:
        """Say what the marks and lines mean."""


@runtime_checkable
class ShowsRuns(Protocol):
    """A picture in which other runs can be seen too."""

    def show_runs(self, runs: Sequence[Run]) -> None:
        """Draw what these runs have made of the same data."""
