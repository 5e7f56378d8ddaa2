"""Tells at once that another program has changed, deleted or moved the project's file."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import QFileSystemWatcher, QObject, QTimer, Slot
from PySide6.QtGui import QGuiApplication, QWindow

from nn_desktop.desktop.background import Background
from nn_desktop.desktop.dialogs.message_bar import MessageBar
from nn_desktop.desktop.project.opener import ProjectOpener
from nn_desktop.desktop.project.project_state import ProjectState
from nn_desktop.desktop.project.recent_files import RecentFiles
from nn_desktop.desktop.project.saver import ProjectSaver
from nn_desktop.errors import UserError
from nn_desktop.files.places import real_path
from nn_desktop.files.project.stamps import NEVER, Stamp, stamp_of
from nn_desktop.texts import shown_file

SETTLE_MILLISECONDS = 250
"""So long another program may take to put a new version in the place of the old one."""


class FileWatch(QObject):
    """Watches the project's file and its folder, and looks whenever a window of the program becomes active.

    The look is for folders that report nothing, such as those of other machines. What this program writes
    itself does not count.

    Parameters
    ----------
    state
        Whose file is watched; the project counts as unsaved as soon as its file is another one or gone.
    saver, opener
        Save the project again, or open the new version.
    recent
        Knows how the file looked when this program had it in hand.
    """

    def __init__(
        self,
        state: ProjectState,
        saver: ProjectSaver,
        opener: ProjectOpener,
        recent: RecentFiles,
        message_bar: MessageBar,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._state, self._saver, self._opener = state, saver, opener
        self._recent, self._message_bar = recent, message_bar
        self._path: Path | None = None
        self._told: Stamp | None = NEVER  # what was told last; None: that it is gone
        self._background = Background(self)
        self._watcher = QFileSystemWatcher(self)
        self._timer = QTimer(self, singleShot=True, interval=SETTLE_MILLISECONDS)
        self._timer.timeout.connect(self._look)
        self._watcher.fileChanged.connect(self._on_touched)
        self._watcher.directoryChanged.connect(self._on_touched)
        state.changed.connect(self._follow)
        application = QGuiApplication.instance()
        assert isinstance(application, QGuiApplication)
        application.focusWindowChanged.connect(self._on_focus_window_changed)

    def close(self) -> None:
        """Look no more."""
        self._path = None
        self._timer.stop()
        self._background.close()

    @Slot()
    def _follow(self) -> None:
        if self._state.path != self._path:
            self._path = self._state.path
            self._told = NEVER
            self._watch()

    def _watch(self) -> None:
        """Watch the file that is there now: the watch of one that was replaced has ended."""
        wanted = set()
        if self._path is not None:
            file = real_path(self._path)
            wanted = {str(each) for each in (file, file.parent, self._path.parent)}
        watched = {*self._watcher.files(), *self._watcher.directories()}
        if watched - wanted:
            self._watcher.removePaths(list(watched - wanted))
        if wanted - watched:
            self._watcher.addPaths(list(wanted - watched))

    @Slot()
    def _on_touched(self) -> None:
        if not self._timer.isActive():
            self._timer.start()

    @Slot(QWindow)
    def _on_focus_window_changed(self, window: QWindow | None) -> None:
        if window is not None and self._path is not None:
            self._on_touched()

    @Slot()
    def _look(self) -> None:
        """Look at the file beside the window: a folder of another machine may not answer."""
        path = self._path
        if path is not None:
            looked = partial(self._on_looked, path, self._recent.stamp(path))
            self._background.run(partial(stamp_of, path), looked, self._on_not_looked)

    def _on_not_looked(self, _error: UserError) -> None:
        """Leave it: the program is closing."""

    def _on_looked(self, path: Path, known: Stamp | None, found: Stamp | None) -> None:
        if path != self._path:
            return
        if self._saver.is_saving or self._opener.is_busy or self._recent.stamp(path) != known:
            self._on_touched()  # this program has the file in hand, and knows it anew afterwards
            return
        self._watch()
        is_news = known is not None and found not in (known, self._told)
        self._told = found
        if not is_news:
            return
        self._state.count_as_unsaved()
        if found is None:
            self._tell_gone(path)
        else:
            self._tell_changed(path, found)

    def _tell_gone(self, path: Path) -> None:
        text = self.tr(
            "{name} is gone: another program has deleted or moved it, or its folder cannot be reached. "
            "All of the project is still in this window."
        )
        self._message_bar.offer(
            text.format(name=shown_file(path.name)), self.tr("Save again"), self._saver.save
        )

    def _tell_changed(self, path: Path, found: Stamp) -> None:
        text = self.tr(
            "Another program has changed {name}. Opening that version can be undone; saving yours makes it "
            "the backup."
        )
        self._message_bar.offer(
            text.format(name=shown_file(path.name)),
            self.tr("Keep mine"),
            partial(self._recent.expect, path, found),
            (self.tr("Open that version"), self._opener.revert),
        )
