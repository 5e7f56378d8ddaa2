"""Work that is kept against a crash: each program keeps its own in a folder of its own.

A folder holds ``lock``, which is locked as long as the program that made it lives; ``work.nnd``, the project;
``about.json``, the file that it belongs to and what it is called; and ``picture.png``. A program that closes
removes its folder. So a folder whose lock nobody holds is left of one that could not.

Work of another project is written under the other of two names first. Then ``about.json``, which says under
which name the work is, is replaced, and the work before goes: no work ever bears the name of another one.

What is saved in a file is kept no longer, and whatever moment a program ends at, work that is older than its
file is not offered as if it were newer. Before a file is replaced, a promise is put into ``about.json``: what
is kept has been overtaken if that file has this digest. After it is replaced, what was kept goes.
"""

import secrets
import shutil
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import BinaryIO

from nn_desktop.errors import UserError
from nn_desktop.files.atomic import FileError, write_atomically
from nn_desktop.files.project.about import (
    ABOUT,
    LOCK,
    OTHER_WORK,
    PICTURE,
    WORK,
    About,
    Description,
    Promise,
    digest_of,
    read_about,
)
from nn_desktop.files.project.locks import Lock
from nn_desktop.files.project.project import Project
from nn_desktop.files.project.stamps import Stamp, stamp_of
from nn_desktop.texts import shown_path

INTERVAL_SECONDS = 25.0
"""Between two times that work is kept: with what writing takes, never more than half a minute is lost."""
MAX_WAIT_SECONDS = 1.0
"""For the lock of a folder of one's own: somebody may be looking whose it is."""
MAX_ATTEMPTS = 10
"""To make a folder that nobody removes at once because there is nothing in it yet."""
MAX_OFFERED = 20
"""Of more folders the oldest ones are left where they are."""
_PRIVATE = 0o700


@dataclass(frozen=True)
class Recovered:
    """Work that a program left behind.

    Attributes
    ----------
    folder
        The folder that holds the work; its lock is held.
    about
        The project's name and file.
    time
        When it was kept last.
    is_overtaken
        Whether its file was saved since by somebody else: that holds other work, which may be later.
    """

    folder: "RecoveryFolder"
    about: About
    time: datetime
    is_overtaken: bool = False

    @property
    def work(self) -> Path:
        """The project."""
        return self.folder.work

    @property
    def picture(self) -> Path:
        """What it looks like, if that is there."""
        return self.folder.path / PICTURE


