"""What is asked before a change that makes training very slow."""

from PySide6.QtCore import QCoreApplication

from nn_desktop.desktop.look.numbers import grouped
from nn_desktop.engines.names import EngineName
from nn_desktop.training.settings import ENGINE
from nn_desktop.training.setup import Setup

LARGE = 1000
"""Units of a network about which somebody who makes it by one edit is asked first."""
LONG_EPOCH = 10.0
"""Seconds an epoch of plain Python, about which somebody who chooses it is asked first."""
SECONDS_OF_A_PRODUCT = 5e-8
"""What plain Python takes for one weight times one number, about."""


def doubt_about(before: Setup, after: Setup) -> str:
    """Return what to ask before a change that makes training very slow; empty for any other one."""
    units, units_before = (sum(setup.topology.sizes) for setup in (after, before))
    weights = after.topology.weight_count
    if units > LARGE and units - units_before > LARGE // 2:
        text = QCoreApplication.translate(
            "doubts",
            "This network would have {units} units and {weights} weights, and learn slowly. "
            "Make it so large?",
        )
        return text.format(units=grouped(units), weights=grouped(weights))
    # Forward, back, and the gradient: three products a weight.
    seconds = 3 * weights * after.data.samples * SECONDS_OF_A_PRODUCT
    is_chosen = ENGINE.get(after) is EngineName.PYTHON is not ENGINE.get(before)
    if is_chosen and seconds > LONG_EPOCH:
        text = QCoreApplication.translate(
            "doubts",
            "Plain Python needs about {seconds} seconds for one epoch of this network, and cannot be "
            "paused within a batch. Make the change?",
        )
        return text.format(seconds=grouped(round(seconds)))
    return ""
