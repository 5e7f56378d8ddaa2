"""The folder in which dialogs begin to look for files."""

from pathlib import Path

from PySide6.QtCore import QSettings

FOLDER = "files/folder"


class LastFolder:
    """The folder that was used last, remembered from one day to the next."""

    def __init__(self, settings: QSettings) -> None:
        self._settings = settings

    @property
    def path(self) -> Path:
        """Where to begin to look."""
        folder = Path(str(self._settings.value(FOLDER, "")))
        return folder if folder.is_dir() else Path.home()

    def remember(self, file: Path) -> None:
        """Take the folder of a file that was written or read."""
        self._settings.setValue(FOLDER, str(file.resolve().parent))
