"""No text from elsewhere becomes a formula in a spreadsheet, and no number is changed."""

import csv
import io
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nn_desktop.files.spreadsheet import FORMULA_SIGNS, cell

BEFORE = ["", " ", "\t", "\r\n", "\x00", "\x1b", "\xa0", "\u3000", "\u2028", "\x85"]
"""What spreadsheets strip, or show nothing of."""
BEFORE += ["\ufeff", "\u200b", "\u200d", "\u200e", "\u202e", "\u2066", "\u2060", "\xad", "\u180e", "\ufe0f"]
BEFORE += ["\u3164", "\u2800", "\ufeff\ufeff \t\u200b"]
NUMBERS = ["-1", "+2", "1e5", "-0.5", "-.5", "+3.", "-1e-5", "+1E+5", "0", "-0"]
COMPUTED = [
    "-1+1",
    "=-1",
    "--1",
    "-1e",
    "-e5",
    "-1-",
    "-1,5",
    "- 1",
    "-1%",
    "-inf",
    "-1_0",
    "-0x1",
    "-\u0661",
    "+",
]


@pytest.mark.parametrize("before", BEFORE, ids=ascii)
@pytest.mark.parametrize("sign", FORMULA_SIGNS)
def test_a_formula_is_guarded_whatever_stands_before_it(before: str, sign: str) -> None:
    assert cell(f"{before}{sign}1+1").startswith("'")
    assert cell(f"a;{before}{sign}1+1").startswith("a;'")


@pytest.mark.parametrize("number", NUMBERS)
def test_a_number_stays_as_it_is(number: str) -> None:
    assert cell(number) == number
    assert cell(f" {number} ") == f" {number} "


@pytest.mark.parametrize("text", COMPUTED, ids=ascii)
def test_what_only_looks_like_a_number_is_guarded(text: str) -> None:
    assert cell(text) == f"'{text}"


@pytest.mark.parametrize(
    "text", ["setosa", "sepal length (cm)", "a-b", "a=b", "x;y", "'=1", "", "−1", "größe 温度"]
)
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert cell(text) == text


@given(st.text())
def test_any_text_is_one_line_that_can_be_encoded_and_computes_nothing(text: str) -> None:
    shown = cell(text)
    line = io.StringIO()
    csv.writer(line).writerow([shown, "end"])
    assert next(csv.reader(line.getvalue().encode().decode().split("\r\n"))) == [shown, "end"]
    assert not any(unicodedata.category(character) in ("Cc", "Cs") for character in shown)
    for part in shown.split(";"):
        if part.lstrip().startswith(tuple(FORMULA_SIGNS)):
            float(part)


@given(st.floats(allow_nan=False, allow_infinity=False) | st.integers())
def test_what_python_writes_for_a_number_stays_as_it_is(number: float) -> None:
    assert cell(repr(number)) == repr(number)
