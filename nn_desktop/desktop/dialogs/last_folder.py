"""The folder in which dialogs begin to look for files."""

from pathlib import Path

from PySide6.QtCore import QSettings

from nn_desktop.files.places import is_open_to_us, local_name, real_path, stored_name

FOLDER = "files/folder"


class LastFolder:
    """The folder that was used last, remembered from one day to the next."""

    def __init__(self, settings: QSettings) -> None:
        self._settings = settings

    @property
    def path(self) -> Path:
        """Where to begin to look."""
        stored = self._settings.value(FOLDER, "")
        folder = Path(local_name(str(stored)))
        return folder if folder.is_absolute() and is_open_to_us(folder) else Path.home()

    def remember(self, file: Path) -> None:
        """Take the folder of a file that was written or read."""
        self._settings.setValue(FOLDER, stored_name(real_path(file).parent))
