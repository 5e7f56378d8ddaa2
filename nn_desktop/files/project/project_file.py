"""Saving and opening project files."""

import stat
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from nn_desktop.files.atomic import FileError, replace_atomically
from nn_desktop.files.native.stored import ReadError
from nn_desktop.files.places import is_file, is_link, real_path
from nn_desktop.files.project.project import BACKUP_SUFFIX, OpenedProject, Project
from nn_desktop.files.project.project_document import ProjectContents, read_project
from nn_desktop.texts import shown_file, shown_path

MAX_BYTES = 1_000_000_000


def backup_of(path: Path) -> Path:
    """Return where the version before is kept."""
    real = real_path(path) if is_link(path) else path  # where the file lies that is replaced
    return real.with_name(real.name + BACKUP_SUFFIX)


def save_project(
    project: Project,
    path: Path,
    keep_backup: bool = True,
    is_private: bool = False,
    before_replacing: Callable[[BinaryIO], object] | None = None,
) -> tuple[str, ...]:
    """Write a project, and read it back before the file that was there becomes its backup.

    Parameters
    ----------
    project
        The project to write.
    path
        Its file.
    keep_backup
        Whether the version before stays as ``NAME.nnd.bak``.
    is_private
        Whether only its owner may read the file.
    before_replacing
        Called with the new file when it is known to be right, and there is only one more step to take.

    Returns
    -------
    tuple of str
        What could not be done although the project is saved, a sentence each.

    Raises
    ------
    FileError
        If it cannot be written, or cannot be read back; what was there before is then still there, whole.
    """
    contents = ProjectContents.of(project)

    def check(file: BinaryIO) -> None:
        try:
            contents.check(file)
        except ReadError as error:  # without what to do where a file of somebody else is damaged
            raise ReadError(str(error).partition(":")[0]) from error

    backup = backup_of if keep_backup else None
    remarks = replace_atomically(path, contents.write, backup, check, before_replacing, is_private)
    return (*contents.remarks, *remarks)


def open_project(path: Path) -> OpenedProject:
    """Read a project.

    Raises
    ------
    FileError
        If it cannot be read, is damaged, or a newer version of the program wrote it.
    """
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # reading anything else might never end
            raise ReadError("it is no file: choose another one")
        with path.open("rb") as file:
            if file.seek(0, 2) > MAX_BYTES:
                raise ReadError("it is larger than any project: choose another file")
            opened = read_project(file)
    except FileNotFoundError as error:
        raise FileError(
            f'The project "{shown_path(path)}" cannot be opened: there is no such file: check the '
            "name and the folder."
        ) from error
    except (OSError, ValueError) as error:  # a name with a NUL in it is no name to the system
        why = error.strerror if isinstance(error, OSError) else error
        raise FileError(
            f'The project "{shown_path(path)}" cannot be opened ({why}): choose another file.'
        ) from error
    except ReadError as error:
        sentences = (f'The project "{shown_path(path)}" cannot be opened: {error}.', *_mention_backup(path))
        raise FileError(" ".join(sentences)) from error
    if opened.damage:
        return replace(opened, changes=(*opened.changes, *_mention_backup(path)))
    return opened


def _mention_backup(path: Path) -> tuple[str, ...]:
    if not is_file(backup_of(path)):
        return ()
    return (f'The version before is in "{shown_file(backup_of(path).name)}" beside it: open that.',)
