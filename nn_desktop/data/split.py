"""Which samples are for training and which for testing."""

import math

import numpy as np

from nn_desktop.arrays import BoolArray, IntArray
from nn_desktop.data.sampling import SplitRule


def split(
    count: int,
    train_share: float,
    generator: np.random.Generator,
    classes: IntArray | None = None,
    rule: SplitRule = SplitRule.EXACT,
) -> tuple[IntArray, IntArray]:
    """Part samples by chance into training and test; a single sample is for training.

    With a larger share and the same generator state, the training part only gains samples and loses none.

    Parameters
    ----------
    count
        Number of samples, at least 1.
    train_share
        Share for training, between 0 and 1.
    generator
        Where chance comes from; one permutation is drawn.
    classes
        Class of each sample, shape (count,), from 0. Each class then keeps its share in both parts.
    rule
        How many samples the share is.

    Returns
    -------
    train, test : arrays of int64
        Indices in random order, disjoint, together ``0 … count - 1``, neither of them empty where there are
        two samples or more. A class of two or more samples is in both parts, and a class of one in training,
        where it can be learned, unless a part is too small for that.

    Raises
    ------
    ValueError
        Without samples, for there is nothing to part.
    """
    if count < 1:
        raise ValueError("there are no samples to part")
    order = generator.permutation(count)
    ordered_classes = np.zeros(count, dtype=np.int64) if classes is None else classes[order]
    places = [np.flatnonzero(ordered_classes == label) for label in range(int(ordered_classes.max()) + 1)]
    take = _take_exactly if rule is SplitRule.EXACT else _take_of_each_class
    in_train = take(places, count, train_share)
    return order[in_train].astype(np.int64), order[~in_train].astype(np.int64)


def _take_exactly(places: list[IntArray], count: int, train_share: float) -> BoolArray:
    """Mark the rounded share of all samples, with the classes as even as can be.

    The samples stand in a queue for training, the j-th of c of a class at (j + ½) / c. Whatever number is
    taken, each class has come in as often as the method of Webster and Sainte-Laguë apportions to it; where
    the rounded shares of the classes add up to that number, these are it.
    """
    in_train = np.zeros(count, dtype=np.bool_)
    position, turn = np.zeros(count), np.zeros(count, np.int64)
    for each in places:
        position[each] = (np.arange(each.size) + 0.5) / max(each.size, 1)
        turn[each[-1:]] = 1  # to be tested
        turn[each[:1]] = -1  # to be learned
    in_train[np.lexsort((position, turn))[: _train_count(count, train_share)]] = True
    return in_train


def _take_of_each_class(places: list[IntArray], count: int, train_share: float) -> BoolArray:
    in_train = np.zeros(count, dtype=np.bool_)
    for each in places:
        in_train[each[: _train_count(each.size, train_share)]] = True
    if in_train.all() and count > 1:
        # Every class has a single sample: one of them has to be the test.
        in_train[-1] = False
    return in_train


def _train_count(count: int, train_share: float) -> int:
    if count == 1:
        return 1
    # Half a sample goes up; round() would send it to the even neighbour, now up and now down.
    return min(max(math.floor(train_share * count + 0.5), 1), count - 1)
