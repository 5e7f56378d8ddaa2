"""Saving and opening project files."""

import stat
from pathlib import Path

from nn_desktop.files.atomic import FileError, replace_atomically
from nn_desktop.files.formats.stored import ReadError
from nn_desktop.files.project import BACKUP_SUFFIX, OpenedProject, Project
from nn_desktop.files.project_document import read_project, write_project

MOST_BYTES = 1_000_000_000


def backup_of(path: Path) -> Path:
    """Return where the version before is kept."""
    return path.with_name(path.name + BACKUP_SUFFIX)


def save_project(project: Project, path: Path, keep_backup: bool = True) -> None:
    """Write a project; the file that was there before becomes its backup.

    Raises
    ------
    FileError
        If it cannot be written; what was there before is then still there, whole.
    """
    replace_atomically(path, lambda file: write_project(project, file), backup_of if keep_backup else None)


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
            if file.seek(0, 2) > MOST_BYTES:
                raise ReadError("it is larger than any project: choose another file")
            return read_project(file)
    except FileNotFoundError as error:
        raise FileError(
            f'The project "{path}" cannot be opened: there is no such file: check the name and the folder.'
        ) from error
    except OSError as error:
        raise FileError(
            f'The project "{path}" cannot be opened ({error.strerror}): choose another file.'
        ) from error
    except ReadError as error:
        hint = ""
        if backup_of(path).is_file():
            hint = f' The version before is in "{backup_of(path).name}" beside it: open that.'
        raise FileError(f'The project "{path}" cannot be opened: {error}.{hint}') from error