class RecoveryFolder:
    """A folder for the work of one program, and its lock; used by one thread at a time.

    Parameters
    ----------
    path
        The folder.
    lock
        Is held.
    about
        What is in it; None if nothing is.
    work_name
        Under which name.
    """

    def __init__(self, path: Path, lock: Lock, about: About | None = None, work_name: str = WORK) -> None:
        self.path = path
        self._lock = lock
        self._about = about
        self._work_name = work_name
        self._has_promised = False

    @classmethod
    def make(cls, root: Path) -> "RecoveryFolder":
        """Make a new folder, which nobody else may look into, and hold it.

        Raises
        ------
        FileError
            If it cannot be made or locked.
        """
        try:
            root.mkdir(_PRIVATE, parents=True, exist_ok=True)
        except OSError as error:
            raise _cannot_keep(root, error.strerror or str(error)) from error
        for _ in range(MAX_ATTEMPTS):
            folder = _make_one(root)
            if folder is not None:
                return folder
        raise _cannot_keep(root, "other programs remove it")

    @property
    def work(self) -> Path:
        """The project; if there is only one that could not be read back, that."""
        set_aside, work = self._set_aside(), self.path / self._work_name
        return set_aside[-1] if set_aside and not work.is_file() else work

    @property
    def is_in_place(self) -> bool:
        """Whether it is still held, and nobody has removed it."""
        return self._lock.is_in_place

    def keep(self, project: Project, about: About, picture: bytes | None = None) -> None:
        """Write the work of this moment.

        Raises
        ------
        FileError
            If it cannot be written; what was kept before is then still there.
        """
        before = self._about
        is_same = before is not None and (about.name, about.path) == (before.name, before.path)
        if is_same or not self.work.is_file():
            self._write_about(about)
            self._write_work(project, self._work_name)
        else:
            name = OTHER_WORK[self._work_name]
            self._write_work(project, name)
            _remove(self.path / PICTURE)
            self._write_about(about, work_name=name)
            _remove(self.path / OTHER_WORK[name])
        if picture is not None:
            write_atomically(self.path / PICTURE, picture, is_private=True)

    def save(self, project: Project, path: Path) -> tuple[str, ...]:
        """Save a project in its file, and keep nothing any more: what was kept is older.

        Whenever the program ends meanwhile: if the file is still the old one, what was kept is offered; if it
        is the new one, it is not.

        Returns
        -------
        tuple of str
            As from `project_file.save_project`, and whether what was kept could not be removed.

        Raises
        ------
        FileError
            If it cannot be written; what was there before is then still there, and what was kept too, unless
            nothing can be written where it is kept.
        """
        from nn_desktop.files.project.project_file import save_project

        remarks = save_project(project, path, before_replacing=partial(self._promise, path.absolute()))
        self.forget()
        if not self.work.is_file() or self._has_promised:
            return remarks
        folder = shown_path(self.path)
        stays = (
            f'The project is saved, but older work cannot be removed from "{folder}" '
            "and may be offered at the next start: delete that folder."
        )
        return (*remarks, stays)

    def forget(self) -> None:
        """Keep nothing: it is saved."""
        # The work first: without it the rest is nothing.
        works = [self.path / name for name in OTHER_WORK]
        set_aside = [path for name in OTHER_WORK for path in self._set_aside(name)]
        for path in (*works, *set_aside):
            _remove(path)
        if not self.work.is_file():  # else it would be offered without its promise, or its name
            _remove(self.path / ABOUT)
            _remove(self.path / PICTURE)

    def remove(self) -> None:
        """Let the folder go: its work is saved, or nobody wants it."""
        self.forget()
        with suppress(OSError):
            for path in self.path.iterdir():
                if path.name != LOCK:
                    _remove(path)
        self._lock.remove()
        with suppress(OSError):  # another program may have locked it by now, and has it then
            self.path.rmdir()

    def release(self) -> None:
        """Let others have it."""
        self._lock.release()

    def _promise(self, path: Path, file: BinaryIO) -> None:
        """Write down that this file holds later work; if that fails, keep none: saving goes first."""
        self._has_promised = False
        if self._about is not None and self.work.is_file():
            try:
                file.seek(0)
                self._write_about(self._about, Promise(path, digest_of(file)))
            except (OSError, FileError):
                self.forget()
            else:
                self._has_promised = True

    def _set_aside(self, name: str | None = None) -> list[Path]:
        """Return what could not be read back when it was written under a name, the newest last."""
        stem = Path(name or self._work_name).stem
        return sorted(self.path.glob(f"{stem}.unreadable*.nnd"))

    def _write_work(self, project: Project, name: str) -> None:
        from nn_desktop.files.project.project_file import save_project

        earlier = self._set_aside(name)
        try:
            save_project(project, self.path / name, keep_backup=False, is_private=True)
        except FileError:
            if self._set_aside(name) == earlier:
                raise  # there is nothing newer
            _remove_all(earlier)
            raise
        _remove_all(earlier)

    def _write_about(
        self, about: About, promise: Promise | None = None, work_name: str | None = None
    ) -> None:
        work_name = work_name or self._work_name
        described = Description(about, promise, work_name)
        write_atomically(self.path / ABOUT, described.to_json(), is_private=True)
        self._about, self._work_name = about, work_name


class KeptWork:
    """The work that this program keeps, in a folder that is made when there is something to keep."""

    def __init__(self) -> None:
        self._folder: RecoveryFolder | None = None
        self._stamps: dict[Path, list[Stamp | None]] = {}
        """How a file looked before and after this program saved it, as long as nobody else did."""

    def open_folder(self, root: Path) -> RecoveryFolder:
        """Return the folder; it is made anew if somebody has removed it.

        Parameters
        ----------
        root
            Folder in which every running program has one of its own.

        Raises
        ------
        FileError
            If it cannot be made or locked.
        """
        if self._folder is None or not self._folder.is_in_place:
            self.release()
            self._folder = RecoveryFolder.make(root)
        return self._folder

    def save(self, project: Project, path: Path) -> tuple[str, ...]:
        """Save a project in its file, and keep nothing any more: as `RecoveryFolder.save` does."""
        from nn_desktop.files.project.project_file import save_project

        save = save_project if self._folder is None else self._folder.save
        before = stamp_of(path)
        remarks = save(project, path)
        stamps = self._stamps.get(path.absolute(), [])
        stamps = stamps if before in stamps[-1:] else [before]
        self._stamps[path.absolute()] = [*stamps, stamp_of(path)]
        return remarks

    def renew(self, about: About) -> About:
        """Return what work is about, with its file as this program has left it.

        Who asks for work to be kept may not know yet that what it asked for before, to save, is done.
        """
        stamps = [] if about.path is None else self._stamps.get(about.path.absolute(), [])
        return replace(about, seen=stamps[-1]) if about.seen in stamps else about

    def remove(self) -> None:
        """Keep nothing any more."""
        if self._folder is not None:
            self._folder.remove()
            self._folder = None

    def release(self) -> None:
        """Leave what is kept to others."""
        if self._folder is not None:
            self._folder.release()
            self._folder = None


