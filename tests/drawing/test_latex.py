"""Text of strangers, numbers and formulas, for LaTeX."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nn_desktop.drawing.latex import escape, format_bias


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("sepal length (cm)", "sepal length (cm)"),
        ("a_b & 50% of #1", r"a\_b \& 50\% of \#1"),
        (r"\input{x}", r"\textbackslash{}input\{x\}"),
        ("$x^2$ ~", r"\$x\textasciicircum{}2\$ \textasciitilde{}"),
        ("a--b ''", "a-{}-{}b '{}'{}"),
        ('"a"', r"\symbol{34}a\symbol{34}"),
        ("Größe", r"Gr\"{o}\ss{}e"),
        ("ĄĘŁŻ", r"\k{A}\k{E}\L{}\.{Z}"),
        ("o\N{COMBINING DIAERESIS}", r"\"{o}"),
        ("ệ", r"\d{e}"),
        ("x₁ × α²", r"x\ensuremath{_1} \ensuremath{\times} \ensuremath{\alpha}\ensuremath{^2}"),
        ("≮", r"\texttt{?}"),
        ("输入", r"\texttt{?}\texttt{?}"),
        ("a\x07b\ud800", r"a\texttt{?}b\texttt{?}"),
        ("a\n\n  b\tc", "a b c"),
        ("a\N{RIGHT-TO-LEFT MARK}b", "ab"),
        ("", ""),
    ],
)
def test_text_is_set_as_it_stands(text, written):
    assert escape(text) == written


@given(st.text(st.characters()))
def test_no_text_does_anything(text):
    """What is written has only known commands, and braces in pairs."""
    written = escape(text)
    assert written.isascii()
    left = re.sub(r"\\symbol\{34\}|\\[{}$&#%_]", "", written)
    known = r"\\[A-Za-z]+(?=\{)|\\(?:varepsilon|[a-zA-Z]+)(?=\})|\\['\"`^~=.](?=\{)|\^\\circ|[\^_]\d(?=\})"
    left = re.sub(known, "", left)
    assert not set(left) & set("\\$&#%_^~")
    assert left.count("{") == left.count("}")


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0.0, "0.00"),
        (-0.0004, "0.00"),
        (-0.424, "-0.42"),
        (1.0, "1.00"),
        (12.53, "12.5"),
        (-431.4, "-431"),
        (0.0123, "0.01"),
        (9.997, "10.0"),
        (99.97, "100"),
        (-2.4e30, r"-2\mathrm{e}30"),
        (float("nan"), "?"),
        (float("inf"), "?"),
    ],
)
def test_numbers(value, written):
    assert format_bias(value) == written
