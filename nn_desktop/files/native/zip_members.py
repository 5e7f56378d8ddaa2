"""What all zip archives here have in common."""

import struct
import zipfile
import zlib
from typing import Final

ZIP_ERRORS: Final = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    KeyError,
    NotImplementedError,
    OSError,
    OverflowError,
    RuntimeError,
    ValueError,
)
"""What Python's reader raises for archives that are damaged."""


def new_member(name: str, size: int = 0) -> zipfile.ZipInfo:
    """Return what a member is written with, so that the same content gives the same bytes.

    Parameters
    ----------
    name
        Name of the archive's member.
    size
        Bytes of it, if they are written bit by bit.
    """
    member = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))  # not the time of the day
    member.create_system = 3  # otherwise it tells the operating system
    member.file_size = size
    return member
