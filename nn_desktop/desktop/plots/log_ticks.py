"""Where a logarithmic axis is marked, and with what."""

from math import ceil, floor, log10

from nn_desktop.desktop.look.numbers import tick

Tick = tuple[float, str]

WIDE = 2.5
"""Decades: if more are shown, only powers of ten carry a number."""
MAX_LABELS = 6


def log_ticks(low: float, high: float) -> tuple[list[Tick], list[Tick]]:
    """Return the marks with numbers, and those without.

    Parameters
    ----------
    low, high
        Ends of the axis, as powers of ten.
    """
    decades = range(floor(low), ceil(high) + 1)
    every = max(1, ceil((high - low) / MAX_LABELS))
    numbered: list[Tick] = []
    plain: list[Tick] = []
    for decade in decades:
        for factor in range(1, 10):
            place = decade + log10(factor)
            if not low <= place <= high:
                continue
            is_numbered = decade % every == 0 if factor == 1 else factor in (2, 5) and high - low <= WIDE
            if is_numbered:
                numbered.append((place, tick(factor * 10.0**decade)))
            elif high - low <= 2 * WIDE or factor == 1:
                plain.append((place, ""))
    return numbered, plain
