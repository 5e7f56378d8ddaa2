"""How many threads the matrix library takes for the products of an update."""

import os
from functools import lru_cache

from nn_desktop.network.parameters import Parameters

LARGE_PRODUCT = 2**25
"""Multiplications in a matrix product from which on it is worth several threads."""


def blas_threads(parameters: Parameters, batch_size: int) -> int:
    """Return how many threads the matrix products of an update are worth.

    More than one slow small products down: 0.08 ms became 2.3 ms for an update of 64-128-64-10 on two busy
    cores. For large ones all cores are used but one, which is left to whoever looks on.
    """
    largest = max(rows * columns for rows, columns in (block.shape for block in parameters.blocks))
    is_large = largest * batch_size >= LARGE_PRODUCT
    return max(1, core_count() - 1) if is_large else 1


def core_count() -> int:
    """Return the number of cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@lru_cache(maxsize=1)  # the same number again costs nothing
def use_blas_threads(count: int) -> None:
    """Let BLAS use so many threads from now on."""
    import threadpoolctl  # only the numpy engine needs it

    threadpoolctl.threadpool_limits(limits=count, user_api="blas")
