"""The keys and names that the README and the CHANGELOG give are those of the window."""

import re
from pathlib import Path

import pytest

import nn_desktop.desktop
from nn_desktop.desktop.actions.gesture_rows import GESTURES

ROOT = Path(__file__).parent.parent.parent
KEY = re.compile(r"\b(?:(?:Ctrl|Shift|Alt)\+)+(?:[A-Z][A-Za-z]*|\d)|\bF\d+\b")


def keys_of(window) -> set[str]:
    """Return the keys of all actions, and those that the list of gestures names."""
    of_actions = {keys for menu in window.menus for row in menu.rows for keys in row.keys}
    return of_actions | {
        keys for _, rows in GESTURES for row in rows for text in row for keys in KEY.findall(text)
    }


def texts_of_the_window() -> set[str]:
    """Return all texts that the window may show, without what marks their mnemonics."""
    folder = Path(nn_desktop.desktop.__file__).parent
    source = "\n".join(path.read_text() for path in folder.rglob("*.py"))
    return {text.replace("&", "").rstrip("…") for text in re.findall(r'tr\(\s*"([^"]+)"', source)}


@pytest.mark.parametrize("name", ["README.md", "CHANGELOG.md"])
def test_every_key_that_is_named_does_something(window, name):
    named = set(KEY.findall((ROOT / name).read_text()))
    assert named
    assert named - keys_of(window) == set()


def test_every_name_in_italics_stands_in_the_window():
    section = (ROOT / "README.md").read_text().split("## In the window")[1].split("## On the command line")[0]
    named = {" ".join(text.split()) for text in re.findall(r"(?<!\*)\*([^*]+)\*(?!\*)", section)}
    assert named
    assert {text.rstrip("…") for text in named} - texts_of_the_window() == set()
