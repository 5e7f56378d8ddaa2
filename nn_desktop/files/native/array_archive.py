"""A zip archive of numpy arrays and texts, from strangers: all is bounded before it is unpacked.

Members are found by name and read into memory; nothing is ever unpacked to a path.
"""

import io
import math
import re
import sys
import zipfile
from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np
from numpy.typing import NDArray

from nn_desktop.arrays import FloatArray
from nn_desktop.files.native.stored import ReadError, StoredArray, damaged
from nn_desktop.files.native.zip_members import ZIP_ERRORS
from nn_desktop.limits import MAX_MADE
from nn_desktop.texts import shown

MAX_MEMBERS: Final = 5000
NUMBER_BYTES: Final = 8
"""A number counts as a float64, which it may become, however short it is in the file."""
MAX_UNPACKED: Final = NUMBER_BYTES * MAX_MADE
"""Bytes that members may grow to beyond what the file's size pays for."""
PAID: Final = 4
"""Bytes that a byte of the file pays for: numbers of two bytes that were not packed pay for themselves."""
MAX_LIST_LENGTH: Final = 10_000
"""Names in an array: as many as a layer may have units."""
_HEADER: Final = re.compile(
    rb"\{'descr': '([<>|][biufUO][0-9]{0,7})', 'fortran_order': (True|False), "
    rb"'shape': \(([\d, ]{0,100})\),? ?\} *\n?"
)
"""What numpy and its imitators write. Numpy's own reader would evaluate the text as Python."""
_FLOATS: Final = re.compile(r"[<>]f[248]")
_LABELS: Final = re.compile(r"\|b1|[<>|][iu][1248]|[<>]f[248]|[<>]U[0-9]+")
_ENTRY: Final = b"PK\x01\x02"
_PREAMBLE: Final = 10

Label = str | int | float | bool


@dataclass(frozen=True)
class _Header:
    """What the beginning of an array says."""

    member: zipfile.ZipInfo
    start: int
    descr: str
    shape: tuple[int, ...]
    order: str

    @property
    def bytes(self) -> int:
        """How long the array is; one of texts has four bytes a character."""
        return math.prod(self.shape) * np.dtype(self.descr).itemsize


