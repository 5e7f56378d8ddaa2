"""Writing a file so that there is always a whole old one or a whole new one.

A file is written under a temporary name beside its place, readable by its owner alone, brought to the disk,
read back where somebody knows how to, and only then renamed. Who writes holds a lock meanwhile, which the
system lets go when the process ends: so what a killed program left is told from what another one is writing.
"""

import errno
import hashlib
import os
import secrets
import shutil
import stat
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import BinaryIO

from nn_desktop.errors import UserError
from nn_desktop.files.project.locks import Lock
from nn_desktop.texts import shown_file, shown_path


class FileError(UserError):
    """A file that cannot be written or read: which, why, what to do."""


MAX_TURN_SECONDS = 5.0
"""Seconds to wait while another program puts its version in the same place; it takes a few renames."""
_PREFIX = ".nn-desktop-"
_SUFFIX = ".tmp"
_TOKEN_LENGTH = 16
# What there is during a write, beside its place: the lock of its writer, the new file, and the one before it.
_LOCK, _NEW, _BEFORE = f"-lock{_SUFFIX}", f"-new{_SUFFIX}", f"-before{_SUFFIX}"
_PRIVATE = 0o600
_MAX_STEM_LENGTH = 50
"""Characters: what is added after it must fit into a name too."""
_ACCESS_LIST = "system.posix_acl_access"
"""Where Linux keeps what single users and groups may do with a file."""
_UMASK_TURN = threading.Lock()
# A file system that cannot bring a folder to the disk says so with one of these: there is nothing to tell.
_CANNOT_SYNC = frozenset({errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS})
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


def write_atomically(path: Path, content: bytes, is_private: bool = False) -> tuple[str, ...]:
    """Write a file as `replace_atomically` does, and return what that returns.

    Raises
    ------
    FileError
        If it cannot be written.
    """
    return replace_atomically(path, partial(_write_content, content), is_private=is_private)


def replace_atomically(
    path: Path,
    write: Callable[[BinaryIO], object],
    backup: Callable[[Path], Path] | None = None,
    check: Callable[[BinaryIO], object] | None = None,
    before_replacing: Callable[[BinaryIO], object] | None = None,
    is_private: bool = False,
) -> tuple[str, ...]:
    """Write a file under a temporary name in the same folder, bring it to the disk, check it, and rename it.

    Whatever fails, what was there before is still there, whole. Until it is renamed, the new file is its
    owner's alone. A file that is replaced keeps its permissions, and its owner and group where one may give
    them; a new one gets the permissions of the umask. A symbolic link stays one, and what it points at is
    replaced.

    Parameters
    ----------
    path
        The file.
    write
        Writes the content into a binary file.
    backup
        Says under which name, beside it, the file that is replaced is kept; None to keep none.
    check
        Reads the new file from its beginning before it replaces anything, and raises if it is not as it
        should be: the old file stays then, and the new one is kept beside it under a name that says so.
    before_replacing
        Called with the new file when it is checked, and only renaming is left.
    is_private
        Whether the file is its owner's alone, whatever it was before.

    Returns
    -------
    tuple of str
        What could not be done although the file is written, a sentence each: keeping the version before,
        bringing the new name to the disk.

    Raises
    ------
    FileError
        If it cannot be written, or not be read back.
    """
    with _Staged(path, write, check, before_replacing, is_private) as staged:
        return staged.put(backup)


