"""Columns of numbers from CSV files as spreadsheets and programs write them, in bounded memory.

How a file is understood follows from its first line, not from guesses about the others:

- Text is UTF-8, with or without a byte order mark, or UTF-16. A line that is no UTF-8 is Latin-1.
- Columns are separated by the first of tab, semicolon and comma that makes the wanted names of the first
  line, or else that stands in it outside quotation marks. Without any of them there is one column.
- Where the comma does not separate columns, it may be the decimal mark.
- The first line names the columns if it has a cell that is neither a number nor empty, or the very names
  that are wanted.

Lines with nothing but spaces are skipped; cells do not run over several lines.
"""

import csv
import io
import math
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain, islice
from typing import Final

import numpy as np

from nn_desktop.arrays import FloatArray
from nn_desktop.data.dataset import DataError
from nn_desktop.errors import ReadableError
from nn_desktop.texts import counted, shown

MAX_LINE_LENGTH: Final = 1_000_000
"""Characters. 10,000 numbers of full length, the widest samples there are, have about 250,000."""
SEPARATORS: Final = ("\t", ";", ",")
_MANY_NAMES: Final = 3


@dataclass(frozen=True)
class Columns:
    """Where the wanted numbers stand in a line.

    Attributes
    ----------
    separator
        Between cells.
    places
        The cell of each wanted column, counted from 0.
    width
        Cells of a line.
    names
        Names of the wanted columns.
    """

    separator: str
    places: tuple[int, ...]
    width: int
    names: tuple[str, ...]


def read_columns(
    stream: io.BufferedReader,
    title: str,
    names: Sequence[str],
    rows: int,
    written: Callable[[str], str] = str.strip,
) -> Generator[FloatArray]:
    """Read columns of numbers, piece by piece.

    Parameters
    ----------
    stream
        The bytes of a file.
    title
        What the file is called in sentences: ``data.csv``, ``standard input``.
    names
        The columns that are wanted. With a line of names in the file they may stand in any order, and others
        beside them; without one these columns are all there are, in this order.
    rows
        Most rows of a piece.
    written
        How this program's own tables write a name: such titles are known too.

    Yields
    ------
    Arrays of float64, shape (n, len(names)); all but the last one have `rows` rows.

    Raises
    ------
    DataError
        If the file cannot be read or is empty, columns are missing, or a cell is no finite number. The text
        names the line and the column.
    """
    try:
        lines = _filled_lines(stream)
        first = next(lines, None)
        if first is None:
            raise _WrongError("it is empty: it needs a line of numbers at least")
        spellings = {written(name).strip(): name.strip() for name in names}
        wanted = tuple(name.strip() for name in names)
        columns, has_names = _find_columns(first, _separator_of(first, wanted, spellings), wanted, spellings)
        numbered = lines if has_names else chain([first], lines)
        while piece := [_read_line(line, columns) for line in islice(numbered, rows)]:
            yield np.array(piece, np.float64)
    except _WrongError as error:
        raise DataError(f"The numbers in {title} cannot be read: {error}.") from error
    except OSError as error:
        raise DataError(
            f"The numbers in {title} cannot be read ({error.strerror or error}): choose another file."
        ) from error


class _WrongError(ReadableError):
    """What is wrong, and what to do, as a sentence without its full stop."""


_Line = tuple[int, str]
"""The number of a line, counted from 1, and its text without its end."""


def _filled_lines(stream: io.BufferedReader) -> Iterator[_Line]:
    text = io.TextIOWrapper(stream, _encoding_of(stream), errors="surrogateescape")
    number = 0
    try:
        while line := text.readline(MAX_LINE_LENGTH + 1):
            number += 1
            if len(line) > MAX_LINE_LENGTH:
                raise _WrongError(
                    f"line {number} has more than {MAX_LINE_LENGTH:,} characters, so this is hardly a table: "
                    "choose another file"
                )
            if not line.isspace():
                yield number, _decoded(line.rstrip("\n"))
    except UnicodeDecodeError as error:  # half of a character of UTF-16
        raise _WrongError(f"line {number + 1} is cut off or damaged: choose another file") from error
    finally:
        with suppress(ValueError):  # it is closed already
            text.detach()  # it belongs to who opened it


def _encoding_of(stream: io.BufferedReader) -> str:
    beginning = stream.peek(2)[:2]
    if beginning in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    if len(beginning) == 2 and 0 in beginning:  # of a character below 256 without a mark before
        return "utf-16-le" if beginning[1] == 0 else "utf-16-be"
    return "utf-8-sig"


def _decoded(line: str) -> str:
    """Take a line that is no UTF-8 as Latin-1."""
    try:
        line.encode()
    except UnicodeEncodeError:
        return line.encode(errors="surrogateescape").decode("latin-1")
    return line


def _separator_of(first: _Line, wanted: Sequence[str], spellings: Mapping[str, str]) -> str:
    for separator in SEPARATORS:
        with suppress(_WrongError):
            if set(wanted) <= set(_titles(first, separator, wanted, spellings)):
                return separator
    outside = "".join(first[1].split('"')[::2])
    return next((separator for separator in SEPARATORS if separator in outside), ",")


