"""Work that is kept against a crash: each program keeps its own in a folder of its own.

A folder holds ``lock``, which is locked as long as the program that made it lives; ``work.nnd``, the project;
``about.json``, the file that it belongs to and what it is called; and ``picture.png``. A program that closes
removes its folder. So a folder whose lock nobody holds is left of one that could not.

What is saved in a file is kept no longer, and whatever moment a program ends at, work that is older than its
file is not offered as if it were newer. Before a file is replaced, a promise is put into ``about.json``: what
is kept has been overtaken if that file has this digest. After it is replaced, what was kept goes.
"""

import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import BinaryIO

from nn_desktop.errors import UserError
from nn_desktop.files.atomic import FileError, write_atomically
from nn_desktop.files.locks import Lock
from nn_desktop.files.project import Project
from nn_desktop.files.stamps import Stamp, stamp_of

INTERVAL_SECONDS = 25.0
"""Between two times that work is kept: with what writing takes, never more than half a minute is lost."""
LOCK, WORK, ABOUT, PICTURE = "lock", "work.nnd", "about.json", "picture.png"
_SET_ASIDE = "work.unreadable*.nnd"
LONGEST_ABOUT = 20_000
LONGEST_WAIT = 1.0
"""Seconds for the lock of a folder of one's own: somebody may be looking whose it is."""
MOST_ATTEMPTS = 10
"""To make a folder that nobody removes at once because there is nothing in it yet."""
MOST_OFFERED = 20
"""Of more folders the oldest ones are left where they are."""
_PRIVATE = 0o700


@dataclass(frozen=True)
class About:
    """What a project is called, and its file.

    Attributes
    ----------
    name
        What it is called.
    path
        Its file, if it has one.
    seen
        How that file looked when the program had it in hand last; None if it had not, or nobody knows.
    """

    name: str
    path: Path | None
    seen: Stamp | None = None