def write_all_atomically(contents: Mapping[Path, bytes]) -> tuple[str, ...]:
    """Write several files as `replace_atomically` does, and rename none before all are on the disk.

    The first one is renamed last: where it is, the others are too.

    Returns
    -------
    tuple of str
        As from `replace_atomically`.

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
        return tuple(remark for each in reversed(staged) for remark in each.put())


def _write_content(content: bytes, file: BinaryIO) -> None:
    file.write(content)


class _Staged:
    """A file that is on the disk under a temporary name, until it is put in its place."""

    def __init__(
        self,
        path: Path,
        write: Callable[[BinaryIO], object],
        check: Callable[[BinaryIO], object] | None = None,
        before_replacing: Callable[[BinaryIO], object] | None = None,
        is_private: bool = False,
    ) -> None:
        self._path = path
        self._write = write
        self._check = check
        self._before_replacing = before_replacing
        self._is_private = is_private

    def __enter__(self) -> "_Staged":
        try:
            self._target, self._old = _target(self._path)
            token, self._lock = _claim(self._target.parent)
        except (OSError, ValueError) as error:
            raise _unwritable(self._path, error) from error
        self._temporary, self._before = (
            self._target.with_name(_PREFIX + token + suffix) for suffix in (_NEW, _BEFORE)
        )
        try:
            _sweep(self._target.parent)
            with _open_private(self._temporary) as file:
                self._write(file)
                file.flush()
                os.fsync(file.fileno())
                fault = self._find_fault(file)
                if fault is None:
                    self._set_permissions(file.fileno())
                    if self._before_replacing is not None:
                        self._before_replacing(file)
            if fault is not None:
                raise self._set_aside(fault) from fault
        except BaseException as error:
            self.__exit__()
            if isinstance(error, OSError):
                raise _unwritable(self._path, error) from error
            raise
        return self

    def put(self, backup: Callable[[Path], Path] | None = None) -> tuple[str, ...]:
        """Rename it to what it should be called; return what could not be done besides, in sentences."""
        remarks = []
        try:
            with _turn_at(self._target):
                kept = None if backup is None or not self._target.exists() else backup(self._target)
                failed = None if kept is None else _try(self._let_before_stay)
                self._temporary.replace(self._target)
                if kept is not None and failed is None:
                    failed = _try(partial(self._before.replace, kept))
        except OSError as error:
            raise _unwritable(self._path, error) from error
        written = f'The file "{shown_file(self._path.name)}" is written, but'
        if kept is not None and failed is not None:
            remarks.append(
                f'{written} the version before could not be kept beside it as "{shown_file(kept.name)}": '
                f"{_reason(failed)}."
            )
        if (failed := _try(partial(_bring_to_disk, self._target.parent))) is not None:
            remarks.append(
                f"{written} it may be lost in a power cut, because its folder could not be synced: "
                f"{_reason(failed)}."
            )
        return tuple(remarks)

    def __exit__(self, *error: object) -> None:
        for path in (self._temporary, self._before):
            with suppress(OSError):
                path.unlink()
        if self._lock is not None:
            self._lock.remove()

    def _find_fault(self, file: BinaryIO) -> Exception | None:
        if self._check is not None:
            file.seek(0)
            try:
                self._check(file)
            except Exception as fault:  # whatever it is, this must replace nothing
                return fault
        return None

    def _set_aside(self, fault: Exception) -> FileError:
        """Keep what cannot be read back, which may be all there is of somebody's work."""
        reason = str(fault) if isinstance(fault, UserError) else f"{type(fault).__name__}: {fault}"
        aside = _free_name(self._target)
        self._temporary.replace(aside)
        _try(partial(_bring_to_disk, aside.parent))
        return FileError(
            f'The file "{shown_file(self._path.name)}" was left as it is, because what was to replace it '
            f"cannot be read back ({reason}): what was written is kept beside it as "
            f'"{shown_file(aside.name)}". Save under another name, or in another folder.'
        )

    def _set_permissions(self, descriptor: int) -> None:
        if self._is_private:
            mode = _PRIVATE
        elif self._old is not None:
            mode = _take_after(self._old, self._target, descriptor)
        else:
            mode = 0o666 & ~_umask()
        _permit(self._temporary, descriptor, mode)

    def _let_before_stay(self) -> None:
        """Let the file that will be replaced have a second name."""
        try:
            os.link(self._target, self._before)
        except OSError:  # not every file system has links
            self._copy_before()

    def _copy_before(self) -> None:
        with self._target.open("rb") as old, _open_private(self._before) as copy:
            shutil.copyfileobj(old, copy)
            copy.flush()
            status = os.fstat(old.fileno())
            _permit(self._before, copy.fileno(), _take_after(status, self._target, copy.fileno()))
            os.fsync(copy.fileno())
        os.utime(self._before, ns=(status.st_atime_ns, status.st_mtime_ns))


def _try(act: Callable[[], object]) -> OSError | None:
    """Do something, and return why it could not be done."""
    try:
        act()
    except OSError as error:
        return error
    return None


def _open_private(path: Path) -> BinaryIO:
    """Make a file that is its owner's alone from the first byte."""
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    return os.fdopen(os.open(path, flags, _PRIVATE), "w+b")


def _permit(path: Path, descriptor: int, mode: int) -> None:
    os.chmod(descriptor if os.chmod in os.supports_fd else path, mode)  # noqa: PTH101 no path where it can be


def _take_after(old: os.stat_result, target: Path, descriptor: int) -> int:
    """Give a file the owner, group and access list of another one, where one may.

    Returns
    -------
    int
        The permissions that it can have so that nobody may do more with it than with the other one.
    """
    mode = stat.S_IMODE(old.st_mode)
    if not hasattr(os, "fchown"):
        return mode
    if _try(partial(os.fchown, descriptor, old.st_uid, old.st_gid)) is not None:
        _try(partial(os.fchown, descriptor, -1, old.st_gid))
    new = os.fstat(descriptor)
    if new.st_uid != old.st_uid:
        mode &= ~stat.S_ISUID
    if new.st_gid != old.st_gid:
        mode &= ~stat.S_ISGID
    if new.st_gid != old.st_gid or not _copy_access_list(target, descriptor):
        mode &= ~stat.S_IRWXG | (mode & stat.S_IRWXO) << 3
    return mode


