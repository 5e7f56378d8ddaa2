"""Names of files and folders, as people, settings and other programs give them."""

import os
import re
from pathlib import Path
from urllib.parse import unquote_to_bytes

_ADDRESS = re.compile(r"file:(//(localhost)?)?(?=/(?!/))", re.IGNORECASE)


def is_file(path: Path) -> bool:
    """Whether there is a file of this name that one may look at; a name that cannot be is that of none."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def is_folder(path: Path) -> bool:
    """Whether there is a folder of this name; a name that cannot be is that of none."""
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def is_link(path: Path) -> bool:
    """Whether this is the name of a symbolic link; a name that cannot be is that of none."""
    try:
        return path.is_symlink()
    except (OSError, ValueError):
        return False


def is_open_to_us(folder: Path) -> bool:
    """Whether there is a folder of this name that one may enter and list."""
    return is_folder(folder) and os.access(folder, os.R_OK | os.X_OK)


def real_path(path: Path) -> Path:
    """Return the path that symbolic links lead to, or the path itself where they lead in a circle."""
    try:
        return path.resolve()
    except (OSError, RuntimeError):
        return path.absolute()


def local_name(text: str) -> str:
    """Return the file that an address such as ``file:///tmp/a%20b.nnd`` names; any other text as it is."""
    address = _ADDRESS.match(text)
    return text if address is None else os.fsdecode(unquote_to_bytes(os.fsencode(text[address.end() :])))


def stored_name(path: Path) -> str:
    """Return a name that settings can hold: an address if the name has bytes that are no text."""
    name = str(path)
    return name if name.isprintable() and _is_text(name) else path.absolute().as_uri()


def _is_text(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True
