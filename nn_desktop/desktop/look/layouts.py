"""Rows and columns of widgets."""

from typing import TypeVar

from PySide6.QtWidgets import QBoxLayout, QLayout, QWidget

_B = TypeVar("_B", bound=QBoxLayout)


def fill(
    layout: _B,
    *parts: QWidget | QLayout,
    stretched: QWidget | QLayout | None = None,
    margins: tuple[int, int, int, int] = (0, 0, 0, 0),
    spacing: int | None = None,
) -> _B:
    """Put widgets and layouts into a row or a column, and return it.

    Parameters
    ----------
    stretched
        The one among them that gets all the room that is left.
    margins
        Pixels at the left, the top, the right and the bottom.
    spacing
        Pixels between two of them; None for as many as the style has.
    """
    layout.setContentsMargins(*margins)
    if spacing is not None:
        layout.setSpacing(spacing)
    for part in parts:
        stretch = int(part is stretched)
        if isinstance(part, QWidget):
            layout.addWidget(part, stretch)
        else:
            layout.addLayout(part, stretch)
    return layout
