"""Opening whatever it is: a link, a project, or a network in a file of another format.

What the command line names, what is pasted or dropped, and what is chosen in the window is told apart here,
by one table of readers.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from nn_desktop.files.imports.imported import Imported
from nn_desktop.files.imports.importers import IMPORTERS, find_importer, read_model
from nn_desktop.files.places import is_file
from nn_desktop.files.project.project import BACKUP_SUFFIX, SUFFIX, OpenedProject, is_project
from nn_desktop.files.project.project_file import open_project
from nn_desktop.files.share.links import Shared, looks_shared, read_shared

Opened = Shared | OpenedProject | Imported
"""What a link, a project or another file holds."""


@dataclass(frozen=True, kw_only=True)
class Reader:
    """What reads one kind of thing.

    Attributes
    ----------
    title
        For people.
    suffixes
        How the names of its files end; none for a link.
    read
        Reads it, from its text or the path of its file; raises `UserError`.
    """

    title: str
    suffixes: tuple[str, ...] = ()
    read: Callable[[str], Opened]


LINK: Final = Reader(title="link", read=read_shared)
PROJECT: Final = Reader(
    title="project",
    suffixes=(SUFFIX, f"{SUFFIX}{BACKUP_SUFFIX}"),
    read=lambda text: open_project(Path(text)),
)
NETWORKS: Final = tuple(
    Reader(title=importer.title, suffixes=(importer.suffix,), read=lambda text: read_model(Path(text)))
    for importer in IMPORTERS
)


def find_reader(text: str) -> Reader:
    """Find what reads a link, or the file of this name.

    Raises
    ------
    FileError
        If it is no link, and its name says no known format.
    """
    if is_link(text):
        return LINK
    if is_project(text):
        return PROJECT
    return NETWORKS[IMPORTERS.index(find_importer(Path(text)))]


def open_anything(text: str) -> Opened:
    """Open a link, or the file of this name.

    Raises
    ------
    UserError
        If it cannot be opened.
    """
    return find_reader(text).read(text)


def is_link(text: str) -> bool:
    """Tell whether a text holds a link, and is not the name of a file that happens to look like one."""
    return looks_shared(text) and not is_file(Path(text))
