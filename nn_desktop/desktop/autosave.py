"""Keeps the work against a crash: every half minute, and before anything risky."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QObject, QSize, Qt, QTimer, Slot
from PySide6.QtGui import QImage, QImageWriter, QPixmap

from nn_desktop.desktop.background import Background
from nn_desktop.errors import UserError
from nn_desktop.files.project import Project
from nn_desktop.files.recovery import INTERVAL_SECONDS, About, RecoveryFolder

PICTURE_SIZE = QSize(320, 200)

log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class Work:
    """A project to keep, and whether it is that of the moment it was asked for, or an earlier one."""

    project: Project
    is_of_now: bool


class Autosave(QObject):
    """Writes the project into a folder of this program's own whenever there is something new in it.

    Parameters
    ----------
    root
        Where programs have their folders.
    read_mark
        Returns a value that is another one whenever there is something new.
    read_work
        Returns what makes the project of this moment, or of an earlier one where that takes long; called in
        the window's thread, and that in another one.
    read_about
        Returns what the project is called.
    take_picture
        Returns what it looks like.
    sorry
        Told once if nothing can be kept.
    background
        Writes projects: what is kept and what is saved follow one another in the order of their moments.
    """

    def __init__(
        self,
        root: Path,
        read_mark: Callable[[], object],
        read_work: Callable[[], Callable[[], Work]],
        read_about: Callable[[], About],
        take_picture: Callable[[], QPixmap],
        sorry: Callable[[str], object],
        background: Background,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._root = root
        self._read_mark = read_mark
        self._read_work = read_work
        self._read_about = read_about
        self._take_picture = take_picture
        self._sorry = sorry
        self._kept: object = read_mark()
        self._folder: RecoveryFolder | None = None
        self._has_complained = False
        self._background = background
        self._is_keeping = False
        self._timer = QTimer(self)
        self._timer.setInterval(round(1000 * INTERVAL_SECONDS))
        self._timer.timeout.connect(self.keep)
        self._timer.start()

    def set_interval(self, seconds: float) -> None:
        """Keep the work so often."""
        self._timer.start(round(1000 * seconds))

    @Slot()
    def keep(self) -> None:
        """Keep the work of this moment, if there is anything new in it and the last one is written."""
        mark = self._read_mark()
        if mark == self._kept or self._is_keeping:
            return
        self.keep_anyway()

    def keep_anyway(self, then: Callable[[], object] = lambda: None) -> None:
        """Keep the work of this moment; when it is written, do something else."""
        self._kept = self._read_mark()
        try:
            folder = self._make_folder()
        except UserError as error:
            self._complain(error)
            return
        make_work, about = self._read_work(), self._read_about()
        picture = self._take_picture().toImage()  # which another thread may have
        work = partial(_keep, folder, make_work, about, picture)
        self._is_keeping = True
        self._background.run(work, partial(self._on_kept, then), self._complain)

    def save(self, project: Project, path: Path) -> tuple[str, ...]:
        """Save a project in its file, in the background: what was kept before is older, and goes."""
        from nn_desktop.files.project_file import save_project

        save = save_project if self._folder is None else self._folder.save
        return save(project, path)

    def forget(self, is_modified: bool) -> None:
        """Note that nothing is kept any more, since the project was saved.

        Parameters
        ----------
        is_modified
            Whether there is something new in it already.
        """
        self._kept = None if is_modified else self._read_mark()

    def close(self) -> None:
        """End, after the training: the work is saved, or nobody wants it."""
        self._timer.stop()
        self._background.close()
        self._background.finish()  # what still waited for a moment of the training has none to wait for
        if self._folder is not None:
            self._folder.remove()

    def leave_work(self) -> None:
        """End, before the training does, and leave the work of this moment behind."""
        self._timer.stop()
        self.keep_anyway()
        self._background.finish()

    def _on_kept(self, then: Callable[[], object], is_of_now: bool) -> None:
        self._is_keeping = self._has_complained = False
        if not is_of_now:
            self._kept = None  # what is newer is kept next time
        then()

    def _make_folder(self) -> RecoveryFolder:
        if self._folder is None:
            self._folder = RecoveryFolder.make(self._root)
        return self._folder

    def _complain(self, error: UserError) -> None:
        log.debug("Nothing was kept", exc_info=error)
        self._is_keeping = False
        self._kept = None  # tried again next time
        if not self._has_complained:
            self._has_complained = True
            self._sorry(str(error))


def _keep(folder: RecoveryFolder, make_work: Callable[[], Work], about: About, picture: QImage) -> bool:
    """Write the work; return whether it is that of the moment it was asked for."""
    work = make_work()
    folder.keep(work.project, about, as_png(picture))
    return work.is_of_now


def as_png(picture: QImage) -> bytes:
    """Make a small picture of what is seen."""
    small = picture.scaled(
        PICTURE_SIZE, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
    )
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"png")).write(small)
    return bytes(buffer.data().data())