@dataclass(frozen=True)
class _Promise:
    """Which file, with which digest, holds what was kept, or later work."""

    path: Path
    digest: str

    def is_kept(self) -> bool:
        with suppress(OSError), self.path.open("rb") as file:
            return digest_of(file) == self.digest
        return False


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
    """

    def __init__(self, path: Path, lock: Lock) -> None:
        self.path = path
        self._lock = lock
        self._about: About | None = None

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
        for _ in range(MOST_ATTEMPTS):
            folder = _make_one(root)
            if folder is not None:
                return folder
        raise _cannot_keep(root, "other programs remove it")

    @property
    def work(self) -> Path:
        """The project; if there is only one that could not be read back, that."""
        set_aside = sorted(self.path.glob(_SET_ASIDE))
        work = self.path / WORK
        return set_aside[-1] if set_aside and not work.is_file() else work

    def keep(self, project: Project, about: About, picture: bytes | None = None) -> None:
        """Write the work of this moment.

        Raises
        ------
        FileError
            If it cannot be written; what was kept before is then still there.
        """
        from nn_desktop.files.project_file import save_project

        if self._about is not None and (about.name, about.path) != (self._about.name, self._about.path):
            self.forget()  # else it would bear this name, if the program ended before the new work is there
        for path in self.path.glob(_SET_ASIDE):  # the newest one is enough
            _remove(path)
        self._write_about(about)
        if picture is not None:
            write_atomically(self.path / PICTURE, picture, is_private=True)
        save_project(project, self.path / WORK, keep_backup=False, is_private=True)

    def save(self, project: Project, path: Path) -> tuple[str, ...]:
        """Save a project in its file, and keep nothing any more: what was kept is older.

        Whenever the program ends meanwhile: if the file is still the old one, what was kept is offered; if it
        is the new one, it is not.

        Returns
        -------
        tuple of str
            As from `files.project_file.save_project`.

        Raises
        ------
        FileError
            If it cannot be written; what was there before, and what was kept, is then still there.
        """
        from nn_desktop.files.project_file import save_project

        remarks = save_project(project, path, before_replacing=partial(self._promise, path.absolute()))
        self.forget()
        return remarks

    def forget(self) -> None:
        """Keep nothing: it is saved."""
        # The work first: without it the rest is nothing.
        for path in (self.path / WORK, *self.path.glob(_SET_ASIDE), self.path / ABOUT, self.path / PICTURE):
            _remove(path)

    def remove(self) -> None:
        """Let the folder go: its work is saved, or nobody wants it."""
        self.forget()
        self._lock.remove()
        shutil.rmtree(self.path, ignore_errors=True)

    def release(self) -> None:
        """Let others have it."""
        self._lock.release()

    def _promise(self, path: Path, file: BinaryIO) -> None:
        if self._about is not None and self.work.is_file():
            file.seek(0)
            self._write_about(self._about, _Promise(path, digest_of(file)))

    def _write_about(self, about: About, promise: _Promise | None = None) -> None:
        self._about = about
        described = {
            "name": about.name,
            "path": None if about.path is None else str(about.path),
            "seen": about.seen,
            "overtaken": None if promise is None else {"path": str(promise.path), "digest": promise.digest},
        }
        write_atomically(self.path / ABOUT, json.dumps(described).encode(), is_private=True)


def left_behind(root: Path) -> list[Recovered]:
    """Return what programs that are no more have left, the newest first; the caller holds all of it.

    Work that its program has saved, or that is what its file holds, is removed. Where the file system knows
    no locks nothing is returned: it could be the work of a program that lives.
    """
    found = [recovered for path in _folders_in(root) if (recovered := _take(path)) is not None]
    found.sort(key=lambda recovered: recovered.time, reverse=True)
    for recovered in found[MOST_OFFERED:]:
        recovered.folder.release()
    return found[:MOST_OFFERED]


def digest_of(file: BinaryIO) -> str:
    """Return what no other content of a file has, from where it stands to its end."""
    return hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]


def _make_one(root: Path) -> RecoveryFolder | None:
    """Make a folder, or return None if another program came in between and took it for an abandoned one."""
    path = root / secrets.token_hex(8)
    try:
        path.mkdir(_PRIVATE)
    except OSError as error:
        raise _cannot_keep(root, error.strerror or str(error)) from error
    try:
        lock = Lock.take(path / LOCK, LONGEST_WAIT)
    except FileNotFoundError:
        return None
    except OSError as error:
        shutil.rmtree(path, ignore_errors=True)
        raise _cannot_keep(root, f"its files cannot be locked: {error.strerror or error}") from error
    return None if lock is None else RecoveryFolder(path, lock)


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
    folder = RecoveryFolder(path, lock)
    about, promise = _read_about(path / ABOUT)
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
    from nn_desktop.files.project_document import ProjectContents
    from nn_desktop.files.project_file import open_project

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


def _read_about(path: Path) -> tuple[About, _Promise | None]:
    """Read what a folder is about; where that is damaged, the work is still worth having."""
    try:
        with path.open("rb") as file:
            described = json.loads(file.read(LONGEST_ABOUT))
        name, origin = described["name"], described["path"]
        about = About(str(name)[:200], None if origin is None else _path(str(origin)), _stamp(described))
        return about, _read_promise(described)
    except (OSError, ValueError, RecursionError, KeyError, TypeError, AttributeError):
        return About("?", None), None


def _path(text: str) -> Path:
    """Return the path that a text says; raises `ValueError` if the system could ask for none such."""
    if b"\0" in os.fsencode(text):
        raise ValueError(text)
    return Path(text)


def _stamp(described: Mapping[str, object]) -> Stamp | None:
    match described.get("seen"):
        case [int(time), int(size)]:
            return time, size
    return None


def _read_promise(described: Mapping[str, object]) -> _Promise | None:
    match described.get("overtaken"):
        case {"path": str(path), "digest": str(digest)}:
            return _Promise(_path(path), digest)
    return None
