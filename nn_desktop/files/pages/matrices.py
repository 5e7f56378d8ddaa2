"""Numbers, columns and matrices as formulas of LaTeX, rounded and cut to what can be read."""

import numpy as np

from nn_desktop.arrays import FloatArray
from nn_desktop.files.pages.markup import MAX_ENTRIES

DIGITS = 5


def format_number(value: float, digits: int = DIGITS) -> str:
    """Write a number with so many significant digits, with a power of ten where Python would write ``e``."""
    text = f"{value:z.{digits}g}"
    mantissa, e, power = text.partition("e")
    return rf"{mantissa} \cdot 10^{{{int(power)}}}" if e else mantissa


def format_factor(value: float) -> str:
    """Write a number as a part of a sum or product."""
    text = format_number(value)
    return f"({text})" if text.startswith("-") or "cdot" in text else text


def format_column(values: FloatArray, digits: int = DIGITS) -> str:
    """Write a vector, shape (n,), as a column."""
    return format_matrix(values[:, np.newaxis], digits)


def format_matrix(values: FloatArray, digits: int = DIGITS) -> str:
    r"""Write a matrix; of a large one the first rows and columns and the last, with dots between."""
    rows, columns = (shown_places(size) for size in values.shape)
    lines = [
        " & ".join(
            format_number(float(values[row, column]), digits)
            if row is not None and column is not None
            else _dots(row is None, column is None)
            for column in columns
        )
        for row in rows
    ]
    return "\\begin{pmatrix}\n" + " \\cr\n".join(lines) + "\n\\end{pmatrix}"


def shown_places(size: int) -> list[int | None]:
    """Return the places that are shown; None stands for those that are not."""
    if size <= MAX_ENTRIES:
        return list(range(size))
    return [*range(MAX_ENTRIES // 2), None, size - 1]


def _dots(is_row: bool, is_column: bool) -> str:
    if is_row and is_column:
        return r"\ddots"
    return r"\vdots" if is_row else r"\cdots"
