"""What a view of the fit is, whatever the data."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from PySide6.QtCore import SignalInstance

from nn_desktop.data.dataset import Dataset
from nn_desktop.desktop.look.colors import Colors
from nn_desktop.desktop.plots.legend import LegendEntry
from nn_desktop.desktop.plots.plot import Plot
from nn_desktop.training.runs import Run
from nn_desktop.training.snapshot import Snapshot


@dataclass(frozen=True)
class Summary:
    """The fit in words.

    Attributes
    ----------
    caption
        One line to read at a glance.
    description
        Sentences for those who do not see the picture.
    tip
        What the number in the caption is, with its formula.
    """

    caption: str
    description: str
    tip: str


class Fit(Plot, Protocol):
    """A widget that shows what a network has made of one kind of dataset.

    Attributes
    ----------
    caption
        That of the newest summary, for its picture.
    maximize_requested
        Emitted when it is clicked twice.
    """

    caption: str
    maximize_requested: SignalInstance

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
