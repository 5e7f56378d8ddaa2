"""Shift and scale of values, column by column."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nn_desktop.arrays import FloatArray


@dataclass(frozen=True, eq=False)
class Scaling:
    """A reversible change of units: scaled = (raw - mean) / scale.

    Attributes
    ----------
    mean : array of float64, shape (d,)
        What is subtracted, in raw units.
    scale : array of float64, shape (d,)
        What is divided by, in raw units; never 0.
    """

    mean: FloatArray
    scale: FloatArray

    def __post_init__(self) -> None:
        if self.mean.ndim != 1 or self.mean.shape != self.scale.shape:
            raise ValueError(
                f"mean {self.mean.shape} and scale {self.scale.shape} must be vectors of one length"
            )
        if not np.all(np.isfinite(self.mean) & np.isfinite(self.scale) & (self.scale != 0.0)):
            raise ValueError("mean and scale must be finite and no scale may be 0")
        self.mean.setflags(write=False)
        self.scale.setflags(write=False)

    @classmethod
    def none(cls, width: int) -> "Scaling":
        """Leave `width` columns as they are."""
        return cls(np.zeros(width), np.ones(width))

    @classmethod
    def standardize(cls, train_values: FloatArray) -> "Scaling":
        """Bring each column to mean 0 and standard deviation 1.

        Parameters
        ----------
        train_values
            Values of the training part, shape (n, d). Never the test part: what is known of it would leak.

        Returns
        -------
        Scaling
            Mean and standard deviation (divisor n) of each column; a constant column gets scale 1.
        """
        mean = train_values.mean(axis=0)
        deviation = train_values.std(axis=0)
        # Rounding can leave a constant column a deviation of 1e-17, so the values themselves are asked.
        constant = (train_values.max(axis=0) == train_values.min(axis=0)) | (deviation == 0.0)
        return cls(mean, np.where(constant, 1.0, deviation))

    @property
    def is_none(self) -> bool:
        """Whether `apply` changes nothing."""
        return bool(np.all(self.mean == 0.0) and np.all(self.scale == 1.0))

    def apply(self, values: NDArray[np.floating]) -> FloatArray:
        """Turn raw values of shape (..., d) into scaled ones, in a new array."""
        return np.asarray((values - self.mean) / self.scale, dtype=np.float64)

    def undo(self, values: NDArray[np.floating]) -> FloatArray:
        """Turn scaled values of shape (..., d) back into raw ones, in a new array."""
        return np.asarray(values * self.scale + self.mean, dtype=np.float64)
