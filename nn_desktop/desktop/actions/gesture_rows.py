"""What mouse and keys do where no action says it: on the canvas, in the outline and in the plots."""

from PySide6.QtCore import QCoreApplication

from nn_desktop.desktop.dialogs.keys_dialog import KeyGroup, KeyRow
from nn_desktop.texts import QT_TRANSLATE_NOOP

_MOUSE = QT_TRANSLATE_NOOP("keys", "Mouse on the canvas")
_CANVAS = QT_TRANSLATE_NOOP("keys", "More keys on the canvas")
_TREE = QT_TRANSLATE_NOOP("keys", "Keys in the outline")
_TIMELINE = QT_TRANSLATE_NOOP("keys", "Timeline")
_FIELDS = QT_TRANSLATE_NOOP("keys", "Fields, plots and windows")

GESTURES: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    (
        _MOUSE,
        (
            (QT_TRANSLATE_NOOP("keys", "Click"), QT_TRANSLATE_NOOP("keys", "Select, and see the number")),
            (
                QT_TRANSLATE_NOOP("keys", "Shift+click, Ctrl+click"),
                QT_TRANSLATE_NOOP("keys", "Select one more, or one less"),
            ),
            (
                QT_TRANSLATE_NOOP("keys", "Double click on a unit or connection"),
                QT_TRANSLATE_NOOP("keys", "Type its bias or weight"),
            ),
            (
                QT_TRANSLATE_NOOP("keys", "Double click on an empty place"),
                QT_TRANSLATE_NOOP("keys", "Add a unit to the column, or a layer between two columns"),
            ),
            (
                QT_TRANSLATE_NOOP("keys", "Drag a unit onto a later one"),
                QT_TRANSLATE_NOOP("keys", "Connect the two; from title to title, two layers"),
            ),
            (
                QT_TRANSLATE_NOOP("keys", "Drag a unit or a title elsewhere"),
                QT_TRANSLATE_NOOP("keys", "Move it, or give it another place in the order"),
            ),
            (
                QT_TRANSLATE_NOOP("keys", "Drag from an empty place"),
                QT_TRANSLATE_NOOP("keys", "Select the units in the band; with Shift, in addition"),
            ),
            (
                QT_TRANSLATE_NOOP("keys", "Click with the tool Unit or Layer"),
                QT_TRANSLATE_NOOP("keys", "Draw one there; drag down for more units"),
            ),
            (
                QT_TRANSLATE_NOOP("keys", "Stroke with the tool Erase"),
                QT_TRANSLATE_NOOP("keys", "Remove what it touches; with Shift, what a band touches"),
            ),
            (
                QT_TRANSLATE_NOOP("keys", "Alt and the pointer"),
                QT_TRANSLATE_NOOP(
                    "keys", "See the test loss without what is under it; Alt+click cuts it out"
                ),
            ),
            (
                QT_TRANSLATE_NOOP("keys", "Right click"),
                QT_TRANSLATE_NOOP("keys", "The menu of what is there; during a gesture, end it"),
            ),
            (
                QT_TRANSLATE_NOOP("keys", "Wheel, or two fingers"),
                QT_TRANSLATE_NOOP("keys", "Zoom about the pointer"),
            ),
            (
                QT_TRANSLATE_NOOP("keys", "Drag with the middle button, or with Space held"),
                QT_TRANSLATE_NOOP("keys", "Pan"),
            ),
        ),
    ),
    (
        _CANVAS,
        (
            (
                QT_TRANSLATE_NOOP("keys", "Arrows"),
                QT_TRANSLATE_NOOP("keys", "Walk through the units; with Shift, select them"),
            ),
            (
                QT_TRANSLATE_NOOP("keys", "Alt+arrows"),
                QT_TRANSLATE_NOOP("keys", "Give the current unit or layer another place in the order"),
            ),
            (
                QT_TRANSLATE_NOOP("keys", "Ctrl+Shift+arrows"),
                QT_TRANSLATE_NOOP("keys", "Move what is selected in the drawing"),
            ),
            (QT_TRANSLATE_NOOP("keys", "Ctrl+arrows"), QT_TRANSLATE_NOOP("keys", "Pan")),
            (
                QT_TRANSLATE_NOOP("keys", "Enter, or a digit"),
                QT_TRANSLATE_NOOP("keys", "Type the current bias or weight; after C, end the connection"),
            ),
            (
                QT_TRANSLATE_NOOP("keys", "Alt"),
                QT_TRANSLATE_NOOP("keys", "See the test loss without what is current; Alt+Del cuts it out"),
            ),
            (
                QT_TRANSLATE_NOOP("keys", "Shift+F10"),
                QT_TRANSLATE_NOOP("keys", "The menu of what is selected"),
            ),
            (
                QT_TRANSLATE_NOOP("keys", "Esc"),
                QT_TRANSLATE_NOOP("keys", "End what is under way, put the tool away, select nothing"),
            ),
        ),
    ),
    (
        _TREE,
        (
            (QT_TRANSLATE_NOOP("keys", "Arrows"), QT_TRANSLATE_NOOP("keys", "Walk, open and close")),
            (
                QT_TRANSLATE_NOOP("keys", "F2"),
                QT_TRANSLATE_NOOP("keys", "Type the number or the name of the current row"),
            ),
            (
                QT_TRANSLATE_NOOP("keys", "Alt+Up, Alt+Down"),
                QT_TRANSLATE_NOOP("keys", "Give the current unit or layer another place in the order"),
            ),
        ),
    ),
    (
        _TIMELINE,
        (
            (
                QT_TRANSLATE_NOOP("keys", "Drag, or Left and Right"),
                QT_TRANSLATE_NOOP("keys", "Point at an earlier snapshot; Page Up and Page Down go farther"),
            ),
            (
                QT_TRANSLATE_NOOP("keys", "Home, End"),
                QT_TRANSLATE_NOOP("keys", "Point at the first snapshot, or at the present"),
            ),
        ),
    ),
    (
        _FIELDS,
        (
            (
                QT_TRANSLATE_NOOP("keys", "Tab, Shift+Tab"),
                QT_TRANSLATE_NOOP("keys", "Go to the next control, or the one before"),
            ),
            (
                QT_TRANSLATE_NOOP("keys", "Enter, Esc"),
                QT_TRANSLATE_NOOP("keys", "Apply what was typed in a field, or take it back"),
            ),
            (
                QT_TRANSLATE_NOOP("keys", "Wheel over a plot"),
                QT_TRANSLATE_NOOP("keys", "Zoom; drag to pan"),
            ),
            (
                QT_TRANSLATE_NOOP("keys", "Drop a file on the window"),
                QT_TRANSLATE_NOOP("keys", "Open it; a link may be dropped as text too"),
            ),
        ),
    ),
)
"""Headings, and under each of them what is done and what comes of it."""


def gesture_groups() -> list[KeyGroup]:
    """Return them in the language of the window."""
    return [
        KeyGroup(
            title=_translated(title),
            rows=tuple(KeyRow(keys=_translated(keys), does=_translated(does)) for keys, does in rows),
        )
        for title, rows in GESTURES
    ]


def _translated(text: str) -> str:
    return QCoreApplication.translate("keys", text)