def _copy_access_list(target: Path, descriptor: int) -> bool:
    """Let a file have the access list of another one, or none; return whether that is so now."""
    if not hasattr(os, "getxattr"):
        return True
    try:
        entries = os.getxattr(target, _ACCESS_LIST)
    except OSError:  # it has none: neither must the new one, which may have inherited one from its folder
        _try(partial(os.removexattr, descriptor, _ACCESS_LIST))
        return True
    return _try(partial(os.setxattr, descriptor, _ACCESS_LIST, entries)) is None


def _umask() -> int:
    """Return the umask. It can only be read by setting it: to one that shows nothing to others meanwhile."""
    with _UMASK_TURN:
        mask = os.umask(0o077)
        os.umask(mask)
    return mask


def _claim(folder: Path) -> tuple[str, Lock | None]:
    """Choose how the temporary files of a write are called, and hold the lock that says its writer lives."""
    while True:
        token = secrets.token_hex(_TOKEN_LENGTH // 2)
        path = folder / f"{_PREFIX}{token}{_LOCK}"
        try:
            lock = Lock.take(path)
        except OSError:  # there are no locks here, so nothing is swept either; or no files, as is said next
            _try(path.unlink)
            return token, None
        if lock is not None:  # no other program came to sweep in between
            return token, lock


@contextmanager
def _turn_at(target: Path) -> Iterator[None]:
    """Put a file in its place when nobody else does: each version becomes the backup of the next one."""
    token = hashlib.sha256(os.fsencode(target.name)).hexdigest()[:_TOKEN_LENGTH]
    path = target.with_name(f"{_PREFIX}{token}{_LOCK}")
    lock = None
    try:
        lock = Lock.take(path, MAX_TURN_SECONDS)
    except OSError:  # there are no locks here
        _try(path.unlink)
    try:
        yield
    finally:
        if lock is not None:
            lock.remove()


def _sweep(folder: Path) -> None:
    """Remove what writers left that are no more."""
    with suppress(OSError):  # a folder that one may write to but not look into
        left: dict[str, list[Path]] = {}
        for name in os.listdir(folder):  # noqa: PTH208 names are all that is needed
            if name.startswith(_PREFIX) and name.endswith(_SUFFIX):
                token = name.removeprefix(_PREFIX).removesuffix(_SUFFIX).partition("-")[0]
                left.setdefault(token, []).append(folder / name)
        for token, paths in left.items():
            _sweep_after(folder / f"{_PREFIX}{token}{_LOCK}", paths)


def _sweep_after(path: Path, leftovers: list[Path]) -> None:
    """Remove what one writer left, if its lock can be had: else it lives, or nobody can tell."""
    with suppress(OSError):
        lock = Lock.take(path)
        if lock is not None:
            for leftover in leftovers:
                if leftover != path:
                    _try(leftover.unlink)
            lock.remove()


def _bring_to_disk(folder: Path) -> None:
    """Make sure that new names in a folder outlive a power cut, where the system can."""
    if os.name == "nt":  # no folder can be opened there
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in _CANNOT_SYNC:
            raise
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
        # Asking for permissions is not enough: network drives answer otherwise than they act.
        temporary = target.with_name(f"{_PREFIX}{secrets.token_hex(_TOKEN_LENGTH // 2)}{_NEW}")
        _open_private(temporary).close()
        temporary.unlink(missing_ok=True)  # another program may have swept it up
    except (OSError, ValueError) as error:
        raise _unwritable(path, error) from error


def _target(path: Path) -> tuple[Path, os.stat_result | None]:
    """Return where to write, and what the system says of the file that is there, if one is."""
    target = Path(os.path.realpath(path))
    try:
        status = target.stat()
    except FileNotFoundError:
        return target, None
    if stat.S_ISDIR(status.st_mode):
        raise IsADirectoryError(errno.EISDIR, "")
    if not stat.S_ISREG(status.st_mode):
        raise ValueError("it is a device, not a file: choose another name")
    if not os.access(target, os.W_OK):  # renaming would replace a write-protected file all the same
        raise PermissionError(errno.EACCES, "")
    return target, status


def _free_name(target: Path) -> Path:
    """Return a name beside a file that says that it cannot be read, and that nothing has yet."""
    number, stem = 1, f"{target.stem[:_MAX_STEM_LENGTH]}.unreadable"
    while os.path.lexists(path := target.with_name(f"{stem}{number if number > 1 else ''}{target.suffix}")):
        number += 1
    return path


def _reason(error: OSError) -> str:
    return _REASONS.get(error.errno or 0, f"{error.strerror or error}: choose another place")


def _unwritable(path: Path, error: OSError | ValueError) -> FileError:
    reason = _reason(error) if isinstance(error, OSError) else str(error)
    return FileError(f'The file "{shown_path(path)}" cannot be written: {reason}.')
