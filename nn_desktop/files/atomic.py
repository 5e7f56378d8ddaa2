"""Writing a file so that there is always a whole old one or a whole new one."""

import errno
import os
import secrets
import shutil
import stat
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from functools import partial
from pathlib import Path
from typing import BinaryIO

from nn_desktop.errors import UserError


class FileError(UserError):
    """A file that cannot be written or read: which, why, what to do."""


_PREFIX = ".nn-desktop-"
LONGEST_WRITING = 86_400.0
"""Seconds after which a temporary file belongs to nobody any more."""
_REASONS = {
    errno.ENOENT: "its folder does not exist: create it, or choose another place",
    errno.ENOTDIR: "a part of its path is no folder: choose another place",
    errno.EISDIR: "it is a folder: choose the name of a file in it",
    errno.EACCES: "permission is denied: choose a place that is yours",
    errno.EPERM: "permission is denied: choose a place that is yours",
    errno.EROFS: "the disk is read-only: choose another place",
    errno.ENOSPC: "the disk is full: free some space, or choose another disk",
    errno.EDQUOT: "your share of the disk is used up: free some space, or choose another disk",
    errno.ENAMETOOLONG: "its name is too long: choose a shorter one",
    errno.ESTALE: "the network drive does not answer: choose another place",
    errno.ETXTBSY: "another program has it open: close it there, or choose another name",
    errno.ELOOP: "its links run in a circle: choose another place",
}


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file as `replace_atomically` does.

    Raises
    ------
    FileError
        If it cannot be written.
    """
    replace_atomically(path, lambda file: file.write(content))


def replace_atomically(
    path: Path, write: Callable[[BinaryIO], object], backup: Callable[[Path], Path] | None = None
) -> None:
    """Write a file under a temporary name in the same folder, bring it to the disk, and rename it.

    Whatever fails, what was there before is still there, whole. The permissions of a file that is replaced
    stay; a new one gets those of the umask. A symbolic link stays one: what it points at is replaced.

    Parameters
    ----------
    path
        The file.
    write
        Writes the content into a binary file.
    backup
        Says under which name, beside it, the file that is replaced is kept; None to keep none.

    Raises
    ------
    FileError
        If it cannot be written.
    """
    with _Staged(path, write) as staged:
        staged.put(backup)


def write_all_atomically(contents: Mapping[Path, bytes]) -> None:
    """Write several files as `replace_atomically` does, and rename none before all are on the disk.

    The first one is renamed last: where it is, the others are too.

    Raises
    ------
    FileError
        If one cannot be written; what was there before is then still there, all of it, as far as renaming can
        be relied on.
    """
    with ExitStack() as stack:
        staged = [
            stack.enter_context(_Staged(path, partial(_write_content, content)))
            for path, content in contents.items()
        ]
        for each in reversed(staged):
            each.put()


def _write_content(content: bytes, file: BinaryIO) -> None:
    file.write(content)


class _Staged:
    """A file that is on the disk under a temporary name, until it is put in its place."""

    def __init__(self, path: Path, write: Callable[[BinaryIO], object]) -> None:
        self._path = path
        self._write = write

    def __enter__(self) -> "_Staged":
        try:
            self._target, self._mode = _target(self._path)
            self._temporary = _temporary_name(self._target)
        except (OSError, ValueError) as error:
            raise _unwritable(self._path, error) from error
        try:
            with self._temporary.open("xb") as file:
                self._write(file)
                file.flush()
                os.fsync(file.fileno())
            if self._mode is not None:
                self._temporary.chmod(self._mode)
        except BaseException as error:
            self.__exit__()
            if isinstance(error, OSError):
                raise _unwritable(self._path, error) from error
            raise
        return self

    def put(self, backup: Callable[[Path], Path] | None = None) -> None:
        """Rename it to what it should be called."""
        try:
            second = None
            if backup is not None and self._mode is not None:
                second = _second_name(self._target)
            try:
                self._temporary.replace(self._target)
                if second is not None and backup is not None:
                    with suppress(OSError):  # what is saved is saved, also where its backup cannot be
                        second.replace(backup(self._target))
            finally:
                if second is not None:
                    second.unlink(missing_ok=True)
            _bring_to_disk(self._target.parent)
            if backup is not None:
                _sweep(self._target.parent)
        except OSError as error:
            raise _unwritable(self._path, error) from error

    def __exit__(self, *error: object) -> None:
        with suppress(OSError):
            self._temporary.unlink()


def _sweep(folder: Path) -> None:
    """Remove what programs left that were killed while they wrote; nobody writes for so long."""
    with suppress(OSError):
        for path in folder.glob(f"{_PREFIX}*.tmp"):
            if time.time() - path.stat().st_mtime > LONGEST_WRITING:
                path.unlink()


def _second_name(target: Path) -> Path:
    """Let a file have a second name beside its own."""
    second = _temporary_name(target)
    try:
        os.link(target, second)
    except OSError:  # not every file system has links
        try:
            shutil.copy2(target, second)
        except BaseException:
            second.unlink(missing_ok=True)
            raise
    return second


def _bring_to_disk(folder: Path) -> None:
    """Make sure that new names in a folder outlive a power cut, where the system lets one."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def check_writable(path: Path) -> None:
    """Find out now whether a file can be written later, leaving nothing behind.

    Raises
    ------
    FileError
        If it cannot.
    """
    try:
        target, _ = _target(path)
        temporary = _temporary_name(target)
        # Asking for permissions is not enough: network drives answer otherwise than they act.
        temporary.open("xb").close()
        temporary.unlink()
    except (OSError, ValueError) as error:
        raise _unwritable(path, error) from error


def _target(path: Path) -> tuple[Path, int | None]:
    """Return where to write, and the permissions of the file that is there, if one is."""
    target = Path(os.path.realpath(path))
    try:
        mode = target.stat().st_mode
    except FileNotFoundError:
        return target, None
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, "")
    if not stat.S_ISREG(mode):
        raise ValueError("it is a device, not a file: choose another name")
    if not os.access(target, os.W_OK):  # renaming would replace a write-protected file all the same
        raise PermissionError(errno.EACCES, "")
    return target, stat.S_IMODE(mode)


def _temporary_name(target: Path) -> Path:
    # Not made from the target's name, which may already be as long as a name can be.
    return target.with_name(f"{_PREFIX}{secrets.token_hex(8)}.tmp")


def _unwritable(path: Path, error: OSError | ValueError) -> FileError:
    if isinstance(error, OSError):
        reason = _REASONS.get(error.errno or 0, f"{error.strerror or error}: choose another place")
    else:
        reason = str(error)
    return FileError(f'The file "{path}" cannot be written: {reason}.')
