"""A table of numbers reads back to the same bits, and no text in it becomes a formula."""

import csv
import io
from math import nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nn_desktop.files.number_table import NumberTable, to_csv, to_tab_separated

TABLE = NumberTable(
    columns=("series", "x (m)", "=1+1"),
    rows=(("training", 0.1, None), ("@name, with a comma", 3, nan), ("a\tb", -2.5e-300, 1)),
)


def test_the_csv_has_a_line_for_each_row_and_empty_cells_where_nothing_is_known():
    assert to_csv(TABLE).decode().splitlines() == [
        "series,x (m),'=1+1",
        "training,0.1,",
        '"\'@name, with a comma",3,',
        "a b,-2.5e-300,1",
    ]


def test_the_clipboard_gets_the_same_cells_with_tabs_between():
    rows = list(csv.reader(io.StringIO(to_tab_separated(TABLE)), delimiter="\t"))
    assert rows == list(csv.reader(io.StringIO(to_csv(TABLE).decode())))


@given(st.lists(st.floats(allow_nan=False), min_size=1))
def test_numbers_read_back_to_the_same_bits(numbers):
    table = NumberTable(columns=("x",), rows=tuple((number,) for number in numbers))
    assert [repr(float(line)) for line in to_csv(table).decode().splitlines()[1:]] == [
        repr(n) for n in numbers
    ]


def test_pandas_reads_it():
    pandas = pytest.importorskip("pandas", minversion="3")
    table = pandas.read_csv(io.BytesIO(to_csv(TABLE)))
    assert table["x (m)"].tolist() == [0.1, 3, -2.5e-300]
