"""Long curves in few points."""

import numpy as np

from nn_desktop.arrays import FloatArray

MAX_BINS = 120


def thin(rows: FloatArray, bins: int = MAX_BINS) -> FloatArray:
    """Keep of each stretch of rows those where the first value is least and greatest; and the last row.

    Parameters
    ----------
    rows : array, shape (n, columns)
        Place, then values. Few rows come back as they are.
    bins
        Number of stretches.

    Returns
    -------
    array, shape (at most 2 bins and some more, columns)
        In the same order. All columns have the same places.
    """
    if len(rows) <= 2 * bins:
        return rows
    size = -(-len(rows) // bins)
    whole = len(rows) // size * size
    values = np.nan_to_num(rows[:whole, 1]).reshape(-1, size)
    starts = np.arange(len(values)) * size
    kept = np.concatenate((starts + values.argmin(axis=1), starts + values.argmax(axis=1)))
    chosen: FloatArray = rows[
        np.unique(np.concatenate((kept, [0], np.arange(whole, len(rows)), [len(rows) - 1])))
    ]
    return chosen
