"""Texts in tables that a spreadsheet may open: names come from strangers, and must not become formulas."""

import unicodedata

FORMULA_SIGNS = "=+-@＝＋－＠"
"""What formulas begin with; the wide signs are taken for the others in East Asia."""


def cell(text: str) -> str:
    """Write text so that a spreadsheet takes it for text: an apostrophe before what could be a formula."""
    cleaned = "".join(
        " " if unicodedata.category(character) in ("Cc", "Zl", "Zp") else character for character in text
    )
    return f"'{cleaned}" if cleaned.lstrip()[:1] in tuple(FORMULA_SIGNS) else cleaned
