"""The table of runs as a CSV file."""

import csv
import io
import math

from nn_desktop.files.spreadsheet import cell
from nn_desktop.insight.run_table import RunRow, RunTable

COLUMNS = (
    *("run", "parent", "starred", "in the window", "epochs", "updates"),
    *("training loss", "test loss", "measure", "training measure", "test measure", "best epoch", "best loss"),
)


def run_table_csv(table: RunTable) -> bytes:
    """Return a table of runs as UTF-8 CSV, whose numbers read back to the same bits.

    After the columns that are always there comes one for each setting in which the runs differ, and the
    notes. A cell is empty where something is not known. Names and notes are written so that no spreadsheet
    takes them for formulas.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow((*COLUMNS, *(difference.noun for difference in table.differences), "note"))
    titles = {row.label.id: row.label.title for row in table.rows}
    writer.writerows(_cells(row, titles) for row in table.rows)
    return text.getvalue().encode()


def _cells(row: RunRow, titles: dict[int, str]) -> list[str]:
    label, m = row.label, row.measures
    parent = "" if label.parent is None else titles.get(label.parent, f"run {label.parent + 1}")
    return [
        *(cell(label.title), cell(parent), _yes(label.is_starred), _yes(row.is_current)),
        *(str(row.epochs), str(row.updates), _number(m.train_loss), _number(m.test_loss)),
        *(m.name, _number(m.train), _number(m.test)),
        *("" if row.best_epoch is None else str(row.best_epoch), _number(row.best_loss)),
        *map(cell, row.texts),
        cell(label.note),
    ]


def _yes(is_so: bool) -> str:
    return "yes" if is_so else ""


def _number(number: float | None) -> str:
    return "" if number is None or math.isnan(number) else repr(float(number))
