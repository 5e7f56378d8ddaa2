"""Where a function over a grid crosses a level: marching squares, for all cells at once."""

from typing import Final

import numpy as np

from nn_desktop.arrays import FloatArray, IntArray

# The corners of a cell in order, as steps from its first one; edge k runs from corner k to the next.
_ROW_STEPS: Final = np.array((0, 0, 1, 1))
_COLUMN_STEPS: Final = np.array((0, 1, 1, 0))


def _crossed_edges() -> IntArray:
    """Return the edges whose ends lie on different sides, shape (16, 4), by which corners are above; else -1.

    They come in pairs, each of which is one line through the cell.
    """
    table = np.full((16, 4), -1, dtype=np.int64)
    for case in range(16):
        above = [bool(case >> corner & 1) for corner in range(4)]
        crossed = [edge for edge in range(4) if above[edge] != above[(edge + 1) % 4]]
        table[case, : len(crossed)] = crossed
    return table


_CROSSED: Final = _crossed_edges()


def contour(values: FloatArray, level: float = 0.0) -> tuple[FloatArray, FloatArray]:
    """Return the lines along which a function has a given value.

    Parameters
    ----------
    values : array, shape (rows, columns)
        The function on a grid, all finite.
    level
        The value.

    Returns
    -------
    columns, rows : arrays, shape (2 n,)
        Each two points after one another are the ends of one line, in grid steps from the first value.
    """
    above = values > level
    case = above[:-1, :-1] + 2 * above[:-1, 1:] + 4 * above[1:, 1:] + 8 * above[1:, :-1]
    row, column = np.nonzero((case > 0) & (case < 15))
    edges = _CROSSED[case[row, column]]
    cell, slot = np.nonzero(edges >= 0)
    start = edges[cell, slot]
    end = (start + 1) % 4
    start_row, start_column = row[cell] + _ROW_STEPS[start], column[cell] + _COLUMN_STEPS[start]
    end_row, end_column = row[cell] + _ROW_STEPS[end], column[cell] + _COLUMN_STEPS[end]
    first, second = values[start_row, start_column], values[end_row, end_column]
    # One end is above the level and the other is not, so they differ.
    along = (level - first) / (second - first)
    columns = start_column + along * (end_column - start_column)
    rows = start_row + along * (end_row - start_row)
    return columns, rows
