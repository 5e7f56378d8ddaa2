"""One writer and one reader of numbers: what the window writes can be typed and copied."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nn_desktop.desktop.look.numbers import editable_number, exact_number, figure, grouped, read_figure, tick


@pytest.mark.parametrize(
    ("text", "number"),
    [
        (".5", 0.5),
        (",5", 0.5),
        ("+.5", 0.5),
        ("-.5", -0.5),
        ("−0,25", -0.25),
        ("5.", 5.0),
        (" 12 ", 12.0),
        ("1e-5", 1e-5),
        ("2·10⁻⁵", 2e-5),
        ("3.14·10⁵", 3.14e5),
        ("3,14 × 10^5", 3.14e5),
        ("2*10^-5", 2e-5),
        ("−10⁻⁵", -1e-5),
        ("10^6", 1e6),
        ("1 000", 1000.0),
        ("25\N{NARROW NO-BREAK SPACE}820", 25820.0),
        ("1\N{THIN SPACE}234\N{THIN SPACE}567.5", 1234567.5),
    ],
)
def test_a_number_is_read_however_people_write_it(text, number):
    assert read_figure(text) == number


AMBIGUOUS = ["1,000", "1,000,000", "1.000.000", "1 00", "10 0000", "1 2"]
INCOMPLETE = ["", ".", ",", "+", "−", "e5", "·10⁵", "1e", "1·10", "1·10^"]
NO_NUMBERS = ["1_0", "0x1", "nan", "inf", "٣", "１", "1e٣", "--1", "1-1", "1e5e5", "²", "a"]


@pytest.mark.parametrize("text", [*AMBIGUOUS, *INCOMPLETE, *NO_NUMBERS])
def test_what_is_no_number_or_may_mean_two_is_not_guessed(text):
    assert read_figure(text) is None


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_what_a_field_shows_is_read_as_the_same_number(value):
    text = editable_number(value, 17)
    assert read_figure(text) == value
    assert "-" not in text and "e" not in text


@given(st.floats(-1e300, 1e300), st.sampled_from([figure, tick]))
def test_what_the_window_writes_is_read_as_nearly_the_same_number(value, write):
    assert read_figure(write(value)) == pytest.approx(value, rel=0.06, abs=5e-324)


@given(st.integers(-(10**15), 10**15))
def test_a_whole_number_in_groups_is_read_as_itself(number):
    assert read_figure(grouped(number)) == number


def test_a_number_beyond_all_that_can_be_held_is_infinite():
    assert math.isinf(read_figure("1e999"))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.35891648, "0.35891648"),
        (-0.1, "−0.1"),
        (2.0, "2"),
        (0.0, "0"),
        (1e-7, "1·10⁻⁷"),
        (-1234567.25, "−1\u202f234\u202f567.25"),
        (1.5e300, "1.5·10³⁰⁰"),
        (np.float32(0.1), "0.1"),
    ],
)
def test_an_exact_number_has_all_its_digits_and_no_more(value, text):
    assert exact_number(value) == text


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_an_exact_number_is_read_as_the_same_bits(value):
    assert read_figure(exact_number(value)) == value


@given(st.floats(allow_nan=False, allow_infinity=False, width=32))
def test_an_exact_number_of_32_bits_is_read_as_the_same_bits(value):
    assert np.float32(read_figure(exact_number(np.float32(value)))) == np.float32(value)
