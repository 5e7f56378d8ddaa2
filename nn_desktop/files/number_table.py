"""Numbers in rows under headings, as CSV and for the clipboard."""

import csv
import io
import math
from collections.abc import Iterable
from dataclasses import dataclass

from nn_desktop.files.spreadsheet import cell

Value = str | int | float | None


@dataclass(frozen=True, kw_only=True)
class NumberTable:
    """A table.

    Attributes
    ----------
    columns
        Headings, with the unit where there is one.
    rows
        A text or number for each column; None or NaN where there is none.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]


def to_csv(table: NumberTable) -> bytes:
    """Return a table as UTF-8 CSV, whose numbers read back to the same bits.

    Texts are written so that no spreadsheet takes them for formulas.
    """
    return _written(table, ",").encode()


def to_tab_separated(table: NumberTable) -> str:
    """Return a table as a spreadsheet takes it from the clipboard, in other ways as `to_csv`."""
    return _written(table, "\t")


def _written(table: NumberTable, delimiter: str) -> str:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\n")
    writer.writerow(map(cell, table.columns))
    writer.writerows(_cells(row) for row in table.rows)
    return text.getvalue()


def _cells(row: Iterable[Value]) -> list[str]:
    return [_cell(value) for value in row]


def _cell(value: Value) -> str:
    if isinstance(value, str):
        return cell(value)
    if value is None or math.isnan(value):
        return ""
    return repr(value) if isinstance(value, int) else repr(float(value))
