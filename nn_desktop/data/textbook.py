"""The single sample of a worked example: small enough to follow every number by hand."""

from typing import Final

import numpy as np

from nn_desktop.data.builtin import Builtin, Group
from nn_desktop.data.dataset import Task
from nn_desktop.data.sampling import MAX_TRAIN_SHARE
from nn_desktop.data.source import DataSettings, RawSamples

_INPUTS: Final = (0.05, 0.10)
_TARGETS: Final = (0.01, 0.99)


def _give(source: Builtin, settings: DataSettings) -> RawSamples:
    return RawSamples(inputs=np.array([_INPUTS]), targets=np.array([_TARGETS]))


TEXTBOOK: Final = Builtin(
    name="textbook",
    title="Textbook sample",
    group=Group.SAMPLE,
    task=Task.REGRESSION,
    inputs=2,
    samples=1,
    train_share=MAX_TRAIN_SHARE,
    standardize=False,
    description="One sample and no test: every number of an update can be followed by hand.",
    formula="(0.05, 0.10) → (0.01, 0.99)",
    sampler=_give,
    input_names=("i1", "i2"),
    output_names=("o1", "o2"),
)
"""The sample of Matt Mazur, "A Step by Step Backpropagation Example" (2015), mattmazur.com."""
