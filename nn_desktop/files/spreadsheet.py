"""Texts in tables that a spreadsheet may open: names come from strangers, and must not become formulas.

This is the one rule of all tables that are written. A text is guarded by an apostrophe before it if its first
sign that is seen begins a formula, as OWASP advises against "CSV injection": programs differ in what they
strip before it. A plain number is left as it is, so that a class called -1 is still called so.
"""

import re
import unicodedata

from nn_desktop.texts import one_line

FORMULA_SIGNS = "=+-@＝＋－＠﹦﹢﹣﹫"
"""What formulas begin with; the wide and the small signs are taken for the others in East Asia."""
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_UNSEEN_LETTERS = "\u115f\u1160\u3164\uffa0\u2800"
"""Hangul fillers and the empty Braille pattern: letters and signs by their category."""


def cell(text: str) -> str:
    """Write text so that a spreadsheet takes it for text, in one line, and any encoding can hold it."""
    # Where the comma is the decimal mark, spreadsheets begin a new cell at a semicolon.
    return ";".join(map(_guarded, one_line(text).split(";")))


def _guarded(text: str) -> str:
    seen = text.lstrip("".join(filter(_is_unseen, set(text))))
    computes = seen.startswith(tuple(FORMULA_SIGNS)) and _NUMBER.fullmatch(seen.strip()) is None
    return f"'{text}" if computes else text


def _is_unseen(character: str) -> bool:
    """Whether nothing is seen of it alone: spaces, controls, direction marks, accents without a letter."""
    return unicodedata.category(character)[0] in "ZCM" or character in _UNSEEN_LETTERS
