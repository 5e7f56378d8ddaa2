"""The texts of the table of settings, in the language of the window."""

from PySide6.QtCore import QCoreApplication


def setting_text(text: str) -> str:
    """Return a text of `training.settings` as it is shown."""
    return QCoreApplication.translate("settings", text)
