"""Scaling brings values to mean 0 and deviation 1, and back."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from nn_desktop.data.scaling import Scaling


def test_standardizing_worked_by_hand() -> None:
    scaling = Scaling.standardize(np.array([[1.0, 10.0], [3.0, 30.0]]))
    assert scaling.mean.tolist() == [2.0, 20.0]
    assert scaling.scale.tolist() == [1.0, 10.0]
    assert scaling.apply(np.array([[5.0, 20.0]])).tolist() == [[3.0, 0.0]]
    assert scaling.undo(np.array([[3.0, 0.0]])).tolist() == [[5.0, 20.0]]
    assert not scaling.is_none


def test_a_constant_column_gets_scale_one_in_spite_of_rounding() -> None:
    values = np.full((3, 1), 0.1)
    assert values.std() != 0.0
    assert Scaling.standardize(values).scale.tolist() == [1.0]


def test_no_scaling_changes_nothing() -> None:
    scaling = Scaling.none(2)
    values = np.array([[1.5, -2.5]])
    assert scaling.is_none
    assert scaling.apply(values).tolist() == scaling.undo(values).tolist() == [[1.5, -2.5]]


def test_a_scaling_cannot_be_written_to() -> None:
    scaling = Scaling.none(1)
    with pytest.raises(ValueError, match="read-only"):
        scaling.mean[0] = 1.0


@pytest.mark.parametrize(
    ("mean", "scale"), [([0.0], [0.0]), ([np.nan], [1.0]), ([0.0], [np.inf]), ([0.0, 0.0], [1.0])]
)
def test_a_scaling_that_cannot_be_undone_is_refused(mean: list[float], scale: list[float]) -> None:
    with pytest.raises(ValueError, match="mean"):
        Scaling(np.array(mean), np.array(scale))


@given(arrays(np.float64, (7, 3), elements=st.floats(-1e6, 1e6)))
def test_undo_gives_back_what_was_scaled(values: np.ndarray) -> None:
    scaling = Scaling.standardize(values)
    np.testing.assert_allclose(scaling.undo(scaling.apply(values)), values, rtol=1e-9, atol=1e-6)
