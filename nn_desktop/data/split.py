"""Which samples are for training and which for testing."""

import math

import numpy as np

from nn_desktop.arrays import IntArray


def split(
    count: int, train_share: float, generator: np.random.Generator, classes: IntArray | None = None
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

    Returns
    -------
    train, test : arrays of int64
        Indices in random order, disjoint, together ``0 … count - 1``, neither of them empty where there are
        two samples or more. A class of two or more samples is in both parts; a class of one is in training,
        where it can be learned.

    Raises
    ------
    ValueError
        Without samples, for there is nothing to part.
    """
    if count < 1:
        raise ValueError("there are no samples to part")
    order = generator.permutation(count)
    ordered_classes = np.zeros(count, dtype=np.int64) if classes is None else classes[order]
    in_train = np.zeros(count, dtype=np.bool_)
    for label in range(int(ordered_classes.max()) + 1):
        places = np.flatnonzero(ordered_classes == label)
        in_train[places[: _train_count(places.size, train_share)]] = True
    if in_train.all() and count > 1:
        # Every class has a single sample: one of them has to be the test.
        in_train[-1] = False
    return order[in_train].astype(np.int64), order[~in_train].astype(np.int64)


def _train_count(count: int, train_share: float) -> int:
    if count == 1:
        return 1
    # Half a sample goes up; round() would send it to the even neighbour, now up and now down.
    return min(max(math.floor(train_share * count + 0.5), 1), count - 1)
