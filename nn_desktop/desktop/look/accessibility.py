"""Names by which tests, lessons and assistive technology find a control.

And for telling assistive technology what appears without anybody going there.
"""

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QAction
from PySide6.QtWidgets import QWidget

# The stubs of QT_TRANSLATE_NOOP say "object" where the text itself comes back.
_ROWS: dict[str, object] = {
    "batch_size": QT_TRANSLATE_NOOP("controls", "Batch size"),
    "learning_rate": QT_TRANSLATE_NOOP("controls", "Learning rate"),
    "data_noise": QT_TRANSLATE_NOOP("controls", "Noise in percent"),
    "data_samples": QT_TRANSLATE_NOOP("controls", "Number of samples"),
    "data_train_share": QT_TRANSLATE_NOOP("controls", "Share for training in percent"),
    "data_seed": QT_TRANSLATE_NOOP("controls", "Seed of the samples"),
    "data_grid": QT_TRANSLATE_NOOP("controls", "Sample at even distances"),
    "data_standardize": QT_TRANSLATE_NOOP("controls", "Standardize the inputs"),
    "learning_loss": QT_TRANSLATE_NOOP("controls", "Loss function"),
    "learning_initializer": QT_TRANSLATE_NOOP("controls", "Initializer"),
    "learning_seed": QT_TRANSLATE_NOOP("controls", "Seed of the start"),
    "learning_precision": QT_TRANSLATE_NOOP("controls", "Number type"),
    "learning_engine": QT_TRANSLATE_NOOP("controls", "Engine"),
}

CONTROLS: dict[str, str] = {name: str(text) for name, text in _ROWS.items()}
"""Of the fields of settings: object name -> accessible name; translated in the context "controls"."""


def identify(thing: QWidget | QAction, name: str, accessible_name: str = "") -> None:
    """Give a control its object name and, to a widget, its accessible name.

    What shows a text needs none: it would be read in place of the text.
    """
    thing.setObjectName(name)
    if isinstance(thing, QWidget):
        accessible_name = accessible_name or QCoreApplication.translate("controls", CONTROLS.get(name, ""))
        if accessible_name:
            thing.setAccessibleName(accessible_name)


def announce(widget: QWidget, text: str, is_urgent: bool = False) -> None:
    """Let assistive technology read a text that has appeared.

    Parameters
    ----------
    widget
        Where it can be seen.
    text
        What is read.
    is_urgent
        Whether it interrupts what is being read.
    """
    event = QAccessibleAnnouncementEvent(widget, text)
    if is_urgent:
        event.setPoliteness(QAccessible.AnnouncementPoliteness.Assertive)
    QAccessible.updateAccessibility(event)