def _titles(first: _Line, separator: str, wanted: Sequence[str], spellings: Mapping[str, str]) -> list[str]:
    """Return the cells of the first line; those that stand for a wanted name are that name."""
    return [cell if cell in wanted else spellings.get(cell, cell) for cell in _cells(first, separator)]


def _find_columns(
    first: _Line, separator: str, wanted: tuple[str, ...], spellings: Mapping[str, str]
) -> tuple[Columns, bool]:
    """Find the wanted columns, and whether the first line names them."""
    cells = _titles(first, separator, wanted, spellings)
    decimal_comma = separator != ","
    stranger = next((cell for cell in cells if cell and not _is_number(cell, decimal_comma)), None)
    if tuple(cells) == wanted:
        return Columns(separator, tuple(range(len(wanted))), len(cells), wanted), True
    if stranger is not None or set(wanted) <= set(cells):
        places = _places_by_name(cells, wanted, stranger)
        return Columns(separator, places, len(cells), wanted), True
    if len(cells) != len(wanted):
        hint = ""
        if separator == "," and len(cells) == 2 * len(wanted):
            hint = "; numbers with decimal commas need semicolons between them"
        raise _WrongError(
            f"its lines have {counted(len(cells), 'column')}, but there are {counted(len(wanted), 'input')}: "
            f"leave the other columns out, or name all of them in the first line{hint}"
        )
    return Columns(separator, tuple(range(len(wanted))), len(cells), wanted), False


def _places_by_name(cells: Sequence[str], wanted: Sequence[str], stranger: str | None) -> tuple[int, ...]:
    places: dict[str, int] = {}
    twice = set()
    for place, cell in enumerate(cells):
        if cell in places:
            twice.add(cell)
        places.setdefault(cell, place)
    missing = [name for name in wanted if name not in places]
    if missing:
        listed = ", ".join(f'"{shown(name)}"' for name in missing[:_MANY_NAMES])
        others = len(missing) - _MANY_NAMES
        more = f" and {counted(others, 'other')}" if others > 0 else ""
        why = f', since "{shown(stranger)}" is no number' if stranger is not None else ""
        raise _WrongError(
            f"the first line is taken for names of columns{why}, and {listed}{more} "
            f"{'is' if len(missing) == 1 else 'are'} not among them: name the columns so, or leave the "
            "names out"
        )
    for name in wanted:
        if name in twice or wanted.count(name) > 1:
            raise _WrongError(f'two columns are called "{shown(name)}": give one of them another name')
    return tuple(places[name] for name in wanted)


def _read_line(line: _Line, columns: Columns) -> list[float]:
    cells = _cells(line, columns.separator)
    if len(cells) != columns.width:
        raise _WrongError(
            f"line {line[0]} has {counted(len(cells), 'column')}, but the first line has {columns.width}: "
            "correct it, or leave it out"
        )
    decimal_comma = columns.separator != ","
    try:
        numbers = [_number(cells[place], decimal_comma) for place in columns.places]
    except ValueError:
        raise _wrong_cell(line[0], cells, columns) from None
    return numbers


def _cells(line: _Line, separator: str) -> list[str]:
    number, text = line
    if '"' not in text:
        return [cell.strip() for cell in text.split(separator)]
    try:
        # Strict: otherwise a quotation mark that is not closed would swallow the rest of the line.
        (cells,) = csv.reader([text], delimiter=separator, skipinitialspace=True, strict=True)
    except csv.Error as error:
        raise _WrongError(
            f"the quotation marks in line {number} do not match, or a cell is very long ({error}): "
            "correct the line, each cell must end in the line where it begins"
        ) from error
    return [cell.strip() for cell in cells]


def _number(cell: str, decimal_comma: bool) -> float:
    """Read a finite number; raises `ValueError` for anything else."""
    if "_" in cell:  # Python's own way of grouping digits
        raise ValueError
    number = float(cell.replace(",", ".") if decimal_comma else cell)
    if not math.isfinite(number):
        raise ValueError
    return number


def _is_number(cell: str, decimal_comma: bool) -> bool:
    """Whether a cell is meant as a number, even if it is not finite."""
    try:
        float(cell.replace(",", ".") if decimal_comma else cell)
    except ValueError:
        return False
    return True


def _wrong_cell(number: int, cells: Sequence[str], columns: Columns) -> _WrongError:
    decimal_comma = columns.separator != ","
    for place, name in zip(columns.places, columns.names, strict=True):
        cell = cells[place]
        try:
            _number(cell, decimal_comma)
        except ValueError:
            what = f'is "{shown(cell)}", which is no finite number' if cell else "is empty"
            return _WrongError(
                f'in line {number} column {place + 1} ("{shown(name)}") {what}: '
                "write a number there such as 0.5, or leave the line out"
            )
    raise AssertionError("all cells are numbers")
