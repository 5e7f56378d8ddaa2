"""Lines cut at the edges of a rectangle, for paper that has no clip."""

import numpy as np

from nn_desktop.arrays import FloatArray


def clip_segments(segments: FloatArray, left: float, top: float, right: float, bottom: float) -> FloatArray:
    """Return what of straight lines lies in a rectangle (Liang and Barsky 1984), for all lines at once.

    Parameters
    ----------
    segments : array, shape (n, 4)
        x and y of the start and of the end; those that are not finite are left out.

    Returns
    -------
    array, shape (m, 4)
        The parts within, in the same order and direction; whole lines keep their bits.
    """
    segments = segments[np.isfinite(segments).all(axis=1)]
    start, step = segments[:, :2], segments[:, 2:] - segments[:, :2]
    first, last = np.zeros(len(segments)), np.ones(len(segments))
    is_out = np.zeros(len(segments), dtype=bool)
    for axis, (low, high) in enumerate(((left, right), (top, bottom))):
        for direction, room in (
            (-step[:, axis], start[:, axis] - low),
            (step[:, axis], high - start[:, axis]),
        ):
            is_out |= (direction == 0) & (room < 0)
            with np.errstate(divide="ignore", invalid="ignore"):
                share = room / direction
            first = np.where(direction < 0, np.maximum(first, share), first)
            last = np.where(direction > 0, np.minimum(last, share), last)
    kept = ~is_out & (first < last)
    ends = [
        np.where(t[:, np.newaxis] == whole, segments[:, place], start + t[:, np.newaxis] * step)
        for t, whole, place in ((first, 0, slice(0, 2)), (last, 1, slice(2, 4)))
    ]
    return np.column_stack(ends)[kept]
