"""The project files that were opened or saved last, remembered from one day to the next."""

from contextlib import suppress
from pathlib import Path

from PySide6.QtCore import QSettings

RECENT = "files/recent"
MOST_RECENT = 10


class RecentFiles:
    """The newest first, and how each looked on the disk when this program had it in hand."""

    def __init__(self, settings: QSettings) -> None:
        self._settings = settings
        self._stamps: dict[Path, tuple[int, int]] = {}

    @property
    def paths(self) -> list[Path]:
        """The files, whether or not they are still there."""
        stored = self._settings.value(RECENT, [])
        names = [stored] if isinstance(stored, str) else stored
        return [Path(name) for name in names if isinstance(name, str)] if isinstance(names, list) else []

    def add(self, path: Path) -> None:
        """Put a file first."""
        path = path.resolve()
        others = [other for other in self.paths if other != path]
        self._store([path, *others])
        stamp = _stamp_of(path)
        if stamp is not None:
            self._stamps[path] = stamp

    def forget_if_gone(self, path: Path) -> None:
        """Leave a file out that is not there any more."""
        if not path.exists():
            self._store([other for other in self.paths if other != path.resolve()])

    def clear(self) -> None:
        """Forget all of them."""
        self._store([])

    def expect_change(self, path: Path) -> None:
        """Take a file for one that another program has changed."""
        self._stamps[path.resolve()] = (0, 0)

    def was_changed_elsewhere(self, path: Path) -> bool:
        """Tell whether a file is another one than when it was opened or saved here."""
        known, now = self._stamps.get(path.resolve()), _stamp_of(path)
        return known is not None and now is not None and known != now

    def _store(self, paths: list[Path]) -> None:
        self._settings.setValue(RECENT, [str(path) for path in paths[:MOST_RECENT]])


def _stamp_of(path: Path) -> tuple[int, int] | None:
    with suppress(OSError):
        status = path.stat()
        return status.st_mtime_ns, status.st_size
    return None
