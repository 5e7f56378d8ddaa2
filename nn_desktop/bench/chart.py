"""A chart in characters, with logarithmic axes."""

import math
from collections.abc import Sequence

ROWS_PER_DECADE, COLUMNS_PER_DECADE = 5, 10
"""Equally long in a terminal, whose characters are twice as high as wide: "in proportion" is 45°."""


def log_chart(points: Sequence[tuple[float, float]], x_label: str, y_label: str) -> str:
    """Draw points against both logarithms.

    Parameters
    ----------
    points
        x and y, all above 0; one at least.
    x_label, y_label
        Titles of the axes, with units.
    """
    left, right = _decades([x for x, _ in points])
    bottom, top = _decades([y for _, y in points])
    width, height = (right - left) * COLUMNS_PER_DECADE, (top - bottom) * ROWS_PER_DECADE
    rows = [[" "] * (width + 1) for _ in range(height + 1)]
    for x, y in points:
        column = round((math.log10(x) - left) * COLUMNS_PER_DECADE)
        row = round((top - math.log10(y)) * ROWS_PER_DECADE)
        rows[row][column] = "●"
    margin = max(len(_number(decade)) for decade in range(bottom, top + 1))
    lines = [y_label]
    for index, characters in enumerate(rows):
        decade, rest = divmod(index, ROWS_PER_DECADE)
        label = "" if rest else _number(top - decade)
        lines.append(f"{label:>{margin}} {'│' if rest else '┤'}{''.join(characters)}".rstrip())
    axis = "".join("┬" if column % COLUMNS_PER_DECADE == 0 else "─" for column in range(width + 1))
    labels = [_number(decade) for decade in range(left, right + 1)]
    ticks = "".join(f"{label:<{COLUMNS_PER_DECADE}}" for label in labels).rstrip()
    lines += [f"{'':{margin}} └{axis}", f"{'':{margin}}  {ticks}  {x_label}"]
    return "\n".join(lines)


def _decades(values: Sequence[float]) -> tuple[int, int]:
    low, high = (math.log10(bound) for bound in (min(values), max(values)))
    # A value such as 1,000,998 still belongs to the decade that it ends.
    first, last = math.floor(low + 0.02), math.ceil(high - 0.02)
    return first, max(last, first + 1)


def _number(decade: int) -> str:
    return f"{10**decade:,}" if decade >= 0 else f"{10.0**decade:.{-decade}f}"
