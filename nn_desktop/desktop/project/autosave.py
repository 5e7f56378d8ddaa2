"""Keeps the work against a crash: every half minute, and before anything risky."""

import logging
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QObject, QSize, Qt, QTimer, Slot
from PySide6.QtGui import QImage, QImageWriter, QPixmap

from nn_desktop.desktop.project.opener import ProjectOpener
from nn_desktop.desktop.project.reader import ProjectReader, Work
from nn_desktop.desktop.project.saver import ProjectSaver
from nn_desktop.errors import UserError
from nn_desktop.files.project.about import About
from nn_desktop.files.project.recovery import INTERVAL_SECONDS, Recovered, RecoveryFolder

PICTURE_SIZE = QSize(320, 200)

log = logging.getLogger(__name__)


class Autosave(QObject):
    """Writes the project into a folder of this program's own whenever there is something new in it.

    Parameters
    ----------
    root
        Where programs have their folders.
    saver
        Knows where it is kept; what is kept and what is saved follow one another, the earlier moment first.
    opener
        Replaces the work; it brings back what another program has left there.
    take_picture
        Shows what is seen.
    sorry
        Shown once if autosave fails.
    """

    def __init__(
        self,
        root: Path,
        reader: ProjectReader,
        saver: ProjectSaver,
        opener: ProjectOpener,
        take_picture: Callable[[], QPixmap],
        sorry: Callable[[str], object],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._root = root
        self._reader = reader
        self._saver = saver
        self._take_picture = take_picture
        self._sorry = sorry
        self._kept: object = saver.state.mark
        self._when_kept: list[tuple[About, Callable[[], object]]] = []
        self._has_complained = False
        self._is_keeping = False
        self._timer = QTimer(self, interval=round(1000 * INTERVAL_SECONDS))
        self._timer.timeout.connect(self.keep)
        self._timer.start()
        opener.risk_taken.connect(self.keep)
        opener.recovered.connect(self._on_recovered)
        saver.saved.connect(self._on_saved)

    @Slot()
    def keep(self) -> None:
        """Keep the work of this moment, if there is anything new in it and the last one is written."""
        mark = self._saver.state.mark
        if mark == self._kept or self._is_keeping:
            return
        self.keep_anyway()

    def keep_anyway(self) -> None:
        """Keep the work of this moment."""
        self._kept = self._saver.state.mark
        try:
            folder = self._saver.kept_work.open_folder(self._root)
        except UserError as error:
            self._complain(error)
            return
        make_work, about = self._reader.read_work(), self._saver.read_about()
        picture = self._take_picture().toImage()  # which another thread may have
        work = partial(_keep, folder, make_work, partial(self._saver.kept_work.renew, about), picture)
        self._is_keeping = True
        self._saver.background.run(work, partial(self._on_kept, about), self._complain)

    def close(self) -> None:
        """End, after the training: the work is saved, or nobody wants it."""
        self._timer.stop()
        self._saver.background.close()
        self._saver.background.finish()  # what still waited for a moment of the training has none to wait for
        self._saver.kept_work.remove()

    def leave_work(self) -> None:
        """End, before the training does, and leave the work of this moment behind."""
        self._timer.stop()
        self.keep_anyway()
        self._saver.background.finish()

    @Slot(object)
    def _on_recovered(self, recovered: Recovered) -> None:
        """Keep what another program has left; its folder goes when this, or later work, is kept or saved."""
        self._when_kept.append((self._saver.read_about(), recovered.folder.remove))
        self.keep_anyway()

    @Slot()
    def _on_saved(self) -> None:
        """Note that nothing is kept any more; there may be something new already."""
        self._kept = None if self._saver.state.is_modified else self._saver.state.mark
        waiting, self._when_kept = self._when_kept, []
        for _, then in waiting:
            then()

    def _on_kept(self, about: About, is_of_now: bool) -> None:
        self._is_keeping = self._has_complained = False
        if not is_of_now:
            self._kept = None  # what is newer is kept next time
            return
        waiting, self._when_kept = self._when_kept, []
        for project, then in waiting:
            if (project.name, project.path) == (about.name, about.path):
                then()
            else:  # another project is kept by now, which says nothing of this one
                self._when_kept.append((project, then))

    def _complain(self, error: UserError) -> None:
        log.debug("Nothing was kept", exc_info=error)
        self._is_keeping = False
        self._kept = None  # tried again next time
        if not self._has_complained:
            self._has_complained = True
            self._sorry(str(error))


def _keep(
    folder: RecoveryFolder,
    make_work: Callable[[], Work | None],
    read_about: Callable[[], About],
    picture: QImage,
) -> bool:
    """Write the work, if there is any; return whether it is that of the moment it was asked for."""
    work = make_work()
    if work is None:  # what was kept before stays
        return False
    folder.keep(work.project, read_about(), as_png(picture))
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
