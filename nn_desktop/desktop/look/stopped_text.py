"""What the window says of a training that stopped by itself."""

from PySide6.QtCore import QCoreApplication

from nn_desktop.desktop.look.numbers import editable_number, grouped
from nn_desktop.training.stopping import Stopped, Wording


def stopped_text(stopped: Stopped) -> str:
    """Return what stopped a training, in the language and with the numbers of the window."""
    return stopped.said(WORDING)


def _translate(text: str) -> str:
    return QCoreApplication.translate("stopping", text)


WORDING = Wording(translate=_translate, whole=grouped, number=editable_number)
