"""Training and test part are disjoint, complete, exact, stratified and repeatable."""

from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nn_desktop.data.sampling import SplitRule
from nn_desktop.data.split import split

LABELS = st.lists(st.integers(0, 4), min_size=2, max_size=120)
SHARES = st.floats(0.1, 0.99)
SEEDS = st.integers(0, 2**31)


@given(labels=LABELS, share=SHARES, seed=SEEDS, rule=st.sampled_from(SplitRule))
def test_parts_are_disjoint_complete_and_never_empty(
    labels: list[int], share: float, seed: int, rule: SplitRule
) -> None:
    train, test = split(len(labels), share, np.random.default_rng(seed), np.array(labels), rule)
    assert sorted([*train.tolist(), *test.tolist()]) == list(range(len(labels)))
    assert train.size >= 1
    assert test.size >= 1


@given(labels=LABELS, share=SHARES, seed=SEEDS)
def test_the_training_part_is_exactly_the_rounded_share(labels: list[int], share: float, seed: int) -> None:
    train, _ = split(len(labels), share, np.random.default_rng(seed), np.array(labels))
    wanted = Decimal(share * len(labels)).quantize(Decimal(1), ROUND_HALF_UP)
    assert train.size == min(max(int(wanted), 1), len(labels) - 1)


@given(labels=st.lists(st.integers(0, 1), min_size=2, max_size=120), share=SHARES, seed=SEEDS)
def test_each_of_two_classes_keeps_its_share_within_one_sample(
    labels: list[int], share: float, seed: int
) -> None:
    classes = np.array(labels)
    train, _ = split(len(labels), share, np.random.default_rng(seed), classes)
    for label in set(labels):
        count = labels.count(label)
        in_train = int((classes[train] == label).sum())
        # A class of one is learned, and one sample of each other class is learned and one tested.
        assert abs(in_train - share * count) < 2


@given(labels=LABELS, share=SHARES, seed=SEEDS)
def test_every_class_is_learned_and_tested_where_there_is_room_for_it(
    labels: list[int], share: float, seed: int
) -> None:
    classes = np.array(labels)
    train, test = split(len(labels), share, np.random.default_rng(seed), classes)
    counts = np.bincount(classes)
    if train.size >= (counts > 0).sum():
        assert set(classes[train]) == set(labels)
    if test.size >= (counts > 1).sum():
        assert set(classes[test]) >= {label for label in set(labels) if counts[label] > 1}


@given(labels=LABELS, share=SHARES, seed=SEEDS)
def test_both_rules_part_alike_where_the_shares_of_the_classes_add_up(
    labels: list[int], share: float, seed: int
) -> None:
    exact, by_class = (
        split(len(labels), share, np.random.default_rng(seed), np.array(labels), rule)[0].tolist()
        for rule in (SplitRule.EXACT, SplitRule.BY_CLASS)
    )
    assert exact == by_class or len(exact) != len(by_class)


def test_half_of_500_is_250_though_both_classes_are_odd() -> None:
    classes = np.array([0] * 251 + [1] * 249)
    sizes = {rule: split(500, 0.5, np.random.default_rng(0), classes, rule)[0].size for rule in SplitRule}
    assert sizes == {SplitRule.EXACT: 250, SplitRule.BY_CLASS: 251}


def test_half_of_four_is_two_though_one_class_has_a_single_sample() -> None:
    classes = np.array([0, 0, 0, 1])
    train, test = split(4, 0.5, np.random.default_rng(0), classes)
    assert sorted(classes[train].tolist()) == [0, 1]
    assert classes[test].tolist() == [0, 0]


@given(labels=LABELS, share=SHARES, seed=SEEDS)
def test_the_share_of_each_class_by_the_old_rule(labels: list[int], share: float, seed: int) -> None:
    classes = np.array(labels)
    train, _ = split(len(labels), share, np.random.default_rng(seed), classes, SplitRule.BY_CLASS)
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


@given(labels=LABELS, shares=st.tuples(SHARES, SHARES), seed=SEEDS, rule=st.sampled_from(SplitRule))
def test_a_larger_share_only_adds_to_the_training_part(
    labels: list[int], shares: tuple[float, float], seed: int, rule: SplitRule
) -> None:
    small, large = (
        set(split(len(labels), share, np.random.default_rng(seed), np.array(labels), rule)[0].tolist())
        for share in sorted(shares)
    )
    assert small <= large


def test_the_seed_decides() -> None:
    first, again, other = (split(50, 0.5, np.random.default_rng(seed))[0].tolist() for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_a_single_sample_is_for_training() -> None:
    train, test = split(1, 0.1, np.random.default_rng(0))
    assert (train.tolist(), test.tolist()) == ([0], [])
    with pytest.raises(ValueError, match="no samples"):
        split(0, 0.5, np.random.default_rng(0))
