"""Texts from elsewhere where Qt reads more than letters: in tool tips, menus and the title of a window."""

import re
import textwrap

from PySide6.QtGui import Qt

from nn_desktop.texts import shown, visible, visible_lines

PLACE_OF_MARK = "[*]"
"""Where Qt puts the mark of what is not saved; twice it is a text."""

MAX_UNBROKEN = 40
"""Characters of a text that a label cannot break into lines: it would grow as wide as they are."""
LINE_OF_TIP = 80
"""Characters of a line of a tool tip."""
_UNBROKEN = re.compile(rf"[^\s/\\-]{{{MAX_UNBROKEN + 1},}}")


def breakable(text: str) -> str:
    """Return a text for a label that wraps, without the middle of what no line can be broken in."""
    half = MAX_UNBROKEN // 2
    return _UNBROKEN.sub(lambda match: f"{match[0][:half]}…{match[0][1 - half :]}", text)


def tool_tip(text: str) -> str:
    """Return a text as a tool tip that shows it as it is: Qt takes what looks like a page of HTML for one."""
    plain = visible_lines(text)
    return Qt.convertFromPlainText(plain) if Qt.mightBeRichText(plain) else plain


def in_lines(text: str) -> str:
    """Return a sentence as a tool tip of short lines: Qt would show it in a single one, however long."""
    lines = (textwrap.wrap(line, LINE_OF_TIP, break_on_hyphens=False) or [""] for line in text.split("\n"))
    return "\n".join(part for parts in lines for part in parts)


def menu_text(text: str) -> str:
    """Return a text for an entry of a menu, in which no letter becomes a key."""
    return visible(text).replace("&", "&&")


def window_title(name: str) -> str:
    """Return a name for the title of a window, beside the place of the mark."""
    return shown(name).replace(PLACE_OF_MARK, 2 * PLACE_OF_MARK)
