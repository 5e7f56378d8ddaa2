"""What is chosen about the samples of any dataset: its bounds and ways, without what takes long to import."""

from enum import StrEnum
from typing import Final

MIN_SAMPLES: Final = 4
MAX_SAMPLES: Final = 100_000
MAX_NOISE: Final = 0.5
MIN_TRAIN_SHARE: Final = 0.1
MAX_TRAIN_SHARE: Final = 0.99
MAX_SEED: Final = 2**31 - 1
"""As large as a spin box goes."""


class SplitRule(StrEnum):
    """How many samples a share for training is, where there are classes; without them both are the same."""

    EXACT = "exact"
    """The share of all samples, rounded: 250 of 500 for one half."""
    BY_CLASS = "by-class"
    """The share of each class, rounded apart, as version 0.1 did: 251 of 500, since two classes are odd."""


class Positions(StrEnum):
    """Where a function of one variable is sampled."""

    RANDOM = "random"
    GRID = "grid"
