"""Training and test part are disjoint, complete, stratified and repeatable."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nn_desktop.data.split import split


@given(
    labels=st.lists(st.integers(0, 4), min_size=2, max_size=120),
    share=st.floats(0.1, 0.9),
    seed=st.integers(0, 2**31),
)
def test_parts_are_disjoint_complete_and_keep_the_share_of_each_class(
    labels: list[int], share: float, seed: int
) -> None:
    classes = np.array(labels)
    train, test = split(len(labels), share, np.random.default_rng(seed), classes)
    assert sorted([*train.tolist(), *test.tolist()]) == list(range(len(labels)))
    assert train.size >= 1
    assert test.size >= 1
    for label in set(labels):
        count = labels.count(label)
        if count >= 2:
            in_train = int((classes[train] == label).sum())
            assert 1 <= in_train <= count - 1
            assert (
                abs(in_train - share * count)
                <= max(0.5, 1 - share * count, share * count - (count - 1)) + 1e-9
            )


def test_half_of_each_class_worked_by_hand() -> None:
    classes = np.array([0] * 10 + [1] * 4)
    train, test = split(14, 0.5, np.random.default_rng(0), classes)
    assert np.bincount(classes[train]).tolist() == [5, 2]
    assert np.bincount(classes[test]).tolist() == [5, 2]


def test_half_a_sample_is_rounded_up() -> None:
    assert [split(n, 0.5, np.random.default_rng(0))[0].size for n in (3, 5, 7, 9)] == [2, 3, 4, 5]


def test_a_larger_share_only_adds_to_the_training_part() -> None:
    small = split(50, 0.3, np.random.default_rng(7))[0]
    large = split(50, 0.6, np.random.default_rng(7))[0]
    assert set(small.tolist()) < set(large.tolist())


def test_the_seed_decides() -> None:
    first, again, other = (split(50, 0.5, np.random.default_rng(seed))[0].tolist() for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_a_single_sample_is_for_training() -> None:
    train, test = split(1, 0.1, np.random.default_rng(0))
    assert (train.tolist(), test.tolist()) == ([0], [])
    with pytest.raises(ValueError, match="no samples"):
        split(0, 0.5, np.random.default_rng(0))
