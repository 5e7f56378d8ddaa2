"""Gives controls the names by which tests, lessons and assistive technology find them.

And tells assistive technology what appears without anybody going there.
"""

from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QAction
from PySide6.QtWidgets import QWidget


def identify(thing: QWidget | QAction, name: str, accessible_name: str = "") -> None:
    """Give a control its object name and, to a widget, its accessible name.

    What shows a text needs none: it would be read in place of the text.
    """
    thing.setObjectName(name)
    if isinstance(thing, QWidget) and accessible_name:
        thing.setAccessibleName(accessible_name)


def announce(widget: QWidget, text: str, is_urgent: bool = False) -> None:
    """Let assistive technology read a text that has appeared.

    Parameters
    ----------
    is_urgent
        Whether it interrupts what is being read.
    """
    event = QAccessibleAnnouncementEvent(widget, text)
    if is_urgent:
        event.setPoliteness(QAccessible.AnnouncementPoliteness.Assertive)
    QAccessible.updateAccessibility(event)
