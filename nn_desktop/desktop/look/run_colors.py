"""The colours of runs, the same in the table and in every plot.

A number stands with each: colours repeat, and not everybody tells them apart.
"""

from nn_desktop.desktop.look.colors import Colors
from nn_desktop.training.runs import RunLabel


def run_color(colors: Colors, label: RunLabel) -> str:
    """Return the colour of a run, ``#rrggbb``."""
    return colors.categories[label.colour % len(colors.categories)]


def run_mark(label: RunLabel) -> str:
    """Return what tells a run from another one of the same colour: its number."""
    return str(label.id + 1)


def run_title(label: RunLabel) -> str:
    """Return its number with its name, if it has one: ``3`` stands beside its curve."""
    return f"{run_mark(label)} {label.name}" if label.name else label.title
