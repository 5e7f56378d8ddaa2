"""Foreign texts are shown without anything that steers a terminal or turns the direction of writing."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from nn_desktop.texts import MAX_SHOWN, shown


def test_what_steers_is_written_as_its_escape():
    assert shown("a\x1b[2Jb") == r"a\x1b[2Jb"
    assert shown("line\nline\r") == r"line\nline\r"
    assert shown("abc\u202egpj.exe") == r"abc\u202egpj.exe"
    assert shown("half \ud800") == r"half \ud800"
    assert shown("\u2028\x7f\x85\ufeff") == r"\u2028\x7f\x85\ufeff"


def test_ordinary_texts_of_all_scripts_stay():
    for text in ("größe", "μ² ≤ 3", "می‌خواهم", "温度", "👩‍🔬", "a\u00a0b"):
        assert shown(text) == text


def test_long_texts_are_cut():
    assert shown("x" * MAX_SHOWN) == "x" * MAX_SHOWN
    assert shown("x" * 1000) == "x" * MAX_SHOWN + "…"
    assert shown("abc", longest=2) == "ab…"
    assert shown(b"\x1b[2J") == "b'\\x1b[2J'"


@given(st.text(st.characters()))
def test_nothing_that_is_shown_steers(text):
    safe = shown(text)
    safe.encode()
    for character in safe:
        assert character in "\u200c\u200d" or unicodedata.category(character) not in (
            "Cc",
            "Cf",
            "Cs",
            "Zl",
            "Zp",
        )
