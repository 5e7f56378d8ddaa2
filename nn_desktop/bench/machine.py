"""What the machine can do at best."""

import time

import numpy as np

from nn_desktop.engines.names import Precision
from nn_desktop.engines.threads import use_blas_threads

SIDE = 1024
"""Of square matrices: large enough for the library to be at its best."""
SECONDS = 0.3


def matrix_product_rate(precision: Precision) -> float:
    """Measure how fast one thread multiplies large matrices: no training can be faster.

    Returns
    -------
    GFLOP/s of the fastest of several products.
    """
    use_blas_threads(1)
    generator = np.random.default_rng(0)
    a, b = (generator.random((SIDE, SIDE)).astype(precision) for _ in range(2))
    product = np.empty_like(a)
    fastest = float("inf")
    end = time.perf_counter() + SECONDS
    while (began := time.perf_counter()) < end or fastest == float("inf"):
        np.dot(a, b, product)
        fastest = min(fastest, time.perf_counter() - began)
    return 2 * SIDE**3 / fastest / 1e9
