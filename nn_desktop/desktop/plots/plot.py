"""What every plot can do, whatever it shows: its menu is made of that."""

from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from nn_desktop.desktop.look.pictures import Picture

if TYPE_CHECKING:
    from nn_desktop.files.number_table import NumberTable


class Change(StrEnum):
    """What can be changed about how a plot is seen."""

    LOG_X = "log_x"
    LOG_Y = "log_y"
    CROSSHAIR = "crosshair"
    VIEW_ALL = "view_all"
    ZOOM_IN = "zoom_in"
    ZOOM_OUT = "zoom_out"


class Plot(Protocol):
    """A plot as its menu knows it."""

    @property
    def file_name(self) -> str:
        """How a file of it is called, without its suffix."""

    def picture(self, suffix: str) -> Picture:
        """Return what it shows at this moment, for a file of that kind."""

    def why_no_numbers(self) -> str:
        """Return why it gives no numbers away; empty if it does."""

    def numbers(self) -> "NumberTable":
        """Return the numbers that it shows at this moment."""

    def obstacle(self, change: Change) -> str:
        """Return why something cannot be changed here; empty if it can."""

    def is_on(self, change: Change) -> bool:
        """Return whether an axis is logarithmic, or the crosshair shown."""

    def apply(self, change: Change) -> None:
        """Change something, or change it back."""
