"""The project files that were opened or saved last, remembered from one day to the next."""

from pathlib import Path

from PySide6.QtCore import QSettings

from nn_desktop.files.places import is_file, local_name, real_path, stored_name
from nn_desktop.files.project.stamps import Stamp, stamp_of

RECENT = "files/recent"
MAX_RECENT = 10


class RecentFiles:
    """The newest first, and how each looked on the disk when this program had it in hand."""

    def __init__(self, settings: QSettings) -> None:
        self._settings = settings
        self._stamps: dict[Path, Stamp] = {}

    @property
    def paths(self) -> list[Path]:
        """The files, whether or not they are still there."""
        self._settings.sync()  # another window may have added to them
        stored = self._settings.value(RECENT, [])
        names = stored if isinstance(stored, list) else [stored]  # Qt keeps a list of one as its only item
        return [Path(local_name(name)) for name in names if isinstance(name, str) and name]

    def add(self, path: Path) -> None:
        """Put a file first."""
        path = real_path(path)
        before = self.paths
        if before[:1] != [path]:
            self._store([path, *(other for other in before if other != path)])
        self.expect(path, stamp_of(path))

    def forget_if_gone(self, path: Path) -> None:
        """Leave a file out that is not there any more."""
        if not is_file(path):
            self._store([other for other in self.paths if other != real_path(path)])

    def clear(self) -> None:
        """Forget all of them."""
        self._store([])

    def stamp(self, path: Path) -> Stamp | None:
        """Return how a file looked when it was opened or saved here; None if it was not."""
        return self._stamps.get(real_path(path))

    def expect(self, path: Path, stamp: Stamp | None) -> None:
        """Take a file for changed as soon as it looks otherwise."""
        if stamp is not None:
            self._stamps[real_path(path)] = stamp

    def was_changed_elsewhere(self, path: Path) -> bool:
        """Tell whether a file is another one than when it was opened or saved here."""
        known, now = self.stamp(path), stamp_of(path)
        return known is not None and now is not None and known != now

    def _store(self, paths: list[Path]) -> None:
        self._settings.setValue(RECENT, [stored_name(path) for path in paths[:MAX_RECENT]])
        self._settings.sync()