class ArrayArchive:
    """Reads an archive, member by member.

    Parameters
    ----------
    content
        Bytes of the whole file.
    kind
        Name of the format for sentences: ``"NPZ"``.

    Attributes
    ----------
    names
        Names of the archive's members, such as ``"task.npy"``.

    Raises
    ------
    ReadError
        If it is no archive, or has too many members, or two of one name.
    """

    def __init__(self, content: bytes, kind: str) -> None:
        self._kind = kind
        self._left = MAX_UNPACKED + PAID * len(content)
        # Counted before they are listed, which takes a thousand times the memory of a short entry.
        if content.count(_ENTRY) > MAX_MEMBERS:
            raise ReadError(
                f"it has more than {MAX_MEMBERS} parts, more than any network: choose another file"
            )
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(content))
        except ZIP_ERRORS as error:
            raise damaged(kind) from error
        self.names = frozenset(self._archive.namelist())
        if len(self.names) < len(self._archive.namelist()):
            raise ReadError("it has two parts of one name: export it again, or choose another file")

    def read(self, name: str, most_bytes: int) -> bytes:
        """Read a whole member; raises `ReadError` if it is not there, damaged or larger than that."""
        try:
            member = self._member(name)
            if member.file_size > most_bytes:
                raise ReadError(f"its {shown(name)} is too large: choose another file")
            return self._read(member, 0, member.file_size)
        except ZIP_ERRORS as error:
            raise damaged(self._kind) from error

    def open_floats(self, name: str) -> StoredArray:
        """Open an array of floating-point numbers, without the ``.npy`` of its member.

        Raises
        ------
        ReadError
            If it is damaged, or an array of something else.
        """
        header = self._header(name)
        if header is None or not _FLOATS.fullmatch(header.descr):
            raise ReadError(
                f"its array {shown(name)} holds no plain floating-point numbers: choose another file"
            )
        self._check(NUMBER_BYTES * math.prod(header.shape))  # before there is a place for them
        return StoredArray(header.shape, partial(self._read_floats, header))

    def read_text(self, name: str, most: int) -> str:
        """Read an array that is a single text of at most so many characters."""
        header = self._header(name)
        if header is None or header.shape or not header.descr.startswith(("<U", ">U")):
            raise ReadError(f"its {shown(name)} is no text: export it again, or choose another file")
        if header.bytes > 4 * most:
            raise ReadError(f"its {shown(name)} is too long: export it again, or choose another file")
        return str(self._values(header).item())

    def read_labels(self, name: str, longest: int = 100) -> list[Label]:
        """Read a vector of texts, whole numbers, truth values or numbers.

        Parameters
        ----------
        name
            Without the ``.npy`` of its member.
        longest
            Characters of a text.
        """
        header = self._header(name)
        if header is None or len(header.shape) != 1 or not _LABELS.fullmatch(header.descr):
            raise ReadError(f"its {shown(name)} is no list of names: export it again, or choose another file")
        size = np.dtype(header.descr).itemsize
        if header.shape[0] > MAX_LIST_LENGTH or size > 4 * longest:
            raise ReadError(f"its {shown(name)} is too long: export it again, or choose another file")
        labels: list[Label] = self._values(header).tolist()
        return labels

    def _member(self, name: str) -> zipfile.ZipInfo:
        member = self._archive.getinfo(name)
        # Others unpack without a limit.
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise damaged(self._kind)
        return member

    def _header(self, name: str) -> _Header | None:
        """Read how an array begins; None if that is not understood."""
        try:
            member = self._member(f"{name}.npy")
            with self._archive.open(member) as file:
                preamble = file.read(_PREAMBLE)
                header = file.read(int.from_bytes(preamble[8:], "little"))
        except ZIP_ERRORS as error:
            raise damaged(self._kind) from error
        found = _HEADER.fullmatch(header)
        if not preamble.startswith(b"\x93NUMPY\x01\x00") or found is None:
            return None
        shape = tuple(int(length) for length in found[3].replace(b" ", b"").split(b",") if length)
        order = "F" if found[2] == b"True" else "C"
        return _Header(member, len(preamble) + len(header), found[1].decode(), shape, order)

    def _read_floats(self, header: _Header) -> FloatArray:
        values: FloatArray = self._values(header)  # type: ignore[assignment]  # as was asked for
        return values

    def _values(self, header: _Header) -> NDArray[np.generic]:
        try:
            self._spend(NUMBER_BYTES * math.prod(header.shape) - header.bytes)
            content = self._read(header.member, header.start, header.bytes)
            if header.descr[1] == "U":
                _check_characters(content, header.descr[0])
            values = np.frombuffer(content, header.descr).reshape(
                header.shape, order="F" if header.order == "F" else "C"
            )
        except ZIP_ERRORS as error:
            raise damaged(self._kind) from error
        return values

    def _spend(self, size: int) -> None:
        """Count what is made of the file; texts, which are longer than numbers, count as they are."""
        self._check(size)
        self._left -= max(size, 0)

    def _check(self, size: int) -> None:
        if size > self._left:
            raise ReadError("its parts are larger than such a file can hold: choose another file")

    def _read(self, member: zipfile.ZipInfo, start: int, size: int) -> bytes:
        """Read the end of a member, which begins and is as long as given."""
        self._spend(size)
        with self._archive.open(member) as file:
            file.read(start)
            content = file.read(size)
            if len(content) < size or file.read(1):  # reading to the end also compares the checksum
                raise damaged(self._kind)
        return content


def _check_characters(content: bytes, byte_order: str) -> None:
    """See that texts are made of characters: of others numpy makes texts that bring the interpreter down."""
    codes = np.frombuffer(content, f"{byte_order}u4")
    if codes.size and codes.max() > sys.maxunicode:
        raise ValueError("no character")
