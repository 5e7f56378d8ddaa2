"""Shows a file that was written in its folder, by the desktop's own program for files."""

from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication


def show_in_folder(file: Path) -> bool:
    """Open the folder of a file; where nothing can, copy the path of the file, and return False."""
    if QDesktopServices.openUrl(QUrl.fromLocalFile(str(file.absolute().parent))):
        return True
    QGuiApplication.clipboard().setText(str(file.absolute()))
    return False