def left_behind(root: Path) -> list[Recovered]:
    """Return what programs that are no more have left, the newest first; the caller holds all of it.

    Work that its program has saved, or that is what its file holds, is removed. Where the file system knows
    no locks nothing is returned: it could be the work of a program that lives.
    """
    found = [recovered for path in _folders_in(root) if (recovered := _take(path)) is not None]
    found.sort(key=lambda recovered: recovered.time, reverse=True)
    for recovered in found[MAX_OFFERED:]:
        recovered.folder.release()
    return found[:MAX_OFFERED]


def _make_one(root: Path) -> RecoveryFolder | None:
    """Make a folder, or return None if another program came in between and took it for an abandoned one."""
    path = root / secrets.token_hex(8)
    try:
        path.mkdir(_PRIVATE)
    except OSError as error:
        raise _cannot_keep(root, error.strerror or str(error)) from error
    try:
        lock = Lock.take(path / LOCK, MAX_WAIT_SECONDS)
    except FileNotFoundError:
        return None
    except OSError as error:
        shutil.rmtree(path, ignore_errors=True)
        raise _cannot_keep(root, f"its files cannot be locked: {error.strerror or error}") from error
    if lock is None:
        return None
    if not lock.is_in_place:  # who removed the folder may have done so when it was locked already
        lock.release()
        return None
    return RecoveryFolder(path, lock)


def _cannot_keep(root: Path, reason: str) -> FileError:
    return FileError(
        f'Work cannot be kept in "{root}" against a crash ({reason}): save often, or make room there.'
    )


def _folders_in(root: Path) -> list[Path]:
    try:
        return [path for path in root.iterdir() if path.is_dir()]
    except OSError:  # there is none yet
        return []


def _take(path: Path) -> Recovered | None:
    """Take over a folder if its program is no more, and there is something in it that its file has not."""
    try:
        lock = Lock.take(path / LOCK)
    except OSError:  # another program has just removed it, or nobody can tell whether its program lives
        return None
    if lock is None:
        return None
    described = read_about(path)
    about, promise = described.about, described.promise
    folder = RecoveryFolder(path, lock, about, described.work)
    if not folder.work.is_file() or (promise is not None and promise.is_kept()):
        folder.remove()
        return None
    if about.path is not None and _is_in(about.path, folder.work):
        folder.remove()
        return None
    time = _time_of(folder.work)
    return Recovered(folder, about, time, _is_overtaken(about, time))


def _is_overtaken(about: About, time: datetime) -> bool:
    """Whether the file of kept work is another one than that which the work began with."""
    now = None if about.path is None else stamp_of(about.path)
    if now is None:
        return False
    return now != about.seen if about.seen is not None else now[0] > time.timestamp() * 1e9


def _is_in(path: Path, work: Path) -> bool:
    """Whether a file holds the very moment that was kept; where the panels were does not matter."""
    from nn_desktop.files.project.project_document import ProjectContents
    from nn_desktop.files.project.project_file import open_project

    try:
        saved, kept = (
            ProjectContents.of(replace(open_project(each).project, panels=())) for each in (path, work)
        )
    except UserError:  # one of them cannot be read: nobody can say that
        return False
    return kept.difference_from(saved) is None


def _time_of(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime)


def _remove(path: Path) -> None:
    with suppress(OSError):
        path.unlink(missing_ok=True)


def _remove_all(paths: list[Path]) -> None:
    for path in paths:
        _remove(path)
