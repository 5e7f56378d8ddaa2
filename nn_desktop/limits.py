"""What may be made because a file, a link or a text says so: one bound, and one sentence."""

from typing import Final

MAX_MADE: Final = 5_000_000
"""Numbers that are drawn or computed because somebody's word asks for them: samples, weights and the like.

A few characters can ask for very many. What a file itself holds does not count: its size pays for it. Five
million take a fraction of a second and 40 MB each time they are copied.
"""
NUMBERS_OF_A_UNIT: Final = 50
"""What a unit counts for: its ids, its places and what the sums keep of it take as much memory."""
MAX_PRODUCTS: Final = 2_000 * MAX_MADE
"""Products of a weight and a number that the first look at all samples of a link may take: seconds."""


def too_many(count: int, what: str, advice: str, most: int = MAX_MADE) -> str:
    """Say that more is asked for than is made.

    Parameters
    ----------
    count, what
        How many of what are asked for: ``"weights"``.
    advice
        What to do.
    most
        How many there can be.
    """
    return f"{count:,} {what} are more than the limit of {most:,}: {advice}."
