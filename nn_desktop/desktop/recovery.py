"""What is left of programs that ended without closing: each keeps its work in a folder of its own.

A folder holds ``lock``, which lives as long as the program that made it; ``work.nnd``, the project;
``about.json``, the file that it belongs to and what it is called; and ``picture.png``. A program that closes
removes its folder. So a folder whose lock nobody holds is left of one that could not.
"""

import json
import secrets
import shutil
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QLockFile

from nn_desktop.errors import UserError
from nn_desktop.files.atomic import FileError, write_atomically
from nn_desktop.files.project import Project

LOCK, WORK, ABOUT, PICTURE = "lock", "work.nnd", "about.json", "picture.png"
LONGEST_ABOUT = 20_000
LONGEST_WAIT = 1000
"""Milliseconds for the lock of a folder of one's own: somebody may be looking whose it is."""
YOUNG = 60.0
"""Seconds for which a folder may be empty since its program has only just begun."""
MOST_OFFERED = 20
"""Of more folders the oldest ones are left where they are."""


@dataclass(frozen=True)
class About:
    """What a project is called, and its file if it has one."""

    name: str
    path: Path | None


@dataclass(frozen=True)
class Recovered:
    """Work that a program left behind.

    Attributes
    ----------
    folder
        Where it is.
    about
        What it is.
    time
        When it was kept last.
    """

    folder: "RecoveryFolder"
    about: About
    time: datetime

    @property
    def work(self) -> Path:
        """The project."""
        return self.folder.path / WORK

    @property
    def picture(self) -> Path:
        """What it looks like, if that is there."""
        return self.folder.path / PICTURE


class RecoveryFolder:
    """A folder for the work of one program, and its lock.

    Parameters
    ----------
    path
        The folder.
    lock
        Is held.
    """

    def __init__(self, path: Path, lock: QLockFile) -> None:
        self.path = path
        self._lock = lock

    @classmethod
    def make(cls, root: Path) -> "RecoveryFolder":
        """Make a new folder, and hold it.

        Raises
        ------
        FileError
            If it cannot be made.
        """
        path = root / secrets.token_hex(8)
        try:
            path.mkdir(parents=True)
        except OSError as error:
            raise FileError(
                f'Work cannot be kept in "{root}" against a crash ({error.strerror}): '
                "save often, or make room there."
            ) from error
        lock = _lock_of(path)
        if not lock.tryLock(LONGEST_WAIT):
            raise FileError(
                f'Work cannot be kept in "{root}" against a crash (its folder cannot be locked): save often.'
            )
        return cls(path, lock)

    def keep(self, project: Project, about: About, picture: bytes) -> None:
        """Write the work of this moment.

        Raises
        ------
        FileError
            If it cannot be written; what was kept before is then still there.
        """
        from nn_desktop.files.project_file import save_project

        described = {"name": about.name, "path": None if about.path is None else str(about.path)}
        write_atomically(self.path / ABOUT, json.dumps(described).encode())
        write_atomically(self.path / PICTURE, picture)
        save_project(project, self.path / WORK, keep_backup=False)

    def forget(self) -> None:
        """Keep nothing: it is saved."""
        for name in (WORK, ABOUT, PICTURE):  # the work first: without it the rest is nothing
            with suppress(OSError):
                (self.path / name).unlink(missing_ok=True)

    def remove(self) -> None:
        """Let the folder go: its work is saved, or nobody wants it."""
        self.forget()
        self.release()
        shutil.rmtree(self.path, ignore_errors=True)

    def release(self) -> None:
        """Let others have it."""
        self._lock.unlock()


def left_behind(root: Path) -> list[Recovered]:
    """Return what programs that are no more have left, the newest first; the caller holds all of it."""
    found = []
    for path in _folders_in(root):
        lock = _lock_of(path)
        if lock.tryLock(0):
            folder = RecoveryFolder(path, lock)
            if (path / WORK).is_file():
                found.append(Recovered(folder, _read_about(path / ABOUT), _time_of(path / WORK)))
            else:  # it ended before there was anything to keep
                folder.remove()
    found.sort(key=lambda recovered: recovered.time, reverse=True)
    for recovered in found[MOST_OFFERED:]:
        recovered.folder.release()
    return found[:MOST_OFFERED]


def _folders_in(root: Path) -> list[Path]:
    """Return folders with work, or old enough that none will come."""
    try:
        paths = list(root.iterdir())
    except OSError:  # there is none yet
        return []
    return [path for path in paths if _is_worth_a_look(path)]


def _is_worth_a_look(path: Path) -> bool:
    with suppress(OSError):  # another program may just have removed it
        return (path / WORK).is_file() or (path.is_dir() and time.time() - path.stat().st_mtime > YOUNG)
    return False


def _lock_of(path: Path) -> QLockFile:
    lock = QLockFile(str(path / LOCK))
    lock.setStaleLockTime(0)  # it is stale when the program is no more, however long that lives
    return lock


def _time_of(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime)


def _read_about(path: Path) -> About:
    """Read what a folder is about; where that is damaged, the work is still worth having."""
    try:
        with path.open("rb") as file:
            described = json.loads(file.read(LONGEST_ABOUT))
        name, origin = described["name"], described["path"]
        return About(str(name)[:200], None if origin is None else Path(str(origin)))
    except (OSError, ValueError, RecursionError, KeyError, TypeError, UserError):
        return About("?", None)
