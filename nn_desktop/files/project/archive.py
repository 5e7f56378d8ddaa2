"""A zip of JSON and arrays: what a project file is made of.

An archive comes from strangers: its members are counted before any are listed, each is read only up to the
size that is expected of it, and nothing is ever unpacked to a path.
"""

import io
import json
import struct
import zipfile
from collections.abc import Mapping
from typing import BinaryIO

import numpy as np
from numpy.typing import DTypeLike

from nn_desktop.arrays import AnyArray
from nn_desktop.files.native.json_document import parse_json
from nn_desktop.files.native.stored import ReadError, damaged
from nn_desktop.files.native.zip_members import ZIP_ERRORS, new_member
from nn_desktop.texts import shown

MAX_MEMBERS = 4000
"""A project has up to 1000 without its runs, and up to 3000 of these."""
KIND = "project"
_END = b"PK\x05\x06"
_END_BYTES = 22
_MAX_COMMENT_BYTES = 65_535
_ZIP64_LOCATOR = b"PK\x06\x07"
_LOCATOR_BYTES = 20
_MAX_BYTES_PER_ENTRY = 200


def to_document(document: Mapping[str, object]) -> bytes:
    """Return a document as JSON."""
    return json.dumps(document, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def write_archive(file: BinaryIO, documents: Mapping[str, bytes], arrays: Mapping[str, AnyArray]) -> None:
    """Write JSON documents and arrays; the same ones give the same bytes.

    Parameters
    ----------
    file
        Open for writing bytes.
    documents
        By name; ``a`` becomes ``a.json``.
    arrays
        By name; ``a`` becomes ``a.npy``.
    """
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for name, document in documents.items():
            archive.writestr(new_member(f"{name}.json"), document)
        for name, array in arrays.items():
            with archive.open(new_member(f"{name}.npy", array.nbytes), "w") as member:
                member.write(npy_header(array.shape, array.dtype))
                member.write(np.ascontiguousarray(array).data)


def npy_header(shape: tuple[int, ...], dtype: DTypeLike) -> bytes:
    """Return how numpy's format begins for an array in C order."""
    buffer = io.BytesIO()
    description = {
        "descr": np.lib.format.dtype_to_descr(np.dtype(dtype)),
        "fortran_order": False,
        "shape": shape,
    }
    np.lib.format.write_array_header_1_0(buffer, description)
    return buffer.getvalue()


class Archive:
    """Reads an archive, member by member.

    Parameters
    ----------
    file
        A binary file.

    Raises
    ------
    ReadError
        If it is none.
    """

    def __init__(self, file: BinaryIO) -> None:
        try:
            _check_directory(file)
            self._archive = zipfile.ZipFile(file)
        except ZIP_ERRORS as error:
            raise damaged(KIND) from error
        names = self._archive.namelist()
        if len(set(names)) != len(names):
            raise damaged(KIND)

    def has_document(self, name: str) -> bool:
        """Whether there is a JSON document of a name."""
        return f"{name}.json" in self._archive.NameToInfo

    def document(self, most_bytes: int, name: str = KIND) -> dict[str, object]:
        """Read a JSON document, whose parts are not yet looked at."""
        return parse_json(self._read(f"{name}.json", most_bytes), KIND)

    def array(self, name: str, shape: tuple[int, ...], dtype: DTypeLike) -> AnyArray:
        """Read an array of which shape and type are known; it is read-only."""
        header = npy_header(shape, dtype)
        size = len(header) + int(np.prod(shape, dtype=object)) * np.dtype(dtype).itemsize
        content = self._read(f"{name}.npy", size)
        if len(content) != size or not content.startswith(header):
            raise ReadError(
                f"its {shown(name)} is not as long as it should be: choose another file, or its backup"
            )
        return np.frombuffer(content, dtype, offset=len(header)).reshape(shape)

    def _read(self, name: str, most_bytes: int) -> bytes:
        try:
            member = self._archive.getinfo(name)
            # None of this program is packed: a small file that unpacks to a large one is somebody's trick.
            if member.compress_type != zipfile.ZIP_STORED or member.file_size > most_bytes:
                raise damaged(KIND)
            with self._archive.open(member) as file:
                content = file.read(most_bytes + 1)  # to the end: the checksum is compared there
        except ZIP_ERRORS as error:
            raise damaged(KIND) from error
        if len(content) > most_bytes:
            raise damaged(KIND)
        return content


def _check_directory(file: BinaryIO) -> None:
    """Look how many members there are before they are listed: a small file can list millions."""
    size = file.seek(0, io.SEEK_END)
    file.seek(max(0, size - _END_BYTES - _MAX_COMMENT_BYTES))
    tail = file.read()
    place = tail.rfind(_END)
    if place < 0 or len(tail) - place < _END_BYTES:
        raise damaged(KIND)
    count, directory_bytes = struct.unpack("<HI", tail[place + 10 : place + 16])
    is_zip64 = tail[max(0, place - _LOCATOR_BYTES) : place].startswith(_ZIP64_LOCATOR)  # it may list more
    if is_zip64 or count > MAX_MEMBERS or directory_bytes > MAX_MEMBERS * _MAX_BYTES_PER_ENTRY:
        raise damaged(KIND)
    file.seek(0)
